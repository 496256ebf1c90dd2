# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Computes the values that the page of the report shows. PRIVATE to this collection.

Words and markup are in the templates in this folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Callable, NamedTuple, TypedDict, cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ChangeDict
from ..._findings.finding import FINDINGS, SEVERITY_ORDER, UNKNOWN_FINDINGS
from ..._findings.fingerprint import original_class, with_ids
from ..._findings.types import AnyFinding, EarlierFinding, FindingRow
from ..._printable import visible
from ..coverage import UNKNOWN_PLACE, coverage
from ..model import completed, is_drift, severity_counts
from ..types import BaselineEntry, BaselineUse, Coverage, CoverageCounts, EarlierReport, Report
from ..wording import VERDICTS, coverage_text
from .trend import Chart, trend

#: The steps of the map, from best to worst: the lowest percentage of each.
_STEPS: tuple[tuple[float, int], ...] = ((100, 5), (95, 4), (80, 3), (50, 2), (0.1, 1), (0, 0))
#: Longest evidence that a link puts into the search of the page.
_SEARCHED = 200


class View(TypedDict):
    """The variables of the template ``page.html.j2``.

    :ivar wrong: number of findings that are drift, by class.
    :ivar reasons: why something could not be checked.
    :ivar grid: the map of accounts and Regions; ``None`` without targets.
    :ivar types: coverage by resource type; ``groups``: by group.
    """

    report: Report
    verdict_text: str
    coverage_text: str
    severities: dict[str, int]
    wrong: dict[str, int]
    unknown_count: int
    reasons: list[Reason]
    grid: Grid | None
    types: list[tuple[str, CoverageCounts]]
    groups: list[tuple[str, CoverageCounts]]
    changes: ChangesView | None
    trend: Chart | None
    baseline: BaselineView | None
    filters: list[Filter]
    rows: list[SimpleNamespace]


def view(any_report: Report | EarlierReport) -> View:
    """Return the variables of the page's template.

    :param any_report: may be of version 1: the page computes or leaves out what it does not have.
    """
    report = _complete(any_report)
    rows = report["findings"]
    unknown = [row for row in rows if original_class(row) in UNKNOWN_FINDINGS]
    found = report["coverage"]
    has_targets = found["total"]["targets"] > 0
    moved = _moved(report)
    choices = _choices(moved)
    filters = [_filter(choice, rows) for choice in choices]
    return {
        "report": report,
        "verdict_text": VERDICTS[report["verdict"]],
        "coverage_text": coverage_text(found["total"]),
        "severities": {name: report["severities"][name] for name in SEVERITY_ORDER},
        "wrong": Counter(row["finding"] for row in rows if is_drift(row)),
        "unknown_count": len(unknown),
        "reasons": _reasons(unknown),
        "grid": _grid(found) if has_targets else None,
        "types": _ranked(found["types"]) if has_targets else [],
        "groups": _ranked(found["groups"]) if has_targets else [],
        "changes": _changes_view(report),
        "trend": trend(report["history"]),
        "baseline": _baseline_view(report["baseline"]),
        "filters": filters,
        "rows": _rows(rows, moved, choices, filters),
    }


def _complete(report: Report | EarlierReport) -> Report:
    """Return a report with the members that version 1 does not have."""
    rows = [completed(row) for row in report["findings"]]
    findings = cast("list[FindingRow]", rows) if all("id" in row for row in rows) else with_ids(rows)
    given: dict[str, object] = {**report}
    # The coverage of version 1 has other members.
    if str(report["version"]).startswith("1.") or "coverage" not in given:
        given["coverage"] = coverage(findings)
    absent = {"severities": severity_counts(findings), "changes": None, "baseline": None, "generated_at": None}
    history = report.get("history") or []
    return cast(Report, {**absent, **given, "findings": findings, "history": history})


# -- findings that could not be checked ---------------------------------------------------------------------------


class Reason(NamedTuple):
    """Findings of one class with the same evidence.

    :ivar filter: values of the page's filters that show these findings.
    """

    evidence: str
    targets: list[str]
    places: list[str]
    filter: dict[str, str]


def _reasons(rows: Iterable[FindingRow]) -> list[Reason]:
    """Return why something could not be checked, the most frequent reason first."""
    found: dict[tuple[str, str], list[FindingRow]] = {}
    for row in rows:
        found.setdefault((row["finding"], row["evidence"]), []).append(row)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_reason(finding, evidence, rows) for (finding, evidence), rows in ranked]


def _reason(finding: str, evidence: str, rows: Sequence[FindingRow]) -> Reason:
    searched = {"q": evidence} if len(evidence) < _SEARCHED else {}
    places = sorted({(str(row["account_id"] or ""), str(row["region"] or "")) for row in rows})
    return Reason(
        evidence,
        [row["target"] for row in rows],
        [" ".join(filter(None, place)) for place in places if any(place)],
        {"class": finding, **searched},
    )


# -- coverage -----------------------------------------------------------------------------------------------------


class Grid(NamedTuple):
    """The map: the counts of each account in each Region, ``None`` if it has no target there."""

    regions: list[str]
    rows: list[tuple[str, list[tuple[str, CoverageCounts | None]]]]


def _grid(found: Coverage) -> Grid:
    cells: dict[tuple[str, str], CoverageCounts] = {
        (item["account_id"], item["region"]): item for item in found["places"]
    }
    regions = sorted({region for _account, region in cells})
    accounts = _ranked({account: found["accounts"][account] for account, _region in cells})
    return Grid(
        regions,
        [(account, [(region, cells.get((account, region))) for region in regions]) for account, _part in accounts],
    )


def _ranked(parts: Mapping[str, CoverageCounts]) -> list[tuple[str, CoverageCounts]]:
    """Return the parts that have targets, those with the largest gaps first."""
    ranked = sorted(parts.items(), key=lambda item: (_rank(item[1]), item[0]))
    return [(name, part) for name, part in ranked if part["targets"]]


def _rank(part: CoverageCounts) -> float:
    """Return the deliverable percentage; parts where it is unknown come last."""
    share = part["deliverable_percent"]
    return 100.0 if share is None else share


def shade(part: CoverageCounts) -> str:
    """Return the CSS classes of a cell of the map, by the deliverable percentage."""
    share = part["deliverable_percent"]
    kind = "hn" if share is None else f"h{step(share)}"
    return kind + (" doubt" if part["unknown"] or part["delivery_unknown"] else "")


def step(value: float) -> int:
    """Return the step of the map for a percentage."""
    return next(level for least, level in _STEPS if value >= least)


class Segment(NamedTuple):
    """A piece of a bar.

    :ivar start: percentage of the bar's width, as text.
    :ivar width: percentage of the bar's width, as text.
    """

    state: str
    start: str
    width: str


def segments(part: Mapping[str, Any], states: Iterable[str]) -> list[Segment]:
    """Return the bar that shows the states of targets. States without a target have no segment.

    :param part: a :class:`types.CoverageCounts`.
    """
    total = max(part["targets"], 1)
    shown, start = [], 0.0
    for state in states:
        share = 100 * part.get(state, 0) / total
        if share:
            shown.append(Segment(state, f"{start:.2f}", f"{share:.2f}"))
        start += share
    return shown


# -- changes and baseline -----------------------------------------------------------------------------------------


class ChangesView(TypedDict):
    """The findings that are new, gone and still there since the last report.

    :ivar still: number of findings by class.
    """

    since: str | None
    new_count: int
    new: list[FindingRow]
    gone: list[EarlierFinding]
    still_count: int
    still: dict[str, int]


def _changes_view(report: Report) -> ChangesView | None:
    """Return the changes since the last report; ``None`` if there is none."""
    found = report["changes"]
    if found is None:
        return None
    rows = {row["id"]: row for row in report["findings"]}
    return {
        "since": found.get("since"),
        "new_count": len(found["new"]),
        "new": [rows[name] for name in found["new"] if name in rows],
        "gone": found["gone"],
        "still_count": len(found["still"]),
        "still": Counter(rows[name]["finding"] for name in found["still"] if name in rows),
    }


def place(row: AnyFinding) -> str:
    """Return the account and Region of a finding, if it has them."""
    return " ".join(value for value in (row.get("account_id"), row.get("region")) if value)


class Entry(NamedTuple):
    """An entry of a baseline.

    :ivar matched: its fields and values other than the texts.
    """

    matched: list[tuple[str, Any]]
    reason: Any
    owner: Any
    expires: Any


class BaselineView(TypedDict):
    """The number of accepted findings, and the entries that are out of date."""

    accepted: int
    expired: list[Entry]
    unused: list[Entry]


def _baseline_view(found: BaselineUse | None) -> BaselineView | None:
    """Return how the baseline was applied; ``None`` if there is none."""
    if found is None:
        return None
    return {
        "accepted": found["accepted"],
        "expired": [_entry(entry) for entry in found.get("expired") or ()],
        "unused": [_entry(entry) for entry in found.get("unused") or ()],
    }


def _entry(entry: BaselineEntry) -> Entry:
    texts = ("reason", "owner", "expires")
    matched = [(name, value) for name, value in sorted(entry.items()) if name not in texts and value]
    return Entry(matched, entry.get("reason"), entry.get("owner"), entry.get("expires"))


# -- findings -----------------------------------------------------------------------------------------------------


class _Choice(NamedTuple):
    """A filter of the findings.

    :ivar values: returns the options that match a finding.
    :ivar order: sort key of the options.
    """

    name: str
    values: Callable[[FindingRow], Sequence[str | None]]
    order: Callable[[str], Any] = str


class Filter(NamedTuple):
    """A filter with its options: each value with the number of its findings."""

    name: str
    options: list[tuple[str, int]]


def _moved(report: Report) -> dict[str, str]:
    """Return ``new`` or ``still`` by the id of a finding."""
    changes = report["changes"]
    if changes is None:
        return {}
    return {**dict.fromkeys(changes.get("new") or (), "new"), **dict.fromkeys(changes.get("still") or (), "still")}


def _rows(
    rows: Iterable[FindingRow], moved: Mapping[str, str], choices: Sequence[_Choice], filters: Iterable[Filter]
) -> list[SimpleNamespace]:
    """Return the findings for the template.

    ``key`` has the positions of a finding's options in the filters, in the order of the filters: ``1.2.1.3.2,5.1``.
    """
    positions = [{value: str(at) for at, (value, _count) in enumerate(one.options, 1)} for one in filters]
    return [
        SimpleNamespace(
            **row,
            key=_key(row, choices, positions),
            is_new=moved.get(row["id"]) == "new",
            differences=_differences(row["changes"] or ()),
        )
        for row in rows
    ]


def _choices(moved: Mapping[str, str]) -> list[_Choice]:
    """Return the filters of the page.

    :param moved: ``new`` or ``still`` by the id of a finding.
    """
    found = [
        _Choice("class", lambda row: [row["finding"]], FINDINGS.index),
        _Choice("severity", lambda row: [row["severity"]], SEVERITY_ORDER.index),
        _Choice("account", lambda row: [row["account_id"] or UNKNOWN_PLACE]),
        _Choice("region", lambda row: [row["region"] or UNKNOWN_PLACE]),
        _Choice("group", lambda row: row["groups"]),
        _Choice("type", lambda row: [row["target_type"]]),
    ]
    return found + [_Choice("change", lambda row: [moved.get(row["id"])])] if moved else found


def _filter(choice: _Choice, rows: Iterable[FindingRow]) -> Filter:
    counts = Counter(value for row in rows for value in choice.values(row) if value)
    return Filter(choice.name, [(value, counts[value]) for value in sorted(counts, key=choice.order)])


def _key(row: FindingRow, choices: Sequence[_Choice], positions: Sequence[Mapping[str, str]]) -> str:
    return ".".join(
        ",".join(known[value] for value in choice.values(row) if value) for choice, known in zip(choices, positions)
    )


class Part(NamedTuple):
    """A part of a value, such as one field of a log format."""

    text: str
    differs: bool


class Difference(NamedTuple):
    """The current and the desired value of a field, split into parts."""

    field: str
    current: list[Part]
    desired: list[Part]
    is_reordered: bool


def _differences(changes: Iterable[ChangeDict]) -> list[Difference]:
    """Return the differences between the current and the desired values of a finding."""
    return [_difference(change["field"], _parts(change["current"]), _parts(change["desired"])) for change in changes]


def _difference(field: str, current: Sequence[str], desired: Sequence[str]) -> Difference:
    removed, added = set(current) - set(desired), set(desired) - set(current)
    return Difference(
        field,
        [Part(text, text in removed) for text in current],
        [Part(text, text in added) for text in desired],
        not (removed or added),
    )


def _parts(value: Any) -> list[str]:
    """Return the items of a list, the fields of a log format, or the value itself."""
    if isinstance(value, (list, tuple)):
        return [visible(item) if item is not None else "" for item in value]
    if isinstance(value, str) and value.startswith("${"):
        return [visible(item) for item in value.split()]
    return [] if value is None else [visible(value)]
