# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds drift in buckets, keys and their policies. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._publication.task_results import failure_text, has_failed, has_result
from .applied_results import since_this_run
from .finding import Access, Finding, IN_PLACE, PUBLISH, Subject, check_command, role_note, with_profile
from .types import Result, Work

#: Each source may need a remedy of its own. The module flow_log_destination_info returns them all.
_REMEDIES_SHOWN = 3
_UNMANAGED_POLICY = "flow_log_bucket_policy is false, so this run does not manage the bucket policy."


def destination_findings(work: Work, result: Result | None, blocked_by: str = "") -> list[Finding]:
    """Return the findings about a bucket, and about its key if the run manages the key policy with the bucket.

    A run fixes ``policy_drift``. It cannot fix ``failed_delivery``: the destination could not receive flow logs afterwards.

    :param work: as :meth:`work.BucketWork.to_dict` returns it.
    :param result: from :func:`destination_result.destination_result`; ``None``: the tasks did not run.
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
        others.append(_key_finding(key["arn"], subject.destination, {**key, "msg": failure_text(result)}))
    return [_with_broad_grants(first, result), *others]


def _with_broad_grants(finding: Finding, result: Result) -> Finding:
    """Return a finding that also lists the policies that grant more than log delivery needs."""
    checks = result.get("grants_too_much") or ()
    evidence = [finding.evidence, *(f"{check['message']} {check['evidence']}" for check in checks)]
    remedy = [finding.remedy, *(str(check["remedy"]) for check in checks)]
    return replace(finding, evidence=" ".join(filter(None, evidence)), remedy="\n".join(filter(None, remedy)))


def _not_run_finding(subject: Subject, work: Work, blocked_by: str) -> Finding:
    if is_left_alone(work):
        return subject.find("ignored", _UNMANAGED_POLICY)
    evidence = blocked_by or "The tasks for the destination did not run."
    return subject.find("not_evaluated", evidence, remedy=check_command(subject))


def is_left_alone(work: Work) -> bool:
    """Whether the run neither manages nor checks a destination."""
    return not any(work[name] for name in ("managed", "create_bucket", "manage_key_policy", "check_destination"))


def _missing_bucket(subject: Subject, result: Result) -> list[Finding]:
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


def _policy_drift(subject: Subject, result: Result) -> list[Finding]:
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


def _remaining_problems(subject: Subject, result: Result) -> list[Finding]:
    """Return what is still wrong or unknown once a run has done everything that it plans."""
    if result.get("deliverable") is False:
        return [subject.find("failed_delivery", str(result.get("summary") or ""), remedy=_remedies(subject, result))]
    key_failed = (result.get("key") or {}).get("failed")
    if has_failed(result) and not key_failed:
        return [subject.find("unknown", failure_text(result), remedy=check_command(subject))]
    if result.get("deliverable") == "unknown":
        return [subject.find("unknown", str(result.get("summary") or ""), remedy=_remedies(subject, result))]
    return []


def _remedies(subject: Subject, result: Result) -> str:
    """Return the first remedies, each once. Those of certain problems come before those of possible ones."""
    problems = sorted(result.get("problems") or (), key=lambda item: item.get("status") != "problem")
    remedies = dict.fromkeys(item["remedy"] for item in problems if item.get("remedy"))
    return "\n".join(_with_access(remedy, dict(subject.access.bucket)) for remedy in list(remedies)[:_REMEDIES_SHOWN])


def _with_access(remedy: str, connection: Mapping[str, str]) -> str:
    """Return a remedy; a command of the AWS CLI gets the profile and the role that the inventory names for the bucket."""
    return f"{role_note(connection)}{with_profile(remedy, connection)}" if remedy.startswith("aws ") else remedy


def _in_sync_bucket(subject: Subject, work: Work, result: Result) -> Finding:
    since = since_this_run(result.get("done") or ())
    if work["managed"]:
        return subject.find("in_sync", f"The bucket policy grants log delivery the access that it needs{since}.")
    if result.get("deliverable") is True:
        evidence = "Log delivery can write to the bucket. This run does not manage the bucket policy."
        return subject.find("in_sync", evidence)
    return subject.find("ignored", _UNMANAGED_POLICY)


def key_findings(work: Work, result: Result | None) -> list[Finding]:
    """Return the findings about a key whose policy is managed once for all its buckets.

    :param work: one of :func:`key_work.plan_keys`.
    :param result: from :func:`key_work.key_result`.
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


def _key_finding(arn: str, destination: str | None, result: Result) -> Finding:
    subject = _key_subject(arn, destination)
    if result["failed"]:
        return subject.find("unknown", failure_text(result), remedy=PUBLISH + " --check")
    if not result["changed"]:
        since = since_this_run(result.get("done") or ())
        return subject.find("in_sync", f"The key policy grants log delivery the access that it needs{since}.")
    evidence = f"The key policy is missing permissions that log delivery needs. {_statements(result)}".strip()
    return subject.find("policy_drift", evidence, how=IN_PLACE, planned_action="put_policy", remedy=PUBLISH)


def _statements(result: Result) -> str:
    statements = result.get("statements") or {}
    parts = [
        f"to {verb}: {len(statements[name])}"
        for name, verb in (("added", "add"), ("updated", "update"), ("removed", "remove"))
        if statements.get(name)
    ]
    return f"Statements {', '.join(parts)}." if parts else ""
