# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode and real runs report a missing target alike, with the account and Region."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.simulator.client import SimulatorProcess

ACCOUNT, VPC, BUCKET = "123456789012", "vpc-0a000000000000001", "example-logs"
SUBNET, INTERFACE = "subnet-0a000000000000001", "eni-0a000000000000001"
GATEWAY, ATTACHMENT = "tgw-0a000000000000001", "tgw-attach-0a000000000000001"
SEED = {
    "accounts": {
        ACCOUNT: {
            "regions": {
                "eu-west-1": {
                    "vpcs": [
                        {"id": VPC, "name": "shop", "subnets": [{"id": SUBNET, "interfaces": [{"id": INTERFACE}]}]}
                    ],
                    "transit_gateways": [{"id": GATEWAY, "attachments": [{"id": ATTACHMENT, "vpc": "shop"}]}],
                }
            },
            "buckets": [{"name": BUCKET, "region": "eu-west-1"}],
        }
    }
}
#: An existing target, and the call that looks it up.
LOOKS = {
    VPC: "DescribeVpcs",
    SUBNET: "DescribeSubnets",
    INTERFACE: "DescribeNetworkInterfaces",
    GATEWAY: "DescribeTransitGateways",
    ATTACHMENT: "DescribeTransitGatewayAttachments",
}


@pytest.fixture(name="world")
def _world(simulator: SimulatorProcess) -> SimulatorProcess:
    simulator.seed(SEED)
    granted = {"bucket": BUCKET, "account_ids": [ACCOUNT]}
    succeed(simulator.url, "flow_log_bucket_policy", granted)
    simulator.clear_calls()
    return simulator


def other(target: str) -> str:
    """Return the id of a target of the same type that does not exist."""
    return f"{target[:-1]}f"


@pytest.mark.parametrize(("target", "look"), LOOKS.items())
def test_check_mode_and_real_run_report_missing_targets_alike(world: SimulatorProcess, target: str, look: str) -> None:
    options = {"resource_ids": [other(target), target], "destination": BUCKET}
    results = []
    for check in (True, False):
        world.clear_calls()
        result = run_module(world.url, "s3_flow_log", options, check)
        assert [action["target"] for action in result["actions"]] == [target]
        (missing,) = result["unsuccessful"]
        assert missing["target"] == other(target)
        assert f"does not exist in {ACCOUNT} eu-west-1" in missing["message"]
        assert world.operations().count(look) == 1
        # The caller's account is read only if there is something to report.
        assert world.operations().count("GetCallerIdentity") == 1
        results.append((result["unsuccessful"], result["msg"], [action["reason"] for action in result["actions"]]))
    assert results[0] == results[1]


@pytest.mark.parametrize(("target", "look"), LOOKS.items())
def test_targets_are_looked_up_once_and_only_before_a_create(world: SimulatorProcess, target: str, look: str) -> None:
    options = {"resource_ids": [target], "destination": BUCKET}
    succeed(world.url, "s3_flow_log", options, check=True)
    assert world.operations() == ["DescribeFlowLogs", look]
    succeed(world.url, "s3_flow_log", options)
    world.clear_calls()
    succeed(world.url, "s3_flow_log", options)
    succeed(world.url, "s3_flow_log", {**options, "state": "absent"})
    assert look not in world.operations()


def test_targets_that_cannot_be_looked_up_are_created_with_a_note(world: SimulatorProcess) -> None:
    world.fault(operation="DescribeVpcs", action="deny", times=None)
    options = {"resource_ids": [VPC], "destination": BUCKET}
    predicted = succeed(world.url, "s3_flow_log", options, check=True)
    done = succeed(world.url, "s3_flow_log", options)
    reasons = [result["actions"][0]["reason"] for result in (predicted, done)]
    assert reasons[0] == reasons[1]
    for part in ("could not be checked", "UnauthorizedOperation", "ec2:DescribeVpcs"):
        assert part in reasons[0]


def test_error_of_aws_names_account_and_region(world: SimulatorProcess) -> None:
    """No caller may describe the target, so CreateFlowLogs reports it."""
    world.fault(operation="DescribeVpcs", action="deny", times=None)
    result: dict[str, Any] = run_module(world.url, "s3_flow_log", {"resource_ids": [other(VPC)], "destination": BUCKET})
    (missing,) = result["unsuccessful"]
    assert "NotFound" in missing["code"]
    assert f"asked in {ACCOUNT} eu-west-1" in missing["message"], json.dumps(missing)


def test_more_targets_than_a_filter_allows_are_looked_up_with_one_paged_call(world: SimulatorProcess) -> None:
    ids = [VPC, *(f"vpc-0e{number:015}" for number in range(250))]
    result = run_module(world.url, "s3_flow_log", {"resource_ids": ids, "destination": BUCKET}, check=True)
    assert [action["target"] for action in result["actions"]] == [VPC]
    assert len(result["unsuccessful"]) == 250
    (look,) = world.calls(operation="DescribeVpcs")
    assert not look["parameters"].get("Filters")
