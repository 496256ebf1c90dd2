# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects facts about a bucket and its key from moto for :mod:`verdicts`, and returns the verdict."""

from __future__ import annotations

from moto.s3.models import FakeBucket

from . import buckets
from . import keys
from .bucket_policies import stored_policy
from .encryption import Encryption
from .encryption import key_arn_of
from .verdicts import BucketFacts
from .verdicts import Source
from .verdicts import Verdict
from .verdicts import verdict_on


def verdict_of(bucket: str, source: Source) -> Verdict:
    """Return the current verdict on deliveries of a source to a bucket."""
    facts = facts_of(bucket)
    arn = key_arn_of(facts.encryption) if facts else None
    return verdict_on(facts, keys.facts_of(arn) if arn else None, source)


def facts_of(name: str) -> BucketFacts | None:
    """Return the facts about a bucket in any account, or None if it does not exist."""
    bucket = buckets.find(name)
    if bucket is None:
        return None
    return BucketFacts(
        name,
        bucket.account_id,
        bucket.partition,
        bucket.region_name,
        stored_policy(name),
        encryption_of(bucket),
        bucket.payer == "Requester",
    )


def encryption_of(bucket: FakeBucket) -> Encryption:
    """Return the default encryption of a bucket, from the rule in its last PutBucketEncryption or in the fleet."""
    rule = buckets.default_encryption(bucket)
    default = rule["ApplyServerSideEncryptionByDefault"]
    bucket_key = str(rule.get("BucketKeyEnabled", "false")).lower() == "true"
    return Encryption(default["SSEAlgorithm"], default.get("KMSMasterKeyID") or None, bucket_key)
