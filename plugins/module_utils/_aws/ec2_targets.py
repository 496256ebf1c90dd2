# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The EC2 calls of the inventory plugin, one function each, which return AWS's answers. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.transformation import ansible_dict_to_boto3_filter_list

from .._core.flow_log.target_shapes import Shape
from .errors import FlowLogsErrorHandler


def _plain(value: Any) -> Any:
    """Return an answer with times in ISO 8601, so that it is the same after a cache has stored it as JSON.

    botocore returns only these types. To check for all kinds of mappings takes twice as long.
    """
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _snake_case(operation: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")


@FlowLogsErrorHandler.common_error_handler("describe resources")
def describe_resources(client: Any, shape: Shape, filters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the resources of a type that match (EC2 API, the operation that ``shape`` names; all pages).

    :param filters: value or values by name of a filter; empty for all resources.
    """
    request = {shape.filter_parameter: ansible_dict_to_boto3_filter_list(dict(filters))} if filters else {}
    pages = client.get_paginator(_snake_case(shape.operation)).paginate(**request)
    return [_plain(item) for page in pages for item in page.get(shape.answer, ())]


@FlowLogsErrorHandler.common_error_handler("describe flow logs")
def describe_raw_flow_logs(client: Any) -> list[dict[str, Any]]:
    """Return all flow logs of the Region as AWS describes them (EC2 API DescribeFlowLogs, all pages)."""
    pages = client.get_paginator("describe_flow_logs").paginate()
    return [_plain(item) for page in pages for item in page.get("FlowLogs", ())]


@FlowLogsErrorHandler.common_error_handler("describe regions")
def describe_regions(client: Any) -> dict[str, str]:
    """Return the status of every Region (EC2 API DescribeRegions with AllRegions).

    The status is ``opt-in-not-required``, ``opted-in`` or ``not-opted-in``.
    """
    answer = client.describe_regions(AllRegions=True)
    return {item["RegionName"]: item.get("OptInStatus", "opt-in-not-required") for item in answer["Regions"]}
