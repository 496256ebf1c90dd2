# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders a report in every format. PRIVATE to this collection.

Equal reports give equal text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Callable

from .._findings.finding import FINDINGS
from .csv import to_csv
from .html.page import to_html
from .junit import to_junit
from .markdown import to_markdown
from .sarif import to_sarif
from .types import Report, ReportSummary
from .wording import VERDICT_PREFIX


def to_json(report: Report) -> str:
    """Return the report as JSON with sorted keys."""
    return json.dumps(report, indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def report_summary(report: Report) -> ReportSummary:
    """Return the verdict, the counts, the coverage of all targets, and the headline."""
    return {
        "verdict": report["verdict"],
        "counts": report["counts"],
        "severities": report["severities"],
        "coverage": report["coverage"]["total"],
        "headline": headline(report),
    }


def headline(report: Report) -> str:
    """Return one line with the verdict, the number of findings of each class, and the coverage of the targets.

    ``flow log drift report: verdict=drift missing=2 in_sync=10; targets=12 logged=10 deliverable=10 targets_unknown=0``
    """
    counts = " ".join(f"{name}={report['counts'][name]}" for name in FINDINGS if report["counts"][name])
    total = report["coverage"]["total"]
    covered = f"targets={total['targets']} logged={total['logged']} deliverable={total['deliverable']}"
    coverage = f"; {covered} targets_unknown={total['unknown']}" if total["targets"] else ""
    return f"{VERDICT_PREFIX} verdict={report['verdict']} {counts}".rstrip() + coverage


FORMATS: dict[str, Callable[[Report], str]] = {
    "json": to_json,
    "markdown": to_markdown,
    "html": to_html,
    "csv": to_csv,
    "junit": to_junit,
    "sarif": to_sarif,
}
#: File name extension of each format.
FILES: Mapping[str, str] = {
    "json": ".json",
    "markdown": ".md",
    "html": ".html",
    "csv": ".csv",
    "junit": ".junit.xml",
    "sarif": ".sarif",
}


def render(report: Report, output_format: str) -> str:
    """Return the report in a format.

    :param output_format: one of :data:`FORMATS`.
    """
    return FORMATS[output_format](report)
