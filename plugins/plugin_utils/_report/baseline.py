# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applies a baseline: findings that someone accepted, with a reason and a last day. PRIVATE to this collection.

An entry accepts one class of findings: an entry for drift does not accept that the flow log is deleted. An entry for
something that is missing, failing or unknown must name exactly one target.
"""

from __future__ import annotations

import datetime
import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ChangeDict
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._findings.finding import FINDINGS
from .._findings.types import Acceptance, FindingFields
from .types import BaselineEntry, BaselineUse

#: Classes that an entry accepts only by the exact id of a target, so that none is accepted by accident.
ONLY_EXACT = ("missing", "failed_delivery", "unknown", "not_evaluated")
_ACCEPTABLE = tuple(name for name in FINDINGS if name not in ("ignored", "in_sync"))
#: Fields that an entry matches with a pattern, as for file names.
_PATTERNS = ("target", "account_id", "region", "group", "destination", "flow_log_id")
_TEXTS = ("reason", "owner")
_FIELDS = ("finding",) + _PATTERNS + ("changes",) + _TEXTS + ("expires",)
_SCOPES = ("target", "account_id", "region", "group")


@dataclass(frozen=True)
class Accepted:
    """One entry of a baseline.

    :param patterns: pattern by field; a finding must match all of them.
    :param changes: accepted current value by field; ``None``: any differences.
    :param expires: the last day of the entry, ``YYYY-MM-DD``.
    """

    finding: str
    patterns: Mapping[str, str]
    changes: Mapping[str, Any] | None
    reason: str
    owner: str
    expires: str

    def matches(self, row: FindingFields) -> bool:
        """Whether the entry accepts a finding."""
        if row["finding"] != self.finding or not all(_matches(row, *item) for item in self.patterns.items()):
            return False
        return self.changes is None or _same_changes(self.changes, row["changes"])

    def acceptance(self, finding: str) -> Acceptance:
        """Return the member ``ignored`` of an accepted finding.

        :param finding: the class of the finding before it was accepted.
        """
        return {"reason": self.reason, "owner": self.owner, "expires": self.expires, "was": finding}

    def to_dict(self) -> BaselineEntry:
        """Return the entry as it was given."""
        entry: BaselineEntry = {
            "finding": self.finding,
            "reason": self.reason,
            "owner": self.owner,
            "expires": self.expires,
        }
        entry.update(cast(BaselineEntry, self.patterns))
        if self.changes is not None:
            entry["changes"] = dict(self.changes)
        return entry


def _matches(row: Mapping[str, object], name: str, pattern: str) -> bool:
    values = row["groups"] if name == "group" else [row[name]]
    return any(value is not None and fnmatchcase(str(value), pattern) for value in cast("list[object]", values))


def _same_changes(accepted: Mapping[str, Any], found: Iterable[ChangeDict]) -> bool:
    """Whether exactly the accepted fields differ, with exactly the accepted values."""
    current = {change["field"]: change["current"] for change in found}
    return _canonical(current) == _canonical(accepted)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


# -- reading ------------------------------------------------------------------------------------------------------


def parse_baseline(data: Any, option: str = "drift_report_baseline") -> list[Accepted]:
    """Return the entries of a baseline.

    :param data: ``{accepted: [entry, ...]}``, read from YAML.
    :param option: name of the option, for the message.
    :raises InputError: for an invalid entry or field.
    """
    if not isinstance(data, Mapping) or set(data) != {"accepted"}:
        raise InputError(option, data, "a dictionary with the only key accepted, a list of entries")
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
        raise InputError(f"{where}.changes", changes, "a dictionary of fields and their current values")
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
        raise InputError(f"{where}.{name}", value, "text; every entry needs it")
    return value


def _patterns(entry: Mapping[str, Any], finding: str, where: str) -> dict[str, str]:
    patterns = {name: _text(entry, name, where) for name in _PATTERNS if name in entry}
    if not any(name in patterns for name in _SCOPES):
        raise InputError(where, finding, f"at least one of {', '.join(_SCOPES)} in addition to the finding")
    if finding in ONLY_EXACT and _is_pattern(patterns.get("target", "*")):
        raise InputError(f"{where}.target", patterns.get("target"), f"the exact id of one target: {finding} needs it")
    return patterns


def _is_pattern(text: str) -> bool:
    return any(char in text for char in "*?[")


def _day(value: Any, where: str) -> str:
    """Return a day as text. YAML reads an unquoted day as a date."""
    try:
        return datetime.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise InputError(where, value, "a day such as 2030-12-31; every entry needs one") from None


def day_of(time: str, option: str = "drift_report_time") -> str:
    """Return the day of a time in ISO 8601, ``YYYY-MM-DD``.

    :raises InputError: if the time does not start with a day.
    """
    try:
        return datetime.date.fromisoformat(time[:10]).isoformat()
    except ValueError:
        raise InputError(option, time, "a time such as 2030-01-31T06:00:00Z, or a day") from None


# -- using --------------------------------------------------------------------------------------------------------


def apply_baseline(
    rows: Iterable[FindingFields], entries: Sequence[Accepted], today: str
) -> tuple[list[FindingFields], BaselineUse]:
    """Return the findings, with class ``ignored`` for accepted ones, and how the baseline was applied.

    :param today: ``YYYY-MM-DD``; entries whose last day has passed accept nothing.
    """
    valid = [entry for entry in entries if entry.expires >= today]
    used: set[int] = set()
    applied: list[FindingFields] = []
    for row in rows:
        matching = [number for number, entry in enumerate(valid) if entry.matches(row)]
        used.update(matching)
        accepted = valid[matching[0]].acceptance(row["finding"]) if matching else None
        applied.append({**row, "finding": "ignored", "ignored": accepted} if accepted else row)
    return applied, {
        "accepted": sum(1 for row in applied if row["ignored"]),
        "expired": [entry.to_dict() for entry in entries if entry.expires < today],
        "unused": [entry.to_dict() for number, entry in enumerate(valid) if number not in used],
    }
