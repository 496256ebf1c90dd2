# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Targets that do not exist: which to look up, and what that does to a plan. PRIVATE to this collection.

Flow logs are only planned for what is there, so that check mode, a report and a run say the same of an id that is mistyped, or
whose resource is deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..actions import Unsuccessful
from .plan import CreateStep, FlowLogPlan, Step
from .target_shapes import SHAPES, Shape

NOT_THERE = "TargetNotFound"
#: For NAT gateways and Cloud WAN, CreateFlowLogs itself says what is not there.
_LOOKED_UP = ("VPC", "Subnet", "NetworkInterface", "TransitGateway", "TransitGatewayAttachment")
#: EC2 describes some resources for a while after they are deleted.
_DELETED = "deleted"


def shape_of(resource_type: str) -> Shape | None:
    """Return how EC2 describes a type; ``None``: whether a target is there is left to CreateFlowLogs."""
    return SHAPES[resource_type] if resource_type in _LOOKED_UP else None


def to_be_created(plan: FlowLogPlan) -> tuple[str, ...]:
    """Return the targets that get a new flow log although they may not exist; one that has flow logs does."""
    return tuple(step.action.target for step in plan.steps if isinstance(step, CreateStep))


def missing_among(targets: Iterable[str], described: Iterable[Mapping[str, Any]], shape: Shape) -> frozenset[str]:
    """Return the targets that are not there.

    :param described: what EC2 described; it may hold other resources too.
    """
    there = {item.get(shape.resource_id) for item in described if item.get("State") != _DELETED}
    return frozenset(target for target in targets if target not in there)


def without_missing(plan: FlowLogPlan, missing: Collection[str], place: str) -> FlowLogPlan:
    """Return a plan that does nothing for targets that do not exist, and says so.

    :param place: account and Region that were asked.
    """
    refused = tuple(
        Unsuccessful(
            target,
            NOT_THERE,
            f"The target does not exist in {place}.",
            "Correct the id, the account or the Region, or take the target out if its resource is deleted.",
        )
        for target in to_be_created(plan)
        if target in missing
    )
    steps = tuple(step for step in plan.steps if step.action.target not in missing)
    return replace(plan, steps=steps, unsuccessful=plan.unsuccessful + refused)


def with_unknown_existence(plan: FlowLogPlan, why: str) -> FlowLogPlan:
    """Return the same plan with a note on each create: nobody could tell whether its target exists."""
    return replace(plan, steps=tuple(_noted(step, why) for step in plan.steps))


def _noted(step: Step, why: str) -> Step:
    if not isinstance(step, CreateStep):
        return step
    reason = f"{step.action.reason} Whether the target exists could not be checked: {why}"
    return replace(step, action=replace(step.action, reason=reason))


def names_no_resource(code: str) -> bool:
    """Whether AWS says by an error code that a resource does not exist (EC2 API, error codes)."""
    return code.endswith(".NotFound") or code.startswith("InvalidVpcId")


def with_place(item: Unsuccessful, place: str) -> Unsuccessful:
    """Return a failure of AWS with the account and Region that were asked."""
    return replace(item, message=f"{item.message.rstrip('.')} (asked in {place}).")
