# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates flow logs, and finds out which one belongs to which target. PRIVATE to this collection."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..._aws import ec2
from ..._aws.call_in_parts import Splitting, call_in_parts
from ..._aws.errors import FlowLogsAWSError, may_have_worked
from ..._core.actions import Unsuccessful
from ..._core.chunks import chunks
from ..._core.error_hints.flow_logs import hint_for
from ..._core.flow_log.create_request import (
    MAX_FILTER_VALUES,
    MAX_FLOW_LOG_IDS,
    create_request,
    one_id_may_be_the_cause,
    tries_again,
)
from ..._core.flow_log.model import FlowLog
from ..._core.flow_log.plan import CreateStep
from ..._core.flow_log.settings import FlowLogSettings
from .outcome import EXISTS, Outcome, created, join_outcomes, not_found

_NOT_DESCRIBED = "NotDescribed"
# Pauses before each new try of what AWS refuses for a while only.
_PASSING_PAUSES = (2.0, 4.0, 8.0, 10.0)
_LONGEST_PAUSE = 5.0
# One answer is read while AWS prepares the next one.
_READERS = 2


@dataclass(frozen=True)
class Creation:
    """How flow logs are created.

    :param client: EC2 client.
    :param settings: of the new flow logs.
    :param wait_timeout: seconds that a new flow log has to show up in DescribeFlowLogs.
    """

    client: Any
    settings: FlowLogSettings
    wait_timeout: float = 60.0


class CreateResult(NamedTuple):
    """What became of the flow logs that were to be created.

    :param by_target: new flow logs by target.
    :param refused: targets that AWS refused.
    :param unseen: targets whose new flow log AWS does not show.
    :param uncertain: targets for which a call failed that may have created a flow log all the same.
    """

    by_target: dict[str, FlowLog]
    refused: list[ec2.Refused]
    unseen: list[ec2.Refused]
    uncertain: frozenset[str]


class _Answer(NamedTuple):
    """Ids of new flow logs, the targets that were refused, and those for which a failed call may have worked."""

    ids: list[str]
    refused: list[ec2.Refused]
    uncertain: frozenset[str]


def create_flow_logs(creation: Creation, steps: Sequence[CreateStep]) -> Outcome:
    """Carry out steps that create flow logs, all with the same tags."""
    if not steps:
        return Outcome()
    made = make(creation, [step.action.target for step in steps], steps[0].tags)
    done = [created(step, made.by_target[step.action.target]) for step in steps if step.action.target in made.by_target]
    existing = {refused.resource_id for refused in made.refused if refused.code == EXISTS}
    # In the order of the option, so that a run tells the same story twice.
    met = [step for step in steps if step.action.target in existing]
    left = Outcome(
        unsuccessful=[_unsuccessful(refused) for refused in made.refused + made.unseen if refused.code != EXISTS],
        already_exists=[step.action.target for step in met],
        unanswered=[step for step in met if step.action.target in made.uncertain],
    )
    return join_outcomes([*done, left])


def _unsuccessful(refused: ec2.Refused) -> Unsuccessful:
    hint = hint_for("CreateFlowLogs", refused.code, refused.message)
    return Unsuccessful(refused.resource_id, refused.code, refused.message.strip(), hint)


def make(creation: Creation, targets: Sequence[str], tags: Mapping[str, str], alike: bool = False) -> CreateResult:
    """Create flow logs in as few calls as AWS allows, and find out which one belongs to which target.

    :param alike: all targets are expected to fare the same; see :class:`Splitting`.
    """
    sizes = creation.settings.resource_type.max_ids
    answers = [_create_batch(creation, batch, tags, alike) for batch in chunks(list(targets), sizes)]
    refused = [item for answer in answers for item in answer.refused]
    uncertain = frozenset(target for answer in answers for target in answer.uncertain)
    described, problem = describe_new(
        creation.client, [new for answer in answers for new in answer.ids], creation.wait_timeout
    )
    by_target = {item.resource_id: item for item in described}
    answered = set(by_target) | {item.resource_id for item in refused}
    unseen = [problem._replace(resource_id=target) for target in targets if target not in answered]
    return CreateResult(by_target, refused, unseen, uncertain)


def _create_batch(creation: Creation, batch: Sequence[str], tags: Mapping[str, str], alike: bool) -> _Answer:
    """Create flow logs for as many targets as one call takes; try again what AWS refuses for a while only."""
    answer = _create_once(creation, batch, tags, alike)
    for tried, pause in enumerate(_PASSING_PAUSES):
        waiting = [item.resource_id for item in answer.refused if tries_again(item.code, item.message) > tried]
        if not waiting:
            break
        time.sleep(pause)
        kept = [item for item in answer.refused if item.resource_id not in waiting]
        again = _create_once(creation, waiting, tags, alike)
        answer = _Answer(answer.ids + again.ids, kept + again.refused, answer.uncertain | again.uncertain)
    return answer


def _create_once(creation: Creation, batch: Sequence[str], tags: Mapping[str, str], alike: bool) -> _Answer:
    refused: list[ec2.Refused] = []
    uncertain: set[str] = set()

    def call(targets: Sequence[str]) -> list[str]:
        # A token of its own for every attempt: a token used before would replay that attempt's answer.
        request = create_request(creation.settings, targets, tags, str(uuid.uuid4()))
        try:
            ids, items = ec2.create_flow_logs(creation.client, request)
        except FlowLogsAWSError as error:
            uncertain.update(targets if may_have_worked(error) else ())
            raise
        uncertain.update(item.resource_id for item in items if item.repeated)
        refused.extend(items)
        return ids

    ids, failed = call_in_parts(call, batch, Splitting(one_id_may_be_the_cause, alike))
    return _Answer(ids, refused + failed, frozenset(uncertain))


def describe_new(client: Any, ids: Sequence[str], wait_timeout: float) -> tuple[list[FlowLog], ec2.Refused]:
    """Describe new flow logs, which AWS may show a little later; also what to say of those that never came.

    :param wait_timeout: seconds until the last look.
    """
    message = f"The flow log was created but not described within {wait_timeout:g} s; run again to see it."
    problem = ec2.Refused("", _NOT_DESCRIBED, message)
    found: dict[str | None, FlowLog] = {}
    deadline = time.monotonic() + wait_timeout
    pause = 0.5
    while True:
        missing = [item for item in ids if item not in found]
        with ThreadPoolExecutor(_READERS) as readers:
            answers = list(readers.map(lambda part: _described_by_id(client, part), chunks(missing, MAX_FLOW_LOG_IDS)))
        found.update({item.flow_log_id: item for described, _failed in answers for item in described})
        fatal = [failed[0] for _described, failed in answers if failed and not not_found(failed[0].code)]
        if fatal:
            return list(found.values()), fatal[0]
        if len(found) >= len(ids) or time.monotonic() >= deadline:
            break
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
    return _described_by_filter(client, ids, found), problem


def _described_by_id(client: Any, ids: Sequence[str]) -> tuple[list[FlowLog], list[ec2.Refused]]:
    return call_in_parts(lambda part: ec2.describe_flow_logs_by_id(client, part), ids, Splitting(lambda *_error: False))


def _described_by_filter(client: Any, ids: Sequence[str], found: Mapping[str | None, FlowLog]) -> list[FlowLog]:
    """Ask once more for what is missing, by filter: one id that AWS does not know hides no other one there."""
    complete = dict(found)
    missing = [item for item in ids if item not in found]
    for batch in chunks(missing, MAX_FILTER_VALUES):
        more, _failed = call_in_parts(
            lambda part: ec2.describe_flow_logs(client, {"flow-log-id": part}), batch, Splitting(lambda *_error: False)
        )
        complete.update({item.flow_log_id: item for item in more})
    return list(complete.values())
