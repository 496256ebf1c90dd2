# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of flow_log_bucket_policy, checked before the first AWS call. PRIVATE to this collection."""

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
    OF_CALLER,
    parse_item_regions,
    parse_item_source,
    parse_items,
    parse_sources,
    without_repetition,
)
from .grants import ALL_REGIONS, FROM_ACCOUNTS, FROM_ANYONE, FROM_ORGANIZATION, Grant, GrantConditions, LAYOUTS, PLAIN
from .source_options import parse_organization, parse_regions


@dataclass(frozen=True)
class WantedDelivery:
    """Which sources are to have, or not to have, which places of a bucket.

    :param bucket: bucket and partition; it has no folder, the grants have them.
    :param asked: every single grant, each once; the source is :data:`OF_CALLER` until :meth:`of_caller` sets it.
    """

    bucket: Destination
    present: bool
    form: GrantConditions
    asked: tuple[Grant, ...]
    expected_owner: str | None

    @property
    def sources(self) -> tuple[str, ...]:
        """Accounts, or the organization; none if they are to be the caller's."""
        return tuple(dict.fromkeys(grant.source for grant in self.asked if grant.source != OF_CALLER))

    def grants(self) -> tuple[Grant, ...]:
        """Return every single desired grant."""
        return self.asked

    def of_caller(self, account: str) -> WantedDelivery:
        """Return the same for the account of the caller, where no other source is named."""
        return replace(self, asked=tuple(replace(grant, source=grant.source or account) for grant in self.asked))


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
    """Return whether statements name their sources; ``None`` where the option is not given."""
    value = params.get("source_conditions")
    tied = None if value is None else read_boolean("source_conditions", value)
    if tied is False and params.get("organization_id"):
        raise InputError("source_conditions", value, "true together with O(organization_id), which is such a condition")
    return tied


def parse_layouts(value: Any, option: str = "layouts") -> tuple[str, ...] | None:
    """Return layouts, each once, in their order; ``None`` where the option is not given."""
    if value is None:
        return None
    layouts = read_texts(option, value, "plain, hive, or both")
    if not layouts or not set(layouts) <= set(LAYOUTS):
        raise InputError(option, value, "plain, hive, or both")
    return tuple(layout for layout in LAYOUTS if layout in layouts)


def _parse_grants(
    params: Mapping[str, Any], organization: str | None, default_layouts: tuple[str, ...]
) -> tuple[Grant, ...]:
    """Return every grant that the options name, each once."""
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
    """Read the options of flow_log_bucket_policy.

    :param params: options by name; those not given may be missing or None.
    :param partition: partition of the region at work; a bucket ARN of another one is refused.
    :raises InputError: for what can never work, naming option, value and what is allowed.
    """
    present = params.get("state", "present") == "present"
    tied = parse_source_conditions(params) is not False
    organization = parse_organization(params)
    sources = FROM_ORGANIZATION if organization else FROM_ACCOUNTS if tied else FROM_ANYONE
    owner = params.get("expected_bucket_owner")
    # The statements of 2020 know no Hive folders; whoever needs them there says so.
    grants = _parse_grants(params, organization, LAYOUTS if tied or not present else (PLAIN,))
    if sources == FROM_ANYONE and present:
        grants = without_repetition(replace(grant, region=ALL_REGIONS) for grant in grants)
    return WantedDelivery(
        bucket=_parse_bucket(params["bucket"], partition),
        present=present,
        form=GrantConditions(params.get("acl_condition") or "string_equals", sources),
        asked=grants,
        expected_owner=None if owner is None else parse_account_id("expected_bucket_owner", owner),
    )
