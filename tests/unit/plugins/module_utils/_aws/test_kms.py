# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""KMS's key policy calls, checked against botocore's service model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import kms
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import error_code_and_message
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:eu-west-1:111122223333:key/{KEY_ID}"
POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "é"}]}
SERVICE = "kms"


def test_a_key_is_described_by_any_name(client: Any, stub: Stubber) -> None:
    metadata = {
        "AWSAccountId": "111122223333",
        "KeyId": KEY_ID,
        "Arn": ARN,
        "KeyState": "Disabled",
        "KeyManager": "CUSTOMER",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "MultiRegion": True,
    }
    stub.add_response("describe_key", {"KeyMetadata": metadata}, {"KeyId": "alias/flow-logs"})
    assert kms.describe_key(client, "alias/flow-logs") == Key(
        ARN, "111122223333", "Disabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", True
    )
    assert kms.region_of(client) == "eu-west-1"


def test_a_policy_is_read_as_a_document(client: Any, stub: Stubber) -> None:
    stub.add_response("get_key_policy", {"Policy": json.dumps(POLICY)}, {"KeyId": ARN, "PolicyName": "default"})
    assert kms.get_key_policy(client, ARN) == POLICY


@pytest.mark.parametrize("text", ["{", "[]"])
def test_an_invalid_policy_is_an_error(client: Any, stub: Stubber, text: str) -> None:
    stub.add_response("get_key_policy", {"Policy": text})
    with pytest.raises(FlowLogsAWSError, match=f"{ARN}: the policy"):
        kms.get_key_policy(client, ARN)


def test_a_policy_is_sent_compactly_with_the_lockout_check(client: Any, stub: Stubber) -> None:
    """No other parameters may be sent."""
    text = '{"Version":"2012-10-17","Statement":[{"Sid":"é"}]}'
    stub.add_response("put_key_policy", {}, {"KeyId": ARN, "PolicyName": "default", "Policy": text})
    kms.put_key_policy(client, ARN, POLICY)


@pytest.mark.parametrize(
    ("operation", "call", "doing"),
    [
        ("describe_key", lambda client: kms.describe_key(client, ARN), "describe the key"),
        ("get_key_policy", lambda client: kms.get_key_policy(client, ARN), "read the policy of the key"),
        ("put_key_policy", lambda client: kms.put_key_policy(client, ARN, POLICY), "write the policy of the key"),
    ],
)
def test_errors_are_not_retried(client: Any, stub: Stubber, operation: str, call: Any, doing: str) -> None:
    """There is one stubbed response, so a retry would fail the test."""
    stub.add_client_error(operation, "AccessDeniedException", "No", 400)
    with pytest.raises(FlowLogsAWSError, match=doing) as error:
        call(client)
    assert error_code_and_message(error.value) == ("AccessDeniedException", "No")
