# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The least policies that grant what some work needs. PRIVATE to this collection.

Source of the sizes: IAM User Guide, "IAM and AWS STS quotas": a managed policy has at most 6,144 characters, all inline
policies together 2,048 of a user, 5,120 of a group and 10,240 of a role. White space is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Union

from ..errors import InputError
from .catalog import OPERATIONS, POLICIES, WITH, needs_of
from .documents import document_of, documents_within, size_of, statements_for
from .scope import OPTIONS, Scope, scope_from_options

MANAGED = "managed"
#: Characters that IAM allows: of one managed policy, and of all inline policies of a principal together.
SIZE_LIMITS: Mapping[str, int] = {MANAGED: 6144, "user": 2048, "group": 5120, "role": 10240}

#: A name of :data:`POLICIES`, or operations.
Wanted = Union[str, Iterable[str]]

_NOUNS = {
    "buckets": "ARNs of the buckets",
    "keys": "ARNs of the KMS keys",
    "principals": "ARNs of the users, groups and roles",
}


def operations_of(wanted: Wanted) -> tuple[str, ...]:
    """Return the operations that a name of :data:`POLICIES` or a list of :data:`OPERATIONS` stands for.

    :raises InputError: for anything else.
    """
    if isinstance(wanted, str) and wanted in POLICIES:
        return POLICIES[wanted]
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    for name in names or [""]:
        if name not in OPERATIONS:
            raise InputError(
                "operations", name, "one of " + ", ".join(POLICIES) + ", or a list of " + ", ".join(OPERATIONS)
            )
    return tuple(names)


def _extra_operations(wanted: Wanted, scope: Scope) -> tuple[str, ...]:
    """Return what a named policy allows in addition, as ARNs are given."""
    if not isinstance(wanted, str):
        return ()
    return tuple(operation for option in WITH if option in scope.given for operation in WITH[option].get(wanted, ()))


def _options_of(operation: str) -> tuple[str, ...]:
    """Return the options that name the resources of an operation."""
    kinds = {kind for need in OPERATIONS[operation] for kind in need.resources}
    return tuple(sorted({OPTIONS[kind] for kind in kinds if kind in OPTIONS}))


def operations_at_hand(wanted: Wanted, scope: Scope) -> tuple[str, ...]:
    """Return all operations of some work, with those that a named policy has for the buckets and keys given.

    :raises InputError: for unknown names, and for ARNs that an operation lacks or that no operation concerns.
    """
    operations = operations_of(wanted) + _extra_operations(wanted, scope)
    used = set()
    for operation in operations:
        for option in _options_of(operation):
            used.add(option)
            if option not in scope.given:
                raise InputError(option, [], f"the {_NOUNS[option]} that {operation} concerns")
    for option, arns in scope.given.items():
        if option not in used:
            raise InputError(option, list(arns), f"none, as nothing of this concerns {option}: {', '.join(operations)}")
    return operations


def permissions_policies(wanted: Wanted, attached: str = MANAGED, **scope: Any) -> list[dict[str, Any]]:
    """Return the least policy documents for some work, in sizes that IAM takes.

    :param wanted: a name of :data:`POLICIES`, or a list of :data:`OPERATIONS`.
    :param attached: ``managed`` for managed policies, of which there are several where one has no room; or the kind of
        principal, ``user``, ``group`` or ``role``, that gets a single inline policy.
    :param scope: where, see :func:`scope_from_options`. A named policy takes in the ARNs that are given:
        to manage or, for ``reading``, to read what they name.
    :raises InputError: for unknown names, for ARNs that an operation lacks or that no operation concerns, for what
        :func:`scope_from_options` refuses, and for an inline policy that has no room.
    """
    if attached not in SIZE_LIMITS:
        raise InputError("attached", attached, ", ".join(SIZE_LIMITS))
    place = scope_from_options(**scope)
    statements = statements_for(needs_of(operations_at_hand(wanted, place)), place)
    limit = SIZE_LIMITS[attached]
    if attached == MANAGED:
        return documents_within(statements, limit)
    document = document_of(statements)
    if size_of(document) > limit:
        # All inline policies of a principal share the room, so splitting would win nothing.
        raise InputError(
            "attached",
            attached,
            f"{MANAGED}, as the policy has {size_of(document)} characters and all inline policies of a {attached} "
            f"together have room for {limit}; or fewer operations, accounts, regions and ARNs",
        )
    return [document]
