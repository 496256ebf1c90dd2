# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flow logs of parents that record the traffic of a target. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import traffic_overlaps
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination


def covering(destination: str | None, traffic_type: str | None, of_parents: Any) -> list[dict[str, Any]]:
    """Return which flow logs of a target's parents record its traffic to the same place.

    :param of_parents: the variable ``flow_log_existing_of_parents``; what is no list of flow logs tells nothing.
    :returns: ``[{flow_log_id, resource_id}]``.
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
