# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Adds to moto's S3: the expected bucket owner, request payment, and a default encryption that can be reset but not
removed.

IAM is not enforced here, so callers of other accounts are refused only what no policy can allow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from moto.s3.models import FakeBucket
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from .bucket_policies import Answer
from .bucket_policies import Refused
from .bucket_policies import answered
from .buckets import encryption_rule
from .buckets import find
from .buckets import owner_of
from .encryption import SSE_S3

OWNER_HEADER = "x-amz-expected-bucket-owner"
PAYERS = ("BucketOwner", "Requester")

_PAYER = re.compile(r"<Payer>\s*(\w+)\s*</Payer>")
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def install() -> None:
    """Install the replacements in moto. Calling it again has no effect."""
    if getattr(S3Response, "_simulator_settings", False):
        return
    S3Response._simulator_settings = True
    S3Response._bucket_response = _for_the_expected_owner(S3Response._bucket_response)
    S3Response._key_response = _for_the_expected_owner(S3Response._key_response)
    S3Response._bucket_response_get = _with_request_payment(S3Response._bucket_response_get, _payment, of_bucket=0)
    S3Response._bucket_response_put = _with_request_payment(S3Response._bucket_response_put, _set_payment, of_bucket=1)
    S3Backend.delete_bucket_encryption = _reset_encryption


def _for_the_expected_owner(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return 403 from each operation on a bucket and its objects if the bucket has another owner than expected.

    Source: S3 User Guide, "Verifying bucket ownership with bucket owner condition". A HEAD has no body (S3 API
    Reference, HeadBucket).
    """

    @wraps(original)
    def respond(self: S3Response, request: Any, full_url: str) -> Any:
        expected = request.headers.get(OWNER_HEADER)
        owner = owner_of(self.parse_bucket_name_from_url(request, full_url) or "") if expected else None
        if owner is None or owner[0] == expected:
            return original(self, request, full_url)
        return (403, {}, "") if request.method == "HEAD" else answered(_refuse_access)

    return respond


def _refuse_access() -> Answer:
    raise Refused(403, "AccessDenied", "Access Denied")


def _with_request_payment(
    original: Callable[..., Any], act: Callable[[S3Response, FakeBucket], Answer], of_bucket: int
) -> Callable[..., Any]:
    """Answer requests with ``?requestPayment``, which moto routes to other operations.

    :param of_bucket: which argument of the original is the bucket's name; the one behind it is the query.
    """

    @wraps(original)
    def respond(self: S3Response, *args: Any) -> Any:
        if "requestPayment" not in args[of_bucket + 1]:
            return original(self, *args)
        return answered(lambda: act(self, _own_bucket(self, args[of_bucket])))

    return respond


def _own_bucket(response: S3Response, name: str) -> FakeBucket:
    """Check the owner (S3 API Reference, GetBucketRequestPayment); the error code for others is not documented."""
    bucket = find(name)
    if bucket is None:
        raise Refused(404, "NoSuchBucket", "The specified bucket does not exist")
    if response.current_account != bucket.account_id:
        raise Refused(403, "AccessDenied", "Access Denied")
    return bucket


def _payment(_response: S3Response, bucket: FakeBucket) -> Answer:
    payer = f"<Payer>{escape(bucket.payer)}</Payer>"
    body = f'<RequestPaymentConfiguration xmlns="{_NAMESPACE}">{payer}</RequestPaymentConfiguration>'
    return 200, {"content-type": "application/xml"}, f'<?xml version="1.0" encoding="UTF-8"?>{body}'


def _set_payment(response: S3Response, bucket: FakeBucket) -> Answer:
    body = response.body if isinstance(response.body, str) else response.body.decode()
    match = _PAYER.search(body)
    if match is None or match[1] not in PAYERS:
        raise Refused(400, "MalformedXML", "The XML you provided was not well-formed")
    bucket.payer = match[1]
    return 200, {}, ""


def _reset_encryption(backend: S3Backend, bucket_name: str) -> None:
    """S3 API Reference, DeleteBucketEncryption: "resets the default encryption for the bucket" to SSE-S3."""
    backend.get_bucket(bucket_name).encryption = {"Rule": encryption_rule(SSE_S3)}
