# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes calls for many ids, and splits a failed call until only the faulty ids are left. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, NamedTuple, TypeVar

from .ec2 import Refused
from .errors import FlowLogsAWSError, error_code_and_message

T = TypeVar("T")


class Splitting(NamedTuple):
    """How a failed call is split.

    :param helps: whether one id may be the cause of an error (code, message, ids).
    :param alike: whether the same result is expected for all ids. Then all ids have failed once both halves fail, which
        saves a call per id where AWS refuses the change as such.
    """

    helps: Callable[[str, str, Sequence[str]], bool]
    alike: bool = False


Attempt = tuple[list[T], list[Refused]]


def _attempt(call: Callable[[Sequence[str]], list[T]], ids: Sequence[str]) -> Attempt[T]:
    try:
        return call(ids), []
    except FlowLogsAWSError as error:
        code, message = error_code_and_message(error)
        return [], [Refused(item, code, message) for item in ids]


def call_in_parts(call: Callable[[Sequence[str]], list[T]], ids: Sequence[str], splitting: Splitting) -> Attempt[T]:
    """Make a call for all ids. If one of them may have made it fail, halve the ids until the other ones succeed.

    :param call: called with ids; returns a list of results, raises :class:`FlowLogsAWSError` if it fails as a whole.
    :returns: the results of the successful calls, and an error for each id of a failed call. One faulty id costs at
        most ``2 * ceil(log2(len(ids)))`` extra calls.
    """
    results, refused = _attempt(call, ids)
    if not refused or len(ids) == 1 or not splitting.helps(refused[0].code, refused[0].message, ids):
        return results, refused
    middle = len(ids) // 2
    if splitting.alike:
        return _alike_halves(call, ids, splitting)
    left = call_in_parts(call, ids[:middle], splitting)
    right = call_in_parts(call, ids[middle:], splitting)
    return left[0] + right[0], left[1] + right[1]


def _alike_halves(call: Callable[[Sequence[str]], list[T]], ids: Sequence[str], splitting: Splitting) -> Attempt[T]:
    middle = len(ids) // 2
    halves = (ids[:middle], ids[middle:])
    attempts = [_attempt(call, half) for half in halves]
    results = attempts[0][0] + attempts[1][0]
    if all(refused for _results, refused in attempts) or not any(refused for _results, refused in attempts):
        return results, attempts[0][1] + attempts[1][1]
    failed = halves[0] if attempts[0][1] else halves[1]
    if len(failed) == 1:
        return results, attempts[0][1] + attempts[1][1]
    more, refused = _alike_halves(call, failed, splitting)
    return results + more, refused
