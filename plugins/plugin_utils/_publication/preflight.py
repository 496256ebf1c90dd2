# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask for permissions before anything is done: what to ask, and what the answers stop. PRIVATE to this collection.

``flow_log_permissions_info`` is asked once for the flow logs of an account and once for the buckets of an owner. Only what
is certainly not allowed stops something, and only the batches that need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.canonical import canonical
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import field_names
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import region_of_key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import (
    OPERATIONS,
    operations_for_fields,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import may_concern
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.simulation import ALLOWED, UNKNOWN
from .host_variables import Target
from .work import Batch, BucketWork, Publication

#: A policy is only deleted where no statement is left, which never happens while one is added.
_NEVER_CALLED = ("s3:DeleteBucketPolicy",)
#: Without these a destination is not known to be in order, which stops nothing.
_MERELY_HELPFUL = ("check_destination", "check_destination_key")

#: What a preflight returned, and one of its ``permissions``.
Result = Mapping[str, Any]
Row = Mapping[str, Any]


def operations_for_flow_logs(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the operations that a run with these options of ``s3_flow_log`` may need.

    :param options: by name; what is not there is not needed. Replacing marks the old flow log with a tag and deletes it.
    """
    if options.get("state") == "absent":
        return ("read", "delete")
    replaces = options.get("replace") != "never"
    wanted = {
        "tag_at_create": bool(options.get("tags") or options.get("name")),
        "tag": replaces or options.get("tags") is not None,
        "delete": replaces or options.get("purge") not in (None, "none"),
        "tag_fields": bool(options.get("tag_field_specifications")),
    }
    fields = operations_for_fields(_field_names(options.get("log_format") or ()))
    return ("read", "create") + tuple(name for name, is_wanted in wanted.items() if is_wanted) + fields


def _field_names(log_format: str | Sequence[str]) -> tuple[str, ...]:
    return field_names(log_format if isinstance(log_format, str) else " ".join(map(str, log_format)))


def operations_for_bucket(manage_policy: bool, check: bool, manage_key: bool = False) -> tuple[str, ...]:
    """Return the operations for a bucket and, where its key is known, for that key.

    :param manage_key: whether the policy of a known key is managed.
    """
    wanted = {
        "bucket_policy": manage_policy,
        "check_destination": check,
        "key_policy": manage_key,
        "check_destination_key": manage_key and check,
    }
    return tuple(name for name, is_wanted in wanted.items() if is_wanted)


#: What a run in check mode for a report needs in place of what changes something.
_READING = {"bucket_policy": "read_bucket_policy", "key_policy": "read_key_policy"}


def _only_reading(operations: Iterable[str]) -> tuple[str, ...]:
    kept = ("read",) + _MERELY_HELPFUL
    return tuple(_READING.get(name, name) for name in operations if name in kept or name in _READING)


# -- what to ask --------------------------------------------------------------------------------------------------


def plan_preflights(publication: Publication, only_reads: bool = False) -> list[dict[str, Any]]:
    """Return what to ask of whom: one question for the flow logs of an account, one for the buckets of an owner.

    :param only_reads: whether nothing is to be changed afterwards, so that reading is enough and nothing is stopped.
    :returns: the questions, with ``batches`` or ``destinations`` that each stands for; none of hosts without a preflight.
    """
    targets = {target.host: target for batch in publication.batches for target in batch.targets}
    works: list[dict[str, Any]] = []
    for batches in _by_account(publication.batches):
        works.append(_for_flow_logs(batches, works, only_reads))
    for buckets in _by_owner(publication.buckets, targets):
        asked = [bucket for bucket in buckets if _bucket_operations(bucket, only_reads)]
        if asked:
            works.append(_for_buckets(asked, targets, only_reads))
    return works


def _by_account(batches: Iterable[Batch]) -> list[list[Batch]]:
    groups: dict[str, list[Batch]] = {}
    for batch in batches:
        if any(target.preflight for target in batch.targets):
            first = batch.targets[0]
            groups.setdefault(canonical([first.account_id, first.connection]), []).append(batch)
    return list(groups.values())


def _by_owner(buckets: Iterable[BucketWork], targets: Mapping[str, Target]) -> list[list[BucketWork]]:
    wanted = {
        target.destination.bucket_arn
        for target in targets.values()
        if target.preflight and target.present and target.destination
    }
    groups: dict[str, list[BucketWork]] = {}
    for bucket in buckets:
        if _arn(bucket) in wanted:
            connection = targets[bucket.credentials_of].bucket_connection or {}
            groups.setdefault(canonical([bucket.partition, connection]), []).append(bucket)
    return list(groups.values())


def _arn(bucket: BucketWork) -> str:
    return f"arn:{bucket.partition}:s3:::{bucket.bucket}"


def _for_flow_logs(batches: Sequence[Batch], earlier: Sequence[Mapping[str, Any]], only_reads: bool) -> dict[str, Any]:
    first = batches[0].targets[0]
    number = 1 + sum(work["account_id"] == first.account_id for work in earlier)
    name = f"{first.account_id}/preflight" + (f"/{number}" if number > 1 else "")
    asked = []
    for batch in batches:
        place = {"name": batch.name, "region": batch.targets[0].region, "resource_type": batch.targets[0].resource_type}
        operations = operations_for_flow_logs(batch.targets[0].options)
        asked.append({**place, "operations": list(_only_reading(operations) if only_reads else operations)})
    return {
        "name": name,
        "account_id": first.account_id,
        "region": first.region,
        "regions": sorted({one["region"] for one in asked}),
        "operations": _union(asked),
        "resource_types": sorted({one["resource_type"] for one in asked}),
        "buckets": [],
        "keys": [],
        "credentials_of": first.host,
        "credentials": "flow_log_aws",
        "only_reads": only_reads,
        "batches": asked,
        "destinations": [],
    }


def _union(asked: Iterable[Mapping[str, Any]]) -> list[str]:
    wanted = {name for one in asked for name in one["operations"]}
    return [name for name in OPERATIONS if name in wanted]


def _bucket_operations(bucket: BucketWork, only_reads: bool) -> tuple[str, ...]:
    operations = operations_for_bucket(bucket.managed, bucket.check, bool(_keys(bucket)))
    return _only_reading(operations) if only_reads else operations


def _keys(bucket: BucketWork) -> list[str]:
    """The key whose policy is managed, where a variable tells it and the owner of the bucket has it."""
    known = bucket.manage_key and bucket.key_credentials_of is None and region_of_key(bucket.encryption)
    return [bucket.encryption] if known else []


def _for_buckets(buckets: Sequence[BucketWork], targets: Mapping[str, Target], only_reads: bool) -> dict[str, Any]:
    first = buckets[0]
    name = f"{first.name}/preflight"
    region = next((bucket.region for bucket in buckets if bucket.region), targets[first.credentials_of].region)
    asked = [
        {
            "name": bucket.name,
            "arns": [_arn(bucket)] + _keys(bucket),
            "operations": list(_bucket_operations(bucket, only_reads)),
        }
        for bucket in buckets
    ]
    return {
        "name": name,
        "account_id": next((bucket.expected_bucket_owner for bucket in buckets if bucket.expected_bucket_owner), None),
        "region": region,
        "regions": [region],
        "operations": _union(asked),
        "resource_types": [],
        "buckets": sorted(_arn(bucket) for bucket in buckets),
        "keys": sorted({key for bucket in buckets for key in _keys(bucket)}),
        "credentials_of": first.credentials_of,
        "credentials": "flow_log_bucket_aws",
        "only_reads": only_reads,
        "batches": [],
        "destinations": asked,
    }


# -- what the answers mean ----------------------------------------------------------------------------------------


def denied_rows(work: Mapping[str, Any], result: Result) -> list[Row]:
    """Return the permissions that lack for certain and that some work of a preflight needs."""
    asked = list(work["batches"]) + list(work["destinations"])
    return [row for row in _denied(result) if any(_needs(one, row) for one in asked)]


def _denied(result: Result) -> list[Row]:
    rows = result.get("permissions") or ()
    return [row for row in rows if row["decision"] not in (ALLOWED, UNKNOWN) and row["action"] not in _NEVER_CALLED]


def _needs(one: Mapping[str, Any], row: Row, hard: bool = False) -> bool:
    operations = [name for name in one["operations"] if not hard or name not in _MERELY_HELPFUL]
    if not set(operations).intersection(row["operations"]):
        return False
    if "arns" in one:
        return row["resource"] in one["arns"]
    return row["region"] == one["region"] and may_concern(row["resource"], one["resource_type"])


def reason_of(result: Result, rows: Sequence[Row] = ()) -> str:
    """Return why something is stopped, in the words of the module, with the policy that would fix it.

    :param rows: what lacks; their reasons are told where no further statement of a policy fixes it.
    """
    policy = result.get("missing_policy")
    if policy:
        return f"{result.get('summary', '')} Policy to paste: {json.dumps(policy, sort_keys=True)}"
    return " ".join([str(result.get("summary", ""))] + sorted({str(row["reason"]) for row in rows}))


def stopped(publication: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return what must not run since a permission lacks, and why.

    :param publication: as :meth:`work.Publication.to_dict` returns it, with ``preflights``.
    :param results: as for :func:`collect.find`; those of ``preflights`` matter here.
    :returns: ``batches`` and ``destinations``: name to reason. A batch is stopped with its destination.
    """
    binding = [work for work in publication.get("preflights") or () if not work["only_reads"]]
    answers = results.get("preflights", {})
    found = {
        kind: {name: why for work in binding for name, why in _stops(work[kind], answers.get(work["name"]) or {})}
        for kind in ("batches", "destinations")
    }
    for batch in publication["batches"]:
        reason = found["destinations"].get(batch.get("bucket_name") or "")
        if reason:
            found["batches"].setdefault(batch["name"], f"Its destination {batch['destination']} is stopped: {reason}")
    return found


def _stops(asked: Iterable[Mapping[str, Any]], result: Result) -> list[tuple[str, str]]:
    """Return the name of each piece of work that is stopped, and why."""
    lacking = [(one["name"], [row for row in _denied(result) if _needs(one, row, hard=True)]) for one in asked]
    return [(name, reason_of(result, rows)) for name, rows in lacking if rows]


def not_run(reason: str | None) -> str:
    """Return a reason as a sentence about what did not run; ``""`` without one."""
    return f"Not run: a required permission is missing. {reason}" if reason else ""
