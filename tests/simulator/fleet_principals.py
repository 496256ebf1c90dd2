# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the users, groups and roles of a fleet's account. Pure; see :mod:`fleet` for the whole document. ::

organization_policy: null               # or a policy document of the organization for this account
groups:
  - name: network
users:
  - name: deploy
    path: /team/                        # the default is /
    groups: [network]
    access_key: AKIAFLEETDEPLOYAAAAA    # requests signed with it come from this user; any secret will do
    policies:                           # inline policies by name
      look: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "ec2:DescribeVpcs", Resource: "*"}]}
    attached:                           # managed policies by name; they are created in the account
      publish: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "ec2:CreateFlowLogs", Resource: "*"}]}
    boundary: null                      # or a policy document; it becomes the managed policy NAME-boundary
roles:
  - name: flow-logs
    trust: ["222222222222"]             # accounts and ARNs that may assume it, or a trust policy document
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from .fleet_document import Entry
from .fleet_document import FleetError

_KINDS = (("groups", "group"), ("users", "user"), ("roles", "role"))
_COMMON_KEYS = ("name", "path", "policies", "attached")
_KEYS = {"user": ("groups", "access_key", "boundary"), "role": ("trust", "boundary"), "group": ()}
_PATH = re.compile(r"/([\x21-\x7e]+/)?")


@dataclass(frozen=True)
class Principal:
    """One IAM ``user``, ``group`` or ``role``.

    :param policies: inline policies by name; ``attached``: managed policies by name.
    :param trust: the trust policy of a role.
    """

    account: str
    kind: str
    name: str
    policies: Mapping[str, Any]
    groups: tuple[str, ...] = ()
    trust: Mapping[str, Any] = field(default_factory=dict)
    access_key: str | None = None
    path: str = "/"
    attached: Mapping[str, Any] = field(default_factory=dict)
    boundary: Mapping[str, Any] | None = None

    def documents(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """All identity policies and the boundary, by name."""
        yield from {**self.policies, **self.attached}.items()
        if self.boundary is not None:
            yield "boundary", self.boundary


def principals_of(account: str, entry: Entry) -> list[Principal]:
    """Return the groups, users and roles of an account, groups first.

    :raises FleetError: as :func:`fleet.parse`.
    """
    return [
        _principal(account, kind, item)
        for plural, kind in _KINDS
        for item in entry.entries(plural, (*_COMMON_KEYS, *_KEYS[kind]))
    ]


def organization_policy_of(entry: Entry) -> Mapping[str, Any] | None:
    """Return the organization policy of an account, or None without one."""
    return _document(entry, "organization_policy")


def _principal(account: str, kind: str, item: Entry) -> Principal:
    return Principal(
        account,
        kind,
        item.required("name"),
        dict(item.mapping("policies")),
        tuple(item.list("groups")),
        _trust(account, item),
        _access_key(item),
        _path(item),
        dict(item.mapping("attached")),
        _document(item, "boundary"),
    )


def _document(item: Entry, key: str) -> Mapping[str, Any] | None:
    return None if item.raw.get(key) is None else item.mapping(key)


def _trust(account: str, item: Entry) -> Mapping[str, Any]:
    """Return the trust policy; the default trusts the account itself."""
    if isinstance(item.raw.get("trust"), Mapping):
        return item.mapping("trust")
    named = [str(who) for who in item.list("trust")] or [account]
    who = [one if one.startswith("arn:") else f"arn:aws:iam::{one}:root" for one in named]
    statement = {"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _path(item: Entry) -> str:
    """IAM User Guide, "IAM identifiers"."""
    path = item.text("path", "/")
    if path is None or not _PATH.fullmatch(path):
        raise FleetError(f"{item.place}.path: expected a path that begins and ends with /, found {path}")
    return path


def _access_key(item: Entry) -> str | None:
    key = item.text("access_key")
    if key is not None and not re.fullmatch(r"AKIA[A-Z2-7]{16}", key):
        raise FleetError(f"{item.place}.access_key: expected AKIA and 16 letters A to Z or digits 2 to 7, found {key}")
    return key
