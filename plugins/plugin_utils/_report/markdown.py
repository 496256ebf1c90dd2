# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as Markdown, for people. PRIVATE to this collection.

What comes from AWS or from an inventory (ids, tags, names, messages) can say anything, so it only ever stands inside code
spans, where nothing is interpreted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._printable import visible
from .wording import TITLES, VERDICTS, coverage_told

#: Findings that a report for people only counts.
_ONLY_COUNTED = ("in_sync",)
#: Of each class; a pull request takes 65,536 characters. The JSON holds them all.
_ROWS_SHOWN = 100
_DETAILS = (("planned", "planned_action"), ("evidence", "evidence"))


def code(value: Any) -> str:
    """Return a value as a Markdown code span that it cannot break out of (CommonMark 0.31, code spans).

    The fence is longer than any run of backticks inside. Blanks around the text keep it apart from the fence and are
    not shown; a text of blanks alone keeps them.
    """
    text = visible(value)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    if not text:
        return "(empty)"
    padding = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def to_markdown(report: Mapping[str, Any]) -> str:
    """Return the report as Markdown for a pull request, a ticket or a wiki page."""
    lines = ["# Flow log drift report", "", f"**{VERDICTS[report['verdict']]}**", ""]
    if report.get("generated_at") is not None:
        lines += [f"Made at {code(report['generated_at'])}.", ""]
    lines += _counts(report) + _coverage(report) + _changes(report) + _baseline(report)
    for name in dict.fromkeys(row["finding"] for row in report["findings"]):
        rows = [row for row in report["findings"] if row["finding"] == name]
        if name not in _ONLY_COUNTED:
            lines += [f"## {TITLES[name]}", ""]
            lines += [line for row in rows[:_ROWS_SHOWN] for line in _row(row)]
            lines += [f"- and {len(rows) - _ROWS_SHOWN} more, which the JSON lists"] if len(rows) > _ROWS_SHOWN else []
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _counts(report: Mapping[str, Any]) -> list[str]:
    if not report["findings"]:
        return []
    severities = {row["finding"]: row["severity"] for row in report["findings"]}
    lines = ["| finding | severity | count |", "| --- | --- | ---: |"]
    lines += [f"| {name} | {severity} | {report['counts'][name]} |" for name, severity in severities.items()]
    return lines + [""]


def _coverage(report: Mapping[str, Any]) -> list[str]:
    coverage = report["coverage"]
    if not coverage["total"]["targets"]:
        return []
    lines = [coverage_told(coverage["total"]), ""]
    places = [((place["account_id"], place["region"]), place) for place in coverage["places"]]
    if len(places) > 1:
        lines += _coverage_table(("account", "region"), places)
    for word, key in (("type", "types"), ("group", "groups")):
        parts = [((name,), part) for name, part in coverage[key].items()]
        lines += _coverage_table((word,), parts) if len(parts) > 1 else []
    return lines


def _coverage_table(head: Sequence[str], parts: Sequence[tuple[Sequence[str], Mapping[str, Any]]]) -> list[str]:
    lines = [
        f"| {' | '.join(head)} | targets | logged | deliverable | unknown |",
        f"|{' --- |' * len(head)} ---: | ---: | ---: | ---: |",
    ]
    for names, part in parts[:_ROWS_SHOWN]:
        counts = f"{_of_known(part, 'logged')} | {_of_known(part, 'deliverable')} | {part['unknown']}"
        lines.append(f"| {' | '.join(_cell(name) for name in names)} | {part['targets']} | {counts} |")
    return lines + [""]


def _of_known(part: Mapping[str, Any], name: str) -> str:
    percent = part[f"{name}_percent"]
    return "-" if percent is None else f"{part[name]} ({percent} %)"


def _cell(value: Any) -> str:
    """A table ends a cell at a bar even inside a code span (GitHub Flavored Markdown, tables)."""
    return code(value).replace("|", "\\|")


def _changes(report: Mapping[str, Any]) -> list[str]:
    changes = report["changes"]
    if changes is None:
        return []
    since = f" ({code(changes['since'])})" if changes["since"] is not None else ""
    counts = ", ".join(f"{len(changes[name])} {word}" for name, word in _CHANGED)
    return [f"Since the previous report{since}: {counts}.", ""]


_CHANGED = (("new", "new"), ("gone", "gone"), ("still", "still there"))


def _baseline(report: Mapping[str, Any]) -> list[str]:
    baseline = report["baseline"]
    if baseline is None:
        return []
    lines = [f"Findings that the baseline accepts: {baseline['accepted']}.", ""]
    for name, told in (("expired", "has expired"), ("unused", "was of no use")):
        lines += [f"- An entry {told}: {code(entry)}" for entry in baseline[name]]
    return lines + [""]


def _row(row: Mapping[str, Any]) -> list[str]:
    parts = [code(row["target"])]
    parts += [f"{word} {code(row[key])}" for word, key in (("account", "account_id"), ("region", "region")) if row[key]]
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
    lines += [f"  - {word}: {code(row[key])}" for word, key in _DETAILS if row[key]]
    # Of several lines each is to be pasted by itself.
    lines += [f"  - remedy: {code(line)}" for line in row["remedy"].split("\n") if line]
    return lines + _accepted(row)


def _accepted(row: Mapping[str, Any]) -> list[str]:
    accepted = row["ignored"]
    if not accepted:
        return []
    who = f"by {code(accepted['owner'])} until {code(accepted['expires'])}"
    return [f"  - {accepted['was']} is accepted {who}: {code(accepted['reason'])}"]
