# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads buckets from moto, and gives new buckets the default settings of AWS.

moto creates buckets without ownership controls, default encryption and public access block. Since 2023 a new bucket has
BucketOwnerEnforced, SSE-S3 and all four blocks on (S3 User Guide, "Controlling ownership of objects and disabling
ACLs", "Setting default server-side encryption behavior", "Blocking public access").
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from functools import wraps
from typing import Any

from moto.s3.models import FakeBucket
from moto.s3.models import PublicAccessBlock
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from .encryption import SSE_S3
from .fleet_storage import BLOCKS
from .fleet_storage import Bucket

ENFORCED = "BucketOwnerEnforced"


def install() -> None:
    """Give new buckets the default settings. Calling it again has no effect."""
    if getattr(FakeBucket, "_simulator_settings", False):
        return
    FakeBucket._simulator_settings = True
    FakeBucket.__init__ = _with_settings_of_a_new_bucket(FakeBucket.__init__)


def find(name: str) -> FakeBucket | None:
    """Return a bucket in any account, or None if it does not exist."""
    owner = owner_of(name)
    return s3_backends[owner[0]][owner[1]].buckets.get(name) if owner else None


def owner_of(name: str) -> tuple[str, str] | None:
    """Return account and partition of a bucket, or None if it does not exist."""
    if name not in s3_backends.bucket_accounts:
        return None
    partition, account = s3_backends.bucket_accounts[name]
    return account, partition


def acls_disabled(name: str) -> bool:
    """Return whether the bucket has the setting BucketOwnerEnforced; True for a bucket that does not exist.

    A bucket without ownership controls, from before 2023, accepts ACLs (S3 User Guide, "Object Ownership").
    """
    found = find(name)
    return found is None or found.ownership_rule == ENFORCED


def default_encryption(bucket: FakeBucket) -> dict[str, Any]:
    """The rule of the default encryption; every bucket has one (S3 API Reference, GetBucketEncryption)."""
    return bucket.encryption["Rule"] if bucket.encryption else encryption_rule(SSE_S3)


def encryption_rule(algorithm: str, key: str | None = None, bucket_key: bool = False) -> dict[str, Any]:
    """A rule of the default encryption in moto's form, which is that of the request.

    :param key: the key as the request names it, or None.
    """
    default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
    return {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": str(bucket_key).lower()}


def plant(planted: Bucket) -> None:
    """Create a bucket of a fleet with its settings, without its policy."""
    backend = s3_backends[planted.account][get_partition(planted.region)]
    bucket = backend.create_bucket(planted.name, planted.region)
    given = planted.encryption
    bucket.encryption = {"Rule": encryption_rule(given.algorithm, given.key, given.bucket_key)}
    bucket.ownership_rule = planted.ownership
    bucket.payer = "Requester" if planted.requester_pays else "BucketOwner"
    bucket.public_access_block = public_access_block(planted.public_access_block)


def public_access_block(blocks: Mapping[str, bool] | None) -> PublicAccessBlock | None:
    """Return moto's public access block, by name as in :data:`BLOCKS`; names that are absent are off.

    None for no record.
    """
    return None if blocks is None else PublicAccessBlock(*(blocks.get(name, False) for name in BLOCKS))


def _with_settings_of_a_new_bucket(original: Callable[..., None]) -> Callable[..., None]:
    @wraps(original)
    def init(self: FakeBucket, *args: Any, **named: Any) -> None:
        original(self, *args, **named)
        self.encryption = {"Rule": encryption_rule(SSE_S3)}
        self.ownership_rule = ENFORCED
        self.public_access_block = public_access_block(dict.fromkeys(BLOCKS, True))

    return init
