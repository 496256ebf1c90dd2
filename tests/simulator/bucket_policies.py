# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bucket policies as S3 stores them, in place of moto's, which stores and returns any bytes.

The document stays in moto's bucket, for the rest of moto. IAM is not enforced here, so these are the errors that S3
returns to a caller with all permissions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from moto.s3.models import FakeBucket
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response

from . import policy_documents
from . import principals
from .buckets import find
from .buckets import owner_of
from .policy_documents import Malformed
from .switches import switches

Answer = tuple[int, dict[str, str], Any]


class Refused(Exception):
    """S3 refuses the request."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class _Request:
    bucket: str
    account: str
    expected_owner: str | None


def install() -> None:
    """Install the replacements in moto. Calling it again has no effect."""
    if getattr(S3Response, "_simulator_policies", False):
        return
    S3Response._simulator_policies = True
    S3Response.get_bucket_policy = _get_bucket_policy
    S3Response.delete_bucket_policy = _delete_bucket_policy
    S3Response._bucket_response_put = _with_put_bucket_policy(S3Response._bucket_response_put)
    principals.when_deleted(_rename)


def reset() -> None:
    """Do nothing: moto's buckets hold the policies."""


def snapshot() -> dict[str, bytes | None]:
    """Return the policies by bucket name."""
    return {name: bucket.policy for name, bucket in _buckets().items()}


def restore(state: Mapping[str, bytes | None]) -> None:
    """Restore the policies of the existing buckets."""
    for name, bucket in _buckets().items():
        bucket.policy = state.get(name)


def plant(bucket: str, policy: Mapping[str, Any] | None) -> None:
    """Set or delete a policy without checks, in the form that S3 stores.

    :raises KeyError: there is no such bucket.
    """
    partition, _account = s3_backends.bucket_accounts[bucket]
    stored = None if policy is None else policy_documents.compact(policy_documents.normalised(policy, partition))
    _buckets()[bucket].policy = stored


def stored_policy(bucket: str) -> dict[str, Any] | None:
    """Return a bucket's policy as S3 returns it, or None without a policy or bucket."""
    found = find(bucket)
    return json.loads(found.policy) if found is not None and found.policy else None


def _buckets() -> dict[str, FakeBucket]:
    found = {name: find(name) for name in list(s3_backends.bucket_accounts)}
    return {name: bucket for name, bucket in found.items() if bucket is not None}


# --- GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy ---


def _get_bucket_policy(self: S3Response) -> Answer:
    return answered(lambda: (200, {"content-type": "application/json"}, _read(_request(self))))


def _delete_bucket_policy(self: S3Response) -> Answer:
    return answered(lambda: (204, {}, _delete(_request(self))))


def _with_put_bucket_policy(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def put(self: S3Response, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        if "policy" not in querystring:
            return original(self, request, bucket_name, querystring)
        return answered(lambda: (204, {}, _write(_request(self, bucket_name), self.body)))

    return put


def _request(response: S3Response, bucket: str | None = None) -> _Request:
    return _Request(
        bucket or response.bucket_name,
        response.current_account,
        response.headers.get("x-amz-expected-bucket-owner"),
    )


def answered(act: Callable[[], Answer]) -> Answer:
    """Return the response, or S3's error."""
    try:
        return act()
    except Refused as refused:
        error = f"<Code>{escape(refused.code)}</Code><Message>{escape(str(refused))}</Message>"
        return refused.status, {}, f'<?xml version="1.0" encoding="UTF-8"?><Error>{error}</Error>'


def _read(request: _Request) -> str:
    """No policy is an error: S3 API Reference, "Error responses", NoSuchBucketPolicy."""
    bucket = _own_bucket(request)
    if not bucket.policy:
        raise Refused(404, "NoSuchBucketPolicy", "The bucket policy does not exist")
    return bucket.policy.decode()


def _delete(request: _Request) -> str:
    _own_bucket(request).policy = None
    return ""


def _write(request: _Request, body: bytes | str) -> str:
    """The last writer wins; the request has no precondition (S3 API Reference, PutBucketPolicy)."""
    bucket = _own_bucket(request)
    raw = body if isinstance(body, bytes) else body.encode()
    partition, owner = s3_backends.bucket_accounts[request.bucket]
    try:
        policy = policy_documents.parse(raw)
        policy_documents.check(policy, request.bucket)
        stored = policy_documents.compact(policy_documents.normalised(policy, partition, principals.resolver(owner)))
    except Malformed as error:
        raise Refused(400, "MalformedPolicy", str(error)) from error
    _check_size(stored)
    bucket.policy = stored
    return ""


def _check_size(stored: bytes) -> None:
    """20 KB; S3 User Guide, "Bucket policies". The error's code is not established (switch ``policy_too_large``)."""
    if len(stored) > policy_documents.LIMIT:
        raise Refused(400, switches.policy_too_large, "Policy exceeds the maximum allowed document size.")


def _own_bucket(request: _Request) -> FakeBucket:
    """Return the bucket if it exists and belongs to the expected owner and to the caller's account.

    Sources: S3 API Reference, PutBucketPolicy: 405 for callers of other accounts even with permission; S3 User Guide,
    "Verifying bucket ownership with bucket owner condition": 403 if the owner is another one.
    """
    owner = owner_of(request.bucket)
    bucket = find(request.bucket)
    if owner is None or bucket is None:
        raise Refused(404, "NoSuchBucket", "The specified bucket does not exist")
    if request.expected_owner not in (None, owner[0]):
        raise Refused(403, "AccessDenied", "Access Denied")
    if request.account != owner[0]:
        raise Refused(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    return bucket


def _rename(arn: str, new: str) -> None:
    """Replace a deleted user or role with its unique id (S3 User Guide, "Principals for bucket policies")."""
    needle = arn.encode()
    for bucket in _buckets().values():
        if bucket.policy and needle in bucket.policy:
            renamed = policy_documents.replaced_principal(json.loads(bucket.policy), arn, new)
            bucket.policy = policy_documents.compact(renamed)
