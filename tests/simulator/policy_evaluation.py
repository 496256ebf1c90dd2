# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides what a resource policy says about one request of an AWS service.

A small evaluator of IAM policy documents, written apart from the collection so that the collection's own reading of
policies is tested against a second opinion. Source: IAM User Guide, "Policy evaluation logic", "IAM JSON policy
element reference" and "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from typing import Literal

Decision = Literal["allow", "deny", "none"]

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*": "*", "?": "?", "$": "$"}
_ARN_PARTS = 6


def decide(
    policy: Mapping[str, Any] | None,
    principal_service: str,
    action: str,
    resource: str,
    context: Mapping[str, str],
) -> Decision:
    """What the policy says: an explicit Deny wins, then an Allow, else ``"none"``.

    :param principal_service: the service principal that asks, such as ``delivery.logs.amazonaws.com``.
    :param context: condition keys and their one value each; names in any case.
    """
    if policy is None:
        return "none"
    keys = {key.lower(): value for key, value in context.items()}
    variables = keys if policy.get("Version") == "2012-10-17" else None
    effects = {
        statement.get("Effect")
        for statement in _listed(policy.get("Statement", []))
        if _applies(statement, principal_service, action, resource, keys, variables)
    }
    if "Deny" in effects:
        return "deny"
    return "allow" if "Allow" in effects else "none"


def listed_elements(policy: Mapping[str, Any] | None) -> set[str]:
    """The names of all elements that occur in the policy's statements."""
    statements = _listed((policy or {}).get("Statement", []))
    return {name for statement in statements for name in statement}


def _listed(value: Any) -> list[Any]:
    """Policies may give one thing where a list is allowed."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _texts(value: Any) -> list[str]:
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in _listed(value)]


@lru_cache(maxsize=4096)
def _pattern(text: str, ignore_case: bool) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _like(pattern: str, value: str, ignore_case: bool = False) -> bool:
    return _pattern(pattern, ignore_case).fullmatch(value) is not None


def _applies(
    statement: Mapping[str, Any],
    service: str,
    action: str,
    resource: str,
    keys: Mapping[str, str],
    variables: Mapping[str, str] | None,
) -> bool:
    return (
        _principal_applies(statement, service)
        and _element_applies(statement, "Action", lambda given: _like(given, action, ignore_case=True))
        and _element_applies(statement, "Resource", lambda given: _like(_filled(given, variables), resource))
        and _conditions_hold(statement.get("Condition") or {}, keys, variables)
    )


def _principal_applies(statement: Mapping[str, Any], service: str) -> bool:
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], service)
    return _names(statement.get("Principal", {}), service)


def _names(principal: Any, service: str) -> bool:
    """Whether a Principal element covers the service. Everyone includes services, for Allow and for Deny."""
    if not isinstance(principal, Mapping):
        return principal == "*"
    if "*" in _listed(principal.get("AWS", [])):
        return True
    return service in _listed(principal.get("Service", []))


def _element_applies(statement: Mapping[str, Any], name: str, matches: Callable[[str], bool]) -> bool:
    if f"Not{name}" in statement:
        return not any(matches(given) for given in _texts(statement[f"Not{name}"]))
    return any(matches(given) for given in _texts(statement.get(name, [])))


def _filled(text: str, variables: Mapping[str, str] | None) -> str:
    """The text with policy variables replaced; unknown ones stay, and then match nothing real.

    Source: IAM User Guide, "IAM policy elements: Variables and tags" (only with Version 2012-10-17).
    """
    if variables is None:
        return text
    return _VARIABLE.sub(lambda match: _value_of(match.group(1), match.group(0), variables), text)


def _value_of(name: str, unknown: str, variables: Mapping[str, str]) -> str:
    return _LITERALS.get(name) or variables.get(name.lower(), unknown)


def _conditions_hold(
    conditions: Mapping[str, Mapping[str, Any]], keys: Mapping[str, str], variables: Mapping[str, str] | None
) -> bool:
    return all(
        _condition_holds(operator, keys.get(key.lower()), [_filled(text, variables) for text in _texts(wanted)])
        for operator, by_key in conditions.items()
        for key, wanted in by_key.items()
    )


def _condition_holds(operator: str, value: str | None, wanted: list[str]) -> bool:
    """One operator for one key; the values wanted are alternatives (for negated operators: none may match)."""
    quantifier, _colon, name = operator.rpartition(":")
    name = name.lower()
    if name == "null":
        return str(value is None).lower() in [text.lower() for text in wanted]
    negated, base, if_exists = _parsed(name)
    if value is None:
        return _holds_without_key(quantifier.lower(), negated, if_exists)
    compare = _COMPARISONS.get(base)
    if compare is None:
        return False
    return any(compare(text, value) for text in wanted) != negated


def _parsed(name: str) -> tuple[bool, str, bool]:
    """Whether the operator is negated, what it is without negation, and whether it ends in IfExists."""
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
    """Each of the six parts between colons on its own, so that no ``*`` reaches over a colon before the last part."""
    wanted, given = pattern.split(":", _ARN_PARTS - 1), value.split(":", _ARN_PARTS - 1)
    return len(wanted) == len(given) == _ARN_PARTS and all(map(_like, wanted, given))


def _equal(wanted: str, value: str) -> bool:
    return wanted == value


def _equal_ignoring_case(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "stringequals": _equal,
    "stringequalsignorecase": _equal_ignoring_case,
    "stringlike": _like,
    # ArnEquals and ArnLike behave identically (IAM User Guide, "Amazon Resource Name (ARN) condition operators").
    "arnequals": _arn_like,
    "arnlike": _arn_like,
    "bool": _equal_ignoring_case,
}
