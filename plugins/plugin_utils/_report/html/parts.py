# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the parts of the report's page are built with: safe text, numbers, links, tables, bars. PRIVATE to this collection.

Whatever a report says goes through :func:`text`: escaped, and with everything invisible spelt out, so that it can
neither become markup nor turn the writing direction.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable
from urllib.parse import urlencode

from ..._printable import visible

#: The states that a target can have (``coverage``), as bars show them, and how they are called.
STATES: Mapping[str, str] = {
    "in_sync": "in sync",
    "drifted": "drifted",
    "missing": "missing",
    "failing": "not delivering",
    "unknown": "not known",
    "ignored": "accepted",
}
#: Long lists show so many rows; the rest is there, folded up.
SHOWN = 8


def text(value: Any) -> str:
    """Return a value as the text of an element or of an attribute; nothing for ``None``."""
    return "" if value is None else html.escape(visible(value))


def lines(value: Any) -> str:
    """Return a text of several lines, each of them safe."""
    return "\n".join(text(line) for line in str(value).split("\n"))


def code(value: Any) -> str:
    """Return a value in code style; a dash where there is none."""
    return "–" if value in (None, "") else f"<code>{text(value)}</code>"


def number(value: int) -> str:
    """Return a count with commas: 12,345."""
    return f"{value:,}"


def several(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def percent(value: float | None) -> str:
    """Return a percentage: 100%, 99.9%; a dash where there is nothing to take a part of."""
    return "–" if value is None else f"{value:g}%"


def link_to(content: str, classes: str = "", **fields: Any) -> str:
    """Return a link that filters the findings; without a script it leads to them all.

    :param content: markup.
    :param fields: values of filters, by their names; ``class_`` is ``class``.
    """
    asked = urlencode({name.rstrip("_"): value for name, value in fields.items() if value is not None})
    kind = f' class="{classes}"' if classes else ""
    return f'<a href="#findings" data-filter="{text(asked)}"{kind}>{content}</a>'


def finding_link(row: Mapping[str, Any]) -> str:
    """Return a link to a finding of this report."""
    return f'<a href="#finding-{text(row["id"])}"><code>{text(row["target"])}</code></a>'


def place(row: Mapping[str, Any]) -> str:
    """Return account and region of a finding, those that it has."""
    return text(" ".join(str(row[key]) for key in ("account_id", "region") if row.get(key)))


def table(head: Iterable[str], rows: Iterable[Sequence[str]], classes: str = "plain", caption: str = "") -> str:
    """Return a table. A column whose name begins with ``#`` holds numbers.

    :param head: names of the columns; text.
    :param rows: cells; markup. The first of a row is its heading.
    """
    names = [name.lstrip("#") for name in head]
    kinds = [' class="n"' if name.startswith("#") else "" for name in head]
    titles = "".join(f'<th scope="col"{kind}>{name}</th>' for name, kind in zip(names, kinds))
    body = "\n".join("<tr>" + _cells(row, kinds) + "</tr>" for row in rows)
    told = f'<caption class="vh">{caption}</caption>' if caption else ""
    return f'<table class="{classes}">{told}<thead><tr>{titles}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'


def _cells(row: Sequence[str], kinds: Sequence[str]) -> str:
    first, *others = row
    return f'<th scope="row">{first}</th>' + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(others, kinds[1:]))


def folded(items: Sequence[Any], wrap: Callable[[Sequence[Any]], str], what: str) -> str:
    """Return a list of which the first items are shown and the rest can be unfolded.

    :param wrap: makes markup of some items.
    :param what: what the items are, in the plural.
    """
    if len(items) <= SHOWN:
        return wrap(items)
    rest = f"<summary>{number(len(items) - SHOWN)} more {what}</summary>"
    return f'{wrap(items[:SHOWN])}<details class="more">{rest}{wrap(items[SHOWN:])}</details>'


def bullets(items: Sequence[str]) -> str:
    """Return a list of markup."""
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>" if items else ""


def states_told(part: Mapping[str, Any]) -> str:
    """Return the states of targets in words: ``10 in sync, 2 missing``."""
    return (
        ", ".join(f"{number(part[state])} {name}" for state, name in STATES.items() if part.get(state)) or "no target"
    )


def states_bar(part: Mapping[str, Any], height: int, label: str = "") -> str:
    """Return the states of targets as a bar.

    :param height: in pixels.
    :param label: for who cannot see it; without one it is decoration, since the numbers stand beside it.
    """
    total = max(part["targets"], 1)
    drawn, start = [], 0.0
    for state in STATES:
        share = 100 * part.get(state, 0) / total
        if share:
            drawn.append(f'<rect class="s-{state}" x="{start:.2f}%" width="{share:.2f}%" height="{height}"/>')
        start += share
    told = f'role="img" aria-label="{text(label)}"' if label else 'aria-hidden="true"'
    return f'<svg class="bar" height="{height}" {told}>{"".join(drawn)}</svg>'


def section(name: str, title: str, *content: str, classes: str = "") -> str:
    """Return a section with its heading.

    :param name: its id, for links.
    :param title: text that is safe.
    """
    kind = f' class="{classes}"' if classes else ""
    head = (
        f'<section id="{name}"{kind} aria-labelledby="{name}-title">\n<h2 id="{name}-title" tabindex="-1">{title}</h2>'
    )
    return "\n".join([head, *filter(None, content), "</section>"])
