# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings of the report's page, each in full, and what filters them. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable, NamedTuple

from ..._findings.finding import FINDINGS, SEVERITY_ORDER
from ..coverage import UNKNOWN_PLACE
from .parts import code, lines, number, section, several, text

_HOW = {"in_place": "in place", "replace": "by replacing the flow log"}
_COLUMNS = ("Severity", "Finding", "Target", "Account", "Region", "Groups")


class _Filter(NamedTuple):
    """One choice of the form.

    :param values: which of its options a finding has.
    :param order: what its options are sorted by.
    """

    name: str
    label: str
    values: Callable[[Mapping[str, Any]], Sequence[str | None]]
    order: Callable[[str], Any] = str


def _filters(report: Mapping[str, Any]) -> list[_Filter]:
    """The script takes them in this order, which is that of ``data-k``."""
    found = [
        _Filter("class", "Finding", lambda row: [row["finding"]], FINDINGS.index),
        _Filter("severity", "Severity", lambda row: [row["severity"]], SEVERITY_ORDER.index),
        _Filter("account", "Account", lambda row: [row["account_id"] or UNKNOWN_PLACE]),
        _Filter("region", "Region", lambda row: [row["region"] or UNKNOWN_PLACE]),
        _Filter("group", "Group", lambda row: row["groups"]),
        _Filter("type", "Resource type", lambda row: [row["target_type"]]),
    ]
    moved = _moved(report)
    if moved:
        found.append(_Filter("change", "Since the last report", lambda row: [moved.get(row["id"])]))
    return found


def _moved(report: Mapping[str, Any]) -> dict[str | None, str]:
    """Return which findings are new and which are still there, by id."""
    changes = report["changes"] or {}
    return {name: kind for kind in ("new", "still") for name in changes.get(kind) or ()}


def findings(report: Mapping[str, Any]) -> str:
    """Return all findings, worst first, with a form that filters them where there is a script."""
    rows = report["findings"]
    if not rows:
        return section("findings", "Findings", '<p class="quiet">There are none.</p>')
    filters = _filters(report)
    options = [_options(one, rows) for one in filters]
    moved = _moved(report)
    made = [_row(row, _key(row, filters, options), moved.get(row["id"])) for row in rows]
    head = "".join(f"<span>{name}</span>" for name in _COLUMNS)
    return section(
        "findings",
        "Findings",
        _form(filters, options),
        f'<p id="count" role="status">{several(len(rows), "finding")}</p>',
        f'<div class="head" aria-hidden="true">{head}</div>',
        # To a browser with a script this is one text: as elements, 10,000 findings would take it seconds.
        '<ul class="rows" id="rows"></ul>',
        '<noscript id="packed"><ul class="rows">',
        "\n".join(made),
        "</ul></noscript>",
        '<p class="screen"><button type="button" id="more" hidden></button></p>',
    )


def _options(one: _Filter, rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Return the options of a filter: for each value its place, from 1, and how many findings have it."""
    counts: dict[str, int] = {}
    for row in rows:
        for value in one.values(row):
            if value:
                counts[value] = counts.get(value, 0) + 1
    return {value: (at, counts[value]) for at, value in enumerate(sorted(counts, key=one.order), 1)}


def _key(row: Mapping[str, Any], filters: Sequence[_Filter], options: Sequence[Mapping[str, tuple[int, int]]]) -> str:
    """Return the places of a finding's options: ``1.2.1.3.2,5.1``."""
    return ".".join(
        ",".join(str(known[value][0]) for value in one.values(row) if value) for one, known in zip(filters, options)
    )


def _form(filters: Sequence[_Filter], options: Sequence[Mapping[str, tuple[int, int]]]) -> str:
    fields = [
        '<div class="wide"><label for="search">Search <kbd aria-hidden="true">/</kbd></label>'
        '<input id="search" name="q" type="search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"'
        ' placeholder="id, evidence, remedy …"></div>'
    ]
    for one, known in zip(filters, options):
        items = "".join(
            f'<option value="{text(value)}">{text(value)} ({number(count)})</option>'
            for value, (_at, count) in known.items()
        )
        fields.append(
            f'<div><label for="by-{one.name}">{one.label}</label>'
            f'<select id="by-{one.name}" name="{one.name}"><option value="">All</option>{items}</select></div>'
        )
    fields.append('<div><button type="button" id="reset">Show all</button></div>')
    return f'<form id="filters" role="search" aria-label="Findings" hidden>{"".join(fields)}</form>'


def _row(row: Mapping[str, Any], key: str, change: str | None) -> str:
    severity, finding = text(row["severity"]), text(row["finding"])
    badge = '<b class="badge">new</b>' if change == "new" else ""
    host = f' <span class="quiet">{text(row["host"])}</span>' if row["host"] not in (None, row["target"]) else ""
    return (
        f'<li data-k="{key}"><details><summary><span class="sev {severity}">{severity}</span>'
        f'<span class="f-{finding}">{finding}{badge}</span><span><code>{text(row["target"])}</code>{host}</span>'
        f'<span>{text(row["account_id"])}</span><span>{text(row["region"])}</span>'
        f'<span>{text(", ".join(row["groups"]))}</span></summary>{_body(row)}</details></li>'
    )


def _body(row: Mapping[str, Any]) -> str:
    evidence = f"<p>{lines(row['evidence'])}</p>" if row["evidence"] else ""
    return f'<div class="body" id="finding-{text(row["id"])}" tabindex="-1">{evidence}{_differences(row["changes"])}{_remedy(row)}{_facts(row)}</div>'


def _differences(changes: Sequence[Mapping[str, Any]]) -> str:
    """Current and desired values side by side."""
    if not changes:
        return ""
    rows = "".join(_difference(change) for change in changes)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Field", "Current", "Desired"))
    return f'<table class="diff"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _difference(change: Mapping[str, Any]) -> str:
    current, desired = _items(change["current"]), _items(change["desired"])
    gone, come = set(current) - set(desired), set(desired) - set(current)
    order = '<p class="quiet">The same, in another order.</p>' if not (gone or come) else ""
    return (
        f'<tr><th scope="row">{text(change["field"])}</th><td>{_marked(current, gone, "del")}</td>'
        f'<td>{_marked(desired, come, "ins")}{order}</td></tr>'
    )


def _items(value: Any) -> list[str]:
    """Return the parts of a value that can come and go by themselves: the items of a list, the fields of a format."""
    if isinstance(value, (list, tuple)):
        return [text(item) for item in value]
    if isinstance(value, str) and value.startswith("${"):
        return [text(item) for item in value.split()]
    return [] if value is None else [text(value)]


def _marked(items: Sequence[str], marked: Iterable[str], kind: str) -> str:
    parts = [f"<{kind}>{item}</{kind}>" if item in marked else item for item in items]
    return f"<code>{' '.join(parts)}</code>" if parts else '<span class="quiet">none</span>'


def _remedy(row: Mapping[str, Any]) -> str:
    if not row["remedy"]:
        return ""
    return (
        f'<div><b class="label">Remedy</b><div class="cmd"><pre><code>{lines(row["remedy"])}</code></pre></div></div>'
    )


def _facts(row: Mapping[str, Any]) -> str:
    ignored = row["ignored"] or {}
    facts = {
        "Type": row["target_type"],
        "Host": None if row["host"] == row["target"] else row["host"],
        "Flow log": row["flow_log_id"],
        "Destination": row["destination"],
        "A run would": row["planned_action"],
        "Changed": _HOW.get(row["how"]),
        "Accepted, was": ignored.get("was"),
        "Because": ignored.get("reason"),
        "Accepted by": ignored.get("owner"),
        "Until": ignored.get("expires"),
    }
    made = [f"<div><dt>{name}</dt><dd>{code(value)}</dd></div>" for name, value in facts.items() if value]
    link = f'<a href="#finding-{text(row["id"])}">{text(row["id"])}</a>'
    made.append(f'<div class="screen"><dt>Link</dt><dd>{link}</dd></div>')
    return f'<dl class="facts">{"".join(made)}</dl>'
