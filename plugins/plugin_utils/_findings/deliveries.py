# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds flow logs that delivered nothing recently. PRIVATE to this collection.

Off by default, because it takes calls to S3 for each flow log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .._publication.task_results import failure_text, has_failed
from .._publication.types import DeliveryDict, FlowLogDict, FlowLogInfoResult
from .finding import Finding, check_command, destination_command

#: Classes whose deliveries are checked: the flow log exists, and AWS reports no failure.
_CHECKED = ("in_sync", "drifted")


def _by_flow_log(results: Mapping[str, FlowLogInfoResult]) -> dict[str, FlowLogDict]:
    """Return the flow logs that ``s3_flow_log_info`` returned with ``delivery``, by id."""
    flow_logs = (item for result in results.values() for item in result.get("flow_logs") or ())
    return {item["flow_log_id"] or "": item for item in flow_logs}


def with_deliveries(found: Iterable[Finding], results: Mapping[str, FlowLogInfoResult]) -> list[Finding]:
    """Return the findings, with those about flow logs that delivered nothing recently.

    A flow log that delivered nothing, or whose deliveries could not be checked, is not in sync.

    :param results: results of ``s3_flow_log_info`` for batches, by name.
    """
    known = _by_flow_log(results)
    failures = " ".join(sorted({failure_text(result) for result in results.values() if has_failed(result)}))
    return [item for finding in found for item in _with_delivery(finding, known, failures)]


def recently_delivered(results: Mapping[str, FlowLogInfoResult]) -> set[str]:
    """Return the ids of the flow logs that delivered something in the checked period.

    :param results: as for :func:`with_deliveries`.
    """
    known = _by_flow_log(results)
    return {name for name, item in known.items() if item.get("delivery", {}).get("status") == "delivered"}


def _with_delivery(finding: Finding, known: Mapping[str, FlowLogDict], failures: str) -> list[Finding]:
    if finding.finding not in _CHECKED or finding.flow_log_id is None:
        return [finding]
    problem = _delivery_problem(finding, known.get(finding.flow_log_id) or {}, failures)
    if problem is None:
        return [finding]
    return [problem] if finding.finding == "in_sync" else [finding, problem]


def _delivery_problem(finding: Finding, flow_log: FlowLogDict, failures: str) -> Finding | None:
    delivery: DeliveryDict = flow_log.get("delivery") or {"status": "unknown", "reason": failures}
    if delivery["status"] == "unknown":
        reason = delivery.get("reason") or "Its deliveries were not checked."
        evidence = f"The time of the last delivery is unknown: {reason}"
        return _problem(finding, "unknown", evidence, check_command(finding))
    is_new = str(flow_log.get("creation_time") or "") > str(delivery["since"])
    if delivery["status"] == "delivered" or is_new:
        return None
    evidence = f"The flow log delivered nothing in the last {delivery['hours']} hours, although AWS reports no error."
    return _problem(finding, "failed_delivery", evidence, destination_command(finding))


def _problem(finding: Finding, kind: str, evidence: str, remedy: str) -> Finding:
    return replace(finding, finding=kind, evidence=evidence, remedy=remedy, changes=(), how=None, planned_action=None)
