# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``flow_log_bucket_policy``: read, plan, write, read back, result. PRIVATE to this collection.

S3 has no compare-and-swap for bucket policies: the last writer wins. So the policy is read and planned anew right
before it is written, and read back after; if somebody else's policy stands there then, without what was asked for, it
is merged anew, and after some rounds the task fails rather than say what is not so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Optional

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import s3
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.ec2 import partition_of
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import error_code_and_message
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import caller_identity
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_policy_errors import CONFLICT_CODES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_policy_errors import policy_error_hint
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_policy_options import WantedDelivery
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_policy_options import wanted_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_policy_plan import PolicyPlan
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_policy_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.plan import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.plan import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import Policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import same_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import size_of
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import FlowLogsModule
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import finish

#: How often what somebody else wrote in between is merged anew.
ROUNDS = 3
#: Seconds before each further try while S3 answers 409.
CONFLICT_PAUSES = (0.5, 1, 2, 4, 8)
#: Seconds before each reading back. Two readings in a row must show what was asked for: another writer that had read
#: the policy before this one wrote it gets the pause between them to show up. More are for readings that lag behind.
CONFIRM_PAUSES = (0, 1, 2, 4)

Pause = Callable[[float], None]


class PolicyStore:
    """The policy of one bucket, where it is kept."""

    def __init__(self, client: Any, wanted: WantedDelivery) -> None:
        self._client = client
        self._bucket = wanted.bucket.bucket
        self._owner = wanted.expected_owner

    def read(self) -> Optional[Policy]:
        """Return the policy, None if the bucket has none."""
        return s3.get_bucket_policy(self._client, self._bucket, self._owner)

    def write(self, policy: Optional[Policy]) -> None:
        """Put the policy in place, or delete it if it is None."""
        if policy is None:
            s3.delete_bucket_policy(self._client, self._bucket, self._owner)
        else:
            s3.put_bucket_policy(self._client, self._bucket, policy, self._owner)


@dataclass
class PolicyOutcome:
    """What came of it.

    :param plan: the last plan; its ``before`` is what was there at first.
    :param actions: the writes that took place, or would.
    """

    plan: Optional[PolicyPlan] = None
    actions: List[Action] = field(default_factory=list)
    unsuccessful: List[Unsuccessful] = field(default_factory=list)


class _Convergence:
    """One run: plans until the policy is as wanted, or until there is no use in going on."""

    def __init__(self, store: PolicyStore, wanted: WantedDelivery, pause: Pause) -> None:
        self._store = store
        self._wanted = wanted
        self._pause = pause
        self._operation = "GetBucketPolicy"
        self.outcome = PolicyOutcome()

    def plan(self) -> PolicyPlan:
        """Read and plan; the first reading stays the ``before`` of the result."""
        self._operation = "GetBucketPolicy"
        plan = plan_bucket_policy(self._store.read(), self._wanted)
        first = self.outcome.plan
        self.outcome.plan = replace(plan, before=first.before) if first and self.outcome.actions else plan
        return plan

    def run(self, check_mode: bool) -> None:
        """Plan, and write unless in check mode."""
        plan = self.plan()
        if check_mode or not plan.writes:
            self.outcome.actions = list(plan.actions)
        else:
            self._write_until_it_stays()
        self.outcome.unsuccessful += (self.outcome.plan or plan).refusals

    def _write_until_it_stays(self) -> None:
        for _round in range(ROUNDS):
            plan = self._write_once()
            if plan is None or self._is_confirmed(plan):
                return
        self.outcome.unsuccessful.append(
            Unsuccessful(
                self._wanted.bucket.bucket_arn,
                "PolicyOverwritten",
                f"The policy was written {ROUNDS} times, and each time it did not hold what was asked for when it was "
                "read back: something else keeps writing it.",
                "Find out what else writes this policy, and let one at a time do so.",
            )
        )

    def _write_once(self) -> Optional[PolicyPlan]:
        """Read, plan and write; try again while S3 reports a conflict. Return None if nothing had to be written."""
        for pause in (*CONFLICT_PAUSES, None):
            plan = self.plan()
            if not plan.writes:
                return None
            if self._is_written(plan, is_last=pause is None):
                self.outcome.actions += plan.actions
                return plan
            self._pause(pause or 0)
        raise AssertionError("the last try writes or raises")

    def _is_written(self, plan: PolicyPlan, is_last: bool) -> bool:
        """Write; return False for a conflict that leaves another try."""
        self._operation = "PutBucketPolicy" if plan.after is not None else "DeleteBucketPolicy"
        try:
            self._store.write(plan.after)
        except FlowLogsAWSError as error:
            if is_last or error_code_and_message(error)[0] not in CONFLICT_CODES:
                raise
            return False
        return True

    def _is_confirmed(self, written: PolicyPlan) -> bool:
        """Whether the policy, read back twice in a row, is as wanted; False if somebody else's stands there."""
        self._operation = "GetBucketPolicy"
        seen = 0
        for pause in CONFIRM_PAUSES:
            if pause:
                self._pause(pause)
            policy = self._store.read()
            if not plan_bucket_policy(policy, self._wanted).changes:
                seen += 1
            elif same_policy(policy, written.before):
                # Either an old state or somebody's undoing; only time tells.
                seen = 0
            else:
                return False
            if seen == 2:
                return True
        return False

    def failed(self, error: FlowLogsAWSError) -> None:
        """Record an error of AWS with what mends it."""
        code, message = error_code_and_message(error)
        hint = policy_error_hint(self._operation, code, self._wanted.expected_owner)
        text = f"{error.message}: {message}" if error.message and error.exception else message
        self.outcome.unsuccessful.append(Unsuccessful(self._wanted.bucket.bucket_arn, code, text, hint))


def converge(store: PolicyStore, wanted: WantedDelivery, check_mode: bool, pause: Pause = time.sleep) -> PolicyOutcome:
    """Make the policy as wanted, or say in check mode what that takes.

    :param store: reads and writes the policy.
    :param pause: takes seconds to wait; all waits of a run are bounded.
    """
    convergence = _Convergence(store, wanted, pause)
    try:
        convergence.run(check_mode)
    except FlowLogsAWSError as error:
        convergence.failed(error)
    return convergence.outcome


def _result(outcome: PolicyOutcome) -> Dict[str, Any]:
    plan = outcome.plan
    before = plan.before if plan else None
    after = plan.after if plan and not plan.refusals else before
    nothing: Dict[str, List[str]] = {"added": [], "updated": [], "removed": [], "kept": []}
    return {
        "changed": bool(outcome.actions),
        "actions": [action.to_dict() for action in outcome.actions],
        "diff": {"before": before or {}, "after": after or {}},
        "policy": after,
        "size_bytes": size_of(plan.after if plan else None),
        "statements": plan.statements() if plan else nothing,
    }


def run_bucket_policy(module: FlowLogsModule) -> None:
    """Make a bucket policy let log delivery write for the sources asked for, or no longer."""
    client = module.client("s3")
    wanted = wanted_from_options(module.params, partition_of(client))
    if not wanted.sources:
        wanted = replace(wanted, accounts=(caller_identity(module.client("sts")).account_id,))
    outcome = converge(PolicyStore(client, wanted), wanted, module.check_mode)
    for text in outcome.plan.warnings if outcome.plan else ():
        module.warn(text)
    doing = "grant log delivery in" if wanted.present else "take log delivery out of"
    finish(module, f"{doing} the policy of {wanted.bucket.bucket_arn}", _result(outcome), outcome.unsuccessful)
