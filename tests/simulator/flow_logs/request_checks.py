# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks a CreateFlowLogs request before it reads any resource. Pure, except for switches.

Messages with a source are AWS's own; tests should not depend on the others.
"""

from __future__ import annotations

import re
from typing import Any

from ..switches import switches
from .rules import GATEWAY_FORMAT
from .rules import TYPES
from .rules import WAN_FORMAT
from .rules import Rules
from .rules import invalid
from .rules import type_of

Request = dict[str, Any]

_FORMAT = re.compile(r"\$\{[a-z0-9-]+\}( \$\{[a-z0-9-]+\})*")
_DESTINATION = re.compile(r"arn:(?P<partition>aws[a-z-]*):s3:::(?P<bucket>[^/:]+)(?:/(?P<folder>.*))?")
_KNOWN_BY_SYNTAX = re.compile(r"(nat|core-network|attachment)-[0-9a-f]{8,17}|core-network-.+")
_ENUMS = {
    "LogDestinationType": ("cloud-watch-logs", "s3", "kinesis-data-firehose"),
    "FileFormat": ("plain-text", "parquet"),
    "TagFieldResourceType": ("network-interface", "instance", "auto-scaling-group"),
}
"""botocore service model, CreateFlowLogsRequest, DestinationOptionsRequest and TagFieldSpecificationRequest."""


def check_request(request: Request) -> Rules:
    """Refuse an invalid request; return the rules of the resource type.

    :raises EC2ClientError: for an invalid request.
    """
    rules = TYPES.get(request.get("ResourceType") or "")
    if rules is None:
        raise _no_such("ResourceType", request.get("ResourceType"))
    for check in (
        _check_ids,
        _check_traffic_type,
        _check_interval,
        _check_format,
        _check_destination,
        _check_destination_options,
        _check_tag_fields,
    ):
        check(request, rules)
    return rules


def split_destination(destination: str) -> tuple[str, str]:
    """Return bucket and folder (without outer slashes) of an accepted destination."""
    match = _DESTINATION.fullmatch(destination)
    if match is None:
        raise ValueError(destination)
    return match["bucket"], (match["folder"] or "").strip("/")


def _no_such(name: str, value: Any) -> Exception:
    return invalid(f"Invalid value '{value}' for {name}.", "InvalidParameterValue")


def _check_ids(request: Request, rules: Rules) -> None:
    """Check the number of ids and their type (EC2 API CreateFlowLogs; the text as reported by users of it)."""
    ids = request.get("ResourceIds") or []
    limit = int(switches.cloud_wan_max_ids) if rules.default_format == WAN_FORMAT else rules.max_ids
    if not ids:
        # EC2 API, "Error codes": MissingParameter.
        raise invalid("The request must contain the parameter ResourceIds", "MissingParameter")
    if len(ids) > limit:
        # The limit is documented, its error is not.
        raise invalid(f"The number of ResourceIds is above {limit}", "InvalidParameterValue")
    for resource_id in ids:
        if not _is_of_type(resource_id, request["ResourceType"]):
            raise invalid(f"Invalid Resource id {resource_id} for resource-type {request['ResourceType']}")


def _is_of_type(resource_id: str, resource_type: str) -> bool:
    """Check the prefix, and for types that moto does not model, also the rest.

    The form of edge ids is not published.
    """
    accepted = ("CoreNetworkEdge", "CoreNetwork") if resource_type == "CoreNetworkEdge" else (resource_type,)
    if type_of(resource_id) not in accepted:
        return False
    by_syntax = resource_type in ("RegionalNatGateway", "CoreNetwork", "CoreNetworkAttachment", "CoreNetworkEdge")
    return not by_syntax or _KNOWN_BY_SYNTAX.fullmatch(resource_id) is not None


def _check_traffic_type(request: Request, rules: Rules) -> None:
    """Required, but for transit gateway and Cloud WAN types, which do not support it (EC2 API CreateFlowLogs)."""
    given = request.get("TrafficType")
    if not rules.has_traffic_type:
        if given is not None:
            raise invalid(f"TrafficType is not supported when the resource-type is {request['ResourceType']}")
    elif given not in ("ALL", "ACCEPT", "REJECT"):
        raise invalid(f"Invalid value for TrafficType: {given}")


def _check_interval(request: Request, rules: Rules) -> None:
    """60 or 600 seconds; 60 only for transit gateway and Cloud WAN types (EC2 API CreateFlowLogs).

    Users reported the message for transit gateways.
    """
    given = request.get("MaxAggregationInterval")
    if given is None or str(given) in map(str, rules.intervals):
        return
    if rules.has_traffic_type:
        raise invalid("Invalid Flow Log Max Aggregation Interval")
    raise invalid(
        "max-aggregation-interval other than 60 sec / 1 min is not supported when the resource-type is "
        "TransitGateway or TransitGatewayAttachment"
    )


def _check_format(request: Request, rules: Rules) -> None:
    """``${name}`` joined by single blanks: reported for a trailing blank, by users of CloudFormation.

    Fields that transit gateways do not have, such as ``${action}``, are refused for them, as users of Terraform
    modules report; the fields of the other types are not compared, since no source says that they are.
    """
    given = request.get("LogFormat")
    if given is None:
        return
    has_other_fields = rules.default_format == GATEWAY_FORMAT and not set(given.split()) <= set(GATEWAY_FORMAT.split())
    if has_other_fields or not _FORMAT.fullmatch(given):
        raise invalid(
            f"1 validation error detected: Value '{given}' at 'logFormat' has an invalid format",
            "InvalidParameterValue",
        )


def _check_destination(request: Request, _rules: Rules) -> None:
    """Check the destination and its options."""
    kind = request.get("LogDestinationType") or "cloud-watch-logs"
    if kind not in _ENUMS["LogDestinationType"]:
        raise _no_such("LogDestinationType", kind)
    _check_log_group(request, kind)
    _check_role(request.get("DeliverLogsPermissionArn"), kind)
    if kind == "s3":
        _check_bucket_arn(str(request["LogDestination"]))


def _check_log_group(request: Request, kind: str) -> None:
    """Recorded 2024-09-24, all three texts."""
    group, destination = request.get("LogGroupName"), request.get("LogDestination")
    if group and destination:
        raise invalid("Please only provide LogGroupName or only provide LogDestination.")
    if not group and not destination:
        raise invalid("LogDestination can't be empty if LogGroupName is not provided.")
    if group and kind != "cloud-watch-logs":
        raise invalid("LogDestination type must be cloud-watch-logs if LogGroupName is provided.")


def _check_role(role: str | None, kind: str) -> None:
    """CloudWatch Logs needs one (EC2 API CreateFlowLogs); S3 refuses it, as CloudTrail events of users show."""
    if role and kind == "s3":
        raise invalid("DeliverLogsPermissionArn is not applicable for s3 delivery")
    if not role and kind == "cloud-watch-logs":
        raise invalid("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")


def _check_bucket_arn(destination: str) -> None:
    """EC2 API CreateFlowLogs, LogDestination: AWSLogs cannot be a subfolder. AWS's message is not established."""
    match = _DESTINATION.fullmatch(destination)
    if not match:
        raise invalid(f"LogDestination: {destination} is not a valid S3 ARN")
    if "AWSLogs" in (match["folder"] or "").split("/"):
        raise invalid("LogDestination cannot use the reserved term AWSLogs as a subfolder name")


def _check_destination_options(request: Request, _rules: Rules) -> None:
    """botocore service model, DestinationOptionsRequest."""
    file_format = (request.get("DestinationOptions") or {}).get("FileFormat")
    if file_format is not None and file_format not in _ENUMS["FileFormat"]:
        raise _no_such("FileFormat", file_format)


def _check_tag_fields(request: Request, _rules: Rules) -> None:
    """One to three items, each with one or two keys of up to 128 characters (botocore, TagFieldSpecification)."""
    given = request.get("TagFieldSpecifications") or []
    if len(given) > 3:
        raise invalid("TagFieldSpecifications has more than 3 items", "InvalidParameterValue")
    for item in given:
        kind, keys = item.get("ResourceType"), item.get("TagKeys") or []
        if kind not in _ENUMS["TagFieldResourceType"]:
            raise _no_such("TagFieldSpecifications.ResourceType", kind)
        if not 1 <= len(keys) <= 2 or not all(1 <= len(key) <= 128 for key in keys):
            raise invalid("TagKeys takes one or two keys of 1 to 128 characters", "InvalidParameterValue")
