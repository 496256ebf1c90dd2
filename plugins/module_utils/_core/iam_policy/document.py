# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads policy documents and evaluates their statements for a request. PRIVATE to this collection.

AWS returns the values of bucket and key policies as scalars or lists, in any order, and ``Statement`` as a list or as a
single statement. Elements that this code does not know never count as a grant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from ..identifiers import account_of_root
from .conditions import Context, as_list, as_text, decide_condition
from .patterns import Truth, all_of, any_of, covers, match, negated

Policy = Mapping[str, Any]
Statement = dict[str, Any]

#: Version of new policies. A policy without a version has the language version 2008-10-17, and keeps it.
NEW_VERSION = "2012-10-17"

_ELEMENTS = frozenset("Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split())
#: IAM User Guide, "IAM identifiers": unique ids of users, roles, groups and similar. AWS shows them for deleted
#: principals. Ids of access keys and accounts cannot be principals.
_UNIQUE_ID = re.compile(r"(AIDA|AROA|AGPA|ANPA|ANVA|AIPA|ABIA|ACCA|APKA|ASCA)[A-Z0-9]{8,}")


class PolicyError(ValueError):
    """The document is not a policy."""


@dataclass(frozen=True)
class Request:
    """A request of an AWS service.

    :param service: service principal, for example ``delivery.logs.amazonaws.com``.
    :param action: for example ``s3:PutObject``.
    :param resource: ARN, with ``*`` and ``?`` for unknown parts.
    :param context: the known condition keys of the request.
    """

    service: str
    action: str
    resource: str
    context: Context


@dataclass(frozen=True)
class Denials:
    """Positions of the Deny statements that block a request, and of those that possibly do."""

    certain: tuple[int, ...] = ()
    possible: tuple[int, ...] = ()


def parse_policy(text: str) -> dict[str, Any]:
    """Return the policy document in a JSON text.

    :raises PolicyError: if it is not a policy.
    """
    try:
        policy: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise PolicyError(f"the policy is not JSON: {error}") from error
    statements_of(policy)
    return policy


def statements_of(policy: Policy | None) -> list[Statement]:
    """Return the statements of a policy in order; an empty list for None.

    :raises PolicyError: if it is not a policy.
    """
    if policy is None:
        return []
    if not isinstance(policy, Mapping):
        raise PolicyError("the policy is not a JSON object")
    statements = as_list(policy.get("Statement", []))
    if not all(isinstance(statement, dict) for statement in statements):
        raise PolicyError("the policy has a statement that is not a JSON object")
    return statements


def with_statements(policy: Policy | None, statements: list[Statement]) -> dict[str, Any] | None:
    """Return the policy with these statements instead of its own; its other elements and their order stay.

    Returns None if there are no statements.
    """
    if not statements:
        return None
    if policy is None:
        return {"Version": NEW_VERSION, "Statement": statements}
    return {**policy, "Statement": statements}


def statement_name(statement: Statement, position: int) -> str:
    """Return the Sid of a statement, or its number if it has none: ``#1`` for the first statement."""
    return str(statement.get("Sid") or f"#{position + 1}")


def compact(policy: Policy) -> str:
    """Return the policy as the module sends it: JSON without whitespace."""
    return json.dumps(policy, separators=(",", ":"), ensure_ascii=False)


def policy_size(policy: Policy | None) -> int:
    """Return the size in bytes of a policy in its :func:`compact` form; 0 for None."""
    return 0 if policy is None else len(compact(policy).encode("utf-8"))


def _principal_matches(principal: Any, service: str) -> Truth:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return None
    truths: list[Truth] = ["*" in as_list(principal.get("AWS", []))]
    for value in as_list(principal.get("Service", [])):
        truths.append(None if isinstance(value, str) and "*" in value else value == service)
    return any_of(truths)


def _matches_any(patterns: Any, value: str, fold_case: bool = False) -> Truth:
    def matches(pattern: Any) -> Truth:
        # The value of a policy variable is unknown.
        if not isinstance(pattern, str) or "${" in pattern:
            return None
        return match(pattern.lower(), value.lower()) if fold_case else match(pattern, value)

    return any_of(map(matches, as_list(patterns)))


def _element(statement: Statement, name: str, decide: Callable[[Any], Truth]) -> Truth:
    """Evaluate an element, or its negation such as ``NotAction``. A valid statement has exactly one of the two."""
    if (name in statement) == (f"Not{name}" in statement):
        return None
    if name in statement:
        return decide(statement[name])
    return negated(decide(statement[f"Not{name}"]))


def decide_statement(statement: Statement, request: Request) -> Truth:
    """Return whether a statement applies to a request, regardless of its effect.

    Actions are case-insensitive, resources are case-sensitive (IAM User Guide, "IAM JSON policy elements").
    """
    return decide_requests(statement, [request])[0]


def decide_requests(statement: Statement, requests: Sequence[Request]) -> list[Truth]:
    """Return for each request whether a statement applies to it. Values that requests share are evaluated once."""
    decided: dict[tuple[str, Any], Truth] = {}

    def once(element: str, key: Any, decide: Callable[[], Truth]) -> Truth:
        if (element, key) not in decided:
            decided[element, key] = decide()
        return decided[element, key]

    def truths(request: Request) -> Iterator[Truth]:
        # One at a time: most statements name another principal or action, so that the rest need not be evaluated.
        yield True if _ELEMENTS.issuperset(statement) else None
        yield once("Principal", request.service, lambda: decide_principal(statement, request.service))
        yield once("Action", request.action, lambda: decide_action(statement, request.action))
        yield once("Resource", request.resource, lambda: _decide_resource(statement, request.resource))
        context = request.context
        yield once("Condition", id(context), lambda: decide_condition(statement.get("Condition", {}), context))

    return [all_of(truths(request)) for request in requests]


def _decide_resource(statement: Statement, resource: str) -> Truth:
    return _element(statement, "Resource", lambda value: _matches_any(value, resource))


def decide_principal(statement: Statement, service: str) -> Truth:
    """Return whether a statement applies to a service.

    ``NotPrincipal`` in an Allow statement allows more than people expect, so it does not count as a grant.
    """
    truth = _element(statement, "Principal", lambda value: _principal_matches(value, service))
    return None if truth and "NotPrincipal" in statement and statement.get("Effect") == "Allow" else truth


def decide_action(statement: Statement, action: str) -> Truth:
    """Return whether a statement applies to an action."""
    return _element(statement, "Action", lambda value: _matches_any(value, action, fold_case=True))


def _may_cover(statement: Statement, resource: str) -> bool:
    """Quick check whether a statement can grant all of a resource; it spares most statements the full evaluation."""
    patterns = as_list(statement.get("Resource", "*"))
    return any(isinstance(pattern, str) and covers(pattern, resource) for pattern in patterns)


def granted_by(policy: Policy | None, request: Request) -> tuple[int, ...]:
    """Return the positions of the Allow statements that certainly grant a request, regardless of Deny statements."""
    return tuple(
        position
        for position, statement in enumerate(statements_of(policy))
        if statement.get("Effect") == "Allow"
        and _may_cover(statement, request.resource)
        and decide_statement(statement, request) is True
    )


def possibly_granted_by(policy: Policy | None, request: Request) -> tuple[int, ...]:
    """Return the positions of the Allow statements that grant a request or possibly do."""
    return tuple(
        position
        for position, statement in enumerate(statements_of(policy))
        if statement.get("Effect") == "Allow" and decide_statement(statement, request) is not False
    )


def denied_by(policy: Policy | None, request: Request) -> Denials:
    """Return the Deny statements that block a request or possibly do."""
    certain, possible = [], []
    for position, statement in enumerate(statements_of(policy)):
        truth = decide_statement(statement, request) if statement.get("Effect") == "Deny" else False
        if truth is True:
            certain.append(position)
        elif truth is None:
            possible.append(position)
    return Denials(tuple(certain), tuple(possible))


def _aws_principals(statement: Statement) -> list[str]:
    found = []
    for name in ("Principal", "NotPrincipal"):
        principal = statement.get(name)
        if isinstance(principal, Mapping):
            found += [value for value in as_list(principal.get("AWS", [])) if isinstance(value, str)]
    return found


def deleted_principals(policy: Policy | None) -> dict[str, list[str]]:
    """Return the ids of deleted principals: name of the statement -> ids.

    S3 shows a deleted user or role as its unique id, and refuses a policy with such an id (MalformedPolicy, "Invalid
    principal in policy"): S3 User Guide, "Bucket policies"; IAM User Guide, "Principal".
    """
    found: dict[str, list[str]] = {}
    for position, statement in enumerate(statements_of(policy)):
        deleted = [value for value in _aws_principals(statement) if _UNIQUE_ID.fullmatch(value)]
        if deleted:
            found[statement_name(statement, position)] = deleted
    return found


def deleted_principals_text(policy: Policy | None) -> str:
    """Return the deleted principals for a message: ``IDS in statement NAME; ...``; ``""`` for none."""
    return "; ".join(f"{', '.join(ids)} in statement {name}" for name, ids in deleted_principals(policy).items())


def names_with_elements(policy: Policy | None, elements: Iterable[str]) -> list[str]:
    """Return the names of the statements that have one of these elements, for example ``NotAction``."""
    wanted = set(elements)
    return [
        statement_name(statement, position)
        for position, statement in enumerate(statements_of(policy))
        if wanted.intersection(statement)
    ]


def statement_names(policy: Policy | None, positions: Iterable[int]) -> str:
    """Return the names of the statements at these positions for a message, separated by commas."""
    statements = statements_of(policy)
    return ", ".join(statement_name(statements[position], position) for position in sorted(set(positions)))


def _normal(value: Any, is_principal: bool = False) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((key, _normal(item, is_principal)) for key, item in value.items()))
    texts = {as_text(item) for item in as_list(value)}
    return tuple(sorted({account_of_root(text) or text for text in texts} if is_principal else texts))


def _normal_statement(statement: Statement) -> Any:
    return tuple(sorted((key, _normal(value, key.endswith("Principal"))) for key, value in statement.items()))


def same_policy(first: Policy | None, second: Policy | None) -> bool:
    """Return whether two documents are equal, except for the changes that S3 makes when it stores a policy.

    S3 returns lists with one value as scalars, lists in any order, booleans and numbers as strings, and an account as
    its id or its root ARN (S3 User Guide, "Bucket policies").
    """
    if first is None or second is None:
        return first is second

    def rest(policy: Policy) -> dict[str, Any]:
        return {key: value for key, value in policy.items() if key != "Statement"}

    def normal(policy: Policy) -> list[str]:
        return sorted(repr(_normal_statement(statement)) for statement in statements_of(policy))

    return rest(first) == rest(second) and normal(first) == normal(second)
