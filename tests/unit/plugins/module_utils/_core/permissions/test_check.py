# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Queries of the policy simulator, its answers, and the verdict."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import Permission
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import PermissionQuestion
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import missing_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import permitted
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import question_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import summary_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import POLICIES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import actions_of
from tests.permission_documents import permissions_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.principals import Principal
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.principals import context_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.principals import parse_principal
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.simulation import Answer
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.simulation import answers_from

ACCOUNT = "111122223333"
IAM = f"arn:aws:iam::{ACCOUNT}"
A, B = "arn:aws:s3:::a", "arn:aws:s3:::b"


def result(decision: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"EvalActionName": "s3:X", "EvalResourceName": resource, "EvalDecision": decision, **more}


def specific(resource: str, decision: str, **more: Any) -> dict[str, Any]:
    return {"EvalResourceName": resource, "EvalResourceDecision": decision, **more}


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        (f"{IAM}:user/ops/ada", Principal(f"{IAM}:user/ops/ada", "user", "aws", ACCOUNT, "ada", "/ops/")),
        (f"{IAM}:group/network", Principal(f"{IAM}:group/network", "group", "aws", ACCOUNT, "network", "/")),
        (f"{IAM}:role/a/b/c", Principal(f"{IAM}:role/a/b/c", "role", "aws", ACCOUNT, "c", "/a/b/")),
        (
            f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/c/run-1",
            Principal(f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/c/run-1", "session", "aws-cn", ACCOUNT, "c", None),
        ),
        (f"{IAM}:root", Principal(f"{IAM}:root", "root", "aws", ACCOUNT, "root", None)),
    ],
)
def test_parse_principal(arn: str, principal: Principal) -> None:
    assert parse_principal(arn) == principal


@pytest.mark.parametrize(
    "arn", ["", "ada", f"{IAM}:policy/x", f"arn:aws:sts::{ACCOUNT}:federated-user/x", f"{IAM}:user"]
)
def test_parse_principal_refuses_other_arns(arn: str) -> None:
    with pytest.raises(InputError, match="principal"):
        parse_principal(arn)


@pytest.mark.parametrize(
    ("results", "decisions"),
    [
        # Until 2026: one result for each resource.
        ([result("allowed", A), result("implicitDeny", B)], {A: "allowed", B: "not_allowed"}),
        # The same with a specific result for its own resource.
        (
            [
                result("implicitDeny", B, ResourceSpecificResults=[specific(B, "implicitDeny")]),
                result("allowed", A, ResourceSpecificResults=[specific(A, "allowed")]),
            ],
            {A: "allowed", B: "not_allowed"},
        ),
        # The same with the most restrictive decision in each result.
        (
            [
                result("implicitDeny", A, ResourceSpecificResults=[specific(A, "allowed")]),
                result("implicitDeny", B, ResourceSpecificResults=[specific(B, "implicitDeny")]),
            ],
            {A: "allowed", B: "not_allowed"},
        ),
        # Since 2026: one result for each action with the most restrictive decision, and specific results.
        (
            [
                result(
                    "implicitDeny",
                    "arn:${Partition}:s3:::${BucketName}",
                    ResourceSpecificResults=[specific(A, "allowed"), specific(B, "implicitDeny")],
                )
            ],
            {A: "allowed", B: "not_allowed"},
        ),
        # Without specific results the decision applies to each resource.
        (
            [result("explicitDeny", "arn:${Partition}:s3:::${BucketName}")],
            {A: "explicitly_denied", B: "explicitly_denied"},
        ),
        ([result("allowed", A)], {A: "allowed"}),
    ],
)
def test_old_and_new_form_of_simulation_results(results: list[dict[str, Any]], decisions: dict[str, str]) -> None:
    answers = answers_from(results, [A, B])
    assert {resource: answer.decision for (_action, resource), answer in answers.items()} == decisions


@pytest.mark.parametrize(
    ("found", "decision"),
    [
        (result("allowed"), "allowed"),
        (result("explicitDeny"), "explicitly_denied"),
        (result("implicitDeny"), "not_allowed"),
        (
            result("implicitDeny", PermissionsBoundaryDecisionDetail={"AllowedByPermissionsBoundary": False}),
            "denied_by_boundary",
        ),
        (
            result("implicitDeny", OrganizationsDecisionDetail={"AllowedByOrganizations": False}),
            "denied_by_organization",
        ),
        (
            result("explicitDeny", OrganizationsDecisionDetail={"AllowedByOrganizations": False}),
            "denied_by_organization",
        ),
        (result("allowed", MissingContextValues=["aws:PrincipalTag/team"]), "unknown"),
        (
            result(
                "implicitDeny",
                "arn:${Partition}:x",
                ResourceSpecificResults=[specific("*", "implicitDeny", MissingContextValues=["ec2:Vpc"])],
            ),
            "unknown",
        ),
    ],
)
def test_decision(found: dict[str, Any], decision: str) -> None:
    answer = answers_from([found], ["*"])[("s3:X", "*")]
    assert answer.decision == decision
    assert answer.reason


def test_unknown_answer_names_missing_context_and_the_answer_without_it() -> None:
    found = result("allowed", MissingContextValues=["aws:MultiFactorAuthPresent"])
    reason = answers_from([found], ["*"])[("s3:X", "*")].reason
    assert "aws:MultiFactorAuthPresent" in reason
    assert "the answer is allowed" in reason


def question(region: str = "eu-west-1", **options: Any) -> PermissionQuestion:
    return question_from_options({"operations": ["publishing"], **options}, ACCOUNT, "aws", region)


@pytest.mark.parametrize("name", ["publishing", "reading", "log_delivery"])
def test_queries_cover_all_actions_of_the_operations(name: str) -> None:
    asked = question(operations=[name])
    assert {action for query in asked.queries for action in query.actions} == actions_of(POLICIES[name])
    assert asked.policies == (permissions_policy(name, account_id=ACCOUNT, region="eu-west-1"),)


def test_queries_are_made_for_each_region() -> None:
    asked = question(regions=["eu-west-1", "us-east-1"], operations=["create"])
    for region in ("eu-west-1", "us-east-1"):
        (query,) = [
            query for query in asked.queries if query.region == region and "ec2:CreateFlowLogs" in query.actions
        ]
        assert f"arn:aws:ec2:{region}:{ACCOUNT}:vpc/*" in query.resources
        assert dict(query.context) == {"aws:RequestedRegion": region, "ec2:Region": region}


def test_conditions_of_needs_and_given_values_are_in_the_context() -> None:
    (query,) = question(operations=["tag_at_create"], context={"aws:PrincipalTag/team": "net"}).queries
    assert dict(query.context)["ec2:CreateAction"] == "CreateFlowLogs"
    assert dict(query.context)["aws:PrincipalTag/team"] == "net"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"operations": ["everything"]}, "operations: 'everything'"),
        ({"operations": ["read", "publishing"]}, "operations: 'publishing'"),
        ({"operations": ["bucket_owner"]}, "buckets: "),
        ({"principal": "me"}, "principal: 'me'"),
        ({"regions": ["mars"]}, "regions"),
        ({"account_id": "1"}, "account_id: '1'"),
        ({"buckets": ["logs"]}, "buckets: 'logs'"),
        ({"resource_ids": ["x"]}, "resource_ids"),
    ],
)
def test_bad_input_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        question(**options)


def permission(action: str, decision: str, resource: str = "*", **more: Any) -> Permission:
    return Permission(action, resource, "eu-west-1", Answer(decision, f"{decision}."), "simulation", **more)


@pytest.mark.parametrize(
    ("decisions", "verdict"),
    [
        ([], True),
        (["allowed", "allowed"], True),
        (["allowed", "unknown"], "unknown"),
        (["unknown", "not_allowed"], False),
        (["allowed", "denied_by_boundary"], False),
    ],
)
def test_verdict(decisions: list[str], verdict: Any) -> None:
    found = permitted(permission("a:B", decision) for decision in decisions)
    assert found == verdict
    assert isinstance(found, type(verdict))


def test_missing_policy_allows_only_actions_that_no_statement_allows() -> None:
    permissions = [
        permission("logs:CreateLogDelivery", "not_allowed"),
        permission("ec2:DescribeFlowLogs", "allowed"),
        permission("ec2:DeleteFlowLogs", "explicitly_denied", "arn:x"),
        permission("ec2:CreateTags", "not_allowed", "arn:x", context=(("ec2:CreateAction", "CreateFlowLogs"),)),
    ]
    policy = missing_policy(permissions, ["create", "tag_at_create", "read", "delete"])
    assert policy is not None
    given = [(item["Action"], item["Resource"], item.get("Condition")) for item in policy["Statement"]]
    assert given == [
        (["ec2:CreateTags"], ["arn:x"], {"StringEquals": {"ec2:CreateAction": "CreateFlowLogs"}}),
        (["logs:CreateLogDelivery"], ["*"], None),
    ]


def test_missing_policy_has_no_condition_if_an_operation_needs_none() -> None:
    asked = question(operations=["tag_at_create", "tag"])
    (query,) = [query for query in asked.queries if "ec2:CreateTags" in query.actions]
    policy = missing_policy([permission("ec2:CreateTags", "not_allowed", context=query.context)], asked.operations)
    assert policy is not None
    assert "Condition" not in policy["Statement"][0]


def test_missing_policy_leaves_out_explicitly_denied_actions() -> None:
    assert missing_policy([permission("ec2:DeleteFlowLogs", "explicitly_denied")], ["delete"]) is None


@pytest.mark.parametrize(
    ("permissions", "words"),
    [
        ([permission("a:B", "allowed")], "has every required permission, as far as this can be checked."),
        ([permission("a:B", "unknown"), permission("c:D", "not_allowed")], "x is missing c:D."),
        ([permission("a:B", "unknown"), permission("c:D", "allowed")], "Whether x has a:B is unknown: unknown."),
        ([permission(f"a:{number}", "not_allowed") for number in range(7)], "a:4 and 2 more."),
    ],
)
def test_summary(permissions: list[Permission], words: str) -> None:
    assert words in summary_of("x", permissions)


def test_permission_is_returned_with_its_operations_and_purpose() -> None:
    shown = permission("ec2:DescribeFlowLogs", "denied").to_dict(["read", "create_bucket"])
    assert shown["operations"] == ["read"]
    assert shown["needed_to"]
    assert (shown["decision"], shown["reason"], shown["method"]) == ("denied", "denied.", "simulation")


def test_context_has_the_principal_and_its_account() -> None:
    context = dict(context_of(f"{IAM}:role/a"))
    assert context["aws:PrincipalArn"] == f"{IAM}:role/a"
    assert context["aws:PrincipalAccount"] == ACCOUNT
    assert (context["aws:SecureTransport"], context["aws:ViaAWSService"]) == ("true", "false")
