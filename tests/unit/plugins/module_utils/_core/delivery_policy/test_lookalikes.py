# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A warning names each statement with an own Sid that differs from what the module writes."""

from __future__ import annotations

import copy
from typing import Any, Dict, List, Tuple

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import PolicyPlan
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import (
    ACCOUNT,
    ARN,
    AWS_2020,
    BUCKET,
    DELIVERY,
    both,
    document,
)
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_sizes import KEY, OWNER

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


#: Case -> a statement with an own Sid, and the reasons in the warning.
LOOKALIKES: Dict[str, Tuple[Dict[str, Any], List[str]]] = {
    "everybody": ({**WRITE, "Principal": "*"}, ["other principals"]),
    "everybody of AWS": ({**WRITE, "Principal": {"AWS": "*"}}, ["other principals"]),
    "two services": ({**WRITE, "Principal": {"Service": SERVICES}}, ["other principals"]),
    "also an account": ({**WRITE, "Principal": {**DELIVERY, "AWS": OTHER}}, ["other principals"]),
    "somebody else": ({**WRITE, "Principal": {"AWS": OTHER}}, ["other principals"]),
    "all but one": (without(WRITE, "Principal", NotPrincipal={"AWS": OTHER}), ["other principals"]),
    "more actions": ({**WRITE, "Action": ["s3:PutObject", "s3:GetObject"]}, ["other actions"]),
    "all actions": ({**WRITE, "Action": "s3:*"}, ["other actions"]),
    "all but some actions": (without(WRITE, "Action", NotAction="s3:Delete*"), ["other actions"]),
    "write and check": ({**WRITE, "Action": ["s3:PutObject", "s3:GetBucketAcl"]}, ["other actions"]),
    "a check of everything": ({**CHECK, "Action": ["s3:Get*", "s3:List*"]}, ["other actions"]),
    "the whole bucket": ({**WRITE, "Resource": f"{ARN}/*"}, ["other resources"]),
    "all accounts": ({**WRITE, "Resource": f"{ARN}/AWSLogs/*"}, ["other resources"]),
    "another folder": ({**WRITE, "Resource": [*both(), f"{ARN}/exports/*"]}, ["other resources"]),
    "all but a folder": (without(WRITE, "Resource", NotResource=f"{ARN}/private/*"), ["other resources"]),
    "a part of a folder": ({**WRITE, "Resource": f"{ARN}/AWSLogs/{ACCOUNT}/vpcflowlogs/*"}, ["other resources"]),
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
    "an invalid condition": ({**WRITE, "Condition": "none"}, ["other conditions"]),
    "another account's folder": ({**WRITE, "Resource": [*both(), *both(OTHER)]}, ["do not match"]),
    "all at once": (
        {"Sid": WRITE["Sid"], "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        ["other principals", "other actions", "other resources"],
    ),
}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("granted", [False, True], ids=["alone", "with the grant"])
@pytest.mark.parametrize("case", LOOKALIKES)
def test_lookalike_is_a_warning(case: str, granted: bool, state: str) -> None:
    lookalike = {**LOOKALIKES[case][0], "Sid": f"{LOOKALIKES[case][0]['Sid']}7"}
    team = {"Sid": "Team", "Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "s3:GetObject", "Resource": ARN}
    policy = document(team, lookalike, *([WRITE, CHECK] if granted else []))
    planned = plan(policy, state=state, account_ids=[ACCOUNT if state == "present" else "999999999999"])
    (warning,) = [text for text in planned.warnings if "with Sids of this module" in text]
    assert lookalike["Sid"] in warning and [word for word in LOOKALIKES[case][1] if word not in warning] == []
    assert lookalike in planned.after["Statement"] and WRITE["Sid"] + " " not in warning
    assert len([text for text in planned.warnings if "more than it needs. The" in text]) == 0


@pytest.mark.parametrize("case", LOOKALIKES)
def test_lookalike_is_never_widened(case: str) -> None:
    """Another account gets its own statement."""
    lookalike = LOOKALIKES[case][0]
    planned = plan(document(lookalike), account_ids=["777788889999"])
    assert lookalike in planned.after["Statement"]
    assert (planned.updated, planned.removed) == ((), ())


OWN_OPTIONS = [
    {},
    {"acl_condition": "none"},
    {"acl_condition": "string_equals_if_exists"},
    {"source_conditions": False},
    {"layouts": ["hive"], "regions": ["eu-west-1", "us-east-1"], "prefixes": ["", "network"]},
    {"account_ids": None, "organization_id": "o-a1b2c3d4e5"},
    {"account_ids": [f"{number:012}" for number in range(1, 150)]},
]


@pytest.mark.parametrize("options", OWN_OPTIONS)
def test_own_statement_is_no_lookalike(options: Dict[str, Any]) -> None:
    written = plan(None, **options).after
    assert [text for text in plan(written, **options).warnings if "Sid" in text] == []


@pytest.mark.parametrize("action", ["s3:GetBucketAcl", ["s3:GetBucketAcl", "s3:ListBucket"]])
def test_acl_check_of_aws_is_no_lookalike(action: Any) -> None:
    assert plan(document(WRITE, {**CHECK, "Action": action})).warnings == ()


@pytest.mark.parametrize("granted", [False, True])
def test_wider_conditions_are_a_warning(granted: bool) -> None:
    narrow = [{**WRITE, "Sid": "Narrow"}] if granted else []
    planned = plan(document(*AWS_2020["Statement"], *narrow), layouts=["plain"])
    (warning,) = planned.warnings
    assert "Statement AWSLogDeliveryWrite of the policy" in warning and "more than it needs" in warning
    assert planned.changes == ()
    assert plan(AWS_2020, layouts=["plain"], source_conditions=False).warnings == ()
    assert plan(AWS_2020, layouts=["plain"], account_ids=[OTHER]).warnings == ()


def test_deny_with_own_sid_is_reported_as_a_deny() -> None:
    (warning,) = plan(document({**WRITE, "Effect": "Deny"})).warnings
    assert "denies log delivery (statement AWSLogDeliveryWrite)" in warning


# --- keys ---

ADMIN = {"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*", "Resource": "*"}


def key_plan(policy: Any, account: str = ACCOUNT, state: str = "present") -> PolicyPlan:
    wanted = wanted_key_use({"key_id": KEY.arn, "account_ids": [account], "state": state}, "aws", "eu-west-1")
    return plan_key_policy(copy.deepcopy(policy), wanted, KEY)


USE = key_plan({"Statement": [ADMIN]}).after["Statement"][1]
KEY_LOOKALIKES: Dict[str, Tuple[Dict[str, Any], List[str]]] = {
    "everybody": ({**USE, "Principal": "*"}, ["other principals"]),
    "two services": ({**USE, "Principal": {"Service": SERVICES}}, ["other principals"]),
    "all actions": ({**USE, "Action": "kms:*"}, ["other actions"]),
    "an action less": ({**USE, "Action": USE["Action"][1:]}, ["other actions"]),
    "a key by name": ({**USE, "Resource": KEY.arn}, ["other resources"]),
    "no conditions": (without(USE, "Condition"), ["other conditions"]),
    "a condition more": (conditioned(USE, Bool={"kms:GrantIsForAWSResource": "true"}), ["other conditions"]),
    "the account alone": ({**USE, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, ["other conditions"]),
}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("granted", [False, True], ids=["alone", "with the grant"])
@pytest.mark.parametrize("case", KEY_LOOKALIKES)
def test_key_lookalike_is_a_warning(case: str, granted: bool, state: str) -> None:
    lookalike = {**KEY_LOOKALIKES[case][0], "Sid": "AWSLogDeliveryKeyUse7"}
    policy = {"Statement": [ADMIN, lookalike, *([USE] if granted else [])]}
    planned = key_plan(policy, ACCOUNT if state == "present" else "999999999999", state)
    (warning,) = [text for text in planned.warnings if "with Sids of this module" in text]
    assert "AWSLogDeliveryKeyUse7" in warning and "AWSLogDeliveryKeyUse:" not in warning
    assert [word for word in KEY_LOOKALIKES[case][1] if word not in warning] == []
    assert lookalike in planned.after["Statement"]


def test_own_key_statement_is_no_lookalike() -> None:
    assert key_plan({"Statement": [ADMIN, USE]}).warnings == ()
