# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of ``s3_flow_log``, read alike for the module and for the hosts of an inventory. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ..errors import InputError
from ..s3_destination import parse_destination
from ..values import read_boolean, read_choice, read_integer
from .log_format import DEFAULT_FORMATS, VPC
from .model import DestinationOptions
from .plan import Wanted
from .resource_types import resolve_resource_type, resource_ids_of, unique_ids
from .settings import FlowLogSettings, settings_from_options, tag_fields_to_options
from .tags import check_tags

STATES = ("present", "absent")
REPLACE = ("create_first", "delete_first", "never")
PURGE = ("none", "duplicates", "s3")
#: Options that the module has a value for when none is given. Of the others none means that they are left to AWS.
DEFAULTS: Mapping[str, Any] = {
    "state": "present",
    "purge_tags": True,
    "replace": "create_first",
    "allow_gap": False,
    "purge": "none",
    "adopt_named": False,
    "wait_timeout": 60,
}


def wanted_from_params(
    params: Mapping[str, Any], partition: str, warn: Callable[[str], None] = lambda _text: None
) -> Wanted:
    """Read the options of the module, as Ansible hands them over or as they are in an inventory.

    :param params: options by name; missing or ``None`` means that the default applies.
    :param partition: partition of the region at work.
    :param warn: takes what people should know though it is no error.
    :raises InputError: for anything that cannot work.
    """
    given = {**DEFAULTS, **{name: value for name, value in params.items() if value is not None}}
    targets = unique_ids(resource_ids_of(given["resource_ids"], "resource_ids"))
    resource_type = resolve_resource_type(targets, given.get("resource_type"))
    tags = check_tags(given.get("tags"), given.get("name"))
    wait_timeout = read_integer("wait_timeout", given["wait_timeout"], "seconds, 0 or more")
    if wait_timeout < 0:
        raise InputError("wait_timeout", wait_timeout, "seconds, 0 or more")
    common: dict[str, Any] = {
        "targets": targets,
        "name": str(given["name"]) if "name" in given else None,
        "tags": tags,
        "purge_tags": read_boolean("purge_tags", given["purge_tags"]),
        "adopt_named": read_boolean("adopt_named", given["adopt_named"]),
    }
    creating: dict[str, Any] = {
        "replace": read_choice("replace", given["replace"], REPLACE),
        "allow_gap": read_boolean("allow_gap", given["allow_gap"]),
        "purge": read_choice("purge", given["purge"], PURGE),
        "wait_timeout": wait_timeout,
    }
    if read_choice("state", given["state"], STATES) == "absent":
        destination = given.get("destination")
        arn = parse_destination(destination, partition).arn if destination else None
        return Wanted(destination_arn=arn, **common)
    settings, warnings = settings_from_options(given, resource_type, partition)
    for text in warnings:
        warn(text)
    return Wanted(settings=settings, **common, **creating)


def options_of(wanted: Wanted) -> dict[str, Any]:
    """Return the options, but for targets and destination, that ask for the same; equal ones are written alike.

    What is AWS's default is ``None``, so that it does not matter whether it was given.
    """
    return {
        "state": "present" if wanted.settings else "absent",
        **_settings_options(wanted.settings),
        "name": wanted.name,
        "tags": None if wanted.tags is None else dict(wanted.tags),
        "purge_tags": wanted.purge_tags,
        "replace": wanted.replace,
        "allow_gap": wanted.allow_gap,
        "purge": wanted.purge,
        "adopt_named": wanted.adopt_named,
        "wait_timeout": wanted.wait_timeout,
    }


def _settings_options(settings: FlowLogSettings | None) -> dict[str, Any]:
    names = (
        *("traffic_type", "max_aggregation_interval", "log_format", "destination_options"),
        "tag_field_specifications",
    )
    if settings is None:
        return dict.fromkeys(names)
    rules = settings.resource_type
    is_default_format = rules.family == VPC and settings.log_format == DEFAULT_FORMATS[VPC]
    values = (
        None if settings.traffic_type == "ALL" else settings.traffic_type,
        None if settings.max_aggregation_interval == rules.intervals[0] else settings.max_aggregation_interval,
        None if is_default_format else settings.log_format,
        None if settings.destination_options == DestinationOptions() else settings.destination_options.to_dict(),
        tag_fields_to_options(settings.tag_fields) or None,
    )
    return dict(zip(names, values))
