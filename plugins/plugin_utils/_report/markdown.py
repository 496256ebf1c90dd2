# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders a report as Markdown. PRIVATE to this collection.

Text from AWS or an inventory (ids, tags, names, messages) may contain anything. It is always inside a code span, where
Markdown interprets nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .._findings.types import FindingRow
from .._printable import visible
from .types import CoverageCounts, Report
from .wording import TITLES, VERDICTS, coverage_text

#: Findings that the report counts but does not list.
_ONLY_COUNTED = ("in_sync",)
#: Findings listed of each class: the description of a pull request holds at most 65,536 characters.
_ROWS_SHOWN = 100


def code(value: Any) -> str:
    """Return a value as a Markdown code span that it cannot break out of (CommonMark 0.31, code spans).

    The fence is longer than any run of backticks inside. Spaces separate it from a text that starts or ends with a
    backtick or a space. Markdown shows these spaces only if the text consists of spaces.
    """
    text = visible(value)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    if not text:
        return "(empty)"
    padding = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def to_markdown(report: Report) -> str:
    """Return the report as Markdown for a pull request, a ticket or a wiki page."""
    lines = ["# Flow log drift report", "", f"**{VERDICTS[report['verdict']]}**", ""]
    if report.get("generated_at") is not None:
        lines += [f"Generated at {code(report['generated_at'])}.", ""]
    lines += _counts(report) + _coverage(report) + _changes(report) + _baseline(report)
    for name in dict.fromkeys(row["finding"] for row in report["findings"]):
        rows = [row for row in report["findings"] if row["finding"] == name]
        if name not in _ONLY_COUNTED:
            lines += [f"## {TITLES[name]}", ""]
            lines += [line for row in rows[:_ROWS_SHOWN] for line in _row(row)]
            lines += [f"- and {len(rows) - _ROWS_SHOWN} more, see the JSON report"] if len(rows) > _ROWS_SHOWN else []
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _counts(report: Report) -> list[str]:
    if not report["findings"]:
        return []
    severities = {row["finding"]: row["severity"] for row in report["findings"]}
    lines = ["| finding | severity | count |", "| --- | --- | ---: |"]
    lines += [f"| {name} | {severity} | {report['counts'][name]} |" for name, severity in severities.items()]
    return lines + [""]


def _coverage(report: Report) -> list[str]:
    coverage = report["coverage"]
    if not coverage["total"]["targets"]:
        return []
    lines = [coverage_text(coverage["total"]), ""]
    places = [((place["account_id"], place["region"]), place) for place in coverage["places"]]
    if len(places) > 1:
        lines += _coverage_table(("account", "region"), places)
    for word, named in (("type", coverage["types"]), ("group", coverage["groups"])):
        if len(named) > 1:
            lines += _coverage_table((word,), [((name,), part) for name, part in named.items()])
    return lines


def _coverage_table(head: Sequence[str], parts: Sequence[tuple[Sequence[str], CoverageCounts]]) -> list[str]:
    lines = [
        f"| {' | '.join(head)} | targets | logged | deliverable | unknown |",
        f"|{' --- |' * len(head)} ---: | ---: | ---: | ---: |",
    ]
    for names, part in parts[:_ROWS_SHOWN]:
        logged = _share(part["logged"], part["logged_percent"])
        deliverable = _share(part["deliverable"], part["deliverable_percent"])
        # A bar ends a cell even inside a code span (GitHub Flavored Markdown, tables).
        cells = [code(name).replace("|", "\\|") for name in names]
        lines.append(f"| {' | '.join(cells)} | {part['targets']} | {logged} | {deliverable} | {part['unknown']} |")
    return lines + [""]


def _share(count: int, percent: float | None) -> str:
    return "-" if percent is None else f"{count} ({percent} %)"


def _changes(report: Report) -> list[str]:
    changes = report["changes"]
    if changes is None:
        return []
    since = f" ({code(changes['since'])})" if changes["since"] is not None else ""
    counts = f"{len(changes['new'])} new, {len(changes['gone'])} gone, {len(changes['still'])} still there"
    return [f"Since the previous report{since}: {counts}.", ""]


def _baseline(report: Report) -> list[str]:
    baseline = report["baseline"]
    if baseline is None:
        return []
    lines = [f"Findings accepted by the baseline: {baseline['accepted']}.", ""]
    lines += [f"- An entry has expired: {code(entry)}" for entry in baseline["expired"]]
    lines += [f"- An entry matches no finding: {code(entry)}" for entry in baseline["unused"]]
    return lines + [""]


def _row(row: FindingRow) -> list[str]:
    parts = [code(row["target"])]
    parts += [
        f"{name} {code(value)}" for name, value in (("account", row["account_id"]), ("region", row["region"])) if value
    ]
    if row["groups"]:
        parts.append("groups " + " ".join(code(group) for group in row["groups"]))
    if row["flow_log_id"]:
        parts.append(f"flow log {code(row['flow_log_id'])}")
    lines = ["- " + ", ".join(parts)]
    lines += [
        f"  - {code(change['field'])}: {code(change['current'])} → {code(change['desired'])}"
        for change in row["changes"]
    ]
    if row["how"]:
        lines.append("  - changed " + ("in place" if row["how"] == "in_place" else "by replacing the flow log"))
    details = (("planned", row["planned_action"]), ("evidence", row["evidence"]))
    lines += [f"  - {name}: {code(value)}" for name, value in details if value]
    # Each line of a remedy is pasted by itself.
    lines += [f"  - remedy: {code(line)}" for line in row["remedy"].split("\n") if line]
    return lines + _accepted(row)


def _accepted(row: FindingRow) -> list[str]:
    accepted = row["ignored"]
    if not accepted:
        return []
    who = f"by {code(accepted['owner'])} until {code(accepted['expires'])}"
    return [f"  - {accepted['was']} is accepted {who}: {code(accepted['reason'])}"]
