# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that name the sources of flow logs, alike for bucket and key policies. PRIVATE to this collection.

All of them raise :class:`InputError` for what can never work.
"""

from __future__ import annotations

import re
from typing import Any
from typing import Mapping
from typing import Optional
from typing import Pattern
from typing import Sequence
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import ALL_REGIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError

#: An account id.
ACCOUNT = re.compile(r"^[0-9]{12}\Z")
_REGION = re.compile(r"^[a-z]{2,5}(-[a-z]+)+-\d{1,2}\Z")
#: AWS Organizations API, OrganizationId.
_ORGANIZATION = re.compile(r"^o-[a-z0-9]{10,32}\Z")


def _parse_each(option: str, values: Sequence[str], pattern: Pattern[str], allowed: str) -> Tuple[str, ...]:
    for position, value in enumerate(values):
        if not pattern.match(value):
            raise InputError(f"{option}[{position}]", value, allowed)
    return tuple(dict.fromkeys(values))


def parse_accounts(account_ids: Optional[Sequence[str]]) -> Optional[Tuple[str, ...]]:
    """Read ``account_ids``; None: that of the caller."""
    if account_ids is None:
        return None
    if not account_ids:
        raise InputError("account_ids", account_ids, "at least one account id, or no account_ids for the caller's own")
    return _parse_each("account_ids", account_ids, ACCOUNT, "an account id of 12 digits, quoted if it begins with 0")


def parse_regions(regions: Optional[Sequence[str]]) -> Tuple[str, ...]:
    """Read ``regions``; none, or ``*`` among them: all."""
    if not regions or ALL_REGIONS in regions:
        return (ALL_REGIONS,)
    return _parse_each("regions", regions, _REGION, "the name of a region such as eu-west-1, or no regions for all")


def parse_organization(params: Mapping[str, Any]) -> Optional[str]:
    """Read ``organization_id``, which excludes ``account_ids``."""
    organization: Optional[str] = params.get("organization_id")
    if organization is None:
        return None
    if not _ORGANIZATION.match(organization):
        raise InputError("organization_id", organization, "an id such as o-a1b2c3d4e5")
    if params.get("account_ids") is not None:
        raise InputError("account_ids", params["account_ids"], "either account_ids or organization_id, not both")
    return organization
