# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy documents are evaluated by meaning, and unknown elements never count as a grant."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.conditions import ABSENT, decide_condition
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import (
    PolicyError,
    Request,
    compact,
    decide_statement,
    deleted_principals,
    denied_by,
    granted_by,
    parse_policy,
    policy_size,
    possibly_granted_by,
    same_policy,
    statements_of,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.patterns import (
    all_of,
    any_of,
    match,
    match_arn,
)


@pytest.mark.parametrize(
    ("pattern", "value", "truth"),
    [
        ("arn:aws:s3:::logs/*", "arn:aws:s3:::logs/a/vpcflowlogs/*/*", True),
        ("arn:aws:s3:::logs/*/vpcflowlogs/*", "arn:aws:s3:::logs/a/vpcflowlogs/*/*", True),
        ("arn:aws:s3:::logs/a/vpcflowlogs/eu-west-1/*", "arn:aws:s3:::logs/a/vpcflowlogs/*/*", None),
        ("arn:aws:s3:::logs/b/*", "arn:aws:s3:::logs/a/vpcflowlogs/*/*", False),
        ("????", "*", None),
        ("*", "????", True),
        ("", "", True),
        ("*", "", True),
        ("?", "", False),
    ],
)
def test_match(pattern: str, value: str, truth: Any) -> None:
    assert match(pattern, value) is truth


@pytest.mark.parametrize(
    ("pattern", "truth"),
    [
        ("arn:aws:logs:*:111122223333:*", True),
        ("arn:*:logs:*:*:*", True),
        ("arn:aws:*:*:111122223333:*", True),
        ("arn:aws:logs:eu-west-1:111122223333:*", None),
        ("arn:aws:logs:*:111122223333:delivery-source:*", None),
        ("arn:aws:logs:*:444455556666:*", False),
        ("arn:aws:ec2:*:111122223333:*", False),
        ("arn:aws-cn:logs:*:111122223333:*", False),
        ("arn:aws:logs:*", None),
        ("*", None),
    ],
)
def test_arns_match_part_by_part(pattern: str, truth: Any) -> None:
    assert match_arn(pattern, "arn:aws:logs:*:111122223333:*") is truth


@pytest.mark.parametrize("truths", [(), (True,), (None,), (True, None)])
def test_certain_truth_outweighs_unknown_ones(truths: Any) -> None:
    assert all_of((*truths, False)) is False
    assert any_of(tuple(None if item is None else not item for item in truths) + (True,)) is True


CONTEXT = {
    "aws:sourceaccount": ("111122223333",),
    "aws:sourcearn": ("arn:aws:logs:*:111122223333:*",),
    "aws:securetransport": ("true",),
    "s3:tlsversion": ("1.2",),
    "aws:sourcevpce": ABSENT,
    "many": ("a", "b"),
    "aws:sourceip": None,
}


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ({}, True),
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, True),
        ({"StringEquals": {"AWS:SOURCEACCOUNT": ["444455556666", "111122223333"]}}, True),
        ({"StringEquals": {"aws:SourceAccount": 111122223333}}, True),
        ({"StringEquals": {"aws:SourceAccount": "1111*"}}, False),
        ({"StringLike": {"aws:SourceAccount": "1111*"}}, True),
        ({"StringEqualsIgnoreCase": {"aws:SourceAccount": "111122223333"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": "444455556666"}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": ["444455556666", "111122223333"]}}, False),
        ({"StringNotLike": {"aws:SourceAccount": "4*"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:logs:*:111122223333:*"}}, True),
        ({"ArnEquals": {"aws:SourceArn": ["arn:aws:logs:*:111122223333:*"]}}, True),
        ({"ArnNotLike": {"aws:SourceArn": "arn:aws:logs:*:444455556666:*"}}, True),
        ({"StringLike": {"aws:SourceArn": "arn:aws:logs:*"}}, True),
        # A literal star: it matches none of the real values.
        ({"StringEquals": {"aws:SourceArn": "arn:aws:logs:*:111122223333:*"}}, None),
        ({"Bool": {"aws:SecureTransport": False}}, False),
        ({"Bool": {"aws:SecureTransport": "True"}}, True),
        ({"NumericLessThan": {"s3:TlsVersion": 1.2}}, False),
        ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, True),
        ({"NumericLessThan": {"s3:TlsVersion": "new"}}, None),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"ForAnyValue:StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"ForAllValues:StringEquals": {"many": ["a", "b", "c"]}}, True),
        ({"ForAllValues:StringEquals": {"many": ["a"]}}, False),
        ({"ForAnyValue:StringEquals": {"many": ["a"]}}, True),
        ({"Null": {"aws:SourceVpce": "true"}}, True),
        ({"Null": {"aws:SourceVpce": False}}, False),
        ({"Null": {"aws:SourceAccount": ["true", "false"]}}, True),
        ({"Null": {"aws:SourceAccount": "perhaps"}}, None),
        ({"NullIfExists": {"aws:SourceVpce": "true"}}, None),
        ({"ForAnyValue:Null": {"aws:SourceVpce": "true"}}, None),
        ({"ForAnyValue:StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, None),
        ({"ForAnyValue:StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, None),
        ({"ForAllValues:StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"ForAnyValue:StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "net"}}, None),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, None),
        ({"IpAddress": {"aws:SourceVpce": "192.0.2.0/24"}}, False),
        ({"NotIpAddress": {"aws:SourceVpce": "192.0.2.0/24"}}, True),
        ({"IpAddress": {"aws:SourceAccount": "192.0.2.0/24"}}, None),
        ({"StringEquals": {"aws:SourceAccount": "${aws:PrincipalAccount}"}}, None),
        ({"StringSounds": {"aws:SourceAccount": "111122223333"}}, None),
        ({"stringequals": {"aws:SourceAccount": "111122223333"}}, None),
        ({"For: StringEquals": {"aws:SourceAccount": "111122223333"}}, None),
        ({"StringEquals": "111122223333"}, None),
        ([], None),
        # One false condition is enough, whether others are unknown or not.
        ({"Bool": {"aws:SecureTransport": "false"}, "StringSounds": {"x": "y"}}, False),
    ],
)
def test_decide_condition(condition: Any, truth: Any) -> None:
    assert decide_condition(condition, CONTEXT) is truth


REQUEST = Request("delivery.logs.amazonaws.com", "s3:PutObject", "arn:aws:s3:::logs/AWSLogs/1/*", CONTEXT)
ALLOW: Dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "delivery.logs.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::logs/*",
}


def without(name: str, **more: Any) -> Dict[str, Any]:
    return {**{key: value for key, value in ALLOW.items() if key != name}, **more}


@pytest.mark.parametrize(
    ("statement", "truth"),
    [
        (ALLOW, True),
        ({**ALLOW, "Principal": "*"}, True),
        ({**ALLOW, "Principal": {"AWS": "*"}}, True),
        ({**ALLOW, "Principal": {"AWS": ["111122223333", "*"]}}, True),
        ({**ALLOW, "Principal": {"Service": ["a.amazonaws.com", "delivery.logs.amazonaws.com"]}}, True),
        ({**ALLOW, "Principal": {"Service": "*"}}, None),
        ({**ALLOW, "Principal": {"Service": "logs.amazonaws.com"}}, False),
        ({**ALLOW, "Principal": {"AWS": "111122223333"}}, False),
        ({**ALLOW, "Principal": {"CanonicalUser": "abc"}}, False),
        ({**ALLOW, "Principal": "delivery.logs.amazonaws.com"}, None),
        (without("Principal"), None),
        (without("Principal", NotPrincipal={"AWS": "111122223333"}), None),
        (without("Principal", NotPrincipal={"Service": "delivery.logs.amazonaws.com"}), False),
        (without("Principal", Effect="Deny", NotPrincipal={"AWS": "111122223333"}), True),
        ({**ALLOW, "Action": ["S3:putobject"]}, True),
        ({**ALLOW, "Action": "s3:Put*"}, True),
        ({**ALLOW, "Action": "*"}, True),
        ({**ALLOW, "Action": "s3:GetObject"}, False),
        (without("Action", NotAction="s3:Delete*"), True),
        (without("Action", NotAction=["s3:*"]), False),
        (without("Action"), None),
        ({**ALLOW, "NotAction": "s3:Delete*"}, None),
        ({**ALLOW, "Resource": "*"}, True),
        ({**ALLOW, "Resource": "arn:aws:s3:::Logs/*"}, False),
        ({**ALLOW, "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/AWSLogs/?/*"]}, True),
        ({**ALLOW, "Resource": "arn:aws:s3:::logs/AWSLogs/1/vpcflowlogs/*"}, None),
        ({**ALLOW, "Resource": "arn:aws:s3:::logs/${aws:SourceAccount}*"}, None),
        ({**ALLOW, "Resource": 1}, None),
        (without("Resource", NotResource="arn:aws:s3:::logs/private/*"), True),
        (without("Resource", NotResource="arn:aws:s3:::logs/AWSLogs/*"), False),
        ({**ALLOW, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}, True),
        ({**ALLOW, "Sid": "x", "Conditions": {}}, None),
    ],
)
def test_decide_statement(statement: Dict[str, Any], truth: Any) -> None:
    assert decide_statement(statement, REQUEST) is truth
    policy = {"Statement": statement}
    is_allow = statement["Effect"] == "Allow"
    assert granted_by(policy, REQUEST) == ((0,) if truth and is_allow else ())
    denials = denied_by({"Statement": [{**statement, "Effect": "Deny"}]}, REQUEST)
    if "NotPrincipal" not in statement:
        assert denials.certain == ((0,) if truth else ())
        assert denials.possible == ((0,) if truth is None else ())


def test_possible_grants_name_the_service() -> None:
    unknown = {**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "net"}}}
    policy = {"Statement": [unknown, {**unknown, "Principal": {"AWS": "1"}}, {**unknown, "Effect": "Deny"}, ALLOW]}
    assert possibly_granted_by(policy, REQUEST) == (0, 3)


def test_not_principal_possibly_grants() -> None:
    """An Allow with NotPrincipal allows more than people expect; it counts when a grant should be removed."""
    policy = {"Statement": [without("Principal", NotPrincipal={"AWS": "1"})]}
    assert (granted_by(policy, REQUEST), possibly_granted_by(policy, REQUEST)) == ((), (0,))
    policy = {"Statement": [without("Principal", NotPrincipal={"Service": "delivery.logs.amazonaws.com"})]}
    assert possibly_granted_by(policy, REQUEST) == ()


@pytest.mark.parametrize("effect", ["allow", "ALLOW", None])
def test_unknown_effect_grants_nothing(effect: Any) -> None:
    assert granted_by({"Statement": [{**ALLOW, "Effect": effect}]}, REQUEST) == ()


@pytest.mark.parametrize("text", ["", "[]", '"x"', '{"Statement": ["x"]}', '{"Statement": "x"}', "{"])
def test_invalid_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyError, match="the policy"):
        parse_policy(text)


def test_no_policy_has_no_statements_and_no_size() -> None:
    assert statements_of(None) == []
    assert policy_size(None) == 0
    assert statements_of({"Version": "2012-10-17"}) == []


def test_size_is_in_bytes_without_whitespace() -> None:
    assert compact({"Id": "é", "Statement": []}) == '{"Id":"é","Statement":[]}'
    assert policy_size({"Id": "é", "Statement": []}) == 26


def test_deleted_principals_by_statement() -> None:
    policy = {
        "Statement": [
            {"Sid": "A", "Principal": {"AWS": ["AROAEXAMPLEEXAMPLE123", "111122223333"]}},
            {"Principal": {"AWS": "AIDAEXAMPLEEXAMPLE123"}},
            {"NotPrincipal": {"AWS": "AROAEXAMPLEEXAMPLE456"}},
            {"Sid": "D", "Principal": {"AWS": "arn:aws:iam::111122223333:role/AROAEXAMPLEEXAMPLE123"}},
            {"Sid": "E", "Principal": "*"},
        ]
    }
    assert deleted_principals(policy) == {
        "A": ["AROAEXAMPLEEXAMPLE123"],
        "#2": ["AIDAEXAMPLEEXAMPLE123"],
        "#3": ["AROAEXAMPLEEXAMPLE456"],
    }


@pytest.mark.parametrize(
    "other",
    [
        {"Statement": {**ALLOW, "Resource": ["arn:aws:s3:::logs/*"]}},
        {"Statement": [{**ALLOW, "Principal": {"Service": ["delivery.logs.amazonaws.com"]}}]},
    ],
)
def test_same_policy_ignores_changes_by_s3(other: Dict[str, Any]) -> None:
    assert same_policy({"Statement": [ALLOW]}, other)


def test_same_policy_ignores_root_arns_and_booleans() -> None:
    first = {"Statement": [{**ALLOW, "Principal": {"AWS": ["111122223333", "444455556666"]}}]}
    second = {"Statement": [{**ALLOW, "Principal": {"AWS": ["arn:aws-cn:iam::444455556666:root", "111122223333"]}}]}
    assert same_policy(first, second)
    assert same_policy(
        {"Statement": [{**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": True}}}]},
        {"Statement": [{**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]},
    )


@pytest.mark.parametrize(
    "other",
    [
        None,
        {"Statement": []},
        {"Statement": [ALLOW, ALLOW]},
        {"Version": "2012-10-17", "Statement": [ALLOW]},
        {"Statement": [{**ALLOW, "Resource": "arn:aws:s3:::logs/a"}]},
    ],
)
def test_different_policies(other: Any) -> None:
    assert not same_policy({"Statement": [ALLOW]}, other)
    assert not same_policy(other, {"Statement": [ALLOW]})
