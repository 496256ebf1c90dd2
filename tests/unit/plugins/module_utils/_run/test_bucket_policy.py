# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convergence of a bucket policy.

The store behaves like S3: the last writer wins, reads may lag behind, writes may be refused.
"""

from __future__ import annotations

from typing import Any
from typing import Callable
from typing import Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._run.bucket_policy import converge
from ansible_collections.flowlogs.aws.plugins.module_utils._run.policy_convergence import result_of
from ansible_collections.flowlogs.aws.plugins.module_utils._run.policy_convergence import CONFIRM_PAUSES
from ansible_collections.flowlogs.aws.plugins.module_utils._run.policy_convergence import CONFLICT_PAUSES
from ansible_collections.flowlogs.aws.plugins.module_utils._run.policy_convergence import ROUNDS
from ansible_collections.flowlogs.aws.plugins.module_utils._run.policy_convergence import PolicyOutcome
from tests.unit.plugins.module_utils._run.policy_store import Policy
from tests.unit.plugins.module_utils._run.policy_store import PolicyStore
from tests.unit.plugins.module_utils._run.policy_store import puts
from tests.unit.plugins.module_utils._run.policy_store import refuses

OTHER = {"Sid": "Team", "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetObject"}
TEAM: Policy = {"Version": "2012-10-17", "Statement": [{**OTHER, "Resource": "arn:aws:s3:::example-logs/*"}]}
AUDIT: Policy = {
    "Version": "2012-10-17",
    "Statement": [{**OTHER, "Sid": "Audit", "Resource": "arn:aws:s3:::example-logs"}],
}
WANTED = wanted_from_options({"bucket": "example-logs", "account_ids": ["111122223333"]}, "aws")
GONE = wanted_from_options({"bucket": "example-logs", "account_ids": ["111122223333"], "state": "absent"}, "aws")


def merged(policy: Policy) -> Policy:
    return plan_bucket_policy(policy, WANTED).after


class Store(PolicyStore):
    """The policy of the bucket example-logs, with a run of the module."""

    def run(self, wanted: Any = WANTED, check_mode: bool = False) -> PolicyOutcome:
        """Converge."""
        return converge(self, wanted, check_mode, self.pauses.append)


def lags(*policies: Policy) -> Callable[[PolicyStore], None]:
    def event(store: PolicyStore) -> None:
        store.shown += policies

    return event


def test_policy_is_read_right_before_the_write_and_twice_after_it() -> None:
    store = Store(TEAM)
    outcome = store.run()
    assert store.calls == ["read", "read", "write", "read", "read"]
    assert store.policy == merged(TEAM)
    assert store.pauses == [1]
    assert [action.action for action in outcome.actions] == ["put_policy"]


@pytest.mark.parametrize("policy", [TEAM, merged(TEAM), None])
def test_check_mode_reads_once_and_predicts_the_run(policy: Policy) -> None:
    store = Store(policy)
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


def test_grants_that_another_tool_wrote_first_are_not_written_again() -> None:
    store = Store(TEAM, {1: puts(merged(AUDIT))})
    outcome = store.run()
    assert (outcome.actions, outcome.unsuccessful) == ([], [])
    assert "write" not in store.calls


@pytest.mark.parametrize("when", [3, 4])
def test_overwritten_policy_is_merged_again(when: int) -> None:
    store = Store(TEAM, {when: puts(AUDIT)})
    outcome = store.run()
    assert store.policy == merged(AUDIT)
    assert store.calls.count("write") == 2
    assert len(outcome.actions) == 2
    assert outcome.unsuccessful == []
    assert outcome.plan and outcome.plan.before == TEAM and outcome.plan.after == merged(AUDIT)
    assert result_of(outcome)["missing_grants"] == result_of(Store(TEAM).run(check_mode=True))["missing_grants"] != []


def test_policy_that_is_overwritten_each_time_is_an_error() -> None:
    store = Store(TEAM, {3: puts(AUDIT), 6: puts(TEAM), 9: puts(AUDIT)})
    outcome = store.run()
    assert [item.code for item in outcome.unsuccessful] == ["PolicyOverwritten"]
    assert store.calls.count("write") == ROUNDS == len(outcome.actions)


def test_policy_that_is_restored_each_time_is_an_error_in_limited_time() -> None:
    store = Store(TEAM, {call: puts(TEAM) for call in range(3, 60, 6)})
    outcome = store.run()
    assert [item.code for item in outcome.unsuccessful] == ["PolicyOverwritten"]
    assert sum(store.pauses) <= ROUNDS * sum(CONFIRM_PAUSES)


@pytest.mark.parametrize("times", [1, 2])
def test_run_waits_for_readings_that_lag_behind(times: int) -> None:
    store = Store(TEAM, {3: lags(*[TEAM] * times)})
    outcome = store.run()
    assert outcome.unsuccessful == []
    assert store.calls.count("write") == 1


@given(st.integers(1, len(CONFLICT_PAUSES)))
def test_run_retries_after_conflicts(times: int) -> None:
    # Each attempt reads and writes; the run reads once before the first one.
    store = Store(TEAM, {2 * number + 2: refuses("PutBucketPolicy", "OperationAborted") for number in range(times)})
    outcome = store.run()
    assert (store.policy, outcome.unsuccessful, len(outcome.actions)) == (merged(TEAM), [], 1)
    assert store.pauses == [*CONFLICT_PAUSES[:times], 1]


def test_permanent_conflicts_are_an_error_in_limited_time() -> None:
    store = Store(TEAM, {call: refuses("PutBucketPolicy", "OperationAborted") for call in range(2, 100, 2)})
    outcome = store.run()
    (failure,) = outcome.unsuccessful
    assert failure.code == "OperationAborted" and "Run again" in failure.hint
    assert store.pauses == list(CONFLICT_PAUSES)
    assert outcome.actions == [] and store.policy == TEAM


@pytest.mark.parametrize("code", ["AccessDenied", "MalformedPolicy", "MethodNotAllowed"])
def test_permanent_errors_are_not_retried(code: str) -> None:
    store = Store(TEAM, {2: refuses("PutBucketPolicy", code)})
    outcome = store.run()
    (failure,) = outcome.unsuccessful
    assert (failure.code, failure.target) == (code, "arn:aws:s3:::example-logs")
    assert failure.message == "Failed to write the policy: No" and failure.hint
    assert (store.pauses, outcome.actions) == ([], [])


def test_error_of_the_first_reading_is_returned() -> None:
    store = Store(TEAM, {0: refuses("PutBucketPolicy", "NoSuchBucket")})
    outcome = store.run(check_mode=True)
    assert outcome.plan is None
    assert [item.code for item in outcome.unsuccessful] == ["NoSuchBucket"]


def test_write_is_returned_even_if_reading_back_fails() -> None:
    store = Store(TEAM, {3: refuses("PutBucketPolicy", "AccessDenied")})
    outcome = store.run()
    assert [action.action for action in outcome.actions] == ["put_policy"]
    assert "s3:GetBucketPolicy" in outcome.unsuccessful[0].hint


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_refused_plan_writes_nothing_and_fails(check_mode: bool) -> None:
    gone = {"Statement": [{**OTHER, "Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"}, "Resource": "*"}]}
    store = Store(gone)
    outcome = store.run(check_mode=check_mode)
    assert [item.code for item in outcome.unsuccessful] == ["PrincipalGone"]
    assert (store.calls, outcome.actions) == (["read"], [])


def test_policy_without_statements_is_deleted() -> None:
    store = Store(merged(None))
    assert [action.action for action in store.run(GONE).actions] == ["delete_policy"]
    assert store.policy is None
    assert store.run(GONE).actions == []


@given(st.dictionaries(st.integers(1, 12), st.sampled_from([TEAM, AUDIT, None]), max_size=4))
def test_success_means_that_the_policy_is_the_desired_one(changes: Dict[int, Policy]) -> None:
    """With any writes of other tools: after a run without errors, the last reading showed the desired policy."""
    store = Store(TEAM, {call: puts(policy) for call, policy in changes.items()})
    outcome = store.run()
    holds = not plan_bucket_policy(store.policy, WANTED).changes
    assert holds or outcome.unsuccessful
