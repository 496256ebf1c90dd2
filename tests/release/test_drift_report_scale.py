# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report on 10,000 targets in all default formats takes at most 300 MB more than reading its findings."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import yaml

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import render
from tests.report_samples import report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from tests.integration.support.ansible_run import ROOT

TARGETS, IN_A_BATCH = 10_000, 500
MEGABYTES = 300
DESTINATION = "arn:aws:s3:::central/network/"


def work() -> dict[str, Any]:
    """Return the work units of all targets, with one Region for each batch."""
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
    """Return the task result of a batch: of four targets one is missing, and one differs."""
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


def play(name: str, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a playbook with one play on localhost."""
    return [{"name": name, "hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]


def measure(folder: pathlib.Path, name: str, plays: list[dict[str, Any]], variables: dict[str, Any]) -> float:
    """Run plays and return their peak memory in MB."""
    path = folder / f"{name}.yml"
    path.write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
    command = [str(pathlib.Path(sys.executable).parent / "ansible-playbook"), str(path), "-e", json.dumps(variables)]
    settings = {"ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"), "ANSIBLE_LOCAL_TEMP": str(folder / "tmp")}
    with open(folder / f"{name}.log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **settings}, stdout=log, stderr=log)
        _pid, status, used = os.wait4(process.pid, 0)
    assert status == 0, (folder / f"{name}.log").read_text(encoding="utf-8")[-3000:]
    return used.ru_maxrss / 1024


def test_a_report_on_ten_thousand_targets(tmp_path: pathlib.Path) -> None:
    publication = work()
    results = {batch["name"]: result(batch) for batch in publication["batches"]}
    previous = tmp_path / "flow-log-report" / "drift-report.json"
    previous.parent.mkdir()
    found = render(report(find(publication, {"batches": results})), "json")
    for path in (previous, tmp_path / "findings.json"):
        path.write_text(found, encoding="utf-8")
    findings = "{{ lookup('ansible.builtin.file', 'findings.json') | from_json }}"
    read = {"name": "Read", "ansible.builtin.assert": {"that": f"({findings[3:-3]}).findings | length > {TARGETS}"}}
    write = {
        "name": "Report",
        "ansible.builtin.include_role": {"name": "flowlogs.aws.drift_report"},
        "vars": {"drift_report_findings": findings},
    }
    variables = {"drift_report_history": "history.jsonl", "drift_report_fail_on": ["unknown"]}
    before = measure(tmp_path, "before", play("Read", read), variables)
    used = measure(tmp_path, "report", play("Report", write), variables)

    made = json.loads(previous.read_text(encoding="utf-8"))
    assert (made["counts"]["missing"], made["counts"]["drifted"], made["counts"]["in_sync"]) == (2500, 2500, 5000)
    assert (len(made["changes"]["still"]), made["changes"]["new"], made["changes"]["gone"]) == (5001, [], [])
    assert used - before <= MEGABYTES, (before, used)
