# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replaces flow logs: creates the new one, then deletes the old one, or the reverse. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ..._aws import ec2
from ..._core.actions import Action, Unsuccessful
from ..._core.flow_log.model import FlowLog
from ..._core.flow_log.steps import CreateStep, ReplaceStep
from .create import CreateResult, create
from .outcome import EXISTS, Outcome, created, failed, groups, join_outcomes, unsuccessful
from .replace_with_gap import delete_then_create
from .replacement import Replacement, find_equal
from .tags_and_deletes import delete_ids, mark_as_replaced, unmark

_Pair = tuple[ReplaceStep, FlowLog]


class _Settled(NamedTuple):
    """The outcome of some replacements, and what is left to do.

    :param unmark: steps whose old flow log stays, so that its mark must be removed.
    :param gap: steps to carry out with a gap.
    """

    outcome: Outcome
    unmark: Sequence[ReplaceStep] = ()
    gap: Sequence[ReplaceStep] = ()


def replace_flow_logs(replacement: Replacement, steps: Sequence[ReplaceStep]) -> Outcome:
    """Carry out steps that replace flow logs; those that an earlier run started come first."""
    client = replacement.creation.client
    parts = [_delete_replaced(client, [(step, step.resumed) for step in steps if step.resumed is not None])]
    for group in groups([step for step in steps if step.resumed is None], _group_key):
        if replacement.delete_first and not group[0].rivals:
            parts.append(delete_then_create(replacement, group))
        else:
            parts.append(_create_then_delete(replacement, group))
    return join_outcomes(parts)


def _group_key(step: ReplaceStep) -> Any:
    return sorted(step.tags.items()), [change.field for change in step.action.changes], bool(step.rivals)


def _create_then_delete(replacement: Replacement, steps: Sequence[ReplaceStep]) -> Outcome:
    client = replacement.creation.client
    marked, not_marked = _mark(client, steps)
    if not marked:
        return not_marked
    by_target = {step.action.target: step for step in marked}
    result = create(replacement.creation, list(by_target), marked[0].tags, alike=True)
    existing = _settle_existing(replacement, [(by_target[item.resource_id], item) for item in result.refused])
    refused = _settle_refused(by_target, result)
    healthy, unhealthy = _by_health(replacement, [(by_target[target], new) for target, new in result.by_target.items()])
    withdrawn = _withdraw(client, unhealthy)
    unmark(client, [*existing.unmark, *refused.unmark, *withdrawn.unmark])
    done = _delete_replaced(client, healthy)
    with_gap = delete_then_create(replacement, existing.gap, result.uncertain)
    return join_outcomes([not_marked, existing.outcome, refused.outcome, withdrawn.outcome, done, with_gap])


def _mark(client: Any, steps: Sequence[ReplaceStep]) -> tuple[list[ReplaceStep], Outcome]:
    """Mark the flow logs to be replaced, so that the next run can finish an interrupted one.

    :returns: the steps whose old flow log is marked, and the outcome of the others.
    """
    by_id = {step.old_id: step for step in steps}
    new = [old_id for old_id, step in by_id.items() if not step.flow_log.marked_as_replaced]
    problems = [
        failed("CreateTags", refused, by_id.pop(refused.resource_id), "Nothing was changed.")
        for refused in mark_as_replaced(client, new)
    ]
    return list(by_id.values()), join_outcomes(problems)


def _settle_existing(replacement: Replacement, pairs: Sequence[tuple[ReplaceStep, ec2.Refused]]) -> _Settled:
    """Settle replacements that AWS refused because an equal flow log exists; skip other pairs."""
    outcome = Outcome()
    unmarked: list[ReplaceStep] = []
    gap: list[ReplaceStep] = []
    existing = [(step, refused) for step, refused in pairs if refused.code == EXISTS]
    found = find_equal(replacement, [step for step, _refused in existing], doubtful=_may_be_outdated)
    for step, refused in existing:
        if found is not None and step.action.target in found:
            outcome.already_exists.append(step.action.target)
        elif found is not None and replacement.allow_gap and not step.rivals:
            gap.append(step)
        else:
            outcome.unsuccessful.append(_refused_second(refused, step))
            # The mark stays if it is unknown whether the replacement exists.
            unmarked += [step] if found is not None else []
    return _Settled(outcome, unmarked, gap)


def _may_be_outdated(step: ReplaceStep, read: Sequence[FlowLog]) -> bool:
    """Whether a reading without the replacement may be older than the replacement.

    It is if it does not show the mark that was just set. If the flow log was marked before this run, an earlier run may
    have created the replacement.
    """
    marked = any(item.flow_log_id == step.old_id and item.marked_as_replaced for item in read)
    return step.flow_log.marked_as_replaced or not marked


def _refused_second(refused: ec2.Refused, step: ReplaceStep) -> Unsuccessful:
    """Return why AWS refused a second flow log; if a rival may be the reason, the hint names it."""
    item = unsuccessful("CreateFlowLogs", refused, step)
    if not step.rivals:
        return item
    rivals = ", ".join(step.rivals)
    hint = f"Delete {rivals} if it is not wanted any more, or use another destination or traffic type."
    return replace(item, message=f"{item.message} AWS may count {rivals} as equal.", hint=hint)


def _settle_refused(by_target: Mapping[str, ReplaceStep], result: CreateResult) -> _Settled:
    """Settle replacements that AWS refused for another reason, or does not describe."""
    others = [item for item in result.refused if item.code != EXISTS]
    problems = [failed("CreateFlowLogs", item, by_target[item.resource_id]) for item in others + result.unseen]
    # The mark stays if a new flow log may exist: the next run then finishes the replacement.
    unmarked = [by_target[item.resource_id] for item in others if item.resource_id not in result.uncertain]
    return _Settled(join_outcomes(problems), unmarked)


def _by_health(replacement: Replacement, pairs: Sequence[_Pair]) -> tuple[list[_Pair], list[_Pair]]:
    """Return the pairs whose new flow log delivers and has the desired settings, and the others."""
    good: list[_Pair] = []
    bad: list[_Pair] = []
    for step, new in pairs:
        differs = replacement.creation.settings.differences(new)
        (bad if new.failed or differs else good).append((step, new))
    return good, bad


def _withdraw(client: Any, pairs: Sequence[_Pair]) -> _Settled:
    """Delete new flow logs that cannot replace the old ones: delivery fails, or AWS stored other settings."""
    refused = {item.resource_id: item for item in delete_ids(client, [str(new.flow_log_id) for _step, new in pairs])}
    parts: list[Outcome] = []
    for step, new in pairs:
        note = "The old one stays, and the new one was removed again."
        if new.flow_log_id in refused:
            note = f"The old one stays, and the new one could not be removed: {refused[new.flow_log_id].message}"
            parts.append(_only_created(step, new, note))
        why = new.delivery_error or "it does not have the desired settings"
        message = f"The replacement {new.flow_log_id} does not deliver: {why}."
        problem = ec2.Refused(step.action.target, "ReplacementFailed", message)
        parts.append(failed("CreateFlowLogs", problem, step, note))
    # If the new one still exists, the old one keeps the mark, so that the next run deletes one of them.
    return _Settled(join_outcomes(parts), [step for step, new in pairs if new.flow_log_id not in refused])


def _delete_replaced(client: Any, pairs: Sequence[_Pair]) -> Outcome:
    """Delete old flow logs whose new ones AWS describes."""
    refused = {item.resource_id: item for item in delete_ids(client, [step.old_id for step, _new in pairs])}
    parts: list[Outcome] = []
    for step, new in pairs:
        if step.old_id not in refused:
            parts.append(created(step, new))
            continue
        note = "The new one is in place; the next run deletes the old one."
        if step.resumed is None:
            parts.append(_only_created(step, new, note))
        parts.append(failed("DeleteFlowLogs", refused[step.old_id], step, note))
    return join_outcomes(parts)


def _only_created(step: ReplaceStep, new: FlowLog, reason: str) -> Outcome:
    """Return the outcome of a replacement whose new and old flow logs both exist."""
    action = Action("create", step.action.target, reason=reason)
    return created(CreateStep(action, step.settings, tags=step.tags), new)
