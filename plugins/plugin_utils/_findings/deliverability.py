# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides whether the flow log of each target can be delivered. PRIVATE to this collection.

A correctly configured flow log delivers nothing to a bucket that cannot receive it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import destination_of
from .._publication.host_variables import layouts_of
from .._publication.task_results import has_failed, has_result
from .._publication.types import (
    DestinationDict,
    DestinationKeyDict,
    DestinationResult,
    KeyResult,
    PublicationDict,
    SourceDict,
)
from .destinations import is_left_alone
from .finding import Finding

#: The flow log of a target: account, Region, target and desired destination.
FlowLogKey = tuple[Optional[str], Optional[str], str, Optional[str]]
_EVERY_REGION = "*"
_HIVE = "hive_compatible_partitions"


@dataclass(frozen=True)
class Delivery:
    """What one flow log delivers: its source, and the folder and layout in the bucket."""

    account_id: str | None
    region: str | None
    folder: str
    layout: str


@dataclass(frozen=True)
class Obstacle:
    """Something that blocks delivery to a bucket, or may block it.

    :param is_certain: whether it certainly blocks delivery; ``False``: unknown.
    :param account_id: the account whose deliveries it concerns; ``None``: all accounts. The other fields work alike.
    """

    is_certain: bool
    account_id: str | None = None
    region: str | None = None
    folder: str | None = None
    layout: str | None = None

    def concerns(self, delivery: Delivery) -> bool:
        """Whether it blocks a delivery, or may block it."""
        region = None if self.region == _EVERY_REGION else self.region
        pairs = (
            (self.account_id, delivery.account_id),
            (region, delivery.region),
            (self.folder, delivery.folder),
            (self.layout, delivery.layout),
        )
        return all(own is None or own == given for own, given in pairs)


def obstacles(work: DestinationDict, result: DestinationResult | None) -> tuple[Obstacle, ...]:
    """Return what blocks delivery to a bucket, or may block it.

    :param result: ``None``: the tasks did not run.
    """
    if is_left_alone(work):
        return ()
    if result is None or not has_result(result):
        return (Obstacle(is_certain=False),)
    found = _from_plan(result) + _from_check(result)
    # The check does not explain the failure, so the state of the bucket is unknown.
    if has_failed(result) and result.get("deliverable") is not False:
        found.append(Obstacle(is_certain=False))
    return tuple(found)


def key_obstacles(result: KeyResult | None) -> list[Obstacle]:
    """Return what blocks the use of a bucket's key for delivery, or may block it.

    :param result: ``None``: the task did not run.
    """
    if result is None or has_failed(result):
        return [Obstacle(is_certain=False)]
    return _missing_grants(result.get("missing_grants") or None, bool(result.get("changed")))


def _from_plan(result: DestinationResult) -> list[Obstacle]:
    """Return obstacles that a run would remove."""
    key: DestinationKeyDict = result.get("key") or {}
    actions = result.get("actions") or ()
    found: list[Obstacle] = []
    if any(action["action"] == "create_bucket" for action in actions):
        found.append(Obstacle(is_certain=True))
    writes = any(action["action"] != "create_bucket" and action.get("target") != key.get("arn") for action in actions)
    found += _missing_grants(result.get("missing_grants"), writes)
    found += _missing_grants(key.get("missing_grants"), bool(key.get("changed")))
    return found


def _missing_grants(grants: Sequence[SourceDict] | None, writes: bool) -> list[Obstacle]:
    """Return an obstacle for each grant that is missing in a policy.

    :param grants: ``None``: unknown. Then a policy that a run would write blocks all accounts.
    :param writes: whether a run would write the policy.
    """
    if grants is None:
        return [Obstacle(is_certain=True)] if writes else []
    return [obstacle_of(grant, is_certain=True) for grant in grants]


def _from_check(result: DestinationResult) -> list[Obstacle]:
    """Return the obstacles that the destination check found."""
    if result.get("deliverable") in (None, True):
        return []
    problems = result.get("problems")
    if not problems:
        return [Obstacle(is_certain=result["deliverable"] is False)]
    return [obstacle_of(item, is_certain=item.get("status") == "problem") for item in problems]


def obstacle_of(scope: SourceDict, is_certain: bool) -> Obstacle:
    """Return the obstacle for a missing grant or a problem: its account, Region, folder and layout."""
    return Obstacle(
        is_certain=is_certain,
        account_id=scope.get("account_id"),
        region=scope.get("region"),
        folder=scope.get("folder"),
        layout=scope.get("layout"),
    )


def with_deliverability(
    found: Iterable[Finding],
    publication: PublicationDict,
    results: Mapping[str, DestinationResult | None],
    keys: Mapping[str, KeyResult],
    delivered: Container[str],
) -> list[Finding]:
    """Return the findings with ``deliverable`` set for targets.

    :param publication: as for :func:`collect.find`.
    :param results: results for destinations, by name.
    :param keys: results for keys, by name. Several buckets may share a key.
    :param delivered: ids of flow logs that delivered recently.
    """
    by_bucket: dict[str, list[Obstacle]] = {
        work["bucket_arn"]: list(obstacles(work, results.get(work["name"]))) for work in publication["destinations"]
    }
    for key in publication.get("keys") or ():
        for bucket_arn in key["bucket_arns"]:
            by_bucket.setdefault(bucket_arn, []).extend(key_obstacles(keys.get(key["name"])))
    layouts = _layouts(publication)
    return [_with_deliverability(finding, by_bucket, layouts, delivered) for finding in found]


def _layouts(publication: PublicationDict) -> dict[FlowLogKey, str]:
    batches = {batch["name"]: batch for batch in publication["batches"]}
    found: dict[FlowLogKey, str] = {}
    for item in publication["targets"]:
        batch = batches[item["batch"]]
        key = (batch["account_id"], batch["region"], item["target"], batch["destination"])
        found[key] = layouts_of(batch["options"]["destination_options"])[0]
    return found


def _with_deliverability(
    finding: Finding,
    by_bucket: Mapping[str, Sequence[Obstacle]],
    layouts: Mapping[FlowLogKey, str],
    delivered: Container[str],
) -> Finding:
    if finding.finding in ("missing", "failed_delivery"):
        return replace(finding, deliverable=False)
    current = _current(finding, "destination", finding.destination)
    if finding.finding not in ("in_sync", "drifted") or finding.flow_log_id is None or not current:
        return finding
    destination = destination_of(current)
    key = (finding.account_id, finding.region, finding.target, finding.destination)
    is_hive = _current(finding, f"destination_options.{_HIVE}", layouts.get(key) == "hive")
    layout = layouts_of({_HIVE: is_hive})[0]
    delivery = Delivery(finding.account_id, finding.region, destination.folder, layout)
    certain = {item.is_certain for item in by_bucket.get(destination.bucket_arn, ()) if item.concerns(delivery)}
    if True in certain:
        return replace(finding, deliverable=False)
    return replace(finding, deliverable=None if certain and finding.flow_log_id not in delivered else True)


def _current(finding: Finding, field: str, desired: Any) -> Any:
    """Return the current value of a field: the desired one, unless the finding lists a change."""
    return next((change["current"] for change in finding.changes if change["field"] == field), desired)
