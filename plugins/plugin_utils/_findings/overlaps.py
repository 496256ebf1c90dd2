# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds targets whose traffic a parent's flow log records to the same destination. PRIVATE to this collection.

A flow log of a VPC or subnet records every network interface in it (VPC User Guide, flow logs). Only the inventory variable
``flow_log_parents`` lists the parents of a target, so targets without it have no such finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Optional

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import traffic_overlaps
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination
from .._publication.types import BatchDict, PublicationDict, TargetDict
from .finding import Finding, PLAY, limit

#: A Region and the id of a resource.
_Resource = tuple[Optional[str], str]


def overlapping(publication: PublicationDict, found: Iterable[Finding]) -> list[Finding]:
    """Return a finding for each target whose traffic a parent's flow log records as well.

    :param publication: as for :func:`collect.find`.
    :param found: the findings about the targets.
    """
    children = [item for item in publication["targets"] if item["parents"]]
    if not children:
        return []
    logged: dict[_Resource, Finding] = {
        (finding.region, finding.target): finding
        for finding in found
        if finding.finding in ("in_sync", "drifted") and finding.flow_log_id is not None
    }
    batches = {batch["name"]: batch for batch in publication["batches"]}
    batches_of: dict[_Resource, list[BatchDict]] = {}
    for item in publication["targets"]:
        batch = batches[item["batch"]]
        batches_of.setdefault((batch["region"], item["target"]), []).append(batch)
    pairs = (
        (
            logged.get((batches[item["batch"]]["region"], item["target"])),
            _covering_parent(item, batches[item["batch"]], batches_of, logged),
        )
        for item in children
    )
    return [_finding(own, parent) for own, parent in pairs if own is not None and parent is not None]


def _covering_parent(
    item: TargetDict,
    batch: BatchDict,
    batches_of: Mapping[_Resource, list[BatchDict]],
    logged: Mapping[_Resource, Finding],
) -> str | None:
    """Return the nearest parent whose flow log covers a target.

    The results of this run decide if the parent is one of its targets, otherwise the inventory does.
    """
    covering = {one["resource_id"] for one in item["covered_by"]}
    for parent in item["parents"]:
        resource = (batch["region"], parent)
        if resource in batches_of:
            covers = resource in logged and any(_covers(one, batch) for one in batches_of[resource])
        else:
            covers = parent in covering
        if covers:
            return parent
    return None


def _covers(parent: BatchDict, batch: BatchDict) -> bool:
    has_same_destination = same_destination(parent["destination"] or "", batch["destination"] or "")
    return has_same_destination and traffic_overlaps(
        parent["options"]["traffic_type"], batch["options"]["traffic_type"]
    )


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
        evidence=f"The flow log of {parent} records this traffic, too, and delivers it to the same destination.",
        remedy="# To record it once, remove the host from the publishing inventory, then its flow log:\n"
        f"{PLAY}.retire -e flow_log_retire=true{limit(own.host)}",
    )
