# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A flow log as AWS describes it, normalized. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .log_format import DEFAULT_FORMATS, VPC
from .resource_types import ResourceType, type_of_id

S3 = "s3"
#: EC2 API CreateFlowLogs, MaxAggregationInterval: the default, in seconds. Old flow logs do not return it.
DEFAULT_INTERVAL = 600
#: Tag of a flow log that a replacement is about to delete, so that the next run can finish an interrupted one.
REPLACED_TAG = "flowlogs.aws:replaced"

TagFields = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class DestinationOptions:
    """EC2 API DestinationOptionsRequest with its documented defaults."""

    file_format: str = "plain-text"
    hive_compatible_partitions: bool = False
    per_hour_partition: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the options with the names of the module's suboptions."""
        return {
            "file_format": self.file_format,
            "hive_compatible_partitions": self.hive_compatible_partitions,
            "per_hour_partition": self.per_hour_partition,
        }


def traffic_overlaps(one: str | None, other: str | None) -> bool:
    """Whether two traffic types record some of the same traffic; ``None``, for types without a choice, records all."""
    return one == other or "ALL" in (one or "ALL", other or "ALL")


@dataclass(frozen=True)
class FlowLog:
    """One flow log. Attributes that AWS omits for old flow logs have the documented default.

    :param max_aggregation_interval: seconds.
    :param tags: all tags, including those of AWS (``aws:``).
    :param delivery_status: ``SUCCESS`` (also before any delivery), ``FAILED`` or ``None``.
    :param creation_time: ISO 8601, or ``""``.
    """

    flow_log_id: str | None
    resource_id: str
    log_destination_type: str = S3
    log_destination: str = ""
    traffic_type: str | None = None
    max_aggregation_interval: int = DEFAULT_INTERVAL
    log_format: str | None = None
    destination_options: DestinationOptions = DestinationOptions()
    tag_fields: TagFields = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    delivery_status: str | None = None
    delivery_error: str | None = None
    creation_time: str = ""
    log_group_name: str | None = None

    @property
    def name(self) -> str | None:
        """Value of the tag ``Name``; an empty one is no name."""
        return self.tags.get("Name") or None

    @property
    def failed(self) -> bool:
        """Whether AWS reports that delivery fails."""
        return self.delivery_status == "FAILED"

    @property
    def managed_by_aws(self) -> bool:
        """Whether an AWS service owns it: CloudFormation and others set ``aws:`` tags. It is never deleted."""
        return any(key.startswith("aws:") for key in self.tags)

    @property
    def marked_as_replaced(self) -> bool:
        """Whether an interrupted run was about to delete it."""
        return REPLACED_TAG in self.tags

    @property
    def user_tags(self) -> dict[str, str]:
        """The tags that users can change: without those of AWS and this collection's own mark."""
        return {key: value for key, value in self.tags.items() if key != REPLACED_TAG and not key.startswith("aws:")}

    def to_dict(self) -> dict[str, Any]:
        """Return the flow log with the names of the module's options, so that they can be passed to the module."""
        rules = type_of_id(self.resource_id)
        return {
            "flow_log_id": self.flow_log_id,
            "resource_id": self.resource_id,
            "resource_type": rules.name if rules else None,
            "log_destination_type": self.log_destination_type,
            "destination": self.log_destination or None,
            "log_group_name": self.log_group_name,
            "traffic_type": self.traffic_type,
            "max_aggregation_interval": self.max_aggregation_interval,
            "log_format": self.log_format,
            "destination_options": self.destination_options.to_dict() if self.log_destination_type == S3 else None,
            "tag_field_specifications": [
                {"resource_type": resource_type, "tag_keys": list(keys)} for resource_type, keys in self.tag_fields
            ],
            "tags": dict(sorted(self.tags.items())),
            "name": self.name,
            "delivery_status": self.delivery_status,
            "delivery_error": self.delivery_error,
            "creation_time": self.creation_time,
        }


def age_key(flow_log: FlowLog) -> tuple[str, str]:
    """Return the sort key that puts the oldest flow log first."""
    return (flow_log.creation_time, flow_log.flow_log_id or "")


def flow_log_from_description(item: Mapping[str, Any]) -> FlowLog:
    """Return a flow log from one item of DescribeFlowLogs (EC2 API FlowLog).

    AWS describes a flow log that is older than an attribute without it. Interval, format, destination options and
    destination type then have the default of that time.
    """

    def given(name: str, default: Any = None) -> Any:
        return item.get(name) or default

    resource_id = given("ResourceId", "")
    rules = type_of_id(resource_id)
    created = given("CreationTime", "")
    return FlowLog(
        flow_log_id=item["FlowLogId"],
        resource_id=resource_id,
        log_destination_type=given("LogDestinationType", "cloud-watch-logs"),
        log_destination=given("LogDestination", ""),
        # AWS returns a traffic type for transit gateways, too, although it cannot be set.
        traffic_type=given("TrafficType") if rules is None or rules.has_traffic_type else None,
        max_aggregation_interval=int(
            given("MaxAggregationInterval", rules.intervals[0] if rules else DEFAULT_INTERVAL)
        ),
        log_format=" ".join(given("LogFormat", _default_format(rules)).split()),
        destination_options=_destination_options_from_description(given("DestinationOptions", {})),
        tag_fields=tag_fields_from_description(given("TagFieldSpecifications", ())),
        tags={tag["Key"]: tag.get("Value", "") for tag in given("Tags", ())},
        delivery_status=given("DeliverLogsStatus"),
        delivery_error=given("DeliverLogsErrorMessage"),
        creation_time=created.isoformat() if hasattr(created, "isoformat") else str(created),
        log_group_name=given("LogGroupName"),
    )


def _default_format(rules: ResourceType | None) -> str:
    return DEFAULT_FORMATS[rules.family if rules else VPC] or ""


def _destination_options_from_description(options: Mapping[str, Any]) -> DestinationOptions:
    return DestinationOptions(
        file_format=options.get("FileFormat") or "plain-text",
        hive_compatible_partitions=bool(options.get("HiveCompatiblePartitions")),
        per_hour_partition=bool(options.get("PerHourPartition")),
    )


def tag_fields_from_description(items: Any) -> TagFields:
    """Return TagFieldSpecifications, sorted by resource type."""
    return tuple(sorted((item["ResourceType"], tuple(item["TagKeys"])) for item in items))
