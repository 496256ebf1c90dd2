# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the S3 flow logs of targets. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._aws import ec2
from ..._core.flow_log.create_request import MAX_FILTER_VALUES
from ..._core.flow_log.model import FlowLog


def read_flow_logs(client: Any, targets: Sequence[str]) -> list[FlowLog]:
    """Return the S3 flow logs of the targets: by filter or, for more than 200 targets, from all flow logs of the Region.

    :raises FlowLogsAWSError: if they cannot be read; an unknown flow log never counts as absent.
    """
    filters: dict[str, Sequence[str]] = {"log-destination-type": ["s3"]}
    if len(targets) <= MAX_FILTER_VALUES:
        filters["resource-id"] = list(targets)
    ids = set(targets)
    return [item for item in ec2.describe_flow_logs(client, filters) if item.resource_id in ids]
