# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client tokens of CreateFlowLogs.

Source: EC2 Developer Guide, "Ensuring idempotency in Amazon EC2 API requests", which lists CreateFlowLogs.
"""

from __future__ import annotations

import json
from typing import Any

from ..switches import switches
from .rules import invalid
from .store import Store

_LONGEST = 64


def fingerprint(*parts: Any) -> str:
    """Return the parameters that must be equal if a token is reused, without the Region, as the guide says."""
    return json.dumps(parts, sort_keys=True, default=str)


def replayed(store: Store, token: str | None, asked: str) -> dict[str, Any] | None:
    """Return the earlier response to the same token, or None for a new token.

    It is not established whether a token still gives its response after its flow logs are deleted, and whether a
    response with Unsuccessful items counts as "completed successfully": switches ``token_after_delete`` and
    ``token_after_failure``.

    :raises EC2ClientError: for an invalid token, and for one that was used with other parameters.
    """
    if token is not None and (len(token) > _LONGEST or not token.isascii()):
        raise invalid("The client token is not valid: it has up to 64 ASCII characters.", "InvalidClientToken")
    if token not in store.tokens:
        return None
    known, answer = store.tokens[token]
    if answer["Unsuccessful"] and switches.token_after_failure == "act":
        return None
    if known != asked:
        raise invalid(
            "The client token was already used with other parameters. Use another token.", "IdempotentParameterMismatch"
        )
    deleted = not all(key in store.by_id for key in answer["FlowLogIds"])
    return None if deleted and switches.token_after_delete == "create" else answer


def remember(store: Store, token: str | None, asked: str, answer: dict[str, Any]) -> None:
    """Store the response to a token."""
    if token is not None:
        store.tokens[token] = (asked, answer)
