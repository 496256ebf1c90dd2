# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the result of a batch to findings about its targets. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Change
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.tags import check_tags
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination
from .._publication.task_results import failure_text, has_failed, has_result
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


def _without_plan(result: Mapping[str, Any]) -> bool:
    """A task that failed before it had compared anything returns no actions."""
    return not isinstance(result.get("actions"), (list, tuple))


@dataclass
class _PerTarget:
    """A task's result, sorted by target."""

    actions: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    done: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    unsuccessful: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    flow_logs: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    extra: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)


def _per_target(result: Mapping[str, Any]) -> _PerTarget:
    sorted_result = _PerTarget()
    for name in ("actions", "done", "unsuccessful"):
        _sort_into(getattr(sorted_result, name), result.get(name) or (), "target")
    for name in ("flow_logs", "extra"):
        _sort_into(getattr(sorted_result, name), result.get(name) or (), "resource_id")
    return sorted_result


def _sort_into(into: dict[str, list[Mapping[str, Any]]], items: Iterable[Mapping[str, Any]], key: str) -> None:
    for item in items:
        into.setdefault(item[key], []).append(item)


# -- flow logs of one target --------------------------------------------------------------------------------------


def _target_findings(subject: Subject, result: _PerTarget, options: Mapping[str, Any]) -> list[Finding]:
    target = subject.target
    present = options["state"] == "present"
    removed = "duplicate" if present and options["purge"] == "duplicates" else "extra"
    # Where a flow log delivers that is removed whatever its destination is in the reason of the action alone.
    doomed = replace(subject, destination=None) if present and options["purge"] == "s3" else subject
    found = _planned(subject, result.actions.get(target, ()), removed, doomed)
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


def _planned(subject: Subject, actions: Sequence[Mapping[str, Any]], removed: str, doomed: Subject) -> list[Finding]:
    """Findings from planned actions; tagging and untagging of one flow log is one finding.

    :param removed: the class of findings about flow logs that are to be deleted.
    :param doomed: what findings about these have in common.
    """
    found: list[Finding] = []
    retagged: dict[str | None, list[Mapping[str, Any]]] = {}
    for action in actions:
        kind = action["action"]
        if kind in ("tag", "untag"):
            retagged.setdefault(action.get("flow_log_id"), []).append(action)
        elif kind in ("create", "replace"):
            found.append(_planned_one(subject, kind, action))
        else:
            found.append(_removed(doomed, removed, action))
    return found + [_retagged(subject, flow_log_id, items) for flow_log_id, items in retagged.items()]


def _planned_one(subject: Subject, kind: str, action: Mapping[str, Any]) -> Finding:
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


def _removed(subject: Subject, removed: str, action: Mapping[str, Any]) -> Finding:
    return subject.find(
        removed,
        action.get("reason") or "",
        flow_log_id=action.get("flow_log_id"),
        planned_action=action["action"],
        remedy=publish_command(subject),
    )


def _retagged(subject: Subject, flow_log_id: str | None, actions: Sequence[Mapping[str, Any]]) -> Finding:
    return subject.find(
        "drifted",
        "Tags differ.",
        flow_log_id=flow_log_id,
        changes=tuple(change for action in actions for change in action.get("changes") or ()),
        how=IN_PLACE,
        planned_action="+".join(sorted(action["action"] for action in actions)),
        remedy=publish_command(subject),
    )


def _refused(subject: Subject, item: Mapping[str, Any]) -> Finding:
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


def _failed_delivery(subject: Subject, item: Mapping[str, Any]) -> Finding:
    return subject.find(
        "failed_delivery",
        f"AWS reports that delivery fails: {item.get('delivery_error') or 'no reason given'}.",
        flow_log_id=item.get("flow_log_id"),
        remedy="# Tells what is in the way. Once that is fixed, delivery resumes by itself.\n"
        + destination_command(subject),
    )


def _without_change(
    subject: Subject, managed: Sequence[Mapping[str, Any]], options: Mapping[str, Any], since: str
) -> Finding:
    if options["state"] != "present":
        return subject.find("in_sync", f"The target has no such flow log, as configured{since}.")
    if not managed:
        return subject.find(
            "unknown", "The task's result says nothing about this target.", remedy=check_command(subject)
        )
    flow_log_id = managed[0].get("flow_log_id")
    left = _tags_left_alone(managed[0], options)
    if left:
        return subject.find(
            "drifted",
            f"The flow log is named {managed[0].get('name')!r}, so it is adopted as it is and its tags are left alone.",
            flow_log_id=flow_log_id,
            changes=left,
            how=IN_PLACE,
            remedy=f"# Set flow_log_name to this name, or to take the flow log over:\n{_adopting(subject)}",
        )
    return subject.find("in_sync", f"The flow log matches the inventory{since}.", flow_log_id=flow_log_id)


def _adopting(subject: Subject) -> str:
    return f"{publish_command(subject)} -e flow_log_adopt_named=true"


def _tags_left_alone(flow_log: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the desired tags that a flow log does not have though the plan changes nothing.

    That is so for one with a name where ``name`` is not given.
    """
    current = flow_log.get("tags") or {}
    desired = {} if options.get("name") else check_tags(options.get("tags"), None) or {}
    return tuple(
        Change(f"tags.{key}", current.get(key), value).to_dict()
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


def _is_copy(item: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    same_place = same_destination(item.get("destination") or "", other.get("destination") or "")
    return same_place and all(item.get(name) == other.get(name) for name in _COMPARED)


def _other(
    subject: Subject, item: Mapping[str, Any], managed: Sequence[Mapping[str, Any]], options: Mapping[str, Any]
) -> Finding:
    copy = options["state"] == "present" and any(_is_copy(item, other) for other in managed)
    name = item.get("name")
    # One with a name is removed only under it, whatever else is asked of a run.
    removable = copy and (not name or name == options.get("name"))
    named = f" It is named {name!r}." if name else ""
    return subject.find(
        "duplicate" if copy else "extra",
        f"Another flow log of the target delivers to {item.get('destination')}.{named}",
        flow_log_id=item.get("flow_log_id"),
        destination=item.get("destination"),
        remedy=_remove_copies(subject) if removable else _look_and_delete(subject, str(item.get("flow_log_id"))),
    )


def _remove_copies(subject: Subject) -> str:
    return f"{publish_command(subject)} -e flow_log_purge=duplicates"


def _look_and_delete(subject: Subject, flow_log_id: str) -> str:
    look, delete = (
        ec2_command(subject, operation, "--flow-log-ids", flow_log_id)
        for operation in ("describe-flow-logs", "delete-flow-logs")
    )
    return f"{role_note(dict(subject.access.own))}{look}\n# If nobody needs it: {delete}"


def batch_findings(
    batch: Mapping[str, Any], subjects: Sequence[Subject], result: Mapping[str, Any] | None, blocked_by: str
) -> list[Finding]:
    """Return the findings about the targets of a batch.

    :param batch: as :meth:`work.Batch.to_dict` returns it.
    :param subjects: its targets.
    :param result: of ``s3_flow_log`` in check mode, or from :func:`applied_results.after_run`; ``None``: it did not run.
    :param blocked_by: why it was not to run, ``""`` if nothing was in its way.
    """
    if result is None or not has_result(result):
        evidence = blocked_by or f"The task of batch {batch['name']} did not run."
        return [item.find("not_evaluated", evidence, remedy=check_command(item)) for item in subjects]
    if _without_plan(result):
        text = failure_text(result) if has_failed(result) else "The task returned no plan."
        return [item.find("unknown", text, remedy=check_command(item)) for item in subjects]
    per_target = _per_target(result)
    return [finding for item in subjects for finding in _target_findings(item, per_target, batch["options"])]
