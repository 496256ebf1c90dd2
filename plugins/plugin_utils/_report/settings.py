# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the variables ``drift_report_*`` from YAML, INI and ``-e``. PRIVATE to this collection."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from .._findings.run_demands import read_switch
from .baseline import day_of
from .formats import FILES
from .model import FAIL_WORDS, severity_table
from .types import ReportSettings

PREFIX = "drift_report_"


def read_settings(given: Mapping[str, object]) -> ReportSettings:
    """Return the variables of the role, converted to one type each.

    :param given: values by the names of :class:`types.ReportSettings`.
    :raises InputError: for an invalid variable.
    """
    paths = {name: _path(given.get(name), PREFIX + name) for name in ("directory", "baseline", "previous", "history")}
    if not paths["directory"]:
        raise InputError(f"{PREFIX}directory", given.get("directory"), "a folder")
    return {
        "directory": paths["directory"],
        "baseline": paths["baseline"],
        "previous": paths["previous"],
        "history": paths["history"],
        "formats": _words(given.get("formats"), f"{PREFIX}formats", tuple(FILES)),
        "fail_on": _words(given.get("fail_on"), f"{PREFIX}fail_on", FAIL_WORDS),
        "severities": _severities(given.get("severities")),
        "time": _time(given.get("time")),
        "keep_dated": bool(read_switch(given.get("keep_dated"), f"{PREFIX}keep_dated")),
        "history_length": _length(given.get("history_length")),
    }


def _path(value: Any, variable: str) -> str:
    """Return a path. YAML reads some folder names as numbers or dates."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, datetime.date, type(None))):
        raise InputError(variable, value, "a path")
    return "" if value is None else str(value)


def _words(value: Any, variable: str, known: Sequence[str]) -> list[str]:
    """Return a list of words, each once. ``-e`` passes it as text: separated by commas, or as JSON."""
    allowed = f"some of {', '.join(known)}, as a list or separated by commas"
    found = _from_json(value, variable, allowed) if isinstance(value, str) and value.lstrip().startswith("[") else value
    if isinstance(found, str):
        found = [word for word in map(str.strip, found.split(",")) if word]
    if not isinstance(found, (list, tuple, type(None))):
        raise InputError(variable, value, allowed)
    for word in found or ():
        if word not in known:
            raise InputError(variable, word, allowed)
    return list(dict.fromkeys(found or ()))


def _from_json(value: str, variable: str, allowed: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise InputError(variable, value, allowed) from None


def _severities(value: Any) -> dict[str, str]:
    allowed = "a dictionary of classes of findings and severities"
    found = value
    if isinstance(value, str) and value.strip():
        found = _from_json(value, f"{PREFIX}severities", allowed)
    if found and not isinstance(found, Mapping):
        raise InputError(f"{PREFIX}severities", value, allowed)
    severity_table(found or {})
    return dict(found or {})


def _time(value: Any) -> str:
    """Return a time as text. YAML reads an unquoted time as a date or a datetime."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.timezone.utc) if value.tzinfo else value
        return utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = value.isoformat() if isinstance(value, datetime.date) else value
    if not isinstance(text, str):
        raise InputError(f"{PREFIX}time", value, "a time such as 2030-01-31T06:00:00Z, or a day")
    if text.strip():
        day_of(text.strip(), f"{PREFIX}time")
    return text.strip()


def _length(value: Any) -> int:
    text = "" if isinstance(value, bool) else str(value).strip()
    if not (text.isascii() and text.isdigit() and int(text)):
        raise InputError(f"{PREFIX}history_length", value, "1 or more")
    return int(text)
