# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out the steps of a flow log plan, and never loses what already succeeded. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._core.flow_log.plan import CreateStep, DeleteStep, ReplaceStep, RetagStep, Step, Wanted
from .create import Creation, create_flow_logs
from .outcome import Outcome, join_outcomes
from .replace import replace_flow_logs
from .replacement import Replacement
from .tags_and_deletes import delete_flow_logs, remove_tags, set_tags


def carry_out(client: Any, wanted: Wanted, steps: Sequence[Step]) -> Outcome:
    """Carry out steps in the order of a plan; go on after an error with what does not depend on it.

    :param client: EC2 client of one account and Region.
    :param wanted: for what the steps were planned.
    """
    retag = [step for step in steps if isinstance(step, RetagStep)]
    before = join_outcomes(
        [
            *_new_flow_logs(client, wanted, steps),
            set_tags(client, [step for step in retag if step.action.action == "tag"]),
            remove_tags(client, [step for step in retag if step.action.action == "untag"]),
        ]
    )
    deleted = delete_flow_logs(client, [step for step in steps if isinstance(step, DeleteStep)], before)
    return join_outcomes([before, deleted])


def _new_flow_logs(client: Any, wanted: Wanted, steps: Sequence[Step]) -> list[Outcome]:
    """Create and replace; without settings no plan has such steps."""
    if wanted.settings is None:
        return []
    creation = Creation(client, wanted.settings, wanted.wait_timeout)
    replacement = Replacement(creation, wanted.replace == "delete_first", wanted.allow_gap, wanted.name)
    return [
        create_flow_logs(creation, [step for step in steps if isinstance(step, CreateStep)]),
        replace_flow_logs(replacement, [step for step in steps if isinstance(step, ReplaceStep)]),
    ]
