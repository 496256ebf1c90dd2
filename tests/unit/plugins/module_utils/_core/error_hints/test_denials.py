# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's messages for denied calls, and the statement that is missing."""

from __future__ import annotations

import json

import pytest
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.denials import Denial
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.denials import denial_from_decoded
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.denials import denial_hint
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.denials import encoded_part
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.denials import is_denied
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.denials import parse_denial
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.denials import without_encoded_part

ROLE = "arn:aws:sts::111122223333:assumed-role/publisher/run"
VPC = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"
OF_EC2 = (
    f"You are not authorized to perform this operation. User: {ROLE} is not authorized to perform: ec2:CreateFlowLogs "
    f"on resource: {VPC} because no identity-based policy allows the ec2:CreateFlowLogs action. "
    "Encoded authorization failure message: abc-DEF_123"
)


@pytest.mark.parametrize(
    ("operation", "message", "denial"),
    [
        ("CreateFlowLogs", OF_EC2, Denial(("ec2:CreateFlowLogs",), VPC)),
        (
            "GetBucketPolicy",
            f'User: {ROLE} is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::logs" with an '
            "explicit deny in a service control policy",
            Denial(("s3:GetBucketPolicy",), "arn:aws:s3:::logs", True),
        ),
        ("DescribeKey", "User is not authorized to perform: kms:DescribeKey", Denial(("kms:DescribeKey",))),
        ("PutBucketPolicy", "Access Denied", Denial(("s3:PutBucketPolicy",))),
        ("HeadBucket", "Forbidden", Denial(("s3:ListBucket",))),
        ("DeleteFlowLogs", "You are not authorized.", Denial(("ec2:DeleteFlowLogs", "logs:DeleteLogDelivery"))),
        ("", "Access Denied", Denial(())),
    ],
)
def test_parse_denial(operation: str, message: str, denial: Denial) -> None:
    assert parse_denial(operation, message) == denial


def test_encoded_part_is_separated_from_the_message() -> None:
    assert encoded_part(OF_EC2) == "abc-DEF_123"
    assert without_encoded_part(OF_EC2).endswith("allows the ec2:CreateFlowLogs action.")
    assert (encoded_part("Access Denied"), without_encoded_part("Access Denied")) == ("", "Access Denied")


def test_denial_from_decoded_message() -> None:
    context = {"principal": {"arn": ROLE}, "action": "logs:CreateLogDelivery", "resource": "*"}
    decoded = json.dumps({"allowed": False, "explicitDeny": True, "context": context})
    assert denial_from_decoded(decoded) == Denial(("logs:CreateLogDelivery",), "*", True)


@pytest.mark.parametrize("decoded", ["", "{}", '{"context": {}}'])
def test_invalid_decoded_message_is_refused(decoded: str) -> None:
    with pytest.raises(ValueError):
        denial_from_decoded(decoded)


@pytest.mark.parametrize(
    ("denial", "words"),
    [
        (Denial(()), ""),
        (Denial(("a:B",), "arn:x", True), "A statement denies a:B on arn:x to the caller; no other permission"),
        (
            Denial(("a:B",), "arn:x"),
            'needs a:B on arn:x. Statement to add: {"Effect": "Allow", "Action": "a:B", "Resource": "arn:x"}',
        ),
        (Denial(("a:B",)), '"Resource": "*"}'),
        (Denial(("a:B", "c:D")), "needs a:B, c:D; AWS does not name the one that is missing."),
    ],
)
def test_denial_hint(denial: Denial, words: str) -> None:
    assert words in denial_hint(denial)
    assert bool(denial_hint(denial)) is bool(words)


@pytest.mark.parametrize(
    ("code", "denied"), [("UnauthorizedOperation", True), ("AccessDenied", True), ("403", True), ("Throttling", False)]
)
def test_codes(code: str, denied: bool) -> None:
    assert is_denied(code) is denied
