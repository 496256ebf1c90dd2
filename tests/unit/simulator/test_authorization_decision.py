# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The authorization decision over all layers of policies, against the rules of the IAM User Guide."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.simulator.authorization_decision import BOUNDARY
from tests.simulator.authorization_decision import IDENTITY
from tests.simulator.authorization_decision import ORGANIZATION
from tests.simulator.authorization_decision import RESOURCE
from tests.simulator.authorization_decision import SESSION
from tests.simulator.authorization_decision import Need
from tests.simulator.authorization_decision import Verdict
from tests.simulator.authorization_decision import decide
from tests.simulator.authorization_decision import grant_of
from tests.simulator.caller_policies import Attached
from tests.simulator.caller_policies import Layers
from tests.simulator.callers import ROLE
from tests.simulator.callers import ROOT
from tests.simulator.callers import USER
from tests.simulator.callers import Caller
from tests.simulator.policy_evaluation import keys_named
from tests.simulator.policy_evaluation import matching

ACCOUNT, OTHER = "111111111111", "222222222222"
ROOT_ARN = f"arn:aws:iam::{ACCOUNT}:root"
USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/team/ann"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/team/deploy"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/run"


class Named:
    """Stands for moto's user; only the name is used."""

    name = "ann"


USER_CALLER = Caller(USER, ACCOUNT, "aws", USER_ARN, USER_ARN, "AIDAEXAMPLE", Named())
SESSION_CALLER = Caller(ROLE, ACCOUNT, "aws", SESSION_ARN, ROLE_ARN, "AROAEXAMPLE:run", Named())
ROOT_CALLER = Caller(ROOT, ACCOUNT, "aws", ROOT_ARN, ROOT_ARN, ACCOUNT)
NEED = Need("s3:GetBucketPolicy", "arn:aws:s3:::logs")
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = {**ALLOW, "Effect": "Deny"}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def identity(*statements: dict[str, Any]) -> tuple[Attached, ...]:
    return (Attached("own", "user", document(*statements)),)


def verdict(layers: Layers, caller: Caller = USER_CALLER, need: Need = NEED) -> Verdict:
    return decide(caller, layers, need, caller.context())


def outcome(layers: Layers, caller: Caller = USER_CALLER, need: Need = NEED) -> tuple[bool, bool, str]:
    found = verdict(layers, caller, need)
    return found.allowed, found.explicit, found.layer


ALLOWED = (True, False, "")


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (Layers(identity(ALLOW)), ALLOWED),
        (Layers(()), (False, False, IDENTITY)),
        (Layers(identity(ALLOW, DENY)), (False, True, IDENTITY)),
        (Layers(identity(ALLOW), boundary=document(ALLOW)), ALLOWED),
        (Layers(identity(ALLOW), boundary=document()), (False, False, BOUNDARY)),
        (Layers(identity(ALLOW), boundary=document(ALLOW, DENY)), (False, True, BOUNDARY)),
        (Layers((), boundary=document(ALLOW)), (False, False, IDENTITY)),
        (Layers(identity(ALLOW), session=document(ALLOW)), ALLOWED),
        (Layers(identity(ALLOW), session=document()), (False, False, SESSION)),
        (Layers(identity(ALLOW), session=document(DENY)), (False, True, SESSION)),
        (Layers(identity(ALLOW), organization=document(ALLOW)), ALLOWED),
        (Layers(identity(ALLOW), organization=document()), (False, False, ORGANIZATION)),
        (Layers(identity(ALLOW), organization=document(ALLOW, DENY)), (False, True, ORGANIZATION)),
        (Layers((), organization=document(ALLOW)), (False, False, IDENTITY)),
    ],
)
def test_every_layer_must_allow_and_none_may_deny(layers: Layers, expected: tuple[bool, bool, str]) -> None:
    assert outcome(layers) == expected


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (Layers(None), ALLOWED),
        (Layers(None, organization=document(ALLOW)), ALLOWED),
        (Layers(None, organization=document()), (False, False, ORGANIZATION)),
    ],
)
def test_only_the_organization_bounds_the_root(layers: Layers, expected: tuple[bool, bool, str]) -> None:
    assert outcome(layers, ROOT_CALLER) == expected


def granting(*principals: str, effect: str = "Allow") -> dict[str, Any]:
    return document({"Effect": effect, "Principal": {"AWS": list(principals)}, "Action": "s3:*", "Resource": "*"})


@pytest.mark.parametrize(
    ("caller", "principal", "expected"),
    [
        (USER_CALLER, USER_ARN, "final"),
        (USER_CALLER, "AIDAEXAMPLE", "direct"),
        (USER_CALLER, "*", "direct"),
        (USER_CALLER, ACCOUNT, "account"),
        (USER_CALLER, ROOT_ARN, "account"),
        (USER_CALLER, OTHER, "none"),
        (USER_CALLER, f"{USER_ARN}x", "none"),
        (SESSION_CALLER, SESSION_ARN, "final"),
        (SESSION_CALLER, ROLE_ARN, "direct"),
        (SESSION_CALLER, "AROAEXAMPLE", "direct"),
        (SESSION_CALLER, ACCOUNT, "account"),
        (SESSION_CALLER, USER_ARN, "none"),
        (ROOT_CALLER, ROOT_ARN, "final"),
        (ROOT_CALLER, USER_ARN, "none"),
    ],
)
def test_a_resource_policy_names_callers(caller: Caller, principal: str, expected: str) -> None:
    assert grant_of(caller, granting(principal), NEED, {}) == expected


def test_everyone_can_be_named_without_a_kind() -> None:
    policy = document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})
    assert grant_of(USER_CALLER, policy, NEED, {}) == "direct"


def test_services_are_no_callers() -> None:
    policy = document({**ALLOW, "Principal": {"Service": "delivery.logs.amazonaws.com"}})
    assert grant_of(USER_CALLER, policy, NEED, {}) == "none"


@pytest.mark.parametrize("principal", [USER_ARN, ACCOUNT, "*"])
def test_a_denial_of_the_account_or_of_everyone_is_one_of_the_caller(principal: str) -> None:
    policy = {**granting(USER_ARN), "Statement": [granting(one, effect=effect)["Statement"][0] for one, effect in (
        (USER_ARN, "Allow"), (principal, "Deny"))]}  # fmt: skip
    need = dataclasses.replace(NEED, resource_policy=policy)
    assert outcome(Layers(identity(ALLOW)), need=need) == (False, True, RESOURCE)


@pytest.mark.parametrize(
    ("exempt", "denied"),
    [
        ([USER_ARN, ACCOUNT], False),
        ([USER_ARN, ROOT_ARN], False),
        ([USER_ARN], True),
        ([ACCOUNT], True),
        ([OTHER], True),
    ],
)
def test_not_principal_exempts_those_it_names_with_their_account(exempt: list[str], denied: bool) -> None:
    statement = {"Effect": "Deny", "NotPrincipal": {"AWS": exempt}, "Action": "*", "Resource": "*"}
    need = dataclasses.replace(NEED, resource_policy=document(statement))
    assert verdict(Layers(identity(ALLOW)), need=need).explicit is denied


BOUND = {"boundary": document(ALLOW)}
UNBOUND = {"boundary": document()}


@pytest.mark.parametrize(
    ("caller", "principal", "layers", "expected"),
    [
        # Inside the account a resource policy is enough.
        (USER_CALLER, USER_ARN, Layers(()), ALLOWED),
        (SESSION_CALLER, ROLE_ARN, Layers(()), ALLOWED),
        # It does not override an explicit deny or the organization.
        (USER_CALLER, USER_ARN, Layers(identity(DENY)), (False, True, IDENTITY)),
        (USER_CALLER, USER_ARN, Layers((), organization=document()), (False, False, ORGANIZATION)),
        # A boundary without an Allow limits grants to a role, but not to a user or session by name.
        (USER_CALLER, USER_ARN, Layers((), **UNBOUND), ALLOWED),
        (SESSION_CALLER, SESSION_ARN, Layers((), **UNBOUND), ALLOWED),
        (SESSION_CALLER, ROLE_ARN, Layers((), **UNBOUND), (False, False, BOUNDARY)),
        (SESSION_CALLER, ROLE_ARN, Layers((), **BOUND), ALLOWED),
        # A grant to the account delegates to the account's policies.
        (USER_CALLER, ACCOUNT, Layers(()), (False, False, IDENTITY)),
        (USER_CALLER, ACCOUNT, Layers(identity(ALLOW)), ALLOWED),
    ],
)
def test_a_resource_policy_of_the_same_account(
    caller: Caller, principal: str, layers: Layers, expected: tuple[bool, bool, str]
) -> None:
    need = dataclasses.replace(NEED, owner=ACCOUNT, resource_policy=granting(principal))
    assert outcome(layers, caller, need) == expected


@pytest.mark.parametrize(
    ("principal", "layers", "expected"),
    [
        (USER_ARN, Layers(identity(ALLOW)), ALLOWED),
        (ACCOUNT, Layers(identity(ALLOW)), ALLOWED),
        (USER_ARN, Layers(()), (False, False, IDENTITY)),
        (USER_ARN, Layers(identity(ALLOW), boundary=document()), (False, False, BOUNDARY)),
        (OTHER, Layers(identity(ALLOW)), (False, False, RESOURCE)),
    ],
)
def test_another_account_needs_both_policies(principal: str, layers: Layers, expected: tuple[bool, bool, str]) -> None:
    need = dataclasses.replace(NEED, owner=OTHER, resource_policy=granting(principal))
    assert outcome(layers, need=need) == expected


@pytest.mark.parametrize(
    ("caller", "policy", "expected"),
    [
        (USER_CALLER, granting(ROOT_ARN), ALLOWED),
        (USER_CALLER, granting(OTHER), (False, False, RESOURCE)),
        (USER_CALLER, None, (False, False, RESOURCE)),
        (ROOT_CALLER, granting(USER_ARN), (False, False, RESOURCE)),
    ],
)
def test_without_a_required_resource_policy_identity_policies_count_nothing(
    caller: Caller, policy: Any, expected: tuple[bool, bool, str]
) -> None:
    need = dataclasses.replace(NEED, owner=ACCOUNT, resource_policy=policy, policy_required=True)
    assert outcome(Layers(identity(ALLOW) if caller is USER_CALLER else None), caller, need) == expected


def test_matched_statements_are_returned() -> None:
    allowing = identity(ALLOW, {**ALLOW, "Action": "ec2:*"})
    assert verdict(Layers(allowing)).matched == ((allowing[0], ALLOW),)
    denying = identity(ALLOW, DENY)
    assert verdict(Layers(denying)).matched == ((denying[0], DENY),)


def holds(condition: dict[str, Any], context: dict[str, Any]) -> bool:
    statement = {**ALLOW, "Condition": condition}
    return bool(matching(document(statement), lambda _one: True, "s3:GetObject", "*", context))


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["a"]}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["a", "c"]}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, {}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["c", "a"]}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["c"]}, False),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["b", "c"]}, True),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["a", "c"]}, False),
        ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["a", "c"]}, True),
        ({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "10"}, True),
        ({"NumericLessThan": {"s3:max-keys": 10}}, {"s3:max-keys": "10"}, False),
        ({"NumericGreaterThan": {"s3:max-keys": "9"}}, {"s3:max-keys": "10"}, True),
        ({"NumericNotEquals": {"s3:max-keys": "9"}}, {"s3:max-keys": "10"}, True),
        ({"NumericEquals": {"s3:max-keys": "ten"}}, {"s3:max-keys": "10"}, False),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"]}}, {"aws:SourceIp": "127.0.0.1"}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "127.0.0.1"}, False),
        ({"IpAddress": {"aws:SourceIp": "::1/128"}}, {"aws:SourceIp": "127.0.0.1"}, False),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"aws:SourceIp": "127.0.0.1"}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, {"aws:CurrentTime": "2026-02-01"}, True),
        ({"DateLessThan": {"aws:CurrentTime": "1000"}}, {"aws:CurrentTime": "2026-02-01T00:00:00Z"}, False),
    ],
)
def test_conditions_with_several_values_and_with_an_order(
    condition: dict[str, Any], context: dict[str, Any], expected: bool
) -> None:
    assert holds(condition, context) is expected


def test_the_keys_that_a_statement_needs() -> None:
    statement = {
        **ALLOW,
        "Resource": ["arn:aws:s3:::home-${aws:username}", "arn:aws:s3:::${*}"],
        "Condition": {
            "StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"},
            "Null": {"aws:TagKeys": "false"},
        },
    }
    expected = {"aws:username", "aws:RequestTag/team", "aws:PrincipalTag/team", "aws:TagKeys"}
    assert keys_named(statement) == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringLike", "a${*}", "a*", True),
        ("StringLike", "a${*}", "ab", False),
        ("StringLike", "a${?}", "ab", False),
        ("StringEquals", "a${*}", "a*", True),
        ("StringEqualsIgnoreCase", "A${?}${$}", "a?$", True),
        ("ArnLike", "arn:aws:s3:::${*}", "arn:aws:s3:::logs", False),
    ],
)
def test_an_escaped_wildcard_is_a_character(operator: str, wanted: str, value: str, expected: bool) -> None:
    assert holds({operator: {"aws:username": wanted}}, {"aws:username": value}) is expected
