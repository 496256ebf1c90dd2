# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Adds grants to policies that are nearly right and removes them: third-party statements stay, no other grant appears.

The policies are those of ``test_policy_agreement``. The simulator's evaluator evaluates them before and after.
"""

from __future__ import annotations

import itertools
import json
from typing import Any, Dict, FrozenSet, List, Optional, Tuple

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import PolicyPlan
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import statements_of
from tests.simulator.policy_evaluation import decide
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_agreement import (
    KnownRequest,
    BANK,
    BUCKET,
    CONTROL,
    SERVICE,
    SHOP,
    bucket_words,
    contexts,
    documents,
    key_arn,
    key_uses,
    key_words,
    object_arn,
)

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


def removed(policy: Policy, *callers: Options) -> Any:
    for options in callers:
        policy = plan(policy, **options, state="absent").after
    return policy


CELLS: Tuple[Cell, ...] = tuple(itertools.product(ACCOUNTS, REGIONS, FOLDERS, LAYOUTS))


def grants_only(policy: Policy) -> Dict[str, Any]:
    version = {"Version": policy["Version"]} if policy and "Version" in policy else {}
    return {**version, "Statement": [item for item in statements_of(policy) if item["Effect"] == "Allow"]}


def is_allowed(policy: Policy, request: KnownRequest) -> bool:
    return decide(grants_only(policy), SERVICE, request.action, request.resource, request.context) == "allow"


def write_of(cell: Cell) -> KnownRequest:
    account, region, folder, layout = cell
    context = {**contexts("aws", account, region), "s3:x-amz-acl": CONTROL}
    return KnownRequest("s3:PutObject", object_arn("aws", account, region, folder, layout), context)


def check_of(account: str, region: str) -> KnownRequest:
    return KnownRequest("s3:GetBucketAcl", ARN, contexts("aws", account, region))


def written(policy: Policy) -> FrozenSet[Cell]:
    return frozenset(cell for cell in CELLS if is_allowed(policy, write_of(cell)))


def checked(policy: Policy) -> FrozenSet[Tuple[str, str]]:
    return frozenset(pair for pair in itertools.product(ACCOUNTS, REGIONS) if is_allowed(policy, check_of(*pair)))


def wanted_cells(options: Options) -> FrozenSet[Cell]:
    regions = options.get("regions", REGIONS)
    return frozenset(itertools.product(options["account_ids"], regions, options["prefixes"], options["layouts"]))


def is_third_party(statement: Dict[str, Any]) -> bool:
    """Whether a statement is a Deny or has other principals, so that the module must not change it."""
    services = statement.get("Principal", {})
    services = services.get("Service", []) if isinstance(services, dict) and set(services) == {"Service"} else []
    return statement["Effect"] == "Deny" or services not in (SERVICE, [SERVICE])


def allows_the_service(statement: Dict[str, Any]) -> bool:
    principals = json.dumps(statement.get("Principal", "*"))
    return statement["Effect"] == "Allow" and (SERVICE in principals or '"*"' in principals)


def texts(statements: Any) -> List[str]:
    return [json.dumps(item) for item in statements]


def unnamed(policy: Policy) -> List[str]:
    return sorted(json.dumps({**item, "Sid": ""}, sort_keys=True) for item in statements_of(policy))


@PROPERTIES
@given(BUCKET_POLICIES, OPTIONS)
def test_present_adds_exactly_the_grants(policy: Policy, options: Options) -> None:
    result = plan(policy, **options)
    wanted = wanted_cells(options)
    assert written(result.after) == written(policy) | wanted
    assert checked(result.after) == checked(policy) | {cell[:2] for cell in wanted}
    assert plan(result.after, **options).changes == ()
    before, after = texts(statements_of(policy)), texts(statements_of(result.after))
    assert after[: len(before)] == before
    assert {**result.after, "Statement": 0} == {**policy, "Statement": 0}


@PROPERTIES
@given(BUCKET_POLICIES, st.lists(OPTIONS, min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_order_of_tasks_changes_neither_grants_nor_statements(
    policy: Policy, callers: List[Options], shuffle: Any
) -> None:
    turned = list(callers)
    shuffle.shuffle(turned)
    one, other = merged(policy, *callers), merged(policy, *turned)
    assert (written(one), checked(one)) == (written(other), checked(other))
    assert unnamed(one) == unnamed(other)


@PROPERTIES
@given(BUCKET_POLICIES, st.lists(OPTIONS, min_size=1, max_size=3))
def test_present_then_absent_keeps_third_party_statements(policy: Policy, callers: List[Options]) -> None:
    left = removed(merged(policy, *callers), *callers)
    others = [item for item in statements_of(policy) if is_third_party(item)]
    assert texts(item for item in statements_of(left) if is_third_party(item)) == texts(others)
    if others:
        assert {**left, "Statement": 0} == {**policy, "Statement": 0}
    if len(others) == len(statements_of(policy)):
        # A source that can still write by a third-party statement keeps its ACL check.
        checks = statements_of(left)[len(others) :]
        assert {item["Action"] for item in checks} <= {"s3:GetBucketAcl"}
        assert left == policy or checks and any(map(allows_the_service, others))
    assert written(left) <= written(policy)


@PROPERTIES
@given(BUCKET_POLICIES, OPTIONS)
def test_absent_keeps_other_grants(policy: Policy, options: Options) -> None:
    result = plan(policy, **options, state="absent")
    wanted = wanted_cells(options)
    assert written(policy) - wanted <= written(result.after) <= written(policy)
    still = {cell[:2] for cell in written(result.after)}
    assert still & checked(policy) <= checked(result.after) <= checked(policy)
    assert result.warnings or not written(result.after) & wanted
    assert plan(result.after, **options, state="absent").changes == ()


def delivery(
    sid: str, *folders: str, accounts: Tuple[str, ...] = (SHOP,), named: bool = True, check: bool = True
) -> Any:
    """A third-party statement that allows writes and optionally the ACL check; ``named``: with its sources."""
    resources = [f"{ARN}/{folder}AWSLogs/{account}/*" for folder in folders for account in accounts]
    condition = {"Condition": {"StringEquals": {"aws:SourceAccount": list(accounts)}}} if named else {}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": ["s3:PutObject", *(["s3:GetBucketAcl"] if check else [])],
        "Resource": [*([ARN] if check else []), *resources],
        **condition,
    }


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(
    ("both", "added"),
    [
        # The statement is removed, and the source of the other one keeps its check.
        (delivery("Both", ""), True),
        (delivery("Both", "", accounts=(SHOP, BANK)), True),
        # The statement stays with its check.
        (delivery("Both", "", "other/"), False),
    ],
)
def test_needed_acl_check_is_kept_when_its_statement_is_removed(both: Any, added: bool, named: bool) -> None:
    both = both if named else {name: value for name, value in both.items() if name != "Condition"}
    policy = {"Statement": [both, delivery("Net", "net/", check=False)]}
    result = plan(policy, account_ids=[SHOP], prefixes=[""], state="absent")
    assert written(result.after) == {cell for cell in written(policy) if cell[0] == BANK or cell[2] == "net"}
    assert {cell[:2] for cell in written(result.after)} <= checked(result.after) <= checked(policy)
    is_gone = added and (named or BANK not in json.dumps(both))
    assert result.added == (("AWSLogDeliveryAclCheck",) if is_gone else ())
    assert removed(result.after, {"account_ids": list(ACCOUNTS), "prefixes": ["", "net", "other"]}) is None


#: How a third-party statement names its sources -> its condition; none can be cut for SHOP in eu-west-1 alone.
BY_PATTERN = {
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


@pytest.mark.parametrize("case", BY_PATTERN)
def test_sources_by_pattern_are_kept_with_a_warning(case: str) -> None:
    writes = {**delivery("Loose", "", check=False), "Condition": BY_PATTERN[case]}
    check = {**writes, "Sid": "Check", "Action": "s3:GetBucketAcl", "Resource": ARN}
    policy = {"Statement": [writes, check]}
    result = plan(policy, account_ids=[SHOP], prefixes=[""], regions=["eu-west-1"], state="absent")
    assert result.changes == () or "regions" in case
    assert "Statement Loose of the policy" in result.warnings[0] and "still lets" in result.warnings[0]
    still = {cell[:2] for cell in written(result.after)}
    assert still & checked(policy) <= checked(result.after)


@pytest.mark.parametrize("case", ["regions by pattern", "regions by pattern and name"])
def test_regions_by_pattern_are_removed_with_all_regions(case: str) -> None:
    policy = {"Statement": [{**delivery("Loose", "", check=False), "Condition": BY_PATTERN[case]}]}
    assert removed(policy, {"account_ids": [SHOP]}) is None


# --- keys ---

KEY = Key(key_arn("aws"), "777788889999", "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")


def key_plan(policy: Policy, **options: Any) -> PolicyPlan:
    return plan_key_policy(policy or {}, wanted_key_use({"key_id": KEY.arn, **options}, "aws", "eu-west-1"), KEY)


def key_merged(policy: Policy, *callers: Options) -> Any:
    for options in callers:
        policy = key_plan(policy, **options).after
    return policy


def key_removed(policy: Policy, *callers: Options) -> Any:
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
def test_key_present_adds_exactly_the_grants(policy: Policy, options: Options) -> None:
    options = {name: value for name, value in options.items() if name in ("account_ids", "regions")}
    result = key_plan(policy, **options)
    assert used(result.after) == used(policy) | used_by(options)
    assert key_plan(result.after, **options).changes == ()
    before, after = texts(statements_of(policy)), texts(statements_of(result.after))
    assert after[: len(before)] == before
    assert {**result.after, "Statement": 0} == {**policy, "Statement": 0}


@PROPERTIES
@given(KEY_POLICIES, st.lists(KEY_OPTIONS, min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_order_of_key_tasks_does_not_matter(policy: Policy, callers: List[Options], shuffle: Any) -> None:
    turned = list(callers)
    shuffle.shuffle(turned)
    one, other = key_merged(policy, *callers), key_merged(policy, *turned)
    assert used(one) == used(other)
    assert unnamed(one) == unnamed(other)


@PROPERTIES
@given(KEY_POLICIES, st.lists(KEY_OPTIONS, min_size=1, max_size=3))
def test_key_present_then_absent_keeps_third_party_statements(policy: Policy, callers: List[Options]) -> None:
    left = key_removed(key_merged(policy, *callers), *callers)
    others = [item for item in statements_of(policy) if is_third_party(item)]
    assert texts(item for item in statements_of(left) if is_third_party(item)) == texts(others)
    if len(others) == len(statements_of(policy)):
        assert left == policy
    assert used(left) <= used(policy)


@PROPERTIES
@given(KEY_POLICIES, KEY_OPTIONS)
def test_key_absent_keeps_other_grants(policy: Policy, options: Options) -> None:
    result = key_plan(policy, **options, state="absent")
    assert used(policy) - used_by(options) <= used(result.after) <= used(policy)
    assert result.warnings or not used(result.after) & used_by(options)
    assert key_plan(result.after, **options, state="absent").changes == ()


@pytest.mark.parametrize("case", BY_PATTERN)
def test_key_sources_by_pattern_are_kept_with_a_warning(case: str) -> None:
    use = {
        "Sid": "Loose",
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "kms:GenerateDataKey",
        "Resource": "*",
        "Condition": BY_PATTERN[case],
    }
    result = key_plan({"Statement": [use]}, account_ids=[SHOP], regions=["eu-west-1"], state="absent")
    assert "Statement Loose of the policy" in result.warnings[0] and "still lets" in result.warnings[0]
