# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares a report with the previous one: new, resolved and remaining findings. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._findings.finding import NO_TARGETS, UNKNOWN_FINDINGS
from .._findings.fingerprint import finding_ids, original_class
from .._findings.types import AnyFinding, ComparedFields, EarlierFinding, FindingRow
from .types import Changes, EarlierReport

_VERSIONS = ("1.", "2.")
#: Types of findings about what the inventory could not read.
_GAPS = ("Account", "Region")


def parse_previous(text: str, option: str) -> EarlierReport | None:
    """Return the report in a JSON text; ``None`` for an empty text.

    :param option: name of the option, for the message.
    :raises InputError: if it is not a report of a supported version.
    """
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not _is_report(found):
        raise InputError(option, text[:40], "the JSON of a drift report of version 1 or 2")
    return cast(EarlierReport, found)


def _is_report(found: object) -> bool:
    if not isinstance(found, Mapping) or not str(found.get("version", "")).startswith(_VERSIONS):
        return False
    rows = found.get("findings")
    return isinstance(rows, list) and all(
        isinstance(row, Mapping) and ComparedFields.__required_keys__ <= row.keys() for row in rows
    )


def changes(rows: Iterable[FindingRow], previous: EarlierReport) -> Changes:
    """Return how the findings differ from those of the previous report. Findings ``in_sync`` are not compared.

    A finding is gone only if its target was checked again. It is not gone if nothing is known about the target now.
    """
    rows = list(rows)
    earlier = {row["id"]: row for row in _earlier_findings(previous) if row["finding"] != "in_sync"}
    current = dict.fromkeys(row["id"] for row in rows if row["finding"] != "in_sync")
    unknown = _UnknownTargets(rows)
    return {
        "since": previous.get("generated_at"),
        "new": [name for name in current if name not in earlier],
        "gone": [row for name, row in earlier.items() if name not in current and not unknown.may_include(row)],
        "still": [name for name in current if name in earlier],
    }


def _earlier_findings(previous: EarlierReport) -> list[EarlierFinding]:
    """Return the findings of a report, with ids. Version 1.0 has none."""
    rows = previous["findings"]
    if all("id" in row for row in rows):
        return rows
    return [{**row, "id": name} for row, name in zip(rows, finding_ids(rows))]


class _UnknownTargets:
    """The targets of which a report knows nothing, also those of accounts and Regions that could not be read."""

    def __init__(self, rows: Sequence[FindingRow]) -> None:
        self._targets: dict[str, list[FindingRow]] = {}
        self._unread: set[tuple[str | None, str | None]] = set()
        self._read: set[tuple[str | None, str | None]] = set()
        for row in rows:
            place = (row["account_id"], row["region"])
            if original_class(row) not in UNKNOWN_FINDINGS:
                self._read.update(() if row["target_type"] in NO_TARGETS else (place, (row["account_id"], None)))
            elif row["target_type"] in _GAPS:
                self._unread.add(place)
            else:
                self._targets.setdefault(row["target"], []).append(row)

    def may_include(self, row: EarlierFinding) -> bool:
        """Whether the target of an earlier finding may be unknown now."""
        if original_class(row) in UNKNOWN_FINDINGS:
            return False
        account, region = row["account_id"], row["region"]
        if any(_may_be_same(row, unknown) for unknown in self._targets.get(row["target"], ())):
            return True
        return account is not None and (self._is_unread(account, None) or self._is_unread(account, region))

    def _is_unread(self, account: str, region: str | None) -> bool:
        """Whether an account (``None``: no Region) or one of its Regions could not be read.

        A gap without an account id may be any account without a known target.
        """
        place = (account, region)
        return place in self._unread or ((None, region) in self._unread and place not in self._read)


def _may_be_same(row: AnyFinding, unknown: AnyFinding) -> bool:
    """Whether two findings may be about the same target, if the account or Region of the second may be unknown."""
    return unknown["account_id"] in (None, row["account_id"]) and unknown["region"] in (None, row["region"])
