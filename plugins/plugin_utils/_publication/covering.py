# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds flow logs of parents that record the traffic of a target. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import traffic_overlaps
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination
from .types import CoveringFlowLog


def covering(destination: str | None, traffic_type: str | None, of_parents: object) -> list[CoveringFlowLog]:
    """Return the flow logs of a target's parents that deliver its traffic to the same destination.

    :param of_parents: the variable ``flow_log_existing_of_parents``. Anything but a list of flow logs counts as empty.
    """
    items = of_parents if isinstance(of_parents, (list, tuple)) else ()
    return [
        {"flow_log_id": item.get("flow_log_id"), "resource_id": item.get("resource_id")}
        for item in items
        if isinstance(item, Mapping)
        and item.get("log_destination_type") == "s3"
        and same_destination(destination or "", str(item.get("destination") or ""))
        and traffic_overlaps(traffic_type, item.get("traffic_type"))
    ]
