# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a stage did, line by line, for whoever watches a run. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._findings.collect import blocked_reason
from .._publication.preflight import not_run, stopped
from .._publication.task_results import has_failed
from .run import Run

#: How many changes of one piece of work are told; a first run of a large account has thousands.
_LINES_OF_ONE = 20


@dataclass
class Progress:
    """What one stage did.

    :param lines: one for each change and each failure.
    :param diff: before and after of each piece of work that changed something, as Ansible shows them.
    :param failures: how much work failed.
    """

    lines: list[str] = field(default_factory=list)
    diff: list[dict[str, Any]] = field(default_factory=list)
    changed: bool = False
    failures: int = 0

    def add(self, other: Progress) -> None:
        """Add what was done for another kind of work."""
        self.lines += other.lines
        self.diff += other.diff
        self.changed = self.changed or other.changed
        self.failures += other.failures


def progress_of(kind: str, run: Run) -> Progress:
    """Return what was done for one kind of work.

    :param kind: one of :data:`run.KINDS`.
    """
    told = Progress()
    stops = stopped(run.publication, run.results).get(kind, {})
    for work in run.publication[kind]:
        result = run.results.get(kind, {}).get(work["name"])
        if result is None:
            reason = not_run(stops.get(work["name"]))
            if kind == "batches" and not reason:
                reason = blocked_reason(work, run.results)
            told.lines += [f"{work['name']}: {reason}"] if reason else []
            continue
        told.add(_of_work(kind, work, result))
    return told


def _of_work(kind: str, work: Mapping[str, Any], result: Mapping[str, Any]) -> Progress:
    name = work["name"]
    lines = [f"{name}: {line}" for line in lines_of(kind, result)]
    failed = has_failed(result)
    # Why is told in the end, together with all others.
    lines += [f"{name}: failed"] if failed else []
    return Progress(lines, diffs_of(name, result), bool(result.get("changed") or result.get("actions")), int(failed))


def diffs_of(name: str, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a result changes, before and after, as Ansible shows it.

    :param name: of the work.
    """
    each = result["results"] if "results" in result else [result]
    found = [one["diff"] for one in each if one.get("diff")]
    return [
        {"before_header": name, "after_header": name, **diff}
        for diff in found
        if diff.get("before") != diff.get("after")
    ]


def lines_of(kind: str, result: Mapping[str, Any]) -> list[str]:
    """Return what one result says, a line for each change and for what people should know.

    :param kind: of the work.
    """
    if kind == "preflights":
        return [str(result["summary"])] if result.get("permitted") in (False, "unknown") else []
    if kind == "permissions":
        return [line for one in result.get("results") or () for line in _principal_lines(one)]
    lines = _at_most(_action_line(action) for action in result.get("actions") or ())
    if result.get("deliverable") not in (None, True) and not result.get("failed"):
        lines.append(str(result["summary"]))
    return lines


def _principal_lines(one: Mapping[str, Any]) -> list[str]:
    changed = [f"put_policy {one['item']['type']} {one['item']['name']}"] if one.get("changed") else []
    return [*changed, *([str(one["note"])] if one.get("note") else [])]


def _action_line(action: Mapping[str, Any]) -> str:
    replaced = f" instead of {action['replaces']}" if action.get("replaces") else ""
    # What becomes of a policy is a page of JSON, which --diff shows.
    shown = () if action["action"] == "put_policy" else action.get("changes", ())
    changes = ", ".join(_change(one) for one in shown)
    return f"{action['action']} {action['target']}{replaced}{f' ({changes})' if changes else ''}"


def _change(one: Mapping[str, Any]) -> str:
    current = "" if one.get("current") is None else f"{json.dumps(one['current'])} -> "
    return f"{one['field']}: {current}{json.dumps(one.get('desired'))}"


def _at_most(lines: Iterable[str]) -> list[str]:
    each = list(lines)
    left = len(each) - _LINES_OF_ONE
    return [*each[:_LINES_OF_ONE], f"and {left} more"] if left > 1 else each
