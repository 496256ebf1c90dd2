# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the policy that is to the policy that should be, whoever's it is. PRIVATE to this collection.

What bucket policies and key policies share: statements with the place they had, the grouping of grants into the
statements that are there already, and the comparison that everything reported is made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import Any
from typing import Callable
from typing import Dict
from typing import FrozenSet
from typing import Iterable
from typing import List
from typing import Optional
from typing import Set
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import FROM_ACCOUNTS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import GrantConditions
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import FormedGrant
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import Grant
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import without_needless
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.statements import Keep
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.statements import DeliveryStatement
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.statements import cut
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.statements import grouped
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Change
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import Policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import Statement
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import name_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import size_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import statements_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import with_statements


@dataclass(frozen=True)
class PlannedStatement:
    """A statement of the policy to be, and the position it had in the policy that is (None: it is new)."""

    statement: Statement
    origin: Optional[int] = None


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
    before: Optional[Policy]
    after: Optional[Policy]
    added: Tuple[str, ...] = ()
    updated: Tuple[str, ...] = ()
    removed: Tuple[str, ...] = ()
    kept: Tuple[str, ...] = ()
    changes: Tuple[Change, ...] = ()
    reason: str = ""
    warnings: Tuple[str, ...] = ()
    refusals: Tuple[Unsuccessful, ...] = ()
    missing: Tuple[FormedGrant, ...] = ()

    @property
    def size(self) -> int:
        """How many bytes the policy would have as it is sent."""
        return size_of(self.after)

    @property
    def writes(self) -> bool:
        """Whether something is to be written; a plan that is refused writes nothing."""
        return bool(self.changes) and not self.refusals

    @property
    def actions(self) -> Tuple[Action, ...]:
        """The one write call, or none."""
        if not self.writes:
            return ()
        kind = "delete_policy" if self.after is None else "put_policy"
        return (Action(kind, self.target, changes=self.changes, reason=self.reason),)

    def statements(self) -> Dict[str, List[str]]:
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


def grants_told(missing: Iterable[FormedGrant]) -> List[Dict[str, Any]]:
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


def free_sid(base: str, taken: Set[str]) -> str:
    """Return ``base``, with a number behind it if need be, and add it to those taken."""
    sid, number = base, 1
    while sid in taken:
        number += 1
        sid = f"{base}{number}"
    taken.add(sid)
    return sid


def sids_of(entries: Iterable[PlannedStatement]) -> Set[str]:
    """Return the Sids that are in use."""
    return {str(entry.statement["Sid"]) for entry in entries if entry.statement.get("Sid")}


#: Grants that one statement gives, with their form.
Group = Tuple[GrantConditions, FrozenSet[Grant]]


def _pair(groups: List[Group], ours: Dict[int, Group]) -> Dict[int, int]:
    """Return which group goes where: index of a group -> position of the statement that says it, or nearly so."""
    pairs: Dict[int, int] = {}
    free = dict(ours)

    def likeness(group: Group, statement: Group) -> Tuple[bool, int, bool]:
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
    entries: List[PlannedStatement],
    ours: Dict[int, Group],
    missing: Iterable[FormedGrant],
    write: Write,
    base: str,
    is_dense: bool,
) -> List[PlannedStatement]:
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
    entries: List[PlannedStatement], view_of: Callable[[Statement], Optional[DeliveryStatement]], keep: Keep, base: str
) -> List[PlannedStatement]:
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


def _kind(before: Optional[Statement], after: Optional[Statement]) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "kept" if before == after else "updated"


def _compare(policy: Optional[Policy], entries: List[PlannedStatement]) -> Dict[str, Any]:
    by_origin = {entry.origin: entry.statement for entry in entries if entry.origin is not None}
    pairs: List[Tuple[str, Optional[Statement], Optional[Statement]]] = [
        (name_of(statement, position), statement, by_origin.get(position))
        for position, statement in enumerate(statements_of(policy))
    ]
    pairs += [(str(entry.statement["Sid"]), None, entry.statement) for entry in entries if entry.origin is None]
    compared: Dict[str, Any] = {
        kind: tuple(name for name, before, after in pairs if _kind(before, after) == kind)
        for kind in ("added", "updated", "removed", "kept")
    }
    compared["changes"] = tuple(
        Change(f"statement {name}", before, after) for name, before, after in pairs if before != after
    )
    return compared


def plan_of(target: str, policy: Optional[Policy], entries: List[PlannedStatement], reason: str) -> PolicyPlan:
    """Return the plan that makes a policy of these entries.

    :param target: ARN of the bucket or key.
    :param reason: why it is changed, if it is.
    """
    compared = _compare(policy, entries)
    after = with_statements(policy, [entry.statement for entry in entries]) if compared["changes"] else policy
    return PolicyPlan(target, policy, after, reason=reason if compared["changes"] else "", **compared)


def entries_of(policy: Optional[Policy]) -> List[PlannedStatement]:
    """Return the statements of a policy with their positions."""
    return [PlannedStatement(statement, position) for position, statement in enumerate(statements_of(policy))]


def names_at(policy: Optional[Policy], positions: Iterable[int]) -> str:
    """Return the names of the statements at these positions, for a sentence."""
    statements = statements_of(policy)
    return ", ".join(name_of(statements[position], position) for position in sorted(set(positions)))
