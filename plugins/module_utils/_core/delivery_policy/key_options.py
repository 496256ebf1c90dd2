# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the options of flow_log_key_policy. PRIVATE to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from ..errors import InputError
from ..identifiers import KMS_ARN
from .grant_options import WantedGrants, parse_item_regions, parse_item_source, parse_items, parse_sources
from .grants import FROM_ACCOUNTS, FROM_ORGANIZATION, Grant, GrantConditions
from .source_options import parse_organization, parse_regions

_ALLOWED = "id, ARN or alias (alias/NAME) of a KMS key"
#: AWS KMS Developer Guide, "Key identifiers (KeyId)": a UUID, or of multi-Region keys mrk- and 32 hexadecimal digits.
_ID = re.compile(r"(mrk-)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_ALIAS = re.compile(r"alias/[A-Za-z0-9/_-]{1,250}")
_ARN = re.compile(KMS_ARN)


@dataclass(frozen=True)
class WantedKeyUse(WantedGrants):
    """The grants that a task adds to a key policy, or removes from it.

    :param key_id: id, ARN, alias or alias ARN, as in the option.
    :param partition: partition of the task's Region.
    """

    key_id: str
    partition: str

    @property
    def key_account(self) -> str | None:
        """Account in the ARN of the key, None for an id or an alias name."""
        found = _ARN.fullmatch(self.key_id)
        return found.group("account") if found else None


def _parse_key_id(value: str, partition: str, region: str) -> str:
    text = value.strip()
    found = _ARN.fullmatch(text)
    name = found.group("name") if found else text
    if found and found.group("partition") != partition:
        raise InputError("key_id", value, f"a key of the partition of the task's Region, {partition}")
    if found and found.group("region") != region:
        raise InputError(
            "key_id", value, f"a key of the task's Region, {region}; set O(region) to the Region of the key"
        )
    is_key = bool(_ID.fullmatch(name[len("key/") :] if found else name)) and (not found or name.startswith("key/"))
    if not is_key and not _ALIAS.fullmatch(name):
        raise InputError("key_id", value, _ALLOWED)
    if name.startswith("alias/aws/"):
        # VPC User Guide, "Amazon S3 bucket permissions for flow logs": SSE-KMS needs a customer managed key.
        raise InputError("key_id", value, "a customer managed key: the policy of an AWS managed key cannot be changed")
    return text


def wanted_key_use(params: Mapping[str, Any], partition: str, region: str) -> WantedKeyUse:
    """Return the options of flow_log_key_policy.

    :param params: options by name; options that are not set may be missing or None.
    :param partition: partition of the task's Region.
    :param region: the task's Region; a key ARN of another Region is invalid, since KMS would not find the key.
    :raises InputError: for an invalid value.
    """
    organization = parse_organization(params)
    return WantedKeyUse(
        key_id=_parse_key_id(params["key_id"], partition, region),
        partition=partition,
        present=params.get("state", "present") == "present",
        conditions=GrantConditions("", FROM_ORGANIZATION if organization else FROM_ACCOUNTS),
        grants=_parse_grants(params, organization),
    )


def _parse_grants(params: Mapping[str, Any], organization: str | None) -> tuple[Grant, ...]:
    """Return every combination in the options, each once."""
    items = parse_items(params)
    if items is None:
        blocks = [(parse_sources(params, organization), parse_regions(params.get("regions")))]
    else:
        blocks = [
            ((parse_item_source(name, item, organization),), parse_item_regions(name, item)) for name, item in items
        ]
    return tuple(dict.fromkeys(Grant(*parts) for block in blocks for parts in product(*block)))
