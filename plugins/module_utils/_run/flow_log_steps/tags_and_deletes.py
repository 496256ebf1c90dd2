# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags and deletes flow logs. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

from ..._aws import ec2
from ..._aws.call_in_parts import Splitting, call_in_parts
from ..._core.chunks import chunks
from ..._core.flow_log.create_request import MAX_FLOW_LOG_IDS
from ..._core.flow_log.model import REPLACED_TAG
from ..._core.flow_log.plan import not_delivering, removes_delivering
from ..._core.flow_log.steps import DeleteStep, ReplaceStep, RetagStep
from ..._core.flow_log.tags import tag_key
from .outcome import Outcome, groups, join_outcomes, not_found, unsuccessful


def set_tags(client: Any, steps: Sequence[RetagStep]) -> Outcome:
    """Carry out steps that set tags; steps with the same tags share calls."""
    alike = groups(steps, lambda step: [(tag_key(c), c.desired) for c in step.action.changes])
    return join_outcomes(_set_same_tags(client, group) for group in alike)


def _set_same_tags(client: Any, steps: Sequence[RetagStep]) -> Outcome:
    tags = {tag_key(change): change.desired for change in steps[0].action.changes}
    refused = _on_ids(_ids_of(steps), lambda part: ec2.create_tags(client, part, tags))
    return _outcome_of("CreateTags", steps, refused)


def remove_tags(client: Any, steps: Sequence[RetagStep]) -> Outcome:
    """Carry out steps that remove tags; steps with the same tags share calls."""
    alike = groups(steps, lambda step: [tag_key(c) for c in step.action.changes])
    return join_outcomes(_remove_same_tags(client, group) for group in alike)


def _remove_same_tags(client: Any, steps: Sequence[RetagStep]) -> Outcome:
    keys = [tag_key(change) for change in steps[0].action.changes]
    refused = _on_ids(_ids_of(steps), lambda part: ec2.delete_tags(client, part, keys))
    return _outcome_of("DeleteTags", steps, refused)


def delete_flow_logs(client: Any, steps: Sequence[DeleteStep], before: Outcome) -> Outcome:
    """Carry out steps that delete flow logs, except for targets with an earlier error.

    :param before: outcome of the other steps of the plan.
    """
    waiting = [
        not_delivering(new)
        for new in before.described.values()
        if new.failed and removes_delivering(step for step in steps if step.action.target == new.resource_id)
    ]
    skipped = {item.target for item in before.unsuccessful + waiting} | set(before.already_exists)
    left = [step for step in steps if step.action.target not in skipped]
    deleted = _outcome_of("DeleteFlowLogs", left, delete_ids(client, _ids_of(left)))
    return join_outcomes([Outcome(unsuccessful=waiting), deleted])


def delete_ids(client: Any, ids: Sequence[str]) -> list[ec2.Refused]:
    """Delete flow logs, and return an error for each one that still exists."""
    refused: list[ec2.Refused] = []
    for batch in chunks(list(ids), MAX_FLOW_LOG_IDS):
        items, failed = call_in_parts(lambda part: ec2.delete_flow_logs(client, part), batch, Splitting(not_found))
        refused += items + failed
    return [item for item in refused if not not_found(item.code)]


def mark_as_replaced(client: Any, ids: Sequence[str]) -> list[ec2.Refused]:
    """Mark flow logs that are about to be replaced, and return an error for each one that could not be marked."""
    return _on_ids(ids, lambda part: ec2.create_tags(client, part, {REPLACED_TAG: "true"}))


def unmark(client: Any, steps: Sequence[ReplaceStep]) -> None:
    """Remove the mark from flow logs that stay. Errors are ignored: the next run removes a mark that is left."""
    _on_ids([step.old_id for step in steps], lambda part: ec2.delete_tags(client, part, [REPLACED_TAG]))


def _on_ids(ids: Sequence[str], call: Callable[[Sequence[str]], None]) -> list[ec2.Refused]:
    """Make a call for many flow logs, and return an error for each one for which it failed."""

    def call_part(part: Sequence[str]) -> list[str]:
        call(part)
        return []

    refused: list[ec2.Refused] = []
    for batch in chunks(list(ids), MAX_FLOW_LOG_IDS):
        refused += call_in_parts(call_part, batch, Splitting(not_found))[1]
    return refused


def _ids_of(steps: Sequence[RetagStep | DeleteStep]) -> list[str]:
    return list(dict.fromkeys(str(step.action.flow_log_id) for step in steps))


def _outcome_of(operation: str, steps: Sequence[RetagStep | DeleteStep], refused: Sequence[ec2.Refused]) -> Outcome:
    """Return the outcome of steps, given the flow logs that AWS refused."""
    by_id = {str(step.action.flow_log_id): step for step in steps}
    problems = [unsuccessful(operation, item, by_id.pop(item.resource_id)) for item in refused]
    return Outcome(steps=list(by_id.values()), unsuccessful=problems)
