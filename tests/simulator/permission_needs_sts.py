# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions that STS operations need: the role's trust policy, and across accounts also an IAM policy.

Sources: STS API Reference, AssumeRole ("You cannot call AssumeRole by using AWS account root user credentials"),
GetCallerIdentity ("No permissions are required"); IAM User Guide, "Roles terms and concepts" (trust policy).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .authorization_decision import Need
from .callers import ROLE
from .callers import Caller
from .callers import find_entity
from .policy_evaluation import listed
from .requests import Call

_FREE = {"GetCallerIdentity", "GetSessionToken"}


def needs_of(call: Call, caller: Caller) -> list[Need] | None:
    """Return what a call needs, or None if it is not in the table."""
    if call.operation in _FREE:
        return []
    if call.operation != "AssumeRole":
        return None
    arn = str(call.parameters.get("RoleArn"))
    parts = arn.split(":")
    given = {"sts:RoleSessionName": "RoleSessionName", "sts:ExternalId": "ExternalId"}
    context = {key: str(call.parameters[name]) for key, name in given.items() if call.parameters.get(name)}
    owner = parts[4] if len(parts) > 4 else caller.account
    return [Need("sts:AssumeRole", arn, context, owner, _trust(arn), True)]


def _trust(arn: str) -> Mapping[str, Any] | None:
    """Return the trust policy as a resource policy, with the Resource that it omits."""
    role = find_entity(arn)
    if role is None or role.kind != ROLE:
        return None
    policy = json.loads(role.entity.assume_role_policy_document)
    statements = [{**statement, "Resource": "*"} for statement in listed(policy.get("Statement", []))]
    return {**policy, "Statement": statements}
