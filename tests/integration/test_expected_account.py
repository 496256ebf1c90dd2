# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With expected_account_id each module works in that account, or makes no call but GetCallerIdentity."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.in_process import run_module
from tests.simulator.client import SimulatorProcess
from tests.unit.meta.project import modules

OWN, OTHER = "123456789012", "111122223333"
VPC, BUCKET, KEY = (
    "vpc-0a000000000000001",
    "central-logs",
    f"arn:aws:kms:eu-west-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
)
ROLE = f"arn:aws:iam::{OTHER}:role/flow-logs"
SEED = {
    "accounts": {
        OWN: {
            "buckets": [{"name": BUCKET, "region": "eu-west-1"}],
            "keys": [{"id": KEY.rpartition("/")[2], "region": "eu-west-1"}],
            "regions": {"eu-west-1": {"vpcs": [{"id": VPC}]}},
        },
        OTHER: {"roles": [{"name": "flow-logs", "trust": [OWN]}]},
    }
}
#: Options with which each module has work in the account of the credentials.
OPTIONS: dict[str, dict[str, Any]] = {
    "s3_flow_log": {"resource_ids": [VPC], "destination": BUCKET},
    "s3_flow_log_info": {"resource_ids": [VPC]},
    "flow_log_bucket_policy": {"bucket": BUCKET},
    "flow_log_key_policy": {"key_id": KEY},
    "flow_log_destination_info": {"destination": BUCKET},
    "flow_log_permissions_info": {},
}


@pytest.fixture(name="world")
def _world(simulator: SimulatorProcess) -> SimulatorProcess:
    simulator.seed(SEED)
    simulator.clear_calls()
    return simulator


def test_every_module_is_tested() -> None:
    # flow_log_tasks runs these modules; see test_flow_log_tasks.py.
    assert sorted([*OPTIONS, "flow_log_tasks"]) == modules()


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_other_account_is_refused_before_any_other_call(world: SimulatorProcess, name: str) -> None:
    for check in (True, False):
        world.clear_calls()
        result = run_module(world.url, name, {**OPTIONS[name], "expected_account_id": OTHER}, check)
        assert result["failed"]
        for part in (OWN, OTHER, "expected_account_id"):
            assert part in result["msg"]
        assert result["caller_account_id"] == OWN
        assert world.operations() == ["GetCallerIdentity"]


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_expected_account_costs_one_call_and_changes_nothing_else(world: SimulatorProcess, name: str) -> None:
    plain = run_module(world.url, name, OPTIONS[name], check=True)
    calls = world.operations()
    world.clear_calls()
    checked = run_module(world.url, name, {**OPTIONS[name], "expected_account_id": OWN}, check=True)
    without = {"invocation"}
    assert {key: value for key, value in checked.items() if key not in without} == {
        key: value for key, value in plain.items() if key not in without
    }
    first, *rest = world.operations()
    assert first == "GetCallerIdentity" and "GetCallerIdentity" not in rest
    # A module that needs the caller's account anyway makes no second call.
    assert sorted(rest) == sorted(call for call in calls if call != "GetCallerIdentity")


@pytest.mark.parametrize("name", sorted(OPTIONS))
@pytest.mark.parametrize(
    "value", ["", "11112222333", "1111222233334", "111122223333\n", "١١١١٢٢٢٢٣٣٣٣", "1111-2222-3333"]
)
def test_invalid_account_id_is_refused_before_the_first_call(world: SimulatorProcess, name: str, value: str) -> None:
    result = run_module(world.url, name, {**OPTIONS[name], "expected_account_id": value})
    assert result["failed"] and result["msg"].startswith("expected_account_id: ") and "12 digits" in result["msg"]
    assert world.calls() == []


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_role_of_another_account_is_refused_without_any_call(world: SimulatorProcess, name: str) -> None:
    options = {**OPTIONS[name], "assume_role_arn": ROLE, "expected_account_id": OWN}
    result = run_module(world.url, name, options)
    assert result["failed"]
    for part in ("assume_role_arn", ROLE, OWN, "expected_account_id"):
        assert part in result["msg"]
    assert world.calls() == []


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_other_options_are_validated_before_the_first_call(world: SimulatorProcess, name: str) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "s3_flow_log": {"resource_ids": ["no id"]},
        "s3_flow_log_info": {"filters": {"no-filter": "x"}},
        "flow_log_permissions_info": {"operations": ["no operation"]},
        "flow_log_key_policy": {"account_ids": ["1"]},
    }
    options = {**OPTIONS[name], **wrong.get(name, {"account_ids": ["1"]}), "expected_account_id": OWN}
    result = run_module(world.url, name, options)
    assert result["failed"] and "is not accepted" in result["msg"]
    assert world.calls() == []


def test_account_of_an_assumed_role_is_the_account_of_its_session(world: SimulatorProcess) -> None:
    options = {"resource_ids": [VPC], "assume_role_arn": ROLE, "expected_account_id": OTHER}
    assert run_module(world.url, "s3_flow_log_info", options)["flow_logs"] == []
    assert world.operations() == ["AssumeRole", "GetCallerIdentity", "DescribeFlowLogs"]


def test_invalid_credentials_do_not_match(world: SimulatorProcess) -> None:
    world.fault(operation="GetCallerIdentity", action="deny", code="InvalidClientTokenId", times=None)
    result = run_module(world.url, "s3_flow_log", {**OPTIONS["s3_flow_log"], "expected_account_id": OWN})
    assert result["failed"] and "InvalidClientTokenId" in result["msg"] and "caller_account_id" not in result
    assert set(world.operations()) == {"GetCallerIdentity"}


def test_role_grants_nothing_to_another_account(world: SimulatorProcess, ansible: AnsibleRunner) -> None:
    variables = {
        "resource_ids": [VPC],
        "region": "eu-west-1",
        "destination": BUCKET,
        "account_ids": [OTHER],
        "permission_principals": [{"type": "role", "name": "publisher"}],
    }
    tasks: list[dict[str, Any]] = []
    for entry_point in ("main", "permissions", "flow_logs"):
        run = {
            "name": f"Run {entry_point}",
            "ansible.builtin.include_role": {"name": "flowlogs.aws.publish_to_s3", "tasks_from": entry_point},
            "vars": {f"publish_to_s3_{name}": value for name, value in variables.items()},
        }
        run["vars"]["publish_to_s3_expected_account_id"] = OTHER
        kept = {
            "ansible.builtin.set_fact": {entry_point: "{{ ansible_failed_result.msg }}"},
            "name": "Keep the message",
        }
        tasks.append({"name": entry_point, "block": [run], "rescue": [kept]})
    playbook = [{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    done = ansible(playbook, environment=world.environment("eu-west-1"))
    assert world.operations() == ["GetCallerIdentity"] * 3
    messages = [result["ansible_facts"] for result in done.of("Keep the message")]
    assert [list(facts) for facts in messages] == [["main"], ["permissions"], ["flow_logs"]]
    for (message,) in (facts.values() for facts in messages):
        assert OWN in message and OTHER in message
