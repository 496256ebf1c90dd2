# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks names of S3 buckets; existing buckets may have names that new ones cannot have. PRIVATE to this collection.

Source: Amazon S3 User Guide, "General purpose bucket naming rules", with its section on buckets created before 2018.
"""

from __future__ import annotations

import re

from .errors import InputError
from .identifiers import ACCOUNT, REGION

#: Until 2018, us-east-1 allowed upper case letters, underscores and up to 255 characters.
_LEGACY = re.compile(r"(?!\d+\.\d+\.\d+\.\d+\Z)[A-Za-z0-9._-]{3,255}", re.ASCII)
_NEW = re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
#: What every option for a destination accepts.
BUCKET_ALLOWED = "an S3 bucket ARN with an optional folder (arn:aws:s3:::bucket/folder/), or bucket/folder"
#: A name in the namespace of one account and Region, which no other account can use.
_ACCOUNT_REGIONAL = re.compile(rf".+-(?P<account>{ACCOUNT})-(?P<region>{REGION})-an")
#: Regions without such namespaces (S3 User Guide, "Namespaces for general purpose buckets").
_WITHOUT_NAMESPACE = ("me-south-1", "me-central-1")


def parse_bucket(option: str, bucket: str, value: str | None = None, allowed: str = BUCKET_ALLOWED) -> str:
    """Return the name of a bucket that may exist.

    :param option: name of the option, for the error.
    :param value: value of the option, where that is more than the name; for the error.
    :raises InputError: if no general purpose bucket can have this name.
    """
    given = bucket if value is None else value
    if not _LEGACY.fullmatch(bucket):
        raise InputError(option, given, allowed)
    reserved = [end for end in _RESERVED_ENDS if bucket.lower().endswith(end)]
    if reserved:
        raise InputError(option, given, f"the name of a bucket; S3 reserves names that end in {reserved[0]}")
    reserved = [start for start in _RESERVED_STARTS if bucket.lower().startswith(start)]
    if reserved:
        raise InputError(option, given, f"the name of a bucket; S3 reserves names that begin with {reserved[0]}")
    return bucket


def check_new_bucket(option: str, bucket: str, region: str | None = None, owner: str | None = None) -> None:
    """Refuse a name that S3 refuses for a new bucket.

    :param option: name of the option with the bucket's name, for the error.
    :param region: Region of the new bucket, if known.
    :param owner: account id of the new bucket's owner, if known.
    :raises InputError: for a name that only an old bucket can have, and for one of another account's or Region's namespace.
    """
    if not _NEW.fullmatch(bucket):
        raise InputError(
            option, bucket, "for a new bucket, a name of 3 to 63 lower case letters, digits, dots and dashes"
        )
    regional = _ACCOUNT_REGIONAL.fullmatch(bucket)
    if not regional:
        return
    for part, known in (("account", owner), ("region", region)):
        if known and regional.group(part) != known:
            raise InputError(
                option,
                bucket,
                f"for a new bucket of {known}, a name that ends in -ACCOUNT-REGION-an only with this {part}",
            )
    if regional.group("region") in _WITHOUT_NAMESPACE:
        raise InputError(option, bucket, f"another name: {regional.group('region')} has no account-regional buckets")


def is_account_regional(bucket: str) -> bool:
    """Whether a name is in the namespace of one account and Region (``NAME-ACCOUNT-REGION-an``)."""
    return bool(_ACCOUNT_REGIONAL.fullmatch(bucket))
