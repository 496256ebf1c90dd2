# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Enforces permissions: refuses a call that the caller may not make, before it takes effect.

Enforcement is off by default. moto can enforce identity policies too, but ignores resources, conditions, boundaries
and resource policies.
"""

from __future__ import annotations

from datetime import datetime
from datetime import timezone

from moto.core.responses import ActionResult
from moto.sts.exceptions import STSClientError
from moto.sts.models import STSBackend
from moto.sts.responses import TokenResponse

from . import authorization_denials
from . import caller_policies
from . import delivery
from .answers import Answer
from .authorization_decision import Need
from .authorization_decision import decide
from .callers import ROOT
from .callers import Caller
from .callers import caller_of
from .permission_needs import needs_of
from .policy_evaluation import Context
from .requests import Call
from .switches import switches


class Enforcement:
    """Whether permissions are currently enforced."""

    def __init__(self) -> None:
        self.on = False


enforcement = Enforcement()
"""The one instance of this process."""


def install() -> None:
    """Add GetCallerIdentity and DecodeAuthorizationMessage to moto. Calling it again has no effect."""
    if getattr(STSBackend, "_simulator_callers", False):
        return
    STSBackend._simulator_callers = True
    STSBackend.get_caller_identity = _get_caller_identity
    TokenResponse.decode_authorization_message = _decode_authorization_message


def reset(enforced: bool) -> None:
    """Return to the initial state.

    :param enforced: whether the simulator was started to enforce permissions.
    """
    enforcement.on = enforced
    caller_policies.forget()


def refusal(call: Call) -> Answer | None:
    """Return the response to a denied call, or None if it is allowed or nothing is enforced."""
    if not enforcement.on:
        return None
    caller = caller_of(call.access_key, call.account, call.region)
    if call.operation == "AssumeRole" and caller.kind == ROOT:
        return authorization_denials.root_assumes_role(call)
    layers, context = caller_policies.layers_of(caller), context_of(caller, call.region)
    for need in _asked(call, caller):
        verdict = decide(caller, layers, need, context)
        if not verdict.allowed:
            return authorization_denials.answer_to(call, caller, need, verdict, context)
    return None


def may(access_key: str, account: str, region: str, need: Need) -> bool:
    """Return whether a caller may do what AWS does on its behalf during another call; True if nothing is enforced."""
    if not enforcement.on:
        return True
    caller = caller_of(access_key, account, region)
    return decide(caller, caller_policies.layers_of(caller), need, context_of(caller, region)).allowed


def context_of(caller: Caller, region: str) -> Context:
    """The global condition keys of a request (IAM User Guide, "AWS global condition context keys").

    The simulator acts as AWS endpoints with TLS, on the loopback address.
    """
    organization = delivery.organizations.get(caller.account)
    now = datetime.now(timezone.utc)
    return {
        **caller.context(),
        **({"aws:PrincipalOrgID": organization} if organization else {}),
        "aws:CurrentTime": now.isoformat(timespec="seconds"),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:RequestedRegion": region,
        "aws:SecureTransport": "true",
        "aws:SourceIp": "127.0.0.1",
        "aws:ViaAWSService": "false",
    }


def _asked(call: Call, caller: Caller) -> list[Need]:
    """Return what a call needs; a dry run may skip actions on the caller's behalf (switch)."""
    needs = needs_of(call, caller)
    if call.parameters.get("DryRun") is True and switches.dry_run == "own_actions":
        return [need for need in needs if not need.on_behalf]
    return needs


def _get_caller_identity(self: STSBackend, access_key_id: str, region: str) -> tuple[str, str, str]:
    """STS API Reference, GetCallerIdentity: unique id, ARN and account."""
    caller = caller_of(access_key_id, self.account_id, region)
    return caller.user_id, caller.arn, caller.account


def _decode_authorization_message(self: TokenResponse) -> ActionResult:
    """STS API Reference, DecodeAuthorizationMessage."""
    try:
        return ActionResult({"DecodedMessage": authorization_denials.decoded(self._get_param("EncodedMessage"))})
    except authorization_denials.Undecodable as error:
        raise STSClientError("InvalidAuthorizationMessageException", "The message is not valid") from error
