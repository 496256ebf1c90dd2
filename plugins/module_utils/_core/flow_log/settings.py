# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of a flow log that AWS cannot change in place: reading and comparing them. PRIVATE to this collection."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable

from ..actions import Change
from ..errors import InputError
from ..s3_destination import Destination, check_new_folder, parse_destination, same_destination
from ..values import read_boolean, read_choice, read_integer, read_list, read_mapping, read_texts
from .log_format import DEFAULT_FORMATS, TAG_FIELDS, TAG_FIELD_REGIONS, field_names, is_default_format, parse_log_format
from .model import DestinationOptions, FlowLog, TagFields
from .resource_types import ResourceType

FILE_FORMATS = ("plain-text", "parquet")
TRAFFIC_TYPES = ("ALL", "ACCEPT", "REJECT")
#: EC2 API TagFieldSpecificationRequest: these resource types, one or two keys each.
TAGGABLE = tuple(sorted(set(TAG_FIELDS.values())))
_MAX_TAG_FIELD_KEYS = 2
_MAX_TAG_KEY = 128


@dataclass(frozen=True)
class FlowLogSettings:
    """The desired settings of a flow log. AWS can change none of them in place, so a difference needs a replacement.

    :param traffic_type: ``None`` for resource types that have none.
    :param max_aggregation_interval: seconds.
    :param log_format: format string; ``None``: AWS's default for the resource type.
    """

    resource_type: ResourceType
    destination: Destination
    traffic_type: str | None = "ALL"
    max_aggregation_interval: int = 600
    log_format: str | None = None
    destination_options: DestinationOptions = DestinationOptions()
    tag_fields: TagFields = ()

    def differences(self, flow_log: FlowLog) -> tuple[Change, ...]:
        """Return the settings in which a flow log differs.

        These do not count: a trailing slash of the folder, blanks in the format, defaults that AWS filled in, and the
        traffic type of resource types that have none.
        """
        changes: list[Change] = []
        if not same_destination(flow_log.log_destination, self.destination.arn):
            changes.append(Change("destination", flow_log.log_destination, self.destination.arn))
        if self.traffic_type is not None and flow_log.traffic_type != self.traffic_type:
            changes.append(Change("traffic_type", flow_log.traffic_type, self.traffic_type))
        if flow_log.max_aggregation_interval != self.max_aggregation_interval:
            changes.append(
                Change("max_aggregation_interval", flow_log.max_aggregation_interval, self.max_aggregation_interval)
            )
        changes.extend(self._format_differences(flow_log))
        current, desired = flow_log.destination_options.to_dict(), self.destination_options.to_dict()
        changes.extend(
            Change(f"destination_options.{name}", current[name], desired[name])
            for name in desired
            if current[name] != desired[name]
        )
        if flow_log.tag_fields != self.tag_fields:
            changes.append(
                Change(
                    "tag_field_specifications",
                    tag_fields_to_options(flow_log.tag_fields),
                    tag_fields_to_options(self.tag_fields),
                )
            )
        return tuple(changes)

    def _format_differences(self, flow_log: FlowLog) -> list[Change]:
        current = flow_log.log_format or ""
        if self.log_format is None:
            family = self.resource_type.family
            same = is_default_format(current, family)
            return [] if same else [Change("log_format", current, DEFAULT_FORMATS[family])]
        return [] if current == self.log_format else [Change("log_format", current, self.log_format)]

    def as_flow_log(self, resource_id: str, tags: Mapping[str, str]) -> FlowLog:
        """Return the flow log that a target has with these settings; its id is not known yet."""
        return FlowLog(
            flow_log_id=None,
            resource_id=resource_id,
            log_destination=self.destination.arn,
            traffic_type=self.traffic_type,
            max_aggregation_interval=self.max_aggregation_interval,
            log_format=self.log_format or DEFAULT_FORMATS[self.resource_type.family] or "",
            destination_options=self.destination_options,
            tag_fields=self.tag_fields,
            tags=dict(tags),
        )


def tag_fields_to_options(tag_fields: TagFields) -> list[dict[str, Any]]:
    """Return tag fields in the form of the option ``tag_field_specifications``."""
    return [{"resource_type": resource_type, "tag_keys": list(keys)} for resource_type, keys in tag_fields]


def settings_from_options(
    options: Mapping[str, Any], resource_type: ResourceType, partition: str
) -> tuple[FlowLogSettings, list[str]]:
    """Read the options of ``s3_flow_log`` into settings.

    :param options: options of the module; a missing one or ``None`` means that it is not given.
    :param partition: partition of the module's Region.
    :returns: the settings, and warnings.
    :raises InputError: for values that AWS refuses or that contradict each other.
    """
    warnings: list[str] = []
    log_format = None
    if options.get("log_format") is not None:
        log_format, warnings = parse_log_format(options["log_format"], resource_type.family)
    tag_fields = _tag_fields(options.get("tag_field_specifications") or ())
    _check_tag_fields(log_format, tag_fields)
    settings = FlowLogSettings(
        resource_type=resource_type,
        destination=_destination(options["destination"], partition),
        traffic_type=_traffic_type(options.get("traffic_type"), resource_type),
        max_aggregation_interval=_interval(options.get("max_aggregation_interval"), resource_type),
        log_format=log_format,
        destination_options=read_destination_options(options.get("destination_options")),
        tag_fields=tag_fields,
    )
    return settings, warnings


def tag_fields_warning(settings: FlowLogSettings, region: str) -> str:
    """Return a warning if tag fields may not work in a Region, else ``""``.

    They are not refused, because AWS may have added the Region since.
    """
    if not settings.tag_fields or region in TAG_FIELD_REGIONS:
        return ""
    return (
        f"tag_field_specifications: AWS does not list {region} among the Regions with the service-linked role that tag "
        "fields need. AWS may refuse the flow log, or leave the tag fields empty."
    )


def _destination(value: Any, partition: str) -> Destination:
    destination = parse_destination(value, partition)
    check_new_folder("destination", destination.folder, value)
    return destination


def _traffic_type(value: Any, rules: ResourceType) -> str | None:
    if not rules.has_traffic_type:
        if value is not None:
            raise InputError("traffic_type", value, f"nothing: resources of type {rules.name} have no traffic type")
        return None
    return "ALL" if value is None else read_choice("traffic_type", value, TRAFFIC_TYPES)


def _interval(value: Any, rules: ResourceType) -> int:
    if value is None:
        return rules.intervals[0]
    numbers = " or ".join(str(item) for item in sorted(rules.intervals))
    allowed = f"{numbers} (seconds) for resources of type {rules.name}"
    seconds = read_integer("max_aggregation_interval", value, allowed)
    if seconds not in rules.intervals:
        raise InputError("max_aggregation_interval", value, allowed)
    return seconds


_DESTINATION_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "file_format": partial(read_choice, choices=FILE_FORMATS),
    "hive_compatible_partitions": read_boolean,
    "per_hour_partition": read_boolean,
}


def read_destination_options(value: Any) -> DestinationOptions:
    """Read the option ``destination_options``.

    :raises InputError: for an unknown suboption or value.
    """
    allowed = f"a dictionary with some of {', '.join(_DESTINATION_READERS)}"
    options = {} if value is None or value == "" else read_mapping("destination_options", value, allowed)
    unknown = sorted(set(options) - set(_DESTINATION_READERS))
    if unknown:
        close = difflib.get_close_matches(unknown[0], _DESTINATION_READERS, n=1)
        raise InputError("destination_options", unknown[0], ", ".join(close or _DESTINATION_READERS))
    given: dict[str, Any] = {
        name: _DESTINATION_READERS[name](f"destination_options.{name}", item)
        for name, item in options.items()
        if item is not None
    }
    return DestinationOptions(**given)


def _tag_field(value: Any) -> tuple[Any, tuple[str, ...]]:
    allowed = "a list of dictionaries with resource_type and tag_keys"
    item = read_mapping("tag_field_specifications", value, allowed)
    if set(item) != {"resource_type", "tag_keys"}:
        raise InputError("tag_field_specifications", value, allowed)
    keys = [item["tag_keys"]] if isinstance(item["tag_keys"], str) else item["tag_keys"]
    return item["resource_type"], read_texts("tag_field_specifications", keys, allowed)


def _tag_fields(value: Any) -> TagFields:
    items = read_list("tag_field_specifications", value, "a list of dictionaries with resource_type and tag_keys")
    seen: dict[str, tuple[str, ...]] = {}
    for resource_type, keys in map(_tag_field, items):
        if resource_type not in TAGGABLE or resource_type in seen:
            raise InputError("tag_field_specifications", resource_type, f"each of {', '.join(TAGGABLE)} at most once")
        if not 1 <= len(keys) <= _MAX_TAG_FIELD_KEYS or not all(1 <= len(key) <= _MAX_TAG_KEY for key in keys):
            raise InputError("tag_field_specifications", list(keys), "one or two tag keys of 1 to 128 characters")
        seen[resource_type] = keys
    return tuple(sorted(seen.items()))


def _check_tag_fields(log_format: str | None, tag_fields: TagFields) -> None:
    """Refuse tag fields without a specification, which would stay empty, and specifications without a field."""
    specified = dict(tag_fields)
    names = sorted(name for name in field_names(log_format or "") if name in TAG_FIELDS)
    for name in names:
        keys = specified.get(TAG_FIELDS[name])
        if keys is None:
            allowed = f"tag fields whose tags O(tag_field_specifications) names; none is for {TAG_FIELDS[name]}"
            raise InputError("log_format", name, allowed)
        if name.endswith("-2") and len(keys) < _MAX_TAG_FIELD_KEYS:
            raise InputError("log_format", name, f"fields with a second tag key for {TAG_FIELDS[name]}")
    for resource_type in sorted(set(specified) - {TAG_FIELDS[name] for name in names}):
        fields = ", ".join(name for name, owner in TAG_FIELDS.items() if owner == resource_type)
        raise InputError("tag_field_specifications", resource_type, f"only with one of {fields} in O(log_format)")
