# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads where permissions must hold: partition, accounts, Regions and ARNs. PRIVATE to this collection.

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
#: The resource part of a target's ARN (Service Authorization Reference, CreateFlowLogs), which Cloud WAN types do not have.
_TARGET_RESOURCES: Mapping[str, str] = {
    "VPC": "vpc",
    "Subnet": "subnet",
    "NetworkInterface": "network-interface",
    "RegionalNatGateway": "natgateway",
    "TransitGateway": "transit-gateway",
    "TransitGatewayAttachment": "transit-gateway-attachment",
}
_PARTITION = re.compile(PARTITION)
# Without wildcards: with one, the policy would allow more than necessary.
_BUCKET = re.compile(rf"arn:(?P<partition>{PARTITION}):s3:::[A-Za-z0-9._-]+")
_KEY = re.compile(rf"(?!.*:alias/){KMS_ARN}")
_PRINCIPAL = re.compile(rf"{IAM_ARN}:(user|group|role)/[\w+=,.@/-]+", re.ASCII)
_PRINCIPAL_KINDS = {"user": table.USERS, "group": table.GROUPS, "role": table.ROLES}

#: The option for the ARNs of a kind of resource; ARNs of other kinds follow from accounts and Regions.
OPTIONS: Mapping[str, str] = {
    table.BUCKETS: "buckets",
    table.KEYS: "keys",
    table.USERS: "principals",
    table.GROUPS: "principals",
    table.ROLES: "principals",
}


@dataclass(frozen=True)
class Scope:
    """Where permissions must hold.

    :param partition: partition of all ARNs.
    :param arns: ARNs by kind of resource.
    :param flow_log_conditions: conditions that limit permissions to some of the existing flow logs.
    :param given: ARNs by option; only options with ARNs.
    """

    partition: str
    arns: Mapping[str, tuple[str, ...]]
    flow_log_conditions: tuple[Condition, ...] = ()
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _listed(option: str, value: Any, parse: Callable[[str, Any, str], str], allowed: str) -> tuple[str, ...]:
    """Return the values in alphabetical order; ``*`` includes all others."""
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
    """Return ARNs of buckets without a folder, each once, in alphabetical order."""
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
    """Read where permissions must hold.

    :param partition: partition of all ARNs; by default that of the Regions.
    :param account_id: account or accounts of the flow logs; ``*`` for any.
    :param region: Region or Regions of the flow logs; ``*`` for any.
    :param resource_types: API types of the targets; ``None`` for all whose ARN AWS publishes. For a Cloud WAN type, whose
        ARN AWS does not publish, the resource of ec2:CreateFlowLogs is ``*``.
    :param buckets: ARNs of buckets without a folder.
    :param keys: ARNs of KMS keys; not of aliases, which KMS does not accept in policies.
    :param principals: ARNs of users, groups and roles.
    :param flow_log_tags: tags that a flow log must have to be changed or deleted.
    :raises InputError: for other values.
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
    """Whether a permission on a resource matters for targets of a type: it does unless it is a target of another type.

    :param resource: ARN, pattern or ``*``.
    :param resource_type: API name of the targets' type.
    """
    kind = resource.split(":", 5)[-1].split("/")[0]
    return kind not in _TARGET_RESOURCES.values() or kind == _TARGET_RESOURCES.get(resource_type)


def _tag_conditions(tags: Mapping[str, str] | None) -> tuple[Condition, ...]:
    """Return conditions on tags (Service Authorization Reference, Amazon EC2: vpc-flow-log has aws:ResourceTag/KEY)."""
    for key, value in (tags or {}).items():
        # IAM would replace a policy variable in it (IAM User Guide, "Variables and tags").
        if not key or "${" in f"{key}{value}":
            raise InputError("flow_log_tags", {key: value}, "tags with a key, and without '${'")
    return tuple(sorted(("StringEquals", f"aws:ResourceTag/{key}", str(value)) for key, value in (tags or {}).items()))
