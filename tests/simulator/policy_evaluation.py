# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evaluates a policy for one request, of an AWS service or any principal.

A small evaluator of IAM policy documents, independent of the collection, so that tests compare two implementations.
Source: IAM User Guide, "Policy evaluation logic", "IAM JSON policy element reference" and "IAM JSON policy elements:
Condition operators".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from datetime import timezone
from typing import Any
from typing import Literal

from .globs import compiled
from .globs import literal

Decision = Literal["allow", "deny", "none"]
Statement = Mapping[str, Any]
Context = Mapping[str, str | Sequence[str]]
"""Condition keys, in any case, with their value or values."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*": "\ue000", "?": "\ue001", "$": "$"}
"""Placeholders for the characters that a policy writes as ``${*}``, ``${?}`` and ``${$}``."""
_MEANT = {"\ue000": "*", "\ue001": "?"}
_MEANINGS = str.maketrans(_MEANT)
_IN_PATTERNS = str.maketrans({"[": literal("["), **{stand_in: literal(meant) for stand_in, meant in _MEANT.items()}})
_ARN_PARTS = 6


def decide(
    policy: Mapping[str, Any] | None,
    principal_service: str,
    action: str,
    resource: str,
    context: Context,
) -> Decision:
    """Return the effect of a resource policy on a service: an explicit Deny wins, then an Allow, else ``"none"``.

    :param principal_service: the calling service principal, such as ``delivery.logs.amazonaws.com``.
    """
    found = matching(policy, lambda one: _principal_applies(one, principal_service), action, resource, context)
    return effect_of(found)


def matching(
    policy: Mapping[str, Any] | None,
    concerns: Callable[[Statement], bool],
    action: str,
    resource: str,
    context: Context,
) -> list[Statement]:
    """Return the statements of a policy that apply to a request.

    :param concerns: whether a statement applies to the caller; statements of identity policies always do.
    """
    if policy is None:
        return []
    keys = {key.lower(): _texts(value) for key, value in context.items()}
    variables = {key: values[0] for key, values in keys.items() if len(values) == 1}
    known = variables if policy.get("Version") == "2012-10-17" else None
    return [
        statement
        for statement in listed(policy.get("Statement", []))
        if concerns(statement) and _applies(statement, action, resource, keys, known)
    ]


def effect_of(statements: Iterable[Statement]) -> Decision:
    """Return the combined effect of statements that apply."""
    effects = {statement.get("Effect") for statement in statements}
    if "Deny" in effects:
        return "deny"
    return "allow" if "Allow" in effects else "none"


def names_action(pattern: str, action: str) -> bool:
    """Return whether an action of a policy, possibly with wildcards, covers an action."""
    return _like(pattern, action, ignore_case=True)


def keys_named(statement: Statement) -> set[str]:
    """Return the condition keys in a statement's conditions and variables."""
    conditions = statement.get("Condition") or {}
    texts = [text for element in ("Resource", "NotResource") for text in _texts(statement.get(element, []))]
    texts += [text for by_key in conditions.values() for wanted in by_key.values() for text in _texts(wanted)]
    variables = {name for text in texts for name in _VARIABLE.findall(text) if name not in _LITERALS}
    return variables | {key for by_key in conditions.values() for key in by_key}


def listed_elements(policy: Mapping[str, Any] | None) -> set[str]:
    """Return the names of all elements in the policy's statements."""
    statements = listed((policy or {}).get("Statement", []))
    return {name for statement in statements for name in statement}


def listed(value: Any) -> list[Any]:
    """Return a list; policies may have one item in place of a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _texts(value: Any) -> list[str]:
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in listed(value)]


def _like(pattern: str, value: str, ignore_case: bool = False) -> bool:
    return compiled(pattern.translate(_IN_PATTERNS), ignore_case).fullmatch(value) is not None


def _applies(
    statement: Statement,
    action: str,
    resource: str,
    keys: Mapping[str, list[str]],
    variables: Mapping[str, str] | None,
) -> bool:
    return (
        _element_applies(statement, "Action", lambda given: names_action(given, action))
        and _element_applies(statement, "Resource", lambda given: _like(_filled(given, variables), resource))
        and _conditions_hold(statement.get("Condition") or {}, keys, variables)
    )


def _principal_applies(statement: Mapping[str, Any], service: str) -> bool:
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], service)
    return _names(statement.get("Principal", {}), service)


def _names(principal: Any, service: str) -> bool:
    """Return whether a Principal element covers the service. Everyone includes services, for Allow and for Deny."""
    if not isinstance(principal, Mapping):
        return principal == "*"
    if "*" in listed(principal.get("AWS", [])):
        return True
    return service in listed(principal.get("Service", []))


def _element_applies(statement: Mapping[str, Any], name: str, matches: Callable[[str], bool]) -> bool:
    if f"Not{name}" in statement:
        return not any(matches(given) for given in _texts(statement[f"Not{name}"]))
    return any(matches(given) for given in _texts(statement.get(name, [])))


def _filled(text: str, variables: Mapping[str, str] | None) -> str:
    """Return the text with policy variables replaced; unknown ones stay and match nothing.

    Source: IAM User Guide, "IAM policy elements: Variables and tags" (only with Version 2012-10-17).
    """
    if variables is None:
        return text
    return _VARIABLE.sub(lambda match: _value_of(match.group(1), match.group(0), variables), text)


def _value_of(name: str, unknown: str, variables: Mapping[str, str]) -> str:
    return _LITERALS.get(name) or variables.get(name.lower(), unknown)


def _conditions_hold(
    conditions: Mapping[str, Mapping[str, Any]], keys: Mapping[str, list[str]], variables: Mapping[str, str] | None
) -> bool:
    return all(
        _condition_holds(operator, keys.get(key.lower()), [_filled(text, variables) for text in _texts(wanted)])
        for operator, by_key in conditions.items()
        for key, wanted in by_key.items()
    )


def _condition_holds(operator: str, values: list[str] | None, wanted: list[str]) -> bool:
    """Evaluate one operator for one key; values are alternatives (negated operators: none may match)."""
    quantifier, _colon, name = operator.lower().rpartition(":")
    if name == "null":
        return str(values is None).lower() in [text.lower() for text in wanted]
    negated, base, if_exists = _parsed(name)
    if values is None:
        return _holds_without_key(quantifier, negated, if_exists)
    compare = _COMPARISONS.get(base)
    if compare is None:
        return False
    over = all if quantifier == "forallvalues" else any
    return over(any(compare(text, value) for text in wanted) != negated for value in values)


def _parsed(name: str) -> tuple[bool, str, bool]:
    """Return whether the operator is negated, its name without negation, and whether it ends in IfExists."""
    base = name.removesuffix("ifexists")
    positive = base.replace("not", "", 1)
    return positive != base, positive, base != name


def _holds_without_key(quantifier: str, negated: bool, if_exists: bool) -> bool:
    """Source: IAM User Guide, "Condition operators" and "Set operators for multi-valued context keys"."""
    if quantifier == "forallvalues":
        return True
    if quantifier == "foranyvalue":
        return False
    return negated or if_exists


def _arn_like(pattern: str, value: str) -> bool:
    """Compare the six parts between colons separately, so that ``*`` matches no colon before the last part."""
    wanted, given = pattern.split(":", _ARN_PARTS - 1), value.split(":", _ARN_PARTS - 1)
    return len(wanted) == len(given) == _ARN_PARTS and all(map(_like, wanted, given))


def _equal(wanted: str, value: str) -> bool:
    return wanted.translate(_MEANINGS) == value


def _equal_ignoring_case(wanted: str, value: str) -> bool:
    return wanted.translate(_MEANINGS).lower() == value.lower()


def _ordered(read: Callable[[str], Any], holds: Callable[[Any, Any], bool]) -> Callable[[str, str], bool]:
    """Return a comparison of two parsed texts; invalid texts do not match."""

    def compare(wanted: str, value: str) -> bool:
        try:
            return holds(read(value), read(wanted))
        except ValueError:
            return False

    return compare


def _time(text: str) -> datetime:
    """ISO 8601, or seconds since 1970 (IAM User Guide, "Date condition operators")."""
    if text.isdigit():
        return datetime.fromtimestamp(int(text), timezone.utc)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "lessthan": lambda value, wanted: value < wanted,
    "lessthanequals": lambda value, wanted: value <= wanted,
    "greaterthan": lambda value, wanted: value > wanted,
    "greaterthanequals": lambda value, wanted: value >= wanted,
}
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "stringequals": _equal,
    "stringequalsignorecase": _equal_ignoring_case,
    "stringlike": _like,
    # ArnEquals and ArnLike behave identically (IAM User Guide, "Amazon Resource Name (ARN) condition operators").
    "arnequals": _arn_like,
    "arnlike": _arn_like,
    "bool": _equal_ignoring_case,
    "ipaddress": _ordered(
        lambda text: ipaddress.ip_network(text, strict=False),
        lambda value, wanted: value.version == wanted.version and value.subnet_of(wanted),
    ),
    **{f"numeric{name}": _ordered(float, holds) for name, holds in _ORDERS.items()},
    **{f"date{name}": _ordered(_time, holds) for name, holds in _ORDERS.items()},
}
