# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks whether a bucket policy grants log delivery to each source and folder. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Callable

from ..delivery_policy.decision import DENIED, Decision, GRANTED, NOT_GRANTED, PERHAPS_DENIED, decide_grant
from ..delivery_policy.denial_remedies import denial_remedy, organization_remedy
from ..delivery_policy.grants import (
    ACL_EQUALS,
    ALL_REGIONS,
    FROM_ORGANIZATION,
    Grant,
    HIVE,
    acl_check_for,
    required_grants,
    required_requests,
    source_kind,
)
from ..delivery_policy.statements import CHECK_SID, WRITE_SID, group_grants, render_statement
from ..delivery_policy.width import excess_reasons, excess_text
from ..iam_policy.conditions import ABSENT
from ..iam_policy.document import (
    Policy,
    Request,
    Statement,
    deleted_principals_text,
    names_with_elements,
    statement_name,
    statement_names,
    statements_of,
)
from .codes import Check, new_check, unread_check
from .facts import Unread
from .remedies import module_call
from .request import DestinationQuery


def policy_checks(query: DestinationQuery, policy: Policy | None | Unread) -> list[Check]:
    """Return the checks of a bucket policy.

    :param policy: None if the bucket has none.
    """
    bucket = query.wanted.bucket
    names = {"bucket": bucket.bucket}
    if isinstance(policy, Unread):
        return [unread_check("PolicyUnreadable", names, policy, bucket.bucket_arn)]
    conditions = replace(query.wanted.conditions, acl=ACL_EQUALS)
    decisions = {grant: decide_grant(policy, _requests(query, grant)) for grant in query.wanted.grants}
    checks = [_folder_check(query, policy, grant, decision) for grant, decision in decisions.items()]

    def narrow(grants: list[Grant]) -> list[Statement]:
        groups = group_grants(required_grants(conditions, grants))
        return [render_statement(bucket, *group, WRITE_SID if group[0].acl else CHECK_SID) for group in groups]

    def excess(statement: Statement, grant: Grant) -> tuple[str, ...]:
        return excess_reasons(statement, _requests(query, grant), bucket, grant)

    checks += width_checks("GrantsTooMuch", names, policy, decisions, excess, narrow)
    return checks + _policy_warnings(names, policy)


def with_organization(requests: list[Request], organization: str | None) -> list[Request]:
    """Return requests with the organization of their accounts as a condition key.

    :param organization: None if unknown; then the requests stay as they are.
    """
    if organization is None:
        return requests
    return [replace(request, context={**request.context, "aws:sourceorgid": (organization,)}) for request in requests]


def grant_check(
    query: DestinationQuery,
    policy: Policy | None,
    grant: Grant,
    decision: Decision,
    code: str,
    names: Mapping[str, str],
    task: tuple[str, Mapping[str, Any]],
    **details: Any,
) -> Check:
    """Return the check of one grant.

    :param code: code of the check.
    :param names: values for the message of the check, in addition to ``source``.
    :param task: module that writes the policy, and its options without those that name the source.
    :param details: more fields of the check.
    """
    is_organization = source_kind(grant.source) == FROM_ORGANIZATION
    kind = "organization" if is_organization else "account"
    regions = "all regions" if grant.region == ALL_REGIONS else grant.region
    return new_check(
        code,
        {"source": f"{kind} {grant.source}, {regions}", **names},
        evidence=_evidence(decision, policy),
        remedy=_remedy(query, policy, grant, decision, task),
        account_id=None if is_organization else grant.source,
        region=grant.region,
        **details,
    )


def _remedy(
    query: DestinationQuery,
    policy: Policy | None,
    grant: Grant,
    decision: Decision,
    task: tuple[str, Mapping[str, Any]],
) -> str:
    """Return how to give a grant: advice on Deny statements or the organization, or a task; ``""`` if it is given."""
    if decision.code == GRANTED:
        return ""
    if decision.code in (DENIED, PERHAPS_DENIED):
        return denial_remedy(policy, decision.positions, query.organization)
    if source_kind(grant.source) == FROM_ORGANIZATION:
        source: dict[str, Any] = {"organization_id": grant.source}
    else:
        source = {"account_ids": [grant.source]}
    source["regions"] = None if grant.region == ALL_REGIONS else [grant.region]
    module, options = task
    return organization_remedy(policy, decision.positions, query.organization) or module_call(
        module, {**options, **source}
    )


def width_checks(
    code: str,
    names: Mapping[str, str],
    policy: Policy | None,
    decisions: Mapping[Grant, Decision],
    excess: Callable[[Statement, Grant], tuple[str, ...]],
    narrow: Callable[[list[Grant]], list[Statement]],
) -> list[Check]:
    """Return a check if statements grant more than log delivery needs; its remedy has narrower statements.

    :param names: values for the message of the check.
    :param excess: returns what a statement grants beyond the needs of a grant.
    :param narrow: returns the statements that give grants and nothing else.
    """
    granted = {grant: decision for grant, decision in decisions.items() if decision.code == GRANTED}
    first_grants: dict[int, Grant] = {}
    for grant, decision in granted.items():
        for position in decision.positions:
            first_grants.setdefault(position, grant)
    statements = statements_of(policy)
    each = {
        statement_name(statements[position], position): excess(statements[position], grant)
        for position, grant in sorted(first_grants.items())
    }
    found = {name: reasons for name, reasons in each.items() if reasons}
    if not found:
        return []
    remedy = "If nothing else needs it, replace it with: " + json.dumps(narrow(list(granted)))
    return [new_check(code, names, evidence=f"{excess_text(found)}.", remedy=remedy)]


def _requests(query: DestinationQuery, grant: Grant) -> list[Request]:
    """Return the write and the ACL check of one source."""
    bucket, conditions = query.wanted.bucket, replace(query.wanted.conditions, acl=ACL_EQUALS)
    writes = required_requests(bucket, conditions, grant)
    checks = required_requests(bucket, *acl_check_for(conditions, grant))
    return with_organization(writes + checks, query.organization)


def _folder_check(query: DestinationQuery, policy: Policy | None, grant: Grant, decision: Decision) -> Check:
    folder = f"folder {grant.folder}" if grant.folder else "the bucket without a folder"
    options = {
        "bucket": query.wanted.bucket.bucket,
        "prefixes": [grant.folder] if grant.folder else None,
        "layouts": [grant.layout],
    }
    return grant_check(
        query,
        policy,
        grant,
        decision,
        decision.code,
        {"place": f"{folder}, {'Hive-compatible' if grant.layout == HIVE else 'plain'} layout"},
        ("flowlogs.aws.flow_log_bucket_policy", options),
        folder=grant.folder,
        layout=grant.layout,
    )


def _evidence(decision: Decision, policy: Policy | None) -> str:
    """Return the statements that lead to a decision, for a message."""
    names, actions = statement_names(policy, decision.positions), ", ".join(decision.actions)
    if decision.code == GRANTED:
        return f"Statement {names} grants it."
    if decision.code == DENIED:
        return f"Statement {names} denies {actions}, which overrides every grant."
    if decision.code == PERHAPS_DENIED:
        return f"Statement {names} may deny {actions}: that depends on unknown values of the requests."
    if decision.code == NOT_GRANTED:
        part = f" Statement {names} grants it for others, or for a part." if names else ""
        return f"No statement grants {actions}.{part}"
    return f"Statement {names} may grant {actions}: that depends on unknown values of the requests."


def _policy_warnings(names: dict[str, str], policy: Policy | None) -> list[Check]:
    checks = []
    negations = names_with_elements(policy, ("NotAction", "NotPrincipal"))
    if negations:
        checks.append(
            new_check(
                "PolicyHasNegations",
                names,
                evidence=f"Statement {', '.join(negations)}. AWS never adds statements to such a policy, so "
                "CreateFlowLogs fails for every source that it does not grant yet.",
                remedy="Grant every source with flowlogs.aws.flow_log_bucket_policy before you create its flow logs.",
            )
        )
    deleted = deleted_principals_text(policy)
    if deleted:
        checks.append(
            new_check(
                "PrincipalGone",
                names,
                evidence=f"{deleted}. S3 refuses a policy that names them, so this policy cannot be changed as it is.",
                remedy="Remove these principals or their statements from the policy.",
            )
        )
    return checks


def acl_statements(query: DestinationQuery, policy: Policy | None) -> str:
    """Return the names of the statements that let log delivery write only with the ACL; ``""`` for none."""
    found: tuple[int, ...] = ()
    conditions = replace(query.wanted.conditions, acl=ACL_EQUALS)
    for grant in query.wanted.grants:
        requests = with_organization(required_requests(query.wanted.bucket, conditions, grant), query.organization)
        without = [replace(request, context={**request.context, "s3:x-amz-acl": ABSENT}) for request in requests]
        decision = decide_grant(policy, requests)
        if decision.code == GRANTED and decide_grant(policy, without).code != GRANTED:
            found += decision.positions
    return statement_names(policy, found)
