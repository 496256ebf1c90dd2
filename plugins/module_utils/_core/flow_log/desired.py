# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired state of the flow logs of some targets: present with settings, or absent. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Union

from .model import FlowLog, S3
from .settings import FlowLogSettings


@dataclass(frozen=True)
class PresentFlowLogs:
    """Each target has one flow log with these settings.

    :param targets: resource ids, in the order of the option.
    :param name: value of the Name tag that identifies the flow log; ``None``: the unnamed flow log to the destination.
    :param tags: from :func:`tags.check_tags`.
    :param adopt_named: consent to take over flow logs that have a name, where ``name`` is not given.
    :param wait_timeout: seconds until a new flow log must appear in DescribeFlowLogs.
    """

    targets: tuple[str, ...]
    settings: FlowLogSettings
    name: str | None = None
    tags: Mapping[str, str] | None = None
    purge_tags: bool = True
    replace: str = "create_first"
    allow_gap: bool = False
    purge: str = "none"
    adopt_named: bool = False
    wait_timeout: int = 60

    @property
    def destination_arn(self) -> str:
        """ARN of the bucket and folder."""
        return self.settings.destination.arn

    def owns(self, flow_log: FlowLog) -> bool:
        """Whether the task may change, replace or delete a flow log, as far as its name decides.

        A flow log with a name belongs to the task that gives this name, as option or as tag. Without ``name``,
        ``adopt_named`` is the consent to take over others, and so is ``purge: s3``, which removes every other one.
        """
        takes_over_named = self.adopt_named or self.purge == S3
        return _is_owner(self.name, self.tags, takes_over_named, flow_log)


@dataclass(frozen=True)
class AbsentFlowLogs:
    """No target has a flow log with this name or, without a name, one to this destination.

    :param targets: resource ids, in the order of the option.
    :param destination_arn: ARN of the bucket and folder; ``None`` only where ``name`` is given.
    :param tags: from :func:`tags.check_tags`; a Name tag names a flow log of the task.
    :param adopt_named: consent to remove flow logs that have a name, where ``name`` is not given.
    """

    targets: tuple[str, ...]
    destination_arn: str | None = None
    name: str | None = None
    tags: Mapping[str, str] | None = None
    adopt_named: bool = False

    def owns(self, flow_log: FlowLog) -> bool:
        """Whether the task may delete a flow log, as far as its name decides; see :meth:`PresentFlowLogs.owns`."""
        return _is_owner(self.name, self.tags, self.adopt_named, flow_log)


#: What a task of ``s3_flow_log`` aims at.
DesiredFlowLogs = Union[PresentFlowLogs, AbsentFlowLogs]


def _is_owner(name: str | None, tags: Mapping[str, str] | None, takes_over_named: bool, flow_log: FlowLog) -> bool:
    if name is None and takes_over_named:
        return True
    return flow_log.name in (None, name, (tags or {}).get("Name"))
