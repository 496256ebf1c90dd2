# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates the users, groups and roles of a fleet in moto's IAM."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.models import iam_backends
from moto.iam.policy_validation import IAMPolicyDocumentValidator

from .fleet import FleetError
from .fleet_principals import Principal


def check(principal: Principal) -> None:
    """Check that a principal can be created.

    :raises FleetError: the name exists, or one of its policies is invalid.
    """
    backend = iam_backends[principal.account]["aws"]
    taken = {
        "user": backend.users,
        "group": backend.groups,
        "role": {role.name for role in backend.roles.values()},
    }
    if principal.name in taken[principal.kind]:
        raise FleetError(f"the {principal.kind} {principal.name} of {principal.account} exists already")
    for name, document in principal.documents():
        try:
            IAMPolicyDocumentValidator(json.dumps(document)).validate()
        except MalformedPolicyDocument as error:
            raise FleetError(f"the policy {name} of the {principal.kind} {principal.name}: {error.message}") from error


def plant(principal: Principal) -> None:
    """Create one principal with its policies."""
    backend = iam_backends[principal.account]["aws"]
    made = _MAKERS[principal.kind](backend, principal)
    put = getattr(backend, f"put_{principal.kind}_policy")
    attach = getattr(backend, f"attach_{principal.kind}_policy")
    for name, document in principal.policies.items():
        put(principal.name, name, json.dumps(document))
    for name, document in principal.attached.items():
        attach(_managed(backend, name, document), principal.name)
    if principal.boundary is not None:
        # moto has the attribute for roles only; the simulator adds it to users.
        made.permissions_boundary_arn = _managed(backend, f"{principal.name}-boundary", principal.boundary)


def _managed(backend: Any, name: str, document: Mapping[str, Any]) -> str:
    """Return the ARN of a managed policy; several principals of an account may share it."""
    arn = f"arn:aws:iam::{backend.account_id}:policy/{name}"
    if arn not in backend.managed_policies:
        backend.create_policy("", "/", json.dumps(document), name, [])
    return arn


def _user(backend: Any, principal: Principal) -> Any:
    user = backend.create_user("aws", principal.name, principal.path)
    for group in principal.groups:
        backend.add_user_to_group(group, principal.name)
    if principal.access_key:
        key = backend.create_access_key(principal.name)
        del backend.access_keys[key.access_key_id]
        key.access_key_id = principal.access_key
        backend.access_keys[key.access_key_id] = key
    return user


def _group(backend: Any, principal: Principal) -> Any:
    return backend.create_group(principal.name, principal.path)


def _role(backend: Any, principal: Principal) -> Any:
    return backend.create_role(principal.name, json.dumps(principal.trust), principal.path, None, "", [], None)


_MAKERS: dict[str, Callable[[Any, Principal], Any]] = {"user": _user, "group": _group, "role": _role}
