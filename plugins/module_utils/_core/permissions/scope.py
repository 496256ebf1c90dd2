# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where permissions are to hold: partition, accounts, regions and ARNs at hand. PRIVATE to this collection.

Source of the ARNs: Service Authorization Reference (Amazon EC2, Amazon S3, AWS KMS, AWS IAM).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from re import Pattern
from typing import Any, Callable, Union

from ..errors import InputError
from ..flow_log.resource_types import RESOURCE_TYPES
from ..identifiers import IAM_ARN, KMS_ARN, PARTITION, parse_account_id, parse_region, partition_of_region
from . import catalog as table
from .catalog import Condition

#: One text, or several.
Texts = Union[str, Sequence[str]]

ANY = "*"
_FLOW_LOG = "vpc-flow-log"
#: Service Authorization Reference, CreateFlowLogs: the resource part of a target's ARN. Cloud WAN's is not published.
_TARGET_RESOURCES: Mapping[str, str] = {
    "VPC": "vpc",
    "Subnet": "subnet",
    "NetworkInterface": "network-interface",
    "RegionalNatGateway": "natgateway",
    "TransitGateway": "transit-gateway",
    "TransitGatewayAttachment": "transit-gateway-attachment",
}
_PARTITION = re.compile(PARTITION)
# A name may not stand for several by a wildcard, which would not be the least policy.
_BUCKET = re.compile(rf"arn:(?P<partition>{PARTITION}):s3:::[A-Za-z0-9._-]+")
_KEY = re.compile(rf"(?!.*:alias/){KMS_ARN}")
_PRINCIPAL = re.compile(rf"{IAM_ARN}:(user|group|role)/[\w+=,.@/-]+", re.ASCII)
_PRINCIPAL_KINDS = {"user": table.USERS, "group": table.GROUPS, "role": table.ROLES}

#: The option that names the resources of a kind; kinds that are not here follow from accounts and regions.
OPTIONS: Mapping[str, str] = {
    table.BUCKETS: "buckets",
    table.KEYS: "keys",
    table.USERS: "principals",
    table.GROUPS: "principals",
    table.ROLES: "principals",
}


@dataclass(frozen=True)
class Scope:
    """Where permissions are to hold.

    :param partition: of all ARNs.
    :param arns: ARNs by kind of resource; none for a kind of which nothing is at hand.
    :param flow_log_conditions: which flow logs that exist are meant.
    :param given: ARNs by the option that named them; only options that name some.
    """

    partition: str
    arns: Mapping[str, tuple[str, ...]]
    flow_log_conditions: tuple[Condition, ...] = ()
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _listed(option: str, value: Any, parse: Callable[[str, Any, str], str], allowed: str) -> tuple[str, ...]:
    """Return texts in alphabetical order; any and others together are any."""
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    texts = [ANY if item == ANY else parse(option, item, allowed) for item in items or [None]]
    return (ANY,) if ANY in texts else tuple(sorted(set(texts)))


def _arns_of(option: str, value: Sequence[str], pattern: Pattern[str], allowed: str, partition: str) -> list[str]:
    for item in value:
        matched = pattern.fullmatch(item)
        if not matched:
            raise InputError(option, item, allowed)
        if matched.group("partition") != partition:
            raise InputError(option, item, f"ARNs of the partition given, {partition}")
    return sorted(set(value))


def parse_bucket_arns(option: str, value: Sequence[str], partition: str) -> list[str]:
    """Return ARNs of whole buckets, each once, in alphabetical order."""
    return _arns_of(option, value, _BUCKET, "ARNs of buckets without a folder, arn:aws:s3:::bucket", partition)


def scope_from_options(
    partition: str | None = None,
    account_id: Texts = ANY,
    region: Texts = ANY,
    resource_types: Sequence[str] | None = None,
    buckets: Sequence[str] = (),
    keys: Sequence[str] = (),
    principals: Sequence[str] = (),
    flow_log_tags: Mapping[str, str] | None = None,
) -> Scope:
    """Read where permissions are to hold.

    :param partition: of all ARNs; that of the regions without it.
    :param account_id: one or several accounts of the flow logs; ``*`` for any.
    :param region: one or several regions of the flow logs; ``*`` for any.
    :param resource_types: API types of the targets; ``None`` for all whose ARN AWS publishes. Cloud WAN types, whose
        ARN it does not publish, widen the resource of ec2:CreateFlowLogs to ``*``.
    :param buckets: ARNs of whole buckets.
    :param keys: ARNs of KMS keys; an alias is none, as KMS does not take it for one in policies.
    :param principals: ARNs of users, groups and roles.
    :param flow_log_tags: flow logs that exist are to be changed and deleted only if they carry these tags.
    :raises InputError: for what is none of these.
    """
    accounts = _listed(
        "account_id", account_id, parse_account_id, "an account id of 12 digits, or *, or a list of them"
    )
    regions = _listed("region", region, parse_region, "the name of a region, or *, or a list of them")
    partition = _partition(partition, regions)
    bases = [f"arn:{partition}:ec2:{name}:{account}" for account, name in product(accounts, regions)]
    flow_logs = tuple(f"{base}:{_FLOW_LOG}/*" for base in bases)
    linked = "role/aws-service-role/vpc-flow-logs.amazonaws.com/*"
    arns: dict[str, tuple[str, ...]] = {
        table.EVERYTHING: (ANY,),
        table.NEW_FLOW_LOGS: flow_logs,
        table.FLOW_LOGS: flow_logs,
        table.TARGETS: _target_arns(bases, resource_types),
        table.LINKED_ROLE: tuple(f"arn:{partition}:iam::{account}:{linked}" for account in accounts),
        table.BUCKETS: tuple(parse_bucket_arns("buckets", buckets, partition)),
        table.KEYS: tuple(
            _arns_of("keys", keys, _KEY, "ARNs of keys, arn:aws:kms:REGION:ACCOUNT:key/ID, no aliases", partition)
        ),
        **_principal_arns(principals, partition),
    }
    named = {"buckets": buckets, "keys": keys, "principals": principals}
    given = {option: tuple(value) for option, value in named.items() if value}
    return Scope(partition, arns, _tag_conditions(flow_log_tags), given)


def _partition(given: str | None, regions: Sequence[str]) -> str:
    if given and not _PARTITION.fullmatch(given):
        raise InputError("partition", given, "aws, aws-cn, aws-us-gov or another partition of AWS")
    found = {given} if given else {partition_of_region(region) for region in regions}
    if len(found) > 1:
        raise InputError("region", list(regions), "regions of one partition; make a policy for each partition")
    return found.pop()


def _principal_arns(principals: Sequence[str], partition: str) -> dict[str, tuple[str, ...]]:
    allowed = "ARNs of users, groups and roles, arn:aws:iam::ACCOUNT:role/NAME"
    found: dict[str, tuple[str, ...]] = {kind: () for kind in _PRINCIPAL_KINDS.values()}
    for arn in _arns_of("principals", principals, _PRINCIPAL, allowed, partition):
        kind = _PRINCIPAL_KINDS[arn.split(":", 5)[5].split("/")[0]]
        found[kind] += (arn,)
    return found


def _target_arns(bases: Iterable[str], resource_types: Sequence[str] | None) -> tuple[str, ...]:
    names = list(_TARGET_RESOURCES) if resource_types is None else list(resource_types)
    for name in names:
        if name not in RESOURCE_TYPES:
            raise InputError("resource_types", name, ", ".join(RESOURCE_TYPES))
    if not set(names) <= set(_TARGET_RESOURCES):
        return (ANY,)
    return tuple(f"{base}:{_TARGET_RESOURCES[name]}/*" for base in bases for name in _TARGET_RESOURCES if name in names)


def may_concern(resource: str, resource_type: str) -> bool:
    """Whether a resource that was asked about can be one of a type: all but the targets of other types.

    :param resource: ARN, a pattern or ``*``.
    :param resource_type: API name of the type of the targets.
    """
    kind = resource.split(":", 5)[-1].split("/")[0]
    return kind not in _TARGET_RESOURCES.values() or kind == _TARGET_RESOURCES.get(resource_type)


def _tag_conditions(tags: Mapping[str, str] | None) -> tuple[Condition, ...]:
    """Service Authorization Reference, Amazon EC2: vpc-flow-log knows the condition key aws:ResourceTag/KEY."""
    for key, value in (tags or {}).items():
        # A policy variable in it would mean something else than the text (IAM User Guide, "Variables and tags").
        if not key or "${" in f"{key}{value}":
            raise InputError("flow_log_tags", {key: value}, "tags with a key, and without '${'")
    return tuple(sorted(("StringEquals", f"aws:ResourceTag/{key}", str(value)) for key, value in (tags or {}).items()))
