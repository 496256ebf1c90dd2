# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the results about principals to findings. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .._publication.preflight import denied_rows, reason_of
from .._publication.task_results import failure_text, has_failed, has_result
from .applied_results import since_this_run
from .finding import Finding, IN_PLACE, PUBLISH, Subject


def permission_findings(work: Mapping[str, Any], result: Mapping[str, Any] | None) -> list[Finding]:
    """Return one finding for each principal that is to get the policy for publishing.

    :param work: as :meth:`work.PermissionWork.to_dict` returns it.
    :param result: of the role's tasks; ``None``: they did not run.
    """
    subjects = {
        (item["type"], item["name"]): Subject(f"{item['type']}/{item['name']}", "Principal", work["account_id"])
        for item in work["principals"]
    }
    if result is None or not has_result(result):
        evidence = "The task for the permissions did not run."
        return [item.find("not_evaluated", evidence, remedy=PUBLISH + " --check") for item in subjects.values()]
    if "results" not in result:
        return [item.find("unknown", failure_text(result), remedy=PUBLISH + " --check") for item in subjects.values()]
    seen = {_principal_key(item): item for item in result["results"]}
    return [_permission_finding(subject, seen.get(key)) for key, subject in subjects.items()]


def _principal_key(item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    principal = item.get("item") or {}
    return (principal.get("type"), principal.get("name"))


def _permission_finding(subject: Subject, result: Mapping[str, Any] | None) -> Finding:
    if result is None or not has_result(result):
        return subject.find("not_evaluated", "The task for this principal did not run.", remedy=PUBLISH + " --check")
    if is_missing_principal(result):
        evidence = f"There is no {subject.target} in account {subject.account_id}."
        return subject.find("permission_missing", evidence, remedy="Create it, then publish.")
    if has_failed(result):
        return subject.find("unknown", failure_text(result), remedy=PUBLISH + " --check")
    if _is_to_be_put(result):
        evidence = "The policy for publishing flow logs is not there or differs."
        return subject.find("permission_missing", evidence, planned_action="put_policy", how=IN_PLACE, remedy=PUBLISH)
    since = since_this_run(result.get("done") or ())
    return subject.find("in_sync", f"The policy for publishing flow logs is there{since}.")


def _is_to_be_put(result: Mapping[str, Any]) -> bool:
    """Whether a policy is missing or differs: a report keeps ``changed`` false, but not the diff of ``iam_policy``."""
    diff = result.get("diff") or {}
    return bool(result.get("changed")) or diff.get("before") != diff.get("after")


def preflight_finding(
    work: Mapping[str, Any], result: Mapping[str, Any] | None, stops: Mapping[str, Mapping[str, str]]
) -> Finding:
    """Return the finding about who does the work: what lacks, and what does not run for that."""
    subject = Subject(str((result or {}).get("principal") or work["name"]), "Principal", work["account_id"])
    if result is None or not has_result(result):
        return subject.find("not_evaluated", "The permissions were not checked.", remedy=PUBLISH + " --check")
    if has_failed(result):
        return subject.find("unknown", failure_text(result), remedy=PUBLISH + " --check")
    rows = denied_rows(work, result)
    if rows:
        return _lacking(subject, work, result, rows, stops)
    if result.get("permitted") == "unknown":
        return subject.find("unknown", str(result.get("summary") or ""), remedy="Allow iam:SimulatePrincipalPolicy.")
    return subject.find("in_sync", "It has the permissions that the work needs, as far as can be told.")


def _lacking(
    subject: Subject,
    work: Mapping[str, Any],
    result: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    stops: Mapping[str, Mapping[str, str]],
) -> Finding:
    policy = result.get("missing_policy")
    summary = str(result.get("summary") or "")
    halted = [one["name"] for kind, found in stops.items() for one in work[kind] if one["name"] in found]
    return subject.find(
        "permission_missing",
        (summary if policy else reason_of(result, rows))
        + (f" Not run for that: {', '.join(halted)}." if halted else ""),
        remedy=json.dumps(policy, sort_keys=True) if policy else "See who denies it: no further statement fixes that.",
    )


def is_missing_principal(result: Mapping[str, Any]) -> bool:
    """Whether an IAM task met a principal that does not exist (IAM API, NoSuchEntity)."""
    error = result.get("error") or {}
    return error.get("code") == "NoSuchEntity" or "NoSuchEntity" in str(result.get("msg") or "")
