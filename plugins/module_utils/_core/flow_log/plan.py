# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans the steps from the current to the desired flow logs. PRIVATE to this collection.

Nothing here calls AWS: check mode shows the plan that a real run carries out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..actions import Action, Unsuccessful
from ..errors import name_options
from ..option_hints import ADOPT_ONE, ADOPT_SEVERAL, KEEP_ONE, REPLACE
from ..s3_destination import same_destination
from .desired import AbsentFlowLogs, DesiredFlowLogs, PresentFlowLogs
from .model import FlowLog, S3, age_key, traffic_overlaps
from .settings import FlowLogSettings
from .steps import CreateStep, DeleteStep, FlowLogPlan, ReplaceStep, RetagStep, Step, join_plans
from .tags import tag_changes, tags_after

#: How many flow logs a warning lists.
_SHOWN = 3
#: Error code of a target whose flow log has a name that the task does not give.
NAMED = "NamedFlowLog"
_OWNED_BY_SERVICE = "AWS tagged it (aws:...), so another service, for example CloudFormation, owns it; change it there."


def plan_flow_logs(desired: DesiredFlowLogs, current: Iterable[FlowLog]) -> FlowLogPlan:
    """Return the steps from the current to the desired flow logs.

    :param current: every known flow log of the targets; those of other targets, and those to CloudWatch Logs and
        Firehose, are ignored.
    """
    by_target: dict[str, list[FlowLog]] = {target: [] for target in desired.targets}
    for flow_log in sorted(current, key=age_key):
        if flow_log.log_destination_type == S3 and flow_log.resource_id in by_target:
            by_target[flow_log.resource_id].append(flow_log)
    if isinstance(desired, AbsentFlowLogs):
        return join_plans(_plan_absent(desired, target, by_target[target]) for target in desired.targets)
    return join_plans(_plan_present(desired, target, by_target[target]) for target in desired.targets)


# -- present ----------------------------------------------------------------------------------------------------


def _candidates(desired: PresentFlowLogs, logs: Sequence[FlowLog]) -> list[FlowLog]:
    """Return the flow logs that have the desired identity.

    With a name: those of the target with this name. Without: the unnamed ones of the target to the destination.
    """
    if desired.name is None:
        to_destination = [item for item in logs if same_destination(item.log_destination, desired.destination_arn)]
        return [item for item in to_destination if desired.owns(item)]
    named = [item for item in logs if item.name == desired.name]
    # If no flow log has the name yet, an equal unnamed one gets it.
    return named or [item for item in _equal(desired, logs) if item.name is None]


def _named_overlapping(desired: PresentFlowLogs, logs: Sequence[FlowLog]) -> list[FlowLog]:
    """Return the named flow logs that a task without a name does not own and that record the same traffic.

    Only flow logs to the same destination count.
    """
    if desired.name is not None:
        return []
    return [
        item
        for item in logs
        if not desired.owns(item)
        and same_destination(item.log_destination, desired.destination_arn)
        and traffic_overlaps(desired.settings.traffic_type, item.traffic_type)
    ]


def _plan_present(desired: PresentFlowLogs, target: str, logs: Sequence[FlowLog]) -> FlowLogPlan:
    if not logs:
        return _create(desired, target)
    candidates = _candidates(desired, logs)
    named = _named_overlapping(desired, logs)
    exact = _equal(desired, candidates) or _equal(desired, named)
    if exact:
        plan = _keep(desired, target, exact, candidates)
    elif not candidates:
        plan = _refuse_named(desired, target, named) if named else _create(desired, target)
    elif len(candidates) == 1 or desired.purge == S3:
        # The purge deletes the others later, so replace the one for which AWS may refuse the new flow log first, else
        # the oldest. A flow log of an AWS service cannot be replaced at all.
        old = min(candidates, key=lambda item: (not item.managed_by_aws, not is_rival(desired.settings, item)))
        plan = _replace(desired, old, logs)
    else:
        plan = _ambiguous(desired, target, candidates)
    return _purge(desired, plan, logs)


def _equal(desired: PresentFlowLogs, logs: Iterable[FlowLog]) -> list[FlowLog]:
    return [item for item in logs if not desired.settings.differences(item)]


def _create(desired: PresentFlowLogs, target: str) -> FlowLogPlan:
    action = Action("create", target, reason="The target has no such flow log.")
    tags = tags_after(None, desired.tags, desired.purge_tags, desired.name)
    return FlowLogPlan(steps=(CreateStep(action, desired.settings, tags=tags),))


def _keep(
    desired: PresentFlowLogs, target: str, exact: Sequence[FlowLog], candidates: Sequence[FlowLog]
) -> FlowLogPlan:
    """Keep the oldest healthy equal flow log, finish an interrupted replacement, and set the tags."""
    kept = min(exact, key=lambda item: (item.failed, item.marked_as_replaced) + age_key(item))
    left = [item for item in candidates if item.marked_as_replaced and item is not kept and not item.managed_by_aws]
    steps: list[Step] = [] if kept.failed else [_finishing_step(desired, target, kept, old) for old in left]
    unsuccessful = [_unfinished(target, kept, old) for old in left] if kept.failed else []
    steps.extend(_tag_steps(desired, target, kept))
    managed = (kept, *left) if kept.failed else (kept,)
    return FlowLogPlan(steps=tuple(steps), unsuccessful=tuple(unsuccessful), kept=managed)


def _finishing_step(desired: PresentFlowLogs, target: str, kept: FlowLog, old: FlowLog) -> ReplaceStep:
    reason = "Finishes a replacement that was interrupted."
    action = Action("replace", target, flow_log_id=kept.flow_log_id, replaces=old.flow_log_id, reason=reason)
    return ReplaceStep(action, old, desired.settings, resumed=kept)


def _unfinished(target: str, kept: FlowLog, old: FlowLog) -> Unsuccessful:
    message = (
        f"A replacement was interrupted, and its new flow log {kept.flow_log_id} does not deliver: "
        f"{kept.delivery_error}. The old one, {old.flow_log_id}, stays."
    )
    hint = "Fix the delivery (bucket policy, key policy), then run again: the old one is deleted once the new one delivers."
    return Unsuccessful(target, "ReplacementFailed", message, hint, flow_log_id=kept.flow_log_id)


def _tag_steps(desired: PresentFlowLogs, target: str, kept: FlowLog) -> list[RetagStep]:
    if not desired.owns(kept):
        # A flow log that someone else named is adopted as it is: its tags may be theirs, too.
        return []
    to_set, to_unset = tag_changes(kept, desired.tags, desired.purge_tags, desired.name)
    steps = []
    for kind, changes, reason in (
        ("tag", to_set, "Tags differ."),
        ("untag", to_unset, "Tags that are not configured."),
    ):
        if changes:
            action = Action(kind, target, flow_log_id=kept.flow_log_id, changes=changes, reason=reason)
            steps.append(RetagStep(action, kept))
    return steps


def _refuse_named(desired: PresentFlowLogs, target: str, named: Sequence[FlowLog]) -> FlowLogPlan:
    """Return a plan that keeps flow logs that someone else has named, with an error that lists the options."""
    if len(named) == 1 and named[0].managed_by_aws:
        return _replace(desired, named[0], named)
    single = named[0] if len(named) == 1 else None
    described = "; ".join(_with_differences(desired.settings, item) for item in named)
    message = f"No name is given, so a flow log that has one is never replaced or deleted: {described}."
    hint = (
        name_options(ADOPT_ONE)
        if single
        else "Give the name of one of them, use another destination, or delete those that are not wanted."
    )
    item = Unsuccessful(
        target,
        NAMED,
        message,
        hint,
        flow_log_id=single.flow_log_id if single else None,
        changes=desired.settings.differences(single) if single else (),
    )
    return FlowLogPlan(unsuccessful=(item,), kept=tuple(named))


def _with_differences(settings: FlowLogSettings, item: FlowLog) -> str:
    differences = ", ".join(f"{change.field} {change.current!r}" for change in settings.differences(item))
    name = f", named {item.name!r}" if item.name is not None else ""
    return f"{item.flow_log_id}{name} ({differences})"


def _replace(desired: PresentFlowLogs, old: FlowLog, logs: Sequence[FlowLog]) -> FlowLogPlan:
    settings = desired.settings
    changes = settings.differences(old)
    fields = ", ".join(change.field for change in changes)
    refusal = None
    if old.managed_by_aws:
        message = f"Flow log {old.flow_log_id} differs in {fields} and must be replaced."
        refusal = ("ManagedByAws", message, _OWNED_BY_SERVICE)
    elif desired.replace == "never":
        message = f"Flow log {old.flow_log_id} differs in {fields}, which AWS cannot change in place."
        refusal = ("ReplacementNeeded", message, name_options(REPLACE))
    if refusal:
        item = Unsuccessful(old.resource_id, *refusal, flow_log_id=old.flow_log_id, changes=changes)
        return FlowLogPlan(unsuccessful=(item,), kept=(old,))
    rivals = tuple(str(item.flow_log_id) for item in logs if item is not old and is_rival(settings, item))
    action = Action(
        "replace",
        old.resource_id,
        replaces=old.flow_log_id,
        changes=changes,
        reason=f"AWS cannot change {fields} in place.",
        gap=desired.replace == "delete_first" and not rivals,
    )
    tags = tags_after(old, desired.tags, desired.purge_tags, desired.name)
    return FlowLogPlan(steps=(ReplaceStep(action, old, settings, tags=tags, rivals=rivals),))


def _ambiguous(desired: PresentFlowLogs, target: str, candidates: Sequence[FlowLog]) -> FlowLogPlan:
    what = f"named {desired.name!r}" if desired.name is not None else f"to {desired.destination_arn}"
    described = "; ".join(_with_differences(desired.settings, item) for item in candidates)
    message = f"{len(candidates)} flow logs {what} exist and none has the desired settings: {described}"
    hint = name_options(KEEP_ONE)
    return FlowLogPlan(unsuccessful=(Unsuccessful(target, "Ambiguous", message, hint),), kept=tuple(candidates))


def is_rival(settings: FlowLogSettings, item: FlowLog) -> bool:
    """Whether AWS may refuse a flow log with these settings because the resource already has this one.

    Destination and traffic type count for certain; whether the other settings do is not documented.
    """
    same_traffic = settings.traffic_type in (None, item.traffic_type)
    return same_traffic and same_destination(item.log_destination, settings.destination.arn)


# -- purge ------------------------------------------------------------------------------------------------------


def _purge(desired: PresentFlowLogs, plan: FlowLogPlan, logs: Sequence[FlowLog]) -> FlowLogPlan:
    """Divide the target's other S3 flow logs into those to delete and those to report only."""
    used = {item.flow_log_id for item in plan.kept} | {
        step.flow_log.flow_log_id for step in plan.steps if not isinstance(step, CreateStep)
    }
    rest = [item for item in logs if item.flow_log_id not in used]
    steps = [] if plan.unsuccessful else [_purge_step(desired, item) for item in rest if _is_purged(desired, item)]
    failing = next((item for item in plan.kept if item.failed), None)
    if failing and removes_delivering(steps):
        plan = replace(plan, unsuccessful=(*plan.unsuccessful, not_delivering(failing)))
        steps = []
    removed = {step.action.flow_log_id for step in steps}
    extra = tuple(item for item in rest if item.flow_log_id not in removed)
    return replace(plan, steps=plan.steps + tuple(steps), extra=extra)


def removes_delivering(steps: Iterable[DeleteStep]) -> bool:
    """Whether one of the steps deletes a flow log that delivers, as far as AWS reports."""
    return any(not step.flow_log.failed for step in steps)


def not_delivering(kept: FlowLog) -> Unsuccessful:
    """Return why nothing is purged: the only flow log that would stay does not deliver."""
    message = f"Flow log {kept.flow_log_id} does not deliver: {kept.delivery_error}. The other flow logs stay."
    hint = (
        "Fix the delivery (bucket policy, key policy), then run again: the others are deleted once this one delivers."
    )
    return Unsuccessful(kept.resource_id, "NotDelivering", message, hint, flow_log_id=kept.flow_log_id)


def _is_purged(desired: PresentFlowLogs, item: FlowLog) -> bool:
    if desired.purge == "none" or item.managed_by_aws:
        return False
    if desired.purge == S3:
        return True
    return desired.owns(item) and not desired.settings.differences(item)


def _purge_step(desired: PresentFlowLogs, item: FlowLog) -> DeleteStep:
    another = f"Another S3 flow log of the target, which delivers to {item.log_destination}."
    reason = another if desired.purge == S3 else "An equal flow log is kept."
    return DeleteStep(Action("delete", item.resource_id, flow_log_id=item.flow_log_id, reason=reason), item)


def unset_tags_warning(desired: PresentFlowLogs, plan: FlowLogPlan) -> str | None:
    """Return a warning that lists named flow logs which are adopted without setting the desired tags; ``None`` for none."""
    refused = {item.target for item in plan.unsuccessful}
    adopted = [
        f"{item.flow_log_id} of {item.resource_id} (named {item.name!r})"
        for item in plan.kept
        if item.resource_id not in refused
        and not desired.owns(item)
        and tag_changes(item, desired.tags, False, None)[0]
    ]
    if not adopted:
        return None
    more = f" and {len(adopted) - _SHOWN} more" if len(adopted) > _SHOWN else ""
    return (
        f"No name is given, so tags are not set on flow logs that have one: {', '.join(adopted[:_SHOWN])}{more}. "
        f"{name_options(ADOPT_SEVERAL)}"
    )


# -- absent -----------------------------------------------------------------------------------------------------


def _plan_absent(desired: AbsentFlowLogs, target: str, logs: Sequence[FlowLog]) -> FlowLogPlan:
    steps: list[Step] = []
    unsuccessful: list[Unsuccessful] = []
    extra: list[FlowLog] = []
    for item in logs:
        if not _is_removed(desired, item):
            extra.append(item)
        elif item.managed_by_aws:
            message = f"Flow log {item.flow_log_id} is not deleted."
            unsuccessful.append(
                Unsuccessful(target, "ManagedByAws", message, _OWNED_BY_SERVICE, flow_log_id=item.flow_log_id)
            )
        else:
            reason = "state is absent."
            steps.append(DeleteStep(Action("delete", target, flow_log_id=item.flow_log_id, reason=reason), item))
    return FlowLogPlan(steps=tuple(steps), unsuccessful=tuple(unsuccessful), extra=tuple(extra))


def _is_removed(desired: AbsentFlowLogs, item: FlowLog) -> bool:
    if desired.name is not None:
        return item.name == desired.name
    return desired.owns(item) and same_destination(item.log_destination, desired.destination_arn or "")
