# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A statement under one of our Sids that is not what we write is named in a warning, whatever else the policy says."""

from __future__ import annotations

import copy
from typing import Any
from typing import Dict
from typing import List
from typing import Tuple

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import PolicyPlan
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import ACCOUNT
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import ARN
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import AWS_2020
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import BUCKET
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import DELIVERY
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import both
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import document

OTHER = "444455556666"
SERVICES = [DELIVERY["Service"], "cloudtrail.amazonaws.com"]


def plan(policy: Any, **options: Any) -> PolicyPlan:
    wanted = wanted_from_options({"bucket": BUCKET, "account_ids": [ACCOUNT], **options}, "aws")
    return plan_bucket_policy(copy.deepcopy(policy), wanted)


WRITE, CHECK = plan(None).after["Statement"]


def without(item: Dict[str, Any], name: str, **more: Any) -> Dict[str, Any]:
    return {**{key: value for key, value in item.items() if key != name}, **more}


def conditioned(item: Dict[str, Any], **more: Any) -> Dict[str, Any]:
    return {**item, "Condition": {**item["Condition"], **more}}


#: what is under our Sid -> the statement, and what the warning says of it
ODD: Dict[str, Tuple[Dict[str, Any], List[str]]] = {
    "everybody": ({**WRITE, "Principal": "*"}, ["not for log delivery alone"]),
    "everybody of AWS": ({**WRITE, "Principal": {"AWS": "*"}}, ["not for log delivery alone"]),
    "two services": ({**WRITE, "Principal": {"Service": SERVICES}}, ["not for log delivery alone"]),
    "an account besides": ({**WRITE, "Principal": {**DELIVERY, "AWS": OTHER}}, ["not for log delivery alone"]),
    "somebody else": ({**WRITE, "Principal": {"AWS": OTHER}}, ["not for log delivery alone"]),
    "all but one": (without(WRITE, "Principal", NotPrincipal={"AWS": OTHER}), ["not for log delivery alone"]),
    "more actions": ({**WRITE, "Action": ["s3:PutObject", "s3:GetObject"]}, ["other actions"]),
    "all actions": ({**WRITE, "Action": "s3:*"}, ["other actions"]),
    "all but some actions": (without(WRITE, "Action", NotAction="s3:Delete*"), ["other actions"]),
    "write and check": ({**WRITE, "Action": ["s3:PutObject", "s3:GetBucketAcl"]}, ["other actions"]),
    "a check of everything": ({**CHECK, "Action": ["s3:Get*", "s3:List*"]}, ["other actions"]),
    "the whole bucket": ({**WRITE, "Resource": f"{ARN}/*"}, ["other resources"]),
    "all accounts": ({**WRITE, "Resource": f"{ARN}/AWSLogs/*"}, ["other resources"]),
    "a place besides": ({**WRITE, "Resource": [*both(), f"{ARN}/exports/*"]}, ["other resources"]),
    "all but a place": (without(WRITE, "Resource", NotResource=f"{ARN}/private/*"), ["other resources"]),
    "a part of a place": ({**WRITE, "Resource": f"{ARN}/AWSLogs/{ACCOUNT}/vpcflowlogs/*"}, ["other resources"]),
    "a check of objects": ({**CHECK, "Resource": [ARN, f"{ARN}/*"]}, ["other actions", "other resources"]),
    "a condition more": (conditioned(WRITE, Bool={"aws:SecureTransport": "true"}), ["other conditions"]),
    "the account alone": ({**WRITE, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, ["other cond"]),
    "an account by pattern": (
        {**WRITE, "Condition": {"StringLike": {"aws:SourceAccount": "*"}, "ArnLike": WRITE["Condition"]["ArnLike"]}},
        ["other conditions"],
    ),
    "a policy variable": (
        conditioned(WRITE, StringEquals={"aws:SourceAccount": "${aws:PrincipalAccount}"}),
        ["other conditions"],
    ),
    "a condition that is none": ({**WRITE, "Condition": "none"}, ["other conditions"]),
    "another account's place": ({**WRITE, "Resource": [*both(), *both(OTHER)]}, ["do not belong together"]),
    "all at once": (
        {"Sid": WRITE["Sid"], "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        ["not for log delivery alone", "other actions", "other resources"],
    ),
}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("granted", [False, True], ids=["alone", "granted besides"])
@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_under_our_sid_is_named(case: str, granted: bool, state: str) -> None:
    odd = {**ODD[case][0], "Sid": f"{ODD[case][0]['Sid']}7"}
    team = {"Sid": "Team", "Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "s3:GetObject", "Resource": ARN}
    policy = document(team, odd, *([WRITE, CHECK] if granted else []))
    planned = plan(policy, state=state, account_ids=[ACCOUNT if state == "present" else "999999999999"])
    (warning,) = [text for text in planned.warnings if "under Sids of this module" in text]
    assert odd["Sid"] in warning and [word for word in ODD[case][1] if word not in warning] == []
    assert odd in planned.after["Statement"] and WRITE["Sid"] + " " not in warning
    assert len([text for text in planned.warnings if "wider than" in text]) == 0


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_is_never_widened(case: str) -> None:
    """It is no statement of ours, so another account gets a statement of its own."""
    odd = ODD[case][0]
    planned = plan(document(odd), account_ids=["777788889999"])
    assert odd in planned.after["Statement"]
    assert (planned.updated, planned.removed) == ((), ())


WRITTEN_BY_US = [
    {},
    {"acl_condition": "none"},
    {"acl_condition": "string_equals_if_exists"},
    {"source_conditions": False},
    {"layouts": ["hive"], "regions": ["eu-west-1", "us-east-1"], "prefixes": ["", "network"]},
    {"account_ids": None, "organization_id": "o-a1b2c3d4e5"},
    {"account_ids": [f"{number:012}" for number in range(1, 150)]},
]


@pytest.mark.parametrize("options", WRITTEN_BY_US)
def test_what_the_module_writes_is_not_odd(options: Dict[str, Any]) -> None:
    made = plan(None, **options).after
    assert [text for text in plan(made, **options).warnings if "Sid" in text] == []


@pytest.mark.parametrize("action", ["s3:GetBucketAcl", ["s3:GetBucketAcl", "s3:ListBucket"]])
def test_the_checks_of_aws_are_not_odd(action: Any) -> None:
    assert plan(document(WRITE, {**CHECK, "Action": action})).warnings == ()


@pytest.mark.parametrize("granted", [False, True])
def test_a_form_that_is_tied_down_less_is_told_whatever_else_grants(granted: bool) -> None:
    narrow = [{**WRITE, "Sid": "Narrow"}] if granted else []
    planned = plan(document(*AWS_2020["Statement"], *narrow), layouts=["plain"])
    (warning,) = planned.warnings
    assert "Statement AWSLogDeliveryWrite of the policy" in warning and "and more" in warning
    assert planned.changes == ()
    assert plan(AWS_2020, layouts=["plain"], source_conditions=False).warnings == ()
    assert plan(AWS_2020, layouts=["plain"], account_ids=[OTHER]).warnings == ()


def test_a_deny_under_our_sid_is_told_as_a_deny() -> None:
    (warning,) = plan(document({**WRITE, "Effect": "Deny"})).warnings
    assert "denies log delivery (statement AWSLogDeliveryWrite)" in warning


# --- keys ---

OWNER = "777788889999"
KEY = Key(
    f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    OWNER,
    "Enabled",
    "CUSTOMER",
    "ENCRYPT_DECRYPT",
    "SYMMETRIC_DEFAULT",
)
ADMIN = {"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*", "Resource": "*"}


def key_plan(policy: Any, account: str = ACCOUNT, state: str = "present") -> PolicyPlan:
    wanted = wanted_key_use({"key_id": KEY.arn, "account_ids": [account], "state": state}, "aws", "eu-west-1")
    return plan_key_policy(copy.deepcopy(policy), wanted, KEY)


USE = key_plan({"Statement": [ADMIN]}).after["Statement"][1]
ODD_USES: Dict[str, Tuple[Dict[str, Any], List[str]]] = {
    "everybody": ({**USE, "Principal": "*"}, ["not for log delivery alone"]),
    "two services": ({**USE, "Principal": {"Service": SERVICES}}, ["not for log delivery alone"]),
    "all actions": ({**USE, "Action": "kms:*"}, ["other actions"]),
    "an action less": ({**USE, "Action": USE["Action"][1:]}, ["other actions"]),
    "a key by name": ({**USE, "Resource": KEY.arn}, ["other resources"]),
    "no conditions": (without(USE, "Condition"), ["other conditions"]),
    "a condition more": (conditioned(USE, Bool={"kms:GrantIsForAWSResource": "true"}), ["other conditions"]),
    "the account alone": ({**USE, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, ["other conditions"]),
}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("granted", [False, True], ids=["alone", "granted besides"])
@pytest.mark.parametrize("case", ODD_USES)
def test_what_is_odd_under_our_sid_is_named_for_keys(case: str, granted: bool, state: str) -> None:
    odd = {**ODD_USES[case][0], "Sid": "AWSLogDeliveryKeyUse7"}
    policy = {"Statement": [ADMIN, odd, *([USE] if granted else [])]}
    planned = key_plan(policy, ACCOUNT if state == "present" else "999999999999", state)
    (warning,) = [text for text in planned.warnings if "under Sids of this module" in text]
    assert "AWSLogDeliveryKeyUse7" in warning and "AWSLogDeliveryKeyUse:" not in warning
    assert [word for word in ODD_USES[case][1] if word not in warning] == []
    assert odd in planned.after["Statement"]


def test_what_the_module_writes_into_a_key_policy_is_not_odd() -> None:
    assert key_plan({"Statement": [ADMIN, USE]}).warnings == ()
