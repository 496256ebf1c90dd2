# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as comma-separated values, for spreadsheets. PRIVATE to this collection."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from .._printable import visible
from .coverage import target_words
from .wording import rows_of

_PLAIN = (
    "id finding severity account_id region host target target_type destination flow_log_id how planned_action "
    "evidence remedy"
).split()
_ACCEPTED = ("was", "reason", "owner", "expires")
#: Filled once for each target, so that a spreadsheet counts targets by counting cells.
_ONCE = ["target_logged", "target_deliverable"]
COLUMNS = tuple(_PLAIN + ["groups", "changes"] + [f"accepted_{name}" for name in _ACCEPTED] + _ONCE)
#: How a cell begins that a spreadsheet takes for a formula, also after blanks (OWASP, CSV Injection). The last four are
#: what full-width keyboards write for the first.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


class _Text(list[str]):
    """What a CSV writer writes into."""

    write = list.append


def cell(value: Any) -> str:
    """Return a value as a cell that no spreadsheet calculates; an apostrophe in front makes it a text."""
    text = "" if value is None else visible(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _record(row: Mapping[str, Any], words: Sequence[str | None]) -> dict[str, Any]:
    accepted = row["ignored"] or {}
    return {
        **{name: row[name] for name in _PLAIN},
        "groups": " ".join(row["groups"]),
        "changes": row["changes"] or None,
        **{f"accepted_{name}": accepted.get(name) for name in _ACCEPTED},
        **dict(zip(_ONCE, words)),
    }


def to_csv(report: Mapping[str, Any]) -> str:
    """Return every finding of a report as one line, after a line with the names of the columns."""
    made = _Text()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    words = target_words(report["findings"])
    for row in rows_of(report):
        record = _record(row, words.get(row["id"], (None, None)))
        writer.writerow([cell(record[name]) for name in COLUMNS])
    return "".join(made)
