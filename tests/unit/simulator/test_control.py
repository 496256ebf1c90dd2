# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The switches and the control endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request
from urllib.request import urlopen

import pytest

from tests.simulator.client import SimulatorError
from tests.simulator.client import SimulatorProcess
from tests.simulator.switches import KNOWN
from tests.simulator.switches import Switches
from tests.simulator.switches import UnknownSwitch

FLEET = """
accounts:
  "111111111111":
    regions:
      eu-west-1:
        vpcs:
          - {id: vpc-0a000000000000001, name: shop}
"""


def ask(url: str, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
    """Return status and content of a raw control request."""
    try:
        with urlopen(Request(f"{url}/_simulator/{path}", data=body, method=method)) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_every_switch_starts_with_its_first_value() -> None:
    switches = Switches()
    assert switches.as_dict() == {switch.name: switch.values[0] for switch in KNOWN}
    assert switches.identity == "destination_and_traffic"


def test_a_switch_is_set_and_reset() -> None:
    switches = Switches()
    switches.set("identity", "all_settings")
    assert switches.identity == "all_settings"
    switches.reset()
    assert switches.identity == "destination_and_traffic"


def test_a_wrong_value_changes_no_switch() -> None:
    switches = Switches()
    with pytest.raises(UnknownSwitch, match="policy_edit is one of append, overwrite, off, not 'maybe'"):
        switches.update({"identity": "all_settings", "policy_edit": "maybe"})
    assert switches.identity == "destination_and_traffic"


def test_there_is_no_attribute_for_an_unknown_switch() -> None:
    with pytest.raises(AttributeError):
        getattr(Switches(), "no_such_switch")


def test_health_endpoint(simulator: SimulatorProcess) -> None:
    assert ask(simulator.url, "GET", "health") == (200, {"status": "up"})


def test_control_requests_are_not_in_the_call_log(simulator: SimulatorProcess) -> None:
    ask(simulator.url, "GET", "health")
    assert simulator.calls() == []


def test_switches_are_read_and_set_over_the_endpoint(simulator: SimulatorProcess) -> None:
    simulator.set_switch("policy_edit", "overwrite")
    assert simulator.switches()["policy_edit"] == "overwrite"
    with pytest.raises(SimulatorError, match="unknown switch 'nonsense'"):
        simulator.set_switch("nonsense", "1")


def test_reset_forgets_state_faults_log_and_switches(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    client("s3").create_bucket(Bucket="mine", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client("iam").create_user(UserName="deploy")
    simulator.fault(operation="*", action="deny")
    simulator.set_switch("policy_edit", "off")
    simulator.reset()
    assert simulator.calls() == []
    assert simulator.faults() == []
    assert simulator.switches()["policy_edit"] == "append"
    assert [vpc for vpc in client("ec2").describe_vpcs()["Vpcs"] if not vpc["IsDefault"]] == []
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("iam").list_users()["Users"] == []
    client("s3", account="222222222222").create_bucket(
        Bucket="mine", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )


def test_a_seed_may_be_yaml_or_json(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    assert ask(simulator.url, "POST", "seed", FLEET.encode()) == (200, {"vpc": 1, "flow_log": 0, "bucket": 0})
    vpcs = client("ec2", account="111111111111").describe_vpcs()["Vpcs"]
    assert [vpc["VpcId"] for vpc in vpcs] == ["vpc-0a000000000000001"]
    simulator.reset()
    assert simulator.seed({"accounts": {"111111111111": {}}}) == {"flow_log": 0, "bucket": 0}


def test_one_fault_is_removed_by_its_number(simulator: SimulatorProcess) -> None:
    first = simulator.fault(operation="CreateVpc", action="deny")
    second = simulator.fault(operation="CreateVpc", action="throttle")
    assert ask(simulator.url, "DELETE", f"faults?id={first}") == (200, {})
    assert [rule["id"] for rule in simulator.faults()] == [second]
    assert ask(simulator.url, "DELETE", f"faults?id={first}") == (400, {"error": f"there is no fault {first}"})


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "nowhere", None, 404, "there is no GET /_simulator/nowhere"),
        ("POST", "calls", b"{}", 404, "there is no POST /_simulator/calls"),
        ("GET", "calls?colour=red", None, 400, "calls can be chosen by"),
        ("POST", "seed", b"a: [", 400, "neither JSON nor YAML"),
        ("POST", "seed", b"[1]", 400, "must be a mapping"),
        ("POST", "faults", b'{"operation": "x", "action": "y"}', 400, "action is one of"),
        ("PUT", "switches", b'{"identity": "x"}', 400, "switch identity is one of"),
    ],
)
def test_invalid_request_is_refused_with_the_reason(
    simulator: SimulatorProcess, method: str, path: str, body: bytes | None, status: int, message: str
) -> None:
    answered, content = ask(simulator.url, method, path, body)
    assert answered == status
    assert message in content["error"]
