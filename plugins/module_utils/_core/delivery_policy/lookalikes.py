# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Statements that carry a Sid of this collection without being what it writes. PRIVATE to this collection.

A Sid proves nothing: AWS uses the same ones, and anybody can write anything under them. Such a statement is never
changed by ``present`` and never trusted to be narrow. People are told its name, and what is unusual about it.
"""

from __future__ import annotations

from dataclasses import replace

from ..iam_policy.document import Policy, Statement, name_of, statements_of
from ..s3_destination import Destination
from .grants import CHECK_ACTION, DELIVERY_SERVICE, FROM_ACCOUNTS, FROM_ANYONE, FROM_ORGANIZATION, WRITE_ACTION
from .key_statements import KEY_ACTIONS, is_our_key_sid, key_view_of, parse_our_key_use
from .statements import (
    DeliveryStatement,
    conditions_of,
    form_of,
    is_delivery,
    is_our_sid,
    parse_view,
    texts_of,
    view_of,
)

_WRITE = frozenset({WRITE_ACTION.lower()})
_CHECK = frozenset({CHECK_ACTION.lower()})
#: AWS's own editions of the check have both (VPC User Guide 2021 and since 2023, CloudWatch Logs User Guide).
_CHECK_OF_AWS = _CHECK | {"s3:listbucket"}
_TIED = (FROM_ACCOUNTS, FROM_ORGANIZATION)
_KEY = frozenset(action.lower() for action in KEY_ACTIONS)

#: Name of a statement -> what is unusual about it.
Lookalikes = dict[str, tuple[str, ...]]


def _actions_of(statement: Statement) -> frozenset[str]:
    return frozenset(action.lower() for action in texts_of(statement.get("Action", [])) or ())


def _as_if_plain(view: DeliveryStatement, statement: Statement) -> DeliveryStatement:
    """Return a view as if its actions were those of this collection; what its conditions are still counts."""
    conditions = conditions_of(statement)
    return replace(view, is_plain=bool(conditions and conditions[2]))


def _is_edition_of_aws(view: DeliveryStatement | None, statement: Statement) -> bool:
    """Whether a check differs from that of this collection by s3:ListBucket only."""
    if view is None or view.is_write or not _CHECK <= _actions_of(statement) <= _CHECK_OF_AWS:
        return False
    return parse_view(_as_if_plain(view, statement)) is not None


def _has_usual_resources(view: DeliveryStatement) -> bool:
    """Whether a statement names the bucket or the key alone or, for writes, folders of its sources alone."""
    if not view.is_write:
        return [raw for raw, _place in view.places] == [view.whole]
    form = form_of(view)
    of_anybody = form is not None and form.sources == FROM_ORGANIZATION
    return all(place and place.exact and (place.account == "*") == of_anybody for _raw, place in view.places)


def _has_usual_principal(statement: Statement) -> bool:
    return is_delivery({name: statement[name] for name in ("Effect", "Principal") if name in statement})


def _usual_parts(statement: Statement, action: str) -> Statement:
    """Return a statement as if its principal and actions were the usual ones, to look at the rest of it."""
    rest: Statement = {name: statement[name] for name in ("Resource", "Condition") if name in statement}
    return {"Effect": "Allow", "Principal": {"Service": DELIVERY_SERVICE}, "Action": action, **rest}


def _reasons(
    statement: Statement,
    view: DeliveryStatement | None,
    usual_actions: tuple[frozenset[str], ...],
    sources: tuple[str, ...],
) -> tuple[str, ...]:
    """Return what is unusual about a statement.

    :param view: of its :func:`_usual_parts`.
    :param sources: what it may be tied to, see :class:`GrantConditions`.
    """
    plain = _as_if_plain(view, statement) if view else None
    form = form_of(plain) if plain else None
    is_usual = {
        "it is not for log delivery alone": _has_usual_principal(statement),
        "it allows other actions": _actions_of(statement) in usual_actions,
        "it names other resources": bool(texts_of(statement.get("Resource", [])))
        and (plain is None or _has_usual_resources(plain)),
        "it has other conditions": conditions_of(statement) is not None
        and (plain is None or form is not None and form.sources in sources),
    }
    return tuple(reason for reason, usual in is_usual.items() if not usual) or ("its parts do not belong together",)


def _is_allow(statement: Statement) -> bool:
    return statement.get("Effect") == "Allow"


def _bucket_reasons(statement: Statement, bucket: Destination) -> tuple[str, ...]:
    resources = texts_of(statement.get("Resource", [])) or ()
    action = WRITE_ACTION if any("/" in resource for resource in resources) else CHECK_ACTION
    view = view_of(bucket, _usual_parts(statement, action))
    usual = (_WRITE,) if action == WRITE_ACTION else (_CHECK, _CHECK_OF_AWS)
    return _reasons(statement, view, usual, (*_TIED, FROM_ANYONE))


def _is_odd(statement: Statement, bucket: Destination) -> bool:
    if not is_our_sid(statement) or not _is_allow(statement):
        return False
    view = view_of(bucket, statement)
    return not (view and parse_view(view)) and not _is_edition_of_aws(view, statement)


def bucket_lookalikes(policy: Policy | None, bucket: Destination) -> Lookalikes:
    """Return the statements under the Sids of a bucket policy that this collection would not write."""
    return {
        name_of(statement, position): _bucket_reasons(statement, bucket)
        for position, statement in enumerate(statements_of(policy))
        if _is_odd(statement, bucket)
    }


def key_lookalikes(policy: Policy | None) -> Lookalikes:
    """Return the statements under the Sid of a key policy that this collection would not write."""
    return {
        name_of(statement, position): _reasons(
            statement, key_view_of(_usual_parts(statement, KEY_ACTIONS[0])), (_KEY,), _TIED
        )
        for position, statement in enumerate(statements_of(policy))
        if is_our_key_sid(statement) and _is_allow(statement) and parse_our_key_use(statement) is None
    }


def lookalikes_text(target: str, lookalikes: Lookalikes) -> str:
    """Return a warning that names each of these statements; ``""`` for none."""
    if not lookalikes:
        return ""
    each = "; ".join(f"{name}: {', '.join(reasons)}" for name, reasons in lookalikes.items())
    return (
        f"The policy of {target} has statements under Sids of this module that it would not write so ({each}). They may "
        "grant more than log delivery needs, and are left as they are. Remove them, or give them other Sids."
    )
