# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Computes what the page of the report shows. PRIVATE to this collection.

It has numbers, order and groups; words and markup are in the templates next to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Callable, NamedTuple

from ..._findings.finding import FINDINGS, SEVERITY_ORDER, UNKNOWN_FINDINGS
from ..._findings.fingerprint import class_before, with_ids
from ..._printable import visible
from ..coverage import UNKNOWN_PLACE, coverage
from ..model import is_drift
from ..wording import VERDICTS, coverage_told
from .trend import trend

#: The steps of the map, from the best: the percentage from which each begins.
_STEPS: tuple[tuple[float, int], ...] = ((100, 5), (95, 4), (80, 3), (50, 2), (0.1, 1), (0, 0))
#: The search of the page takes evidence up to this length.
_SEARCHED = 200

_Row = Mapping[str, Any]


def view(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of the page's template.

    :param report: also of version 1: what it does not have is computed or left out.
    """
    report = _complete(report)
    rows = report["findings"]
    unknown = [row for row in rows if class_before(row) in UNKNOWN_FINDINGS]
    return {
        "report": report,
        "verdict_text": VERDICTS[report["verdict"]],
        "coverage_text": coverage_told(report["coverage"]["total"]),
        "severities": {name: report["severities"][name] for name in SEVERITY_ORDER},
        "wrong": _counted(row["finding"] for row in rows if is_drift(row)),
        "unknown_count": len(unknown),
        "reasons": _reasons(unknown),
        **_coverage_view(report["coverage"]),
        "changes": _changes_view(report),
        "trend": trend(report["history"]),
        "baseline": _baseline_view(report["baseline"]),
        **_findings_view(report),
    }


def _complete(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the report with what one of version 1 does not have and what follows from what it has."""
    rows = [{"ignored": None, "deliverable": None, **row} for row in report["findings"]]
    if not all("id" in row for row in rows):
        rows = with_ids(rows)
    found: dict[str, Any] = {
        "severities": {name: sum(1 for row in rows if row["severity"] == name) for name in SEVERITY_ORDER},
        "changes": None,
        "baseline": None,
        "generated_at": None,
    }
    is_old = str(report["version"]).startswith("1.")
    given = {name: value for name, value in report.items() if not (is_old and name == "coverage")}
    if "coverage" not in given:
        found["coverage"] = coverage(rows)
    return {**found, **given, "findings": rows, "history": report.get("history") or ()}


def _counted(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value occurs, in the order of their first occurrence."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


# -- what could not be checked ------------------------------------------------------------------------------------


class Reason(NamedTuple):
    """Findings of one class with the same evidence.

    :ivar filter: what the filters of the page are set to, to show these findings.
    """

    evidence: str
    targets: list[Any]
    places: list[str]
    filter: dict[str, str]


def _reasons(rows: Iterable[_Row]) -> list[Reason]:
    """Return why something could not be checked, the most frequent reason first."""
    found: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        found.setdefault((row["finding"], row["evidence"]), []).append(row)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_reason(finding, evidence, rows) for (finding, evidence), rows in ranked]


def _reason(finding: str, evidence: str, rows: Sequence[_Row]) -> Reason:
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
    """The map: for each account its counts in each Region, ``None`` where it has no target."""

    regions: list[str]
    rows: list[tuple[str, list[tuple[str, _Row | None]]]]


def _coverage_view(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the map and the tables, with the largest gaps first; nothing without targets."""
    if not found["total"]["targets"]:
        return {"grid": None, "types": [], "groups": []}
    return {"grid": _grid(found), "types": _ranked(found["types"]), "groups": _ranked(found["groups"])}


def _grid(found: Mapping[str, Any]) -> Grid:
    cells = {(item["account_id"], item["region"]): item for item in found["places"]}
    regions = sorted({region for _account, region in cells})
    accounts = _ranked({account: found["accounts"][account] for account, _region in cells})
    return Grid(
        regions,
        [(account, [(region, cells.get((account, region))) for region in regions]) for account, _part in accounts],
    )


def _ranked(parts: Mapping[str, _Row]) -> list[tuple[str, _Row]]:
    """Return parts of a fleet that have targets, those with the largest gaps first."""
    ranked = sorted(parts.items(), key=lambda item: (_rank(item[1]), item[0]))
    return [(name, part) for name, part in ranked if part["targets"]]


def _rank(part: _Row) -> float:
    """Return the deliverable percentage; parts for which it is unknown come last."""
    share: float | None = part["deliverable_percent"]
    return 100.0 if share is None else share


def shade(part: _Row) -> str:
    """Return the classes of a cell of the map, by what of it can be delivered."""
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


def segments(part: _Row, states: Iterable[str]) -> list[Segment]:
    """Return the bar that shows the states of targets; states without a target have no segment."""
    total = max(part["targets"], 1)
    made, start = [], 0.0
    for state in states:
        share = 100 * part.get(state, 0) / total
        if share:
            made.append(Segment(state, f"{start:.2f}", f"{share:.2f}"))
        start += share
    return made


# -- changes and baseline -----------------------------------------------------------------------------------------


def _changes_view(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what is new, gone and still there since the last report; nothing if none was given."""
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
        "still": _counted(rows[name]["finding"] for name in found["still"] if name in rows),
    }


def place(row: _Row) -> str:
    """Return account and Region of a finding, as far as it has them."""
    return " ".join(str(row[key]) for key in ("account_id", "region") if row.get(key))


class Entry(NamedTuple):
    """An entry of a baseline.

    :ivar matched: names and values of what it accepts.
    """

    matched: list[tuple[str, Any]]
    reason: Any
    owner: Any
    expires: Any


def _baseline_view(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what the baseline accepted and which entries are out of date; nothing if none was given."""
    if found is None:
        return None
    dated = {kind: [_entry(entry) for entry in found.get(kind) or ()] for kind in ("expired", "unused")}
    return {"accepted": found["accepted"], **dated}


def _entry(entry: Mapping[str, Any]) -> Entry:
    about = ("reason", "owner", "expires")
    matched = [(name, value) for name, value in sorted(entry.items()) if name not in about and value]
    return Entry(matched, *(entry.get(name) for name in about))


# -- findings -----------------------------------------------------------------------------------------------------


class _Choice(NamedTuple):
    """A filter of the findings.

    :ivar values: which of its options a finding has.
    :ivar order: what its options are sorted by.
    """

    name: str
    values: Callable[[_Row], Sequence[str | None]]
    order: Callable[[str], Any] = str


class Filter(NamedTuple):
    """A filter with its options: each value with the number of findings that have it."""

    name: str
    options: list[tuple[str, int]]


def _findings_view(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters and the rows of the findings.

    A row has the fields of its finding and, as ``key``, the positions of its options: ``1.2.1.3.2,5.1``. The script
    takes the filters in the order in which the positions are.
    """
    rows = report["findings"]
    changes = report["changes"] or {}
    moved = {name: kind for kind in ("new", "still") for name in changes.get(kind) or ()}
    choices = _choices(moved)
    filters = [_filter(choice, rows) for choice in choices]
    positions = [{value: str(at) for at, (value, _count) in enumerate(one.options, 1)} for one in filters]
    return {
        "filters": filters,
        "rows": [
            SimpleNamespace(
                **row,
                key=_key(row, choices, positions),
                is_new=moved.get(row["id"]) == "new",
                differences=_differences(row["changes"] or ()),
            )
            for row in rows
        ],
    }


def _choices(moved: Mapping[Any, str]) -> list[_Choice]:
    """Return the filters of the page.

    :param moved: which findings are new and which are still there, by id.
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


def _filter(choice: _Choice, rows: Iterable[_Row]) -> Filter:
    counts = _counted(value for row in rows for value in choice.values(row) if value)
    return Filter(choice.name, [(value, counts[value]) for value in sorted(counts, key=choice.order)])


def _key(row: _Row, choices: Sequence[_Choice], positions: Sequence[Mapping[str, str]]) -> str:
    return ".".join(
        ",".join(known[value] for value in choice.values(row) if value) for choice, known in zip(choices, positions)
    )


class Part(NamedTuple):
    """A part of a value that can come and go by itself."""

    text: str
    differs: bool


class Difference(NamedTuple):
    """The current and the desired value of a field, in parts."""

    field: str
    current: list[Part]
    desired: list[Part]
    is_reordered: bool


def _differences(changes: Iterable[Mapping[str, Any]]) -> list[Difference]:
    """Return what differs between the current and the desired values of a finding."""
    return [_difference(change["field"], _parts(change["current"]), _parts(change["desired"])) for change in changes]


def _difference(field: str, current: Sequence[str], desired: Sequence[str]) -> Difference:
    gone, come = set(current) - set(desired), set(desired) - set(current)
    return Difference(
        field,
        [Part(text, text in gone) for text in current],
        [Part(text, text in come) for text in desired],
        not (gone or come),
    )


def _parts(value: Any) -> list[str]:
    """Return the items of a list, the fields of a log format, or the value itself."""
    if isinstance(value, (list, tuple)):
        return [visible(item) if item is not None else "" for item in value]
    if isinstance(value, str) and value.startswith("${"):
        return [visible(item) for item in value.split()]
    return [] if value is None else [visible(value)]
