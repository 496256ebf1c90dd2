# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads when flow logs last delivered an object to S3. PRIVATE to this collection."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypedDict

from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._aws.s3_objects import list_keys
from .._core.error_hints.denials import denial_hint, is_denied, parse_denial
from .._core.error_hints.flow_logs import hint_for
from .._core.flow_log.model import FlowLog, S3
from .._core.flow_log.object_keys import listings, newest_stamp
from .._core.s3_destination import destination_of

# Maximum number of calls for one day, or hour, of one flow log; a busy VPC writes fewer than 10,000 objects a day.
_PAGES = 10


class _Found(TypedDict):
    status: str
    last_delivered: str | None
    objects: int | None
    complete: bool | None
    reason: str | None


class Delivery(_Found):
    """What a flow log delivered in the last hours, as the module returns it.

    ``status`` is ``delivered``, ``nothing`` or ``unknown``.
    """

    hours: int
    since: str


def read_delivery(client: Any, flow_log: FlowLog, account: str, region: str, now: datetime, hours: int) -> Delivery:
    """Return when a flow log last delivered, and how many objects; ``unknown`` if the bucket cannot be read.

    :param client: S3 client.
    :param account: account that owns the flow log.
    :param now: an aware UTC time.
    """
    since = (now - timedelta(hours=hours)).isoformat(timespec="seconds")
    return {**_list_objects(client, flow_log, account, region, now, hours), "hours": hours, "since": since}


def _list_objects(client: Any, flow_log: FlowLog, account: str, region: str, now: datetime, hours: int) -> _Found:
    if flow_log.log_destination_type != S3:
        return _found("unknown", reason="Only deliveries to S3 are checked.")
    if not destination_of(flow_log.log_destination).bucket:
        return _found("unknown", reason="AWS does not describe the destination of this flow log.")
    keys: list[str] = []
    complete = True
    try:
        for listing in listings(flow_log, account, region, now, hours):
            found = list_keys(client, listing.bucket, listing.prefix, listing.start_after, _PAGES)
            keys += found.keys
            complete = complete and found.complete
    except FlowLogsAWSError as error:
        code, message = error_code_and_message(error)
        hint = _hint(flow_log, code, message)
        return _found("unknown", reason=f"{error.message}: {message} ({code}) {hint}".strip())
    return _found("delivered" if keys else "nothing", newest_stamp(keys), len(keys), complete)


def _hint(flow_log: FlowLog, code: str, message: str) -> str:
    if not is_denied(code):
        return hint_for("ListObjectsV2", code, message)
    bucket = destination_of(flow_log.log_destination).bucket_arn
    return denial_hint(replace(parse_denial("ListObjectsV2", message), resource=bucket))


def _found(status: str, last: str | None = None, objects: int = 0, complete: bool = True, reason: str = "") -> _Found:
    return {
        "status": status,
        "last_delivered": last,
        "objects": None if status == "unknown" else objects,
        "complete": None if status == "unknown" else complete,
        "reason": reason or None,
    }
