# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A reference matcher for ``*`` and ``?``, and policies with patterns that are slow with backtracking."""

from __future__ import annotations

import contextlib
import gc
import json
import signal
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any


def matches(pattern: str, text: str) -> bool:
    """Return whether a pattern matches a text; row[n]: the pattern so far matches text[:n]."""
    row = [True] + [False] * len(text)
    for character in pattern:
        if character == "*":
            row = [any(row[: place + 1]) for place in range(len(row))]
        else:
            row = [False] + [row[place] and character in ("?", letter) for place, letter in enumerate(text)]
    return row[-1]


class TooSlow(AssertionError):
    """The code took more CPU time than allowed."""


@contextlib.contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Stop code that takes more CPU time than this.

    :raises TooSlow: in the code that takes too long.
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
    """Return whether code takes at most this CPU time, the best of three.

    Garbage of earlier tests does not count.
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

#: Functions that return a text of about this length, which almost matches a request of log delivery.
HARD_TEXTS: dict[str, Callable[[int], str]] = {
    "stars": lambda length: "*" * length,
    "stars between letters": lambda length: "*a" * (length // 2) + "x",
    "stars between digits": lambda length: "*1" * (length // 2) + "*",
    "star and question mark": lambda length: "*?" * (length // 2),
    "question mark and star": lambda length: "?*" * (length // 2) + "x",
    "few stars": lambda length: "*" * 8 + "*?" * 8 + "x" * max(0, length - 24),
}

#: Functions that return a statement with this text, for each element with patterns.
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
    """Return a policy of at most 20 KB, filled with statements that have such texts in one element."""
    statement = _statement(bucket, effect, element, HARD_TEXTS[text](length))
    size = len(json.dumps(statement, separators=(",", ":"))) + 1
    return {"Version": "2012-10-17", "Statement": [statement] * max(1, (BYTES - 48) // size)}
