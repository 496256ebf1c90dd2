# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes, reads and cuts the statements that grant log delivery. PRIVATE to this collection.

Many sources share a statement: its ``Resource`` lists their folders, its conditions list their accounts and Regions.
There are three densities. The next one applies only if the policy would not fit otherwise:

- 0: one source ARN per account and Region, ``arn:aws:logs:REGION:ACCOUNT:*``, as AWS documents it.
- 1: one source ARN per Region, ``arn:aws:logs:REGION:*:*``. The account of the ARN is the source account, which the
  same statement restricts, so the grant is the same.
- 2: also one resource for both layouts of an account, ``AWSLogs/*ACCOUNT/*``. It still lets only the delivery service
  write, only for the listed accounts, and only below ``AWSLogs`` in a folder that ends with a listed account.
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
    ConditionalGrant,
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

#: The Sids of 2020. AWS uses them too, with a number at the end, so a Sid alone does not identify an own statement.
WRITE_SID = "AWSLogDeliveryWrite"
CHECK_SID = "AWSLogDeliveryAclCheck"
_OUR_SID = re.compile(rf"({WRITE_SID}|{CHECK_SID})[0-9]*")

#: Actions in AWS's versions of the statements (VPC User Guide 2020 to 2026, CloudWatch Logs User Guide).
_WRITE_ACTIONS = frozenset({WRITE_ACTION.lower()})
_CHECK_ACTIONS = frozenset({CHECK_ACTION.lower(), "s3:listbucket", "s3:get*", "s3:list*"})

DENSITIES = (0, 1, 2)

_ELEMENTS = frozenset("Sid Effect Principal Action Resource Condition".split())
#: Region and account of any source ARN, and of the ones that this collection writes.
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
#: Operators that list the allowed values, so that removing a value removes a grant.
_LISTING = {
    _ACCOUNT_KEY: ("StringEquals", "StringLike"),
    _ORGANIZATION_KEY: ("StringEquals", "StringLike"),
    _ARN_KEY: ("ArnLike", "ArnEquals", "StringLike", "StringEquals"),
    _ACL_KEY: ("StringEquals", "StringEqualsIfExists", "StringLike"),
}


def has_own_sid(statement: Statement) -> bool:
    """Return whether a statement has one of the Sids that this collection writes; AWS uses them, too."""
    return bool(_OUR_SID.fullmatch(str(statement.get("Sid", ""))))


#: The grants of one statement, with their conditions.
Group = tuple[GrantConditions, frozenset[Grant]]

# --- writing ---------------------------------------------------------------------------------------------------------


def scalar(values: Iterable[str]) -> Any:
    """Return values as S3 stores them: a list, or a single value without one."""
    items = list(values)
    return items[0] if len(items) == 1 else items


def _resource_order(grant: Grant) -> tuple[str, str, bool]:
    return grant.folder, grant.source, grant.layout == HIVE


def _resource(bucket: Destination, conditions: GrantConditions, grant: Grant, joint: bool) -> str:
    if conditions.sources == FROM_ORGANIZATION:
        return write_resource(bucket, ANY_ACCOUNT, grant.folder, grant.layout)
    return write_resource(
        bucket, f"*{grant.source}" if joint else grant.source, grant.folder, "" if joint else grant.layout
    )


def _resources(bucket: Destination, conditions: GrantConditions, grants: frozenset[Grant], density: int) -> Any:
    def is_joint(grant: Grant) -> bool:
        both = (replace(grant, layout=layout) in grants for layout in LAYOUTS)
        return density > 1 and conditions.sources == FROM_ACCOUNTS and all(both)

    ordered = sorted(grants, key=_resource_order)
    return scalar(dict.fromkeys(_resource(bucket, conditions, grant, is_joint(grant)) for grant in ordered))


def source_condition(
    partition: str, conditions: GrantConditions, grants: Iterable[Grant], density: int
) -> dict[str, Any]:
    """Return the condition that restricts a statement to the sources and Regions of its grants."""
    if conditions.sources == FROM_ANYONE:
        return {}
    sources = sorted({grant.source for grant in grants})
    regions = sorted({grant.region for grant in grants})
    accounts = ["*"] if density or conditions.sources == FROM_ORGANIZATION else sources
    key = "aws:SourceOrgID" if conditions.sources == FROM_ORGANIZATION else "aws:SourceAccount"
    arns = [source_arn(partition, region, account) for account in accounts for region in regions]
    return {"StringEquals": {key: scalar(sources)}, "ArnLike": {"aws:SourceArn": scalar(arns)}}


def _with_acl(conditions: GrantConditions, condition: dict[str, Any]) -> dict[str, Any]:
    acl = {"s3:x-amz-acl": OWNER_HAS_CONTROL}
    if conditions.acl == ACL_EQUALS:
        return {**condition, "StringEquals": {**acl, **condition.get("StringEquals", {})}}
    if conditions.acl == ACL_IF_EXISTS:
        return {"StringEqualsIfExists": acl, **condition}
    return condition


def render_statement(
    bucket: Destination, conditions: GrantConditions, grants: frozenset[Grant], sid: str, density: int = 0
) -> Statement:
    """Return the statement for grants with the same Regions, as :func:`group_grants` returns them.

    :param density: how compact the statement is, see the top of this file.
    """
    is_write = bool(conditions.acl)
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": DELIVERY_SERVICE},
        "Action": WRITE_ACTION if is_write else CHECK_ACTION,
        "Resource": _resources(bucket, conditions, grants, density) if is_write else bucket.bucket_arn,
    }
    condition = _with_acl(conditions, source_condition(bucket.partition, conditions, grants, density))
    return {**statement, "Condition": condition} if condition else statement


def group_grants(grants: Iterable[ConditionalGrant]) -> list[Group]:
    """Return grants in the smallest number of groups with one statement each, so that none grants more than wanted.

    Folders with the same Regions share a statement. Each organization has its own statements, since the resources do
    not name it.
    """
    regions: dict[tuple[GrantConditions, str, str, str], set[str]] = {}
    for conditions, grant in grants:
        regions.setdefault((conditions, grant.source, grant.folder, grant.layout), set()).add(grant.region)
    groups: dict[tuple[GrantConditions, str, tuple[str, ...]], set[Grant]] = {}
    for (conditions, source, folder, layout), names in regions.items():
        owner = source if conditions.sources == FROM_ORGANIZATION else ""
        group = groups.setdefault((conditions, owner, tuple(sorted(names))), set())
        group.update(Grant(source, region, folder, layout) for region in names)
    return [(key[0], frozenset(groups[key])) for key in sorted(groups)]


# --- reading ---------------------------------------------------------------------------------------------------------


def _region_of(source: Match[str]) -> str:
    """Return the Region of a source ARN; ``*`` for a pattern such as ``eu-*``."""
    return ALL_REGIONS if has_wildcard(source.group(1)) else source.group(1)


@dataclass(frozen=True)
class ObjectPrefix:
    """The objects that a value of ``Resource`` names.

    :param account: account id; ``*`` for all accounts.
    :param exact: whether it names all objects of the account in this folder and layout.
    """

    account: str
    folder: str
    layouts: frozenset[str]
    exact: bool = True


@dataclass(frozen=True)
class DeliveryStatement:
    """A statement for log delivery alone: it has no other principal and no other action.

    :param is_write: whether it allows writes; otherwise it allows the ACL check, or the use of a key.
    :param bucket_or_key: the value of ``Resource`` for the whole: ARN of the bucket; ``*`` in a key policy.
    :param prefixes: each value of ``Resource`` with the objects that it names; None if these are not of log delivery.
    :param values: condition key in lower case -> values, for the keys that log delivery uses.
    :param operators: condition key in lower case -> operator.
    :param is_plain: whether actions and condition keys are those that this collection writes.
    """

    is_write: bool
    bucket_or_key: str
    prefixes: tuple[tuple[str, ObjectPrefix | None], ...]
    values: Mapping[str, tuple[str, ...]]
    operators: Mapping[str, str]
    is_plain: bool

    @property
    def sources(self) -> tuple[str, ...] | None:
        """Accounts or organizations in the conditions; None if there are none."""
        return self.values.get(_ORGANIZATION_KEY, self.values.get(_ACCOUNT_KEY))

    def regions_of(self, source: str) -> frozenset[str]:
        """Return the Regions from which a source may deliver by this statement, ``*`` for all."""
        if _ARN_KEY not in self.values:
            return frozenset({ALL_REGIONS})
        account = source if is_account_id(source) else "*"
        return frozenset(self._regions.get(account, set()) | self._regions.get("*", set()))

    def prefixes_of(self, source: str) -> tuple[tuple[str, ObjectPrefix | None], ...]:
        """Return the values of ``Resource`` for a source: its objects, or all values of an ACL check."""
        if not self.is_write:
            return self.prefixes
        return tuple(self._prefixes.get(source, []) + self._prefixes.get("*", []))

    @cached_property
    def _regions(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for item in filter(None, map(_SOURCE_ARN.fullmatch, self.values.get(_ARN_KEY, ()))):
            found.setdefault(item.group(2), set()).add(_region_of(item))
        return found

    @cached_property
    def _prefixes(self) -> dict[str, list[tuple[str, ObjectPrefix | None]]]:
        found: dict[str, list[tuple[str, ObjectPrefix | None]]] = {}
        for raw, prefix in self.prefixes:
            if raw != self.bucket_or_key:
                found.setdefault(prefix.account if prefix else "*", []).append((raw, prefix))
        return found


def literal_texts(value: Any) -> tuple[str, ...] | None:
    """Return the values of an element, None if one is not a text or has a policy variable."""
    values = as_list(value)
    return tuple(values) if all(isinstance(item, str) and "${" not in item for item in values) else None


def parse_object_prefix(bucket: Destination, resource: str) -> ObjectPrefix | None:
    """Return the objects of log delivery that a value of ``Resource`` names; None for any other value."""
    start = f"{bucket.bucket_arn}/"
    if not resource.startswith(start):
        return None
    path = resource[len(start) :]
    all_accounts = _ALL_OBJECTS.fullmatch(path)
    if all_accounts:
        return ObjectPrefix("*", all_accounts.group("folder") or "", frozenset(LAYOUTS))
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
    """Return whether a statement is an Allow for the delivery service and no other principal."""
    principal = statement.get("Principal")
    return (
        statement.get("Effect") == "Allow"
        and _ELEMENTS.issuperset(statement)
        and isinstance(principal, Mapping)
        and set(principal) == {"Service"}
        and all(service == DELIVERY_SERVICE for service in as_list(principal["Service"]) or [None])
    )


def _condition_values(operator: str, key: str, value: Any) -> tuple[str, ...] | None:
    """Return the values of a condition key, None if removing one might not remove a grant."""
    texts = literal_texts(value)
    if texts is None or operator not in _LISTING[key]:
        return None
    if key in (_ACCOUNT_KEY, _ORGANIZATION_KEY) and any(map(has_wildcard, texts)):
        # A pattern names no single source that could be removed.
        return None
    return None if key == _ARN_KEY and not all(map(_SOURCE_ARN.fullmatch, texts)) else texts


def delivery_conditions(statement: Statement) -> tuple[dict[str, tuple[str, ...]], dict[str, str], bool] | None:
    """Return values and operators by key, and whether all keys are known; None if removing values is not safe."""
    condition = statement.get("Condition", {})
    if not isinstance(condition, Mapping) or not all(isinstance(block, Mapping) for block in condition.values()):
        return None
    given = [(operator, key.lower(), value) for operator, block in condition.items() for key, value in block.items()]
    own = [item for item in given if item[1] in _LISTING]
    found = {key: _condition_values(operator, key, value) for operator, key, value in own}
    values = {key: texts for key, texts in found.items() if texts is not None}
    if len(values) < len(own) or {_ACCOUNT_KEY, _ORGANIZATION_KEY} <= values.keys():
        return None
    return values, {key: operator for operator, key, _value in own}, len(own) == len(given)


def parse_delivery(bucket: Destination, statement: Statement) -> DeliveryStatement | None:
    """Return a statement that is for log delivery alone, of this collection or third-party; None for any other."""
    if not is_delivery(statement):
        return None
    actions = literal_texts(statement.get("Action", []))
    resources = literal_texts(statement.get("Resource", []))
    lowered = {action.lower() for action in actions or ()}
    if not lowered or not resources or not lowered <= _WRITE_ACTIONS | _CHECK_ACTIONS:
        return None
    conditions = delivery_conditions(statement)
    if conditions is None:
        return None
    values, operators, known = conditions
    is_write = bool(lowered & _WRITE_ACTIONS)
    is_plain = known and lowered == ({WRITE_ACTION.lower()} if is_write else {CHECK_ACTION.lower()})
    prefixes = tuple((raw, parse_object_prefix(bucket, raw)) for raw in resources)
    return DeliveryStatement(is_write, bucket.bucket_arn, prefixes, values, operators, is_plain)


def _acl_of(delivery: DeliveryStatement) -> str | None:
    """Return the ACL condition of a statement, None if this collection would not write it."""
    if not delivery.is_write:
        return "" if _ACL_KEY not in delivery.values else None
    if _ACL_KEY not in delivery.values:
        return ACL_NONE
    if delivery.values[_ACL_KEY] != (OWNER_HAS_CONTROL,):
        return None
    return {"StringEquals": ACL_EQUALS, "StringEqualsIfExists": ACL_IF_EXISTS}.get(delivery.operators[_ACL_KEY])


def _sources_of(delivery: DeliveryStatement) -> str | None:
    keys = {key for key in delivery.values if key != _ACL_KEY}
    if not keys:
        return FROM_ANYONE
    return {
        frozenset({_ACCOUNT_KEY, _ARN_KEY}): FROM_ACCOUNTS,
        frozenset({_ORGANIZATION_KEY, _ARN_KEY}): FROM_ORGANIZATION,
    }.get(frozenset(keys))


def known_conditions(delivery: DeliveryStatement) -> GrantConditions | None:
    """Return the conditions of a statement, None if this collection would not write them."""
    acl, sources = _acl_of(delivery), _sources_of(delivery)
    usual = {_ACCOUNT_KEY: ("StringEquals",), _ORGANIZATION_KEY: ("StringEquals",), _ARN_KEY: ("ArnLike", "ArnEquals")}
    if acl is None or sources is None or not delivery.is_plain:
        return None
    if any(operator not in usual.get(key, (operator,)) for key, operator in delivery.operators.items()):
        return None
    if not all(map(_OUR_ARN.fullmatch, delivery.values.get(_ARN_KEY, ()))):
        return None
    return GrantConditions(acl, sources)


def _grants_of_writes(delivery: DeliveryStatement, conditions: GrantConditions) -> frozenset[Grant] | None:
    if any(prefix is None or not prefix.exact for _raw, prefix in delivery.prefixes):
        return None
    if conditions.sources == FROM_ORGANIZATION:
        # The resources do not show to which of several organizations they belong.
        if len(delivery.sources or ()) != 1 or any(
            prefix and prefix.account != "*" for _raw, prefix in delivery.prefixes
        ):
            return None
    elif any(prefix and prefix.account == "*" for _raw, prefix in delivery.prefixes):
        return None
    sources = delivery.sources or tuple(sorted({prefix.account for _raw, prefix in delivery.prefixes if prefix}))
    return frozenset(
        Grant(source, region, prefix.folder, layout)
        for source in sources
        for _raw, prefix in delivery.prefixes_of(source)
        if prefix
        for layout in prefix.layouts
        for region in delivery.regions_of(source)
    )


def _grants_of_check(delivery: DeliveryStatement, conditions: GrantConditions) -> frozenset[Grant] | None:
    if [raw for raw, _prefix in delivery.prefixes] != [delivery.bucket_or_key]:
        return None
    if conditions.sources == FROM_ANYONE:
        return frozenset({Grant("*", ALL_REGIONS)})
    return frozenset(
        Grant(source, region) for source in delivery.sources or () for region in delivery.regions_of(source)
    )


def _is_whole(delivery: DeliveryStatement, conditions: GrantConditions, grants: frozenset[Grant]) -> bool:
    """Return whether the grants cover the whole statement: each account has its folders and ARNs, and vice versa."""
    if conditions.sources == FROM_ANYONE:
        return bool(grants)
    sources = {grant.source for grant in grants}
    named = [_SOURCE_ARN.fullmatch(value) for value in delivery.values[_ARN_KEY]]
    accounts = {item.group(2) if item else "?" for item in named}
    resources = {prefix.account for _raw, prefix in delivery.prefixes if prefix} - {"*"}
    return sources == set(delivery.sources or ()) and accounts - {"*"} <= sources and resources <= sources


def own_grants(bucket: Destination, statement: Statement) -> Group | None:
    """Return the grants of a statement that this collection could have written; None for any other.

    An own statement has an own Sid, the delivery service as its only principal, a single action, and only conditions
    and resources that :func:`render_statement` writes, in any order.
    """
    delivery = parse_delivery(bucket, statement) if has_own_sid(statement) else None
    return exact_grants(delivery) if delivery else None


def exact_grants(delivery: DeliveryStatement) -> Group | None:
    """Return the grants of a statement, None if this collection would not write it this way."""
    conditions = known_conditions(delivery)
    if conditions is None:
        return None
    grants = _grants_of_writes(delivery, conditions) if delivery.is_write else _grants_of_check(delivery, conditions)
    return (conditions, grants) if grants is not None and _is_whole(delivery, conditions, grants) else None


def split_layouts(bucket: Destination, statement: Statement, is_split: Callable[[ObjectPrefix], bool]) -> Statement:
    """Return a statement with one resource per layout instead of one for both.

    :param is_split: returns whether to split a resource of a single account.
    """
    resources: list[str] = []
    for raw in as_list(statement["Resource"]):
        prefix = parse_object_prefix(bucket, raw)
        if prefix and len(prefix.layouts) > 1 and prefix.account != "*" and is_split(prefix):
            resources += [write_resource(bucket, prefix.account, prefix.folder, layout) for layout in LAYOUTS]
        else:
            resources.append(raw)
    return {**statement, "Resource": scalar(resources)} if resources != as_list(statement["Resource"]) else statement


# --- cutting ---------------------------------------------------------------------------------------------------------

#: Takes a source, a prefix (None for the bucket itself) and the Regions of the source; returns the Regions that stay.
Keep = Callable[[str, Optional[ObjectPrefix], frozenset[str]], frozenset[str]]


def remaining_regions(regions: frozenset[str], removed: frozenset[str]) -> frozenset[str]:
    """Return Regions without the removed ones; ``*`` removes all."""
    return frozenset() if ALL_REGIONS in removed else regions.difference(removed)


def _all_sources(delivery: DeliveryStatement) -> tuple[str, ...]:
    if delivery.sources is not None:
        return delivery.sources
    named = [_SOURCE_ARN.fullmatch(value) for value in delivery.values.get(_ARN_KEY, ())]
    accounts = {item.group(2) for item in named if item} - {"*"}
    if not accounts and not delivery.is_write:
        return ("*",)
    return tuple(sorted(accounts or {prefix.account for _raw, prefix in delivery.prefixes if prefix} - {"*"}))


#: Regions to which a part is narrowed (none: it keeps its Regions), and its resources that several sources share.
_PartKey = tuple[frozenset[str], frozenset[str]]
#: Source -> its values of ``Resource``.
_Part = dict[str, set[str]]


def _kept_resources(delivery: DeliveryStatement, source: str, keep: Keep) -> dict[frozenset[str], set[str]]:
    """Return the resources that a source keeps: Regions to which they are narrowed (none: all stay) -> resources."""
    before = delivery.regions_of(source) or frozenset({ALL_REGIONS})
    left: dict[frozenset[str], set[str]] = {}
    for raw, prefix in delivery.prefixes_of(source):
        # A resource that is not of log delivery stays: the options cannot name it.
        after = before if delivery.is_write and prefix is None else keep(source, prefix, before)
        if after:
            left.setdefault(frozenset() if after == before else after, set()).add(raw)
    return left


def _kept_parts(delivery: DeliveryStatement, keep: Keep) -> dict[_PartKey, _Part]:
    """Return the remaining grants in parts of one statement each."""
    shared = {raw for raw, prefix in delivery.prefixes if prefix is None or prefix.account == "*"}
    parts: dict[_PartKey, _Part] = {}
    for source in _all_sources(delivery):
        for regions, raws in _kept_resources(delivery, source, keep).items():
            parts.setdefault((regions, frozenset(raws & shared)), {})[source] = raws
    return parts


def _filtered(value: Any, keep: Callable[[str], bool]) -> Any:
    return scalar([item for item in as_list(value) if keep(item)] or as_list(value))


def _narrow(delivery: DeliveryStatement, statement: Statement, part: _Part, regions: frozenset[str]) -> Statement:
    """Return the statement for these sources, resources and, if there are any, Regions only."""
    raws = set().union({delivery.bucket_or_key}, *part.values())

    def keep_arn(value: str) -> bool:
        found = _SOURCE_ARN.fullmatch(value)
        return found is not None and found.group(2) in ("*", *part) and (not regions or _region_of(found) in regions)

    keeps: dict[str, Callable[[str], bool]] = {_ARN_KEY: keep_arn}
    for key in (_ACCOUNT_KEY, _ORGANIZATION_KEY):
        if delivery.sources is not None and delivery.values.get(key) == delivery.sources:
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


def _is_untouched(delivery: DeliveryStatement, parts: Mapping[_PartKey, _Part]) -> bool:
    if any(regions for regions, _shared in parts):
        return False
    kept = {source: raws for part in parts.values() for source, raws in part.items()}
    before = {source: {raw for raw, _prefix in delivery.prefixes_of(source)} for source in _all_sources(delivery)}
    return kept == {source: raws for source, raws in before.items() if raws}


def cut_statement(delivery: DeliveryStatement, statement: Statement, keep: Keep) -> list[Statement]:
    """Return the remaining parts of a statement, with the same Sid: itself if nothing is removed, or ``[]``.

    :param keep: returns a subset of the Regions that it takes.
    """
    parts = _kept_parts(delivery, keep)
    if _is_untouched(delivery, parts):
        return [statement]
    ordered = sorted(parts.items(), key=lambda item: (sorted(item[0][0]), sorted(item[0][1])))
    return [_narrow(delivery, statement, part, regions) for (regions, _shared), part in ordered]
