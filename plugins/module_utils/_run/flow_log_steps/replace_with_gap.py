# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replaces flow logs by deleting the old one first, and restores it if AWS refuses the new one. PRIVATE to this collection."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import AbstractSet, NamedTuple

from ..._aws import ec2
from ..._core.actions import Action
from ..._core.chunks import chunks
from ..._core.flow_log.create_request import settings_of
from ..._core.flow_log.model import FlowLog, REPLACED_TAG
from ..._core.flow_log.steps import DeleteStep, ReplaceStep
from .create import CreateResult, Creation, create
from .outcome import EXISTS, Outcome, created, failed, join_outcomes
from .replacement import Replacement, find_equal
from .tags_and_deletes import delete_ids, unmark

_NOTHING: frozenset[str] = frozenset()


class _Gap(NamedTuple):
    """Replacements whose old flow log is deleted.

    :param started: start of the gap, in seconds of the monotonic clock.
    :param uncertain: targets for which a failed call may have created the new flow log.
    """

    started: float
    uncertain: frozenset[str]


def _seconds_since(started: float) -> float:
    return round(time.monotonic() - started, 1)


def delete_then_create(
    replacement: Replacement, steps: Sequence[ReplaceStep], uncertain: frozenset[str] = _NOTHING
) -> Outcome:
    """Replace flow logs with a gap, in batches, so that the gap of each target lasts only two calls.

    :param steps: steps with the same tags.
    :param uncertain: targets for which an earlier failed call may have created the new flow log.
    """
    size = replacement.creation.settings.resource_type.max_ids
    return join_outcomes(_replace_batch(replacement, batch, uncertain) for batch in chunks(list(steps), size))


def _replace_batch(replacement: Replacement, batch: Sequence[ReplaceStep], uncertain: frozenset[str]) -> Outcome:
    started = time.monotonic()
    deleted, not_deleted = _delete_old(replacement, batch)
    by_target = {step.action.target: step for step in deleted}
    result = create(replacement.creation, list(by_target), batch[0].tags)
    gap = _Gap(started, uncertain | result.uncertain)
    done = [
        created(by_target[target], new, gap=True, gap_seconds=_seconds_since(gap.started))
        for target, new in result.by_target.items()
    ]
    refused = _after_refusals(replacement, [(by_target[item.resource_id], item) for item in result.refused], gap)
    lost = [_lost(by_target[item.resource_id], item, item) for item in result.unseen]
    return join_outcomes([not_deleted, *done, refused, *lost])


def _delete_old(replacement: Replacement, batch: Sequence[ReplaceStep]) -> tuple[list[ReplaceStep], Outcome]:
    """Delete old flow logs; return the steps whose old flow log is deleted, and the outcome of the others."""
    by_id = {step.old_id: step for step in batch}
    problems: list[Outcome] = []
    for refused in delete_ids(replacement.creation.client, list(by_id)):
        step = by_id.pop(refused.resource_id)
        problems.append(failed("DeleteFlowLogs", refused, step, "Nothing was changed."))
        unmark(replacement.creation.client, [step])
    return list(by_id.values()), join_outcomes(problems)


def _after_refusals(replacement: Replacement, pairs: Sequence[tuple[ReplaceStep, ec2.Refused]], gap: _Gap) -> Outcome:
    """Restore old flow logs, unless the replacement exists: from before, or by a call whose answer was lost."""
    maybe = [step for step, refused in pairs if refused.code == EXISTS or refused.resource_id in gap.uncertain]
    found = find_equal(replacement, maybe, doubtful=lambda _step, _read: True) or set()
    return join_outcomes(
        _already_exists(step, gap) if step.action.target in found else _put_back(replacement, step, refused, gap)
        for step, refused in pairs
    )


def _already_exists(step: ReplaceStep, gap: _Gap) -> Outcome:
    """Return the outcome of a replacement that exists although AWS refused to create it."""
    target = [step.action.target]
    if step.action.target in gap.uncertain:
        action = replace(step.action, gap=True, gap_seconds=_seconds_since(gap.started))
        return Outcome(already_exists=target, unanswered=[replace(step, action=action)])
    reason = "An equal flow log already exists."
    deletion = Action("delete", step.action.target, flow_log_id=step.old_id, reason=reason)
    return Outcome(already_exists=target, steps=[DeleteStep(deletion, step.flow_log)])


def _put_back(replacement: Replacement, step: ReplaceStep, refused: ec2.Refused, gap: _Gap) -> Outcome:
    """Restore a flow log whose replacement AWS refused after it was deleted."""
    result = _restored(replacement.creation, step.flow_log, gap.uncertain)
    if not result.by_target:
        return _lost(step, refused, (result.refused + result.unseen)[0])
    restored = result.by_target[step.flow_log.resource_id]
    note = f"The old flow log was put back as {restored.flow_log_id}."
    restore_step = replace(step, action=replace(step.action, changes=(), reason=note), resumed=restored)
    done = created(restore_step, restored, gap=True, gap_seconds=_seconds_since(gap.started))
    return join_outcomes([done, failed("CreateFlowLogs", refused, step, note)])


def _restored(creation: Creation, old: FlowLog, uncertain: AbstractSet[str]) -> CreateResult:
    # If the replacement appears later, the next run deletes the restored flow log by this mark.
    mark: dict[str, str] = {REPLACED_TAG: "true"} if old.resource_id in uncertain else {}
    as_before = replace(creation, settings=settings_of(old, creation.settings.resource_type))
    return create(as_before, [old.resource_id], {**old.user_tags, **mark})


def _lost(step: ReplaceStep, refused: ec2.Refused, last: ec2.Refused) -> Outcome:
    """Return the outcome of a replacement whose old flow log is deleted and whose new one AWS does not describe."""
    old = step.flow_log
    note = f"The old flow log {old.flow_log_id} is deleted and AWS describes no new one: {last.message}"
    lost = Action("delete", old.resource_id, flow_log_id=old.flow_log_id, reason=note, gap=True)
    problem = failed("CreateFlowLogs", refused, step, note)
    return join_outcomes([Outcome(steps=[DeleteStep(lost, old)]), problem])
