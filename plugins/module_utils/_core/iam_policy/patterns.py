# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares wildcard patterns of policies with values that may hold wildcards, too. PRIVATE to this collection.

A value can cover many requests: flow logs of all Regions write below ``AWSLogs/111122223333/vpcflowlogs/*``. In a
value, ``*`` is any text and ``?`` any single character. A pattern such as ``arn:aws:s3:::logs/*`` therefore matches all
of a value (True), none of it (False), or a part of it (None). IAM User Guide, "IAM JSON policy elements: Resource" and
"Condition operators": ``*`` and ``?`` can be anywhere and also match slashes.

Any pattern must be fast to compare, since anyone can write one into a bucket policy. Unlike a regular expression, this
code never backtracks. It reads a pattern once and keeps the positions in the value that it can have reached as the bits
of a number: one step per character of the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional

#: True, False, or None for unknown.
Truth = Optional[bool]

_WILDCARDS = re.compile(r"[*?]")
_SEVERAL_WILDCARDS = re.compile(r"[*?]{2,}")


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return False if one of the truths is False, else None if one is unknown, else True."""
    answer: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            answer = None
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return True if one of the truths is True, else None if one is unknown, else False."""
    return negated(all_of(negated(truth) for truth in truths))


def negated(truth: Truth) -> Truth:
    """Return the opposite; unknown stays unknown."""
    return None if truth is None else not truth


def has_wildcard(text: str) -> bool:
    """Return whether a text contains ``*`` or ``?``."""
    return "*" in text or "?" in text


@lru_cache(maxsize=65536)
def _literal_start(text: str) -> str:
    """Return the part before the first wildcard."""
    return _WILDCARDS.split(text, maxsplit=1)[0]


@dataclass(frozen=True)
class _Positions:
    """The positions in a text that a pattern can reach. Bit n is the position before character n.

    :param by_letter: character of the pattern -> the positions from which it advances by one.
    :param by_other: the positions from which every other character advances by one.
    :param stars: the positions of a ``*`` in the text, where any character can stay. No two are adjacent.
    :param end: the position after the last character.
    """

    by_letter: Mapping[str, int]
    by_other: int
    stars: int
    end: int

    def reach_end(self, pattern: str, reached: int) -> bool:
        """Return whether a pattern leads from the positions reached to the end of the text."""
        for character in pattern:
            if character == "*":
                # All positions from the lowest one reached.
                reached = -(reached & -reached) & (2 * self.end - 1)
            else:
                reached = (reached & self.by_letter.get(character, self.by_other)) << 1 | reached & self.stars
                reached |= (reached & self.stars) << 1
            if not reached:
                return False
        return bool(reached & self.end)


def _merge_wildcards(text: str) -> str:
    """Return an equivalent pattern in which each run of wildcards has at most one ``*``, at its end."""
    return _SEVERAL_WILDCARDS.sub(lambda run: "?" * run[0].count("?") + "*" * ("*" in run[0]), text)


def _letter_positions(text: str) -> tuple[dict[str, int], int]:
    """Return the positions before each letter, and the end."""
    letters: dict[str, int] = {}
    for position, letter in enumerate(text):
        letters[letter] = letters.get(letter, 0) | 1 << position
    return letters, 1 << len(text)


@lru_cache(maxsize=1024)
def _positions_to_cover(value: str) -> _Positions:
    """Return the positions for a pattern that must match all of a value: only ``*`` matches ``*``."""
    letters, end = _letter_positions(_merge_wildcards(value))
    stars = letters.pop("*", 0)
    return _Positions({**letters, "?": end - 1 & ~stars}, 0, 0, end)


@lru_cache(maxsize=1024)
def _positions_to_overlap(value: str) -> _Positions:
    """Return the positions for a pattern that must match a part of a value."""
    letters, end = _letter_positions(_merge_wildcards(value))
    stars, singles = letters.pop("*", 0), letters.pop("?", 0)
    by_letter = {letter: positions | singles for letter, positions in letters.items()}
    return _Positions({**by_letter, "?": end - 1 & ~stars}, singles, stars, end)


@lru_cache(maxsize=65536)
def covers(pattern: str, value: str) -> bool:
    """Return whether a pattern matches all of a value.

    The answer is exact, except where mixed ``?`` and ``*`` would need counting: there it is False.
    """
    start = _literal_start(pattern)
    if len(start) == len(pattern):
        return pattern == value
    if not value.startswith(start):
        return False
    return _positions_to_cover(value).reach_end(_merge_wildcards(pattern[len(start) :]), 1 << len(start))


@lru_cache(maxsize=65536)
def overlaps(first: str, second: str) -> bool:
    """Return whether some text matches both patterns."""
    if len(first) < len(second):
        first, second = second, first
    shared = min(len(_literal_start(first)), len(_literal_start(second)))
    if first[:shared] != second[:shared]:
        return False
    positions = _positions_to_overlap(second)
    reached = 1 << shared
    # A star at this position may match nothing.
    return positions.reach_end(_merge_wildcards(first[shared:]), reached | (reached & positions.stars) << 1)


@lru_cache(maxsize=65536)
def match(pattern: str, value: str) -> Truth:
    """Return True if a pattern matches all of a value, False if none of it, None if a part of it."""
    if not has_wildcard(pattern) and not has_wildcard(value):
        return pattern == value
    if not overlaps(pattern, value):
        return False
    return True if covers(pattern, value) else None


@lru_cache(maxsize=65536)
def match_arn(pattern: str, value: str) -> Truth:
    """Return the same as :func:`match` for ArnLike and ArnEquals, which match the six parts of an ARN separately.

    IAM User Guide, "Amazon Resource Name (ARN) condition operators". The answer for fewer parts is unknown (None).
    """
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) != 6 or len(given) != 6:
        return None
    # Accounts first: listed ARNs differ there most often.
    return all_of(match(wanted[position], given[position]) for position in (4, 3, 2, 1, 0, 5))
