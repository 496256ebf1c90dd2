# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes a bucket or key policy, and confirms that it stays. PRIVATE to this collection.

Neither S3 nor KMS can write a policy only if it has not changed: the last writer wins. So this module reads and plans right
before each write, and reads the policy back after it. If another policy without the desired statements is there, it merges and
writes again. After some rounds the task fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Protocol, TypedDict

from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._core.actions import Action, ActionDict, Unsuccessful
from .._core.delivery_policy.merge import PolicyPlan, grants_as_dicts
from .._core.error_hints.denials import is_blocked_as_public, is_denied, statement_for
from .._core.iam_policy.document import Policy, same_policy
from .._core.permissions.catalog import actions_for_call

#: How often to merge and write, if something else overwrites the policy.
ROUNDS = 3
#: Seconds before each retry while AWS reports a conflict.
CONFLICT_PAUSES = (0.5, 1, 2, 4, 8)
#: Seconds before each confirming reading. Two in a row must show the desired policy: in the pause between them, a tool that
#: read the policy before this write can overwrite it. The others are for readings that lag behind.
CONFIRM_PAUSES = (0, 1, 2, 4)

Pause = Callable[[float], None]


class Store(Protocol):
    """Reads and writes the policy of a bucket or key."""

    def read(self) -> Policy | None:
        """Return the policy; ``None`` if there is none."""

    def write(self, policy: Policy | None) -> None:
        """Write the policy; ``None`` deletes it."""


@dataclass(frozen=True)
class PolicyWork:
    """How to plan and write the policy of a bucket or key.

    :param target: ARN of the bucket or key.
    :param plan: called with the current policy; returns the plan.
    :param read_operation: name of the API operation that reads the policy.
    :param write_operation: called with a plan; returns the name of the API operation that writes it.
    :param hint: called with the API operation, error code, message and planned policy; returns how to fix the error.
    :param conflict_codes: codes of temporary errors.
    """

    target: str
    plan: Callable[[Policy | None], PolicyPlan]
    read_operation: str
    write_operation: Callable[[PolicyPlan], str]
    hint: Callable[[str, str, str, Policy | None], str]
    conflict_codes: tuple[str, ...] = ()


@dataclass
class PolicyOutcome:
    """The outcome of a run.

    :param plan: the last plan; its ``before`` is the policy before the first write. ``None`` if reading failed.
    :param actions: the writes; in check mode those of a real run.
    :param unsuccessful: errors.
    """

    plan: PolicyPlan | None = None
    actions: list[Action] = field(default_factory=list)
    unsuccessful: list[Unsuccessful] = field(default_factory=list)


class PolicyResult(TypedDict):
    """The values that the policy modules return, without ``unsuccessful``."""

    changed: bool
    actions: list[ActionDict]
    diff: dict[str, Policy]
    policy: Policy | None
    size_bytes: int
    statements: dict[str, list[str]]
    missing_grants: list[dict[str, Any]]


class _Convergence:
    """Plans and writes until the policy is the desired one, or until it gives up."""

    def __init__(self, store: Store, work: PolicyWork, pause: Pause) -> None:
        self._store = store
        self._work = work
        self._pause = pause
        self._operation = work.read_operation
        self.outcome = PolicyOutcome()

    def plan(self) -> PolicyPlan:
        """Read and plan; the policy before the first write stays the ``before`` of the result."""
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
            self._write_until_confirmed()
        self.outcome.unsuccessful += (self.outcome.plan or plan).refusals

    def _write_until_confirmed(self) -> None:
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
                "Find out what else writes this policy, and let only one tool do so.",
            )
        )

    def _write_once(self) -> PolicyPlan | None:
        """Read, plan and write; retry while AWS reports a conflict. Return ``None`` if nothing had to be written."""
        pauses = list(CONFLICT_PAUSES)
        while True:
            plan = self.plan()
            if not plan.writes:
                return None
            self._operation = self._work.write_operation(plan)
            try:
                self._store.write(plan.after)
            except FlowLogsAWSError as error:
                if not pauses or error_code_and_message(error)[0] not in self._work.conflict_codes:
                    raise
            else:
                self.outcome.actions += plan.actions
                return plan
            self._pause(pauses.pop(0))

    def _is_confirmed(self, written: PolicyPlan) -> bool:
        """Whether two readings in a row show the desired policy; ``False`` if something else overwrote it."""
        self._operation = self._work.read_operation
        seen = 0
        for pause in CONFIRM_PAUSES:
            if pause:
                self._pause(pause)
            policy = self._store.read()
            if not self._work.plan(policy).changes:
                seen += 1
            elif same_policy(policy, written.before):
                # Either the reading lags behind, or something restored the old policy: read again.
                seen = 0
            else:
                return False
            if seen == 2:
                return True
        return False

    def failed(self, error: FlowLogsAWSError) -> None:
        """Add an error of AWS, with a hint, to the outcome."""
        code, message = error_code_and_message(error)
        hint = self._work.hint(self._operation, code, message, self.outcome.plan.after if self.outcome.plan else None)
        if is_denied(code) and not is_blocked_as_public(message):
            hint += f" Statement to add: {statement_for(actions_for_call(self._operation), self._work.target)}"
        text = f"{error.message}: {message}" if error.message and error.exception else message
        self.outcome.unsuccessful.append(Unsuccessful(self._work.target, code, text, hint))


def converge_policy(store: Store, work: PolicyWork, check_mode: bool, pause: Pause) -> PolicyOutcome:
    """Change a policy to the desired one, or predict the changes in check mode.

    :param store: reads and writes the policy.
    :param pause: called with seconds to wait; the number of waits is limited.
    """
    convergence = _Convergence(store, work, pause)
    try:
        convergence.run(check_mode)
    except FlowLogsAWSError as error:
        convergence.failed(error)
    return convergence.outcome


def result_of(outcome: PolicyOutcome) -> PolicyResult:
    """Return the result of a policy module, without ``unsuccessful``."""
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
        "missing_grants": grants_as_dicts(plan.missing) if plan else [],
    }
