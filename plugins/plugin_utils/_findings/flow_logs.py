# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds drift in the flow logs of the targets of a batch. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ActionDict, ChangeDict, UnsuccessfulDict
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.tags import check_tags
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination
from .._publication.task_results import failure_text, has_failed, has_result
from .._publication.types import BatchDict, FlowLogDict, FlowLogOptions, FlowLogsResult
from .applied_results import since_this_run
from .finding import (
    Finding,
    IN_PLACE,
    REPLACE,
    Subject,
    check_command,
    destination_command,
    ec2_command,
    publish_command,
    role_note,
)

_Item = TypeVar("_Item", bound=Mapping[str, Any])


@dataclass(frozen=True)
class _ResultByTarget:
    """The result of a task, grouped by target."""

    actions: dict[str, list[ActionDict]]
    done: dict[str, list[ActionDict]]
    unsuccessful: dict[str, list[UnsuccessfulDict]]
    flow_logs: dict[str, list[FlowLogDict]]
    extra: dict[str, list[FlowLogDict]]


def _result_by_target(result: FlowLogsResult) -> _ResultByTarget:
    return _ResultByTarget(
        actions=_grouped(result.get("actions") or (), "target"),
        done=_grouped(result.get("done") or (), "target"),
        unsuccessful=_grouped(result.get("unsuccessful") or (), "target"),
        flow_logs=_grouped(result.get("flow_logs") or (), "resource_id"),
        extra=_grouped(result.get("extra") or (), "resource_id"),
    )


def _grouped(items: Iterable[_Item], key: str) -> dict[str, list[_Item]]:
    groups: dict[str, list[_Item]] = {}
    for item in items:
        groups.setdefault(item[key], []).append(item)
    return groups


# -- flow logs of one target --------------------------------------------------------------------------------------


def _target_findings(subject: Subject, result: _ResultByTarget, options: FlowLogOptions) -> list[Finding]:
    target = subject.target
    present = options["state"] == "present"
    removed = "duplicate" if present and options["purge"] == "duplicates" else "extra"
    # purge: s3 removes flow logs to any destination. Only the reason of the action names it.
    removed_subject = replace(subject, destination=None) if present and options["purge"] == "s3" else subject
    found = _planned(subject, result.actions.get(target, ()), removed, removed_subject)
    found += [_refused(subject, item) for item in result.unsuccessful.get(target, ())]
    replaced = {action.get("replaces") for action in result.actions.get(target, ())}
    managed = result.flow_logs.get(target, ())
    found += [
        _failed_delivery(subject, item)
        for item in managed
        if item.get("delivery_status") == "FAILED" and item.get("flow_log_id") not in replaced
    ]
    if not found:
        found.append(_without_change(subject, managed, options, since_this_run(result.done.get(target, ()))))
    return found + [_other(subject, item, managed, options) for item in result.extra.get(target, ())]


def _planned(subject: Subject, actions: Sequence[ActionDict], removed: str, removed_subject: Subject) -> list[Finding]:
    """Return the findings for planned actions. Setting and removing tags of one flow log is one finding.

    :param removed: the class of findings about flow logs that a run would delete.
    :param removed_subject: the subject of these findings.
    """
    found: list[Finding] = []
    retagged: dict[str | None, list[ActionDict]] = {}
    for action in actions:
        kind = action["action"]
        if kind in ("tag", "untag"):
            retagged.setdefault(action.get("flow_log_id"), []).append(action)
        elif kind in ("create", "replace"):
            found.append(_planned_one(subject, kind, action))
        else:
            found.append(_removed(removed_subject, removed, action))
    return found + [_retagged(subject, flow_log_id, items) for flow_log_id, items in retagged.items()]


def _planned_one(subject: Subject, kind: str, action: ActionDict) -> Finding:
    reason = action.get("reason") or ""
    if kind == "create":
        return subject.find("missing", reason, planned_action=kind, remedy=publish_command(subject))
    return subject.find(
        "drifted",
        reason,
        flow_log_id=action.get("replaces"),
        changes=tuple(action.get("changes") or ()),
        how=REPLACE,
        planned_action=kind,
        remedy=publish_command(subject),
    )


def _removed(subject: Subject, removed: str, action: ActionDict) -> Finding:
    return subject.find(
        removed,
        action.get("reason") or "",
        flow_log_id=action.get("flow_log_id"),
        planned_action=action["action"],
        remedy=publish_command(subject),
    )


def _retagged(subject: Subject, flow_log_id: str | None, actions: Sequence[ActionDict]) -> Finding:
    return subject.find(
        "drifted",
        "The tags differ.",
        flow_log_id=flow_log_id,
        changes=tuple(change for action in actions for change in action.get("changes") or ()),
        how=IN_PLACE,
        planned_action="+".join(sorted(action["action"] for action in actions)),
        remedy=publish_command(subject),
    )


def _refused(subject: Subject, item: UnsuccessfulDict) -> Finding:
    """Return the finding for a target that the plan refuses: drift if it lists differences, otherwise unknown."""
    changes = tuple(item.get("changes") or ())
    return subject.find(
        "drifted" if changes else "unknown",
        f"{item.get('message', '')} ({item.get('code', '')})",
        flow_log_id=item.get("flow_log_id"),
        changes=changes,
        how=REPLACE if changes else None,
        remedy=item.get("hint") or "",
    )


def _failed_delivery(subject: Subject, item: FlowLogDict) -> Finding:
    return subject.find(
        "failed_delivery",
        f"AWS reports that delivery fails: {item.get('delivery_error') or 'no reason given'}.",
        flow_log_id=item.get("flow_log_id"),
        remedy="# Shows what blocks delivery. Once you fix it, delivery resumes by itself.\n"
        + destination_command(subject),
    )


def _without_change(subject: Subject, managed: Sequence[FlowLogDict], options: FlowLogOptions, since: str) -> Finding:
    if options["state"] != "present":
        return subject.find("in_sync", f"The target has no such flow log, as configured{since}.")
    if not managed:
        return subject.find(
            "unknown", "The result of the task does not list this target.", remedy=check_command(subject)
        )
    flow_log_id = managed[0].get("flow_log_id")
    unset_tags = _unset_tags(managed[0], options)
    if unset_tags:
        return subject.find(
            "drifted",
            f"The flow log is named {managed[0].get('name')!r}, so a run adopts it unchanged and does not set its tags.",
            flow_log_id=flow_log_id,
            changes=unset_tags,
            how=IN_PLACE,
            remedy="# Set flow_log_name to this name, or take over the flow log:\n"
            f"{publish_command(subject)} -e flow_log_adopt_named=true",
        )
    return subject.find("in_sync", f"The flow log matches the inventory{since}.", flow_log_id=flow_log_id)


def _unset_tags(flow_log: FlowLogDict, options: FlowLogOptions) -> tuple[ChangeDict, ...]:
    """Return the desired tags that a run does not set: ``name`` is not given, and the flow log has a name."""
    current = flow_log.get("tags") or {}
    desired = {} if options.get("name") else check_tags(options.get("tags"), None) or {}
    return tuple(
        {"field": f"tags.{key}", "current": current.get(key), "desired": value}
        for key, value in sorted(desired.items())
        if current.get(key) != value
    )


_COMPARED = (
    "traffic_type",
    "max_aggregation_interval",
    "log_format",
    "destination_options",
    "tag_field_specifications",
)


def _is_copy(item: FlowLogDict, other: FlowLogDict) -> bool:
    has_same_destination = same_destination(item.get("destination") or "", other.get("destination") or "")
    return has_same_destination and all(item.get(name) == other.get(name) for name in _COMPARED)


def _other(subject: Subject, item: FlowLogDict, managed: Sequence[FlowLogDict], options: FlowLogOptions) -> Finding:
    copy = options["state"] == "present" and any(_is_copy(item, other) for other in managed)
    name = item.get("name")
    # A run removes a flow log with a name only if the host gives this name.
    removable = copy and (not name or name == options.get("name"))
    named = f" It is named {name!r}." if name else ""
    return subject.find(
        "duplicate" if copy else "extra",
        f"Another flow log of the target delivers to {item.get('destination')}.{named}",
        flow_log_id=item.get("flow_log_id"),
        destination=item.get("destination"),
        remedy=(
            f"{publish_command(subject)} -e flow_log_purge=duplicates"
            if removable
            else _show_and_delete(subject, str(item.get("flow_log_id")))
        ),
    )


def _show_and_delete(subject: Subject, flow_log_id: str) -> str:
    show, delete = (
        ec2_command(subject, operation, "--flow-log-ids", flow_log_id)
        for operation in ("describe-flow-logs", "delete-flow-logs")
    )
    return f"{role_note(dict(subject.access.own))}{show}\n# If nobody needs it: {delete}"


def batch_findings(
    batch: BatchDict, subjects: Sequence[Subject], result: FlowLogsResult | None, blocked_by: str
) -> list[Finding]:
    """Return the findings about the targets of a batch.

    :param subjects: its targets.
    :param result: of ``s3_flow_log`` in check mode, or from :func:`applied_results.applied_results`; ``None``: it did not run.
    :param blocked_by: why it did not run, ``""`` if nothing blocked it.
    """
    if result is None or not has_result(result):
        evidence = blocked_by or f"The task of batch {batch['name']} did not run."
        return [item.find("not_evaluated", evidence, remedy=check_command(item)) for item in subjects]
    # A task that failed before it compared anything returns no actions.
    if not isinstance(result.get("actions"), (list, tuple)):
        text = failure_text(result) if has_failed(result) else "The task returned no plan."
        return [item.find("unknown", text, remedy=check_command(item)) for item in subjects]
    by_target = _result_by_target(result)
    return [finding for item in subjects for finding in _target_findings(item, by_target, batch["options"])]
