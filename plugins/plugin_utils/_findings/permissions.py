# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds missing permissions of principals. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.check import PermissionDict
from .._publication.preflight import StoppedWork, denied_rows, reason_of
from .._publication.task_results import failure_text, has_failed, has_result
from .._publication.types import PermissionsDict, PermissionsResult, PreflightDict, PreflightResult, PrincipalResult
from .applied_results import since_this_run
from .finding import Finding, IN_PLACE, PUBLISH, Subject

_CHECK = PUBLISH + " --check"


def permission_findings(work: PermissionsDict, result: PermissionsResult | None) -> list[Finding]:
    """Return one finding for each principal that should have the policy for publishing.

    :param result: ``None``: the tasks for the policies did not run.
    """
    subjects = {
        (item["type"], item["name"]): Subject(f"{item['type']}/{item['name']}", "Principal", work["account_id"])
        for item in work["principals"]
    }
    if result is None or not has_result(result):
        evidence = "The task for the permissions did not run."
        return [item.find("not_evaluated", evidence, remedy=_CHECK) for item in subjects.values()]
    if "results" not in result:
        return [item.find("unknown", failure_text(result), remedy=_CHECK) for item in subjects.values()]
    seen = {_principal_key(item): item for item in result["results"]}
    return [_permission_finding(subject, seen.get(key)) for key, subject in subjects.items()]


def _principal_key(result: PrincipalResult) -> tuple[str, str]:
    return result["item"]["type"], result["item"]["name"]


def _permission_finding(subject: Subject, result: PrincipalResult | None) -> Finding:
    if result is None or not has_result(result):
        return subject.find("not_evaluated", "The task for this principal did not run.", remedy=_CHECK)
    if is_missing_principal(result):
        evidence = f"There is no {subject.target} in account {subject.account_id}."
        return subject.find("permission_missing", evidence, remedy="Create it, then publish.")
    if has_failed(result):
        return subject.find("unknown", failure_text(result), remedy=_CHECK)
    if _would_change(result):
        evidence = "The policy for publishing flow logs is missing or differs."
        return subject.find("permission_missing", evidence, planned_action="put_policy", how=IN_PLACE, remedy=PUBLISH)
    since = since_this_run(result.get("done") or ())
    return subject.find("in_sync", f"The principal has the policy for publishing flow logs{since}.")


def _would_change(result: PrincipalResult) -> bool:
    """Whether a policy is missing or differs. A report sets ``changed`` to false, but keeps the diff of ``iam_policy``."""
    diff = result.get("diff") or {}
    return bool(result.get("changed")) or diff.get("before") != diff.get("after")


def preflight_finding(work: PreflightDict, result: PreflightResult | None, stops: StoppedWork) -> Finding:
    """Return the finding about the principal that runs the playbook.

    :param stops: work that must not run.
    """
    subject = Subject(str((result or {}).get("principal") or work["name"]), "Principal", work["account_id"])
    if result is None or not has_result(result):
        return subject.find("not_evaluated", "The permissions were not checked.", remedy=_CHECK)
    if has_failed(result):
        return subject.find("unknown", failure_text(result), remedy=_CHECK)
    rows = denied_rows(work, result)
    if rows:
        return _missing_permissions(subject, work, result, rows, stops)
    if result.get("permitted") == "unknown":
        return subject.find("unknown", str(result.get("summary") or ""), remedy="Allow iam:SimulatePrincipalPolicy.")
    return subject.find(
        "in_sync", "The principal has the permissions that the run needs, as far as they can be checked."
    )


def _missing_permissions(
    subject: Subject,
    work: PreflightDict,
    result: PreflightResult,
    rows: Sequence[PermissionDict],
    stops: StoppedWork,
) -> Finding:
    policy = result.get("missing_policy")
    summary = str(result.get("summary") or "")
    stopped = [one["name"] for one in work["batches"] if one["name"] in stops["batches"]]
    stopped += [one["name"] for one in work["destinations"] if one["name"] in stops["destinations"]]
    return subject.find(
        "permission_missing",
        (summary if policy else reason_of(result, rows))
        + (f" Not run for this reason: {', '.join(stopped)}." if stopped else ""),
        remedy=(
            json.dumps(policy, sort_keys=True)
            if policy
            else "Find what denies it. Another Allow statement does not help."
        ),
    )


def is_missing_principal(result: PrincipalResult) -> bool:
    """Whether an IAM task failed because its principal does not exist (IAM API, NoSuchEntity)."""
    return result.get("error", {}).get("code") == "NoSuchEntity" or "NoSuchEntity" in str(result.get("msg") or "")
