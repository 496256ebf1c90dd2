# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection and the simulator's evaluator, which do not share code, evaluate policies alike.

The tests generate thousands of policies that are right, or nearly right, in every partition. For each statement and
each fully known request, True and False must be the evaluator's answer, and unknown needs a listed reason. For a grant
or a request with wildcards, the answer must hold for every request tried.
"""

from __future__ import annotations

import collections
import itertools
import json
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import (
    Grant,
    GrantConditions,
    grant_positions,
    positions_for,
    required_requests,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_statements import key_requests
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import (
    Request,
    decide_statement,
    denied_by,
    granted_by,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import parse_destination
from tests.simulator.policy_evaluation import decide

PARTITIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
BUCKET = "example-logs"
SHOP, BANK, OUTSIDER = "111122223333", "444455556666", "999988887777"
ORGANIZATION = "o-a1b2c3d4e5"
SERVICE = "delivery.logs.amazonaws.com"
CONTROL = "bucket-owner-full-control"
OTHER_REGION = "us-east-1"
VPCE = "vpce-0123456789abcdef0"

Statement = Dict[str, Any]
Context = Dict[str, str]

# --- generated policies ---


@dataclass(frozen=True)
class Words:
    """Values for the elements of statements; the first of each kind is the right one."""

    actions: Tuple[Any, ...]
    not_actions: Tuple[Any, ...]
    resources: Tuple[str, ...]


def bucket_words(partition: str) -> Words:
    arn, region = f"arn:{partition}:s3:::{BUCKET}", PARTITIONS[partition]
    return Words(
        actions=(
            *["s3:PutObject"] * 6,
            *[["s3:PutObject", "s3:GetBucketAcl"]] * 3,
            *["s3:putobject", "S3:Put*", "s3:*", "*", "s3:PutObject*", "s3:Put?bject", "s3:P*t"],
            *["s3:GetBucketAcl", "s3:GetObject", "s3:PutObjectAcl", "s3:Get*", "s3:PutObject?", ["s3:List*"]],
        ),
        not_actions=("s3:Delete*", "s3:Put*", ["s3:Get*", "s3:List*"], "s3:*", "S3:DELETEOBJECT"),
        resources=(
            *[f"{arn}/AWSLogs/{SHOP}/*", f"{arn}/AWSLogs/aws-account-id={SHOP}/*", f"{arn}/net/AWSLogs/{SHOP}/*"] * 3,
            *[f"{arn}/*", f"{arn}*", "*", f"arn:*:s3:::{BUCKET}/*", f"arn:{partition}:s3:::*", f"{arn}/AWSLogs/*"] * 2,
            *[arn, f"{arn}/net*", f"{arn}/*/AWSLogs/*", f"{arn}/AWSLogs/{SHOP}*", f"{arn}/AWSLogs/{'?' * 12}/*"],
            *[f"{arn}/AWSLogs/{SHOP}/", f"{arn}/awslogs/{SHOP}/*", f"{arn}/AWSLogs/{SHOP[:-1]}?/*", f"{arn}-2/*"],
            *[f"{arn}/AWSLogs/{BANK}/*", f"{arn}/AWSLogs/*{SHOP}/*", f"{arn}/AWSLogs/{SHOP}/vpcflowlogs/*"],
            *[f"{arn}/AWSLogs/{SHOP}/vpcflowlogs/{region}/*", f"arn:aws-iso:s3:::{BUCKET}/*", f"{arn}/?*"],
            f"{arn}/AWSLogs/${{aws:SourceAccount}}/*",
        ),
    )


def key_arn(partition: str) -> str:
    return f"arn:{partition}:kms:{PARTITIONS[partition]}:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def key_words(partition: str) -> Words:
    arn = key_arn(partition)
    documented = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    return Words(
        actions=(
            *[documented] * 6,
            *["kms:*", "KMS:*", "*", [action.upper() for action in documented], documented[:4], documented[1:]],
            *[[*documented[:2], "kms:Re*", "kms:G*", "kms:D*"], [*documented, "kms:CreateGrant"], "kms:Decrypt"],
            ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey"],
        ),
        not_actions=("kms:ScheduleKeyDeletion", "kms:D*", ["kms:Put*", "kms:Delete*"], "kms:*"),
        resources=(
            *["*"] * 6,
            *[arn, f"arn:{partition}:kms:*:777788889999:key/*", f"arn:*:kms:*:*:key/{arn.rpartition('/')[2]}"],
            *[arn[:-1] + "?", arn.upper(), arn[:-1] + "0", f"arn:{partition}:kms:*:{SHOP}:key/*", "arn:aws-iso:kms:*"],
        ),
    )


PRINCIPALS = (
    *[{"Service": SERVICE}] * 9,
    *[{"Service": [SERVICE]}, {"Service": ["cloudtrail.amazonaws.com", SERVICE]}, "*", {"AWS": "*"}, {"AWS": ["*"]}],
    *[{"AWS": SHOP, "Service": SERVICE}, {"AWS": [SHOP, "*"]}],
    *[{"Service": "logs.amazonaws.com"}, {"AWS": f"arn:aws:iam::{SHOP}:root"}, {"CanonicalUser": "79a59df900b949e55"}],
    {"Federated": "cognito-identity.amazonaws.com"},
)
NOT_PRINCIPALS = ({"AWS": SHOP}, {"Service": SERVICE}, {"Service": "logs.amazonaws.com"}, {"AWS": "*"})

STRINGS = (
    *["StringEquals"] * 5,
    *["StringLike", "StringEqualsIgnoreCase", "StringEqualsIfExists", "StringLikeIfExists", "StringNotEquals"],
    *["StringNotLike", "StringNotEqualsIfExists", "StringNotEqualsIgnoreCase"],
    *[
        "ForAnyValue:StringEquals",
        "ForAllValues:StringLike",
        "ForAllValues:StringNotEquals",
        "ForAnyValue:StringNotLike",
    ],
)
ARNS = (
    *["ArnLike"] * 5,
    *["ArnEquals", "ArnLikeIfExists", "ArnNotLike", "ArnNotEquals", "ArnNotLikeIfExists", "StringLike", "StringEquals"],
    *["ForAnyValue:ArnLike", "ForAllValues:ArnEquals", "StringLikeIfExists", "StringNotLike"],
)
BOOLS = ("Bool", "Bool", "BoolIfExists", "ForAnyValue:Bool", "StringEquals")


def source_arns(partition: str) -> List[str]:
    arn, region = f"arn:{partition}:logs", PARTITIONS[partition]
    return [
        *[f"{arn}:*:{SHOP}:*"] * 4,
        *[
            f"{arn}:{region}:{SHOP}:*",
            f"{arn}:*:*:*",
            f"arn:*:logs:*:{SHOP}:*",
            f"{arn}:??-*:{SHOP}:*",
            f"{arn}:*:{BANK}:*",
        ],
        *[
            f"{arn}:*:{SHOP}:delivery-source:*",
            f"arn:{partition}:ec2:*:{SHOP}:vpc-flow-log/*",
            f"arn:aws-iso:logs:*:{SHOP}:*",
        ],
        *[f"{arn}:{region}:{SHOP}:delivery-source:x", f"{arn}:*:{SHOP}:Delivery*"],
    ]


def clauses(partition: str) -> st.SearchStrategy[Tuple[str, str, Any]]:
    """One condition: operator, key, value."""

    def clause(operators: Any, name: str, *values: Any) -> st.SearchStrategy[Tuple[str, str, Any]]:
        return st.tuples(st.sampled_from(operators), st.just(name), st.sampled_from(values))

    accounts = (
        SHOP,
        SHOP,
        [SHOP],
        [BANK, SHOP],
        BANK,
        [BANK, OUTSIDER],
        f"{SHOP[:4]}*",
        "*",
        f"{SHOP[:-1]}?",
        int(SHOP),
    )
    arns = st.lists(st.sampled_from(source_arns(partition)), min_size=1, max_size=2).map(
        lambda items: items[0] if len(items) == 1 else items
    )
    source_arn = st.tuples(st.sampled_from(ARNS), st.just("aws:SourceArn"), arns)
    account = clause(STRINGS, "aws:SourceAccount", *accounts)
    acl = clause(
        STRINGS, "s3:x-amz-acl", CONTROL, CONTROL, [CONTROL, "private"], "private", CONTROL.upper(), "bucket-*"
    )
    present = (
        "s3:x-amz-acl",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceVpce",
        "aws:PrincipalOrgID",
        "aws:SourceOrgID",
    )
    null = st.tuples(
        st.just("Null"), st.sampled_from(present), st.sampled_from(["true", "false", False, ["true", "false"]])
    )
    rare = st.sampled_from(
        [
            ("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}"),
            ("StringEquals", "aws:PrincipalTag/team", "net"),
            ("NotIpAddress", "aws:SourceIp", "192.0.2.0/24"),
            ("ForAnyValue:StringEqualsIfExists", "aws:SourceVpce", VPCE),
            ("stringEquals", "aws:SourceAccount", SHOP),
            ("ArnLike", "aws:SourceArn", "arn:*"),
        ]
    )
    usual = [account, account, source_arn, source_arn, acl, acl, null]
    others = [
        clause(STRINGS, "aws:SourceOrgID", ORGANIZATION, [ORGANIZATION, "o-zzzzzzzzzz"], "o-zzzzzzzzzz", "o-*"),
        clause(BOOLS, "aws:SecureTransport", "true", "false", True, False, ["true", "false"]),
        clause(BOOLS, "aws:PrincipalIsAWSService", "true", "false", True),
        clause(STRINGS, "aws:SourceVpce", VPCE, [VPCE, "vpce-1"], "*"),
        clause(STRINGS, "aws:PrincipalOrgID", ORGANIZATION, "*"),
        clause(STRINGS, "aws:PrincipalServiceName", SERVICE, "logs.amazonaws.com", "*.amazonaws.com"),
    ]
    return st.one_of(*usual * 6, *others * 4, rare)


def condition_of(items: List[Tuple[str, str, Any]], case: Callable[[str], str]) -> Dict[str, Any]:
    condition: Dict[str, Any] = {}
    for operator, name, value in items:
        condition.setdefault(operator, {})[case(name)] = value
    return condition


@st.composite
def statements(draw: Any, conditions: Any, resource_lists: Any, words: Words) -> Statement:
    def seldom() -> bool:
        return bool(draw(st.sampled_from((False,) * 12 + (True,))))

    item: Statement = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Allow", "Allow", "Deny")))}
    if seldom() and (item["Effect"] == "Deny" or seldom()):
        item["NotPrincipal"] = draw(st.sampled_from(NOT_PRINCIPALS))
    else:
        item["Principal"] = draw(st.sampled_from(PRINCIPALS))
    if seldom():
        item["NotAction"] = draw(st.sampled_from(words.not_actions))
    else:
        item["Action"] = draw(st.sampled_from(words.actions))
    resources = draw(resource_lists)
    item["NotResource" if seldom() else "Resource"] = resources[0] if len(resources) == 1 else resources
    case = draw(st.sampled_from((str, str, str.lower, str.upper)))
    condition = condition_of(draw(conditions), case)
    return {**item, "Condition": condition} if condition or seldom() else item


def documents(partition: str, words: Words) -> st.SearchStrategy[Dict[str, Any]]:
    conditions = st.lists(clauses(partition), max_size=3)
    resource_lists = st.lists(st.sampled_from(words.resources), min_size=1, max_size=3)
    return st.builds(
        lambda version, items: {**version, "Statement": items},
        st.sampled_from(({"Version": "2012-10-17"}, {"Version": "2012-10-17"}, {"Version": "2008-10-17"}, {})),
        st.lists(statements(conditions, resource_lists, words), min_size=1, max_size=3),
    )


# --- requests ---

#: The known keys of a fully known request; all others are unknown.
KNOWN = (
    "aws:SecureTransport aws:PrincipalIsAWSService aws:PrincipalServiceName aws:SourceAccount aws:SourceArn "
    "aws:SourceOrgID aws:SourceVpce aws:PrincipalOrgID s3:x-amz-acl"
).split()
OF_THE_SERVICE = {
    "aws:SecureTransport": "true",
    "aws:PrincipalIsAWSService": "true",
    "aws:PrincipalServiceName": SERVICE,
}


@dataclass(frozen=True)
class KnownRequest:
    """A fully known request."""

    action: str
    resource: str
    context: Context

    def holds(self, statement: Statement, version: Any) -> bool:
        """Whether a statement applies to the request, regardless of its effect, according to the evaluator."""
        policy = {"Version": version, "Statement": [{**statement, "Effect": "Allow"}]}
        return decide(policy, SERVICE, self.action, self.resource, self.context) == "allow"

    def request(self) -> Request:
        context = {name.lower(): (self.context[name],) if name in self.context else () for name in KNOWN}
        return Request(SERVICE, self.action, self.resource, context)


def contexts(partition: str, account: str, region: str, with_source: bool = True, organization: str = "") -> Context:
    source = {
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:{partition}:logs:{region}:{account}:delivery-source:x",
    }
    return {
        **OF_THE_SERVICE,
        **(source if with_source else {}),
        **({"aws:SourceOrgID": organization} if organization else {}),
    }


def object_arn(partition: str, account: str, region: str, folder: str, layout: str) -> str:
    top = f"arn:{partition}:s3:::{BUCKET}/{folder}{'/' if folder else ''}AWSLogs"
    if layout == "hive":
        return f"{top}/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/year=2026/x.log.gz"
    return f"{top}/{account}/vpcflowlogs/{region}/2026/11/23/x.log.gz"


def writes(
    partition: str, account: str, region: str, folder: str, layout: str, acls: Tuple[bool, ...], **variant: Any
) -> Iterator[KnownRequest]:
    context = contexts(partition, account, region, **variant)
    for with_acl in acls:
        resource = object_arn(partition, account, region, folder, layout)
        yield KnownRequest("s3:PutObject", resource, {**context, **({"s3:x-amz-acl": CONTROL} if with_acl else {})})


def bucket_requests(partition: str) -> List[KnownRequest]:
    region = PARTITIONS[partition]
    found = [
        *writes(partition, SHOP, region, "", "plain", (True, False), organization=ORGANIZATION),
        *writes(partition, SHOP, OTHER_REGION, "", "hive", (True,)),
        *writes(partition, SHOP, region, "net", "plain", (True,), with_source=False),
        *writes(partition, BANK, region, "", "plain", (True,)),
    ]
    return [
        *found,
        KnownRequest("s3:GetBucketAcl", f"arn:{partition}:s3:::{BUCKET}", contexts(partition, SHOP, region)),
    ]


KEY_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)


def key_uses(partition: str, account: str, region: str, **variant: Any) -> List[KnownRequest]:
    context = contexts(partition, account, region, **variant)
    return [KnownRequest(action, key_arn(partition), context) for action in KEY_ACTIONS]


def key_requests_in_full(partition: str) -> List[KnownRequest]:
    region = PARTITIONS[partition]
    return [
        *key_uses(partition, SHOP, region, organization=ORGANIZATION),
        *key_uses(partition, SHOP, OTHER_REGION)[::3],
        *key_uses(partition, BANK, region, with_source=False)[::3],
    ]


# --- reasons for an unknown answer ---

#: Keys without a known value, and operators that the collection does not compare or whose meaning is not certain.
UNKNOWN_KEYS = ("aws:principaltag/team", "aws:sourceip")
UNKNOWN_OPERATORS = ("NotIpAddress", "stringEquals", "ForAnyValue:StringEqualsIfExists")


def is_short_arn(operator: str, value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return "Arn" in operator and any(str(text).count(":") < 5 for text in texts)


def reason_of_condition(operator: str, name: str, value: Any) -> str:
    if operator in UNKNOWN_OPERATORS or name.lower() in UNKNOWN_KEYS:
        return "not compared"
    return "an invalid ARN" if is_short_arn(operator, value) else ""


def unknown_reason(statement: Statement) -> str:
    """Why a statement may be unknown, ``""`` if it must not be; see ``iam_policy/conditions.py``."""
    if "NotPrincipal" in statement and statement["Effect"] == "Allow":
        return "NotPrincipal in an Allow"
    if "${" in json.dumps(statement):
        return "policy variable"
    conditions = statement.get("Condition", {}).items()
    reasons = (reason_of_condition(operator, *item) for operator, block in conditions for item in block.items())
    return next(filter(None, reasons), "")


# --- the agreement ---


class Tally:
    """Counts the comparisons, so that a test can check that it compared enough of each kind."""

    def __init__(self) -> None:
        self.counts: Dict[str, int] = collections.Counter()

    def add(self, *names: str) -> None:
        for name in names:
            self.counts[name] += 1

    def share(self, name: str) -> float:
        return self.counts[name] / self.counts["decisions"]


def compare_statement(statement: Statement, version: Any, known: KnownRequest, tally: Tally) -> Optional[bool]:
    truth, holds = decide_statement(statement, known.request()), known.holds(statement, version)
    tally.add("decisions", str(truth))
    if truth is None:
        assert unknown_reason(statement), (statement, known)
        tally.add(unknown_reason(statement))
    else:
        assert truth is holds, (truth, statement, known)
    return truth


def compare_document(policy: Dict[str, Any], known: KnownRequest, tally: Tally) -> None:
    """Compare a whole document: which statements grant, deny or possibly deny."""
    truths = [compare_statement(item, policy.get("Version"), known, tally) for item in policy["Statement"]]
    by_effect = {
        (effect, truth): tuple(
            position
            for position, item in enumerate(policy["Statement"])
            if item["Effect"] == effect and truths[position] is truth
        )
        for effect in ("Allow", "Deny")
        for truth in (True, None)
    }
    assert granted_by(policy, known.request()) == by_effect["Allow", True]
    denials = denied_by(policy, known.request())
    assert (denials.certain, denials.possible) == (by_effect["Deny", True], by_effect["Deny", None])
    if not by_effect["Allow", None] and not by_effect["Deny", None]:
        allowed = bool(by_effect["Allow", True]) and not by_effect["Deny", True]
        said = decide(policy, SERVICE, known.action, known.resource, known.context) == "allow"
        assert allowed is said
        tally.add("allowed" if allowed else "not allowed")


def compare_symbolic(policy: Dict[str, Any], requests: List[Request], tried: List[KnownRequest], tally: Tally) -> None:
    """An answer for many requests at once must hold for each of them."""
    for statement, request in itertools.product(policy["Statement"], requests):
        truth = decide_statement(statement, request)
        if truth is not None and not unknown_reason(statement):
            assert all(
                known.holds(statement, policy.get("Version")) is truth
                for known in tried
                if known.action == request.action and may_be(known, request)
            ), (truth, statement, request)
            tally.add(f"symbolic {truth}")


def may_be(known: KnownRequest, request: Request) -> bool:
    """Whether a request with wildcards covers a fully known one, by its ACL and source."""
    given = {name.lower() for name in known.context}
    values_of = {name: request.context.get(name) for name in ("s3:x-amz-acl", "aws:sourceaccount", "aws:sourceorgid")}
    return all(values is None or bool(values) is (name in given) for name, values in values_of.items())


def allows(policy: Dict[str, Any]) -> Dict[str, Any]:
    return {**policy, "Statement": [item for item in policy["Statement"] if item["Effect"] == "Allow"]}


def compare_grant(granted: bool, policy: Dict[str, Any], tried: List[KnownRequest], tally: Tally) -> None:
    """A grant must allow every request that it covers; without the grant, one of them is refused or unknown."""
    held = [decide(allows(policy), SERVICE, known.action, known.resource, known.context) == "allow" for known in tried]
    assert all(held) or not granted, (policy, [known for known, holds in zip(tried, held) if not holds])
    tally.add("granted" if granted else "not granted")
    if not granted and all(held):
        tally.add("granted, but unknown")


FORMS = st.builds(
    GrantConditions,
    st.sampled_from(("string_equals", "string_equals_if_exists", "none")),
    st.sampled_from(("accounts", "organization", "anyone")),
)


def source_variants(conditions: GrantConditions, source: str) -> List[Dict[str, Any]]:
    """What the service may send about the source, for a grant with these conditions."""
    if conditions.sources == "organization":
        return [{"organization": source}]
    anyone = [{"with_source": False}] if conditions.sources == "anyone" else []
    return [{}, {"organization": ORGANIZATION}, *anyone]


def concrete_sources(conditions: GrantConditions, grant: Grant) -> List[str]:
    return [SHOP, BANK, OUTSIDER] if conditions.sources == "organization" or grant.source == "*" else [grant.source]


def concrete_regions(partition: str, grant: Grant) -> List[str]:
    return [PARTITIONS[partition], OTHER_REGION, "ap-southeast-2"] if grant.region == "*" else [grant.region]


def concrete_writes(partition: str, conditions: GrantConditions, grant: Grant) -> List[KnownRequest]:
    acls = (True,) if conditions.acl == "string_equals" else (True, False)
    sources, regions = concrete_sources(conditions, grant), concrete_regions(partition, grant)
    return [
        known
        for account, region, variant in itertools.product(sources, regions, source_variants(conditions, grant.source))
        for known in writes(partition, account, region, grant.folder, grant.layout, acls, **variant)
    ]


@st.composite
def bucket_grants(draw: Any, partition: str) -> Tuple[GrantConditions, Grant]:
    conditions = draw(FORMS)
    source = ORGANIZATION if conditions.sources == "organization" else SHOP
    region = draw(st.sampled_from(("*", PARTITIONS[partition])))
    return conditions, Grant(
        source, region, draw(st.sampled_from(("", "", "net"))), draw(st.sampled_from(("plain", "hive")))
    )


def thoroughly(examples: int) -> Any:
    """Settings for many cheap examples."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


BUCKET_DOCUMENTS, KEY_DOCUMENTS = 700, 700


def check_tally(tally: Tally, examples: int) -> None:
    """Check that the test compared enough of every kind, and that few answers were unknown."""
    assert tally.counts["documents"] >= examples
    assert 0.05 < tally.share("True") and 0.05 < tally.share("False")
    assert 0 < tally.share("None") < 0.1
    assert min(tally.counts[name] for name in ("allowed", "not allowed", "granted", "not granted")) > examples / 25
    assert min(tally.counts["symbolic True"], tally.counts["symbolic False"]) > examples / 25
    # Several statements may together allow the requests tried here.
    assert tally.counts["granted, but unknown"] < examples / 10


@pytest.mark.parametrize("partition", PARTITIONS)
def test_bucket_policies_agree_with_the_evaluator(partition: str) -> None:
    tally, requests = Tally(), bucket_requests(partition)
    bucket = parse_destination(f"arn:{partition}:s3:::{BUCKET}", partition, option="bucket")

    @thoroughly(BUCKET_DOCUMENTS)
    @given(documents(partition, bucket_words(partition)), bucket_grants(partition))
    def agree(policy: Dict[str, Any], conditional_grant: Tuple[GrantConditions, Grant]) -> None:
        tally.add("documents")
        for item in requests:
            compare_document(policy, item, tally)
        tried = concrete_writes(partition, *conditional_grant)
        compare_symbolic(policy, required_requests(bucket, *conditional_grant), tried, tally)
        compare_grant(bool(grant_positions(policy, bucket, *conditional_grant)), policy, tried, tally)

    agree()
    check_tally(tally, BUCKET_DOCUMENTS)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_key_policies_agree_with_the_evaluator(partition: str) -> None:
    tally, requests = Tally(), key_requests_in_full(partition)
    region = PARTITIONS[partition]

    @thoroughly(KEY_DOCUMENTS)
    @given(documents(partition, key_words(partition)), st.sampled_from(("accounts", "organization")), st.booleans())
    def agree(policy: Dict[str, Any], sources: str, everywhere: bool) -> None:
        tally.add("documents")
        for item in requests:
            compare_document(policy, item, tally)
        conditions = GrantConditions("", sources)
        grant = Grant(ORGANIZATION if sources == "organization" else SHOP, "*" if everywhere else region)
        tried = [
            use
            for account in concrete_sources(conditions, grant)
            for place in concrete_regions(partition, grant)
            for variant in source_variants(conditions, grant.source)
            for use in key_uses(partition, account, place, **variant)
        ]
        required = key_requests(key_arn(partition), conditions, grant)
        compare_symbolic(policy, required, tried, tally)
        compare_grant(bool(positions_for(policy, required)), policy, tried, tally)

    agree()
    check_tally(tally, KEY_DOCUMENTS)
