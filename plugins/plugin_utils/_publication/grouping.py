# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups targets into batches, buckets and permissions. PRIVATE to this collection.

Only the order of the hosts in the inventory decides the order and the names of the work units.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Callable, TypeVar

from ansible_collections.flowlogs.aws.plugins.module_utils._core.canonical import canonical
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import (
    without_duplicates,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import ALL_REGIONS, Grant
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import Destination
from .connection_names import names_in
from .host_variables import ACL_CONDITIONS, PRINCIPAL_TYPES, SSE_S3, Target
from .types import PrincipalDict
from .work_units import Batch, BucketWork, PermissionWork

#: Account, type and name.
_PrincipalKey = tuple[str, str, str]
_T = TypeVar("_T")


def _grouped(items: Iterable[_T], key: Callable[[_T], Hashable]) -> list[list[_T]]:
    groups: dict[Hashable, list[_T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


# -- batches ------------------------------------------------------------------------------------------------------


def group_batches(targets: Iterable[Target], buckets: Iterable[BucketWork]) -> list[Batch]:
    """Return the batches: targets that share account, Region, resource type, destination, settings and connection."""
    names_by_arn = {work.arn: work.name for work in buckets}
    batches: list[Batch] = []
    for members in _grouped(targets, lambda target: (target.account_id, target.region, target.resource_type)):
        groups = _grouped(
            members, lambda target: canonical([target.destination_arn, target.options, target.connection])
        )
        for number, group in enumerate(groups, start=1):
            first = group[0]
            batches.append(
                Batch(
                    name=f"{first.account_id}/{first.region}/{first.resource_type.lower()}/{number}-{len(groups)}",
                    targets=tuple(group),
                    credentials_of=first.host,
                    bucket_name=(
                        names_by_arn[first.destination.bucket_arn] if first.destination and first.present else None
                    ),
                )
            )
    return batches


# -- buckets ------------------------------------------------------------------------------------------------------


def group_buckets(targets: Iterable[Target], left_out: Container[str], unmanaged: Container[str]) -> list[BucketWork]:
    """Return the work for the buckets, each once for all targets that deliver to it.

    :param left_out: hosts that the run leaves out. Their variables for a bucket apply all the same: one of them may set
        ``flow_log_bucket_policy: false``.
    :param unmanaged: ARNs of the buckets for which any host of the inventory sets ``flow_log_bucket_policy: false``.
    """
    delivering = [(target.destination, target) for target in targets if target.present and target.destination]
    works: list[BucketWork] = []
    for group in _grouped(delivering, lambda pair: pair[0].bucket_arn):
        everyone = [target for _destination, target in group]
        members = [target for target in everyone if target.host not in left_out]
        if members:
            destination = group[0][0]
            name = _bucket_name(destination, [work.name for work in works])
            works.append(_bucket(name, destination, members, everyone))
    return [replace(work, managed=work.managed and work.arn not in unmanaged) for work in works]


def _bucket_name(destination: Destination, taken: Container[str]) -> str:
    """Bucket names are unique in a partition only."""
    name = f"s3/{destination.bucket}"
    return f"{name}/{destination.partition}" if name in taken else name


def _bucket(name: str, destination: Destination, members: Sequence[Target], everyone: Sequence[Target]) -> BucketWork:
    """Return the work for a bucket.

    :param members: the targets that the run works on.
    :param everyone: all targets of the bucket. No two of them set a variable to different values; see :mod:`conflicts`.
    """
    first = members[0]
    connected = next((item for item in everyone if item.bucket_connection is not None), first)
    key_connected = next((item.host for item in everyone if item.key_connection is not None), None)

    def value(attribute: str) -> Any:
        return next((found for found in (getattr(item, attribute) for item in everyone) if found is not None), None)

    return BucketWork(
        name=name,
        bucket=destination.bucket,
        partition=destination.partition,
        credentials_of=connected.host,
        managed=value("bucket_policy") is not False,
        grants=without_duplicates(grant for item in members for grant in _grants(item)),
        organization_id=value("organization_id"),
        acl_condition=value("acl_condition") or ACL_CONDITIONS[0],
        source_conditions=value("source_conditions") is not False,
        # Without a Region an S3 client asks the partition aws.
        region=value("bucket_region") or (None if destination.partition == "aws" else first.region),
        expected_bucket_owner=value("expected_bucket_owner"),
        create=value("create_bucket") is True,
        encryption=value("bucket_encryption") or SSE_S3,
        tags=value("bucket_tags") or {},
        manage_key=value("key_policy") is True,
        key_credentials_of=key_connected,
        check=value("check_destination") is not False,
        required=value("require_deliverable") is not False,
        access=names_in(connected.bucket_connection),
    )


def _grants(target: Target) -> list[Grant]:
    """Return what the bucket policy must grant for the flow log of one target."""
    regions = (target.region,) if target.policy_regions is None else target.policy_regions or (ALL_REGIONS,)
    folder = target.destination.folder if target.destination else ""
    return [Grant(target.account_id, region, folder, layout) for region in regions for layout in target.layouts]


# -- permissions --------------------------------------------------------------------------------------------------


def group_permissions(targets: Iterable[Target]) -> list[PermissionWork]:
    """Return the work for principals. Each principal is in the first work unit that names it, so it has one writer."""
    naming = [target for target in targets if target.principals]
    waiting = _buckets_of_principals(naming)
    numbers: dict[str, int] = {}
    works: list[PermissionWork] = []
    for members in _grouped(naming, lambda target: canonical([target.account_id, target.connection])):
        first = members[0]
        principals = _take_principals(members, waiting)
        if not principals:
            continue
        number = numbers[first.account_id] = numbers.get(first.account_id, 0) + 1
        works.append(
            PermissionWork(
                name=f"{first.account_id}/iam" if number == 1 else f"{first.account_id}/iam/{number}",
                account_id=first.account_id,
                partition=first.partition,
                region=first.region,
                principals=principals,
                credentials_of=first.host,
            )
        )
    return works


def _principal_key(target: Target, principal: PrincipalDict) -> _PrincipalKey:
    return target.account_id, principal["type"], principal["name"]


def _buckets_of_principals(targets: Iterable[Target]) -> dict[_PrincipalKey, set[str]]:
    """Return the buckets that any host names for each principal."""
    buckets: dict[_PrincipalKey, set[str]] = {}
    for target in targets:
        for principal in target.principals:
            buckets.setdefault(_principal_key(target, principal), set()).update(principal["buckets"])
    return buckets


def _take_principals(members: Iterable[Target], waiting: dict[_PrincipalKey, set[str]]) -> tuple[PrincipalDict, ...]:
    """Remove the principals of these hosts from those without a work unit, and return them."""
    named = {_principal_key(member, principal) for member in members for principal in member.principals}
    found = sorted(named.intersection(waiting), key=lambda key: (PRINCIPAL_TYPES.index(key[1]), key[2]))
    return tuple({"type": key[1], "name": key[2], "buckets": sorted(waiting.pop(key))} for key in found)
