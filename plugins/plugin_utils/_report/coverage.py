# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many targets are logged and deliverable: in all, and by account, Region, type and group. PRIVATE to this collection.

A target counts once, under its worst finding. What is unknown counts neither as logged nor as not logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Callable, Optional

from .._findings.finding import NO_TARGETS
from .._findings.fingerprint import class_before


@dataclass(frozen=True)
class _Standing:
    """What the findings about a target say about it.

    :param state: what it is counted under.
    :param is_logged: whether it has its flow log; ``None``: unknown.
    """

    state: str
    is_logged: bool | None


#: What a class of findings says about its target, the worst first. Other classes say nothing: they are about further flow
#: logs. What is unknown comes before what merely differs, since it may be worse.
_STANDINGS: Mapping[str, _Standing] = {
    "missing": _Standing("missing", False),
    "failed_delivery": _Standing("failing", True),
    "unknown": _Standing("unknown", None),
    "not_evaluated": _Standing("unknown", None),
    "drifted": _Standing("drifted", True),
    "in_sync": _Standing("in_sync", True),
}
#: The same for what a baseline accepts: that changes no fact, and nobody knows more by accepting that something is unknown.
_ACCEPTED: Mapping[str, _Standing] = {
    name: _Standing("ignored", found.is_logged) if found.is_logged is not None else found
    for name, found in _STANDINGS.items()
}
_ORDER = tuple(dict.fromkeys([*list(_STANDINGS.values())[:-1], *_ACCEPTED.values(), _STANDINGS["in_sync"]]))
STATES = tuple(dict.fromkeys(standing.state for standing in _ORDER))
#: In place of an account, Region or type that is not known.
UNKNOWN_PLACE = "unknown"
_WORDS: Mapping[bool | None, str] = {True: "yes", False: "no", None: "unknown"}

Key = tuple[Optional[str], Optional[str], str]


class _Target:
    """What is known of one target.

    :ivar row: the first finding that says whether it is logged.
    """

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.account = str(row["account_id"] or UNKNOWN_PLACE)
        self.region = str(row["region"] or UNKNOWN_PLACE)
        self.type = str(row["target_type"] or UNKNOWN_PLACE)
        self.groups: set[str] = set()
        self.standing = _ORDER[-1]
        self._deliverable: set[bool | None] = set()

    def add(self, row: Mapping[str, Any], standing: _Standing) -> None:
        """Take in one more finding about it."""
        self.groups.update(row["groups"])
        self.standing = min(self.standing, standing, key=_ORDER.index)
        self._deliverable.add(_deliverable(row))

    @property
    def is_logged(self) -> bool | None:
        """Whether it has its flow log; ``None``: unknown."""
        return self.standing.is_logged

    @property
    def is_deliverable(self) -> bool | None:
        """Whether it has a flow log, and nothing is known that keeps that from its destination; ``None``: unknown."""
        if self.is_logged is not True:
            return self.is_logged
        if False in self._deliverable:
            return False
        return None if None in self._deliverable else True


def _deliverable(row: Mapping[str, Any]) -> bool | None:
    """Return what a row says; reports before version 2 say nothing."""
    return False if class_before(row) == "failed_delivery" else row.get("deliverable")


def _standing(row: Mapping[str, Any]) -> _Standing | None:
    """Return what a row says about its target, ``None`` where it says nothing about whether it is logged."""
    if row["target_type"] in NO_TARGETS:
        return None
    finding = class_before(row)
    if finding == "in_sync" and not row["flow_log_id"]:
        return None  # It is to have no flow log, and has none.
    return (_ACCEPTED if row["ignored"] else _STANDINGS).get(finding)


def _targets(rows: Iterable[Mapping[str, Any]]) -> list[_Target]:
    found: dict[Key, _Target] = {}
    for row in rows:
        standing = _standing(row)
        if standing is not None:
            key = (row["account_id"], row["region"], row["target"])
            found.setdefault(key, _Target(row)).add(row, standing)
    return list(found.values())


def _percent(part: int, whole: int) -> float | None:
    """Return a percentage, rounded down to a tenth: 100 only stands for all; ``None`` of nothing."""
    return (1000 * part // whole) / 10 if whole else None


def _counted(targets: Iterable[_Target]) -> dict[str, Any]:
    counts = dict.fromkeys(STATES, 0)
    logged = deliverable = delivery_unknown = 0
    for target in targets:
        counts[target.standing.state] += 1
        logged += target.is_logged is True
        deliverable += target.is_deliverable is True
        delivery_unknown += target.is_logged is True and target.is_deliverable is None
    number = sum(counts.values())
    known = number - counts["unknown"]
    return {
        **counts,
        "targets": number,
        "logged": logged,
        "deliverable": deliverable,
        "delivery_unknown": delivery_unknown,
        "logged_percent": _percent(logged, known),
        "deliverable_percent": _percent(deliverable, known - delivery_unknown),
    }


def _by(targets: Iterable[_Target], names_of: Callable[[_Target], Iterable[Any]]) -> dict[Any, dict[str, Any]]:
    parts: dict[Any, list[_Target]] = {}
    for target in targets:
        for name in names_of(target):
            parts.setdefault(name, []).append(target)
    return {name: _counted(parts[name]) for name in sorted(parts)}


def coverage(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how many targets are logged, deliverable and unknown.

    Targets that are to have no flow log are not counted.

    :param rows: the findings of a report.
    :returns: ``total``, ``accounts``, ``regions``, ``types``, ``groups`` and ``places``. Each count has ``targets`` and their
        states (``in_sync``, ``drifted``, ``missing``, ``failing``, ``unknown``, ``ignored``); ``logged`` (the target has its
        flow log), ``deliverable`` (and nothing is known that keeps it from its destination), ``delivery_unknown`` (logged,
        but whether it can be delivered is unknown); and ``logged_percent`` and ``deliverable_percent``, of the targets of
        which that is known, rounded down to a tenth; ``None`` without any.
    """
    targets = _targets(rows)
    places = _by(targets, lambda target: [(target.account, target.region)])
    return {
        "total": _counted(targets),
        "accounts": _by(targets, lambda target: [target.account]),
        "regions": _by(targets, lambda target: [target.region]),
        "types": _by(targets, lambda target: [target.type]),
        "groups": _by(targets, lambda target: target.groups),
        "places": [{"account_id": account, "region": region, **found} for (account, region), found in places.items()],
    }


def target_words(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Return whether each target is logged and deliverable (``yes``, ``no``, ``unknown``), once for each target.

    :param rows: the findings of a report.
    :returns: by the id of the first finding that says so.
    """
    return {target.row["id"]: (_WORDS[target.is_logged], _WORDS[target.is_deliverable]) for target in _targets(rows)}
