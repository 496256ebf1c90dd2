# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How flow logs are replaced, and whether the replacement already exists. PRIVATE to this collection."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Callable

from ..._aws.errors import FlowLogsAWSError
from ..._core.flow_log.model import FlowLog
from ..._core.flow_log.steps import ReplaceStep
from .create import Creation
from .read import read_flow_logs

# Seconds before each reading of a flow log that exists according to AWS, but may not be described yet.
_READ_PAUSES = (0.0, 2.0, 4.0)


@dataclass(frozen=True)
class Replacement:
    """How flow logs are replaced.

    :param creation: how the new ones are created.
    :param delete_first: whether to delete the old one before the new one is created, where that can help.
    :param allow_gap: consent to delete first if AWS refuses a second flow log.
    :param name: Name tag that identifies the flow log, or ``None``.
    """

    creation: Creation
    delete_first: bool = False
    allow_gap: bool = False
    name: str | None = None

    def is_replacement(self, step: ReplaceStep, item: FlowLog) -> bool:
        """Whether a flow log is the replacement of a step's old flow log."""
        if item.resource_id != step.action.target or item.flow_log_id == step.old_id:
            return False
        return self.name in (None, item.tags.get("Name")) and not self.creation.settings.differences(item)


def find_equal(
    replacement: Replacement,
    steps: Sequence[ReplaceStep],
    doubtful: Callable[[ReplaceStep, Sequence[FlowLog]], bool],
) -> set[str] | None:
    """Return the targets that have an equal flow log next to the old one; ``None`` if reading fails.

    :param doubtful: whether a reading may be outdated for a step, so that another one is needed.
    """
    found: set[str] = set()
    left: list[ReplaceStep] = list(steps)
    for pause in _READ_PAUSES:
        if not left:
            break
        time.sleep(pause)
        try:
            read = read_flow_logs(replacement.creation.client, [step.action.target for step in left])
        except FlowLogsAWSError:
            return None
        found |= {item.resource_id for item in read if any(replacement.is_replacement(step, item) for step in left)}
        left = [step for step in left if step.action.target not in found and doubtful(step, read)]
    return found
