# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what is and what is wanted to the steps between them. PRIVATE to this collection.

Nothing here calls AWS: the same plan is shown in check mode and carried out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Union

from ..actions import Action, Unsuccessful
from ..errors import name_options
from ..option_hints import ADOPT_ONE, ADOPT_SEVERAL, KEEP_ONE, REPLACE
from ..s3_destination import same_destination
from .model import FlowLog, S3, traffic_overlaps
from .settings import FlowLogSettings
from .tags import tag_changes, tag_key, tags_after

#: How many flow logs a warning lists.
_SHOWN = 3
#: Code of a target whose flow log has a name that the task does not know.
NAMED = "NamedFlowLog"
_NOT_OURS = "AWS tagged it (aws:...), so another service, for example CloudFormation, owns it; change it there."


@dataclass(frozen=True)
class Wanted:
    """What one task asks for.

    :param targets: resource ids, in the order of the option.
    :param settings: ``None`` when flow logs are only to be removed by name.
    :param destination_arn: what ``state: absent`` removes when no name is given.
    :param tags: from :func:`tags.check_tags`.
    :param adopt_named: consent to take over flow logs that have a name, where ``name`` is not given.
    """

    targets: tuple[str, ...]
    settings: FlowLogSettings | None = None
    destination_arn: str | None = None
    name: str | None = None
    tags: Mapping[str, str] | None = None
    purge_tags: bool = True
    replace: str = "create_first"
    allow_gap: bool = False
    purge: str = "none"
    adopt_named: bool = False
    wait_timeout: int = 60

    def owns(self, flow_log: FlowLog) -> bool:
        """Whether the task may change, replace or delete a flow log, as far as its name decides.

        A flow log with a name belongs to the task that gives this name, as option or as tag. Without ``name``,
        ``adopt_named`` is the consent to take over others, and so is ``purge: s3``, which removes every other one.
        """
        if self.name is None and (self.adopt_named or self.purge == S3):
            return True
        return flow_log.name in (None, self.name, (self.tags or {}).get("Name"))


@dataclass(frozen=True)
class CreateStep:
    """Create a flow log for a target that has no such one.

    :param action: a ``create``.
    :param tags: tags of the new flow log.
    :param resumed: the new flow log, where it exists already: it was created by a call whose answer was lost.
    """

    action: Action
    tags: Mapping[str, str] = field(default_factory=dict)
    resumed: FlowLog | None = None


@dataclass(frozen=True)
class ReplaceStep:
    """Create a flow log and delete the one that it replaces.

    :param action: a ``replace``.
    :param flow_log: the flow log that is replaced.
    :param tags: tags of the new flow log.
    :param resumed: the new flow log, where it exists already: an earlier run began a replacement and did not finish
        it, the old flow log had to be put back, or AWS's answer was lost.
    :param rivals: ids of other flow logs of the target, for which AWS may refuse the new one. Deleting the old one
        first would not help then, so no gap is made.
    """

    action: Action
    flow_log: FlowLog
    tags: Mapping[str, str] = field(default_factory=dict)
    resumed: FlowLog | None = None
    rivals: tuple[str, ...] = ()

    @property
    def old_id(self) -> str:
        """Return the id of the flow log that is replaced."""
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


#: A step after which there is a new flow log.
NewFlowLogStep = Union[CreateStep, ReplaceStep]
#: An action with everything that carrying it out needs.
Step = Union[CreateStep, ReplaceStep, RetagStep, DeleteStep]


@dataclass(frozen=True)
class FlowLogPlan:
    """Steps in the order in which they are carried out, and what is left alone.

    :param kept: managed flow logs that stay; only their tags may change.
    :param extra: other S3 flow logs of the targets, reported and not touched.
    """

    steps: tuple[Step, ...] = ()
    unsuccessful: tuple[Unsuccessful, ...] = ()
    kept: tuple[FlowLog, ...] = ()
    extra: tuple[FlowLog, ...] = ()


_ORDER = {"create": 0, "replace": 1, "tag": 2, "untag": 3, "delete": 4}


def join_plans(parts: Iterable[FlowLogPlan]) -> FlowLogPlan:
    """Return one plan of plans for different targets, its steps in the order of carrying out."""
    plans = list(parts)
    steps = [step for plan in plans for step in plan.steps]
    return FlowLogPlan(
        # Stable: within a kind the order of the targets stays.
        steps=tuple(sorted(steps, key=lambda step: _ORDER[step.action.action])),
        unsuccessful=tuple(item for plan in plans for item in plan.unsuccessful),
        kept=tuple(item for plan in plans for item in plan.kept),
        extra=tuple(item for plan in plans for item in plan.extra),
    )


def in_order(steps: Iterable[Step], targets: Sequence[str]) -> list[Step]:
    """Return steps in the order of a plan for these targets, whatever the order in which they were carried out."""
    position = {target: number for number, target in enumerate(targets)}
    return sorted(steps, key=lambda step: (_ORDER[step.action.action], position[step.action.target]))


def answered_later(unanswered: Iterable[NewFlowLogStep], plan: FlowLogPlan) -> list[Step]:
    """Return steps whose answer was lost as what they did, by the flow logs that a later plan finds.

    :param unanswered: creates, and replacements whose old flow log is deleted.
    :param plan: for the same targets, made after a new reading; an empty one when that failed.
    """
    return [done for step in unanswered for done in _as_done(step, plan)]


def _as_done(step: NewFlowLogStep, plan: FlowLogPlan) -> list[Step]:
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


def without_targets(plan: FlowLogPlan, targets: Iterable[str]) -> FlowLogPlan:
    """Return a plan without everything that concerns these targets, which are planned anew."""
    gone = set(targets)
    return FlowLogPlan(
        steps=tuple(step for step in plan.steps if step.action.target not in gone),
        unsuccessful=tuple(item for item in plan.unsuccessful if item.target not in gone),
        kept=tuple(item for item in plan.kept if item.resource_id not in gone),
        extra=tuple(item for item in plan.extra if item.resource_id not in gone),
    )


def _by_age(flow_log: FlowLog) -> tuple[str, str]:
    return (flow_log.creation_time, flow_log.flow_log_id or "")


def _by_target(targets: Sequence[str], current: Iterable[FlowLog]) -> dict[str, list[FlowLog]]:
    grouped: dict[str, list[FlowLog]] = {target: [] for target in targets}
    for flow_log in sorted(current, key=_by_age):
        if flow_log.log_destination_type == S3 and flow_log.resource_id in grouped:
            grouped[flow_log.resource_id].append(flow_log)
    return grouped


def plan_flow_logs(wanted: Wanted, current: Iterable[FlowLog], present: bool = True) -> FlowLogPlan:
    """Return the steps that make what is into what is wanted.

    :param current: every flow log known of the targets; those of other targets or to CloudWatch Logs and Firehose
        are not looked at.
    :param present: ``False`` removes the flow logs to the destination, or with the name.
    """
    plan_target = _plan_present if present else _plan_absent
    grouped = _by_target(wanted.targets, current)
    return join_plans(plan_target(wanted, target, grouped[target]) for target in wanted.targets)


# -- present ----------------------------------------------------------------------------------------------------


def _candidates(wanted: Wanted, settings: FlowLogSettings, logs: Sequence[FlowLog]) -> list[FlowLog]:
    """Return the flow logs that have the desired identity.

    With a name: those of the target with this name. Without: the unnamed ones of the target to the destination.
    """
    if wanted.name is None:
        to_destination = [item for item in logs if same_destination(item.log_destination, settings.destination.arn)]
        return [item for item in to_destination if wanted.owns(item)]
    named = [item for item in logs if item.name == wanted.name]
    if named:
        return named
    # A name given later: an equal flow log that has no name yet is taken over.
    return [item for item in logs if item.name is None and not settings.differences(item)]


def _named_otherwise(wanted: Wanted, settings: FlowLogSettings, logs: Sequence[FlowLog]) -> list[FlowLog]:
    """Return the flow logs that a task without a name does not own and that record the same traffic for the same place."""
    if wanted.name is not None:
        return []
    return [
        item
        for item in logs
        if not wanted.owns(item)
        and same_destination(item.log_destination, settings.destination.arn)
        and traffic_overlaps(settings.traffic_type, item.traffic_type)
    ]


def _plan_present(wanted: Wanted, target: str, logs: Sequence[FlowLog]) -> FlowLogPlan:
    settings = wanted.settings
    if settings is None:
        raise AssertionError("present needs settings")
    if not logs:
        return _create(wanted, target)
    candidates = _candidates(wanted, settings, logs)
    named = _named_otherwise(wanted, settings, logs)
    exact = _equal(settings, candidates) or _equal(settings, named)
    if exact:
        plan = _keep(wanted, target, exact, candidates)
    elif not candidates:
        plan = _refuse_named(wanted, settings, target, named) if named else _create(wanted, target)
    elif len(candidates) == 1 or wanted.purge == S3:
        # The others go afterwards, so the one goes first that AWS may refuse the new one for; else the oldest.
        # One that is AWS's cannot go at all.
        old = min(candidates, key=lambda item: (not item.managed_by_aws, not is_rival(settings, item)))
        plan = _replace(wanted, settings, old, logs)
    else:
        plan = _ambiguous(wanted, settings, target, candidates)
    return _purge(wanted, settings, plan, logs)


def _equal(settings: FlowLogSettings, logs: Iterable[FlowLog]) -> list[FlowLog]:
    return [item for item in logs if not settings.differences(item)]


def _create(wanted: Wanted, target: str) -> FlowLogPlan:
    action = Action("create", target, reason="The target has no such flow log.")
    return FlowLogPlan(steps=(CreateStep(action, tags=tags_after(None, wanted.tags, wanted.purge_tags, wanted.name)),))


def _keep(wanted: Wanted, target: str, exact: Sequence[FlowLog], candidates: Sequence[FlowLog]) -> FlowLogPlan:
    """Keep the oldest healthy equal flow log, finish what an interrupted run began, and set the tags."""
    kept = min(exact, key=lambda item: (item.failed, item.marked_as_replaced) + _by_age(item))
    left = [item for item in candidates if item.marked_as_replaced and item is not kept and not item.managed_by_aws]
    steps: list[Step] = [] if kept.failed else [_finishing_step(target, kept, old) for old in left]
    unsuccessful = [_unfinished(target, kept, old) for old in left] if kept.failed else []
    steps.extend(_tag_steps(wanted, target, kept))
    managed = (kept, *left) if kept.failed else (kept,)
    return FlowLogPlan(steps=tuple(steps), unsuccessful=tuple(unsuccessful), kept=managed)


def _finishing_step(target: str, kept: FlowLog, old: FlowLog) -> ReplaceStep:
    reason = "Finishes a replacement that was interrupted."
    action = Action("replace", target, flow_log_id=kept.flow_log_id, replaces=old.flow_log_id, reason=reason)
    return ReplaceStep(action, old, resumed=kept)


def _unfinished(target: str, kept: FlowLog, old: FlowLog) -> Unsuccessful:
    message = (
        f"A replacement was interrupted, and its new flow log {kept.flow_log_id} does not deliver: "
        f"{kept.delivery_error}. The old one, {old.flow_log_id}, stays."
    )
    hint = "Fix the delivery (bucket policy, key policy), then run again: the old one goes once the new one delivers."
    return Unsuccessful(target, "ReplacementFailed", message, hint, flow_log_id=kept.flow_log_id)


def _tag_steps(wanted: Wanted, target: str, kept: FlowLog) -> list[RetagStep]:
    if not wanted.owns(kept):
        # Adopted as it is: somebody else gave it this name, and perhaps its tags.
        return []
    to_set, to_unset = tag_changes(kept, wanted.tags, wanted.purge_tags, wanted.name)
    steps = []
    for kind, changes, reason in (
        ("tag", to_set, "Tags differ."),
        ("untag", to_unset, "Tags that are not configured."),
    ):
        if changes:
            action = Action(kind, target, flow_log_id=kept.flow_log_id, changes=changes, reason=reason)
            steps.append(RetagStep(action, kept))
    return steps


def _refuse_named(wanted: Wanted, settings: FlowLogSettings, target: str, named: Sequence[FlowLog]) -> FlowLogPlan:
    """Leave flow logs alone that somebody else has given a name, and say how to go on."""
    if len(named) == 1 and named[0].managed_by_aws:
        return _replace(wanted, settings, named[0], named)
    single = named[0] if len(named) == 1 else None
    described = "; ".join(_with_differences(settings, item) for item in named)
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
        changes=settings.differences(single) if single else (),
    )
    return FlowLogPlan(unsuccessful=(item,), kept=tuple(named))


def _with_differences(settings: FlowLogSettings, item: FlowLog) -> str:
    differences = ", ".join(f"{change.field} {change.current!r}" for change in settings.differences(item))
    name = f", named {item.name!r}" if item.name is not None else ""
    return f"{item.flow_log_id}{name} ({differences})"


def _replace(wanted: Wanted, settings: FlowLogSettings, old: FlowLog, logs: Sequence[FlowLog]) -> FlowLogPlan:
    changes = settings.differences(old)
    fields = ", ".join(change.field for change in changes)
    refusal = None
    if old.managed_by_aws:
        refusal = ("ManagedByAws", f"Flow log {old.flow_log_id} differs in {fields} and must be replaced.", _NOT_OURS)
    elif wanted.replace == "never":
        refusal = (
            "ReplacementNeeded",
            f"Flow log {old.flow_log_id} differs in {fields}, which AWS cannot change in place.",
            name_options(REPLACE),
        )
    if refusal:
        code, message, hint = refusal
        item = Unsuccessful(old.resource_id, code, message, hint, flow_log_id=old.flow_log_id, changes=changes)
        return FlowLogPlan(unsuccessful=(item,), kept=(old,))
    rivals = tuple(str(item.flow_log_id) for item in logs if item is not old and is_rival(settings, item))
    action = Action(
        "replace",
        old.resource_id,
        replaces=old.flow_log_id,
        changes=changes,
        reason=f"AWS cannot change {fields} in place.",
        gap=wanted.replace == "delete_first" and not rivals,
    )
    tags = tags_after(old, wanted.tags, wanted.purge_tags, wanted.name)
    return FlowLogPlan(steps=(ReplaceStep(action, old, tags=tags, rivals=rivals),))


def _ambiguous(wanted: Wanted, settings: FlowLogSettings, target: str, candidates: Sequence[FlowLog]) -> FlowLogPlan:
    what = f"named {wanted.name!r}" if wanted.name is not None else f"to {settings.destination.arn}"
    described = "; ".join(_with_differences(settings, item) for item in candidates)
    message = f"{len(candidates)} flow logs {what} exist and none has the desired settings: {described}"
    hint = name_options(KEEP_ONE)
    return FlowLogPlan(unsuccessful=(Unsuccessful(target, "Ambiguous", message, hint),), kept=tuple(candidates))


def _purge(wanted: Wanted, settings: FlowLogSettings, plan: FlowLogPlan, logs: Sequence[FlowLog]) -> FlowLogPlan:
    """Sort what is left of the target's S3 flow logs into those to remove and those only reported."""
    used = {item.flow_log_id for item in plan.kept} | {
        step.flow_log.flow_log_id for step in plan.steps if not isinstance(step, CreateStep)
    }
    rest = [item for item in logs if item.flow_log_id not in used]
    steps = (
        [] if plan.unsuccessful else [_purge_step(wanted, item) for item in rest if _is_purged(wanted, settings, item)]
    )
    failing = next((item for item in plan.kept if item.failed), None)
    if failing and removes_delivering(steps):
        plan = replace(plan, unsuccessful=(*plan.unsuccessful, not_delivering(failing)))
        steps = []
    removed = {step.action.flow_log_id for step in steps}
    extra = tuple(item for item in rest if item.flow_log_id not in removed)
    return replace(plan, steps=plan.steps + tuple(steps), extra=extra)


def is_rival(settings: FlowLogSettings, item: FlowLog) -> bool:
    """Whether AWS may refuse a flow log with these settings because the resource has this one.

    Destination and traffic type count for certain; whether the other settings do is not documented.
    """
    same_traffic = settings.traffic_type in (None, item.traffic_type)
    return same_traffic and same_destination(item.log_destination, settings.destination.arn)


def removes_delivering(steps: Iterable[DeleteStep]) -> bool:
    """Whether one of the steps deletes a flow log that delivers, as far as AWS knows."""
    return any(not step.flow_log.failed for step in steps)


def not_delivering(kept: FlowLog) -> Unsuccessful:
    """Return why nothing is purged: the flow log that is to stay alone does not deliver."""
    message = f"Flow log {kept.flow_log_id} does not deliver: {kept.delivery_error}. The other flow logs stay."
    hint = "Fix the delivery (bucket policy, key policy), then run again: the others go once this one delivers."
    return Unsuccessful(kept.resource_id, "NotDelivering", message, hint, flow_log_id=kept.flow_log_id)


def _is_purged(wanted: Wanted, settings: FlowLogSettings, item: FlowLog) -> bool:
    if wanted.purge == "none" or item.managed_by_aws:
        return False
    if wanted.purge == S3:
        return True
    return wanted.owns(item) and not settings.differences(item)


def _purge_step(wanted: Wanted, item: FlowLog) -> DeleteStep:
    another = f"Another S3 flow log of the target, which delivers to {item.log_destination}."
    reason = another if wanted.purge == S3 else "An equal flow log is kept."
    return DeleteStep(Action("delete", item.resource_id, flow_log_id=item.flow_log_id, reason=reason), item)


def tags_left_alone(wanted: Wanted, plan: FlowLogPlan) -> str | None:
    """Return which desired tags are not set because a flow log with a name is adopted as it is, or ``None``."""
    refused = {item.target for item in plan.unsuccessful}
    left = [
        f"{item.flow_log_id} of {item.resource_id} (named {item.name!r})"
        for item in plan.kept
        if item.resource_id not in refused and not wanted.owns(item) and tag_changes(item, wanted.tags, False, None)[0]
    ]
    if not left:
        return None
    more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
    return (
        f"No name is given, so tags are not set on flow logs that have one: {', '.join(left[:_SHOWN])}{more}. "
        f"{name_options(ADOPT_SEVERAL)}"
    )


# -- absent -----------------------------------------------------------------------------------------------------


def _plan_absent(wanted: Wanted, target: str, logs: Sequence[FlowLog]) -> FlowLogPlan:
    steps: list[Step] = []
    unsuccessful: list[Unsuccessful] = []
    extra: list[FlowLog] = []
    for item in logs:
        if not _is_unwanted(wanted, item):
            extra.append(item)
        elif item.managed_by_aws:
            message = f"Flow log {item.flow_log_id} is not deleted."
            unsuccessful.append(Unsuccessful(target, "ManagedByAws", message, _NOT_OURS, flow_log_id=item.flow_log_id))
        else:
            reason = "state is absent."
            steps.append(DeleteStep(Action("delete", target, flow_log_id=item.flow_log_id, reason=reason), item))
    return FlowLogPlan(steps=tuple(steps), unsuccessful=tuple(unsuccessful), extra=tuple(extra))


def _is_unwanted(wanted: Wanted, item: FlowLog) -> bool:
    if wanted.name is not None:
        return item.name == wanted.name
    return wanted.owns(item) and same_destination(item.log_destination, wanted.destination_arn or "")


# -- what a plan leads to ---------------------------------------------------------------------------------------


def apply_steps(steps: Iterable[Step], flow_logs: Iterable[FlowLog], settings: FlowLogSettings | None) -> list[FlowLog]:
    """Return the flow logs as they are after the steps: the prediction of check mode, and the result of a run.

    :param flow_logs: as they are before; not changed.
    :param settings: of the flow logs that steps create.
    """
    state: dict[str | None, FlowLog] = {item.flow_log_id: item for item in flow_logs}
    created: list[FlowLog] = []
    for step in steps:
        flow_log_id = step.action.flow_log_id
        if isinstance(step, (CreateStep, ReplaceStep)):
            created.append(_made_by(step, settings))
        if isinstance(step, (ReplaceStep, DeleteStep)):
            state.pop(step.flow_log.flow_log_id, None)
        if isinstance(step, RetagStep) and flow_log_id in state:
            state[flow_log_id] = _retagged(state[flow_log_id], step)
    return list(state.values()) + [
        item for item in created if item.flow_log_id is None or item.flow_log_id not in state
    ]


def _made_by(step: NewFlowLogStep, settings: FlowLogSettings | None) -> FlowLog:
    if step.resumed is not None:
        return step.resumed
    if settings is None:
        raise AssertionError("only with settings are flow logs made")
    return replace(settings.as_flow_log(step.action.target, step.tags), flow_log_id=step.action.flow_log_id)


def _retagged(flow_log: FlowLog, step: RetagStep) -> FlowLog:
    tags = dict(flow_log.tags)
    for change in step.action.changes:
        if change.desired is None:
            tags.pop(tag_key(change), None)
        else:
            tags[tag_key(change)] = change.desired
    return replace(flow_log, tags=tags)


def managed_flow_logs(plan: FlowLogPlan, done: Iterable[Step] = ()) -> list[FlowLog]:
    """Return the flow logs that a plan keeps or touches, as they are before it.

    :param done: steps that were carried out, some of them perhaps of an earlier plan for the same targets.
    """
    done = list(done)
    # A replacement that an earlier run began has no changes, and its new flow log was there before.
    fresh = [
        step.action for step in done if step.action.action == "create" or step.action.replaces and step.action.changes
    ]
    made = {action.flow_log_id for action in fresh}
    managed = {item.flow_log_id: item for item in plan.kept if item.flow_log_id not in made}
    for step in (*plan.steps, *done):
        if not isinstance(step, CreateStep):
            managed.setdefault(step.flow_log.flow_log_id, step.flow_log)
    return list(managed.values())


def _comparable(flow_log: FlowLog) -> dict[str, Any]:
    shown = flow_log.to_dict()
    for name in ("flow_log_id", "resource_id", "name", "delivery_status", "delivery_error", "creation_time"):
        del shown[name]
    for name in ("log_destination_type", "log_group_name", "resource_type"):
        del shown[name]
    shown["tags"] = dict(sorted(flow_log.user_tags.items()))
    return shown


def diff_of(
    steps: Sequence[Step], before: Iterable[FlowLog], settings: FlowLogSettings | None
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return ``{before, after}``: per changed target the managed flow logs with the fields this module manages."""
    before = list(before)
    changed = sorted({step.action.target for step in steps})
    after = apply_steps(steps, before, settings)
    return {"before": _shown_by_target(changed, before), "after": _shown_by_target(changed, after)}


def _shown_by_target(targets: Sequence[str], flow_logs: Iterable[FlowLog]) -> dict[str, list[dict[str, Any]]]:
    shown: dict[str, list[dict[str, Any]]] = {target: [] for target in targets}
    for flow_log in sorted(flow_logs, key=_by_age):
        if flow_log.resource_id in shown:
            shown[flow_log.resource_id].append(_comparable(flow_log))
    return shown
