# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wildcard patterns of policies, compared with values that may be known in part only. PRIVATE to this collection.

A policy's pattern (``arn:aws:s3:::logs/*``) meets a value that stands for many at once: flow logs of all regions write
below ``AWSLogs/111122223333/vpcflowlogs/*``. In such a value ``*`` means "any text" and ``?`` "any one character", so
the answer is yes (for all of them), no (for none), or not known (for some). IAM User Guide, "IAM JSON policy elements:
Resource" and "Condition operators": ``*`` and ``?`` may stand anywhere and also match slashes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Iterable
from typing import List
from typing import Optional
from typing import Pattern
from typing import Tuple

#: True, False, or None for "not known".
Truth = Optional[bool]

WILDCARDS = "*?"


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return whether all hold: False as soon as one does not, None if that depends on what is not known."""
    answer: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            answer = None
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return whether one holds: True as soon as one does, None if that depends on what is not known."""
    return negated(all_of(negated(truth) for truth in truths))


def negated(truth: Truth) -> Truth:
    """Return the opposite; what is not known stays so."""
    return None if truth is None else not truth


def has_wildcard(text: str) -> bool:
    """Whether a text holds ``*`` or ``?``."""
    return "*" in text or "?" in text


@lru_cache(maxsize=65536)
def _compiled(pattern: str) -> Pattern[str]:
    # In a value, "*" stands for any text and is matched by nothing but "*".
    parts = {"*": ".*", "?": "[^*]"}
    return re.compile("".join(parts.get(character) or re.escape(character) for character in pattern), re.DOTALL)


def covers(pattern: str, value: str) -> bool:
    """Whether a pattern matches everything that a value stands for.

    Exact but for patterns in which ``?`` and ``*`` meet such that only counting would tell; those count as not
    covering.
    """
    return bool(_compiled(pattern).fullmatch(value))


@lru_cache(maxsize=65536)
def _literal_start(text: str) -> str:
    for position, character in enumerate(text):
        if character in WILDCARDS:
            return text[:position]
    return text


def overlaps(first: str, second: str) -> bool:
    """Whether there is a text that both patterns match."""
    return not _starts_apart(first, second) and _rest_overlaps(first, second)


def _starts_apart(first: str, second: str) -> bool:
    """Whether two patterns differ before the first wildcard of either; quickly told, and so in most comparisons."""
    shared = min(len(_literal_start(first)), len(_literal_start(second)))
    return first[:shared] != second[:shared]


def _rest_overlaps(first: str, second: str) -> bool:
    # From the back: row[j] tells whether first[i:] and second[j:] overlap.
    row = [not second[position:].strip("*") for position in range(len(second) + 1)]
    for character in reversed(first):
        below, row = row, [False] * len(second) + [character == "*" and row[-1]]
        for position in range(len(second) - 1, -1, -1):
            row[position] = _step_overlaps(character, second[position], below, row, position)
    return row[0]


def _step_overlaps(first: str, second: str, below: List[bool], row: List[bool], position: int) -> bool:
    if "*" in (first, second):
        return below[position] or row[position + 1]
    return ("?" in (first, second) or first == second) and below[position + 1]


@lru_cache(maxsize=65536)
def match(pattern: str, value: str) -> Truth:
    """Return whether a pattern matches what a value stands for: all of it, none of it, or (None) some of it."""
    if not has_wildcard(pattern) and not has_wildcard(value):
        return pattern == value
    if _starts_apart(pattern, value):
        return False
    if covers(pattern, value):
        return True
    return None if _rest_overlaps(pattern, value) else False


def match_arn(pattern: str, value: str) -> Truth:
    """Match as ArnLike and ArnEquals do: each of the six parts for itself.

    IAM User Guide, "Amazon Resource Name (ARN) condition operators". A pattern with fewer parts is not known.
    """
    wanted, given = _arn_parts(pattern), _arn_parts(value)
    if len(wanted) != 6 or len(given) != 6:
        return None
    # Accounts first: where many are listed, they differ there.
    return all_of(match(wanted[position], given[position]) for position in (4, 3, 2, 1, 0, 5))


@lru_cache(maxsize=65536)
def _arn_parts(text: str) -> Tuple[str, ...]:
    return tuple(text.split(":", 5))
