# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run did and where it failed, for people and for the end of a playbook. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ACTION_KINDS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.option_hints import rename_options
from .._publication.host_names import pattern_of
from .._publication.host_variables import variable_of
from .._publication.preflight import not_run, stopped
from .._publication.stages import STAGES, stages_of
from .._publication.task_results import failure_text, has_failed, has_result
from .collect import blocked_reason
from .destinations import is_left_alone
from .inventory_gaps import gap_lines

#: Begins the one line that tells the result; made to be found with grep.
SUMMARY_PREFIX = "flow logs:"
_NOTHING_TO_DO = "There is no target, so there is nothing to do."
_KINDS = ("permissions", "destinations", "keys", "batches")
#: How many names of hosts that failed a run hands on; the run itself tells all of them.
_NAMES_HANDED_ON = 20


def summarise(
    publication: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]], check_mode: bool = False
) -> dict[str, Any]:
    """Return what a run did: actions by kind, what failed and why, and one line that tells both.

    :param publication: what :meth:`work.Publication.to_dict` returns.
    :param results: as for :func:`collect.find`.
    :param check_mode: whether it is what the run would do.
    :returns: ``actions`` (kind to number), ``failures`` (``{host, pattern, message}``: a host is named once, with all that failed
        for it, and by a pattern that matches it alone; without a host, what the inventory lacks), ``headline``, and
        ``handed_on``: what a later run of a workflow is told.
    """
    actions, failed = _outcome(publication, results)
    for message, hosts in _by_message(publication["invalid"]).items():
        failed.setdefault(hosts[0], []).append(message)
    number = sum(map(len, failed.values())) + bool(publication.get("unmet"))
    failures: list[dict[str, Any]] = [
        {"host": host, "pattern": pattern_of(host), "message": " | ".join(messages)}
        for host, messages in failed.items()
    ]
    if publication.get("unmet"):
        failures.append({"host": None, "pattern": "", "message": " ".join(publication["unmet"])})
    headline = _headline(publication, actions, number)
    return {
        "actions": actions,
        "failures": failures,
        "headline": headline,
        "handed_on": {
            "headline": headline,
            "verdict": "failed" if failures else "changed" if actions else "unchanged",
            "check_mode": check_mode,
            "stages": list(stages_of(publication)),
            "counts": {name: len(publication[name]) for name in ("targets", "batches", "destinations")},
            "actions": actions,
            "failed": number,
            "failed_hosts": list(failed)[:_NAMES_HANDED_ON],
        },
    }


def _outcome(
    publication: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Return how many actions of each kind there are, and for each host why work for it failed."""
    counts = {kind: 0 for kind in ACTION_KINDS}
    failures: dict[str, list[str]] = {}
    stops = stopped(publication, results)
    for kind, work in _works(publication):
        problem = not_run(stops.get(kind, {}).get(work["name"]))
        if not problem:
            result = results.get(kind, {}).get(work["name"]) or {}
            _count(result, counts)
            problem = _problem(kind, work, result, results)
        if problem:
            failures.setdefault(work["credentials_of"], []).append(f"{work['name']}: {problem}")
    return {kind: count for kind, count in counts.items() if count}, failures


def _works(publication: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(kind, work) for kind in _KINDS for work in publication.get(kind) or ()]


def _by_message(invalid: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the hosts that were left out for the same reason, so that it is said once."""
    found: dict[str, list[str]] = {}
    for host in invalid:
        found.setdefault(host["message"], []).append(host["host"])
    return found


def _count(result: Mapping[str, Any], counts: dict[str, int]) -> None:
    for action in result.get("actions") or ():
        counts[action["action"]] += 1


def _problem(
    kind: str, work: Mapping[str, Any], result: Mapping[str, Any], results: Mapping[str, Mapping[str, Any]]
) -> str:
    if has_failed(result):
        return rename_options(failure_text(result), variable_of)
    if has_result(result) or (kind == "destinations" and is_left_alone(work)):
        return ""
    return (blocked_reason(work, results) if kind == "batches" else "") or "did not run"


def _headline(publication: Mapping[str, Any], actions: Mapping[str, int], failures: int) -> str:
    stages = stages_of(publication)
    parts: list[tuple[str, str | int]] = [] if stages == STAGES else [("stages", ",".join(stages))]
    if "flow_logs" in stages:
        parts += [(name, len(publication[name])) for name in ("targets", "batches")]
    if "destinations" in stages:
        parts.append(("destinations", len(publication["destinations"])))
    told = [f"{name}={value}" for name, value in [*parts, *actions.items()]]
    told += [f"gaps={len(publication['gaps'])}"] if publication["gaps"] else []
    told += [f"misspelt={len(publication['notes'])}"] if publication["notes"] else []
    return " ".join([SUMMARY_PREFIX] + told + [f"failed={failures}"])


def _without_name(message: str, host: str) -> str:
    beginning = f"{host}: "
    return message[len(beginning) :] if message.startswith(beginning) else message


def overview(publication: Mapping[str, Any]) -> list[str]:
    """Return what a run is going to do, one line a piece of work; a note where there is nothing to do."""
    stages = stages_of(publication)
    lines = [_batch_line(batch) for batch in publication["batches"]]
    if "flow_logs" not in stages:
        lines += [f"{work['name']}: {kind}" for kind in stages for work in publication[kind]]
    for message, hosts in _by_message(publication["invalid"]).items():
        more = f" and {len(hosts) - 1} more" if len(hosts) > 1 else ""
        lines.append(f"{hosts[0]}{more}: left out. {_without_name(message, hosts[0])}")
    notes = [*gap_lines(publication["gaps"]), *publication["notes"]]
    if stages != STAGES:
        notes = [f"Only these stages: {', '.join(stages)}.", *notes]
    return [*(lines or [_NOTHING_TO_DO]), *notes]


def _batch_line(batch: Mapping[str, Any]) -> str:
    verb = "from" if batch["options"]["state"] == "absent" else "to"
    number = len(batch["resource_ids"])
    noun = "target" if number == 1 else "targets"
    return f"{batch['name']}: {number} {noun} {verb} {batch['destination'] or 'any destination'}"
