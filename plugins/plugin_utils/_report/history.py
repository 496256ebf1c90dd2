# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One line of JSON for each run, oldest first. PRIVATE to this collection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError

_MEMBERS = ("generated_at", "verdict", "counts", "severities")
_PERCENTAGES = ("logged_percent", "deliverable_percent")
#: How the percentage of logged targets was called before version 2 of the report.
_LOGGED_BEFORE = "percent"


def parse_history(text: str, option: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the earlier runs that a history lists, and what is wrong with each line that cannot be read.

    :param option: name of the option, for the messages.
    """
    entries, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            entries += [_entry(line, f"{option} line {number}")] if line.strip() else []
        except InputError as error:
            problems.append(str(error))
    return entries, problems


def _entry(line: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not set(_MEMBERS) <= found.keys():
        raise InputError(where, line[:40], f"a JSON object with {', '.join(_MEMBERS)}")
    percentages = {"logged_percent": found.get(_LOGGED_BEFORE), "deliverable_percent": None}
    return {
        **{name: found[name] for name in _MEMBERS},
        **percentages,
        **{n: found[n] for n in _PERCENTAGES if n in found},
    }


def history_entry(report: Mapping[str, Any], time: str) -> dict[str, Any]:
    """Return what the history keeps of a report."""
    told = {name: report[name] for name in ("verdict", "counts", "severities")}
    total = report["coverage"]["total"]
    return {"generated_at": time, **told, **{name: total[name] for name in _PERCENTAGES}}


def history_text(report: Mapping[str, Any], time: str, length: int, existing: str) -> str:
    """Return the history with the present run as its last line.

    :param length: how many runs to keep, 1 or more; the oldest are dropped.
    :param existing: what the file holds. Its lines stay as they are, also those that cannot be read; a file without any line of a
        history is something else, and is returned as it is.
    """
    lines = [line for line in existing.splitlines() if line.strip()]
    if lines and not parse_history(existing, "")[0]:
        return existing
    lines.append(json.dumps(history_entry(report, time), sort_keys=True, separators=(",", ":")))
    return "".join(f"{line}\n" for line in lines[-length:])
