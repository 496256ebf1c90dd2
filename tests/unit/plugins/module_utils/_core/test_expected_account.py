# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option expected_account_id, and the message for another account."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import without_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.expected_account import expected_account
from ansible_collections.flowlogs.aws.plugins.module_utils._core.expected_account import wrong_account

ACCOUNTS = st.text("0123456789", min_size=12, max_size=12)


@pytest.mark.parametrize("options", [{}, {"expected_account_id": None}, {"assume_role_arn": "anything"}])
def test_every_account_is_accepted_without_the_option(options: dict[str, Any]) -> None:
    assert expected_account(options) is None


@given(ACCOUNTS, ACCOUNTS)
def test_a_role_must_be_in_the_expected_account(account: str, other: str) -> None:
    options = {"expected_account_id": account, "assume_role_arn": f"arn:aws:iam::{other}:role/net/flow-logs"}
    if account == other:
        assert expected_account(options) == account
        return
    with pytest.raises(InputError) as refused:
        expected_account(options)
    assert refused.value.option == "assume_role_arn"
    assert account in str(refused.value) and other in str(refused.value)


@pytest.mark.parametrize(
    "value", ["", "1", "1" * 11, "1" * 13, "111122223333\n", " 111122223333", "١" * 12, "1111-2222-3333"]
)
def test_other_values_than_account_ids_are_refused(value: str) -> None:
    with pytest.raises(InputError, match="12 digits") as refused:
        expected_account({"expected_account_id": value})
    assert refused.value.option == "expected_account_id"


def test_message_has_both_accounts_the_caller_and_the_options_to_correct() -> None:
    arn = "arn:aws:sts::444455556666:assumed-role/ci/session"
    said = wrong_account("111122223333", "444455556666", arn)
    for part in ("111122223333", "444455556666", arn, "expected_account_id", "profile", "assume_role_arn"):
        assert part in said


def test_modules_of_amazon_aws_do_not_get_the_option() -> None:
    assert without_role({"profile": "shop", "expected_account_id": "111122223333"}) == {"profile": "shop"}
