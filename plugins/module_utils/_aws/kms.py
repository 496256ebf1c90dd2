# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""KMS's key and key policy calls, one function each. PRIVATE to this collection.

botocore retries throttling and server errors; other errors are not retried.
"""

from __future__ import annotations

from typing import Any

from .._core.delivery_policy.key_plan import key_policy_text
from .._core.delivery_policy.kms_key import Key, key_from_metadata
from .._core.iam_policy.document import Policy, PolicyError, parse_policy
from .errors import FlowLogsAWSError, FlowLogsErrorHandler


def region_of(client: Any) -> str:
    """Return the client's Region, without a call."""
    return str(client.meta.region_name)


@FlowLogsErrorHandler.common_error_handler("describe the key {key_id}")
def describe_key(client: Any, key_id: str) -> Key:
    """Return a key (KMS API DescribeKey).

    :param key_id: id, ARN, alias or alias ARN.
    """
    return key_from_metadata(client.describe_key(KeyId=key_id)["KeyMetadata"])


@FlowLogsErrorHandler.common_error_handler("read the policy of the key {key_arn}")
def _get_key_policy(client: Any, key_arn: str) -> str:
    return str(client.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"])


def get_key_policy(client: Any, key_arn: str) -> dict[str, Any]:
    """Return the policy of a key (KMS API GetKeyPolicy); every key has one.

    :raises FlowLogsAWSError: if it cannot be read, or is not a policy.
    """
    try:
        return parse_policy(_get_key_policy(client, key_arn))
    except PolicyError as error:
        raise FlowLogsAWSError(message=f"Failed to read the policy of the key {key_arn}: {error}") from error


@FlowLogsErrorHandler.common_error_handler("write the policy of the key {key_arn}")
def put_key_policy(client: Any, key_arn: str, policy: Policy) -> None:
    """Replace the policy of a key (KMS API PutKeyPolicy). KMS has no precondition, so the last writer wins.

    BypassPolicyLockoutSafetyCheck is never sent, so KMS refuses a policy that the caller could not change again.
    """
    client.put_key_policy(KeyId=key_arn, PolicyName="default", Policy=key_policy_text(policy))
