# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds drift in buckets, keys and their policies. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._publication.task_results import failure_text, has_failed, has_result
from .._publication.types import DestinationDict, DestinationResult, KeyDict, KeyResult
from .applied_results import since_this_run
from .finding import Access, Finding, IN_PLACE, PUBLISH, Subject, check_command, role_note, with_profile

#: Each source may need a remedy of its own. The module flow_log_destination_info returns them all.
_REMEDIES_SHOWN = 3
_UNMANAGED_POLICY = "flow_log_bucket_policy is false, so this run does not manage the bucket policy."


def destination_findings(
    work: DestinationDict, result: DestinationResult | None, blocked_by: str = ""
) -> list[Finding]:
    """Return the findings about a bucket, and about its key if the run manages the key policy with the bucket.

    A run fixes ``policy_drift``. It cannot fix ``failed_delivery``: the destination could not receive flow logs afterwards.

    :param result: ``None``: the tasks did not run.
    :param blocked_by: why the tasks did not run, ``""`` if nothing blocked them.
    """
    access = Access(bucket=tuple(work["access"].items()))
    subject = Subject(
        work["bucket_arn"], "Bucket", region=work["region"], destination=work["bucket_arn"], access=access
    )
    if result is None or not has_result(result):
        return [_not_run_finding(subject, work, blocked_by)]
    found = _missing_bucket(subject, result) + _policy_drift(subject, result) + _remaining_problems(subject, result)
    first, *others = found or [_in_sync_bucket(subject, work, result)]
    key = result.get("key")
    if key and not key.get("apart"):
        key_result: KeyResult = {
            "changed": key["changed"],
            "failed": key["failed"],
            "msg": failure_text(result),
            "statements": key.get("statements") or {},
            "done": key.get("done") or [],
        }
        others.append(_key_finding(key["arn"] or "", subject.destination, key_result))
    return [_with_broad_grants(first, result), *others]


def _with_broad_grants(finding: Finding, result: DestinationResult) -> Finding:
    """Return a finding that also lists the policies that grant more than log delivery needs."""
    checks = result.get("grants_too_much") or ()
    evidence = [finding.evidence, *(f"{check['message']} {check['evidence']}" for check in checks)]
    remedy = [finding.remedy, *(str(check["remedy"]) for check in checks)]
    return replace(finding, evidence=" ".join(filter(None, evidence)), remedy="\n".join(filter(None, remedy)))


def _not_run_finding(subject: Subject, work: DestinationDict, blocked_by: str) -> Finding:
    if is_left_alone(work):
        return subject.find("ignored", _UNMANAGED_POLICY)
    evidence = blocked_by or "The tasks for the destination did not run."
    return subject.find("not_evaluated", evidence, remedy=check_command(subject))


def is_left_alone(work: DestinationDict) -> bool:
    """Whether the run neither manages nor checks a destination."""
    return not (work["managed"] or work["create_bucket"] or work["manage_key_policy"] or work["check_destination"])


def _missing_bucket(subject: Subject, result: DestinationResult) -> list[Finding]:
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


def _policy_drift(subject: Subject, result: DestinationResult) -> list[Finding]:
    key = result.get("key")
    key_arn = key["arn"] if key else None
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


def _remaining_problems(subject: Subject, result: DestinationResult) -> list[Finding]:
    """Return what is still wrong or unknown once a run has done everything that it plans."""
    if result.get("deliverable") is False:
        return [subject.find("failed_delivery", str(result.get("summary") or ""), remedy=_remedies(subject, result))]
    key = result.get("key")
    if has_failed(result) and not (key and key.get("failed")):
        return [subject.find("unknown", failure_text(result), remedy=check_command(subject))]
    if result.get("deliverable") == "unknown":
        return [subject.find("unknown", str(result.get("summary") or ""), remedy=_remedies(subject, result))]
    return []


def _remedies(subject: Subject, result: DestinationResult) -> str:
    """Return the first remedies, each once. Those of certain problems come before those of possible ones."""
    problems = sorted(result.get("problems") or (), key=lambda item: item.get("status") != "problem")
    remedies = dict.fromkeys(item["remedy"] for item in problems if item.get("remedy"))
    return "\n".join(_with_access(remedy, dict(subject.access.bucket)) for remedy in list(remedies)[:_REMEDIES_SHOWN])


def _with_access(remedy: str, connection: Mapping[str, str]) -> str:
    """Return a remedy; a command of the AWS CLI gets the profile and the role that the inventory names for the bucket."""
    return f"{role_note(connection)}{with_profile(remedy, connection)}" if remedy.startswith("aws ") else remedy


def _in_sync_bucket(subject: Subject, work: DestinationDict, result: DestinationResult) -> Finding:
    since = since_this_run(result.get("done") or ())
    if work["managed"]:
        return subject.find("in_sync", f"The bucket policy grants log delivery the access that it needs{since}.")
    if result.get("deliverable") is True:
        evidence = "Log delivery can write to the bucket. This run does not manage the bucket policy."
        return subject.find("in_sync", evidence)
    return subject.find("ignored", _UNMANAGED_POLICY)


def key_findings(work: KeyDict, result: KeyResult | None) -> list[Finding]:
    """Return the findings about a key whose policy is managed once for all its buckets.

    :param result: ``None``: the task did not run.
    """
    destination = work["bucket_arns"][0]
    if result is None:
        subject = _key_subject(work["arn"], destination)
        return [subject.find("not_evaluated", "The task for the key did not run.", remedy=PUBLISH + " --check")]
    return [_key_finding(work["arn"], destination, result)]


def _key_subject(arn: str, destination: str | None) -> Subject:
    """Return the subject for a key, ``arn:PARTITION:kms:REGION:ACCOUNT:key/ID`` (AWS General Reference)."""
    parts = (str(arn).split(":") + [""] * 5)[:5]
    return Subject(arn, "Key", parts[4] or None, parts[3] or None, destination=destination)


def _key_finding(arn: str, destination: str | None, result: KeyResult) -> Finding:
    subject = _key_subject(arn, destination)
    if result["failed"]:
        return subject.find("unknown", failure_text(result), remedy=PUBLISH + " --check")
    if not result["changed"]:
        since = since_this_run(result.get("done") or ())
        return subject.find("in_sync", f"The key policy grants log delivery the access that it needs{since}.")
    evidence = f"The key policy is missing permissions that log delivery needs. {_statements(result)}".strip()
    return subject.find("policy_drift", evidence, how=IN_PLACE, planned_action="put_policy", remedy=PUBLISH)


def _statements(result: DestinationResult | KeyResult) -> str:
    statements = result.get("statements") or {}
    parts = [
        f"to {verb}: {len(statements[name])}"
        for name, verb in (("added", "add"), ("updated", "update"), ("removed", "remove"))
        if statements.get(name)
    ]
    return f"Statements {', '.join(parts)}." if parts else ""
