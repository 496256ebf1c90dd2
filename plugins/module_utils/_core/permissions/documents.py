# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds policy documents that fit the size limits of IAM. PRIVATE to this collection.

All statements are Allow statements. So they can be split, joined and spread over documents, as long as each action stays
allowed on each of its resources under its conditions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import InputError
from .catalog import Condition, FLOW_LOGS, Need
from .scope import ANY, Scope

POLICY_VERSION = "2012-10-17"
Document = dict[str, Any]

# Subjects of statements, in the order of the documents; their Sids begin with them.
_FLOW_LOGS, _BUCKETS, _KEYS, _PRINCIPALS = "FlowLog", "FlowLogBuckets", "FlowLogKeys", "FlowLogPrincipals"
_SUBJECTS = (_FLOW_LOGS, _BUCKETS, _KEYS, _PRINCIPALS)
_SUBJECT_OF_SERVICE = {"s3": _BUCKETS, "kms": _KEYS, "iam": _PRINCIPALS, "sts": _PRINCIPALS}
# The one action of IAM that flow logs need.
_CREATE_LINKED_ROLE = "iam:CreateServiceLinkedRole"


@dataclass(frozen=True)
class Statement:
    """One statement: it allows each action on each resource under all conditions.

    :param subject: subject, with which the Sid begins.
    :param actions: in alphabetical order.
    :param resources: ARNs, in alphabetical order.
    """

    subject: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()

    def name(self) -> str:
        """Return the Sid, without a number."""
        if self.subject != _FLOW_LOGS:
            return self.subject
        if self.resources == (ANY,):
            return "FlowLogsEverywhere"
        if "ec2:CreateFlowLogs" in self.actions:
            return "FlowLogCreation"
        if _CREATE_LINKED_ROLE in self.actions:
            return "FlowLogServiceLinkedRole"
        return (
            "FlowLogTagsAtCreation"
            if any(key == "ec2:CreateAction" for _op, key, _v in self.conditions)
            else "FlowLogs"
        )


def _subject(action: str) -> str:
    if action == _CREATE_LINKED_ROLE:
        return _FLOW_LOGS
    return _SUBJECT_OF_SERVICE.get(action.split(":")[0], _FLOW_LOGS)


def _conditions(need: Need, scope: Scope) -> tuple[Condition, ...]:
    return need.conditions + (scope.flow_log_conditions if FLOW_LOGS in need.resources else ())


def _resources(need: Need, scope: Scope) -> tuple[str, ...]:
    arns = {arn for kind in need.resources for arn in scope.arns[kind]}
    return (ANY,) if ANY in arns else tuple(sorted(arns))


def statements_for(needs: Iterable[Need], scope: Scope) -> list[Statement]:
    """Return the fewest statements that allow the needs: one for each set of resources and conditions.

    :param needs: those without a resource in the scope are left out.
    :param scope: where they must hold.
    """
    needed = {(need.action, _resources(need, scope), _conditions(need, scope)) for need in needs}
    # An action that is allowed unconditionally does not need a statement with a condition.
    least = [one for one in needed if not one[2] or (one[0], one[1], ()) not in needed]
    actions: dict[tuple[str, tuple[str, ...], tuple[Condition, ...]], set[str]] = {}
    for action, resources, conditions in least:
        if resources:
            actions.setdefault((_subject(action), resources, conditions), set()).add(action)
    found = [
        Statement(subject, tuple(sorted(names)), resources, conditions)
        for (subject, resources, conditions), names in actions.items()
    ]
    return sorted(found, key=lambda one: (_SUBJECTS.index(one.subject), one.actions, one.resources, one.conditions))


def _condition_block(conditions: Iterable[Condition]) -> dict[str, dict[str, str]]:
    block: dict[str, dict[str, str]] = {}
    for operator, key, value in conditions:
        block.setdefault(operator, {})[key] = value
    return block


def document_of(statements: Iterable[Statement]) -> Document:
    """Return a policy document; Sids have a number where they would not be unique."""
    used: dict[str, int] = {}
    written = []
    for statement in statements:
        name = statement.name()
        used[name] = used.get(name, 0) + 1
        one: dict[str, Any] = {
            "Sid": name + (str(used[name]) if used[name] > 1 else ""),
            "Effect": "Allow",
            "Action": list(statement.actions),
            "Resource": list(statement.resources),
        }
        written.append({**one, "Condition": _condition_block(statement.conditions)} if statement.conditions else one)
    return {"Version": POLICY_VERSION, "Statement": written}


def size_of(document: Mapping[str, Any]) -> int:
    """Return the number of characters that IAM counts: those of the JSON text without white space."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def documents_within(statements: Sequence[Statement], limit: int) -> list[Document]:
    """Return documents that together contain the statements, each of at most ``limit`` characters.

    If one document is not enough, each document has one subject. The order of statements and ARNs stays the same, so equal
    input gives equal documents.

    :raises InputError: if a statement with a single resource exceeds the limit.
    """
    whole = document_of(statements)
    if size_of(whole) <= limit:
        return [whole]
    documents: list[Document] = []
    for subject in _SUBJECTS:
        own = [statement for statement in statements if statement.subject == subject]
        documents += [document_of(group) for group in _packed(own, limit)]
    return documents


def _packed(statements: Sequence[Statement], limit: int) -> Iterator[list[Statement]]:
    group: list[Statement] = []
    for piece in (piece for statement in statements for piece in _pieces(statement, limit)):
        if group and size_of(document_of([*group, piece])) > limit:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _pieces(statement: Statement, limit: int) -> Iterator[Statement]:
    """Split a statement by its resources so that each piece fits into a document of its own."""
    _check_fits(statement, limit)
    resources: list[str] = []
    for arn in statement.resources:
        if resources and size_of(document_of([replace(statement, resources=(*resources, arn))])) > limit:
            yield replace(statement, resources=tuple(resources))
            resources = []
        resources.append(arn)
    yield replace(statement, resources=tuple(resources))


def _check_fits(statement: Statement, limit: int) -> None:
    longest = max(statement.resources, key=len)
    size = size_of(document_of([replace(statement, resources=(longest,))]))
    if size > limit:
        raise InputError(
            "size",
            f"{size} characters for {', '.join(statement.actions)} on {longest}",
            f"{limit} characters for a document; allow fewer operations at once",
        )
