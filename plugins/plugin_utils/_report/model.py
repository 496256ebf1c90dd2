# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the report document that all formats render. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._findings.finding import DRIFT_FINDINGS, FINDINGS, SEVERITIES, SEVERITY_ORDER, UNKNOWN_FINDINGS
from .._findings.fingerprint import original_class, with_ids
from .._findings.types import AnyFinding, FindingFields, FindingRow
from .baseline import Accepted, apply_baseline
from .changes import changes
from .coverage import coverage
from .types import BaselineUse, EarlierReport, HistoryEntry, Report, ReportSummary
from .wording import NOTHING_CHECKED

#: Version of the report's JSON. An addition increases the second number, any other change the first.
REPORT_VERSION = "2.0"

#: Allowed values of ``drift_report_fail_on``.
FAIL_WORDS = (*FINDINGS, *SEVERITY_ORDER, NOTHING_CHECKED)


@dataclass(frozen=True)
class ReportContext:
    """What a report depends on, other than its findings.

    :param severities: severities by class of findings that replace those of :data:`finding.SEVERITIES`.
    :param baseline: accepted findings; ``None``: there is no baseline.
    :param today: the day of the report, ``YYYY-MM-DD``; entries of the baseline expire before it.
    :param previous: the report to compare with.
    :param history: earlier runs, from :func:`history.parse_history`.
    """

    severities: Mapping[str, str] = field(default_factory=dict)
    baseline: Sequence[Accepted] | None = None
    today: str = ""
    previous: EarlierReport | None = None
    history: Sequence[HistoryEntry] = ()


def build_report(
    rows: Iterable[AnyFinding], generated_at: str | None = None, context: ReportContext = ReportContext()
) -> Report:
    """Return the report on some findings.

    :param rows: findings from :meth:`finding.Finding.to_dict`, or those of an earlier report.
    :raises InputError: for a class or severity that does not exist.
    """
    found: list[FindingFields] = [completed(row) for row in rows]
    baseline: BaselineUse | None = None
    if context.baseline is not None:
        found, baseline = apply_baseline(found, context.baseline, context.today)
    table = severity_table(context.severities)
    findings = sorted(with_ids([{**row, "severity": table[row["finding"]]} for row in found]), key=_report_order)
    report: Report = {
        "version": REPORT_VERSION,
        "verdict": verdict(findings),
        "counts": {name: sum(1 for row in findings if row["finding"] == name) for name in FINDINGS},
        "severities": severity_counts(findings),
        "coverage": coverage(findings),
        "changes": None if context.previous is None else changes(findings, context.previous),
        "baseline": baseline,
        "history": list(context.history),
        "findings": findings,
    }
    if generated_at is not None:
        report["generated_at"] = generated_at
    return report


def completed(row: AnyFinding) -> FindingFields:
    """Return a finding with the fields that version 1 of the report does not have."""
    return cast(FindingFields, {"ignored": None, "deliverable": None, **row})


def severity_counts(rows: Sequence[FindingFields]) -> dict[str, int]:
    """Return the number of findings of each severity."""
    return {name: sum(1 for row in rows if row["severity"] == name) for name in SEVERITY_ORDER}


def _report_order(row: FindingRow) -> tuple[int, int]:
    return SEVERITY_ORDER.index(row["severity"]), FINDINGS.index(row["finding"])


def severity_table(overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the severity of each class of findings.

    :param overrides: severities by class that replace the default ones.
    :raises InputError: for a class or severity that does not exist.
    """
    for finding, severity in overrides.items():
        if finding not in FINDINGS:
            raise InputError("drift_report_severities", finding, ", ".join(FINDINGS))
        if severity not in SEVERITY_ORDER:
            raise InputError(f"drift_report_severities: {finding}", severity, ", ".join(SEVERITY_ORDER))
    return {**SEVERITIES, **overrides}


def verdict(rows: Iterable[FindingFields]) -> str:
    """Return ``drift``, ``unknown``, ``in_sync`` or ``nothing_checked``. Drift takes precedence over unknown.

    Further flow logs of a target are drift only if a run would remove them. An accepted finding is not drift. An accepted
    finding that is unknown stays unknown.
    """
    drift = unknown = in_sync = False
    for row in rows:
        drift = drift or is_drift(row)
        unknown = unknown or original_class(row) in UNKNOWN_FINDINGS
        in_sync = in_sync or row["finding"] == "in_sync" or bool(row["ignored"])
    if drift or unknown:
        return "drift" if drift else "unknown"
    return "in_sync" if in_sync else NOTHING_CHECKED


def is_drift(row: FindingFields) -> bool:
    """Whether a finding is drift that no baseline accepts."""
    return row["finding"] in DRIFT_FINDINGS or (row["planned_action"] is not None and not row["ignored"])


def failing(report: Report | ReportSummary, fail_on: Iterable[str]) -> dict[str, int]:
    """Return the number of findings that fail a run, by class and severity; zero counts are omitted.

    A report that checked nothing proves nothing. It fails every run with a non-empty ``fail_on``.

    :param fail_on: some of :data:`FAIL_WORDS`. A severity includes all worse ones.
    """
    counts = {name: _count_of(report, name) for name in fail_on}
    if counts and report["verdict"] == NOTHING_CHECKED:
        counts[NOTHING_CHECKED] = 1
    return {name: count for name, count in counts.items() if count}


def _count_of(report: Report | ReportSummary, name: str) -> int:
    if name in SEVERITY_ORDER:
        included = SEVERITY_ORDER[: SEVERITY_ORDER.index(name) + 1]
        return sum(report["severities"][severity] for severity in included)
    if name == NOTHING_CHECKED:
        return int(report["verdict"] == NOTHING_CHECKED)
    return report["counts"][name]
