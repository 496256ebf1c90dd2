# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of buckets over HTTP: defaults, and errors without a setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulator.client import SimulatorProcess

OWNER, OTHER = "222222222222", "333333333333"
REGION = "eu-west-1"
BUCKET = "central"
KEY_ARN = f"arn:aws:kms:{REGION}:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
READS = {
    "head_bucket": {},
    "get_bucket_encryption": {},
    "get_bucket_ownership_controls": {},
    "get_bucket_request_payment": {},
    "get_public_access_block": {},
    "get_bucket_location": {},
    "get_bucket_policy": {},
    "list_objects_v2": {},
    "get_object": {"Key": "a"},
    "head_object": {"Key": "a"},
}
STATEMENT = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}


def fleet(**settings: Any) -> dict[str, Any]:
    """One bucket."""
    policy = {"Version": "2012-10-17", "Statement": [STATEMENT]}
    return {"accounts": {OWNER: {"buckets": [{"name": BUCKET, "region": REGION, "policy": policy, **settings}]}}}


@pytest.fixture
def s3(simulator: SimulatorProcess, client: Callable[..., Any]) -> Any:
    """S3 client of the bucket owner."""
    return client("s3", account=OWNER)


def error(call: Callable[..., Any], **parameters: Any) -> tuple[int, str]:
    """Return status and code of the error of a call."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["ResponseMetadata"]["HTTPStatusCode"], caught.value.response["Error"]["Code"]


def encryption(s3: Any) -> dict[str, Any]:
    """The one rule of the default encryption."""
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    return rule


SSE_S3 = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}


@pytest.mark.parametrize("planted", [True, False])
def test_new_bucket_has_the_current_defaults(simulator: SimulatorProcess, s3: Any, planted: bool) -> None:
    if planted:
        simulator.seed(fleet())
    else:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    assert encryption(s3) == SSE_S3
    controls = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"]
    assert controls == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    blocks = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert sorted(blocks.values()) == [True] * 4
    assert s3.get_bucket_request_payment(Bucket=BUCKET)["Payer"] == "BucketOwner"
    assert s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == REGION


def test_old_bucket_has_fewer_settings(simulator: SimulatorProcess, s3: Any) -> None:
    simulator.seed(fleet(ownership="none", public_access_block=False))
    assert encryption(s3) == SSE_S3
    assert error(s3.get_bucket_ownership_controls, Bucket=BUCKET) == (404, "OwnershipControlsNotFoundError")
    assert error(s3.get_public_access_block, Bucket=BUCKET) == (404, "NoSuchPublicAccessBlockConfiguration")


def test_deleted_settings_are_gone_except_encryption(simulator: SimulatorProcess, s3: Any) -> None:
    simulator.seed(fleet(encryption={"algorithm": "aws:kms", "key": KEY_ARN}))
    s3.delete_bucket_ownership_controls(Bucket=BUCKET)
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.delete_bucket_encryption(Bucket=BUCKET)
    assert error(s3.get_bucket_ownership_controls, Bucket=BUCKET) == (404, "OwnershipControlsNotFoundError")
    assert error(s3.get_public_access_block, Bucket=BUCKET) == (404, "NoSuchPublicAccessBlockConfiguration")
    assert encryption(s3) == SSE_S3


def test_settings_that_are_put_are_read(simulator: SimulatorProcess, s3: Any) -> None:
    simulator.seed(fleet())
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/flow-logs"}
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    s3.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls=rules)
    s3.put_bucket_request_payment(Bucket=BUCKET, RequestPaymentConfiguration={"Payer": "Requester"})
    assert encryption(s3) == rule
    assert s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"] == rules
    assert s3.get_bucket_request_payment(Bucket=BUCKET)["Payer"] == "Requester"


def test_a_bucket_may_be_made_with_another_ownership(simulator: SimulatorProcess, s3: Any) -> None:
    location = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location, ObjectOwnership="ObjectWriter")
    controls = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]
    assert controls == {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}


def test_unknown_payer_is_refused(simulator: SimulatorProcess, s3: Any) -> None:
    simulator.seed(fleet())
    wrong = {"Payer": "Nobody"}
    assert error(s3.put_bucket_request_payment, Bucket=BUCKET, RequestPaymentConfiguration=wrong)[1] == "MalformedXML"
    assert s3.get_bucket_request_payment(Bucket=BUCKET)["Payer"] == "BucketOwner"


def test_only_the_owner_reads_the_request_payment(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(fleet(requester_pays=True))
    own, other = client("s3", account=OWNER), client("s3", account=OTHER)
    assert own.get_bucket_request_payment(Bucket=BUCKET)["Payer"] == "Requester"
    assert error(other.get_bucket_request_payment, Bucket=BUCKET) == (403, "AccessDenied")
    assert error(own.get_bucket_request_payment, Bucket="nowhere") == (404, "NoSuchBucket")


@pytest.mark.parametrize("operation", READS)
def test_expected_bucket_owner_is_checked(simulator: SimulatorProcess, s3: Any, operation: str) -> None:
    simulator.seed(fleet())
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"a")
    call, parameters = getattr(s3, operation), {"Bucket": BUCKET, **READS[operation]}
    assert call(**parameters, ExpectedBucketOwner=OWNER)["ResponseMetadata"]["HTTPStatusCode"] == 200
    code = "403" if operation.startswith("head") else "AccessDenied"
    assert error(call, **parameters, ExpectedBucketOwner=OTHER) == (403, code)


@pytest.mark.parametrize("operation", [name for name in READS if "object" not in name])
@pytest.mark.parametrize("expected", [{}, {"ExpectedBucketOwner": OWNER}])
def test_missing_bucket_gives_an_error(
    simulator: SimulatorProcess, s3: Any, operation: str, expected: dict[str, str]
) -> None:
    given = {} if operation == "get_bucket_location" else expected
    code = "404" if operation.startswith("head") else "NoSuchBucket"
    assert error(getattr(s3, operation), Bucket="nowhere", **given) == (404, code)


def test_nothing_is_written_to_a_bucket_of_another_account(simulator: SimulatorProcess, s3: Any) -> None:
    simulator.seed(fleet())
    put = {"Bucket": BUCKET, "Key": "a", "Body": b"a"}
    assert error(s3.put_object, **put, ExpectedBucketOwner=OTHER) == (403, "AccessDenied")
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
