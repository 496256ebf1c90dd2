# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes a policy over what was just read, and makes sure that it stays. PRIVATE to this collection.

Neither S3 nor KMS has a compare-and-swap for policies: the last writer wins. So the policy is read and planned anew
right before it is written, and read back after; if somebody else's policy stands there then, without what was asked
for, it is merged anew, and after some rounds the task fails rather than say what is not so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Protocol

from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._core.actions import Action, Unsuccessful
from .._core.delivery_policy.merge import PolicyPlan, grants_told
from .._core.error_hints.denials import is_blocked_as_public, is_denied, statement_for
from .._core.iam_policy.document import Policy, same_policy
from .._core.permissions.catalog import actions_for_call

#: How often what somebody else wrote in between is merged anew.
ROUNDS = 3
#: Seconds before each further try while AWS reports a conflict.
CONFLICT_PAUSES = (0.5, 1, 2, 4, 8)
#: Seconds before each reading back. Two readings in a row must show the desired policy: another writer that had read
#: the policy before this one wrote it gets the pause between them to show up. More are for readings that lag behind.
CONFIRM_PAUSES = (0, 1, 2, 4)

Pause = Callable[[float], None]


class Store(Protocol):
    """A policy, where it is kept."""

    def read(self) -> Policy | None:
        """Return the policy, None if there is none."""

    def write(self, policy: Policy | None) -> None:
        """Put the policy in place, or delete it if it is None."""


@dataclass(frozen=True)
class PolicyWork:
    """What is to be done to whose policy.

    :param target: ARN of the bucket or key.
    :param plan: takes the policy that is.
    :param read_operation: API name of reading.
    :param write_operation: takes a plan; API name of writing it.
    :param hint: takes an API name, error code and message, and the policy that was to be written; what fixes it.
    :param conflict_codes: error codes that pass by themselves.
    """

    target: str
    plan: Callable[[Policy | None], PolicyPlan]
    read_operation: str
    write_operation: Callable[[PolicyPlan], str]
    hint: Callable[[str, str, str, Policy | None], str]
    conflict_codes: tuple[str, ...] = ()


@dataclass
class PolicyOutcome:
    """What came of it.

    :param plan: the last plan; its ``before`` is what was there at first.
    :param actions: the writes that took place, or would.
    """

    plan: PolicyPlan | None = None
    actions: list[Action] = field(default_factory=list)
    unsuccessful: list[Unsuccessful] = field(default_factory=list)


class _Convergence:
    """One run: plans until the policy is as wanted, or until there is no use in going on."""

    def __init__(self, store: Store, work: PolicyWork, pause: Pause) -> None:
        self._store = store
        self._work = work
        self._pause = pause
        self._operation = work.read_operation
        self.outcome = PolicyOutcome()

    def plan(self) -> PolicyPlan:
        """Read and plan; the first reading stays the ``before`` of the result."""
        self._operation = self._work.read_operation
        plan = self._work.plan(self._store.read())
        first = self.outcome.plan
        if first and self.outcome.actions:
            self.outcome.plan = replace(plan, before=first.before, missing=first.missing)
        else:
            self.outcome.plan = plan
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
                self._work.target,
                "PolicyOverwritten",
                f"The policy was written {ROUNDS} times, and each time it was not the desired one when it was "
                "read back: something else keeps writing it.",
                "Find out what else writes this policy, and let one at a time do so.",
            )
        )

    def _write_once(self) -> PolicyPlan | None:
        """Read, plan and write; try again while AWS reports a conflict. Return None if nothing had to be written."""
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
        self._operation = self._work.write_operation(plan)
        try:
            self._store.write(plan.after)
        except FlowLogsAWSError as error:
            if is_last or error_code_and_message(error)[0] not in self._work.conflict_codes:
                raise
            return False
        return True

    def _is_confirmed(self, written: PolicyPlan) -> bool:
        """Whether the policy, read back twice in a row, is as wanted; False if somebody else's stands there."""
        self._operation = self._work.read_operation
        seen = 0
        for pause in CONFIRM_PAUSES:
            if pause:
                self._pause(pause)
            policy = self._store.read()
            if not self._work.plan(policy).changes:
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
        """Record an error of AWS with how to fix it."""
        code, message = error_code_and_message(error)
        hint = self._work.hint(self._operation, code, message, self.outcome.plan.after if self.outcome.plan else None)
        if is_denied(code) and not is_blocked_as_public(message):
            hint += f" Statement to add: {statement_for(actions_for_call(self._operation), self._work.target)}"
        text = f"{error.message}: {message}" if error.message and error.exception else message
        self.outcome.unsuccessful.append(Unsuccessful(self._work.target, code, text, hint))


def converge_policy(store: Store, work: PolicyWork, check_mode: bool, pause: Pause) -> PolicyOutcome:
    """Make the policy as wanted, or say in check mode what that takes.

    :param store: reads and writes the policy.
    :param pause: takes seconds to wait; all waits of a run are bounded.
    """
    convergence = _Convergence(store, work, pause)
    try:
        convergence.run(check_mode)
    except FlowLogsAWSError as error:
        convergence.failed(error)
    return convergence.outcome


def result_of(outcome: PolicyOutcome) -> dict[str, Any]:
    """Return what a module returns of it, ``unsuccessful`` left aside."""
    plan = outcome.plan
    before = plan.before if plan else None
    after = plan.after if plan and not plan.refusals else before
    nothing: dict[str, list[str]] = {"added": [], "updated": [], "removed": [], "kept": []}
    return {
        "changed": bool(outcome.actions),
        "actions": [action.to_dict() for action in outcome.actions],
        "diff": {"before": before or {}, "after": after or {}},
        "policy": after,
        "size_bytes": plan.size if plan else 0,
        "statements": plan.statements() if plan else nothing,
        "missing_grants": grants_told(plan.missing) if plan else [],
    }
