# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds targets in the answers of AWS, and whether each target is logged. PRIVATE to this collection.

The answers come from AWS or from the inventory cache. The cache holds only the answers; what follows from them is
computed each time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict, Union

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.target_shapes import SHAPES

#: Who records the traffic of a target: value of ``flow_log_coverage`` -> built-in group.
COVERAGE_GROUPS: Mapping[str, str] = {
    "s3": "flow_log_to_s3",
    "elsewhere": "flow_log_elsewhere_only",
    "parent": "flow_log_covered_by_parent",
    "none": "flow_log_not_logged",
    "other_account": "flow_log_other_account",
    "unknown": "flow_log_coverage_unknown",
}
#: Variables that the plugin sets and that playbooks do not need.
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
#: Host names with a meaning in Ansible or in the playbooks of this collection.
RESERVED_NAMES = frozenset(("all", "ungrouped", "localhost"))
_GONE = frozenset(("deleted", "deleting", "failed", "rejected", "rejecting", "failing"))
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


#: A resource or flow log as the EC2 API describes it. The keys depend on the type; see :mod:`target_shapes`.
Description = Mapping[str, Any]


class ScanDict(TypedDict):
    """A scan as the inventory cache holds it; see :class:`Scan`."""

    account_id: str
    account: str
    region: str
    connection: dict[str, str]
    resources: dict[str, list[Description]]
    subnet_owners: dict[str, str]
    flow_logs: list[Description] | None
    found_with: str


class FlowLogFact(TypedDict):
    """A flow log in ``flow_log_existing`` and ``flow_log_existing_of_parents``.

    :param destination: ARN of a bucket or stream, or name of a log group.
    """

    flow_log_id: str | None
    resource_id: str | None
    log_destination_type: str
    destination: str | None
    traffic_type: str | None


#: Variables of a host: texts, lists and dictionaries of texts, and flow logs.
HostFacts = dict[str, Union[str, list[str], dict[str, str], list[FlowLogFact]]]


@dataclass(frozen=True)
class Scan:
    """The answers of one account and Region.

    :param connection: connection options for playbooks; ``{}``: none.
    :param resources: resource type -> resources as EC2 describes them.
    :param subnet_owners: subnet id -> account that owns it; ``{}`` unless network interfaces were read.
    :param flow_logs: answer of DescribeFlowLogs; ``None`` if it could not be read.
    :param found_with: role with which the plugin read the account, if playbooks get no connection options.
    """

    account_id: str
    account: str
    region: str
    connection: Mapping[str, str]
    resources: Mapping[str, Sequence[Description]]
    subnet_owners: Mapping[str, str] = field(default_factory=dict)
    flow_logs: Sequence[Description] | None = None
    found_with: str = ""

    def to_dict(self) -> ScanDict:
        """Return the scan as the cache holds it, without credentials."""
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

    :param owner_id: account that owns it. Only this account can create its flow logs.
    :param found_in: account whose credentials found it.
    :param connection: connection options for the owner's account; ``{}`` if none are known.
    :param parents: ids of the resources whose flow logs cover it, the nearest first.
    :param coverage: key of :data:`COVERAGE_GROUPS`.
    :param existing: its own flow logs.
    :param of_parents: flow logs of its parents.
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
    existing: tuple[FlowLogFact, ...] = ()
    of_parents: tuple[FlowLogFact, ...] = ()
    found_with: str = ""

    def variables(self) -> HostFacts:
        """Return the variables of the host: those that playbooks read, and facts."""
        known: HostFacts = {
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
            "flow_log_existing": list(self.existing),
            "flow_log_existing_of_parents": list(self.of_parents),
        }
        if self.found_with:
            known["flow_log_found_with"] = self.found_with
        # Without this variable the connection options of the groups apply.
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
    """Return a resource type in snake case, for example ``network_interface`` or ``vpc``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def tags_of(item: Description) -> dict[str, str]:
    """Return the tags of a resource. Network interfaces have them in ``TagSet``."""
    return {tag["Key"]: tag.get("Value", "") for tag in item.get("Tags") or item.get("TagSet") or ()}


def _fact(flow_log: Description) -> FlowLogFact:
    # Flow logs from before S3 was supported have no destination type. They all deliver to CloudWatch Logs.
    kind = flow_log.get("LogDestinationType") or "cloud-watch-logs"
    return {
        "flow_log_id": flow_log.get("FlowLogId"),
        "resource_id": flow_log.get("ResourceId"),
        "log_destination_type": kind,
        "destination": flow_log.get("LogDestination") or flow_log.get("LogGroupName"),
        "traffic_type": flow_log.get("TrafficType"),
    }


class _FlowLogs:
    """The flow logs of all scans, by Region and resource."""

    def __init__(self, scans: Iterable[Scan]) -> None:
        self._by_resource: dict[tuple[str, str], dict[str, FlowLogFact]] = {}
        self._read: set[tuple[str, str]] = set()
        for scan in scans:
            self._add(scan)

    def _add(self, scan: Scan) -> None:
        if scan.flow_logs is None:
            return
        self._read.add((scan.account_id, scan.region))
        for item in scan.flow_logs:
            place = (scan.region, item.get("ResourceId", ""))
            self._by_resource.setdefault(place, {})[item.get("FlowLogId", "")] = _fact(item)

    def of(self, region: str, resource_ids: Iterable[str]) -> tuple[FlowLogFact, ...]:
        """Return the flow logs of some resources."""
        return tuple(
            item
            for resource_id in resource_ids
            for _flow_log_id, item in sorted(self._by_resource.get((region, resource_id), {}).items())
        )

    def were_read(self, account_id: str, region: str) -> bool:
        """Whether the flow logs of this account and Region are known."""
        return (account_id, region) in self._read


def coverage_of(own: Sequence[FlowLogFact] | None, of_parents: Sequence[FlowLogFact], parents_known: bool) -> str:
    """Return whether and where the traffic of a target in an account that was read is logged.

    :param own: its flow logs; ``None`` if they could not be read.
    :param of_parents: the known flow logs of its parents.
    :param parents_known: whether all flow logs of its parents are known.
    :returns: a key of :data:`COVERAGE_GROUPS`. What could not be read is ``unknown``, never ``none``.
    """
    if own is None:
        return "unknown"
    if own:
        return "s3" if any(item["log_destination_type"] == "s3" for item in own) else "elsewhere"
    if of_parents:
        return "parent"
    return "none" if parents_known else "unknown"


def _parent_owner(resource_type: str, item: Description, owner: str, scan: Scan) -> str | None:
    """Return the owner of the parents. A network interface can be in a subnet that another account shares."""
    if resource_type == "NetworkInterface":
        return scan.subnet_owners.get(item.get("SubnetId", ""))
    return owner


def _found(resource_type: str, item: Description, scan: Scan, logs: _FlowLogs) -> FoundTarget:
    shape = SHAPES[resource_type]
    owner = str((item.get(shape.owner) if shape.owner else None) or scan.account_id)
    resource_id = item[shape.resource_id]
    parents = tuple(item[name] for name in shape.parents if item.get(name))
    own, of_parents = logs.of(scan.region, [resource_id]), logs.of(scan.region, parents)
    is_shared = owner != scan.account_id
    parent_owner = _parent_owner(resource_type, item, owner, scan)
    parents_known = not parents or (parent_owner is not None and logs.were_read(parent_owner, scan.region))
    known = own if logs.were_read(scan.account_id, scan.region) else None
    return FoundTarget(
        resource_id=resource_id,
        resource_type=resource_type,
        region=scan.region,
        owner_id=owner,
        found_in=scan.account_id,
        account_name="" if is_shared else scan.account,
        # Playbooks must not use the credentials of one account for another account.
        connection={} if is_shared else scan.connection,
        tags=tags_of(item),
        parents=parents,
        # Participants cannot see the flow logs of the owner of a shared resource (VPC User Guide, shared VPCs).
        coverage="other_account" if is_shared else coverage_of(known, of_parents, parents_known),
        existing=own,
        of_parents=of_parents,
        found_with="" if is_shared else scan.found_with,
    )


def find_targets(scans: Sequence[Scan]) -> list[FoundTarget]:
    """Return every target of the scans once, in the order of account, Region, type and id.

    If several accounts see a resource, the owner's view counts, if the owner was read.
    """
    logs = _FlowLogs(scans)
    found: dict[tuple[str, str], FoundTarget] = {}
    for target in (target for scan in scans for target in _targets_of(scan, logs)):
        place = (target.region, target.resource_id)
        if place not in found or target.owner_id == target.found_in:
            found[place] = target
    return sorted(found.values(), key=lambda item: (item.owner_id, item.region, item.resource_type, item.resource_id))


def _targets_of(scan: Scan, logs: _FlowLogs) -> Iterable[FoundTarget]:
    for resource_type, items in scan.resources.items():
        is_target = SHAPES[resource_type].is_target
        existing = [item for item in items if is_target(item) and item.get("State") not in _GONE]
        yield from (_found(resource_type, item, scan, logs) for item in existing)


def _preferred_name(target: FoundTarget, preferences: Iterable[str]) -> str:
    """Return the first name that the target has. Anyone may write tags, so only plain characters stay."""
    for preference in preferences:
        if preference == "resource_id":
            return target.resource_id
        name = _NOT_IN_NAMES.sub("_", target.tags.get(preference[len("tag:") :], "")).strip("_.-")
        if name:
            return name
    return target.resource_id


def host_names(targets: Sequence[FoundTarget], preferences: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Return a name for each target, in their order: the preferred name if it is unique, otherwise the id.

    :param preferences: ``resource_id`` or ``tag:KEY``, the best first.
    :param taken: names of hosts and groups in the inventory.
    """
    preferred = [_preferred_name(target, preferences) for target in targets]
    counts: dict[str, int] = {}
    for name in preferred:
        counts[name] = counts.get(name, 0) + 1
    reserved = RESERVED_NAMES.union(taken, COVERAGE_GROUPS.values(), (target.resource_id for target in targets))
    return [
        name if counts[name] == 1 and name not in reserved else target.resource_id
        for name, target in zip(preferred, targets)
    ]


def ids_of_instance(variables: Description, resource_type: str) -> list[str]:
    """Return the ids of an instance's network interfaces, subnets or VPC.

    :param variables: variables of a host of the inventory plugin amazon.aws.aws_ec2: DescribeInstances in snake case.
    :param resource_type: ``NetworkInterface``, ``Subnet`` or ``VPC``.
    """
    member = {"NetworkInterface": "network_interface_id", "Subnet": "subnet_id", "VPC": "vpc_id"}[resource_type]
    interfaces = variables.get("network_interfaces") or ()
    # The instance has the subnet and the VPC of its primary interface.
    items = [variables, *(item for item in interfaces if isinstance(item, Mapping))]
    return list(dict.fromkeys(str(item[member]) for item in items if item.get(member)))


def instances_by_id(hosts: Mapping[str, Description], resource_type: str) -> dict[str, list[str]]:
    """Return resource id -> names of the instances that use it."""
    found: dict[str, list[str]] = {}
    for name, variables in hosts.items():
        for resource_id in ids_of_instance(variables, resource_type):
            found.setdefault(resource_id, []).append(name)
    return found
