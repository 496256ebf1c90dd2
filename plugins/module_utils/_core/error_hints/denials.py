# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS says when it denies a call, and the statement that is missing. PRIVATE to this collection.

IAM User Guide, "Troubleshoot access denied error messages": most messages name the action, many the resource and the
kind of policy. EC2 says more in an encoded part, which STS decodes (DecodeAuthorizationMessage).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..permissions.catalog import actions_for_call

#: Error codes of denied calls: EC2's, those of S3 (HeadBucket has no body, hence 403), IAM and STS, and KMS's.
DENIED_CODES = ("UnauthorizedOperation", "AccessDenied", "403", "AccessDeniedException")

_NAMED = re.compile(
    r"is not authorized to perform: (?P<action>[a-z0-9-]+:\w+)(?: on resource: \"?(?P<resource>[^\s\"]+))?"
)
_ENCODED = re.compile(r"\s*Encoded authorization failure message: (?P<encoded>\S+)")


@dataclass(frozen=True)
class Denial:
    """A denied call.

    :param actions: what was not allowed; several if AWS did not say which of them.
    :param resource: ARN, ``""`` if AWS did not say.
    :param is_explicit: whether a statement denies it, so that a further permission does not help.
    """

    actions: tuple[str, ...]
    resource: str = ""
    is_explicit: bool = False


def is_denied(code: str) -> bool:
    """Whether an error code means that a permission is missing."""
    return code in DENIED_CODES


def is_blocked_as_public(message: str) -> bool:
    """Whether S3 refused a bucket policy because Block Public Access blocks public policies.

    :param message: AWS's message; it names the action as if a permission were missing.
    """
    return "BlockPublicPolicy" in message or "public policies are blocked" in message


def parse_denial(operation: str, message: str) -> Denial:
    """Return what a message says, completed by what its call needs.

    :param operation: API name, for example ``CreateFlowLogs``; ``""`` if it is not known.
    :param message: AWS's message.
    """
    found = _NAMED.search(message)
    if not found:
        return Denial(actions_for_call(operation))
    resource = (found.group("resource") or "").rstrip(".,")
    return Denial((found.group("action"),), resource, "explicit deny" in message)


def encoded_part(message: str) -> str:
    """Return the encoded part of a message, ``""`` for none."""
    found = _ENCODED.search(message)
    return found.group("encoded") if found else ""


def without_encoded_part(message: str) -> str:
    """Return a message for people."""
    return _ENCODED.sub("", message)


def denial_from_decoded(decoded: str) -> Denial:
    """Read what STS made of an encoded message.

    :param decoded: ``DecodedMessage`` of DecodeAuthorizationMessage, a JSON text.
    :raises ValueError: if it is something else.
    """
    details: Mapping[str, Any] = json.loads(decoded)
    context = details.get("context", {})
    if not context.get("action"):
        raise ValueError("the decoded message names no action")
    return Denial((context["action"],), context.get("resource", ""), bool(details.get("explicitDeny")))


def statement_for(actions: Sequence[str], resource: str) -> str:
    """Return the statement that allows actions, as JSON."""
    named = list(actions)
    action: Any = named[0] if len(named) == 1 else named
    return json.dumps({"Effect": "Allow", "Action": action, "Resource": resource or "*"})


def denial_hint(denial: Denial) -> str:
    """Return how to fix a denied call, ``""`` if nothing is known of it."""
    if not denial.actions:
        return ""
    names = ", ".join(denial.actions)
    where = f" on {denial.resource}" if denial.resource else ""
    if denial.is_explicit:
        return f"A statement denies {names}{where} to the caller; no further permission outweighs that."
    statement = statement_for(denial.actions, denial.resource)
    if len(denial.actions) == 1:
        return f"The caller needs {names}{where}. Statement to add: {statement}"
    return f"The caller needs {names}{where}; AWS does not say which is missing. Statement to add: {statement}"
