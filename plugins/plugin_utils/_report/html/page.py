# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as one HTML file that asks for nothing from anywhere. PRIVATE to this collection.

It can be read without a script, on paper, in the dark and by ear. The only styles and script that a browser lets it have
are the two whose hashes it names (Content Security Policy Level 3), so nothing that a report says can ever run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from ..._findings.finding import SEVERITY_ORDER
from ..._findings.fingerprint import with_ids
from ..coverage import coverage as coverage_of
from ..wording import VERDICTS
from . import history, summary
from .coverage import coverage
from .findings import findings
from .parts import number, text
from .script import SCRIPT
from .style import STYLE

TITLE = "Flow log drift report"
#: What unknown is drawn with, besides its colour.
_STRIPES = (
    '<svg width="0" height="0" aria-hidden="true" class="vh"><defs><pattern id="stripes" width="6" height="6" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="stripe-ground" width="6" height="6"/>'
    '<line class="stripe" x1="0" y1="0" x2="0" y2="6"/></pattern></defs></svg>'
)
_COLOURS = {"drift": "b3261e", "unknown": "6b3fa0", "in_sync": "17694d", "nothing_checked": "8f5200"}


def to_html(report: Mapping[str, Any]) -> str:
    """Return the report as a page; the same report gives the same bytes.

    :param report: also of version 1: what it does not have is left out.
    """
    report = _complete(report)
    sections = [
        summary.verdict(report),
        summary.not_known(report),
        coverage(report),
        _beside(history.changes(report), history.trend(report)),
        history.baseline(report),
        findings(report),
    ]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            _head(report["verdict"]),
            "<body>",
            '<a class="skip" href="#findings">Skip to the findings</a>',
            _top(report, sections),
            '<main class="page">',
            *filter(None, sections),
            "</main>",
            _foot(report),
            _STRIPES,
            f"<script>{SCRIPT}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _complete(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the report with what one of version 1 does not have and what follows from what it has."""
    rows = [{"ignored": None, "deliverable": None, **row} for row in report["findings"]]
    if not all("id" in row for row in rows):
        rows = with_ids(rows)
    found: dict[str, Any] = {
        "severities": {name: sum(1 for row in rows if row["severity"] == name) for name in SEVERITY_ORDER},
        "coverage": coverage_of(rows),
        "changes": None,
        "baseline": None,
        "history": [],
        "generated_at": None,
    }
    is_old = str(report["version"]).startswith("1.")
    given = {name: value for name, value in report.items() if not (is_old and name == "coverage")}
    history = [{"logged_percent": run.get("percent"), **run} for run in report.get("history") or ()]
    return {**found, **given, "findings": rows, "history": history}


def _beside(*sections: str) -> str:
    """Two sections stand side by side where there is room."""
    there = list(filter(None, sections))
    return '<div class="pair">\n' + "\n".join(there) + "\n</div>" if len(there) > 1 else "".join(there)


def _head(verdict: str) -> str:
    allowed = (
        f"default-src 'none'; style-src '{_hash(STYLE)}'; script-src '{_hash(SCRIPT)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    icon = (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E"
        f"%3Cpath fill='%23{_COLOURS[verdict]}' fill-rule='evenodd' d='{summary.ICONS[verdict]}'/%3E%3C/svg%3E"
    )
    return "\n".join(
        [
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{allowed}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="robots" content="noindex">',
            f"<title>{VERDICTS[verdict]} · {TITLE}</title>",
            f'<link rel="icon" href="{icon}">',
            f"<style>{STYLE}</style>",
            "</head>",
        ]
    )


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def _top(report: Mapping[str, Any], sections: list[str]) -> str:
    page = "\n".join(sections)
    unknown = len(summary.unknown_rows(report))
    parts: tuple[tuple[str, str, str], ...] = (
        ("unknown", "Not checked", f" <b>{number(unknown)}</b>"),
        ("coverage", "Coverage", ""),
        ("changes", "Changes", ""),
        ("trend", "Trend", ""),
        ("baseline", "Accepted", ""),
        ("findings", "Findings", f" <b>{number(len(report['findings']))}</b>"),
    )
    there = [part for part in parts if f'<section id="{part[0]}"' in page]
    links = "".join(f'<li><a href="#{name}">{title}{more}</a></li>' for name, title, more in there)
    made = report["generated_at"]
    at = f"<time>{text(made)}</time>" if made else ""
    return (
        f'<header><div class="page"><h1>{TITLE}</h1>{at}'
        f'<nav aria-label="Parts of the report"><ul>{links}</ul></nav></div></header>'
    )


def _foot(report: Mapping[str, Any]) -> str:
    return (
        f'<footer class="page">Version {text(report["version"])} of the report, made by the Ansible collection '
        "flowlogs.aws. This file asks for nothing from anywhere.</footer>"
    )
