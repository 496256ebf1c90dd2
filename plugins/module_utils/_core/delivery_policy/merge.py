# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the policy that is to the policy that should be, whoever's it is. PRIVATE to this collection.

What bucket policies and key policies share: statements with the place they had, the grouping of grants into the
statements that are there already, and the comparison that everything reported is made from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Callable

from ..actions import Action, Change, Unsuccessful
from ..iam_policy.document import Policy, Statement, name_of, size_of, statements_of, with_statements
from .grants import FROM_ACCOUNTS, FormedGrant, Grant, GrantConditions, without_needless
from .statements import DeliveryStatement, Keep, cut, grouped


@dataclass(frozen=True)
class PlannedStatement:
    """A statement of the policy to be, and the position it had in the policy that is (None: it is new)."""

    statement: Statement
    origin: int | None = None


@dataclass(frozen=True)
class PolicyPlan:
    """What is, what should be, and what lies between.

    :param target: ARN of the bucket or key whose policy it is.
    :param before: the policy as it is, None without one.
    :param after: the policy as it should be, None if nothing is left of it.
    :param added: names of statements; so are ``updated``, ``removed`` and ``kept``. ``#3`` is the third statement of
        ``before``, where it has no Sid.
    :param warnings: what people should know though it is no failure.
    :param refusals: why nothing can be written.
    :param missing: grants that are wanted and that ``before`` does not give.
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
    missing: tuple[FormedGrant, ...] = ()

    @property
    def size(self) -> int:
        """How many bytes the policy would have as it is sent."""
        return size_of(self.after)

    @property
    def writes(self) -> bool:
        """Whether something is to be written; a plan that is refused writes nothing."""
        return bool(self.changes) and not self.refusals

    @property
    def actions(self) -> tuple[Action, ...]:
        """The one write call, or none."""
        if not self.writes:
            return ()
        kind = "delete_policy" if self.after is None else "put_policy"
        return (Action(kind, self.target, changes=self.changes, reason=self.reason),)

    def statements(self) -> dict[str, list[str]]:
        """Return the names of the statements by what happens to them."""
        if self.refusals:
            names = [name_of(item, position) for position, item in enumerate(statements_of(self.before))]
            return {"added": [], "updated": [], "removed": [], "kept": names}
        return {
            "added": list(self.added),
            "updated": list(self.updated),
            "removed": list(self.removed),
            "kept": list(self.kept),
        }


def grants_told(missing: Iterable[FormedGrant]) -> list[dict[str, Any]]:
    """Return grants as modules return them: ``account_id``, ``region``, ``folder`` and ``layout``.

    ``account_id`` is ``None`` for every account of an organization, or any account; ``region`` is ``*`` for every Region.
    ``folder`` and ``layout`` are ``None`` for what concerns every folder: the check of the bucket's ACL, and a key.
    """
    found = [
        (
            None if grant.source.startswith("o-") or grant.source == "*" else grant.source,
            grant.region,
            grant.folder if grant.layout else None,
            grant.layout or None,
        )
        for _form, grant in missing
    ]
    return [dict(zip(("account_id", "region", "folder", "layout"), item)) for item in dict.fromkeys(found)]


def free_sid(base: str, taken: set[str]) -> str:
    """Return ``base``, with a number behind it if need be, and add it to those taken."""
    sid, number = base, 1
    while sid in taken:
        number += 1
        sid = f"{base}{number}"
    taken.add(sid)
    return sid


def sids_of(entries: Iterable[PlannedStatement]) -> set[str]:
    """Return the Sids that are in use."""
    return {str(entry.statement["Sid"]) for entry in entries if entry.statement.get("Sid")}


#: Grants that one statement gives, with their form.
Group = tuple[GrantConditions, frozenset[Grant]]


def _pair(groups: list[Group], ours: dict[int, Group]) -> dict[int, int]:
    """Return which group goes where: index of a group -> position of the statement that says it, or nearly so."""
    pairs: dict[int, int] = {}
    free = dict(ours)

    def likeness(group: Group, statement: Group) -> tuple[bool, int, bool]:
        return group == statement, len(group[1] & statement[1]), group[0] == statement[0]

    candidates = sorted(
        (
            (likeness(group, held), -position, number)
            for number, group in enumerate(groups)
            for position, held in ours.items()
        ),
        reverse=True,
    )
    for _likeness, negative_position, number in candidates:
        if number not in pairs and -negative_position in free:
            pairs[number] = -negative_position
            del free[-negative_position]
    return pairs


#: Writes a group under a Sid.
Write = Callable[[Group, str], Statement]


def regrouped(
    entries: list[PlannedStatement],
    ours: dict[int, Group],
    missing: Iterable[FormedGrant],
    write: Write,
    base: str,
    is_dense: bool,
) -> list[PlannedStatement]:
    """Return the entries with our statements saying what they said and what was missing besides.

    :param ours: position in ``entries`` -> what a statement of ours says; only these are changed.
    :param base: Sid of new statements, numbered where it is taken.
    :param is_dense: whether statements of accounts are to be written anew even if they say the same already.
    """
    held = {(form, grant) for form, grants in ours.values() for grant in grants}
    groups = grouped(without_needless(held.union(missing)))
    pairs = _pair(groups, ours)
    places = {position: groups[number] for number, position in pairs.items()}

    def saying(position: int, entry: PlannedStatement) -> PlannedStatement:
        group = places.get(position)
        if group is None or (group == ours[position] and not (is_dense and group[0].sources == FROM_ACCOUNTS)):
            return entry
        return replace(entry, statement=write(group, str(entry.statement["Sid"])))

    result = [
        saying(position, entry) for position, entry in enumerate(entries) if position in places or position not in ours
    ]
    taken = sids_of(entries)
    new = [group for number, group in enumerate(groups) if number not in pairs]
    return result + [PlannedStatement(write(group, free_sid(base, taken))) for group in new]


def cut_entries(
    entries: list[PlannedStatement], view_of: Callable[[Statement], DeliveryStatement | None], keep: Keep, base: str
) -> list[PlannedStatement]:
    """Return the entries with those cut that ``view_of`` takes for log delivery.

    :param keep: see :func:`statements.cut`.
    :param base: Sid of the further parts of a statement, numbered where it is taken.
    """
    result, taken = [], sids_of(entries)
    for entry in entries:
        view = view_of(entry.statement)
        parts = cut(view, entry.statement, keep) if view else [entry.statement]
        result += [replace(entry, statement=part) for part in parts[:1]]
        result += [PlannedStatement({**part, "Sid": free_sid(base, taken)}) for part in parts[1:]]
    return result


def _kind(before: Statement | None, after: Statement | None) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "kept" if before == after else "updated"


def _compare(policy: Policy | None, entries: list[PlannedStatement]) -> dict[str, Any]:
    by_origin = {entry.origin: entry.statement for entry in entries if entry.origin is not None}
    pairs: list[tuple[str, Statement | None, Statement | None]] = [
        (name_of(statement, position), statement, by_origin.get(position))
        for position, statement in enumerate(statements_of(policy))
    ]
    pairs += [(str(entry.statement["Sid"]), None, entry.statement) for entry in entries if entry.origin is None]
    compared: dict[str, Any] = {
        kind: tuple(name for name, before, after in pairs if _kind(before, after) == kind)
        for kind in ("added", "updated", "removed", "kept")
    }
    compared["changes"] = tuple(
        Change(f"statement {name}", before, after) for name, before, after in pairs if before != after
    )
    return compared


def plan_of(target: str, policy: Policy | None, entries: list[PlannedStatement], reason: str) -> PolicyPlan:
    """Return the plan that makes a policy of these entries.

    :param target: ARN of the bucket or key.
    :param reason: why it is changed, if it is.
    """
    compared = _compare(policy, entries)
    after = with_statements(policy, [entry.statement for entry in entries]) if compared["changes"] else policy
    return PolicyPlan(target, policy, after, reason=reason if compared["changes"] else "", **compared)


def entries_of(policy: Policy | None) -> list[PlannedStatement]:
    """Return the statements of a policy with their positions."""
    return [PlannedStatement(statement, position) for position, statement in enumerate(statements_of(policy))]


def names_at(policy: Policy | None, positions: Iterable[int]) -> str:
    """Return the names of the statements at these positions, for a sentence."""
    statements = statements_of(policy)
    return ", ".join(name_of(statements[position], position) for position in sorted(set(positions)))
