# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks permissions before a run changes anything. PRIVATE to this collection.

A run calls ``flow_log_permissions_info`` once for the flow logs of an account and once for the buckets of an owner.
Only a permission that is certainly missing stops work, and only the batches that need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from ansible_collections.flowlogs.aws.plugins.module_utils._core.canonical import canonical
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import field_names
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import region_of_key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import (
    OPERATIONS,
    operations_for_fields,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import PermissionDict
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import may_concern
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.simulation import ALLOWED, UNKNOWN
from .host_variables import Target
from .types import (
    BatchOperations,
    DestinationOperations,
    FlowLogOptions,
    PreflightDict,
    PreflightResult,
    PublicationDict,
    RunResults,
)
from .work_units import Batch, BucketWork, Publication

#: A bucket policy is deleted only if no statement is left. That never happens while one is added.
_NEVER_CALLED = ("s3:DeleteBucketPolicy",)
#: Without these operations the result of the destination check is unknown, which stops nothing.
_OPTIONAL = ("check_destination", "check_destination_key")


class StoppedWork(TypedDict):
    """Names of work units that must not run, each with the reason."""

    batches: dict[str, str]
    destinations: dict[str, str]


def operations_for_flow_logs(options: FlowLogOptions) -> tuple[str, ...]:
    """Return the operations that ``s3_flow_log`` may need for these options.

    A replacement marks the old flow log with a tag, then deletes it.
    """
    if options["state"] == "absent":
        return ("read", "delete")
    replaces = options["replace"] != "never"
    needed = {
        "tag_at_create": bool(options["tags"] or options["name"]),
        "tag": replaces or options["tags"] is not None,
        "delete": replaces or options["purge"] != "none",
        "tag_fields": bool(options["tag_field_specifications"]),
    }
    fields = operations_for_fields(field_names(options["log_format"] or ""))
    return ("read", "create") + tuple(name for name, is_needed in needed.items() if is_needed) + fields


def operations_for_bucket(manage_policy: bool, check: bool, manage_key: bool = False) -> tuple[str, ...]:
    """Return the operations for a bucket and, if its key is known, for the key.

    :param manage_key: whether the run manages the policy of a known key.
    """
    needed = {
        "bucket_policy": manage_policy,
        "check_destination": check,
        "key_policy": manage_key,
        "check_destination_key": manage_key and check,
    }
    return tuple(name for name, is_needed in needed.items() if is_needed)


#: The operations that a report needs instead of those that change something.
_READING = {"bucket_policy": "read_bucket_policy", "key_policy": "read_key_policy"}


def _only_reading(operations: Iterable[str]) -> tuple[str, ...]:
    kept = ("read",) + _OPTIONAL
    return tuple(_READING.get(name, name) for name in operations if name in kept or name in _READING)


# -- work units ---------------------------------------------------------------------------------------------------


def plan_preflights(publication: Publication, only_reads: bool = False) -> list[PreflightDict]:
    """Return the permission checks: one for the flow logs of an account, one for the buckets of an owner.

    Only hosts with ``flow_log_preflight: true`` are checked.

    :param only_reads: whether the run only reports. Then it needs only permissions to read, and nothing is stopped.
    """
    targets = {target.host: target for batch in publication.batches for target in batch.targets}
    works: list[PreflightDict] = []
    for batches in _by_account(publication.batches):
        works.append(_for_flow_logs(batches, works, only_reads))
    for buckets in _by_owner(publication.buckets, targets):
        needing = [bucket for bucket in buckets if _bucket_operations(bucket, only_reads)]
        if needing:
            works.append(_for_buckets(needing, targets, only_reads))
    return works


def _by_account(batches: Iterable[Batch]) -> list[list[Batch]]:
    groups: dict[str, list[Batch]] = {}
    for batch in batches:
        if any(target.preflight for target in batch.targets):
            first = batch.targets[0]
            groups.setdefault(canonical([first.account_id, first.connection]), []).append(batch)
    return list(groups.values())


def _by_owner(buckets: Iterable[BucketWork], targets: Mapping[str, Target]) -> list[list[BucketWork]]:
    arns = {
        target.destination.bucket_arn
        for target in targets.values()
        if target.preflight and target.present and target.destination
    }
    groups: dict[str, list[BucketWork]] = {}
    for bucket in buckets:
        if bucket.arn in arns:
            connection = targets[bucket.credentials_of].bucket_connection or {}
            groups.setdefault(canonical([bucket.partition, connection]), []).append(bucket)
    return list(groups.values())


def _for_flow_logs(batches: Sequence[Batch], earlier: Sequence[PreflightDict], only_reads: bool) -> PreflightDict:
    first = batches[0].targets[0]
    number = 1 + sum(work["account_id"] == first.account_id for work in earlier)
    name = f"{first.account_id}/preflight" + (f"/{number}" if number > 1 else "")
    needs: list[BatchOperations] = []
    for batch in batches:
        target = batch.targets[0]
        operations = operations_for_flow_logs(target.options)
        needs.append(
            {
                "name": batch.name,
                "region": target.region,
                "resource_type": target.resource_type,
                "operations": list(_only_reading(operations) if only_reads else operations),
            }
        )
    return {
        "name": name,
        "account_id": first.account_id,
        "region": first.region,
        "regions": sorted({one["region"] for one in needs}),
        "operations": _union(one["operations"] for one in needs),
        "resource_types": sorted({one["resource_type"] for one in needs}),
        "buckets": [],
        "keys": [],
        "credentials_of": first.host,
        "credentials": "flow_log_aws",
        "only_reads": only_reads,
        "batches": needs,
        "destinations": [],
    }


def _union(operations: Iterable[Sequence[str]]) -> list[str]:
    names = {name for one in operations for name in one}
    return [name for name in OPERATIONS if name in names]


def _bucket_operations(bucket: BucketWork, only_reads: bool) -> tuple[str, ...]:
    operations = operations_for_bucket(bucket.managed, bucket.check, bool(_keys(bucket)))
    return _only_reading(operations) if only_reads else operations


def _keys(bucket: BucketWork) -> list[str]:
    """Return the key whose policy the run manages, if a variable names it and the bucket's connection is for it too."""
    known = bucket.manage_key and bucket.key_credentials_of is None and region_of_key(bucket.encryption)
    return [bucket.encryption] if known else []


def _for_buckets(buckets: Sequence[BucketWork], targets: Mapping[str, Target], only_reads: bool) -> PreflightDict:
    first = buckets[0]
    name = f"{first.name}/preflight"
    region = next((bucket.region for bucket in buckets if bucket.region), targets[first.credentials_of].region)
    needs: list[DestinationOperations] = [
        {
            "name": bucket.name,
            "arns": [bucket.arn] + _keys(bucket),
            "operations": list(_bucket_operations(bucket, only_reads)),
        }
        for bucket in buckets
    ]
    return {
        "name": name,
        "account_id": next((bucket.expected_bucket_owner for bucket in buckets if bucket.expected_bucket_owner), None),
        "region": region,
        "regions": [region],
        "operations": _union(one["operations"] for one in needs),
        "resource_types": [],
        "buckets": sorted(bucket.arn for bucket in buckets),
        "keys": sorted({key for bucket in buckets for key in _keys(bucket)}),
        "credentials_of": first.credentials_of,
        "credentials": "flow_log_bucket_aws",
        "only_reads": only_reads,
        "batches": [],
        "destinations": needs,
    }


# -- results ------------------------------------------------------------------------------------------------------


def denied_rows(work: PreflightDict, result: PreflightResult) -> list[PermissionDict]:
    """Return the permissions that are certainly missing and that some work of a preflight needs."""
    needs: tuple[BatchOperations | DestinationOperations, ...] = (*work["batches"], *work["destinations"])
    return [row for row in _denied(result) if any(_needs(one, row) for one in needs)]


def _denied(result: PreflightResult) -> list[PermissionDict]:
    rows = result.get("permissions") or ()
    return [row for row in rows if row["decision"] not in (ALLOWED, UNKNOWN) and row["action"] not in _NEVER_CALLED]


def _needs(one: BatchOperations | DestinationOperations, row: PermissionDict, required_only: bool = False) -> bool:
    operations = [name for name in one["operations"] if not required_only or name not in _OPTIONAL]
    if not set(operations).intersection(row["operations"]):
        return False
    if "arns" in one:
        return row["resource"] in one["arns"]
    return row["region"] == one["region"] and may_concern(row["resource"], one["resource_type"])


def reason_of(result: PreflightResult, rows: Sequence[PermissionDict] = ()) -> str:
    """Return why work is stopped, in the words of the module, with the policy that grants what is missing.

    :param rows: the missing permissions. Without a policy that would help, the text lists their reasons.
    """
    policy = result.get("missing_policy")
    if policy:
        return f"{result.get('summary', '')} Policy to paste: {json.dumps(policy, sort_keys=True)}"
    return " ".join([result.get("summary", "")] + sorted({row["reason"] for row in rows}))


def stopped(publication: PublicationDict, results: RunResults) -> StoppedWork:
    """Return the work that a missing permission stops. A batch is stopped together with its destination.

    :param results: with the results of ``preflights``.
    """
    answers = results.get("preflights", {})
    batches: dict[str, str] = {}
    destinations: dict[str, str] = {}
    for work in publication.get("preflights") or ():
        result = answers.get(work["name"]) or {}
        if not stops_work(work, result):
            continue
        batches.update(_stops(work["batches"], result))
        destinations.update(_stops(work["destinations"], result))
    for batch in publication["batches"]:
        reason = destinations.get(batch["bucket_name"] or "")
        if reason:
            batches.setdefault(batch["name"], f"Its destination {batch['destination']} is stopped: {reason}")
    return {"batches": batches, "destinations": destinations}


def _stops(needs: Iterable[BatchOperations | DestinationOperations], result: PreflightResult) -> list[tuple[str, str]]:
    """Return the name of each work unit that is stopped, and why."""
    missing = [(one["name"], [row for row in _denied(result) if _needs(one, row, required_only=True)]) for one in needs]
    return [(name, reason_of(result, rows)) for name, rows in missing if rows]


def stops_work(work: PreflightDict, result: PreflightResult) -> bool:
    """Whether a permission that a preflight found missing stops any of its work."""
    return not work["only_reads"] and bool(_stops([*work["batches"], *work["destinations"]], result))


def not_run(reason: str | None) -> str:
    """Return a sentence about work that a missing permission stopped; ``""`` without a reason."""
    return f"Not run: a required permission is missing. {reason}" if reason else ""
