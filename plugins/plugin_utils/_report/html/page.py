# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders a report as one self-contained HTML file. PRIVATE to this collection.

``page.html.j2`` and the templates that it includes, ``page.css`` and ``page.js`` are the page; ``view.py`` computes the values
that it shows. The page works without JavaScript, on paper, in dark mode and with a screen reader. Browsers apply only the
style and the script whose hashes are in the page (Content Security Policy Level 3), so nothing in a report can run.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import pathlib
import re
from typing import Any

import jinja2
from markupsafe import Markup

from ..._printable import visible
from ..types import EarlierReport, Report
from . import view

_FOLDER = pathlib.Path(__file__).parent


def to_html(report: Report | EarlierReport) -> str:
    """Return the report as a page. Equal reports give equal pages.

    :param report: may be of version 1: the page leaves out what it does not have.
    """
    return _template().render(view.view(report))


@functools.lru_cache(maxsize=None)
def _template() -> jinja2.Template:
    """Return the template of the page. Templates come from this folder only, never from data."""
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
    """Return a style sheet or script without its first comment, which is for contributors."""
    return re.sub(r"\A/\*.*?\*/", "", (_FOLDER / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def as_text(value: Any) -> Markup:
    """Return a value as text of an element or an attribute; ``""`` for ``None``.

    Jinja applies this to every value that a template writes. It escapes markup and invisible characters, so that a value
    cannot become markup or change the writing direction. The output of macros is markup already and stays unchanged.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return _escaped(value)
    return Markup("") if value is None else _escaped(visible(value))


@functools.lru_cache(maxsize=1024)
def _escaped(text: str) -> Markup:
    """Return a text as markup. Cached, because the findings of a report share most texts."""
    return Markup(html.escape(visible(text)))


def _lines(value: Any) -> Markup:
    """Return a text of several lines as markup."""
    return Markup("\n".join(map(_escaped, str(value).split("\n"))))


def _number(value: int) -> str:
    """Return a count with commas: 12,345."""
    return f"{value:,}"


def percent(value: float | None) -> str:
    """Return a percentage: 100%, 99.9%; a dash for ``None``."""
    return "–" if value is None else f"{value:g}%"
