# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of one resource that would take each other's flow logs. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import S3, traffic_overlaps
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination
from .host_variables import Target


@dataclass(frozen=True)
class Conflict:
    """Why a host cannot be worked on together with another one.

    :param variable: the variable that decides.
    :param message: names the other host and the ways out.
    """

    variable: str
    message: str


def conflicts_by_host(targets: Iterable[Target]) -> dict[str, Conflict]:
    """Return each host that contradicts another host of its resource. Both are in it: neither has the better claim."""
    resources: dict[tuple[str, str, str], list[Target]] = {}
    for target in targets:
        resources.setdefault((target.account_id, target.region, target.resource_id), []).append(target)
    return {
        target.host: conflict
        for members in resources.values()
        if len(members) > 1
        for target, conflict in ((item, _first_conflict(item, members)) for item in members)
        if conflict is not None
    }


def _first_conflict(target: Target, members: Sequence[Target]) -> Conflict | None:
    found = (_conflict(target, other) for other in members if other is not target)
    return next((conflict for conflict in found if conflict is not None), None)


def _conflict(target: Target, other: Target) -> Conflict | None:
    if target.identity == other.identity:
        return _conflict_of_states(target, other)
    if _may_take(target, other):
        has, without = ("a", "none") if target.options["name"] else ("no", "one")
        return Conflict(
            "flow_log_name",
            f"this host gives {has} name and host {other.host} gives {without}, and both are about the traffic of "
            f"{target.resource_id} to the same destination. Give each its own name or its own destination, or traffic "
            "types that do not overlap.",
        )
    if not (target.present and other.present):
        return None
    for purging, losing in ((target, other), (other, target)):
        if purging.options["purge"] == S3:
            return Conflict(
                "flow_log_purge",
                f"s3 of host {purging.host} removes the flow log that host {losing.host} publishes of "
                f"{target.resource_id}. Set it to none or duplicates, or leave one of the hosts out.",
            )
    return None


def _conflict_of_states(target: Target, other: Target) -> Conflict | None:
    """Of one flow log; whatever else its hosts disagree in, none of them loses it."""
    if target.present == other.present:
        return None
    return Conflict(
        "flow_log_state",
        f"{target.options['state']} here and {other.options['state']} on host {other.host}, and both are about the same "
        f"flow log of {target.resource_id}. Make them equal, or leave one of the hosts out.",
    )


def _may_take(one: Target, other: Target) -> bool:
    """Whether the one without a name may meet the flow log of the one with a name."""
    if bool(one.options["name"]) == bool(other.options["name"]) or not _share_traffic(one, other):
        return False
    unnamed = other if one.options["name"] else one
    return one.present or other.present or unnamed.options["adopt_named"]


def _share_traffic(one: Target, other: Target) -> bool:
    same_place = same_destination(one.destination_arn or "", other.destination_arn or "")
    return same_place and traffic_overlaps(_traffic(one), _traffic(other))


def _traffic(target: Target) -> str | None:
    """Removing a flow log is about all traffic, whatever the host says of it."""
    return target.options["traffic_type"] if target.present else None
