# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Split policies together allow the same as a whole one, and each fits IAM's limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.documents import Statement
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.documents import document_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.documents import documents_within
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.documents import statements_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import OPERATIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import needs_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import expand_operations
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import scope_from_options
from tests.simulator.policy_evaluation import decide

#: IAM User Guide, "IAM and AWS STS quotas".
MANAGED_LIMIT, USER_LIMIT = 6144, 2048
ACCOUNTS = [f"{number:012}" for number in range(111111111111, 111111111131)]
REGIONS = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-southeast-2", "sa-east-1"]
BUCKETS = [f"arn:aws:s3:::{'flow-logs-' * 5}{number:03}" for number in range(150)]
KEYS = [f"arn:aws:kms:eu-west-1:111122223333:key/{number:08}-12ab-34cd-56ef-1234567890ab" for number in range(150)]
PRINCIPALS = [
    f"arn:aws:iam::111122223333:{kind}/team/{kind}-{number:03}"
    for kind in ("user", "group", "role")
    for number in range(60)
]
OPTION_OF = {"buckets": BUCKETS, "keys": KEYS, "principals": PRINCIPALS}
KIND_OPTIONS = {
    "buckets": "buckets",
    "keys": "keys",
    "users": "principals",
    "groups": "principals",
    "roles": "principals",
}


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    """Return a strategy for one, few or many of the values."""
    few = st.lists(st.sampled_from(values), min_size=1, max_size=5, unique=True)
    many = st.integers(1, len(values)).map(lambda count: values[:count][::-1])
    return few | many


@st.composite
def work(draw: Any) -> dict[str, Any]:
    """Return valid arguments of permissions_policies."""
    operations = draw(st.lists(st.sampled_from(list(OPERATIONS)), min_size=1, unique=True))
    kinds = {kind for name in operations for need in OPERATIONS[name] for kind in need.resources}
    options = {KIND_OPTIONS[kind] for kind in kinds & KIND_OPTIONS.keys()}
    arguments: dict[str, Any] = {option: draw(some(OPTION_OF[option])) for option in sorted(options)}
    arguments["flow_log_tags"] = draw(st.none() | st.just({"team": "network"}))
    return {"selection": operations, "account_id": draw(some(ACCOUNTS)), "region": draw(some(REGIONS)), **arguments}


def whole_policy(selection: Any, **scope: Any) -> dict[str, Any]:
    """Return the policy in one document of any length."""
    place = scope_from_options(**scope)
    return document_of(statements_for(needs_of(expand_operations(selection, place)), place))


def grants(*documents: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Return each action on each resource with its conditions."""
    return {
        (action, arn, json.dumps(statement.get("Condition", {})))
        for document in documents
        for statement in document["Statement"]
        for action in statement["Action"]
        for arn in statement["Resource"]
    }


def size(document: dict[str, Any]) -> int:
    """Return the number of characters that IAM counts: all but white space."""
    return len("".join(json.dumps(document).split()))


@given(work())
@settings(max_examples=60, deadline=None)
def test_split_policies_grant_the_same_and_fit_the_limit(arguments: dict[str, Any]) -> None:
    documents = permissions_policies(**arguments)
    assert grants(*documents) == grants(whole_policy(**arguments))
    assert all(size(document) <= MANAGED_LIMIT for document in documents)
    for document in documents:
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(sid.isalnum() for sid in sids)


@given(work(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_policies_do_not_depend_on_the_order_of_arguments(arguments: dict[str, Any], random: Any) -> None:
    shuffled = {
        name: random.sample(value, len(value)) if isinstance(value, list) else value
        for name, value in arguments.items()
    }
    assert permissions_policies(**shuffled) == permissions_policies(**arguments)


@given(work())
@settings(max_examples=30, deadline=None)
def test_each_of_several_documents_has_one_subject(arguments: dict[str, Any]) -> None:
    documents = permissions_policies(**arguments)
    for document in documents if len(documents) > 1 else []:
        services = {action.split(":")[0] for action, _arn, _condition in grants(document)}
        linked = "iam:CreateServiceLinkedRole" in {action for action, _arn, _condition in grants(document)}
        allowed = [{"ec2", "ecs", "logs", "autoscaling", *(["iam"] if linked else [])}, {"s3"}, {"kms"}, {"iam", "sts"}]
        assert any(services <= subject for subject in allowed)


def test_one_document_if_it_fits_the_limit() -> None:
    assert permissions_policies("publishing") == [whole_policy("publishing")]


def test_many_accounts_and_regions_need_few_documents() -> None:
    documents = permissions_policies("publishing", account_id=ACCOUNTS, region=REGIONS)
    total = size(whole_policy("publishing", account_id=ACCOUNTS, region=REGIONS))
    assert len(documents) == -(-total // MANAGED_LIMIT) + 1


def test_policy_allows_only_its_account_and_region_by_a_second_evaluator() -> None:
    policy = whole_policy("publishing", account_id=ACCOUNTS[0], region="eu-west-1", flow_log_tags={"a": "b"})
    for_anyone = {**policy, "Statement": [{**statement, "Principal": "*"} for statement in policy["Statement"]]}
    base, other = f"arn:aws:ec2:eu-west-1:{ACCOUNTS[0]}", f"arn:aws:ec2:eu-west-1:{ACCOUNTS[1]}"

    def says(action: str, resource: str, **context: str) -> str:
        keys = {key.replace("__", ":").replace("_tag_", "Tag/"): value for key, value in context.items()}
        return decide(for_anyone, "anyone", action, resource, keys)

    assert says("ec2:CreateFlowLogs", f"{base}:vpc/vpc-1") == "allow"
    assert says("ec2:CreateFlowLogs", f"{other}:vpc/vpc-1") == "none"
    assert says("ec2:CreateFlowLogs", f"arn:aws:ec2:us-east-1:{ACCOUNTS[0]}:vpc/vpc-1") == "none"
    assert says("ec2:DeleteFlowLogs", f"{base}:vpc-flow-log/fl-1", aws__Resource_tag_a="b") == "allow"
    assert says("ec2:DeleteFlowLogs", f"{base}:vpc-flow-log/fl-1", aws__Resource_tag_a="c") == "none"
    assert says("ec2:DeleteFlowLogs", f"{base}:vpc-flow-log/fl-1") == "none"
    assert says("ec2:CreateTags", f"{base}:vpc-flow-log/fl-1", ec2__CreateAction="CreateFlowLogs") == "allow"
    assert says("ec2:CreateTags", f"{base}:vpc-flow-log/fl-1") == "none"
    assert says("ec2:CreateTags", f"{base}:vpc/vpc-1") == "none"
    assert says("logs:CreateLogDelivery", "*") == "allow"
    assert says("iam:PassRole", f"arn:aws:iam::{ACCOUNTS[0]}:role/x") == "none"


@pytest.mark.parametrize(("kind", "limit"), [("user", 2048), ("group", 5120), ("role", 10240)])
def test_an_inline_policy_is_complete_or_refused(kind: str, limit: int) -> None:
    outcomes = set()
    for count in range(1, len(BUCKETS) + 1):
        whole = whole_policy(["bucket_policy"], buckets=BUCKETS[:count])
        try:
            assert permissions_policies(["bucket_policy"], kind, buckets=BUCKETS[:count]) == [whole]
        except InputError as error:
            assert (error.option, size(whole) > limit) == ("attached", True)
            assert f"{size(whole)} characters" in str(error) and "managed" in str(error)
            outcomes.add("refused")
        else:
            assert size(whole) <= limit
            outcomes.add("whole")
    assert "whole" in outcomes
    assert ("refused" in outcomes) is (size(whole) > limit)


def test_unknown_kind_of_attachment_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        permissions_policies("reading", "robot")
    assert caught.value.option == "attached"


def test_a_statement_that_exceeds_the_limit_alone_is_refused() -> None:
    statement = Statement("FlowLogBuckets", ("s3:GetBucketPolicy",), ("arn:aws:s3:::b", "arn:aws:s3:::" + "b" * 300))
    with pytest.raises(InputError, match="s3:GetBucketPolicy on arn:aws:s3:::bbb"):
        documents_within([statement], 300)


def test_a_document_can_have_exactly_the_maximum_size() -> None:
    statement = Statement("FlowLogBuckets", ("s3:GetBucketPolicy",), ("arn:aws:s3:::b1", "arn:aws:s3:::b2"))
    (whole,) = documents_within([statement], 10000)
    assert documents_within([statement], size(whole)) == [whole]
    assert len(documents_within([statement], size(whole) - 1)) == 2
