# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The nine types of resource that can have flow logs, and the rules of each. PRIVATE to this collection."""

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
    :param id_prefix: how ids of the type begin; ``None`` where AWS documents none.
    :param family: which record fields it has (:mod:`log_format`).
    :param max_ids: how many ids one CreateFlowLogs call takes.
    :param has_traffic_type: whether TrafficType must be sent; where not, sending it is an error.
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
    # The limit for Cloud WAN types is not published: the smaller of the two known limits is right either way.
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
    """Return the type that an id's prefix tells, or ``None``."""
    for rules in _BY_PREFIX:
        if resource_id.startswith(rules.id_prefix or ""):
            return rules
    return None


#: Where amazon.aws's _info modules return the id of a resource that can have flow logs. The more special key first:
#: a subnet has a vpc_id too, an attachment a transit_gateway_id.
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
#: What contains other resources, whose descriptions name it.
_CONTAINER_KEYS = ("subnet_id", "vpc_id")
#: Ids, in amazon.aws's answers, of what is in a subnet or VPC and has no flow logs of its own.
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
    "a resource that can have flow logs; traffic of others is recorded by their network interfaces, subnet or VPC"
)


def resource_ids_of(items: Iterable[Any], option: str = "targets") -> list[str]:
    """Return the ids of resources that are given as ids or as ``amazon.aws.*_info`` modules return them.

    :param option: name of the option, for the error.
    :raises InputError: for something that has no id, or that is something else in a subnet or VPC.
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
    # Whatever its kind, a description with another id of its own is not that of the subnet or VPC.
    own += [item["id"]] if item.get("id") not in (None, item[key]) else []
    if key in _CONTAINER_KEYS and own:
        raise InputError(option, own[0], _WITH_FLOW_LOGS)
    return item[key]


def _prefixes() -> str:
    return ", ".join(sorted(rules.id_prefix or "" for rules in _BY_PREFIX))


def unique_ids(resource_ids: Iterable[str]) -> tuple[str, ...]:
    """Fold duplicate ids, keep the order.

    :raises InputError: for an empty list or something that is no resource id.
    """
    ids = tuple(dict.fromkeys(str(item).strip() for item in resource_ids))
    if not ids:
        raise InputError("resource_ids", [], "at least one resource id")
    for resource_id in ids:
        if not _ID.fullmatch(resource_id):
            raise InputError("resource_ids", resource_id, f"ids of AWS resources, which begin with {_prefixes()}")
    return ids


def resolve_resource_type(resource_ids: Sequence[str], resource_type: str | None = None) -> ResourceType:
    """Return the one type of all ids; CreateFlowLogs takes a single type per call.

    :param resource_ids: from :func:`unique_ids`.
    :param resource_type: the option, where given; needed for ids whose prefix AWS does not document.
    :raises InputError: for an unknown prefix, mixed types, or ids that are not of the type given.
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
        # An edge of a core network may be named by the core network's id.
        if other and not (given.name == "CoreNetworkEdge" and rules and rules.family == CLOUD_WAN):
            raise InputError("resource_ids", resource_id, f"ids of the O(resource_type) given, {given.name}")
        if rules is None and given.id_prefix is not None and given.family != CLOUD_WAN:
            raise InputError(
                "resource_ids", resource_id, f"ids of type {given.name}, which begin with {given.id_prefix}"
            )
    return given
