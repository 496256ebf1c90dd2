# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convergence of a key policy.

The store behaves like KMS: the last writer wins, reads may lag behind, writes may be refused.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._run.key_policy import converge_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._run.policy_convergence import ROUNDS
from ansible_collections.flowlogs.aws.plugins.module_utils._run.policy_convergence import PolicyOutcome
from tests.unit.plugins.module_utils._run.policy_store import Policy
from tests.unit.plugins.module_utils._run.policy_store import PolicyStore
from tests.unit.plugins.module_utils._run.policy_store import puts
from tests.unit.plugins.module_utils._run.policy_store import refuses

OWNER = "111122223333"
ARN = f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = Key(ARN, OWNER, "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
ADMIN = {"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "kms:*", "Resource": "*"}
USER = {**ADMIN, "Sid": "User", "Action": "kms:Decrypt"}
TEAM: Policy = {"Version": "2012-10-17", "Id": "team", "Statement": [ADMIN]}
AUDIT: Policy = {"Version": "2012-10-17", "Id": "team", "Statement": [ADMIN, USER]}
WANTED = wanted_key_use({"key_id": ARN, "account_ids": [OWNER]}, "aws", "eu-west-1")
GONE = wanted_key_use({"key_id": ARN, "account_ids": [OWNER], "state": "absent"}, "aws", "eu-west-1")


def merged(policy: Policy) -> Any:
    return plan_key_policy(policy, WANTED, KEY).after


class Store(PolicyStore):
    """The policy of the example key, with a run of the module."""

    def run(self, wanted: Any = WANTED, check_mode: bool = False) -> PolicyOutcome:
        """Converge."""
        return converge_key_policy(self, wanted, KEY, check_mode, self.pauses.append)


def test_policy_is_read_right_before_the_write_and_twice_after_it() -> None:
    store = Store(TEAM)
    outcome = store.run()
    assert store.calls == ["read", "read", "write", "read", "read"]
    assert store.policy == merged(TEAM)
    assert [(action.action, action.target) for action in outcome.actions] == [("put_policy", ARN)]
    assert outcome.unsuccessful == []


def test_check_mode_reads_once_and_predicts_the_run() -> None:
    store = Store(TEAM)
    predicted = store.run(check_mode=True)
    assert store.calls == ["read"]
    done = store.run()
    assert predicted.actions == done.actions
    assert predicted.plan and done.plan
    assert predicted.plan.after == done.plan.after == store.policy


def test_complete_policy_is_not_written() -> None:
    store = Store(merged(TEAM))
    assert store.run().actions == []
    assert store.calls == ["read"]


def test_change_before_the_write_is_merged() -> None:
    store = Store(TEAM, {1: puts(AUDIT)})
    outcome = store.run()
    assert store.policy == merged(AUDIT)
    assert outcome.plan and outcome.plan.before == AUDIT


@pytest.mark.parametrize("when", [3, 4])
def test_overwritten_policy_is_merged_again(when: int) -> None:
    store = Store(TEAM, {when: puts(AUDIT)})
    assert store.run().unsuccessful == []
    assert store.policy == merged(AUDIT)
    assert store.calls.count("write") == 2


def test_run_waits_for_key_policy_readings_that_lag_behind() -> None:
    store = Store(TEAM, {3: lambda it: it.shown.append(TEAM)})
    assert store.run().unsuccessful == []
    assert store.calls.count("write") == 1 and len(store.pauses) == 2


def test_key_policy_that_is_overwritten_each_time_is_an_error() -> None:
    changed = [{**TEAM, "Statement": [ADMIN, {**USER, "Sid": f"User{number}"}]} for number in range(ROUNDS)]
    # Each round reads and writes, and then reads another tool's policy.
    store = Store(TEAM, {3 * number + 3: puts(policy) for number, policy in enumerate(changed)})
    outcome = store.run()
    assert [item.code for item in outcome.unsuccessful] == ["PolicyOverwritten"]
    assert len(outcome.actions) == ROUNDS


@pytest.mark.parametrize(
    ("code", "words"), [("AccessDeniedException", "kms:PutKeyPolicy"), ("KMSInternalException", "")]
)
def test_refused_write_has_a_hint(code: str, words: str) -> None:
    store = Store(TEAM, {2: refuses("PutKeyPolicy", code)})
    outcome = store.run()
    (found,) = outcome.unsuccessful
    assert (found.code, found.target, outcome.actions) == (code, ARN, [])
    assert words in found.hint and store.policy == TEAM
    # It is not retried.
    assert store.calls == ["read", "read", "write"]


def test_last_statement_of_a_key_policy_is_never_removed() -> None:
    alone = {**TEAM, "Statement": merged(TEAM)["Statement"][1:]}
    store = Store(alone)
    outcome = store.run(GONE)
    assert [item.code for item in outcome.unsuccessful] == ["KeyLockedOut"]
    assert (store.policy, store.calls) == (alone, ["read"])


def test_absent_restores_the_policy_before_present() -> None:
    store = Store(AUDIT)
    store.run()
    store.run(GONE)
    assert store.policy == AUDIT
