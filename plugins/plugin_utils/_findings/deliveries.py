# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flow logs that delivered nothing lately. PRIVATE to this collection.

Off by default, since it takes calls to S3 for each flow log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .._publication.task_results import failure_text, has_failed
from .finding import Finding, check_command, destination_command

#: What is to be looked at: flow logs that are there and not known to fail.
_LOOKED_AT = ("in_sync", "drifted")


def deliveries_of(results: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return what is known of deliveries, by the id of the flow log.

    :param results: what ``s3_flow_log_info`` returned with ``delivery``, one result for each batch.
    """
    return {item["flow_log_id"]: item for result in results for item in result.get("flow_logs") or ()}


def with_deliveries(found: Iterable[Finding], results: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Return the findings, in the light of when each flow log last delivered.

    What delivered nothing, or could not be looked at, is not in sync any more.

    :param results: of each batch, what ``s3_flow_log_info`` returned.
    """
    known = deliveries_of(results.values())
    failures = sorted({failure_text(result) for result in results.values() if has_failed(result)})
    made: list[Finding] = []
    for finding in found:
        made += _judged(finding, known, " ".join(failures))
    return made


def delivered_lately(results: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the ids of the flow logs that delivered something in the hours that were looked at.

    :param results: as for :func:`with_deliveries`.
    """
    known = deliveries_of(results.values())
    return {name for name, item in known.items() if (item.get("delivery") or {}).get("status") == "delivered"}


def _judged(finding: Finding, known: Mapping[str, Mapping[str, Any]], failures: str) -> list[Finding]:
    if finding.finding not in _LOOKED_AT or finding.flow_log_id is None:
        return [finding]
    doubt = _doubt(finding, known.get(finding.flow_log_id), failures)
    if not doubt:
        return [finding]
    return doubt if finding.finding == "in_sync" else [finding] + doubt


def _doubt(finding: Finding, item: Any, failures: str) -> list[Finding]:
    delivery = (item or {}).get("delivery") or {"status": "unknown", "reason": failures}
    if delivery["status"] == "unknown":
        why = delivery.get("reason") or "It was not looked at."
        return [_about(finding, "unknown", f"When it last delivered is not known: {why}", check_command(finding))]
    is_young = str(item.get("creation_time") or "") > str(delivery["since"])
    if delivery["status"] == "delivered" or is_young:
        return []
    evidence = f"It delivered nothing in the last {delivery['hours']} hours, though AWS reports no error."
    return [_about(finding, "failed_delivery", evidence, destination_command(finding))]


def _about(finding: Finding, kind: str, evidence: str, remedy: str) -> Finding:
    return replace(finding, finding=kind, evidence=evidence, remedy=remedy, changes=(), how=None, planned_action=None)
