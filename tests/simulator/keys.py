# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keys of a fleet in moto's KMS, and the facts about a key that log delivery depends on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.core.utils import utcnow
from moto.kms.models import Alias
from moto.kms.models import Key
from moto.kms.models import kms_backends
from moto.utilities.utils import get_partition

from . import fleet_storage
from .verdicts import KeyFacts

WAITING_DAYS = 30
"""The waiting period of a key that is pending deletion: the maximum (KMS API Reference, ScheduleKeyDeletion)."""


def find(name: str) -> Key | None:
    """Return a key by key ARN or alias ARN, in any account and Region, or None.

    :param name: a key ARN or alias ARN; any other text gives None.
    """
    parts = name.split(":", 5)
    if len(parts) != 6 or parts[2] != "kms":
        return None
    account, region, resource = parts[4], parts[3], parts[5]
    if region not in kms_backends[account]:
        return None
    return _in_place(account, region, resource)


def exists(account: str, region: str, key_id: str) -> bool:
    """Return whether the id exists there."""
    return key_id in kms_backends[account][region].keys


def facts_of(name: str) -> KeyFacts | None:
    """Return the facts that log delivery depends on for the key with this ARN, or None."""
    key = find(name)
    if key is None:
        return None
    return KeyFacts(key.arn, key.region, key.key_state, policy_of(key), key.key_usage, key.key_spec)


def policy_of(key: Key) -> dict[str, Any] | None:
    """Return the key policy, or None for an invalid text, which moto's CreateKey accepts."""
    try:
        policy = json.loads(key.policy)
    except ValueError:
        return None
    return policy if isinstance(policy, dict) else None


def full_name(name: str, account: str, region: str) -> str:
    """Return the ARN of a key or alias that a caller named by ARN, id or alias."""
    if name.startswith("arn:"):
        return name
    resource = name if name.startswith("alias/") else f"key/{name}"
    return f"arn:{get_partition(region)}:kms:{region}:{account}:{resource}"


def set_policy(name: str, policy: Mapping[str, Any] | None) -> None:
    """Set a key policy without checks. An unknown key is ignored.

    :param name: key ARN or alias ARN.
    :param policy: None for the default policy of KMS, since every key has one.
    """
    key = find(name)
    if key is not None:
        key.policy = key.generate_default_policy() if policy is None else json.dumps(policy)


def plant(planted: fleet_storage.Key) -> None:
    """Create a key with its id, state, policy and aliases."""
    backend = kms_backends[planted.account][planted.region]
    key = Key(
        None, planted.usage, planted.spec, planted.description, planted.account, planted.region, planted.multi_region
    )
    key.arn = key.arn.replace(key.id, planted.id)
    key.id = planted.id
    if planted.multi_region:
        key.multi_region_configuration["PrimaryKey"]["Arn"] = key.arn
    key.policy = key.generate_default_policy() if planted.policy is None else json.dumps(planted.policy)
    key.key_state, key.enabled = planted.state, planted.state == "Enabled"
    if planted.state == "PendingDeletion":
        key.deletion_date = utcnow() + timedelta(days=WAITING_DAYS)
    backend.keys[key.id] = key
    for alias in planted.aliases:
        key.aliases[alias] = Alias(planted.account, planted.region, alias, key)


def _in_place(account: str, region: str, resource: str) -> Key | None:
    present = kms_backends[account][region].keys
    if resource.startswith("alias/"):
        return next((key for key in present.values() if resource in key.aliases), None)
    return present.get(resource.removeprefix("key/"))
