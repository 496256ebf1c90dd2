# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which statements S3 considers public, as in "The meaning of public" of its user guide."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.public_policy import public_statements

EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
ROLE = "arn:aws:iam::111122223333:role/reader"


def condition(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


PUBLIC: dict[str, dict[str, Any]] = {
    "everyone": {},
    "everyone, as an AWS principal": {"Principal": {"AWS": "*"}},
    "everyone, among others": {"Principal": {"AWS": [ROLE, "*"]}},
    "everyone but one": {"Principal": None, "NotPrincipal": {"AWS": ROLE}},
    "a pattern of roles": condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/reader"),
    "a pattern of VPCs": condition("StringLike", "aws:SourceVpc", "vpc-*"),
    "a policy variable": condition("StringEquals", "aws:SourceVpc", "${aws:PrincipalTag/vpc}"),
    "a fixed value and a pattern": condition("StringLike", "aws:SourceVpc", ["vpc-1", "vpc-?"]),
    "not this VPC": condition("StringNotEquals", "aws:SourceVpc", "vpc-1"),
    "this VPC, if there is one": condition("StringEqualsIfExists", "aws:SourceVpc", "vpc-1"),
    "half of the internet": condition("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
    "half of the internet, IPv6": condition("IpAddress", "aws:SourceIp", ["2001:db8::/48", "::/1"]),
    "no address": condition("IpAddress", "aws:SourceIp", "somewhere"),
    "no value": condition("StringEquals", "aws:SourceVpc", []),
    "a key that everyone can set": condition("StringEquals", "aws:Referer", "https://example.com/"),
    "an invalid condition": {"Condition": {"StringEquals": "x"}},
}
NOT_PUBLIC: dict[str, dict[str, Any]] = {
    "a denial": {"Effect": "Deny"},
    "a role": {"Principal": {"AWS": ROLE}},
    "a service": {"Principal": {"Service": "delivery.logs.amazonaws.com"}},
    "an organization": condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    "an account, under any spelling of the key": condition("stringequals", "AWS:SourceAccount", 111122223333),
    "an ARN": condition("ArnLike", "aws:SourceArn", "arn:aws:sns:eu-west-1:111122223333:topic"),
    "any of two VPC endpoints": condition("ForAnyValue:StringLike", "aws:SourceVpce", ["vpce-1", "vpce-2"]),
    "two networks": condition("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "203.0.113.7", "2001:db8::/32"]),
    "the access points of an account": condition(
        "StringLike", "s3:DataAccessPointArn", "arn:aws:s3:eu-west-1:111122223333:accesspoint/*"
    ),
}


@pytest.mark.parametrize("case", PUBLIC)
def test_public(case: str) -> None:
    assert public_statements({"Statement": {**EVERYONE, **PUBLIC[case]}}) == ("#1",)


@pytest.mark.parametrize("case", NOT_PUBLIC)
def test_not_public(case: str) -> None:
    assert public_statements({"Statement": {**EVERYONE, **NOT_PUBLIC[case]}}) == ()


def test_statements_are_named() -> None:
    private = {**EVERYONE, "Principal": {"AWS": ROLE}}
    assert public_statements({"Statement": [private, EVERYONE, {**EVERYONE, "Sid": "Website"}]}) == ("#2", "Website")
    assert public_statements(None) == ()
