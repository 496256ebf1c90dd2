# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and checks ``expected_account_id``. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .assumed_role import EXPECTED_ACCOUNT, account_of_role
from .errors import InputError
from .identifiers import parse_account_id

#: Key of the account that the credentials belong to, in the result of a failed module.
CALLER_ACCOUNT = "caller_account_id"


def expected_account(options: Mapping[str, Any]) -> str | None:
    """Return the account that the credentials must belong to; ``None``: any account.

    An empty text is an error, so that an empty variable does not disable the check.

    :param options: options of a module.
    :raises InputError: if it is not an account id, or if the role to assume is in another account.
    """
    value = options.get(EXPECTED_ACCOUNT)
    if value is None:
        return None
    account = parse_account_id(EXPECTED_ACCOUNT, value)
    role = options.get("assume_role_arn")
    if role and account_of_role(str(role), "assume_role_arn") != account:
        raise InputError("assume_role_arn", role, f"a role of account {account}, which {EXPECTED_ACCOUNT} names")
    return account


def wrong_account(expected: str, caller_account: str, caller_arn: str) -> str:
    """Return the message for credentials of another account."""
    return (
        f"The credentials belong to account {caller_account} ({caller_arn}), but {EXPECTED_ACCOUNT} is {expected}. Nothing "
        f"was read or changed. Correct {EXPECTED_ACCOUNT}, or the credentials (profile, assume_role_arn or access keys)."
    )
