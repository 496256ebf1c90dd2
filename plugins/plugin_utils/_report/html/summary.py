# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first things that the report's page says: the verdict, the numbers, what is not known. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._findings.finding import SEVERITY_ORDER, UNKNOWN_FINDINGS
from ..._findings.fingerprint import class_before
from ..model import is_drift
from ..wording import VERDICTS, coverage_told
from .parts import (
    STATES,
    code,
    folded,
    link_to,
    number,
    percent,
    section,
    several,
    states_bar,
    states_told,
    table,
    text,
)

#: Drawn on 24 by 24: a triangle and a circle with a mark of exclamation, a tick, an empty circle.
ICONS: Mapping[str, str] = {
    "drift": "M12 2 1 21h22zm-1 7h2v6h-2zm0 8h2v2h-2z",
    "unknown": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1 5h2v7h-2zm0 9h2v2h-2z",
    "in_sync": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.5 14.5-4-4 1.4-1.4 2.6 2.6 5.6-5.6 1.4 1.4z",
    "nothing_checked": "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM7 11h10v2H7z",
}


def unknown_rows(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the findings that say that something is not known; what a baseline accepts stays not known."""
    return [row for row in report["findings"] if class_before(row) in UNKNOWN_FINDINGS]


def verdict(report: Mapping[str, Any]) -> str:
    """Return the verdict with the numbers below it."""
    name = report["verdict"]
    said = f'<h2 id="verdict-title" tabindex="-1">{VERDICTS[name]}</h2>\n<p>{_told(report)}</p>'
    return (
        f'<section class="verdict v-{name}" id="verdict" aria-labelledby="verdict-title">\n<div class="said">'
        f'<svg width="40" height="40" viewBox="0 0 24 24" aria-hidden="true"><path fill-rule="evenodd" d="{ICONS[name]}"/>'
        f"</svg>\n<div>{said}</div></div>\n{_tiles(report)}\n{_states(report)}</section>"
    )


def _told(report: Mapping[str, Any]) -> str:
    """The verdict in a sentence or three; what is nought is not named."""
    wrong: dict[str, int] = {}
    for row in filter(is_drift, report["findings"]):
        wrong[row["finding"]] = wrong.get(row["finding"], 0) + 1
    said = []
    if wrong:
        parts = ", ".join(f"{number(count)} {name.replace('_', ' ')}" for name, count in wrong.items())
        said.append(f"{several(sum(wrong.values()), 'finding')} to fix: {parts}.")
    unknown = len(unknown_rows(report))
    if unknown:
        said.append(f"{several(unknown, 'finding')} could not be checked.")
    said.append(coverage_told(report["coverage"]["total"]))
    return " ".join(filter(None, said)) or "There is nothing to tell."


def _tiles(report: Mapping[str, Any]) -> str:
    total, by_severity = report["coverage"]["total"], report["severities"]
    tiles = []
    if total["targets"]:
        known = total["targets"] - total["unknown"]
        checked = known - total["delivery_unknown"]
        logged, deliverable = (number(total[name]) for name in ("logged", "deliverable"))
        tiles += [
            _tile("", percent(total["logged_percent"]), f"logged, {logged} of {number(known)}"),
            _tile("", percent(total["deliverable_percent"]), f"deliverable, {deliverable} of {number(checked)}"),
            _tile("", number(total["unknown"]), "targets unknown"),
        ]
    tiles += [
        link_to(_figure(by_severity[name], f'<span class="sev {name}">{name}</span>'), severity=name)
        for name in SEVERITY_ORDER
        if by_severity[name] or name in ("high", "medium")
    ]
    unknown = len(unknown_rows(report))
    if unknown:
        label = '<span class="f-unknown">could not be checked</span>'
        tiles.append(f'<a href="#unknown">{_figure(unknown, label)}</a>')
    items = "".join(f"<li>{tile}</li>" for tile in tiles)
    return f'<ul class="tiles" aria-label="Numbers">{items}</ul>'


def _figure(count: int, label: str) -> str:
    return f"<b>{number(count)}</b><small>{label}</small>"


def _tile(classes: str, figure: str, label: str) -> str:
    return f'<span class="tile {classes}"><b>{figure}</b><small>{label}</small></span>'


def _states(report: Mapping[str, Any]) -> str:
    total = report["coverage"]["total"]
    if not total["targets"]:
        return ""
    items = [
        f'<li><svg width="12" height="12" aria-hidden="true"><rect class="s-{state}" width="12" height="12" rx="2"/></svg>'
        f"<b>{number(total[state])}</b> {name}</li>"
        for state, name in STATES.items()
        if total.get(state)
    ]
    drawn = states_bar(total, 14, "Targets: " + states_told(total))
    return f'<div class="states">{drawn}<ul class="key" aria-label="States of targets">{"".join(items)}</ul></div>'


def not_known(report: Mapping[str, Any]) -> str:
    """Return what could not be checked, by reason; nothing where all could be."""
    rows = unknown_rows(report)
    if not rows:
        return ""
    reasons: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        reasons.setdefault((row["finding"], row["evidence"]), []).append(row)
    ranked = sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))
    made = [_reason(finding, evidence, found) for (finding, evidence), found in ranked]
    head = ("Why", "What", "Where", "#")
    return section(
        "unknown",
        f"Could not be checked: {number(len(rows))}",
        '<p class="quiet">Not known is not in sync: each of these may hide drift.</p>',
        folded(made, lambda some: table(head, some, "plain stack", "What could not be checked"), "reasons"),
        classes="gaps",
    )


def _reason(finding: str, evidence: str, rows: list[Mapping[str, Any]]) -> list[str]:
    targets = [row["target"] for row in rows]
    places = sorted({(str(row["account_id"] or ""), str(row["region"] or "")) for row in rows})
    filtered = link_to(several(len(rows), "finding"), class_=finding, q=evidence if len(evidence) < 200 else None)
    told = [text(" ".join(filter(None, found))) for found in places if any(found)]
    return [
        f'<span class="long">{text(evidence) or "No reason was given."}</span>',
        _some([code(target) for target in targets]),
        _some(told) or "–",
        filtered,
    ]


def _some(items: list[str]) -> str:
    more = len(items) - 3
    return "<br>".join(items[:3]) + (f"<br>and {number(more)} more" if more > 0 else "")
