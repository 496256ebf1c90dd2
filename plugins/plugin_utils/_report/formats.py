# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as text, in every format. PRIVATE to this collection.

The same report always gives the same text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Callable

from .._findings.finding import FINDINGS
from .csv import to_csv
from .html.page import to_html
from .junit import to_junit
from .markdown import to_markdown
from .sarif import to_sarif
from .wording import VERDICT_PREFIX


def to_json(report: Mapping[str, Any]) -> str:
    """Return the report as JSON with a line end; keys are sorted."""
    return json.dumps(report, indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def in_short(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict, the counts, the coverage of all targets, and the line that tells them."""
    told = {name: report[name] for name in ("verdict", "counts", "severities")}
    return {**told, "coverage": report["coverage"]["total"], "headline": headline(report)}


def headline(report: Mapping[str, Any]) -> str:
    """Return one line with the verdict, the number of findings of each class, and the coverage of the targets.

    ``flow log drift report: verdict=drift missing=2 in_sync=10; targets=12 logged=10 deliverable=10 targets_unknown=0``
    """
    counts = " ".join(f"{name}={report['counts'][name]}" for name in FINDINGS if report["counts"][name])
    total = report["coverage"]["total"]
    covered = f"targets={total['targets']} logged={total['logged']} deliverable={total['deliverable']}"
    told = f"; {covered} targets_unknown={total['unknown']}" if total["targets"] else ""
    return f"{VERDICT_PREFIX} verdict={report['verdict']} {counts}".rstrip() + told


FORMATS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "json": to_json,
    "markdown": to_markdown,
    "html": to_html,
    "csv": to_csv,
    "junit": to_junit,
    "sarif": to_sarif,
}
#: How the names of files end.
FILES: Mapping[str, str] = {
    "json": ".json",
    "markdown": ".md",
    "html": ".html",
    "csv": ".csv",
    "junit": ".junit.xml",
    "sarif": ".sarif",
}


def render(report: Mapping[str, Any], output_format: str) -> str:
    """Return the report as text.

    :param output_format: one of :data:`FORMATS`.
    """
    return FORMATS[output_format](report)
