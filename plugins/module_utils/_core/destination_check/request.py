# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the options of flow_log_destination_info. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..delivery_policy.bucket_options import WantedDelivery, wanted_from_options
from ..delivery_policy.bucket_plan import plan_bucket_policy
from ..delivery_policy.grants import PLAIN
from ..delivery_policy.source_options import parse_organization
from ..errors import InputError
from ..iam_policy.document import Policy, PolicyError, compact, statements_of
from ..s3_destination import parse_destination
from .facts import Unread


@dataclass(frozen=True)
class DestinationQuery:
    """The sources and the destination to check.

    :param wanted: bucket, folders, sources, Regions and layouts, as grants of a bucket policy.
    :param organization: organization of the sources, None if unknown.
    :param bucket_policy: policy to check instead of the current one of the bucket.
    :param key_policy: policy to check instead of the current one of the key.
    :param planned: grants that flow_log_bucket_policy will add; None for none.
    """

    wanted: WantedDelivery
    organization: str | None = None
    bucket_policy: Policy | None = None
    key_policy: Policy | None = None
    planned: WantedDelivery | None = None

    def with_caller_account(self, account: str) -> DestinationQuery:
        """Return the same with the account of the caller as the source if the options name none."""
        planned = self.planned and self.planned.with_caller_account(account)
        return replace(self, wanted=self.wanted.with_caller_account(account), planned=planned)

    def planned_policy(self, policy: Policy | None) -> Policy | None:
        """Return the bucket policy after the planned change of flow_log_bucket_policy."""
        plan = plan_bucket_policy(policy, self.planned) if self.planned else None
        return plan.after if plan and plan.writes else policy


#: Ansible replaces values of secrets in results with this text.
_MASK = "*" * 8


def unmasked(policy: Policy, option: str) -> Policy | Unread:
    """Return the policy of an option, or why it cannot be checked: Ansible masked a part of it.

    :param option: name of the option.
    """
    if _MASK not in compact(policy):
        return policy
    return Unread(
        "",
        "PolicyMasked",
        f"The policy in {option} has {_MASK}, with which Ansible masks secrets: a secret, such as the secret access "
        "key, is a part of a name in this policy",
        f"Remove {option}, so that the module reads the policy, or use credentials whose secret is no part of a name.",
    )


def _parse_policy(params: Mapping[str, Any], option: str) -> Policy | None:
    policy = params.get(option)
    try:
        statements_of(policy)
    except PolicyError as error:
        raise InputError(option, policy, f"a policy document; {error}") from error
    return policy


def query_from_options(params: Mapping[str, Any], partition: str) -> DestinationQuery:
    """Return the options of flow_log_destination_info.

    :param params: options by name; options that are not set may be missing or None.
    :param partition: partition of the task's Region; a destination of another partition is invalid.
    :raises InputError: for an invalid value.
    """
    destination = parse_destination(params["destination"], partition)
    organization = parse_organization({"organization_id": params.get("organization_id")})
    # Each account of an organization gets its own check. Grants to the organization count for it.
    names_accounts = params.get("account_ids") is not None or any(
        item.get("account_id") is not None for item in params.get("grants") or ()
    )
    options = {
        "bucket": destination.bucket_arn,
        "organization_id": None if names_accounts else organization,
        "expected_bucket_owner": params.get("expected_bucket_owner"),
        "account_ids": params.get("account_ids"),
        "regions": params.get("regions"),
        **_grant_options(params, destination.folder),
    }
    planned = None
    if params.get("planned_bucket_policy"):
        planned = wanted_from_options(_planned_options(params, options, organization), partition)
    return DestinationQuery(
        wanted_from_options(options, partition),
        organization,
        _parse_policy(params, "bucket_policy"),
        _parse_policy(params, "key_policy"),
        planned,
    )


def _planned_options(params: Mapping[str, Any], options: Mapping[str, Any], organization: str | None) -> dict[str, Any]:
    """Return the options of flow_log_bucket_policy, which grants to the organization instead of its accounts."""
    conditions = {name: params.get(name) for name in ("acl_condition", "source_conditions")}
    if organization is None:
        return {**options, **conditions}
    items = options.get("grants") and [{**item, "account_id": None} for item in options["grants"]]
    return {**options, **conditions, "organization_id": organization, "account_ids": None, "grants": items}


def _grant_options(params: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Return the options with folders and layouts; the default is the folder of the destination in the plain layout."""
    grants = params.get("grants")
    if grants is None:
        return _with_defaults(params, {"prefixes": [folder], "layouts": [PLAIN]})
    given = {"prefixes": params.get("prefixes"), "layouts": params.get("layouts")}
    return {
        **given,
        "grants": [{**item, **_with_defaults(item, {"prefix": folder, "layouts": [PLAIN]})} for item in grants],
    }


def _with_defaults(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if given.get(name) is None else given[name] for name, value in defaults.items()}
