# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups the buckets that share a KMS key, so that each key policy is managed once a run. PRIVATE to this collection.

KMS cannot write a policy on the condition that nobody else changed it. Two tasks that manage the policy of one key would write
it more often than needed, and in the end overwrite each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import (
    key_grants,
    grants_to_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import ALL_REGIONS, Grant

Work = Mapping[str, Any]
#: Options of ``flow_log_key_policy`` that name sources.
_SOURCES = ("account_ids", "regions", "organization_id", "grants")


def plan_keys(publication: Work, results: Mapping[str, Work], stopped: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return one piece of work for each key whose policy is to be managed: the union of the sources of all its buckets.

    :param publication: what :meth:`work.Publication.to_dict` returns.
    :param results: results of destinations by name, with the key that waits for its policy in ``key_apart``.
    :param stopped: names of destinations that must not run.
    :returns: ``name``, ``arn``, ``region``, ``buckets`` (names of the destinations), ``credentials_of`` and
        ``credentials`` (a host and the variables that may hold its connection options), and ``requests``: ready options of
        ``flow_log_key_policy``, each with the names of its ``buckets``. There are several only where buckets differ in their
        organization; they run one after the other.
    """
    halted = set(stopped)
    members: dict[str, list[tuple[Work, Work]]] = {}
    for work in publication["destinations"]:
        result = results.get(work["name"]) or {}
        if result.get("key_apart") and work["name"] not in halted:
            members.setdefault(result["key_apart"], []).append((work, result))
    return [_key(arn, buckets) for arn, buckets in members.items()]


def _key(arn: str, members: Sequence[tuple[Work, Work]]) -> dict[str, Any]:
    _arn, _aws, _kms, region, account, key_id = arn.split(":", 5)
    name = f"kms/{account}/{region}/{key_id.rsplit('/', 1)[-1]}"
    speaker = _speaker(account, members)
    return {
        "name": name,
        "arn": arn,
        "region": region,
        "buckets": [work["name"] for work, _result in members],
        "bucket_arns": [work["bucket_arn"] for work, _result in members],
        "credentials_of": speaker["key_credentials_of"] or speaker["credentials_of"],
        "credentials": "flow_log_key_aws" if speaker["key_credentials_of"] else "flow_log_bucket_aws",
        "requests": _requests([work for work, _result in members]),
    }


def _speaker(account: str, members: Sequence[tuple[Work, Work]]) -> Work:
    """Return the destination whose credentials are for the key: one that names some, or whose bucket is in the key's account."""
    ranked = sorted(
        members, key=lambda member: (member[0]["key_credentials_of"] is None, member[1].get("bucket_owner") != account)
    )
    return ranked[0][0]


def _requests(works: Iterable[Work]) -> list[dict[str, Any]]:
    by_organization: dict[str, list[Work]] = {}
    for work in works:
        by_organization.setdefault(work["organization_id"] or "", []).append(work)
    return [
        {
            "buckets": [work["name"] for work in members],
            "options": _options(grant for work in members for grant in _sources(work)),
        }
        for _organization, members in sorted(by_organization.items())
    ]


def _options(grants: Iterable[Grant]) -> dict[str, Any]:
    options = grants_to_options(key_grants(sorted(grants, key=lambda grant: (grant.source, grant.region))))
    return {name: options[name] for name in _SOURCES if options.get(name)}


def _sources(work: Work) -> Iterable[Grant]:
    """Return what the key must let in for a destination: the pairs of account, or organization, and Region of its grants."""
    for item in work["grants"]:
        for region in item.get("regions") or (ALL_REGIONS,):
            yield Grant(work["organization_id"] or item["account_id"], region)


def key_answer(result: Work, bucket: str) -> dict[str, Any]:
    """Return what the module answered to the request that a bucket is in.

    :param result: what the task left, which loops over the requests of a key.
    :returns: the result of the module; of a task that failed before it asked, that failure.
    """
    answers = result.get("results") or ()
    found = next((one for one in answers if bucket in (one.get("item") or {}).get("buckets", ())), None)
    return dict(result if found is None else found)


def key_result(result: Work) -> dict[str, Any]:
    """Return what was done for a key by all its requests, or would be: one result as modules return it."""
    answers = [one for one in result.get("results") or () if not one.get("skipped")] or [result]
    failed = [one for one in answers if one.get("failed")]
    actions = [action for one in answers for action in one.get("actions") or ()]
    statements: dict[str, list[str]] = {}
    for one in answers:
        for kind, names in (one.get("statements") or {}).items():
            statements.setdefault(kind, []).extend(names)
    return {
        "changed": bool(actions),
        "failed": bool(failed),
        "msg": " ".join(str(one.get("msg") or "The task failed and did not say why.") for one in failed),
        "actions": actions,
        "unsuccessful": [item for one in answers for item in one.get("unsuccessful") or ()],
        "statements": statements,
        "missing_grants": [grant for one in answers for grant in one.get("missing_grants") or ()],
    }
