# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts the results of a real run, for a report on the state after it. PRIVATE to this collection.

In check mode ``actions`` are planned; in a real run they are done. What is done is no longer drift. What failed still is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Callable, TypeVar

from .._publication.task_results import has_result
from .._publication.types import (
    DestinationKeyDict,
    DestinationResult,
    DoneAction,
    FlowLogsResult,
    KeyResult,
    PermissionsResult,
    RunResults,
    TaskResult,
)

_R = TypeVar("_R", bound=TaskResult)


def applied_results(results: RunResults) -> RunResults:
    """Return the results of a real run as check mode would return them afterwards.

    :param results: as for :func:`collect.find`.
    :returns: the same, with the actions in ``done`` instead of ``actions``. Failures stay as they are.
    """
    applied: RunResults = {**results}
    if "batches" in results:
        applied["batches"] = _each(_applied_batch, results["batches"])
    if "destinations" in results:
        applied["destinations"] = _each(_applied_destination, results["destinations"])
    if "keys" in results:
        applied["keys"] = _each(_applied_key_work, results["keys"])
    if "permissions" in results:
        applied["permissions"] = _each(_applied_permissions, results["permissions"])
    return applied


def since_this_run(actions: Iterable[DoneAction]) -> str:
    """Return the end of a sentence that lists what a run did, ``""`` if it did nothing.

    :param actions: ``done`` of a result of :func:`applied_results`.
    """
    kinds = dict.fromkeys(action["action"] for action in actions)
    return f" since this run ({', '.join(kinds)})" if kinds else ""


def _each(convert: Callable[[_R], _R], results: Mapping[str, _R]) -> dict[str, _R]:
    return {name: convert(result) if has_result(result) else result for name, result in results.items()}


def _applied_batch(result: FlowLogsResult) -> FlowLogsResult:
    # A task that failed before it compared anything has no actions. The report relies on that.
    return {**result, "actions": [], "done": result["actions"]} if "actions" in result else result


def _applied_destination(result: DestinationResult) -> DestinationResult:
    key, done = result.get("key"), result.get("actions") or []
    key_arn = key.get("arn") if key else None
    applied: DestinationResult = {**result, "actions": [], "done": done}
    if any(action["action"] == "put_policy" and action.get("target") != key_arn for action in done):
        applied["missing_grants"] = []
    if key:
        applied["key"] = _applied_key(key)
    return applied


def _applied_key(key: DestinationKeyDict) -> DestinationKeyDict:
    if not key.get("changed"):
        return {**key, "changed": False, "done": []}
    return {**key, "changed": False, "done": _WRITTEN_POLICY, "missing_grants": []}


def _applied_key_work(result: KeyResult) -> KeyResult:
    if not result.get("changed"):
        return {**result, "changed": False, "actions": [], "done": []}
    return {**result, "changed": False, "actions": [], "done": _WRITTEN_POLICY, "missing_grants": []}


def _applied_permissions(result: PermissionsResult) -> PermissionsResult:
    if "results" not in result:
        return result
    return {
        **result,
        "results": [
            {**one, "changed": False, "diff": {}, "done": _WRITTEN_POLICY if one.get("changed") else []}
            for one in result["results"]
        ],
    }


_WRITTEN_POLICY: list[DoneAction] = [{"action": "put_policy"}]
