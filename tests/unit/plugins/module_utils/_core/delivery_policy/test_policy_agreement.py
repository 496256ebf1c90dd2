# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy grants is read as the simulator's evaluator reads it, which was written apart from the collection.

Thousands of policies that are right, or nearly so, in every partition. For each statement and each request that is
known in full: "yes" and "no" must be what the evaluator says, and "not known" needs a reason that is written down. For
a grant, which stands for many requests: "yes" must hold for every request tried, "no" for none.
"""

from __future__ import annotations

import collections
import itertools
import json
from dataclasses import dataclass
from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterator
from typing import List
from typing import Optional
from typing import Tuple

import pytest
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import GrantConditions
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import Grant
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import grant_positions
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import positions_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import requests_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import parse_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_statements import key_requests
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import Request
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import decide_statement
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import denied_by
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import granted_by
from tests.simulator.policy_evaluation import decide

PARTITIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
BUCKET = "example-logs"
SHOP, BANK, STRANGER = "111122223333", "444455556666", "999988887777"
ORGANIZATION = "o-a1b2c3d4e5"
SERVICE = "delivery.logs.amazonaws.com"
CONTROL = "bucket-owner-full-control"
OTHER_REGION = "us-east-1"
VPCE = "vpce-0123456789abcdef0"

Statement = Dict[str, Any]
Context = Dict[str, str]

# --- what stands in a policy ---


@dataclass(frozen=True)
class Words:
    """Values of the elements of statements; the first of each kind is the right one."""

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
        [BANK, STRANGER],
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

    made: Statement = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Allow", "Allow", "Deny")))}
    if seldom() and (made["Effect"] == "Deny" or seldom()):
        made["NotPrincipal"] = draw(st.sampled_from(NOT_PRINCIPALS))
    else:
        made["Principal"] = draw(st.sampled_from(PRINCIPALS))
    if seldom():
        made["NotAction"] = draw(st.sampled_from(words.not_actions))
    else:
        made["Action"] = draw(st.sampled_from(words.actions))
    resources = draw(resource_lists)
    made["NotResource" if seldom() else "Resource"] = resources[0] if len(resources) == 1 else resources
    case = draw(st.sampled_from((str, str, str.lower, str.upper)))
    condition = condition_of(draw(conditions), case)
    return {**made, "Condition": condition} if condition or seldom() else made


def documents(partition: str, words: Words) -> st.SearchStrategy[Dict[str, Any]]:
    conditions = st.lists(clauses(partition), max_size=3)
    resource_lists = st.lists(st.sampled_from(words.resources), min_size=1, max_size=3)
    return st.builds(
        lambda version, items: {**version, "Statement": items},
        st.sampled_from(({"Version": "2012-10-17"}, {"Version": "2012-10-17"}, {"Version": "2008-10-17"}, {})),
        st.lists(statements(conditions, resource_lists, words), min_size=1, max_size=3),
    )


# --- what is asked ---

#: Keys of which everything is known in a request that is known in full; nothing is known of the others.
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
class Asked:
    """A request that is known in full."""

    action: str
    resource: str
    context: Context

    def holds(self, statement: Statement, version: Any) -> bool:
        """Whether a statement, whatever its effect, speaks of it, as the evaluator has it."""
        policy = {"Version": version, "Statement": [{**statement, "Effect": "Allow"}]}
        return decide(policy, SERVICE, self.action, self.resource, self.context) == "allow"

    def request(self) -> Request:
        context = {name.lower(): (self.context[name],) if name in self.context else () for name in KNOWN}
        return Request(SERVICE, self.action, self.resource, context)


def contexts(partition: str, account: str, region: str, told: bool = True, organization: str = "") -> Context:
    source = {
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:{partition}:logs:{region}:{account}:delivery-source:x",
    }
    return {
        **OF_THE_SERVICE,
        **(source if told else {}),
        **({"aws:SourceOrgID": organization} if organization else {}),
    }


def object_arn(partition: str, account: str, region: str, folder: str, layout: str) -> str:
    top = f"arn:{partition}:s3:::{BUCKET}/{folder}{'/' if folder else ''}AWSLogs"
    if layout == "hive":
        return f"{top}/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/year=2026/x.log.gz"
    return f"{top}/{account}/vpcflowlogs/{region}/2026/11/23/x.log.gz"


def writes(
    partition: str, account: str, region: str, folder: str, layout: str, acls: Tuple[bool, ...], **told: Any
) -> Iterator[Asked]:
    context = contexts(partition, account, region, **told)
    for with_acl in acls:
        resource = object_arn(partition, account, region, folder, layout)
        yield Asked("s3:PutObject", resource, {**context, **({"s3:x-amz-acl": CONTROL} if with_acl else {})})


def bucket_requests(partition: str) -> List[Asked]:
    region = PARTITIONS[partition]
    found = [
        *writes(partition, SHOP, region, "", "plain", (True, False), organization=ORGANIZATION),
        *writes(partition, SHOP, OTHER_REGION, "", "hive", (True,)),
        *writes(partition, SHOP, region, "net", "plain", (True,), told=False),
        *writes(partition, BANK, region, "", "plain", (True,)),
    ]
    return [*found, Asked("s3:GetBucketAcl", f"arn:{partition}:s3:::{BUCKET}", contexts(partition, SHOP, region))]


KEY_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)


def key_uses(partition: str, account: str, region: str, **told: Any) -> List[Asked]:
    context = contexts(partition, account, region, **told)
    return [Asked(action, key_arn(partition), context) for action in KEY_ACTIONS]


def key_asked(partition: str) -> List[Asked]:
    region = PARTITIONS[partition]
    return [
        *key_uses(partition, SHOP, region, organization=ORGANIZATION),
        *key_uses(partition, SHOP, OTHER_REGION)[::3],
        *key_uses(partition, BANK, region, told=False)[::3],
    ]


# --- when "not known" is a fair answer ---

#: Nothing is known of these keys; these operators do not compare here, or mean nothing certain.
UNKNOWN_KEYS = ("aws:principaltag/team", "aws:sourceip")
UNKNOWN_OPERATORS = ("NotIpAddress", "stringEquals", "ForAnyValue:StringEqualsIfExists")


def is_short_arn(operator: str, value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return "Arn" in operator and any(str(text).count(":") < 5 for text in texts)


def reason_of_condition(operator: str, name: str, value: Any) -> str:
    if operator in UNKNOWN_OPERATORS or name.lower() in UNKNOWN_KEYS:
        return "not compared"
    return "an ARN that is none" if is_short_arn(operator, value) else ""


def reason_not_to_know(statement: Statement) -> str:
    """Why the meaning of a statement is not known for sure, ``""`` if it is: see policy_conditions.py."""
    if "NotPrincipal" in statement and statement["Effect"] == "Allow":
        return "NotPrincipal in an Allow"
    if "${" in json.dumps(statement):
        return "policy variable"
    conditions = statement.get("Condition", {}).items()
    reasons = (reason_of_condition(operator, *item) for operator, block in conditions for item in block.items())
    return next(filter(None, reasons), "")


# --- the agreement ---


class Tally:
    """Counts what was compared, so that a test knows that it was worth its name."""

    def __init__(self) -> None:
        self.counts: Dict[str, int] = collections.Counter()

    def add(self, *names: str) -> None:
        for name in names:
            self.counts[name] += 1

    def share(self, name: str) -> float:
        return self.counts[name] / self.counts["decisions"]


def compare_statement(statement: Statement, version: Any, asked: Asked, tally: Tally) -> Optional[bool]:
    truth, holds = decide_statement(statement, asked.request()), asked.holds(statement, version)
    tally.add("decisions", str(truth))
    if truth is None:
        assert reason_not_to_know(statement), (statement, asked)
        tally.add(reason_not_to_know(statement))
    else:
        assert truth is holds, (truth, statement, asked)
    return truth


def compare_document(policy: Dict[str, Any], asked: Asked, tally: Tally) -> None:
    """A document as a whole: which statements grant, which deny, which may deny."""
    truths = [compare_statement(item, policy.get("Version"), asked, tally) for item in policy["Statement"]]
    by_effect = {
        (effect, truth): tuple(
            position
            for position, item in enumerate(policy["Statement"])
            if item["Effect"] == effect and truths[position] is truth
        )
        for effect in ("Allow", "Deny")
        for truth in (True, None)
    }
    assert granted_by(policy, asked.request()) == by_effect["Allow", True]
    denials = denied_by(policy, asked.request())
    assert (denials.certain, denials.possible) == (by_effect["Deny", True], by_effect["Deny", None])
    if not by_effect["Allow", None] and not by_effect["Deny", None]:
        allowed = bool(by_effect["Allow", True]) and not by_effect["Deny", True]
        said = decide(policy, SERVICE, asked.action, asked.resource, asked.context) == "allow"
        assert allowed is said
        tally.add("allowed" if allowed else "not allowed")


def compare_symbolic(policy: Dict[str, Any], requests: List[Request], tried: List[Asked], tally: Tally) -> None:
    """What is said of all requests at once holds for each; what is said of none for none."""
    for statement, request in itertools.product(policy["Statement"], requests):
        truth = decide_statement(statement, request)
        if truth is not None and not reason_not_to_know(statement):
            assert all(
                asked.holds(statement, policy.get("Version")) is truth
                for asked in tried
                if asked.action == request.action and may_be(asked, request)
            ), (truth, statement, request)
            tally.add(f"symbolic {truth}")


def may_be(asked: Asked, request: Request) -> bool:
    """Whether a request known in full is one of those that a request stands for, by what it says of ACL and source."""
    given = {name.lower() for name in asked.context}
    told = {name: request.context.get(name) for name in ("s3:x-amz-acl", "aws:sourceaccount", "aws:sourceorgid")}
    return all(values is None or bool(values) is (name in given) for name, values in told.items())


def allows(policy: Dict[str, Any]) -> Dict[str, Any]:
    return {**policy, "Statement": [item for item in policy["Statement"] if item["Effect"] == "Allow"]}


def compare_grant(granted: bool, policy: Dict[str, Any], tried: List[Asked], tally: Tally) -> None:
    """A grant is every request that it stands for; where it is not given, one of them is refused or not known."""
    held = [decide(allows(policy), SERVICE, asked.action, asked.resource, asked.context) == "allow" for asked in tried]
    assert all(held) or not granted, (policy, [asked for asked, holds in zip(tried, held) if not holds])
    tally.add("granted" if granted else "not granted")
    if not granted and all(held):
        tally.add("granted, not seen")


FORMS = st.builds(
    GrantConditions,
    st.sampled_from(("string_equals", "string_equals_if_exists", "none")),
    st.sampled_from(("accounts", "organization", "anyone")),
)


def told_by(form: GrantConditions, source: str) -> List[Dict[str, Any]]:
    """What the service may say of the source, for a grant tied in this way."""
    if form.sources == "organization":
        return [{"organization": source}]
    anyone = [{"told": False}] if form.sources == "anyone" else []
    return [{}, {"organization": ORGANIZATION}, *anyone]


def concrete_sources(form: GrantConditions, grant: Grant) -> List[str]:
    return [SHOP, BANK, STRANGER] if form.sources == "organization" or grant.source == "*" else [grant.source]


def concrete_regions(partition: str, grant: Grant) -> List[str]:
    return [PARTITIONS[partition], OTHER_REGION, "ap-southeast-2"] if grant.region == "*" else [grant.region]


def concrete_writes(partition: str, form: GrantConditions, grant: Grant) -> List[Asked]:
    acls = (True,) if form.acl == "string_equals" else (True, False)
    sources, regions = concrete_sources(form, grant), concrete_regions(partition, grant)
    return [
        asked
        for account, region, told in itertools.product(sources, regions, told_by(form, grant.source))
        for asked in writes(partition, account, region, grant.folder, grant.layout, acls, **told)
    ]


@st.composite
def bucket_grants(draw: Any, partition: str) -> Tuple[GrantConditions, Grant]:
    form = draw(FORMS)
    source = ORGANIZATION if form.sources == "organization" else SHOP
    region = draw(st.sampled_from(("*", PARTITIONS[partition])))
    return form, Grant(source, region, draw(st.sampled_from(("", "", "net"))), draw(st.sampled_from(("plain", "hive"))))


def thoroughly(examples: int) -> Any:
    """Many examples, each cheap; a failure is shown as found, then made smaller."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


BUCKET_DOCUMENTS, KEY_DOCUMENTS = 700, 700


def check_tally(tally: Tally, examples: int) -> None:
    """Enough was compared, of every kind, and next to nothing was left open."""
    assert tally.counts["documents"] >= examples
    assert 0.05 < tally.share("True") and 0.05 < tally.share("False")
    assert 0 < tally.share("None") < 0.1
    assert min(tally.counts[name] for name in ("allowed", "not allowed", "granted", "not granted")) > examples / 25
    assert min(tally.counts["symbolic True"], tally.counts["symbolic False"]) > examples / 25
    # Several statements may each let some of the requests through that are tried here.
    assert tally.counts["granted, not seen"] < examples / 10


@pytest.mark.parametrize("partition", PARTITIONS)
def test_bucket_policies_are_read_as_the_evaluator_reads_them(partition: str) -> None:
    tally, asked = Tally(), bucket_requests(partition)
    bucket = parse_destination(f"arn:{partition}:s3:::{BUCKET}", partition, option="bucket")

    @thoroughly(BUCKET_DOCUMENTS)
    @given(documents(partition, bucket_words(partition)), bucket_grants(partition))
    def agree(policy: Dict[str, Any], formed: Tuple[GrantConditions, Grant]) -> None:
        tally.add("documents")
        for item in asked:
            compare_document(policy, item, tally)
        tried = concrete_writes(partition, *formed)
        compare_symbolic(policy, requests_of(bucket, *formed), tried, tally)
        compare_grant(bool(grant_positions(policy, bucket, *formed)), policy, tried, tally)

    agree()
    check_tally(tally, BUCKET_DOCUMENTS)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_key_policies_are_read_as_the_evaluator_reads_them(partition: str) -> None:
    tally, asked = Tally(), key_asked(partition)
    region = PARTITIONS[partition]

    @thoroughly(KEY_DOCUMENTS)
    @given(documents(partition, key_words(partition)), st.sampled_from(("accounts", "organization")), st.booleans())
    def agree(policy: Dict[str, Any], sources: str, everywhere: bool) -> None:
        tally.add("documents")
        for item in asked:
            compare_document(policy, item, tally)
        form = GrantConditions("", sources)
        grant = Grant(ORGANIZATION if sources == "organization" else SHOP, "*" if everywhere else region)
        tried = [
            use
            for account in concrete_sources(form, grant)
            for place in concrete_regions(partition, grant)
            for told in told_by(form, grant.source)
            for use in key_uses(partition, account, place, **told)
        ]
        requests = key_requests(key_arn(partition), form, grant)
        compare_symbolic(policy, requests, tried, tally)
        compare_grant(bool(positions_for(policy, requests)), policy, tried, tally)

    agree()
    check_tally(tally, KEY_DOCUMENTS)
