# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines that a stage prints while a run goes on. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ActionDict, ChangeDict
from ansible_collections.flowlogs.aws.plugins.module_utils._core.option_hints import rename_options
from .._findings.collect import blocked_reason
from .._publication.host_variables import variable_of
from .._publication.preflight import stopped, stops_work
from .._publication.task_results import failure_text, has_failed
from .._publication.types import (
    ChangingResult,
    DestinationResult,
    DiffDict,
    PermissionsResult,
    PreflightResult,
    PrincipalResult,
    TaskResult,
)
from .run import Run

#: How many changes of one work unit have a line each. The first run of a large account has thousands.
_LINES_OF_ONE = 20
#: Kinds of work units that print lines.
PrintedKind = Literal["preflights", "permissions", "destinations", "keys", "batches"]


@dataclass
class Progress:
    """What one stage did.

    :param lines: one for each change and each failure.
    :param diff: before and after of each work unit that changed something, as Ansible shows them.
    :param failures: number of work units that failed.
    """

    lines: list[str] = field(default_factory=list)
    diff: list[DiffDict] = field(default_factory=list)
    changed: bool = False
    failures: int = 0

    def add(self, other: Progress) -> None:
        """Add the progress of another work unit, or of another kind of work."""
        self.lines += other.lines
        self.diff += other.diff
        self.changed = self.changed or other.changed
        self.failures += other.failures


def progress_of(kind: PrintedKind, run: Run) -> Progress:
    """Return what a run did for one kind of work."""
    progress = Progress()
    # The summary at the end lists the reasons.
    short = _short_lines(kind, run)
    results = run.results.get(kind, {})
    for work in run.publication[kind]:
        name = work["name"]
        result = results.get(name)
        if name in short and (result is None or kind == "preflights"):
            progress.lines.append(f"{name}: {short[name]}")
        elif result is not None:
            progress.add(_of_result(kind, name, result, run.is_report))
    return progress


def _short_lines(kind: PrintedKind, run: Run) -> dict[str, str]:
    """Return the lines for work units that do not run, and for preflights that stop some, by name."""
    if kind == "preflights":
        answers = run.results.get("preflights", {})
        works = run.publication["preflights"]
        stopping = [work["name"] for work in works if stops_work(work, answers.get(work["name"]) or {})]
        return dict.fromkeys(stopping, "a required permission is missing")
    stops = stopped(run.publication, run.results)
    names = list(stops[kind]) if kind in ("batches", "destinations") else []
    if kind == "batches":
        names += [batch["name"] for batch in run.publication["batches"] if blocked_reason(batch, run.results)]
    return dict.fromkeys(names, "not run")


def _of_result(kind: PrintedKind, name: str, result: TaskResult, is_report: bool) -> Progress:
    lines = [f"{name}: {line}" for line in lines_of(kind, result)]
    failed = has_failed(result)
    if failed:
        # A report does not fail, so its summary lists no reasons.
        reason = f": {rename_options(failure_text(result), variable_of)}" if is_report else ""
        lines.append(f"{name}: failed{reason}")
    actions = cast(ChangingResult, result).get("actions")
    return Progress(lines, diffs_of(name, result), bool(result.get("changed") or actions), int(failed))


def diffs_of(name: str, result: TaskResult) -> list[DiffDict]:
    """Return before and after of everything that a result changes, as Ansible shows it.

    :param name: name of the work unit.
    """
    principals = cast(PermissionsResult, result).get("results")
    diffs = (
        [cast(ChangingResult, result).get("diff")] if principals is None else [one.get("diff") for one in principals]
    )
    return [
        {"before_header": name, "after_header": name, **diff}
        for diff in diffs
        if diff and diff.get("before") != diff.get("after")
    ]


def lines_of(kind: str, result: TaskResult) -> list[str]:
    """Return the lines about one result: each change, and each note.

    :param kind: kind of the work unit, or part of the role.
    """
    if kind == "preflights":
        preflight = cast(PreflightResult, result)
        return [preflight["summary"]] if preflight.get("permitted") in (False, "unknown") else []
    if kind == "permissions":
        principals = cast(PermissionsResult, result).get("results") or ()
        return [line for one in principals for line in _principal_lines(one)]
    destination = cast(DestinationResult, result)
    lines = _action_lines(destination.get("actions") or ())
    if destination.get("deliverable") not in (None, True) and not result.get("failed"):
        lines.append(destination["summary"])
    return lines


def _principal_lines(one: PrincipalResult) -> list[str]:
    changed = [f"put_policy {one['item']['type']} {one['item']['name']}"] if one.get("changed") else []
    return [*changed, *([one["note"]] if one.get("note") else [])]


def _action_line(action: ActionDict) -> str:
    replaced = f" instead of {action['replaces']}" if action.get("replaces") else ""
    # A policy is a page of JSON, which --diff shows.
    shown = () if action["action"] == "put_policy" else action.get("changes", ())
    changes = ", ".join(_change(one) for one in shown)
    return f"{action['action']} {action['target']}{replaced}{f' ({changes})' if changes else ''}"


def _change(one: ChangeDict) -> str:
    current = "" if one.get("current") is None else f"{json.dumps(one['current'])} -> "
    return f"{one['field']}: {current}{json.dumps(one.get('desired'))}"


def _action_lines(actions: Sequence[ActionDict]) -> list[str]:
    """Return a line for each of the first actions, and one with all targets for each kind of the others."""
    if len(actions) <= _LINES_OF_ONE + 1:
        return [_action_line(action) for action in actions]
    others: dict[str, list[str]] = {}
    for action in actions[_LINES_OF_ONE:]:
        others.setdefault(action["action"], []).append(action["target"])
    more = [f"{kind} {len(targets)} more: {', '.join(targets)}" for kind, targets in others.items()]
    return [*map(_action_line, actions[:_LINES_OF_ONE]), *more]
