# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Converts the results of a real run, for a report on the state after it. PRIVATE to this collection.

In check mode ``actions`` are planned; in a real run they are done. What is done is no longer drift. What failed still is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Callable

from .._publication.task_results import has_result
from .types import Result, Results


def applied_results(results: Results) -> dict[str, Mapping[str, Result]]:
    """Return the results of a real run as check mode would return them afterwards.

    :param results: as for :func:`collect.find`.
    :returns: the same, with the actions in ``done`` instead of ``actions``. Failures stay as they are.
    """
    return {
        kind: {
            name: _CONVERTERS.get(kind, dict)(result) if has_result(result) else result for name, result in part.items()
        }
        for kind, part in results.items()
    }


def since_this_run(actions: Iterable[Result]) -> str:
    """Return the end of a sentence that lists what a run did, ``""`` if it did nothing.

    :param actions: ``done`` of a result of :func:`applied_results`.
    """
    kinds = dict.fromkeys(action["action"] for action in actions)
    return f" since this run ({', '.join(kinds)})" if kinds else ""


def _applied_batch(result: Result) -> Result:
    # A task that failed before it compared anything has no actions. The report relies on that.
    return {**result, "actions": [], "done": result["actions"]} if "actions" in result else result


def _applied_destination(result: Result) -> Result:
    key, done = result.get("key") or {}, result.get("actions") or ()
    is_granted = any(action["action"] == "put_policy" and action.get("target") != key.get("arn") for action in done)
    return {
        **result,
        "actions": [],
        "done": done,
        **({"missing_grants": []} if is_granted else {}),
        **({"key": _applied_key(key)} if key else {}),
    }


def _applied_key(key: Result) -> Result:
    granted: Result = {"missing_grants": []} if key.get("changed") else {}
    return {**key, "changed": False, "done": _written_policy(key), **granted}


def _applied_key_work(result: Result) -> Result:
    return {**_applied_key(result), "actions": []}


def _applied_permissions(result: Result) -> Result:
    if "results" not in result:
        return result
    return {
        **result,
        "results": [{**one, "changed": False, "diff": {}, "done": _written_policy(one)} for one in result["results"]],
    }


def _written_policy(result: Result) -> Iterable[Result]:
    return ({"action": "put_policy"},) if result.get("changed") else ()


_CONVERTERS: Mapping[str, Callable[[Result], Result]] = {
    "batches": _applied_batch,
    "destinations": _applied_destination,
    "keys": _applied_key_work,
    "permissions": _applied_permissions,
}
