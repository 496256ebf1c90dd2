# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SimulatePrincipalPolicy evaluates the policies of users, groups and roles, in every response shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulator.client import SimulatorProcess

ACCOUNT, OTHER = "123456789012", "222222222222"
USER = f"arn:aws:iam::{ACCOUNT}:user/team/tester"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/publisher"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/readers"
MINE, THEIRS, FORBIDDEN = "arn:aws:s3:::mine", "arn:aws:s3:::theirs", "arn:aws:s3:::forbidden"
SHAPES = ("per_action", "per_resource", "per_resource_aggregate")


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **elements}


def deny(action: Any, resource: Any = "*") -> dict[str, Any]:
    return {**allow(action, resource), "Effect": "Deny"}


TAGGING = allow("ec2:CreateTags", Condition={"StringEquals": {"ec2:CreateAction": "CreateFlowLogs"}})
FLEET = {
    "accounts": {
        ACCOUNT: {
            "groups": [{"name": "readers", "policies": {"read": document(allow("ec2:Describe*"))}}],
            "users": [
                {
                    "name": "tester",
                    "path": "/team/",
                    "groups": ["readers"],
                    "policies": {"own": document(allow("s3:*", [MINE, FORBIDDEN]), deny("s3:*", FORBIDDEN))},
                    "attached": {"tagging": document(TAGGING)},
                }
            ],
            "roles": [{"name": "publisher", "path": "/team/", "policies": {"all": document(allow("*"))}}],
        }
    }
}

Simulate = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def simulate(simulator: SimulatorProcess, client: Callable[..., Any]) -> Simulate:
    """Simulates a principal of the fleet and returns the results of one response."""
    simulator.seed(FLEET)
    iam = client("iam")

    def ask(principal: str, *actions: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = iam.simulate_principal_policy(PolicySourceArn=principal, ActionNames=list(actions), **parameters)
        assert answer["IsTruncated"] is False
        return answer["EvaluationResults"]

    return ask


def refused(call: Callable[[], Any]) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def given(**values: Any) -> list[dict[str, Any]]:
    """Context entries; underscores stand for colons."""
    return [
        {"ContextKeyName": key.replace("_", ":"), "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in values.items()
    ]


def test_an_action_without_resources_has_one_answer(simulate: Simulate) -> None:
    (result,) = simulate(USER, "ec2:DescribeFlowLogs", ContextEntries=given(ec2_CreateAction="x"))
    assert result == {
        "EvalActionName": "ec2:DescribeFlowLogs",
        "EvalResourceName": "*",
        "EvalDecision": "allowed",
        "MatchedStatements": [{"SourcePolicyId": "group_readers_read", "SourcePolicyType": "IAM Policy"}],
        "MissingContextValues": [],
    }


@pytest.mark.parametrize(
    ("principal", "action", "resource", "decision", "source"),
    [
        (USER, "s3:GetBucketPolicy", MINE, "allowed", ["user_tester_own"]),
        (USER, "s3:GetBucketPolicy", THEIRS, "implicitDeny", []),
        (USER, "s3:GetBucketPolicy", FORBIDDEN, "explicitDeny", ["user_tester_own"]),
        (USER, "s3:GetBucketPolicy", "*", "implicitDeny", []),
        (USER, "ec2:CreateTags", "*", "allowed", ["tagging"]),
        (GROUP, "ec2:DescribeVpcs", "*", "allowed", ["group_readers_read"]),
        (GROUP, "s3:GetBucketPolicy", MINE, "implicitDeny", []),
        (ROLE, "s3:GetBucketPolicy", THEIRS, "allowed", ["role_publisher_all"]),
    ],
)
def test_the_policies_of_the_principal_decide(
    simulate: Simulate, principal: str, action: str, resource: str, decision: str, source: list[str]
) -> None:
    context = given(ec2_CreateAction="CreateFlowLogs")
    (result,) = simulate(principal, action, ResourceArns=[resource], ContextEntries=context)
    assert result["EvalDecision"] == decision
    assert [one["SourcePolicyId"] for one in result["MatchedStatements"]] == source


def decided(results: list[dict[str, Any]]) -> list[tuple[str, str, dict[str, str]]]:
    """Return of each result the name, the decision, and the decision on each resource."""
    return [
        (
            result["EvalResourceName"],
            result["EvalDecision"],
            {one["EvalResourceName"]: one["EvalResourceDecision"] for one in result["ResourceSpecificResults"]},
        )
        for result in results
    ]


def test_the_shape_of_today_has_one_result_for_each_action(simulator: SimulatorProcess, simulate: Simulate) -> None:
    results = simulate(USER, "s3:GetBucketPolicy", "s3:PutBucketPolicy", ResourceArns=[MINE, THEIRS])
    expected = (
        "arn:${Partition}:s3:::${BucketName}/${KeyName}",
        "implicitDeny",
        {MINE: "allowed", THEIRS: "implicitDeny"},
    )
    assert decided(results) == [expected, expected]
    assert [result["EvalActionName"] for result in results] == ["s3:GetBucketPolicy", "s3:PutBucketPolicy"]


@pytest.mark.parametrize(
    ("shape", "decisions"),
    [
        ("per_resource", ["allowed", "implicitDeny", "explicitDeny"]),
        ("per_resource_aggregate", ["explicitDeny"] * 3),
    ],
)
def test_the_shapes_of_the_past_have_one_result_for_each_resource(
    simulator: SimulatorProcess, simulate: Simulate, shape: str, decisions: list[str]
) -> None:
    simulator.set_switch("simulation_shape", shape)
    results = simulate(USER, "s3:GetBucketPolicy", ResourceArns=[MINE, THEIRS, FORBIDDEN])
    each = {MINE: "allowed", THEIRS: "implicitDeny", FORBIDDEN: "explicitDeny"}
    assert decided(results) == [
        (name, decision, {name: each[name]}) for name, decision in zip(each, decisions, strict=True)
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_results_by_resource_without_resources(simulator: SimulatorProcess, simulate: Simulate, shape: str) -> None:
    simulator.set_switch("simulation_shape", shape)
    (result,) = simulate(USER, "ec2:DescribeVpcs")
    assert (result["EvalResourceName"], result["EvalDecision"]) == ("*", "allowed")
    assert "ResourceSpecificResults" not in result


@pytest.mark.parametrize(
    ("values", "decision", "missing"),
    [
        ({}, "implicitDeny", ["ec2:CreateAction"]),
        ({"ec2_CreateAction": "CreateFlowLogs"}, "allowed", []),
        ({"EC2_CREATEACTION": "CreateFlowLogs"}, "allowed", []),
        ({"ec2_CreateAction": "RunInstances"}, "implicitDeny", []),
    ],
)
def test_conditions_see_the_values_given(
    simulate: Simulate, values: dict[str, str], decision: str, missing: list[str]
) -> None:
    arn = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc-flow-log/*"
    (result,) = simulate(USER, "ec2:CreateTags", ResourceArns=[arn], ContextEntries=given(**values))
    (specific,) = result["ResourceSpecificResults"]
    assert (result["EvalDecision"], specific["EvalResourceDecision"]) == (decision, decision)
    assert (result["MissingContextValues"], specific["MissingContextValues"]) == (missing, missing)


@pytest.mark.parametrize(("switch", "missing"), [("all_statements", ["ec2:CreateAction"]), ("action_statements", [])])
def test_missing_keys_of_other_statements_are_a_switch(
    simulator: SimulatorProcess, simulate: Simulate, switch: str, missing: list[str]
) -> None:
    simulator.set_switch("missing_context", switch)
    (result,) = simulate(USER, "ec2:DescribeVpcs")
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", missing)


def test_policies_may_be_added(simulate: Simulate) -> None:
    added = [json.dumps(document(allow("s3:*", THEIRS)))]
    (result,) = simulate(USER, "s3:GetBucketPolicy", ResourceArns=[THEIRS], PolicyInputList=added)
    assert result["EvalDecision"] == "allowed"
    assert result["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1"


@pytest.mark.parametrize(
    ("boundary", "decision", "within"),
    [
        (document(allow("s3:*")), "allowed", True),
        (document(allow("ec2:*")), "implicitDeny", False),
        (document(allow("*"), deny("s3:*")), "explicitDeny", False),
    ],
)
@pytest.mark.parametrize("attached", [True, False])
def test_boundary_has_its_own_decision(
    simulator: SimulatorProcess,
    simulate: Simulate,
    boundary: dict[str, Any],
    decision: str,
    within: bool,
    attached: bool,
) -> None:
    principal, parameters = ROLE, {"PermissionsBoundaryPolicyInputList": [json.dumps(boundary)]}
    if attached:
        role = {"name": "bounded", "policies": {"all": document(allow("*"))}, "boundary": boundary}
        simulator.seed({"accounts": {ACCOUNT: {"roles": [role]}}})
        principal, parameters = f"arn:aws:iam::{ACCOUNT}:role/bounded", {}
    (result,) = simulate(principal, "s3:GetBucketPolicy", ResourceArns=[MINE], **parameters)
    assert result["EvalDecision"] == decision
    expected = {"AllowedByPermissionsBoundary": within}
    assert result["PermissionsBoundaryDecisionDetail"] == expected
    assert result["ResourceSpecificResults"][0]["PermissionsBoundaryDecisionDetail"] == expected


@pytest.mark.parametrize(
    ("account", "decision", "detail"),
    [
        ({}, "allowed", None),
        ({"organization": "o-a1b2c3d4e5"}, "allowed", {"AllowedByOrganizations": True}),
        ({"organization_policy": document(allow("*"))}, "allowed", {"AllowedByOrganizations": True}),
        ({"organization_policy": document(allow("ec2:*"))}, "implicitDeny", {"AllowedByOrganizations": False}),
        (
            {"organization_policy": document(allow("*"), deny("s3:*"))},
            "explicitDeny",
            {"AllowedByOrganizations": False},
        ),
    ],
)
def test_organization_has_its_own_decision(
    simulator: SimulatorProcess,
    simulate: Simulate,
    account: dict[str, Any],
    decision: str,
    detail: dict[str, bool] | None,
) -> None:
    simulator.seed({"accounts": {ACCOUNT: account}})
    (result,) = simulate(ROLE, "s3:GetBucketPolicy", ResourceArns=[MINE])
    assert (result["EvalDecision"], result.get("OrganizationsDecisionDetail")) == (decision, detail)


def test_answers_come_in_pages(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(FLEET)
    iam = client("iam")
    request = {"PolicySourceArn": ROLE, "ActionNames": [f"ec2:Describe{number}" for number in range(205)]}
    pages = list(iam.get_paginator("simulate_principal_policy").paginate(**request))
    assert [len(page["EvaluationResults"]) for page in pages] == [100, 100, 5]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    found = [result["EvalActionName"] for page in pages for result in page["EvaluationResults"]]
    assert found == request["ActionNames"]
    assert len(iam.simulate_principal_policy(**request, MaxItems=7)["EvaluationResults"]) == 7
    assert refused(lambda: iam.simulate_principal_policy(**request, Marker="x"))[0] == "InvalidInput"


@pytest.mark.parametrize(
    ("principal", "code", "status", "message"),
    [
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/publisher/run",
            "InvalidInput",
            400,
            f"Invalid Entity Arn: arn:aws:sts::{ACCOUNT}:assumed-role/publisher/run does not clearly define entity "
            "type and name.",
        ),
        (
            f"arn:aws:iam::{ACCOUNT}:root",
            "InvalidInput",
            400,
            f"Invalid Entity Arn: arn:aws:iam::{ACCOUNT}:root does not clearly define entity type and name.",
        ),
        # The path is part of the name.
        (
            f"arn:aws:iam::{ACCOUNT}:role/publisher",
            "NoSuchEntity",
            404,
            "The role with name publisher cannot be found.",
        ),
        (
            f"arn:aws:iam::{OTHER}:role/publisher",
            "InvalidInput",
            400,
            f"Invalid Policy Source Arn: caller's account {ACCOUNT} does not have access to policies in account {OTHER}",
        ),
    ],
)
def test_only_users_groups_and_roles_of_the_account_are_simulated(
    simulate: Simulate, principal: str, code: str, status: int, message: str
) -> None:
    assert refused(lambda: simulate(principal, "ec2:DescribeVpcs")) == (code, status, message)


def test_different_actions_together_are_a_switch(simulator: SimulatorProcess, simulate: Simulate) -> None:
    actions = ("ec2:DescribeVpcs", "s3:GetBucketPolicy", "ec2:DescribeVpcs")
    assert len(simulate(ROLE, *actions)) == 3
    simulator.set_switch("simulated_actions", "alone")
    code, _status, message = refused(lambda: simulate(ROLE, *actions))
    assert code == "InvalidInput"
    assert message.startswith("Invalid Input Actions: [ec2:DescribeVpcs] and [s3:GetBucketPolicy] require different")
    assert len(simulate(ROLE, "ec2:DescribeVpcs")) == 1


def test_unsupported_parameters_are_refused(simulate: Simulate) -> None:
    code, _status, message = refused(lambda: simulate(USER, "s3:GetObject", CallerArn=ROLE))
    assert code == "SimulatorFailure"
    assert "CallerArn" in message


def test_resource_policies_are_not_read(
    simulator: SimulatorProcess, simulate: Simulate, client: Callable[..., Any]
) -> None:
    simulator.seed({"accounts": {ACCOUNT: {"buckets": [{"name": "theirs", "region": "eu-west-1"}]}}})
    statement = allow("s3:GetBucketPolicy", THEIRS, Principal={"AWS": USER})
    client("s3").put_bucket_policy(Bucket="theirs", Policy=json.dumps(document(statement)))
    (result,) = simulate(USER, "s3:GetBucketPolicy", ResourceArns=[THEIRS])
    assert result["EvalDecision"] == "implicitDeny"


@pytest.mark.parametrize("granted", [USER, ROLE])
def test_simulating_needs_a_permission_on_the_principal(
    simulator: SimulatorProcess, simulate: Simulate, client: Callable[..., Any], granted: str
) -> None:
    key = client("iam").create_access_key(UserName="tester")["AccessKey"]["AccessKeyId"]
    text = json.dumps(document(allow("iam:SimulatePrincipalPolicy", granted)))
    client("iam").put_user_policy(UserName="tester", PolicyName="simulate", PolicyDocument=text)
    simulator.enforce()
    iam = client("iam", access_key=key)

    def ask() -> Any:
        return iam.simulate_principal_policy(PolicySourceArn=USER, ActionNames=["ec2:DescribeVpcs"])

    if granted == USER:
        assert ask()["EvaluationResults"][0]["EvalDecision"] == "allowed"
        return
    code, status, message = refused(ask)
    assert (code, status) == ("AccessDenied", 403)
    expected = f"User: {USER} is not authorized to perform: iam:SimulatePrincipalPolicy on resource: {USER} because no"
    assert message.startswith(expected)
