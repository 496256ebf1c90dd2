# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Queries for flow_log_permissions_info, and the verdict on their answers. PRIVATE to this collection.

The module checks each action on each resource in each Region, with the context keys that are known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from ..delivery_policy.source_options import parse_regions
from ..flow_log.resource_types import resolve_resource_type
from .catalog import Condition, OPERATIONS, needs_of
from .documents import Statement, document_of, statements_for
from .policies import expand_operations, operations_of, permissions_policies
from .principals import parse_principal
from .scope import scope_from_options
from .simulation import ALLOWED, Answer, NOT_ALLOWED, UNKNOWN

SIMULATION, DRY_RUN, NOTHING = "simulation", "dry_run", "none"

#: What each method cannot prove (IAM API Reference, SimulatePrincipalPolicy; IAM User Guide, "Testing IAM policies with
#: the IAM policy simulator").
LIMITS: Mapping[str, str] = {
    SIMULATION: (
        "The simulation includes the policies of the principal, its boundary and the organization's SCPs. It does not "
        "include policies of sessions, VPC endpoints, buckets and keys, nor resource control policies (RCPs)."
    ),
    DRY_RUN: (
        "A dry run proves that EC2 would accept exactly this call. It does not check logs:CreateLogDelivery, the bucket "
        "or its key."
    ),
}


@dataclass(frozen=True)
class SimulationQuery:
    """Actions and resources to check together: each action on each resource.

    :param region: Region of the calls.
    :param context: pairs of condition key and value.
    """

    region: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PermissionQuestion:
    """Which permissions to check.

    :param principal: ARN; ``None`` for the caller.
    :param operations: keys of :data:`OPERATIONS`.
    :param queries: simulations of all actions.
    :param policies: the least policies that allow the operations.
    :param resource_ids: targets for dry runs.
    :param flow_log_ids: flow logs for dry runs.
    """

    principal: str | None
    operations: tuple[str, ...]
    queries: tuple[SimulationQuery, ...]
    policies: tuple[dict[str, Any], ...]
    resource_ids: tuple[str, ...] = ()
    flow_log_ids: tuple[str, ...] = ()


class PermissionDict(TypedDict):
    """A :class:`Permission` as the module returns it."""

    action: str
    resource: str
    region: str
    decision: str
    reason: str
    method: str
    operations: list[str]
    needed_to: str


@dataclass(frozen=True)
class Permission:
    """Whether one action on one resource is allowed.

    :param method: ``simulation``, ``dry_run``, or ``none`` if neither was possible.
    :param context: pairs of condition key and value with which it was checked.
    """

    action: str
    resource: str
    region: str
    answer: Answer
    method: str
    context: tuple[tuple[str, str], ...] = ()

    def to_dict(self, operations: Iterable[str]) -> PermissionDict:
        """Return the permission as the module returns it.

        :param operations: the operations of the question.
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

    :param params: options by name; those that are not given may be missing or ``None``.
    :param account: account of the principal, the default of ``account_id``.
    :param region: Region of the module, the default of ``regions``.
    :raises InputError: for values that cannot work.
    """
    principal = params.get("principal")
    if principal is not None:
        parse_principal(principal)
    if params.get("resource_ids"):
        resolve_resource_type(params["resource_ids"])
    selection = selection_of(params["operations"])
    scope: dict[str, Any] = {
        "partition": partition,
        "account_id": params.get("account_id") or account,
        "resource_types": params.get("resource_types"),
        "buckets": params.get("buckets") or (),
        "keys": params.get("keys") or (),
        "principals": params.get("principals") or (),
    }
    regions = parse_regions(params["regions"]) if params.get("regions") else (region,)
    operations = expand_operations(selection, scope_from_options(**scope))
    given = tuple(sorted((str(key), str(value)) for key, value in (params.get("context") or {}).items()))
    queries = [query for name in regions for query in _queries(operations, name, given, scope)]
    return PermissionQuestion(
        principal,
        operations,
        # Queries whose resources and context have no Region are equal in all Regions.
        tuple(dict.fromkeys(queries)),
        tuple(permissions_policies(selection, region=list(regions), **scope)),
        tuple(params.get("resource_ids") or ()),
        tuple(params.get("flow_log_ids") or ()),
    )


def selection_of(operations: Sequence[str]) -> str | Sequence[str]:
    """Return the only item of a list, which may be the name of a policy, or else the list of operations.

    :raises InputError: for unknown names.
    """
    selection = operations[0] if len(operations) == 1 else operations
    operations_of(selection)
    return selection


def _queries(
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


def permitted(permissions: Iterable[Permission]) -> bool | str:
    """Return the verdict: ``False`` if something is not allowed, else ``unknown`` if something is unknown, else ``True``."""
    decisions = {permission.answer.decision for permission in permissions}
    if decisions - {ALLOWED, UNKNOWN}:
        return False
    return UNKNOWN if UNKNOWN in decisions else True


def missing_policy(permissions: Iterable[Permission], operations: Sequence[str]) -> dict[str, Any] | None:
    """Return the least policy that allows the actions that no statement allows; ``None`` if there are none.

    Actions that a statement, a boundary or an organization denies are left out, because no policy can allow them.
    """
    missing = {
        (permission.action, permission.resource): permission
        for permission in permissions
        if permission.answer.decision == NOT_ALLOWED
    }
    by_resources: dict[tuple[Any, ...], list[str]] = {}
    for action in sorted({action for action, _resource in missing}):
        resources = tuple(sorted({resource for name, resource in missing if name == action}))
        context = {pair for resource in resources for pair in missing[(action, resource)].context}
        by_resources.setdefault((resources, _conditions(action, operations, context)), []).append(action)
    statements = [
        Statement("FlowLog", tuple(actions), resources, conditions)
        for (resources, conditions), actions in by_resources.items()
    ]
    if not statements:
        return None
    document = document_of(statements)
    # Without Sids, which must be unique, the statements can be pasted into any policy.
    statements_without_sid = [
        {key: value for key, value in one.items() if key != "Sid"} for one in document["Statement"]
    ]
    return {**document, "Statement": statements_without_sid}


def _conditions(action: str, operations: Iterable[str], context: set[tuple[str, str]]) -> tuple[Condition, ...]:
    """Return the conditions of an action that hold in the context of the query."""
    needs = [need for name in operations for need in OPERATIONS[name] if need.action == action]
    conditions = {condition for need in needs for condition in need.conditions}
    return tuple(sorted(condition for condition in conditions if condition[1:] in context))


def summary_of(principal: str, permissions: Sequence[Permission], shown: int = 5) -> str:
    """Return the verdict in a sentence.

    :param principal: ARN.
    :param shown: how many actions it lists.
    """
    verdict = permitted(permissions)
    if verdict is True:
        return f"{principal} has every required permission, as far as this can be checked."
    missing = [item for item in permissions if (item.answer.decision == UNKNOWN) == (verdict == UNKNOWN)]
    missing = [item for item in missing if item.answer.decision != ALLOWED]
    actions = list(dict.fromkeys(item.action for item in missing))
    names = ", ".join(actions[:shown]) + (f" and {len(actions) - shown} more" if len(actions) > shown else "")
    if verdict is False:
        return f"{principal} is missing {names}."
    return f"Whether {principal} has {names} is unknown: {missing[0].answer.reason}"
