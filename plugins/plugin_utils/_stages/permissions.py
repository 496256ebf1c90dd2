# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage that gives principals the policy for publishing. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies
from .._findings.permissions import is_missing_principal
from .._publication.task_results import failure_text, has_failed
from .task import Connection, Connections, Results, Stage, Task

#: Name of the inline policy that playbooks attach.
POLICY_NAME = "publish-flow-logs-to-s3"


def permissions(publication: Mapping[str, Any], connection: Connections, check_mode: bool) -> Stage[Results]:
    """Give the principals of all accounts the policy for publishing. A policy that is too long fails its account only."""
    results: Results = {}
    for work in publication["permissions"]:
        options = {"account_id": work["account_id"], "partition": work["partition"], "region": work["region"]}
        reached = connection(work["credentials_of"], "flow_log_aws")
        try:
            results[work["name"]] = yield from attach(work["name"], work["principals"], options, reached, check_mode)
        except InputError as error:
            refused = InputError("flow_log_permission_principals", error.value, error.allowed)
            results[work["name"]] = {"changed": False, "failed": True, "msg": str(refused)}
    return results


def attach(
    name: str,
    principals: Sequence[Mapping[str, Any]],
    options: Mapping[str, Any],
    connection: Connection,
    check_mode: bool,
) -> Stage[dict[str, Any]]:
    """Attach the policy inline to principals of one account, or remove it.

    :param principals: ``{type, name, buckets}``.
    :param options: ``state``, ``policy`` and ``policy_name`` where they are not the usual ones; ``account_id``, ``partition`` and
        ``region``.
    :returns: ``changed``, ``failed``, ``msg`` and ``results``: of each principal, with the principal in ``item``.
    """
    tasks = [_task(name, principal, options, connection) for principal in principals]
    answers = yield tasks
    absent = options.get("state") == "absent"
    results = [
        {"changed": False, **_forgiving(answer, one, check_mode, absent), "item": dict(one)}
        for answer, one in zip(answers, principals)
    ]
    failed = [one for one in results if has_failed(one)]
    return {
        "changed": any(one.get("changed") for one in results),
        "failed": bool(failed),
        "msg": " ".join(failure_text(one) for one in failed),
        "results": results,
    }


def _task(name: str, principal: Mapping[str, Any], options: Mapping[str, Any], connection: Connection) -> Task:
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


def _forgiving(
    answer: Mapping[str, Any], principal: Mapping[str, Any], check_mode: bool, absent: bool
) -> dict[str, Any]:
    """In check mode other automation may be about to create a principal; one that is gone has no policy."""
    if not is_missing_principal(answer) or not (check_mode or absent):
        return dict(answer)
    who = f"There is no {principal['type']} {principal['name']}"
    if absent:
        return {**answer, "failed": False, "note": f"{who}, so there is nothing to remove."}
    note = f"{who} yet, so nothing more can be said in check mode. A run for real fails unless it is created before."
    return {**answer, "failed": False, "note": note}
