# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines that a stage prints while a run goes on. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ActionDict, ChangeDict
from .._findings.collect import blocked_reason
from .._publication.preflight import not_run, stopped
from .._publication.task_results import has_failed
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

#: How many changes of one work unit are printed. The first run of a large account has thousands.
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
    reasons = _blocked(kind, run)
    results = run.results.get(kind, {})
    for work in run.publication[kind]:
        result = results.get(work["name"])
        if result is not None:
            progress.add(_of_result(kind, work["name"], result))
        elif reasons.get(work["name"]):
            progress.lines.append(f"{work['name']}: {reasons[work['name']]}")
    return progress


def _blocked(kind: PrintedKind, run: Run) -> dict[str, str]:
    """Return why work units must not run, by name."""
    if kind not in ("batches", "destinations"):
        return {}
    reasons = {name: not_run(reason) for name, reason in stopped(run.publication, run.results)[kind].items()}
    if kind == "batches":
        for batch in run.publication["batches"]:
            reasons[batch["name"]] = reasons.get(batch["name"]) or blocked_reason(batch, run.results)
    return reasons


def _of_result(kind: PrintedKind, name: str, result: TaskResult) -> Progress:
    lines = [f"{name}: {line}" for line in lines_of(kind, result)]
    failed = has_failed(result)
    # The summary at the end lists the reasons.
    lines += [f"{name}: failed"] if failed else []
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
    lines = _at_most(_action_line(action) for action in destination.get("actions") or ())
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


def _at_most(lines: Iterable[str]) -> list[str]:
    each = list(lines)
    left = len(each) - _LINES_OF_ONE
    return [*each[:_LINES_OF_ONE], f"and {left} more"] if left > 1 else each
