# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read of a destination: the bucket, its settings, and the key that encrypts it. PRIVATE to this collection.

What could not be read is :class:`Unread`, which is something else than a setting that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..delivery_policy.kms_key import Key
from ..iam_policy.document import Policy


@dataclass(frozen=True)
class Unread:
    """Something that could not be read.

    :param permission: that the call needs, for example ``s3:GetBucketPolicy``; ``""`` where no call was made.
    :param code: AWS's error code.
    :param message: what was being done, and what AWS answered.
    :param hint: how to fix it, ``""`` if only the permission would.
    """

    permission: str
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Encryption:
    """Default encryption of a bucket.

    :param algorithm: ``AES256``, ``aws:kms`` or ``aws:kms:dsse``.
    :param key_id: as the bucket names the key: ARN, id or alias; ``""`` for none, which with KMS means ``aws/s3``.
    :param bucket_key: whether S3 Bucket Keys are on.
    """

    algorithm: str
    key_id: str = ""
    bucket_key: bool = False

    @property
    def is_kms(self) -> bool:
        """Whether a KMS key encrypts."""
        return self.algorithm.startswith("aws:kms")

    @property
    def is_key_of_aws(self) -> bool:
        """Whether the key is for certain ``aws/s3``, which AWS manages."""
        return self.is_kms and (not self.key_id or self.key_id.endswith("alias/aws/s3"))

    @property
    def has_own_key(self) -> bool:
        """Whether it names a key that may be the customer's."""
        return self.is_kms and not self.is_key_of_aws


#: S3 API, BucketOwnerEnforced of ObjectOwnership: ACLs are disabled.
OWNER_ENFORCED = "BucketOwnerEnforced"


@dataclass(frozen=True)
class DestinationFacts:
    """Everything that tells whether log delivery can write to a bucket.

    :param exists: None if that could not be told.
    :param region: of the bucket; None if S3 did not tell.
    :param owner: account that certainly owns it; None if that is not known.
    :param not_owner: account that certainly does not; None if there is no such.
    :param policy: None for none.
    :param ownership: value of ObjectOwnership, None for a bucket without ownership controls (ACLs are in force).
    :param public_access_blocked: whether all four settings of the bucket's own Public Access Block are on.
    :param head: why S3 did not let the bucket itself be looked at, None if it did. That it exists may be known anyway.
    :param key: of a bucket that a customer's key encrypts, else None; the same is true of ``key_policy``.
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
    key: Key | None | Unread = None
    key_policy: Policy | None | Unread = None
    head: Unread | None = None
