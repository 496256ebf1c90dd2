# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bucket's default encryption and the name of its key. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

SSE_S3 = "AES256"
ALGORITHMS = (SSE_S3, "aws:kms", "aws:kms:dsse")
"""S3 API Reference, ServerSideEncryptionByDefault."""

MANAGED_ALIAS = "alias/aws/s3"

_KEY_ARN = re.compile(r"arn:[^:]+:kms:[^:]+:\d{12}:key/.+")


@dataclass(frozen=True)
class Encryption:
    """``algorithm`` is one of :data:`ALGORITHMS`; ``key`` as in the bucket: id, ARN, alias, alias ARN, none."""

    algorithm: str = SSE_S3
    key: str | None = None
    bucket_key: bool = False


def uses_customer_key(encryption: Encryption) -> bool:
    """Return whether the key is a customer managed key, not aws/s3, the default of SSE-KMS."""
    return bool(encryption.key) and not encryption.key.endswith(MANAGED_ALIAS)


def key_arn_of(encryption: Encryption) -> str | None:
    """Return the ARN with which the bucket names a customer managed key, or None without a key or ARN."""
    named = encryption.key or ""
    return named if uses_customer_key(encryption) and _KEY_ARN.fullmatch(named) else None
