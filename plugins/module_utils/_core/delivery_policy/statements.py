# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The statements that give log delivery its grants: written, read and cut. PRIVATE to this collection.

Many sources share a statement: its ``Resource`` lists their folders, its conditions their accounts and regions. There
are three densities; the next is taken only where the policy would not fit otherwise:

- 0: one source ARN per account and region, ``arn:aws:logs:REGION:ACCOUNT:*``, as AWS documents it.
- 1: one source ARN per region, ``arn:aws:logs:REGION:*:*``. The account of the ARN is the source account, which the
  same statement pins, so nothing more is granted.
- 2: besides, one resource for both layouts of an account, ``AWSLogs/*ACCOUNT/*``. It still lets only the delivery
  service write, only for the accounts listed, and only below ``AWSLogs`` in a folder that ends in an account listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from re import Match
from typing import Any, Callable, Optional

from ..iam_policy.conditions import as_list
from ..iam_policy.document import Statement
from ..iam_policy.patterns import has_wildcard
from ..identifiers import ACCOUNT, PARTITION, REGION, is_account_id
from ..s3_destination import Destination
from .grants import (
    ACL_EQUALS,
    ACL_IF_EXISTS,
    ACL_NONE,
    ALL_REGIONS,
    ANY_ACCOUNT,
    CHECK_ACTION,
    DELIVERY_SERVICE,
    FROM_ACCOUNTS,
    FROM_ANYONE,
    FROM_ORGANIZATION,
    Grant,
    GrantConditions,
    HIVE,
    LAYOUTS,
    OWNER_HAS_CONTROL,
    PLAIN,
    WRITE_ACTION,
    source_arn,
    write_resource,
)

#: The Sids of 2020. AWS uses them too, with numbers behind them, so a Sid alone makes no statement ours.
WRITE_SID = "AWSLogDeliveryWrite"
CHECK_SID = "AWSLogDeliveryAclCheck"
_OUR_SID = re.compile(rf"({WRITE_SID}|{CHECK_SID})[0-9]*")

#: What AWS's own editions of the statements allow (VPC User Guide 2020 to 2026, CloudWatch Logs User Guide).
_WRITE_ACTIONS = frozenset({WRITE_ACTION.lower()})
_CHECK_ACTIONS = frozenset({CHECK_ACTION.lower(), "s3:listbucket", "s3:get*", "s3:list*"})

DENSITIES = (0, 1, 2)

_ELEMENTS = frozenset("Sid Effect Principal Action Resource Condition".split())
#: Region and account of any source ARN, and the ones that this collection writes.
_SOURCE_ARN = re.compile(rf"arn:[^:]+:[^:]+:([^:]*):(\*|{ACCOUNT}):.*")
_OUR_ARN = re.compile(rf"arn:{PARTITION}:logs:(\*|{REGION}):(\*|{ACCOUNT}):\*")
_FOLDER = r"(?:(?P<folder>[^*?$]+)/)?AWSLogs/"
_OBJECTS = re.compile(rf"{_FOLDER}(?P<hive>aws-account-id=)?(?P<account>{ACCOUNT}|\?{{12}})/")
_ALL_OBJECTS = re.compile(rf"{_FOLDER}\*")
_JOINT_OBJECTS = re.compile(rf"{_FOLDER}\*(?P<account>{ACCOUNT})/\*")

_ACCOUNT_KEY = "aws:sourceaccount"
_ORGANIZATION_KEY = "aws:sourceorgid"
_ARN_KEY = "aws:sourcearn"
_ACL_KEY = "s3:x-amz-acl"
#: Operators that list what is allowed, so that taking a value out takes a grant away.
_LISTING = {
    _ACCOUNT_KEY: ("StringEquals", "StringLike"),
    _ORGANIZATION_KEY: ("StringEquals", "StringLike"),
    _ARN_KEY: ("ArnLike", "ArnEquals", "StringLike", "StringEquals"),
    _ACL_KEY: ("StringEquals", "StringEqualsIfExists", "StringLike"),
}


def is_our_sid(statement: Statement) -> bool:
    """Whether a statement carries one of the Sids that this collection writes; AWS and others use them too."""
    return bool(_OUR_SID.fullmatch(str(statement.get("Sid", ""))))


# --- writing ---------------------------------------------------------------------------------------------------------


def scalar(values: Iterable[str]) -> Any:
    """Return a list as S3 keeps it: a single value without its list."""
    items = list(values)
    return items[0] if len(items) == 1 else items


def _place_order(grant: Grant) -> tuple[str, str, bool]:
    return grant.folder, grant.source, grant.layout == HIVE


def _resource(bucket: Destination, form: GrantConditions, grant: Grant, joint: bool) -> str:
    if form.sources == FROM_ORGANIZATION:
        return write_resource(bucket, ANY_ACCOUNT, grant.folder, grant.layout)
    return write_resource(
        bucket, f"*{grant.source}" if joint else grant.source, grant.folder, "" if joint else grant.layout
    )


def _resources(bucket: Destination, form: GrantConditions, grants: frozenset[Grant], density: int) -> Any:
    def is_joint(grant: Grant) -> bool:
        both = (replace(grant, layout=layout) in grants for layout in LAYOUTS)
        return density > 1 and form.sources == FROM_ACCOUNTS and all(both)

    ordered = sorted(grants, key=_place_order)
    return scalar(dict.fromkeys(_resource(bucket, form, grant, is_joint(grant)) for grant in ordered))


def source_condition(partition: str, form: GrantConditions, grants: Iterable[Grant], density: int) -> dict[str, Any]:
    """Return the condition that ties a statement to the sources and regions of its grants."""
    if form.sources == FROM_ANYONE:
        return {}
    sources = sorted({grant.source for grant in grants})
    regions = sorted({grant.region for grant in grants})
    accounts = ["*"] if density or form.sources == FROM_ORGANIZATION else sources
    key = "aws:SourceOrgID" if form.sources == FROM_ORGANIZATION else "aws:SourceAccount"
    arns = [source_arn(partition, region, account) for account in accounts for region in regions]
    return {"StringEquals": {key: scalar(sources)}, "ArnLike": {"aws:SourceArn": scalar(arns)}}


def _with_acl(form: GrantConditions, condition: dict[str, Any]) -> dict[str, Any]:
    acl = {"s3:x-amz-acl": OWNER_HAS_CONTROL}
    if form.acl == ACL_EQUALS:
        return {**condition, "StringEquals": {**acl, **condition.get("StringEquals", {})}}
    if form.acl == ACL_IF_EXISTS:
        return {"StringEqualsIfExists": acl, **condition}
    return condition


def render(
    bucket: Destination, form: GrantConditions, grants: frozenset[Grant], sid: str, density: int = 0
) -> Statement:
    """Return the statement for grants that share their regions, as :func:`grouped` makes them.

    :param density: how many of the ways to save room are taken, see the top of this file.
    """
    is_write = bool(form.acl)
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": DELIVERY_SERVICE},
        "Action": WRITE_ACTION if is_write else CHECK_ACTION,
        "Resource": _resources(bucket, form, grants, density) if is_write else bucket.bucket_arn,
    }
    condition = _with_acl(form, source_condition(bucket.partition, form, grants, density))
    return {**statement, "Condition": condition} if condition else statement


def grouped(grants: Iterable[tuple[GrantConditions, Grant]]) -> list[tuple[GrantConditions, frozenset[Grant]]]:
    """Return grants in as few groups as statements need, so that none grants more than desired.

    Places of one source share a statement when they have the same regions; organizations have their own statements,
    since their resources do not name them.
    """
    regions: dict[tuple[GrantConditions, str, str, str], set[str]] = {}
    for form, grant in grants:
        regions.setdefault((form, grant.source, grant.folder, grant.layout), set()).add(grant.region)
    groups: dict[tuple[GrantConditions, str, tuple[str, ...]], set[Grant]] = {}
    for (form, source, folder, layout), names in regions.items():
        owner = source if form.sources == FROM_ORGANIZATION else ""
        group = groups.setdefault((form, owner, tuple(sorted(names))), set())
        group.update(Grant(source, region, folder, layout) for region in names)
    return [(key[0], frozenset(groups[key])) for key in sorted(groups)]


# --- reading ---------------------------------------------------------------------------------------------------------


def _region_of(source: Match[str]) -> str:
    """Return the region of a source ARN; one by pattern (``eu-*``) cannot be told from all."""
    return ALL_REGIONS if has_wildcard(source.group(1)) else source.group(1)


@dataclass(frozen=True)
class ObjectPrefix:
    """What one value of ``Resource`` stands for: whose objects (``*``: everybody's), in which folder and layouts."""

    account: str
    folder: str
    layouts: frozenset[str]
    exact: bool = True


@dataclass(frozen=True)
class DeliveryStatement:
    """A statement that is recognisably log delivery: only its service as principal, only its actions.

    :param is_write: whether it lets objects be written.
    :param whole: the value of ``Resource`` that is no place: ARN of the bucket; ``*`` in the policy of a key.
    :param places: each value of ``Resource`` with its meaning, None where it has another one than log delivery.
    :param values: condition key in lower case -> values, of the keys that log delivery needs.
    :param operators: condition key in lower case -> operator.
    :param is_plain: whether nothing is in it that this collection would not write.
    """

    is_write: bool
    whole: str
    places: tuple[tuple[str, ObjectPrefix | None], ...]
    values: Mapping[str, tuple[str, ...]]
    operators: Mapping[str, str]
    is_plain: bool

    @property
    def sources(self) -> tuple[str, ...] | None:
        """Accounts or organizations that the conditions name; None where they do not."""
        return self.values.get(_ORGANIZATION_KEY, self.values.get(_ACCOUNT_KEY))

    def regions_of(self, source: str) -> frozenset[str]:
        """Regions from which a source may deliver by this statement, ``*`` among them for all."""
        if _ARN_KEY not in self.values:
            return frozenset({ALL_REGIONS})
        account = source if is_account_id(source) else "*"
        return frozenset(self._regions.get(account, set()) | self._regions.get("*", set()))

    def places_of(self, source: str) -> tuple[tuple[str, ObjectPrefix | None], ...]:
        """Values of ``Resource`` that speak of a source: its objects, or all that an ACL check names."""
        if not self.is_write:
            return self.places
        return tuple(self._places.get(source, []) + self._places.get("*", []))

    @cached_property
    def _regions(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for item in filter(None, map(_SOURCE_ARN.fullmatch, self.values.get(_ARN_KEY, ()))):
            found.setdefault(item.group(2), set()).add(_region_of(item))
        return found

    @cached_property
    def _places(self) -> dict[str, list[tuple[str, ObjectPrefix | None]]]:
        found: dict[str, list[tuple[str, ObjectPrefix | None]]] = {}
        for raw, place in self.places:
            if raw != self.whole:
                found.setdefault(place.account if place else "*", []).append((raw, place))
        return found


def texts_of(value: Any) -> tuple[str, ...] | None:
    """Return the values of an element, None if one is no text or holds a policy variable."""
    values = as_list(value)
    return tuple(values) if all(isinstance(item, str) and "${" not in item for item in values) else None


def parse_place(bucket: Destination, resource: str) -> ObjectPrefix | None:
    """Return what a value of ``Resource`` means for log delivery, None for anything else."""
    start = f"{bucket.bucket_arn}/"
    if not resource.startswith(start):
        return None
    path = resource[len(start) :]
    everybody = _ALL_OBJECTS.fullmatch(path)
    if everybody:
        return ObjectPrefix("*", everybody.group("folder") or "", frozenset(LAYOUTS))
    joint = _JOINT_OBJECTS.fullmatch(path)
    if joint:
        return ObjectPrefix(joint.group("account"), joint.group("folder") or "", frozenset(LAYOUTS))
    found = _OBJECTS.match(path)
    if not found or not path.endswith("*"):
        return None
    account = "*" if found.group("account") == ANY_ACCOUNT else found.group("account")
    layout = HIVE if found.group("hive") else PLAIN
    return ObjectPrefix(account, found.group("folder") or "", frozenset({layout}), path[found.end() :] == "*")


def is_delivery(statement: Statement) -> bool:
    """Whether a statement allows something to the delivery service and to nobody else."""
    principal = statement.get("Principal")
    return (
        statement.get("Effect") == "Allow"
        and _ELEMENTS.issuperset(statement)
        and isinstance(principal, Mapping)
        and set(principal) == {"Service"}
        and all(service == DELIVERY_SERVICE for service in as_list(principal["Service"]) or [None])
    )


def _condition_values(operator: str, key: str, value: Any) -> tuple[str, ...] | None:
    """Return the values of a key that log delivery needs, None if taking one out might not take a grant away."""
    texts = texts_of(value)
    if texts is None or operator not in _LISTING[key]:
        return None
    if key in (_ACCOUNT_KEY, _ORGANIZATION_KEY) and any(map(has_wildcard, texts)):
        # A pattern names nobody who could be taken out of it.
        return None
    return None if key == _ARN_KEY and not all(map(_SOURCE_ARN.fullmatch, texts)) else texts


def conditions_of(statement: Statement) -> tuple[dict[str, tuple[str, ...]], dict[str, str], bool] | None:
    """Return values and operators by key, and whether all keys are known; None if they cannot be cut safely."""
    condition = statement.get("Condition", {})
    if not isinstance(condition, Mapping) or not all(isinstance(block, Mapping) for block in condition.values()):
        return None
    given = [(operator, key.lower(), value) for operator, block in condition.items() for key, value in block.items()]
    ours = [item for item in given if item[1] in _LISTING]
    found = {key: _condition_values(operator, key, value) for operator, key, value in ours}
    values = {key: texts for key, texts in found.items() if texts is not None}
    if len(values) < len(ours) or {_ACCOUNT_KEY, _ORGANIZATION_KEY} <= values.keys():
        return None
    return values, {key: operator for operator, key, _value in ours}, len(ours) == len(given)


def view_of(bucket: Destination, statement: Statement) -> DeliveryStatement | None:
    """Return a statement as log delivery, whoever wrote it; None if it is not recognisably that."""
    if not is_delivery(statement):
        return None
    actions = texts_of(statement.get("Action", []))
    resources = texts_of(statement.get("Resource", []))
    lowered = {action.lower() for action in actions or ()}
    if not lowered or not resources or not lowered <= _WRITE_ACTIONS | _CHECK_ACTIONS:
        return None
    conditions = conditions_of(statement)
    if conditions is None:
        return None
    values, operators, known = conditions
    is_write = bool(lowered & _WRITE_ACTIONS)
    is_plain = known and lowered == ({WRITE_ACTION.lower()} if is_write else {CHECK_ACTION.lower()})
    places = tuple((raw, parse_place(bucket, raw)) for raw in resources)
    return DeliveryStatement(is_write, bucket.bucket_arn, places, values, operators, is_plain)


def _acl_of(view: DeliveryStatement) -> str | None:
    """Return the ACL condition of a statement, None if it is none of those that this collection writes."""
    if not view.is_write:
        return "" if _ACL_KEY not in view.values else None
    if _ACL_KEY not in view.values:
        return ACL_NONE
    if view.values[_ACL_KEY] != (OWNER_HAS_CONTROL,):
        return None
    return {"StringEquals": ACL_EQUALS, "StringEqualsIfExists": ACL_IF_EXISTS}.get(view.operators[_ACL_KEY])


def _sources_of(view: DeliveryStatement) -> str | None:
    keys = {key for key in view.values if key != _ACL_KEY}
    if not keys:
        return FROM_ANYONE
    return {
        frozenset({_ACCOUNT_KEY, _ARN_KEY}): FROM_ACCOUNTS,
        frozenset({_ORGANIZATION_KEY, _ARN_KEY}): FROM_ORGANIZATION,
    }.get(frozenset(keys))


def form_of(view: DeliveryStatement) -> GrantConditions | None:
    """Return the form of a statement, None if it is none of those that this collection writes."""
    acl, sources = _acl_of(view), _sources_of(view)
    usual = {_ACCOUNT_KEY: ("StringEquals",), _ORGANIZATION_KEY: ("StringEquals",), _ARN_KEY: ("ArnLike", "ArnEquals")}
    if acl is None or sources is None or not view.is_plain:
        return None
    if any(operator not in usual.get(key, (operator,)) for key, operator in view.operators.items()):
        return None
    if not all(map(_OUR_ARN.fullmatch, view.values.get(_ARN_KEY, ()))):
        return None
    return GrantConditions(acl, sources)


def _grants_of_writes(view: DeliveryStatement, form: GrantConditions) -> frozenset[Grant] | None:
    if any(place is None or not place.exact for _raw, place in view.places):
        return None
    if form.sources == FROM_ORGANIZATION:
        # The resources of several organizations in one statement could not be told apart.
        if len(view.sources or ()) != 1 or any(place and place.account != "*" for _raw, place in view.places):
            return None
    elif any(place and place.account == "*" for _raw, place in view.places):
        return None
    sources = view.sources or tuple(sorted({place.account for _raw, place in view.places if place}))
    return frozenset(
        Grant(source, region, place.folder, layout)
        for source in sources
        for _raw, place in view.places_of(source)
        if place
        for layout in place.layouts
        for region in view.regions_of(source)
    )


def _grants_of_check(view: DeliveryStatement, form: GrantConditions) -> frozenset[Grant] | None:
    if [raw for raw, _place in view.places] != [view.whole]:
        return None
    if form.sources == FROM_ANYONE:
        return frozenset({Grant("*", ALL_REGIONS)})
    return frozenset(Grant(source, region) for source in view.sources or () for region in view.regions_of(source))


def _is_whole(view: DeliveryStatement, form: GrantConditions, grants: frozenset[Grant]) -> bool:
    """Whether the grants say all that the statement says: no account, folder or ARN in it is without its partners."""
    if form.sources == FROM_ANYONE:
        return bool(grants)
    sources = {grant.source for grant in grants}
    named = [_SOURCE_ARN.fullmatch(value) for value in view.values[_ARN_KEY]]
    accounts = {item.group(2) if item else "?" for item in named}
    resources = {place.account for _raw, place in view.places if place} - {"*"}
    return sources == set(view.sources or ()) and accounts - {"*"} <= sources and resources <= sources


def parse_ours(bucket: Destination, statement: Statement) -> tuple[GrantConditions, frozenset[Grant]] | None:
    """Return the grants of a statement that this collection could have written, None for every other statement.

    Ours are those with our Sid, the delivery service as the only principal, the one delivery action, and nothing in
    conditions and resources that :func:`render` would not write; lists may be in any order.
    """
    view = view_of(bucket, statement) if is_our_sid(statement) else None
    return parse_view(view) if view else None


def parse_view(view: DeliveryStatement) -> tuple[GrantConditions, frozenset[Grant]] | None:
    """Return the grants of a statement with one of our Sids, None if this collection would not write it so."""
    form = form_of(view)
    if form is None:
        return None
    grants = _grants_of_writes(view, form) if view.is_write else _grants_of_check(view, form)
    return (form, grants) if grants is not None and _is_whole(view, form, grants) else None


def with_layouts_apart(
    bucket: Destination, statement: Statement, is_apart: Callable[[ObjectPrefix], bool]
) -> Statement:
    """Return a statement with a resource per layout instead of one that stands for both.

    :param is_apart: decides for which places of a single account.
    """
    resources: list[str] = []
    for raw in as_list(statement["Resource"]):
        place = parse_place(bucket, raw)
        if place and len(place.layouts) > 1 and place.account != "*" and is_apart(place):
            resources += [write_resource(bucket, place.account, place.folder, layout) for layout in LAYOUTS]
        else:
            resources.append(raw)
    return {**statement, "Resource": scalar(resources)} if resources != as_list(statement["Resource"]) else statement


# --- cutting ---------------------------------------------------------------------------------------------------------

#: Decides, for a source, a place (None for the bucket itself) and its regions, which regions it keeps there.
Keep = Callable[[str, Optional[ObjectPrefix], frozenset[str]], frozenset[str]]


def _sources_in(view: DeliveryStatement) -> tuple[str, ...]:
    if view.sources is not None:
        return view.sources
    named = [_SOURCE_ARN.fullmatch(value) for value in view.values.get(_ARN_KEY, ())]
    accounts = {item.group(2) for item in named if item} - {"*"}
    if not accounts and not view.is_write:
        return ("*",)
    return tuple(sorted(accounts or {place.account for _raw, place in view.places if place} - {"*"}))


#: Regions that a part is narrowed to (none: those it had) and the resources in it that are not of one source alone.
_PartKey = tuple[frozenset[str], frozenset[str]]
#: Source -> its values of ``Resource``.
_Part = dict[str, set[str]]


def _left_of(view: DeliveryStatement, source: str, keep: Keep) -> dict[frozenset[str], set[str]]:
    """Return what a source keeps: its values of ``Resource`` by the regions they are narrowed to (none: not at all)."""
    before = view.regions_of(source) or frozenset({ALL_REGIONS})
    left: dict[frozenset[str], set[str]] = {}
    for raw, place in view.places_of(source):
        # What is more than log delivery cannot be taken from a source, since nobody named it.
        after = before if view.is_write and place is None else keep(source, place, before)
        if after:
            left.setdefault(frozenset() if after == before else after, set()).add(raw)
    return left


def _kept_parts(view: DeliveryStatement, keep: Keep) -> dict[_PartKey, _Part]:
    """Return what is left, in parts that a statement each can say."""
    shared = {raw for raw, place in view.places if place is None or place.account == "*"}
    parts: dict[_PartKey, _Part] = {}
    for source in _sources_in(view):
        for regions, raws in _left_of(view, source, keep).items():
            parts.setdefault((regions, frozenset(raws & shared)), {})[source] = raws
    return parts


def _filtered(value: Any, keep: Callable[[str], bool]) -> Any:
    return scalar([item for item in as_list(value) if keep(item)] or as_list(value))


def _narrowed(view: DeliveryStatement, statement: Statement, part: _Part, regions: frozenset[str]) -> Statement:
    """Return the statement for these sources, resources and (if any are given) regions only."""
    raws = set().union({view.whole}, *part.values())

    def keep_arn(value: str) -> bool:
        found = _SOURCE_ARN.fullmatch(value)
        return found is not None and found.group(2) in ("*", *part) and (not regions or _region_of(found) in regions)

    keeps: dict[str, Callable[[str], bool]] = {_ARN_KEY: keep_arn}
    for key in (_ACCOUNT_KEY, _ORGANIZATION_KEY):
        if view.sources is not None and view.values.get(key) == view.sources:
            keeps[key] = part.__contains__
    narrowed = {**statement, "Resource": _filtered(statement["Resource"], raws.__contains__)}
    if "Condition" in statement:
        narrowed["Condition"] = {
            operator: {
                key: _filtered(value, keeps[key.lower()]) if key.lower() in keeps else value
                for key, value in block.items()
            }
            for operator, block in statement["Condition"].items()
        }
    return narrowed


def _is_untouched(view: DeliveryStatement, parts: Mapping[_PartKey, _Part]) -> bool:
    if any(regions for regions, _shared in parts):
        return False
    kept = {source: raws for part in parts.values() for source, raws in part.items()}
    whole = {source: {raw for raw, _place in view.places_of(source)} for source in _sources_in(view)}
    return kept == {source: raws for source, raws in whole.items() if raws}


def cut(view: DeliveryStatement, statement: Statement, keep: Keep) -> list[Statement]:
    """Return what is left of a statement: itself, untouched, if all is kept; nothing; or parts with the same Sid.

    :param keep: decides region by region; regions that it hands back must be among those it was given.
    """
    parts = _kept_parts(view, keep)
    if _is_untouched(view, parts):
        return [statement]
    ordered = sorted(parts.items(), key=lambda item: (sorted(item[0][0]), sorted(item[0][1])))
    return [_narrowed(view, statement, part, regions) for (regions, _shared), part in ordered]
