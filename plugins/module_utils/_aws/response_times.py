# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the times in AWS's answers. PRIVATE to this collection."""

from __future__ import annotations

from datetime import datetime
from typing import Any

try:
    from botocore.utils import parse_timestamp
except ImportError:
    # amazon.aws says what lacks.
    pass


def read_time(value: Any) -> datetime:
    """Return a time as botocore does, and that of EC2 (2026-06-14T02:30:00.000Z) without its slow parser.

    botocore lets dateutil guess the format of each time, which takes a third of reading a page of flow logs.

    :param value: text or seconds, as an answer has it.
    """
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        read: datetime = parse_timestamp(value)
        return read


def with_quick_times(client: Any) -> Any:
    """Return a client of boto3 that reads times by :func:`read_time`.

    The AWS CLI sets a parser of its own by the same method. Where botocore has it elsewhere the client stays as it is.
    """
    parsers: Any = getattr(getattr(client, "_endpoint", None), "_response_parser_factory", None)
    if hasattr(parsers, "set_parser_defaults"):
        parsers.set_parser_defaults(timestamp_parser=read_time)
    return client
