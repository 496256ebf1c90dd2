# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions that IAM operations need: an action of the same name, on the user, group, role or policy concerned.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access
Management"; IAM User Guide, "Tags for IAM resources" (tags at creation).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.iam.models import iam_backends

from .authorization_decision import Need
from .callers import USER
from .callers import Caller
from .requests import Call

_OWN = {"ChangePassword", "GetUser", "CreateAccessKey", "DeleteAccessKey", "ListAccessKeys", "UpdateAccessKey"}
"""Operations that apply to the caller's own user by default."""
_TAGGED = {"CreateUser": "iam:TagUser", "CreateRole": "iam:TagRole", "CreatePolicy": "iam:TagPolicy"}
_SIMULATIONS = ("SimulatePrincipalPolicy", "GetContextKeysForPrincipalPolicy")


def needs_of(call: Call, caller: Caller) -> list[Need] | None:
    """Return what a call needs, or None if it applies to no single resource."""
    resource = _resource(call, caller)
    if resource is None:
        return None
    further = _TAGGED.get(call.operation) if call.parameters.get("Tags") else None
    context = _context(call)
    return [Need(action, resource, context) for action in (f"iam:{call.operation}", further) if action]


def _resource(call: Call, caller: Caller) -> str | None:
    """Return the ARN with the path of the existing or new entity."""
    given = call.parameters
    if call.operation in _SIMULATIONS:
        return given.get("PolicySourceArn")
    backend = iam_backends[caller.account][caller.partition]
    for parameter, kind, entities in (
        ("InstanceProfileName", "instance-profile", backend.instance_profiles.values()),
        ("GroupName", "group", backend.groups.values()),
        ("RoleName", "role", backend.roles.values()),
        ("UserName", "user", backend.users.values()),
        ("PolicyName", "policy", ()),
    ):
        # Inline policies have a name and no ARN; only CreatePolicy applies to the named policy.
        if parameter in given and (kind != "policy" or call.operation == "CreatePolicy"):
            return _arn(caller, kind, given[parameter], given.get("Path") or "/", entities)
    if "PolicyArn" in given:
        return given["PolicyArn"]
    return caller.principal_arn if call.operation in _OWN and caller.kind == USER else None


def _arn(caller: Caller, kind: str, name: str, path: str, entities: Iterable[Any]) -> str:
    found = next((entity.arn for entity in entities if entity.name == name), None)
    return found or f"arn:{caller.partition}:iam::{caller.account}:{kind}{path}{name}"


def _context(call: Call) -> dict[str, Any]:
    given = call.parameters
    context: dict[str, Any] = {}
    if "PolicyArn" in given:
        context["iam:PolicyARN"] = given["PolicyArn"]
    if given.get("PermissionsBoundary"):
        context["iam:PermissionsBoundary"] = given["PermissionsBoundary"]
    tags = {str(tag["Key"]): str(tag.get("Value", "")) for tag in given.get("Tags") or []}
    if tags:
        context["aws:TagKeys"] = list(tags)
        context.update({f"aws:RequestTag/{key}": value for key, value in tags.items()})
    return context
