# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans the change of a KMS key policy. PRIVATE to this collection.

Grants add up: ``present`` only adds, ``absent`` only removes what it names. ``present`` never changes third-party
statements. ``absent`` also cuts third-party statements that are for log delivery alone. Administrators of the key keep
their access, since other statements stay as they are.
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
    denied_by,
    possibly_granted_by,
    statement_names,
    statements_of,
)
from .denial_remedies import denial_warning
from .grants import ALL_REGIONS, ConditionalGrant, positions_for
from .key_options import WantedKeyUse
from .key_statements import KEY_SID, key_requests, own_key_grants, parse_key_delivery, render_key_statement
from .kms_key import Key
from .lookalikes import key_lookalikes, lookalikes_text
from .merge import PlannedStatement, PolicyLimit, PolicyPlan, build_plan, cut_statements, planned_statements, regroup
from .statements import DeliveryStatement, Group, ObjectPrefix, remaining_regions

_DENSITIES = (0, 1)
#: AWS KMS API Reference, PutKeyPolicy, Policy: characters up to U+00FF. All others must be escaped.
_ESCAPED = re.compile("[^\u0000-\u00ff]+")


def key_policy_text(policy: Policy) -> str:
    """Return the policy as the module sends it: JSON without whitespace and without characters that KMS refuses."""
    return _ESCAPED.sub(lambda found: _escape(found.group()), compact(policy))


def _escape(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[offset] * 256 + units[offset + 1]:04x}" for offset in range(0, len(units), 2))


def key_policy_size(policy: Policy | None) -> int:
    """Return the size in bytes of :func:`key_policy_text`; 0 for None."""
    return 0 if policy is None else len(key_policy_text(policy).encode("utf-8"))


#: AWS KMS Developer Guide, "Resource quotas": "Key policy document size", 32 KB (32,768 bytes), not adjustable.
MAX_KEY_POLICY_BYTES = 32768
KEY_LIMIT = PolicyLimit("KMS", MAX_KEY_POLICY_BYTES, key_policy_size)
_SIZE_HINT = (
    "Give organization_id instead of accounts (in an inventory flow_log_organization_id), all regions instead of a "
    "selection (flow_log_regions: []), or remove sources with state=absent."
)


# --- adding and removing ---------------------------------------------------------------------------------------------


def _own_groups(planned: Iterable[PlannedStatement]) -> dict[int, Group]:
    """Return position -> grants of the statements that this collection wrote."""
    parsed = {position: own_key_grants(item.statement) for position, item in enumerate(planned)}
    return {position: group for position, group in parsed.items() if group}


def _missing(policy: Policy, wanted: WantedKeyUse, key: Key) -> tuple[ConditionalGrant, ...]:
    """Return the wanted grants that no statement gives."""
    # The grants of own statements are known without evaluating their conditions, which takes longer.
    groups = _own_groups(planned_statements(policy)).values()
    granted = {(conditions, grant) for conditions, grants in groups for grant in grants}
    return tuple(
        (wanted.conditions, grant)
        for grant in wanted.grants
        if granted.isdisjoint(
            (wanted.conditions, replace(grant, region=region)) for region in (grant.region, ALL_REGIONS)
        )
        and not positions_for(policy, key_requests(key.arn, wanted.conditions, grant))
    )


def _add_grants(
    policy: Policy, partition: str, missing: tuple[ConditionalGrant, ...], density: int
) -> list[PlannedStatement]:
    planned = planned_statements(policy)
    if not missing:
        return planned

    def write(group: Group, sid: str) -> Statement:
        return render_key_statement(partition, group, sid, density)

    return regroup(planned, _own_groups(planned), missing, write, KEY_SID, bool(density))


def _remove_grants(policy: Policy, wanted: WantedKeyUse) -> list[PlannedStatement]:
    def keep(source: str, _prefix: ObjectPrefix | None, regions: frozenset[str]) -> frozenset[str]:
        return remaining_regions(regions, wanted.regions_by_source.get(source, frozenset()))

    return cut_statements(planned_statements(policy), parse_key_delivery, keep, KEY_SID)


# --- the plan --------------------------------------------------------------------------------------------------------


def plan_key_policy(policy: Policy, wanted: WantedKeyUse, key: Key) -> PolicyPlan:
    """Return the plan that adds the wanted grants to a key policy, or removes them.

    :param policy: the current policy; every key has one.
    :param wanted: grants with their accounts set.
    """
    if wanted.present:
        reason = "The key policy does not let log delivery use the key for all sources."
        missing = _missing(policy, wanted, key)
        plan = KEY_LIMIT.choose(
            build_plan(key.arn, policy, _add_grants(policy, wanted.partition, missing, density), reason)
            for density in _DENSITIES
        )
        plan = replace(plan, missing=missing)
    else:
        reason = "The key policy lets log delivery use the key for sources that should not have it."
        plan = build_plan(key.arn, policy, _remove_grants(policy, wanted), reason)
    plan = replace(plan, refusals=_refusals(plan))
    return replace(plan, warnings=tuple(_warnings(plan, wanted, key)))


def _may_administer(statement: Statement) -> bool:
    """Return whether a statement lets some user, role or account change the key policy, or possibly does."""
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
    found = KEY_LIMIT.refusals(plan, _SIZE_HINT)
    if not any(_may_administer(statement) for statement in statements_of(plan.after)):
        message = "The policy would have no statement that lets any user, role or account change it again. "
        hint = "Add a statement for the administrators of the key first, for example kms:* for the root of its account."
        found.insert(0, Unsuccessful(plan.target, "KeyLockedOut", f"{message}Nothing was written.", hint))
    return tuple(found)


# --- warnings --------------------------------------------------------------------------------------------------------


def _warnings(plan: PolicyPlan, wanted: WantedKeyUse, key: Key) -> list[str]:
    lookalikes = lookalikes_text(plan.target, key_lookalikes(plan.after))
    found = [KEY_LIMIT.warning(plan), _replica_warning(plan, key), lookalikes]
    if wanted.present:
        denials = (
            denied_by(plan.after, request)
            for grant in wanted.grants
            for request in key_requests(key.arn, wanted.conditions, grant)
        )
        found.append(denial_warning(plan.target, plan.after, denials, "log delivery the key", wanted.sources))
    else:
        found.append(_leftover_warning(plan, wanted, key))
    return [text for text in found if text]


def _replica_warning(plan: PolicyPlan, key: Key) -> str:
    if not key.multi_region or not plan.writes:
        return ""
    return (
        f"{plan.target} is a multi-Region key. Its primary and each replica have their own policies, and the module "
        "changes only the one in this Region. S3 uses the one in the Region of the bucket."
    )


def _is_left(statement: Statement, wanted: WantedKeyUse, key: Key) -> bool:
    """Return whether a statement still lets log delivery use the key for a source to remove, or possibly does."""
    delivery = parse_key_delivery(statement)
    if delivery is None:
        alone: Policy = {"Statement": [statement]}
        return any(
            possibly_granted_by(alone, request)
            for grant in wanted.grants
            for request in key_requests(key.arn, wanted.conditions, grant)
        )
    return any(
        _is_left_for(source, delivery, regions)
        for source, regions in wanted.regions_by_source.items()
        if delivery.sources is None or source in delivery.sources
    )


def _is_left_for(source: str, delivery: DeliveryStatement, removed: frozenset[str]) -> bool:
    regions = delivery.regions_of(source)
    return bool(regions) and (ALL_REGIONS in {*regions, *removed} or bool(regions.intersection(removed)))


def _leftover_warning(plan: PolicyPlan, wanted: WantedKeyUse, key: Key) -> str:
    left = [position for position, item in enumerate(statements_of(plan.after)) if _is_left(item, wanted, key)]
    if not left:
        return ""
    return (
        f"Statement {statement_names(plan.after, left)} of the policy of {plan.target} still lets log delivery use "
        "the key for sources that you remove, or possibly does. It grants more than you name (other regions or "
        "services), so the module does not change it."
    )
