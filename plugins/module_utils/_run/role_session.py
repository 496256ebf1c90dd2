# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Enters a role before the work of a module; its keys stay in the module's process. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any
from typing import Dict
from typing import Optional

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import error_code_and_message
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import assume_role
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import caller_identity
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import AssumedRole
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for

#: Options of every module of this collection, beside those of amazon.aws.
#: AWS does not treat an external id as a secret (IAM User Guide, "Access to AWS accounts owned by third parties").
ROLE_ARGUMENT_SPEC: Dict[str, Dict[str, Any]] = dict(
    assume_role_arn=dict(type="str"),
    assume_role_external_id=dict(type="str"),
    assume_role_session_name=dict(type="str", default="flowlogs.aws"),
    expected_account_id=dict(type="str"),
)


def session_keys(client: Any, role: AssumedRole) -> Dict[str, Optional[str]]:
    """Return the keys of a session of the role.

    :param client: of STS, with the credentials that may assume the role.
    :raises FlowLogsAWSError: that names the role, who wanted to assume it, and what that takes.
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
