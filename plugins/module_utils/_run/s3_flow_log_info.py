# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module ``s3_flow_log_info``: reads flow logs, and what they delivered. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from .._aws import ec2
from .._core.ec2_filters import filter_texts
from .._core.errors import InputError
from .._core.flow_log.create_request import MAX_FILTER_VALUES
from .._core.flow_log.model import FlowLog
from .._core.flow_log.resource_types import resource_ids_of, unique_ids
from .._core.s3_destination import parse_destination, same_destination
from .delivery import Delivery, read_delivery
from .module import FlowLogsModule, ModuleDefinition

#: Filters of DescribeFlowLogs (EC2 API, Filter.N), except for tag:KEY.
FILTERS = (
    "deliver-log-status",
    "flow-log-id",
    "log-destination-type",
    "log-group-name",
    "resource-id",
    "tag-key",
    "traffic-type",
)


# A week; each day takes a call.
_MAX_HOURS = 168


def filters_from_params(params: dict[str, Any]) -> dict[str, list[str]]:
    """Return the filters of DescribeFlowLogs for the module's parameters.

    :raises InputError: for a filter that DescribeFlowLogs does not have, and for too many values.
    """
    filters: dict[str, list[str]] = {}
    for name, value in (params.get("filters") or {}).items():
        if name not in FILTERS and not name.startswith("tag:"):
            raise InputError("filters", name, f"tag:KEY, {', '.join(FILTERS)}")
        filters[name] = filter_texts(f"filters.{name}", value)
    filters.setdefault("log-destination-type", ["s3"])
    for name, values in filters.items():
        if len(values) > MAX_FILTER_VALUES:
            raise InputError(f"filters.{name}", f"{len(values)} values", f"at most {MAX_FILTER_VALUES} values")
    return filters


def _only(flow_logs: Iterable[FlowLog], name: str, values: list[str] | None) -> list[FlowLog]:
    return [item for item in flow_logs if values is None or getattr(item, name) in values]


def run_s3_flow_log_info(module: FlowLogsModule) -> None:
    """Return the flow logs that match all given options."""
    client = module.client("ec2")
    params = module.params
    if not 1 <= params["delivery_hours"] <= _MAX_HOURS:
        raise InputError("delivery_hours", params["delivery_hours"], f"1 to {_MAX_HOURS}")
    filters = filters_from_params(params)
    resource_ids = _resource_ids(params["resource_ids"])
    destination = None
    if params["destination"]:
        destination = parse_destination(params["destination"], ec2.partition_of(client)).arn
    module.verify_account()
    found = _read(client, filters, params["flow_log_ids"], resource_ids)
    if destination is not None:
        found = [item for item in found if same_destination(item.log_destination, destination)]
    ordered = sorted(found, key=lambda item: (item.resource_id, item.creation_time, item.flow_log_id or ""))
    shown = [item.to_dict() for item in ordered]
    if params["delivery"]:
        for item, delivery in zip(shown, _deliveries(module, ordered)):
            item["delivery"] = delivery
    module.exit_json(changed=False, flow_logs=shown)


def _resource_ids(given: list[Any] | None) -> list[str] | None:
    """Return the ids of the option; an empty list matches no flow log and is not an error."""
    return list(unique_ids(resource_ids_of(given, "resource_ids"))) if given else given


def _deliveries(module: FlowLogsModule, flow_logs: list[FlowLog]) -> list[Delivery]:
    if not flow_logs:
        return []
    account = module.caller().account_id
    client = module.client("s3")
    now = datetime.now(timezone.utc)
    hours = module.params["delivery_hours"]
    return [read_delivery(client, item, account, module.region or "", now, hours) for item in flow_logs]


def _read(
    client: Any, filters: dict[str, list[str]], flow_log_ids: list[str] | None, resource_ids: list[str] | None
) -> list[FlowLog]:
    """Read flow logs by filter; for too many ids, read all of the Region and select those with the ids."""
    narrowest = "flow-log-id" if flow_log_ids is not None else "resource-id"
    ids = flow_log_ids if flow_log_ids is not None else resource_ids
    if [] in (flow_log_ids, resource_ids):
        return []
    if ids is not None and narrowest not in filters and len(ids) <= MAX_FILTER_VALUES:
        filters = {**filters, narrowest: ids}
    found = ec2.describe_flow_logs(client, filters)
    return _only(_only(found, "flow_log_id", flow_log_ids), "resource_id", resource_ids)


#: The module ``s3_flow_log_info``.
S3_FLOW_LOG_INFO = ModuleDefinition(
    name="s3_flow_log_info",
    work=run_s3_flow_log_info,
    argument_spec=dict(
        resource_ids=dict(type="list", elements="raw"),
        flow_log_ids=dict(type="list", elements="str"),
        destination=dict(type="str"),
        filters=dict(type="dict"),
        delivery=dict(type="bool", default=False),
        delivery_hours=dict(type="int", default=24),
    ),
)
