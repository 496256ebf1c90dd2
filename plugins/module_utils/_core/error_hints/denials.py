# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads AWS's messages for denied calls, and writes the statement that is missing. PRIVATE to this collection.

IAM User Guide, "Troubleshoot access denied error messages": most messages name the action, many the resource and the
kind of policy. EC2's messages have an encoded part with details, which STS decodes (DecodeAuthorizationMessage).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..permissions.catalog import actions_for_call

#: Error codes of denied calls: of EC2; of S3, IAM and STS; of HeadBucket, which has no body; of KMS.
DENIED_CODES = ("UnauthorizedOperation", "AccessDenied", "403", "AccessDeniedException")

_NAMED = re.compile(
    r"is not authorized to perform: (?P<action>[a-z0-9-]+:\w+)(?: on resource: \"?(?P<resource>[^\s\"]+))?"
)
_ENCODED = re.compile(r"\s*Encoded authorization failure message: (?P<encoded>\S+)")


@dataclass(frozen=True)
class Denial:
    """A denied call.

    :param actions: denied actions; several if AWS did not name the one that is missing.
    :param resource: ARN; ``""`` if AWS did not name it.
    :param is_explicit: whether a statement denies the action, so that another permission does not help.
    """

    actions: tuple[str, ...]
    resource: str = ""
    is_explicit: bool = False


def is_denied(code: str) -> bool:
    """Whether an error code means that a permission is missing."""
    return code in DENIED_CODES


def is_blocked_as_public(message: str) -> bool:
    """Whether S3 refused a bucket policy because of Block Public Access.

    :param message: AWS's message, which reads as if a permission were missing.
    """
    return "BlockPublicPolicy" in message or "public policies are blocked" in message


def parse_denial(operation: str, message: str) -> Denial:
    """Return the denial in a message; if AWS names no action, with the actions that the call needs.

    :param operation: name of the API operation, for example ``CreateFlowLogs``; ``""`` if unknown.
    :param message: AWS's message.
    """
    found = _NAMED.search(message)
    if not found:
        return Denial(actions_for_call(operation))
    resource = (found.group("resource") or "").rstrip(".,")
    return Denial((found.group("action"),), resource, "explicit deny" in message)


def encoded_part(message: str) -> str:
    """Return the encoded part of a message; ``""`` if it has none."""
    found = _ENCODED.search(message)
    return found.group("encoded") if found else ""


def without_encoded_part(message: str) -> str:
    """Return a message without its encoded part."""
    return _ENCODED.sub("", message)


def denial_from_decoded(decoded: str) -> Denial:
    """Return the denial in a decoded message.

    :param decoded: ``DecodedMessage`` of DecodeAuthorizationMessage, a JSON text.
    :raises ValueError: for another text.
    """
    details: Mapping[str, Any] = json.loads(decoded)
    context = details.get("context", {})
    if not context.get("action"):
        raise ValueError("the decoded message names no action")
    return Denial((context["action"],), context.get("resource", ""), bool(details.get("explicitDeny")))


def statement_for(actions: Sequence[str], resource: str) -> str:
    """Return a policy statement that allows the actions, as JSON."""
    named = list(actions)
    action: Any = named[0] if len(named) == 1 else named
    return json.dumps({"Effect": "Allow", "Action": action, "Resource": resource or "*"})


def denial_hint(denial: Denial) -> str:
    """Return how to fix a denied call; ``""`` if its actions are unknown."""
    if not denial.actions:
        return ""
    names = ", ".join(denial.actions)
    where = f" on {denial.resource}" if denial.resource else ""
    if denial.is_explicit:
        return f"A statement denies {names}{where} to the caller; no other permission can override it."
    statement = statement_for(denial.actions, denial.resource)
    if len(denial.actions) == 1:
        return f"The caller needs {names}{where}. Statement to add: {statement}"
    return f"The caller needs {names}{where}; AWS does not name the one that is missing. Statement to add: {statement}"
