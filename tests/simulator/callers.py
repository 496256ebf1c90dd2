# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The caller of an API operation: the account's root user, an IAM user, or a role session.

Sources: IAM User Guide, "IAM identifiers" (a user's ARN has its path); "AWS JSON policy elements: Principal" and
"AWS global condition context keys" (the ARN of a session names the role without its path, aws:PrincipalArn of a session
is the role's ARN); STS API Reference, GetCallerIdentity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from .policy_documents import root_arn
from .principals import unique_id

ROOT = "root"
USER = "user"
GROUP = "group"
ROLE = "role"
_ACCOUNT = re.compile(r"\d{12}")
_PRINCIPAL_TYPES = {ROOT: "Account", USER: "User", ROLE: "AssumedRole"}


@dataclass(frozen=True)
class Caller:
    """Who makes a call.

    :param kind: :data:`ROOT`, :data:`USER` or :data:`ROLE`; ``GROUP`` for a group whose policies are simulated.
    :param arn: as in GetCallerIdentity and error messages; for a session, the ARN of the session.
    :param principal_arn: as in policies; for a session, the ARN of the role.
    :param user_id: as in aws:userid.
    :param entity: moto's user, group or role; None for the root, and for a role that does not exist.
    :param session_policy: the text of the session policy.
    """

    kind: str
    account: str
    partition: str
    arn: str
    principal_arn: str
    user_id: str
    entity: Any = None
    session_policy: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names of the caller in a resource policy, without the account and everyone."""
        return frozenset({self.arn, self.principal_arn, self.user_id.split(":")[0]})

    @property
    def account_arn(self) -> str:
        """The name of the whole account in a resource policy."""
        return root_arn(self.account, self.partition)

    def context(self) -> Mapping[str, str]:
        """The global condition keys about the caller (IAM User Guide, "AWS global condition context keys")."""
        name = {"aws:username": self.entity.name} if self.kind == USER else {}
        tags = getattr(self.entity, "tags", None) or []
        return {
            "aws:PrincipalArn": self.principal_arn,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalType": _PRINCIPAL_TYPES.get(self.kind, ""),
            "aws:PrincipalIsAWSService": "false",
            "aws:userid": self.user_id,
            **name,
            **{f"aws:PrincipalTag/{tag['Key']}": tag["Value"] for tag in tags},
        }


def caller_of(access_key: str, account: str, region: str) -> Caller:
    """Return the owner of an access key. An unknown key belongs to the account's root user.

    :param account: the account that the key belongs to.
    """
    for partition, backend in iam_backends[account].items():
        key = backend.access_keys.get(access_key)
        if key is not None and key.user_name:
            return of_user(backend.users[key.user_name])
        session = sts_backends[account][partition].get_assumed_role_from_access_key(access_key) if key else None
        if session is not None:
            return _of_session(session)
    return of_root(account, get_partition(region))


def of_root(account: str, partition: str) -> Caller:
    """The root of an account, whose unique id is the account's number."""
    arn = root_arn(account, partition)
    return Caller(ROOT, account, partition, arn, arn, account)


def of_user(user: Any) -> Caller:
    """A user, under its own access key."""
    partition = user.arn.split(":")[1]
    return Caller(USER, user.account_id, partition, user.arn, user.arn, unique_id(user.id, "AIDA"), user)


def find_entity(arn: str) -> Caller | None:
    """Return the user, group or role with this ARN, or None if it does not exist."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or not _ACCOUNT.fullmatch(parts[4]) or parts[1] not in iam_backends[parts[4]]:
        return None
    backend = iam_backends[parts[4]][parts[1]]
    kept = {USER: backend.users, GROUP: backend.groups, ROLE: backend.roles}
    kind = parts[5].split("/")[0]
    found = next((entity for entity in kept.get(kind, {}).values() if entity.arn == arn), None)
    return None if found is None else Caller(kind, parts[4], parts[1], arn, arn, found.id, found)


def _of_session(session: AssumedRole) -> Caller:
    role = next(
        (
            role
            for role in iam_backends[session.account_id][session.partition].roles.values()
            if role.arn == session.role_arn
        ),
        None,
    )
    return Caller(
        ROLE,
        session.account_id,
        session.partition,
        session.arn,
        session.role_arn,
        session.user_id,
        role,
        session.policy,
    )
