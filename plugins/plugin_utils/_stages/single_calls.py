# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages that make one call for each piece of work. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._findings.collect import blocked_reason
from .._publication.preflight import stopped
from .task import Connections, Results, Stage, Task, asked


def accounts(publication: Mapping[str, Any], connection: Connections) -> Stage[Results]:
    """Ask once for each connection whose credentials it has."""
    return asked(
        [
            Task(
                work["name"],
                "s3_flow_log_info",
                # No id, so that nothing is read.
                {"region": work["region"], "flow_log_ids": [], "expected_account_id": work["account_id"]},
                connection(work["credentials_of"], "flow_log_aws"),
                work["account_id"],
            )
            for work in publication["identities"]
        ]
    )


def preflights(publication: Mapping[str, Any], connection: Connections) -> Stage[Results]:
    """Ask for the permissions."""
    return asked(
        [
            Task(
                work["name"],
                "flow_log_permissions_info",
                {
                    "operations": work["operations"],
                    "account_id": work["account_id"],
                    "region": work["region"],
                    "regions": work["regions"],
                    "resource_types": work["resource_types"] or None,
                    "buckets": work["buckets"] or None,
                    "keys": work["keys"] or None,
                },
                connection(work["credentials_of"], work["credentials"]),
                work["account_id"] or "",
            )
            for work in publication["preflights"]
        ]
    )


def flow_logs(
    publication: Mapping[str, Any],
    results: Mapping[str, Results],
    connection: Connections,
    is_report: bool,
    listed: bool,
) -> Stage[Results]:
    """Publish the flow logs of all batches that nothing is in the way of.

    Where the destination is not in order AWS would edit the bucket policy by itself, or nothing would ever arrive.

    :param is_report: whether it is only reported; then also what a run would not get to.
    :param listed: whether flow logs are returned that are as they should be.
    """
    stops = stopped(publication, results)["batches"]
    return asked(
        [
            Task(
                batch["name"],
                "s3_flow_log",
                {**batch_options(batch), "return_flow_logs": listed},
                connection(batch["credentials_of"], "flow_log_aws"),
                batch["account_id"],
            )
            for batch in publication["batches"]
            if batch["name"] not in stops and (is_report or not blocked_reason(batch, results))
        ]
    )


def batch_options(batch: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of ``s3_flow_log`` for a batch. Without tags, none is removed."""
    options = {name: value for name, value in batch["options"].items() if value is not None}
    if "tags" not in options:
        options.pop("purge_tags", None)
    return {
        **options,
        "region": batch["region"],
        "resource_ids": batch["resource_ids"],
        "resource_type": batch["resource_type"],
        "destination": batch["destination"],
    }


def deliveries(
    publication: Mapping[str, Any], results: Mapping[str, Results], connection: Connections, hours: int
) -> Stage[Results]:
    """Look when the flow logs of the batches last delivered.

    :param hours: how far to look back.
    """
    return asked(
        [
            Task(
                batch["name"],
                "s3_flow_log_info",
                {
                    "region": batch["region"],
                    "flow_log_ids": _ids(results.get("batches", {}).get(batch["name"]) or {}),
                    "delivery": True,
                    "delivery_hours": hours,
                },
                connection(batch["credentials_of"], "flow_log_aws"),
                batch["account_id"],
            )
            for batch in publication["batches"]
        ]
    )


def _ids(result: Mapping[str, Any]) -> list[str]:
    return [item["flow_log_id"] for item in result.get("flow_logs") or () if item.get("flow_log_id")]
