# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts the logged and deliverable targets by account, Region, type and group. PRIVATE to this collection.

Each target is counted once, under its worst finding. An unknown target counts neither as logged nor as not logged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Callable, Optional, TypeVar

from .._findings.finding import NO_TARGETS
from .._findings.fingerprint import original_class
from .._findings.types import FindingRow
from .types import Coverage, CoverageCounts


@dataclass(frozen=True)
class _TargetState:
    """The state of a target.

    :param name: the name under which it is counted.
    :param is_logged: whether the target has its flow log; ``None``: unknown.
    """

    name: str
    is_logged: bool | None


#: The state of a target by the class of a finding, from worst to best. Unknown comes before drifted, as it may be worse.
#: Other classes are about further flow logs of the target.
_STATES: Mapping[str, _TargetState] = {
    "missing": _TargetState("missing", False),
    "failed_delivery": _TargetState("failing", True),
    "unknown": _TargetState("unknown", None),
    "not_evaluated": _TargetState("unknown", None),
    "drifted": _TargetState("drifted", True),
    "in_sync": _TargetState("in_sync", True),
}
#: The same for accepted findings. Accepting a finding does not change whether its target is logged.
_ACCEPTED_STATES: Mapping[str, _TargetState] = {
    name: _TargetState("ignored", state.is_logged) if state.is_logged is not None else state
    for name, state in _STATES.items()
}
_ORDER = tuple(dict.fromkeys([*list(_STATES.values())[:-1], *_ACCEPTED_STATES.values(), _STATES["in_sync"]]))
#: Name of an account, Region or type that is unknown.
UNKNOWN_PLACE = "unknown"
_WORDS: Mapping[bool | None, str] = {True: "yes", False: "no", None: "unknown"}

_Key = tuple[Optional[str], Optional[str], str]
_Name = TypeVar("_Name", str, "tuple[str, str]")


class _Target:
    """One target with its findings.

    :ivar row: the first finding that gives its state.
    """

    def __init__(self, row: FindingRow) -> None:
        self.row = row
        self.account = str(row["account_id"] or UNKNOWN_PLACE)
        self.region = str(row["region"] or UNKNOWN_PLACE)
        self.type = str(row["target_type"] or UNKNOWN_PLACE)
        self.groups: set[str] = set()
        self.state = _ORDER[-1]
        self._deliverable: set[bool | None] = set()

    def add(self, row: FindingRow, state: _TargetState) -> None:
        """Add a finding about it."""
        self.groups.update(row["groups"])
        self.state = min(self.state, state, key=_ORDER.index)
        self._deliverable.add(_deliverable(row))

    @property
    def is_logged(self) -> bool | None:
        """Whether it has its flow log; ``None``: unknown."""
        return self.state.is_logged

    @property
    def is_deliverable(self) -> bool | None:
        """Whether it has its flow log, and nothing is known to block delivery; ``None``: unknown."""
        if self.is_logged is not True:
            return self.is_logged
        if False in self._deliverable:
            return False
        return None if None in self._deliverable else True


def _deliverable(row: FindingRow) -> bool | None:
    """Return whether the flow log of a finding can be delivered. Reports before version 2 do not contain it."""
    return False if original_class(row) == "failed_delivery" else row.get("deliverable")


def _state(row: FindingRow) -> _TargetState | None:
    """Return the state of a target by one finding, ``None`` if the finding does not show whether it is logged."""
    if row["target_type"] in NO_TARGETS:
        return None
    finding = original_class(row)
    if finding == "in_sync" and not row["flow_log_id"]:
        return None  # state: absent, and the target has no flow log.
    return (_ACCEPTED_STATES if row["ignored"] else _STATES).get(finding)


def _targets(rows: Iterable[FindingRow]) -> list[_Target]:
    found: dict[_Key, _Target] = {}
    for row in rows:
        state = _state(row)
        if state is not None:
            key = (row["account_id"], row["region"], row["target"])
            found.setdefault(key, _Target(row)).add(row, state)
    return list(found.values())


def _percent(part: int, whole: int) -> float | None:
    """Return a percentage, rounded down to a tenth, so that 100 means all; ``None`` if there is nothing to count."""
    return (1000 * part // whole) / 10 if whole else None


def _counts(targets: Iterable[_Target]) -> CoverageCounts:
    states: Counter[str] = Counter()
    logged = deliverable = delivery_unknown = 0
    for target in targets:
        states[target.state.name] += 1
        logged += target.is_logged is True
        deliverable += target.is_deliverable is True
        delivery_unknown += target.is_logged is True and target.is_deliverable is None
    number = sum(states.values())
    known = number - states["unknown"]
    return {
        "targets": number,
        "in_sync": states["in_sync"],
        "drifted": states["drifted"],
        "missing": states["missing"],
        "failing": states["failing"],
        "unknown": states["unknown"],
        "ignored": states["ignored"],
        "logged": logged,
        "deliverable": deliverable,
        "delivery_unknown": delivery_unknown,
        "logged_percent": _percent(logged, known),
        "deliverable_percent": _percent(deliverable, known - delivery_unknown),
    }


def _by(targets: Iterable[_Target], names_of: Callable[[_Target], Iterable[_Name]]) -> dict[_Name, CoverageCounts]:
    """Return the counts for each part of the targets, sorted by name."""
    parts: dict[_Name, list[_Target]] = {}
    for target in targets:
        for name in names_of(target):
            parts.setdefault(name, []).append(target)
    return {name: _counts(parts[name]) for name in sorted(parts)}


def coverage(rows: Iterable[FindingRow]) -> Coverage:
    """Return how many targets are logged, deliverable and unknown.

    Targets with ``state: absent`` are not counted.
    """
    targets = _targets(rows)
    places = _by(targets, lambda target: [(target.account, target.region)])
    return {
        "total": _counts(targets),
        "accounts": _by(targets, lambda target: [target.account]),
        "regions": _by(targets, lambda target: [target.region]),
        "types": _by(targets, lambda target: [target.type]),
        "groups": _by(targets, lambda target: target.groups),
        "places": [{**counts, "account_id": account, "region": region} for (account, region), counts in places.items()],
    }


def target_words(rows: Iterable[FindingRow]) -> dict[str, tuple[str, str]]:
    """Return whether each target is logged and deliverable: ``yes``, ``no`` or ``unknown``.

    :returns: once for each target, by the id of the first finding that gives its state.
    """
    return {target.row["id"]: (_WORDS[target.is_logged], _WORDS[target.is_deliverable]) for target in _targets(rows)}
