# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the options that name the sources of flow logs, for bucket and key policies. PRIVATE to this collection.

Each function raises :class:`InputError` for an invalid value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable

from ..errors import InputError
from ..identifiers import parse_account_id, parse_organization_id, parse_region
from .grants import ALL_REGIONS


def _parse_each(option: str, values: Sequence[Any], parse: Callable[[str, Any], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(parse(f"{option}[{position}]", value) for position, value in enumerate(values)))


def parse_accounts(account_ids: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return ``account_ids`` without duplicates; None if the caller's account is the source."""
    if account_ids is None:
        return None
    if not account_ids:
        raise InputError(
            "account_ids", account_ids, "at least one account id, or no O(account_ids) for the caller's own"
        )
    return _parse_each("account_ids", account_ids, parse_account_id)


def parse_regions(regions: Sequence[str] | None, option: str = "regions") -> tuple[str, ...]:
    """Return Regions without duplicates; ``("*",)`` for all, which is the default."""
    if not regions or ALL_REGIONS in regions:
        return (ALL_REGIONS,)
    return _parse_each(option, regions, parse_region)


def parse_organization(params: Mapping[str, Any]) -> str | None:
    """Return ``organization_id``, None if it is not set; it excludes ``account_ids``."""
    organization: str | None = params.get("organization_id")
    if organization is None:
        return None
    parse_organization_id("organization_id", organization)
    if params.get("account_ids") is not None:
        raise InputError("account_ids", params["account_ids"], "either O(account_ids) or O(organization_id), not both")
    return organization
