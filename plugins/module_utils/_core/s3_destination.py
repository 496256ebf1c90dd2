# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""S3 destinations of flow logs: reads and compares their ARNs. PRIVATE to this collection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .bucket_names import BUCKET_ALLOWED, parse_bucket
from .errors import InputError
from .identifiers import PARTITION

_PARTITION = re.compile(PARTITION)
#: VPC User Guide, "Create a flow log that publishes to Amazon S3": AWSLogs is a reserved term.
_RESERVED_FOLDER = "AWSLogs"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: In a policy these are wildcards, or the start of a policy variable.
_NOT_LITERAL = re.compile(r"[*?]|\$\{")


@dataclass(frozen=True)
class Destination:
    """A bucket and an optional folder in it, without leading or trailing slash.

    :param partition: ``aws``, ``aws-cn``, ``aws-us-gov`` ...
    :param bucket: name of the bucket.
    :param folder: ``""`` or for example ``network/prod``.
    """

    partition: str
    bucket: str
    folder: str = ""

    @property
    def bucket_arn(self) -> str:
        """ARN of the bucket alone."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def arn(self) -> str:
        """ARN as CreateFlowLogs documents it: a folder ends with a slash (EC2 API CreateFlowLogs, LogDestination)."""
        return f"{self.bucket_arn}/{self.folder}/" if self.folder else self.bucket_arn


def parse_folder(option: str, folder: str, value: str | None = None) -> str:
    """Return a folder without its outer slashes.

    :param option: name of the option, for the error.
    :param value: value of the option, where that is more than the folder; for the error.
    :raises InputError: for control characters, an empty path segment or the reserved name ``AWSLogs``.
    """
    given = folder if value is None else value
    if _CONTROL.search(folder.strip()):
        raise InputError(option, given, "a folder without control characters")
    stripped = folder.strip().strip("/")
    if not stripped:
        return ""
    segments = stripped.split("/")
    if _RESERVED_FOLDER in segments:
        raise InputError(option, given, f"a folder without the segment {_RESERVED_FOLDER}, which AWS reserves")
    if "" in segments:
        raise InputError(option, given, "a folder without empty segments (//)")
    return stripped


def check_new_folder(option: str, folder: str, value: str | None = None) -> None:
    """Refuse a folder that cannot be written in a policy.

    :raises InputError: for characters that have another meaning in a policy.
    """
    if _NOT_LITERAL.search(folder):
        raise InputError(option, folder if value is None else value, "a folder without *, ?, and ${")


def parse_destination(value: Any, partition: str, option: str = "destination") -> Destination:
    """Read a destination from an option.

    :param value: bucket ARN with optional folder, or ``bucket/folder``.
    :param partition: partition of the Region. A value without a partition gets it, one with another is an error.
    :raises InputError: if the value is not an S3 destination, uses a reserved folder, or has another partition.
    """
    if not isinstance(value, str):
        raise InputError(option, value, BUCKET_ALLOWED)
    text = value.strip()
    path = text
    if text.startswith("arn:"):
        parts = text.split(":", 5)
        if len(parts) != 6 or not _PARTITION.fullmatch(parts[1]) or parts[2:5] != ["s3", "", ""]:
            raise InputError(option, value, BUCKET_ALLOWED)
        if parts[1] != partition:
            raise InputError(option, value, f"an ARN in the partition of the region, {partition}")
        path = parts[5]
    bucket, _sep, folder = path.partition("/")
    return Destination(partition, parse_bucket(option, bucket, value), parse_folder(option, folder, value))


def destination_of(arn: str) -> Destination:
    """Return the destination of an existing flow log, without checks: AWS has accepted it.

    :param arn: ARN as AWS describes it; without one, the bucket is ``""``.
    """
    parts = (arn.split(":", 5) + [""] * 6)[:6]
    bucket, _sep, folder = parts[5].partition("/")
    return Destination(parts[1] or "aws", bucket, folder.strip("/"))


def same_destination(first: str, second: str) -> bool:
    """Whether two ARNs are the same destination; a trailing slash makes no difference."""
    return first.rstrip("/") == second.rstrip("/")
