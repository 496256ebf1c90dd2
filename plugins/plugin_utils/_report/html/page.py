# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders a report as one self-contained HTML file. PRIVATE to this collection.

``page.html.j2`` and the templates that it includes, ``page.css`` and ``page.js`` are the page; ``view.py`` computes
what it shows. The page can be read without a script, on paper, in the dark and with a screen reader. Browsers allow it
only the style and the script whose hashes it names (Content Security Policy Level 3), so nothing in a report can run.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import pathlib
import re
from collections.abc import Mapping
from typing import Any

import jinja2
from markupsafe import Markup

from ..._printable import visible
from . import view

_FOLDER = pathlib.Path(__file__).parent


def to_html(report: Mapping[str, Any]) -> str:
    """Return the report as a page; the same report gives the same bytes.

    :param report: also of version 1: what it does not have is left out.
    """
    return _template().render(view.view(report))


@functools.lru_cache(maxsize=None)
def _template() -> jinja2.Template:
    """Return the page's template. Templates come from this folder only; no template is ever made from data."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=as_text,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(
        lines=_lines,
        number=_number,
        percent=percent,
        place=view.place,
        segments=view.segments,
        shade=view.shade,
    )
    style, script = _own_file("page.css"), _own_file("page.js")
    environment.globals.update(
        style=Markup(style), style_hash=_hash(style), script=Markup(script), script_hash=_hash(script)
    )
    return environment.get_template("page.html.j2")


def _own_file(name: str) -> str:
    """Return a style sheet or script without the comment at its beginning, which is for contributors."""
    return re.sub(r"\A/\*.*?\*/", "", (_FOLDER / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def as_text(value: Any) -> Markup:
    """Return a value as text of an element or an attribute; nothing for ``None``.

    Jinja applies this to every value that a template writes. What is invisible is spelled out, so that a value can
    neither become markup nor turn the writing direction. What macros return is markup already and stays as it is.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return _escaped(value)
    return Markup("") if value is None else _escaped(visible(value))


@functools.lru_cache(maxsize=1024)
def _escaped(text: str) -> Markup:
    """Return a text as markup. The cache helps because the findings of a report have most of their texts in common."""
    return Markup(html.escape(visible(text)))


def _lines(value: Any) -> Markup:
    """Return a text of several lines, each of them safe."""
    return Markup("\n".join(map(_escaped, str(value).split("\n"))))


def _number(value: int) -> str:
    """Return a count with commas: 12,345."""
    return f"{value:,}"


def percent(value: float | None) -> str:
    """Return a percentage: 100%, 99.9%; a dash for ``None``."""
    return "–" if value is None else f"{value:g}%"
