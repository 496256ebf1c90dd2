# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions that KMS operations need: always the key policy, and IAM policies if it delegates to the account.

Sources: Service Authorization Reference, "Actions, resources, and condition keys for AWS Key Management Service"; KMS
Developer Guide, "Key policies in AWS KMS" and "Default key policy".
"""

from __future__ import annotations

from . import keys
from .authorization_decision import Need
from .callers import Caller
from .requests import Call

_WITHOUT_KEY = {"CreateKey", "ListKeys", "ListAliases", "GenerateRandom"}
_OF_ALIASES = {"CreateAlias", "DeleteAlias", "UpdateAlias"}


def needs_of(call: Call, caller: Caller) -> list[Need] | None:
    """Return what a call needs, or None if it applies to no key.

    A missing key of the caller's account needs nothing, since KMS reports it; one of another account is denied.
    """
    if call.operation in _WITHOUT_KEY:
        return None
    needs = _of_alias(call, caller)
    named = call.parameters.get("KeyId") or call.parameters.get("TargetKeyId")
    if named is None:
        return needs or None
    return [*needs, *_of_key(call, caller, str(named))]


def _of_alias(call: Call, caller: Caller) -> list[Need]:
    """KMS Developer Guide, "Controlling access to aliases": of the alias in IAM policies, and of the key."""
    if call.operation not in _OF_ALIASES:
        return []
    alias = call.parameters.get("AliasName", "")
    return [Need(f"kms:{call.operation}", f"arn:{caller.partition}:kms:{call.region}:{caller.account}:{alias}")]


def _of_key(call: Call, caller: Caller, named: str) -> list[Need]:
    full = keys.full_name(named, caller.account, call.region)
    key = keys.find(full)
    if key is None:
        owner = full.split(":")[4:5]
        abroad = owner != [caller.account]
        return [Need(f"kms:{call.operation}", full, owner=owner[0], policy_required=True)] if abroad and owner else []
    context = {"kms:CallerAccount": caller.account, "aws:ResourceAccount": key.account_id}
    if ":alias/" in full:
        context["kms:RequestAlias"] = full.split(":", 5)[5]
    return [Need(f"kms:{call.operation}", key.arn, context, key.account_id, keys.policy_of(key), True)]
