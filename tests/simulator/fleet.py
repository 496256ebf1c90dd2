# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a fleet: accounts, networks, buckets, flow logs and IAM principals.

Pure: it turns a document into a :class:`Fleet` of flat records; :mod:`planting` creates them in moto. ::

    organization: o-a1b2c3d4e5                    # of every account that does not name its own, or null for none
    accounts:
      "111111111111":
        regions:
          eu-west-1:
            default_vpc: false                    # the default
            vpcs:
              - id: vpc-0a000000000000001         # default: a stable id derived from the position in the file
                name: shop                        # the Name tag; other entries may refer to it by this name
                cidr: 10.1.0.0/16                 # the default is 10.0.0.0/16
                tags: {env: prod}
                subnets:
                  - name: shop-a
                    cidr: 10.1.0.0/24             # default: the next /24 of the VPC
                    zone: a                       # the default
                    interfaces:
                      - id: eni-0a000000000000001
                        description: load balancer
              - count: 1000                       # 1,000 of them, at any level; {n} counts from 1
                id: vpc-0b                        # start of the ids, padded with the number in hex
                name: batch-{n}
                flow_logs:                        # flow logs of the resource that contains them
                  - destination: arn:aws:s3:::central-logs/flow/
            transit_gateways:
              - name: hub
                attachments:
                  - {name: shop-to-hub, vpc: shop}
            flow_logs:                            # or by reference, to an id or a name of this region
              - {resource: shop, log_group: /vpc/shop, role: "arn:aws:iam::111111111111:role/flow-logs"}
              - resource: hub
                destination: arn:aws:s3:::central-logs
                interval: 60
        buckets:
          - name: central-logs
            region: eu-west-1
            policy: null                          # or a policy document; further settings: fleet_storage.py
            encryption:
              algorithm: aws:kms
              key: arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab
        keys:
          - id: 1234abcd-12ab-34cd-56ef-1234567890ab
            region: eu-west-1
            aliases: [flow-logs]                  # further settings: fleet_storage.py
        groups: [{name: network}]             # further settings of these three: fleet_principals.py
        users:
          - name: deploy
            groups: [network]
            access_key: AKIAFLEETDEPLOYAAAAA      # requests signed with it come from this user; any secret will do
            policies:
              look: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "ec2:DescribeVpcs", Resource: "*"}]}
        roles: [{name: flow-logs, trust: ["222222222222"]}]

Further keys of a flow log: ``id``, ``name``, ``tags``, ``traffic`` (default ALL, if the type has traffic types),
``interval``, ``format``, ``options`` (``file_format``, ``hive_compatible_partitions``, ``per_hour_partition``),
``status`` (SUCCESS or FAILED) and ``error``.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from .fleet_document import Entry
from .fleet_document import FleetError
from .fleet_principals import Principal
from .fleet_principals import organization_policy_of
from .fleet_principals import principals_of
from .fleet_storage import Bucket
from .fleet_storage import Key
from .fleet_storage import buckets_of
from .fleet_storage import keys_of

DEFAULT_CIDR = "10.0.0.0/16"


@dataclass(frozen=True)
class Resource:
    """One network resource. ``settings`` depends on its kind.

    ========================  =====================================================================
    kind                      settings
    ========================  =====================================================================
    vpc                       cidr
    subnet                    vpc, cidr, zone (full name)
    interface                 subnet, description
    transit_gateway           description
    attachment                transit_gateway, resource, resource_type
    ========================  =====================================================================
    """

    account: str
    region: str
    kind: str
    id: str
    tags: Mapping[str, str]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class PlantedFlowLog:
    """One existing flow log; ``fields`` are members of the EC2 ``FlowLog`` shape, Tags as a mapping."""

    account: str
    region: str
    fields: Mapping[str, Any]


@dataclass
class Fleet:
    """The content of a document, parents before children."""

    regions: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Account and Region, and whether they keep their default VPC."""
    resources: list[Resource] = field(default_factory=list)
    flow_logs: list[PlantedFlowLog] = field(default_factory=list)
    buckets: list[Bucket] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    organizations: dict[str, str | None] = field(default_factory=dict)
    """The organization of each account that has an entry for it; None for an account outside any organization."""
    organization_policies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """The organization policies of accounts that have one."""
    principals: list[Principal] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The number of resources of each kind."""
        counted = Counter(resource.kind for resource in self.resources)
        counted.update(principal.kind for principal in self.principals)
        if self.keys:
            counted["key"] = len(self.keys)
        return {**counted, "flow_log": len(self.flow_logs), "bucket": len(self.buckets)}


def parse(document: Mapping[str, Any]) -> Fleet:
    """Return the fleet that a document describes.

    :raises FleetError: unknown keys, missing or wrong values, duplicate ids, unknown references.
    """
    fleet = Fleet()
    top = Entry("seed", document, ("accounts", "organization"))
    for account, content in top.mapping("accounts").items():
        _account(fleet, str(account), content, _organization(top))
    _refuse_twice("id", [resource.id for resource in fleet.resources])
    _refuse_twice("flow log id", [log.fields["FlowLogId"] for log in fleet.flow_logs])
    _refuse_twice("bucket", [bucket.name for bucket in fleet.buckets])
    _refuse_twice("key", [key.place for key in fleet.keys])
    _refuse_twice("alias", [f"{key.account}/{key.region}/{alias}" for key in fleet.keys for alias in key.aliases])
    return fleet


_FLOW_LOG_KEYS = (
    "id", "name", "tags", "resource", "destination", "log_group", "role", "traffic", "interval", "format", "options",
    "status", "error",
)  # fmt: skip
_ACCOUNT_KEYS = (
    "name", "organization", "organization_policy", "regions", "buckets", "keys", "users", "groups", "roles",
)  # fmt: skip
_NETWORK_KEYS = ("id", "name", "tags", "count", "flow_logs")


@dataclass(frozen=True)
class _Place:
    """The position of a resource: account and Region, fleet, and parents."""

    fleet: Fleet
    account: str
    region: str
    names: dict[str, list[str]]


def _account(fleet: Fleet, account: str, raw: Any, organization: str | None) -> None:
    if not re.fullmatch(r"\d{12}", account):
        raise FleetError(f"accounts: an account id has twelve digits and stands in quotes, found {account}")
    entry = Entry(f"accounts.{account}", raw or {}, _ACCOUNT_KEYS)
    if organization or "organization" in entry.raw:
        fleet.organizations[account] = _organization(entry, organization)
    for region, content in entry.mapping("regions").items():
        _region(fleet, account, str(region), Entry(
            f"{entry.place}.{region}", content or {}, ("default_vpc", "vpcs", "transit_gateways", "flow_logs")
        ))  # fmt: skip
    fleet.buckets += buckets_of(account, entry)
    fleet.keys += keys_of(account, entry)
    fleet.principals += principals_of(account, entry)
    bound = organization_policy_of(entry)
    if bound is not None:
        fleet.organization_policies[account] = bound


def _organization(entry: Entry, default: str | None = None) -> str | None:
    """Return the organization id (Organizations API Reference, Organization); null removes an account from it."""
    given = entry.text("organization", default)
    if given is not None and not re.fullmatch(r"o-[a-z0-9]{10,32}", given):
        raise FleetError(f"{entry.place}.organization: expected o- and 10 to 32 letters or digits, found {given}")
    return given


def _region(fleet: Fleet, account: str, region: str, entry: Entry) -> None:
    fleet.regions[account, region] = bool(entry.raw.get("default_vpc", False))
    place = _Place(fleet, account, region, {})
    for vpc in entry.entries("vpcs", (*_NETWORK_KEYS, "cidr", "subnets")):
        _vpc(place, vpc)
    for gateway in entry.entries("transit_gateways", (*_NETWORK_KEYS, "description", "attachments")):
        _transit_gateway(place, gateway)
    for log in entry.entries("flow_logs", _FLOW_LOG_KEYS):
        _flow_log(place, log, _reference(place, log, "resource"), log.place)


def _vpc(place: _Place, entry: Entry) -> None:
    cidr = entry.text("cidr", DEFAULT_CIDR)
    for path, number in _repeated(entry, entry.place):
        vpc = _add(place, entry, path, number, "vpc", {"cidr": cidr})
        free = _blocks(entry.place, cidr)
        for subnet in entry.entries("subnets", (*_NETWORK_KEYS, "cidr", "zone", "interfaces")):
            _subnet(place, subnet, f"{path}{subnet.place}", vpc, free)


def _blocks(place: str, cidr: str) -> Iterator[str]:
    """Return the /24 blocks of a VPC, or its own range if it is not larger."""
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError as error:
        raise FleetError(f"{place}.cidr: {error}") from error
    return (str(block) for block in network.subnets(new_prefix=max(24, network.prefixlen)))


def _subnet(place: _Place, entry: Entry, where: str, vpc: str, free: Iterator[str]) -> None:
    zone = entry.text("zone", "a")
    zone = zone if zone.startswith(place.region) else place.region + zone
    for path, number in _repeated(entry, where):
        cidr = entry.text("cidr") or next(free, None)
        if cidr is None:
            raise FleetError(f"{entry.place}: no free /24 is left in the VPC; give it a larger cidr")
        subnet = _add(place, entry, path, number, "subnet", {"vpc": vpc, "cidr": cidr, "zone": zone})
        for interface in entry.entries("interfaces", (*_NETWORK_KEYS, "description")):
            for inner, count in _repeated(interface, f"{path}{interface.place}"):
                settings = {"subnet": subnet, "description": interface.text("description", "")}
                _add(place, interface, inner, count, "interface", settings)


def _transit_gateway(place: _Place, entry: Entry) -> None:
    for path, number in _repeated(entry, entry.place):
        gateway = _add(place, entry, path, number, "transit_gateway", {"description": entry.text("description", "")})
        for attachment in entry.entries("attachments", (*_NETWORK_KEYS, "vpc", "resource", "resource_type")):
            settings = {"transit_gateway": gateway, **_attached(place, attachment)}
            for inner, count in _repeated(attachment, f"{path}{attachment.place}"):
                _add(place, attachment, inner, count, "attachment", settings)


def _attached(place: _Place, entry: Entry) -> dict[str, str]:
    """Return the attached resource: a VPC of the same Region, or another resource by id and type."""
    if entry.raw.get("vpc") is not None:
        return {"resource": _reference(place, entry, "vpc"), "resource_type": "vpc"}
    return {"resource": entry.required("resource"), "resource_type": entry.required("resource_type")}


_PREFIXES = {
    "vpc": "vpc-",
    "subnet": "subnet-",
    "interface": "eni-",
    "transit_gateway": "tgw-",
    "attachment": "tgw-attach-",
    "flow_log": "fl-",
}


def _repeated(entry: Entry, path: str) -> Iterator[tuple[str, int | None]]:
    """Yield one path per repetition, with its number, or only the path without ``count``."""
    count = entry.raw.get("count")
    if count is None:
        yield path, None
        return
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise FleetError(f"{entry.place}.count: expected a whole number of at least 1, found {count!r}")
    for number in range(1, count + 1):
        yield f"{path}#{number}", number


def _add(place: _Place, entry: Entry, path: str, number: int | None, kind: str, settings: Mapping[str, Any]) -> str:
    """Add one resource and its flow logs; return its id."""
    own_id = _identifier(place, entry, path, number, kind)
    tags = entry.tags(number)
    if "Name" in tags:
        place.names.setdefault(tags["Name"], []).append(own_id)
    place.names.setdefault(own_id, []).append(own_id)
    place.fleet.resources.append(Resource(place.account, place.region, kind, own_id, tags, settings))
    for log in entry.entries("flow_logs", _FLOW_LOG_KEYS):
        _flow_log(place, log, own_id, f"{path}{log.place}")
    return own_id


def _identifier(place: _Place, entry: Entry, path: str, number: int | None, kind: str) -> str:
    prefix, given = _PREFIXES[kind], entry.text("id")
    if given is None:
        return prefix + "0" + hashlib.sha256(f"{place.account}/{place.region}/{path}".encode()).hexdigest()[:16]
    if number is not None:
        given = f"{given}{number:0{max(1, len(prefix) + 17 - len(given))}x}"
    if not re.fullmatch(re.escape(prefix) + r"([0-9a-f]{8}|[0-9a-f]{17})", given):
        raise FleetError(f"{entry.place}.id: expected {prefix} and 8 or 17 hexadecimal digits, found {given}")
    return given


def _reference(place: _Place, entry: Entry, key: str) -> str:
    """Return the id that an entry refers to by id or name; ids of types that moto does not model are not checked."""
    wanted = entry.required(key)
    found = place.names.get(wanted, [])
    if len(found) > 1:
        raise FleetError(f"{entry.place}.{key}: {wanted} is the name of {len(found)} resources; refer to it by id")
    if found:
        return found[0]
    if re.fullmatch(r"(nat|core-network|attachment)-[0-9a-f]{8,17}", wanted):
        return wanted
    raise FleetError(f"{entry.place}.{key}: no resource of {place.region} has the id or name {wanted}")


_WITHOUT_TRAFFIC_TYPE = ("tgw-", "core-network-", "attachment-")
"""Transit gateways, their attachments and Cloud WAN (EC2 API CreateFlowLogs, TrafficType)."""

_OPTIONS = {
    "file_format": "FileFormat",
    "hive_compatible_partitions": "HiveCompatiblePartitions",
    "per_hour_partition": "PerHourPartition",
}
_DEFAULT_OPTIONS = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}


def _flow_log(place: _Place, entry: Entry, resource: str, path: str) -> None:
    to_s3 = entry.text("destination")
    if bool(to_s3) == bool(entry.text("log_group")):
        raise FleetError(f"{entry.place}: a flow log has either a destination or a log_group")
    given = {
        "FlowLogId": _identifier(place, entry, path, None, "flow_log"),
        "ResourceId": resource,
        "LogDestinationType": "s3" if to_s3 else "cloud-watch-logs",
        "LogDestination": to_s3,
        "LogGroupName": entry.text("log_group"),
        "DeliverLogsPermissionArn": entry.text("role"),
        "TrafficType": entry.text("traffic", None if resource.startswith(_WITHOUT_TRAFFIC_TYPE) else "ALL"),
        "MaxAggregationInterval": entry.raw.get("interval"),
        "LogFormat": entry.text("format"),
        "DestinationOptions": _options(entry),
        "DeliverLogsStatus": entry.text("status"),
        "DeliverLogsErrorMessage": entry.text("error"),
        "Tags": entry.tags(None),
    }
    fields = {name: value for name, value in given.items() if value is not None}
    place.fleet.flow_logs.append(PlantedFlowLog(place.account, place.region, fields))


def _options(entry: Entry) -> dict[str, Any] | None:
    options = Entry(f"{entry.place}.options", entry.mapping("options"), tuple(_OPTIONS))
    if not options.raw:
        return None
    # AWS adds the defaults (recorded DescribeFlowLogs answers of 2024).
    return {**_DEFAULT_OPTIONS, **{_OPTIONS[key]: value for key, value in options.raw.items()}}


def _refuse_twice(what: str, values: list[str]) -> None:
    twice = sorted(value for value, count in Counter(values).items() if count > 1)
    if twice:
        raise FleetError(f"the {what} {twice[0]} is there twice")
