# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions that S3 operations need, and the bucket policy that applies.

Sources: S3 User Guide, "Required permissions for Amazon S3 API operations" (which actions have other names than the
operations); Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3"; S3 API Reference,
CreateBucket (further permissions by request header).
"""

from __future__ import annotations

from .authorization_decision import Need
from .bucket_policies import stored_policy
from .buckets import owner_of
from .callers import Caller
from .requests import Call

_SAME = {
    "AbortMultipartUpload", "CreateBucket", "DeleteBucket", "DeleteBucketPolicy", "DeleteBucketWebsite", "DeleteObject",
    "DeleteObjectTagging", "GetBucketAcl", "GetBucketLocation", "GetBucketLogging", "GetBucketOwnershipControls",
    "GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning",
    "GetBucketWebsite", "GetObject", "GetObjectAcl", "GetObjectAttributes", "GetObjectTagging", "PutBucketAcl",
    "PutBucketLogging", "PutBucketOwnershipControls", "PutBucketPolicy", "PutBucketRequestPayment", "PutBucketTagging",
    "PutBucketVersioning", "PutBucketWebsite", "PutObject", "PutObjectAcl", "PutObjectTagging",
}  # fmt: skip
_OTHER_NAMES = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
}
_ACTIONS = {**{name: name for name in _SAME}, **_OTHER_NAMES}
_AT_CREATION = {
    "ACL": ("PutBucketAcl",),
    "ObjectLockEnabledForBucket": ("PutBucketObjectLockConfiguration", "PutBucketVersioning"),
    "ObjectOwnership": ("PutBucketOwnershipControls",),
}
"""More permissions of CreateBucket, by request parameter."""
_WITH_OBJECT = {"ACL": "PutObjectAcl", "Tagging": "PutObjectTagging"}
_KEYS = {"Prefix": "s3:prefix", "Delimiter": "s3:delimiter", "MaxKeys": "s3:max-keys", "ACL": "s3:x-amz-acl"}


def needs_of(call: Call, caller: Caller) -> list[Need] | None:
    """Return what a call needs, or None if it is not in the table.

    A missing bucket needs nothing, since S3 reports it to every caller.
    """
    action = _ACTIONS.get(call.operation)
    if action is None:
        return None
    bucket = call.parameters.get("Bucket")
    if bucket is None:
        return [Need(f"s3:{action}")]
    owner = owner_of(bucket)
    if call.operation == "CreateBucket":
        # The policy of another account's bucket does not apply; S3 reports the taken name later.
        return [_need(one, call, caller, None) for one in (action, *_further(call, _AT_CREATION))]
    if owner is None:
        return []
    further = [
        name
        for parameter, name in _WITH_OBJECT.items()
        if call.operation == "PutObject" and call.parameters.get(parameter)
    ]
    return [_need(one, call, caller, owner[0]) for one in (action, *further)]


def of_policy_edit(bucket: str, account: str, partition: str) -> list[Need]:
    """Return what AWS needs to edit the policy of a caller's own bucket during CreateFlowLogs.

    CloudWatch Logs User Guide, "Logs sent to Amazon S3": s3:GetBucketPolicy and s3:PutBucketPolicy.
    """
    arn, policy = f"arn:{partition}:s3:::{bucket}", stored_policy(bucket)
    actions = ("s3:GetBucketPolicy", "s3:PutBucketPolicy")
    return [Need(action, arn, {"aws:ResourceAccount": account}, account, policy) for action in actions]


def _further(call: Call, table: dict[str, tuple[str, ...]]) -> list[str]:
    return [name for parameter, names in table.items() if call.parameters.get(parameter) for name in names]


def _need(action: str, call: Call, caller: Caller, owner: str | None) -> Need:
    bucket = call.parameters["Bucket"]
    context = {key: str(call.parameters[name]) for name, key in _KEYS.items() if call.parameters.get(name) is not None}
    policy = stored_policy(bucket) if owner is not None else None
    account = {"aws:ResourceAccount": owner or caller.account}
    return Need(f"s3:{action}", _arn(call, caller), {**context, **account}, owner, policy)


def _arn(call: Call, caller: Caller) -> str:
    arn = f"arn:{caller.partition}:s3:::{call.parameters['Bucket']}"
    if call.operation == "DeleteObjects":
        return f"{arn}/*"
    key = call.parameters.get("Key")
    return f"{arn}/{key}" if key else arn
