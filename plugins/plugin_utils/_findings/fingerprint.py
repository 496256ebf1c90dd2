# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Computes the ids of findings, which stay the same between reports. PRIVATE to this collection."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from .types import AnyFinding, FindingFields, FindingRow

#: A target may have several of these to one destination. Only the id of the flow log distinguishes them.
_WITH_FLOW_LOG_ID = ("duplicate", "extra")
_DIGITS = 16


def original_class(row: AnyFinding) -> str:
    """Return the class of a finding; if a baseline accepted it, the class that it had before."""
    accepted = row.get("ignored")
    return accepted["was"] if accepted and accepted.get("was") else row["finding"]


def fingerprint(row: AnyFinding) -> str:
    """Return 16 hexadecimal digits that identify what a finding is about. Evidence and remedy do not change them."""
    finding = original_class(row)
    about = [
        finding,
        *(row.get("account_id"), row.get("region"), row.get("target"), row.get("destination")),
        row.get("flow_log_id") if finding in _WITH_FLOW_LOG_ID else None,
        sorted(str(change["field"]) for change in row.get("changes") or ()),
    ]
    text = json.dumps(about, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_DIGITS]


def finding_ids(rows: Iterable[AnyFinding]) -> list[str]:
    """Return the id of each finding. If several have the same fingerprint, the second id ends in ``-2``, and so on."""
    seen: dict[str, int] = {}
    ids = []
    for name in map(fingerprint, rows):
        seen[name] = number = seen.get(name, 0) + 1
        ids.append(name if number == 1 else f"{name}-{number}")
    return ids


def with_ids(rows: Sequence[FindingFields]) -> list[FindingRow]:
    """Return the findings with their ids."""
    return [{**row, "id": name} for row, name in zip(rows, finding_ids(rows))]
