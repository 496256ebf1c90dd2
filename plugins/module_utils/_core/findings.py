# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a run was to do and what its tasks returned in check mode to findings. PRIVATE to this collection.

Every target, bucket and principal has at least one finding. What failed is ``unknown``, what did not run is
``not_evaluated``; ``in_sync`` needs a result that says so.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import Any
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Optional
from typing import Sequence
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination import same_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.gap_findings import gap_findings
from ansible_collections.flowlogs.aws.plugins.module_utils._core.preflight import denied_rows
from ansible_collections.flowlogs.aws.plugins.module_utils._core.preflight import not_run
from ansible_collections.flowlogs.aws.plugins.module_utils._core.preflight import reason_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.preflight import stopped
from ansible_collections.flowlogs.aws.plugins.module_utils._core.stages import left_out_by_stages

#: Version of the report's JSON: the second number grows when something is added, the first when something changes.
REPORT_VERSION = "1.0"

#: Every class of finding, with the severity it has. The order is that of reports: what is wrong comes first.
SEVERITIES: Mapping[str, str] = {
    "missing": "high",
    "failed_delivery": "high",
    "drifted": "medium",
    "policy_drift": "high",
    "permission_missing": "high",
    "duplicate": "low",
    "overlapping": "low",
    "extra": "low",
    "unknown": "medium",
    "not_evaluated": "medium",
    "ignored": "info",
    "in_sync": "ok",
}
FINDINGS = tuple(SEVERITIES)
#: From worst to none.
SEVERITY_ORDER = ("high", "medium", "low", "info", "ok")
#: Classes that mean: not known. They are never good news.
UNKNOWN_FINDINGS = ("unknown", "not_evaluated")
#: Classes that always mean: something is not as it should be.
DRIFT_FINDINGS = ("missing", "failed_delivery", "drifted", "policy_drift", "permission_missing")

IN_PLACE = "in_place"
REPLACE = "replace"

#: Of a destination with many sources each may need one of its own; its module returns them all.
_REMEDIES_SHOWN = 3
_PUBLISH = "ansible-playbook flowlogs.aws.publish_to_s3"


@dataclass(frozen=True)
class Finding:
    """One row of a report.

    :param finding: one of :data:`FINDINGS`.
    :param target: id of a resource, ARN of a bucket or key, or a principal.
    :param target_type: API name of the resource type, ``Bucket``, ``Key``, ``Principal``, ``Account`` or ``Region``.
    :param host: the inventory's host, where there is one.
    :param changes: ``[{field, current, desired}]``.
    :param how: ``in_place`` or ``replace`` for what differs, else ``None``.
    :param planned_action: what a run for real would do; ``None``: nothing.
    :param evidence: what was seen.
    :param remedy: what to do about it; can be pasted where it is a command.
    """

    finding: str
    target: str
    target_type: Optional[str] = None
    account_id: Optional[str] = None
    region: Optional[str] = None
    groups: Tuple[str, ...] = ()
    host: Optional[str] = None
    destination: Optional[str] = None
    flow_log_id: Optional[str] = None
    changes: Tuple[Mapping[str, Any], ...] = ()
    how: Optional[str] = None
    planned_action: Optional[str] = None
    evidence: str = ""
    remedy: str = ""

    def to_dict(self) -> Dict[str, Any]:
        """Return the finding as the report's JSON holds it."""
        return {
            "finding": self.finding,
            "severity": SEVERITIES[self.finding],
            "account_id": self.account_id,
            "region": self.region,
            "groups": list(self.groups),
            "host": self.host,
            "target": self.target,
            "target_type": self.target_type,
            "destination": self.destination,
            "flow_log_id": self.flow_log_id,
            "changes": [dict(change) for change in self.changes],
            "how": self.how,
            "planned_action": self.planned_action,
            "evidence": self.evidence,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class _Subject:
    """What all findings about one thing have in common."""

    target: str
    target_type: Optional[str] = None
    account_id: Optional[str] = None
    region: Optional[str] = None
    groups: Tuple[str, ...] = ()
    host: Optional[str] = None
    destination: Optional[str] = None

    def find(self, finding: str, evidence: str, **more: Any) -> Finding:
        """Return a finding about it."""
        return Finding(finding=finding, evidence=evidence, **dict(vars(self), **more))


# -- results of tasks ---------------------------------------------------------------------------------------------


def has_result(result: Optional[Mapping[str, Any]]) -> bool:
    """Whether a task ran: it was reached, and it was not skipped."""
    return bool(result) and not (result or {}).get("skipped")


def has_failed(result: Mapping[str, Any]) -> bool:
    """Whether a task's result is a failure."""
    return bool(result.get("failed") or result.get("unreachable"))


def failure_text(result: Mapping[str, Any]) -> str:
    """Return why a task failed, in its own words."""
    return str(result.get("msg") or result.get("module_stderr") or "The task failed and did not say why.")


def _without_plan(result: Mapping[str, Any]) -> bool:
    """A task that failed before it had compared anything returns no actions."""
    return not isinstance(result.get("actions"), (list, tuple))


@dataclass
class _PerTarget:
    """A task's result, sorted by target."""

    actions: Dict[str, List[Mapping[str, Any]]] = field(default_factory=dict)
    unsuccessful: Dict[str, List[Mapping[str, Any]]] = field(default_factory=dict)
    flow_logs: Dict[str, List[Mapping[str, Any]]] = field(default_factory=dict)
    extra: Dict[str, List[Mapping[str, Any]]] = field(default_factory=dict)


def _per_target(result: Mapping[str, Any]) -> _PerTarget:
    sorted_result = _PerTarget()
    for name, key in (("actions", "target"), ("unsuccessful", "target"), ("flow_logs", "resource_id")):
        _sort_into(getattr(sorted_result, name), result.get(name) or (), key)
    _sort_into(sorted_result.extra, result.get("extra") or (), "resource_id")
    return sorted_result


def _sort_into(into: Dict[str, List[Mapping[str, Any]]], items: Iterable[Mapping[str, Any]], key: str) -> None:
    for item in items:
        into.setdefault(item[key], []).append(item)


# -- flow logs of one target --------------------------------------------------------------------------------------


def _target_findings(subject: _Subject, result: _PerTarget, options: Mapping[str, Any]) -> List[Finding]:
    target = subject.target
    present = options["state"] == "present"
    removed = "duplicate" if present and options["purge"] == "duplicates" else "extra"
    found = _planned(subject, result.actions.get(target, ()), removed)
    found += [_refused(subject, item) for item in result.unsuccessful.get(target, ())]
    replaced = {action.get("replaces") for action in result.actions.get(target, ())}
    managed = result.flow_logs.get(target, ())
    found += [
        _failed_delivery(subject, item)
        for item in managed
        if item.get("delivery_status") == "FAILED" and item.get("flow_log_id") not in replaced
    ]
    if not found:
        found.append(_without_change(subject, managed, present))
    return found + [_other(subject, item, managed, present) for item in result.extra.get(target, ())]


def _planned(subject: _Subject, actions: Sequence[Mapping[str, Any]], removed: str) -> List[Finding]:
    """Findings from planned actions; tagging and untagging of one flow log is one finding.

    :param removed: what a flow log is that is to be deleted.
    """
    found: List[Finding] = []
    retagged: Dict[Optional[str], List[Mapping[str, Any]]] = {}
    for action in actions:
        kind = action["action"]
        if kind in ("tag", "untag"):
            retagged.setdefault(action.get("flow_log_id"), []).append(action)
        else:
            found.append(_planned_one(subject, kind, action, removed))
    return found + [_retagged(subject, flow_log_id, items) for flow_log_id, items in retagged.items()]


def _planned_one(subject: _Subject, kind: str, action: Mapping[str, Any], removed: str) -> Finding:
    reason = action.get("reason") or ""
    if kind == "create":
        return subject.find("missing", reason, planned_action=kind, remedy=_publish(subject))
    if kind == "replace":
        return subject.find(
            "drifted",
            reason,
            flow_log_id=action.get("replaces"),
            changes=tuple(action.get("changes") or ()),
            how=REPLACE,
            planned_action=kind,
            remedy=_publish(subject),
        )
    return subject.find(
        removed, reason, flow_log_id=action.get("flow_log_id"), planned_action=kind, remedy=_publish(subject)
    )


def _retagged(subject: _Subject, flow_log_id: Optional[str], actions: Sequence[Mapping[str, Any]]) -> Finding:
    return subject.find(
        "drifted",
        "Tags differ.",
        flow_log_id=flow_log_id,
        changes=tuple(change for action in actions for change in action.get("changes") or ()),
        how=IN_PLACE,
        planned_action="+".join(sorted(action["action"] for action in actions)),
        remedy=_publish(subject),
    )


def _refused(subject: _Subject, item: Mapping[str, Any]) -> Finding:
    """What the plan cannot do. With differences it is drift, otherwise nothing is known."""
    changes = tuple(item.get("changes") or ())
    return subject.find(
        "drifted" if changes else "unknown",
        f"{item.get('message', '')} ({item.get('code', '')})",
        flow_log_id=item.get("flow_log_id"),
        changes=changes,
        how=REPLACE if changes else None,
        remedy=item.get("hint") or "",
    )


def _failed_delivery(subject: _Subject, item: Mapping[str, Any]) -> Finding:
    return subject.find(
        "failed_delivery",
        f"AWS reports that delivery fails: {item.get('delivery_error') or 'no reason given'}.",
        flow_log_id=item.get("flow_log_id"),
        remedy="flowlogs.aws.flow_log_destination_info tells what is in the way: bucket policy, key, key policy or settings "
        "of the bucket. Once that is mended, delivery resumes by itself.",
    )


def _without_change(subject: _Subject, managed: Sequence[Mapping[str, Any]], present: bool) -> Finding:
    if not present:
        return subject.find("in_sync", "The target has no such flow log, as asked for.")
    if not managed:
        return subject.find("unknown", "The task's result says nothing about this target.", remedy=_check(subject))
    return subject.find("in_sync", "The flow log is as asked for.", flow_log_id=managed[0].get("flow_log_id"))


_COMPARED = (
    "traffic_type",
    "max_aggregation_interval",
    "log_format",
    "destination_options",
    "tag_field_specifications",
)


def _is_copy(item: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    same_place = same_destination(item.get("destination") or "", other.get("destination") or "")
    return same_place and all(item.get(name) == other.get(name) for name in _COMPARED)


def _other(subject: _Subject, item: Mapping[str, Any], managed: Sequence[Mapping[str, Any]], present: bool) -> Finding:
    copy = present and any(_is_copy(item, other) for other in managed)
    return subject.find(
        "duplicate" if copy else "extra",
        f"Another flow log of the target delivers to {item.get('destination')}.",
        flow_log_id=item.get("flow_log_id"),
        remedy="Leave it, or set flow_log_purge to " + ("duplicates." if copy else "s3."),
    )


def _limit(subject: _Subject) -> str:
    return f" --limit {shlex.quote(subject.host)}" if subject.host else ""


def _publish(subject: _Subject) -> str:
    return _PUBLISH + _limit(subject)


def _check(subject: _Subject) -> str:
    return f"{_PUBLISH} --check{_limit(subject)}"


# -- batches, destinations, principals ------------------------------------------------------------------------------


def _batch_findings(
    batch: Mapping[str, Any], subjects: Sequence[_Subject], result: Optional[Mapping[str, Any]], blocked_by: str
) -> List[Finding]:
    if result is None or not has_result(result):
        evidence = blocked_by or f"The task of batch {batch['name']} did not run."
        return [item.find("not_evaluated", evidence, remedy=_check(item)) for item in subjects]
    if _without_plan(result):
        text = failure_text(result) if has_failed(result) else "The task returned no plan."
        return [item.find("unknown", text, remedy=_check(item)) for item in subjects]
    per_target = _per_target(result)
    return [finding for item in subjects for finding in _target_findings(item, per_target, batch["options"])]


def _destination_findings(
    work: Mapping[str, Any], result: Optional[Mapping[str, Any]], blocked_by: str = ""
) -> List[Finding]:
    """Findings about a bucket and, where its policy was managed, about the key that encrypts it.

    A destination that stays undeliverable when all that was asked for is done is ``failed_delivery``: no run mends it.
    ``policy_drift`` is what a run mends.
    """
    subject = _Subject(work["bucket_arn"], "Bucket", region=work["region"], destination=work["bucket_arn"])
    if result is None or not has_result(result):
        return [_untouched(subject, work, blocked_by)]
    found = _created(subject, result) + _policy_findings(subject, result) + _doubts(subject, result)
    return (found or [_bucket_in_order(subject, work, result)]) + _key_findings(subject, result)


def _untouched(subject: _Subject, work: Mapping[str, Any], blocked_by: str) -> Finding:
    if is_left_alone(work):
        evidence = "flow_log_bucket_policy is false, so the bucket policy is looked after elsewhere."
        return subject.find("ignored", evidence)
    evidence = blocked_by or "The tasks for the destination did not run."
    return subject.find("not_evaluated", evidence, remedy=_check(subject))


def is_left_alone(work: Mapping[str, Any]) -> bool:
    """Whether nothing at all is to be done for a destination."""
    return not any(work[name] for name in ("managed", "create_bucket", "manage_key_policy", "check_destination"))


def _created(subject: _Subject, result: Mapping[str, Any]) -> List[Finding]:
    return [
        subject.find(
            "missing",
            action.get("reason") or "",
            changes=tuple(action.get("changes") or ()),
            planned_action=action["action"],
            remedy=_PUBLISH,
        )
        for action in result.get("actions") or ()
        if action["action"] == "create_bucket"
    ]


def _policy_findings(subject: _Subject, result: Mapping[str, Any]) -> List[Finding]:
    key_arn = (result.get("key") or {}).get("arn")
    actions = [
        action["action"]
        for action in result.get("actions") or ()
        if action["action"] != "create_bucket" and (key_arn is None or action["target"] != key_arn)
    ]
    if not actions:
        return []
    evidence = f"The bucket policy lacks what log delivery needs. {_statements(result)}".strip()
    return [
        subject.find("policy_drift", evidence, how=IN_PLACE, planned_action="+".join(actions), remedy=_PUBLISH),
    ]


def _doubts(subject: _Subject, result: Mapping[str, Any]) -> List[Finding]:
    """What is wrong or not known when all that was planned is done."""
    if result.get("deliverable") is False:
        return [subject.find("failed_delivery", str(result.get("summary") or ""), remedy=_remedies(result))]
    key_failed = (result.get("key") or {}).get("failed")
    if has_failed(result) and not key_failed:
        return [subject.find("unknown", failure_text(result), remedy=_check(subject))]
    if result.get("deliverable") == "unknown":
        return [subject.find("unknown", str(result.get("summary") or ""), remedy=_remedies(result))]
    return []


def _remedies(result: Mapping[str, Any]) -> str:
    """Return the first remedies of what decides, each once; what is wrong for certain comes before what may be."""
    problems = sorted(result.get("problems") or (), key=lambda item: item.get("status") != "problem")
    remedies = dict.fromkeys(item["remedy"] for item in problems if item.get("remedy"))
    return "\n".join(list(remedies)[:_REMEDIES_SHOWN])


def _bucket_in_order(subject: _Subject, work: Mapping[str, Any], result: Mapping[str, Any]) -> Finding:
    if work["managed"]:
        return subject.find("in_sync", "The bucket policy lets log delivery in as needed.")
    if result.get("deliverable") is True:
        return subject.find("in_sync", "Log delivery can write to the bucket, whose policy is looked after elsewhere.")
    return subject.find("ignored", "flow_log_bucket_policy is false, so the bucket policy is looked after elsewhere.")


def _key_findings(bucket: _Subject, result: Mapping[str, Any]) -> List[Finding]:
    """ARN of a key: ``arn:PARTITION:kms:REGION:ACCOUNT:key/ID`` (AWS General Reference)."""
    key = result.get("key")
    if not key:
        return []
    parts = (str(key["arn"]).split(":") + [""] * 5)[:5]
    subject = _Subject(key["arn"], "Key", parts[4] or None, parts[3] or None, destination=bucket.destination)
    if key["failed"]:
        return [subject.find("unknown", failure_text(result), remedy=_PUBLISH + " --check")]
    if not key["changed"]:
        return [subject.find("in_sync", "The key policy lets log delivery use the key as needed.")]
    evidence = f"The key policy lacks what log delivery needs. {_statements(key)}".strip()
    return [subject.find("policy_drift", evidence, how=IN_PLACE, planned_action="put_policy", remedy=_PUBLISH)]


def _statements(result: Mapping[str, Any]) -> str:
    statements = result.get("statements") or {}
    parts = [
        f"{len(statements[name])} statements {verb}"
        for name, verb in (("added", "to add"), ("updated", "to update"), ("removed", "to remove"))
        if statements.get(name)
    ]
    return ", ".join(parts) + "." if parts else ""


def _permission_findings(work: Mapping[str, Any], result: Optional[Mapping[str, Any]]) -> List[Finding]:
    subjects = {
        (item["type"], item["name"]): _Subject(f"{item['type']}/{item['name']}", "Principal", work["account_id"])
        for item in work["principals"]
    }
    if result is None or not has_result(result):
        evidence = "The task for the permissions did not run."
        return [item.find("not_evaluated", evidence, remedy=_PUBLISH + " --check") for item in subjects.values()]
    if "results" not in result:
        return [item.find("unknown", failure_text(result), remedy=_PUBLISH + " --check") for item in subjects.values()]
    seen = {_principal_key(item): item for item in result["results"]}
    return [_permission_finding(subject, seen.get(key)) for key, subject in subjects.items()]


def _principal_key(item: Mapping[str, Any]) -> Tuple[Optional[str], Optional[str]]:
    principal = item.get("item") or {}
    return (principal.get("type"), principal.get("name"))


def _permission_finding(subject: _Subject, result: Optional[Mapping[str, Any]]) -> Finding:
    if result is None or not has_result(result):
        return subject.find("not_evaluated", "The task for this principal did not run.", remedy=_PUBLISH + " --check")
    if is_missing_principal(result):
        evidence = f"There is no {subject.target} in account {subject.account_id}."
        return subject.find("permission_missing", evidence, remedy="Create it, then publish.")
    if has_failed(result):
        return subject.find("unknown", failure_text(result), remedy=_PUBLISH + " --check")
    if result.get("changed"):
        evidence = "The policy for publishing flow logs is not there or differs."
        return subject.find("permission_missing", evidence, planned_action="put_policy", how=IN_PLACE, remedy=_PUBLISH)
    return subject.find("in_sync", "The policy for publishing flow logs is there.")


def _preflight_finding(
    work: Mapping[str, Any], result: Optional[Mapping[str, Any]], stops: Mapping[str, Mapping[str, str]]
) -> Finding:
    """The finding about who does the work: what lacks, and what does not run for that."""
    subject = _Subject(str((result or {}).get("principal") or work["name"]), "Principal", work["account_id"])
    if result is None or not has_result(result):
        return subject.find("not_evaluated", "The permissions were not asked for.", remedy=_PUBLISH + " --check")
    if has_failed(result):
        return subject.find("unknown", failure_text(result), remedy=_PUBLISH + " --check")
    rows = denied_rows(work, result)
    if rows:
        return _lacking(subject, work, result, rows, stops)
    if result.get("permitted") == "unknown":
        return subject.find("unknown", str(result.get("summary") or ""), remedy="Allow iam:SimulatePrincipalPolicy.")
    return subject.find("in_sync", "It has the permissions that the work needs, as far as can be told.")


def _lacking(
    subject: _Subject,
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
        remedy=json.dumps(policy, sort_keys=True) if policy else "See who denies it: no further statement mends that.",
    )


def is_missing_principal(result: Mapping[str, Any]) -> bool:
    """Whether an IAM task met a principal that does not exist (IAM API, NoSuchEntity)."""
    error = result.get("error") or {}
    return error.get("code") == "NoSuchEntity" or "NoSuchEntity" in str(result.get("msg") or "")


# -- the whole report ---------------------------------------------------------------------------------------------


def find(publication: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]) -> List[Finding]:
    """Return every finding of a run.

    :param publication: what :meth:`batches.Publication.to_dict` returns.
    :param results: results of the tasks by the name of the work: ``batches``, ``destinations``, ``permissions`` and
        ``preflights``. A name that is not there did not run.
    """
    stops = stopped(publication, results)
    found = [
        _preflight_finding(work, results.get("preflights", {}).get(work["name"]), stops)
        for work in publication.get("preflights") or ()
    ]
    found += _findings_of_batches(publication, results, stops["batches"])
    for work in publication["destinations"]:
        halted = not_run(stops["destinations"].get(work["name"]))
        found += _destination_findings(work, _result_of("destinations", work, results, halted), halted)
    for work in publication["permissions"]:
        found += _permission_findings(work, results.get("permissions", {}).get(work["name"]))
    for host in list(publication["invalid"]) + list(publication["unselected"]):
        found.append(_not_worked_on(host))
    found += [Finding(**row) for row in gap_findings(publication.get("gaps") or ())]
    return sorted(found + _left_out(publication), key=_report_order)


def _left_out(publication: Mapping[str, Any]) -> List[Finding]:
    """Return findings about what belongs to stages that the run did not have: nothing is known of it."""
    reason = left_out_by_stages(publication)
    if reason is None:
        return []
    found = find(publication["left_out"], {})
    return [replace(one, evidence=reason) if one.finding == "not_evaluated" else one for one in found]


def _findings_of_batches(
    publication: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]], stops: Mapping[str, str]
) -> List[Finding]:
    found: List[Finding] = []
    batches = {batch["name"]: batch for batch in publication["batches"]}
    subjects: Dict[str, List[_Subject]] = {}
    for item in publication["targets"]:
        subjects.setdefault(item["batch"], []).append(_subject_of(item, batches[item["batch"]]))
    for name, batch in batches.items():
        halted = not_run(stops.get(name))
        result = _result_of("batches", batch, results, halted)
        found += _batch_findings(batch, subjects.get(name, []), result, halted or blocked_reason(batch, results))
    return found


def _result_of(
    kind: str, work: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]], halted: str
) -> Optional[Mapping[str, Any]]:
    """Return the result of a piece of work; what an earlier playbook left of work that was stopped is none."""
    return None if halted else results.get(kind, {}).get(work["name"])


def _subject_of(item: Mapping[str, Any], batch: Mapping[str, Any]) -> _Subject:
    return _Subject(
        target=item["target"],
        target_type=batch["resource_type"],
        account_id=batch["account_id"],
        region=batch["region"],
        groups=tuple(item["groups"]),
        host=item["host"],
        destination=batch["destination"],
    )


def blocked_reason(batch: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return why a batch must not run, ``""`` if nothing is in its way.

    Without its destination CreateFlowLogs would let AWS edit the bucket policy (VPC User Guide,
    flow-logs-s3-permissions), so a batch waits until that is in order.
    """
    result = results.get("destinations", {}).get(batch.get("bucket_name") or "")
    if result and has_failed(result):
        return f"Not run, because its destination {batch['destination']} failed: {failure_text(result)}"
    return ""


def _not_worked_on(host: Mapping[str, Any]) -> Finding:
    known = host["known"]
    subject = _Subject(
        target=known.get("target") or host["host"],
        account_id=known.get("account_id"),
        region=known.get("region"),
        groups=tuple(host["groups"]),
        host=host["host"],
    )
    remedy = f"Correct {host['variable']} of host {host['host']}." if host["variable"] else _check(subject)
    return subject.find("not_evaluated", host["message"], remedy=remedy)


def _report_order(finding: Finding) -> Tuple[Any, ...]:
    place = (finding.account_id or "", finding.region or "", finding.target_type or "", finding.target)
    return (FINDINGS.index(finding.finding),) + place + (finding.host or "", finding.flow_log_id or "")


def report(findings: Iterable[Finding], generated_at: Optional[str] = None) -> Dict[str, Any]:
    """Return the report: what all formats are made from.

    :param generated_at: time of the run as text, when the report shall tell it; nothing else depends on time.
    """
    rows = [finding.to_dict() for finding in findings]
    counts = {name: sum(1 for row in rows if row["finding"] == name) for name in FINDINGS}
    made: Dict[str, Any] = {"version": REPORT_VERSION, "verdict": verdict(rows), "counts": counts, "findings": rows}
    if generated_at is not None:
        made["generated_at"] = generated_at
    return made


def verdict(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return ``drift``, ``unknown``, ``in_sync`` or ``nothing_checked``. Drift weighs more than what is not known.

    Further flow logs of a target are drift only where they are to be removed; otherwise they are allowed to be there.
    """
    drift = unknown = in_sync = False
    for row in rows:
        drift = drift or row["finding"] in DRIFT_FINDINGS or row["planned_action"] is not None
        unknown = unknown or row["finding"] in UNKNOWN_FINDINGS
        in_sync = in_sync or row["finding"] == "in_sync"
    if drift or unknown:
        return "drift" if drift else "unknown"
    return "in_sync" if in_sync else "nothing_checked"


def failing(report_data: Mapping[str, Any], fail_on: Iterable[str]) -> Dict[str, int]:
    """Return how many findings there are of each class and severity that shall fail a run; only those there are.

    :param fail_on: classes of findings and severities (a severity stands for itself and for all worse ones).
    :raises InputError: for a word that is neither.
    """
    found: Dict[str, int] = {}
    for name in fail_on:
        if name in SEVERITY_ORDER:
            bad = SEVERITY_ORDER[: SEVERITY_ORDER.index(name) + 1]
            count = sum(1 for row in report_data["findings"] if row["severity"] in bad)
        elif name in FINDINGS:
            count = sum(1 for row in report_data["findings"] if row["finding"] == name)
        else:
            raise InputError("drift_report_fail_on", name, ", ".join(FINDINGS + SEVERITY_ORDER))
        if count:
            found[name] = count
    return found
