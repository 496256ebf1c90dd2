# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds statements that have a Sid of this collection but differ from what it writes. PRIVATE to this collection.

A Sid proves nothing: AWS uses the same ones, and anyone can give them to other statements. ``present`` never changes
such a statement. A warning names it and says how it differs.
"""

from __future__ import annotations

from dataclasses import replace

from ..iam_policy.document import Policy, Statement, statement_name, statements_of
from ..s3_destination import Destination
from .grants import CHECK_ACTION, DELIVERY_SERVICE, FROM_ACCOUNTS, FROM_ANYONE, FROM_ORGANIZATION, WRITE_ACTION
from .key_statements import KEY_ACTIONS, has_own_key_sid, parse_key_delivery, own_key_grants
from .statements import (
    DeliveryStatement,
    delivery_conditions,
    known_conditions,
    is_delivery,
    has_own_sid,
    exact_grants,
    literal_texts,
    parse_delivery,
)

_WRITE = frozenset({WRITE_ACTION.lower()})
_CHECK = frozenset({CHECK_ACTION.lower()})
#: AWS's versions of the ACL check have both (VPC User Guide 2021 and since 2023, CloudWatch Logs User Guide).
_AWS_CHECK = _CHECK | {"s3:listbucket"}
_NAMED_SOURCES = (FROM_ACCOUNTS, FROM_ORGANIZATION)
_KEY = frozenset(action.lower() for action in KEY_ACTIONS)

#: Name of a statement -> how it differs from the statements of this collection.
Lookalikes = dict[str, tuple[str, ...]]


def _actions_of(statement: Statement) -> frozenset[str]:
    return frozenset(action.lower() for action in literal_texts(statement.get("Action", [])) or ())


def _as_if_plain(delivery: DeliveryStatement, statement: Statement) -> DeliveryStatement:
    """Return the statement with the actions of this collection, so that only its conditions decide."""
    conditions = delivery_conditions(statement)
    return replace(delivery, is_plain=bool(conditions and conditions[2]))


def _is_aws_check(delivery: DeliveryStatement | None, statement: Statement) -> bool:
    """Return whether an ACL check differs from that of this collection by s3:ListBucket only."""
    if delivery is None or delivery.is_write or not _CHECK <= _actions_of(statement) <= _AWS_CHECK:
        return False
    return exact_grants(_as_if_plain(delivery, statement)) is not None


def _has_usual_resources(delivery: DeliveryStatement) -> bool:
    """Return whether a statement names only the bucket or key or, for writes, only folders of its sources."""
    if not delivery.is_write:
        return [raw for raw, _prefix in delivery.prefixes] == [delivery.bucket_or_key]
    conditions = known_conditions(delivery)
    is_any_account = conditions is not None and conditions.sources == FROM_ORGANIZATION
    return all(
        prefix and prefix.exact and (prefix.account == "*") == is_any_account for _raw, prefix in delivery.prefixes
    )


def _has_usual_principal(statement: Statement) -> bool:
    return is_delivery({name: statement[name] for name in ("Effect", "Principal") if name in statement})


def _usual_parts(statement: Statement, action: str) -> Statement:
    """Return the statement with the usual principal and action, to check its other elements."""
    rest: Statement = {name: statement[name] for name in ("Resource", "Condition") if name in statement}
    return {"Effect": "Allow", "Principal": {"Service": DELIVERY_SERVICE}, "Action": action, **rest}


def _reasons(
    statement: Statement,
    delivery: DeliveryStatement | None,
    usual_actions: tuple[frozenset[str], ...],
    sources: tuple[str, ...],
) -> tuple[str, ...]:
    """Return how a statement differs from the statements of this collection.

    :param delivery: its :func:`_usual_parts`, parsed.
    :param sources: allowed values of :attr:`GrantConditions.sources`.
    """
    plain = _as_if_plain(delivery, statement) if delivery else None
    conditions = known_conditions(plain) if plain else None
    is_usual = {
        "it allows other principals": _has_usual_principal(statement),
        "it allows other actions": _actions_of(statement) in usual_actions,
        "it names other resources": bool(literal_texts(statement.get("Resource", [])))
        and (plain is None or _has_usual_resources(plain)),
        "it has other conditions": delivery_conditions(statement) is not None
        and (plain is None or conditions is not None and conditions.sources in sources),
    }
    return tuple(reason for reason, usual in is_usual.items() if not usual) or (
        "its accounts, folders and ARNs do not match",
    )


def _is_allow(statement: Statement) -> bool:
    return statement.get("Effect") == "Allow"


def _bucket_reasons(statement: Statement, bucket: Destination) -> tuple[str, ...]:
    resources = literal_texts(statement.get("Resource", [])) or ()
    action = WRITE_ACTION if any("/" in resource for resource in resources) else CHECK_ACTION
    delivery = parse_delivery(bucket, _usual_parts(statement, action))
    usual = (_WRITE,) if action == WRITE_ACTION else (_CHECK, _AWS_CHECK)
    return _reasons(statement, delivery, usual, (*_NAMED_SOURCES, FROM_ANYONE))


def _is_lookalike(statement: Statement, bucket: Destination) -> bool:
    if not has_own_sid(statement) or not _is_allow(statement):
        return False
    delivery = parse_delivery(bucket, statement)
    return not (delivery and exact_grants(delivery)) and not _is_aws_check(delivery, statement)


def bucket_lookalikes(policy: Policy | None, bucket: Destination) -> Lookalikes:
    """Return the statements of a bucket policy that have an own Sid and that this collection would not write."""
    return {
        statement_name(statement, position): _bucket_reasons(statement, bucket)
        for position, statement in enumerate(statements_of(policy))
        if _is_lookalike(statement, bucket)
    }


def key_lookalikes(policy: Policy | None) -> Lookalikes:
    """Return the statements of a key policy that have an own Sid and that this collection would not write."""
    return {
        statement_name(statement, position): _reasons(
            statement, parse_key_delivery(_usual_parts(statement, KEY_ACTIONS[0])), (_KEY,), _NAMED_SOURCES
        )
        for position, statement in enumerate(statements_of(policy))
        if has_own_key_sid(statement) and _is_allow(statement) and own_key_grants(statement) is None
    }


def lookalikes_text(target: str, lookalikes: Lookalikes) -> str:
    """Return a warning about these statements; ``""`` for none.

    :param target: ARN of the bucket or key.
    """
    if not lookalikes:
        return ""
    each = "; ".join(f"{name}: {', '.join(reasons)}" for name, reasons in lookalikes.items())
    return (
        f"The policy of {target} has statements with Sids of this module that differ from what it writes ({each}). "
        "They may grant more than log delivery needs. The module does not change them: remove them, or give them other "
        "Sids."
    )
