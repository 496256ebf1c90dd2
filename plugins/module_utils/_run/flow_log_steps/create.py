# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates flow logs, and finds the new flow log of each target. PRIVATE to this collection."""

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
    retries_for,
)
from ..._core.flow_log.model import FlowLog
from ..._core.flow_log.settings import FlowLogSettings
from ..._core.flow_log.steps import CreateStep
from .outcome import EXISTS, Outcome, created, join_outcomes, not_found

_NOT_DESCRIBED = "NotDescribed"
# Seconds before each retry of a target that AWS refused with a temporary error.
_RETRY_PAUSES = (2.0, 4.0, 8.0, 10.0)
_LONGEST_PAUSE = 5.0
# Reads one answer while AWS prepares the next one.
_READERS = 2


@dataclass(frozen=True)
class Creation:
    """How flow logs are created.

    :param client: EC2 client.
    :param settings: settings of the new flow logs.
    :param wait_timeout: seconds until a new flow log must appear in DescribeFlowLogs.
    """

    client: Any
    settings: FlowLogSettings
    wait_timeout: float = 60.0


class CreateResult(NamedTuple):
    """The result of creating flow logs.

    :param by_target: new flow logs by target.
    :param refused: targets that AWS refused.
    :param unseen: targets whose new flow log AWS does not describe.
    :param uncertain: targets for which a failed call may have created a flow log.
    """

    by_target: dict[str, FlowLog]
    refused: list[ec2.Refused]
    unseen: list[ec2.Refused]
    uncertain: frozenset[str]


class _Answer(NamedTuple):
    """Ids of new flow logs, the targets that AWS refused, and those for which a failed call may have worked."""

    ids: list[str]
    refused: list[ec2.Refused]
    uncertain: frozenset[str]


def create_flow_logs(creation: Creation, steps: Sequence[CreateStep]) -> Outcome:
    """Carry out steps that create flow logs, all with the same tags."""
    if not steps:
        return Outcome()
    result = create(creation, [step.action.target for step in steps], steps[0].tags)
    done = [
        created(step, result.by_target[step.action.target]) for step in steps if step.action.target in result.by_target
    ]
    existing = {refused.resource_id for refused in result.refused if refused.code == EXISTS}
    # In the order of the option, so that the same events always have the same result.
    existing_steps = [step for step in steps if step.action.target in existing]
    not_created = Outcome(
        unsuccessful=[_unsuccessful(refused) for refused in result.refused + result.unseen if refused.code != EXISTS],
        already_exists=[step.action.target for step in existing_steps],
        unanswered=[step for step in existing_steps if step.action.target in result.uncertain],
    )
    return join_outcomes([*done, not_created])


def _unsuccessful(refused: ec2.Refused) -> Unsuccessful:
    hint = hint_for("CreateFlowLogs", refused.code, refused.message)
    return Unsuccessful(refused.resource_id, refused.code, refused.message.strip(), hint)


def create(creation: Creation, targets: Sequence[str], tags: Mapping[str, str], alike: bool = False) -> CreateResult:
    """Create flow logs in as few calls as AWS allows, and find the new flow log of each target.

    :param alike: whether the same result is expected for all targets; see :class:`Splitting`.
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
    """Create flow logs for as many targets as one call takes; retry targets with a temporary error."""
    answer = _create_once(creation, batch, tags, alike)
    for tried, pause in enumerate(_RETRY_PAUSES):
        waiting = [item.resource_id for item in answer.refused if retries_for(item.code, item.message) > tried]
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
        # Each attempt has its own token: with an earlier one, AWS would repeat the earlier answer.
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
    """Return new flow logs as AWS describes them, and the error for those that it does not describe in time.

    :param wait_timeout: seconds until the last reading; AWS may describe a new flow log with a delay.
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
    """Read missing flow logs by filter. An unknown id makes a call by id fail, but not a call by filter."""
    complete = dict(found)
    missing = [item for item in ids if item not in found]
    for batch in chunks(missing, MAX_FILTER_VALUES):
        more, _failed = call_in_parts(
            lambda part: ec2.describe_flow_logs(client, {"flow-log-id": part}), batch, Splitting(lambda *_error: False)
        )
        complete.update({item.flow_log_id: item for item in more})
    return list(complete.values())
