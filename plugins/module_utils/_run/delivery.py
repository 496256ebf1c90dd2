# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks when flow logs last delivered an object to S3. PRIVATE to this collection."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._aws.s3_objects import list_keys
from .._core.error_hints.denials import denial_hint, is_denied, parse_denial
from .._core.error_hints.flow_logs import hint_for
from .._core.flow_log.model import FlowLog, S3
from .._core.flow_log.object_keys import listings, newest_stamp
from .._core.s3_destination import destination_of

# Calls for one day, or hour, of one flow log; 10,000 objects are more than a busy VPC writes in a day.
_PAGES = 10


def look_at_delivery(
    client: Any, flow_log: FlowLog, account: str, region: str, now: datetime, hours: int
) -> dict[str, Any]:
    """Return when a flow log last delivered and how much in the last hours; what cannot be read is told as unknown.

    :param client: S3 client.
    :param account: that owns the flow log.
    :param now: an aware UTC time.
    :returns: ``{status: delivered | nothing | unknown, last_delivered, objects, complete, reason, hours, since}``.
    """
    window = {"hours": hours, "since": (now - timedelta(hours=hours)).isoformat(timespec="seconds")}
    return {**_look(client, flow_log, account, region, now, hours), **window}


def _look(client: Any, flow_log: FlowLog, account: str, region: str, now: datetime, hours: int) -> dict[str, Any]:
    if flow_log.log_destination_type != S3:
        return _answer("unknown", reason="Only deliveries to S3 are looked at.")
    if not destination_of(flow_log.log_destination).bucket:
        return _answer("unknown", reason="AWS does not describe the destination of this flow log.")
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
        return _answer("unknown", reason=f"{error.message}: {message} ({code}) {hint}".strip())
    return _answer("delivered" if keys else "nothing", newest_stamp(keys), len(keys), complete)


def _hint(flow_log: FlowLog, code: str, message: str) -> str:
    if not is_denied(code):
        return hint_for("ListObjectsV2", code, message)
    bucket = destination_of(flow_log.log_destination).bucket_arn
    return denial_hint(replace(parse_denial("ListObjectsV2", message), resource=bucket))


def _answer(
    status: str, last: str | None = None, objects: int = 0, complete: bool = True, reason: str = ""
) -> dict[str, Any]:
    return {
        "status": status,
        "last_delivered": last,
        "objects": None if status == "unknown" else objects,
        "complete": None if status == "unknown" else complete,
        "reason": reason or None,
    }
