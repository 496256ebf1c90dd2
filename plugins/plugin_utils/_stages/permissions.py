# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage that gives principals the policy for publishing. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies
from .._findings.permissions import is_missing_principal
from .._publication.task_results import failure_text, has_failed
from .._publication.types import PermissionsResult, PrincipalDict, PrincipalResult, PublicationDict
from .task import Connection, Connections, Stage, Task, run_tasks

#: Name of the inline policy that playbooks attach.
POLICY_NAME = "publish-flow-logs-to-s3"


class _PolicyScope(TypedDict):
    account_id: str
    partition: str
    region: str | None


class PolicyOptions(_PolicyScope, total=False):
    """The policy to attach or remove. ``state``, ``policy`` and ``policy_name`` default to those of playbooks."""

    state: str | None
    policy: str | None
    policy_name: str | None


def permissions(
    publication: PublicationDict, connection: Connections, check_mode: bool
) -> Stage[dict[str, PermissionsResult]]:
    """Give the principals of all accounts the policy for publishing.

    A policy that is too long fails the work of its account only.
    """
    results: dict[str, PermissionsResult] = {}
    for work in publication["permissions"]:
        options: PolicyOptions = {
            "account_id": work["account_id"],
            "partition": work["partition"],
            "region": work["region"],
        }
        account = connection(work["credentials_of"], "flow_log_aws")
        try:
            results[work["name"]] = yield from attach(work["name"], work["principals"], options, account, check_mode)
        except InputError as error:
            refused = InputError("flow_log_permission_principals", error.value, error.allowed)
            results[work["name"]] = {"changed": False, "failed": True, "msg": str(refused)}
    return results


def attach(
    name: str,
    principals: Sequence[PrincipalDict],
    options: PolicyOptions,
    connection: Connection,
    check_mode: bool,
) -> Stage[PermissionsResult]:
    """Attach an inline policy to principals of one account, or remove it.

    :returns: the result, with the result and the ``item`` of each principal in ``results``.
    """
    tasks = [_task(name, principal, options, connection) for principal in principals]
    absent = options.get("state") == "absent"
    results: list[PrincipalResult] = [
        {"changed": False, **_accepting_missing(answer, one, check_mode, absent), "item": one}
        for answer, one in zip((yield from run_tasks(tasks)), principals)
    ]
    failed = [one for one in results if has_failed(one)]
    return {
        "changed": any(one.get("changed") for one in results),
        "failed": bool(failed),
        "msg": " ".join(failure_text(one) for one in failed),
        "results": results,
    }


def _task(name: str, principal: PrincipalDict, options: PolicyOptions, connection: Connection) -> Task[PrincipalResult]:
    state = options.get("state") or "present"
    document = None
    if state == "present":
        document = permissions_policies(
            options.get("policy") or "publishing",
            principal["type"],
            account_id=options["account_id"],
            partition=options["partition"],
            buckets=list(principal.get("buckets") or ()),
        )[0]
    return Task(
        name,
        "amazon.aws.iam_policy",
        {
            "state": state,
            "iam_type": principal["type"],
            "iam_name": principal["name"],
            "policy_name": options.get("policy_name") or POLICY_NAME,
            "policy_json": document,
            "region": options.get("region"),
        },
        connection,
    )


def _accepting_missing(
    result: PrincipalResult, principal: PrincipalDict, check_mode: bool, absent: bool
) -> PrincipalResult:
    """Return a result that is no failure if the principal does not exist, but may be missing.

    In check mode another automation may be about to create it. To remove a policy, there is nothing to do.
    """
    if not is_missing_principal(result) or not (check_mode or absent):
        return result
    missing = f"There is no {principal['type']} {principal['name']}"
    if absent:
        return {**result, "failed": False, "note": f"{missing}, so there is nothing to remove."}
    note = f"{missing} yet. Check mode predicts nothing more. Create it before the real run, which otherwise fails."
    return {**result, "failed": False, "note": note}
