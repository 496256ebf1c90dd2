# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What flow_log_permissions_info is asked, and the verdict on it. PRIVATE to this collection.

Each action is asked about on each resource, in each region, with the context keys that are known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..delivery_policy.source_options import parse_regions
from ..flow_log.resource_types import resolve_resource_type
from .catalog import Condition, OPERATIONS, needs_of
from .documents import Statement, document_of, statements_for
from .policies import operations_at_hand, operations_of, permissions_policies
from .principals import parse_principal
from .scope import scope_from_options
from .simulation import ALLOWED, Answer, NOT_ALLOWED, UNKNOWN

SIMULATION, DRY_RUN, NOTHING = "simulation", "dry_run", "none"

#: What no answer here can prove (IAM API Reference, SimulatePrincipalPolicy; IAM User Guide, "Testing IAM policies with
#: the IAM policy simulator").
LIMITS: Mapping[str, str] = {
    SIMULATION: (
        "The simulation looks at the policies of the principal, its boundary and the organization's SCPs. It does not "
        "look at policies of sessions, VPC endpoints, buckets and keys, nor at resource control policies (RCPs)."
    ),
    DRY_RUN: (
        "A dry run proves that EC2 would take this very call. It does not prove logs:CreateLogDelivery, nor anything "
        "about the bucket and its key."
    ),
}


@dataclass(frozen=True)
class SimulationQuery:
    """Actions and resources to ask about in one go: each action on each resource.

    :param region: that the calls would go to.
    :param context: condition key -> value.
    """

    region: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PermissionQuestion:
    """Which permissions are asked about.

    :param principal: ARN, None for the caller.
    :param operations: those at hand.
    :param policies: the least policies that would do.
    :param resource_ids: targets to try dry runs on; so are ``flow_log_ids``.
    """

    principal: str | None
    operations: tuple[str, ...]
    asks: tuple[SimulationQuery, ...]
    policies: tuple[dict[str, Any], ...]
    resource_ids: tuple[str, ...] = ()
    flow_log_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Permission:
    """The answer to one action on one resource.

    :param method: ``simulation``, ``dry_run``, or ``none`` if nobody could be asked.
    """

    action: str
    resource: str
    region: str
    answer: Answer
    method: str
    context: tuple[tuple[str, str], ...] = ()

    def to_dict(self, operations: Iterable[str]) -> dict[str, Any]:
        """Return the answer as the module returns it.

        :param operations: those at hand.
        """
        needs = {name: [need for need in OPERATIONS[name] if need.action == self.action] for name in operations}
        reasons = dict.fromkeys(need.why for found in needs.values() for need in found)
        return {
            "action": self.action,
            "resource": self.resource,
            "region": self.region,
            "decision": self.answer.decision,
            "reason": self.answer.reason,
            "method": self.method,
            "operations": [name for name, found in needs.items() if found],
            "needed_to": "; ".join(reasons),
        }


def question_from_options(params: Mapping[str, Any], account: str, partition: str, region: str) -> PermissionQuestion:
    """Read the options of flow_log_permissions_info.

    :param params: options by name; those not given may be missing or None.
    :param account: account of the principal, which is meant where no ``account_id`` is given.
    :param region: region at work, which is meant where no ``regions`` are given.
    :raises InputError: for what can never work, naming option, value and what is allowed.
    """
    principal = params.get("principal")
    if principal is not None:
        parse_principal(principal)
    if params.get("resource_ids"):
        resolve_resource_type(params["resource_ids"])
    wanted = wanted_of(params["operations"])
    scope: dict[str, Any] = {
        "partition": partition,
        "account_id": params.get("account_id") or account,
        "resource_types": params.get("resource_types"),
        "buckets": params.get("buckets") or (),
        "keys": params.get("keys") or (),
        "principals": params.get("principals") or (),
    }
    regions = parse_regions(params["regions"]) if params.get("regions") else (region,)
    operations = operations_at_hand(wanted, scope_from_options(**scope))
    given = tuple(sorted((str(key), str(value)) for key, value in (params.get("context") or {}).items()))
    asks = [ask for name in regions for ask in _asks(operations, name, given, scope)]
    return PermissionQuestion(
        principal,
        operations,
        _without_repetition(asks),
        tuple(permissions_policies(wanted, region=list(regions), **scope)),
        tuple(params.get("resource_ids") or ()),
        tuple(params.get("flow_log_ids") or ()),
    )


def wanted_of(operations: Sequence[str]) -> str | Sequence[str]:
    """Return a single name as such, as it may be that of a policy, and a list of operations as it is.

    :raises InputError: for unknown names.
    """
    wanted = operations[0] if len(operations) == 1 else operations
    operations_of(wanted)
    return wanted


def _asks(
    operations: Iterable[str], region: str, given: tuple[tuple[str, str], ...], scope: Mapping[str, Any]
) -> list[SimulationQuery]:
    statements = statements_for(needs_of(operations), scope_from_options(region=region, **scope))
    return [
        SimulationQuery(region, statement.actions, statement.resources, _context(statement, region, given))
        for statement in statements
    ]


def _context(statement: Statement, region: str, given: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    known = {"aws:RequestedRegion": region}
    if any(action.startswith("ec2:") for action in statement.actions):
        known["ec2:Region"] = region
    known.update((key, value) for _operator, key, value in statement.conditions)
    known.update(given)
    return tuple(sorted(known.items()))


def _without_repetition(asks: Iterable[SimulationQuery]) -> tuple[SimulationQuery, ...]:
    """Return each ask once; what has no region in its resources is the same in each but for the context."""
    return tuple(dict.fromkeys(asks))


def permitted(permissions: Iterable[Permission]) -> bool | str:
    """Return the verdict: False if something is not allowed, ``unknown`` if something is not known, else True."""
    decisions = {permission.answer.decision for permission in permissions}
    if decisions - {ALLOWED, UNKNOWN}:
        return False
    return UNKNOWN if UNKNOWN in decisions else True


def missing_policy(permissions: Iterable[Permission], operations: Sequence[str]) -> dict[str, Any] | None:
    """Return the least policy that allows what no statement allows, None if there is nothing of that kind.

    What a statement, a boundary or an organization denies is fixed by no further statement.
    """
    wanted = {
        (permission.action, permission.resource): permission
        for permission in permissions
        if permission.answer.decision == NOT_ALLOWED
    }
    by_resources: dict[tuple[Any, ...], list[str]] = {}
    for action in sorted({action for action, _resource in wanted}):
        resources = tuple(sorted({resource for name, resource in wanted if name == action}))
        context = {pair for resource in resources for pair in wanted[(action, resource)].context}
        by_resources.setdefault((resources, _conditions(action, operations, context)), []).append(action)
    statements = [
        Statement("FlowLog", tuple(actions), resources, conditions)
        for (resources, conditions), actions in by_resources.items()
    ]
    if not statements:
        return None
    document = document_of(statements)
    # Without a Sid they can be pasted into any policy; IAM wants Sids to be unique.
    bare = [{key: value for key, value in one.items() if key != "Sid"} for one in document["Statement"]]
    return {**document, "Statement": bare}


def _conditions(action: str, operations: Iterable[str], context: set[tuple[str, str]]) -> tuple[Condition, ...]:
    """Return the conditions of an action that it was asked about with: under these it is enough to have it."""
    needs = [need for name in operations for need in OPERATIONS[name] if need.action == action]
    conditions = {condition for need in needs for condition in need.conditions}
    return tuple(sorted(condition for condition in conditions if condition[1:] in context))


def summary_of(principal: str, permissions: Sequence[Permission], shown: int = 5) -> str:
    """Return the verdict in words.

    :param principal: ARN.
    :param shown: how many actions are spelt out.
    """
    verdict = permitted(permissions)
    if verdict is True:
        return f"{principal} has every permission asked about, as far as can be told."
    lacking = [item for item in permissions if (item.answer.decision == UNKNOWN) == (verdict == UNKNOWN)]
    lacking = [item for item in lacking if item.answer.decision != ALLOWED]
    actions = list(dict.fromkeys(item.action for item in lacking))
    names = ", ".join(actions[:shown]) + (f" and {len(actions) - shown} more" if len(actions) > shown else "")
    if verdict is False:
        return f"{principal} is missing {names}."
    return f"Whether {principal} has {names} is not known: {lacking[0].answer.reason}"
