# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Predicts the flow logs after the steps of a plan, for check mode, the diff and the result. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypedDict

from ..actions import Action
from .model import FlowLog, age_key
from .steps import CreateStep, DeleteStep, FlowLogPlan, NewFlowLogStep, ReplaceStep, RetagStep, Step
from .tags import tag_key

#: Fields of a flow log that the diff leaves out, because the module does not set them.
_NOT_IN_DIFF = (
    *("flow_log_id", "resource_id", "resource_type", "name", "delivery_status", "delivery_error", "creation_time"),
    *("log_destination_type", "log_group_name"),
)


class FlowLogDiff(TypedDict):
    """Managed fields of the managed flow logs, by target."""

    before: dict[str, list[dict[str, Any]]]
    after: dict[str, list[dict[str, Any]]]


def apply_steps(steps: Iterable[Step], flow_logs: Iterable[FlowLog]) -> list[FlowLog]:
    """Return the flow logs as they are after the steps: the prediction of check mode, and the result of a run.

    :param flow_logs: flow logs before the steps; not changed.
    """
    state: dict[str | None, FlowLog] = {item.flow_log_id: item for item in flow_logs}
    created: list[FlowLog] = []
    for step in steps:
        flow_log_id = step.action.flow_log_id
        if isinstance(step, (CreateStep, ReplaceStep)):
            created.append(_new_flow_log(step))
        if isinstance(step, (ReplaceStep, DeleteStep)):
            state.pop(step.flow_log.flow_log_id, None)
        if isinstance(step, RetagStep) and flow_log_id in state:
            state[flow_log_id] = _retagged(state[flow_log_id], step)
    return list(state.values()) + [
        item for item in created if item.flow_log_id is None or item.flow_log_id not in state
    ]


def _new_flow_log(step: NewFlowLogStep) -> FlowLog:
    if step.resumed is not None:
        return step.resumed
    return replace(step.settings.as_flow_log(step.action.target, step.tags), flow_log_id=step.action.flow_log_id)


def _retagged(flow_log: FlowLog, step: RetagStep) -> FlowLog:
    tags = dict(flow_log.tags)
    for change in step.action.changes:
        if change.desired is None:
            tags.pop(tag_key(change), None)
        else:
            tags[tag_key(change)] = change.desired
    return replace(flow_log, tags=tags)


def steps_with_late_answer(unanswered: Iterable[NewFlowLogStep], plan: FlowLogPlan) -> list[Step]:
    """Return what steps whose answer was lost really did, judged by the flow logs that a later plan finds.

    :param unanswered: creates, and replacements whose old flow log is deleted.
    :param plan: plan for the same targets after another reading; an empty one when that reading failed.
    """
    return [done for step in unanswered for done in _done_without_answer(step, plan)]


def _done_without_answer(step: NewFlowLogStep, plan: FlowLogPlan) -> list[Step]:
    for item in plan.kept:
        if item.resource_id == step.action.target and item.user_tags == dict(step.tags):
            reason = f"{step.action.reason} AWS's first answer was lost."
            return [
                replace(step, action=replace(step.action, flow_log_id=item.flow_log_id, reason=reason), resumed=item)
            ]
    if isinstance(step, CreateStep):
        return []
    action = Action("delete", step.action.target, flow_log_id=step.flow_log.flow_log_id, reason=step.action.reason)
    return [DeleteStep(action, step.flow_log)]


def managed_flow_logs(plan: FlowLogPlan, done: Iterable[Step] = ()) -> list[FlowLog]:
    """Return the flow logs that a plan keeps or changes, as they are before it.

    :param done: steps that were carried out; they may be of an earlier plan for the same targets.
    """
    done = list(done)
    # A replacement that finishes an earlier one has no changes, and its new flow log existed before.
    new_ids = {
        step.action.flow_log_id
        for step in done
        if step.action.action == "create" or step.action.replaces and step.action.changes
    }
    managed = {item.flow_log_id: item for item in plan.kept if item.flow_log_id not in new_ids}
    for step in (*plan.steps, *done):
        if not isinstance(step, CreateStep):
            managed.setdefault(step.flow_log.flow_log_id, step.flow_log)
    return list(managed.values())


def diff_of(steps: Sequence[Step], before: Iterable[FlowLog]) -> FlowLogDiff:
    """Return the managed flow logs of each changed target before and after the steps.

    :param before: managed flow logs before the steps.
    """
    before = list(before)
    changed = sorted({step.action.target for step in steps})
    after = apply_steps(steps, before)
    return {"before": _by_target(changed, before), "after": _by_target(changed, after)}


def _by_target(targets: Sequence[str], flow_logs: Iterable[FlowLog]) -> dict[str, list[dict[str, Any]]]:
    shown: dict[str, list[dict[str, Any]]] = {target: [] for target in targets}
    for flow_log in sorted(flow_logs, key=age_key):
        if flow_log.resource_id in shown:
            fields = {name: value for name, value in flow_log.to_dict().items() if name not in _NOT_IN_DIFF}
            shown[flow_log.resource_id].append({**fields, "tags": dict(sorted(flow_log.user_tags.items()))})
    return shown
