# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides whether the log delivery service can write to a bucket, with the reason.

Pure, except for the switches and the organizations of :mod:`delivery`. Public access blocks do not matter, because they
do not block a service principal (S3 User Guide, "Blocking public
access to your Amazon S3 storage", "The meaning of public"), nor does the Region of the bucket, since no restriction is
documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .delivery import SERVICE
from .delivery import bucket_arn
from .delivery import may_deliver
from .delivery import sample_key
from .delivery import source_context
from .encryption import SSE_S3
from .encryption import Encryption
from .encryption import key_arn_of
from .encryption import uses_customer_key
from .policy_evaluation import decide
from .switches import switches

KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a PutObject with SSE-KMS needs on the key, Decrypt for uploads in parts (S3 User Guide, "Specifying server-side
encryption with AWS KMS"). The CloudWatch Logs User Guide, "Logs sent to Amazon S3", lists Encrypt, ReEncrypt* and
DescribeKey too; that a delivery fails without those three is not established."""


@dataclass(frozen=True)
class Source:
    """The account and Region of flow logs, and their folder in the bucket.

    ``folder`` is that of the destination, with or without slashes around it; ``hive`` stands for Hive-compatible
    partitions.
    """

    partition: str
    account: str
    region: str
    folder: str = ""
    hive: bool = False


@dataclass(frozen=True)
class BucketFacts:
    """Facts about a bucket; ``policy`` as S3 returns it, or None."""

    name: str
    account: str
    partition: str
    region: str
    policy: Mapping[str, Any] | None
    encryption: Encryption = Encryption()
    requester_pays: bool = False


@dataclass(frozen=True)
class KeyFacts:
    """Facts about a KMS key: ``state``, ``usage`` and ``spec`` as in DescribeKey."""

    arn: str
    region: str
    state: str
    policy: Mapping[str, Any] | None
    usage: str = "ENCRYPT_DECRYPT"
    spec: str = "SYMMETRIC_DEFAULT"


@dataclass(frozen=True)
class Verdict:
    """``reason`` is one of :data:`REASONS`; ``creation`` is whether CreateFlowLogs still creates the flow log."""

    reason: str
    creation: bool = True
    delivery: bool = False


REASONS = {
    "delivers": "the objects arrive",
    "unreadable": "the objects arrive, encrypted with the AWS managed key of the bucket's account",
    "no_bucket": "there is no such bucket",
    "bucket_policy": "the bucket policy does not let the service write, or denies it",
    "aws_managed_key": "the default encryption uses the AWS managed key aws/s3",
    "key_not_by_arn": "the default encryption names the key by its id or an alias",
    "no_key": "there is no such key",
    "key_region": "the key is in another region than the bucket",
    "key_state": "the key is disabled or waits for its deletion",
    "key_kind": "the key is no symmetric encryption key",
    "key_policy": "the key policy does not let the service use the key, or denies it",
    "requester_pays": "the bucket is a Requester Pays bucket",
    "new_owner": "the bucket belongs to another account than at the first delivery",
}
"""Every reason of a verdict."""

_DELIVERS = Verdict("delivers", delivery=True)


def verdict_on(bucket: BucketFacts | None, key: KeyFacts | None, source: Source) -> Verdict:
    """Return whether a bucket can receive the flow logs of a source.

    A flow log with an unusable key is still created, and fails later (awslabs/landing-zone-accelerator-on-aws
    issue 1205: ACTIVE, then FAILED with "Access error").

    :param bucket: None if there is no such bucket.
    :param key: the key that the bucket's default encryption names by ARN, or None.
    """
    if bucket is None:
        return Verdict("no_bucket", creation=False)
    place = (source.partition, source.account, source.region, bucket.name, source.folder, source.hive)
    if not may_deliver(bucket.policy, *place):
        return Verdict("bucket_policy", creation=False)
    verdict = _on_encryption(bucket, key, source)
    if verdict.delivery and bucket.requester_pays and switches.requester_pays == "failed":
        # S3 User Guide, "Using Requester Pays buckets": no target of end-user logging. Nothing on flow logs as such.
        return Verdict("requester_pays")
    return verdict


def _on_encryption(bucket: BucketFacts, key: KeyFacts | None, source: Source) -> Verdict:
    """SSE-S3 needs nothing (CloudWatch Logs User Guide, "Logs sent to Amazon S3"); the others need a customer managed
    key.

    That aws:kms:dsse behaves as aws:kms is not documented for logs; the permissions on the key are the same (S3 User
    Guide, "Using dual-layer server-side encryption with AWS KMS keys").
    """
    if bucket.encryption.algorithm == SSE_S3:
        return _DELIVERS
    if not uses_customer_key(bucket.encryption):
        return _with_managed_key(bucket, source)
    if key_arn_of(bucket.encryption) is None:
        return _not_by_arn(bucket, source)
    return _with_key(bucket, key, source)


def _with_managed_key(bucket: BucketFacts, source: Source) -> Verdict:
    """Another account's bucket is refused (AWS Prescriptive Guidance, "Configure VPC Flow Logs for centralization
    across AWS accounts"). For the own one the CloudWatch Logs User Guide says that logs become unreadable, and leaves
    open whether they are delivered: switch ``aws_managed_key``."""
    if bucket.account != source.account:
        return Verdict("aws_managed_key", creation=False)
    if switches.aws_managed_key == "unreadable":
        return Verdict("unreadable", delivery=True)
    return Verdict("aws_managed_key")


def _not_by_arn(bucket: BucketFacts, source: Source) -> Verdict:
    """The VPC User Guide, flow-logs-troubleshooting, gives the refusal for a key id, without saying whose bucket it
    is; the S3 API Reference, ServerSideEncryptionByDefault, says that one can run into it, and that an alias is looked
    up in the requester's account. For the own account hence switch ``key_not_by_arn``; that an alias ARN is no better
    than an alias follows from "must be a KMS key ARN" only."""
    refused = bucket.account != source.account or switches.key_not_by_arn == "refused"
    return Verdict("key_not_by_arn", creation=not refused)


def _with_key(bucket: BucketFacts, key: KeyFacts | None, source: Source) -> Verdict:
    """S3 User Guide, "Specifying server-side encryption with AWS KMS": a symmetric key in the region of the bucket; KMS
    Developer Guide, "Key states of AWS KMS keys": only an enabled one is of use."""
    if key is None:
        return Verdict("no_key")
    faults = {
        "key_region": key.region != bucket.region,
        "key_state": key.state != "Enabled",
        "key_kind": (key.usage, key.spec) != ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"),
        "key_policy": not _key_policy_allows(bucket, key, source),
    }
    return next((Verdict(reason) for reason, is_so in faults.items() if is_so), _DELIVERS)


def _key_policy_allows(bucket: BucketFacts, key: KeyFacts, source: Source) -> bool:
    context = key_context(bucket, source)
    return all(decide(key.policy, SERVICE, action, key.arn, context) == "allow" for action in KEY_ACTIONS)


def key_context(bucket: BucketFacts, source: Source) -> dict[str, str]:
    """The condition keys of the requests that S3 makes to KMS for the service.

    The encryption context is the object's ARN, with an S3 Bucket Key that of the bucket (S3 User Guide, "Reducing the
    cost of SSE-KMS with Amazon S3 Bucket Keys"). With a Bucket Key the conditions on the source may not match as
    expected (CloudWatch Logs User Guide, "Logs sent to Amazon S3"): switch ``bucket_key_conditions``.
    """
    arn = bucket_arn(bucket.partition, bucket.name)
    context = source_context(source.partition, source.account, source.region)
    if bucket.encryption.bucket_key and switches.bucket_key_conditions == "do_not_match":
        context = {name: value for name, value in context.items() if not name.startswith("aws:Source")}
    encrypted = (
        arn
        if bucket.encryption.bucket_key
        else f"{arn}/{sample_key(source.account, source.region, source.folder, source.hive)}"
    )
    via = f"s3.{bucket.region}.amazonaws.com"
    return {**context, "kms:ViaService": via, "kms:EncryptionContext:aws:s3:arn": encrypted}
