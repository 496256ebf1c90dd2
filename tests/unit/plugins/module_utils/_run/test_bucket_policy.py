# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bucket policy is written over what was just read, and stays, or the run says that it does not.

The store stands for S3 as far as it matters here: the last writer wins, reads may lag, writes may be refused.
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

FOREIGN = {"Sid": "Team", "Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetObject"}
TEAM: Policy = {"Version": "2012-10-17", "Statement": [{**FOREIGN, "Resource": "arn:aws:s3:::example-logs/*"}]}
AUDIT: Policy = {
    "Version": "2012-10-17",
    "Statement": [{**FOREIGN, "Sid": "Audit", "Resource": "arn:aws:s3:::example-logs"}],
}
WANTED = wanted_from_options({"bucket": "example-logs", "account_ids": ["111122223333"]}, "aws")
GONE = wanted_from_options({"bucket": "example-logs", "account_ids": ["111122223333"], "state": "absent"}, "aws")


def merged(policy: Policy) -> Policy:
    return plan_bucket_policy(policy, WANTED).after


class Store(PolicyStore):
    """The policy of the example, and the run that is tried."""

    def run(self, wanted: Any = WANTED, check_mode: bool = False) -> PolicyOutcome:
        """Converge."""
        return converge(self, wanted, check_mode, self.pauses.append)


def lags(*policies: Policy) -> Callable[[PolicyStore], None]:
    def event(store: PolicyStore) -> None:
        store.shown += policies

    return event


def test_it_reads_again_before_it_writes_and_twice_after() -> None:
    store = Store(TEAM)
    outcome = store.run()
    assert store.calls == ["read", "read", "write", "read", "read"]
    assert store.policy == merged(TEAM)
    assert store.pauses == [1]
    assert [action.action for action in outcome.actions] == ["put_policy"]


@pytest.mark.parametrize("policy", [TEAM, merged(TEAM), None])
def test_check_mode_reads_once_and_says_what_the_run_then_does(policy: Policy) -> None:
    store = Store(policy)
    foretold = store.run(check_mode=True)
    assert store.calls == ["read"]
    done = store.run()
    assert foretold.actions == done.actions
    assert foretold.plan and done.plan
    assert foretold.plan.after == done.plan.after == store.policy


def test_where_nothing_is_missing_nothing_is_written() -> None:
    store = Store(merged(TEAM))
    assert store.run().actions == []
    assert store.calls == ["read"]


def test_what_changed_before_the_write_is_merged_and_not_lost() -> None:
    store = Store(TEAM, {1: puts(AUDIT)})
    outcome = store.run()
    assert store.policy == merged(AUDIT)
    assert outcome.plan and outcome.plan.before == AUDIT


def test_what_somebody_else_granted_before_the_write_is_not_written_again() -> None:
    store = Store(TEAM, {1: puts(merged(AUDIT))})
    outcome = store.run()
    assert (outcome.actions, outcome.unsuccessful) == ([], [])
    assert "write" not in store.calls


@pytest.mark.parametrize("when", [3, 4])
def test_what_somebody_else_wrote_over_it_is_merged_anew(when: int) -> None:
    store = Store(TEAM, {when: puts(AUDIT)})
    outcome = store.run()
    assert store.policy == merged(AUDIT)
    assert store.calls.count("write") == 2
    assert len(outcome.actions) == 2
    assert outcome.unsuccessful == []
    assert outcome.plan and outcome.plan.before == TEAM and outcome.plan.after == merged(AUDIT)
    assert result_of(outcome)["missing_grants"] == result_of(Store(TEAM).run(check_mode=True))["missing_grants"] != []


def test_a_policy_that_is_written_over_again_and_again_is_a_loud_failure() -> None:
    store = Store(TEAM, {3: puts(AUDIT), 6: puts(TEAM), 9: puts(AUDIT)})
    outcome = store.run()
    assert [item.code for item in outcome.unsuccessful] == ["PolicyOverwritten"]
    assert store.calls.count("write") == ROUNDS == len(outcome.actions)


def test_a_policy_that_is_put_back_each_time_is_a_loud_failure_in_bounded_time() -> None:
    store = Store(TEAM, {call: puts(TEAM) for call in range(3, 60, 6)})
    outcome = store.run()
    assert [item.code for item in outcome.unsuccessful] == ["PolicyOverwritten"]
    assert sum(store.pauses) <= ROUNDS * sum(CONFIRM_PAUSES)


@pytest.mark.parametrize("times", [1, 2])
def test_readings_that_lag_behind_are_waited_for(times: int) -> None:
    store = Store(TEAM, {3: lags(*[TEAM] * times)})
    outcome = store.run()
    assert outcome.unsuccessful == []
    assert store.calls.count("write") == 1


@given(st.integers(1, len(CONFLICT_PAUSES)))
def test_conflicts_are_waited_out(times: int) -> None:
    # A try is a reading and a write; the first one comes after the first look.
    store = Store(TEAM, {2 * number + 2: refuses("PutBucketPolicy", "OperationAborted") for number in range(times)})
    outcome = store.run()
    assert (store.policy, outcome.unsuccessful, len(outcome.actions)) == (merged(TEAM), [], 1)
    assert store.pauses == [*CONFLICT_PAUSES[:times], 1]


def test_conflicts_without_end_are_a_failure_in_bounded_time() -> None:
    store = Store(TEAM, {call: refuses("PutBucketPolicy", "OperationAborted") for call in range(2, 100, 2)})
    outcome = store.run()
    (failure,) = outcome.unsuccessful
    assert failure.code == "OperationAborted" and "Run again" in failure.hint
    assert store.pauses == list(CONFLICT_PAUSES)
    assert outcome.actions == [] and store.policy == TEAM


@pytest.mark.parametrize("code", ["AccessDenied", "MalformedPolicy", "MethodNotAllowed"])
def test_permanent_errors_are_not_tried_again(code: str) -> None:
    store = Store(TEAM, {2: refuses("PutBucketPolicy", code)})
    outcome = store.run()
    (failure,) = outcome.unsuccessful
    assert (failure.code, failure.target) == (code, "arn:aws:s3:::example-logs")
    assert failure.message == "Failed to write the policy: No" and failure.hint
    assert (store.pauses, outcome.actions) == ([], [])


def test_an_error_of_the_first_reading_is_told() -> None:
    store = Store(TEAM, {0: refuses("PutBucketPolicy", "NoSuchBucket")})
    outcome = store.run(check_mode=True)
    assert outcome.plan is None
    assert [item.code for item in outcome.unsuccessful] == ["NoSuchBucket"]


def test_what_was_written_is_told_even_if_reading_back_fails() -> None:
    store = Store(TEAM, {3: refuses("PutBucketPolicy", "AccessDenied")})
    outcome = store.run()
    assert [action.action for action in outcome.actions] == ["put_policy"]
    assert "s3:GetBucketPolicy" in outcome.unsuccessful[0].hint


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_refused_plan_writes_nothing_and_fails(check_mode: bool) -> None:
    gone = {"Statement": [{**FOREIGN, "Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"}, "Resource": "*"}]}
    store = Store(gone)
    outcome = store.run(check_mode=check_mode)
    assert [item.code for item in outcome.unsuccessful] == ["PrincipalGone"]
    assert (store.calls, outcome.actions) == (["read"], [])


def test_the_last_grant_takes_the_policy_with_it() -> None:
    store = Store(merged(None))
    assert [action.action for action in store.run(GONE).actions] == ["delete_policy"]
    assert store.policy is None
    assert store.run(GONE).actions == []


@given(st.dictionaries(st.integers(1, 12), st.sampled_from([TEAM, AUDIT, None]), max_size=4))
def test_success_is_never_claimed_falsely(changes: Dict[int, Policy]) -> None:
    """Whatever others write and whenever: after a success without failures, the policy was as wanted when last read."""
    store = Store(TEAM, {call: puts(policy) for call, policy in changes.items()})
    outcome = store.run()
    holds = not plan_bucket_policy(store.policy, WANTED).changes
    assert holds or outcome.unsuccessful
