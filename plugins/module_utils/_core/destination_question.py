# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What flow_log_destination_info is asked, checked before the first AWS call. PRIVATE to this collection."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import Any
from typing import Dict
from typing import Mapping
from typing import Optional
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_policy_options import WantedDelivery
from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_policy_options import wanted_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import ALL_REGIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import FROM_ACCOUNTS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_grants import PLAIN
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination import parse_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import Policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import PolicyError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.policy_document import statements_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.source_options import parse_accounts


@dataclass(frozen=True)
class Question:
    """Can these sources deliver to these places?

    :param wanted: bucket, folders, sources, regions and layouts, as the bucket policy would be asked to grant them.
    :param organization: id of the organization that the sources belong to, where it was told.
    :param bucket_policy: policy to judge instead of the one that the bucket has.
    :param key_policy: policy to judge instead of the one that the key has.
    """

    wanted: WantedDelivery
    organization: Optional[str] = None
    bucket_policy: Optional[Policy] = None
    key_policy: Optional[Policy] = None

    @property
    def accounts(self) -> Tuple[str, ...]:
        """Account ids; none if a whole organization is asked about."""
        return self.wanted.accounts or ()

    def source_options(self) -> Dict[str, Any]:
        """Return the sources as options of flow_log_bucket_policy and flow_log_key_policy."""
        sources = {"account_ids": list(self.accounts)} if self.accounts else {"organization_id": self.organization}
        return {**sources, "regions": [region for region in self.wanted.regions if region != ALL_REGIONS]}


def _parse_policy(params: Mapping[str, Any], option: str) -> Optional[Policy]:
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
    prefixes = params.get("prefixes")
    accounts = parse_accounts(params.get("account_ids"))
    wanted = wanted_from_options(
        {
            "bucket": destination.bucket_arn,
            "prefixes": [destination.folder] if prefixes is None else prefixes,
            "regions": params.get("regions"),
            "organization_id": params.get("organization_id"),
            "layouts": params.get("layouts") or [PLAIN],
            "expected_bucket_owner": params.get("expected_bucket_owner"),
        },
        partition,
    )
    organization = wanted.organization
    if accounts:
        # Accounts of an organization are asked about one by one; what is granted to the organization counts.
        wanted = _of_accounts(wanted, accounts)
    return Question(wanted, organization, _parse_policy(params, "bucket_policy"), _parse_policy(params, "key_policy"))


def _of_accounts(wanted: WantedDelivery, accounts: Tuple[str, ...]) -> WantedDelivery:
    form = replace(wanted.form, sources=FROM_ACCOUNTS)
    return replace(wanted, accounts=accounts, organization=None, form=form)
