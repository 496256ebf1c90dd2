# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and writes the history: one line of JSON for each run, oldest first. PRIVATE to this collection."""

from __future__ import annotations

import json

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .types import HistoryEntry, Report

_REQUIRED = ("generated_at", "verdict", "counts", "severities")
#: Name of logged_percent before version 2 of the report.
_OLD_LOGGED_PERCENT = "percent"


def parse_history(text: str, option: str) -> tuple[list[HistoryEntry], list[str]]:
    """Return the earlier runs of a history, and a message for each line that cannot be read.

    :param option: name of the option, for the messages.
    """
    entries: list[HistoryEntry] = []
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            entries += [_entry(line, f"{option} line {number}")] if line.strip() else []
        except InputError as error:
            problems.append(str(error))
    return entries, problems


def _entry(line: str, where: str) -> HistoryEntry:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not set(_REQUIRED) <= found.keys():
        raise InputError(where, line[:40], f"a JSON object with {', '.join(_REQUIRED)}")
    return {
        "generated_at": found["generated_at"],
        "verdict": found["verdict"],
        "counts": found["counts"],
        "severities": found["severities"],
        "logged_percent": found.get("logged_percent", found.get(_OLD_LOGGED_PERCENT)),
        "deliverable_percent": found.get("deliverable_percent"),
    }


def history_entry(report: Report, time: str) -> HistoryEntry:
    """Return what the history keeps of a report."""
    total = report["coverage"]["total"]
    return {
        "generated_at": time,
        "verdict": report["verdict"],
        "counts": report["counts"],
        "severities": report["severities"],
        "logged_percent": total["logged_percent"],
        "deliverable_percent": total["deliverable_percent"],
    }


def history_text(report: Report, time: str, length: int, existing: str) -> str:
    """Return the history with this run as the last line.

    :param length: how many runs to keep, 1 or more; the oldest are dropped.
    :param existing: content of the file. Lines that cannot be read are kept. A file without any history line is not a
        history, and is returned unchanged.
    """
    lines = [line for line in existing.splitlines() if line.strip()]
    if lines and not parse_history(existing, "")[0]:
        return existing
    lines.append(json.dumps(history_entry(report, time), sort_keys=True, separators=(",", ":")))
    return "".join(f"{line}\n" for line in lines[-length:])
