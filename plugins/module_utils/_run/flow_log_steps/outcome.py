# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome of steps: what was done and what failed. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Callable, TypeVar

from ..._aws import ec2
from ..._core.actions import Unsuccessful
from ..._core.error_hints.flow_logs import hint_for
from ..._core.flow_log.model import FlowLog
from ..._core.flow_log.steps import DeleteStep, NewFlowLogStep, ReplaceStep, RetagStep, Step

S = TypeVar("S", bound=Step)
#: Error code of CreateFlowLogs for a target that has an equal flow log.
EXISTS = "FlowLogAlreadyExists"


def not_found(code: str, _message: str = "", _ids: Sequence[str] = ()) -> bool:
    """Whether an error code means that a flow log does not exist; the parameters are those of :attr:`Splitting.helps`."""
    return code.endswith(".NotFound") or code == "InvalidID"


@dataclass
class Outcome:
    """The outcome of steps.

    :param steps: finished steps, with their actions as they really happened.
    :param unsuccessful: errors.
    :param described: new flow logs as AWS describes them, by id.
    :param already_exists: targets with an equal flow log that the plan did not know: somebody else created it, an answer
        was lost, or AWS did not describe it yet. They must be planned again.
    :param unanswered: creates and replacements of such targets whose first answer was lost: the existing flow log is
        most likely theirs.
    """

    steps: list[Step] = field(default_factory=list)
    unsuccessful: list[Unsuccessful] = field(default_factory=list)
    described: dict[str, FlowLog] = field(default_factory=dict)
    already_exists: list[str] = field(default_factory=list)
    unanswered: list[NewFlowLogStep] = field(default_factory=list)


def join_outcomes(parts: Iterable[Outcome]) -> Outcome:
    """Return the outcome of all parts, in their order."""
    joined = Outcome()
    for part in parts:
        joined.steps += part.steps
        joined.unsuccessful += part.unsuccessful
        joined.described.update(part.described)
        joined.already_exists += part.already_exists
        joined.unanswered += part.unanswered
    return joined


def created(step: NewFlowLogStep, new: FlowLog, **changed: Any) -> Outcome:
    """Return the outcome of a step that created a flow log.

    :param new: the new flow log as AWS describes it.
    :param changed: other fields of the step's action that are known only after the call.
    """
    action = replace(step.action, flow_log_id=new.flow_log_id, **changed)
    return Outcome(steps=[replace(step, action=action)], described={str(new.flow_log_id): new})


def failed(operation: str, refused: ec2.Refused, step: ReplaceStep | RetagStep | DeleteStep, note: str = "") -> Outcome:
    """Return the outcome of a step that AWS refused.

    :param operation: name of the API operation, for the hint.
    :param note: a sentence after AWS's message: the effect on the flow logs of the target.
    """
    return Outcome(unsuccessful=[unsuccessful(operation, refused, step, note)])


def unsuccessful(
    operation: str, refused: ec2.Refused, step: ReplaceStep | RetagStep | DeleteStep, note: str = ""
) -> Unsuccessful:
    """Return the error for the flow log of a step; parameters as in :func:`failed`."""
    return Unsuccessful(
        target=step.action.target,
        code=refused.code,
        message=(refused.message + " " + note).strip(),
        hint=hint_for(operation, refused.code, refused.message),
        flow_log_id=step.flow_log.flow_log_id,
        changes=step.action.changes,
    )


def groups(steps: Iterable[S], key: Callable[[S], Any]) -> list[list[S]]:
    """Group steps that can share calls, in the order of their first steps.

    :param key: returns a value with the same ``repr`` for all steps of a group.
    """
    grouped: dict[str, list[S]] = {}
    for step in steps:
        grouped.setdefault(repr(key(step)), []).append(step)
    return list(grouped.values())
