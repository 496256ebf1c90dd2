# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EC2's flow log calls, one function each. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_boto3_client_method_parameters
from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list
from ansible_collections.amazon.aws.plugins.module_utils.transformation import ansible_dict_to_boto3_filter_list

from .._core.flow_log.model import FlowLog, flow_log_from_description
from .errors import FlowLogsErrorHandler


class Refused(NamedTuple):
    """An item of an ``Unsuccessful`` list: a call with HTTP status 200 may have failed for some ids.

    ``repeated``: whether botocore made the call more than once, so that an earlier attempt may have worked.
    """

    resource_id: str
    code: str
    message: str
    repeated: bool = False


def partition_of(client: Any) -> str:
    """Return the partition of the client's region (``aws``, ``aws-cn``, ``aws-us-gov`` ...), without a call."""
    return str(client.meta.partition)


def knows_tag_fields(client: Any) -> bool:
    """Whether the installed botocore can send TagFieldSpecifications, by its service model, without a call."""
    return "TagFieldSpecifications" in get_boto3_client_method_parameters(client, "create_flow_logs")


def _refused(answer: Mapping[str, Any]) -> list[Refused]:
    repeated = bool(answer.get("ResponseMetadata", {}).get("RetryAttempts"))
    return [
        Refused(
            item.get("ResourceId", ""),
            str(item.get("Error", {}).get("Code", "")),
            str(item.get("Error", {}).get("Message", "")),
            repeated,
        )
        for item in answer.get("Unsuccessful") or ()
    ]


@FlowLogsErrorHandler.common_error_handler("describe flow logs")
def describe_flow_logs(client: Any, filters: Mapping[str, Sequence[str]]) -> list[FlowLog]:
    """Return the flow logs that match all filters (EC2 API DescribeFlowLogs, all pages).

    :param filters: values by name of a filter, at most 200 each; empty for all flow logs of the Region.
    """
    pages = client.get_paginator("describe_flow_logs").paginate(Filters=ansible_dict_to_boto3_filter_list(filters))
    return [flow_log_from_description(item) for page in pages for item in page.get("FlowLogs", ())]


@FlowLogsErrorHandler.common_error_handler("describe flow logs by id")
def describe_flow_logs_by_id(client: Any, flow_log_ids: Sequence[str]) -> list[FlowLog]:
    """Return the flow logs with these ids (EC2 API DescribeFlowLogs).

    :param flow_log_ids: at most 1,000 ids; AWS refuses the whole call if one does not exist.
    """
    pages = client.get_paginator("describe_flow_logs").paginate(FlowLogIds=list(flow_log_ids))
    return [flow_log_from_description(item) for page in pages for item in page.get("FlowLogs", ())]


@FlowLogsErrorHandler.common_error_handler("create flow logs")
def create_flow_logs(client: Any, request: dict[str, Any]) -> tuple[list[str], list[Refused]]:
    """Create flow logs (EC2 API CreateFlowLogs).

    :param request: from :func:`create_request`; retries use the same client token.
    :returns: ids of the new flow logs, which AWS does not assign to resources, and the refused resources.
    """
    answer = client.create_flow_logs(**request)
    return list(answer.get("FlowLogIds") or ()), _refused(answer)


@FlowLogsErrorHandler.common_error_handler("delete flow logs")
def delete_flow_logs(client: Any, flow_log_ids: Sequence[str]) -> list[Refused]:
    """Delete flow logs (EC2 API DeleteFlowLogs), and return those that AWS refused to delete.

    :param flow_log_ids: at most 1,000 ids.
    """
    answer = client.delete_flow_logs(FlowLogIds=list(flow_log_ids))
    return _refused(answer)


@FlowLogsErrorHandler.common_error_handler("tag flow logs")
def create_tags(client: Any, flow_log_ids: Sequence[str], tags: Mapping[str, str]) -> None:
    """Set tags on flow logs (EC2 API CreateTags).

    :param flow_log_ids: at most 1,000 ids.
    """
    client.create_tags(Resources=list(flow_log_ids), Tags=ansible_dict_to_boto3_tag_list(tags))


@FlowLogsErrorHandler.common_error_handler("remove tags of flow logs")
def delete_tags(client: Any, flow_log_ids: Sequence[str], keys: Sequence[str]) -> None:
    """Remove tags of flow logs by key, with any value (EC2 API DeleteTags).

    :param flow_log_ids: at most 1,000 ids.
    """
    client.delete_tags(Resources=list(flow_log_ids), Tags=[{"Key": key} for key in keys])
