# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts between options of the policy modules and grants. PRIVATE to this collection.

The simple options (``account_ids``, ``regions``, ``prefixes``, ``layouts``) combine each account with each Region and
folder. ``grants`` lists exact combinations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from ..errors import InputError
from ..identifiers import parse_account_id
from .grants import ALL_REGIONS, FROM_ORGANIZATION, Grant, GrantConditions, LAYOUTS, source_kind
from .source_options import parse_accounts, parse_regions

#: Source of a grant until the account of the caller is known.
CALLER_ACCOUNT = ""
#: The options that ``grants`` excludes.
_SIMPLE_OPTIONS = ("account_ids", "regions", "prefixes", "layouts")

AnyWanted = TypeVar("AnyWanted", bound="WantedGrants")


@dataclass(frozen=True)
class WantedGrants:
    """The grants that a task adds to a policy, or removes from it.

    :param present: whether the task adds them.
    :param conditions: how the statements restrict a grant.
    :param grants: each grant once. The source is :data:`CALLER_ACCOUNT` until :meth:`with_caller_account` sets it.
    """

    present: bool
    conditions: GrantConditions
    grants: tuple[Grant, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Accounts, or the organization; empty if the source is the caller's account."""
        return tuple(dict.fromkeys(grant.source for grant in self.grants if grant.source != CALLER_ACCOUNT))

    @cached_property
    def regions_by_source(self) -> Mapping[str, frozenset[str]]:
        """Source -> the Regions that the options name for it, ``*`` for all."""
        regions: dict[str, set[str]] = {}
        for grant in self.grants:
            regions.setdefault(grant.source, set()).add(grant.region)
        return {source: frozenset(names) for source, names in regions.items()}

    def with_caller_account(self: AnyWanted, account: str) -> AnyWanted:
        """Return the same with the account of the caller as the source if the options name none."""
        return replace(self, grants=tuple(replace(grant, source=grant.source or account) for grant in self.grants))


# --- options to grants -----------------------------------------------------------------------------------------------


def parse_sources(params: Mapping[str, Any], organization: str | None) -> tuple[str, ...]:
    """Return the sources in the simple options: the organization, the accounts, or :data:`CALLER_ACCOUNT`."""
    if organization:
        return (organization,)
    return parse_accounts(params.get("account_ids")) or (CALLER_ACCOUNT,)


def parse_items(params: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]] | None:
    """Return the items of ``grants`` with their names (``grants[0]``); None if the simple options apply.

    :raises InputError: if the list is empty, or a simple option is set as well.
    """
    items: Sequence[Mapping[str, Any]] | None = params.get("grants")
    if items is None:
        return None
    if not items:
        raise InputError("grants", items, "at least one grant, or no grants and the simple options")
    for option in _SIMPLE_OPTIONS:
        if params.get(option) is not None:
            raise InputError(option, params[option], "either O(grants) or this option, not both")
    return [(f"grants[{position}]", item) for position, item in enumerate(items)]


def parse_item_source(name: str, item: Mapping[str, Any], organization: str | None) -> str:
    """Return the source of an item of ``grants``: the organization if one is set, else its account.

    :param name: name of the item, see :func:`parse_items`.
    """
    account = item.get("account_id")
    if organization and account is not None:
        raise InputError(f"{name}.account_id", account, "either O(account_id) or O(organization_id), not both")
    return organization or parse_account_id(f"{name}.account_id", account)


def parse_item_regions(name: str, item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the Regions of an item of ``grants``, ``("*",)`` for all."""
    return parse_regions(item.get("regions"), f"{name}.regions")


# --- grants to options -----------------------------------------------------------------------------------------------


def grants_for_modules(
    grants: Sequence[Mapping[str, Any]], folder: str, layouts: Sequence[str], organization: str | None
) -> dict[str, list[dict[str, Any]]]:
    """Return the option ``grants`` for the destination check, the bucket policy and the key policy.

    :param grants: items with ``account_id`` and optional ``regions``, ``prefix`` and ``layouts``.
    :param folder: default of ``prefix``.
    :param layouts: default of ``layouts``.
    :param organization: organization of the accounts; the policies name it instead of the accounts.
    :returns: ``grants``, ``policy_grants`` and ``key_grants``.
    """
    defaults = {"prefix": folder, "layouts": list(layouts)}
    items = [{**defaults, **{name: value for name, value in item.items() if value is not None}} for item in grants]
    omitted = {"account_id"} if organization else set()
    return {
        "grants": items,
        "policy_grants": _unique_items(items, omitted),
        "key_grants": _unique_items(items, omitted.union(defaults)),
    }


def _unique_items(items: Iterable[Mapping[str, Any]], omitted: set[str]) -> list[dict[str, Any]]:
    """Return the items without the omitted options, each once."""
    found: list[dict[str, Any]] = []
    for item in items:
        remaining = {name: value for name, value in item.items() if name not in omitted}
        if remaining not in found:
            found.append(remaining)
    return found


def without_duplicates(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return each grant once, without those that a grant for all Regions covers."""
    given = dict.fromkeys(grants)
    return tuple(
        grant
        for grant in given
        if grant.region == ALL_REGIONS or Grant(grant.source, ALL_REGIONS, grant.folder, grant.layout) not in given
    )


def key_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return the grants of a key policy for grants of a bucket: source and Region, without folder and layout."""
    return without_duplicates(Grant(grant.source, grant.region) for grant in grants)


def grants_to_items(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """Return grants as the shortest list for the option ``grants``, in a stable order.

    Items of an organization have no ``account_id``, items for a key no ``prefix`` and no ``layouts``.
    """
    regions: dict[tuple[str, str, str], set[str]] = {}
    for grant in without_duplicates(grants):
        regions.setdefault((grant.source, grant.folder, grant.layout), set()).add(grant.region)
    layouts: dict[tuple[str, str, frozenset[str]], set[str]] = {}
    for (source, folder, layout), names in regions.items():
        layouts.setdefault((source, folder, frozenset(names)), set()).add(layout)
    ordered = sorted(layouts.items(), key=lambda item: (item[0][:2], sorted(item[0][2])))
    return [_item(source, folder, names, found) for (source, folder, names), found in ordered]


def _item(source: str, folder: str, regions: frozenset[str], layouts: set[str]) -> dict[str, Any]:
    account = {} if source_kind(source) == FROM_ORGANIZATION else {"account_id": source}
    named = [layout for layout in LAYOUTS if layout in layouts]
    target = {"prefix": folder, "layouts": named} if named else {}
    return {**account, "regions": sorted(regions), **target}


def grants_to_options(grants: Iterable[Grant]) -> dict[str, Any]:
    """Return grants as options of flow_log_bucket_policy or flow_log_key_policy, as simple options if possible."""
    each = without_duplicates(grants)
    sources, regions = _unique(grant.source for grant in each), _unique(grant.region for grant in each)
    folders, layouts = _unique(grant.folder for grant in each), _unique(grant.layout for grant in each)
    organizations = [source for source in sources if source_kind(source) == FROM_ORGANIZATION]
    organization = {"organization_id": organizations[0]} if organizations else {}
    if len(each) < len(sources) * len(regions) * len(folders) * len(layouts):
        return {**organization, "grants": grants_to_items(each)}
    return {
        "account_ids": None if organization else sources,
        **organization,
        "regions": [region for region in regions if region != ALL_REGIONS],
        "prefixes": folders,
        "layouts": [layout for layout in layouts if layout],
    }


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
