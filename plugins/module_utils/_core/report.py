# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as text: JSON, Markdown, one line. PRIVATE to this collection.

The same report always gives the same text. What comes from AWS or from an inventory (ids, tags, names, messages) can
say anything, so in Markdown it only ever stands inside code spans, where nothing is interpreted.
"""

from __future__ import annotations

import json
import re
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Mapping

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.finding import SEVERITIES

#: Begins the one line that tells the result; made to be found with grep.
VERDICT_PREFIX = "flow log drift report:"

_TITLES: Mapping[str, str] = {
    "missing": "Missing: what was asked for is not there",
    "failed_delivery": "Failed delivery: records do not arrive, or cannot",
    "drifted": "Drifted: the flow log is not as asked for",
    "policy_drift": "Policy drift: a bucket or key policy does not let log delivery in as needed",
    "permission_missing": "Permission missing: a principal lacks what its work needs",
    "duplicate": "Duplicate: a second flow log does the same",
    "overlapping": "Overlapping: another flow log covers this target already",
    "extra": "Extra: other flow logs of the target",
    "unknown": "Unknown: could not be found out",
    "not_evaluated": "Not evaluated: was not looked at",
    "ignored": "Ignored",
    "in_sync": "In sync",
}
_VERDICTS: Mapping[str, str] = {
    "drift": "There is drift.",
    "unknown": "No drift was seen, but not everything could be looked at.",
    "in_sync": "Everything is as asked for.",
    "nothing_checked": "Nothing was checked: there is no target.",
}
#: Findings that a report for people only counts.
_ONLY_COUNTED = ("in_sync",)


def visible(value: Any) -> str:
    """Return a value as one line without anything invisible: line ends and control characters are spelt out."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return "".join(char if char.isprintable() else _spelt_out(char) for char in text)


def _spelt_out(char: str) -> str:
    """Also for characters that turn the writing direction, and lone surrogates: none of them is printable."""
    number = ord(char)
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char) or (
        f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
    )


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


def to_json(report: Mapping[str, Any]) -> str:
    """Return the report as JSON with a line end; keys are sorted."""
    return json.dumps(report, indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def to_markdown(report: Mapping[str, Any]) -> str:
    """Return the report as Markdown for a pull request, a ticket or a wiki page."""
    lines = ["# Flow log drift report", "", f"**{_VERDICTS[report['verdict']]}**", ""]
    if report.get("generated_at") is not None:
        lines += [f"Made at {code(report['generated_at'])}.", ""]
    if report["findings"]:
        lines += ["| finding | severity | count |", "| --- | --- | ---: |"]
        found = [name for name in FINDINGS if report["counts"][name]]
        lines += [f"| {name} | {SEVERITIES[name]} | {report['counts'][name]} |" for name in found]
        lines.append("")
    for name in FINDINGS:
        rows = [row for row in report["findings"] if row["finding"] == name]
        if rows and name not in _ONLY_COUNTED:
            lines += [f"## {_TITLES[name]}", ""]
            lines += [line for row in rows for line in _markdown_row(row)]
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown_row(row: Mapping[str, Any]) -> List[str]:
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
    return lines


_DETAILS = (("planned", "planned_action"), ("evidence", "evidence"), ("remedy", "remedy"))


def headline(report: Mapping[str, Any]) -> str:
    """Return one line that tells the verdict and the counts: ``... verdict=drift missing=2 in_sync=10``."""
    counts = " ".join(f"{name}={report['counts'][name]}" for name in FINDINGS if report["counts"][name])
    return f"{VERDICT_PREFIX} verdict={report['verdict']} {counts}".rstrip()


FORMATS: Dict[str, Callable[[Mapping[str, Any]], str]] = {
    "json": to_json,
    "markdown": to_markdown,
    "headline": headline,
}


def render(report: Mapping[str, Any], output_format: str) -> str:
    """Return the report as text.

    :param output_format: one of :data:`FORMATS`.
    :raises InputError: for another one.
    """
    if output_format not in FORMATS:
        raise InputError("format", output_format, ", ".join(sorted(FORMATS)))
    return FORMATS[output_format](report)
