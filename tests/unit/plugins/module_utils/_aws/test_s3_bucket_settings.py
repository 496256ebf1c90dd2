# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of buckets, checked against botocore's service model: existing, missing and unreadable ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.flowlogs.aws.plugins.module_utils._aws import s3_bucket_settings as settings
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.facts import Encryption
from botocore.stub import Stubber

ALL_ON = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
READERS = [
    (settings.get_encryption, "get_bucket_encryption", "default encryption"),
    (settings.get_ownership, "get_bucket_ownership_controls", "Object Ownership"),
    (settings.get_requester_pays, "get_bucket_request_payment", "who pays"),
    (settings.get_public_access_blocked, "get_public_access_block", "Public Access Block"),
]
SERVICE = "s3"


def encryption_rules(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"ServerSideEncryptionConfiguration": {"Rules": list(rules)}}


def encrypted(algorithm: str, **more: Any) -> dict[str, Any]:
    return {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **more}}


@pytest.mark.parametrize(
    ("read", "operation", "answer", "found"),
    [
        (
            settings.get_encryption,
            "get_bucket_encryption",
            encryption_rules({**encrypted("aws:kms", KMSMasterKeyID="alias/k"), "BucketKeyEnabled": True}),
            Encryption("aws:kms", "alias/k", True),
        ),
        (settings.get_encryption, "get_bucket_encryption", encryption_rules(), Encryption("AES256")),
        (
            settings.get_encryption,
            "get_bucket_encryption",
            encryption_rules({**encrypted("AES256"), "BucketKeyEnabled": False}),
            Encryption("AES256"),
        ),
        (
            settings.get_ownership,
            "get_bucket_ownership_controls",
            {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
            "ObjectWriter",
        ),
        (settings.get_requester_pays, "get_bucket_request_payment", {"Payer": "Requester"}, True),
        (settings.get_requester_pays, "get_bucket_request_payment", {"Payer": "BucketOwner"}, False),
        (
            settings.get_public_access_blocked,
            "get_public_access_block",
            {"PublicAccessBlockConfiguration": ALL_ON},
            True,
        ),
        (
            settings.get_public_access_blocked,
            "get_public_access_block",
            {"PublicAccessBlockConfiguration": {**ALL_ON, "RestrictPublicBuckets": False}},
            False,
        ),
    ],
)
def test_setting_is_read(
    client: Any, stub: Stubber, read: Callable[[Any, str], Any], operation: str, answer: dict[str, Any], found: Any
) -> None:
    stub.add_response(operation, answer, {"Bucket": "logs"})
    assert read(client, "logs") == found


@pytest.mark.parametrize(
    ("read", "operation", "code", "found"),
    [
        (
            settings.get_encryption,
            "get_bucket_encryption",
            "ServerSideEncryptionConfigurationNotFoundError",
            Encryption("AES256"),
        ),
        (settings.get_ownership, "get_bucket_ownership_controls", "OwnershipControlsNotFoundError", None),
        (
            settings.get_public_access_blocked,
            "get_public_access_block",
            "NoSuchPublicAccessBlockConfiguration",
            False,
        ),
    ],
)
def test_missing_setting_has_a_default(
    client: Any, stub: Stubber, read: Callable[[Any, str], Any], operation: str, code: str, found: Any
) -> None:
    stub.add_client_error(operation, code, http_status_code=404)
    assert read(client, "logs") == found


@pytest.mark.parametrize(("read", "operation", "words"), READERS)
def test_unreadable_setting_is_an_error(
    client: Any, stub: Stubber, read: Callable[[Any, str], Any], operation: str, words: str
) -> None:
    stub.add_client_error(operation, "AccessDenied", http_status_code=403)
    with pytest.raises(FlowLogsAWSError, match=f"{words}.* of the bucket logs|{words}.*to the bucket logs"):
        read(client, "logs")
