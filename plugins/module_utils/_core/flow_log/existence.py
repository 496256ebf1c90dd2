# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removes targets that do not exist from a plan. PRIVATE to this collection.

Flow logs are planned only for existing targets. So check mode, the report and a run agree on an id that is mistyped, or whose
resource is deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..actions import Unsuccessful
from .steps import CreateStep, FlowLogPlan, Step
from .target_shapes import SHAPES, Shape

_NOT_FOUND = "TargetNotFound"
#: For NAT gateways and Cloud WAN, CreateFlowLogs reports a target that does not exist.
_LOOKED_UP = ("VPC", "Subnet", "NetworkInterface", "TransitGateway", "TransitGatewayAttachment")
#: State of a deleted resource, which EC2 may still describe for a while.
_DELETED = "deleted"


def shape_of(resource_type: str) -> Shape | None:
    """Return how EC2 describes a type; ``None`` where CreateFlowLogs checks whether a target exists."""
    return SHAPES[resource_type] if resource_type in _LOOKED_UP else None


def create_steps(plan: FlowLogPlan) -> tuple[CreateStep, ...]:
    """Return the steps whose targets may not exist: a target that has a flow log does exist."""
    return tuple(step for step in plan.steps if isinstance(step, CreateStep))


def missing_among(targets: Iterable[str], described: Iterable[Mapping[str, Any]], shape: Shape) -> frozenset[str]:
    """Return the targets that do not exist.

    :param described: resources as EC2 describes them; there may be others among them.
    """
    existing = {item.get(shape.resource_id) for item in described if item.get("State") != _DELETED}
    return frozenset(target for target in targets if target not in existing)


def without_missing(plan: FlowLogPlan, missing: Collection[str], place: str) -> FlowLogPlan:
    """Return a plan with an error instead of steps for each target that does not exist.

    :param place: account and Region of the lookup, for the message.
    """
    refused = tuple(
        Unsuccessful(
            step.action.target,
            _NOT_FOUND,
            f"The target does not exist in {place}.",
            "Correct the id, the account or the Region, or take the target out if its resource is deleted.",
        )
        for step in create_steps(plan)
        if step.action.target in missing
    )
    steps = tuple(step for step in plan.steps if step.action.target not in missing)
    return replace(plan, steps=steps, unsuccessful=plan.unsuccessful + refused)


def with_unknown_existence(plan: FlowLogPlan, why: str) -> FlowLogPlan:
    """Return the same plan with a note on each create: its target may not exist.

    :param why: why the targets could not be looked up, a sentence.
    """
    return replace(plan, steps=tuple(_with_note(step, why) for step in plan.steps))


def _with_note(step: Step, why: str) -> Step:
    if not isinstance(step, CreateStep):
        return step
    reason = f"{step.action.reason} Whether the target exists could not be checked: {why}"
    return replace(step, action=replace(step.action, reason=reason))


def names_no_resource(code: str) -> bool:
    """Whether an error code means that a resource does not exist (EC2 API, error codes)."""
    return code.endswith(".NotFound") or code.startswith("InvalidVpcId")


def with_place(item: Unsuccessful, place: str) -> Unsuccessful:
    """Return an error of AWS with the account and Region of the call in its message."""
    return replace(item, message=f"{item.message.rstrip('.')} (asked in {place}).")
