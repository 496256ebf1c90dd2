# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assumes a role for a module; the keys stay in the module's process. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any

from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._aws.sts import assume_role, caller_identity
from .._core.assumed_role import AssumedRole
from .._core.error_hints.flow_logs import hint_for

#: Options of every module of this collection, in addition to those of amazon.aws.
#: AWS does not treat an external id as a secret (IAM User Guide, "Access to AWS accounts owned by third parties").
ROLE_ARGUMENT_SPEC: dict[str, dict[str, Any]] = dict(
    assume_role_arn=dict(type="str"),
    assume_role_external_id=dict(type="str"),
    assume_role_session_name=dict(type="str", default="flowlogs.aws"),
    expected_account_id=dict(type="str"),
)


def session_keys(client: Any, role: AssumedRole) -> dict[str, str | None]:
    """Return the keys of a session of the role.

    :param client: STS client with the credentials that may assume the role.
    :raises FlowLogsAWSError: with the role, the caller and the required permission.
    """
    try:
        return assume_role(client, role)
    except FlowLogsAWSError as error:
        needed = hint_for("AssumeRole", *error_code_and_message(error)).rstrip(".")
        message = ". ".join(filter(None, (f"{error.message} as {_name(client)}", needed)))
        raise FlowLogsAWSError(message=message, exception=error.exception) from error


def _name(client: Any) -> str:
    try:
        return caller_identity(client).arn
    except FlowLogsAWSError:
        return "a caller that STS does not name"
