# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``grants``: which account delivers from which Regions to which folder. PRIVATE to this collection.

The simple options (``account_ids``, ``regions``, ``prefixes``, ``layouts``) combine each account with each Region and
folder. ``grants`` lists exactly the combinations that are meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import InputError
from ..identifiers import parse_account_id
from .grants import ALL_REGIONS, FROM_ORGANIZATION, Grant, LAYOUTS, sources_form
from .source_options import parse_accounts, parse_regions

#: Source of a grant until the account of the caller is known.
OF_CALLER = ""
#: What ``grants`` says for each grant by itself.
_SIMPLE = ("account_ids", "regions", "prefixes", "layouts")


def parse_sources(params: Mapping[str, Any], organization: str | None) -> tuple[str, ...]:
    """Return the sources that the simple options name: the organization, the accounts, or :data:`OF_CALLER`."""
    if organization:
        return (organization,)
    return parse_accounts(params.get("account_ids")) or (OF_CALLER,)


def parse_items(params: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]] | None:
    """Return the items of ``grants`` with their names (``grants[0]``); None if the simple options apply.

    :raises InputError: for an empty list, and for a simple option next to ``grants``.
    """
    items: Sequence[Mapping[str, Any]] | None = params.get("grants")
    if items is None:
        return None
    if not items:
        raise InputError("grants", items, "at least one grant, or no grants and the simple options")
    for option in _SIMPLE:
        if params.get(option) is not None:
            raise InputError(option, params[option], "either O(grants) or this option, not both")
    return [(f"grants[{position}]", item) for position, item in enumerate(items)]


def parse_item_source(name: str, item: Mapping[str, Any], organization: str | None) -> str:
    """Return the account of a grant or, for a whole organization, the organization.

    :param name: of the item, see :func:`parse_items`.
    """
    account = item.get("account_id")
    if organization and account is not None:
        raise InputError(f"{name}.account_id", account, "either O(account_id) or O(organization_id), not both")
    return organization or parse_account_id(f"{name}.account_id", account)


def parse_item_regions(name: str, item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the Regions of a grant, ``("*",)`` for all."""
    return parse_regions(item.get("regions"), f"{name}.regions")


# --- the same grants for each module ---------------------------------------------------------------------------------


def for_modules(
    grants: Sequence[Mapping[str, Any]], folder: str, layouts: Sequence[str], organization: str | None
) -> dict[str, list[dict[str, Any]]]:
    """Return the option ``grants`` for the destination check, the bucket policy and the key policy.

    :param grants: items with ``account_id`` and maybe ``regions``, ``prefix`` and ``layouts``.
    :param folder: of a grant without ``prefix``; so are ``layouts``.
    :param organization: whose accounts these are; the policies name it instead of them.
    :returns: ``grants``, ``policy_grants`` and ``key_grants``.
    """
    places = {"prefix": folder, "layouts": list(layouts)}
    judged = [{**places, **{name: value for name, value in item.items() if value is not None}} for item in grants]
    hidden = {"account_id"} if organization else set()
    return {
        "grants": judged,
        "policy_grants": _each_item_once(judged, hidden),
        "key_grants": _each_item_once(judged, hidden.union(places)),
    }


def _each_item_once(items: Iterable[Mapping[str, Any]], hidden: set[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in items:
        left = {name: value for name, value in item.items() if name not in hidden}
        if left not in found:
            found.append(left)
    return found


# --- from grants back to options -------------------------------------------------------------------------------------


def without_repetition(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return each grant once, without those that a grant for all Regions contains."""
    given = dict.fromkeys(grants)
    return tuple(
        grant
        for grant in given
        if grant.region == ALL_REGIONS or Grant(grant.source, ALL_REGIONS, grant.folder, grant.layout) not in given
    )


def key_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return what the policy of a key needs for grants of a bucket: source and Region, wherever they deliver to."""
    return without_repetition(Grant(grant.source, grant.region) for grant in grants)


def items_of(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """Return grants as the shortest list for the option ``grants``, in a stable order.

    An organization has no ``account_id``; the grants of a key have neither ``prefix`` nor ``layouts``.
    """
    regions: dict[tuple[str, str, str], set[str]] = {}
    for grant in without_repetition(grants):
        regions.setdefault((grant.source, grant.folder, grant.layout), set()).add(grant.region)
    layouts: dict[tuple[str, str, frozenset[str]], set[str]] = {}
    for (source, folder, layout), names in regions.items():
        layouts.setdefault((source, folder, frozenset(names)), set()).add(layout)
    ordered = sorted(layouts.items(), key=lambda entry: (entry[0][:2], sorted(entry[0][2])))
    return [_item(source, folder, names, found) for (source, folder, names), found in ordered]


def _item(source: str, folder: str, regions: frozenset[str], layouts: set[str]) -> dict[str, Any]:
    account = {} if sources_form(source) == FROM_ORGANIZATION else {"account_id": source}
    named = [layout for layout in LAYOUTS if layout in layouts]
    place = {"prefix": folder, "layouts": named} if named else {}
    return {**account, "regions": sorted(regions), **place}


def options_of(grants: Iterable[Grant]) -> dict[str, Any]:
    """Return grants as options of flow_log_bucket_policy or flow_log_key_policy: the simple ones where they say the same."""
    each = without_repetition(grants)
    sources, regions = _each_once(grant.source for grant in each), _each_once(grant.region for grant in each)
    folders, layouts = _each_once(grant.folder for grant in each), _each_once(grant.layout for grant in each)
    of_organization = [source for source in sources if sources_form(source) == FROM_ORGANIZATION]
    organization = {"organization_id": of_organization[0]} if of_organization else {}
    if len(each) < len(sources) * len(regions) * len(folders) * len(layouts):
        return {**organization, "grants": items_of(each)}
    return {
        "account_ids": None if organization else sources,
        **organization,
        "regions": [region for region in regions if region != ALL_REGIONS],
        "prefixes": folders,
        "layouts": [layout for layout in layouts if layout],
    }


def _each_once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
