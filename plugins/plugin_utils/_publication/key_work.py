# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups the buckets that share a KMS key, so that a run manages each key policy once. PRIVATE to this collection.

KMS has no conditional write for key policies. Two tasks that manage the policy of one key could overwrite each other.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import (
    key_grants,
    grants_to_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import ALL_REGIONS, Grant
from .task_results import failure_text, has_failed
from .types import (
    DestinationDict,
    DestinationResult,
    KeyDict,
    KeyResult,
    ModuleOptions,
    PolicyResult,
    PolicyStatements,
    PublicationDict,
)

#: Options of ``flow_log_key_policy`` that name sources.
_SOURCES = ("account_ids", "regions", "organization_id", "grants")


def plan_keys(
    publication: PublicationDict, results: Mapping[str, DestinationResult], stopped: Container[str] = ()
) -> list[KeyDict]:
    """Return a work unit for each key whose policy is managed, with the sources of all its buckets.

    Only buckets of different organizations, or with and without one, need several requests for one key. The requests of
    a key run one after the other.

    :param results: results of destinations by name; ``key_apart`` is the ARN of the key.
    :param stopped: names of destinations that do not run.
    """
    members: dict[str, list[tuple[DestinationDict, DestinationResult]]] = {}
    for work in publication["destinations"]:
        result = results.get(work["name"]) or {}
        arn = result.get("key_apart")
        if arn and work["name"] not in stopped:
            members.setdefault(arn, []).append((work, result))
    return [_key(arn, buckets) for arn, buckets in members.items()]


def _key(arn: str, members: Sequence[tuple[DestinationDict, DestinationResult]]) -> KeyDict:
    _arn, _aws, _kms, region, account, key_id = arn.split(":", 5)
    by_organization: dict[str, list[DestinationDict]] = {}
    for work, _result in members:
        by_organization.setdefault(work["organization_id"] or "", []).append(work)
    host, variable = _credentials(account, members)
    return {
        "name": f"kms/{account}/{region}/{key_id.rsplit('/', 1)[-1]}",
        "arn": arn,
        "region": region,
        "buckets": [work["name"] for work, _result in members],
        "bucket_arns": [work["bucket_arn"] for work, _result in members],
        "credentials_of": host,
        "credentials": variable,
        "requests": [
            {
                "buckets": [work["name"] for work in works],
                "options": _options(grant for work in works for grant in _sources(work)),
            }
            for _organization, works in sorted(by_organization.items())
        ],
    }


def _credentials(account: str, members: Sequence[tuple[DestinationDict, DestinationResult]]) -> tuple[str, str]:
    """Return the host and the variable that hold the connection options for a key.

    ``flow_log_key_aws`` comes first, then the connection of a bucket in the account of the key.
    """
    work, _result = min(
        members, key=lambda member: (member[0]["key_credentials_of"] is None, member[1].get("bucket_owner") != account)
    )
    if work["key_credentials_of"] is None:
        return work["credentials_of"], "flow_log_bucket_aws"
    return work["key_credentials_of"], "flow_log_key_aws"


def _options(grants: Iterable[Grant]) -> ModuleOptions:
    options = grants_to_options(key_grants(sorted(grants, key=lambda grant: (grant.source, grant.region))))
    return {name: options[name] for name in _SOURCES if options.get(name)}


def _sources(work: DestinationDict) -> Iterable[Grant]:
    """Return the sources of a destination: each account, or the organization, with each Region of its grants."""
    for item in work["grants"]:
        for region in item.get("regions") or (ALL_REGIONS,):
            yield Grant(work["organization_id"] or item["account_id"], region)


def key_result(results: Iterable[PolicyResult]) -> KeyResult:
    """Combine the results of all requests for one key."""
    each = list(results)
    actions = [action for one in each for action in one.get("actions") or ()]
    failed = [one for one in each if has_failed(one)]
    return {
        "changed": bool(actions),
        "failed": bool(failed),
        "msg": " ".join(map(failure_text, failed)),
        "actions": actions,
        "unsuccessful": [item for one in each for item in one.get("unsuccessful") or ()],
        "statements": _statements(each),
        "missing_grants": [grant for one in each for grant in one.get("missing_grants") or ()],
    }


def _statements(results: Iterable[PolicyResult]) -> PolicyStatements:
    statements: PolicyStatements = {}
    for result in results:
        for kind, names in (result.get("statements") or {}).items():
            statements.setdefault(kind, []).extend(names)
    return statements
