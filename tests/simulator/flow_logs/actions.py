# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CreateFlowLogs, DescribeFlowLogs and DeleteFlowLogs over moto's EC2 protocol."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.responses.flow_logs import FlowLogs

from .. import faults
from ..switches import switches
from .destination import refusal_of
from .paging import check_filters
from .paging import page_of
from .paging import select
from .rules import MAX_IDS_PER_DESCRIBE
from .rules import MAX_PER_RESOURCE
from .rules import Rules
from .rules import check_request
from .rules import invalid
from .store import Store
from .store import has_equal
from .store import new_flow_log
from .store import store_of

_REQUEST = (
    "ResourceIds",
    "ResourceType",
    "TrafficType",
    "LogDestinationType",
    "LogDestination",
    "LogGroupName",
    "DeliverLogsPermissionArn",
    "LogFormat",
    "MaxAggregationInterval",
    "DestinationOptions",
    "TagFieldSpecifications",
)
_EXISTS = "Error. There is an existing Flow Log with the same configuration and log destination."

Item = dict[str, Any]


def install() -> None:
    """Put the actions into moto. May be called again."""
    FlowLogs.create_flow_logs = create_flow_logs
    FlowLogs.describe_flow_logs = describe_flow_logs
    FlowLogs.delete_flow_logs = delete_flow_logs


def _store(response: Any) -> Store:
    return store_of(response.current_account, response.region)


def _unsuccessful(resource_id: str, code: str, message: str) -> Item:
    return {"ResourceId": resource_id, "Error": {"Code": code, "Message": message}}


# -- create -----------------------------------------------------------------------------------------------------------


def create_flow_logs(self: Any) -> ActionResult:
    """EC2 API CreateFlowLogs."""
    request = {name: self._get_param(name) for name in _REQUEST}
    tags = self._parse_tag_specification().get("vpc-flow-log", {})
    token = self._get_param("ClientToken")
    rules = check_request(request)
    self.error_on_dryrun()
    store = _store(self)
    replayed = _replayed(store, token, request, tags)
    if replayed is not None:
        return ActionResult(replayed)
    answer = _create(self, store, request, rules, tags)
    # Recorded: the token is returned also when the caller sent none.
    answer["ClientToken"] = token or str(uuid.uuid4())
    store.tokens[answer["ClientToken"]] = (_fingerprint(request, tags), answer)
    return ActionResult(answer)


def _fingerprint(request: dict[str, Any], tags: dict[str, str]) -> str:
    return json.dumps([request, tags], sort_keys=True, default=str)


def _replayed(store: Store, token: str | None, request: dict[str, Any], tags: dict[str, str]) -> dict[str, Any] | None:
    """A token used before gives the answer of that time (EC2 API Reference, "Ensuring idempotency").

    Not established for this action: what other parameters give, and what a token gives whose flow logs were deleted
    (switches ``token_mismatch`` and ``token_after_delete``).
    """
    if token not in store.tokens:
        return None
    fingerprint, answer = store.tokens[token]
    if fingerprint != _fingerprint(request, tags) and switches.token_mismatch == "error":
        raise invalid(
            "The client token was already used with other parameters. Use another token.", "IdempotentParameterMismatch"
        )
    gone = not all(key in store.by_id for key in answer["FlowLogIds"])
    return None if gone and switches.token_after_delete == "create" else answer


def _create(response: Any, store: Store, request: dict[str, Any], rules: Rules, tags: dict[str, str]) -> dict[str, Any]:
    """Make what can be made; an error that concerns the call as a whole leaves nothing behind."""
    new: list[dict[str, Any]] = []
    refused: list[Item] = []
    destination = refusal_of(response.current_account, response.region, request)
    for resource_id in dict.fromkeys(request["ResourceIds"]):
        fields = new_flow_log(request, resource_id, rules.default_format, rules.intervals[0])
        item = (
            _refusal_of_target(response, store, request, resource_id)
            or _fault(resource_id)
            or (_unsuccessful(resource_id, *destination) if destination else None)
            or _duplicate(store, fields)
        )
        if item is None:
            new.append(fields)
        else:
            refused.append(item)
    for fields in new:
        store.add(fields)
        if tags:
            response.ec2_backend.tags[fields["FlowLogId"]].update(tags)
    return {"FlowLogIds": [fields["FlowLogId"] for fields in new], "Unsuccessful": refused}


def _fault(resource_id: str) -> Item | None:
    if resource_id not in faults.partial_ids():
        return None
    return _unsuccessful(resource_id, *faults.partial_error())


def _duplicate(store: Store, fields: dict[str, Any]) -> Item | None:
    """FlowLogAlreadyExists; whether it fails the call or its item only is not established."""
    if not has_equal(store, fields):
        return None
    if switches.duplicate_in_batch == "whole_call":
        raise EC2ClientError("FlowLogAlreadyExists", _EXISTS)
    return _unsuccessful(fields["ResourceId"], "FlowLogAlreadyExists", _EXISTS)


def _refusal_of_target(response: Any, store: Store, request: dict[str, Any], resource_id: str) -> Item | None:
    """The target must exist, where moto models its type, and have room for one more flow log."""
    if not _exists(ec2_backends[response.current_account][response.region], request["ResourceType"], resource_id):
        code, message = _NOT_FOUND[request["ResourceType"]]
        if switches.missing_target == "error":
            raise EC2ClientError(code, message.format(resource_id))
        return _unsuccessful(resource_id, code, f"Unknown resource {resource_id}")
    if store.count_of(resource_id) >= MAX_PER_RESOURCE:
        raise EC2ClientError("FlowLogsLimitExceeded", f"The maximum number of flow logs of {resource_id} is reached.")
    return None


_NOT_FOUND = {
    "VPC": ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
    "Subnet": ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
    "NetworkInterface": ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"),
    "TransitGateway": ("InvalidTransitGatewayID.NotFound", "Transit Gateway {} was deleted or does not exist."),
    "TransitGatewayAttachment": (
        "InvalidTransitGatewayAttachmentID.NotFound",
        "Transit Gateway Attachment {} was deleted or does not exist.",
    ),
}


def _exists(backend: Any, resource_type: str, resource_id: str) -> bool:
    if resource_type == "VPC":
        return resource_id in backend.vpcs
    if resource_type == "Subnet":
        return any(resource_id in subnets for subnets in backend.subnets.values())
    if resource_type == "NetworkInterface":
        return resource_id in backend.enis
    if resource_type == "TransitGateway":
        return resource_id in backend.transit_gateways
    if resource_type == "TransitGatewayAttachment":
        return resource_id in backend.transit_gateway_attachments
    # moto has neither regional NAT gateways nor Cloud WAN.
    return True


# -- describe and delete ----------------------------------------------------------------------------------------------


def describe_flow_logs(self: Any) -> ActionResult:
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
    return ActionResult(answer)


def _described(fields: dict[str, Any], tags: dict[str, str]) -> dict[str, Any]:
    shown = {**fields, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
    destination = shown.get("LogDestination")
    if destination and switches.trailing_slash == "stripped":
        shown["LogDestination"] = destination.rstrip("/")
    if "TrafficType" not in shown and switches.transit_gateway_traffic_type == "all":
        shown["TrafficType"] = "ALL"
    return shown


def delete_flow_logs(self: Any) -> ActionResult:
    """EC2 API DeleteFlowLogs. What an unknown id does is not established: switch ``delete_unknown``."""
    store = _store(self)
    ids = list(dict.fromkeys(self._get_param("FlowLogIds") or []))
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
    return ActionResult({"Unsuccessful": refused})


def _check_ids(ids: list[str]) -> None:
    if len(ids) > MAX_IDS_PER_DESCRIBE:
        raise invalid(f"At most {MAX_IDS_PER_DESCRIBE} flow log ids are allowed", "InvalidParameterValue")


def _not_found(missing: list[str]) -> EC2ClientError:
    return EC2ClientError(
        "InvalidFlowLogId.NotFound",
        f"These flow log ids in the input list are not found: [TotalCount: {len(missing)}] {' '.join(missing)}",
    )
