# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of each resource type, and the limits for all types. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from moto.ec2.exceptions import EC2ClientError

MAX_FLOW_LOG_IDS = 1000
"""Most flow log ids of DescribeFlowLogs and DeleteFlowLogs (botocore service model, FlowLogIdList)."""
MAX_FILTERS = 50
MAX_FILTER_VALUES = 200
"""EC2 User Guide, "List and filter using the CLI and API"."""
MAX_PER_RESOURCE = 250
"""VPC User Guide, flow-logs-limitations: flow log subscriptions per resource."""
MAX_TAGGED_RESOURCES = 1000
"""EC2 API CreateTags and DeleteTags, ResourceId."""
MAX_TAGS = 50
"""EC2 User Guide, "Tag restrictions"."""

DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
"""Recorded answers of 2020 and 2024 for VPC, subnet and interface."""

GATEWAY_FORMAT = (
    "${version} ${resource-type} ${account-id} ${tgw-id} ${tgw-attachment-id} ${tgw-src-vpc-account-id} "
    "${tgw-dst-vpc-account-id} ${tgw-src-vpc-id} ${tgw-dst-vpc-id} ${tgw-src-subnet-id} ${tgw-dst-subnet-id} "
    "${tgw-src-eni} ${tgw-dst-eni} ${tgw-src-az-id} ${tgw-dst-az-id} ${tgw-pair-attachment-id} ${srcaddr} ${dstaddr} "
    "${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${log-status} ${type} "
    "${packets-lost-no-route} ${packets-lost-blackhole} ${packets-lost-mtu-exceeded} ${packets-lost-ttl-expired} "
    "${tcp-flags} ${region} ${flow-direction} ${pkt-src-aws-service} ${pkt-dst-aws-service}"
)
"""Transit Gateway Guide, tgw-flow-logs: the default holds all fields."""

WAN_FORMAT = "${version} ${resource-type} ${account-id} ${srcaddr} ${dstaddr} ${log-status}"
"""A substitute for Cloud WAN's default, which is not published in machine-readable form."""


@dataclass(frozen=True)
class Rules:
    """The rules of one resource type (EC2 API CreateFlowLogs, Transit Gateway Guide)."""

    prefixes: tuple[str, ...]
    max_ids: int
    has_traffic_type: bool
    intervals: tuple[int, ...]
    default_format: str


_VPC = (300, True, (600, 60), DEFAULT_FORMAT)
_GATEWAY = (25, False, (60,), GATEWAY_FORMAT)
# EC2 API CreateFlowLogs, ResourceIds: 25 for transit gateway types, 300 for the others. Whether "the others" include
# Cloud WAN, which came later, is not established: switch ``cloud_wan_max_ids``.
_WAN = (300, False, (60,), WAN_FORMAT)

TYPES = {
    "VPC": Rules(("vpc-",), *_VPC),
    "Subnet": Rules(("subnet-",), *_VPC),
    "NetworkInterface": Rules(("eni-",), *_VPC),
    "RegionalNatGateway": Rules(("nat-",), *_VPC),
    "TransitGateway": Rules(("tgw-",), *_GATEWAY),
    "TransitGatewayAttachment": Rules(("tgw-attach-",), *_GATEWAY),
    "CoreNetwork": Rules(("core-network-",), *_WAN),
    "CoreNetworkEdge": Rules(("core-network-", "core-network-edge-"), *_WAN),
    "CoreNetworkAttachment": Rules(("attachment-",), *_WAN),
}


def invalid(message: str, code: str = "InvalidParameter") -> EC2ClientError:
    """Return EC2's error for a parameter."""
    return EC2ClientError(code, message)


def type_of(resource_id: str) -> str | None:
    """Return the type for an id's prefix; the longest prefix wins, such as ``tgw-attach-`` over ``tgw-``."""
    found = [
        (prefix, name) for name, rules in TYPES.items() for prefix in rules.prefixes if resource_id.startswith(prefix)
    ]
    return max(found, key=lambda pair: len(pair[0]))[1] if found else None
