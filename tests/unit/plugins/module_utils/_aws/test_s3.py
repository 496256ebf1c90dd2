# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""S3's bucket policy calls, checked against botocore's service model; a missing policy differs from an unreadable one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import s3
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import error_code_and_message

POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "é"}]}
OWNED = {"Bucket": "example-logs", "ExpectedBucketOwner": "111122223333"}
SERVICE = "s3"


def test_a_policy_is_read_as_a_document(client: Any, stub: Stubber) -> None:
    stub.add_response("get_bucket_policy", {"Policy": json.dumps(POLICY)}, OWNED)
    assert s3.get_bucket_policy(client, "example-logs", "111122223333") == POLICY


def test_no_policy_is_none(client: Any, stub: Stubber) -> None:
    stub.add_client_error("get_bucket_policy", "NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    assert s3.get_bucket_policy(client, "example-logs") is None


@pytest.mark.parametrize(
    ("code", "status"),
    [("NoSuchBucket", 404), ("AccessDenied", 403), ("MethodNotAllowed", 405), ("PermanentRedirect", 301)],
)
def test_an_unreadable_policy_is_an_error_without_retry(client: Any, stub: Stubber, code: str, status: int) -> None:
    """There is one stubbed response, so a retry would fail the test."""
    stub.add_client_error("get_bucket_policy", code, "No", status)
    with pytest.raises(FlowLogsAWSError) as error:
        s3.get_bucket_policy(client, "example-logs")
    assert error_code_and_message(error.value) == (code, "No")
    assert "read the policy of the bucket" in str(error.value)


@pytest.mark.parametrize("text", ["", "[]"])
def test_an_invalid_policy_is_an_error(client: Any, stub: Stubber, text: str) -> None:
    stub.add_response("get_bucket_policy", {"Policy": text})
    with pytest.raises(FlowLogsAWSError, match="example-logs: the policy"):
        s3.get_bucket_policy(client, "example-logs")


def test_a_policy_is_sent_compactly(client: Any, stub: Stubber) -> None:
    text = '{"Version":"2012-10-17","Statement":[{"Sid":"é"}]}'
    stub.add_response("put_bucket_policy", {}, {**OWNED, "Policy": text})
    s3.put_bucket_policy(client, "example-logs", POLICY, "111122223333")
    stub.add_response("put_bucket_policy", {}, {"Bucket": "example-logs", "Policy": text})
    s3.put_bucket_policy(client, "example-logs", POLICY)


def test_a_conflict_is_an_error_without_retry(client: Any, stub: Stubber) -> None:
    stub.add_client_error("put_bucket_policy", "OperationAborted", "A conflicting conditional operation", 409)
    with pytest.raises(FlowLogsAWSError, match="write the policy of the bucket"):
        s3.put_bucket_policy(client, "example-logs", POLICY)


def test_a_policy_is_deleted(client: Any, stub: Stubber) -> None:
    stub.add_response("delete_bucket_policy", {}, OWNED)
    s3.delete_bucket_policy(client, "example-logs", "111122223333")
    stub.add_client_error("delete_bucket_policy", "AccessDenied", "No", 403)
    with pytest.raises(FlowLogsAWSError, match="delete the policy of the bucket"):
        s3.delete_bucket_policy(client, "example-logs")


def test_a_bucket_exists_or_not_or_is_unknown(client: Any, stub: Stubber) -> None:
    stub.add_response("head_bucket", {"BucketRegion": "eu-central-1"}, OWNED)
    assert s3.head_bucket(client, "example-logs", "111122223333") == s3.BucketHead("eu-central-1")
    stub.add_client_error("head_bucket", "404", "Not Found", 404)
    assert s3.head_bucket(client, "example-logs") is None
    stub.add_client_error("head_bucket", "403", "Forbidden", 403)
    with pytest.raises(FlowLogsAWSError, match="read the bucket"):
        s3.head_bucket(client, "example-logs")
