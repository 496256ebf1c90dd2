# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy documents: their statements, and what they mean for a request. PRIVATE to this collection.

Bucket policies and key policies are read as AWS hands them out: values as scalars or lists, in any order, the
``Statement`` element as a list or as one statement. What is not understood never counts as a grant.
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

#: Written into policies that are made anew. A policy without a version means 2008-10-17 and stays without.
NEW_VERSION = "2012-10-17"

_ELEMENTS = frozenset("Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split())
#: IAM User Guide, "IAM identifiers", unique ids of users, roles, groups and the like: what is left of a principal that
#: was deleted. An access key or an account cannot stand there.
_UNIQUE_ID = re.compile(r"(AIDA|AROA|AGPA|ANPA|ANVA|AIPA|ABIA|ACCA|APKA|ASCA)[A-Z0-9]{8,}")


class PolicyError(ValueError):
    """A document that is no policy."""


@dataclass(frozen=True)
class Request:
    """One thing that a service asks for.

    :param service: service principal, for example ``delivery.logs.amazonaws.com``.
    :param action: for example ``s3:PutObject``.
    :param resource: ARN; ``*`` and ``?`` in it stand for what is not known.
    :param context: what is known of the request's condition keys.
    """

    service: str
    action: str
    resource: str
    context: Context


@dataclass(frozen=True)
class Denials:
    """Positions of the Deny statements that block a request, and of those that may, as far as can be told."""

    certain: tuple[int, ...] = ()
    possible: tuple[int, ...] = ()


def parse_policy(text: str) -> dict[str, Any]:
    """Return the document in a text.

    :raises PolicyError: if it is no policy.
    """
    try:
        policy: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise PolicyError(f"the policy is not JSON: {error}") from error
    statements_of(policy)
    return policy


def statements_of(policy: Policy | None) -> list[Statement]:
    """Return the statements of a policy in order, none for no policy.

    :raises PolicyError: if it is no policy.
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
    """Return the policy with these statements instead of its own; everything else, and the order, stays.

    Without statements nothing is left: None.
    """
    if not statements:
        return None
    if policy is None:
        return {"Version": NEW_VERSION, "Statement": statements}
    return {**policy, "Statement": statements}


def name_of(statement: Statement, position: int) -> str:
    """Return a statement's Sid, or ``#1`` for the first statement, ``#2`` ... where it has none."""
    return str(statement.get("Sid") or f"#{position + 1}")


def compact(policy: Policy) -> str:
    """Return the policy as it is sent: JSON without blanks."""
    return json.dumps(policy, separators=(",", ":"), ensure_ascii=False)


def size_of(policy: Policy | None) -> int:
    """Return how many bytes a policy has as it is sent; 0 for none."""
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
    if any(
        isinstance(pattern, str) and "${" not in pattern and covers(pattern, value) for pattern in as_list(patterns)
    ):
        return True
    truths: list[Truth] = []
    for pattern in as_list(patterns):
        if not isinstance(pattern, str) or "${" in pattern:
            truths.append(None)
        elif fold_case:
            truths.append(match(pattern.lower(), value.lower()))
        else:
            truths.append(match(pattern, value))
    return any_of(truths)


def _element(statement: Statement, name: str, decide: Callable[[Any], Truth]) -> Truth:
    """Decide an element or its negative form; a statement has exactly one of the two."""
    if (name in statement) == (f"Not{name}" in statement):
        return None
    if name in statement:
        return decide(statement[name])
    return negated(decide(statement[f"Not{name}"]))


def decide_statement(statement: Statement, request: Request) -> Truth:
    """Return whether a statement, whatever its effect, speaks of a request.

    Actions are compared without regard to case, resources with (IAM User Guide, "IAM JSON policy elements").
    """
    return decide_requests(statement, [request])[0]


def decide_requests(statement: Statement, requests: Sequence[Request]) -> list[Truth]:
    """Return for each request whether a statement speaks of it; what several requests share is decided once."""
    decided: dict[tuple[str, Any], Truth] = {}

    def once(element: str, key: Any, decide: Callable[[], Truth]) -> Truth:
        if (element, key) not in decided:
            decided[element, key] = decide()
        return decided[element, key]

    def truths(request: Request) -> Iterator[Truth]:
        # One after the other, since most statements speak of somebody or something else.
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
    """Return whether a statement speaks of a service.

    ``NotPrincipal`` in an Allow statement means more than people expect; it does not count as a grant.
    """
    truth = _element(statement, "Principal", lambda value: _principal_matches(value, service))
    return None if truth and "NotPrincipal" in statement and statement.get("Effect") == "Allow" else truth


def decide_action(statement: Statement, action: str) -> Truth:
    """Return whether a statement speaks of an action."""
    return _element(statement, "Action", lambda value: _matches_any(value, action, fold_case=True))


def _may_cover(statement: Statement, resource: str) -> bool:
    """Whether a statement can grant all of a resource: a quick look that saves most statements the long one."""
    patterns = as_list(statement.get("Resource", "*"))
    return any(isinstance(pattern, str) and covers(pattern, resource) for pattern in patterns)


def granted_by(policy: Policy | None, request: Request) -> tuple[int, ...]:
    """Return the positions of the Allow statements that grant a request for certain, Deny statements left aside."""
    return tuple(
        position
        for position, statement in enumerate(statements_of(policy))
        if statement.get("Effect") == "Allow"
        and _may_cover(statement, request.resource)
        and decide_statement(statement, request) is True
    )


def perhaps_granted_by(policy: Policy | None, request: Request) -> tuple[int, ...]:
    """Return the positions of the Allow statements that grant what a service asks for, or may."""
    return tuple(
        position
        for position, statement in enumerate(statements_of(policy))
        if statement.get("Effect") == "Allow" and decide_statement(statement, request) is not False
    )


def denied_by(policy: Policy | None, request: Request) -> Denials:
    """Return which Deny statements block a request, or may."""
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


def gone_principals(policy: Policy | None) -> dict[str, list[str]]:
    """Return the principals that no longer exist, by name of the statement.

    S3 shows a deleted user or role as its unique id, and refuses to take that back (MalformedPolicy, "Invalid principal
    in policy"): S3 User Guide, "Bucket policies"; IAM User Guide, "Principal".
    """
    found: dict[str, list[str]] = {}
    for position, statement in enumerate(statements_of(policy)):
        gone = [value for value in _aws_principals(statement) if _UNIQUE_ID.fullmatch(value)]
        if gone:
            found[name_of(statement, position)] = gone
    return found


def statements_with(policy: Policy | None, elements: Iterable[str]) -> list[str]:
    """Return the names of the statements that have one of these elements, for example ``NotAction``."""
    wanted = set(elements)
    return [
        name_of(statement, position)
        for position, statement in enumerate(statements_of(policy))
        if wanted.intersection(statement)
    ]


def _normal(value: Any, is_principal: bool = False) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((key, _normal(item, is_principal)) for key, item in value.items()))
    texts = {as_text(item) for item in as_list(value)}
    return tuple(sorted({account_of_root(text) or text for text in texts} if is_principal else texts))


def _normal_statement(statement: Statement) -> Any:
    return tuple(sorted((key, _normal(value, key.endswith("Principal"))) for key, value in statement.items()))


def same_policy(first: Policy | None, second: Policy | None) -> bool:
    """Whether two documents are the same but for what S3 changes in keeping them.

    S3 hands out lists of one as scalars, lists in any order, booleans and numbers as strings, and an account as its id
    or its root ARN (S3 User Guide, "Bucket policies").
    """
    if first is None or second is None:
        return first is second

    def rest(policy: Policy) -> dict[str, Any]:
        return {key: value for key, value in policy.items() if key != "Statement"}

    def normal(policy: Policy) -> list[str]:
        return sorted(repr(_normal_statement(statement)) for statement in statements_of(policy))

    return rest(first) == rest(second) and normal(first) == normal(second)
