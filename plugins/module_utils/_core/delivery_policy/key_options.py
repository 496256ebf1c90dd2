# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of flow_log_key_policy, checked before the first AWS call. PRIVATE to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from ..errors import InputError
from ..identifiers import KMS_ARN
from .grant_options import OF_CALLER, parse_item_regions, parse_item_source, parse_items, parse_sources
from .grants import FROM_ACCOUNTS, FROM_ORGANIZATION, FormedGrant, Grant, GrantConditions
from .source_options import parse_organization, parse_regions

_ALLOWED = "id, ARN or alias (alias/NAME) of a KMS key"
#: AWS KMS Developer Guide, "Key identifiers (KeyId)": a UUID, or of multi-Region keys mrk- and 32 hexadecimal digits.
_ID = re.compile(r"(mrk-)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_ALIAS = re.compile(r"alias/[A-Za-z0-9/_-]{1,250}")
_ARN = re.compile(KMS_ARN)


@dataclass(frozen=True)
class WantedKeyUse:
    """Which sources are to be able, or no longer able, to have their logs encrypted with a key.

    :param key_id: id, ARN, alias or alias ARN, as it was given.
    :param partition: partition of the region at work.
    :param form: how the grants are tied down.
    :param asked: every single grant, each once; the source is :data:`OF_CALLER` until :meth:`of_caller` sets it.
    """

    key_id: str
    partition: str
    present: bool
    form: GrantConditions
    asked: tuple[Grant, ...]

    @property
    def key_account(self) -> str | None:
        """Account in the ARN of the key, None where an id or a name was given."""
        found = _ARN.fullmatch(self.key_id)
        return found.group("account") if found else None

    @property
    def sources(self) -> tuple[str, ...]:
        """Accounts, or the organization; none if they are to be the caller's."""
        return tuple(dict.fromkeys(grant.source for grant in self.asked if grant.source != OF_CALLER))

    def grants(self) -> tuple[FormedGrant, ...]:
        """Return every single desired grant."""
        return tuple((self.form, grant) for grant in self.asked)

    def regions_of(self, source: str) -> frozenset[str]:
        """Return the Regions that are named for a source, ``*`` among them for all."""
        return frozenset(grant.region for grant in self.asked if grant.source == source)

    def of_caller(self, account: str) -> WantedKeyUse:
        """Return the same for the account of the caller, where no other source is named."""
        return replace(self, asked=tuple(replace(grant, source=grant.source or account) for grant in self.asked))


def _parse_key_id(value: str, partition: str, region: str) -> str:
    text = value.strip()
    found = _ARN.fullmatch(text)
    name = found.group("name") if found else text
    if found and found.group("partition") != partition:
        raise InputError("key_id", value, f"a key of the partition of the region at work, {partition}")
    if found and found.group("region") != region:
        raise InputError("key_id", value, f"a key of the region at work, {region}; set O(region) to that of the key")
    is_key = bool(_ID.fullmatch(name[len("key/") :] if found else name)) and (not found or name.startswith("key/"))
    if not is_key and not _ALIAS.fullmatch(name):
        raise InputError("key_id", value, _ALLOWED)
    if name.startswith("alias/aws/"):
        # VPC User Guide, "Amazon S3 bucket permissions for flow logs": SSE-KMS needs a customer managed key.
        raise InputError("key_id", value, "a customer managed key; nobody can change the policy of an AWS managed one")
    return text


def wanted_key_use(params: Mapping[str, Any], partition: str, region: str) -> WantedKeyUse:
    """Read the options of flow_log_key_policy.

    :param params: options by name; those not given may be missing or None.
    :param partition: partition of the region at work.
    :param region: region at work; a key ARN of another one is refused, KMS would not find it.
    :raises InputError: for what can never work, naming option, value and what is allowed.
    """
    organization = parse_organization(params)
    return WantedKeyUse(
        key_id=_parse_key_id(params["key_id"], partition, region),
        partition=partition,
        present=params.get("state", "present") == "present",
        form=GrantConditions("", FROM_ORGANIZATION if organization else FROM_ACCOUNTS),
        asked=_parse_grants(params, organization),
    )


def _parse_grants(params: Mapping[str, Any], organization: str | None) -> tuple[Grant, ...]:
    """Return every grant that the options name, each once."""
    items = parse_items(params)
    if items is None:
        blocks = [(parse_sources(params, organization), parse_regions(params.get("regions")))]
    else:
        blocks = [
            ((parse_item_source(name, item, organization),), parse_item_regions(name, item)) for name, item in items
        ]
    return tuple(dict.fromkeys(Grant(*parts) for block in blocks for parts in product(*block)))
