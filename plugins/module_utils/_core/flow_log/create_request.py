# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds CreateFlowLogs requests, and defines the limits and errors of EC2's flow log calls. PRIVATE to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..s3_destination import destination_of
from .model import FlowLog, S3
from .resource_types import ResourceType
from .settings import FlowLogSettings

#: Maximum number of ids in DescribeFlowLogs and DeleteFlowLogs (botocore model, FlowLogIdList), and in a tag call.
MAX_FLOW_LOG_IDS = 1000
#: Maximum number of values of a filter (EC2 User Guide, "List and filter using the CLI and API").
MAX_FILTER_VALUES = 200

#: Temporary errors: error code (``None``: any), message, and how often to retry. A new policy takes seconds to reach the
#: delivery service. So does the service-linked role for an account's first flow log with tag fields (EC2 answers
#: IncorrectState).
_TEMPORARY = (
    (None, re.compile("Access Denied for LogDestination"), 2),
    ("IncorrectState", re.compile(".*Service Linked Role is not yet available"), 4),
)

# Errors of a whole CreateFlowLogs call that one id can cause.
_ONE_ID = re.compile(r"Invalid[A-Za-z]+\.(NotFound|Malformed)|FlowLogAlreadyExists|FlowLogsLimitExceeded")


def create_request(
    settings: FlowLogSettings, resource_ids: Sequence[str], tags: Mapping[str, str], client_token: str
) -> dict[str, Any]:
    """Return the parameters of one CreateFlowLogs call.

    The destination type is always sent, because the API's default is CloudWatch Logs. Newer parameters are sent only if
    they are used, so that older versions of botocore work.

    :param resource_ids: at most ``settings.resource_type.max_ids``.
    """
    request: dict[str, Any] = {
        "ResourceIds": list(resource_ids),
        "ResourceType": settings.resource_type.name,
        "LogDestinationType": S3,
        "LogDestination": settings.destination.arn,
        "MaxAggregationInterval": settings.max_aggregation_interval,
        "DestinationOptions": {
            "FileFormat": settings.destination_options.file_format,
            "HiveCompatiblePartitions": settings.destination_options.hive_compatible_partitions,
            "PerHourPartition": settings.destination_options.per_hour_partition,
        },
        "ClientToken": client_token,
    }
    if settings.traffic_type is not None:
        request["TrafficType"] = settings.traffic_type
    if settings.log_format is not None:
        request["LogFormat"] = settings.log_format
    if settings.tag_fields:
        request["TagFieldSpecifications"] = [
            {"ResourceType": resource_type, "TagKeys": list(keys)} for resource_type, keys in settings.tag_fields
        ]
    if tags:
        pairs = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
        request["TagSpecifications"] = [{"ResourceType": "vpc-flow-log", "Tags": pairs}]
    return request


def settings_of(flow_log: FlowLog, resource_type: ResourceType) -> FlowLogSettings:
    """Return the settings of an existing flow log to S3, so that it can be restored.

    :param resource_type: type of its resource, which DescribeFlowLogs does not return.
    """
    return FlowLogSettings(
        resource_type=resource_type,
        destination=destination_of(flow_log.log_destination),
        traffic_type=flow_log.traffic_type if resource_type.has_traffic_type else None,
        max_aggregation_interval=flow_log.max_aggregation_interval,
        log_format=flow_log.log_format or None,
        destination_options=flow_log.destination_options,
        tag_fields=flow_log.tag_fields,
    )


def retries_for(code: str, message: str) -> int:
    """Return how often to retry a target that AWS refused with this error; 0 if the error is not temporary."""
    found = (retries for known, text, retries in _TEMPORARY if known in (None, code) and text.match(message))
    return next(found, 0)


def one_id_may_be_the_cause(code: str, message: str, resource_ids: Sequence[str]) -> bool:
    """Whether one of several ids may have made a call fail, so that splitting the batch helps.

    :param code: AWS's error code.
    :param message: AWS's message; an ``InvalidParameter`` that names an id is caused by that id.
    """
    if _ONE_ID.fullmatch(code):
        return True
    return code.startswith("InvalidParameter") and any(item in message for item in resource_ids)
