# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns with ``*`` and ``?`` as in IAM, S3 and EC2. Pure."""

from __future__ import annotations

import fnmatch
import re
from functools import lru_cache

_LITERAL = {character: f"[{character}]" for character in "*?["}


def literal(text: str) -> str:
    """Return the text as a part of a pattern for :func:`compiled`, without wildcards."""
    return "".join(_LITERAL.get(character, character) for character in text)


@lru_cache(maxsize=4096)
def compiled(pattern: str, ignore_case: bool = False) -> re.Pattern[str]:
    """Return a pattern whose only wildcards are ``*`` and ``?``, except those escaped by :func:`literal`.

    Python's translation of such patterns does not backtrack, so matching is fast.
    """
    return re.compile(fnmatch.translate(pattern), re.IGNORECASE if ignore_case else 0)


def like(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """Return whether a pattern matches a text; ``[`` is an ordinary character."""
    return compiled(pattern.replace("[", "[[]"), ignore_case).fullmatch(text) is not None
