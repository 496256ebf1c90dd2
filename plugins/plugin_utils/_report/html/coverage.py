# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of a fleet is logged and deliverable: by account and Region as a map, by type, by group. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .parts import code, folded, link_to, number, percent, section, states_bar, states_told, table, text

#: The steps of the map, from the best: the percentage from which each begins, and how the legend calls it.
STEPS: tuple[tuple[float, int, str], ...] = (
    (100, 5, "all"),
    (95, 4, "95% or more"),
    (80, 3, "80% or more"),
    (50, 2, "50% or more"),
    (0.1, 1, "less"),
    (0, 0, "none"),
)


def coverage(report: Mapping[str, Any]) -> str:
    """Return the map and the tables; nothing for a report without coverage or targets."""
    found = report["coverage"]
    if not found["total"]["targets"]:
        return ""
    parts = [_by(found, "types", "Resource type", "type"), _by(found, "groups", "Group", "group")]
    tables = "\n".join(filter(None, parts))
    return _map(found) + (f'\n<div class="pair">\n{tables}\n</div>' if tables else "")


def step(value: float) -> int:
    """Return the step of the map for a percentage."""
    return next(level for least, level, _name in STEPS if value >= least)


def _map(found: Mapping[str, Any]) -> str:
    cells = {(item["account_id"], item["region"]): item for item in found["places"]}
    regions = sorted({region for _account, region in cells})
    sums = {account: found["accounts"][account] for account, _region in cells}
    accounts = sorted(sums, key=lambda account: (_percent_of(sums[account]), account))
    head = "".join(f'<th scope="col">{text(region)}</th>' for region in regions)
    rows = "\n".join(_row(account, regions, cells, sums[account]) for account in accounts)
    sums_below = [_cell(found["regions"][region], text(region), region=region) for region in regions]
    last = "".join(f"<td>{cell}</td>" for cell in [*sums_below, _cell(found["total"], "All")])
    drawn = (
        '<div class="scroll map" tabindex="0" role="region" aria-labelledby="coverage-title">'
        '<table class="heat"><caption class="vh">Logged, deliverable and unknown targets by account and Region</caption>'
        f'<thead><tr><th scope="col">Account</th>{head}<th scope="col">All regions</th></tr></thead>\n'
        f'<tbody>\n{rows}\n<tr class="sum"><th scope="row">All accounts</th>{last}</tr>\n</tbody></table></div>'
    )
    told = (
        '<p class="quiet">How many of the targets have their flow log, and how many flow logs can be delivered. '
        "Percentages are of what is known. The color stands for what can be delivered. "
        "Accounts with the largest gaps come first; a cell leads to its findings.</p>"
    )
    return section("coverage", "Coverage by account and region", told, drawn, _legend())


def _percent_of(part: Mapping[str, Any]) -> float:
    """Return what parts are ranked by; of what is unknown no percentage is known."""
    return 100.0 if part["deliverable_percent"] is None else part["deliverable_percent"]


def _row(
    account: str,
    regions: list[str],
    cells: Mapping[tuple[str, str], Mapping[str, Any]],
    sums: Mapping[str, Any],
) -> str:
    made = [f'<th scope="row">{text(account)}</th>']
    for region in regions:
        cell = cells.get((account, region))
        made.append(_empty() if not (cell and cell["targets"]) else f"<td>{_place_cell(cell, account, region)}</td>")
    made.append(f'<td>{_cell(sums, text(account), "sum", account=account)}</td>')
    return f'<tr>{"".join(made)}</tr>'


def _empty() -> str:
    return '<td><span class="cell hn"><span aria-hidden="true">·</span><span class="vh">no target</span></span></td>'


def _place_cell(cell: Mapping[str, Any], account: str, region: str) -> str:
    share = cell["deliverable_percent"]
    kind = "hn" if share is None else f"h{step(share)}"
    kind += " doubt" if cell["unknown"] or cell["delivery_unknown"] else ""
    return _cell(cell, f"{text(account)}, {text(region)}", kind, account=account, region=region)


def _cell(part: Mapping[str, Any], name: str, kind: str = "sum", **fields: str) -> str:
    """Return a cell that says its numbers, and to who hears it also its place and states."""
    counted = f"{number(part['logged'])} of {number(part['targets'] - part['unknown'])}"
    logged, deliverable = percent(part["logged_percent"]), f"{percent(part['deliverable_percent'])} deliverable"
    unknown = f"{number(part['unknown'])} unknown"
    told = f"{name}: {logged} logged, {counted}; {deliverable}; {unknown}: {states_told(part)}"
    figure = f"<b>{logged}</b><small>{counted}</small><small>{deliverable}</small>"
    figure += f"<small>{unknown}</small>" if part["unknown"] else ""
    content = f'<span aria-hidden="true">{figure}</span><span class="vh">{told}</span>'
    return link_to(content, f"cell {kind}", **fields) if fields else f'<span class="cell {kind}">{content}</span>'


def _legend() -> str:
    items = [f'<li><span class="swatch h{level}"></span>{name}</li>' for _least, level, name in STEPS]
    items.append('<li><span class="swatch doubt"></span>outlined: something is unknown</li>')
    return f'<ul class="key" aria-label="Legend: share of flow logs that can be delivered">{"".join(items)}</ul>'


def _by(found: Mapping[str, Any], key: str, title: str, field: str) -> str:
    parts: Mapping[str, Mapping[str, Any]] = found[key]
    if not parts:
        return ""
    ranked = sorted(parts.items(), key=lambda item: (_percent_of(item[1]), item[0]))
    rows = [_part_row(name, part, field) for name, part in ranked if part["targets"]]
    head = (title, "#Logged", "#Deliverable", "#Unknown", "#Targets", "States", "#Not in order")
    made = folded(rows, lambda some: table(head, some, "plain part", f"Coverage by {title.lower()}"), "rows")
    return section(f"coverage-{key}", f"Coverage by {title.lower()}", f'<div class="scroll">{made}</div>')


def _part_row(name: str, part: Mapping[str, Any], field: str) -> list[str]:
    wrong = part["targets"] - part["in_sync"] - part["ignored"]
    told = states_told(part)
    figure = '<span class="zero">0</span>' if not wrong else number(wrong)
    return [
        link_to(text(name) or code(name), **{field: name}),
        percent(part["logged_percent"]),
        percent(part["deliverable_percent"]),
        number(part["unknown"]),
        number(part["targets"]),
        states_bar(part, 10, told),
        figure,
    ]
