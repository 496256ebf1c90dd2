# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages that run one task for each work unit. PRIVATE to this collection."""

from __future__ import annotations

from .._findings.collect import blocked_reason
from .._publication.preflight import stopped
from .._publication.types import (
    BatchDict,
    FlowLogInfoResult,
    FlowLogsResult,
    ModuleOptions,
    PreflightResult,
    PublicationDict,
    RunResults,
)
from .task import Connections, Stage, Task, run_by_name


def identities(publication: PublicationDict, connection: Connections) -> Stage[dict[str, FlowLogInfoResult]]:
    """Check once for each connection whether its credentials belong to the expected account."""
    return run_by_name(
        [
            Task(
                work["name"],
                "s3_flow_log_info",
                # Without ids the module reads no flow logs.
                {"region": work["region"], "flow_log_ids": [], "expected_account_id": work["account_id"]},
                connection(work["credentials_of"], "flow_log_aws"),
                work["account_id"],
            )
            for work in publication["identities"]
        ]
    )


def preflights(publication: PublicationDict, connection: Connections) -> Stage[dict[str, PreflightResult]]:
    """Check the permissions that the work needs."""
    return run_by_name(
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
    publication: PublicationDict,
    results: RunResults,
    connection: Connections,
    is_report: bool,
    listed: bool,
) -> Stage[dict[str, FlowLogsResult]]:
    """Publish the flow logs of all batches that nothing blocks.

    A batch waits until its destination is ready. Otherwise AWS would edit the bucket policy, or could not deliver.

    :param is_report: whether the run only reports. It then also checks batches that are blocked.
    :param listed: whether results list flow logs that match the inventory, too.
    """
    stops = stopped(publication, results)["batches"]
    return run_by_name(
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


def batch_options(batch: BatchDict) -> ModuleOptions:
    """Return the options of ``s3_flow_log`` for a batch. Without ``tags`` it purges no tags."""
    options: dict[str, object] = {name: value for name, value in batch["options"].items() if value is not None}
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
    publication: PublicationDict, results: RunResults, connection: Connections, hours: int
) -> Stage[dict[str, FlowLogInfoResult]]:
    """Check when the flow logs of the batches last delivered.

    :param hours: how far the check goes back.
    """
    return run_by_name(
        [
            Task(
                batch["name"],
                "s3_flow_log_info",
                {
                    "region": batch["region"],
                    "flow_log_ids": _flow_log_ids(results.get("batches", {}).get(batch["name"]) or {}),
                    "delivery": True,
                    "delivery_hours": hours,
                },
                connection(batch["credentials_of"], "flow_log_aws"),
                batch["account_id"],
            )
            for batch in publication["batches"]
        ]
    )


def _flow_log_ids(result: FlowLogsResult) -> list[str]:
    ids = (item.get("flow_log_id") for item in result.get("flow_logs") or ())
    return [flow_log_id for flow_log_id in ids if flow_log_id]
