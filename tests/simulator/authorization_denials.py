# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's messages for denied calls, and the details that STS decodes.

Sources: IAM User Guide, "Troubleshoot access denied error messages" (the reasons); texts of EC2, S3, IAM, KMS and STS
as reported by their users in 2022 to 2025: EC2 appends an encoded message where a resource is concerned, S3 puts the
resource in quotes and gives callers of other accounts no details, no service names a resource if it is only ``*``. STS
API Reference, DecodeAuthorizationMessage; IAM User Guide, "Example decoded authorization message", for its members.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any

from .answers import Answer
from .answers import denial
from .authorization_decision import IDENTITY
from .authorization_decision import RESOURCE
from .authorization_decision import Need
from .authorization_decision import Verdict
from .callers import ROOT
from .callers import Caller
from .policy_evaluation import Context
from .policy_evaluation import listed
from .requests import Call
from .switches import switches

EC2_OPAQUE = "You are not authorized to perform this operation."
S3_OPAQUE = "Access Denied"
_ROOT_IN_A_ROLE = "Roles may not be assumed by root accounts."
_ANY_KEY_ABROAD = (
    "on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a"
    " resource-based policy explicitly denies access"
)


class Undecodable(ValueError):
    """The text is no encoded message."""


def answer_to(call: Call, caller: Caller, need: Need, verdict: Verdict, context: Context) -> Answer:
    """Return the response to a call that needs an action the caller may not perform."""
    return denial(call.service, _message(call, caller, need, verdict, {**context, **need.context}))


def root_assumes_role(call: Call) -> Answer:
    """Return the response to AssumeRole by an account's root user (STS API Reference, AssumeRole)."""
    return denial(call.service, _ROOT_IN_A_ROLE)


def decoded(encoded: str) -> str:
    """Return the details in an encoded message, as JSON.

    :raises Undecodable: for anything else.
    """
    try:
        return zlib.decompress(base64.urlsafe_b64decode(encoded.encode())).decode()
    except (ValueError, binascii.Error, zlib.error) as error:
        raise Undecodable(encoded) from error


def _message(call: Call, caller: Caller, need: Need, verdict: Verdict, context: Context) -> str:
    abroad = need.owner not in (None, caller.account)
    if call.service == "ec2":
        return _of_ec2(caller, need, verdict, context)
    if call.service == "s3" and abroad:
        return S3_OPAQUE
    who = f"User: {caller.arn} is not authorized to perform: {need.action}"
    if call.service == "kms" and abroad:
        return f"{who} {_ANY_KEY_ABROAD}"
    if call.service == "sts" and need.owner is not None and (abroad or verdict.layer == RESOURCE):
        return f"{who} on resource: {need.resource}"
    return _sentence(caller, need, verdict, quoted=call.service == "s3")


def _sentence(caller: Caller, need: Need, verdict: Verdict, quoted: bool = False) -> str:
    resource = f'"{need.resource}"' if quoted else need.resource
    where = "" if need.resource == "*" else f" on resource: {resource}"
    return f"User: {caller.arn} is not authorized to perform: {need.action}{where} {_reason(need, verdict)}"


def _reason(need: Need, verdict: Verdict) -> str:
    if verdict.explicit:
        article = "an" if verdict.layer == IDENTITY else "a"
        return f"with an explicit deny in {article} {verdict.layer}"
    return f"because no {verdict.layer} allows the {need.action} action"


def _of_ec2(caller: Caller, need: Need, verdict: Verdict, context: Context) -> str:
    """EC2 gives no reason for a denial of another service (users of CreateFlowLogs; switch)."""
    if need.on_behalf and switches.denial_on_behalf == "opaque":
        return EC2_OPAQUE
    sentence = f"{EC2_OPAQUE} {_sentence(caller, need, verdict)}"
    if need.resource == "*":
        return sentence
    return f"{sentence}. Encoded authorization failure message: {_encoded(_details(caller, need, verdict, context))}"


def _details(caller: Caller, need: Need, verdict: Verdict, context: Context) -> Mapping[str, Any]:
    principal = {"id": caller.user_id, "arn": caller.arn}
    if caller.kind != ROOT and caller.entity is not None:
        principal["name"] = caller.entity.name
    conditions = [
        {"key": key, "values": {"items": [{"value": str(one)} for one in listed(value)]}}
        for key, value in context.items()
    ]
    return {
        "allowed": False,
        "explicitDeny": verdict.explicit,
        "matchedStatements": {"items": [_matched(statement, verdict) for _policy, statement in verdict.matched]},
        "failures": {"items": []},
        "context": {
            "principal": principal,
            "action": need.action,
            "resource": need.resource,
            "conditions": {"items": conditions},
        },
    }


def _matched(statement: Mapping[str, Any], verdict: Verdict) -> Mapping[str, Any]:
    actions = {"items": [{"value": str(action)} for action in listed(statement.get("Action", []))]}
    resources = {"items": [{"value": str(resource)} for resource in listed(statement.get("Resource", []))]}
    return {
        "statementId": statement.get("Sid", ""),
        "effect": "DENY" if verdict.explicit else "ALLOW",
        "principals": {"items": []},
        "actions": actions,
        "resources": resources,
        "conditions": {"items": []},
    }


def _encoded(details: Mapping[str, Any]) -> str:
    """Encode the details; unlike AWS's encoding, without encryption."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(details).encode())).decode()
