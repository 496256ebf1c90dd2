# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides whether a caller may perform an action, from all policies that apply. Pure.

Sources: IAM User Guide, "Policy evaluation logic", "Determining whether a request is allowed or denied within an
account", "Cross-account policy evaluation logic", "Permissions boundaries for IAM entities"; KMS Developer Guide, "Key
policies in AWS KMS" (no access without the key policy).
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import Literal

from .caller_policies import Attached
from .caller_policies import Layers
from .callers import Caller
from .policy_documents import root_arn
from .policy_evaluation import Context
from .policy_evaluation import Statement
from .policy_evaluation import effect_of
from .policy_evaluation import listed
from .policy_evaluation import matching

IDENTITY = "identity-based policy"
RESOURCE = "resource-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
ORGANIZATION = "service control policy"

Grant = Literal["final", "direct", "account", "none", "deny"]
"""What a resource policy grants: ``final`` names the session or user itself, ``direct`` its role or everyone,
``account`` leaves it to the policies of the caller's account."""
Matched = tuple[tuple["Attached | None", Statement], ...]
"""Statements with the policy each stands in; None for policies without a name."""


@dataclass(frozen=True)
class Need:
    """One action on one resource.

    :param context: condition keys of this action and resource, in addition to the global ones.
    :param owner: the account of the resource; None for the caller's.
    :param resource_policy: that of the resource, if it can have one.
    :param policy_required: whether nothing is allowed without the resource policy, even inside the account.
    :param on_behalf: the service does it on the caller's behalf, during another operation.
    """

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)
    owner: str | None = None
    resource_policy: Mapping[str, Any] | None = None
    policy_required: bool = False
    on_behalf: bool = False


@dataclass(frozen=True)
class Verdict:
    """The decision, with the layer and the statements that it is based on.

    :param explicit: a Deny applies; without one, a missing Allow is what denies.
    :param layer: of what denies, as AWS calls it in messages; empty if allowed.
    :param matched: the statements that decide.
    """

    allowed: bool
    explicit: bool = False
    layer: str = ""
    matched: Matched = ()


def decide(caller: Caller, layers: Layers, need: Need, context: Context) -> Verdict:
    """Return whether the caller may do it.

    :param context: the condition keys of the whole request.
    """
    known = {**context, **need.context}
    names = _all_names(caller)
    found = {
        ORGANIZATION: _unnamed(layers.organization, need, known),
        RESOURCE: _unnamed(need.resource_policy, need, known, lambda one: _speaks_of(one, caller, names)),
        IDENTITY: _of_identity(layers.identity, need, known),
        BOUNDARY: _unnamed(layers.boundary, need, known),
        SESSION: _unnamed(layers.session, need, known),
    }
    for layer, statements in found.items():
        denying = tuple(pair for pair in statements if pair[1].get("Effect") == "Deny")
        if denying:
            return Verdict(False, True, layer, denying)
    missing = _missing(caller, layers, need, {layer: bool(statements) for layer, statements in found.items()}, known)
    if missing is not None:
        return Verdict(False, layer=missing)
    return Verdict(True, matched=(*found[IDENTITY], *found[RESOURCE]))


def grant_of(caller: Caller, policy: Mapping[str, Any] | None, need: Need, context: Context) -> Grant:
    """Return what a resource policy grants to the caller; see :data:`Grant`."""

    def says(names: Iterable[str]) -> str:
        wanted = frozenset(names)
        return effect_of(
            matching(policy, lambda one: _speaks_of(one, caller, wanted), need.action, need.resource, context)
        )

    said = says(_all_names(caller))
    if said != "allow":
        return "deny" if said == "deny" else "none"
    if says({caller.arn}) == "allow":
        return "final"
    return "direct" if says({*caller.names, "*"}) == "allow" else "account"


def _missing(caller: Caller, layers: Layers, need: Need, allowed: Mapping[str, bool], context: Context) -> str | None:
    """Return the layer whose Allow is missing, or None if every required layer allows the action."""
    grant = grant_of(caller, need.resource_policy, need, context)
    abroad = need.owner not in (None, caller.account)
    asked: list[tuple[str, bool]] = [(ORGANIZATION, layers.organization is not None)]
    asked.append((RESOURCE, grant == "none" and (abroad or need.policy_required)))
    if abroad or grant != "final":
        asked.append((IDENTITY, layers.identity is not None and (abroad or grant != "direct")))
        asked.append((BOUNDARY, layers.boundary is not None))
        asked.append((SESSION, layers.session is not None))
    return next((layer for layer, must in asked if must and not allowed[layer]), None)


def _unnamed(
    policy: Mapping[str, Any] | None,
    need: Need,
    context: Context,
    concerns: Callable[[Statement], bool] = lambda _one: True,
) -> Matched:
    return tuple((None, one) for one in matching(policy, concerns, need.action, need.resource, context))


def _of_identity(policies: tuple[Attached, ...] | None, need: Need, context: Context) -> Matched:
    return tuple(
        (policy, statement)
        for policy in policies or ()
        for statement in matching(policy.document, lambda _one: True, need.action, need.resource, context)
    )


def _all_names(caller: Caller) -> frozenset[str]:
    return frozenset({"*", caller.account_arn}) | caller.names


def _speaks_of(statement: Statement, caller: Caller, names: frozenset[str]) -> bool:
    """Return whether a statement of a resource policy names one of these principals.

    NotPrincipal exempts only those that it names in full: the account, and the role and the session within it (IAM User
    Guide, "AWS JSON policy elements: NotPrincipal").
    """
    if "NotPrincipal" in statement:
        exempt = _aws_names(statement["NotPrincipal"], caller.partition)
        own = {caller.arn, caller.principal_arn, caller.account_arn}
        return not (own <= exempt or "*" in exempt)
    return not names.isdisjoint(_aws_names(statement.get("Principal", {}), caller.partition))


def _aws_names(principal: Any, partition: str) -> set[str]:
    if not isinstance(principal, Mapping):
        return {str(principal)}
    return {root_arn(str(name), partition) for name in listed(principal.get("AWS", []))}
