# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the answers of the IAM policy simulator in their old and new form. PRIVATE to this collection.

IAM API Reference, SimulatePrincipalPolicy. Until 2026 there was one result for each action and resource. Since then there is
one for each action: its ``EvalResourceName`` is a template, and its decision is the most restrictive one. The answer for each
resource is in ``ResourceSpecificResults``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ALLOWED = "allowed"
EXPLICITLY_DENIED = "explicitly_denied"
DENIED_BY_BOUNDARY = "denied_by_boundary"
DENIED_BY_ORGANIZATION = "denied_by_organization"
NOT_ALLOWED = "not_allowed"
UNKNOWN = "unknown"

_REASONS = {
    ALLOWED: "The policies of the principal allow it.",
    EXPLICITLY_DENIED: "A statement denies it; no other permission can override it.",
    DENIED_BY_BOUNDARY: "The permissions boundary of the principal does not allow it.",
    DENIED_BY_ORGANIZATION: "A policy of the organization (SCP) does not allow it.",
    NOT_ALLOWED: "No statement allows it.",
}


@dataclass(frozen=True)
class Answer:
    """The decision on one action and one resource, and why."""

    decision: str
    reason: str


def answers_from(results: Iterable[Mapping[str, Any]], resources: Sequence[str]) -> dict[tuple[str, str], Answer]:
    """Return the answers, by action and resource.

    :param results: ``EvaluationResults`` of all pages.
    :param resources: resources of the simulation.
    """
    answers: dict[tuple[str, str], Answer] = {}
    for result in results:
        action = result["EvalActionName"]
        for resource, details in _by_resource(result, resources).items():
            answers[(action, resource)] = _answer(result, details)
    return answers


def _by_resource(result: Mapping[str, Any], resources: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return the result for each resource: its specific result if there is one, else the whole result.

    A result with a template is for all resources, and its decision is the most restrictive one.
    """
    specific = {item["EvalResourceName"]: item for item in result.get("ResourceSpecificResults", ())}
    name = result.get("EvalResourceName", "*")
    covered = [name] if name in resources else resources
    return {resource: specific.get(resource, result) for resource in covered}


def _answer(result: Mapping[str, Any], details: Mapping[str, Any]) -> Answer:
    """Return the answer for a resource; details that its specific result does not have come from the whole result."""
    found = _decision(result, details)
    missing = details.get("MissingContextValues") or result.get("MissingContextValues") or ()
    if not missing:
        return Answer(found, _REASONS[found])
    return Answer(
        UNKNOWN,
        f"It may depend on {', '.join(sorted(missing))}; give the values in context. Without them the answer is {found}.",
    )


def _decision(result: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    decision = details.get("EvalResourceDecision") or details["EvalDecision"]
    organization = result.get("OrganizationsDecisionDetail") or {}
    boundary = details.get("PermissionsBoundaryDecisionDetail") or result.get("PermissionsBoundaryDecisionDetail") or {}
    if decision == "allowed":
        return ALLOWED
    if organization.get("AllowedByOrganizations") is False:
        return DENIED_BY_ORGANIZATION
    if decision == "explicitDeny":
        return EXPLICITLY_DENIED
    return DENIED_BY_BOUNDARY if boundary.get("AllowedByPermissionsBoundary") is False else NOT_ALLOWED
