# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a policy grants what log delivery asks for, and by which statements. PRIVATE to this collection.

The decision is about a source: all its requests must be granted, and none denied. What depends on something that is
not known is told apart from what is not granted for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import List
from typing import Optional
from typing import Sequence
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import ANY_ACCOUNT
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import denials_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import positions_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_conditions import Context
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import Policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import Request
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import perhaps_granted_by

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
    positions: Tuple[int, ...] = ()
    actions: Tuple[str, ...] = ()


def decide_grant(policy: Optional[Policy], requests: Sequence[Request]) -> Decision:
    """Return what a policy says to the requests of one source.

    :param requests: every one of them is needed; values in them may hold wildcards for all regions and accounts.
    """
    by_action: List[List[Request]] = [
        [request for request in requests if request.action == action]
        for action in dict.fromkeys(request.action for request in requests)
    ]
    each = [(group[0].action, _decide(policy, group)) for group in by_action]
    for code in (DENIED, NOT_GRANTED, PERHAPS_DENIED, PERHAPS_GRANTED):
        found = [(action, decision) for action, decision in each if decision.code == code]
        if found:
            return Decision(code, _joined(found), tuple(action for action, _decision in found))
    return Decision(GRANTED, _joined(each))


def _joined(found: Sequence[Tuple[str, Decision]]) -> Tuple[int, ...]:
    return tuple(sorted({position for _action, decision in found for position in decision.positions}))


def _decide(policy: Optional[Policy], requests: Sequence[Request]) -> Decision:
    """Decide the requests of one action."""
    denials = denials_for(policy, requests)
    if denials.certain:
        return Decision(DENIED, denials.certain)
    granted = positions_for(policy, requests)
    if granted:
        return Decision(PERHAPS_DENIED, denials.possible) if denials.possible else Decision(GRANTED, granted)
    perhaps = [perhaps_granted_by(policy, request) for request in requests]
    # A grant for some regions, accounts or objects leaves those out that nobody names; then there is nothing to wonder about.
    unnamed = [perhaps_granted_by(policy, _of_the_unnamed(request)) for request in requests]
    code = PERHAPS_GRANTED if all(unnamed) else NOT_GRANTED
    return Decision(code, tuple(sorted({position for positions in perhaps for position in positions})))


def _named(text: str) -> str:
    for wildcard, some in ((ANY_ACCOUNT, _SOME_ACCOUNT), (":*:", f":{_SOME_REGION}:"), ("=*/", f"={_SOME_REGION}/")):
        text = text.replace(wildcard, some)
    text = text.replace("/vpcflowlogs/*/", f"/vpcflowlogs/{_SOME_REGION}/")
    return f"{text[:-1]}{_SOME_NAME}" if text.endswith("/*") else text


def _of_the_unnamed(request: Request) -> Request:
    context: Context = {
        key: None if values is None else tuple(map(_named, values)) for key, values in request.context.items()
    }
    return replace(request, resource=_named(request.resource), context=context)
