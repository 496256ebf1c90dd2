# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the drift report of a run; documented in plugins/modules/flow_log_report.py."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action import run_file
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.hosts import plain
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.applied_results import applied_results
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.types import AnyFinding
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import Accepted, day_of, parse_baseline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.changes import parse_previous
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import FILES, render, report_summary
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.history import history_text, parse_history
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import ReportContext, build_report, failing
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.settings import read_settings
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.types import (
    EarlierReport,
    HistoryEntry,
    Report,
    ReportSettings,
)

_DISPLAY = Display()
_SETTINGS = (
    *("directory", "formats", "fail_on", "severities", "time", "keep_dated", "baseline", "previous", "history"),
    "history_length",
)
ARGUMENT_SPEC: Mapping[str, Any] = {
    **{name: {"type": "raw"} for name in _SETTINGS},
    "findings": {"type": "raw"},
    "check_settings": {"type": "bool", "default": False},
}
_NAME = "drift-report"


class ActionModule(ActionBase):
    """Writes the report, also in check mode, because it changes nothing else."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the summary of the report, the paths of its files, and the findings that fail the run."""
        result = dict(super().run(tmp, task_vars))
        _checked, options = self.validate_argument_spec(argument_spec=dict(ARGUMENT_SPEC))
        try:
            settings = read_settings({name: plain(options[name]) for name in _SETTINGS})
            now = settings["time"] or datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            history_file = _read(settings["history"])
            context = _context(settings, now, history_file)
            if options["check_settings"]:
                return {**result, "changed": False}
            found, sources = _findings(
                plain(options["findings"]), (task_vars or {}).get("ansible_inventory_sources") or ()
            )
            report = build_report(found, now if settings["time"] else None, context)
            if sources is not None:
                report["inventory"] = sources
            summary = report_summary(report)
            return {
                **result,
                "changed": False,
                "summary": summary,
                "files": _write(report, settings, now, history_file),
                "failing": failing(summary, settings["fail_on"]),
            }
        except InputError as error:
            raise AnsibleActionFail(str(error)) from error


def _findings(given: Any, sources: Any) -> tuple[list[AnyFinding], list[str] | None]:
    """Return the findings and the inventory sources of the run, or those of the given report."""
    if given is not None:
        read = _report(given)
        return list(read["findings"]), read.get("inventory")
    run = run_file.load()
    for note in run.publication["notes"] if run.is_report else ():
        _DISPLAY.warning(note)
    results = run.results if run.is_report or run.check_mode else applied_results(run.results)
    inventory = [_from_here(str(source)) for source in sources]
    return [one.to_dict() for one in find(run.publication, results, inventory)], inventory


def _report(given: Any) -> Mapping[str, Any]:
    try:
        read = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        read = None
    if not isinstance(read, Mapping) or not isinstance(read.get("findings"), list):
        shown = given if isinstance(given, str) else type(given).__name__
        raise InputError("drift_report_findings", str(shown)[:40], "a report, such as drift-report.json")
    return read


def _from_here(source: str) -> str:
    """Return the path of an inventory source relative to the current folder, if it is inside of it."""
    here = os.path.join(os.getcwd(), "")
    return source[len(here) :] if source.startswith(here) and source != here else source


# -- files --------------------------------------------------------------------------------------------------------


def _full(path: str) -> str:
    return os.path.realpath(os.path.expanduser(path))


def _read(path: str) -> str:
    """Return the text of a file, ``""`` if there is no path or no file. Bytes that are not UTF-8 are kept."""
    if not path or not os.path.isfile(_full(path)):
        return ""
    with open(_full(path), encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def _replace(path: str, text: str) -> None:
    """Replace a file atomically, so that no reader sees an incomplete file."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".drift-report-")
    try:
        with open(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _write(report: Report, settings: ReportSettings, now: str, history_file: str) -> list[str]:
    """Write the report in all formats and the history. Return the paths of the report files.

    :param history_file: content of the file of the history.
    """
    folder = _full(settings["directory"])
    os.makedirs(folder, mode=0o755, exist_ok=True)
    day = "".join(filter(str.isalnum, now))
    files = []
    for name in settings["formats"]:
        text = render(report, name)
        path = os.path.join(folder, _NAME + FILES[name])
        _replace(path, text)
        files.append(path)
        if settings["keep_dated"]:
            _replace(os.path.join(folder, f"{_NAME}-{day}{FILES[name]}"), text)
    if settings["history"]:
        _replace(_full(settings["history"]), history_text(report, now, settings["history_length"], history_file))
    return files


# -- severities, baseline, previous report and history ------------------------------------------------------------


def _context(settings: ReportSettings, now: str, history_file: str) -> ReportContext:
    return ReportContext(
        severities=settings["severities"],
        baseline=_baseline(settings["baseline"]),
        today=day_of(now),
        previous=_previous(_read(settings["previous"])),
        history=_history(history_file),
    )


def _baseline(path: str) -> list[Accepted] | None:
    if not path:
        return None
    if not os.path.isfile(_full(path)):
        raise InputError("drift_report_baseline", path, "an existing YAML file")
    try:
        found = yaml.safe_load(_read(path))
    except yaml.YAMLError as error:
        raise InputError("drift_report_baseline", path, f"a YAML file that can be read ({error})") from None
    return None if found is None else parse_baseline(found)


# A broken file of an earlier run must not prevent later reports.
def _previous(text: str) -> EarlierReport | None:
    try:
        return parse_previous(text, "drift_report_previous")
    except InputError as error:
        _DISPLAY.warning(f"{error} The report is not compared with a previous one.")
        return None


def _history(text: str) -> list[HistoryEntry]:
    entries, problems = parse_history(text, "drift_report_history")
    if problems:
        consequence = (
            "The report leaves out these lines. They stay in the file."
            if entries
            else "The file stays unchanged, and this run is not added to it."
        )
        _DISPLAY.warning(f"{problems[0]} {consequence}")
    return entries
