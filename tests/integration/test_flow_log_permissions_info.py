# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flow_log_permissions_info against the simulator's IAM: each response shape, and no permission to simulate."""

from __future__ import annotations

from typing import Any

import pytest
from tests.permission_documents import permissions_policy

from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.simulator.client import SimulatorProcess

ACCOUNT = "111122223333"
VPC = "vpc-0a000000000000001"
LOG = "fl-0a000000000000001"
KEY = "AKIAADAADAADAADAADAA"
ADA = f"arn:aws:iam::{ACCOUNT}:user/ops/ada"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/net/publisher"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/publisher/run"
PUBLISHING = permissions_policy("publishing", account_id=ACCOUNT)
SIMULATE = {"Effect": "Allow", "Action": ["iam:SimulatePrincipalPolicy", "iam:GetRole"], "Resource": "*"}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def without(policy: dict[str, Any], action: str) -> dict[str, Any]:
    """Return a policy without one of its actions."""
    left = [{**one, "Action": [name for name in one["Action"] if name != action]} for one in policy["Statement"]]
    return document(*(one for one in left if one["Action"]))


def seed(simulator: SimulatorProcess, policy: dict[str, Any], **principal: Any) -> None:
    """Create a user and a role with a policy, and a flow log."""
    flow_log = {"id": LOG, "destination": "arn:aws:s3:::logs"}
    user = {"name": "ada", "path": "/ops/", "access_key": KEY, "policies": {"own": policy}, **principal}
    role = {"name": "publisher", "path": "/net/", "policies": {"own": policy}, **principal}
    region = {"vpcs": [{"id": VPC, "flow_logs": [flow_log]}]}
    simulator.seed(
        {
            "accounts": {
                ACCOUNT: {
                    "regions": {"eu-west-1": region},
                    "buckets": [{"name": "logs", "region": "eu-west-1"}],
                    "users": [user],
                    "roles": [role],
                }
            }
        }
    )


def ask(simulator: SimulatorProcess, **options: Any) -> dict[str, Any]:
    simulator.clear_calls()
    result = succeed(simulator.url, "flow_log_permissions_info", {"access_key": KEY, **options})
    assert simulator.calls(write=True) == []
    return result


def decisions(result: dict[str, Any]) -> dict[str, set[str]]:
    """Return each decision by action."""
    found: dict[str, set[str]] = {}
    for item in result["permissions"]:
        found.setdefault(item["action"], set()).add(item["decision"])
    return found


@pytest.fixture(name="shaped", params=["per_action", "per_resource", "per_resource_aggregate"])
def _shaped(simulator: SimulatorProcess, request: pytest.FixtureRequest) -> SimulatorProcess:
    simulator.set_switch("simulation_shape", request.param)
    return simulator


@pytest.mark.parametrize("actions", ["together", "alone"])
def test_sufficient_policy_is_recognized(shaped: SimulatorProcess, actions: str) -> None:
    shaped.set_switch("simulated_actions", actions)
    seed(shaped, PUBLISHING)
    result = ask(shaped)
    assert result["permitted"] is True, result["summary"]
    assert (result["principal"], result["missing_policy"]) == (ADA, None)
    assert {item["method"] for item in result["permissions"]} == {"simulation"}
    assert "has every required permission" in result["summary"]


@pytest.mark.parametrize("action", sorted({name for one in PUBLISHING["Statement"] for name in one["Action"]}))
def test_each_missing_action_is_found_and_its_statement_fixes_it(shaped: SimulatorProcess, action: str) -> None:
    policy = without(PUBLISHING, action)
    seed(shaped, policy)
    result = ask(shaped)
    assert result["permitted"] is False
    assert f"{ADA} is missing {action}." == result["summary"]
    assert decisions(result)[action] == {"not_allowed"}
    assert {name for name, found in decisions(result).items() if found != {"allowed"}} == {action}
    shaped.reset()
    seed(shaped, document(*policy["Statement"], *result["missing_policy"]["Statement"]))
    assert ask(shaped)["permitted"] is True


def test_policy_for_one_vpc_does_not_cover_all(simulator: SimulatorProcess) -> None:
    simulator.set_switch("simulation_shape", "per_action")
    narrow = [
        {
            **one,
            "Resource": [
                f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/{VPC}" if ":vpc/" in arn else arn for arn in one["Resource"]
            ],
        }
        for one in PUBLISHING["Statement"]
    ]
    seed(simulator, document(*narrow))
    result = ask(simulator, resource_types=["VPC"])
    missing = [item for item in result["permissions"] if item["decision"] != "allowed"]
    assert [(item["action"], item["resource"]) for item in missing] == [
        ("ec2:CreateFlowLogs", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/*")
    ]


def test_each_bucket_has_its_own_decision(shaped: SimulatorProcess) -> None:
    buckets = [f"arn:aws:s3:::logs-{number}" for number in range(3)]
    seed(shaped, document({"Effect": "Allow", "Action": "s3:*", "Resource": buckets[1]}))
    result = ask(shaped, operations=["read_bucket_policy"], buckets=buckets)
    found = {item["resource"]: item["decision"] for item in result["permissions"]}
    assert found == {buckets[0]: "not_allowed", buckets[1]: "allowed", buckets[2]: "not_allowed"}


def test_session_is_resolved_to_its_role_with_path(simulator: SimulatorProcess) -> None:
    seed(simulator, PUBLISHING)
    result = ask(simulator, principal=SESSION)
    assert (result["permitted"], result["principal"]) == (True, SESSION)
    simulated = simulator.calls(operation="SimulatePrincipalPolicy")
    assert {call["parameters"]["PolicySourceArn"] for call in simulated} == {ROLE}


DENY = {"Effect": "Deny", "Action": "ec2:DeleteFlowLogs", "Resource": "*"}
NARROW = document({"Effect": "Allow", "Action": ["ec2:*", "iam:*"], "Resource": "*"})


@pytest.mark.parametrize(
    ("policy", "principal", "action", "decision"),
    [
        (document(*PUBLISHING["Statement"], DENY), {}, "ec2:DeleteFlowLogs", "explicitly_denied"),
        (PUBLISHING, {"boundary": NARROW}, "logs:CreateLogDelivery", "denied_by_boundary"),
    ],
)
def test_reason_of_a_denial(
    shaped: SimulatorProcess, policy: dict[str, Any], principal: dict[str, Any], action: str, decision: str
) -> None:
    seed(shaped, policy, **principal)
    result = ask(shaped)
    assert decisions(result)[action] == {decision}
    assert result["permitted"] is False
    assert result["missing_policy"] is None


def test_denial_by_the_organization_is_named(shaped: SimulatorProcess) -> None:
    seed(shaped, PUBLISHING)
    shaped.reset()
    narrow = {"organization_policy": document({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})}
    users = [{"name": "ada", "path": "/ops/", "access_key": KEY, "policies": {"own": PUBLISHING}}]
    shaped.seed({"accounts": {ACCOUNT: {**narrow, "users": users}}})
    result = ask(shaped)
    assert decisions(result)["logs:CreateLogDelivery"] == {"denied_by_organization"}


def test_missing_condition_values_are_unknown(simulator: SimulatorProcess) -> None:
    tied = [
        {**one, "Condition": {**one.get("Condition", {}), "StringLike": {"aws:PrincipalTag/team": "net"}}}
        for one in PUBLISHING["Statement"]
    ]
    seed(simulator, document(*tied))
    unknown = ask(simulator)
    assert unknown["permitted"] == "unknown"
    assert "aws:PrincipalTag/team" in unknown["permissions"][0]["reason"]
    assert ask(simulator, context={"aws:PrincipalTag/team": "net"})["permitted"] is True
    assert ask(simulator, context={"aws:PrincipalTag/team": "shop"})["permitted"] is False


def test_global_condition_values_are_filled_in(simulator: SimulatorProcess) -> None:
    condition = {
        "Bool": {"aws:SecureTransport": "true"},
        "StringEquals": {"aws:RequestedRegion": "eu-west-1", "aws:PrincipalAccount": ACCOUNT},
    }
    seed(simulator, document({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}))
    assert ask(simulator)["permitted"] is True
    assert ask(simulator, regions=["us-east-1"])["permitted"] is False


# --- without permission to simulate ---


def test_dry_runs_replace_the_simulation_and_name_their_limits(simulator: SimulatorProcess) -> None:
    seed(simulator, without(PUBLISHING, "ec2:DeleteFlowLogs"))
    simulator.enforce()
    result = ask(simulator, resource_ids=[VPC], flow_log_ids=[LOG])
    found = decisions(result)
    assert found["ec2:DescribeFlowLogs"] == found["ec2:CreateFlowLogs"] == found["ec2:DeleteTags"] == {"allowed"}
    assert found["ec2:DeleteFlowLogs"] == {"not_allowed"}
    assert found["logs:CreateLogDelivery"] == {"unknown"}
    assert result["permitted"] is False
    assert any("does not check logs:CreateLogDelivery" in limit for limit in result["limits"])
    methods = {item["action"]: item["method"] for item in result["permissions"]}
    assert (methods["ec2:CreateFlowLogs"], methods["logs:CreateLogDelivery"]) == ("dry_run", "none")


def test_without_dry_runs_the_decision_is_unknown_with_a_reason(simulator: SimulatorProcess) -> None:
    seed(simulator, PUBLISHING)
    simulator.enforce()
    result = ask(simulator)
    assert result["permitted"] == "unknown"
    assert decisions(result)["ec2:DescribeFlowLogs"] == {"allowed"}
    assert decisions(result)["ec2:DeleteFlowLogs"] == {"unknown"}
    (item,) = [item for item in result["permissions"] if item["action"] == "ec2:DeleteFlowLogs"]
    assert "iam:SimulatePrincipalPolicy" in item["reason"]


def test_dry_runs_do_not_cover_other_principals(simulator: SimulatorProcess) -> None:
    seed(simulator, PUBLISHING)
    simulator.enforce()
    result = ask(simulator, principal=ROLE, resource_ids=[VPC])
    assert {item["method"] for item in result["permissions"]} == {"none"}
    assert result["permitted"] == "unknown"


def test_with_permission_to_simulate_no_dry_run_is_made(simulator: SimulatorProcess) -> None:
    seed(simulator, document(*PUBLISHING["Statement"], SIMULATE))
    simulator.enforce()
    result = ask(simulator, resource_ids=[VPC])
    assert result["permitted"] is True
    assert {call["service"] for call in simulator.calls()} <= {"iam", "sts"}


@pytest.mark.parametrize(
    "principal",
    [
        f"arn:aws:iam::{ACCOUNT}:user/nobody",
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/no/s",
    ],
)
def test_principal_that_does_not_exist_is_unknown(simulator: SimulatorProcess, principal: str) -> None:
    seed(simulator, PUBLISHING)
    result = ask(simulator, principal=principal)
    assert result["permitted"] == "unknown"
    assert {item["decision"] for item in result["permissions"]} == {"unknown"}


def test_bad_input_is_refused_before_the_first_call(simulator: SimulatorProcess) -> None:
    simulator.clear_calls()
    result = run_module(simulator.url, "flow_log_permissions_info", {"operations": ["everything"]})
    assert "operations: 'everything' is not accepted." in result["msg"]
    assert simulator.calls() == []
