# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the buckets and KMS keys of a fleet's account. Pure; see :mod:`fleet` for the whole document. ::

    buckets:
      - name: central-logs
        region: eu-west-1
        policy: null                      # or a policy document
        encryption:                       # default: SSE-S3, as for every new bucket
          algorithm: aws:kms              # AES256, aws:kms or aws:kms:dsse
          key: arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab
          bucket_key: true                # the default is false
        ownership: BucketOwnerEnforced    # the default; BucketOwnerPreferred, ObjectWriter, or none
        requester_pays: false             # the default
        public_access_block: true         # the default: all four on; false: none; or the four by name
    keys:
      - id: 1234abcd-12ab-34cd-56ef-1234567890ab  # default: a stable id derived from the position in the file
        region: eu-west-1
        policy: null                      # default: the default policy of KMS; or a policy document
        state: Enabled                    # the default; Disabled or PendingDeletion
        aliases: [flow-logs]              # with or without alias/ in front
        description: flow logs
        usage: ENCRYPT_DECRYPT            # the default
        spec: SYMMETRIC_DEFAULT           # the default
        multi_region: false               # the default

``encryption.key`` is not checked: a key ARN, a bare id, an alias or an alias ARN, of an existing key or not;
without it the bucket uses the AWS managed key aws/s3. S3 does not check it either (S3 API Reference,
PutBucketEncryption).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .encryption import ALGORITHMS
from .encryption import SSE_S3
from .encryption import Encryption
from .fleet_document import Entry
from .fleet_document import FleetError

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
"""The members of a public access block."""

OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter", "none")
STATES = ("Enabled", "Disabled", "PendingDeletion")

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_BUCKET_KEYS = ("name", "region", "policy", "encryption", "ownership", "requester_pays", "public_access_block")
_KEY_KEYS = ("id", "region", "policy", "state", "aliases", "description", "usage", "spec", "multi_region")


@dataclass(frozen=True)
class Bucket:
    """One bucket of an account. ``policy`` and ``ownership`` are None for none; ``public_access_block`` is one truth
    value for each of :data:`BLOCKS`, or None for no record."""

    account: str
    name: str
    region: str
    policy: Mapping[str, Any] | None
    encryption: Encryption
    ownership: str | None
    requester_pays: bool
    public_access_block: Mapping[str, bool] | None


@dataclass(frozen=True)
class Key:
    """One KMS key of an account and region; ``policy`` None for the default one; ``aliases`` with their prefix."""

    account: str
    region: str
    id: str
    policy: Mapping[str, Any] | None
    state: str
    aliases: tuple[str, ...]
    description: str
    usage: str
    spec: str
    multi_region: bool

    @property
    def place(self) -> str:
        """Account, Region and id, which are unique for each key."""
        return f"{self.account}/{self.region}/{self.id}"


def buckets_of(account: str, entry: Entry) -> list[Bucket]:
    """Return the buckets of an account's entry.

    :raises FleetError: unknown keys, missing or wrong values.
    """
    return [_bucket(account, item) for item in entry.entries("buckets", _BUCKET_KEYS)]


def keys_of(account: str, entry: Entry) -> list[Key]:
    """Return the KMS keys of an account's entry.

    :raises FleetError: unknown keys, missing or wrong values.
    """
    return [_key(account, item) for item in entry.entries("keys", _KEY_KEYS)]


def _bucket(account: str, entry: Entry) -> Bucket:
    ownership = entry.choice("ownership", OWNERSHIPS)
    return Bucket(
        account,
        entry.required("name"),
        entry.required("region"),
        dict(entry.mapping("policy")) or None,
        _encryption(
            Entry(f"{entry.place}.encryption", entry.mapping("encryption"), ("algorithm", "key", "bucket_key"))
        ),
        None if ownership == "none" else ownership,
        entry.truth("requester_pays"),
        _blocks(entry),
    )


def _encryption(entry: Entry) -> Encryption:
    algorithm, key = entry.choice("algorithm", ALGORITHMS), entry.text("key")
    if key and algorithm == SSE_S3:
        raise FleetError(f"{entry.place}: a key goes with the algorithm aws:kms or aws:kms:dsse")
    return Encryption(algorithm, key, entry.truth("bucket_key"))


def _blocks(entry: Entry) -> dict[str, bool] | None:
    if isinstance(entry.raw.get("public_access_block", True), bool):
        return dict.fromkeys(BLOCKS, True) if entry.truth("public_access_block", True) else None
    blocks = Entry(f"{entry.place}.public_access_block", entry.raw["public_access_block"], BLOCKS)
    return {name: blocks.truth(name) for name in BLOCKS}


def _key(account: str, entry: Entry) -> Key:
    region, multi_region = entry.required("region"), entry.truth("multi_region")
    return Key(
        account,
        region,
        _key_id(f"{account}/{region}/{entry.place}", entry, multi_region),
        dict(entry.mapping("policy")) or None,
        entry.choice("state", STATES),
        tuple(f"alias/{str(name).removeprefix('alias/')}" for name in entry.list("aliases")),
        entry.text("description", "") or "",
        entry.text("usage", "ENCRYPT_DECRYPT"),
        entry.text("spec", "SYMMETRIC_DEFAULT"),
        multi_region,
    )


def _key_id(path: str, entry: Entry, multi_region: bool) -> str:
    """Return the given id, or one derived from the path; ids of multi-Region keys start with ``mrk-``.

    Source: KMS Developer Guide, "Multi-Region keys in AWS KMS".
    """
    given = entry.text("id")
    if given is None:
        digits = hashlib.sha256(path.encode()).digest()[:16]
        return f"mrk-{digits.hex()}" if multi_region else str(uuid.UUID(bytes=digits, version=4))
    if not re.fullmatch(r"mrk-[0-9a-f]{32}" if multi_region else _UUID, given):
        expected = "mrk- and 32 hexadecimal digits" if multi_region else "a UUID"
        raise FleetError(f"{entry.place}.id: expected {expected}, found {given}")
    return given
