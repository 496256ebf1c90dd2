# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out the steps of a flow log plan, and returns every success despite errors. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.flow_log.desired import AbsentFlowLogs, DesiredFlowLogs
from ..._core.flow_log.steps import CreateStep, DeleteStep, ReplaceStep, RetagStep, Step
from .create import Creation, create_flow_logs
from .outcome import Outcome, join_outcomes
from .replace import replace_flow_logs
from .replacement import Replacement
from .tags_and_deletes import delete_flow_logs, remove_tags, set_tags


def carry_out(client: Any, desired: DesiredFlowLogs, steps: Sequence[Step]) -> Outcome:
    """Carry out steps in the order of a plan; after an error, continue with the steps that do not depend on it.

    :param client: EC2 client of one account and Region.
    :param desired: desired state for which the steps were planned.
    """
    retag = [step for step in steps if isinstance(step, RetagStep)]
    before = join_outcomes(
        [
            *_new_flow_logs(client, desired, steps),
            set_tags(client, [step for step in retag if step.action.action == "tag"]),
            remove_tags(client, [step for step in retag if step.action.action == "untag"]),
        ]
    )
    deleted = delete_flow_logs(client, [step for step in steps if isinstance(step, DeleteStep)], before)
    return join_outcomes([before, deleted])


def _new_flow_logs(client: Any, desired: DesiredFlowLogs, steps: Sequence[Step]) -> list[Outcome]:
    if isinstance(desired, AbsentFlowLogs):
        return []
    creation = Creation(client, desired.settings, desired.wait_timeout)
    replacement = Replacement(creation, desired.replace == "delete_first", desired.allow_gap, desired.name)
    return [
        create_flow_logs(creation, [step for step in steps if isinstance(step, CreateStep)]),
        replace_flow_logs(replacement, [step for step in steps if isinstance(step, ReplaceStep)]),
    ]
