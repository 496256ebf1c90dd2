# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Summarizes what a run did and what failed. PRIVATE to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, TypedDict, Union, cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ACTION_KINDS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.option_hints import rename_options
from .._publication.host_names import pattern_of
from .._publication.host_variables import variable_of
from .._publication.preflight import not_run, stopped
from .._publication.stages import STAGES, stages_of
from .._publication.task_results import failure_text, has_failed, has_result
from .._publication.types import (
    BatchDict,
    ChangingResult,
    DestinationDict,
    InvalidHostDict,
    KeyDict,
    PermissionsDict,
    PublicationDict,
    RunResults,
    TaskResult,
)
from .collect import blocked_reason
from .destinations import is_left_alone
from .inventory_gaps import gap_lines

#: Start of the line with the result, for grep.
SUMMARY_PREFIX = "flow logs:"
_NOTHING_TO_DO = "There is no target, so there is nothing to do."
_Kind = Literal["permissions", "destinations", "keys", "batches"]
_KINDS: tuple[_Kind, ...] = ("permissions", "destinations", "keys", "batches")
_Work = Union[PermissionsDict, DestinationDict, KeyDict, BatchDict]
#: How many failed hosts ``handed_on`` names. The run itself prints all of them.
_NAMES_HANDED_ON = 20


class Failure(TypedDict):
    """Everything that failed for one host.

    :ivar host: ``None`` if the inventory as a whole fails the run.
    :ivar pattern: host pattern that matches this host only.
    """

    host: str | None
    pattern: str
    message: str


class HandedOn(TypedDict):
    """What a run passes to the next run of a workflow.

    :ivar verdict: ``failed``, ``changed`` or ``unchanged``.
    :ivar counts: number of targets, batches and destinations.
    :ivar failed_hosts: the first ones.
    """

    headline: str
    verdict: str
    check_mode: bool
    stages: list[str]
    counts: dict[str, int]
    actions: dict[str, int]
    failed: int
    failed_hosts: list[str]


class RunSummary(TypedDict):
    """What a run did.

    :ivar actions: number of actions by kind; zero counts are omitted.
    :ivar headline: one line with all numbers.
    """

    actions: dict[str, int]
    failures: list[Failure]
    headline: str
    handed_on: HandedOn


def summarise(publication: PublicationDict, results: RunResults, check_mode: bool = False) -> RunSummary:
    """Return what a run did, or would do: actions by kind, failures and one line with the numbers.

    :param results: as for :func:`collect.find`.
    """
    actions, failed = _outcome(publication, results)
    for message, hosts in _by_message(publication["invalid"]).items():
        failed.setdefault(hosts[0], []).append(message)
    number = sum(map(len, failed.values())) + bool(publication.get("unmet"))
    failures: list[Failure] = [
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
            "counts": {
                "targets": len(publication["targets"]),
                "batches": len(publication["batches"]),
                "destinations": len(publication["destinations"]),
            },
            "actions": actions,
            "failed": number,
            "failed_hosts": list(failed)[:_NAMES_HANDED_ON],
        },
    }


def _outcome(publication: PublicationDict, results: RunResults) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Return the number of actions by kind, and the failures by host."""
    counts = Counter(dict.fromkeys(ACTION_KINDS, 0))
    failures: dict[str, list[str]] = {}
    stops = stopped(publication, results)
    reasons: dict[str, dict[str, str]] = {"batches": stops["batches"], "destinations": stops["destinations"]}
    explained: dict[str, str] = {}
    for kind, work in _all_work(publication):
        reason = reasons.get(kind, {}).get(work["name"])
        if reason:
            problem = _stop(work, reason, stops["destinations"], explained)
        else:
            result: TaskResult = results.get(kind, {}).get(work["name"]) or {}
            counts.update(action["action"] for action in cast(ChangingResult, result).get("actions") or ())
            problem = _problem(kind, work, result, results)
        if problem:
            failures.setdefault(work["credentials_of"], []).append(f"{work['name']}: {problem}")
    return {kind: count for kind, count in counts.items() if count}, failures


def _all_work(publication: PublicationDict) -> list[tuple[_Kind, _Work]]:
    return [(kind, work) for kind in _KINDS for work in publication.get(kind) or ()]


def _by_message(invalid: Iterable[InvalidHostDict]) -> dict[str, list[str]]:
    """Return the names of the hosts that were left out, by message."""
    found: dict[str, list[str]] = {}
    for host in invalid:
        found.setdefault(host["message"], []).append(host["host"])
    return found


def _stop(work: _Work, reason: str, destinations: Mapping[str, str], explained: dict[str, str]) -> str:
    """Return why work was stopped. Each reason appears once, and the reason of a destination only with the destination.

    :param destinations: the reasons of stopped destinations, by name.
    :param explained: the first work with each reason; extended here.
    """
    batch = cast(BatchDict, work)
    destination = destinations.get(batch.get("bucket_name") or "")
    if destination and reason.endswith(destination):
        return _blocked(batch)
    first = explained.setdefault(reason, work["name"])
    return not_run(reason) if first == work["name"] else f"Not run: a required permission is missing, see {first}."


def _blocked(batch: BatchDict) -> str:
    """Return why a batch waits for its destination, whose own failure has the reason."""
    return f"Not run, because its destination {batch['destination']} failed, see {batch['bucket_name']}."


def _problem(kind: _Kind, work: _Work, result: TaskResult, results: RunResults) -> str:
    """Return why work failed or did not run, ``""`` if it succeeded."""
    if has_failed(result):
        return rename_options(failure_text(result), variable_of)
    if has_result(result) or (kind == "destinations" and is_left_alone(cast(DestinationDict, work))):
        return ""
    batch = cast(BatchDict, work)
    return _blocked(batch) if kind == "batches" and blocked_reason(batch, results) else "did not run"


def _headline(publication: PublicationDict, actions: Mapping[str, int], failures: int) -> str:
    stages = stages_of(publication)
    parts: list[tuple[str, str | int]] = [] if stages == STAGES else [("stages", ",".join(stages))]
    if "flow_logs" in stages:
        parts += [("targets", len(publication["targets"])), ("batches", len(publication["batches"]))]
    if "destinations" in stages:
        parts.append(("destinations", len(publication["destinations"])))
    parts += actions.items()
    parts += [("gaps", len(publication["gaps"]))] if publication["gaps"] else []
    parts += [("misspelt", len(publication["notes"]))] if publication["notes"] else []
    return " ".join([SUMMARY_PREFIX, *(f"{name}={value}" for name, value in [*parts, ("failed", failures)])])


def _without_name(message: str, host: str) -> str:
    prefix = f"{host}: "
    return message[len(prefix) :] if message.startswith(prefix) else message


def overview(publication: PublicationDict) -> list[str]:
    """Return what a run will do, one line for each batch or other work, and its notes."""
    return [*_work_lines(publication), *overview_notes(publication)]


def overview_notes(publication: PublicationDict, with_reasons: bool = True) -> list[str]:
    """Return the notes about a plan: that there is nothing to do, hosts that are left out, gaps and misspelt variables.

    :param with_reasons: whether to say why hosts are left out.
    """
    stages = stages_of(publication)
    lines = [] if publication["invalid"] or _work_lines(publication) else [_NOTHING_TO_DO]
    for message, hosts in _by_message(publication["invalid"]).items():
        more = f" and {len(hosts) - 1} more" if len(hosts) > 1 else ""
        reason = f". {_without_name(message, hosts[0])}" if with_reasons else ""
        lines.append(f"{hosts[0]}{more}: left out{reason}")
    lines += [] if stages == STAGES else [f"Only these stages: {', '.join(stages)}."]
    return [*lines, *gap_lines(publication["gaps"]), *publication["notes"]]


def _work_lines(publication: PublicationDict) -> list[str]:
    lines = [_batch_line(batch) for batch in publication["batches"]]
    if "flow_logs" not in stages_of(publication):
        lines += [f"{work['name']}: permissions" for work in publication["permissions"]]
        lines += [f"{work['name']}: destinations" for work in publication["destinations"]]
    return lines


def _batch_line(batch: BatchDict) -> str:
    verb = "from" if batch["options"]["state"] == "absent" else "to"
    number = len(batch["resource_ids"])
    noun = "target" if number == 1 else "targets"
    return f"{batch['name']}: {number} {noun} {verb} {batch['destination'] or 'any destination'}"
