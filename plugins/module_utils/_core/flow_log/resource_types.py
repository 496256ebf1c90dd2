# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The nine resource types that can have flow logs, and the rules of each. PRIVATE to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..values import read_choice
from .log_format import CLOUD_WAN, TRANSIT_GATEWAY, VPC


@dataclass(frozen=True)
class ResourceType:
    """Rules of one resource type (EC2 API CreateFlowLogs).

    :param name: the API's name of the type.
    :param id_prefix: prefix of the ids; ``None`` where AWS documents none.
    :param family: set of record fields (:mod:`log_format`).
    :param max_ids: maximum number of ids in one CreateFlowLogs call.
    :param has_traffic_type: whether TrafficType must be sent; otherwise sending it is an error.
    :param intervals: allowed MaxAggregationInterval values in seconds, the default first.
    """

    name: str
    id_prefix: str | None
    family: str
    max_ids: int
    has_traffic_type: bool
    intervals: tuple[int, ...]


def _vpc_type(name: str, id_prefix: str) -> ResourceType:
    return ResourceType(name, id_prefix, VPC, 300, True, (600, 60))


def _transit_type(name: str, id_prefix: str | None, family: str) -> ResourceType:
    # AWS does not publish the limit for Cloud WAN types; the smaller of the two known limits is safe.
    return ResourceType(name, id_prefix, family, 25, False, (60,))


RESOURCE_TYPES: dict[str, ResourceType] = {
    rules.name: rules
    for rules in (
        _vpc_type("VPC", "vpc-"),
        _vpc_type("Subnet", "subnet-"),
        _vpc_type("NetworkInterface", "eni-"),
        _vpc_type("RegionalNatGateway", "nat-"),
        _transit_type("TransitGateway", "tgw-", TRANSIT_GATEWAY),
        _transit_type("TransitGatewayAttachment", "tgw-attach-", TRANSIT_GATEWAY),
        _transit_type("CoreNetwork", "core-network-", CLOUD_WAN),
        _transit_type("CoreNetworkEdge", None, CLOUD_WAN),
        _transit_type("CoreNetworkAttachment", "attachment-", CLOUD_WAN),
    )
}
# Longest first: every tgw-attach- id also begins with tgw-.
_BY_PREFIX = sorted(
    (rules for rules in RESOURCE_TYPES.values() if rules.id_prefix),
    key=lambda rules: -len(rules.id_prefix or ""),
)
_ID = re.compile(r"[a-z][a-z0-9-]*-[0-9a-z]+")


def type_of_id(resource_id: str) -> ResourceType | None:
    """Return the type of a resource by the prefix of its id; ``None`` for an unknown prefix."""
    for rules in _BY_PREFIX:
        if resource_id.startswith(rules.id_prefix or ""):
            return rules
    return None


#: Keys in which amazon.aws's _info modules return the id of a resource that can have flow logs, the most specific first:
#: a subnet has a vpc_id, too, and an attachment a transit_gateway_id.
_ID_KEYS = (
    "transit_gateway_attachment_id",
    "network_interface_id",
    "nat_gateway_id",
    "subnet_id",
    "transit_gateway_id",
    "vpc_id",
    "resource_id",
    "id",
)
#: Keys of resources that contain others; the others' descriptions have these keys, too.
_CONTAINER_KEYS = ("subnet_id", "vpc_id")
#: Keys of resources in a subnet or VPC that cannot have flow logs of their own.
_KEYS_WITHOUT_FLOW_LOGS = (
    "instance_id",
    "group_id",
    "vpc_endpoint_id",
    "route_table_id",
    "internet_gateway_id",
    "network_acl_id",
    "nacl_id",
    "vpn_gateway_id",
    "load_balancer_arn",
    "target_group_arn",
    "db_instance_identifier",
)
_WITH_FLOW_LOGS = (
    "a resource that can have flow logs; for other resources, give their network interfaces, subnet or VPC"
)


def resource_ids_of(items: Iterable[Any], option: str = "targets") -> list[str]:
    """Return the ids of resources.

    :param items: ids, or dictionaries as the ``amazon.aws.*_info`` modules return them.
    :param option: name of the option, for the error.
    :raises InputError: for an item without an id, and for a resource in a subnet or VPC that cannot have flow logs.
    """
    return list(dict.fromkeys(_resource_id(f"{option}[{position}]", item) for position, item in enumerate(items)))


def _resource_id(option: str, item: Any) -> str:
    found = _id_in(option, item) if isinstance(item, Mapping) else item
    if not isinstance(found, str) or not found:
        raise InputError(option, found, "an id, or a dictionary with one of " + ", ".join(_ID_KEYS))
    return found


def _id_in(option: str, item: Mapping[str, Any]) -> Any:
    key = next((key for key in _ID_KEYS if item.get(key)), None)
    if key is None:
        return None
    own = [item[name] for name in _KEYS_WITHOUT_FLOW_LOGS if item.get(name)]
    # A description with another id of its own is not the description of the subnet or VPC.
    own += [item["id"]] if item.get("id") not in (None, item[key]) else []
    if key in _CONTAINER_KEYS and own:
        raise InputError(option, own[0], _WITH_FLOW_LOGS)
    return item[key]


def _prefixes() -> str:
    return ", ".join(sorted(rules.id_prefix or "" for rules in _BY_PREFIX))


def unique_ids(resource_ids: Iterable[str]) -> tuple[str, ...]:
    """Return each id once, in the same order.

    :raises InputError: for an empty list, and for a value that is not a resource id.
    """
    ids = tuple(dict.fromkeys(str(item).strip() for item in resource_ids))
    if not ids:
        raise InputError("resource_ids", [], "at least one resource id")
    for resource_id in ids:
        if not _ID.fullmatch(resource_id):
            raise InputError("resource_ids", resource_id, f"ids of AWS resources, which begin with {_prefixes()}")
    return ids


def resolve_resource_type(resource_ids: Sequence[str], resource_type: str | None = None) -> ResourceType:
    """Return the type of the ids. CreateFlowLogs takes one type per call, so all must be of the same.

    :param resource_ids: from :func:`unique_ids`.
    :param resource_type: value of the option; required for ids whose prefix AWS does not document.
    :raises InputError: for an unknown prefix, mixed types, and ids of another type than ``resource_type``.
    """
    found: list[ResourceType | None] = [type_of_id(resource_id) for resource_id in resource_ids]
    if resource_type is not None:
        read_choice("resource_type", resource_type, tuple(RESOURCE_TYPES))
        return _check_given_type(resource_ids, found, RESOURCE_TYPES[resource_type])
    for resource_id, rules in zip(resource_ids, found):
        if rules is None:
            raise InputError(
                "resource_ids", resource_id, f"ids that begin with {_prefixes()}, or any id with O(resource_type) given"
            )
    names = sorted({rules.name for rules in found if rules})
    if len(names) > 1:
        raise InputError(
            "resource_ids", list(resource_ids)[:5], f"ids of one type per task; these are {', '.join(names)}"
        )
    return RESOURCE_TYPES[names[0]]


def _check_given_type(
    resource_ids: Sequence[str], found: Sequence[ResourceType | None], given: ResourceType
) -> ResourceType:
    for resource_id, rules in zip(resource_ids, found):
        other = rules is not None and rules.name != given.name
        # AWS does not document ids of core network edges; the core network's id is accepted for them.
        if other and not (given.name == "CoreNetworkEdge" and rules and rules.family == CLOUD_WAN):
            raise InputError("resource_ids", resource_id, f"ids of the O(resource_type) given, {given.name}")
        if rules is None and given.id_prefix is not None and given.family != CLOUD_WAN:
            raise InputError(
                "resource_ids", resource_id, f"ids of type {given.name}, which begin with {given.id_prefix}"
            )
    return given
