# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects that the log delivery service writes: keys and content. Pure.

Source: Amazon VPC User Guide, "Flow log files" and "Flow log records".
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from datetime import timedelta
from functools import lru_cache
from typing import Any

from .delivery import base_path

WINDOW = timedelta(minutes=5)
"""Files are published every five minutes, whatever the aggregation interval is."""

TEXT_SUFFIX = ".log.gz"

_FIELD = re.compile(r"\$\{([^}]+)\}")
_PARQUET = b"PAR1"


def window_before(at: datetime) -> datetime:
    """Return the start of the last complete five minutes before a time: the timestamp in the file names.

    :param at: in UTC.
    """
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0) - WINDOW


def object_key(
    account: str, region: str, folder: str, options: Mapping[str, Any], flow_log_id: str, stamp: datetime, suffix: str
) -> str:
    """Return the key of the file that a flow log writes for the five minutes from ``stamp``.

    The hash in the name is derived from flow log and timestamp, so the name is always the same.

    :param options: the DestinationOptions of the flow log; absent ones are false.
    """
    hive = bool(options.get("HiveCompatiblePartitions"))
    day = _hive_day(region, stamp) if hive else f"vpcflowlogs/{region}/{stamp:%Y/%m/%d}"
    hour = (f"/hour={stamp:%H}" if hive else f"/{stamp:%H}") if options.get("PerHourPartition") else ""
    digest = hashlib.sha256(f"{flow_log_id} {stamp.isoformat()}".encode()).hexdigest()[:8]
    name = f"{account}_vpcflowlogs_{region}_{flow_log_id}_{stamp:%Y%m%dT%H%MZ}_{digest}{suffix}"
    return f"{base_path(account, folder, hive)}/{day}{hour}/{name}"


def _hive_day(region: str, stamp: datetime) -> str:
    return f"aws-service=vpcflowlogs/aws-region={region}/year={stamp:%Y}/month={stamp:%m}/day={stamp:%d}"


@lru_cache(maxsize=256)
def text_file(log_format: str, account: str, stamp: datetime) -> bytes:
    """A compressed text file: the names of the fields, then one record; fields that are not known here are ``-``."""
    fields = _FIELD.findall(log_format)
    end = stamp + WINDOW
    known = {
        "version": "2",
        "account-id": account,
        "start": str(int(stamp.timestamp())),
        "end": str(int(end.timestamp())),
        "action": "ACCEPT",
        "log-status": "OK",
    }
    record = " ".join(known.get(name, "-") for name in fields)
    return gzip.compress(f"{' '.join(fields)}\n{record}\n".encode(), mtime=0)


def parquet_file() -> bytes:
    """Return a file with only the start and end of a Parquet file; no test reads the content."""
    return _PARQUET + _PARQUET
