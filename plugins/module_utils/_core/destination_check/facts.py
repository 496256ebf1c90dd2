# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a destination: the bucket, its settings and the key that encrypts it. PRIVATE to this collection.

:class:`Unread` is for a value that could not be read, None for a setting that the bucket does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from ..delivery_policy.kms_key import Key
from ..iam_policy.document import Policy


@dataclass(frozen=True)
class Unread:
    """A value that could not be read.

    :param permission: permission that the call needs, for example ``s3:GetBucketPolicy``; ``""`` if there was no call.
    :param code: error code of AWS.
    :param message: what failed, and the answer of AWS.
    :param hint: how to fix it; ``""`` if the permission is the only fix.
    """

    permission: str
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Encryption:
    """Default encryption of a bucket.

    :param algorithm: ``AES256``, ``aws:kms`` or ``aws:kms:dsse``.
    :param key_id: ARN, id or alias of the key, as in the settings of the bucket; ``""`` for none, which with KMS is
        ``aws/s3``.
    :param bucket_key: whether S3 Bucket Keys are on.
    """

    algorithm: str
    key_id: str = ""
    bucket_key: bool = False

    @property
    def is_kms(self) -> bool:
        """Whether a KMS key encrypts the bucket."""
        return self.algorithm.startswith("aws:kms")

    @property
    def is_aws_managed(self) -> bool:
        """Whether the key is certainly ``aws/s3``, which AWS manages."""
        return self.is_kms and (not self.key_id or self.key_id.endswith("alias/aws/s3"))

    @property
    def has_customer_key(self) -> bool:
        """Whether the bucket has a KMS key other than ``aws/s3``."""
        return self.is_kms and not self.is_aws_managed


#: S3 API, BucketOwnerEnforced of ObjectOwnership: ACLs are disabled.
OWNER_ENFORCED = "BucketOwnerEnforced"


@dataclass(frozen=True)
class DestinationFacts:
    """The state that decides whether log delivery can write to a bucket.

    :param region: Region of the bucket; None if S3 did not return it.
    :param owner: account that certainly owns the bucket; None if unknown.
    :param not_owner: account that certainly does not own the bucket; None if unknown.
    :param policy: None if the bucket has none.
    :param ownership: value of ObjectOwnership; None for a bucket without ownership controls (ACLs are enabled).
    :param public_access_blocked: whether all four settings of the bucket's own Public Access Block are on.
    :param key: key that encrypts the bucket; like ``key_policy``, it counts only if ``encryption`` has a customer key.
    :param head: why HeadBucket failed, None if it did not. Other calls can still show that the bucket exists.
    """

    exists: bool | Unread
    region: str | None = None
    owner: str | None = None
    not_owner: str | None = None
    policy: Policy | None | Unread = None
    encryption: Encryption | Unread = Encryption("AES256")
    ownership: str | None | Unread = OWNER_ENFORCED
    requester_pays: bool | Unread = False
    public_access_blocked: bool | Unread = True
    key: Key | Unread = Unread("kms:DescribeKey", "NotRead", "The key was not read")
    key_policy: Policy | None | Unread = Unread("kms:GetKeyPolicy", "NotRead", "The key policy was not read")
    head: Unread | None = None


class BucketDict(TypedDict):
    """The bucket, as the module returns it; unknown values are ``None``."""

    name: str
    arn: str
    exists: bool | None
    region: str | None
    owner: str | None


class EncryptionDict(TypedDict):
    """The default encryption of the bucket, as the module returns it."""

    algorithm: str
    key: str | None
    key_arn: str | None
    key_account: str | None
    key_region: str | None
    is_customer_key: bool
    bucket_key: bool
