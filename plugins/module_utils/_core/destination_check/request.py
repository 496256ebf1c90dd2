# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What flow_log_destination_info is asked, checked before the first AWS call. PRIVATE to this collection."""

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
class Question:
    """Can these sources deliver to these places?

    :param wanted: bucket, folders, sources, regions and layouts, as the bucket policy would be asked to grant them.
    :param organization: id of the organization that the sources belong to, where it was told.
    :param bucket_policy: policy to judge instead of the one that the bucket has.
    :param key_policy: policy to judge instead of the one that the key has.
    :param planned: what flow_log_bucket_policy is going to grant; None: nothing.
    """

    wanted: WantedDelivery
    organization: str | None = None
    bucket_policy: Policy | None = None
    key_policy: Policy | None = None
    planned: WantedDelivery | None = None

    def of_caller(self, account: str) -> Question:
        """Return the question with the account of the caller as the source, where none was named."""
        planned = self.planned and self.planned.of_caller(account)
        return replace(self, wanted=self.wanted.of_caller(account), planned=planned)

    def planned_policy(self, policy: Policy | None) -> Policy | None:
        """Return the policy of the bucket as flow_log_bucket_policy is going to leave it."""
        plan = plan_bucket_policy(policy, self.planned) if self.planned else None
        return plan.after if plan and plan.writes else policy


#: What Ansible puts in the place of the value of a secret, wherever that is a part of a result.
_MASK = "*" * 8


def unmasked(policy: Policy, option: str) -> Policy | Unread:
    """Return a policy that was given, or why it cannot be judged: Ansible has changed it on its way.

    :param option: that it was given with.
    """
    if _MASK not in compact(policy):
        return policy
    return Unread(
        "",
        "PolicyMasked",
        f"The policy in {option} holds {_MASK}, which Ansible writes for the value of a secret: one, such as the secret access "
        "key, is a part of a name in this policy",
        f"Leave {option} out, so that the module reads the policy, or use credentials whose secret is no part of a name.",
    )


def _parse_policy(params: Mapping[str, Any], option: str) -> Policy | None:
    policy = params.get(option)
    try:
        statements_of(policy)
    except PolicyError as error:
        raise InputError(option, policy, f"a policy document; {error}") from error
    return policy


def question_from_options(params: Mapping[str, Any], partition: str) -> Question:
    """Read the options of flow_log_destination_info.

    :param params: options by name; those not given may be missing or None.
    :param partition: partition of the region at work; a destination of another one is refused.
    :raises InputError: for what can never work, naming option, value and what is allowed.
    """
    destination = parse_destination(params["destination"], partition)
    organization = parse_organization({"organization_id": params.get("organization_id")})
    # Accounts of an organization are asked about one by one; what is granted to the organization counts.
    of_accounts = params.get("account_ids") is not None or any(
        item.get("account_id") is not None for item in params.get("grants") or ()
    )
    options = {
        "bucket": destination.bucket_arn,
        "organization_id": None if of_accounts else organization,
        "expected_bucket_owner": params.get("expected_bucket_owner"),
        "account_ids": params.get("account_ids"),
        "regions": params.get("regions"),
        **_places(params, destination.folder),
    }
    planned = None
    if params.get("planned_bucket_policy"):
        planned = wanted_from_options(_of_bucket_policy(params, options, organization), partition)
    return Question(
        wanted_from_options(options, partition),
        organization,
        _parse_policy(params, "bucket_policy"),
        _parse_policy(params, "key_policy"),
        planned,
    )


def _of_bucket_policy(
    params: Mapping[str, Any], options: Mapping[str, Any], organization: str | None
) -> dict[str, Any]:
    """Return the options of flow_log_bucket_policy, which grants to an organization what its accounts are to have."""
    ties = {name: params.get(name) for name in ("acl_condition", "source_conditions")}
    if organization is None:
        return {**options, **ties}
    items = options.get("grants") and [{**item, "account_id": None} for item in options["grants"]]
    return {**options, **ties, "organization_id": organization, "account_ids": None, "grants": items}


def _places(params: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Return the places to ask about; without a word on them the folder in the destination, in the plain layout."""
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
