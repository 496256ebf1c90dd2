# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings that somebody has accepted, with a reason and until a day. PRIVATE to this collection.

What is accepted is one class of findings, never whatever else may happen to a target: a flow log that vanishes is not
covered by an entry for drift. Entries for what is gone or not known name one target exactly.
"""

from __future__ import annotations

import datetime
import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._findings.finding import FINDINGS

#: Only by the exact id of a target: nothing of the kind may be covered by accident.
ONLY_EXACT = ("missing", "failed_delivery", "unknown", "not_evaluated")
_ACCEPTABLE = tuple(name for name in FINDINGS if name not in ("ignored", "in_sync"))
#: Fields that are compared with a pattern, as in file names.
_PATTERNS = ("target", "account_id", "region", "group", "destination", "flow_log_id")
_TEXTS = ("reason", "owner")
_FIELDS = ("finding",) + _PATTERNS + ("changes",) + _TEXTS + ("expires",)
_SCOPES = ("target", "account_id", "region", "group")


@dataclass(frozen=True)
class Accepted:
    """One entry of a baseline.

    :param patterns: field to pattern; a finding must match them all.
    :param changes: field to the value that it has though another is desired; ``None``: whatever differs.
    :param expires: the last day that it holds for, ``YYYY-MM-DD``.
    """

    finding: str
    patterns: Mapping[str, str]
    changes: Mapping[str, Any] | None
    reason: str
    owner: str
    expires: str

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Whether a finding is the one that was accepted."""
        if row["finding"] != self.finding or not all(_has(row, *item) for item in self.patterns.items()):
            return False
        return self.changes is None or _same_changes(self.changes, row["changes"])

    def told(self, was: str) -> dict[str, str]:
        """Return what a report says about an accepted finding."""
        return {"reason": self.reason, "owner": self.owner, "expires": self.expires, "was": was}

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it was given."""
        changed = {} if self.changes is None else {"changes": dict(self.changes)}
        texts = {"reason": self.reason, "owner": self.owner, "expires": self.expires}
        return {"finding": self.finding, **self.patterns, **changed, **texts}


def _has(row: Mapping[str, Any], name: str, pattern: str) -> bool:
    values = row["groups"] if name == "group" else [row[name]]
    return any(value is not None and fnmatchcase(str(value), pattern) for value in values)


def _same_changes(accepted: Mapping[str, Any], found: Iterable[Mapping[str, Any]]) -> bool:
    """Whether exactly these fields differ, and have exactly these values."""
    current = {change["field"]: change["current"] for change in found}
    return _canonical(current) == _canonical(accepted)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


# -- reading ------------------------------------------------------------------------------------------------------


def parse_baseline(data: Any, option: str = "drift_report_baseline") -> list[Accepted]:
    """Return the entries of a baseline.

    :param data: ``{accepted: [entry, ...]}`` as YAML gives it.
    :param option: name of the option, for the message.
    :raises InputError: names the entry and the field.
    """
    if not isinstance(data, Mapping) or set(data) != {"accepted"}:
        raise InputError(option, data, "a dictionary with the one member accepted, a list of entries")
    entries = data["accepted"]
    if entries is None:
        return []
    if not isinstance(entries, (list, tuple)):
        raise InputError(f"{option}: accepted", entries, "a list of entries")
    return [_read(entry, f"{option}: accepted[{number}]") for number, entry in enumerate(entries)]


def _read(entry: Any, where: str) -> Accepted:
    if not isinstance(entry, Mapping):
        raise InputError(where, entry, f"a dictionary with {', '.join(_FIELDS)}")
    for name in entry:
        if name not in _FIELDS:
            meant = difflib.get_close_matches(str(name), _FIELDS, n=1)
            hint = f" (did you mean {meant[0]}?)" if meant else ""
            raise InputError(where, name, ", ".join(_FIELDS) + hint)
    finding = entry.get("finding")
    if finding not in _ACCEPTABLE:
        raise InputError(f"{where}.finding", finding, ", ".join(_ACCEPTABLE))
    changes = entry.get("changes")
    if changes is not None and not isinstance(changes, Mapping):
        raise InputError(f"{where}.changes", changes, "a dictionary of fields and the values that they have")
    return Accepted(
        finding=finding,
        patterns=_patterns(entry, finding, where),
        changes=changes,
        reason=_text(entry, "reason", where),
        owner=_text(entry, "owner", where),
        expires=_day(entry.get("expires"), f"{where}.expires"),
    )


def _text(entry: Mapping[str, Any], name: str, where: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}.{name}", value, "a text; every entry needs one")
    return value


def _patterns(entry: Mapping[str, Any], finding: str, where: str) -> dict[str, str]:
    patterns = {name: _text(entry, name, where) for name in _PATTERNS if name in entry}
    if not any(name in patterns for name in _SCOPES):
        raise InputError(where, finding, f"at least one of {', '.join(_SCOPES)} beside the finding")
    if finding in ONLY_EXACT and _is_pattern(patterns.get("target", "*")):
        raise InputError(
            f"{where}.target", patterns.get("target"), f"the exact id of one target, as everywhere with {finding}"
        )
    return patterns


def _is_pattern(text: str) -> bool:
    return any(char in text for char in "*?[")


def _day(value: Any, where: str) -> str:
    """YAML reads an unquoted date as a date."""
    try:
        return datetime.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise InputError(where, value, "a day such as 2030-12-31; every entry needs one") from None


def day_of(time: str, option: str = "drift_report_time") -> str:
    """Return the day of a time that begins with it, ``YYYY-MM-DD``.

    :raises InputError: if it does not.
    """
    try:
        return datetime.date.fromisoformat(time[:10]).isoformat()
    except ValueError:
        raise InputError(option, time, "a time such as 2030-01-31T06:00:00Z, or a day") from None


# -- using --------------------------------------------------------------------------------------------------------


@dataclass
class _Use:
    """Which entries were of use."""

    entries: list[Accepted]
    used: set[int] = field(default_factory=set)

    def accepted(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a row, of class ``ignored`` if an entry accepts it."""
        matching = [number for number, entry in enumerate(self.entries) if entry.matches(row)]
        self.used.update(matching)
        if not matching:
            return row
        return {**row, "finding": "ignored", "ignored": self.entries[matching[0]].told(row["finding"])}


def apply_baseline(
    rows: Iterable[Mapping[str, Any]], entries: Iterable[Accepted], today: str
) -> tuple[list[Mapping[str, Any]], dict[str, Any]]:
    """Return the rows with accepted ones ``ignored``, and what became of the entries.

    :param today: ``YYYY-MM-DD``; entries whose last day is earlier accept nothing.
    :returns: rows, and ``{accepted: number of findings, expired: [entry], unused: [entry]}``.
    """
    everything = list(entries)
    use = _Use([entry for entry in everything if entry.expires >= today])
    made = [use.accepted(row) for row in rows]
    return made, {
        "accepted": sum(1 for row in made if row["ignored"]),
        "expired": [entry.to_dict() for entry in everything if entry.expires < today],
        "unused": [entry.to_dict() for number, entry in enumerate(use.entries) if number not in use.used],
    }
