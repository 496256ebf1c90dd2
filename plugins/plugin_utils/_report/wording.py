# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What classes of findings and verdicts are called, for every format. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Begins the one line that tells the result; made to be found with grep.
VERDICT_PREFIX = "flow log drift report:"
#: Stands where a format would otherwise have no row at all, which could be taken for good news.
NOTHING_CHECKED = "nothing_checked"

TITLES: Mapping[str, str] = {
    "missing": "Missing: the flow log or its bucket does not exist",
    "failed_delivery": "Failed delivery: flow logs are not delivered, or cannot be",
    "drifted": "Drifted: the flow log differs from the inventory",
    "policy_drift": "Policy drift: a bucket or key policy does not let log delivery in as needed",
    "permission_missing": "Permission missing: a principal may not do its work",
    "duplicate": "Duplicate: a second flow log does the same",
    "overlapping": "Overlapping: another flow log covers this target already",
    "extra": "Extra: other flow logs of the target",
    "unknown": "Unknown: could not be determined",
    "not_evaluated": "Not evaluated: not checked",
    "ignored": "Ignored",
    "in_sync": "In sync",
}
VERDICTS: Mapping[str, str] = {
    "drift": "There is drift.",
    "unknown": "No drift was found, but not everything could be checked.",
    "in_sync": "Everything matches the inventory.",
    NOTHING_CHECKED: "Nothing was checked: there is no target.",
}
#: A finding that is none, for formats that would be empty without a target.
_NO_TARGET: Mapping[str, Any] = {
    "id": NOTHING_CHECKED,
    "finding": NOTHING_CHECKED,
    "severity": "medium",
    "account_id": None,
    "region": None,
    "groups": [],
    "host": None,
    "target": "inventory",
    "target_type": None,
    "destination": None,
    "flow_log_id": None,
    "changes": [],
    "how": None,
    "planned_action": None,
    "evidence": VERDICTS[NOTHING_CHECKED],
    "remedy": "ansible-inventory --graph",
    "deliverable": None,
    "ignored": None,
}


def coverage_told(total: Mapping[str, Any]) -> str:
    """Return what the coverage of targets is, in sentences.

    :param total: one count of :func:`coverage.coverage`.
    """
    known = total["targets"] - total["unknown"]
    told = []
    if known:
        told.append(f"{total['logged']} of {known} targets are logged ({total['logged_percent']} %).")
    checked = known - total["delivery_unknown"]
    if checked:
        told.append(
            f"The flow logs of {total['deliverable']} of {checked} can be delivered ({total['deliverable_percent']} %)."
        )
    if total["delivery_unknown"]:
        told.append(f"Whether those of {total['delivery_unknown']} can be delivered is unknown.")
    if total["unknown"]:
        told.append(f"{total['unknown']} targets are unknown and not counted in these percentages.")
    return " ".join(told)


def rows_of(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the findings of a report; one that says so where nothing was checked."""
    rows: list[Mapping[str, Any]] = list(report["findings"])
    return rows + [_NO_TARGET] if report["verdict"] == NOTHING_CHECKED else rows
