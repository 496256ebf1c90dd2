# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wildcard patterns of policies, compared with values that may be known in part only. PRIVATE to this collection.

A policy's pattern (``arn:aws:s3:::logs/*``) meets a value that stands for many at once: flow logs of all Regions write
below ``AWSLogs/111122223333/vpcflowlogs/*``. In such a value ``*`` means "any text" and ``?`` "any one character", so
the answer is yes (for all of them), no (for none), or not known (for some). IAM User Guide, "IAM JSON policy elements:
Resource" and "Condition operators": ``*`` and ``?`` may stand anywhere and also match slashes.

Anybody can write such a pattern into a bucket policy, so none may be slow. Nothing here goes back and tries again, as
regular expressions do: a pattern is read once, with the set of places in the value that it can have come to so far as
the bits of a number. That takes one step for each character of the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Optional

#: True, False, or None for "not known".
Truth = Optional[bool]

_WILDCARDS = re.compile(r"[*?]")
_SEVERAL_WILDCARDS = re.compile(r"[*?]{2,}")


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
def _literal_start(text: str) -> str:
    """Return the part before the first wildcard."""
    return _WILDCARDS.split(text, maxsplit=1)[0]


@dataclass(frozen=True)
class _Places:
    """The places in a text that a pattern can come to: bit n stands for the one before its character number n.

    :param by_letter: character of the pattern -> the places that it moves one on from.
    :param by_others: those that every other character moves one on from.
    :param stars: those where any character may stay, since the text has a ``*`` there; no two are neighbours.
    :param end: the place behind the last character.
    """

    by_letter: Mapping[str, int]
    by_others: int
    stars: int
    end: int

    def reach_end(self, pattern: str, reached: int) -> bool:
        """Whether a pattern, read to its end, leads from the places reached to the end of the text."""
        for character in pattern:
            if character == "*":
                # From the lowest of the places reached to all behind it.
                reached = -(reached & -reached) & (2 * self.end - 1)
            else:
                reached = (reached & self.by_letter.get(character, self.by_others)) << 1 | reached & self.stars
                reached |= (reached & self.stars) << 1
            if not reached:
                return False
        return bool(reached & self.end)


def _folded(text: str) -> str:
    """Return a pattern that means the same, with at most one ``*`` in each run of wildcards, at its end."""
    return _SEVERAL_WILDCARDS.sub(lambda run: "?" * run[0].count("?") + "*" * ("*" in run[0]), text)


def _letters_of(text: str) -> tuple[dict[str, int], int]:
    """Return the places before each letter, and the end."""
    letters: dict[str, int] = {}
    for position, letter in enumerate(text):
        letters[letter] = letters.get(letter, 0) | 1 << position
    return letters, 1 << len(text)


@lru_cache(maxsize=1024)
def _places_to_cover(value: str) -> _Places:
    """Return the places for a pattern that is to match all that a value stands for: only a ``*`` matches a ``*``."""
    letters, end = _letters_of(_folded(value))
    stars = letters.pop("*", 0)
    return _Places({**letters, "?": end - 1 & ~stars}, 0, 0, end)


@lru_cache(maxsize=1024)
def _places_to_meet(value: str) -> _Places:
    """Return the places for a pattern that is to match something that a value stands for."""
    letters, end = _letters_of(_folded(value))
    stars, singles = letters.pop("*", 0), letters.pop("?", 0)
    by_letter = {letter: places | singles for letter, places in letters.items()}
    return _Places({**by_letter, "?": end - 1 & ~stars}, singles, stars, end)


@lru_cache(maxsize=65536)
def covers(pattern: str, value: str) -> bool:
    """Whether a pattern matches everything that a value stands for.

    Exact but for patterns in which ``?`` and ``*`` meet such that only counting would tell; those count as not
    covering.
    """
    start = _literal_start(pattern)
    if len(start) == len(pattern):
        return pattern == value
    if not value.startswith(start):
        return False
    return _places_to_cover(value).reach_end(_folded(pattern[len(start) :]), 1 << len(start))


@lru_cache(maxsize=65536)
def overlaps(first: str, second: str) -> bool:
    """Whether there is a text that both patterns match."""
    if len(first) < len(second):
        first, second = second, first
    shared = min(len(_literal_start(first)), len(_literal_start(second)))
    if first[:shared] != second[:shared]:
        return False
    # A star right there may stand for nothing.
    places = _places_to_meet(second)
    reached = 1 << shared
    return places.reach_end(_folded(first[shared:]), reached | (reached & places.stars) << 1)


@lru_cache(maxsize=65536)
def match(pattern: str, value: str) -> Truth:
    """Return whether a pattern matches what a value stands for: all of it, none of it, or (None) some of it."""
    if not has_wildcard(pattern) and not has_wildcard(value):
        return pattern == value
    if not overlaps(pattern, value):
        return False
    return True if covers(pattern, value) else None


@lru_cache(maxsize=65536)
def match_arn(pattern: str, value: str) -> Truth:
    """Match as ArnLike and ArnEquals do: each of the six parts for itself.

    IAM User Guide, "Amazon Resource Name (ARN) condition operators". A pattern with fewer parts is not known.
    """
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) != 6 or len(given) != 6:
        return None
    # Accounts first: where many are listed, they differ there.
    return all_of(match(wanted[position], given[position]) for position in (4, 3, 2, 1, 0, 5))
