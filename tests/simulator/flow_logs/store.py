# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow logs of each account and Region, with indexes by id, resource and identity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timezone
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.utils import random_flow_log_id

from ..switches import switches
from .rules import TYPES
from .rules import type_of

FILLED_OPTIONS = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}
"""Recorded 2024-09-24: an S3 flow log made without DestinationOptions returns them so."""


@dataclass
class Store:
    """One account's flow logs in one Region, as DescribeFlowLogs returns them, without tags.

    ``by_id`` keeps the order of creation; ``sequence`` numbers them, so that page tokens stay valid if flow logs are
    deleted between pages.
    """

    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_resource: dict[str, dict[str, None]] = field(default_factory=dict)
    identities: dict[tuple[Any, ...], int] = field(default_factory=dict)
    sequence: dict[str, int] = field(default_factory=dict)
    made: int = 0
    tokens: dict[str, Any] = field(default_factory=dict)

    def add(self, fields: dict[str, Any]) -> None:
        """Add a flow log."""
        key = fields["FlowLogId"]
        self.made += 1
        self.by_id[key] = fields
        self.sequence[key] = self.made
        self.by_resource.setdefault(fields["ResourceId"], {})[key] = None
        identity = identity_of(fields)
        self.identities[identity] = self.identities.get(identity, 0) + 1

    def remove(self, key: str) -> None:
        """Remove a flow log."""
        fields = self.by_id.pop(key)
        del self.sequence[key]
        self.by_resource[fields["ResourceId"]].pop(key)
        identity = identity_of(fields)
        self.identities[identity] -= 1
        if not self.identities[identity]:
            del self.identities[identity]

    def report(self, key: str, status: str, error: str | None = None) -> None:
        """Set the delivery status of a flow log; without an error there is no message (recorded 2020 to 2024)."""
        fields = {name: value for name, value in self.by_id[key].items() if name != "DeliverLogsErrorMessage"}
        message = {} if error is None else {"DeliverLogsErrorMessage": error}
        self.by_id[key] = {**fields, "DeliverLogsStatus": status, **message}

    def count_of(self, resource_id: str) -> int:
        """Return the number of flow logs of a resource."""
        return len(self.by_resource.get(resource_id, ()))

    def of_resources(self, resource_ids: Any) -> Iterator[dict[str, Any]]:
        """Return the flow logs of these resources, in order of creation."""
        keys = [key for resource_id in resource_ids for key in self.by_resource.get(resource_id, ())]
        return (self.by_id[key] for key in sorted(set(keys), key=self.sequence.__getitem__))

    def copy(self) -> Store:
        """Return a copy of the store; the flow logs in it are immutable."""
        return Store(
            dict(self.by_id),
            {key: dict(value) for key, value in self.by_resource.items()},
            dict(self.identities),
            dict(self.sequence),
            self.made,
            dict(self.tokens),
        )


_AS_GIVEN = (
    "TrafficType",
    "LogDestination",
    "LogGroupName",
    "DeliverLogsPermissionArn",
    "DeliverCrossAccountRole",
    "TagFieldSpecifications",
)
"""Members of FlowLog that are present only if the request sets them."""

_stores: dict[tuple[str, str], Store] = {}


def store_of(account: str, region: str) -> Store:
    """Return the store of an account and Region."""
    return _stores.setdefault((account, region), Store())


def every_store() -> list[tuple[tuple[str, str], Store]]:
    """Yield every store with its account and Region."""
    return list(_stores.items())


def identity_of(fields: dict[str, Any]) -> tuple[Any, ...]:
    """Return the key that must differ between two flow logs of a resource.

    Destination (with its folder) and traffic type are documented (VPC User Guide, flow-logs-cwl) and recorded
    (2024-09-24). Whether the other settings belong to the key is not established: switch ``identity``.
    """
    kind = fields.get("LogDestinationType")
    key: tuple[Any, ...] = (
        fields["ResourceId"],
        kind,
        (fields.get("LogDestination") or "").rstrip("/"),
        fields.get("LogGroupName"),
        fields.get("TrafficType"),
    )
    return key + (
        fields.get("LogFormat"),
        fields.get("MaxAggregationInterval"),
        repr(fields.get("DestinationOptions") or FILLED_OPTIONS),
        repr(fields.get("TagFieldSpecifications") or ()),
    )


def has_equal(store: Store, fields: dict[str, Any]) -> bool:
    """Return whether AWS refuses the flow log as a duplicate."""
    identity = identity_of(fields)
    if switches.identity == "all_settings":
        return identity in store.identities
    return any(identity_of(other)[:5] == identity[:5] for other in store.of_resources([fields["ResourceId"]]))


def new_flow_log(request: dict[str, Any], resource_id: str, default_format: str, interval: int) -> dict[str, Any]:
    """Return a flow log as DescribeFlowLogs returns it, with defaults (recorded 2020 to 2024)."""
    kind = request.get("LogDestinationType") or "cloud-watch-logs"
    fields: dict[str, Any] = {
        "CreationTime": datetime.now(timezone.utc),
        "DeliverLogsStatus": "SUCCESS",
        "FlowLogId": random_flow_log_id(),
        "FlowLogStatus": "ACTIVE",
        "LogDestinationType": kind,
        "LogFormat": request.get("LogFormat") or default_format,
        "MaxAggregationInterval": int(request.get("MaxAggregationInterval") or interval),
        "ResourceId": resource_id,
    }
    fields.update({name: request[name] for name in _AS_GIVEN if request.get(name)})
    options = request.get("DestinationOptions")
    if kind == "s3" and (options or switches.default_destination_options == "filled"):
        fields["DestinationOptions"] = {**FILLED_OPTIONS, **(options or {})}
    return fields


def plant(account: str, region: str, flow_log: dict[str, Any]) -> None:
    """Add a flow log without checks, with AWS's defaults.

    :param flow_log: members of the EC2 ``FlowLog`` shape, ``Tags`` as a dict.
    """
    fields = dict(flow_log)
    tags = fields.pop("Tags", None) or {}
    rules = TYPES.get(type_of(fields["ResourceId"]) or "VPC", TYPES["VPC"])
    filled = new_flow_log(fields, fields["ResourceId"], rules.default_format, rules.intervals[0])
    filled.update({name: value for name, value in fields.items() if value is not None})
    if isinstance(filled["CreationTime"], str):
        filled["CreationTime"] = datetime.fromisoformat(filled["CreationTime"])
    store_of(account, region).add(filled)
    if tags:
        ec2_backends[account][region].tags[filled["FlowLogId"]].update(tags)


def reset() -> None:
    """Remove all flow logs and tokens."""
    _stores.clear()


def snapshot() -> dict[tuple[str, str], Store]:
    """Return a copy of the current state."""
    return {key: store.copy() for key, store in _stores.items()}


def restore(state: dict[tuple[str, str], Store]) -> None:
    """Replace the current state with a copy."""
    _stores.clear()
    _stores.update({key: store.copy() for key, store in state.items()})
