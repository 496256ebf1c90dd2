# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the options of flow_log_bucket_policy. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from ..errors import InputError
from ..identifiers import parse_account_id
from ..s3_destination import Destination, check_new_folder, parse_destination, parse_folder
from ..values import read_boolean, read_texts
from .grant_options import (
    WantedGrants,
    parse_item_regions,
    parse_item_source,
    parse_items,
    parse_sources,
    without_duplicates,
)
from .grants import ALL_REGIONS, FROM_ACCOUNTS, FROM_ANYONE, FROM_ORGANIZATION, Grant, GrantConditions, LAYOUTS, PLAIN
from .source_options import parse_organization, parse_regions


@dataclass(frozen=True)
class WantedDelivery(WantedGrants):
    """The grants that a task adds to a bucket policy, or removes from it.

    :param bucket: bucket and partition, without a folder: the grants have the folders.
    :param expected_owner: account id, None if the option is not set.
    """

    bucket: Destination
    expected_owner: str | None


def _parse_bucket(value: str, partition: str) -> Destination:
    bucket = parse_destination(value, partition, option="bucket")
    if bucket.folder:
        raise InputError("bucket", value, "a bucket alone, by name or ARN; folders belong in O(prefixes)")
    return bucket


def _parse_folder(option: str, prefix: str) -> str:
    check_new_folder(option, prefix)
    return parse_folder(option, prefix)


def _parse_folders(prefixes: Sequence[str] | None) -> tuple[str, ...]:
    if prefixes is None:
        return ("",)
    if not prefixes:
        raise InputError("prefixes", prefixes, "at least one folder; '' is the bucket without a folder")
    return tuple(_parse_folder(f"prefixes[{position}]", prefix) for position, prefix in enumerate(prefixes))


def parse_source_conditions(params: Mapping[str, Any]) -> bool | None:
    """Return ``source_conditions``: whether statements name their sources; None if it is not set."""
    value = params.get("source_conditions")
    has_conditions = None if value is None else read_boolean("source_conditions", value)
    if has_conditions is False and params.get("organization_id"):
        raise InputError("source_conditions", value, "true together with O(organization_id), which is such a condition")
    return has_conditions


def parse_layouts(value: Any, option: str = "layouts") -> tuple[str, ...] | None:
    """Return layouts without duplicates in a fixed order; None if the option is not set."""
    if value is None:
        return None
    layouts = read_texts(option, value, "plain, hive, or both")
    if not layouts or not set(layouts) <= set(LAYOUTS):
        raise InputError(option, value, "plain, hive, or both")
    return tuple(layout for layout in LAYOUTS if layout in layouts)


def _parse_grants(
    params: Mapping[str, Any], organization: str | None, default_layouts: tuple[str, ...]
) -> tuple[Grant, ...]:
    """Return every combination in the options, each once."""
    items = parse_items(params)
    if items is None:
        layouts = parse_layouts(params.get("layouts")) or default_layouts
        blocks = [
            (
                parse_sources(params, organization),
                parse_regions(params.get("regions")),
                _parse_folders(params.get("prefixes")),
                layouts,
            )
        ]
    else:
        blocks = [
            (
                (parse_item_source(name, item, organization),),
                parse_item_regions(name, item),
                (_parse_folder(f"{name}.prefix", item.get("prefix") or ""),),
                parse_layouts(item.get("layouts"), f"{name}.layouts") or default_layouts,
            )
            for name, item in items
        ]
    return tuple(dict.fromkeys(Grant(*parts) for block in blocks for parts in product(*block)))


def wanted_from_options(params: Mapping[str, Any], partition: str) -> WantedDelivery:
    """Return the options of flow_log_bucket_policy.

    :param params: options by name; options that are not set may be missing or None.
    :param partition: partition of the task's Region; a bucket ARN of another partition is invalid.
    :raises InputError: for an invalid value.
    """
    present = params.get("state", "present") == "present"
    has_conditions = parse_source_conditions(params) is not False
    organization = parse_organization(params)
    sources = FROM_ORGANIZATION if organization else FROM_ACCOUNTS if has_conditions else FROM_ANYONE
    owner = params.get("expected_bucket_owner")
    # The statements of 2020 have no Hive folders, so those need an explicit option.
    grants = _parse_grants(params, organization, LAYOUTS if has_conditions or not present else (PLAIN,))
    if sources == FROM_ANYONE and present:
        grants = without_duplicates(replace(grant, region=ALL_REGIONS) for grant in grants)
    return WantedDelivery(
        bucket=_parse_bucket(params["bucket"], partition),
        present=present,
        conditions=GrantConditions(params.get("acl_condition") or "string_equals", sources),
        grants=grants,
        expected_owner=None if owner is None else parse_account_id("expected_bucket_owner", owner),
    )
