# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields of flow log records, and format strings. PRIVATE to this collection."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from re import Match
from typing import Any, NamedTuple

from ..errors import InputError

VPC = "vpc"
TRANSIT_GATEWAY = "transit_gateway"
CLOUD_WAN = "cloud_wan"

_ITEM = re.compile(r"\$\{(?P<name>[a-z0-9-]+)\}")
#: In a list, a name without ${} is accepted, too.
_LISTED = re.compile(r"(?P<open>\$\{)?(?P<name>[a-z0-9-]+)(?(open)\})")
_ALLOWED = "a list of field names, or a string of ${field} items separated by blanks"


class Field(NamedTuple):
    """One field: its name, the record version that introduced it, and its type in Parquet files."""

    name: str
    version: int
    parquet_type: str


#: VPC User Guide, flow-log-records, "Available fields", by record version (6 is the transit gateway version).
_VPC_NAMES: dict[int, str] = {
    2: "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
    3: "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr",
    4: "region az-id sublocation-type sublocation-id",
    5: "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path",
    7: (
        "ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id "
        "ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id"
    ),
    8: "reject-reason",
    9: "resource-id",
    10: "encryption-status",
    11: (
        "instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type "
        "next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type"
    ),
}
#: Transit Gateway Guide, tgw-flow-logs: the default format holds all fields, in this order.
_TRANSIT_GATEWAY_NAMES = (
    "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id "
    "tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id "
    "tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
    "log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded "
    "packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service"
)
#: Number fields (VPC User Guide, "Parquet"; Transit Gateway Guide, "Transit Gateway Flow Log records"); the others are STRING.
_INT_32 = frozenset(("version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path", "encryption-status"))
_INT_64 = frozenset(
    (
        "packets",
        "bytes",
        "start",
        "end",
        "packets-lost-no-route",
        "packets-lost-blackhole",
        "packets-lost-mtu-exceeded",
        "packets-lost-ttl-expired",
    )
)


def _parquet_type(name: str) -> str:
    if name in _INT_32:
        return "INT_32"
    return "INT_64" if name in _INT_64 else "STRING"


def _fields(names_by_version: dict[int, str]) -> dict[str, Field]:
    return {
        name: Field(name, version, _parquet_type(name))
        for version, names in names_by_version.items()
        for name in names.split()
    }


#: Known fields by family. AWS does not publish Cloud WAN's in machine-readable form, so any name is accepted there.
FIELDS: dict[str, dict[str, Field]] = {
    VPC: _fields(_VPC_NAMES),
    TRANSIT_GATEWAY: _fields({6: _TRANSIT_GATEWAY_NAMES}),
    CLOUD_WAN: {},
}

#: Fields that stay empty without TagFieldSpecifications, and the resource type whose tags they contain
#: (EC2 API CreateFlowLogs, TagFieldSpecifications).
TAG_FIELDS: dict[str, str] = {
    "instance-tag": "instance",
    "instance-tag-2": "instance",
    "interface-tag": "network-interface",
    "interface-tag-2": "network-interface",
    "asg-tag": "auto-scaling-group",
    "asg-tag-2": "auto-scaling-group",
}


#: Regions with the service-linked role that tag fields need (VPC User Guide, "Service-linked roles for VPC Flow Logs").
TAG_FIELD_REGIONS = frozenset(
    "af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 "
    "ap-southeast-3 ca-central-1 eu-central-1 eu-north-1 eu-south-1 eu-west-1 eu-west-2 eu-west-3 me-central-1 me-south-1 "
    "sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2".split()
)


def format_string(names: Sequence[str]) -> str:
    """Return the format string for field names; items are separated by single blanks (EC2 API, LogFormat)."""
    return " ".join("${" + name + "}" for name in names)


DEFAULT_FORMATS: dict[str, str | None] = {
    VPC: format_string(_VPC_NAMES[2].split()),
    TRANSIT_GATEWAY: format_string(_TRANSIT_GATEWAY_NAMES.split()),
    CLOUD_WAN: None,
}


def field_names(log_format: str) -> tuple[str, ...]:
    """Return the field names of a format string as AWS stores it, in order; other items stay as they are."""
    matches = ((_ITEM.fullmatch(item), item) for item in log_format.split())
    return tuple(match.group("name") if match else item for match, item in matches)


def is_default_format(log_format: str, family: str) -> bool:
    """Whether a format is AWS's default format.

    The VPC default is fixed (version 2). A transit gateway's default has all fields. AWS adds fields and does not
    document their order, so every format with at least the known fields counts. AWS does not publish Cloud WAN's default,
    so any format counts there.
    """
    default = DEFAULT_FORMATS[family]
    if default is None:
        return True
    if family == TRANSIT_GATEWAY:
        return set(field_names(log_format)) >= set(field_names(default))
    return " ".join(log_format.split()) == default


def _requested_names(value: Any, family: str) -> list[str]:
    if isinstance(value, str):
        return [_field_name(item, _ITEM.fullmatch(item), family) for item in value.split()]
    if not isinstance(value, (list, tuple)):
        raise InputError("log_format", value, _ALLOWED)
    return [_field_name(item, _LISTED.fullmatch(str(item).strip()), family) for item in value]


def _field_name(item: Any, found: Match[str] | None, family: str) -> str:
    if found:
        return found.group("name")
    guess = _closest_field(str(item), family)
    raise InputError("log_format", item, f"{_ALLOWED} (did you mean {guess}?)" if guess else _ALLOWED)


def _closest_field(item: str, family: str) -> str | None:
    """Return the field that is meant by a name with underscores, upper case letters or a typo, or without ${}."""
    name = re.sub(r"[${}\s]", "", item).lower().replace("_", "-")
    close = [name] if name in FIELDS[family] else difflib.get_close_matches(name, FIELDS[family], n=1)
    return close[0] if close else None


def parse_log_format(value: Any, family: str) -> tuple[str, list[str]]:
    """Read the option ``log_format``.

    :param value: list of field names (``srcaddr`` or ``${srcaddr}``), or a format string.
    :param family: :data:`VPC`, :data:`TRANSIT_GATEWAY` or :data:`CLOUD_WAN`.
    :returns: the format string with single blanks (CreateFlowLogs refuses a trailing blank), and warnings.
    :raises InputError: for an empty format, for text that is not a field, and for a field of another resource type.
    """
    names = _requested_names(value, family)
    if not names:
        raise InputError("log_format", value, "at least one field; leave the option out for AWS's default format")
    warnings = _check_names(names, family)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        warnings.append(f"log_format names {', '.join(twice)} more than once; AWS does not document what it does then.")
    return format_string(names), warnings


def _check_names(names: Sequence[str], family: str) -> list[str]:
    known = FIELDS[family]
    if not known:
        return []
    elsewhere: set[str] = {name for other, fields in FIELDS.items() if other != family for name in fields}
    warnings = []
    for name in names:
        if name in known:
            continue
        if name in elsewhere:
            raise InputError("log_format", name, f"a field of this resource type: {', '.join(sorted(known))}")
        close = difflib.get_close_matches(name, known, n=1)
        guess = f" Did you mean {close[0]}?" if close else ""
        warnings.append(f"log_format: the field {name!r} is not known to this version of the collection.{guess}")
    return warnings
