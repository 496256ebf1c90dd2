# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides whether a policy grants the requests of log delivery, and by which statements. PRIVATE to this collection.

The decision is about one source: the policy must grant all its requests and deny none. A result that depends on unknown
values (``Perhaps...``) differs from a certain one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..iam_policy.document import Policy, Request, decide_requests, decide_statement, statements_of
from ..iam_policy.patterns import Truth
from .grants import ANY_ACCOUNT

GRANTED = "Granted"
NOT_GRANTED = "NotGranted"
DENIED = "Denied"
PERHAPS_GRANTED = "PerhapsGranted"
PERHAPS_DENIED = "PerhapsDenied"

#: An account, Region and object that no policy names. A grant for all of them must include these.
_SOME_ACCOUNT = "000000000000"
_SOME_REGION = "zz-unnamed-1"
_SOME_NAME = "unnamed"


@dataclass(frozen=True)
class Decision:
    """Whether a policy grants the requests of one source.

    :param code: one of the constants above.
    :param positions: positions of the statements that decide; for ``NotGranted``, of those that grant a part.
    :param actions: actions that are denied or not granted; empty for ``Granted``.
    """

    code: str
    positions: tuple[int, ...] = ()
    actions: tuple[str, ...] = ()


def decide_grant(policy: Policy | None, requests: Sequence[Request]) -> Decision:
    """Return whether a policy grants all requests of one source.

    :param requests: the source needs each of them. Values can have wildcards for all Regions and accounts.
    """
    evaluated = _EvaluatedPolicy(policy, requests)
    each = [(action, evaluated.decide(action)) for action in dict.fromkeys(request.action for request in requests)]
    for code in (DENIED, NOT_GRANTED, PERHAPS_DENIED, PERHAPS_GRANTED):
        found = [(action, decision) for action, decision in each if decision.code == code]
        if found:
            return Decision(code, _all_positions(found), tuple(action for action, _decision in found))
    return Decision(GRANTED, _all_positions(each))


def _all_positions(found: Sequence[tuple[str, Decision]]) -> tuple[int, ...]:
    return tuple(sorted({position for _action, decision in found for position in decision.positions}))


class _EvaluatedPolicy:
    """The truth of each statement of a policy for each request."""

    def __init__(self, policy: Policy | None, requests: Sequence[Request]) -> None:
        self._requests = requests
        self._statements = statements_of(policy)
        self._truths = [decide_requests(statement, requests) for statement in self._statements]

    def decide(self, action: str) -> Decision:
        """Decide the requests of one action."""
        numbers = [number for number, request in enumerate(self._requests) if request.action == action]
        denying = [self._positions("Deny", number, (True,)) for number in numbers]
        certain = set.intersection(*denying)
        if certain:
            return Decision(DENIED, tuple(sorted(certain)))
        granting = [self._positions("Allow", number, (True,)) for number in numbers]
        if not all(granting):
            return self._not_certainly_granted(numbers)
        possible = set().union(*denying, *(self._positions("Deny", number, (None,)) for number in numbers))
        if possible:
            return Decision(PERHAPS_DENIED, tuple(sorted(possible)))
        return Decision(GRANTED, tuple(sorted(set().union(*granting))))

    def _positions(self, effect: str, number: int, truths: tuple[Truth, ...]) -> set[int]:
        """Return the positions of the statements with this effect and one of these truths for a request."""
        return {
            position
            for position, statement in enumerate(self._statements)
            if self._truths[position][number] in truths and statement.get("Effect") == effect
        }

    def _not_certainly_granted(self, numbers: Sequence[int]) -> Decision:
        perhaps = [self._positions("Allow", number, (True, None)) for number in numbers]
        unnamed = _unnamed_requests([self._requests[number] for number in numbers])
        # A grant for a part of the Regions, accounts or objects does not include unnamed ones.
        is_whole = all(
            any(decide_statement(self._statements[position], request) is not False for position in sorted(positions))
            for positions, request in zip(perhaps, unnamed)
        )
        return Decision(PERHAPS_GRANTED if is_whole else NOT_GRANTED, tuple(sorted(set().union(*perhaps))))


def _without_wildcards(text: str) -> str:
    for wildcard, some in ((ANY_ACCOUNT, _SOME_ACCOUNT), (":*:", f":{_SOME_REGION}:"), ("=*/", f"={_SOME_REGION}/")):
        text = text.replace(wildcard, some)
    text = text.replace("/vpcflowlogs/*/", f"/vpcflowlogs/{_SOME_REGION}/")
    return f"{text[:-1]}{_SOME_NAME}" if text.endswith("/*") else text


def _unnamed_requests(requests: Sequence[Request]) -> list[Request]:
    """Return the requests with an account, Region and object that no policy names, instead of wildcards."""
    return [
        replace(
            request,
            resource=_without_wildcards(request.resource),
            context={
                key: None if values is None else type(values)(map(_without_wildcards, values))
                for key, values in request.context.items()
            },
        )
        for request in requests
    ]
