# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the result about a bucket and its key to findings. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._publication.task_results import failure_text, has_failed, has_result
from .applied_results import since_this_run
from .finding import Access, Finding, IN_PLACE, PUBLISH, Subject, check_command, role_note, with_profile

#: Of a destination with many sources each may need one of its own; its module returns them all.
_REMEDIES_SHOWN = 3


def destination_findings(
    work: Mapping[str, Any], result: Mapping[str, Any] | None, blocked_by: str = ""
) -> list[Finding]:
    """Return findings about a bucket and, where its policy was managed, about the key that encrypts it.

    A destination that cannot receive flow logs even after a run has done everything is ``failed_delivery``: no run fixes it.
    ``policy_drift`` is what a run fixes.
    """
    access = Access(bucket=tuple(work["access"].items()))
    subject = Subject(
        work["bucket_arn"], "Bucket", region=work["region"], destination=work["bucket_arn"], access=access
    )
    if result is None or not has_result(result):
        return [_untouched(subject, work, blocked_by)]
    found = _created(subject, result) + _policy_findings(subject, result) + _doubts(subject, result)
    first, *others = found or [_bucket_in_order(subject, work, result)]
    return [_with_width(first, result), *others, *_key_findings(subject, result)]


def _with_width(finding: Finding, result: Mapping[str, Any]) -> Finding:
    """Return a finding that also says which policies grant more than log delivery needs, and what would do."""
    checks = result.get("grants_too_much") or ()
    evidence = [finding.evidence, *(f"{check['message']} {check['evidence']}" for check in checks)]
    remedy = [finding.remedy, *(str(check["remedy"]) for check in checks)]
    return replace(finding, evidence=" ".join(filter(None, evidence)), remedy="\n".join(filter(None, remedy)))


def _untouched(subject: Subject, work: Mapping[str, Any], blocked_by: str) -> Finding:
    if is_left_alone(work):
        evidence = "flow_log_bucket_policy is false, so the bucket policy is looked after elsewhere."
        return subject.find("ignored", evidence)
    evidence = blocked_by or "The tasks for the destination did not run."
    return subject.find("not_evaluated", evidence, remedy=check_command(subject))


def is_left_alone(work: Mapping[str, Any]) -> bool:
    """Whether nothing at all is to be done for a destination."""
    return not any(work[name] for name in ("managed", "create_bucket", "manage_key_policy", "check_destination"))


def _created(subject: Subject, result: Mapping[str, Any]) -> list[Finding]:
    return [
        subject.find(
            "missing",
            action.get("reason") or "",
            changes=tuple(action.get("changes") or ()),
            planned_action=action["action"],
            remedy=PUBLISH,
        )
        for action in result.get("actions") or ()
        if action["action"] == "create_bucket"
    ]


def _policy_findings(subject: Subject, result: Mapping[str, Any]) -> list[Finding]:
    key_arn = (result.get("key") or {}).get("arn")
    actions = [
        action["action"]
        for action in result.get("actions") or ()
        if action["action"] != "create_bucket" and (key_arn is None or action["target"] != key_arn)
    ]
    if not actions:
        return []
    evidence = f"The bucket policy is missing permissions that log delivery needs. {_statements(result)}".strip()
    return [
        subject.find("policy_drift", evidence, how=IN_PLACE, planned_action="+".join(actions), remedy=PUBLISH),
    ]


def _doubts(subject: Subject, result: Mapping[str, Any]) -> list[Finding]:
    """What is wrong or not known when all that was planned is done."""
    if result.get("deliverable") is False:
        return [subject.find("failed_delivery", str(result.get("summary") or ""), remedy=_remedies(subject, result))]
    key_failed = (result.get("key") or {}).get("failed")
    if has_failed(result) and not key_failed:
        return [subject.find("unknown", failure_text(result), remedy=check_command(subject))]
    if result.get("deliverable") == "unknown":
        return [subject.find("unknown", str(result.get("summary") or ""), remedy=_remedies(subject, result))]
    return []


def _remedies(subject: Subject, result: Mapping[str, Any]) -> str:
    """Return the first remedies of what decides, each once; what is wrong for certain comes before what may be."""
    problems = sorted(result.get("problems") or (), key=lambda item: item.get("status") != "problem")
    remedies = dict.fromkeys(item["remedy"] for item in problems if item.get("remedy"))
    return "\n".join(_as_known(remedy, dict(subject.access.bucket)) for remedy in list(remedies)[:_REMEDIES_SHOWN])


def _as_known(remedy: str, connection: Mapping[str, str]) -> str:
    """Return a remedy; a command of the AWS CLI with the profile and the role that the inventory names for the bucket."""
    return f"{role_note(connection)}{with_profile(remedy, connection)}" if remedy.startswith("aws ") else remedy


def _bucket_in_order(subject: Subject, work: Mapping[str, Any], result: Mapping[str, Any]) -> Finding:
    since = since_this_run(result.get("done") or ())
    if work["managed"]:
        return subject.find("in_sync", f"The bucket policy lets log delivery in as needed{since}.")
    if result.get("deliverable") is True:
        return subject.find("in_sync", "Log delivery can write to the bucket, whose policy is looked after elsewhere.")
    return subject.find("ignored", "flow_log_bucket_policy is false, so the bucket policy is looked after elsewhere.")


def _key_findings(bucket: Subject, result: Mapping[str, Any]) -> list[Finding]:
    """Return findings about the key of a destination that manages it by itself."""
    key = result.get("key")
    if not key or key.get("apart"):
        return []
    return [_key_finding(key["arn"], bucket.destination, {**key, "msg": failure_text(result)})]


def key_findings(work: Mapping[str, Any], result: Mapping[str, Any] | None) -> list[Finding]:
    """Return findings about a key whose policy is managed for all its buckets at once.

    :param work: one of :func:`key_work.plan_keys`.
    :param result: from :func:`key_work.key_result`.
    """
    destination = work["bucket_arns"][0]
    if result is None:
        subject = _key_subject(work["arn"], destination)
        return [subject.find("not_evaluated", "The task for the key did not run.", remedy=PUBLISH + " --check")]
    return [_key_finding(work["arn"], destination, result)]


def _key_subject(arn: str, destination: str | None) -> Subject:
    """ARN of a key: ``arn:PARTITION:kms:REGION:ACCOUNT:key/ID`` (AWS General Reference)."""
    parts = (str(arn).split(":") + [""] * 5)[:5]
    return Subject(arn, "Key", parts[4] or None, parts[3] or None, destination=destination)


def _key_finding(arn: str, destination: str | None, result: Mapping[str, Any]) -> Finding:
    subject = _key_subject(arn, destination)
    if result["failed"]:
        return subject.find("unknown", failure_text(result), remedy=PUBLISH + " --check")
    if not result["changed"]:
        since = since_this_run(result.get("done") or ())
        return subject.find("in_sync", f"The key policy lets log delivery use the key as needed{since}.")
    evidence = f"The key policy is missing permissions that log delivery needs. {_statements(result)}".strip()
    return subject.find("policy_drift", evidence, how=IN_PLACE, planned_action="put_policy", remedy=PUBLISH)


def _statements(result: Mapping[str, Any]) -> str:
    statements = result.get("statements") or {}
    parts = [
        f"{len(statements[name])} statements {verb}"
        for name, verb in (("added", "to add"), ("updated", "to update"), ("removed", "to remove"))
        if statements.get(name)
    ]
    return ", ".join(parts) + "." if parts else ""
