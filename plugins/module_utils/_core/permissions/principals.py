# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads ARNs of users, groups, roles and sessions. PRIVATE to this collection.

IAM User Guide, "IAM identifiers": ARNs of users, groups and roles contain their path. The ARN of a session, which
GetCallerIdentity returns, contains the name of the role without its path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InputError
from ..identifiers import ACCOUNT, IAM_ARN, PARTITION

_ENTITY = re.compile(rf"{IAM_ARN}:(?P<kind>user|group|role)(?P<path>/(?:\S*/)?)(?P<name>[\w+=,.@-]{{1,128}})", re.ASCII)
_SESSION = re.compile(
    rf"arn:(?P<partition>{PARTITION}):sts::(?P<account>{ACCOUNT}):assumed-role/(?P<name>[\w+=,.@-]{{1,64}})/[\w+=,.@-]+",
    re.ASCII,
)
_ROOT = re.compile(rf"{IAM_ARN}:root")

USER, GROUP, ROLE, SESSION, ROOT = "user", "group", "role", "session", "root"
_ALLOWED = "the ARN of a user, group or role, or of a session of a role"


@dataclass(frozen=True)
class Principal:
    """A principal whose permissions are checked.

    :param kind: ``user``, ``group``, ``role``, ``session`` of a role, or ``root``.
    :param path: ``/`` or for example ``/network/``; ``None`` for a session, because it is unknown.
    """

    arn: str
    kind: str
    partition: str
    account: str
    name: str
    path: str | None


def context_of(arn: str) -> tuple[tuple[str, str], ...]:
    """Return the condition keys of every request of a principal, with their values.

    Requests use TLS and do not go through another service (IAM User Guide, "AWS global condition context keys").

    :param arn: ARN of the user, group or role; for a session the ARN of its role.
    """
    return (
        ("aws:PrincipalAccount", arn.split(":")[4]),
        ("aws:PrincipalArn", arn),
        ("aws:SecureTransport", "true"),
        ("aws:ViaAWSService", "false"),
    )


def parse_principal(arn: str, option: str = "principal") -> Principal:
    """Return the principal with an ARN.

    :param option: name of the option, for the error.
    :raises InputError: for an ARN of something other than a user, group, role, session or root user.
    """
    text = arn.strip()
    for kind, pattern in ((None, _ENTITY), (SESSION, _SESSION), (ROOT, _ROOT)):
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            return Principal(
                text,
                kind or parts["kind"],
                parts["partition"],
                parts["account"],
                parts.get("name", ROOT),
                parts.get("path"),
            )
    raise InputError(option, arn, _ALLOWED)
