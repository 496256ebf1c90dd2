# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which settings of a bucket and its key allow delivery, which fail later, and which CreateFlowLogs refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.encryption import Encryption
from tests.simulator.encryption import key_arn_of
from tests.simulator.switches import switches
from tests.simulator.verdicts import REASONS
from tests.simulator.verdicts import BucketFacts
from tests.simulator.verdicts import KeyFacts
from tests.simulator.verdicts import Source
from tests.simulator.verdicts import Verdict
from tests.simulator.verdicts import verdict_on

OWN, OTHER = "111111111111", "222222222222"
REGION = "eu-west-1"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:{REGION}:{OWN}:key/{KEY_ID}"
SERVICE = {"Service": "delivery.logs.amazonaws.com"}
SOURCE = Source("aws", OWN, REGION)
USE = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
CONDITIONS = {
    "StringEquals": {"aws:SourceAccount": [OWN]},
    "ArnLike": {"aws:SourceArn": [f"arn:aws:logs:{REGION}:{OWN}:*"]},
}


@pytest.fixture(autouse=True)
def as_started() -> Iterator[None]:
    """Every switch at its default."""
    switches.reset()
    yield
    switches.reset()


def bucket_policy(bucket: str = "central") -> dict[str, Any]:
    """Return a policy that allows the service to write anywhere in the bucket."""
    allow = {"Effect": "Allow", "Principal": SERVICE}
    arn = f"arn:aws:s3:::{bucket}"
    write = {**allow, "Action": "s3:PutObject", "Resource": f"{arn}/*"}
    return {"Version": "2012-10-17", "Statement": [write, {**allow, "Action": "s3:GetBucketAcl", "Resource": arn}]}


def key_policy(*more: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return the statement of the CloudWatch Logs User Guide with changed elements, and more statements."""
    use = {"Effect": "Allow", "Principal": SERVICE, "Action": USE, "Resource": "*", "Condition": CONDITIONS, **changed}
    return {"Version": "2012-10-17", "Statement": [use, *more]}


BUCKET = BucketFacts("central", OWN, "aws", REGION, bucket_policy())
KEY = KeyFacts(KEY_ARN, REGION, "Enabled", key_policy())
WITH_KEY = replace(BUCKET, encryption=Encryption("aws:kms", KEY_ARN))


def with_key_named(name: str | None, owner: str = OWN) -> BucketFacts:
    """Return a bucket whose default encryption names its key like this."""
    return replace(BUCKET, account=owner, encryption=Encryption("aws:kms", name))


def refused(reason: str) -> Verdict:
    """Return a verdict: CreateFlowLogs refuses."""
    return Verdict(reason, creation=False)


def failing(reason: str) -> Verdict:
    """Return a verdict: the flow log is created and fails."""
    return Verdict(reason)


DELIVERS = Verdict("delivers", delivery=True)


@pytest.mark.parametrize(
    ("bucket", "key", "verdict"),
    [
        (BUCKET, None, DELIVERS),
        (None, None, refused("no_bucket")),
        (replace(BUCKET, policy=None), None, refused("bucket_policy")),
        (WITH_KEY, KEY, DELIVERS),
        (replace(WITH_KEY, account=OTHER), KEY, DELIVERS),
        (replace(WITH_KEY, encryption=Encryption("aws:kms:dsse", KEY_ARN)), KEY, DELIVERS),
        (replace(WITH_KEY, policy=None), KEY, refused("bucket_policy")),
        (WITH_KEY, None, failing("no_key")),
        (WITH_KEY, replace(KEY, state="Disabled"), failing("key_state")),
        (WITH_KEY, replace(KEY, state="PendingDeletion"), failing("key_state")),
        (WITH_KEY, replace(KEY, region="us-east-1"), failing("key_region")),
        (WITH_KEY, replace(KEY, usage="SIGN_VERIFY", spec="RSA_2048"), failing("key_kind")),
        (WITH_KEY, replace(KEY, spec="RSA_2048"), failing("key_kind")),
        (WITH_KEY, replace(KEY, policy=None), failing("key_policy")),
    ],
)
def test_each_setting_has_its_consequence(bucket: Any, key: Any, verdict: Verdict) -> None:
    assert verdict_on(bucket, key, SOURCE) == verdict
    assert verdict.reason in REASONS


def test_flow_logs_of_any_region_reach_the_bucket_but_its_key_stays_with_it() -> None:
    policy = key_policy(Condition={"StringEquals": {"aws:SourceAccount": OWN}})
    assert verdict_on(WITH_KEY, replace(KEY, policy=policy), replace(SOURCE, region="us-east-1")) == DELIVERS


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        (key_policy(), True),
        (key_policy(Condition={}), True),
        (key_policy(Action="kms:*"), True),
        (key_policy(Action=["kms:GenerateDataKey*", "kms:Decrypt"]), True),
        (key_policy(Action=["kms:GenerateDataKey*"]), False),
        (key_policy(Action=["kms:Decrypt"]), False),
        (key_policy(Action="s3:*"), False),
        (key_policy(Resource=KEY_ARN), True),
        (key_policy(Resource=KEY_ARN.replace(KEY_ID, "other")), False),
        (key_policy(Principal={"AWS": f"arn:aws:iam::{OWN}:root"}), False),
        (key_policy(Principal={"Service": "logs.amazonaws.com"}), False),
        (key_policy(Condition={"StringEquals": {"aws:SourceAccount": OTHER}}), False),
        (key_policy(Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:logs:us-east-1:{OWN}:*"}}), False),
        (key_policy(Condition={"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}), True),
        (key_policy(Condition={"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}), False),
        (key_policy({"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}), False),
        (key_policy({"Effect": "Deny", "Principal": "*", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}), True),
    ],
)
def test_key_policy_grants_use_of_the_key(policy: dict[str, Any], allowed: bool) -> None:
    expected = DELIVERS if allowed else failing("key_policy")
    assert verdict_on(WITH_KEY, replace(KEY, policy=policy), SOURCE) == expected


@pytest.mark.parametrize(("bucket_key", "pattern"), [(False, "arn:aws:s3:::central/*"), (True, "arn:aws:s3:::central")])
def test_the_encryption_context_is_the_object_or_the_bucket(bucket_key: bool, pattern: str) -> None:
    condition = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": pattern}}
    key = replace(KEY, policy=key_policy(Condition=condition))
    verdicts = [
        verdict_on(replace(WITH_KEY, encryption=Encryption("aws:kms", KEY_ARN, used)), key, SOURCE).reason
        for used in (bucket_key, not bucket_key)
    ]
    assert verdicts == ["delivers", "key_policy"]


@pytest.mark.parametrize(("value", "reason"), [("match", "delivers"), ("do_not_match", "key_policy")])
def test_with_a_bucket_key_conditions_on_the_source_may_not_match(value: str, reason: str) -> None:
    switches.set("bucket_key_conditions", value)
    with_bucket_key = replace(WITH_KEY, encryption=Encryption("aws:kms", KEY_ARN, True))
    assert verdict_on(with_bucket_key, KEY, SOURCE).reason == reason
    assert verdict_on(with_bucket_key, replace(KEY, policy=key_policy(Condition={})), SOURCE) == DELIVERS
    assert verdict_on(WITH_KEY, KEY, SOURCE) == DELIVERS


@pytest.mark.parametrize("name", [None, "alias/aws/s3", f"arn:aws:kms:{REGION}:{OWN}:alias/aws/s3"])
@pytest.mark.parametrize(
    ("value", "owner", "verdict"),
    [
        ("unreadable", OWN, Verdict("unreadable", delivery=True)),
        ("failed", OWN, failing("aws_managed_key")),
        ("unreadable", OTHER, refused("aws_managed_key")),
        ("failed", OTHER, refused("aws_managed_key")),
    ],
)
def test_aws_managed_key_cannot_be_used(name: str | None, value: str, owner: str, verdict: Verdict) -> None:
    switches.set("aws_managed_key", value)
    assert verdict_on(with_key_named(name, owner), None, SOURCE) == verdict


@pytest.mark.parametrize("name", [KEY_ID, "alias/flow-logs", f"arn:aws:kms:{REGION}:{OWN}:alias/flow-logs"])
@pytest.mark.parametrize(
    ("value", "owner", "verdict"),
    [
        ("refused", OWN, refused("key_not_by_arn")),
        ("failed", OWN, failing("key_not_by_arn")),
        ("refused", OTHER, refused("key_not_by_arn")),
        ("failed", OTHER, refused("key_not_by_arn")),
    ],
)
def test_a_key_must_be_named_by_its_arn(name: str, value: str, owner: str, verdict: Verdict) -> None:
    switches.set("key_not_by_arn", value)
    assert verdict_on(with_key_named(name, owner), None, SOURCE) == verdict


@pytest.mark.parametrize(("value", "verdict"), [("failed", failing("requester_pays")), ("works", DELIVERS)])
def test_requester_pays_may_block_delivery(value: str, verdict: Verdict) -> None:
    switches.set("requester_pays", value)
    assert verdict_on(replace(BUCKET, requester_pays=True), None, SOURCE) == verdict
    assert verdict_on(replace(WITH_KEY, requester_pays=True), None, SOURCE) == failing("no_key")


@given(
    st.sampled_from([None, KEY_ID, "alias/flow-logs", "alias/aws/s3", KEY_ARN, KEY_ARN.replace("key/", "alias/")]),
    st.booleans(),
)
def test_only_a_key_arn_is_one(name: str | None, bucket_key: bool) -> None:
    assert key_arn_of(Encryption("aws:kms", name, bucket_key)) == (KEY_ARN if name == KEY_ARN else None)
