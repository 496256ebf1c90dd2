# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What patterns with ``*`` and ``?`` mean, and policies full of those that a matcher with backtracking never finishes."""

from __future__ import annotations

import contextlib
import gc
import json
import signal
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern matches a text, by the rules alone: row[n] tells whether what was read matches text[:n]."""
    row = [True] + [False] * len(text)
    for character in pattern:
        if character == "*":
            row = [any(row[: place + 1]) for place in range(len(row))]
        else:
            row = [False] + [row[place] and character in ("?", letter) for place, letter in enumerate(text)]
    return row[-1]


class TooSlow(AssertionError):
    """Something took more CPU time than it may."""


@contextlib.contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Stop what takes more CPU time than this, however busy the machine is.

    :raises TooSlow: in what takes too long.
    """

    def stop(*_: object) -> None:
        raise TooSlow(f"more than {seconds} s of CPU time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def is_within(seconds: float, act: Callable[[], object]) -> bool:
    """Whether something takes no more CPU time than this: the best of three, since other processes cost time too.

    What the garbage of other tests takes to collect does not count.
    """
    gc.disable()
    try:
        for _attempt in range(3):
            with contextlib.suppress(TooSlow), cpu_limit(seconds):
                act()
                return True
        return False
    finally:
        gc.enable()


SERVICE = "delivery.logs.amazonaws.com"
BYTES = 20480

#: Makes a text of about a number of characters. Each nearly matches what log delivery asks for, and only nearly.
HARD_TEXTS: dict[str, Callable[[int], str]] = {
    "stars": lambda length: "*" * length,
    "stars between letters": lambda length: "*a" * (length // 2) + "x",
    "stars between digits": lambda length: "*1" * (length // 2) + "*",
    "star and question mark": lambda length: "*?" * (length // 2),
    "question mark and star": lambda length: "?*" * (length // 2) + "x",
    "few stars": lambda length: "*" * 8 + "*?" * 8 + "x" * max(0, length - 24),
}

#: Makes a statement of a hard text, for each element that takes patterns.
_ARN = "arn:aws:s3:::{bucket}/"
ELEMENTS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "Resource": lambda bucket, text: {"Resource": _ARN.format(bucket=bucket) + text},
    "NotResource": lambda bucket, text: {"NotResource": _ARN.format(bucket=bucket) + text, "Resource": None},
    "Action": lambda _bucket, text: {"Action": "s3:" + text},
    "NotAction": lambda _bucket, text: {"NotAction": "s3:" + text, "Action": None},
    "Principal": lambda _bucket, text: {"Principal": {"Service": text}},
    "StringLike": lambda _bucket, text: {"Condition": {"StringLike": {"aws:SourceArn": text}}},
    "StringEquals": lambda _bucket, text: {"Condition": {"StringEquals": {"aws:SourceArn": text}}},
    "StringNotLike": lambda _bucket, text: {"Condition": {"StringNotLike": {"aws:SourceAccount": text}}},
    "ArnLike": lambda _bucket, text: {
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:{text}:{text}:{text}"}}
    },
    "ArnNotLike": lambda _bucket, text: {"Condition": {"ArnNotLike": {"aws:SourceArn": f"arn:aws:logs:*:*:{text}"}}},
}


def _statement(bucket: str, effect: str, element: str, text: str) -> dict[str, Any]:
    usual = {
        "Effect": effect,
        "Principal": {"Service": SERVICE},
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    changed = {**usual, **ELEMENTS[element](bucket, text)}
    return {name: value for name, value in changed.items() if value is not None}


def slow_policy(bucket: str, effect: str, element: str, text: str, length: int) -> dict[str, Any]:
    """A policy of at most 20 KB with as many statements as fit, of hard texts of a length in one element."""
    statement = _statement(bucket, effect, element, HARD_TEXTS[text](length))
    size = len(json.dumps(statement, separators=(",", ":"))) + 1
    return {"Version": "2012-10-17", "Statement": [statement] * max(1, (BYTES - 48) // size)}
