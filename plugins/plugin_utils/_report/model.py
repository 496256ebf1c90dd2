# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report: what all formats are made from. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._findings.finding import DRIFT_FINDINGS, FINDINGS, SEVERITIES, SEVERITY_ORDER, UNKNOWN_FINDINGS
from .._findings.fingerprint import class_before, with_ids
from .baseline import Accepted, apply_baseline
from .changes import changes
from .coverage import coverage
from .wording import NOTHING_CHECKED

#: Version of the report's JSON: the second number grows when something is added, the first when something changes.
REPORT_VERSION = "2.0"

#: What a run can be told to fail on.
FAIL_WORDS = (*FINDINGS, *SEVERITY_ORDER, NOTHING_CHECKED)


@dataclass(frozen=True)
class Weighing:
    """By what findings are weighed besides what they are.

    :param severities: class of findings to severity, where it is another than that of :data:`finding.SEVERITIES`.
    :param baseline: findings that are accepted; ``None``: there is no baseline.
    :param today: the day that decides what of the baseline has expired, ``YYYY-MM-DD``.
    :param previous: the report to compare with.
    :param history: earlier runs, from :func:`history.parse_history`.
    """

    severities: Mapping[str, str] = field(default_factory=dict)
    baseline: Sequence[Accepted] | None = None
    today: str = ""
    previous: Mapping[str, Any] | None = None
    history: Sequence[Mapping[str, Any]] = ()


def weighed(
    rows: Iterable[Mapping[str, Any]], generated_at: str | None = None, weighing: Weighing = Weighing()
) -> dict[str, Any]:
    """Return the report about the findings of a report, weighed anew.

    :param rows: findings as :meth:`finding.Finding.to_dict` returns them.
    :raises InputError: for a class or severity that does not exist.
    """
    judged, baseline = _judged(rows, weighing)
    table = severity_table(weighing.severities)
    weighted = ({"deliverable": None, **row, "severity": table[row["finding"]]} for row in judged)
    final = sorted(with_ids(weighted), key=report_order)
    made: dict[str, Any] = {
        "version": REPORT_VERSION,
        "verdict": verdict(final),
        "counts": {name: sum(1 for row in final if row["finding"] == name) for name in FINDINGS},
        "severities": {name: sum(1 for row in final if row["severity"] == name) for name in SEVERITY_ORDER},
        "coverage": coverage(final),
        "changes": None if weighing.previous is None else changes(final, weighing.previous),
        "baseline": baseline,
        "history": list(weighing.history),
        "findings": final,
    }
    if generated_at is not None:
        made["generated_at"] = generated_at
    return made


def report_order(row: Mapping[str, Any]) -> tuple[int, int]:
    """Return what findings are sorted by: the worst severity first."""
    return SEVERITY_ORDER.index(row["severity"]), FINDINGS.index(row["finding"])


def _judged(
    rows: Iterable[Mapping[str, Any]], weighing: Weighing
) -> tuple[list[Mapping[str, Any]], dict[str, Any] | None]:
    if weighing.baseline is None:
        return list(rows), None
    return apply_baseline(rows, weighing.baseline, weighing.today)


def severity_table(overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the severity of each class of findings.

    :param overrides: class to severity, where it is another than usual.
    :raises InputError: for a class or severity that does not exist.
    """
    for finding, severity in overrides.items():
        if finding not in FINDINGS:
            raise InputError("drift_report_severities", finding, ", ".join(FINDINGS))
        if severity not in SEVERITY_ORDER:
            raise InputError(f"drift_report_severities: {finding}", severity, ", ".join(SEVERITY_ORDER))
    return {**SEVERITIES, **overrides}


def verdict(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return ``drift``, ``unknown``, ``in_sync`` or ``nothing_checked``. Drift weighs more than what is not known.

    Further flow logs of a target are drift only where they are to be removed; otherwise they are allowed to be there.
    What a baseline accepts is no drift. What is not known stays so, whoever accepts that.
    """
    drift = unknown = in_sync = False
    for row in rows:
        drift = drift or is_drift(row)
        unknown = unknown or class_before(row) in UNKNOWN_FINDINGS
        in_sync = in_sync or row["finding"] == "in_sync" or bool(row["ignored"])
    if drift or unknown:
        return "drift" if drift else "unknown"
    return "in_sync" if in_sync else NOTHING_CHECKED


def is_drift(row: Mapping[str, Any]) -> bool:
    """Whether a finding says that something is not as it should be, and nobody has accepted that."""
    return row["finding"] in DRIFT_FINDINGS or (row["planned_action"] is not None and not row["ignored"])


def failing(report_data: Mapping[str, Any], fail_on: Iterable[str]) -> dict[str, int]:
    """Return how many findings there are of each class and severity that fail a run; only those there are.

    A report that checked nothing proves nothing, so it fails every run that is to fail on anything.

    :param report_data: a report, or its summary.
    :param fail_on: classes of findings, severities (a severity stands for itself and for all worse ones), and
        ``nothing_checked``: all of them of :data:`FAIL_WORDS`.
    """
    counts = {name: _count_of(report_data, name) for name in fail_on}
    if counts and report_data["verdict"] == NOTHING_CHECKED:
        counts[NOTHING_CHECKED] = 1
    return {name: count for name, count in counts.items() if count}


def _count_of(report_data: Mapping[str, Any], name: str) -> int:
    if name in SEVERITY_ORDER:
        bad = SEVERITY_ORDER[: SEVERITY_ORDER.index(name) + 1]
        return sum(report_data["severities"][severity] for severity in bad)
    if name == NOTHING_CHECKED:
        return int(report_data["verdict"] == NOTHING_CHECKED)
    return int(report_data["counts"][name])
