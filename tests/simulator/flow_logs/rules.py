# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What CreateFlowLogs accepts, by resource type. Pure: a request goes in, an error comes out or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from moto.ec2.exceptions import EC2ClientError

MAX_IDS_PER_DESCRIBE = 1000
"""Most flow log ids of DescribeFlowLogs and DeleteFlowLogs (botocore service model, FlowLogIdList)."""
MAX_FILTERS = 50
MAX_FILTER_VALUES = 200
"""EC2 User Guide, "List and filter using the CLI and API"."""
MAX_PER_RESOURCE = 250
"""VPC User Guide, flow-logs-limitations: flow log subscriptions per resource."""

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
"""Cloud WAN's default is not published in machine-readable form; this stands for it."""

_FORMAT = re.compile(r"\$\{[a-z0-9-]+\}( \$\{[a-z0-9-]+\})*")
_DESTINATION = re.compile(r"arn:(?P<partition>aws[a-z-]*):s3:::(?P<bucket>[^/:]+)(?:/(?P<folder>.*))?")


@dataclass(frozen=True)
class Rules:
    """What one resource type allows (EC2 API CreateFlowLogs, Transit Gateway Guide)."""

    prefixes: tuple[str, ...]
    max_ids: int
    has_traffic_type: bool
    intervals: tuple[int, ...]
    default_format: str


_VPC = (300, True, (600, 60), DEFAULT_FORMAT)
_GATEWAY = (25, False, (60,), GATEWAY_FORMAT)
_WAN = (25, False, (60,), WAN_FORMAT)

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
    """The error that EC2 gives for a parameter."""
    return EC2ClientError(code, message)


def type_of(resource_id: str) -> str | None:
    """The type that an id's prefix tells; the longest prefix wins, as ``tgw-attach-`` over ``tgw-``."""
    found = [
        (prefix, name) for name, rules in TYPES.items() for prefix in rules.prefixes if resource_id.startswith(prefix)
    ]
    return max(found, key=lambda pair: len(pair[0]))[1] if found else None


def check_request(request: dict[str, Any]) -> Rules:
    """Refuse what CreateFlowLogs refuses as a whole; return the rules of the type.

    :raises EC2ClientError: with the code and, where one was recorded or reported, the words of AWS.
    """
    rules = TYPES.get(request.get("ResourceType", ""))
    if rules is None:
        raise invalid(f"Invalid value for ResourceType: {request.get('ResourceType')}", "InvalidParameterValue")
    ids = request.get("ResourceIds") or []
    if not 1 <= len(ids) <= rules.max_ids:
        # Limit: botocore service model, CreateFlowLogsRequest, ResourceIds. The code is not established.
        raise invalid(f"The number of ResourceIds must be between 1 and {rules.max_ids}", "InvalidParameterValue")
    for resource_id in ids:
        if not resource_id.startswith(rules.prefixes) or not _same_family(resource_id, request["ResourceType"]):
            raise invalid(f"Invalid Resource id {resource_id} for resource-type {request['ResourceType']}")
    _check_traffic_type(request, rules)
    _check_interval(request, rules)
    _check_format(request, rules)
    _check_destination(request)
    return rules


def _same_family(resource_id: str, resource_type: str) -> bool:
    return type_of(resource_id) in (
        resource_type,
        "CoreNetwork" if resource_type == "CoreNetworkEdge" else resource_type,
    )


def _check_traffic_type(request: dict[str, Any], rules: Rules) -> None:
    """TrafficType is required but for transit gateway and Cloud WAN types, which refuse it (EC2 API CreateFlowLogs)."""
    given = request.get("TrafficType")
    if not rules.has_traffic_type:
        if given is not None:
            raise invalid(f"TrafficType is not supported when the resource-type is {request['ResourceType']}")
    elif given not in ("ALL", "ACCEPT", "REJECT"):
        raise invalid(f"Invalid value for TrafficType: {given}")


def _check_interval(request: dict[str, Any], rules: Rules) -> None:
    """Text for transit gateways as reported by those who met it; 60 and 600 otherwise (EC2 API CreateFlowLogs)."""
    interval = int(request.get("MaxAggregationInterval") or rules.intervals[0])
    if interval in rules.intervals:
        return
    if rules.has_traffic_type:
        raise invalid("Invalid Flow Log Max Aggregation Interval")
    raise invalid(
        "max-aggregation-interval other than 60 sec / 1 min is not supported when the resource-type is "
        "TransitGateway or TransitGatewayAttachment"
    )


def _check_format(request: dict[str, Any], rules: Rules) -> None:
    """LogFormat is checked by pattern, a trailing blank is refused; gateways have fields of their own."""
    given = request.get("LogFormat")
    if given is None:
        return
    gateway = rules.default_format == GATEWAY_FORMAT
    foreign = gateway and not set(given.split()) <= set(GATEWAY_FORMAT.split())
    if not _FORMAT.fullmatch(given) or foreign:
        raise invalid(
            f"1 validation error detected: Value '{given}' at 'logFormat' has an invalid format",
            "InvalidParameterValue",
        )


def _check_destination(request: dict[str, Any]) -> None:
    """Recorded 2024-09-24 for the group and destination texts; the role on S3 as reported from CloudTrail events."""
    kind = request.get("LogDestinationType") or "cloud-watch-logs"
    group, destination = request.get("LogGroupName"), request.get("LogDestination")
    role = request.get("DeliverLogsPermissionArn")
    wrong = {
        "Please only provide LogGroupName or only provide LogDestination.": group and destination,
        "LogDestination can't be empty if LogGroupName is not provided.": not group and not destination,
        "LogDestination type must be cloud-watch-logs if LogGroupName is provided.": group
        and kind != "cloud-watch-logs",
        "DeliverLogsPermissionArn is not applicable for s3 delivery": role and kind == "s3",
        "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.": (
            not role and kind == "cloud-watch-logs"
        ),
    }
    for message, applies in wrong.items():
        if applies:
            raise invalid(message)
    if kind == "s3":
        _check_bucket_arn(str(destination))


def _check_bucket_arn(destination: str) -> None:
    match = _DESTINATION.fullmatch(destination)
    if not match:
        raise invalid(f"LogDestination: {destination} is not a valid S3 ARN")
    # VPC User Guide, flow-logs-s3-create-flow-log: AWSLogs is a reserved term. AWS's own words are not established.
    if "AWSLogs" in (match["folder"] or "").split("/"):
        raise invalid("LogDestination cannot use the reserved term AWSLogs as a subfolder name")


def split_destination(destination: str) -> tuple[str, str]:
    """Bucket and folder (without outer slashes) of a destination that was accepted."""
    match = _DESTINATION.fullmatch(destination)
    if match is None:
        raise ValueError(destination)
    return match["bucket"], (match["folder"] or "").strip("/")
