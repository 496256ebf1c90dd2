# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evaluates conditions of policy statements for a request of which only a part is known. PRIVATE to this collection.

IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys". An unknown operator, key
or policy variable makes the answer unknown (None), never True.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from .patterns import Truth, all_of, any_of, has_wildcard, match, match_arn, negated, overlaps

#: Condition key in lower case -> its values, with wildcards where only a part is known. ``()``: the request does not
#: have this key. None, or not in the mapping: unknown. ``aws:requesttag/`` is for all keys with this prefix.
Context = Mapping[str, Optional[tuple[str, ...]]]

ABSENT: tuple[str, ...] = ()


class OneOf(tuple[str, ...]):
    """Possible values of a key. The request has one of them, and AWS does not document which."""


_QUANTIFIER = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")


@dataclass(frozen=True)
class _Operator:
    quantifier: str
    base: str
    if_exists: bool
    negative: bool


def as_list(value: Any) -> list[Any]:
    """Return the values of a policy element as a list; a policy can have a single value without one."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def as_text(value: Any) -> str:
    """Return a value as S3 returns it: booleans and numbers as strings."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _equals(literal: str, value: str) -> Truth:
    """Compare without wildcards: ``*`` and ``?`` of the policy are literal here."""
    if not has_wildcard(value):
        return literal == value
    return None if overlaps(literal, value) else False


def _equals_ignore_case(pattern: str, value: str) -> Truth:
    return _equals(pattern.lower(), value.lower())


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], Truth]:
    def decide(pattern: str, value: str) -> Truth:
        try:
            return compare(float(value), float(pattern))
        except ValueError:
            return None

    return decide


_DECIDE: dict[str, Callable[[str, str], Truth]] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignore_case,
    "StringLike": match,
    "ArnEquals": match_arn,
    "ArnLike": match_arn,
    "Bool": _equals_ignore_case,
    "NumericEquals": _number(lambda value, limit: value == limit),
    "NumericLessThan": _number(lambda value, limit: value < limit),
    "NumericLessThanEquals": _number(lambda value, limit: value <= limit),
    "NumericGreaterThan": _number(lambda value, limit: value > limit),
    "NumericGreaterThanEquals": _number(lambda value, limit: value >= limit),
}
_NEGATIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}
#: Operators whose values this code does not compare. Their answer for a missing key is known.
_OPAQUE = (
    "IpAddress",
    "NotIpAddress",
    "BinaryEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateGreaterThan",
)


def _parse_operator(name: str) -> _Operator | None:
    found = _QUANTIFIER.fullmatch(name)
    if not found:
        return None
    quantifier, base, if_exists = found.groups()
    negative = base in _NEGATIVE or (base in _OPAQUE and "Not" in base)
    base = _NEGATIVE.get(base, base)
    if base == "Null" and (quantifier or if_exists):
        # "any condition operator name except the Null condition" (IAM User Guide, "...IfExists condition operators").
        return None
    if base not in _DECIDE and base not in _OPAQUE and base != "Null":
        return None
    return _Operator(quantifier or "", base, bool(if_exists), negative)


def _compare(base: str, pattern: str, value: str) -> Truth:
    # The value of a policy variable is unknown.
    if base in _OPAQUE or "${" in pattern:
        return None
    return _DECIDE[base](pattern, value)


def _when_absent(operator: _Operator) -> Truth:
    if operator.quantifier == "ForAnyValue" and operator.if_exists:
        # ForAnyValue without a value is False, IfExists without a key is True. IAM's guide does not say which applies.
        return None
    if operator.quantifier == "ForAllValues" or operator.if_exists:
        return True
    return operator.negative and operator.quantifier != "ForAnyValue"


def _decide_null(present: tuple[str, ...], values: Sequence[Any]) -> Truth:
    wanted = {as_text(value).lower() for value in values}
    if not wanted <= {"true", "false"}:
        return None
    return ("true" if present == ABSENT else "false") in wanted


def _decide(operator: _Operator, present: tuple[str, ...], values: Sequence[Any]) -> Truth:
    if present == ABSENT:
        return _when_absent(operator)
    each = []
    for value in present:
        truth = any_of(_compare(operator.base, as_text(pattern), value) for pattern in values)
        each.append(negated(truth) if operator.negative else truth)
    return all_of(each) if operator.quantifier == "ForAllValues" else any_of(each)


def _decide_operator(operator: _Operator, present: tuple[str, ...], values: Sequence[Any]) -> Truth:
    return _decide_null(present, values) if operator.base == "Null" else _decide(operator, present, values)


def _decide_key(operator: _Operator | None, key: str, value: Any, context: Context) -> Truth:
    name, slash, _rest = key.lower().partition("/")
    present = context.get(key.lower(), context.get(name + slash))
    if operator is None or present is None:
        return None
    alternatives: Sequence[tuple[str, ...]] = [(one,) for one in present] if isinstance(present, OneOf) else [present]
    truths = {_decide_operator(operator, alternative, as_list(value)) for alternative in alternatives}
    return truths.pop() if len(truths) == 1 else None


def decide_condition(condition: Any, context: Context) -> Truth:
    """Return whether a request meets a ``Condition`` element.

    :param condition: as in the policy; ``{}`` if the statement has none.
    :param context: what is known about the request.
    """
    if not isinstance(condition, dict) or not all(isinstance(block, dict) for block in condition.values()):
        return None
    return all_of(
        _decide_key(_parse_operator(name), key, value, context)
        for name, block in condition.items()
        for key, value in block.items()
    )
