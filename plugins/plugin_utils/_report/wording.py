# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words that all formats of the report share. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from .._findings.types import FindingRow
from .types import CoverageCounts, Report

#: Start of the line with the verdict, for grep.
VERDICT_PREFIX = "flow log drift report:"
#: Class of the only row of a report without findings: an empty report would look like good news.
NOTHING_CHECKED = "nothing_checked"

TITLES: Mapping[str, str] = {
    "missing": "Missing: the flow log or its bucket does not exist",
    "failed_delivery": "Failed delivery: flow logs are not delivered, or cannot be",
    "drifted": "Drifted: the flow log differs from the inventory",
    "policy_drift": "Policy drift: a bucket or key policy does not grant log delivery the access that it needs",
    "permission_missing": "Permission missing: a principal does not have a required permission",
    "duplicate": "Duplicate: a second flow log has the same settings and destination",
    "overlapping": "Overlapping: another flow log already covers this target",
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
#: The row of a report without findings.
_NO_TARGET: FindingRow = {
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


def coverage_text(total: CoverageCounts) -> str:
    """Return the coverage of targets in sentences; zero counts are omitted."""
    known = total["targets"] - total["unknown"]
    sentences = []
    if known:
        sentences.append(f"{total['logged']} of {known} targets are logged ({total['logged_percent']} %).")
    checked = known - total["delivery_unknown"]
    if checked:
        sentences.append(
            f"The flow logs of {total['deliverable']} of {checked} can be delivered ({total['deliverable_percent']} %)."
        )
    if total["delivery_unknown"]:
        sentences.append(f"For {total['delivery_unknown']} of them, it is unknown whether flow logs can be delivered.")
    if total["unknown"]:
        sentences.append(f"{total['unknown']} targets are unknown and not counted in these percentages.")
    return " ".join(sentences)


def rows_of(report: Report) -> list[FindingRow]:
    """Return the findings of a report; if nothing was checked, one that says so."""
    rows = list(report["findings"])
    return rows + [_NO_TARGET] if report["verdict"] == NOTHING_CHECKED else rows
