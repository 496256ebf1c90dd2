# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the least policies that allow some operations. PRIVATE to this collection.

Source of the sizes: IAM User Guide, "IAM and AWS STS quotas": a managed policy has at most 6,144 characters. All inline
policies together have at most 2,048 for a user, 5,120 for a group and 10,240 for a role. White space does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Union

from ..errors import InputError
from .catalog import OPERATIONS, POLICIES, WITH, needs_of
from .documents import document_of, documents_within, size_of, statements_for
from .scope import OPTIONS, Scope, scope_from_options

MANAGED = "managed"
#: Maximum number of characters: of one managed policy, and of all inline policies of a principal together.
SIZE_LIMITS: Mapping[str, int] = {MANAGED: 6144, "user": 2048, "group": 5120, "role": 10240}

#: A name of :data:`POLICIES`, or operations.
Selection = Union[str, Iterable[str]]

_NOUNS = {
    "buckets": "ARNs of the buckets",
    "keys": "ARNs of the KMS keys",
    "principals": "ARNs of the users, groups and roles",
}


def operations_of(selection: Selection) -> tuple[str, ...]:
    """Return the operations of a named policy or a list.

    :param selection: a key of :data:`POLICIES`, or a list of keys of :data:`OPERATIONS`.
    :raises InputError: for other values.
    """
    if isinstance(selection, str) and selection in POLICIES:
        return POLICIES[selection]
    names = [selection] if isinstance(selection, str) else list(selection)
    for name in names or [""]:
        if name not in OPERATIONS:
            raise InputError(
                "operations", name, "one of " + ", ".join(POLICIES) + ", or a list of " + ", ".join(OPERATIONS)
            )
    return tuple(names)


def _extra_operations(selection: Selection, scope: Scope) -> tuple[str, ...]:
    """Return the operations that a named policy allows in addition because of the given ARNs."""
    if not isinstance(selection, str):
        return ()
    return tuple(operation for option in WITH if option in scope.given for operation in WITH[option].get(selection, ()))


def _options_of(operation: str) -> tuple[str, ...]:
    """Return the options that name the resources of an operation."""
    kinds = {kind for need in OPERATIONS[operation] for kind in need.resources}
    return tuple(sorted({OPTIONS[kind] for kind in kinds if kind in OPTIONS}))


def expand_operations(selection: Selection, scope: Scope) -> tuple[str, ...]:
    """Return all operations, including those that a named policy has for the given buckets, keys and principals.

    :raises InputError: for unknown names, and for ARNs that are missing or that no operation uses.
    """
    operations = operations_of(selection) + _extra_operations(selection, scope)
    used = set()
    for operation in operations:
        for option in _options_of(operation):
            used.add(option)
            if option not in scope.given:
                raise InputError(option, [], f"the {_NOUNS[option]} for {operation}")
    for option, arns in scope.given.items():
        if option not in used:
            raise InputError(
                option, list(arns), f"none, because these operations do not use {option}: {', '.join(operations)}"
            )
    return operations


def permissions_policies(selection: Selection, attached: str = MANAGED, **scope: Any) -> list[dict[str, Any]]:
    """Return the least policy documents for some operations, in sizes that IAM accepts.

    :param selection: a name of :data:`POLICIES`, or a list of :data:`OPERATIONS`.
    :param attached: ``managed`` for one or several managed policies; or the kind of principal, ``user``, ``group`` or
        ``role``, that gets a single inline policy.
    :param scope: parameters of :func:`scope_from_options`. A named policy also allows to manage or, for ``reading``, to
        read the resources of the given ARNs.
    :raises InputError: for unknown names, for ARNs that are missing or that no operation uses, for values that
        :func:`scope_from_options` refuses, and for an inline policy that is too long.
    """
    if attached not in SIZE_LIMITS:
        raise InputError("attached", attached, ", ".join(SIZE_LIMITS))
    place = scope_from_options(**scope)
    statements = statements_for(needs_of(expand_operations(selection, place)), place)
    limit = SIZE_LIMITS[attached]
    if attached == MANAGED:
        return documents_within(statements, limit)
    document = document_of(statements)
    if size_of(document) > limit:
        # The limit applies to all inline policies of a principal together, so splitting does not help.
        raise InputError(
            "attached",
            attached,
            f"{MANAGED}, because the policy has {size_of(document)} characters and all inline policies of a {attached} "
            f"together may have {limit}; or fewer operations, accounts, regions and ARNs",
        )
    return [document]
