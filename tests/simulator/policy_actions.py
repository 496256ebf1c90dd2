# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which S3 actions concern buckets and which concern objects. Pure.

PutBucketPolicy refuses a statement with an action that none of its resources suits, as users report of ACL checks on
objects and of object actions on buckets. Source of the kinds: Service Authorization Reference, "Actions, resources,
and condition keys for Amazon S3". Only common actions are listed; what is not is never refused.
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
    """Whether an action, maybe with wildcards, can be one of S3."""
    service, colon, _name = action.lower().partition(":")
    return action == "*" or bool(colon) and service.startswith("s3")


def suits_none(action: str, resources: Iterable[str]) -> bool:
    """Whether an action is known to apply to none of these ARNs, all of which may have wildcards."""
    kinds = {kind for name, kind in _KINDS.items() if like(action.lower(), name)}
    return bool(kinds) and kinds.isdisjoint(kind for arn in resources for kind in _kinds_of(arn))


def _kinds_of(arn: str) -> set[str]:
    """A bucket's name may end in a wildcard that reaches into its objects."""
    name = arn.split(":", 5)[-1]
    if "/" in name:
        return {"object"}
    return {"bucket", "object"} if "*" in name else {"bucket"}
