# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policies that apply to a caller, layer by layer, from moto's IAM and the fleet.

Source: IAM User Guide, "Policy evaluation logic": identity-based policies, permissions boundaries, session policies and
the policies of an organization.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends

from .callers import ROOT
from .callers import USER
from .callers import Caller

organization_policies: dict[str, Mapping[str, Any]] = {}
"""The organization policy of each account: one document in place of all service control policies."""

_NOTHING: Mapping[str, Any] = {"Version": "2012-10-17", "Statement": []}


@dataclass(frozen=True)
class Attached:
    """One identity-based policy.

    :param kind: as SourcePolicyType of the IAM API: user, group, role, user-managed, aws-managed.
    :param owner: the name of the user, group or role of an inline policy.
    """

    name: str
    kind: str
    document: Mapping[str, Any]
    owner: str = ""


@dataclass(frozen=True)
class Layers:
    """The policies that apply to a caller.

    ``identity`` is None for the root, which needs no policy; the others are None if absent.
    """

    identity: tuple[Attached, ...] | None
    boundary: Mapping[str, Any] | None = None
    session: Mapping[str, Any] | None = None
    organization: Mapping[str, Any] | None = None


def layers_of(caller: Caller) -> Layers:
    """Return the policies that currently apply to a caller."""
    organization = organization_policies.get(caller.account)
    if caller.kind == ROOT:
        return Layers(None, organization=organization)
    session = None if caller.session_policy is None else json.loads(caller.session_policy)
    return Layers(tuple(_identity(caller)), _boundary(caller), session, organization)


def forget() -> None:
    """Remove all organization policies."""
    organization_policies.clear()


def _identity(caller: Caller) -> Iterator[Attached]:
    if caller.entity is None:
        return
    yield from _of(caller.entity, caller.kind)
    if caller.kind == USER:
        for group in iam_backends[caller.account][caller.partition].get_groups_for_user(caller.entity.name):
            yield from _of(group, "group")


def _of(entity: Any, kind: str) -> Iterator[Attached]:
    for name, text in entity.policies.items():
        yield Attached(name, kind, json.loads(text), entity.name)
    for policy in entity.managed_policies.values():
        yield Attached(policy.name, "aws-managed" if ":iam::aws:" in policy.arn else "user-managed", _default(policy))


def _boundary(caller: Caller) -> Mapping[str, Any] | None:
    """Return the boundary's document. moto has those of roles only; the fleet stores those of users alike."""
    arn = getattr(caller.entity, "permissions_boundary_arn", None)
    if not arn:
        return None
    policy = iam_backends[caller.account][caller.partition].managed_policies.get(arn)
    # A deleted boundary allows nothing.
    return _NOTHING if policy is None else _default(policy)


def _default(policy: Any) -> Mapping[str, Any]:
    version = next(version for version in policy.versions if version.version_id == policy.default_version_id)
    return json.loads(version.document)
