# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the inventory plugin: accounts, filters and host names."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import Account
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import Gap
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import accounts_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.ec2_filters import filter_texts
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.options import filters_by_type
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.options import instance_choice
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.options import name_preferences

SHOP, BANK = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{SHOP}:role/path/read"


@pytest.mark.parametrize(
    ("accounts", "organization", "expected"),
    [
        (None, None, [Account()]),
        ([], {}, [Account()]),
        ([{"profile": "shop"}], None, [Account(profile="shop")]),
        ([{"assume_role_arn": ROLE}], None, [Account(SHOP, assume_role_arn=ROLE)]),
        ([{"account_id": 111122223333, "profile": "shop"}], None, [Account(SHOP, profile="shop")]),
        ([{"profile": "shop"}, {"profile": "shop"}], None, [Account(profile="shop")]),
        (
            None,
            {"accounts": [SHOP, {"Id": BANK, "Name": "bank"}], "profile": "p-{id}-{name}"},
            [Account(SHOP, profile=f"p-{SHOP}-"), Account(BANK, "bank", f"p-{BANK}-bank")],
        ),
        (
            None,
            {"accounts": [BANK], "assume_role_name": "read", "partition": "aws-cn"},
            [Account(BANK, assume_role_arn=f"arn:aws-cn:iam::{BANK}:role/read")],
        ),
        (
            [{"account_id": SHOP, "profile": "own"}],
            {"accounts": [SHOP, BANK], "profile": "{id}"},
            [Account(SHOP, profile="own"), Account(BANK, profile=BANK)],
        ),
    ],
)
def test_accounts(accounts: Any, organization: Any, expected: list[Account]) -> None:
    assert list(accounts_from_options(accounts, organization).accounts) == expected


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("prod", ["prod"]),
        (443, ["443"]),
        (True, ["true"]),
        ([False, "x", 1.5], ["false", "x", "1.5"]),
    ],
)
def test_filter_values_become_text_as_in_ec2(value: Any, texts: list[str]) -> None:
    assert filter_texts("filters.x", value) == texts


@pytest.mark.parametrize("value", [None, [None], ["x", None], {"a": "b"}, [["x"]]])
def test_refuses_null_in_filters(value: Any) -> None:
    with pytest.raises(InputError, match="filters.VPC.state"):
        filters_by_type(["VPC"], {"VPC": {"state": value}}, None)
    with pytest.raises(InputError, match="tags.env"):
        filters_by_type(["VPC"], None, {"env": value})


@pytest.mark.parametrize("status", [{"Status": "SUSPENDED"}, {"State": "SUSPENDED", "Status": "ACTIVE"}])
def test_inactive_account_is_a_gap(status: dict) -> None:
    found = accounts_from_options(None, {"accounts": [{"Id": SHOP, "Name": "shop", **status}], "profile": "{id}"})
    assert found.accounts == ()
    assert [(gap.account_id, gap.code) for gap in found.gaps] == [(SHOP, "AccountNotActive")]
    assert found.gaps[0].sentence == (
        f"Not read: shop ({SHOP}). AccountNotActive: The status of the account in the organization is SUSPENDED."
    )


def test_without_accounts_playbooks_use_the_profile_of_the_plugin() -> None:
    (account,) = accounts_from_options(None, None, "shop").accounts
    assert account.connection == {"profile": "shop"}
    assert accounts_from_options([{"account_id": SHOP}], None, "shop").accounts == (Account(SHOP),)


def test_an_organization_without_accounts_is_not_the_account_of_the_credentials() -> None:
    assert accounts_from_options(None, {"accounts": [], "profile": "{id}"}).accounts == ()


@pytest.mark.parametrize(
    ("accounts", "organization", "option"),
    [
        ([{"secret_key": "hidden"}], None, "accounts[0]"),
        (["shop"], None, "accounts[0]"),
        ([{"account_id": "12"}], None, "accounts[0].account_id"),
        ([{}, {"assume_role_arn": "hidden"}], None, "accounts[1].assume_role_arn"),
        ([{"account_id": BANK, "assume_role_arn": ROLE}], None, "accounts[0].assume_role_arn"),
        (None, {"accounts": [SHOP]}, "organization"),
        (None, {"accounts": [SHOP], "keys": "hidden"}, "organization"),
        (None, {"accounts": [{"Name": "shop"}], "profile": "x"}, "organization.accounts[0]"),
        (None, {"accounts": ["shop"], "profile": "x"}, "organization.accounts[0]"),
    ],
)
def test_refuses_invalid_accounts(accounts: Any, organization: Any, option: str) -> None:
    with pytest.raises(InputError) as error:
        accounts_from_options(accounts, organization)
    assert error.value.option == option


def test_errors_repeat_no_secret() -> None:
    with pytest.raises(InputError) as error:
        accounts_from_options([{"secret_key": "do-not-show-me"}], None)
    assert "secret_key" in str(error.value) and "do-not-show-me" not in str(error.value)


@pytest.mark.parametrize(
    ("filters", "tags", "expected"),
    [
        (None, None, {}),
        ({"VPC": {"is-default": True}}, None, {"VPC": {"is-default": ["true"]}}),
        (None, {"env": "prod"}, {"VPC": {"tag:env": ["prod"]}, "Subnet": {"tag:env": ["prod"]}}),
        (
            {"Subnet": {"vpc-id": ["vpc-1", "vpc-2"]}},
            {"env": ["a", 1]},
            {"VPC": {"tag:env": ["a", "1"]}, "Subnet": {"tag:env": ["a", "1"], "vpc-id": ["vpc-1", "vpc-2"]}},
        ),
    ],
)
def test_filters(filters: Any, tags: Any, expected: dict) -> None:
    assert filters_by_type(("VPC", "Subnet"), filters, tags) == expected


@pytest.mark.parametrize("filters", [{"TransitGateway": {}}, {"vpc": {}}, {"VPC": ["is-default"]}])
def test_refuses_filters_without_effect(filters: Any) -> None:
    with pytest.raises(InputError, match="filters"):
        filters_by_type(("VPC",), filters, None)


def test_instances() -> None:
    assert instance_choice(None, ["VPC"]) is None
    assert instance_choice({"as": "VPC"}, ["VPC"]) == {"group": "aws_ec2", "as": "VPC"}


@pytest.mark.parametrize("instances", [{"as": "Subnet"}, {"group": "web"}, {"as": "VPC", "of": "x"}, ["VPC"]])
def test_refuses_invalid_instances(instances: Any) -> None:
    with pytest.raises(InputError, match="instances"):
        instance_choice(instances, ["VPC", "TransitGateway"])


def test_hostnames_accept_ids_and_tags_only() -> None:
    assert name_preferences(["tag:Name", "resource_id"]) == ["tag:Name", "resource_id"]
    for wrong in ("name", "tag:", "{{ x }}"):
        with pytest.raises(InputError, match="hostnames"):
            name_preferences([wrong])


def test_gap_survives_plain_data() -> None:
    gap = Gap(SHOP, "shop", "eu-west-1", "DescribeVpcs", "AccessDenied", "No.")
    assert Gap(**gap.to_dict()) == gap
    assert gap.sentence == f"Not read: shop in eu-west-1 ({SHOP}). DescribeVpcs: AccessDenied: No."
