# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one stage of a playbook; documented in plugins/modules/flow_log_run.py."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible.errors import AnsibleAction, AnsibleActionFail
from ansible.utils.display import Display

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action import run_file
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.base import FlowLogsAction
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.hosts import connection_of, read_hosts
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.task_runner import SLICE
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import (
    overview,
    overview_notes,
    summarise,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages import planning, single_calls
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.destinations import destinations
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.permissions import permissions
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.progress import PrintedKind, Progress, progress_of
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.run import Run

_DISPLAY = Display()
_STAGES = ("plan", "preflight", "permissions", "destinations", "flow_logs", "deliveries", "summary", "failure")
ARGUMENT_SPEC: Mapping[str, Any] = {
    "stage": {"type": "list", "elements": "str", "choices": list(_STAGES), "required": True},
    "hosts": {"type": "list", "elements": "str"},
    "selected": {"type": "list", "elements": "str"},
    "pattern": {"type": "str"},
    "state": {"type": "str"},
    "gaps": {"type": "raw"},
    "allow_empty": {"type": "raw"},
    "fail_on_gaps": {"type": "raw"},
    "strict": {"type": "raw"},
    "with_report": {"type": "raw"},
    "report_only": {"type": "bool", "default": False},
    "list_flow_logs": {"type": "bool", "default": False},
    "delivery_hours": {"type": "int", "default": 24},
    "message": {"type": "str", "default": ""},
}


class ActionModule(FlowLogsAction):
    """Runs some stages of a playbook."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the merged results of the stages."""
        result = dict(super().run(tmp, task_vars))
        _checked, options = self.validate_argument_spec(argument_spec=dict(ARGUMENT_SPEC))
        self._vars = task_vars or {}
        at_once = int(self._vars.get("ansible_forks") or 5)
        warnings: list[str] = []
        for stage in options["stage"]:
            noun = "batches" if stage in ("flow_logs", "deliveries") else ""
            self._runner = self.runner(self._vars, at_once, partial(_show_progress, noun))
            try:
                found = getattr(self, f"_{stage}")(options)
            except (InputError, planning.RunRefused) as error:
                raise AnsibleActionFail(str(error)) from error
            warnings += [*found.pop("warnings", ()), *self._runner.warnings]
            result = _merged(result, found)
        return {**result, **({"warnings": warnings} if warnings else {})}

    # -- what every stage needs ------------------------------------------------------------------------------------

    @property
    def _hostvars(self) -> Any:
        return self._vars["hostvars"]

    def _reached(self, host: str, *names: str) -> Any:
        return connection_of(host, self._hostvars, *names)

    # -- stages ----------------------------------------------------------------------------------------------------

    def _plan(self, options: Mapping[str, Any]) -> dict[str, Any]:
        hosts = read_hosts(options["hosts"] or (), self._hostvars, options["state"])
        request = planning.PlanRequest(
            selected=options["selected"],
            gaps=options["gaps"],
            run_tags=self._vars.get("ansible_run_tags") or ("all",),
            skip_tags=self._vars.get("ansible_skip_tags") or (),
            inherited_tags=self._task.tags,
            allow_empty=options["allow_empty"],
            fail_on_gaps=options["fail_on_gaps"],
            pattern=options["pattern"],
            strict=options["strict"],
            with_report=options["with_report"],
            only_reads=options["report_only"],
        )
        publication, identities = self._runner.drive(planning.plan(hosts, request, self._reached))
        run = Run(publication, is_report=options["report_only"], check_mode=bool(self._task.check_mode))
        run.results["identities"] = identities
        run_file.save(run)
        # The end of a run that publishes shows the reasons.
        for line in overview_notes(publication, with_reasons=run.is_report):
            _DISPLAY.display(f"  {line}")
        return {"changed": False, "overview": overview(publication), "unmet": publication["unmet"]}

    def _preflight(self, _options: Mapping[str, Any]) -> dict[str, Any]:
        run = run_file.load()
        stage = single_calls.preflights(run.publication, self._reached)
        run.results["preflights"] = self._runner.drive(stage)
        return self._end(run, "preflights")

    def _permissions(self, _options: Mapping[str, Any]) -> dict[str, Any]:
        run = run_file.load()
        stage = permissions(run.publication, self._reached, run.check_mode)
        run.results["permissions"] = self._runner.drive(stage)
        return self._end(run, "permissions")

    def _destinations(self, _options: Mapping[str, Any]) -> dict[str, Any]:
        run = run_file.load()
        stage = destinations(run.publication, run.results, self._reached, run.check_mode)
        found, run.publication["keys"] = self._runner.drive(stage)
        run.results.update(found)
        return self._end(run, "destinations", "keys")

    def _flow_logs(self, options: Mapping[str, Any]) -> dict[str, Any]:
        run = run_file.load()
        listed = run.is_report or options["list_flow_logs"]
        stage = single_calls.flow_logs(run.publication, run.results, self._reached, run.is_report, listed)
        run.results["batches"] = self._runner.drive(stage)
        return self._end(run, "batches")

    def _deliveries(self, options: Mapping[str, Any]) -> dict[str, Any]:
        run = run_file.load()
        stage = single_calls.deliveries(run.publication, run.results, self._reached, options["delivery_hours"])
        run.results["deliveries"] = self._runner.drive(stage)
        run_file.save(run)
        return {"changed": False}

    def _end(self, run: Run, *kinds: PrintedKind) -> dict[str, Any]:
        """Save the run, display what a stage changed, and return the result of the task."""
        run_file.save(run)
        progress = Progress()
        for kind in kinds:
            progress.add(progress_of(kind, run))
        for line in progress.lines:
            _DISPLAY.display(f"  {line}")
        changed = progress.changed and not run.is_report
        diff = {"diff": progress.diff} if self._task.diff else {}
        return {"changed": changed, "failures": progress.failures, **diff}

    def _summary(self, _options: Mapping[str, Any]) -> dict[str, Any]:
        run = run_file.load()
        summary = summarise(run.publication, run.results, run.check_mode)
        _DISPLAY.display(f"  {summary['headline']}")
        # All slices of a job in AWX set the same name, and the last one wins. So each slice also sets a name with its job id.
        job = self._vars.get("awx_job_id")
        names = ["flow_log_run", *([f"flow_log_run_{job}"] if job is not None else [])]
        stats = {"data": dict.fromkeys(names, summary["handed_on"]), "per_host": False, "aggregate": False}
        # The plan has already shown these notes. At the end of a long run they are easier to see.
        notes = list(run.publication["notes"])
        return {"changed": False, "summary": summary, "ansible_stats": stats, "warnings": notes}

    def _failure(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Fail with a message that Ansible prints once.

        Since version 2.19 ansible-core prints the exception of a failed task and its result. Only the result has the message.
        """
        result = {"changed": False, "msg": options["message"]}
        # Since 2.19 the class has this property, and Ansible takes the result from any such exception.
        if hasattr(AnsibleAction, "result"):
            raise AnsibleAction("See msg for the reasons.", result=result)
        return {**result, "failed": True}


def _merged(result: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results of two stages as one."""
    merged = {**result, **found, "changed": bool(result.get("changed") or found.get("changed"))}
    for name in ("failures", "diff"):
        if name in result and name in found:
            merged[name] = result[name] + found[name]
    return merged


def _show_progress(noun: str, done: int, total: int, failed: int) -> None:
    """Display the progress of a stage with many tasks."""
    if noun and total > SLICE:
        _DISPLAY.display(f"  {done} of {total} {noun}, {failed} failed")
