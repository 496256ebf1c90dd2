# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a flow log plan, and the plan itself. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

from ..actions import Action, Unsuccessful
from .model import FlowLog
from .settings import FlowLogSettings


@dataclass(frozen=True)
class CreateStep:
    """Create a flow log.

    :param action: a ``create``.
    :param settings: settings of the new flow log.
    :param tags: tags of the new flow log.
    :param resumed: the new flow log, where a call whose answer was lost has created it.
    """

    action: Action
    settings: FlowLogSettings
    tags: Mapping[str, str] = field(default_factory=dict)
    resumed: FlowLog | None = None


@dataclass(frozen=True)
class ReplaceStep:
    """Create a flow log and delete the one that it replaces.

    :param action: a ``replace``.
    :param flow_log: the flow log that is replaced.
    :param settings: settings of the new flow log.
    :param tags: tags of the new flow log.
    :param resumed: the new flow log, where it exists already: an earlier run did not finish the replacement, the old
        flow log had to be put back, or AWS's answer was lost.
    :param rivals: ids of other flow logs of the target, because of which AWS may refuse the new one. Deleting the old
        one first would not help then, so no gap is made.
    """

    action: Action
    flow_log: FlowLog
    settings: FlowLogSettings
    tags: Mapping[str, str] = field(default_factory=dict)
    resumed: FlowLog | None = None
    rivals: tuple[str, ...] = ()

    @property
    def old_id(self) -> str:
        """Id of the flow log that is replaced."""
        return str(self.flow_log.flow_log_id)


@dataclass(frozen=True)
class RetagStep:
    """Set or remove tags of a flow log.

    :param action: a ``tag`` or ``untag``.
    """

    action: Action
    flow_log: FlowLog


@dataclass(frozen=True)
class DeleteStep:
    """Delete a flow log.

    :param action: a ``delete``.
    """

    action: Action
    flow_log: FlowLog


#: A step that results in a new flow log.
NewFlowLogStep = Union[CreateStep, ReplaceStep]
#: An action with everything that carrying it out needs.
Step = Union[CreateStep, ReplaceStep, RetagStep, DeleteStep]


@dataclass(frozen=True)
class FlowLogPlan:
    """The steps in the order in which they are carried out, and the flow logs that stay.

    :param kept: managed flow logs that stay; only their tags may change.
    :param extra: other S3 flow logs of the targets; they are reported and not changed.
    """

    steps: tuple[Step, ...] = ()
    unsuccessful: tuple[Unsuccessful, ...] = ()
    kept: tuple[FlowLog, ...] = ()
    extra: tuple[FlowLog, ...] = ()


_ORDER = {"create": 0, "replace": 1, "tag": 2, "untag": 3, "delete": 4}


def join_plans(parts: Iterable[FlowLogPlan]) -> FlowLogPlan:
    """Return one plan for the targets of several plans, its steps in the order in which they are carried out."""
    plans = list(parts)
    steps = [step for plan in plans for step in plan.steps]
    return FlowLogPlan(
        # A stable sort: steps of one kind keep the order of the targets.
        steps=tuple(sorted(steps, key=lambda step: _ORDER[step.action.action])),
        unsuccessful=tuple(item for plan in plans for item in plan.unsuccessful),
        kept=tuple(item for plan in plans for item in plan.kept),
        extra=tuple(item for plan in plans for item in plan.extra),
    )


def in_order(steps: Iterable[Step], targets: Sequence[str]) -> list[Step]:
    """Return steps in the order of a plan for these targets, however they were carried out."""
    position = {target: number for number, target in enumerate(targets)}
    return sorted(steps, key=lambda step: (_ORDER[step.action.action], position[step.action.target]))


def without_targets(plan: FlowLogPlan, targets: Iterable[str]) -> FlowLogPlan:
    """Return a plan without these targets, which are planned again."""
    removed = set(targets)
    return FlowLogPlan(
        steps=tuple(step for step in plan.steps if step.action.target not in removed),
        unsuccessful=tuple(item for item in plan.unsuccessful if item.target not in removed),
        kept=tuple(item for item in plan.kept if item.resource_id not in removed),
        extra=tuple(item for item in plan.extra if item.resource_id not in removed),
    )
