# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Milliseconds in EC2's timestamps.

Recorded answers of DescribeFlowLogs have milliseconds in CreationTime; its shape is MillisecondDateTime (botocore
service model). moto returns all EC2 times with zero milliseconds.
"""

from __future__ import annotations

from datetime import datetime
from datetime import timezone
from typing import Any

from moto.core.serialize import EC2Serializer
from moto.core.serialize import QuerySerializer

_SHAPE = "MillisecondDateTime"


def install() -> None:
    """Install it in moto. May be called again."""
    EC2Serializer._serialize_type_timestamp = _serialize


def _serialize(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name == _SHAPE and isinstance(value, datetime):
        self._default_serialize(serialized, in_milliseconds(value), shape, key)
    else:
        QuerySerializer._serialize_type_timestamp(self, serialized, value, shape, key)


def in_milliseconds(value: datetime) -> str:
    """Return a time in EC2's format, such as ``2024-09-24T16:08:17.123Z``; a time without a zone is UTC."""
    value = value.astimezone(timezone.utc) if value.tzinfo else value
    return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
