# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many targets are logged: in all, and by account, region, type and group. PRIVATE to this collection.

A target counts once, by the worst that was found about it.
"""

from __future__ import annotations

from typing import Any
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Optional
from typing import Set
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.finding import NO_TARGETS

#: What a class of findings says about its target, the worst first. Other classes say nothing: they are about further flow
#: logs. What is not known comes before what merely differs, since it may be worse.
_STANDINGS: Mapping[str, str] = {
    "missing": "missing",
    "failed_delivery": "failing",
    "unknown": "unknown",
    "not_evaluated": "unknown",
    "drifted": "drifted",
    "ignored": "ignored",
    "in_sync": "in_sync",
}
_ORDER = tuple(dict.fromkeys(_STANDINGS.values()))
#: In place of an account, region or type that is not known.
UNKNOWN_PLACE = "unknown"

Key = Tuple[Optional[str], Optional[str], str]


class _Target:
    """What is known of one target."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.account = str(row["account_id"] or UNKNOWN_PLACE)
        self.region = str(row["region"] or UNKNOWN_PLACE)
        self.type = str(row["target_type"] or UNKNOWN_PLACE)
        self.groups: Set[str] = set()
        self.standing = _ORDER[-1]

    def add(self, row: Mapping[str, Any], standing: str) -> None:
        """Take in one more finding about it."""
        self.groups.update(row["groups"])
        self.standing = min(self.standing, standing, key=_ORDER.index)


def _standing(row: Mapping[str, Any]) -> Optional[str]:
    """Return what a row says about its target, ``None`` where it says nothing about whether it is logged."""
    finding = row["finding"]
    if finding == "in_sync" and not row["flow_log_id"]:
        return None  # It is to have no flow log, and has none.
    if finding == "ignored" and row["ignored"] and row["ignored"]["was"] not in _STANDINGS:
        return None
    return _STANDINGS.get(finding)


def _targets(rows: Iterable[Mapping[str, Any]]) -> List[_Target]:
    found: Dict[Key, _Target] = {}
    for row in rows:
        standing = None if row["target_type"] in NO_TARGETS else _standing(row)
        if standing is not None:
            key = (row["account_id"], row["region"], row["target"])
            if key not in found:
                found[key] = _Target(row)
            found[key].add(row, standing)
    return list(found.values())


def _counted(targets: Iterable[_Target]) -> Dict[str, Any]:
    counts = dict.fromkeys(_ORDER, 0)
    for target in targets:
        counts[target.standing] += 1
    number, logged = sum(counts.values()), counts["in_sync"] + counts["drifted"]
    # Rounded down: 100 is only said of all of them.
    percent = (1000 * logged // number) / 10 if number else None
    return {**counts, "targets": number, "logged": logged, "percent": percent}


def _by(targets: Iterable[_Target], names_of: Any) -> Dict[Any, Dict[str, Any]]:
    parts: Dict[Any, List[_Target]] = {}
    for target in targets:
        for name in names_of(target):
            parts.setdefault(name, []).append(target)
    return {name: _counted(parts[name]) for name in sorted(parts)}


def coverage(rows: Iterable[Mapping[str, Any]]) -> Dict[str, Any]:
    """Return how many targets are logged.

    Targets that are to have no flow log are not counted.

    :param rows: the findings of a report.
    :returns: ``total``, ``accounts``, ``regions``, ``types``, ``groups`` and ``places``. Each count has ``targets``,
        ``in_sync``, ``drifted``, ``missing``, ``failing``, ``unknown``, ``ignored``, ``logged`` (``in_sync`` and
        ``drifted``) and ``percent`` (of targets that are logged, rounded down to a tenth; ``None`` without a target).
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
