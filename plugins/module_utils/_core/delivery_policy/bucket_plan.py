# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans the change of a bucket policy. PRIVATE to this collection.

Grants add up: ``present`` only adds, ``absent`` only removes what it names. ``present`` never changes third-party
statements. ``absent`` also cuts third-party statements that are for log delivery alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..actions import Unsuccessful
from ..iam_policy.document import (
    Policy,
    Statement,
    decide_principal,
    names_with_elements,
    policy_size,
    possibly_granted_by,
    statement_names,
    statements_of,
)
from ..s3_destination import Destination
from .bucket_options import WantedDelivery
from .denial_remedies import denial_warning
from .grants import (
    ALL_REGIONS,
    ConditionalGrant,
    DELIVERY_SERVICE,
    FROM_ANYONE,
    Grant,
    GrantConditions,
    grant_denials,
    grant_positions,
    may_write,
    required_grants,
    required_requests,
    source_kind,
    wider_grants,
)
from .lookalikes import bucket_lookalikes, lookalikes_text
from .merge import PlannedStatement, PolicyLimit, PolicyPlan, build_plan, cut_statements, planned_statements, regroup
from .statements import (
    CHECK_SID,
    DENSITIES,
    DeliveryStatement,
    Group,
    Keep,
    ObjectPrefix,
    WRITE_SID,
    has_own_sid,
    own_grants,
    parse_delivery,
    remaining_regions,
    render_statement,
    split_layouts,
)

#: S3 User Guide, "Bucket policies": 20 KB. S3 does not count whitespace, and neither does the compact size.
MAX_BYTES = 20480
BUCKET_LIMIT = PolicyLimit("S3", MAX_BYTES, policy_size)
_SIZE_HINT = (
    "Give organization_id instead of accounts (in an inventory flow_log_organization_id), fewer or shorter prefixes, "
    "all regions instead of a selection (flow_log_regions: []), or only one of the layouts plain and "
    "hive. Otherwise deliver to another bucket as well, or remove sources with state=absent."
)


# --- adding ----------------------------------------------------------------------------------------------------------


def _regroup_kind(
    planned: list[PlannedStatement],
    bucket: Destination,
    missing: Iterable[ConditionalGrant],
    is_write: bool,
    density: int,
) -> list[PlannedStatement]:
    """Return the statements with the missing writes, or ACL checks, added to those of this collection."""
    parsed = {position: own_grants(bucket, item.statement) for position, item in enumerate(planned)}
    own = {position: group for position, group in parsed.items() if group and bool(group[0].acl) == is_write}

    def write(group: Group, sid: str) -> Statement:
        return render_statement(bucket, *group, sid, density)

    return regroup(planned, own, missing, write, WRITE_SID if is_write else CHECK_SID, bool(density))


def _missing(policy: Policy | None, wanted: WantedDelivery) -> list[ConditionalGrant]:
    """Return the wanted writes and ACL checks that no statement grants."""
    # The grants of own statements are known without evaluating their conditions, which takes longer.
    granted: set[ConditionalGrant] = set()
    has_third_party_allow = False
    for statement in statements_of(policy):
        own = own_grants(wanted.bucket, statement)
        if own:
            granted.update((own[0], grant) for grant in own[1])
        elif statement.get("Effect") == "Allow" and decide_principal(statement, DELIVERY_SERVICE) is not False:
            has_third_party_allow = True
    sources = {grant.source for _conditions, grant in granted}
    remaining = [
        item
        for item in required_grants(wanted.conditions, wanted.grants)
        if sources.isdisjoint((item[1].source, "*")) or granted.isdisjoint([item, *wider_grants(*item)])
    ]
    if not has_third_party_allow:
        return remaining
    return [item for item in remaining if not grant_positions(policy, wanted.bucket, *item)]


def _add_grants(
    policy: Policy | None, bucket: Destination, missing: list[ConditionalGrant], density: int
) -> list[PlannedStatement]:
    planned = planned_statements(policy)
    for is_write in (True, False):
        of_kind = [item for item in missing if bool(item[1].layout) == is_write]
        if of_kind:
            planned = _regroup_kind(planned, bucket, of_kind, is_write, density)
    return planned


# --- removing --------------------------------------------------------------------------------------------------------


def _cut_kind(
    planned: list[PlannedStatement], bucket: Destination, is_write: bool, keep: Keep
) -> list[PlannedStatement]:
    def parse(statement: Statement) -> DeliveryStatement | None:
        delivery = parse_delivery(bucket, statement)
        return delivery if delivery and delivery.is_write == is_write else None

    return cut_statements(planned, parse, keep, WRITE_SID if is_write else CHECK_SID)


def _regions_with_write(bucket: Destination, planned: Iterable[PlannedStatement], source: str) -> frozenset[str]:
    """Return the Regions from which a source (``*``: any) can still write by some statement."""
    each = [
        _regions_of(parse_delivery(bucket, item.statement), source)
        for item in planned
        if may_write(item.statement, bucket, source)
    ]
    return frozenset().union(*each)


def _regions_of(delivery: DeliveryStatement | None, source: str) -> frozenset[str]:
    if delivery is None or source == "*":
        return frozenset({ALL_REGIONS})
    is_named = delivery.sources is None or source in delivery.sources
    return delivery.regions_of(source) if is_named and delivery.prefixes_of(source) else frozenset()


#: Source, folder and layout -> the Regions to remove.
_Removed = Mapping[tuple[str, str, str], frozenset[str]]


def _removed_regions(wanted: WantedDelivery) -> _Removed:
    removed: dict[tuple[str, str, str], set[str]] = {}
    for grant in wanted.grants:
        removed.setdefault((grant.source, grant.folder, grant.layout), set()).add(grant.region)
    return {key: frozenset(regions) for key, regions in removed.items()}


def _split_layouts(bucket: Destination, removed: _Removed, item: PlannedStatement) -> PlannedStatement:
    """Return a statement with one resource per layout if it has one for both and they lose different Regions."""
    if parse_delivery(bucket, item.statement) is None:
        return item

    def differs(prefix: ObjectPrefix) -> bool:
        return len({removed.get((prefix.account, prefix.folder, layout)) for layout in prefix.layouts}) > 1

    return replace(item, statement=split_layouts(bucket, item.statement, differs))


def _remove_grants(policy: Policy | None, wanted: WantedDelivery) -> list[PlannedStatement]:
    removed = _removed_regions(wanted)
    planned = [_split_layouts(wanted.bucket, removed, item) for item in planned_statements(policy)]

    def keep_writes(source: str, prefix: ObjectPrefix | None, regions: frozenset[str]) -> frozenset[str]:
        folder, layouts = (prefix.folder, prefix.layouts) if prefix else ("", frozenset())
        each = [remaining_regions(regions, removed.get((source, folder, one), frozenset())) for one in layouts]
        return frozenset().union(*each) if prefix else regions

    planned = _cut_kind(planned, wanted.bucket, True, keep_writes)
    writing = {source: _regions_with_write(wanted.bucket, planned, source) for source in {*wanted.sources, "*"}}

    def keep_checks(source: str, _prefix: ObjectPrefix | None, regions: frozenset[str]) -> frozenset[str]:
        used = writing.get(source, frozenset({ALL_REGIONS}))
        if not used:
            return frozenset()
        if ALL_REGIONS in used:
            return regions
        # A check for all Regions cannot be narrowed to those in use. It stays: an unused check allows no write.
        kept = regions.intersection(used | {ALL_REGIONS})
        return kept | remaining_regions(regions, wanted.regions_by_source.get(source, frozenset()))

    planned = _cut_kind(planned, wanted.bucket, False, keep_checks)
    lost = _lost_checks(policy, wanted.bucket, planned, writing)
    return _regroup_kind(planned, wanted.bucket, lost, False, 0) if lost else planned


def _lost_checks(
    policy: Policy | None,
    bucket: Destination,
    planned: Iterable[PlannedStatement],
    writing: Mapping[str, frozenset[str]],
) -> list[ConditionalGrant]:
    """Return the ACL checks that sources still need, and that a removed statement for writes and checks granted.

    :param writing: source (``*``: any) -> Regions from which it still writes.
    """
    after: Policy = {"Statement": [item.statement for item in planned]}
    lost = []
    for source, regions in writing.items():
        for region in sorted(regions):
            conditions = GrantConditions("", FROM_ANYONE if source == "*" else source_kind(source))
            grant = Grant(source, region)
            if grant_positions(policy, bucket, conditions, grant) and not grant_positions(
                after, bucket, conditions, grant
            ):
                lost.append((conditions, grant))
    return lost


# --- the plan --------------------------------------------------------------------------------------------------------


def plan_bucket_policy(policy: Policy | None, wanted: WantedDelivery) -> PolicyPlan:
    """Return the plan that adds the wanted grants to a bucket policy, or removes them.

    :param policy: the current policy; None if the bucket has none.
    :param wanted: grants with their accounts set.
    """
    target = wanted.bucket.bucket_arn
    if wanted.present:
        reason = "The policy does not let log delivery write for all sources."
        missing = _missing(policy, wanted)
        plan = BUCKET_LIMIT.choose(
            build_plan(target, policy, _add_grants(policy, wanted.bucket, missing, density), reason)
            for density in DENSITIES
        )
        plan = replace(plan, missing=tuple(missing))
    else:
        reason = "The policy lets log delivery write for sources that should not have it."
        plan = build_plan(target, policy, _remove_grants(policy, wanted), reason)
    plan = replace(plan, refusals=_refusals(plan))
    return replace(plan, warnings=tuple(_warnings(plan, wanted)))


def _refusals(plan: PolicyPlan) -> tuple[Unsuccessful, ...]:
    return tuple(BUCKET_LIMIT.refusals(plan, _SIZE_HINT)) if plan.changes else ()


# --- warnings --------------------------------------------------------------------------------------------------------


def _warnings(plan: PolicyPlan, wanted: WantedDelivery) -> list[str]:
    lookalikes = bucket_lookalikes(plan.after, wanted.bucket)
    found = [_negation_warning(plan), BUCKET_LIMIT.warning(plan), lookalikes_text(plan.target, lookalikes)]
    if wanted.present:
        denials = (
            grant_denials(plan.after, wanted.bucket, *item)
            for item in required_grants(wanted.conditions, wanted.grants)
        )
        found += [denial_warning(plan.target, plan.after, denials, "log delivery", wanted.sources)]
        found += [_width_warning(plan, wanted)]
    else:
        found.append(_leftover_warning(plan, wanted))
    return [text for text in found if text]


def _negation_warning(plan: PolicyPlan) -> str:
    names = names_with_elements(plan.after, ("NotAction", "NotPrincipal"))
    if not names:
        return ""
    return (
        f"The policy of {plan.target} has NotAction or NotPrincipal (statement {', '.join(names)}). AWS never adds "
        "statements to such a policy: CreateFlowLogs fails for a source that the policy does not grant yet. Grant "
        "every source with this module before you create its flow logs."
    )


def _width_warning(plan: PolicyPlan, wanted: WantedDelivery) -> str:
    """Return a warning about statements with own Sids that are wider than wanted."""
    with_own_sid = {
        position: own_grants(wanted.bucket, statement)
        for position, statement in enumerate(statements_of(plan.after))
        if has_own_sid(statement)
    }
    others = {
        position: group
        for position, group in with_own_sid.items()
        if group and group[0].acl and group[0] != wanted.conditions
    }
    wide: set[int] = set()
    for grant in wanted.grants if others else ():
        # Other conditions that grant every request of the wanted ones are wider.
        wide.update(others.keys() & set(grant_positions(plan.after, wanted.bucket, wanted.conditions, grant)))
    if not wide:
        return ""
    return (
        f"Statement {statement_names(plan.after, wide)} of the policy of {plan.target} grants log delivery more than "
        "it needs. The module does not change it. If you remove it, the module writes a narrower one."
    )


def _still_grants(delivery: DeliveryStatement, grant: Grant) -> bool:
    """Return whether a log-delivery statement still has a part of a grant to remove."""
    regions = delivery.regions_of(grant.source)
    names_region = bool(regions) and (ALL_REGIONS in (grant.region, *regions) or grant.region in regions)
    names_source = delivery.sources is None or grant.source in delivery.sources
    return names_source and names_region and _names_folder(delivery, grant)


def _names_folder(delivery: DeliveryStatement, grant: Grant) -> bool:
    return any(
        prefix is None or (prefix.folder == grant.folder and grant.layout in prefix.layouts)
        for _raw, prefix in delivery.prefixes_of(grant.source)
    )


def _is_left(statement: Statement, wanted: WantedDelivery) -> bool:
    """Return whether a statement still grants writes that the task removes, or possibly does."""
    delivery = parse_delivery(wanted.bucket, statement)
    if delivery is not None:
        return delivery.is_write and any(_still_grants(delivery, grant) for grant in wanted.grants)
    alone: Policy = {"Statement": [statement]}
    return any(
        possibly_granted_by(alone, request)
        for grant in wanted.grants
        for request in required_requests(wanted.bucket, wanted.conditions, grant)
    )


def _leftover_warning(plan: PolicyPlan, wanted: WantedDelivery) -> str:
    left = [position for position, item in enumerate(statements_of(plan.after)) if _is_left(item, wanted)]
    if not left:
        return ""
    return (
        f"Statement {statement_names(plan.after, left)} of the policy of {plan.target} still lets log delivery write "
        "for sources that you remove, or possibly does. It grants more than you name (other folders, layouts, regions "
        "or services), so the module does not change it."
    )
