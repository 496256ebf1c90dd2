# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where two flow logs record the same traffic to the same place. PRIVATE to this collection.

A flow log of a VPC or subnet records every network interface in it (VPC User Guide, flow logs). What lies in what is known
from the inventory alone (``flow_log_parents``), so nothing is said of targets without that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import traffic_overlaps
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination
from .finding import Finding, PLAY, limit

#: A region and the id of a resource.
Place = tuple[Optional[str], str]


def overlapping(publication: Mapping[str, Any], found: Iterable[Finding]) -> list[Finding]:
    """Return a finding for each target whose flow log records what the flow log of a parent records too.

    :param publication: as for :func:`collect.find`.
    :param found: what was found about the targets.
    """
    inside = [item for item in publication["targets"] if item["parents"]]
    if not inside:
        return []
    logged = {_place(finding): finding for finding in found if _is_logged(finding)}
    batches = {batch["name"]: batch for batch in publication["batches"]}
    wishes: dict[Place, list[Mapping[str, Any]]] = {}
    for item in publication["targets"]:
        batch = batches[item["batch"]]
        wishes.setdefault((batch["region"], item["target"]), []).append(batch)
    pairs = (
        (logged.get((batches[item["batch"]]["region"], item["target"])), _parent(item, batches, wishes, logged))
        for item in inside
    )
    return [_finding(own, parent) for own, parent in pairs if own is not None and parent is not None]


def _place(finding: Finding) -> Place:
    return finding.region, finding.target


def _is_logged(finding: Finding) -> bool:
    return finding.finding in ("in_sync", "drifted") and finding.flow_log_id is not None


def _parent(
    item: Mapping[str, Any],
    batches: Mapping[str, Mapping[str, Any]],
    wishes: Mapping[Place, list[Mapping[str, Any]]],
    logged: Mapping[Place, Finding],
) -> str | None:
    """Return the nearest parent that is logged so. Of a target of this run its result decides, else the inventory."""
    batch = batches[item["batch"]]
    seen = {one["resource_id"] for one in item["covered_by"]}
    for parent in item["parents"]:
        place = (batch["region"], parent)
        if place in wishes:
            covers = place in logged and any(_covers(one, batch) for one in wishes[place])
        else:
            covers = parent in seen
        if covers:
            return str(parent)
    return None


def _covers(parent: Mapping[str, Any], batch: Mapping[str, Any]) -> bool:
    same_place = same_destination(parent["destination"] or "", batch["destination"] or "")
    return same_place and traffic_overlaps(parent["options"]["traffic_type"], batch["options"]["traffic_type"])


def _finding(own: Finding, parent: str) -> Finding:
    return Finding(
        finding="overlapping",
        target=own.target,
        target_type=own.target_type,
        account_id=own.account_id,
        region=own.region,
        groups=own.groups,
        host=own.host,
        destination=own.destination,
        flow_log_id=own.flow_log_id,
        evidence=f"The flow log of {parent} records this traffic too and delivers it to the same place.",
        remedy="# To have it once, take the host out of the inventory that publishes, and remove its flow log:\n"
        f"{PLAY}.retire -e flow_log_retire=true{limit(own.host)}",
    )
