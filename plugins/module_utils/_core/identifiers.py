# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identifiers of AWS: accounts, Regions, partitions, organizations and ARNs. PRIVATE to this collection.

The constants are parts of regular expressions and accept only ASCII. Match them with ``fullmatch``: ``$`` would accept a
line break at the end.
"""

from __future__ import annotations

import re
from typing import Any

from .errors import InputError

ACCOUNT = r"[0-9]{12}"
PARTITION = r"aws(?:-[a-z]+)*"
#: Every Region's name ends in a direction and a number (botocore endpoints.json), so that most typos do not match.
REGION = r"[a-z]{2,5}(?:-[a-z]+)*-(?:central|(?:north|south)?(?:east|west)|north|south)-[0-9]{1,2}"
#: The beginning of ARNs of IAM.
IAM_ARN = rf"arn:(?P<partition>{PARTITION}):iam::(?P<account>{ACCOUNT})"
#: ARN of a KMS key (``key/ID``) or alias (``alias/NAME``).
KMS_ARN = rf"arn:(?P<partition>{PARTITION}):kms:(?P<region>{REGION}):(?P<account>{ACCOUNT}):(?P<name>[A-Za-z0-9/_-]+)"

ACCOUNT_ALLOWED = "an account id of 12 digits, in quotes"
REGION_ALLOWED = "name of a region, for example eu-west-1"
ORGANIZATION_ALLOWED = "the id of an organization such as o-a1b2c3d4e5"

_ACCOUNT = re.compile(ACCOUNT)
_REGION = re.compile(REGION)
#: AWS Organizations API, OrganizationId.
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_KMS_ARN = re.compile(KMS_ARN)
_ROOT_ARN = re.compile(rf"{IAM_ARN}:root")
#: Partitions by the prefix of the Region (botocore endpoints.json); every other Region is in the partition aws.
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)
#: Regions in which S3 and STS of a partition are always available.
_MAIN_REGIONS = {
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}


def is_account_id(value: Any) -> bool:
    """Whether a value is an account id, as text."""
    return isinstance(value, str) and bool(_ACCOUNT.fullmatch(value))


def parse_account_id(option: str, value: Any, allowed: str = ACCOUNT_ALLOWED) -> str:
    """Return an account id. YAML reads one without quotes as a number, and changes one that begins with 0.

    :raises InputError: for other values.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not is_account_id(text):
        raise InputError(option, value, allowed)
    return str(text)


def is_region(value: Any) -> bool:
    """Whether a value has the form of a Region's name."""
    return isinstance(value, str) and bool(_REGION.fullmatch(value))


def parse_region(option: str, value: Any, allowed: str = REGION_ALLOWED) -> str:
    """Return the name of a Region.

    :raises InputError: for other values.
    """
    if not is_region(value):
        raise InputError(option, value, allowed)
    return str(value)


def partition_of_region(region: str) -> str:
    """Return the partition of a Region, for example ``aws-us-gov``."""
    return next((partition for prefix, partition in _PARTITIONS if region.startswith(prefix)), "aws")


def region_for_buckets(regions: Any, *arns: Any) -> str:
    """Return the Region of the S3 client if none is configured: that of the flow logs, else one of the partition.

    S3 redirects calls from there to the Region of the bucket.

    :param regions: Regions of the flow logs, from an option; ``None``, an empty list and ``*`` mean all Regions.
    :param arns: values that may contain the partition, such as the ARN of the bucket.
    """
    named = next((region for region in regions or () if is_region(region)), None)
    partition = next((arn.split(":")[1] for arn in arns if isinstance(arn, str) and arn.startswith("arn:")), "aws")
    return named or _MAIN_REGIONS.get(partition, "us-east-1")


def parse_organization_id(option: str, value: Any) -> str:
    """Return the id of an organization.

    :raises InputError: for other values.
    """
    if not isinstance(value, str) or not _ORGANIZATION.fullmatch(value):
        raise InputError(option, value, ORGANIZATION_ALLOWED)
    return str(value)


def account_of_root(arn: str) -> str | None:
    """Return the account id in the ARN of a root principal; ``None`` for other texts."""
    found = _ROOT_ARN.fullmatch(arn)
    return found.group("account") if found else None


def region_of_key(arn: Any) -> str | None:
    """Return the Region in the ARN of a KMS key; ``None`` for other values, such as the ARN of an alias."""
    found = _KMS_ARN.fullmatch(arn) if isinstance(arn, str) else None
    return found.group("region") if found and found.group("name").startswith("key/") else None
