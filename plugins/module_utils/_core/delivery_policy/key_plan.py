# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a key policy and what is wanted of it to the policy that should be. PRIVATE to this collection.

Grants add up: ``present`` only ever adds, ``absent`` takes away what it names. Statements of others are never changed
by ``present``; ``absent`` also cuts those that are recognisably log delivery and nothing else. Whoever administers the
key keeps doing so, since no other statement is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..actions import Unsuccessful
from ..iam_policy.document import (
    Policy,
    Statement,
    compact,
    decide_action,
    gone_principals,
    perhaps_granted_by,
    statements_of,
)
from .denial_remedies import denial_warning
from .grants import ALL_REGIONS, FormedGrant, denials_for, positions_for
from .key_options import WantedKeyUse
from .key_statements import KEY_SID, key_requests, key_view_of, parse_our_key_use, render_key_use
from .kms_key import Key
from .lookalikes import key_lookalikes, lookalikes_text
from .merge import Group, PlannedStatement, PolicyPlan, cut_entries, entries_of, names_at, plan_of, regrouped
from .statements import DeliveryStatement, ObjectPrefix

#: AWS KMS Developer Guide, "Resource quotas": "Key policy document size", 32 KB (32,768 bytes), not adjustable.
MAX_KEY_POLICY_BYTES = 32768
_WARN_BYTES = MAX_KEY_POLICY_BYTES * 9 // 10
_DENSITIES = (0, 1)
#: AWS KMS API Reference, PutKeyPolicy, Policy: characters up to U+00FF. Others can stand there in their escaped form.
_ESCAPED = re.compile("[^\u0000-\u00ff]+")


def key_policy_text(policy: Policy) -> str:
    """Return the policy as it is sent: JSON without blanks, and without characters that KMS does not take."""
    return _ESCAPED.sub(lambda found: _escape(found.group()), compact(policy))


def _escape(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place] * 256 + units[place + 1]:04x}" for place in range(0, len(units), 2))


def key_policy_size(policy: Policy | None) -> int:
    """Return how many bytes a policy has as it is sent; 0 for none."""
    return 0 if policy is None else len(key_policy_text(policy).encode("utf-8"))


# --- adding and taking away ------------------------------------------------------------------------------------------


def _ours(entries: Iterable[PlannedStatement]) -> dict[int, Group]:
    parsed = {position: parse_our_key_use(entry.statement) for position, entry in enumerate(entries)}
    return {position: group for position, group in parsed.items() if group}


def _missing(policy: Policy, wanted: WantedKeyUse, key: Key) -> tuple[FormedGrant, ...]:
    # What our own statements say need not be worked out from their conditions.
    held = {(form, grant) for form, grants in _ours(entries_of(policy)).values() for grant in grants}
    return tuple(
        (form, grant)
        for form, grant in wanted.grants()
        if not held.intersection({(form, grant), (form, replace(grant, region=ALL_REGIONS))})
        and not positions_for(policy, key_requests(key.arn, form, grant))
    )


def _merged(
    policy: Policy, wanted: WantedKeyUse, missing: tuple[FormedGrant, ...], density: int
) -> list[PlannedStatement]:
    entries = entries_of(policy)
    if not missing:
        return entries
    ours = _ours(entries)

    def write(group: Group, sid: str) -> Statement:
        return render_key_use(wanted.partition, group, sid, density)

    return regrouped(entries, ours, missing, write, KEY_SID, bool(density))


def _reduced(policy: Policy, wanted: WantedKeyUse) -> list[PlannedStatement]:
    def keep(source: str, _place: ObjectPrefix | None, regions: frozenset[str]) -> frozenset[str]:
        named = wanted.regions_of(source)
        return frozenset() if ALL_REGIONS in named else regions.difference(named)

    return cut_entries(entries_of(policy), key_view_of, keep, KEY_SID)


# --- the plan --------------------------------------------------------------------------------------------------------


def _plan_present(policy: Policy, wanted: WantedKeyUse, key: Key) -> PolicyPlan:
    """Return the most readable plan that fits, or the smallest if none does."""
    reason = "The key policy does not let log delivery use the key for all sources."
    plans = []
    missing = _missing(policy, wanted, key)
    for density in _DENSITIES:
        plan = plan_of(key.arn, policy, _merged(policy, wanted, missing, density), reason)
        plans.append(replace(plan, missing=missing))
        if not plans[-1].changes or key_policy_size(plans[-1].after) <= MAX_KEY_POLICY_BYTES:
            return plans[-1]
    return min(plans, key=lambda plan: key_policy_size(plan.after))


def plan_key_policy(policy: Policy, wanted: WantedKeyUse, key: Key) -> PolicyPlan:
    """Return what makes a key policy as wanted, without writing anything.

    :param policy: the policy as it is; every key has one.
    :param wanted: with its accounts filled in.
    """
    if wanted.present:
        plan = _plan_present(policy, wanted, key)
    else:
        reason = "The key policy lets log delivery use the key for sources that should not have it."
        plan = plan_of(key.arn, policy, _reduced(policy, wanted), reason)
    plan = replace(plan, refusals=_refusals(plan))
    return replace(plan, warnings=tuple(_warnings(plan, wanted, key)))


def _may_administer(statement: Statement) -> bool:
    """Whether a statement may let some user, role or account change the policy of the key."""
    principal = statement.get("Principal")
    is_for_people = (
        principal == "*" or "NotPrincipal" in statement or isinstance(principal, Mapping) and "AWS" in principal
    )
    return (
        statement.get("Effect") == "Allow"
        and is_for_people
        and decide_action(statement, "kms:PutKeyPolicy") is not False
    )


def _refusals(plan: PolicyPlan) -> tuple[Unsuccessful, ...]:
    if not plan.changes:
        return ()
    return tuple(found for found in (_of_lockout(plan), _of_gone(plan), _of_size(plan)) if found)


def _of_lockout(plan: PolicyPlan) -> Unsuccessful | None:
    if any(_may_administer(statement) for statement in statements_of(plan.after)):
        return None
    return Unsuccessful(
        plan.target,
        "KeyLockedOut",
        "The policy would have no statement that lets any user, role or account change it again. Nothing was written.",
        "Add a statement for the administrators of the key first, for example kms:* for the root of its account.",
    )


def _of_gone(plan: PolicyPlan) -> Unsuccessful | None:
    gone = gone_principals(plan.after)
    if not gone:
        return None
    named = "; ".join(f"{', '.join(ids)} in statement {name}" for name, ids in gone.items())
    return Unsuccessful(
        plan.target,
        "PrincipalGone",
        f"The policy names principals that were deleted, and KMS refuses to take it back with them: {named}.",
        "Remove these principals (or their statements) from the policy, or put their successors there.",
    )


def _of_size(plan: PolicyPlan) -> Unsuccessful | None:
    size = key_policy_size(plan.after)
    if size <= MAX_KEY_POLICY_BYTES:
        return None
    return Unsuccessful(
        plan.target,
        "PolicyTooLarge",
        f"The policy would have {size} bytes, {size - MAX_KEY_POLICY_BYTES} bytes too many: KMS allows "
        f"{MAX_KEY_POLICY_BYTES}, and it has {key_policy_size(plan.before)}. Nothing was written.",
        "Give organization_id instead of accounts (in an inventory flow_log_organization_id), all regions instead of "
        "different ones (flow_log_regions: []), or take sources out with state=absent.",
    )


# --- what people should know -----------------------------------------------------------------------------------------


def _warnings(plan: PolicyPlan, wanted: WantedKeyUse, key: Key) -> list[str]:
    found = [_of_room(plan), _of_replicas(plan, key), lookalikes_text(plan.target, key_lookalikes(plan.after))]
    if wanted.present:
        found.append(_of_denials(plan, wanted, key))
    else:
        found.append(_of_leftovers(plan, wanted, key))
    return [text for text in found if text]


def _of_room(plan: PolicyPlan) -> str:
    size = key_policy_size(plan.after)
    if size <= _WARN_BYTES or plan.refusals:
        return ""
    return f"The policy of {plan.target} has {size} bytes of the {MAX_KEY_POLICY_BYTES} that KMS allows."


def _of_replicas(plan: PolicyPlan, key: Key) -> str:
    if not key.multi_region or not plan.writes:
        return ""
    return (
        f"{plan.target} is a multi-Region key: its primary and each replica have policies of their own, and only that "
        "of this region is changed. S3 uses the one in the region of the bucket."
    )


def _of_denials(plan: PolicyPlan, wanted: WantedKeyUse, key: Key) -> str:
    if not any(statement.get("Effect") == "Deny" for statement in statements_of(plan.after)):
        return ""
    certain: set[int] = set()
    possible: set[int] = set()
    for item in wanted.grants():
        for request in key_requests(key.arn, *item):
            denials = denials_for(plan.after, [request])
            certain.update(denials.certain)
            possible.update(denials.possible)
    texts = []
    if certain:
        texts.append(
            f"denies log delivery the key (statement {names_at(plan.after, certain)}); no grant outweighs that"
        )
    if possible - certain:
        texts.append(f"may deny log delivery the key (statement {names_at(plan.after, possible - certain)})")
    if not texts:
        return ""
    remedy = denial_warning(plan.after, certain | possible, wanted.sources)
    return f"The policy of {plan.target} {' and '.join(texts)}. {remedy}"


def _is_left(statement: Statement, wanted: WantedKeyUse, key: Key) -> bool:
    """Whether a statement still lets log delivery use the key for a source that was to be taken out, or may."""
    view = key_view_of(statement)
    if view is None:
        alone: Policy = {"Statement": [statement]}
        return any(
            perhaps_granted_by(alone, request) for item in wanted.grants() for request in key_requests(key.arn, *item)
        )
    return any(
        _is_left_for(source, view, wanted.regions_of(source))
        for source in wanted.sources
        if view.sources is None or source in view.sources
    )


def _is_left_for(source: str, view: DeliveryStatement, named: frozenset[str]) -> bool:
    regions = view.regions_of(source)
    return bool(regions) and (ALL_REGIONS in {*regions, *named} or bool(regions.intersection(named)))


def _of_leftovers(plan: PolicyPlan, wanted: WantedKeyUse, key: Key) -> str:
    statements = statements_of(plan.after)
    left = [position for position, statement in enumerate(statements) if _is_left(statement, wanted, key)]
    if not left:
        return ""
    return (
        f"Statement {names_at(plan.after, left)} of the policy of {plan.target} still lets log delivery use the key, "
        "or may, for sources that were to be taken out: it grants more than was named (other regions or services), so "
        "it is left as it is."
    )
