# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is new since the previous report, and what is gone. PRIVATE to this collection."""

from __future__ import annotations

import json
from typing import Any
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Optional
from typing import Set
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.finding import UNKNOWN_FINDINGS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.finding_ids import with_ids

Row = Mapping[str, Any]


def parse_previous(text: str, option: str) -> Optional[Mapping[str, Any]]:
    """Return the report that a text holds; ``None`` for an empty text.

    :param option: name of the option, for the message.
    :raises InputError: if it is no report that can be compared with.
    """
    if not text.strip():
        return None
    allowed = "the JSON of a drift report of version 1"
    try:
        found = json.loads(text)
    except ValueError:
        raise InputError(option, text[:40], allowed) from None
    if not isinstance(found, Mapping) or not str(found.get("version", "")).startswith("1."):
        raise InputError(option, text[:40], allowed)
    return found


def changes(rows: Iterable[Row], previous: Mapping[str, Any]) -> Dict[str, Any]:
    """Return how findings differ from those of the previous report; what is in sync takes no part.

    A finding is gone only if its target is known to be without it: not if nothing is known about the target this time.

    :returns: ``since``, ``new`` (ids), ``gone`` (rows of the previous report) and ``still`` (ids).
    """
    now = list(rows)
    earlier = {row["id"]: row for row in _told(_identified(previous))}
    here = dict.fromkeys(row["id"] for row in _told(now))
    unknown = _unknown_places(now)
    gone = [row for name, row in earlier.items() if name not in here and not _is_unknown(row, unknown)]
    return {
        "since": previous.get("generated_at"),
        "new": [name for name in here if name not in earlier],
        "gone": gone,
        "still": [name for name in here if name in earlier],
    }


def _identified(previous: Mapping[str, Any]) -> List[Row]:
    """Version 1.0 had no ids."""
    rows = list(previous["findings"])
    return rows if all("id" in row for row in rows) else list(with_ids(rows))


def _told(rows: Iterable[Row]) -> List[Row]:
    return [row for row in rows if row["finding"] != "in_sync"]


def _place(row: Row) -> Tuple[Any, ...]:
    return (row["account_id"], row["region"], row["target"])


def _unknown_places(rows: Iterable[Row]) -> Set[Tuple[Any, ...]]:
    """Return where nothing is known now: targets, and whole accounts and regions that could not be read."""
    found: Set[Tuple[Any, ...]] = set()
    for row in rows:
        if row["finding"] in UNKNOWN_FINDINGS:
            found.add(_place(row))
            if row["target_type"] == "Account":
                found.add((row["account_id"],))
            if row["target_type"] == "Region":
                found.add((row["account_id"], row["region"]))
    return found


def _is_unknown(row: Row, unknown: Set[Tuple[Any, ...]]) -> bool:
    place = _place(row)
    return any(place[:length] in unknown for length in (1, 2, 3)) and row["finding"] not in UNKNOWN_FINDINGS
