# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the flow log of each target can be delivered, as far as is known. PRIVATE to this collection.

A flow log that is configured as desired delivers nothing to a bucket that cannot receive it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import destination_of
from .._publication.host_variables import layouts_of
from .._publication.task_results import has_failed, has_result
from .destinations import is_left_alone
from .finding import Finding

#: A flow log of a target: account, Region, target and the destination that it is to have.
Key = tuple[Optional[str], Optional[str], str, Optional[str]]
_EVERY_REGION = "*"
_HIVE = "hive_compatible_partitions"


@dataclass(frozen=True)
class Delivery:
    """What one flow log delivers: from where, and into which folder of the bucket in which layout."""

    account_id: str | None
    region: str | None
    folder: str
    layout: str


@dataclass(frozen=True)
class Obstacle:
    """Something between log delivery and a bucket.

    :param is_certain: whether it stops deliveries for certain; otherwise it is not known.
    :param account_id: whose deliveries it concerns, ``None``: everyone's. So do the other members.
    """

    is_certain: bool
    account_id: str | None = None
    region: str | None = None
    folder: str | None = None
    layout: str | None = None

    def concerns(self, delivery: Delivery) -> bool:
        """Whether it is in the way of a delivery."""
        region = None if self.region == _EVERY_REGION else self.region
        pairs = (
            (self.account_id, delivery.account_id),
            (region, delivery.region),
            (self.folder, delivery.folder),
            (self.layout, delivery.layout),
        )
        return all(mine is None or mine == given for mine, given in pairs)


def obstacles(work: Mapping[str, Any], result: Mapping[str, Any] | None) -> tuple[Obstacle, ...]:
    """Return what is known to be, or may be, between log delivery and a bucket.

    :param work: as :meth:`work.BucketWork.to_dict` returns it.
    :param result: of the role's tasks; ``None``: they did not run.
    """
    if is_left_alone(work):
        return ()
    if result is None or not has_result(result):
        return (Obstacle(is_certain=False),)
    found = _from_plan(result) + _from_check(result)
    # A failure that the check does not explain: the state of the bucket could not be read.
    if has_failed(result) and result.get("deliverable") is not False:
        found.append(Obstacle(is_certain=False))
    return tuple(found)


def key_obstacles(result: Mapping[str, Any] | None) -> list[Obstacle]:
    """Return what is known to be, or may be, between log delivery and the key of a bucket.

    :param result: from :func:`key_work.key_result`; ``None``: the task did not run.
    """
    if result is None or has_failed(result):
        return [Obstacle(is_certain=False)]
    return _without_grant(result.get("missing_grants") or None, bool(result.get("changed")))


def _from_plan(result: Mapping[str, Any]) -> list[Obstacle]:
    """Return obstacles that a run would remove: until then they are there."""
    key = result.get("key") or {}
    actions = result.get("actions") or ()
    found: list[Obstacle] = []
    if any(action["action"] == "create_bucket" for action in actions):
        found.append(Obstacle(is_certain=True))
    puts = any(action["action"] != "create_bucket" and action.get("target") != key.get("arn") for action in actions)
    found += _without_grant(result.get("missing_grants"), puts)
    found += _without_grant(key.get("missing_grants"), bool(key.get("changed")))
    return found


def _without_grant(grants: Sequence[Mapping[str, Any]] | None, puts: bool) -> list[Obstacle]:
    """Return an obstacle for each grant that a policy lacks.

    :param grants: ``None`` where they are not known; then a policy that is to be written stands for everyone's.
    """
    unknown: Sequence[Mapping[str, Any]] = ({},) if puts else ()
    return [obstacle_of(grant, is_certain=True) for grant in (unknown if grants is None else grants)]


def _from_check(result: Mapping[str, Any]) -> list[Obstacle]:
    """Return what the destination check found that decides."""
    if result.get("deliverable") in (None, True):
        return []
    problems = result.get("problems") or ({"status": "problem" if result["deliverable"] is False else "unknown"},)
    return [obstacle_of(item, is_certain=item.get("status") == "problem") for item in problems]


def obstacle_of(source: Mapping[str, Any], is_certain: bool) -> Obstacle:
    """Return an obstacle for the account, Region, folder and layout that a grant or a problem names."""
    return Obstacle(
        is_certain=is_certain,
        account_id=source.get("account_id"),
        region=source.get("region"),
        folder=source.get("folder"),
        layout=source.get("layout"),
    )


def with_deliverability(
    found: Iterable[Finding],
    publication: Mapping[str, Any],
    results: Mapping[str, Mapping[str, Any] | None],
    keys: Mapping[str, Mapping[str, Any]],
    delivered: Container[str],
) -> list[Finding]:
    """Return findings about targets with ``deliverable`` set.

    :param publication: as for :func:`collect.find`.
    :param results: what was done for each destination, by its name.
    :param keys: what was done for each key that several buckets may share, by the name of the work.
    :param delivered: ids of flow logs that are known to have delivered lately.
    """
    in_the_way: dict[str, list[Obstacle]] = {
        work["bucket_arn"]: list(obstacles(work, results.get(work["name"]))) for work in publication["destinations"]
    }
    for work in publication.get("keys") or ():
        for bucket_arn in work["bucket_arns"]:
            in_the_way.setdefault(bucket_arn, []).extend(key_obstacles(keys.get(work["name"])))
    layouts = _layouts(publication)
    return [_judged(finding, in_the_way, layouts, delivered) for finding in found]


def _layouts(publication: Mapping[str, Any]) -> dict[Key, str]:
    batches = {batch["name"]: batch for batch in publication["batches"]}
    found: dict[Key, str] = {}
    for item in publication["targets"]:
        batch = batches[item["batch"]]
        key = (batch["account_id"], batch["region"], item["target"], batch["destination"])
        found[key] = layouts_of(batch["options"]["destination_options"])[0]
    return found


def _judged(
    finding: Finding,
    in_the_way: Mapping[str, Sequence[Obstacle]],
    layouts: Mapping[Key, str],
    delivered: Container[str],
) -> Finding:
    if finding.finding in ("missing", "failed_delivery"):
        return replace(finding, deliverable=False)
    place = _now(finding, "destination", finding.destination)
    if finding.finding not in ("in_sync", "drifted") or finding.flow_log_id is None or not place:
        return finding
    destination = destination_of(place)
    key = (finding.account_id, finding.region, finding.target, finding.destination)
    layout = layouts_of({_HIVE: _now(finding, f"destination_options.{_HIVE}", layouts.get(key) == "hive")})[0]
    delivery = Delivery(finding.account_id, finding.region, destination.folder, layout)
    certain = {item.is_certain for item in in_the_way.get(destination.bucket_arn, ()) if item.concerns(delivery)}
    if True in certain:
        return replace(finding, deliverable=False)
    return replace(finding, deliverable=None if certain and finding.flow_log_id not in delivered else True)


def _now(finding: Finding, field: str, desired: Any) -> Any:
    """Return what a field of the flow log is; it is as desired unless it is listed as a change."""
    return next((change["current"] for change in finding.changes if change["field"] == field), desired)
