# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the statements that make a bucket policy public. PRIVATE to this collection.

S3 User Guide, "Blocking public access to your Amazon S3 storage", section "The meaning of public".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .conditions import as_list
from .document import Policy, Statement, statement_name, statements_of

_OPERATORS = frozenset(("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"))
#: A statement with a condition on fixed values of one of these keys is not public.
_KEYS = frozenset(
    (
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    )
)
_VARIABLE = re.compile(r"[*?]|\$\{")
#: The shortest prefix length of a network that is not public, by IP version.
_MIN_PREFIX_LENGTH = {4: 8, 6: 32}


def public_statements(policy: Policy | None) -> tuple[str, ...]:
    """Return the names of the statements that S3 considers public: the Sid, or ``#1`` for the first one.

    :param policy: the bucket policy; None if the bucket has none.
    """
    return tuple(
        statement_name(statement, number)
        for number, statement in enumerate(statements_of(policy))
        if _is_public(statement)
    )


def _is_public(statement: Statement) -> bool:
    if statement.get("Effect") != "Allow" or not _allows_everyone(statement):
        return False
    return not any(_is_fixed(key, value) for key, value in _conditions(statement.get("Condition")))


def _allows_everyone(statement: Statement) -> bool:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        principal = principal.get("AWS", ())
    return "NotPrincipal" in statement or "*" in as_list(principal)


def _conditions(condition: Any) -> Iterator[tuple[str, Any]]:
    """Yield key and value of each condition that restricts access; negated and optional ones do not."""
    for operator, keys in condition.items() if isinstance(condition, Mapping) else ():
        if operator.rpartition(":")[2].lower() in _OPERATORS and isinstance(keys, Mapping):
            yield from keys.items()


def _is_fixed(key: str, value: Any) -> bool:
    values = [str(item) for item in as_list(value)]
    if not values or key.lower() not in _KEYS:
        return False
    if key.lower() == "aws:sourceip":
        return all(map(_is_narrow, values))
    if key.lower() == "s3:dataaccesspointarn":
        values = [re.sub(r"/\*$", "", item) for item in values]
    return not any(map(_VARIABLE.search, values))


def _is_narrow(network: str) -> bool:
    try:
        parsed = ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
    return parsed.prefixlen >= _MIN_PREFIX_LENGTH[parsed.version]
