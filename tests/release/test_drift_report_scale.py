# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report on 10,000 targets takes little beside the run: time as a ratio taken in one run, and at most 300 MB.

On two cores of 2026 the plan and the results of 10,000 targets took 3.5 s to load, and the report 7.5 s on top.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any
from typing import NamedTuple

import yaml

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import render
from tests.report_samples import report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from tests.integration.conftest import ROOT

TARGETS, IN_A_BATCH = 10_000, 500
# What the report may take, in times of what loading the plan and the results takes, which is work of the same kind.
TIMES, MEGABYTES = 2.9, 300
DESTINATION = "arn:aws:s3:::central/network/"


class Used(NamedTuple):
    """What a run took: seconds of one processor, whatever else the machine does, and megabytes at the most."""

    seconds: float
    megabytes: float


def work() -> dict[str, Any]:
    """The work for all targets, in as many regions as there are batches."""
    hosts = []
    for number in range(TARGETS):
        given = {
            "account_id": f"{111122223333 + number // IN_A_BATCH // 4:012}",
            "region": f"eu-west-{1 + number // IN_A_BATCH % 4}",
            "destination": DESTINATION,
        }
        variables = {f"flow_log_{name}": value for name, value in given.items()}
        hosts.append(HostVariables(f"vpc-{number:017x}", variables, ("fleet", f"team_{number % 7}")))
    return {**plan_publication(hosts).to_dict(), "unmet": []}


def result(batch: dict[str, Any]) -> dict[str, Any]:
    """What the task of a batch returned: of four targets one is missing, and one differs."""
    logs = [
        {"flow_log_id": f"fl-{target}", "resource_id": target, "destination": DESTINATION, "traffic_type": "ALL"}
        for target in batch["resource_ids"]
    ]
    change = {"field": "traffic_type", "current": "ACCEPT", "desired": "ALL"}
    actions = [
        {"action": "create", "target": target, "reason": "The target has no such flow log."}
        for target in batch["resource_ids"][::4]
    ]
    actions += [
        {
            "action": "replace",
            "target": target,
            "replaces": f"fl-{target}",
            "changes": [change],
            "reason": "It differs.",
        }
        for target in batch["resource_ids"][1::4]
    ]
    return {"changed": True, "actions": actions, "flow_logs": logs, "unsuccessful": [], "extra": []}


def run_so_far(publication: dict[str, Any]) -> list[dict[str, Any]]:
    """Plays that leave behind what the earlier plays of the playbook leave: the plan, and a result for each batch."""
    load = {"ansible.builtin.add_host": {"name": "flow_log_plan", "groups": "flow_log_memory"}, "name": "Plan"}
    load["ansible.builtin.add_host"]["flow_log_publication"] = "{{ lookup('file', 'work.json') | from_json }}"
    tasks = [load]
    for number, batch in enumerate(publication["batches"]):
        left = f"{{{{ lookup('file', 'result-{number}.json') | from_json }}}}"
        host = {"name": batch["runner"], "groups": "flow_log_memory", "publish_to_s3_flow_logs_result": left}
        tasks.append({"name": f"Batch {number}", "ansible.builtin.add_host": host})
    return [{"name": "Run", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]


def measure(folder: pathlib.Path, name: str, plays: list[dict[str, Any]], variables: dict[str, Any]) -> Used:
    """Run plays and return what that took."""
    path = folder / f"{name}.yml"
    path.write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
    command = [str(pathlib.Path(sys.executable).parent / "ansible-playbook"), str(path), "-e", json.dumps(variables)]
    settings = {"ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"), "ANSIBLE_LOCAL_TEMP": str(folder / "tmp")}
    with open(folder / f"{name}.log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **settings}, stdout=log, stderr=log)
        _pid, status, used = os.wait4(process.pid, 0)
    assert status == 0, (folder / f"{name}.log").read_text(encoding="utf-8")[-3000:]
    return Used(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def test_a_report_on_ten_thousand_targets(tmp_path: pathlib.Path) -> None:
    publication = work()
    results = {batch["name"]: result(batch) for batch in publication["batches"]}
    (tmp_path / "work.json").write_text(json.dumps(publication), encoding="utf-8")
    for number, item in enumerate(results.values()):
        (tmp_path / f"result-{number}.json").write_text(json.dumps(item), encoding="utf-8")
    previous = tmp_path / "flow-log-report" / "drift-report.json"
    previous.parent.mkdir()
    previous.write_text(render(report(find(publication, {"batches": results})), "json"), encoding="utf-8")
    last = yaml.safe_load((ROOT / "playbooks" / "drift_report.yml").read_text(encoding="utf-8"))[-1]
    assert last["name"] == "Report"
    variables = {"drift_report_history": "history.jsonl", "drift_report_fail_on": ["unknown"]}
    before = measure(tmp_path, "before", run_so_far(publication), variables)
    used = measure(tmp_path, "report", run_so_far(publication) + [last], variables)

    made = json.loads(previous.read_text(encoding="utf-8"))
    assert (made["counts"]["missing"], made["counts"]["drifted"], made["counts"]["in_sync"]) == (2500, 2500, 5000)
    assert (len(made["changes"]["still"]), made["changes"]["new"], made["changes"]["gone"]) == (5001, [], [])
    assert used.seconds - before.seconds <= TIMES * before.seconds, (before, used)
    assert used.megabytes - before.megabytes <= MEGABYTES, (before, used)
