# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dry runs of EC2's flow log calls, one function each. PRIVATE to this collection.

EC2 API Reference, DryRun: "If you have the required permissions, the error response is DryRunOperation. Otherwise, it
is UnauthorizedOperation."
"""

from __future__ import annotations

from typing import Any

from .errors import FlowLogsAWSError, FlowLogsErrorHandler

_TAG = "flowlogs.aws:dry-run"


@FlowLogsErrorHandler.common_error_handler("try {operation}")
def _call(client: Any, operation: str, parameters: dict[str, Any]) -> None:
    getattr(client, operation)(DryRun=True, **parameters)


def try_describe(client: Any) -> FlowLogsAWSError:
    """Return how EC2 answers a dry run of DescribeFlowLogs."""
    return _answer_to(client, "describe_flow_logs", {})


def try_create(client: Any, request: dict[str, Any]) -> FlowLogsAWSError:
    """Return how EC2 answers a dry run of CreateFlowLogs.

    :param request: from :func:`create_request`.
    """
    return _answer_to(client, "create_flow_logs", request)


def try_delete(client: Any, flow_log_id: str) -> FlowLogsAWSError:
    """Return how EC2 answers a dry run of DeleteFlowLogs."""
    return _answer_to(client, "delete_flow_logs", {"FlowLogIds": [flow_log_id]})


def try_tag(client: Any, flow_log_id: str) -> FlowLogsAWSError:
    """Return how EC2 answers a dry run of CreateTags."""
    return _answer_to(client, "create_tags", {"Resources": [flow_log_id], "Tags": [{"Key": _TAG, "Value": ""}]})


def try_untag(client: Any, flow_log_id: str) -> FlowLogsAWSError:
    """Return how EC2 answers a dry run of DeleteTags."""
    return _answer_to(client, "delete_tags", {"Resources": [flow_log_id], "Tags": [{"Key": _TAG}]})


def _answer_to(client: Any, operation: str, parameters: dict[str, Any]) -> FlowLogsAWSError:
    try:
        _call(client, operation, parameters)
    except FlowLogsAWSError as error:
        return error
    return FlowLogsAWSError(message=f"EC2 executed the dry run of {operation} as a real call.")
