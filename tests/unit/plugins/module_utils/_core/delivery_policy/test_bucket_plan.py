# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of a bucket policy keeps grants and third-party statements, and grants nothing else.

The simulator's evaluator, which does not share code with the collection, evaluates the policies.
"""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any, Dict, FrozenSet, List, Optional, Tuple

import pytest
from hypothesis import given, settings, strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import (
    MAX_BYTES,
    PolicyPlan,
    plan_bucket_policy,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import Grant, grant_positions
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import grants_as_dicts
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.bucket_policy import policy_error_hint
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import (
    policy_size,
    same_policy,
    statements_of,
)
from tests.simulator.policy_evaluation import decide
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import (
    ACCOUNT,
    ACL,
    ARN,
    AWS_2020,
    BUCKET,
    CASES,
    CLOUDTRAIL,
    DELIVERY,
    EVERYBODY_MAY,
    NO_VERSION,
    SINGLE,
    TERRAFORM,
    TLS_ONLY,
    both,
    document,
    statement,
)

OTHER = "444455556666"
ACCOUNTS = (ACCOUNT, OTHER, "777788889999")
REGIONS = ("eu-west-1", "us-east-1", "ap-south-1")
FOLDERS = ("", "network", "network/prod")
LAYOUTS = ("plain", "hive")
ORGANIZATION = "o-a1b2c3d4e5"

Policy = Optional[Dict[str, Any]]
Cell = Tuple[str, str, str, str]


def plan(policy: Policy, **options: Any) -> PolicyPlan:
    """Plan for options as in a task; the account is ACCOUNT unless given."""
    if "organization_id" not in options:
        options.setdefault("account_ids", [ACCOUNT])
    return plan_bucket_policy(policy, wanted_from_options({"bucket": BUCKET, **options}, "aws"))


def after(policy: Policy, **options: Any) -> Any:
    return plan(policy, **options).after


def context(account: str, region: str, **more: str) -> Dict[str, str]:
    """The condition keys that the service sends, and those of every request over TLS."""
    return {
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:aws:logs:{region}:{account}:delivery-source:x",
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
        **more,
    }


def key(account: str, region: str, folder: str, layout: str) -> str:
    top = f"{folder}/AWSLogs" if folder else "AWSLogs"
    if layout == "hive":
        return f"{top}/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/year=2026/x.log.gz"
    return f"{top}/{account}/vpcflowlogs/{region}/2026/11/23/x.log.gz"


def may_write(policy: Policy, cell: Cell, **more: str) -> bool:
    account, region, _folder, _layout = cell
    sent = {**context(account, region), **ACL, **more}
    return decide(policy, "delivery.logs.amazonaws.com", "s3:PutObject", f"{ARN}/{key(*cell)}", sent) == "allow"


def may_check(policy: Policy, account: str, region: str) -> bool:
    sent = context(account, region)
    return decide(policy, "delivery.logs.amazonaws.com", "s3:GetBucketAcl", ARN, sent) == "allow"


CELLS: Tuple[Cell, ...] = tuple(itertools.product(ACCOUNTS, REGIONS, FOLDERS, LAYOUTS))


def written_by(policy: Policy) -> FrozenSet[Cell]:
    return frozenset(cell for cell in CELLS if may_write(policy, cell))


def checked_by(policy: Policy) -> FrozenSet[Tuple[str, str]]:
    return frozenset(pair for pair in itertools.product(ACCOUNTS, REGIONS) if may_check(policy, *pair))


def wanted_cells(options: Dict[str, Any]) -> FrozenSet[Cell]:
    regions = options.get("regions") or REGIONS
    return frozenset(
        itertools.product(options["account_ids"], regions, options["prefixes"], options.get("layouts", LAYOUTS))
    )


# --- generated options and policies ---


def some(values: Any) -> st.SearchStrategy[List[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


OPTIONS = st.fixed_dictionaries(
    {"account_ids": some(ACCOUNTS), "prefixes": some(FOLDERS), "layouts": some(LAYOUTS)},
    optional={"regions": some(REGIONS)},
)
WITH_CONDITIONS = st.builds(
    lambda options, conditions: {**options, **conditions},
    OPTIONS,
    st.fixed_dictionaries(
        {},
        optional={
            "source_conditions": st.just(False),
            "acl_condition": st.sampled_from(["string_equals_if_exists", "none"]),
        },
    ),
)


def reordered(item: Any, how: int) -> Any:
    """Reverse lists if the lowest bit is set."""
    if isinstance(item, dict):
        return {name: reordered(value, how) for name, value in item.items()}
    return list(reversed(item)) if isinstance(item, list) and how & 1 else item


def lower_keys(condition: Dict[str, Any]) -> Dict[str, Any]:
    return {operator: {name.lower(): value for name, value in block.items()} for operator, block in condition.items()}


def third_party_statement(item: Dict[str, Any], sid: str, how: int) -> Dict[str, Any]:
    item = reordered(item, how)
    action = item["Action"].replace("PutObject", "putobject") if how & 2 else [item["Action"]]
    principal = {"Service": [DELIVERY["Service"]]} if how & 4 else item["Principal"]
    condition = item.get("Condition", {})
    condition = lower_keys(condition) if how & 8 else condition
    return {**item, "Sid": sid, "Action": action, "Principal": principal, "Condition": condition}


def third_party_delivery(options: Dict[str, Any], how: int) -> Dict[str, Any]:
    """Return grants in other density_marks, with other Sids."""
    statements = statements_of(after(None, **options))
    return document(*(third_party_statement(item, f"Delivery{n}", how) for n, item in enumerate(statements)))


THIRD_PARTY = st.one_of(
    st.none(),
    st.sampled_from(
        [case.policy for case in CASES if "Not" not in case.name and case.partition == "aws" and not case.refused]
    ),
    st.builds(third_party_delivery, OPTIONS, st.integers(0, 15)),
)


@st.composite
def policies(draw: Any) -> Policy:
    """A third-party policy, into which this module has merged grants."""
    policy = copy.deepcopy(draw(THIRD_PARTY))
    for options in draw(st.lists(WITH_CONDITIONS, max_size=2)):
        policy = after(policy, **options)
    return policy


PROPERTIES = settings(max_examples=60, deadline=None)


def without_own(policy: Policy) -> List[Dict[str, Any]]:
    return [item for item in statements_of(policy) if not str(item.get("Sid", "")).startswith("AWSLogDelivery")]


def others(policy: Policy) -> List[Dict[str, Any]]:
    return [item for item in statements_of(policy) if "delivery.logs" not in json.dumps(item)]


@PROPERTIES
@given(policies(), WITH_CONDITIONS)
def test_plan_grants_the_options_and_is_idempotent(policy: Policy, options: Dict[str, Any]) -> None:
    planned = plan(policy, **options)
    if not any(item["Effect"] == "Deny" for item in statements_of(policy)):
        assert wanted_cells(options) <= written_by(planned.after)
        assert {(account, region) for account, region, _f, _l in wanted_cells(options)} <= checked_by(planned.after)
    again = plan(planned.after, **options)
    assert (again.changes, again.after, again.writes) == ((), planned.after, False)


@PROPERTIES
@given(policies(), WITH_CONDITIONS)
def test_present_keeps_grants_and_adds_only_the_wanted_ones(policy: Policy, options: Dict[str, Any]) -> None:
    merged = after(policy, **options)
    free = options.get("source_conditions") is False
    allowed = wanted_cells({**options, "regions": REGIONS} if free else options)
    assert written_by(policy) <= written_by(merged) <= written_by(policy) | allowed
    if not free:
        assert checked_by(merged) <= checked_by(policy) | {cell[:2] for cell in allowed}


@PROPERTIES
@given(policies(), WITH_CONDITIONS)
def test_present_keeps_third_party_statements_and_other_elements(policy: Policy, options: Dict[str, Any]) -> None:
    before = copy.deepcopy(policy)
    merged = after(policy, **options)
    assert policy == before
    assert without_own(merged) == without_own(policy)
    if policy is not None:
        assert {**merged, "Statement": 0} == {**policy, "Statement": 0}
    sids = [item["Sid"] for item in statements_of(merged) if "Sid" in item]
    assert len(set(sids)) == len(sids)


@PROPERTIES
@given(policies(), OPTIONS, OPTIONS)
def test_order_of_tasks_does_not_matter(policy: Policy, first: Any, second: Any) -> None:
    one = after(after(policy, **first), **second)
    other = after(after(policy, **second), **first)
    assert written_by(one) == written_by(other)
    assert checked_by(one) == checked_by(other)
    if policy is None:
        unnamed = [[{**item, "Sid": ""} for item in result["Statement"]] for result in (one, other)]
        assert same_policy({"Statement": unnamed[0]}, {"Statement": unnamed[1]})


@PROPERTIES
@given(THIRD_PARTY, st.lists(OPTIONS, min_size=1, max_size=2))
def test_absent_restores_the_third_party_policy(policy: Policy, callers: List[Any]) -> None:
    if "delivery.logs" in json.dumps(policy):
        policy = CLOUDTRAIL
    merged = policy
    for options in callers:
        merged = after(merged, **options)
    for options in callers:
        merged = after(merged, **options, state="absent")
    assert statements_of(merged) == statements_of(policy)
    assert same_policy(merged, policy)


@PROPERTIES
@given(policies(), OPTIONS)
def test_absent_removes_the_named_grants_or_warns(policy: Policy, options: Dict[str, Any]) -> None:
    planned = plan(policy, **options, state="absent")
    left = written_by(planned.after) & wanted_cells(options)
    assert not left or "still lets log delivery write" in " ".join(planned.warnings)
    assert written_by(policy) - wanted_cells(options) <= written_by(planned.after) <= written_by(policy)
    writing = {cell[:2] for cell in written_by(planned.after)}
    assert writing & checked_by(policy) <= checked_by(planned.after) <= checked_by(policy)
    again = plan(planned.after, **options, state="absent")
    assert (again.changes, again.after) == ((), planned.after)
    assert others(planned.after) == others(policy)


@PROPERTIES
@given(policies(), OPTIONS)
def test_grant_positions_agree_with_the_evaluator(policy: Policy, options: Dict[str, Any]) -> None:
    """For grants of single Regions, so that the evaluator can try each; without Deny statements."""
    allows = {"Statement": [item for item in statements_of(policy) if item["Effect"] == "Allow"]}
    if "${" in json.dumps(allows):
        allows = {"Statement": []}
    wanted = wanted_from_options({"bucket": BUCKET, **options, "regions": list(REGIONS)}, "aws")
    for grant in wanted.grants:
        cell = (grant.source, grant.region, grant.folder, grant.layout)
        assert bool(grant_positions(allows, wanted.bucket, wanted.conditions, grant)) is may_write(allows, cell)


TEXTS = st.sampled_from(["*", "Allow", "s3:PutObject", f"{ARN}/*", "${x}", "", DELIVERY["Service"]])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["Service", "AWS", "StringEquals", "aws:SourceArn"]), inner, max_size=2),
    max_leaves=4,
)
ELEMENTS = ("Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")


@PROPERTIES
@given(st.dictionaries(st.sampled_from(ELEMENTS), JUNK, min_size=1, max_size=3), st.booleans())
def test_invalid_statement_is_kept(junk: Dict[str, Any], alone: bool) -> None:
    """The statement has invalid elements, alone or in place of valid ones."""
    real = {name: value for name, value in after(None)["Statement"][0].items() if name != "Sid"}
    invalid = junk if alone else {**real, **junk}
    policy = {"Statement": [invalid, *CLOUDTRAIL["Statement"]]}
    merged = after(policy)
    assert merged["Statement"][:3] == policy["Statement"]
    assert plan(merged).changes == ()
    left = statements_of(after(merged, state="absent"))
    assert [item for item in left if item in CLOUDTRAIL["Statement"]] == CLOUDTRAIL["Statement"]


# --- tables ---


def test_new_policy_is_the_documented_one() -> None:
    planned = plan(None, regions=["eu-west-1"], prefixes=["network"], layouts=["plain"])
    source = {"aws:SourceAccount": ACCOUNT}
    arn = {"aws:SourceArn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"}
    assert planned.after == document(
        statement(
            "AWSLogDeliveryWrite",
            DELIVERY,
            "s3:PutObject",
            f"{ARN}/network/AWSLogs/{ACCOUNT}/*",
            {"StringEquals": {**ACL, **source}, "ArnLike": arn},
        ),
        statement("AWSLogDeliveryAclCheck", DELIVERY, "s3:GetBucketAcl", ARN, {"StringEquals": source, "ArnLike": arn}),
    )
    (action,) = planned.actions
    assert (action.action, action.target) == ("put_policy", ARN)
    assert [change.field for change in action.changes] == [
        "statement AWSLogDeliveryWrite",
        "statement AWSLogDeliveryAclCheck",
    ]


def test_without_source_conditions_the_two_statements_of_2020_are_written() -> None:
    expected = document(
        statement(
            "AWSLogDeliveryWrite",
            DELIVERY,
            "s3:PutObject",
            f"{ARN}/optional_folder/AWSLogs/{ACCOUNT}/*",
            {"StringEquals": ACL},
        ),
        statement("AWSLogDeliveryAclCheck", DELIVERY, "s3:GetBucketAcl", ARN),
    )
    written = after(None, source_conditions=False, prefixes=["optional_folder"])
    assert json.dumps(written) == json.dumps(expected)
    regions = after(None, source_conditions=False, prefixes=["optional_folder"], regions=["eu-west-1"])
    assert regions == expected


def test_statements_of_2020_replace_narrower_ones() -> None:
    narrow = after(None, layouts=["plain"])
    planned = plan(narrow, source_conditions=False)
    assert planned.statements()["updated"] == ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"]
    assert planned.after["Statement"] == AWS_2020["Statement"]


@pytest.mark.parametrize(
    ("option", "condition"),
    [
        ("string_equals_if_exists", {"StringEqualsIfExists": ACL, "StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        ("none", {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
    ],
)
def test_acl_conditions(option: str, condition: Dict[str, Any]) -> None:
    written = after(None, acl_condition=option)["Statement"][0]["Condition"]
    assert {name: written[name] for name in written if name != "ArnLike"} == condition
    # The wider conditions cover the narrower ones, not vice versa.
    assert plan(after(None, acl_condition=option)).changes == ()
    assert plan(after(None), acl_condition=option).statements()["updated"] == ["AWSLogDeliveryWrite"]


def test_grant_to_an_organization_covers_all_its_accounts() -> None:
    written = after(None, organization_id=ORGANIZATION, prefixes=["", "network"])
    assert policy_size(written) < 1200
    organization = {"aws:SourceOrgID": ORGANIZATION}
    for cell in CELLS:
        assert may_write(written, cell, **organization) is (cell[2] in ("", "network"))
        assert not may_write(written, cell, **{"aws:SourceOrgID": "o-zzzzzzzzzz"})
    assert plan(written, organization_id=ORGANIZATION).changes == ()
    less = after(written, organization_id=ORGANIZATION, layouts=["hive"], state="absent")
    assert {cell for cell in CELLS if may_write(less, cell, **organization)} == {
        cell for cell in CELLS if cell[3] == "plain" or cell[2] == "network"
    } - {cell for cell in CELLS if cell[2] == "network/prod"}
    assert after(written, organization_id=ORGANIZATION, prefixes=["", "network"], state="absent") is None


def test_grant_to_an_organization_does_not_cover_a_named_account() -> None:
    written = after(None, organization_id=ORGANIZATION)
    assert plan(written).statements()["added"] == ["AWSLogDeliveryWrite2", "AWSLogDeliveryAclCheck2"]
    assert plan(after(None), organization_id=ORGANIZATION).statements()["added"]


def test_two_organizations_have_statements_of_their_own() -> None:
    written = after(after(None, organization_id=ORGANIZATION), organization_id="o-zzzzzzzzzz", prefixes=["network"])
    assert len(written["Statement"]) == 4
    assert not may_write(written, (ACCOUNT, "eu-west-1", "network", "plain"), **{"aws:SourceOrgID": ORGANIZATION})


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_partition_has_its_own_arns(partition: str) -> None:
    wanted = wanted_from_options({"bucket": f"arn:{partition}:s3:::{BUCKET}", "account_ids": [ACCOUNT]}, partition)
    written = plan_bucket_policy(None, wanted).after
    assert f"arn:{partition}:logs:*:{ACCOUNT}:*" in json.dumps(written)
    assert f"arn:{partition}:s3:::{BUCKET}/AWSLogs" in json.dumps(written)
    assert plan_bucket_policy(written, wanted).changes == ()
    other_partition = json.loads(json.dumps(AWS_2020).replace("arn:aws:", "arn:aws-iso:"))
    assert plan_bucket_policy(other_partition, wanted).added


def test_single_values_are_written_without_a_list() -> None:
    written = json.dumps(after(None, layouts=["plain"]))
    assert "[" not in written.replace('"Statement": [', "").replace("]}", "}")


def test_missing_version_and_single_statement_are_kept() -> None:
    assert "Version" not in after(NO_VERSION)
    merged = after(SINGLE)
    assert merged["Id"] == "x" and merged["Statement"][0] == SINGLE["Statement"]
    assert plan(SINGLE, state="absent").after == SINGLE
    assert after(merged, state="absent")["Statement"] == [SINGLE["Statement"]]


def test_removing_the_last_statement_deletes_the_policy() -> None:
    planned = plan(after(None), state="absent")
    assert planned.after is None
    assert [action.action for action in planned.actions] == ["delete_policy"]
    assert planned.statements()["removed"] == ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"]
    assert plan(None, state="absent").actions == ()


def test_taken_sid_gets_a_number() -> None:
    taken = document(statement("AWSLogDeliveryWrite", {"AWS": OTHER}, "s3:GetObject", f"{ARN}/*"))
    assert plan(taken).added == ("AWSLogDeliveryWrite2", "AWSLogDeliveryAclCheck")
    assert plan(taken).after["Statement"][0] == taken["Statement"][0]


def test_lookalike_is_never_changed() -> None:
    more = copy.deepcopy(after(None))
    more["Statement"][0]["Condition"]["Bool"] = {"aws:SecureTransport": "true"}
    planned = plan(more, account_ids=[ACCOUNT, OTHER])
    assert planned.after["Statement"][0] == more["Statement"][0]
    assert planned.statements()["kept"] == ["AWSLogDeliveryWrite"]
    assert planned.statements()["added"] == ["AWSLogDeliveryWrite2"]


def test_another_region_updates_the_statement_in_place() -> None:
    first = after(CLOUDTRAIL, regions=["eu-west-1"])
    planned = plan(first, regions=["us-east-1"])
    assert planned.statements() == {
        "added": [],
        "updated": ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"],
        "removed": [],
        "kept": ["AWSCloudTrailAclCheck20150319", "AWSCloudTrailWrite20150319"],
    }
    everywhere = after(planned.after)
    assert "eu-west-1" not in json.dumps([item for item in everywhere["Statement"] if "Log" in item["Sid"][:6]])
    less = after(planned.after, regions=["eu-west-1"], state="absent")
    assert less == after(CLOUDTRAIL, regions=["us-east-1"])


def test_one_region_cannot_be_removed_from_all() -> None:
    planned = plan(after(None), regions=["eu-west-1"], state="absent")
    assert planned.changes == ()
    assert "still lets log delivery write" in planned.warnings[0]


def test_absent_cuts_third_party_statements_for_log_delivery_alone() -> None:
    planned = plan(TERRAFORM, state="absent", layouts=["plain"])
    assert written_by(planned.after) == {cell for cell in written_by(TERRAFORM) if cell[0] == OTHER}
    first = planned.after["Statement"][0]
    assert first["Resource"] == f"{ARN}/AWSLogs/{OTHER}/*"
    assert first["Condition"]["StringEquals"]["AWS:sourceaccount"] == OTHER
    assert first["Condition"]["StringEquals"]["S3:X-AMZ-ACL"] == ["bucket-owner-full-control"]
    assert planned.after["Statement"][1]["Condition"] == {"StringEquals": {"aws:SourceAccount": OTHER}}


def test_absent_of_one_account_in_one_region_splits_a_statement() -> None:
    written = after(None, account_ids=[ACCOUNT, OTHER], regions=["eu-west-1", "us-east-1"])
    planned = plan(written, regions=["us-east-1"], state="absent")
    assert written_by(planned.after) == {
        cell for cell in written_by(written) if cell[0] == OTHER or cell[1] == "eu-west-1"
    }
    assert planned.added == ("AWSLogDeliveryWrite2", "AWSLogDeliveryAclCheck2")


# --- size ---


def accounts(number: int) -> List[str]:
    return [f"{position:012d}" for position in range(1, number + 1)]


@pytest.mark.parametrize("bucket", ["example-central-flow-logs", "b" * 63])
def test_a_hundred_accounts_in_all_regions_fit_with_both_layouts(bucket: str) -> None:
    options = {"bucket": bucket, "account_ids": accounts(100), "prefixes": ["network"]}
    planned = plan_bucket_policy(None, wanted_from_options(options, "aws"))
    assert planned.refusals == () and policy_size(planned.after) <= MAX_BYTES
    assert plan_bucket_policy(planned.after, wanted_from_options(options, "aws")).changes == ()
    outsider = wanted_from_options({**options, "account_ids": ["999999999999"]}, "aws")
    assert all(
        not grant_positions(planned.after, outsider.bucket, outsider.conditions, item) for item in outsider.grants
    )


@pytest.mark.parametrize(
    ("number", "layouts", "size", "density_mark"),
    [
        (119, ["plain"], 20322, "arn:aws:logs:*:000000000001:*"),
        (120, ["plain"], 12846, "arn:aws:logs:*:*:*"),
        (194, ["plain"], 20394, "arn:aws:logs:*:*:*"),
        (78, LAYOUTS, 20302, "arn:aws:logs:*:000000000001:*"),
        (105, LAYOUTS, 20451, "/AWSLogs/aws-account-id=000000000001/*"),
        (106, LAYOUTS, 11524, "/AWSLogs/*000000000001/*"),
        (192, LAYOUTS, 20382, "/AWSLogs/*000000000001/*"),
    ],
)
def test_size_and_density_by_number_of_accounts(number: int, layouts: Any, size: int, density_mark: str) -> None:
    options = {"bucket": "example-central-flow-logs", "account_ids": accounts(number), "prefixes": ["network"]}
    planned = plan_bucket_policy(None, wanted_from_options({**options, "layouts": layouts}, "aws"))
    assert (planned.refusals, policy_size(planned.after)) == ((), size)
    assert density_mark in json.dumps(planned.after)
    assert bool(planned.warnings) is (size > MAX_BYTES * 0.9)


def test_policy_above_the_limit_is_refused() -> None:
    planned = plan(CLOUDTRAIL, account_ids=accounts(250))
    (refusal,) = planned.refusals
    assert (refusal.code, planned.writes, planned.actions) == ("PolicyTooLarge", False, ())
    assert str(MAX_BYTES) in refusal.message and "Nothing was written" in refusal.message
    assert "organization_id" in refusal.hint and "prefixes" in refusal.hint
    assert planned.statements()["kept"] == ["AWSCloudTrailAclCheck20150319", "AWSCloudTrailWrite20150319"]


def test_densest_statement_can_be_cut() -> None:
    written = after(None, account_ids=accounts(150))
    assert "AWSLogs/*000000000001/*" in json.dumps(written)
    less = plan(written, account_ids=accounts(3), layouts=["hive"], state="absent")
    assert less.warnings == ()
    assert not may_write(less.after, ("000000000001", "eu-west-1", "", "hive"))
    assert may_write(less.after, ("000000000001", "eu-west-1", "", "plain"))
    assert may_write(less.after, ("000000000004", "eu-west-1", "", "hive"))
    few = after(written, account_ids=accounts(149), state="absent")
    assert {
        cell[0] for cell in itertools.product(accounts(150), ["eu-west-1"], [""], LAYOUTS) if may_write(few, cell)
    } == {"000000000150"}


def test_deleted_principals_block_only_a_write() -> None:
    gone = document(statement("Old", {"AWS": "AROAEXAMPLEEXAMPLE123"}, "s3:GetObject", f"{ARN}/*"))
    planned = plan(gone)
    (refusal,) = planned.refusals
    assert refusal.code == "PrincipalGone" and "AROAEXAMPLEEXAMPLE123 in statement Old" in refusal.message
    assert not planned.writes
    granted = document(*gone["Statement"], *EVERYBODY_MAY["Statement"])
    assert plan(granted).refusals == ()


# --- input ---


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"bucket": "Example Logs"}, "bucket", "S3 bucket ARN"),
        ({"bucket": "arn:aws:s3:::example-logs/network"}, "bucket", "prefixes"),
        ({"bucket": "arn:aws-cn:s3:::example-logs"}, "bucket", "partition"),
        ({"bucket": "arn:aws:iam::111122223333:role/x"}, "bucket", "S3 bucket ARN"),
        ({"prefixes": []}, "prefixes", "at least one"),
        ({"prefixes": ["ok", "AWSLogs"]}, "prefixes[1]", "AWSLogs"),
        ({"prefixes": ["a/AWSLogs/b"]}, "prefixes[0]", "AWSLogs"),
        ({"prefixes": ["a//b"]}, "prefixes[0]", "empty segments"),
        ({"prefixes": ["a*"]}, "prefixes[0]", "without *"),
        ({"prefixes": ["a?"]}, "prefixes[0]", "without *"),
        ({"prefixes": ["${aws:SourceAccount}"]}, "prefixes[0]", "without *"),
        ({"prefixes": ["a\nb"]}, "prefixes[0]", "control characters"),
        ({"account_ids": []}, "account_ids", "at least one"),
        ({"account_ids": ["111122223333", "12"]}, "account_ids[1]", "12 digits"),
        ({"account_ids": ["arn:aws:iam::111122223333:root"]}, "account_ids[0]", "12 digits"),
        ({"account_ids": ["111122223333\n"]}, "account_ids[0]", "12 digits"),
        ({"regions": ["eu-west"]}, "regions[0]", "eu-west-1"),
        ({"regions": ["eu-west-1", "eu-*"]}, "regions[1]", "eu-west-1"),
        ({"organization_id": "a1b2c3d4e5"}, "organization_id", "o-"),
        ({"organization_id": ORGANIZATION, "account_ids": [ACCOUNT]}, "account_ids", "not both"),
        ({"organization_id": ORGANIZATION, "source_conditions": False}, "source_conditions", "organization_id"),
        ({"layouts": []}, "layouts", "plain, hive"),
        ({"layouts": ["parquet"]}, "layouts", "plain, hive"),
        ({"expected_bucket_owner": "me"}, "expected_bucket_owner", "12 digits"),
    ],
)
def test_invalid_options_are_refused(options: Dict[str, Any], option: str, allowed: str) -> None:
    with pytest.raises(InputError) as refused:
        wanted_from_options({"bucket": BUCKET, **options}, "aws")
    assert refused.value.option == option
    assert allowed in refused.value.allowed


@pytest.mark.parametrize("regions", [None, [], ["*"], ["eu-west-1", "*"]])
def test_density_marks_of_all_regions(regions: Any) -> None:
    wanted = wanted_from_options({"bucket": BUCKET, "regions": regions}, "aws")
    assert {grant.region for grant in wanted.grants} == {"*"}


def test_equivalent_options_give_the_same_grants() -> None:
    options = {"bucket": ARN, "prefixes": ["/network/", "network"], "account_ids": [ACCOUNT, ACCOUNT]}
    wanted = wanted_from_options({**options, "layouts": ["hive", "plain", "hive"]}, "aws")
    assert wanted.bucket.bucket == BUCKET
    assert wanted.grants == tuple(Grant(ACCOUNT, "*", "network", layout) for layout in LAYOUTS)
    assert wanted_from_options({"bucket": BUCKET}, "aws").sources == ()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDenied", "s3:PutBucketPolicy"),
        ("MethodNotAllowed", "account that owns the bucket"),
        ("NoSuchBucket", "Create the bucket"),
        ("MalformedPolicy", "no longer exists"),
        ("OperationAborted", "one task at a time"),
        ("PermanentRedirect", "region"),
        ("InternalError", ""),
    ],
)
def test_error_hints(code: str, words: str) -> None:
    assert words in policy_error_hint("PutBucketPolicy", code, ACCOUNT)
    assert ("expected_bucket_owner" in policy_error_hint("PutBucketPolicy", code, ACCOUNT)) is (code == "AccessDenied")


BLOCKED = (
    'User: arn:aws:iam::111111111111:user/ops is not authorized to perform: s3:PutBucketPolicy on resource: "ARN" because '
    "public policies are blocked by the BlockPublicPolicy block public access setting."
)


def test_hint_for_a_refused_public_policy_names_no_permission() -> None:
    public = {"Sid": "Website", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/*"}
    hint = policy_error_hint("PutBucketPolicy", "AccessDenied", ACCOUNT, BLOCKED, {"Statement": [public]})
    assert "Website" in hint and "Block Public Access" in hint and "s3:PutBucketPolicy" not in hint
    without_policy = policy_error_hint("PutBucketPolicy", "AccessDenied", ACCOUNT, BLOCKED, None)
    assert "Principal *" in without_policy and "make it public" not in without_policy


@pytest.mark.parametrize(
    "code", ["IllegalLocationConstraintException", "PermanentRedirect", "AuthorizationHeaderMalformed"]
)
def test_hint_for_another_region_names_the_option(code: str) -> None:
    assert "set region to the Region of the bucket" in policy_error_hint("GetBucketPolicy", code)


def test_deny_for_other_requests_is_no_warning() -> None:
    assert plan(TLS_ONLY).warnings == ()
    assert both(folder="network/")[0] in json.dumps(after(TLS_ONLY, prefixes=["network"]))


# --- missing grants ---


@pytest.mark.parametrize(
    "granted",
    [
        {"account_ids": [ACCOUNT]},
        {"account_ids": [ACCOUNT], "regions": ["eu-west-1"]},
        {"account_ids": [OTHER], "prefixes": ["network"], "layouts": ["hive"]},
        {"account_ids": list(ACCOUNTS), "prefixes": list(FOLDERS), "layouts": list(LAYOUTS)},
    ],
)
def test_missing_grants_are_the_writes_that_were_not_allowed(granted: dict[str, Any]) -> None:
    before = after(TLS_ONLY, **granted)
    options = {
        "account_ids": [ACCOUNT, OTHER],
        "regions": list(REGIONS),
        "prefixes": ["", "network"],
        "layouts": list(LAYOUTS),
    }
    missing = grants_as_dicts(plan(before, **options).missing)
    writes = {(one["account_id"], one["region"], one["folder"], one["layout"]) for one in missing if one["layout"]}
    assert writes == wanted_cells(options) - written_by(before)
    checks = {(one["account_id"], one["region"]) for one in missing if not one["layout"]}
    assert checks == set(itertools.product([ACCOUNT, OTHER], REGIONS)) - checked_by(before)
    assert grants_as_dicts(plan(after(before, **options), **options).missing) == []


def test_missing_grant_of_an_organization_is_for_every_account() -> None:
    missing = grants_as_dicts(plan(None, organization_id=ORGANIZATION, layouts=["plain"]).missing)
    assert missing == [
        {"account_id": None, "region": "*", "folder": "", "layout": "plain"},
        {"account_id": None, "region": "*", "folder": None, "layout": None},
    ]
