# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out the steps of a flow log plan, and never loses what already succeeded. PRIVATE to this collection."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import NamedTuple
from typing import Optional
from typing import Sequence
from typing import Set
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.call_in_parts import Splitting
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.call_in_parts import call_in_parts
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import may_have_worked
from ansible_collections.flowlogs.aws.plugins.module_utils._core.chunks import chunks
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import MAX_FILTER_VALUES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import MAX_FLOW_LOG_IDS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import create_request
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import one_id_may_be_the_cause
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import settings_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import tries_again
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import REPLACED_TAG
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import FlowLog
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.plan import Step
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.plan import not_delivering
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.plan import removes_delivering
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import FlowLogSettings
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.tags import tag_key

_EXISTS = "FlowLogAlreadyExists"
_NOT_DESCRIBED = "NotDescribed"
# Pauses before each new try of what AWS refuses for a while only.
_PASSING_PAUSES = (2.0, 4.0, 8.0, 10.0)
_LONGEST_PAUSE = 5.0
# One answer is read while AWS prepares the next one.
_READERS = 2
# Pauses before each look for a flow log that AWS says exists and a reading may not show yet.
_LOOKS = (0.0, 2.0, 4.0)


@dataclass
class Outcome:
    """What a run did.

    :param steps: finished steps, their actions as they really happened.
    :param described: new flow logs as AWS describes them, by id.
    :param met_existing: targets that have an equal flow log which the plan did not know: somebody was faster, an
        answer was lost, or AWS did not show it yet. They are to be planned anew.
    :param unanswered: creates and replacements of such targets whose first answer was lost: what is there is most
        likely theirs.
    """

    steps: List[Step] = field(default_factory=list)
    unsuccessful: List[Unsuccessful] = field(default_factory=list)
    described: Dict[str, FlowLog] = field(default_factory=dict)
    met_existing: List[str] = field(default_factory=list)
    unanswered: List[Step] = field(default_factory=list)


class Made(NamedTuple):
    """New flow logs by target, the targets that were refused, and those whose new flow log AWS does not show."""

    by_target: Dict[str, FlowLog]
    refused: List[ec2.Refused]
    unseen: List[ec2.Refused]


def _old(step: Step) -> FlowLog:
    if step.flow_log is None:
        raise AssertionError("a replacement has an old flow log")
    return step.flow_log


def _old_id(step: Step) -> str:
    return str(_old(step).flow_log_id)


def _not_found(code: str, _message: str = "", _ids: Sequence[str] = ()) -> bool:
    return code.endswith(".NotFound") or code == "InvalidID"


def _unsuccessful(operation: str, refused: ec2.Refused, step: Optional[Step] = None, note: str = "") -> Unsuccessful:
    return Unsuccessful(
        target=step.action.target if step else refused.resource_id,
        code=refused.code,
        message=(refused.message + " " + note).strip(),
        hint=hint_for(operation, refused.code, refused.message),
        flow_log_id=step.flow_log.flow_log_id if step and step.flow_log else None,
        changes=step.action.changes if step else (),
    )


def _refused_second(refused: ec2.Refused, step: Step) -> Unsuccessful:
    """Say why a replacement was not made; the usual hint is no help where another flow log is in the way."""
    item = _unsuccessful("CreateFlowLogs", refused, step)
    if refused.code != _EXISTS or not step.rivals:
        return item
    rivals = ", ".join(step.rivals)
    hint = f"Delete {rivals} if it is not wanted any more, or use another destination or traffic type."
    return replace(item, message=f"{item.message} In the way may be {rivals}.", hint=hint)


def _may_be_early(step: Step, read: Sequence[FlowLog]) -> bool:
    """Whether a reading may be older than the replacement that it does not show.

    It is when it lacks the mark that was just set. A flow log that was marked before this run proves that an earlier
    run got at least so far, perhaps further.
    """
    marked = any(item.flow_log_id == _old_id(step) and item.marked_as_replaced for item in read)
    return _old(step).marked_as_replaced or not marked


class FlowLogSteps:
    """Carries out steps against one account and region.

    :param client: EC2 client.
    :param settings: of flow logs that are created; ``None`` when there are none.
    :param replace_mode: ``create_first`` or ``delete_first``.
    :param allow_gap: consent to delete first where AWS refuses a second flow log.
    :param wait_timeout: seconds that a new flow log has to show up in DescribeFlowLogs.
    :param name: the name that is part of the identity, or ``None``.
    """

    def __init__(
        self,
        client: Any,
        settings: Optional[FlowLogSettings],
        replace_mode: str = "create_first",
        allow_gap: bool = False,
        wait_timeout: float = 60.0,
        name: Optional[str] = None,
    ) -> None:
        self._client = client
        self._settings = settings
        self._replace_mode = replace_mode
        self._allow_gap = allow_gap
        self._wait_timeout = wait_timeout
        self._name = name
        self._outcome = Outcome()
        # Targets for which a call failed that may have made a flow log all the same.
        self._uncertain: Set[str] = set()

    def run(self, steps: Iterable[Step]) -> Outcome:
        """Carry out the steps in their order; go on after an error with what does not depend on it."""
        by_kind: Dict[str, List[Step]] = {}
        for step in steps:
            by_kind.setdefault(step.action.action, []).append(step)
        self._create(by_kind.get("create", []))
        self._replace(by_kind.get("replace", []))
        self._tag(by_kind.get("tag", []))
        self._untag(by_kind.get("untag", []))
        self._purge(by_kind.get("delete", []))
        return self._outcome

    # -- create -------------------------------------------------------------------------------------------------

    def _create(self, steps: Sequence[Step]) -> None:
        if not steps:
            return
        made = self._make(self._settings, [step.action.target for step in steps], steps[0].tags)
        for step in steps:
            if step.action.target in made.by_target:
                self._finish(step, made.by_target[step.action.target])
        existing = {refused.resource_id for refused in made.refused if refused.code == _EXISTS}
        # In the order of the option, so that a run tells the same story twice.
        met = [step for step in steps if step.action.target in existing]
        self._outcome.met_existing.extend(step.action.target for step in met)
        self._outcome.unanswered = [step for step in met if step.action.target in self._uncertain]
        for refused in made.refused + made.unseen:
            if refused.code != _EXISTS:
                self._outcome.unsuccessful.append(_unsuccessful("CreateFlowLogs", refused))

    def _finish(self, step: Step, new: FlowLog, **changed: Any) -> None:
        self._outcome.described[str(new.flow_log_id)] = new
        action = replace(step.action, flow_log_id=new.flow_log_id, **changed)
        self._outcome.steps.append(replace(step, action=action))

    def _make(
        self, settings: Optional[FlowLogSettings], targets: Sequence[str], tags: Mapping[str, str], alike: bool = False
    ) -> Made:
        """Create flow logs in as few calls as AWS allows, and find out which one belongs to which target."""
        if settings is None:
            raise AssertionError("creating needs settings")
        ids: List[str] = []
        refused: List[ec2.Refused] = []
        for batch in chunks(list(targets), settings.resource_type.max_ids):
            more, again = self._make_batch(settings, batch, tags, alike)
            for tried, pause in enumerate(_PASSING_PAUSES):
                waiting = [item.resource_id for item in again if tries_again(item.code, item.message) > tried]
                if not waiting:
                    break
                time.sleep(pause)
                kept = [item for item in again if item.resource_id not in waiting]
                retried, again = self._make_batch(settings, waiting, tags, alike)
                more, again = more + retried, kept + again
            ids += more
            refused += again
        described, problem = self._describe_new(ids)
        by_target = {item.resource_id: item for item in described}
        answered = set(by_target) | {item.resource_id for item in refused}
        unseen = [problem._replace(resource_id=target) for target in targets if target not in answered]
        return Made(by_target, refused, unseen)

    def _make_batch(
        self, settings: FlowLogSettings, batch: Sequence[str], tags: Mapping[str, str], alike: bool
    ) -> Tuple[List[str], List[ec2.Refused]]:
        refused: List[ec2.Refused] = []

        def call(targets: Sequence[str]) -> List[str]:
            # A token of its own for every attempt: a token used before would replay that attempt's answer.
            request = create_request(settings, targets, tags, str(uuid.uuid4()))
            try:
                ids, items = ec2.create_flow_logs(self._client, request)
            except FlowLogsAWSError as error:
                self._uncertain.update(targets if may_have_worked(error) else ())
                raise
            self._uncertain.update(item.resource_id for item in items if item.repeated)
            refused.extend(items)
            return ids

        ids, failed = call_in_parts(call, batch, Splitting(one_id_may_be_the_cause, alike))
        return ids, refused + failed

    def _describe_new(self, ids: Sequence[str]) -> Tuple[List[FlowLog], ec2.Refused]:
        """Describe new flow logs, which AWS may show a little later; also what to say of those that never came."""
        message = f"The flow log was created but not described within {self._wait_timeout:g} s; run again to see it."
        problem = ec2.Refused("", _NOT_DESCRIBED, message)
        found: Dict[Optional[str], FlowLog] = {}
        deadline = time.monotonic() + self._wait_timeout
        pause = 0.5
        while True:
            missing = [item for item in ids if item not in found]
            with ThreadPoolExecutor(_READERS) as readers:
                answers = list(readers.map(self._described_by_id, chunks(missing, MAX_FLOW_LOG_IDS)))
            found.update({item.flow_log_id: item for described, _failed in answers for item in described})
            fatal = [failed[0] for _described, failed in answers if failed and not _not_found(failed[0].code)]
            if fatal:
                return list(found.values()), fatal[0]
            if len(found) >= len(ids) or time.monotonic() >= deadline:
                break
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        return self._described_by_filter(ids, found), problem

    def _described_by_id(self, ids: Sequence[str]) -> Tuple[List[FlowLog], List[ec2.Refused]]:
        return call_in_parts(
            lambda part: ec2.describe_flow_logs_by_id(self._client, part), ids, Splitting(lambda *_error: False)
        )

    def _described_by_filter(self, ids: Sequence[str], found: Dict[Optional[str], FlowLog]) -> List[FlowLog]:
        """Ask once more for what is missing, by filter: one id that AWS does not know hides no other one there."""
        missing = [item for item in ids if item not in found]
        for batch in chunks(missing, MAX_FILTER_VALUES):
            more, _failed = call_in_parts(
                lambda part: ec2.describe_flow_logs(self._client, {"flow-log-id": part}),
                batch,
                Splitting(lambda *_error: False),
            )
            found.update({item.flow_log_id: item for item in more})
        return list(found.values())

    # -- replace ------------------------------------------------------------------------------------------------

    def _replace(self, steps: Sequence[Step]) -> None:
        self._remove_replaced([(step, step.resumed) for step in steps if step.resumed is not None])
        fresh = [step for step in steps if step.resumed is None]
        for group in _groups(
            fresh, lambda step: (sorted(step.tags.items()), [c.field for c in step.action.changes], bool(step.rivals))
        ):
            if self._replace_mode == "delete_first" and not group[0].rivals:
                self._delete_then_create(group)
            else:
                self._create_then_delete(group)

    def _create_then_delete(self, steps: Sequence[Step]) -> None:
        marked = self._mark(steps)
        if not marked:
            return
        by_target = {step.action.target: step for step in marked}
        made = self._make(self._settings, list(by_target), marked[0].tags, alike=True)
        existing = [(by_target[item.resource_id], item) for item in made.refused if item.code == _EXISTS]
        unmark, gap = self._sort_existing(existing)
        others = [item for item in made.refused if item.code != _EXISTS]
        for refused in others + made.unseen:
            step = by_target[refused.resource_id]
            self._outcome.unsuccessful.append(_unsuccessful("CreateFlowLogs", refused, step))
        # Where a new one may be there though it is not seen, the mark stays: by it the next run finishes the work.
        unmark += [by_target[item.resource_id] for item in others if item.resource_id not in self._uncertain]
        healthy, unhealthy = self._sort_by_health([(by_target[target], new) for target, new in made.by_target.items()])
        unmark += self._withdraw(unhealthy)
        self._unmark(unmark)
        self._remove_replaced(healthy)
        self._delete_then_create(gap)

    def _sort_existing(self, pairs: Sequence[Tuple[Step, ec2.Refused]]) -> Tuple[List[Step], List[Step]]:
        """Sort replacements that AWS calls existing: those to unmark and leave, and those to make with a gap."""
        unmark: List[Step] = []
        gap: List[Step] = []
        found = self._find_equal([step for step, _refused in pairs], doubtful=_may_be_early)
        for step, refused in pairs:
            if found is not None and step.action.target in found:
                self._outcome.met_existing.append(step.action.target)
            elif found is not None and self._allow_gap and not step.rivals:
                gap.append(step)
            else:
                self._outcome.unsuccessful.append(_refused_second(refused, step))
                # Where it is not known whether there is a replacement already, the mark stays.
                unmark += [step] if found is not None else []
        return unmark, gap

    def _find_equal(
        self, steps: Sequence[Step], doubtful: Callable[[Step, Sequence[FlowLog]], bool]
    ) -> Optional[Set[str]]:
        """Return the targets that have an equal flow log beside the old one; ``None`` when AWS does not answer.

        :param doubtful: whether flow logs as they were read may be an earlier state, so that another look is due.
        """
        found: Set[str] = set()
        left = list(steps)
        for pause in _LOOKS:
            if not left:
                break
            time.sleep(pause)
            try:
                read = read_flow_logs(self._client, [step.action.target for step in left])
            except FlowLogsAWSError:
                return None
            found |= {item.resource_id for item in read if any(self._is_equal(item, step) for step in left)}
            left = [step for step in left if step.action.target not in found and doubtful(step, read)]
        return found

    def _is_equal(self, item: FlowLog, step: Step) -> bool:
        if self._settings is None or item.resource_id != step.action.target or item.flow_log_id == _old_id(step):
            return False
        return self._name in (None, item.tags.get("Name")) and not self._settings.differences(item)

    def _mark(self, steps: Sequence[Step]) -> List[Step]:
        """Mark the flow logs about to go, so that a run that is cut off now is finished by the next one."""
        old_ids = {_old_id(step): step for step in steps}
        new = [item for item, step in old_ids.items() if not _old(step).marked_as_replaced]
        failed = self._on_ids(new, lambda part: ec2.create_tags(self._client, part, {REPLACED_TAG: "true"}))
        for refused in failed:
            step = old_ids.pop(refused.resource_id)
            self._outcome.unsuccessful.append(_unsuccessful("CreateTags", refused, step, "Nothing was changed."))
        return list(old_ids.values())

    def _unmark(self, steps: Sequence[Step]) -> None:
        ids = [_old_id(step) for step in steps]
        # A mark that cannot be removed does no harm: the next run removes it.
        self._on_ids(ids, lambda part: ec2.delete_tags(self._client, part, [REPLACED_TAG]))

    def _sort_by_health(
        self, made: Sequence[Tuple[Step, FlowLog]]
    ) -> Tuple[List[Tuple[Step, FlowLog]], List[Tuple[Step, FlowLog]]]:
        good: List[Tuple[Step, FlowLog]] = []
        bad: List[Tuple[Step, FlowLog]] = []
        for step, new in made:
            differs = self._settings.differences(new) if self._settings else ()
            (bad if new.failed or differs else good).append((step, new))
        return good, bad

    def _withdraw(self, pairs: Sequence[Tuple[Step, FlowLog]]) -> List[Step]:
        """Remove new flow logs that are no replacement: delivery fails, or AWS stored something else than asked for."""
        failed = {item.resource_id: item for item in self._delete_ids([str(new.flow_log_id) for _step, new in pairs])}
        for step, new in pairs:
            why = new.delivery_error or "it is not as asked for"
            note = "The old one stays, and the new one was removed again."
            if new.flow_log_id in failed:
                note = f"The old one stays, and the new one could not be removed: {failed[new.flow_log_id].message}"
                self._finish(replace(step, action=Action("create", step.action.target, reason=note)), new)
            message = f"The replacement {new.flow_log_id} does not deliver: {why}."
            self._outcome.unsuccessful.append(
                _unsuccessful(
                    "CreateFlowLogs", ec2.Refused(step.action.target, "ReplacementFailed", message), step, note
                )
            )
        # Where the new one is still there, the old one keeps the mark, so that one of them goes in the end.
        return [step for step, new in pairs if new.flow_log_id not in failed]

    def _remove_replaced(self, pairs: Sequence[Tuple[Step, FlowLog]]) -> None:
        """Delete old flow logs now that the new ones are seen."""
        failed = {item.resource_id: item for item in self._delete_ids([_old_id(step) for step, _new in pairs])}
        for step, new in pairs:
            refused = failed.get(_old_id(step))
            if refused is None:
                self._finish(step, new)
                continue
            note = "The new one is in place; the next run deletes the old one."
            if step.resumed is None:
                self._finish(
                    replace(step, action=Action("create", step.action.target, reason=note), flow_log=None), new
                )
            self._outcome.unsuccessful.append(_unsuccessful("DeleteFlowLogs", refused, step, note))

    def _delete_then_create(self, steps: Sequence[Step]) -> None:
        """Replace with a gap, in batches so that the gap of each target is as short as two calls."""
        max_ids = self._settings.resource_type.max_ids if self._settings else 1
        for batch in chunks(list(steps), max_ids):
            started = time.monotonic()
            by_id = {_old_id(step): step for step in batch}
            for refused in self._delete_ids(list(by_id)):
                step = by_id.pop(refused.resource_id)
                note = "Nothing was changed."
                self._outcome.unsuccessful.append(_unsuccessful("DeleteFlowLogs", refused, step, note))
                self._unmark([step])
            by_target = {step.action.target: step for step in by_id.values()}
            made = self._make(self._settings, list(by_target), batch[0].tags)
            for target, new in made.by_target.items():
                self._finish(by_target[target], new, gap=True, gap_seconds=_seconds_since(started))
            self._after_refusals([(by_target[item.resource_id], item) for item in made.refused], started)
            for refused in made.unseen:
                self._tell_lost(by_target[refused.resource_id], refused, refused)

    def _after_refusals(self, pairs: Sequence[Tuple[Step, ec2.Refused]], started: float) -> None:
        """Put old flow logs back, unless the replacement is there: made before, or by a call whose answer was lost."""
        maybe = [step for step, refused in pairs if refused.code == _EXISTS or refused.resource_id in self._uncertain]
        found = self._find_equal(maybe, doubtful=lambda _step, _read: True) or set()
        for step, refused in pairs:
            if step.action.target not in found:
                self._put_back(step, refused, started)
                continue
            self._outcome.met_existing.append(step.action.target)
            if step.action.target in self._uncertain:
                action = replace(step.action, gap=True, gap_seconds=_seconds_since(started))
                self._outcome.unanswered.append(replace(step, action=action))
                continue
            reason = "An equal flow log is there already."
            gone = Action("delete", step.action.target, flow_log_id=_old_id(step), reason=reason)
            self._outcome.steps.append(replace(step, action=gone))

    def _put_back(self, step: Step, refused: ec2.Refused, started: float) -> None:
        """Restore a flow log whose replacement was refused after it had been deleted."""
        old = _old(step)
        made = self._restored(old)
        if not made.by_target:
            self._tell_lost(step, refused, (made.refused + made.unseen)[0])
            return
        restored = made.by_target[old.resource_id]
        note = f"The old flow log was put back as {restored.flow_log_id}."
        gone = replace(step, action=replace(step.action, changes=(), reason=note), resumed=restored)
        self._finish(gone, restored, gap=True, gap_seconds=_seconds_since(started))
        self._outcome.unsuccessful.append(_unsuccessful("CreateFlowLogs", refused, step, note))

    def _tell_lost(self, step: Step, refused: ec2.Refused, last: ec2.Refused) -> None:
        """Say that the old flow log is deleted and no new one is seen."""
        old = _old(step)
        note = f"The old flow log {old.flow_log_id} is gone and no new one is seen: {last.message}"
        lost = Action("delete", old.resource_id, flow_log_id=old.flow_log_id, reason=note, gap=True)
        self._outcome.steps.append(replace(step, action=lost))
        self._outcome.unsuccessful.append(_unsuccessful("CreateFlowLogs", refused, step, note))

    def _restored(self, old: FlowLog) -> Made:
        if self._settings is None:
            raise AssertionError("a replacement has settings")
        # Should a replacement show up that may have been made after all, the next run removes what is put back.
        mark = {REPLACED_TAG: "true"} if old.resource_id in self._uncertain else {}
        settings = settings_of(old, self._settings.resource_type)
        return self._make(settings, [old.resource_id], {**old.user_tags, **mark})

    # -- tags and deletion ---------------------------------------------------------------------------------------

    def _on_ids(self, ids: Sequence[str], call: Any) -> List[ec2.Refused]:
        """Make a call that returns nothing for many flow logs; return an error for each one that it failed for."""
        refused: List[ec2.Refused] = []
        for batch in chunks(list(ids), MAX_FLOW_LOG_IDS):
            refused += call_in_parts(lambda part: call(part) or [], batch, Splitting(_not_found))[1]
        return refused

    def _delete_ids(self, ids: Sequence[str]) -> List[ec2.Refused]:
        """Delete flow logs; one that is gone already is no error."""
        refused: List[ec2.Refused] = []
        for batch in chunks(list(ids), MAX_FLOW_LOG_IDS):
            items, failed = call_in_parts(
                lambda part: ec2.delete_flow_logs(self._client, part), batch, Splitting(_not_found)
            )
            refused += items + failed
        return [item for item in refused if not _not_found(item.code)]

    def _tag(self, steps: Sequence[Step]) -> None:
        for group in _groups(steps, lambda step: [(tag_key(c), c.desired) for c in step.action.changes]):
            tags = {tag_key(change): change.desired for change in group[0].action.changes}
            self._per_flow_log(group, "CreateTags", lambda part, tags=tags: ec2.create_tags(self._client, part, tags))

    def _untag(self, steps: Sequence[Step]) -> None:
        for group in _groups(steps, lambda step: [tag_key(c) for c in step.action.changes]):
            keys = [tag_key(change) for change in group[0].action.changes]
            self._per_flow_log(group, "DeleteTags", lambda part, keys=keys: ec2.delete_tags(self._client, part, keys))

    def _per_flow_log(self, steps: Sequence[Step], operation: str, call: Any) -> None:
        by_id = {str(step.action.flow_log_id): step for step in steps}
        for refused in self._on_ids(list(by_id), call):
            self._outcome.unsuccessful.append(_unsuccessful(operation, refused, by_id.pop(refused.resource_id)))
        self._outcome.steps.extend(by_id.values())

    def _purge(self, steps: Sequence[Step]) -> None:
        """Delete what is not wanted any more, but nothing of a target for which something failed before."""
        new = [item for item in self._outcome.described.values() if item.failed]
        for failing in new:
            if removes_delivering(step for step in steps if step.action.target == failing.resource_id):
                self._outcome.unsuccessful.append(not_delivering(failing))
        troubled = {item.target for item in self._outcome.unsuccessful} | set(self._outcome.met_existing)
        by_id = {str(step.action.flow_log_id): step for step in steps if step.action.target not in troubled}
        for refused in self._delete_ids(list(by_id)):
            self._outcome.unsuccessful.append(_unsuccessful("DeleteFlowLogs", refused, by_id.pop(refused.resource_id)))
        self._outcome.steps.extend(by_id.values())


def _seconds_since(started: float) -> float:
    return round(time.monotonic() - started, 1)


def _groups(steps: Iterable[Step], key: Any) -> List[List[Step]]:
    """Group steps that can share calls, in the order in which each kind first appears."""
    grouped: Dict[str, List[Step]] = {}
    for step in steps:
        grouped.setdefault(repr(key(step)), []).append(step)
    return list(grouped.values())


def read_flow_logs(client: Any, targets: Sequence[str]) -> List[FlowLog]:
    """Return the S3 flow logs of the targets, in one filtered call or, for more than 200 targets, one sweep.

    :raises FlowLogsAWSError: when AWS does not answer; what is unknown is never taken for absent.
    """
    filters: Dict[str, Sequence[str]] = {"log-destination-type": ["s3"]}
    if len(targets) <= MAX_FILTER_VALUES:
        filters["resource-id"] = list(targets)
    wanted = set(targets)
    return [item for item in ec2.describe_flow_logs(client, filters) if item.resource_id in wanted]
