# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is new since the previous report, and what is gone. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._findings.finding import NO_TARGETS, UNKNOWN_FINDINGS
from .._findings.fingerprint import class_before, with_ids

Row = Mapping[str, Any]
_VERSIONS = ("1.", "2.")
#: Types of findings about what the inventory could not read.
_PLACES = ("Account", "Region")
#: What is read of each finding of a previous report.
_MEMBERS = ("finding", "target", "target_type", "account_id", "region", "destination", "flow_log_id", "changes")


def parse_previous(text: str, option: str) -> Mapping[str, Any] | None:
    """Return the report that a text holds; ``None`` for an empty text.

    :param option: name of the option, for the message.
    :raises InputError: if it is no report that can be compared with.
    """
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not _is_report(found):
        raise InputError(option, text[:40], "the JSON of a drift report of version 1 or 2")
    return dict(found)


def _is_report(found: Any) -> bool:
    if not isinstance(found, Mapping) or not str(found.get("version", "")).startswith(_VERSIONS):
        return False
    rows = found.get("findings")
    return isinstance(rows, list) and all(isinstance(row, Mapping) and set(_MEMBERS) <= row.keys() for row in rows)


def changes(rows: Iterable[Row], previous: Mapping[str, Any]) -> dict[str, Any]:
    """Return how findings differ from those of the previous report; what is in sync takes no part.

    A finding is gone only if its target is known to be without it: not if nothing is known about the target this time.

    :returns: ``since``, ``new`` (ids), ``gone`` (rows of the previous report) and ``still`` (ids).
    """
    now = list(rows)
    earlier = {row["id"]: row for row in _told(_identified(previous))}
    here = dict.fromkeys(row["id"] for row in _told(now))
    unseen = _Unseen(now)
    gone = [row for name, row in earlier.items() if name not in here and not unseen.holds(row)]
    return {
        "since": previous.get("generated_at"),
        "new": [name for name in here if name not in earlier],
        "gone": gone,
        "still": [name for name in here if name in earlier],
    }


def _identified(previous: Mapping[str, Any]) -> list[Row]:
    """Version 1.0 had no ids."""
    rows = list(previous["findings"])
    return rows if all("id" in row for row in rows) else list(with_ids(rows))


def _told(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["finding"] != "in_sync"]


class _Unseen:
    """What a report knows nothing about: targets, and whole accounts and Regions that could not be read."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._targets: dict[str, list[Row]] = {}
        self._places: set[tuple[str | None, str | None]] = set()
        self._seen: set[tuple[str | None, str | None]] = set()
        for row in rows:
            place = (row["account_id"], row["region"])
            if class_before(row) not in UNKNOWN_FINDINGS:
                self._seen.update(() if row["target_type"] in NO_TARGETS else (place, (row["account_id"], None)))
            elif row["target_type"] in _PLACES:
                self._places.add(place)
            else:
                self._targets.setdefault(row["target"], []).append(row)

    def holds(self, row: Row) -> bool:
        """Whether an earlier finding is about something that is unknown now, so that it may not be gone."""
        if class_before(row) in UNKNOWN_FINDINGS:
            return False
        account, region = row["account_id"], row["region"]
        if any(_may_be(row, unknown) for unknown in self._targets.get(row["target"], ())):
            return True
        return account is not None and (self._hides(account, None) or self._hides(account, region))

    def _hides(self, account: str, region: str | None) -> bool:
        """Whether an account (without a Region) or a Region of it could not be read.

        An account without an id can be any account of which no target was seen.
        """
        place = (account, region)
        return place in self._places or ((None, region) in self._places and place not in self._seen)


def _may_be(row: Row, unknown: Row) -> bool:
    """Whether a finding may be about the same target as one whose account or Region is not known."""
    return all(unknown[name] in (None, row[name]) for name in ("account_id", "region"))
