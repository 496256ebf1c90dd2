# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The IAM and STS calls for permissions, one function each. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import FlowLogsErrorHandler


@FlowLogsErrorHandler.common_error_handler("look up the role {name}")
def role_arn(client: Any, name: str) -> str:
    """Return the ARN of a role with its path (IAM API GetRole)."""
    return str(client.get_role(RoleName=name)["Role"]["Arn"])


@FlowLogsErrorHandler.common_error_handler("simulate the policies of {principal}")
def simulate_principal_policy(
    client: Any,
    principal: str,
    actions: Sequence[str],
    resources: Sequence[str],
    context: Sequence[tuple[str, str]],
) -> list[dict[str, Any]]:
    """Return the results of a policy simulation (IAM API SimulatePrincipalPolicy, all pages).

    :param principal: ARN of a user, group or role; the API does not accept sessions.
    :param context: pairs of condition key and value.
    """
    entries = [
        {
            "ContextKeyName": key,
            "ContextKeyValues": [value],
            "ContextKeyType": "boolean" if value in ("true", "false") else "string",
        }
        for key, value in context
    ]
    pages = client.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=principal,
        ActionNames=list(actions),
        ResourceArns=list(resources),
        ContextEntries=entries,
    )
    return [result for page in pages for result in page["EvaluationResults"]]


@FlowLogsErrorHandler.common_error_handler("decode the message of a denied call")
def decode_authorization_message(client: Any, message: str) -> str:
    """Return the details of a denied call as JSON (STS API DecodeAuthorizationMessage).

    :param message: encoded part of the error message.
    """
    return str(client.decode_authorization_message(EncodedMessage=message)["DecodedMessage"])
