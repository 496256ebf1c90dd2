# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""S3's bucket and bucket policy calls, one function each. PRIVATE to this collection.

A missing bucket or policy is ``None``; one that cannot be read is an error. botocore retries throttling and server errors;
other errors are not retried.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import is_ansible_aws_error_code

from .._core.iam_policy.document import Policy, PolicyError, compact, parse_policy
from .errors import FlowLogsAWSError, FlowLogsErrorHandler


class BucketHead(NamedTuple):
    """A bucket that exists and can be read: its Region, if S3 returns it."""

    region: str | None


def _request(bucket: str, expected_owner: str | None, **parameters: Any) -> dict[str, Any]:
    request = {"Bucket": bucket, **parameters}
    return {**request, "ExpectedBucketOwner": expected_owner} if expected_owner else request


@FlowLogsErrorHandler.common_error_handler("read the bucket {bucket}")
def _head_bucket(client: Any, bucket: str, expected_owner: str | None) -> BucketHead:
    return BucketHead(client.head_bucket(**_request(bucket, expected_owner)).get("BucketRegion"))


def head_bucket(client: Any, bucket: str, expected_owner: str | None = None) -> BucketHead | None:
    """Return a bucket (S3 API HeadBucket); ``None`` if it does not exist.

    :param expected_owner: account that must own the bucket.
    :raises FlowLogsAWSError: if S3 does not answer whether it exists, for example with 403.
    """
    try:
        return _head_bucket(client, bucket, expected_owner)
    except is_ansible_aws_error_code(["404", "NoSuchBucket"]):
        return None


@FlowLogsErrorHandler.common_error_handler("read the policy of the bucket {bucket}")
def _get_bucket_policy(client: Any, bucket: str, expected_owner: str | None) -> str:
    return str(client.get_bucket_policy(**_request(bucket, expected_owner))["Policy"])


def get_bucket_policy(client: Any, bucket: str, expected_owner: str | None = None) -> dict[str, Any] | None:
    """Return the policy of a bucket (S3 API GetBucketPolicy); ``None`` if the bucket exists and has none.

    :param expected_owner: account that must own the bucket.
    :raises FlowLogsAWSError: if it cannot be read: NoSuchBucket, AccessDenied, MethodNotAllowed ...
    """
    try:
        return parse_policy(_get_bucket_policy(client, bucket, expected_owner))
    except is_ansible_aws_error_code("NoSuchBucketPolicy"):
        return None
    except PolicyError as error:
        raise FlowLogsAWSError(message=f"Failed to read the policy of the bucket {bucket}: {error}") from error


@FlowLogsErrorHandler.common_error_handler("write the policy of the bucket {bucket}")
def put_bucket_policy(client: Any, bucket: str, policy: Policy, expected_owner: str | None = None) -> None:
    """Replace the policy of a bucket (S3 API PutBucketPolicy). S3 has no precondition, so the last writer wins.

    :param expected_owner: account that must own the bucket.
    """
    client.put_bucket_policy(**_request(bucket, expected_owner, Policy=compact(policy)))


@FlowLogsErrorHandler.common_error_handler("delete the policy of the bucket {bucket}")
def delete_bucket_policy(client: Any, bucket: str, expected_owner: str | None = None) -> None:
    """Delete the policy of a bucket (S3 API DeleteBucketPolicy); without a policy, nothing changes.

    :param expected_owner: account that must own the bucket.
    """
    client.delete_bucket_policy(**_request(bucket, expected_owner))
