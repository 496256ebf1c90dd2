# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From raw answers of AWS to targets, and whether each is logged. PRIVATE to this collection.

The answers come from AWS or from a cache, so everything that is derived from them is derived here, each time anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.target_shapes import SHAPES

#: What a target is as to flow logs: the value of ``flow_log_coverage``, and the group that says the same.
COVERAGE_GROUPS: Mapping[str, str] = {
    "s3": "flow_log_to_s3",
    "elsewhere": "flow_log_elsewhere_only",
    "parent": "flow_log_covered_by_parent",
    "none": "flow_log_not_logged",
    "other_account": "flow_log_other_account",
    "unknown": "flow_log_coverage_unknown",
}
#: Variables that this plugin sets besides those that playbooks read.
FACTS = (
    "flow_log_owner_id",
    "flow_log_found_in_account",
    "flow_log_found_with",
    "flow_log_account_name",
    "flow_log_resource_tags",
    "flow_log_parents",
    "flow_log_coverage",
    "flow_log_existing",
    "flow_log_existing_of_parents",
    "flow_log_instances",
)
#: Names of hosts that mean something to Ansible or to the playbooks of this collection.
RESERVED_NAMES = frozenset(("all", "ungrouped", "localhost"))
_GONE = frozenset(("deleted", "deleting", "failed", "rejected", "rejecting", "failing"))
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Scan:
    """What one account and region answered.

    :param resources: resource type -> what EC2 described of it.
    :param subnet_owners: subnet id -> owner; ``{}`` unless interfaces were read.
    :param flow_logs: what DescribeFlowLogs answered; ``None`` if it could not be read.
    :param found_with: role in which the account was read, where playbooks get no connection options.
    """

    account_id: str
    account: str
    region: str
    connection: Mapping[str, str]
    resources: Mapping[str, Sequence[Mapping[str, Any]]]
    subnet_owners: Mapping[str, str] = field(default_factory=dict)
    flow_logs: Sequence[Mapping[str, Any]] | None = None
    found_with: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the scan as the cache holds it; there is no credential in it."""
        return {
            "account_id": self.account_id,
            "account": self.account,
            "region": self.region,
            "connection": dict(self.connection),
            "resources": {name: list(items) for name, items in self.resources.items()},
            "subnet_owners": dict(self.subnet_owners),
            "flow_logs": None if self.flow_logs is None else list(self.flow_logs),
            "found_with": self.found_with,
        }


@dataclass(frozen=True)
class FoundTarget:
    """One target of the inventory.

    :param owner_id: account that owns it and that alone can make its flow logs.
    :param found_in: account whose credentials found it.
    :param connection: connection options for the owner's account; ``{}`` where none are known.
    :param parents: ids of the resources whose flow logs cover it, the nearest first.
    :param existing: its own flow logs, as short facts.
    :param of_parents: those of its parents, likewise.
    """

    resource_id: str
    resource_type: str
    region: str
    owner_id: str
    found_in: str
    account_name: str
    connection: Mapping[str, str]
    tags: Mapping[str, str]
    parents: tuple[str, ...]
    coverage: str
    existing: tuple[Mapping[str, Any], ...] = ()
    of_parents: tuple[Mapping[str, Any], ...] = ()
    found_with: str = ""

    def variables(self) -> dict[str, Any]:
        """Return the variables of the host: what playbooks read, and facts."""
        known = {
            "flow_log_resource_id": self.resource_id,
            "flow_log_resource_type": self.resource_type,
            "flow_log_region": self.region,
            "flow_log_account_id": self.owner_id,
            "flow_log_owner_id": self.owner_id,
            "flow_log_found_in_account": self.found_in,
            "flow_log_account_name": self.account_name,
            "flow_log_resource_tags": dict(self.tags),
            "flow_log_parents": list(self.parents),
            "flow_log_coverage": self.coverage,
            "flow_log_existing": [dict(item) for item in self.existing],
            "flow_log_existing_of_parents": [dict(item) for item in self.of_parents],
        }
        if self.found_with:
            known["flow_log_found_with"] = self.found_with
        # Without options of its own a host leaves room for those of its group.
        return {**known, "flow_log_aws": dict(self.connection)} if self.connection else known

    def groups(self) -> list[str]:
        """Return the built-in groups: type, region, account and coverage."""
        return [
            f"flow_log_type_{_snake(self.resource_type)}",
            f"flow_log_region_{self.region.replace('-', '_')}",
            f"flow_log_account_{self.owner_id}",
            COVERAGE_GROUPS[self.coverage],
        ]


def _snake(name: str) -> str:
    """Return a type's name as it stands in groups: ``NetworkInterface`` is ``network_interface``, ``VPC`` is ``vpc``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def tags_of(item: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a described resource; network interfaces have them in ``TagSet``."""
    return {tag["Key"]: tag.get("Value", "") for tag in item.get("Tags") or item.get("TagSet") or ()}


def _short(flow_log: Mapping[str, Any]) -> dict[str, Any]:
    # Before flow logs to S3 there was no destination type, and all went to CloudWatch Logs.
    kind = flow_log.get("LogDestinationType") or "cloud-watch-logs"
    return {
        "flow_log_id": flow_log.get("FlowLogId"),
        "resource_id": flow_log.get("ResourceId"),
        "log_destination_type": kind,
        "destination": flow_log.get("LogDestination") or flow_log.get("LogGroupName"),
        "traffic_type": flow_log.get("TrafficType"),
    }


class _Logs:
    """All flow logs of all scans, by region and resource."""

    def __init__(self, scans: Iterable[Scan]) -> None:
        self._by_resource: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        self._read: set[tuple[str, str]] = set()
        for scan in scans:
            self._add(scan)

    def _add(self, scan: Scan) -> None:
        if scan.flow_logs is None:
            return
        self._read.add((scan.account_id, scan.region))
        for item in scan.flow_logs:
            place = (scan.region, item.get("ResourceId", ""))
            self._by_resource.setdefault(place, {})[item.get("FlowLogId", "")] = _short(item)

    def of(self, region: str, resource_ids: Iterable[str]) -> tuple[Mapping[str, Any], ...]:
        """Return the flow logs of some resources."""
        return tuple(
            item
            for resource_id in resource_ids
            for _flow_log_id, item in sorted(self._by_resource.get((region, resource_id), {}).items())
        )

    def were_read(self, account_id: str, region: str) -> bool:
        """Whether the flow logs of this account and region are known."""
        return (account_id, region) in self._read


def coverage_of(
    own: Sequence[Mapping[str, Any]] | None, of_parents: Sequence[Mapping[str, Any]], parents_known: bool
) -> str:
    """Return what a target of an account that was looked into is as to flow logs.

    :param own: its flow logs; ``None`` if they could not be read.
    :param of_parents: flow logs of what it is part of, as far as they are known.
    :param parents_known: whether that is all of them.
    :returns: a key of :data:`COVERAGE_GROUPS`. What could not be read is ``unknown``, and never ``none``.
    """
    if own is None:
        return "unknown"
    if own:
        return "s3" if any(item["log_destination_type"] == "s3" for item in own) else "elsewhere"
    if of_parents:
        return "parent"
    return "none" if parents_known else "unknown"


def _parent_owner(resource_type: str, item: Mapping[str, Any], owner: str, scan: Scan) -> str | None:
    """Return who owns the parents; a network interface can lie in a subnet that another account shares."""
    if resource_type == "NetworkInterface":
        return scan.subnet_owners.get(item.get("SubnetId", ""))
    return owner


def _found(resource_type: str, item: Mapping[str, Any], scan: Scan, logs: _Logs) -> FoundTarget:
    shape = SHAPES[resource_type]
    owner = str((item.get(shape.owner) if shape.owner else None) or scan.account_id)
    resource_id = item[shape.resource_id]
    parents = tuple(item[name] for name in shape.parents if item.get(name))
    own, of_parents = logs.of(scan.region, [resource_id]), logs.of(scan.region, parents)
    foreign = owner != scan.account_id
    parent_owner = _parent_owner(resource_type, item, owner, scan)
    parents_known = not parents or (parent_owner is not None and logs.were_read(parent_owner, scan.region))
    known = own if logs.were_read(scan.account_id, scan.region) else None
    return FoundTarget(
        resource_id=resource_id,
        resource_type=resource_type,
        region=scan.region,
        owner_id=owner,
        found_in=scan.account_id,
        account_name="" if foreign else scan.account,
        # The credentials of one account are never handed on as those of another.
        connection={} if foreign else scan.connection,
        tags=tags_of(item),
        parents=parents,
        # The owner's flow logs are hidden from those who share the resource (VPC User Guide, shared VPCs).
        coverage="other_account" if foreign else coverage_of(known, of_parents, parents_known),
        existing=own,
        of_parents=of_parents,
        found_with="" if foreign else scan.found_with,
    )


def find_targets(scans: Sequence[Scan]) -> list[FoundTarget]:
    """Return every target of the scans once, in the order of account, region, type and id.

    What several accounts see is listed as its owner sees it, if the owner is among them.
    """
    logs = _Logs(scans)
    found: dict[tuple[str, str], FoundTarget] = {}
    for target in (target for scan in scans for target in _targets_of(scan, logs)):
        place = (target.region, target.resource_id)
        if place not in found or target.owner_id == target.found_in:
            found[place] = target
    return sorted(found.values(), key=lambda item: (item.owner_id, item.region, item.resource_type, item.resource_id))


def _targets_of(scan: Scan, logs: _Logs) -> Iterable[FoundTarget]:
    for resource_type, items in scan.resources.items():
        is_target = SHAPES[resource_type].is_target
        standing = [item for item in items if is_target(item) and item.get("State") not in _GONE]
        yield from (_found(resource_type, item, scan, logs) for item in standing)


def _wished_name(target: FoundTarget, preferences: Iterable[str]) -> str:
    """Return the first name that the target has. Tags are written by others, so only plain characters stay."""
    for preference in preferences:
        if preference == "resource_id":
            return target.resource_id
        name = _NOT_IN_NAMES.sub("_", target.tags.get(preference[len("tag:") :], "")).strip("_.-")
        if name:
            return name
    return target.resource_id


def host_names(targets: Sequence[FoundTarget], preferences: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Return a name for each target, in their order: the wished one if no other host has it, otherwise the id.

    :param preferences: ``resource_id`` or ``tag:KEY``, the best first.
    :param taken: names that are in the inventory already, of hosts and groups.
    """
    wished = [_wished_name(target, preferences) for target in targets]
    counts: dict[str, int] = {}
    for name in wished:
        counts[name] = counts.get(name, 0) + 1
    not_free = RESERVED_NAMES.union(taken, COVERAGE_GROUPS.values(), (target.resource_id for target in targets))
    return [
        name if counts[name] == 1 and name not in not_free else target.resource_id
        for name, target in zip(wished, targets)
    ]


def ids_of_instance(variables: Mapping[str, Any], resource_type: str) -> list[str]:
    """Return the ids of an instance's interfaces, subnets or VPC.

    :param variables: of a host of the inventory plugin amazon.aws.aws_ec2, which has DescribeInstances in snake case.
    :param resource_type: ``NetworkInterface``, ``Subnet`` or ``VPC``.
    """
    member = {"NetworkInterface": "network_interface_id", "Subnet": "subnet_id", "VPC": "vpc_id"}[resource_type]
    interfaces = variables.get("network_interfaces") or ()
    # The primary interface's subnet and VPC are also those of the instance.
    items = [variables, *(item for item in interfaces if isinstance(item, Mapping))]
    return list(dict.fromkeys(str(item[member]) for item in items if item.get(member)))


def instances_by_id(hosts: Mapping[str, Mapping[str, Any]], resource_type: str) -> dict[str, list[str]]:
    """Return resource id -> names of the instances that use it."""
    found: dict[str, list[str]] = {}
    for name, variables in hosts.items():
        for resource_id in ids_of_instance(variables, resource_type):
            found.setdefault(resource_id, []).append(name)
    return found
