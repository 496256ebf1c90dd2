# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What carrying out steps leads to: what was done and what could not be done. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Callable, TypeVar

from ..._aws import ec2
from ..._core.actions import Unsuccessful
from ..._core.error_hints.flow_logs import hint_for
from ..._core.flow_log.model import FlowLog
from ..._core.flow_log.plan import DeleteStep, NewFlowLogStep, ReplaceStep, RetagStep, Step

S = TypeVar("S", bound=Step)
#: Error code of CreateFlowLogs when the target has such a flow log.
EXISTS = "FlowLogAlreadyExists"


def not_found(code: str, _message: str = "", _ids: Sequence[str] = ()) -> bool:
    """Whether AWS says by an error code that it knows no such flow log; the parameters are those of Splitting."""
    return code.endswith(".NotFound") or code == "InvalidID"


@dataclass
class Outcome:
    """What carrying out steps did.

    :param steps: finished steps, their actions as they really happened.
    :param unsuccessful: what could not be done.
    :param described: new flow logs as AWS describes them, by id.
    :param already_exists: targets that have an equal flow log which the plan did not know: somebody was faster, an
        answer was lost, or AWS did not show it yet. They are to be planned anew.
    :param unanswered: creates and replacements of such targets whose first answer was lost: what is there is most
        likely theirs.
    """

    steps: list[Step] = field(default_factory=list)
    unsuccessful: list[Unsuccessful] = field(default_factory=list)
    described: dict[str, FlowLog] = field(default_factory=dict)
    already_exists: list[str] = field(default_factory=list)
    unanswered: list[NewFlowLogStep] = field(default_factory=list)


def join_outcomes(parts: Iterable[Outcome]) -> Outcome:
    """Return one outcome of several, everything in their order."""
    joined = Outcome()
    for part in parts:
        joined.steps += part.steps
        joined.unsuccessful += part.unsuccessful
        joined.described.update(part.described)
        joined.already_exists += part.already_exists
        joined.unanswered += part.unanswered
    return joined


def created(step: NewFlowLogStep, new: FlowLog, **changed: Any) -> Outcome:
    """Return the outcome of a step that led to a new flow log.

    :param new: the new flow log as AWS describes it.
    :param changed: other fields of the step's action that are known only now.
    """
    action = replace(step.action, flow_log_id=new.flow_log_id, **changed)
    return Outcome(steps=[replace(step, action=action)], described={str(new.flow_log_id): new})


def failed(operation: str, refused: ec2.Refused, step: ReplaceStep | RetagStep | DeleteStep, note: str = "") -> Outcome:
    """Return the outcome of a step that AWS refused.

    :param operation: the API operation, for the hint.
    :param note: one sentence that follows AWS's message: what this means for the flow logs of the target.
    """
    return Outcome(unsuccessful=[unsuccessful(operation, refused, step, note)])


def unsuccessful(
    operation: str, refused: ec2.Refused, step: ReplaceStep | RetagStep | DeleteStep, note: str = ""
) -> Unsuccessful:
    """Return what could not be done to the flow log of a step; parameters as of :func:`failed`."""
    return Unsuccessful(
        target=step.action.target,
        code=refused.code,
        message=(refused.message + " " + note).strip(),
        hint=hint_for(operation, refused.code, refused.message),
        flow_log_id=step.flow_log.flow_log_id,
        changes=step.action.changes,
    )


def groups(steps: Iterable[S], key: Callable[[S], Any]) -> list[list[S]]:
    """Group steps that can share calls, in the order in which each kind first appears.

    :param key: equal, by its ``repr``, for steps of one group.
    """
    grouped: dict[str, list[S]] = {}
    for step in steps:
        grouped.setdefault(repr(key(step)), []).append(step)
    return list(grouped.values())
