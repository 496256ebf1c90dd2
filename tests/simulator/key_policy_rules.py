# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""KMS's checks of a key policy before it is stored. Pure.

Sources: KMS API Reference, PutKeyPolicy and CreateKey, parameter Policy; KMS Developer Guide, "Quotas". Texts of the
errors as reported by users of Terraform and the AWS CDK. A policy is stored and returned as given: whether KMS
rewrites it as S3 does is not established.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .policy_documents import EVERYONE
from .policy_documents import Resolve
from .policy_documents import root_arn
from .policy_evaluation import decide

LIMIT = 32_768
"""Bytes of a key policy document: 32 KB."""

_CALLER = "the.caller"
"""Stands for the caller where a policy names a principal that covers it; :func:`decide` knows services only."""


class Refused(ValueError):
    """KMS refuses the document; ``code`` is that of the error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Caller:
    """The caller: the account, and the ARN of the user or role, or of the account's root user if it is unknown.

    IAM is not enforced here: an unknown caller stands for any principal of the account.
    """

    account: str
    arn: str
    partition: str = "aws"
    organization: str | None = None

    @property
    def root(self) -> str:
        """The ARN of the account as a principal."""
        return root_arn(self.account, self.partition)


def check(text: str, key_arn: str, caller: Caller, resolve: Resolve, bypass: bool) -> None:
    """Refuse an invalid document.

    :param text: the document of the request.
    :param resolve: returns which AWS principals exist.
    :param bypass: BypassPolicyLockoutSafetyCheck.
    :raises Refused: it is too long or no policy, names no or unknown principals, or locks the caller out.
    """
    if len(text.encode()) > LIMIT:
        raise Refused("LimitExceededException", f"The key policy is longer than {LIMIT} bytes.")
    policy = _parsed(text)
    for statement in _listed(policy["Statement"]):
        _check_statement(statement, caller.partition, resolve)
    if not bypass and not allows(policy, key_arn, caller, "kms:PutKeyPolicy"):
        raise _malformed("The new key policy will not allow you to update the key policy in the future.")


def allows(policy: Mapping[str, Any] | None, key_arn: str, caller: Caller, action: str) -> bool:
    """Return whether a key policy allows an action to the caller; IAM policies are assumed to allow it."""
    statements = [_seen_by(caller, statement) for statement in _listed((policy or {}).get("Statement", []))]
    context = {
        "aws:PrincipalAccount": caller.account,
        "aws:PrincipalArn": caller.arn,
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
        "kms:CallerAccount": caller.account,
        **({"aws:PrincipalOrgID": caller.organization} if caller.organization else {}),
    }
    return decide({**(policy or {}), "Statement": statements}, _CALLER, action, key_arn, context) == "allow"


def _parsed(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(text)
    except ValueError:
        policy = None
    if not isinstance(policy, dict) or not _listed(policy.get("Statement", [])):
        raise _malformed("The key policy is no JSON object with statements.")
    return policy


def _check_statement(statement: Any, partition: str, resolve: Resolve) -> None:
    """Each statement names principals, who exist. Action or Resource may be missing: it has no effect then."""
    if not isinstance(statement, Mapping) or statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed("A statement of the key policy is no object with an effect.")
    named = statement.get("Principal") or statement.get("NotPrincipal")
    if not named:
        raise _malformed("Policy contains a statement with no principal.")
    if isinstance(named, str) and named != EVERYONE or None in map(resolve, _aws_principals(named, partition)):
        raise _malformed("Policy contains a statement with one or more invalid principals.")


def _aws_principals(named: Any, partition: str) -> list[str]:
    names = _listed(named.get("AWS", [])) if isinstance(named, Mapping) else []
    return [root_arn(str(name), partition) for name in names]


def _seen_by(caller: Caller, statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement with the caller in place of an AWS principal that covers it."""
    seen = dict(statement)
    for element in ("Principal", "NotPrincipal"):
        names = _aws_principals(seen[element], caller.partition) if element in seen else []
        if any(_covers(name, caller) for name in names):
            seen[element] = {"Service": _CALLER}
    return seen


def _covers(name: str, caller: Caller) -> bool:
    if name in (EVERYONE, caller.root, caller.arn):
        return True
    return caller.arn == caller.root and name.split(":")[4:5] == [caller.account]


def _malformed(message: str) -> Refused:
    return Refused("MalformedPolicyDocumentException", message)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
