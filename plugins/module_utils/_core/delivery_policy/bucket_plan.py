# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a bucket policy and what is wanted of it to the policy that should be. PRIVATE to this collection.

Grants add up: ``present`` only ever adds, ``absent`` takes away what it names. Statements of others are never changed
by ``present``; ``absent`` also cuts those that are recognisably log delivery and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from ..actions import Unsuccessful
from ..iam_policy.document import (
    Policy,
    Statement,
    decide_principal,
    gone_principals,
    perhaps_granted_by,
    size_of,
    statements_of,
    statements_with,
)
from ..s3_destination import Destination
from .bucket_options import WantedDelivery
from .denial_remedies import denial_warning
from .grants import (
    ALL_REGIONS,
    DELIVERY_SERVICE,
    FROM_ANYONE,
    FormedGrant,
    Grant,
    GrantConditions,
    grant_denials,
    grant_positions,
    may_write,
    needed,
    requests_of,
    sources_form,
    wider,
)
from .lookalikes import bucket_lookalikes, lookalikes_text
from .merge import Group, PlannedStatement, PolicyPlan, cut_entries, entries_of, names_at, plan_of, regrouped
from .statements import (
    CHECK_SID,
    DENSITIES,
    DeliveryStatement,
    Keep,
    ObjectPrefix,
    WRITE_SID,
    is_our_sid,
    parse_ours,
    render,
    view_of,
    with_layouts_apart,
)

#: S3 User Guide, "Bucket policies": 20 KB. S3 leaves blanks out of account; so does the compact form that is measured.
MAX_BYTES = 20480
_WARN_BYTES = MAX_BYTES * 9 // 10


# --- adding ----------------------------------------------------------------------------------------------------------


def _regrouped(
    entries: list[PlannedStatement], bucket: Destination, missing: Iterable[FormedGrant], is_write: bool, density: int
) -> list[PlannedStatement]:
    """Return the entries with our statements of one kind saying what they said and what was missing besides."""
    parsed = {position: parse_ours(bucket, entry.statement) for position, entry in enumerate(entries)}
    ours = {position: group for position, group in parsed.items() if group and bool(group[0].acl) == is_write}

    def write(group: Group, sid: str) -> Statement:
        return render(bucket, *group, sid, density)

    return regrouped(entries, ours, missing, write, WRITE_SID if is_write else CHECK_SID, bool(density))


def _missing(policy: Policy | None, wanted: WantedDelivery) -> list[FormedGrant]:
    """Return the writes and the checks that are wanted and that no statement gives.

    What our own statements say need not be worked out from their conditions.
    """
    held: set[FormedGrant] = set()
    by_others = False
    for statement in statements_of(policy):
        ours = parse_ours(wanted.bucket, statement)
        if ours:
            held.update((ours[0], grant) for grant in ours[1])
        elif statement.get("Effect") == "Allow":
            by_others = by_others or decide_principal(statement, DELIVERY_SERVICE) is not False
    named = {grant.source for _form, grant in held}
    left = [
        item
        for item in needed(wanted.form, wanted.grants())
        if named.isdisjoint((item[1].source, "*")) or held.isdisjoint([item, *wider(*item)])
    ]
    return [item for item in left if not by_others or not grant_positions(policy, wanted.bucket, *item)]


def _merged(
    policy: Policy | None, wanted: WantedDelivery, missing: list[FormedGrant], density: int
) -> list[PlannedStatement]:
    entries = entries_of(policy)
    for is_write in (True, False):
        of_kind = [item for item in missing if bool(item[1].layout) == is_write]
        if of_kind:
            entries = _regrouped(entries, wanted.bucket, of_kind, is_write, density)
    return entries


# --- taking away -----------------------------------------------------------------------------------------------------


def _without(regions: frozenset[str], named: Collection[str]) -> frozenset[str]:
    return frozenset() if ALL_REGIONS in named else regions.difference(named)


def _cut_kind(
    entries: list[PlannedStatement], bucket: Destination, is_write: bool, keep: Keep
) -> list[PlannedStatement]:
    def view_of_kind(statement: Statement) -> DeliveryStatement | None:
        view = view_of(bucket, statement)
        return view if view and view.is_write == is_write else None

    return cut_entries(entries, view_of_kind, keep, WRITE_SID if is_write else CHECK_SID)


def _still_writing(bucket: Destination, entries: Iterable[PlannedStatement], source: str) -> frozenset[str]:
    """Return the regions from which a source (``*``: any) may still write by some statement."""
    each = [
        _regions_in(view_of(bucket, entry.statement), source)
        for entry in entries
        if may_write(entry.statement, bucket, source)
    ]
    return frozenset().union(*each)


def _regions_in(view: DeliveryStatement | None, source: str) -> frozenset[str]:
    if view is None or source == "*":
        return frozenset({ALL_REGIONS})
    is_named = view.sources is None or source in view.sources
    return view.regions_of(source) if is_named and view.places_of(source) else frozenset()


#: Source, folder and layout -> the Regions that are named for it.
_Named = Mapping[tuple[str, str, str], frozenset[str]]


def _named(wanted: WantedDelivery) -> _Named:
    named: dict[tuple[str, str, str], set[str]] = {}
    for grant in wanted.grants():
        named.setdefault((grant.source, grant.folder, grant.layout), set()).add(grant.region)
    return {place: frozenset(regions) for place, regions in named.items()}


def _spelt_out(bucket: Destination, named: _Named, entry: PlannedStatement) -> PlannedStatement:
    """Return a statement with a resource per layout where one resource stands for both, and they lose different Regions."""
    if view_of(bucket, entry.statement) is None:
        return entry

    def differs(place: ObjectPrefix) -> bool:
        return len({named.get((place.account, place.folder, layout)) for layout in place.layouts}) > 1

    return replace(entry, statement=with_layouts_apart(bucket, entry.statement, differs))


def _reduced(policy: Policy | None, wanted: WantedDelivery) -> list[PlannedStatement]:
    named = _named(wanted)
    entries = [_spelt_out(wanted.bucket, named, entry) for entry in entries_of(policy)]

    def keep_writes(source: str, place: ObjectPrefix | None, regions: frozenset[str]) -> frozenset[str]:
        folder, layouts = (place.folder, place.layouts) if place else ("", frozenset())
        left = [_without(regions, named.get((source, folder, layout), frozenset())) for layout in layouts]
        return frozenset().union(*left) if place else regions

    entries = _cut_kind(entries, wanted.bucket, True, keep_writes)
    written = {source: _still_writing(wanted.bucket, entries, source) for source in {*wanted.sources, "*"}}
    regions_of: dict[str, set[str]] = {}
    for grant in wanted.grants():
        regions_of.setdefault(grant.source, set()).add(grant.region)

    def keep_checks(source: str, _place: ObjectPrefix | None, regions: frozenset[str]) -> frozenset[str]:
        used = written.get(source, frozenset({ALL_REGIONS}))
        if not used:
            return frozenset()
        if ALL_REGIONS in used:
            return regions
        # All regions cannot be narrowed to those in use; a check too many lets nothing be written.
        return _without(regions, regions_of.get(source, ())) | regions.intersection(used | {ALL_REGIONS})

    entries = _cut_kind(entries, wanted.bucket, False, keep_checks)
    lost = _lost_checks(policy, wanted.bucket, entries, written)
    return _regrouped(entries, wanted.bucket, lost, False, 0) if lost else entries


def _lost_checks(
    policy: Policy | None,
    bucket: Destination,
    entries: Iterable[PlannedStatement],
    written: Mapping[str, frozenset[str]],
) -> list[FormedGrant]:
    """Return the ACL checks of who still writes that went with a statement for writes and checks at once.

    :param written: source (``*``: any) -> regions from which it still writes.
    """
    after: Policy = {"Statement": [entry.statement for entry in entries]}
    lost = []
    for source, regions in written.items():
        for region in sorted(regions):
            form = GrantConditions("", FROM_ANYONE if source == "*" else sources_form(source))
            grant = Grant(source, region)
            if grant_positions(policy, bucket, form, grant) and not grant_positions(after, bucket, form, grant):
                lost.append((form, grant))
    return lost


# --- the plan --------------------------------------------------------------------------------------------------------


def _plan(policy: Policy | None, wanted: WantedDelivery, entries: list[PlannedStatement]) -> PolicyPlan:
    if wanted.present:
        reason = "The policy does not let log delivery write for all sources."
    else:
        reason = "The policy lets log delivery write for sources that should not have it."
    return plan_of(wanted.bucket.bucket_arn, policy, entries, reason)


def _plan_present(policy: Policy | None, wanted: WantedDelivery) -> PolicyPlan:
    """Return the most readable plan that fits, or the smallest if none does."""
    plans, missing = [], _missing(policy, wanted)
    for density in DENSITIES:
        plan = _plan(policy, wanted, _merged(policy, wanted, missing, density))
        plans.append(replace(plan, missing=tuple(missing)))
        if not plans[-1].changes or size_of(plans[-1].after) <= MAX_BYTES:
            return plans[-1]
    return min(plans, key=lambda plan: size_of(plan.after))


def plan_bucket_policy(policy: Policy | None, wanted: WantedDelivery) -> PolicyPlan:
    """Return what makes a bucket policy as wanted, without writing anything.

    :param policy: the policy as it is, None without one.
    :param wanted: with its accounts filled in.
    """
    if wanted.present:
        plan = _plan_present(policy, wanted)
    else:
        plan = _plan(policy, wanted, _reduced(policy, wanted))
    plan = replace(plan, refusals=_refusals(plan))
    return replace(plan, warnings=tuple(_warnings(plan, wanted)))


def _refusals(plan: PolicyPlan) -> tuple[Unsuccessful, ...]:
    if not plan.changes or plan.after is None:
        return ()
    target, refusals = plan.target, []
    gone = gone_principals(plan.after)
    if gone:
        named = "; ".join(f"{', '.join(ids)} in statement {name}" for name, ids in gone.items())
        refusals.append(
            Unsuccessful(
                target,
                "PrincipalGone",
                f"The policy names principals that were deleted, and S3 refuses to take it back with them: {named}.",
                "Remove these principals (or their statements) from the policy, or put their successors there.",
            )
        )
    size = size_of(plan.after)
    if size > MAX_BYTES:
        refusals.append(
            Unsuccessful(
                target,
                "PolicyTooLarge",
                f"The policy would have {size} bytes, {size - MAX_BYTES} bytes too many: S3 allows {MAX_BYTES}, and it "
                f"has {size_of(plan.before)}. Nothing was written.",
                "Give organization_id instead of accounts (in an inventory flow_log_organization_id), fewer or shorter "
                "prefixes, all regions instead of different ones (flow_log_regions: []), or only the one "
                "of the layouts plain and hive that is in use. Otherwise deliver to another bucket as well, or take "
                "sources out with state=absent.",
            )
        )
    return tuple(refusals)


# --- what people should know -----------------------------------------------------------------------------------------


def _warnings(plan: PolicyPlan, wanted: WantedDelivery) -> list[str]:
    lookalikes = bucket_lookalikes(plan.after, wanted.bucket)
    found = [_of_negations(plan), _of_size(plan), lookalikes_text(plan.target, lookalikes)]
    if wanted.present:
        found += [_of_denials(plan, wanted), _of_width(plan, wanted)]
    else:
        found.append(_of_leftovers(plan, wanted))
    return [text for text in found if text]


def _of_negations(plan: PolicyPlan) -> str:
    names = statements_with(plan.after, ("NotAction", "NotPrincipal"))
    if not names:
        return ""
    return (
        f"The policy of {plan.target} has NotAction or NotPrincipal (statement {', '.join(names)}). AWS "
        "adds nothing to such a policy by itself: CreateFlowLogs fails for a source that the policy does not grant "
        "already. Grant every source with this module before its flow logs are created."
    )


def _of_size(plan: PolicyPlan) -> str:
    size = size_of(plan.after)
    if size <= _WARN_BYTES or plan.refusals:
        return ""
    return f"The policy of {plan.target} has {size} bytes of the {MAX_BYTES} that S3 allows."


def _of_denials(plan: PolicyPlan, wanted: WantedDelivery) -> str:
    if not any(statement.get("Effect") == "Deny" for statement in statements_of(plan.after)):
        return ""
    certain: set[int] = set()
    possible: set[int] = set()
    for form, grant in needed(wanted.form, wanted.grants()):
        denials = grant_denials(plan.after, wanted.bucket, form, grant)
        certain.update(denials.certain)
        possible.update(denials.possible)
    texts = []
    if certain:
        texts.append(f"denies log delivery (statement {names_at(plan.after, certain)}); no grant outweighs that")
    if possible - certain:
        texts.append(f"may deny log delivery (statement {names_at(plan.after, possible - certain)})")
    if not texts:
        return ""
    remedy = denial_warning(plan.after, certain | possible, wanted.sources)
    return f"The policy of {plan.target} {' and '.join(texts)}. {remedy}"


def _of_width(plan: PolicyPlan, wanted: WantedDelivery) -> str:
    """Return a warning about statements under our Sids that are wider than desired, whatever else grants the same."""
    carrying = {
        position: parse_ours(wanted.bucket, statement)
        for position, statement in enumerate(statements_of(plan.after))
        if is_our_sid(statement)
    }
    others = {
        position: group for position, group in carrying.items() if group and group[0].acl and group[0] != wanted.form
    }
    wide: set[int] = set()
    for grant in wanted.grants() if others else ():
        # If another form grants every request of the desired form, it is a wider one.
        wide.update(others.keys() & set(grant_positions(plan.after, wanted.bucket, wanted.form, grant)))
    if not wide:
        return ""
    return (
        f"Statement {names_at(plan.after, wide)} of the policy of {plan.target} gives log delivery what it "
        "needs, and more: it is wider than this module would write it. The module leaves it as it is. Once you remove it, "
        "the module writes the narrow form."
    )


def _gives_still(view: DeliveryStatement, grant: Grant) -> bool:
    """Whether a log delivery statement still has something of what a source was to lose."""
    regions = view.regions_of(grant.source)
    is_from_there = bool(regions) and (ALL_REGIONS in (grant.region, *regions) or grant.region in regions)
    names_source = view.sources is None or grant.source in view.sources
    return names_source and is_from_there and _has_place(view, grant)


def _has_place(view: DeliveryStatement, grant: Grant) -> bool:
    return any(
        place is None or (place.folder == grant.folder and grant.layout in place.layouts)
        for _raw, place in view.places_of(grant.source)
    )


def _left_over(plan: PolicyPlan, wanted: WantedDelivery) -> set[int]:
    left: set[int] = set()
    for position, statement in enumerate(statements_of(plan.after)):
        view = view_of(wanted.bucket, statement)
        if view is None:
            alone: Policy = {"Statement": [statement]}
            requests = (item for grant in wanted.grants() for item in requests_of(wanted.bucket, wanted.form, grant))
            is_left = any(perhaps_granted_by(alone, request) for request in requests)
        else:
            is_left = view.is_write and any(_gives_still(view, grant) for grant in wanted.grants())
        left.update({position} if is_left else ())
    return left


def _of_leftovers(plan: PolicyPlan, wanted: WantedDelivery) -> str:
    left = _left_over(plan, wanted)
    if not left:
        return ""
    return (
        f"Statement {names_at(plan.after, left)} of the policy of {plan.target} still lets log delivery "
        "write, or may, for sources that were to be taken out: it grants more than was named (other folders, layouts, "
        "regions or services), so it is left as it is."
    )
