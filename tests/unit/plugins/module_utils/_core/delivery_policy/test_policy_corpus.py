# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Adds an account to the policies of the corpus, adds it again, and removes it."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any, Callable, Dict, List

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import (
    key_policy_size,
    plan_key_policy,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import PolicyPlan
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import policy_size, statements_of
from tests.simulator.policy_evaluation import decide
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import (
    ACCOUNT,
    BUCKET,
    CASES,
    Case,
    in_partition,
)
from tests.unit.plugins.module_utils._core.delivery_policy.key_policy_corpus import KEY_ARN, KEY_CASES, OWNER

SERVICE = "delivery.logs.amazonaws.com"
REGIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
SIGNS = {"added": "+", "updated": "~", "removed": "-", "kept": "="}

Policy = Dict[str, Any]


def statement_changes(plan: PolicyPlan) -> str:
    """What happens to each statement, in the notation of the corpus."""
    return "; ".join(sign + name for kind, sign in SIGNS.items() for name in getattr(plan, kind))


def texts(statements: List[Any]) -> List[str]:
    return [json.dumps(item) for item in statements]


@dataclass(frozen=True)
class Trial:
    """Functions for bucket policies, or for key policies.

    :param plan: takes the policy, the partition and the state.
    :param allowed: whether the simulator's evaluator allows all requests of the account; takes the policy and the
        partition.
    """

    plan: Callable[[Policy, str, str], PolicyPlan]
    size: Callable[[Any], int]
    allowed: Callable[[Any, str], bool]


def plan_bucket(policy: Policy, partition: str, state: str) -> PolicyPlan:
    options = {"bucket": f"arn:{partition}:s3:::{BUCKET}", "account_ids": [ACCOUNT], "state": state}
    return plan_bucket_policy(policy, wanted_from_options(options, partition))


def arn_of_key(partition: str) -> str:
    return str(in_partition({"arn": KEY_ARN}, partition, REGIONS[partition])["arn"])


def plan_key(policy: Policy, partition: str, state: str) -> PolicyPlan:
    arn = arn_of_key(partition)
    options = {"key_id": arn, "account_ids": [ACCOUNT], "state": state}
    key = Key(arn, OWNER, "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
    return plan_key_policy(policy, wanted_key_use(options, partition, REGIONS[partition]), key)


def context(partition: str) -> Dict[str, str]:
    region = REGIONS[partition]
    return {
        "aws:SourceAccount": ACCOUNT,
        "aws:SourceArn": f"arn:{partition}:logs:{region}:{ACCOUNT}:delivery-source:x",
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
        "s3:TlsVersion": "1.3",
    }


def allows(policy: Any) -> Policy:
    return {**(policy or {}), "Statement": [item for item in statements_of(policy) if item["Effect"] == "Allow"]}


def bucket_allowed(policy: Any, partition: str) -> bool:
    top, region = f"arn:{partition}:s3:::{BUCKET}/AWSLogs", REGIONS[partition]
    write_context = {**context(partition), "s3:x-amz-acl": "bucket-owner-full-control"}
    objects = (
        f"{ACCOUNT}/vpcflowlogs/{region}/x",
        f"aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={region}/x",
    )
    return all(
        decide(allows(policy), SERVICE, "s3:PutObject", f"{top}/{name}", write_context) == "allow" for name in objects
    )


def key_allowed(policy: Any, partition: str) -> bool:
    return all(
        decide(allows(policy), SERVICE, f"kms:{action}", arn_of_key(partition), context(partition)) == "allow"
        for action in ("Encrypt", "Decrypt", "ReEncryptTo", "GenerateDataKey", "DescribeKey")
    )


BUCKETS = Trial(plan_bucket, policy_size, bucket_allowed)
KEYS = Trial(plan_key, key_policy_size, key_allowed)
ALL = [*((BUCKETS, case) for case in CASES), *((KEYS, case) for case in KEY_CASES)]
every_case = pytest.mark.parametrize(("trial", "case"), ALL, ids=[case.name for _trial, case in ALL])


def unchanged(text: str) -> List[str]:
    """The names of statements that the corpus expects to be kept."""
    return [part[1:] for part in text.split("; ") if part.startswith("=")]


def named(policy: Any) -> Dict[str, str]:
    """The statements as text, by name."""
    return {str(item.get("Sid") or f"#{n + 1}"): json.dumps(item) for n, item in enumerate(statements_of(policy))}


@every_case
def test_present(trial: Trial, case: Case) -> None:
    before = copy.deepcopy(case.policy)
    plan = trial.plan(case.policy, case.partition, "present")
    assert case.policy == before
    assert (statement_changes(plan), trial.size(plan.after)) == (case.present, case.size)
    assert [item.code for item in plan.refusals] == ([case.refused] if case.refused else [])
    assert plan.writes is (any(sign in case.present for sign in "+~") and not case.refused)
    assert len(plan.warnings) == len(case.warns)
    assert [words for words, warning in zip(case.warns, plan.warnings) if words not in warning] == []
    assert trial.allowed(plan.after, case.partition)
    kept = [named(before)[name] for name in unchanged(case.present)]
    assert kept == [named(plan.after)[name] for name in unchanged(case.present)]
    assert {**plan.after, "Statement": 0} == {**before, "Statement": 0}


@every_case
def test_present_is_idempotent(trial: Trial, case: Case) -> None:
    after = trial.plan(case.policy, case.partition, "present").after
    again = trial.plan(after, case.partition, "present")
    assert (again.changes, again.actions, json.dumps(again.after)) == ((), (), json.dumps(after))


@every_case
def test_absent(trial: Trial, case: Case) -> None:
    merged = trial.plan(case.policy, case.partition, "present").after
    plan = trial.plan(merged, case.partition, "absent")
    assert statement_changes(plan) == case.absent
    kept = [named(merged)[name] for name in unchanged(case.absent)]
    assert [text for text in texts(statements_of(plan.after)) if text in kept] == kept
    others = [item for item in statements_of(case.policy) if SERVICE not in json.dumps(item)]
    assert texts([item for item in statements_of(plan.after) if SERVICE not in json.dumps(item)]) == texts(others)
    # A statement that still allows the account is wider, and a warning names it.
    assert not trial.allowed(plan.after, case.partition) or "still lets log delivery" in " ".join(plan.warnings)
    if plan.after is not None:
        assert {**plan.after, "Statement": 0} == {**case.policy, "Statement": 0}
    assert trial.plan(plan.after or {"Statement": []}, case.partition, "absent").changes == ()


def test_corpus_is_large_enough() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 50
    assert len({case.name for case in KEY_CASES}) == len(KEY_CASES) >= 15
    assert {case.partition for case in CASES} == set(REGIONS)
