# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``grants`` adds, checks and removes exactly the listed combinations of account, Region, folder and layout.

The collection evaluates each tuple of a small universe. So does the simulator's evaluator, which shares no code with
it.
"""

from __future__ import annotations

import copy
import itertools
import json
import re
from dataclasses import replace
from typing import Any, Dict, FrozenSet, List, Optional, Tuple

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import (
    MAX_BYTES,
    plan_bucket_policy,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import (
    grants_for_modules,
    grants_to_items,
    grants_to_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import (
    Grant,
    acl_check_for,
    grant_positions,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import PolicyPlan
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.codes import grant_verdicts
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.examine import examine
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.facts import (
    DestinationFacts,
    Encryption,
    Unread,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.request import query_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import policy_size, statements_of
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import BUCKET, CASES
from tests.unit.plugins.module_utils._core.delivery_policy.test_bucket_plan import may_check, may_write
from tests.unit.plugins.module_utils._core.delivery_policy.test_policy_sizes import GUIDE, KEY, KEY_POLICY

A, B, C = "111122223333", "444455556666", "777788889999"
ORGANIZATION = "o-a1b2c3d4e5"
REGIONS = ("eu-west-1", "us-east-1")
FOLDERS = ("team-a", "team-b", "")
LAYOUTS = ("plain", "hive")
#: account, Region, folder, layout
Cell = Tuple[str, str, str, str]
UNIVERSE: Tuple[Cell, ...] = tuple(itertools.product((A, B, C), REGIONS, FOLDERS, LAYOUTS))

Policy = Optional[Dict[str, Any]]
PROPERTIES = settings(max_examples=60, deadline=None)
SOME_CELLS = st.lists(st.sampled_from(UNIVERSE), min_size=1, max_size=8, unique=True)
#: Third-party policies that neither allow nor deny log delivery anything.
OTHERS = st.sampled_from(
    [None]
    + [
        case.policy
        for case in CASES
        if case.partition == "aws" and not case.refused and "delivery.logs" not in json.dumps(case.policy)
    ]
)


def items(cells: Any) -> List[Dict[str, Any]]:
    """One item for each tuple."""
    return [
        {"account_id": account, "regions": [region], "prefix": folder, "layouts": [layout]}
        for account, region, folder, layout in cells
    ]


def plan(policy: Policy, cells: Any, **options: Any) -> PolicyPlan:
    return plan_bucket_policy(policy, wanted_from_options({"bucket": BUCKET, "grants": items(cells), **options}, "aws"))


WANTED = wanted_from_options({"bucket": BUCKET, "account_ids": [A]}, "aws")


def decided(policy: Policy) -> FrozenSet[Cell]:
    """The tuples that a policy grants, evaluated one by one."""
    return frozenset(
        cell for cell in UNIVERSE if grant_positions(policy, WANTED.bucket, WANTED.conditions, Grant(*cell))
    )


def decided_checks(policy: Policy) -> FrozenSet[Tuple[str, str]]:
    checks = {pair: acl_check_for(WANTED.conditions, Grant(*pair)) for pair in {cell[:2] for cell in UNIVERSE}}
    return frozenset(pair for pair, check in checks.items() if grant_positions(policy, WANTED.bucket, *check))


def pairs(cells: Any) -> FrozenSet[Tuple[str, str]]:
    return frozenset(cell[:2] for cell in cells)


def others(policy: Policy) -> List[str]:
    return [json.dumps(item) for item in statements_of(policy) if "delivery.logs" not in json.dumps(item)]


# --- bucket policies ---


@PROPERTIES
@given(OTHERS, SOME_CELLS)
def test_plan_grants_exactly_the_options(policy: Policy, cells: List[Cell]) -> None:
    before = decided(policy), decided_checks(policy)
    planned = plan(policy, cells)
    assert decided(planned.after) == before[0] | set(cells)
    assert decided_checks(planned.after) == before[1] | pairs(cells)
    if not any(item["Effect"] == "Deny" for item in statements_of(policy)):
        assert {cell for cell in UNIVERSE if may_write(planned.after, cell)} >= set(cells)
    if policy is None:
        assert {cell for cell in UNIVERSE if may_write(planned.after, cell)} == set(cells)
        assert {pair for pair in pairs(UNIVERSE) if may_check(planned.after, *pair)} == pairs(cells)


@PROPERTIES
@given(OTHERS, SOME_CELLS, st.randoms(use_true_random=False))
def test_exact_policy_stays_byte_for_byte(policy: Policy, cells: List[Cell], shuffle: Any) -> None:
    after = plan(policy, cells).after
    stored = copy.deepcopy(after)
    again = list(cells)
    shuffle.shuffle(again)
    planned = plan(after, again)
    assert (planned.changes, planned.writes, planned.actions) == ((), False, ())
    assert json.dumps(planned.after) == json.dumps(stored)


@PROPERTIES
@given(OTHERS, SOME_CELLS, SOME_CELLS)
def test_grants_add_up_and_absent_removes_only_the_named_ones(
    policy: Policy, cells: List[Cell], more: List[Cell]
) -> None:
    both = plan(plan(policy, cells).after, more).after
    assert decided(both) == decided(policy) | set(cells) | set(more)
    less = plan(both, more, state="absent").after
    assert decided(less) >= (set(cells) - set(more)) | (decided(both) - set(more))
    if policy is None:
        assert decided(less) == set(cells) - set(more)
        assert decided_checks(less) == pairs(set(cells) - set(more))
    assert plan(less, more, state="absent").changes == ()
    assert others(less) == others(both) == others(policy)


@PROPERTIES
@given(SOME_CELLS)
def test_order_and_grouping_of_grants_do_not_matter(cells: List[Cell]) -> None:
    one_by_one: Policy = None
    for cell in cells:
        one_by_one = plan(one_by_one, [cell]).after
    at_once = plan(None, cells).after
    grouped = wanted_from_options(
        {"bucket": BUCKET, "grants": grants_to_items(Grant(*cell) for cell in cells)}, "aws"
    ).grants
    assert set(grouped) == {Grant(*cell) for cell in cells}
    assert decided(one_by_one) == decided(at_once)
    again = wanted_from_options({"bucket": BUCKET, **grants_to_options([Grant(*cell) for cell in cells])}, "aws")
    assert set(again.grants) == set(grouped)


def test_regions_and_folders_of_one_account_are_not_combined() -> None:
    cells = [(A, "eu-west-1", "team-a", "plain"), (A, "us-east-1", "team-b", "plain")]
    after = plan(None, cells).after
    assert decided(after) == set(cells)
    assert len([item for item in after["Statement"] if item["Action"] == "s3:PutObject"]) == 2


def test_accounts_with_the_same_regions_share_a_statement() -> None:
    cells = [(A, "eu-west-1", "team-a", "plain"), (B, "eu-west-1", "team-b", "plain")]
    after = plan(None, cells).after
    assert decided(after) == set(cells)
    assert len(after["Statement"]) == 2


def test_grants_of_an_organization_name_no_account() -> None:
    grants = [
        {"regions": ["eu-west-1"], "prefix": "team-a", "layouts": ["plain"]},
        {"regions": ["us-east-1"], "prefix": "team-b", "layouts": ["hive"]},
    ]
    options = {"bucket": BUCKET, "organization_id": ORGANIZATION, "grants": grants}
    wanted = wanted_from_options(options, "aws")
    assert set(wanted.grants) == {
        Grant(ORGANIZATION, "eu-west-1", "team-a", "plain"),
        Grant(ORGANIZATION, "us-east-1", "team-b", "hive"),
    }
    after = plan_bucket_policy(None, wanted).after
    assert plan_bucket_policy(after, wanted).changes == ()
    places = [(item["Resource"], item["Condition"]["ArnLike"]) for item in after["Statement"]][:2]
    assert "team-a/AWSLogs/????????????/*" in places[0][0] and "eu-west-1" in str(places[0][1])
    assert "team-b/AWSLogs/aws-account-id=????????????/*" in places[1][0] and "us-east-1" in str(places[1][1])
    assert grants_to_items(wanted.grants) == grants
    assert grants_to_options(wanted.grants) == {"organization_id": ORGANIZATION, "grants": grants}


def test_without_source_conditions_each_account_has_only_its_folder() -> None:
    cells = [(A, "eu-west-1", "team-a", "plain"), (A, "us-east-1", "team-a", "plain"), (B, "us-east-1", "", "plain")]
    after = plan(None, cells, source_conditions=False).after
    every_region = {(account, region, folder, layout) for account, _r, folder, layout in cells for region in REGIONS}
    assert {cell for cell in UNIVERSE if may_write(after, cell)} == every_region
    assert plan(after, cells, source_conditions=False).changes == ()


def test_defaults_of_a_grant() -> None:
    wanted = wanted_from_options({"bucket": BUCKET, "grants": [{"account_id": A}]}, "aws")
    assert set(wanted.grants) == {Grant(A, "*", "", layout) for layout in LAYOUTS}


# --- size ---


def teams(number: int, regions: Any) -> List[Dict[str, Any]]:
    return [
        {"account_id": f"{n:012d}", "regions": list(regions(n)), "prefix": f"team-{n:03d}", "layouts": ["plain"]}
        for n in range(1, number + 1)
    ]


FOUR = ("eu-west-1", "us-east-1", "eu-central-1", "ap-southeast-1")
#: How the Regions of account n are chosen: the same one, the same four, or one of all fifteen selections of four.
SELECTIONS = [list(itertools.compress(FOUR, bits)) for bits in itertools.product((1, 0), repeat=4)][:-1]
CHOICES = {
    "one Region": lambda n: FOUR[:1],
    "four Regions": lambda n: FOUR,
    "different Regions": lambda n: SELECTIONS[n % len(SELECTIONS)],
}


@pytest.mark.parametrize("choice", CHOICES)
def test_a_hundred_accounts_with_a_folder_each_fit(choice: str) -> None:
    grants = teams(100, CHOICES[choice])
    wanted = wanted_from_options({"bucket": "example-central-flow-logs", "grants": grants}, "aws")
    planned = plan_bucket_policy(None, wanted)
    assert (planned.refusals, policy_size(planned.after) <= MAX_BYTES) == ((), True)
    assert plan_bucket_policy(planned.after, wanted).changes == ()
    for grant in (wanted.grants[0], wanted.grants[-1]):
        assert grant_positions(planned.after, wanted.bucket, wanted.conditions, grant)
        for other in (Grant(grant.source, "sa-east-1", grant.folder, grant.layout), Grant(A, *list_of(grant)[1:])):
            assert not grant_positions(planned.after, wanted.bucket, wanted.conditions, other)


def list_of(grant: Grant) -> List[str]:
    return [grant.source, grant.region, grant.folder, grant.layout]


#: The row of each choice in the table of the guide.
ROWS = {
    "one Region": "all the same one",
    "four Regions": "all the same four",
    "different Regions": "a different selection of four for each",
}


@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("choice", CHOICES)
def test_guide_says_how_many_accounts_with_a_folder_each_fit(choice: str, column: int) -> None:
    row = GUIDE.partition(f"   * - {ROWS[choice]}\n")[2].split("   * - ")[0]
    largest = int(re.findall(r"- (\d+)", row)[column])

    def refusals(number: int) -> Any:
        grants = [{**item, "layouts": LAYOUTS[: column + 1]} for item in teams(number, CHOICES[choice])]
        options = {"bucket": "example-central-flow-logs", "grants": grants}
        return plan_bucket_policy(None, wanted_from_options(options, "aws")).refusals

    assert (bool(refusals(largest)), bool(refusals(largest + 1))) == (False, True)


def test_too_large_policy_is_refused_with_bytes_and_advice() -> None:
    options = {"bucket": "example-central-flow-logs", "grants": teams(250, CHOICES["four Regions"])}
    planned = plan_bucket_policy(None, wanted_from_options(options, "aws"))
    (refusal,) = planned.refusals
    assert (refusal.code, planned.writes) == ("PolicyTooLarge", False)
    assert f"{planned.size - MAX_BYTES} bytes too many" in refusal.message
    for advice in ("organization_id", "flow_log_organization_id", "layouts", "another bucket", "state=absent"):
        assert advice in refusal.hint


# --- keys ---


def key_plan(policy: Dict[str, Any], some: Any, **options: Any) -> PolicyPlan:
    grants = [{"account_id": account, "regions": [region]} for account, region in some]
    return plan_key_policy(
        policy, wanted_key_use({"key_id": KEY.arn, "grants": grants, **options}, "aws", "eu-west-1"), KEY
    )


def granted_pairs(policy: Dict[str, Any]) -> FrozenSet[Tuple[str, str]]:
    return frozenset(pair for pair in pairs(UNIVERSE) if not key_plan(policy, [pair]).changes)


SOME_PAIRS = st.lists(st.sampled_from(sorted(pairs(UNIVERSE))), min_size=1, max_size=5, unique=True)


@PROPERTIES
@given(SOME_PAIRS, SOME_PAIRS)
def test_key_plan_grants_exactly_the_pairs(some: Any, more: Any) -> None:
    after = key_plan(KEY_POLICY, some).after
    assert granted_pairs(after) == set(some)
    assert key_plan(after, reversed(some)).changes == ()
    both = key_plan(after, more).after
    assert granted_pairs(both) == {*some, *more}
    assert granted_pairs(key_plan(both, more, state="absent").after) == set(some) - set(more)
    assert both["Statement"][0] == KEY_POLICY["Statement"][0]


def test_pair_that_a_third_party_statement_grants_is_a_warning() -> None:
    use = {"Sid": "Team", "Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}}
    third_party = {**use, "Action": "kms:GenerateDataKey*", "Resource": "*"}
    policy = {**KEY_POLICY, "Statement": [*KEY_POLICY["Statement"], third_party]}
    assert "Statement Team" in key_plan(policy, [(A, "eu-west-1")], state="absent").warnings[0]


# --- the destination check ---


def query(cells: Any, **options: Any) -> Any:
    return query_from_options({"destination": BUCKET, "grants": items(cells), **options}, "aws")


def facts(policy: Policy) -> DestinationFacts:
    return DestinationFacts(True, "eu-west-1", A, policy=policy)


@settings(max_examples=25, deadline=None)
@given(SOME_CELLS, SOME_CELLS)
def test_each_grant_has_its_own_check(cells: List[Cell], checked: List[Cell]) -> None:
    policy = plan(None, cells).after
    checks = [check for check in examine(query(checked), facts(policy)).checks if check.layout]
    assert {(check.account_id, check.region, check.folder, check.layout): check.code for check in checks} == {
        cell: "Granted" if cell in cells else "NotGranted" for cell in checked
    }


def test_key_is_checked_for_the_pairs_in_use() -> None:
    cells = [(A, "eu-west-1", "team-a", "plain"), (A, "eu-west-1", "team-b", "hive"), (B, "us-east-1", "", "plain")]
    encrypted = DestinationFacts(
        True,
        "eu-west-1",
        A,
        policy=plan(None, cells).after,
        encryption=Encryption("aws:kms", KEY.arn),
        key=KEY,
        key_policy=key_plan(KEY_POLICY, [(A, "eu-west-1")]).after,
    )
    found = [check for check in examine(query(cells), encrypted).checks if check.check == "key_policy"]
    assert [(check.account_id, check.region, check.code) for check in found] == [
        (A, "eu-west-1", "KeyGranted"),
        (B, "us-east-1", "KeyNotGranted"),
    ]


def test_default_of_a_grant_is_the_folder_of_the_destination_in_the_plain_layout() -> None:
    checked = query_from_options(
        {"destination": f"{BUCKET}/network/", "grants": [{"account_id": A, "regions": ["eu-west-1"]}]}, "aws"
    )
    assert checked.wanted.grants == (Grant(A, "eu-west-1", "network", "plain"),)


def test_accounts_of_an_organization_are_checked_separately_or_together() -> None:
    each = query([(A, "eu-west-1", "", "plain")], organization_id=ORGANIZATION)
    assert (each.organization, each.wanted.sources) == (ORGANIZATION, (A,))
    whole = query_from_options(
        {"destination": BUCKET, "organization_id": ORGANIZATION, "grants": [{"prefix": "team-a"}]}, "aws"
    )
    assert (whole.organization, whole.wanted.sources) == (ORGANIZATION, (ORGANIZATION,))


def test_each_grant_has_its_own_verdict() -> None:
    cells = [(A, "eu-west-1", "team-a", "plain"), (B, "eu-west-1", "team-b", "hive")]
    checked = query(cells)
    policy = plan(None, cells[:1]).after

    def verdicts(found: DestinationFacts, what: Any = checked) -> List[Any]:
        return [item["deliverable"] for item in grant_verdicts(what.wanted.grants, examine(what, found).checks)]

    assert verdicts(facts(policy)) == [True, False]
    assert verdicts(replace(facts(policy), requester_pays=True)) == [False, False]
    assert (
        verdicts(replace(facts(policy), policy=Unread("s3:GetBucketPolicy", "AccessDenied", "no"))) == ["unknown"] * 2
    )
    encrypted = replace(facts(policy), encryption=Encryption("aws:kms", KEY.arn), key=KEY, key_policy=KEY_POLICY)
    assert verdicts(encrypted) == [False, False]
    key_policy = key_plan(KEY_POLICY, [(A, "eu-west-1")]).after
    assert verdicts(replace(encrypted, key_policy=key_policy)) == [True, False]
    whole = query_from_options({"destination": BUCKET, "organization_id": ORGANIZATION}, "aws")
    (found,) = grant_verdicts(whole.wanted.grants, examine(whole, facts(policy)).checks)
    assert found == {"account_id": None, "region": "*", "folder": "", "layout": "plain", "deliverable": False}


# --- the same grants for each module ---


def test_defaults_of_grants_for_modules() -> None:
    given_grants = [{"account_id": A, "regions": ["eu-west-1"], "prefix": None}, {"account_id": B, "prefix": ""}]
    options = grants_for_modules(given_grants, "network", ["hive"], None)
    assert options["grants"] == options["policy_grants"]
    assert options["grants"] == [
        {"account_id": A, "regions": ["eu-west-1"], "prefix": "network", "layouts": ["hive"]},
        {"account_id": B, "prefix": "", "layouts": ["hive"]},
    ]
    assert options["key_grants"] == [{"account_id": A, "regions": ["eu-west-1"]}, {"account_id": B}]


def test_grants_of_an_organization_for_modules() -> None:
    options = grants_for_modules(
        items([(A, "eu-west-1", "x", "plain"), (B, "eu-west-1", "x", "plain")]), "", ["plain"], ORGANIZATION
    )
    assert [item["account_id"] for item in options["grants"]] == [A, B]
    assert options["policy_grants"] == [{"regions": ["eu-west-1"], "prefix": "x", "layouts": ["plain"]}]
    assert options["key_grants"] == [{"regions": ["eu-west-1"]}]


# --- input ---

GOOD = {"account_id": A}


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"grants": []}, "grants", "at least one grant"),
        ({"grants": [GOOD], "account_ids": [A]}, "account_ids", "not both"),
        ({"grants": [GOOD], "regions": ["eu-west-1"]}, "regions", "not both"),
        ({"grants": [GOOD], "prefixes": ["x"]}, "prefixes", "not both"),
        ({"grants": [GOOD], "layouts": ["plain"]}, "layouts", "not both"),
        ({"grants": [GOOD, {}]}, "grants[1].account_id", "12 digits"),
        ({"grants": [GOOD, {"account_id": "12"}]}, "grants[1].account_id", "12 digits"),
        ({"grants": [GOOD, {**GOOD, "regions": ["eu"]}]}, "grants[1].regions[0]", "eu-west-1"),
        ({"grants": [GOOD, {**GOOD, "prefix": "a*"}]}, "grants[1].prefix", "without *"),
        ({"grants": [{**GOOD, "prefix": "AWSLogs"}]}, "grants[0].prefix", "AWSLogs"),
        ({"grants": [{**GOOD, "layouts": []}]}, "grants[0].layouts", "plain, hive"),
        ({"grants": [{**GOOD, "layouts": ["parquet"]}]}, "grants[0].layouts", "plain, hive"),
        ({"grants": [GOOD], "organization_id": ORGANIZATION}, "grants[0].account_id", "not both"),
    ],
)
def test_invalid_grants_are_refused(options: Dict[str, Any], option: str, allowed: str) -> None:
    with pytest.raises(InputError) as refused:
        wanted_from_options({"bucket": BUCKET, **options}, "aws")
    assert refused.value.option == option
    assert allowed in refused.value.allowed
    if not option.startswith(("prefixes", "layouts")) and "prefix" not in option and "layouts" not in option:
        with pytest.raises(InputError) as refused_too:
            wanted_key_use({"key_id": KEY.arn, **options}, "aws", "eu-west-1")
        assert refused_too.value.option == option


def test_check_refuses_grants_with_and_without_account() -> None:
    with pytest.raises(InputError) as refused:
        query_from_options(
            {"destination": BUCKET, "organization_id": ORGANIZATION, "grants": [GOOD, {"prefix": "x"}]}, "aws"
        )
    assert refused.value.option == "grants[1].account_id"


def test_grants_become_simple_options_if_they_are_equivalent() -> None:
    every = [Grant(*cell) for cell in itertools.product((A, B), ("*",), ("team-a",), LAYOUTS)]
    simple = {"account_ids": [A, B], "regions": [], "prefixes": ["team-a"], "layouts": list(LAYOUTS)}
    assert grants_to_options(every) == simple
    narrow_remedy = [Grant(A, "eu-west-1", "team-a", "plain"), *every]
    assert grants_to_options(narrow_remedy) == simple
    item, other = grants_to_items(every)
    assert item == {"account_id": A, "regions": ["*"], "prefix": "team-a", "layouts": list(LAYOUTS)}
    assert other["account_id"] == B
    assert grants_to_items([Grant(A, "eu-west-1")]) == [{"account_id": A, "regions": ["eu-west-1"]}]
