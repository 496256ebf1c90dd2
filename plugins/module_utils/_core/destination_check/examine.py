# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks everything that can block log delivery to a destination. PRIVATE to this collection.

Sources of the rules: Amazon VPC User Guide, "Amazon S3 bucket permissions for flow logs"; Amazon CloudWatch Logs User
Guide, "Logs sent to Amazon S3"; Amazon S3 User Guide, "Requester Pays buckets", "Controlling ownership of objects" and
"Using server-side encryption with AWS KMS keys".
"""

from __future__ import annotations

from dataclasses import dataclass

from ..delivery_policy.bucket_plan import BUCKET_LIMIT
from ..delivery_policy.grant_options import grants_to_options
from ..delivery_policy.grants import ACL_IF_EXISTS
from ..errors import name_options
from ..iam_policy.document import policy_size
from ..option_hints import UNKNOWN_OWNER, WRONG_OWNER
from .bucket_policy import acl_statements, policy_checks
from .codes import Check, new_check, unread_check
from .facts import DestinationFacts, OWNER_ENFORCED, Unread
from .kms_key import key_checks
from .remedies import cli, module_call
from .request import DestinationQuery


@dataclass(frozen=True)
class CheckResults:
    """The result of the destination check.

    :param checks: all checks, in the order of the report.
    :param size: size of the bucket policy in bytes, None if it could not be read.
    """

    checks: tuple[Check, ...]
    size: int | None = None


def examine(query: DestinationQuery, facts: DestinationFacts) -> CheckResults:
    """Return the checks of a destination; for a missing bucket, only the one that says so."""
    bucket = _bucket_check(query, facts)
    if bucket.code == "BucketMissing":
        return CheckResults((bucket,))
    size = None if isinstance(facts.policy, Unread) else policy_size(facts.policy)
    checks = (
        bucket,
        _owner_check(query, facts),
        *policy_checks(query, facts.policy),
        *_size_checks(query, size),
        *_encryption_checks(query, facts),
        *key_checks(query, facts),
        _ownership_check(query, facts),
        _requester_pays_check(query, facts),
        _public_access_check(query, facts),
    )
    return CheckResults(checks, size)


def _names(query: DestinationQuery) -> dict[str, str]:
    return {"bucket": query.wanted.bucket.bucket}


def _bucket_check(query: DestinationQuery, facts: DestinationFacts) -> Check:
    names, bucket = _names(query), query.wanted.bucket
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
        return new_check("BucketMissing", names, evidence="S3 answers 404 to HeadBucket.", remedy=remedy)
    return new_check("BucketExists", names, evidence=f"Its region is {facts.region or 'not sent by S3'}.")


def _owner_check(query: DestinationQuery, facts: DestinationFacts) -> Check:
    names = _names(query)
    expected = query.wanted.expected_owner
    if facts.owner:
        return new_check("OwnerConfirmed", {**names, "account": facts.owner})
    if expected and facts.not_owner == expected:
        return new_check(
            "OwnerUnexpected",
            {**names, "account": expected},
            evidence="S3 refuses HeadBucket with this expected_bucket_owner, and answers it without one.",
            remedy=name_options(WRONG_OWNER),
        )
    if facts.head:
        return unread_check("OwnerUnknown", names, facts.head, query.wanted.bucket.bucket_arn)
    evidence = f"It is not account {facts.not_owner}." if facts.not_owner else ""
    return new_check(
        "OwnerUnknown",
        names,
        evidence=evidence,
        remedy=name_options(UNKNOWN_OWNER),
    )


def _size_checks(query: DestinationQuery, size: int | None) -> list[Check]:
    if size is None:
        return []
    evidence = f"It has {size} of {BUCKET_LIMIT.max_bytes} bytes."
    if not BUCKET_LIMIT.is_near(size):
        return [new_check("PolicyHasRoom", _names(query), evidence=evidence)]
    remedy = "Give organization_id instead of account_ids to flowlogs.aws.flow_log_bucket_policy, or fewer prefixes."
    return [new_check("PolicyNearLimit", _names(query), evidence=evidence, remedy=remedy)]


def _encryption_checks(query: DestinationQuery, facts: DestinationFacts) -> list[Check]:
    names, bucket = _names(query), query.wanted.bucket
    found = facts.encryption
    if isinstance(found, Unread):
        return [unread_check("EncryptionUnreadable", names, found, bucket.bucket_arn)]
    evidence = " ".join(filter(None, (found.algorithm, found.key_id))) or "none"
    checks = []
    if found.is_aws_managed:
        checks.append(
            new_check(
                "EncryptionKeyOfAws",
                names,
                evidence=f"{evidence}: the policy of this key cannot be changed.",
                remedy=_encryption_task(bucket.bucket, "ARN_OF_A_CUSTOMER_MANAGED_KEY"),
            )
        )
    elif found.is_kms and not found.key_id.startswith("arn:"):
        remedy = _encryption_task(bucket.bucket, _key_arn(facts))
        checks.append(new_check("EncryptionKeyNotByArn", names, evidence=evidence, remedy=remedy))
    if found.algorithm == "aws:kms:dsse":
        checks.append(
            new_check(
                "EncryptionDualLayer",
                names,
                evidence=f"{evidence}: AWS documents only aws:kms for log delivery.",
                remedy=_encryption_task(bucket.bucket, _key_arn(facts)),
            )
        )
    if found.has_customer_key and found.bucket_key:
        checks.append(
            new_check(
                "BucketKeyEnabled",
                names,
                evidence="AWS warns that the conditions of the key policy may not match as expected with it.",
                remedy="If flow logs report the error 'Access error', turn off the S3 Bucket Key.",
            )
        )
    if any(check.affects_verdict for check in checks):
        return checks
    return [new_check("EncryptionSuitable", names, evidence=evidence), *checks]


def _key_arn(facts: DestinationFacts) -> str:
    return "ARN_OF_THE_KEY" if isinstance(facts.key, Unread) else facts.key.arn


def _encryption_task(bucket: str, key: str) -> str:
    return module_call("amazon.aws.s3_bucket", {"name": bucket, "encryption": "aws:kms", "encryption_key_id": key})


def _ownership_check(query: DestinationQuery, facts: DestinationFacts) -> Check:
    names, bucket = _names(query), query.wanted.bucket
    if isinstance(facts.ownership, Unread):
        return unread_check("OwnershipUnreadable", names, facts.ownership, bucket.bucket_arn)
    evidence = f"Object Ownership is {facts.ownership or 'not set, so ACLs are enabled'}."
    requiring = "" if isinstance(facts.policy, Unread) else acl_statements(query, facts.policy)
    if facts.ownership != OWNER_ENFORCED or not requiring:
        return new_check("OwnershipSuitable", names, evidence=evidence)
    return new_check(
        "AclConditionWithoutAcls",
        names,
        evidence=f"{evidence} Statement {requiring} grants only writes with the ACL bucket-owner-full-control. AWS "
        "documents that such policies keep working, but reports differ on whether log delivery sends the ACL to such a "
        "bucket.",
        remedy="If flow logs report the error 'Access error', make the ACL optional:\n"
        + module_call(
            "flowlogs.aws.flow_log_bucket_policy",
            {
                "bucket": bucket.bucket,
                "acl_condition": ACL_IF_EXISTS,
                **grants_to_options(query.wanted.grants),
            },
        ),
    )


def _requester_pays_check(query: DestinationQuery, facts: DestinationFacts) -> Check:
    names, bucket = _names(query), query.wanted.bucket
    if isinstance(facts.requester_pays, Unread):
        return unread_check("RequesterPaysUnreadable", names, facts.requester_pays, bucket.bucket_arn)
    if not facts.requester_pays:
        return new_check("RequesterDoesNotPay", names)
    return new_check(
        "RequesterPays",
        names,
        evidence="S3 refuses requests that do not accept the charge, and delivers no logs to such a bucket.",
        remedy=cli(
            "s3api put-bucket-request-payment",
            "--bucket",
            bucket.bucket,
            "--request-payment-configuration",
            "Payer=BucketOwner",
        ),
    )


def _public_access_check(query: DestinationQuery, facts: DestinationFacts) -> Check:
    names, bucket = _names(query), query.wanted.bucket
    if isinstance(facts.public_access_blocked, Unread):
        return unread_check("PublicAccessUnreadable", names, facts.public_access_blocked, bucket.bucket_arn)
    if facts.public_access_blocked:
        return new_check("PublicAccessBlocked", names, evidence="This does not affect log delivery.")
    return new_check(
        "PublicAccessPossible",
        names,
        evidence="Not all four settings of its Public Access Block are on. They do not affect log delivery.",
        remedy=cli(
            "s3api put-public-access-block",
            "--bucket",
            bucket.bucket,
            "--public-access-block-configuration",
            "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
        ),
    )
