# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds and reads the S3 keys of a flow log's objects. PRIVATE to this collection.

Source: VPC User Guide, flow-logs-s3-path. An object is named
``[folder/]AWSLogs/ACCOUNT/vpcflowlogs/REGION/YYYY/MM/DD/[HH/]ACCOUNT_vpcflowlogs_REGION_FLOWLOG_YYYYMMDDTHHmmZ_HASH.EXT``,
with Hive-compatible partitions ``[folder/]AWSLogs/aws-account-id=ACCOUNT/aws-service=vpcflowlogs/aws-region=REGION/``
``year=YYYY/month=MM/day=DD/[hour=HH/]``. Each object covers five minutes; the stamp is their start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from ..s3_destination import destination_of
from .model import FlowLog

_STAMP = re.compile(r"_(\d{8}T\d{4})Z_")
_STAMP_FORMAT = "%Y%m%dT%H%M"


class Listing(NamedTuple):
    """Keys to list: those of ``bucket`` that begin with ``prefix`` and come after ``start_after``."""

    bucket: str
    prefix: str
    start_after: str


def listings(flow_log: FlowLog, account: str, region: str, now: datetime, hours: int) -> list[Listing]:
    """Return the listings that find every object of the flow log from the last hours, the newest first.

    The prefixes contain the flow log's id, so objects of other flow logs in the folder are not listed.

    :param account: account that owns the flow log.
    :param region: Region of the flow log.
    :param now: an aware UTC time.
    :param hours: how far to look back, 1 or more.
    """
    destination = destination_of(flow_log.log_destination)
    folder = f"{destination.folder}/" if destination.folder else ""
    since = now - timedelta(hours=hours)
    name = f"{account}_vpcflowlogs_{region}_{flow_log.flow_log_id}_"
    result = []
    for moment in _periods(since, now, flow_log.destination_options.per_hour_partition):
        prefix = folder + _folder_of(flow_log, account, region, moment) + name
        result.append(Listing(destination.bucket, prefix, prefix + since.strftime(_STAMP_FORMAT)))
    return result


def _periods(since: datetime, now: datetime, hourly: bool) -> list[datetime]:
    """Return the start of each day, or hour, between ``since`` and ``now``, the newest first."""
    step = timedelta(hours=1) if hourly else timedelta(days=1)
    moment = now.replace(minute=0, second=0, microsecond=0)
    if not hourly:
        moment = moment.replace(hour=0)
    found = [moment]
    while moment > since:
        moment -= step
        found.append(moment)
    return found


def _folder_of(flow_log: FlowLog, account: str, region: str, moment: datetime) -> str:
    options = flow_log.destination_options
    if options.hive_compatible_partitions:
        base = f"AWSLogs/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/"
        return base + moment.strftime("year=%Y/month=%m/day=%d/" + ("hour=%H/" if options.per_hour_partition else ""))
    base = f"AWSLogs/{account}/vpcflowlogs/{region}/"
    return base + moment.strftime("%Y/%m/%d/" + ("%H/" if options.per_hour_partition else ""))


def stamp_of(key: str) -> datetime | None:
    """Return the time in an object's name (UTC); ``None`` for a key that is not of a flow log."""
    match = _STAMP.search(key)
    if not match:
        return None
    return datetime.strptime(match.group(1), _STAMP_FORMAT).replace(tzinfo=timezone.utc)


def newest_stamp(keys: Iterable[str]) -> str | None:
    """Return the newest time in the names of the keys, in ISO 8601; ``None`` if there is none."""
    stamps = [stamp for stamp in map(stamp_of, keys) if stamp is not None]
    return max(stamps).isoformat() if stamps else None
