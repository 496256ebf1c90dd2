# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the settings of a bucket that affect log delivery, one S3 call each. PRIVATE to this collection.

A setting that does not exist has a default; one that cannot be read is an error.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import is_ansible_aws_error_code

from .._core.destination_check.facts import Encryption
from .errors import FlowLogsErrorHandler


@FlowLogsErrorHandler.common_error_handler("read the default encryption of the bucket {bucket}")
def _get_encryption(client: Any, bucket: str) -> dict[str, Any]:
    answer = client.get_bucket_encryption(Bucket=bucket)
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    return rules[0] if rules else {}


def get_encryption(client: Any, bucket: str) -> Encryption:
    """Return the default encryption of a bucket (S3 API GetBucketEncryption).

    Without a configuration it is AES256 (S3 User Guide, "Setting default server-side encryption behavior").
    """
    try:
        rule = _get_encryption(client, bucket)
    except is_ansible_aws_error_code("ServerSideEncryptionConfigurationNotFoundError"):
        rule = {}
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    return Encryption(
        default.get("SSEAlgorithm", "AES256"), default.get("KMSMasterKeyID", ""), bool(rule.get("BucketKeyEnabled"))
    )


@FlowLogsErrorHandler.common_error_handler("read the Object Ownership of the bucket {bucket}")
def _get_ownership(client: Any, bucket: str) -> str | None:
    rules = client.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    return str(rules[0]["ObjectOwnership"]) if rules else None


def get_ownership(client: Any, bucket: str) -> str | None:
    """Return ObjectOwnership of a bucket (S3 API GetBucketOwnershipControls); ``None`` without ownership controls."""
    try:
        return _get_ownership(client, bucket)
    except is_ansible_aws_error_code("OwnershipControlsNotFoundError"):
        return None


@FlowLogsErrorHandler.common_error_handler("read who pays for requests to the bucket {bucket}")
def get_requester_pays(client: Any, bucket: str) -> bool:
    """Return whether a bucket is a Requester Pays bucket (S3 API GetBucketRequestPayment)."""
    return bool(client.get_bucket_request_payment(Bucket=bucket).get("Payer") == "Requester")


@FlowLogsErrorHandler.common_error_handler("read the Public Access Block of the bucket {bucket}")
def _get_public_access_block(client: Any, bucket: str) -> dict[str, bool]:
    return dict(client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"])


def get_public_access_blocked(client: Any, bucket: str) -> bool:
    """Return whether all settings of a bucket's own Public Access Block are on (S3 API GetPublicAccessBlock)."""
    try:
        block = _get_public_access_block(client, bucket)
    except is_ansible_aws_error_code("NoSuchPublicAccessBlockConfiguration"):
        return False
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return all(block.get(name) for name in names)
