# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The room for accounts that is told is the room that there is."""

from __future__ import annotations

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_capacity import (
    room_for_accounts,
)
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import BUCKET


@pytest.mark.parametrize("folders", [1, 6, 12])
def test_so_many_accounts_fit_and_not_one_more(folders: int) -> None:
    options = {"bucket": BUCKET, "prefixes": ["folder" * 30 + str(number) for number in range(folders)]}
    room = room_for_accounts(None, wanted_from_options({**options, "account_ids": ["111122223333"]}, "aws"))

    def refusals(count: int) -> list[str]:
        accounts = [f"{number:012d}" for number in range(100, 100 + count)]
        wanted = wanted_from_options({**options, "account_ids": accounts}, "aws")
        return [refusal.code for refusal in plan_bucket_policy(None, wanted).refusals]

    assert room and refusals(room) == []
    assert refusals(room + 1) == ["PolicyTooLarge"]
