# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identifiers of AWS are ASCII, without text before or after them and without digits of other scripts."""

from __future__ import annotations

from typing import Any
from typing import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core import identifiers
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import account_of_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import parse_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import VPC
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import parse_log_format
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import scope_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.principals import parse_principal
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import accounts_from_options

ACCOUNT = "111122223333"
KEY = "11111111-2222-3333-4444-555555555555"
KEY_ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{KEY}"


def bucket_policy(**options: Any) -> Any:
    return wanted_from_options({"bucket": "example-logs", **options}, "aws")


#: Every function for an identifier, with an identifier that it accepts.
TAKERS: "dict[str, tuple[Callable[[str], Any], str]]" = {
    "an account id": (lambda text: identifiers.parse_account_id("account_id", text), ACCOUNT),
    "a Region": (lambda text: identifiers.parse_region("region", text), "eu-west-1"),
    "an organization": (lambda text: identifiers.parse_organization_id("organization_id", text), "o-a1b2c3d4e5"),
    "account_ids": (lambda text: bucket_policy(account_ids=[text]), ACCOUNT),
    "regions": (lambda text: bucket_policy(regions=[text]), "eu-west-1"),
    "organization_id": (lambda text: bucket_policy(organization_id=text), "o-a1b2c3d4e5"),
    "expected_bucket_owner": (lambda text: bucket_policy(expected_bucket_owner=text), ACCOUNT),
    "a role": (lambda text: account_of_role(text, "assume_role_arn"), f"arn:aws:iam::{ACCOUNT}:role/x"),
    "accounts of an inventory": (lambda text: accounts_from_options([{"account_id": text}], {}), ACCOUNT),
    "a member": (
        lambda text: accounts_from_options([], {"profile": "p", "accounts": [text]}),
        ACCOUNT,
    ),
    "the account of a policy": (lambda text: scope_from_options(account_id=text), ACCOUNT),
    "the Region of a policy": (lambda text: scope_from_options(region=text), "eu-west-1"),
    "the partition of a policy": (lambda text: scope_from_options(partition=text), "aws-cn"),
    "a bucket of a policy": (lambda text: scope_from_options(buckets=[text]), "arn:aws:s3:::example-logs"),
    "a key of a policy": (lambda text: scope_from_options(keys=[text]), KEY_ARN),
    "a principal of a policy": (lambda text: scope_from_options(principals=[text]), f"arn:aws:iam::{ACCOUNT}:role/x"),
    "a field": (lambda text: parse_log_format([f"x{text}"], VPC), "vpc-id"),
}
#: Functions that ignore blanks around an identifier, as in pasted text.
TRIMMED: "dict[str, tuple[Callable[[str], Any], str]]" = {
    "a principal": (parse_principal, f"arn:aws:iam::{ACCOUNT}:user/x"),
    "a session": (parse_principal, f"arn:aws:sts::{ACCOUNT}:assumed-role/x/session"),
    "a root": (parse_principal, f"arn:aws:iam::{ACCOUNT}:root"),
    "a key": (lambda text: wanted_key_use({"key_id": text}, "aws", "eu-west-1"), KEY),
    "a key by ARN": (lambda text: wanted_key_use({"key_id": text}, "aws", "eu-west-1"), KEY_ARN),
    "an alias": (lambda text: wanted_key_use({"key_id": text}, "aws", "eu-west-1"), "alias/logs"),
    "a destination": (lambda text: parse_destination(text, "aws"), "my-bucket"),
}
#: Digits that AWS does not accept, and letters that look like ASCII ones.
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize("name", [name for name in TAKERS if name != "a field"])
def test_identifier_with_other_text_around_it_is_refused(name: str) -> None:
    take, good = TAKERS[name]
    take(good)
    for bad in (f"{good}\n", f"\n{good}", f"{good} ", f"{good}\r"):
        with pytest.raises(InputError):
            take(bad)


@pytest.mark.parametrize("name", [*TAKERS, *TRIMMED])
def test_identifier_with_a_line_break_is_refused(name: str) -> None:
    take, good = {**TAKERS, **TRIMMED}[name]
    take(good)
    with pytest.raises(InputError):
        take(f"{good}\nx")


@pytest.mark.parametrize("name", [*TAKERS, *TRIMMED])
def test_only_ascii_is_accepted(name: str) -> None:
    take, good = {**TAKERS, **TRIMMED}[name]
    for bad in {good.translate(ARABIC), good.replace("s", "ſ"), good.replace("e", "é")} - {good}:
        with pytest.raises(InputError):
            take(bad)


@given(st.text(max_size=14))
def test_an_account_id_is_12_ascii_digits(text: str) -> None:
    assert identifiers.is_account_id(text) == (len(text) == 12 and set(text) <= set("0123456789"))


@pytest.mark.parametrize("value", [222222222222, "222222222222"])
def test_an_account_id_may_be_a_number(value: Any) -> None:
    assert identifiers.parse_account_id("bucket_owner", value) == "222222222222"


@pytest.mark.parametrize("value", [None, True, 9_895_604_649, 12.0, "12", "1111222233334", ["111122223333"]])
def test_other_values_than_account_ids_are_refused_with_their_option(value: Any) -> None:
    with pytest.raises(InputError, match="bucket_owner.* 12 digits, in quotes"):
        identifiers.parse_account_id("bucket_owner", value)


@pytest.mark.parametrize(
    "region",
    [
        *("us-east-1", "ap-northeast-3", "ap-southeast-7", "ca-west-1", "il-central-1", "mx-central-1", "af-south-1"),
        *("cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1"),
        *("us-isof-south-1", "eusc-de-east-1"),
    ],
)
def test_every_region_is_accepted(region: str) -> None:
    assert identifiers.parse_region("region", region) == region


@pytest.mark.parametrize(
    "region", ["eu-wset-1", "eu-west", "eu-west-1a", "EU-WEST-1", "eu_west_1", "west-1", "", None, 1]
)
def test_other_values_than_regions_are_refused_with_their_option(region: Any) -> None:
    with pytest.raises(InputError, match="bucket_region.* for example eu-west-1"):
        identifiers.parse_region("bucket_region", region)


@pytest.mark.parametrize("organization", ["o-short", "a1b2c3d4e5", "o-A1B2C3D4E5", 7, None])
def test_other_values_than_organization_ids_are_refused_with_their_option(organization: Any) -> None:
    with pytest.raises(InputError, match="organization_id.* such as o-"):
        identifiers.parse_organization_id("organization_id", organization)


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_partition_of_a_region(region: str, partition: str) -> None:
    assert identifiers.partition_of_region(region) == partition


def test_region_of_a_key() -> None:
    assert identifiers.region_of_key(KEY_ARN) == "eu-west-1"
    assert identifiers.region_of_key(f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/logs") is None
    assert identifiers.region_of_key("AES256") is None
    assert identifiers.region_of_key(None) is None


def test_account_of_a_root_principal() -> None:
    assert identifiers.account_of_root(f"arn:aws-cn:iam::{ACCOUNT}:root") == ACCOUNT
    assert identifiers.account_of_root(f"arn:aws:iam::{ACCOUNT}:role/root") is None


@pytest.mark.parametrize(
    ("regions", "arns", "region"),
    [
        (["eu-west-1", "us-east-1"], ["arn:aws:s3:::logs"], "eu-west-1"),
        (["*"], ["logs"], "us-east-1"),
        ([], [None, "arn:aws:s3:::logs"], "us-east-1"),
        (None, ["arn:aws-cn:s3:::logs"], "cn-north-1"),
        (None, ["arn:aws-us-gov:s3:::logs"], "us-gov-west-1"),
    ],
)
def test_region_for_calls_about_a_bucket(regions: Any, arns: list, region: str) -> None:
    assert identifiers.region_for_buckets(regions, *arns) == region
