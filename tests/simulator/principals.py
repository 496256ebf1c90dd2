# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users and roles that resource policies can name, and their unique ids after deletion.

Sources: S3 User Guide, "Principals for bucket policies"; KMS API Reference, PutKeyPolicy ("The principals in the key
policy must exist and be visible to KMS"); IAM User Guide, "AWS JSON policy elements: Principal".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from moto.iam.models import IAMBackend
from moto.iam.models import iam_backends

from . import policy_documents

_UNIQUE_ID = re.compile(r"(AIDA|AROA)[A-Z0-9]+")
_PRINCIPAL_ARN = re.compile(r"arn:[^:]+:iam::(\d{12}):(?:user|role)/[^*?]+")
_OTHER_ARN = re.compile(r"arn:[^:]+:(?:iam::\d{12}:root|iam::cloudfront:user/.+|sts::\d{12}:[^*?]+)")

Renamed = Callable[[str, str], None]
"""Called with the ARN of a deleted user or role, and its unique id."""

_listeners: list[Renamed] = []

_once_known: set[str] = set()
"""Accounts with a deleted user or role."""


def install() -> None:
    """Install the replacements in moto. Calling it again has no effect."""
    if getattr(IAMBackend, "_simulator_principals", False):
        return
    IAMBackend._simulator_principals = True
    IAMBackend.delete_user = _leaving_unique_ids(IAMBackend.delete_user, "get_user")
    IAMBackend.delete_role = _leaving_unique_ids(IAMBackend.delete_role, "get_role")


def reset() -> None:
    """Forget deleted users and roles."""
    _once_known.clear()


def when_deleted(listener: Renamed) -> None:
    """Register a function to call for each deleted user or role."""
    _listeners.append(listener)


def resolver(owner: str) -> policy_documents.Resolve:
    """Return a function that gives the stored name of an AWS principal in a resource policy.

    Users and roles of unknown accounts are assumed to exist.

    :param owner: the account of the resource.
    """
    ids = _unique_ids()
    known = {arn.split(":")[4] for arn in ids} | _once_known | {owner}
    return _Principals(ids, {name: arn for arn, name in ids.items()}, known).resolve


@dataclass(frozen=True)
class _Principals:
    ids: Mapping[str, str]
    arns: Mapping[str, str]
    known_accounts: set[str]

    def resolve(self, name: str) -> str | None:
        """Return the ARN to store, or None if the principal does not exist."""
        if _UNIQUE_ID.fullmatch(name):
            return self.arns.get(name)
        return name if name == policy_documents.EVERYONE or self._exists(name) else None

    def _exists(self, arn: str) -> bool:
        match = _PRINCIPAL_ARN.fullmatch(arn)
        if match is None:
            return _OTHER_ARN.fullmatch(arn) is not None
        return arn in self.ids or match.group(1) not in self.known_accounts


def _unique_ids() -> dict[str, str]:
    """Return the unique id of each user and role, by ARN."""
    return {
        entity.arn: unique_id(entity.id, kind)
        for _account, partitions in list(iam_backends.items())
        for backend in list(partitions.values())
        for kind, entities in (("AIDA", backend.users), ("AROA", backend.roles))
        for entity in entities.values()
    }


def unique_id(moto_id: str, prefix: str) -> str:
    """Return a unique id with the prefix that moto omits for users (IAM User Guide, "IAM identifiers")."""
    return moto_id if moto_id.startswith(prefix) else f"{prefix}{moto_id.upper()}"[:21]


def _leaving_unique_ids(original: Callable[..., None], getter: str) -> Callable[..., None]:
    """Wrap a delete function so that stored policies name the principal by its unique id."""
    prefix = "AIDA" if getter == "get_user" else "AROA"

    @wraps(original)
    def delete(self: IAMBackend, *args: Any, **named: Any) -> None:
        entity = getattr(self, getter)(*args, **named)
        original(self, *args, **named)
        _once_known.add(self.account_id)
        for renamed in _listeners:
            renamed(entity.arn, unique_id(entity.id, prefix))

    return delete
