# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a policy grants what log delivery asks for, and by which statements. PRIVATE to this collection.

The decision is about a source: all its requests must be granted, and none denied. What depends on something that is
not known is told apart from what is not granted for certain.
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

#: Stand for the one account, region and object that nobody names when a policy is to hold for all of them.
_SOME_ACCOUNT = "000000000000"
_SOME_REGION = "zz-unnamed-1"
_SOME_NAME = "unnamed"


@dataclass(frozen=True)
class Decision:
    """What a policy says.

    :param code: one of the constants above.
    :param positions: of the statements that it comes from; for ``NotGranted`` those that grant a part of it.
    :param actions: those that are not granted, or that the statements deny; none for ``Granted``.
    """

    code: str
    positions: tuple[int, ...] = ()
    actions: tuple[str, ...] = ()


def decide_grant(policy: Policy | None, requests: Sequence[Request]) -> Decision:
    """Return what a policy says to the requests of one source.

    :param requests: every one of them is needed; values in them may hold wildcards for all regions and accounts.
    """
    answers = _Answers(policy, requests)
    each = [(action, answers.decide(action)) for action in dict.fromkeys(request.action for request in requests)]
    for code in (DENIED, NOT_GRANTED, PERHAPS_DENIED, PERHAPS_GRANTED):
        found = [(action, decision) for action, decision in each if decision.code == code]
        if found:
            return Decision(code, _joined(found), tuple(action for action, _decision in found))
    return Decision(GRANTED, _joined(each))


def _joined(found: Sequence[tuple[str, Decision]]) -> tuple[int, ...]:
    return tuple(sorted({position for _action, decision in found for position in decision.positions}))


class _Answers:
    """What each statement of a policy says of each request, decided once for all of them."""

    def __init__(self, policy: Policy | None, requests: Sequence[Request]) -> None:
        self._requests = requests
        self._statements = statements_of(policy)
        self._truths = [decide_requests(statement, requests) for statement in self._statements]

    def decide(self, action: str) -> Decision:
        """Decide the requests of one action."""
        wanted = [number for number, request in enumerate(self._requests) if request.action == action]
        denying = [self._saying("Deny", number, (True,)) for number in wanted]
        certain = set.intersection(*denying)
        if certain:
            return Decision(DENIED, tuple(sorted(certain)))
        granting = [self._saying("Allow", number, (True,)) for number in wanted]
        if not all(granting):
            return self._not_certainly_granted(wanted)
        possible = set().union(*denying, *(self._saying("Deny", number, (None,)) for number in wanted))
        if possible:
            return Decision(PERHAPS_DENIED, tuple(sorted(possible)))
        return Decision(GRANTED, tuple(sorted(set().union(*granting))))

    def _saying(self, effect: str, number: int, truths: tuple[Truth, ...]) -> set[int]:
        """Return the positions of the statements with this effect that say one of these of a request."""
        return {
            position
            for position, statement in enumerate(self._statements)
            if self._truths[position][number] in truths and statement.get("Effect") == effect
        }

    def _not_certainly_granted(self, wanted: Sequence[int]) -> Decision:
        perhaps = [self._saying("Allow", number, (True, None)) for number in wanted]
        unnamed = _of_the_unnamed([self._requests[number] for number in wanted])
        # A grant for some Regions, accounts or objects leaves out those that nobody names, and so cannot be the whole grant.
        is_whole = all(
            any(decide_statement(self._statements[position], request) is not False for position in sorted(positions))
            for positions, request in zip(perhaps, unnamed)
        )
        return Decision(PERHAPS_GRANTED if is_whole else NOT_GRANTED, tuple(sorted(set().union(*perhaps))))


def _named(text: str) -> str:
    for wildcard, some in ((ANY_ACCOUNT, _SOME_ACCOUNT), (":*:", f":{_SOME_REGION}:"), ("=*/", f"={_SOME_REGION}/")):
        text = text.replace(wildcard, some)
    text = text.replace("/vpcflowlogs/*/", f"/vpcflowlogs/{_SOME_REGION}/")
    return f"{text[:-1]}{_SOME_NAME}" if text.endswith("/*") else text


def _of_the_unnamed(requests: Sequence[Request]) -> list[Request]:
    return [
        replace(
            request,
            resource=_named(request.resource),
            context={
                key: None if values is None else type(values)(map(_named, values))
                for key, values in request.context.items()
            },
        )
        for request in requests
    ]
