# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the options of ``s3_flow_log``, for the module and for the hosts of an inventory. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ..errors import InputError
from ..s3_destination import parse_destination
from ..values import read_boolean, read_choice, read_integer
from .desired import AbsentFlowLogs, DesiredFlowLogs, PresentFlowLogs
from .log_format import DEFAULT_FORMATS, VPC
from .model import DestinationOptions
from .resource_types import resolve_resource_type, resource_ids_of, unique_ids
from .settings import FlowLogSettings, settings_from_options, tag_fields_to_options
from .tags import check_tags

STATES = ("present", "absent")
REPLACE = ("create_first", "delete_first", "never")
PURGE = ("none", "duplicates", "s3")
_SETTINGS_OPTIONS = (
    *("traffic_type", "max_aggregation_interval", "log_format", "destination_options"),
    "tag_field_specifications",
)
#: Default values of the module's options. Without a value, the other options have AWS's defaults.
DEFAULTS: Mapping[str, Any] = {
    "state": "present",
    "purge_tags": True,
    "replace": "create_first",
    "allow_gap": False,
    "purge": "none",
    "adopt_named": False,
    "wait_timeout": 60,
}
_OPTION_DEFAULTS: Mapping[str, Any] = {
    "state": DEFAULTS["state"],
    **dict.fromkeys((*_SETTINGS_OPTIONS, "name", "tags")),
    **DEFAULTS,
}


def desired_from_options(
    params: Mapping[str, Any], partition: str, warn: Callable[[str], None] = lambda _text: None
) -> DesiredFlowLogs:
    """Read the options of the module, from Ansible or from the variables of an inventory.

    :param params: options by name; a missing one or ``None`` has the default value.
    :param partition: partition of the module's Region.
    :param warn: called with each warning.
    :raises InputError: for values that cannot work.
    """
    given = {**DEFAULTS, **{name: value for name, value in params.items() if value is not None}}
    targets = unique_ids(resource_ids_of(given["resource_ids"], "resource_ids"))
    resource_type = resolve_resource_type(targets, given.get("resource_type"))
    tags = check_tags(given.get("tags"), given.get("name"))
    wait_timeout = read_integer("wait_timeout", given["wait_timeout"], "seconds, 0 or more")
    if wait_timeout < 0:
        raise InputError("wait_timeout", wait_timeout, "seconds, 0 or more")
    common: dict[str, Any] = {
        "name": str(given["name"]) if "name" in given else None,
        "tags": tags,
        "adopt_named": read_boolean("adopt_named", given["adopt_named"]),
    }
    creating: dict[str, Any] = {
        "purge_tags": read_boolean("purge_tags", given["purge_tags"]),
        "replace": read_choice("replace", given["replace"], REPLACE),
        "allow_gap": read_boolean("allow_gap", given["allow_gap"]),
        "purge": read_choice("purge", given["purge"], PURGE),
        "wait_timeout": wait_timeout,
    }
    if read_choice("state", given["state"], STATES) == "absent":
        destination = given.get("destination")
        arn = parse_destination(destination, partition).arn if destination else None
        return AbsentFlowLogs(targets, arn, **common)
    settings, warnings = settings_from_options(given, resource_type, partition)
    for text in warnings:
        warn(text)
    return PresentFlowLogs(targets, settings, **common, **creating)


def options_of(desired: DesiredFlowLogs) -> dict[str, Any]:
    """Return the options for a desired state, without targets and destination; equal states have equal options.

    An option with AWS's default value is ``None``, whether it was given or not.
    """
    options = {
        **_OPTION_DEFAULTS,
        "name": desired.name,
        "tags": None if desired.tags is None else dict(desired.tags),
        "adopt_named": desired.adopt_named,
    }
    if isinstance(desired, AbsentFlowLogs):
        return {**options, "state": "absent"}
    return {
        **options,
        **_settings_options(desired.settings),
        "purge_tags": desired.purge_tags,
        "replace": desired.replace,
        "allow_gap": desired.allow_gap,
        "purge": desired.purge,
        "wait_timeout": desired.wait_timeout,
    }


def _settings_options(settings: FlowLogSettings) -> dict[str, Any]:
    rules = settings.resource_type
    is_default_format = rules.family == VPC and settings.log_format == DEFAULT_FORMATS[VPC]
    values = (
        None if settings.traffic_type == "ALL" else settings.traffic_type,
        None if settings.max_aggregation_interval == rules.intervals[0] else settings.max_aggregation_interval,
        None if is_default_format else settings.log_format,
        None if settings.destination_options == DestinationOptions() else settings.destination_options.to_dict(),
        tag_fields_to_options(settings.tag_fields) or None,
    )
    return dict(zip(_SETTINGS_OPTIONS, values))
