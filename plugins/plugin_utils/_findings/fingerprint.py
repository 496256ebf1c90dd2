# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids of findings: the same as long as the findings are about the same. PRIVATE to this collection."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

#: Of these a target may have several to one destination, which only the id of the flow log tells apart.
_TOLD_BY_FLOW_LOG = ("duplicate", "extra")
_DIGITS = 16


def class_before(row: Mapping[str, Any]) -> str:
    """Return the class that a finding has, or had before a baseline accepted it."""
    return str((row.get("ignored") or {}).get("was") or row["finding"])


def fingerprint(row: Mapping[str, Any]) -> str:
    """Return 16 hexadecimal digits for what a finding is about; no text that may be worded anew goes into them."""
    finding = class_before(row)
    about = [finding] + [row.get(name) for name in ("account_id", "region", "target", "destination")]
    about.append(row.get("flow_log_id") if finding in _TOLD_BY_FLOW_LOG else None)
    about.append(sorted(str(change["field"]) for change in row.get("changes") or ()))
    text = json.dumps(about, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:_DIGITS]


def with_ids(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with an ``id`` each; of equal ones the second ends in ``-2``, and so on."""
    seen: dict[str, int] = {}
    made = []
    for row in rows:
        found = fingerprint(row)
        seen[found] = number = seen.get(found, 0) + 1
        made.append({**row, "id": found if number == 1 else f"{found}-{number}"})
    return made
