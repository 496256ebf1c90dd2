# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a run for real returned to what it leaves behind. PRIVATE to this collection.

What a run in check mode returns as planned, a run for real returns as done. For a report about the state after it, what
is done is no drift any more, but what failed still is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable

from .._publication.task_results import has_result

Result = Mapping[str, Any]
Results = Mapping[str, Mapping[str, Result]]


def after_run(results: Results) -> dict[str, Mapping[str, Result]]:
    """Return results of a run for real as a run in check mode would return them afterwards.

    :param results: as for :func:`collect.find`.
    :returns: the same, where ``done`` has the actions instead of ``actions``. What failed stays as it is.
    """
    return {kind: _each(_LEFT.get(kind, dict), left) for kind, left in results.items()}


def since_this_run(actions: Iterable[Mapping[str, Any]]) -> str:
    """Return the end of a sentence that tells what a run has done, ``""`` if it had nothing to do.

    :param actions: what :func:`after_run` calls ``done``.
    """
    kinds = dict.fromkeys(action["action"] for action in actions)
    return f" since this run ({', '.join(kinds)})" if kinds else ""


def _each(left: Callable[[Result], Result], results: Mapping[str, Result]) -> dict[str, Result]:
    return {name: left(result) if has_result(result) else result for name, result in results.items()}


def _of_batch(result: Result) -> Result:
    # A task that failed before it had compared anything has none, and that must stay so.
    return {**result, "actions": [], "done": result["actions"]} if "actions" in result else result


def _of_destination(result: Result) -> Result:
    key, done = result.get("key") or {}, result.get("actions") or ()
    is_granted = any(action["action"] == "put_policy" and action.get("target") != key.get("arn") for action in done)
    granted: dict[str, Any] = {"missing_grants": []} if is_granted else {}
    return {**result, "actions": [], "done": done, **granted, **({"key": _of_key(key)} if key else {})}


def _of_key(key: Result) -> Result:
    granted: dict[str, Any] = {"missing_grants": []} if key.get("changed") else {}
    return {**key, "changed": False, "done": _put(key), **granted}


def _of_key_work(result: Result) -> Result:
    return {**_of_key(result), "actions": []}


def _of_permissions(result: Result) -> Result:
    if "results" not in result:
        return result
    return {
        **result,
        "results": [{**one, "changed": False, "diff": {}, "done": _put(one)} for one in result["results"]],
    }


def _put(result: Result) -> Iterable[Mapping[str, Any]]:
    return ({"action": "put_policy"},) if result.get("changed") else ()


_LEFT: Mapping[str, Callable[[Result], Result]] = {
    "batches": _of_batch,
    "destinations": _of_destination,
    "keys": _of_key_work,
    "permissions": _of_permissions,
}
