# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The destination check: from what was read of a destination to everything that stands in the way. PRIVATE to this collection.

Sources of the rules: Amazon VPC User Guide, "Amazon S3 bucket permissions for flow logs"; Amazon CloudWatch Logs User
Guide, "Logs sent to Amazon S3"; Amazon S3 User Guide, "Requester Pays buckets", "Controlling ownership of objects" and
"Using server-side encryption with AWS KMS keys".
"""

from __future__ import annotations

from dataclasses import dataclass

from ..delivery_policy.bucket_plan import MAX_BYTES
from ..delivery_policy.grant_options import options_of
from ..delivery_policy.grants import ACL_IF_EXISTS
from ..errors import name_options
from ..iam_policy.document import size_of
from ..option_hints import UNKNOWN_OWNER, WRONG_OWNER
from .bucket_policy import acl_statements, policy_checks
from .codes import Check, check_of, unread_check
from .facts import DestinationFacts, OWNER_ENFORCED, Unread
from .kms_key import key_checks
from .remedies import cli, module_call
from .request import Question

_WARN_BYTES = MAX_BYTES * 9 // 10


@dataclass(frozen=True)
class Diagnosis:
    """What the destination check found.

    :param checks: everything that was looked at, in the order in which it is to be read.
    :param size: bytes of the bucket policy, None if it was not read.
    """

    checks: tuple[Check, ...]
    size: int | None = None


def examine(question: Question, facts: DestinationFacts) -> Diagnosis:
    """Return what stands in the way of log delivery; of a bucket that does not exist nothing else is said."""
    bucket = _of_bucket(question, facts)
    if bucket.code == "BucketMissing":
        return Diagnosis((bucket,))
    size = None if isinstance(facts.policy, Unread) else size_of(facts.policy)
    checks = (
        bucket,
        _of_owner(question, facts),
        *policy_checks(question, facts.policy),
        *_of_size(question, size),
        *_of_encryption(question, facts),
        *key_checks(question, facts),
        _of_ownership(question, facts),
        _of_payment(question, facts),
        _of_public_access(question, facts),
    )
    return Diagnosis(checks, size)


def _names(question: Question) -> dict[str, str]:
    return {"bucket": question.wanted.bucket.bucket}


def _of_bucket(question: Question, facts: DestinationFacts) -> Check:
    names, bucket = _names(question), question.wanted.bucket
    if isinstance(facts.exists, Unread):
        return unread_check("BucketUnreadable", names, facts.exists, bucket.bucket_arn)
    if not facts.exists:
        remedy = module_call(
            "amazon.aws.s3_bucket",
            {
                "name": bucket.bucket,
                "object_ownership": OWNER_ENFORCED,
                "public_access": {
                    "block_public_acls": True,
                    "ignore_public_acls": True,
                    "block_public_policy": True,
                    "restrict_public_buckets": True,
                },
            },
        )
        return check_of("BucketMissing", names, evidence="S3 answers 404 to HeadBucket.", remedy=remedy)
    return check_of("BucketExists", names, evidence=f"Its region is {facts.region or 'not told by S3'}.")


def _of_owner(question: Question, facts: DestinationFacts) -> Check:
    names = _names(question)
    expected = question.wanted.expected_owner
    if facts.owner:
        return check_of("OwnerConfirmed", {**names, "account": facts.owner})
    if expected and facts.not_owner == expected:
        return check_of(
            "OwnerUnexpected",
            {**names, "account": expected},
            evidence="S3 answers HeadBucket without, and refuses it with, this expected owner (expected_bucket_owner).",
            remedy=name_options(WRONG_OWNER),
        )
    if facts.head:
        return unread_check("OwnerUnknown", names, facts.head, question.wanted.bucket.bucket_arn)
    evidence = f"It is not account {facts.not_owner}." if facts.not_owner else ""
    return check_of(
        "OwnerUnknown",
        names,
        evidence=evidence,
        remedy=name_options(UNKNOWN_OWNER),
    )


def _of_size(question: Question, size: int | None) -> list[Check]:
    if size is None:
        return []
    evidence = f"It has {size} of {MAX_BYTES} bytes."
    if size <= _WARN_BYTES:
        return [check_of("PolicyHasRoom", _names(question), evidence=evidence)]
    remedy = "Give organization_id instead of account_ids to flowlogs.aws.flow_log_bucket_policy, or fewer prefixes."
    return [check_of("PolicyNearLimit", _names(question), evidence=evidence, remedy=remedy)]


def _of_encryption(question: Question, facts: DestinationFacts) -> list[Check]:
    names, bucket = _names(question), question.wanted.bucket
    found = facts.encryption
    if isinstance(found, Unread):
        return [unread_check("EncryptionUnreadable", names, found, bucket.bucket_arn)]
    evidence = " ".join(filter(None, (found.algorithm, found.key_id))) or "none"
    checks = []
    if found.is_key_of_aws:
        checks.append(
            check_of(
                "EncryptionKeyOfAws",
                names,
                evidence=f"{evidence}: nobody can change the policy of this key.",
                remedy=_encrypt(bucket.bucket, "ARN_OF_A_CUSTOMER_MANAGED_KEY"),
            )
        )
    elif found.is_kms and not found.key_id.startswith("arn:"):
        remedy = _encrypt(bucket.bucket, _arn_of(facts))
        checks.append(check_of("EncryptionKeyNotByArn", names, evidence=evidence, remedy=remedy))
    if found.algorithm == "aws:kms:dsse":
        checks.append(
            check_of(
                "EncryptionDualLayer",
                names,
                evidence=f"{evidence}: AWS documents aws:kms for log delivery only.",
                remedy=_encrypt(bucket.bucket, _arn_of(facts)),
            )
        )
    if found.has_own_key and found.bucket_key:
        checks.append(
            check_of(
                "BucketKeyEnabled",
                names,
                evidence="AWS warns that conditions of the key policy may then not match as expected.",
                remedy="If flow logs report the error 'Access error', turn the S3 Bucket Key off.",
            )
        )
    if any(check.matters for check in checks):
        return checks
    return [check_of("EncryptionSuitable", names, evidence=evidence), *checks]


def _arn_of(facts: DestinationFacts) -> str:
    return "ARN_OF_THE_KEY" if facts.key is None or isinstance(facts.key, Unread) else facts.key.arn


def _encrypt(bucket: str, key: str) -> str:
    return module_call("amazon.aws.s3_bucket", {"name": bucket, "encryption": "aws:kms", "encryption_key_id": key})


def _of_ownership(question: Question, facts: DestinationFacts) -> Check:
    names, bucket = _names(question), question.wanted.bucket
    if isinstance(facts.ownership, Unread):
        return unread_check("OwnershipUnreadable", names, facts.ownership, bucket.bucket_arn)
    evidence = f"Object Ownership is {facts.ownership or 'not set, so ACLs are in force'}."
    asking = "" if isinstance(facts.policy, Unread) else acl_statements(question, facts.policy)
    if facts.ownership != OWNER_ENFORCED or not asking:
        return check_of("OwnershipSuitable", names, evidence=evidence)
    return check_of(
        "AclConditionWithoutAcls",
        names,
        evidence=f"{evidence} Statement {asking} grants only writes with the ACL bucket-owner-full-control. AWS "
        "documents that such policies keep working; whether log delivery sends the ACL to such a bucket is disputed.",
        remedy="If flow logs report the error 'Access error', require the ACL only if it is sent:\n"
        + module_call(
            "flowlogs.aws.flow_log_bucket_policy",
            {
                "bucket": bucket.bucket,
                "acl_condition": ACL_IF_EXISTS,
                **options_of(question.wanted.grants()),
            },
        ),
    )


def _of_payment(question: Question, facts: DestinationFacts) -> Check:
    names, bucket = _names(question), question.wanted.bucket
    if isinstance(facts.requester_pays, Unread):
        return unread_check("RequesterPaysUnreadable", names, facts.requester_pays, bucket.bucket_arn)
    if not facts.requester_pays:
        return check_of("RequesterDoesNotPay", names)
    return check_of(
        "RequesterPays",
        names,
        evidence="S3 refuses requests to it that do not accept the charge, and takes no logs into it.",
        remedy=cli(
            "s3api put-bucket-request-payment",
            "--bucket",
            bucket.bucket,
            "--request-payment-configuration",
            "Payer=BucketOwner",
        ),
    )


def _of_public_access(question: Question, facts: DestinationFacts) -> Check:
    names, bucket = _names(question), question.wanted.bucket
    if isinstance(facts.public_access_blocked, Unread):
        return unread_check("PublicAccessUnreadable", names, facts.public_access_blocked, bucket.bucket_arn)
    if facts.public_access_blocked:
        return check_of("PublicAccessBlocked", names, evidence="It does not hinder log delivery.")
    return check_of(
        "PublicAccessPossible",
        names,
        evidence="Not all four settings of its Public Access Block are on. They do not hinder log delivery.",
        remedy=cli(
            "s3api put-public-access-block",
            "--bucket",
            bucket.bucket,
            "--public-access-block-configuration",
            "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
        ),
    )
