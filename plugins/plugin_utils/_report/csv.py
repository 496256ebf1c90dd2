# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as comma-separated values, for spreadsheets. PRIVATE to this collection."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from .._findings.types import FindingRow
from .._printable import visible
from .coverage import target_words
from .types import Report
from .wording import rows_of

_PLAIN = (
    "id finding severity account_id region host target target_type destination flow_log_id how planned_action "
    "evidence remedy"
).split()
_ACCEPTED = ("was", "reason", "owner", "expires")
#: Set in one row of each target, so that a spreadsheet can count targets by counting cells.
_TARGET_COLUMNS = ["target_logged", "target_deliverable"]
COLUMNS = tuple(_PLAIN + ["groups", "changes"] + [f"accepted_{name}" for name in _ACCEPTED] + _TARGET_COLUMNS)
#: Characters that start a formula in a spreadsheet, also after blanks (OWASP, CSV Injection). The last four are the
#: full-width forms of the first.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


class _Text(list[str]):
    """The output of a CSV writer, as a list of lines."""

    write = list.append


def cell(value: Any) -> str:
    """Return a value as a cell that no spreadsheet evaluates: an apostrophe in front makes it text."""
    text = "" if value is None else visible(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _record(row: FindingRow, words: Sequence[str | None]) -> dict[str, object]:
    fields: Mapping[str, object] = row
    accepted: Mapping[str, object] = row["ignored"] or {}
    return {
        **{name: fields[name] for name in _PLAIN},
        "groups": " ".join(row["groups"]),
        "changes": row["changes"] or None,
        **{f"accepted_{name}": accepted.get(name) for name in _ACCEPTED},
        **dict(zip(_TARGET_COLUMNS, words)),
    }


def to_csv(report: Report) -> str:
    """Return the report as CSV: a line with the column names, then one line for each finding."""
    text = _Text()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    words = target_words(report["findings"])
    for row in rows_of(report):
        record = _record(row, words.get(row["id"], (None, None)))
        writer.writerow([cell(record[name]) for name in COLUMNS])
    return "".join(text)
