# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merges log-delivery statements into a resource policy (bucket or key). PRIVATE to this collection.

Bucket policies and key policies share this code. It groups grants into the statements that this collection wrote,
compares the policies before and after, and checks the limits of S3 and KMS.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Callable

from ..actions import Action, Change, Unsuccessful
from ..iam_policy.document import (
    Policy,
    Statement,
    deleted_principals_text,
    policy_size,
    statement_name,
    statements_of,
    with_statements,
)
from .grants import ConditionalGrant, FROM_ACCOUNTS, FROM_ORGANIZATION, source_kind, without_redundant
from .statements import DeliveryStatement, Group, Keep, cut_statement, group_grants


@dataclass(frozen=True)
class PlannedStatement:
    """A statement of the planned policy.

    :param origin: its position in the current policy; None for a new statement.
    """

    statement: Statement
    origin: int | None = None


@dataclass(frozen=True)
class PolicyPlan:
    """The current policy, the planned policy, and the changes between them.

    :param target: ARN of the bucket or key.
    :param before: the current policy; None if there is none.
    :param after: the planned policy; None if no statement is left.
    :param added: names of statements, as in ``updated``, ``removed`` and ``kept``. ``#3`` is the third statement of
        ``before`` if it has no Sid.
    :param warnings: messages that do not fail the task.
    :param refusals: reasons not to write the policy.
    :param missing: wanted grants that ``before`` does not give.
    """

    target: str
    before: Policy | None
    after: Policy | None
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    reason: str = ""
    warnings: tuple[str, ...] = ()
    refusals: tuple[Unsuccessful, ...] = ()
    missing: tuple[ConditionalGrant, ...] = ()

    @property
    def size(self) -> int:
        """Size of the planned policy in bytes."""
        return policy_size(self.after)

    @property
    def writes(self) -> bool:
        """Whether the task writes the policy; a refused plan writes nothing."""
        return bool(self.changes) and not self.refusals

    @property
    def actions(self) -> tuple[Action, ...]:
        """The write call, or ``()``."""
        if not self.writes:
            return ()
        kind = "delete_policy" if self.after is None else "put_policy"
        return (Action(kind, self.target, changes=self.changes, reason=self.reason),)

    def statements(self) -> dict[str, list[str]]:
        """Return the names of the statements by what happens to them."""
        if self.refusals:
            names = [statement_name(item, position) for position, item in enumerate(statements_of(self.before))]
            return {"added": [], "updated": [], "removed": [], "kept": names}
        return {
            "added": list(self.added),
            "updated": list(self.updated),
            "removed": list(self.removed),
            "kept": list(self.kept),
        }


@dataclass(frozen=True)
class PolicyLimit:
    """The maximum size of a policy.

    :param service: ``S3`` or ``KMS``.
    :param max_bytes: size that the service allows.
    :param size: returns the size of a policy in bytes, 0 for None.
    """

    service: str
    max_bytes: int
    size: Callable[[Policy | None], int]

    def is_near(self, size: int) -> bool:
        """Return whether a size is above 90 percent of the maximum."""
        return size > self.max_bytes * 9 // 10

    def choose(self, plans: Iterable[PolicyPlan]) -> PolicyPlan:
        """Return the first plan that changes nothing or fits, or the smallest if none does.

        :param plans: from the most readable to the most compact one; evaluated one by one.
        """
        tried = []
        for plan in plans:
            tried.append(plan)
            if not plan.changes or self.size(plan.after) <= self.max_bytes:
                return plan
        return min(tried, key=lambda plan: self.size(plan.after))

    def refusals(self, plan: PolicyPlan, hint: str) -> list[Unsuccessful]:
        """Return why the service would refuse the planned policy: deleted principals, too many bytes.

        :param hint: how to make the policy smaller.
        """
        found, deleted, size = [], deleted_principals_text(plan.after), self.size(plan.after)
        if deleted:
            found.append(
                Unsuccessful(
                    plan.target,
                    "PrincipalGone",
                    f"The policy names deleted principals, and {self.service} refuses such a policy: {deleted}.",
                    "Remove these principals or their statements from the policy, or replace them.",
                )
            )
        if size > self.max_bytes:
            found.append(
                Unsuccessful(
                    plan.target,
                    "PolicyTooLarge",
                    f"The policy would have {size} bytes, {size - self.max_bytes} bytes too many: {self.service} "
                    f"allows {self.max_bytes}, and the current policy has {self.size(plan.before)}. Nothing was "
                    "written.",
                    hint,
                )
            )
        return found

    def warning(self, plan: PolicyPlan) -> str:
        """Return a warning about a policy near the limit; ``""`` for none."""
        size = self.size(plan.after)
        if not self.is_near(size) or plan.refusals:
            return ""
        return f"The policy of {plan.target} has {size} bytes of the {self.max_bytes} that {self.service} allows."


def grants_as_dicts(grants: Iterable[ConditionalGrant]) -> list[dict[str, Any]]:
    """Return grants as modules return them: ``account_id``, ``region``, ``folder`` and ``layout``, each once.

    ``account_id`` is ``None`` for every account of an organization, or any account; ``region`` is ``*`` for all.
    ``folder`` and ``layout`` are ``None`` for the ACL check of a bucket, and for a key.
    """
    found = [
        (
            None if source_kind(grant.source) == FROM_ORGANIZATION or grant.source == "*" else grant.source,
            grant.region,
            grant.folder if grant.layout else None,
            grant.layout or None,
        )
        for _conditions, grant in grants
    ]
    return [dict(zip(("account_id", "region", "folder", "layout"), item)) for item in dict.fromkeys(found)]


def free_sid(base: str, taken: set[str]) -> str:
    """Return ``base``, with a number if the Sid is taken, and add it to ``taken``."""
    sid, number = base, 1
    while sid in taken:
        number += 1
        sid = f"{base}{number}"
    taken.add(sid)
    return sid


def used_sids(planned: Iterable[PlannedStatement]) -> set[str]:
    """Return the Sids of statements."""
    return {str(item.statement["Sid"]) for item in planned if item.statement.get("Sid")}


def _pair(groups: list[Group], own: dict[int, Group]) -> dict[int, int]:
    """Return the statement in which each group is written: index of the group -> position of the most similar one."""
    pairs: dict[int, int] = {}
    free = dict(own)

    def similarity(group: Group, statement: Group) -> tuple[bool, int, bool]:
        return group == statement, len(group[1] & statement[1]), group[0] == statement[0]

    candidates = sorted(
        (
            (similarity(group, current), -position, number)
            for number, group in enumerate(groups)
            for position, current in own.items()
        ),
        reverse=True,
    )
    for _similarity, negative_position, number in candidates:
        if number not in pairs and -negative_position in free:
            pairs[number] = -negative_position
            del free[-negative_position]
    return pairs


#: Returns the statement for a group, with a Sid.
Write = Callable[[Group, str], Statement]


def regroup(
    planned: list[PlannedStatement],
    own: dict[int, Group],
    missing: Iterable[ConditionalGrant],
    write: Write,
    base: str,
    is_dense: bool,
) -> list[PlannedStatement]:
    """Return the statements with the missing grants added to those of this collection.

    :param own: position in ``planned`` -> grants of a statement that this collection wrote. Only these change.
    :param base: Sid of new statements; it gets a number if it is taken.
    :param is_dense: whether to rewrite statements of accounts even if their grants stay the same.
    """
    granted = {(conditions, grant) for conditions, grants in own.values() for grant in grants}
    groups = group_grants(without_redundant(granted.union(missing)))
    pairs = _pair(groups, own)
    group_at = {position: groups[number] for number, position in pairs.items()}

    def updated(position: int, item: PlannedStatement) -> PlannedStatement:
        group = group_at.get(position)
        if group is None or (group == own[position] and not (is_dense and group[0].sources == FROM_ACCOUNTS)):
            return item
        return replace(item, statement=write(group, str(item.statement["Sid"])))

    result = [
        updated(position, item) for position, item in enumerate(planned) if position in group_at or position not in own
    ]
    taken = used_sids(planned)
    new = [group for number, group in enumerate(groups) if number not in pairs]
    return result + [PlannedStatement(write(group, free_sid(base, taken))) for group in new]


def cut_statements(
    planned: list[PlannedStatement],
    parse: Callable[[Statement], DeliveryStatement | None],
    keep: Keep,
    base: str,
) -> list[PlannedStatement]:
    """Return the statements without the grants that ``keep`` removes from log-delivery statements.

    :param parse: returns a log-delivery statement to cut, None for every other statement.
    :param keep: see :func:`statements.cut_statement`.
    :param base: Sid of further parts of a statement; it gets a number if it is taken.
    """
    result, taken = [], used_sids(planned)
    for item in planned:
        delivery = parse(item.statement)
        parts = cut_statement(delivery, item.statement, keep) if delivery else [item.statement]
        result += [replace(item, statement=part) for part in parts[:1]]
        result += [PlannedStatement({**part, "Sid": free_sid(base, taken)}) for part in parts[1:]]
    return result


def _kind(before: Statement | None, after: Statement | None) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "kept" if before == after else "updated"


def _compare(policy: Policy | None, planned: list[PlannedStatement]) -> dict[str, Any]:
    by_origin = {item.origin: item.statement for item in planned if item.origin is not None}
    pairs: list[tuple[str, Statement | None, Statement | None]] = [
        (statement_name(statement, position), statement, by_origin.get(position))
        for position, statement in enumerate(statements_of(policy))
    ]
    pairs += [(str(item.statement["Sid"]), None, item.statement) for item in planned if item.origin is None]
    compared: dict[str, Any] = {
        kind: tuple(name for name, before, after in pairs if _kind(before, after) == kind)
        for kind in ("added", "updated", "removed", "kept")
    }
    compared["changes"] = tuple(
        Change(f"statement {name}", before, after) for name, before, after in pairs if before != after
    )
    return compared


def build_plan(target: str, policy: Policy | None, planned: list[PlannedStatement], reason: str) -> PolicyPlan:
    """Return the plan that changes a policy to these statements.

    :param target: ARN of the bucket or key.
    :param reason: why the policy changes; left out if it does not.
    """
    compared = _compare(policy, planned)
    after = with_statements(policy, [item.statement for item in planned]) if compared["changes"] else policy
    return PolicyPlan(target, policy, after, reason=reason if compared["changes"] else "", **compared)


def planned_statements(policy: Policy | None) -> list[PlannedStatement]:
    """Return the statements of a policy, unchanged, with their positions."""
    return [PlannedStatement(statement, position) for position, statement in enumerate(statements_of(policy))]
