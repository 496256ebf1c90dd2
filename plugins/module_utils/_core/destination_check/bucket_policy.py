# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands in the way in a bucket policy: one check for each source and place. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..delivery_policy.decision import DENIED, Decision, GRANTED, NOT_GRANTED, PERHAPS_DENIED, decide_grant
from ..delivery_policy.denial_remedies import denial_remedy, organization_remedy
from ..delivery_policy.grants import (
    ACL_EQUALS,
    ALL_REGIONS,
    Grant,
    GrantConditions,
    HIVE,
    check_of as acl_check_of,
    needed,
    requests_of,
)
from ..delivery_policy.merge import names_at
from ..delivery_policy.statements import CHECK_SID, WRITE_SID, grouped, render
from ..delivery_policy.width import excess_of, excess_words
from ..iam_policy.conditions import ABSENT
from ..iam_policy.document import Policy, Request, Statement, gone_principals, name_of, statements_of, statements_with
from .codes import Check, check_of, unread_check
from .facts import Unread
from .remedies import module_call
from .request import Question


def policy_checks(question: Question, policy: Policy | None | Unread) -> list[Check]:
    """Return what there is to say of the policy of a bucket."""
    names = {"bucket": question.wanted.bucket.bucket}
    if isinstance(policy, Unread):
        return [unread_check("PolicyUnreadable", names, policy, question.wanted.bucket.bucket_arn)]
    decisions = {grant: _decision(question, policy, grant) for grant in question.wanted.grants()}
    checks = [_of_grant(question, policy, grant, decision) for grant, decision in decisions.items()]
    return checks + _of_width(question, policy, decisions) + _of_others(names, policy)


def known_to_belong(requests: list[Request], organization: str | None) -> list[Request]:
    """Return requests of accounts with the organization that they are known to belong to.

    :param organization: None if it is not known.
    """
    if organization is None:
        return requests
    return [replace(request, context={**request.context, "aws:sourceorgid": (organization,)}) for request in requests]


def source_words(source: str, region: str) -> str:
    """Return a source for a sentence.

    :param source: account or organization id.
    :param region: name, or ``*`` for all.
    """
    who = f"organization {source}" if source.startswith("o-") else f"account {source}"
    return f"{who}, {'all regions' if region == ALL_REGIONS else region}"


def source_details(source: str, region: str) -> dict[str, Any]:
    """Return the fields of a check that name its source."""
    return {"account_id": None if source.startswith("o-") else source, "region": region}


def source_options(grant: Grant) -> dict[str, Any]:
    """Return the source of a grant as options of the modules that write policies."""
    who = {"organization_id": grant.source} if grant.source.startswith("o-") else {"account_ids": [grant.source]}
    return {**who, "regions": None if grant.region == ALL_REGIONS else [grant.region]}


def _requests(question: Question, form: GrantConditions, grant: Grant) -> list[Request]:
    """Return the write and the ACL check of one source."""
    writes = requests_of(question.wanted.bucket, form, grant)
    checks = requests_of(question.wanted.bucket, *acl_check_of(form, grant))
    return known_to_belong(writes + checks, question.organization)


def _place_words(grant: Grant) -> str:
    folder = f"folder {grant.folder}" if grant.folder else "the bucket without a folder"
    return f"{folder}, {'Hive-compatible' if grant.layout == HIVE else 'plain'} layout"


def _decision(question: Question, policy: Policy | None, grant: Grant) -> Decision:
    return decide_grant(policy, _requests(question, replace(question.wanted.form, acl=ACL_EQUALS), grant))


def first_grants(decisions: Mapping[Grant, Decision]) -> dict[int, Grant]:
    """Return the positions of the statements that grants come from, each with the first of its grants, in order."""
    found: dict[int, Grant] = {}
    for grant, decision in decisions.items():
        for position in decision.positions if decision.code == GRANTED else ():
            found.setdefault(position, grant)
    return dict(sorted(found.items()))


def _of_width(question: Question, policy: Policy | None, decisions: Mapping[Grant, Decision]) -> list[Check]:
    """Return a check if statements grant more than they have to, with those that would do."""
    bucket, form = question.wanted.bucket, replace(question.wanted.form, acl=ACL_EQUALS)
    statements, excess = statements_of(policy), {}
    for position, grant in first_grants(decisions).items():
        reasons = excess_of(statements[position], _requests(question, form, grant), bucket, grant)
        if reasons:
            excess[name_of(statements[position], position)] = reasons
    if not excess:
        return []
    granted = [grant for grant, decision in decisions.items() if decision.code == GRANTED]
    groups = grouped(needed(form, granted))
    narrow = [render(bucket, *group, WRITE_SID if group[0].acl else CHECK_SID) for group in groups]
    return [
        check_of(
            "GrantsTooMuch",
            {"bucket": bucket.bucket},
            evidence=f"{excess_words(excess)}.",
            remedy=narrower(narrow),
        )
    ]


def narrower(statements: list[Statement]) -> str:
    """Return what to write in the place of statements that grant too much.

    :param statements: that grant what is needed.
    """
    return "If nothing else needs it, write in its place: " + json.dumps(statements)


def _of_grant(question: Question, policy: Policy | None, grant: Grant, decision: Decision) -> Check:
    return check_of(
        decision.code,
        {"source": source_words(grant.source, grant.region), "place": _place_words(grant)},
        evidence=decision_evidence(decision, policy),
        remedy=_remedy(question, policy, grant, decision),
        **source_details(grant.source, grant.region),
        folder=grant.folder,
        layout=grant.layout,
    )


def decision_evidence(decision: Decision, policy: Policy | None) -> str:
    """Return which statements a decision comes from, for people."""
    names, actions = names_at(policy, decision.positions), ", ".join(decision.actions)
    if decision.code == GRANTED:
        return f"By statement {names}."
    if decision.code == DENIED:
        return f"Statement {names} denies {actions}; no grant outweighs that."
    if decision.code == PERHAPS_DENIED:
        return f"Statement {names} may deny {actions}: that depends on what is not known of the requests."
    if decision.code == NOT_GRANTED:
        part = f" Statement {names} grants it for others, or for a part." if names else ""
        return f"No statement grants {actions}.{part}"
    return f"Statement {names} may grant {actions}: that depends on what is not known of the requests."


def _remedy(question: Question, policy: Policy | None, grant: Grant, decision: Decision) -> str:
    if decision.code == GRANTED:
        return ""
    if decision.code in (DENIED, PERHAPS_DENIED):
        return denial_remedy(policy, decision.positions, question.organization)
    named = organization_remedy(policy, decision.positions, question.organization)
    return named or module_call(
        "flowlogs.aws.flow_log_bucket_policy",
        {
            "bucket": question.wanted.bucket.bucket,
            "prefixes": [grant.folder] if grant.folder else None,
            **source_options(grant),
            "layouts": [grant.layout],
        },
    )


def _of_others(names: dict[str, str], policy: Policy | None) -> list[Check]:
    checks = []
    negations = statements_with(policy, ("NotAction", "NotPrincipal"))
    if negations:
        checks.append(
            check_of(
                "PolicyHasNegations",
                names,
                evidence=f"Statement {', '.join(negations)}. AWS adds nothing to such a policy by itself, so that "
                "CreateFlowLogs fails for every source that it does not grant already.",
                remedy="Grant every source with flowlogs.aws.flow_log_bucket_policy before its flow logs are created.",
            )
        )
    gone = gone_principals(policy)
    if gone:
        named = "; ".join(f"{', '.join(ids)} in statement {name}" for name, ids in gone.items())
        checks.append(
            check_of(
                "PrincipalGone",
                names,
                evidence=f"{named}. S3 takes no policy that names them, so nobody can change this one as it is.",
                remedy="Remove these principals, or their statements, from the policy.",
            )
        )
    return checks


def acl_statements(question: Question, policy: Policy | None) -> str:
    """Return the names of the statements that let log delivery write, but not without the ACL; ``""`` for none."""
    found: tuple[int, ...] = ()
    for grant in question.wanted.grants():
        with_acl = requests_of(question.wanted.bucket, replace(question.wanted.form, acl=ACL_EQUALS), grant)
        requests = known_to_belong(with_acl, question.organization)
        without = [replace(request, context={**request.context, "s3:x-amz-acl": ABSENT}) for request in requests]
        decision = decide_grant(policy, requests)
        if decision.code == GRANTED and decide_grant(policy, without).code != GRANTED:
            found += decision.positions
    return names_at(policy, found)
