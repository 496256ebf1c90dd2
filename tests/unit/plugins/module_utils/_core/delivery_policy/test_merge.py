# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merging into, and taking out of, policies that are nearly right: nothing of others is lost, nothing is given unasked.

The policies are those on which the reading of policies is compared with the simulator's evaluator; what the results
mean is told by the evaluator too.
"""

from __future__ import annotations

import itertools
import json
from typing import Any
from typing import Dict
from typing import FrozenSet
from typing import List
from typing import Optional
from typing import Tuple

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import statements_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import PolicyPlan
from tests.simulator.policy_evaluation import decide
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import BANK
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import BUCKET
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import CONTROL
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import SERVICE
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import SHOP
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import Asked
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import bucket_words
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import contexts
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import documents
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import key_arn
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import key_uses
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import key_words
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import object_arn

ARN = f"arn:aws:s3:::{BUCKET}"
ACCOUNTS, REGIONS, FOLDERS, LAYOUTS = (SHOP, BANK), ("eu-west-1", "us-east-1"), ("", "net"), ("plain", "hive")

Policy = Optional[Dict[str, Any]]
Options = Dict[str, Any]
Cell = Tuple[str, str, str, str]
PROPERTIES = settings(max_examples=150, deadline=None)


def some(values: Any) -> st.SearchStrategy[List[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


OPTIONS = st.fixed_dictionaries(
    {"account_ids": some(ACCOUNTS), "prefixes": some(FOLDERS), "layouts": some(LAYOUTS)},
    optional={"regions": some(REGIONS)},
)
KEY_OPTIONS = st.fixed_dictionaries({"account_ids": some(ACCOUNTS)}, optional={"regions": some(REGIONS)})


def with_sids(document: Dict[str, Any], named: bool) -> Dict[str, Any]:
    items = [{"Sid": f"S{number}", **item} for number, item in enumerate(document["Statement"])]
    return {**document, "Id": "central", "Statement": items} if named else document


BUCKET_POLICIES = st.builds(with_sids, documents("aws", bucket_words("aws")), st.booleans())
KEY_POLICIES = st.builds(with_sids, documents("aws", key_words("aws")), st.booleans())

# --- buckets ---


def plan(policy: Policy, **options: Any) -> PolicyPlan:
    return plan_bucket_policy(policy, wanted_from_options({"bucket": BUCKET, **options}, "aws"))


def merged(policy: Policy, *callers: Options) -> Any:
    for options in callers:
        policy = plan(policy, **options).after
    return policy


def taken_out(policy: Policy, *callers: Options) -> Any:
    for options in callers:
        policy = plan(policy, **options, state="absent").after
    return policy


CELLS: Tuple[Cell, ...] = tuple(itertools.product(ACCOUNTS, REGIONS, FOLDERS, LAYOUTS))


def grants_only(policy: Policy) -> Dict[str, Any]:
    version = {"Version": policy["Version"]} if policy and "Version" in policy else {}
    return {**version, "Statement": [item for item in statements_of(policy) if item["Effect"] == "Allow"]}


def is_allowed(policy: Policy, asked: Asked) -> bool:
    return decide(grants_only(policy), SERVICE, asked.action, asked.resource, asked.context) == "allow"


def write_of(cell: Cell) -> Asked:
    account, region, folder, layout = cell
    context = {**contexts("aws", account, region), "s3:x-amz-acl": CONTROL}
    return Asked("s3:PutObject", object_arn("aws", account, region, folder, layout), context)


def check_of(account: str, region: str) -> Asked:
    return Asked("s3:GetBucketAcl", ARN, contexts("aws", account, region))


def written(policy: Policy) -> FrozenSet[Cell]:
    return frozenset(cell for cell in CELLS if is_allowed(policy, write_of(cell)))


def checked(policy: Policy) -> FrozenSet[Tuple[str, str]]:
    return frozenset(pair for pair in itertools.product(ACCOUNTS, REGIONS) if is_allowed(policy, check_of(*pair)))


def asked_for(options: Options) -> FrozenSet[Cell]:
    regions = options.get("regions", REGIONS)
    return frozenset(itertools.product(options["account_ids"], regions, options["prefixes"], options["layouts"]))


def is_of_others(statement: Dict[str, Any]) -> bool:
    """Whether a statement is about more than log delivery, so that nothing may ever touch it."""
    services = statement.get("Principal", {})
    services = services.get("Service", []) if isinstance(services, dict) and set(services) == {"Service"} else []
    return statement["Effect"] == "Deny" or services not in (SERVICE, [SERVICE])


def lets_the_service_in(statement: Dict[str, Any]) -> bool:
    principals = json.dumps(statement.get("Principal", "*"))
    return statement["Effect"] == "Allow" and (SERVICE in principals or '"*"' in principals)


def texts(statements: Any) -> List[str]:
    return [json.dumps(item) for item in statements]


def unnamed(policy: Policy) -> List[str]:
    return sorted(json.dumps({**item, "Sid": ""}, sort_keys=True) for item in statements_of(policy))


@PROPERTIES
@given(BUCKET_POLICIES, OPTIONS)
def test_merging_gives_what_was_asked_for_and_no_more(policy: Policy, options: Options) -> None:
    result = plan(policy, **options)
    asked = asked_for(options)
    assert written(result.after) == written(policy) | asked
    assert checked(result.after) == checked(policy) | {cell[:2] for cell in asked}
    assert plan(result.after, **options).changes == ()
    before, after = texts(statements_of(policy)), texts(statements_of(result.after))
    assert after[: len(before)] == before
    assert {**result.after, "Statement": 0} == {**policy, "Statement": 0}


@PROPERTIES
@given(BUCKET_POLICIES, st.lists(OPTIONS, min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_callers_changes_neither_meaning_nor_statements(
    policy: Policy, callers: List[Options], shuffle: Any
) -> None:
    turned = list(callers)
    shuffle.shuffle(turned)
    one, other = merged(policy, *callers), merged(policy, *turned)
    assert (written(one), checked(one)) == (written(other), checked(other))
    assert unnamed(one) == unnamed(other)


@PROPERTIES
@given(BUCKET_POLICIES, st.lists(OPTIONS, min_size=1, max_size=3))
def test_merging_and_taking_out_leaves_every_statement_of_others(policy: Policy, callers: List[Options]) -> None:
    left = taken_out(merged(policy, *callers), *callers)
    others = [item for item in statements_of(policy) if is_of_others(item)]
    assert texts(item for item in statements_of(left) if is_of_others(item)) == texts(others)
    if others:
        assert {**left, "Statement": 0} == {**policy, "Statement": 0}
    if len(others) == len(statements_of(policy)):
        # What may still write by a statement of others keeps the check that it needs.
        checks = statements_of(left)[len(others) :]
        assert {item["Action"] for item in checks} <= {"s3:GetBucketAcl"}
        assert left == policy or checks and any(map(lets_the_service_in, others))
    assert written(left) <= written(policy)


@PROPERTIES
@given(BUCKET_POLICIES, OPTIONS)
def test_taking_out_leaves_what_was_not_named(policy: Policy, options: Options) -> None:
    result = plan(policy, **options, state="absent")
    asked = asked_for(options)
    assert written(policy) - asked <= written(result.after) <= written(policy)
    still = {cell[:2] for cell in written(result.after)}
    assert still & checked(policy) <= checked(result.after) <= checked(policy)
    assert result.warnings or not written(result.after) & asked
    assert plan(result.after, **options, state="absent").changes == ()


def delivery(
    sid: str, *folders: str, accounts: Tuple[str, ...] = (SHOP,), tied: bool = True, check: bool = True
) -> Any:
    """A statement of somebody else that lets log delivery write and, maybe, check at once."""
    places = [f"{ARN}/{folder}AWSLogs/{account}/*" for folder in folders for account in accounts]
    condition = {"Condition": {"StringEquals": {"aws:SourceAccount": list(accounts)}}} if tied else {}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": ["s3:PutObject", *(["s3:GetBucketAcl"] if check else [])],
        "Resource": [*([ARN] if check else []), *places],
        **condition,
    }


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize(
    ("both", "added"),
    [
        # The statement goes, and who still writes by the other one keeps its check.
        (delivery("Both", ""), True),
        (delivery("Both", "", accounts=(SHOP, BANK)), True),
        # The statement stays, and the check in it.
        (delivery("Both", "", "other/"), False),
    ],
)
def test_a_check_is_kept_that_shares_a_statement_with_what_is_taken_out(both: Any, added: bool, tied: bool) -> None:
    both = both if tied else {name: value for name, value in both.items() if name != "Condition"}
    policy = {"Statement": [both, delivery("Net", "net/", check=False)]}
    result = plan(policy, account_ids=[SHOP], prefixes=[""], state="absent")
    assert written(result.after) == {cell for cell in written(policy) if cell[0] == BANK or cell[2] == "net"}
    assert {cell[:2] for cell in written(result.after)} <= checked(result.after) <= checked(policy)
    is_gone = added and (tied or BANK not in json.dumps(both))
    assert result.added == (("AWSLogDeliveryAclCheck",) if is_gone else ())
    assert taken_out(result.after, {"account_ids": list(ACCOUNTS), "prefixes": ["", "net", "other"]}) is None


#: how a statement of somebody else names its sources -> its condition; none can be cut for SHOP in eu-west-1 alone
LOOSE = {
    "accounts by pattern": {"StringLike": {"aws:SourceAccount": f"{SHOP[:4]}*"}},
    "any account": {"StringLike": {"aws:SourceAccount": "*"}},
    "an account with a wildcard": {"StringLike": {"aws:SourceAccount": [BANK, f"{SHOP[:-1]}?"]}},
    "regions by pattern": {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:eu-*:{SHOP}:*"}},
    "regions by pattern and name": {
        "ArnLike": {"aws:SourceArn": [f"arn:aws:logs:eu-*:{SHOP}:*", f"arn:aws:logs:eu-west-1:{SHOP}:*"]}
    },
    "account and organization": {"StringEquals": {"aws:SourceAccount": SHOP, "aws:SourceOrgID": "o-a1b2c3d4e5"}},
    "organizations by pattern": {"StringLike": {"aws:SourceOrgID": "o-*"}},
}


@pytest.mark.parametrize("case", LOOSE)
def test_sources_that_are_named_loosely_are_left_and_told_of(case: str) -> None:
    writes = {**delivery("Loose", "", check=False), "Condition": LOOSE[case]}
    check = {**writes, "Sid": "Check", "Action": "s3:GetBucketAcl", "Resource": ARN}
    policy = {"Statement": [writes, check]}
    result = plan(policy, account_ids=[SHOP], prefixes=[""], regions=["eu-west-1"], state="absent")
    assert result.changes == () or "regions" in case
    assert "Statement Loose of the policy" in result.warnings[0] and "still lets" in result.warnings[0]
    still = {cell[:2] for cell in written(result.after)}
    assert still & checked(policy) <= checked(result.after)


@pytest.mark.parametrize("case", ["regions by pattern", "regions by pattern and name"])
def test_regions_by_pattern_go_with_all_regions(case: str) -> None:
    policy = {"Statement": [{**delivery("Loose", "", check=False), "Condition": LOOSE[case]}]}
    assert taken_out(policy, {"account_ids": [SHOP]}) is None


# --- keys ---

KEY = Key(key_arn("aws"), "777788889999", "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")


def key_plan(policy: Policy, **options: Any) -> PolicyPlan:
    return plan_key_policy(policy or {}, wanted_key_use({"key_id": KEY.arn, **options}, "aws", "eu-west-1"), KEY)


def key_merged(policy: Policy, *callers: Options) -> Any:
    for options in callers:
        policy = key_plan(policy, **options).after
    return policy


def key_taken_out(policy: Policy, *callers: Options) -> Any:
    for options in callers:
        policy = key_plan(policy, **options, state="absent").after
    return policy


def used(policy: Policy) -> FrozenSet[Tuple[str, str]]:
    return frozenset(
        pair
        for pair in itertools.product(ACCOUNTS, REGIONS)
        if all(is_allowed(policy, use) for use in key_uses("aws", *pair))
    )


def used_by(options: Options) -> FrozenSet[Tuple[str, str]]:
    return frozenset(itertools.product(options["account_ids"], options.get("regions", REGIONS)))


@PROPERTIES
@given(KEY_POLICIES, OPTIONS)
def test_merging_lets_the_key_be_used_as_asked_for_and_no_more(policy: Policy, options: Options) -> None:
    options = {name: value for name, value in options.items() if name in ("account_ids", "regions")}
    result = key_plan(policy, **options)
    assert used(result.after) == used(policy) | used_by(options)
    assert key_plan(result.after, **options).changes == ()
    before, after = texts(statements_of(policy)), texts(statements_of(result.after))
    assert after[: len(before)] == before
    assert {**result.after, "Statement": 0} == {**policy, "Statement": 0}


@PROPERTIES
@given(KEY_POLICIES, st.lists(KEY_OPTIONS, min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_the_order_of_callers_makes_no_difference_to_a_key(
    policy: Policy, callers: List[Options], shuffle: Any
) -> None:
    turned = list(callers)
    shuffle.shuffle(turned)
    one, other = key_merged(policy, *callers), key_merged(policy, *turned)
    assert used(one) == used(other)
    assert unnamed(one) == unnamed(other)


@PROPERTIES
@given(KEY_POLICIES, st.lists(KEY_OPTIONS, min_size=1, max_size=3))
def test_merging_and_taking_out_leaves_every_statement_of_others_of_a_key(
    policy: Policy, callers: List[Options]
) -> None:
    left = key_taken_out(key_merged(policy, *callers), *callers)
    others = [item for item in statements_of(policy) if is_of_others(item)]
    assert texts(item for item in statements_of(left) if is_of_others(item)) == texts(others)
    if len(others) == len(statements_of(policy)):
        assert left == policy
    assert used(left) <= used(policy)


@PROPERTIES
@given(KEY_POLICIES, KEY_OPTIONS)
def test_taking_out_of_a_key_policy_leaves_what_was_not_named(policy: Policy, options: Options) -> None:
    result = key_plan(policy, **options, state="absent")
    assert used(policy) - used_by(options) <= used(result.after) <= used(policy)
    assert result.warnings or not used(result.after) & used_by(options)
    assert key_plan(result.after, **options, state="absent").changes == ()


@pytest.mark.parametrize("case", LOOSE)
def test_sources_of_a_key_that_are_named_loosely_are_left_and_told_of(case: str) -> None:
    use = {
        "Sid": "Loose",
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "kms:GenerateDataKey",
        "Resource": "*",
        "Condition": LOOSE[case],
    }
    result = key_plan({"Statement": [use]}, account_ids=[SHOP], regions=["eu-west-1"], state="absent")
    assert "Statement Loose of the policy" in result.warnings[0] and "still lets" in result.warnings[0]
