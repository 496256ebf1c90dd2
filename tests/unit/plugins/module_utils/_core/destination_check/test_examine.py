# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The destination check: which checks result from the facts, and whether the guide has each message."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.decision import Decision, decide_grant
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_statements import KEY_ACTIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.codes import (
    CHECK_DEFINITIONS,
    Check,
    OK,
    destination_summary,
    is_deliverable,
    new_check,
    width_warnings,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.examine import examine
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.facts import (
    DestinationFacts,
    Encryption,
    Unread,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.remedies import cli, module_call
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.request import (
    DestinationQuery,
    query_from_options,
    unmasked,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import Request, policy_size

from tests.unit.meta.project import read

ACCOUNT = "111122223333"
SERVICE = {"Service": "delivery.logs.amazonaws.com"}
KEY = Key(
    "arn:aws:kms:eu-west-1:111122223333:key/k", ACCOUNT, "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"
)
UNREAD = Unread("s3:Something", "AccessDenied", "Failed to read it: Access Denied")
#: Restricts a statement to the account to check.
FOR_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
GRANTED = {
    "Statement": [
        {
            "Sid": "W",
            "Effect": "Allow",
            "Principal": SERVICE,
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::logs/AWSLogs/{ACCOUNT}/*",
            "Condition": FOR_ACCOUNT,
        },
        {
            "Sid": "C",
            "Effect": "Allow",
            "Principal": SERVICE,
            "Action": "s3:GetBucketAcl",
            "Resource": "arn:aws:s3:::logs",
            "Condition": FOR_ACCOUNT,
        },
    ]
}
KEY_GRANTED = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": SERVICE,
            "Action": list(KEY_ACTIONS),
            "Resource": "*",
            "Condition": FOR_ACCOUNT,
        }
    ]
}
HEALTHY = DestinationFacts(True, "eu-west-1", ACCOUNT, policy=GRANTED)
ENCRYPTED = replace(HEALTHY, encryption=Encryption("aws:kms", KEY.arn), key=KEY, key_policy=KEY_GRANTED)


def query(**options: Any) -> DestinationQuery:
    return query_from_options({"destination": "logs", "account_ids": [ACCOUNT], **options}, "aws")


def codes(facts: DestinationFacts, **options: Any) -> list[str]:
    """The codes of all checks that are not ok."""
    return [check.code for check in examine(query(**options), facts).checks if check.status != OK]


@pytest.mark.parametrize("facts", [HEALTHY, ENCRYPTED])
def test_healthy_destination_has_no_problem(facts: DestinationFacts) -> None:
    assert codes(facts) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"exists": False}, "BucketMissing"),
        ({"exists": UNREAD}, "BucketUnreadable"),
        ({"owner": None}, "OwnerUnknown"),
        ({"owner": None, "not_owner": "444455556666"}, "OwnerUnknown"),
        ({"policy": UNREAD}, "PolicyUnreadable"),
        ({"policy": None}, "NotGranted"),
        ({"encryption": UNREAD}, "EncryptionUnreadable"),
        ({"encryption": Encryption("aws:kms")}, "EncryptionKeyOfAws"),
        ({"encryption": Encryption("aws:kms", "alias/aws/s3")}, "EncryptionKeyOfAws"),
        ({"encryption": Encryption("aws:kms", "arn:aws:kms:r:1:alias/aws/s3")}, "EncryptionKeyOfAws"),
        ({"encryption": Encryption("aws:kms", "k")}, "EncryptionKeyNotByArn"),
        ({"encryption": Encryption("aws:kms", "alias/k")}, "EncryptionKeyNotByArn"),
        ({"encryption": Encryption("aws:kms:dsse", KEY.arn)}, "EncryptionDualLayer"),
        ({"encryption": Encryption("aws:kms", KEY.arn, True)}, "BucketKeyEnabled"),
        ({"key": UNREAD}, "KeyUnreadable"),
        ({"key": replace(UNREAD, code="NotFoundException")}, "KeyMissing"),
        ({"key": replace(KEY, state="PendingDeletion")}, "KeyNotUsable"),
        ({"key": replace(KEY, spec="HMAC_256", usage="GENERATE_VERIFY_MAC")}, "KeyUnsuitable"),
        ({"key": replace(KEY, manager="AWS")}, "EncryptionKeyOfAws"),
        ({"region": "us-east-1"}, "KeyInOtherRegion"),
        ({"key_policy": UNREAD}, "KeyPolicyUnreadable"),
        ({"key_policy": {"Statement": []}}, "KeyNotGranted"),
        ({"ownership": UNREAD}, "OwnershipUnreadable"),
        ({"requester_pays": True}, "RequesterPays"),
        ({"requester_pays": UNREAD}, "RequesterPaysUnreadable"),
        ({"public_access_blocked": False}, "PublicAccessPossible"),
        ({"public_access_blocked": UNREAD}, "PublicAccessUnreadable"),
    ],
)
def test_each_fault_is_reported_alone(change: dict[str, Any], code: str) -> None:
    assert codes(replace(ENCRYPTED, **change)) == [code]


def test_unknown_bucket_region_is_no_problem_for_the_key() -> None:
    assert codes(replace(ENCRYPTED, region=None)) == []


@pytest.mark.parametrize("ownership", [None, "BucketOwnerPreferred", "ObjectWriter"])
def test_acl_condition_is_a_problem_only_if_acls_are_disabled(ownership: str | None) -> None:
    writes, checks = GRANTED["Statement"]
    condition = {"StringEquals": {**FOR_ACCOUNT["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}}
    policy = {"Statement": [{**writes, "Condition": condition}, checks]}
    assert codes(replace(HEALTHY, policy=policy)) == ["AclConditionWithoutAcls"]
    assert codes(replace(HEALTHY, policy=policy, ownership=ownership)) == []


def test_owner_is_unexpected_only_if_s3_refuses_it() -> None:
    other = "444455556666"
    assert codes(replace(HEALTHY, owner=None, not_owner=other), expected_bucket_owner=other) == ["OwnerUnexpected"]
    assert codes(replace(HEALTHY, owner=None), expected_bucket_owner=other) == ["OwnerUnknown"]


def test_missing_bucket_is_the_only_check() -> None:
    assert len(examine(query(), replace(HEALTHY, exists=False)).checks) == 1


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([], True),
        ([("problem", "warning"), ("unknown", "warning")], True),
        ([("unknown", "error"), ("problem", "warning")], "unknown"),
        ([("unknown", "error"), ("problem", "error")], False),
        ([("problem", "error")], False),
    ],
)
def test_verdict(statuses: list[tuple[str, str]], verdict: Any) -> None:
    checks = [Check("bucket", "X", status, severity, "message") for status, severity in statuses]
    found = is_deliverable(checks)
    assert (found, type(found)) == (verdict, type(verdict))


def test_summary_starts_with_certain_problems_and_counts_the_rest() -> None:
    names = {"bucket": "b", "key": "k", "source": "s", "place": "p"}
    checks = [
        new_check(code, names) for code in ("PolicyUnreadable", "Granted", "RequesterPays", "KeyMissing", "KeyDenied")
    ]
    text = destination_summary("arn:aws:s3:::logs", checks)
    assert text.startswith("Log delivery cannot write to arn:aws:s3:::logs. The bucket b is a Requester Pays bucket.")
    assert "PolicyUnreadable" not in text
    assert text.endswith("And 1 more, see 'problems'.")


def test_summary_of_an_unknown_verdict() -> None:
    text = destination_summary("arn:aws:s3:::logs", [new_check("PolicyUnreadable", {"bucket": "b"})])
    assert "may not be able to write" in text


def request(resource: str, **context: Any) -> Request:
    return Request("delivery.logs.amazonaws.com", "s3:PutObject", resource, context)


@pytest.mark.parametrize(
    ("resource", "requested", "code"),
    [
        ("arn:aws:s3:::logs/AWSLogs/*", "arn:aws:s3:::logs/AWSLogs/111122223333/vpcflowlogs/*/*", "Granted"),
        # One Region of all.
        (
            "arn:aws:s3:::logs/AWSLogs/*/vpcflowlogs/eu-west-1/*",
            "arn:aws:s3:::logs/AWSLogs/111122223333/vpcflowlogs/*/*",
            "NotGranted",
        ),
        ("arn:aws:s3:::logs/A/aws-region=eu-west-1/*", "arn:aws:s3:::logs/A/aws-region=*/*", "NotGranted"),
        # One account of all.
        ("arn:aws:s3:::logs/AWSLogs/111122223333/*", "arn:aws:s3:::logs/AWSLogs/????????????/*", "NotGranted"),
        # Some objects of one region.
        (
            "arn:aws:s3:::logs/AWSLogs/1/vpcflowlogs/r/2020/*",
            "arn:aws:s3:::logs/AWSLogs/1/vpcflowlogs/r/*",
            "NotGranted",
        ),
    ],
)
def test_grant_for_a_part_is_not_granted(resource: str, requested: str, code: str) -> None:
    policy = {"Statement": [{**GRANTED["Statement"][0], "Resource": resource, "Condition": {}}]}
    assert decide_grant(policy, [request(requested)]).code == code


def test_worst_of_several_requests_decides() -> None:
    wide = [{**part, "Resource": "*", "Condition": {}} for part in GRANTED["Statement"]]
    policy = {"Statement": [*wide, {**wide[1], "Effect": "Deny"}]}
    requests = [request("arn:aws:s3:::logs/x"), replace(request("arn:aws:s3:::logs"), action="s3:GetBucketAcl")]
    assert decide_grant(policy, requests) == Decision("Denied", (2,), ("s3:GetBucketAcl",))


def test_remedies_can_be_pasted() -> None:
    assert module_call("a.b.c", {"x": "1", "none": None, "empty": [], "list": ["y"]}) == (
        '- a.b.c:\n    x: "1"\n    list: ["y"]'
    )
    assert cli("s3api put", "--x", "a b", '{"c": 1}') == "aws s3api put --x 'a b' '{\"c\": 1}'"


@pytest.mark.parametrize("code", [code for code, definition in CHECK_DEFINITIONS.items() if definition.status != OK])
def test_guide_has_every_message(code: str) -> None:
    definition = CHECK_DEFINITIONS[code]
    guide = " ".join(read("docs/docsite/rst/guide_destination.rst").split())
    message = re.sub(r"\{(\w+)\}", lambda found: found.group(1).upper(), definition.message)
    assert f"``{code}`` *{message}* ({definition.status}, {definition.severity})" in guide


def check(facts: DestinationFacts, code: str, **options: Any) -> Check:
    """The only check with this code."""
    (found,) = [item for item in examine(query(**options), facts).checks if item.code == code]
    return found


def denying(condition: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A policy that grants everything and has a Deny statement with these changes."""
    denial = {"Sid": "D", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", **changes}
    return {"Statement": [*GRANTED["Statement"], {**denial, **({"Condition": condition} if condition else {})}]}


OTHER_TEAMS = {"StringNotEquals": {"aws:PrincipalTag/team": "network"}}


@pytest.mark.parametrize(
    ("policy", "code", "evidence"),
    [
        (denying(), "Denied", "Statement D denies s3:PutObject, s3:GetBucketAcl, which overrides every grant."),
        (denying(OTHER_TEAMS), "PerhapsDenied", "Statement D may deny s3:PutObject, s3:GetBucketAcl: that depends on "),
        (
            {"Statement": [{**part, "Condition": OTHER_TEAMS} for part in GRANTED["Statement"]]},
            "PerhapsGranted",
            "Statement W, C may grant s3:PutObject, s3:GetBucketAcl: that depends on unknown values",
        ),
    ],
)
def test_evidence_names_the_statements_that_decide(policy: dict[str, Any], code: str, evidence: str) -> None:
    assert check(replace(HEALTHY, policy=policy), code).evidence.startswith(evidence)


EXEMPT_SERVICES = '"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}'
EXEMPT_DELIVERY = '"StringNotEqualsIfExists": {"aws:PrincipalServiceName": "delivery.logs.amazonaws.com"}'
#: AWS's data perimeter: services may write for accounts of the organization only.
DATA_PERIMETER = {
    "Bool": {"aws:PrincipalIsAWSService": "true"},
    "Null": {"aws:SourceAccount": "false"},
    "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-aaaaaaaaaa"},
}


@pytest.mark.parametrize(
    ("condition", "remedy"),
    [
        (None, EXEMPT_DELIVERY),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, EXEMPT_SERVICES),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"}}, EXEMPT_SERVICES),
        (OTHER_TEAMS, EXEMPT_SERVICES),
        (
            {"StringNotEquals": {"aws:SourceAccount": "444455556666"}},
            "Add the source to the values of aws:SourceAccount in statement D.",
        ),
        (
            {"ArnNotLike": {"AWS:SourceArn": "arn:aws:logs:*:444455556666:*"}},
            "Add the source to the values of AWS:SourceArn in statement D.",
        ),
        # An exemption of AWS services would switch these off.
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, EXEMPT_DELIVERY),
        ({"StringLike": {"aws:PrincipalServiceName": "*.amazonaws.com"}}, EXEMPT_DELIVERY),
        # Not about principals or networks, so it still applies to other services.
        ({"NumericLessThan": {"s3:TlsVersion": "1.3"}}, EXEMPT_DELIVERY),
        ({"Null": {"s3:x-amz-server-side-encryption": "true"}}, EXEMPT_DELIVERY),
        (DATA_PERIMETER, "Set organization_id (in an inventory, flow_log_organization_id) to the organization of the"),
    ],
)
def test_remedy_fits_the_condition_of_the_deny_statement(condition: Any, remedy: str) -> None:
    (found,) = [
        item for item in examine(query(), replace(HEALTHY, policy=denying(condition))).checks if item.affects_verdict
    ]
    assert remedy in found.remedy
    key_policy = {"Statement": [*KEY_GRANTED["Statement"], denying(condition)["Statement"][-1]]}
    (found,) = [
        item for item in examine(query(), replace(ENCRYPTED, key_policy=key_policy)).checks if item.affects_verdict
    ]
    assert remedy in found.remedy


def test_remedy_never_exempts_services_from_a_statement_about_a_service() -> None:
    policy = denying(Principal={"Service": ["delivery.logs.amazonaws.com", "logging.s3.amazonaws.com"]})
    assert EXEMPT_DELIVERY in check(replace(HEALTHY, policy=policy), "Denied").remedy


def test_remedy_for_several_statements_names_each() -> None:
    endpoint = denying({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, Sid="E")["Statement"][-1]
    policy = denying()
    policy["Statement"] += [endpoint, {**endpoint, "Sid": "F"}]
    lines = check(replace(HEALTHY, policy=policy), "Denied").remedy.splitlines()
    assert lines == [
        f"Add to the Condition of statement D: {EXEMPT_DELIVERY}",
        f"Add to the Condition of statement E, F: {EXEMPT_SERVICES}",
    ]


def test_data_perimeter_is_evaluated_with_organization_id() -> None:
    facts = replace(HEALTHY, policy=denying(DATA_PERIMETER))
    assert codes(facts) == ["PerhapsDenied"]
    assert codes(facts, organization_id="o-aaaaaaaaaa") == []
    assert codes(facts, organization_id="o-bbbbbbbbbb") == ["Denied"]
    remedy = check(facts, "Denied", organization_id="o-bbbbbbbbbb").remedy
    assert remedy == "Add the source to the values of aws:SourceOrgID, aws:SourceAccount in statement D."


def test_remedy_for_a_grant_to_an_organization_is_organization_id() -> None:
    condition = {"StringEquals": {"aws:SourceOrgID": "o-aaaaaaaaaa"}}
    policy = {"Statement": [{**part, "Condition": condition} for part in GRANTED["Statement"]]}
    assert "flow_log_organization_id" in check(replace(HEALTHY, policy=policy), "PerhapsGranted").remedy
    key_policy = {"Statement": [{**KEY_GRANTED["Statement"][0], "Condition": condition}]}
    assert "flow_log_organization_id" in check(replace(ENCRYPTED, key_policy=key_policy), "KeyPerhapsGranted").remedy


def test_policy_module_points_to_the_destination_check_for_organization_id() -> None:
    wanted = wanted_from_options({"bucket": "logs", "account_ids": [ACCOUNT]}, "aws")
    (text,) = plan_bucket_policy(denying(DATA_PERIMETER), wanted).warnings
    assert "run flow_log_destination_info with organization_id (in an inventory, flow_log_organization_id)" in text
    assert "aws:PrincipalIsAWSService" not in text


def test_invalid_condition_has_a_remedy() -> None:
    assert EXEMPT_DELIVERY in check(replace(HEALTHY, policy=denying(["x"])), "PerhapsDenied").remedy  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "actions",
    [
        ["kms:GenerateDataKey*", "kms:Decrypt"],
        # S3 needs only this to write an object. AWS lists more actions without their effect.
        "kms:GenerateDataKey*",
        ["kms:GenerateDataKey", "kms:DescribeKey"],
    ],
)
def test_key_policy_that_grants_a_part_is_partly_granted(actions: Any) -> None:
    part = {**KEY_GRANTED["Statement"][0], "Action": actions}
    facts = replace(ENCRYPTED, key_policy={"Statement": [part]})
    assert codes(facts) == ["KeyPartlyGranted"]
    assert is_deliverable(examine(query(), facts).checks) == "unknown"
    assert "No statement grants kms:Encrypt" in check(facts, "KeyPartlyGranted").evidence


@pytest.mark.parametrize(
    ("denial", "code"),
    [
        ({"Action": "kms:Decrypt"}, "KeyPartlyGranted"),
        ({"Action": "kms:GenerateDataKey"}, "KeyDenied"),
        (
            {"Action": "kms:GenerateDataKey*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
            "KeyPerhapsDenied",
        ),
    ],
)
def test_only_a_deny_of_generate_data_key_certainly_blocks_delivery(denial: dict[str, Any], code: str) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Resource": "*", **denial}
    policy = {"Statement": [*KEY_GRANTED["Statement"], statement]}
    assert codes(replace(ENCRYPTED, key_policy=policy)) == [code]
    # Another denied action does not change the result.
    another = {"Effect": "Deny", "Principal": "*", "Resource": "*", "Action": "kms:Encrypt"}
    assert codes(replace(ENCRYPTED, key_policy={"Statement": [*policy["Statement"], another]})) == [code]


@pytest.mark.parametrize("actions", [["kms:Decrypt", "kms:DescribeKey"], "kms:ReEncrypt*"])
def test_key_policy_without_generate_data_key_blocks_delivery(actions: Any) -> None:
    part = {**KEY_GRANTED["Statement"][0], "Action": actions}
    assert codes(replace(ENCRYPTED, key_policy={"Statement": [part]})) == ["KeyNotGranted"]


# -- what is known of the requests --------------------------------------------------------------------------------

NULL_SSE_C = {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        # AWS's recommendation against SSE-C.
        (NULL_SSE_C, []),
        ({"StringEquals": {"s3:x-amz-server-side-encryption-customer-algorithm": "AES256"}}, []),
        ({"StringLike": {"s3:x-amz-grant-read": "*"}}, []),
        ({"Null": {"s3:x-amz-grant-full-control": "false"}}, []),
        ({"StringNotEqualsIfExists": {"s3:x-amz-grant-read": "id=1"}}, ["Denied"]),
        ({"StringEquals": {"s3:x-amz-metadata-directive": "REPLACE"}}, []),
        ({"Null": {"s3:x-amz-copy-source": "false"}}, []),
        ({"Null": {"s3:x-amz-website-redirect-location": "false"}}, []),
        ({"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}}, []),
        ({"StringEquals": {"s3:RequestObjectTag/team": "red"}}, []),
        ({"Null": {"s3:RequestObjectTag/team": "true"}}, ["Denied"]),
        ({"StringNotEquals": {"aws:SourceVpcArn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"}}, ["Denied"]),
        ({"Null": {"aws:CalledVia": "false"}}, []),
        ({"StringLike": {"s3:DataAccessPointArn": "*"}}, []),
        ({"StringNotLike": {"s3:DataAccessPointArn": "*"}}, ["Denied"]),
        ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, []),
        ({"NumericLessThan": {"s3:TlsVersion": 1.3}}, ["PerhapsDenied"]),
        ({"NumericEquals": {"s3:TlsVersion": "1.3"}}, ["PerhapsDenied"]),
        ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, ["Denied"]),
        ({"Null": {"s3:TlsVersion": "true"}}, []),
        # AWS does not document these for a write.
        ({"StringEquals": {"s3:x-amz-storage-class": "GLACIER"}}, ["PerhapsDenied"]),
        ({"Null": {"s3:x-amz-server-side-encryption": "true"}}, ["PerhapsDenied"]),
        ({"Null": {"s3:if-none-match": "true"}}, ["PerhapsDenied"]),
    ],
)
def test_deny_is_evaluated_with_the_condition_keys_of_log_delivery(condition: Any, found: list[str]) -> None:
    policy = denying(condition, Action="s3:PutObject", Resource="arn:aws:s3:::logs/*")
    assert codes(replace(HEALTHY, policy=policy)) == found


@pytest.mark.parametrize("key", ["s3:x-amz-server-side-encryption", "s3:x-amz-storage-class", "s3:x-amz-acl"])
def test_acl_check_has_no_condition_keys_of_a_write(key: str) -> None:
    facts = replace(HEALTHY, policy=denying({"Null": {key: "false"}}, Action="s3:Get*", Resource="*"))
    assert codes(facts) == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"Bool": {"kms:GrantIsForAWSResource": "false"}}, []),
        ({"Null": {"kms:GrantOperations": "true"}}, ["KeyDenied"]),
        ({"StringEquals": {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"}}, ["KeyPerhapsDenied"]),
        ({"NumericLessThan": {"s3:TlsVersion": "1.3"}}, ["KeyPerhapsDenied"]),
    ],
)
def test_deny_in_a_key_policy_is_evaluated_alike(condition: Any, found: list[str]) -> None:
    denial = denying(condition)["Statement"][-1]
    assert codes(replace(ENCRYPTED, key_policy={"Statement": [*KEY_GRANTED["Statement"], denial]})) == found


def test_allow_from_tls_1_3_possibly_grants() -> None:
    condition = {"NumericGreaterThanEquals": {"s3:TlsVersion": "1.3"}}
    policy = {"Statement": [{**part, "Condition": condition} for part in GRANTED["Statement"]]}
    assert codes(replace(HEALTHY, policy=policy)) == ["PerhapsGranted"]


def test_policy_of_an_unreadable_key_without_arn_is_not_checked() -> None:
    facts = replace(ENCRYPTED, encryption=Encryption("aws:kms", "alias/k"), key=UNREAD, key_policy=None)
    assert codes(facts) == ["EncryptionKeyNotByArn", "KeyUnreadable"]


def test_negations_and_deleted_principals_are_reported() -> None:
    negation = {"Sid": "N", "Effect": "Allow", "Principal": SERVICE, "NotAction": "s3:*", "Resource": "*"}
    gone = {"Sid": "G", "Effect": "Allow", "Principal": {"AWS": "AIDAEXAMPLEEXAMPLE123"}, "Action": "s3:*"}
    policy = {"Statement": [*GRANTED["Statement"], negation, {**gone, "Resource": "arn:aws:s3:::logs"}]}
    assert "Statement N." in check(replace(HEALTHY, policy=policy), "PolicyHasNegations").evidence
    assert "AIDAEXAMPLEEXAMPLE123 in statement G." in check(replace(HEALTHY, policy=policy), "PrincipalGone").evidence


@pytest.mark.parametrize(("size", "code"), [(18432, "PolicyHasRoom"), (18433, "PolicyNearLimit")])
def test_policy_above_90_percent_is_near_the_limit(size: int, code: str) -> None:
    def padded(text: str) -> dict[str, Any]:
        return {"Statement": [*GRANTED["Statement"], {**denying()["Statement"][-1], "Sid": text}]}

    facts = replace(HEALTHY, policy=padded("x" * (size - policy_size(padded("")))))
    assert examine(query(), facts).size == size
    found = check(facts, code)
    assert found.evidence == f"It has {size} of 20480 bytes."
    assert found.remedy.startswith("Give organization_id instead") is (code == "PolicyNearLimit")


def test_unknown_owner_has_the_error_of_head_bucket() -> None:
    facts = replace(HEALTHY, owner=None, head=UNREAD)
    assert check(facts, "OwnerUnknown").evidence.startswith("Failed to read it: Access Denied (AccessDenied).")


def test_grants_to_an_organization_count_for_its_accounts() -> None:
    condition = {"StringEquals": {"aws:SourceOrgID": "o-aaaaaaaaaa"}}
    writes, checks = ({**part, "Condition": condition} for part in GRANTED["Statement"])
    policy = {"Statement": [{**writes, "Resource": "arn:aws:s3:::logs/AWSLogs/*"}, checks]}
    facts = replace(HEALTHY, policy=policy)
    assert codes(facts, organization_id="o-aaaaaaaaaa") == []
    assert codes(facts, organization_id="o-bbbbbbbbbb") == ["NotGranted"]
    assert codes(facts, organization_id="o-aaaaaaaaaa", account_ids=None) == []


def test_summary_of_a_healthy_destination() -> None:
    text = destination_summary("arn:aws:s3:::logs", examine(query(), HEALTHY).checks)
    assert text == "Log delivery can write to arn:aws:s3:::logs, according to its settings."


def test_check_is_returned_as_plain_data() -> None:
    shown = check(replace(HEALTHY, policy=None), "NotGranted").to_dict()
    assert (shown["account_id"], shown["status"], shown["folder"]) == (ACCOUNT, "problem", "")


@pytest.mark.parametrize("option", ["bucket_policy", "key_policy"])
def test_invalid_policy_is_refused(option: str) -> None:
    with pytest.raises(InputError, match=f"{option}.*a policy document"):
        query(**{option: {"Statement": ["x"]}})


# -- policies that grant more than log delivery needs ------------------------------------------------------------

WRITES, CHECKS = GRANTED["Statement"]
ANYWHERE = "it allows writes outside the folders of flow logs"


def folder(path: str) -> str:
    return f"arn:aws:s3:::logs/{path}"


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"Action": "s3:*"}, "it allows other actions"),
        ({"Action": ["s3:PutObject", "s3:PutObjectAcl"]}, "it allows other actions"),
        ({"Action": "s3:Put*"}, "it allows other actions"),
        ({"Resource": folder("*")}, ANYWHERE),
        ({"Resource": folder("net/*")}, ANYWHERE),
        ({"Resource": folder("net/AWSLogs/*")}, ANYWHERE),
        ({"Resource": folder("*/AWSLogs/111122223333/*")}, ANYWHERE),
        ({"Condition": {}}, "it allows any account"),
        ({"Condition": {"StringLike": {"aws:SourceArn": "arn:aws:logs:*"}}}, "it allows any account"),
        ({"Principal": "*"}, "it allows everyone"),
        (
            {"Action": "*", "Resource": "*", "Condition": {}, "Principal": {"AWS": "*"}},
            f"it allows everyone, it allows other actions, it allows any account, {ANYWHERE}",
        ),
    ],
)
def test_statement_that_grants_too_much_is_a_warning_with_a_narrower_statement(change: Any, reasons: str) -> None:
    wide = {**WRITES, "Resource": folder(f"net/AWSLogs/{ACCOUNT}/*"), **change}
    facts = replace(HEALTHY, policy={"Statement": [wide, CHECKS]}, ownership=None)
    found = check(facts, "GrantsTooMuch", destination="logs/net")
    assert found.evidence == f"Statement W: {reasons}."
    assert (found.status, found.severity) == ("problem", "warning")
    assert is_deliverable(examine(query(destination="logs/net"), facts).checks) is True
    # The narrower statements grant the same, and no more.
    narrow = json.loads(found.remedy.partition(": ")[2])
    assert codes(replace(facts, policy={"Statement": narrow}), destination="logs/net") == []


@pytest.mark.parametrize(
    "statement",
    [
        WRITES,
        {**WRITES, "Resource": [folder(f"{place}AWSLogs/{ACCOUNT}/*") for place in ("", "net/", "other/team/")]},
        {**WRITES, "Resource": [folder(f"AWSLogs/{who}/*") for who in (ACCOUNT, "444455556666")]},
        {**WRITES, "Resource": folder(f"AWSLogs/*{ACCOUNT}/*")},
        {**WRITES, "Condition": {**FOR_ACCOUNT, "Bool": {"aws:SecureTransport": "true"}}},
        {**WRITES, "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:*:{ACCOUNT}:*"}}},
        {**WRITES, "Principal": {"Service": ["delivery.logs.amazonaws.com", "cloudtrail.amazonaws.com"]}},
    ],
)
def test_narrow_statement_is_no_warning(statement: Any) -> None:
    assert codes(replace(HEALTHY, policy={"Statement": [statement, CHECKS]}, ownership=None)) == []


def test_own_statements_are_no_warning() -> None:
    for options in ({}, {"organization_id": "o-aaaaaaaaaa"}, {"layouts": ["plain", "hive"], "prefixes": ["", "a"]}):
        given = {"bucket": "logs", **({} if options.get("organization_id") else {"account_ids": [ACCOUNT]}), **options}
        after = plan_bucket_policy(None, wanted_from_options(given, "aws")).after
        assert codes(replace(HEALTHY, policy=after, ownership=None), **options) == []


def test_acl_check_for_any_account_grants_too_much() -> None:
    policy = {"Statement": [WRITES, {**CHECKS, "Condition": {}}]}
    assert check(replace(HEALTHY, policy=policy), "GrantsTooMuch").evidence == "Statement C: it allows any account."
    with_list = {"Statement": [WRITES, {**CHECKS, "Action": ["s3:GetBucketAcl", "s3:ListBucket"]}]}
    assert codes(replace(HEALTHY, policy=with_list)) == []


def test_statement_for_other_services_is_no_warning() -> None:
    other = {**WRITES, "Sid": "O", "Action": "s3:*", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    assert codes(replace(HEALTHY, policy={"Statement": [*GRANTED["Statement"], other]})) == []


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"Action": "kms:*"}, "it allows other actions"),
        ({"Condition": {}}, "it allows any account"),
        ({"Principal": {"AWS": "*"}}, "it allows everyone"),
    ],
)
def test_key_policy_that_grants_too_much_is_a_warning_with_a_narrower_statement(change: Any, reasons: str) -> None:
    facts = replace(ENCRYPTED, key_policy={"Statement": [{**KEY_GRANTED["Statement"][0], **change}]})
    found = check(facts, "KeyGrantsTooMuch")
    assert found.evidence == f"Statement #1: {reasons}."
    narrow = json.loads(found.remedy.partition(": ")[2])
    assert codes(replace(facts, key_policy={"Statement": narrow})) == []


def test_width_warnings() -> None:
    policy = {"Statement": [{**WRITES, "Action": "s3:*"}, CHECKS]}
    key_policy = {"Statement": [{**KEY_GRANTED["Statement"][0], "Action": "kms:*"}]}
    checks = examine(query(), replace(ENCRYPTED, policy=policy, key_policy=key_policy)).checks
    assert width_warnings(checks) == [
        "The policy of the bucket logs grants more than log delivery needs. Statement W: it allows other actions.",
        f"The policy of the key {KEY.arn} grants more than log delivery needs. Statement #1: it allows other actions.",
    ]
    assert width_warnings(examine(query(), ENCRYPTED).checks) == []


# -- planned policies, masked policies -------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"account_ids": None},
        {"organization_id": "o-aaaaaaaaaa"},
        {"acl_condition": "none"},
        {"source_conditions": False},
        {"prefixes": ["a", "b"], "layouts": ["plain", "hive"], "regions": ["eu-west-1"]},
    ],
)
def test_planned_policy_equals_the_plan_of_flow_log_bucket_policy(options: dict[str, Any]) -> None:
    planned_query = query(planned_bucket_policy=True, **options).with_caller_account(ACCOUNT)
    given = {"bucket": "logs", "layouts": ["plain"], "account_ids": [ACCOUNT], **options}
    given["account_ids"] = None if options.get("organization_id") else [ACCOUNT]
    for policy in (None, {"Statement": [denying(OTHER_TEAMS)["Statement"][-1]]}):
        assert (
            planned_query.planned_policy(policy) == plan_bucket_policy(policy, wanted_from_options(given, "aws")).after
        )
    assert query(**options).with_caller_account(ACCOUNT).planned_policy(None) is None


@pytest.mark.parametrize("organization", [None, "o-aaaaaaaaaa"])
def test_planned_policy_has_the_grants_to_check(organization: str | None) -> None:
    place = {"regions": ["eu-west-1"], "prefix": "a", "layouts": ["hive"]}
    of_account = {**place, "account_id": ACCOUNT}
    options = {"planned_bucket_policy": True, "organization_id": organization}
    planned_query = query(account_ids=None, grants=[of_account], **options).with_caller_account("444455556666")
    given = {"bucket": "logs", "organization_id": organization, "grants": [place if organization else of_account]}
    planned = plan_bucket_policy(None, wanted_from_options(given, "aws")).after
    assert planned_query.planned_policy(None) == planned
    assert (
        codes(
            replace(HEALTHY, policy=planned, ownership=None),
            account_ids=None,
            grants=[of_account],
            organization_id=organization,
        )
        == []
    )


def test_refused_plan_keeps_the_policy() -> None:
    gone = {"Effect": "Allow", "Principal": {"AWS": "AIDAEXAMPLEEXAMPLE123"}, "Action": "s3:*", "Resource": "*"}
    policy = {"Statement": [gone]}
    assert query(planned_bucket_policy=True).planned_policy(policy) == policy


@pytest.mark.parametrize("option", ["bucket_policy", "key_policy"])
def test_masked_policy_is_unreadable_with_the_reason(option: str) -> None:
    masked = json.loads(json.dumps(GRANTED).replace("logs", "********-logs"))
    unread = unmasked(masked, option)
    assert isinstance(unread, Unread)
    facts = replace(ENCRYPTED, **{"policy" if option == "bucket_policy" else "key_policy": unread})
    found = check(facts, "PolicyUnreadable" if option == "bucket_policy" else "KeyPolicyUnreadable")
    assert f"The policy in {option} has ********, with which Ansible masks secrets" in found.evidence
    assert "The call needs" not in found.evidence
    assert f"Remove {option}" in found.remedy
    assert is_deliverable([found]) == "unknown"
    assert unmasked(GRANTED, option) is GRANTED
