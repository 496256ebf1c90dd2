# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SimulatePrincipalPolicy, which moto does not have, over moto's IAM protocol.

Sources: IAM API Reference, SimulatePrincipalPolicy and EvaluationResult; responses and error
messages of the IAM API as reported by users. Resource policies are never read, and the caller is not known: only the
keys in ContextEntries have values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.exceptions import IAMException
from moto.iam.responses import IamResponse

from . import delivery
from .authorization_decision import Need
from .authorization_decision import Verdict
from .authorization_decision import decide
from .caller_policies import Attached
from .caller_policies import Layers
from .caller_policies import layers_of
from .callers import Caller
from .callers import find_entity
from .policy_evaluation import Context
from .policy_evaluation import keys_named
from .policy_evaluation import listed
from .policy_evaluation import names_action
from .switches import switches

PAGE = 100
"""Results in one response without MaxItems (IAM API Reference, SimulatePrincipalPolicy, MaxItems)."""

_ENTITY = re.compile(r"arn:[^:]+:iam::(?P<account>\d{12}):(?P<kind>user|group|role)/(?:.*/)?(?P<name>[^/]+)")
_NOT_SIMULATED = ("ResourcePolicy", "ResourceOwner", "CallerArn", "ResourceHandlingOption", "PolicyExclusionList")
_RANKS = ("explicitDeny", "implicitDeny", "allowed")
_TEMPLATES = {"s3": "arn:${Partition}:s3:::${BucketName}/${KeyName}"}
_TEMPLATE = "arn:${{Partition}}:{service}:${{Region}}:${{Account}}:${{ResourceType}}/${{ResourcePath}}"


@dataclass(frozen=True)
class _Simulation:
    """The request: principal, policies and values of condition keys."""

    principal: Caller
    layers: Layers
    context: Context
    resources: tuple[str, ...]
    in_organization: bool

    @property
    def names_resources(self) -> bool:
        """Whether the request names resources; results for ``*`` have no part for each resource."""
        return self.resources != ("*",)


def install() -> None:
    """Install the operation in moto. May be called again."""
    IamResponse.simulate_principal_policy = _simulate_principal_policy


def _simulate_principal_policy(self: IamResponse) -> ActionResult:
    for parameter in _NOT_SIMULATED:
        if self._get_param(parameter) is not None:
            raise NotImplementedError(f"SimulatePrincipalPolicy with {parameter}")
    actions = [str(action) for action in self._get_param("ActionNames")]
    simulation = _simulation(self)
    _check_actions(actions)
    results = [result for action in actions for result in _results(simulation, action)]
    return ActionResult(_page(results, int(self._get_param("MaxItems") or PAGE), self._get_param("Marker")))


# -- the request ------------------------------------------------------------------------------------------------------


def _simulation(response: IamResponse) -> _Simulation:
    principal = _principal(response.current_account, response._get_param("PolicySourceArn"))
    layers = layers_of(principal)
    added = response._get_param("PolicyInputList") or []
    further = [Attached(f"PolicyInputList.{number}", "none", json.loads(text)) for number, text in enumerate(added, 1)]
    layers = replace(layers, identity=(*(layers.identity or ()), *further))
    boundaries = response._get_param("PermissionsBoundaryPolicyInputList") or []
    if boundaries:
        layers = replace(layers, boundary=json.loads(boundaries[0]))
    entries = response._get_param("ContextEntries") or []
    return _Simulation(
        principal,
        layers,
        {entry["ContextKeyName"]: list(entry.get("ContextKeyValues") or []) for entry in entries},
        tuple(response._get_param("ResourceArns") or ["*"]),
        layers.organization is not None or principal.account in delivery.organizations,
    )


def _principal(account: str, arn: str) -> Caller:
    """Return the user, group or role; sessions, root users and principals of other accounts cannot be simulated."""
    match = _ENTITY.fullmatch(arn)
    if match is None:
        raise _invalid(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
    if match["account"] != account:
        raise _invalid(
            f"Invalid Policy Source Arn: caller's account {account} does not have access to policies in account "
            f"{match['account']}"
        )
    found = find_entity(arn)
    if found is None:
        raise IAMException("NoSuchEntity", f"The {match['kind']} with name {match['name']} cannot be found.")
    return found


def _check_actions(actions: list[str]) -> None:
    """Check the combination of actions: it is not documented; some are refused, as reported by users (a switch)."""
    if switches.simulated_actions == "alone" and len(set(actions)) > 1:
        first, *others = dict.fromkeys(actions)
        raise _invalid(
            f"Invalid Input Actions: [{first}] and [{','.join(others)}] require different authorization information."
        )


def _invalid(message: str) -> IAMException:
    return IAMException("InvalidInput", message)


# -- the response -----------------------------------------------------------------------------------------------------


def _results(simulation: _Simulation, action: str) -> list[dict[str, Any]]:
    """Return the results of an action, in the shape of the switch."""
    by_resource = {one: _specific(simulation, action, one) for one in simulation.resources}
    worst = min((found["EvalResourceDecision"] for found in by_resource.values()), key=_RANKS.index)
    if switches.simulation_shape == "per_action":
        name = _template(action) if simulation.names_resources else "*"
        return [_result(simulation, action, name, worst, list(by_resource.values()))]
    own = switches.simulation_shape == "per_resource"
    return [
        _result(simulation, action, name, found["EvalResourceDecision"] if own else worst, [found])
        for name, found in by_resource.items()
    ]


def _result(
    simulation: _Simulation, action: str, name: str, decision: str, parts: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return one EvaluationResult; it has parts for each resource only if the request names resources."""
    matched = [statement for part in parts if part["EvalResourceDecision"] == decision for statement in part["Matched"]]
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": name,
        "EvalDecision": decision,
        "MatchedStatements": list({json.dumps(one): one for one in matched}.values()),
        "MissingContextValues": sorted({key for part in parts for key in part["MissingContextValues"]}),
    }
    if simulation.in_organization:
        allowed = all(part["AllowedByOrganizations"] for part in parts)
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": allowed}
    if simulation.layers.boundary is not None:
        within = all(part["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for part in parts)
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": within}
    if simulation.names_resources:
        result["ResourceSpecificResults"] = [_shown(part) for part in parts]
    return result


def _shown(part: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in part.items() if name not in ("Matched", "AllowedByOrganizations")}
    return {**kept, "MatchedStatements": part["Matched"]}


def _specific(simulation: _Simulation, action: str, resource: str) -> dict[str, Any]:
    """Return a ResourceSpecificResult, and the parts of the action's result."""
    need, layers = Need(action, resource), simulation.layers

    def within(bounds: Layers) -> bool:
        return decide(simulation.principal, bounds, need, simulation.context).allowed

    verdict = decide(simulation.principal, layers, need, simulation.context)
    part = {
        "EvalResourceName": resource,
        "EvalResourceDecision": _decision(verdict),
        "MissingContextValues": _missing(simulation, action),
        "Matched": [_statement(simulation.principal, policy) for policy, _one in verdict.matched if policy is not None],
        "AllowedByOrganizations": within(Layers(None, organization=layers.organization)),
    }
    if layers.boundary is not None:
        allowed = within(Layers(None, boundary=layers.boundary))
        part["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allowed}
    return part


def _decision(verdict: Verdict) -> str:
    if verdict.allowed:
        return "allowed"
    return "explicitDeny" if verdict.explicit else "implicitDeny"


def _missing(simulation: _Simulation, action: str) -> list[str]:
    """Return keys without a value. Users report keys of statements about other actions too (a switch)."""
    documents = [policy.document for policy in simulation.layers.identity or ()]
    if simulation.layers.boundary is not None:
        documents.append(simulation.layers.boundary)
    given = {key.lower() for key in simulation.context}
    statements = [statement for document in documents for statement in listed(document.get("Statement", []))]
    named = {
        key
        for statement in statements
        if switches.missing_context == "all_statements" or _concerns(statement, action)
        for key in keys_named(statement)
    }
    return sorted(key for key in named if key.lower() not in given)


def _concerns(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(names_action(str(one), action) for one in listed(statement["NotAction"]))
    return any(names_action(str(one), action) for one in listed(statement.get("Action", [])))


def _statement(principal: Caller, policy: Attached) -> dict[str, str]:
    """Return a matched statement as reported by users: inline policies are prefixed with the principal's name."""
    inline = policy.kind in ("user", "group", "role")
    owner = policy.owner or principal.entity.name
    return {
        "SourcePolicyId": f"{policy.kind}_{owner}_{policy.name}" if inline else policy.name,
        "SourcePolicyType": "IAM Policy",
    }


def _template(action: str) -> str:
    """Return a resource template that is no ARN; AWS does not publish all templates."""
    service = action.split(":")[0]
    return _TEMPLATES.get(service) or _TEMPLATE.format(service=service)


def _page(results: list[dict[str, Any]], most: int, marker: str | None) -> dict[str, Any]:
    if marker is not None and not marker.isdigit():
        raise _invalid(f"Invalid Marker: {marker}")
    start = int(marker or 0)
    end = start + most
    truncated = end < len(results)
    page = {"EvaluationResults": results[start:end], "IsTruncated": truncated}
    return {**page, "Marker": str(end)} if truncated else page
