# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module ``flow_log_bucket_policy``. PRIVATE to this collection."""

from __future__ import annotations

import time
from typing import Any

from .._aws import s3
from .._aws.ec2 import partition_of
from .._core.delivery_policy.bucket_options import WantedDelivery, wanted_from_options
from .._core.delivery_policy.bucket_plan import plan_bucket_policy
from .._core.error_hints.bucket_policy import CONFLICT_CODES, policy_error_hint
from .._core.iam_policy.document import Policy
from .delivery_options import BUCKET_DELIVERY_OPTIONS
from .module import FlowLogsModule, ModuleDefinition, finish
from .policy_convergence import Pause, PolicyOutcome, PolicyWork, Store, converge_policy, result_of


class PolicyStore:
    """Reads and writes the policy of a bucket."""

    def __init__(self, client: Any, wanted: WantedDelivery) -> None:
        self._client = client
        self._bucket = wanted.bucket.bucket
        self._owner = wanted.expected_owner

    def read(self) -> Policy | None:
        """Return the policy; ``None`` if the bucket has none."""
        return s3.get_bucket_policy(self._client, self._bucket, self._owner)

    def write(self, policy: Policy | None) -> None:
        """Write the policy; ``None`` deletes it."""
        if policy is None:
            s3.delete_bucket_policy(self._client, self._bucket, self._owner)
        else:
            s3.put_bucket_policy(self._client, self._bucket, policy, self._owner)


def converge(store: Store, wanted: WantedDelivery, check_mode: bool, pause: Pause = time.sleep) -> PolicyOutcome:
    """Change the policy to the desired one, or predict the changes in check mode; see :func:`converge_policy`."""
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
    """Allow log delivery from the given sources in a bucket policy, or remove it."""
    client = module.client("s3")
    wanted = wanted_from_options(module.params, partition_of(client))
    module.verify_account()
    if not wanted.sources:
        wanted = wanted.with_caller_account(module.caller().account_id)
    outcome = converge(PolicyStore(client, wanted), wanted, module.check_mode)
    for text in outcome.plan.warnings if outcome.plan else ():
        module.warn(text)
    doing = "allow log delivery in" if wanted.present else "remove log delivery from"
    finish(module, f"{doing} the policy of {wanted.bucket.bucket_arn}", result_of(outcome), outcome.unsuccessful)


#: The module ``flow_log_bucket_policy``.
FLOW_LOG_BUCKET_POLICY = ModuleDefinition(
    name="flow_log_bucket_policy",
    work=run_bucket_policy,
    argument_spec=dict(
        bucket=dict(type="str", required=True),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        **BUCKET_DELIVERY_OPTIONS,
    ),
    region_optional=True,
)
