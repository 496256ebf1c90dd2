# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``flow_log_bucket_policy``: read, plan, write, read back, result. PRIVATE to this collection."""

from __future__ import annotations

import time
from typing import Any

from .._aws import s3
from .._aws.ec2 import partition_of
from .._core.delivery_policy.bucket_options import WantedDelivery, wanted_from_options
from .._core.delivery_policy.bucket_plan import plan_bucket_policy
from .._core.error_hints.bucket_policy import CONFLICT_CODES, policy_error_hint
from .._core.iam_policy.document import Policy
from .module import FlowLogsModule, ModuleDefinition, finish
from .policy_convergence import Pause, PolicyOutcome, PolicyWork, Store, converge_policy, result_of


class PolicyStore:
    """The policy of one bucket, where it is kept."""

    def __init__(self, client: Any, wanted: WantedDelivery) -> None:
        self._client = client
        self._bucket = wanted.bucket.bucket
        self._owner = wanted.expected_owner

    def read(self) -> Policy | None:
        """Return the policy, None if the bucket has none."""
        return s3.get_bucket_policy(self._client, self._bucket, self._owner)

    def write(self, policy: Policy | None) -> None:
        """Put the policy in place, or delete it if it is None."""
        if policy is None:
            s3.delete_bucket_policy(self._client, self._bucket, self._owner)
        else:
            s3.put_bucket_policy(self._client, self._bucket, policy, self._owner)


def converge(store: Store, wanted: WantedDelivery, check_mode: bool, pause: Pause = time.sleep) -> PolicyOutcome:
    """Make the policy as wanted, or say in check mode what that takes.

    :param store: reads and writes the policy.
    :param pause: takes seconds to wait; all waits of a run are bounded.
    """
    work = PolicyWork(
        target=wanted.bucket.bucket_arn,
        plan=lambda policy: plan_bucket_policy(policy, wanted),
        read_operation="GetBucketPolicy",
        write_operation=lambda plan: "DeleteBucketPolicy" if plan.after is None else "PutBucketPolicy",
        hint=lambda operation, code, message, policy: policy_error_hint(
            operation, code, wanted.expected_owner, message, policy
        ),
        conflict_codes=CONFLICT_CODES,
    )
    return converge_policy(store, work, check_mode, pause)


def run_bucket_policy(module: FlowLogsModule) -> None:
    """Make a bucket policy let log delivery write for the given sources, or no longer."""
    client = module.client("s3")
    wanted = wanted_from_options(module.params, partition_of(client))
    module.verify_account()
    if not wanted.sources:
        wanted = wanted.of_caller(module.caller().account_id)
    outcome = converge(PolicyStore(client, wanted), wanted, module.check_mode)
    for text in outcome.plan.warnings if outcome.plan else ():
        module.warn(text)
    doing = "grant log delivery in" if wanted.present else "take log delivery out of"
    finish(module, f"{doing} the policy of {wanted.bucket.bucket_arn}", result_of(outcome), outcome.unsuccessful)


#: The module ``flow_log_bucket_policy``.
FLOW_LOG_BUCKET_POLICY = ModuleDefinition(
    name="flow_log_bucket_policy",
    work=run_bucket_policy,
    argument_spec=dict(
        bucket=dict(type="str", required=True),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        prefixes=dict(type="list", elements="str"),
        account_ids=dict(type="list", elements="str"),
        regions=dict(type="list", elements="str"),
        organization_id=dict(type="str"),
        grants=dict(
            type="list",
            elements="dict",
            options=dict(
                account_id=dict(type="str"),
                regions=dict(type="list", elements="str"),
                prefix=dict(type="str"),
                layouts=dict(type="list", elements="str"),
            ),
        ),
        acl_condition=dict(
            type="str", choices=["string_equals", "string_equals_if_exists", "none"], default="string_equals"
        ),
        source_conditions=dict(type="bool", default=True),
        layouts=dict(type="list", elements="str", choices=["plain", "hive"]),
        expected_bucket_owner=dict(type="str"),
    ),
    region_optional=True,
)
