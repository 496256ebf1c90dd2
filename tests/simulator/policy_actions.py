# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which S3 actions concern buckets and which concern objects. Pure.

PutBucketPolicy refuses a statement with an action that applies to none of its resources, as users report of ACL checks
on objects and of object actions on buckets. Source of the kinds: Service Authorization Reference, "Actions, resources,
and condition keys for Amazon S3". Only common actions are listed; others are never refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from .globs import like

_OBJECT_ACTIONS = """
AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion
DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention
GetObjectTagging GetObjectVersion GetObjectVersionAcl GetObjectVersionTagging ListMultipartUploadParts
PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl
PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags RestoreObject
""".split()
_BUCKET_ACTIONS = """
CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
GetAnalyticsConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketNotification
GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus
GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
GetEncryptionConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration
GetReplicationConfiguration ListBucket ListBucketMultipartUploads ListBucketVersions PutBucketAcl PutBucketCORS
PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy
PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite
PutEncryptionConfiguration PutLifecycleConfiguration PutReplicationConfiguration
""".split()
_KINDS = {f"s3:{name}".lower(): "object" for name in _OBJECT_ACTIONS}
_KINDS |= {f"s3:{name}".lower(): "bucket" for name in _BUCKET_ACTIONS}


def is_of_s3(action: str) -> bool:
    """Return whether an action, possibly with wildcards, can be an S3 action."""
    service, colon, _name = action.lower().partition(":")
    return action == "*" or bool(colon) and service.startswith("s3")


def suits_none(action: str, resources: Iterable[str]) -> bool:
    """Return whether an action is known to apply to none of these ARNs, possibly with wildcards."""
    kinds = {kind for name, kind in _KINDS.items() if like(action.lower(), name)}
    return bool(kinds) and kinds.isdisjoint(kind for arn in resources for kind in _kinds_of(arn))


def _kinds_of(arn: str) -> set[str]:
    """Return the resource kinds of an ARN; a wildcard at the end of a bucket name also matches objects."""
    name = arn.split(":", 5)[-1]
    if "/" in name:
        return {"object"}
    return {"bucket", "object"} if "*" in name else {"bucket"}
