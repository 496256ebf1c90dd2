# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CreateFlowLogs, DescribeFlowLogs and DeleteFlowLogs over moto's EC2 protocol."""

from __future__ import annotations

import uuid
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses.flow_logs import FlowLogs

from .. import faults
from ..moto_speed import ExactResult
from ..switches import switches
from . import targets
from . import tokens
from .destination import refusal_of
from .paging import check_filters
from .paging import page_of
from .paging import select
from .request_checks import check_request
from .rules import MAX_FLOW_LOG_IDS
from .rules import Rules
from .rules import invalid
from .store import Store
from .store import has_equal
from .store import new_flow_log
from .store import store_of
from .tags import tags_of_new_flow_logs

_REQUEST = (
    "ResourceIds",
    "ResourceType",
    "TrafficType",
    "LogDestinationType",
    "LogDestination",
    "LogGroupName",
    "DeliverLogsPermissionArn",
    "DeliverCrossAccountRole",
    "LogFormat",
    "MaxAggregationInterval",
    "DestinationOptions",
    "TagFieldSpecifications",
)
_EXISTS = "Error. There is an existing Flow Log with the same configuration and log destination."

Item = dict[str, Any]


def install() -> None:
    """Install the actions in moto. May be called again."""
    FlowLogs.create_flow_logs = create_flow_logs
    FlowLogs.describe_flow_logs = describe_flow_logs
    FlowLogs.delete_flow_logs = delete_flow_logs


def _store(response: Any) -> Store:
    return store_of(response.current_account, response.region)


def _unsuccessful(resource_id: str, code: str, message: str) -> Item:
    return {"ResourceId": resource_id, "Error": {"Code": code, "Message": message}}


# -- create -----------------------------------------------------------------------------------------------------------


def create_flow_logs(self: Any) -> ExactResult:
    """EC2 API CreateFlowLogs."""
    request = {name: self._get_param(name) for name in _REQUEST}
    tags = tags_of_new_flow_logs(self._get_param("TagSpecifications"))
    token = self._get_param("ClientToken")
    rules = check_request(request)
    self.error_on_dryrun()
    store = _store(self)
    asked = tokens.fingerprint(request, tags)
    answer = tokens.replayed(store, token, asked)
    if answer is None:
        answer = _create(self, store, request, rules, tags)
        # Recorded: AWS returns a token even if the caller sent none.
        answer["ClientToken"] = token or str(uuid.uuid4())
        tokens.remember(store, token, asked, answer)
    return ExactResult(answer)


def _create(response: Any, store: Store, request: dict[str, Any], rules: Rules, tags: dict[str, str]) -> dict[str, Any]:
    """Create what can be created; an error of the whole call creates nothing.

    The destination is checked last, because AWS may edit its policy for the remaining resources.
    """
    new: list[dict[str, Any]] = []
    refused: list[Item] = []
    for resource_id in dict.fromkeys(request["ResourceIds"]):
        fields = new_flow_log(request, resource_id, rules.default_format, rules.intervals[0])
        item = _refusal_of_one(response, store, request["ResourceType"], fields)
        if item is None:
            new.append(fields)
        else:
            refused.append(item)
    refusal = refusal_of(response.current_account, response.region, request, response.access_key) if new else None
    if refusal is not None:
        refused += [_unsuccessful(fields["ResourceId"], *refusal) for fields in new]
        new = []
    for fields in new:
        store.add({**fields, **_failing_delivery()})
        if tags:
            response.ec2_backend.tags[fields["FlowLogId"]].update(tags)
    return {"FlowLogIds": [fields["FlowLogId"] for fields in new], "Unsuccessful": refused}


def _failing_delivery() -> dict[str, str]:
    error = faults.delivery_error()
    return {} if error is None else {"DeliverLogsStatus": "FAILED", "DeliverLogsErrorMessage": error}


def _refusal_of_one(response: Any, store: Store, resource_type: str, fields: dict[str, Any]) -> Item | None:
    """Return the error for one resource, or None if it can have a flow log.

    Not established: whether a missing resource and a duplicate fail the call, or only their item (switches
    ``missing_target`` and ``duplicate_in_batch``). The text of the item for a missing one is a recorded one.
    """
    resource_id = fields["ResourceId"]
    missing = targets.missing(response.ec2_backend, resource_type, resource_id)
    if missing is not None:
        return _failing(switches.missing_target == "error", resource_id, *missing, f"Unknown resource {resource_id}")
    if resource_id in faults.partial_ids():
        return _unsuccessful(resource_id, *faults.partial_error())
    if has_equal(store, fields):
        return _failing(switches.duplicate_in_batch == "whole_call", resource_id, "FlowLogAlreadyExists", _EXISTS)
    targets.check_limit(store, resource_id)
    return None


def _failing(whole_call: bool, resource_id: str, code: str, message: str, item_message: str | None = None) -> Item:
    if whole_call:
        raise EC2ClientError(code, message)
    return _unsuccessful(resource_id, code, item_message or message)


# -- describe and delete ----------------------------------------------------------------------------------------------


def describe_flow_logs(self: Any) -> ExactResult:
    """EC2 API DescribeFlowLogs."""
    store = _store(self)
    filters = {name: list(values) for name, values in self._filters_from_querystring().items()}
    check_filters(filters)
    ids = self._get_param("FlowLogIds") or []
    _check_ids(ids)
    self.error_on_dryrun()
    missing = [key for key in ids if key not in store.by_id]
    if missing and switches.describe_unknown == "error":
        raise _not_found(missing)
    tags = self.ec2_backend.tags
    found = select(store, filters, lambda key: tags.get(key) or {})
    if ids:
        wanted = set(ids)
        found = [item for item in found if item["FlowLogId"] in wanted]
    size = self._get_param("MaxResults")
    page, token = page_of(store, found, self._get_param("NextToken"), int(size) if size else None)
    answer: dict[str, Any] = {"FlowLogs": [_described(item, tags.get(item["FlowLogId"]) or {}) for item in page]}
    if token is not None:
        answer["NextToken"] = token
    return ExactResult(answer)


def _described(fields: dict[str, Any], tags: dict[str, str]) -> dict[str, Any]:
    shown = {**fields, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
    destination = shown.get("LogDestination")
    if destination and switches.trailing_slash == "stripped":
        shown["LogDestination"] = destination.rstrip("/")
    if "TrafficType" not in shown and switches.transit_gateway_traffic_type == "all":
        shown["TrafficType"] = "ALL"
    return shown


def delete_flow_logs(self: Any) -> ExactResult:
    """EC2 API DeleteFlowLogs. What an unknown id does is not established: switch ``delete_unknown``."""
    store = _store(self)
    ids = list(dict.fromkeys(self._get_param("FlowLogIds") or []))
    if not ids:
        # EC2 API DeleteFlowLogs, FlowLogId is required.
        raise invalid("The request must contain the parameter FlowLogIds", "MissingParameter")
    _check_ids(ids)
    self.error_on_dryrun()
    missing = [key for key in ids if key not in store.by_id]
    if missing and switches.delete_unknown == "error":
        raise _not_found(missing)
    failing = faults.partial_ids()
    refused = [_unsuccessful(key, "InvalidFlowLogId.NotFound", str(_not_found([key]))) for key in missing]
    refused += [_unsuccessful(key, *faults.partial_error()) for key in ids if key in failing and key not in missing]
    for key in ids:
        if key in store.by_id and key not in failing:
            store.remove(key)
            self.ec2_backend.tags.pop(key, None)
    return ExactResult({"Unsuccessful": refused})


def _check_ids(ids: list[str]) -> None:
    """At most 1,000 (botocore service model, FlowLogIdList); an empty one as reported by users of Cloud Custodian."""
    if len(ids) > MAX_FLOW_LOG_IDS:
        raise invalid(f"At most {MAX_FLOW_LOG_IDS} flow log ids are allowed", "InvalidParameterValue")
    if not all(ids):
        raise invalid(
            "1 validation error detected: Value null at 'flowLogId' has an invalid format", "InvalidParameterValue"
        )


def _not_found(missing: list[str]) -> EC2ClientError:
    return EC2ClientError(
        "InvalidFlowLogId.NotFound",
        f"These flow log ids in the input list are not found: [TotalCount: {len(missing)}] {' '.join(missing)}",
    )
