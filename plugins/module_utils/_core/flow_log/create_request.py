# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings as a CreateFlowLogs request, and the limits of EC2's flow log calls. PRIVATE to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..s3_destination import destination_of
from .model import FlowLog, S3
from .resource_types import ResourceType
from .settings import FlowLogSettings

#: Most flow log ids in DescribeFlowLogs and DeleteFlowLogs (botocore model, FlowLogIdList), and ids per tag call.
MAX_FLOW_LOG_IDS = 1000
#: Most values of one filter (EC2 User Guide, "List and filter using the CLI and API").
MAX_FILTER_VALUES = 200

#: How often a target is tried again whose refusal passes by itself: by the error code, where one is needed, and the
#: message. A policy that was just written takes seconds to reach the delivery service. The service-linked role of the
#: first flow log with tag fields of an account takes some seconds too (EC2 answers IncorrectState).
_PASSING = (
    (None, re.compile("Access Denied for LogDestination"), 2),
    ("IncorrectState", re.compile(".*Service Linked Role is not yet available"), 4),
)

# Errors of a whole CreateFlowLogs call that a single id can cause.
_ONE_ID = re.compile(r"Invalid[A-Za-z]+\.(NotFound|Malformed)|FlowLogAlreadyExists|FlowLogsLimitExceeded")


def create_request(
    settings: FlowLogSettings, resource_ids: Sequence[str], tags: Mapping[str, str], client_token: str
) -> dict[str, Any]:
    """Return the parameters of one CreateFlowLogs call.

    The destination type is always given, because the API's default is CloudWatch Logs. A format that is not given
    is left to AWS, and newer parameters are sent only when they are used, so that older versions of botocore work.

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
    """Return the settings of an existing flow log to S3, to put it back as it was.

    :param resource_type: type of its resource, which DescribeFlowLogs does not tell.
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


def tries_again(code: str, message: str) -> int:
    """Return how often to try again what AWS refused with this error; 0 where time does not help."""
    found = (tries for known, text, tries in _PASSING if known in (None, code) and text.match(message))
    return next(found, 0)


def one_id_may_be_the_cause(code: str, message: str, resource_ids: Sequence[str]) -> bool:
    """Whether a call with several ids may have failed because of one of them, so that splitting the batch helps.

    :param code: AWS's error code.
    :param message: AWS's message; an ``InvalidParameter`` that names an id is about that id.
    """
    if _ONE_ID.fullmatch(code):
        return True
    return code.startswith("InvalidParameter") and any(item in message for item in resource_ids)
