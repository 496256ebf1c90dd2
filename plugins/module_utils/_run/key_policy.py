# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module ``flow_log_key_policy``. PRIVATE to this collection."""

from __future__ import annotations

import time
from typing import Any

from .._aws import kms
from .._aws.ec2 import partition_of
from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._core.actions import Unsuccessful
from .._core.delivery_policy.key_options import WantedKeyUse, wanted_key_use
from .._core.delivery_policy.key_plan import key_policy_size, plan_key_policy
from .._core.delivery_policy.kms_key import Key, other_account_problem, key_problems
from .._core.error_hints.key_policy import key_policy_error_hint
from .._core.iam_policy.document import Policy
from .delivery_options import KEY_SOURCE_OPTIONS
from .module import FlowLogsModule, ModuleDefinition, finish
from .policy_convergence import Pause, PolicyOutcome, PolicyWork, Store, converge_policy, result_of


class KeyPolicyStore:
    """Reads and writes the policy of a key."""

    def __init__(self, client: Any, key: Key) -> None:
        self._client = client
        self._key = key

    def read(self) -> Policy | None:
        """Return the policy."""
        return kms.get_key_policy(self._client, self._key.arn)

    def write(self, policy: Policy | None) -> None:
        """Write the policy. No plan deletes the policy of a key."""
        kms.put_key_policy(self._client, self._key.arn, policy or {})


def converge_key_policy(
    store: Store, wanted: WantedKeyUse, key: Key, check_mode: bool, pause: Pause = time.sleep
) -> PolicyOutcome:
    """Change the policy to the desired one, or predict the changes in check mode; see :func:`converge_policy`."""
    work = PolicyWork(
        target=key.arn,
        plan=lambda policy: plan_key_policy(policy or {}, wanted, key),
        read_operation="GetKeyPolicy",
        write_operation=lambda plan: "PutKeyPolicy",
        hint=lambda operation, code, _message, _policy: key_policy_error_hint(operation, code),
    )
    return converge_policy(store, work, check_mode, pause)


def _unreadable(wanted: WantedKeyUse, error: FlowLogsAWSError) -> Unsuccessful:
    code, message = error_code_and_message(error)
    return Unsuccessful(wanted.key_id, code, f"{error.message}: {message}", key_policy_error_hint("DescribeKey", code))


def _outcome(client: Any, wanted: WantedKeyUse, caller: str, check_mode: bool) -> PolicyOutcome:
    """Check the key first; return all reasons why it cannot be used."""
    not_owned = other_account_problem(wanted.key_id, wanted.key_account or caller, caller)
    if not_owned:
        return PolicyOutcome(unsuccessful=list(not_owned))
    try:
        key = kms.describe_key(client, wanted.key_id)
    except FlowLogsAWSError as error:
        return PolicyOutcome(unsuccessful=[_unreadable(wanted, error)])
    unusable = key_problems(key, caller)
    if unusable:
        return PolicyOutcome(unsuccessful=list(unusable))
    return converge_key_policy(KeyPolicyStore(client, key), wanted, key, check_mode)


def run_key_policy(module: FlowLogsModule) -> None:
    """Allow log delivery to use a key for the given sources, or remove that from its policy."""
    client = module.client("kms")
    wanted = wanted_key_use(module.params, partition_of(client), kms.region_of(client))
    module.verify_account()
    caller = module.caller().account_id
    wanted = wanted.with_caller_account(caller)
    outcome = _outcome(client, wanted, caller, module.check_mode)
    for text in outcome.plan.warnings if outcome.plan else ():
        module.warn(text)
    size = key_policy_size(outcome.plan.after if outcome.plan else None)
    doing = "let log delivery use" if wanted.present else "remove log delivery from the policy of"
    finish(module, f"{doing} the key {wanted.key_id}", {**result_of(outcome), "size_bytes": size}, outcome.unsuccessful)


#: The module ``flow_log_key_policy``.
FLOW_LOG_KEY_POLICY = ModuleDefinition(
    name="flow_log_key_policy",
    work=run_key_policy,
    argument_spec=dict(
        key_id=dict(type="str", required=True, no_log=False),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        **KEY_SOURCE_OPTIONS,
    ),
)
