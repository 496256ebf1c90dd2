# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The evaluator of policies, against the rules of the IAM User Guide."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.policy_evaluation import decide

SERVICE = "delivery.logs.amazonaws.com"
ACTION = "s3:PutObject"
RESOURCE = "arn:aws:s3:::central/AWSLogs/111111111111/x.log.gz"
CONTEXT = {
    "aws:SourceAccount": "111111111111",
    "aws:SourceArn": "arn:aws:logs:eu-west-1:111111111111:delivery-source:flow",
    "aws:SecureTransport": "true",
}
ALLOW = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": ACTION, "Resource": "*"}


def verdict(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    """Return the effect of these statements on the request of this file."""
    return decide({"Version": version, "Statement": list(statements)}, SERVICE, ACTION, RESOURCE, CONTEXT)


def changed(**elements: Any) -> dict[str, Any]:
    """Return the allowing statement with changed elements; None removes one."""
    return {name: value for name, value in {**ALLOW, **elements}.items() if value is not None}


def test_no_policy_has_no_effect() -> None:
    assert decide(None, SERVICE, ACTION, RESOURCE, CONTEXT) == "none"


def test_a_single_statement_needs_no_list() -> None:
    assert decide({"Statement": ALLOW}, SERVICE, ACTION, RESOURCE, CONTEXT) == "allow"


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Service": SERVICE}, "allow"),
        ({"Service": ["s3.amazonaws.com", SERVICE]}, "allow"),
        ({"Service": "s3.amazonaws.com"}, "none"),
        ("*", "allow"),
        ({"AWS": "*"}, "allow"),
        ({"AWS": ["arn:aws:iam::111111111111:root", "*"]}, "allow"),
        ({"AWS": "arn:aws:iam::111111111111:root"}, "none"),
        ({"AWS": SERVICE}, "none"),
        ({}, "none"),
    ],
)
def test_principal(principal: Any, expected: str) -> None:
    assert verdict(changed(Principal=principal)) == expected


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"AWS": "arn:aws:iam::111111111111:root"}, "allow"),
        ({"Service": SERVICE}, "none"),
        ("*", "none"),
    ],
)
def test_not_principal(principal: Any, expected: str) -> None:
    assert verdict(changed(Principal=None, NotPrincipal=principal)) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:PutObject", "allow"),
        ("S3:putobject", "allow"),
        ("s3:Put*", "allow"),
        ("s3:PutObjec?", "allow"),
        ("s3:PutObject?", "none"),
        ("*", "allow"),
        (["s3:GetObject", "s3:PutObject"], "allow"),
        ("s3:PutObjectAcl", "none"),
        ([], "none"),
    ],
)
def test_action_and_not_action_are_opposites(action: Any, expected: str) -> None:
    assert verdict(changed(Action=action)) == expected
    opposite = {"allow": "none", "none": "allow"}[expected]
    assert verdict(changed(Action=None, NotAction=action)) == opposite


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (RESOURCE, "allow"),
        ("*", "allow"),
        ("arn:aws:s3:::central/*", "allow"),
        ("arn:aws:s3:::central", "none"),
        ("arn:aws:s3:::central/AWSLogs/11111111111?/*", "allow"),
        ("arn:aws:s3:::central/awslogs/111111111111/*", "none"),
        ("arn:aws:s3:::central/AWSLogs/${aws:SourceAccount}/*", "allow"),
        ("arn:aws:s3:::central/AWSLogs/${aws:PrincipalAccount}/*", "none"),
        ("arn:aws-cn:s3:::central/*", "none"),
        (["arn:aws:s3:::other/*", "arn:aws:s3:::central/*"], "allow"),
    ],
)
def test_resource_and_not_resource_are_opposites(resource: Any, expected: str) -> None:
    assert verdict(changed(Resource=resource)) == expected
    opposite = {"allow": "none", "none": "allow"}[expected]
    assert verdict(changed(Resource=None, NotResource=resource)) == opposite


def test_variables_need_the_version_of_2012() -> None:
    statement = changed(Resource="arn:aws:s3:::central/AWSLogs/${aws:SourceAccount}/*")
    assert verdict(statement, version="2008-10-17") == "none"


@pytest.mark.parametrize("left_out", ["Principal", "Action", "Resource"])
def test_statement_without_an_element_has_no_effect(left_out: str) -> None:
    assert verdict(changed(**{left_out: None})) == "none"


ACCOUNT = "aws:SourceAccount"
ARN = "aws:SourceArn"
ABSENT = "aws:SourceVpce"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"StringEquals": {ACCOUNT: "111111111111"}}, True),
        ({"stringequals": {"AWS:sourceaccount": ["222222222222", "111111111111"]}}, True),
        ({"StringEquals": {ACCOUNT: "1*"}}, False),
        ({"StringLike": {ACCOUNT: "1*"}}, True),
        ({"StringNotEquals": {ACCOUNT: ["222222222222", "111111111111"]}}, False),
        ({"StringNotEquals": {ACCOUNT: "222222222222"}}, True),
        ({"StringNotLike": {ACCOUNT: "1*"}}, False),
        ({"StringEqualsIgnoreCase": {"aws:SecureTransport": "TRUE"}}, True),
        ({"StringNotEqualsIgnoreCase": {"aws:SecureTransport": "TRUE"}}, False),
        ({"StringEquals": {"aws:SecureTransport": "TRUE"}}, False),
        ({"ArnLike": {ARN: "arn:aws:logs:eu-west-1:111111111111:*"}}, True),
        ({"ArnLike": {ARN: "arn:aws:logs:*:111111111111:*"}}, True),
        ({"ArnLike": {ARN: "arn:aws:logs:*:*:delivery-source:flow"}}, True),
        ({"ArnLike": {ARN: "arn:aws:logs:*"}}, False),
        ({"ArnLike": {ARN: "arn:*:delivery-source:flow"}}, False),
        ({"ArnEquals": {ARN: "arn:aws:logs:eu-west-1:111111111111:*"}}, True),
        ({"ArnNotLike": {ARN: "arn:aws:logs:eu-west-1:111111111111:*"}}, False),
        ({"ArnNotEquals": {ARN: "arn:aws:ec2:*:*:*"}}, True),
        ({"StringEquals": {ARN: "arn:aws:logs:eu-west-1:111111111111:*"}}, False),
        ({"StringLike": {ARN: "arn:aws:logs:*"}}, True),
        ({"Bool": {"aws:SecureTransport": True}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"Null": {ABSENT: "true"}}, True),
        ({"Null": {ABSENT: True}}, True),
        ({"Null": {ABSENT: "false"}}, False),
        ({"Null": {ACCOUNT: "false"}}, True),
        ({"StringEquals": {ABSENT: "vpce-1"}}, False),
        ({"StringNotEquals": {ABSENT: "vpce-1"}}, True),
        ({"StringEqualsIfExists": {ABSENT: "vpce-1"}}, True),
        ({"StringEqualsIfExists": {ACCOUNT: "222222222222"}}, False),
        ({"StringNotEqualsIfExists": {ABSENT: "vpce-1"}}, True),
        ({"ForAnyValue:StringLike": {ACCOUNT: ["2*", "1*"]}}, True),
        ({"ForAnyValue:StringLike": {ABSENT: "*"}}, False),
        ({"ForAnyValue:StringNotLike": {ABSENT: "*"}}, False),
        ({"ForAllValues:StringEquals": {ACCOUNT: "111111111111"}}, True),
        ({"ForAllValues:StringEquals": {ACCOUNT: "222222222222"}}, False),
        ({"ForAllValues:StringEquals": {ABSENT: "vpce-1"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"StringEquals": {ACCOUNT: "${aws:SourceAccount}"}}, True),
        ({"StringEquals": {ACCOUNT: "111111111111", ABSENT: "x"}}, False),
        ({"StringEquals": {ACCOUNT: "111111111111"}, "Bool": {"aws:SecureTransport": "false"}}, False),
        ({}, True),
    ],
)
def test_condition(condition: dict[str, Any], holds: bool) -> None:
    assert verdict(changed(Condition=condition)) == ("allow" if holds else "none")
    assert verdict(ALLOW, changed(Effect="Deny", Condition=condition)) == ("deny" if holds else "allow")


statements = st.lists(
    st.builds(
        changed,
        Effect=st.sampled_from(["Allow", "Deny"]),
        Principal=st.sampled_from(["*", {"Service": SERVICE}, {"Service": "s3.amazonaws.com"}]),
        Action=st.sampled_from(["s3:*", "s3:GetObject"]),
    ),
    max_size=5,
)


@given(statements, st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(given: list[dict[str, Any]], random: Any) -> None:
    shuffled = random.sample(given, len(given))
    assert verdict(*shuffled) == verdict(*given)


@given(statements)
def test_a_deny_wins_over_everything(given: list[dict[str, Any]]) -> None:
    assert verdict(*given, changed(Effect="Deny")) == "deny"


@given(st.text(alphabet="abc*?.[]\\:/", max_size=8))
def test_a_star_matches_every_resource(name: str) -> None:
    policy = {"Statement": [changed(Resource="arn:aws:s3:::central/*")]}
    assert decide(policy, SERVICE, ACTION, f"arn:aws:s3:::central/{name}", CONTEXT) == "allow"
