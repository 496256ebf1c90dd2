# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of exit codes in the reference of the playbooks, row by row."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.integration.support.ansible_run import ROOT
from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import environment
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import hosts_of
from tests.integration.support.publication import inventory
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT, RETIRE = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report", "flowlogs.aws.retire"
REFERENCE = (ROOT / "docs/docsite/rst/reference_playbooks.rst").read_text(encoding="utf-8")
#: The table in the reference: playbook, situation, exit code.
ROWS = [
    (playbook, " ".join(situation.split()), int(code))
    for playbook, situation, code in re.findall(
        r"^   \* - ``(\w+)``\n     - (.+(?:\n       .+)*)\n     - (\d)$", REFERENCE, re.MULTILINE
    )
]


def row_of(playbook: str, situation: str) -> tuple[str, str, int]:
    """Return the row of a playbook whose situation begins with this text."""
    name = playbook.rpartition(".")[2]
    (found,) = [row for row in ROWS if row[0] == name and row[1].startswith(situation)]
    return found


def expects(playbook: str, situation: str, run: AnsibleRun) -> None:
    """Check the exit code of a run against a row of the table."""
    name, one_line, code = row_of(playbook, situation)
    assert run.returncode == code, f"{name}, {one_line}: {run.returncode}\n{run.output}"


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


Runs = Callable[..., AnsibleRun]


@pytest.fixture(name="runs")
def _runs(stage: Stage) -> Runs:
    """Run a playbook on an inventory, whatever its outcome."""

    def run(playbook: str, source: Any, *arguments: str, **variables: Any) -> AnsibleRun:
        if isinstance(source, dict):
            return stage(playbook, source, *arguments, variables=variables, succeeds=None)
        stage.simulator.clear_calls()
        settings = environment(stage.folder, stage.simulator)
        return stage.ansible(
            playbook, "-i", source, *arguments, variables=variables, environment=settings, succeeds=None
        )

    return run


def one_line(run: AnsibleRun) -> str:
    """Return the output in one line."""
    return " ".join(run.output.replace('\\"', '"').split())


def test_run_without_targets_fails(stage: Stage, runs: Runs) -> None:
    nowhere = runs(PUBLISH, "misspelt.yml")
    expects(PUBLISH, "There is no target", nowhere)
    assert "There is no target: the inventory has no hosts." in one_line(nowhere)
    assert "flow_log_allow_empty: true" in one_line(nowhere)
    nobody = runs(PUBLISH, inventory(), flow_log_hosts="netwrok")
    expects(PUBLISH, "There is no target", nobody)
    assert "flow_log_hosts 'netwrok' matches no host" in one_line(nobody)
    expects(PUBLISH, "The same, with", runs(PUBLISH, "misspelt.yml", flow_log_allow_empty=True))
    retired = runs(RETIRE, "misspelt.yml", flow_log_retire=True)
    expects(RETIRE, "There is no target", retired)
    assert "There is no target" in one_line(retired)

    expects(DRIFT, "Nothing was checked, without", runs(DRIFT, "misspelt.yml"))
    green = runs(DRIFT, "misspelt.yml", drift_report_fail_on=["medium"])
    expects(DRIFT, "Nothing was checked, with ", green)
    assert 'drift_report_fail_on {"nothing_checked": 1}' in one_line(green)
    assert stage.simulator.calls() == []


def test_limit_without_matching_hosts_is_an_error(runs: Runs) -> None:
    limit = ("--limit", "audit")
    missed = runs(PUBLISH, inventory(), *limit, flow_log_hosts="operations")
    expects(PUBLISH, "``--limit`` leaves out", missed)
    assert "--limit leaves out all of flow_log_hosts" in one_line(missed)
    expects(DRIFT, "``--limit`` leaves out", runs(DRIFT, inventory(), *limit, flow_log_hosts="operations"))
    expects(RETIRE, "``--limit`` leaves out", runs(RETIRE, inventory(), *limit, flow_log_hosts="operations"))
    expects(PUBLISH, "``--limit`` names no host", runs(PUBLISH, inventory(), "--limit", "nosuch"))


PLUGIN = {
    "plugin": "flowlogs.aws.flow_log_targets",
    "regions": ["eu-west-1", "nowhere-1"],
    "accounts": [{"profile": "shop", "name": "shop"}],
    "compose": {
        "flow_log_destination": repr(f"{OPERATIONS}/network/"),
        "flow_log_bucket_aws": "{'profile': 'archive'}",
    },
}


def test_gaps_fail_the_run_after_everything_else_is_done(stage: Stage, runs: Runs) -> None:
    where = stage.folder / "network.flow_log_targets.yml"

    def write(**options: Any) -> str:
        where.write_text(yaml.safe_dump({**PLUGIN, **options}), encoding="utf-8")
        return str(where)

    demanded = runs(PUBLISH, write(fail_on_gaps=True))
    expects(PUBLISH, "The inventory has gaps, with ", demanded)
    assert "RegionUnknown" in one_line(demanded)
    # Everything that could be read is published.
    assert set(flow_logs(stage.simulator, SHOP)) == set(SHOP_VPCS)
    reported = runs(DRIFT, str(where))
    expects(DRIFT, "The inventory has gaps, with ", reported)
    assert (stage.folder / "flow-log-report" / "drift-report.json").exists()

    expects(PUBLISH, "The inventory has gaps in accounts", runs(PUBLISH, write()))
    expects(DRIFT, "The inventory has gaps, without", runs(DRIFT, str(where)))
    accounts = [*PLUGIN["accounts"], {"profile": "missing"}]
    unread = runs(PUBLISH, write(accounts=accounts, regions=["eu-west-1"]))
    expects(PUBLISH, "No target at all was found in an account", unread)
    assert "To accept this, set flow_log_fail_on_gaps: false." in one_line(unread)


def test_inventory_plugin_without_credentials_fails(stage: Stage, runs: Runs) -> None:
    where = stage.folder / "network.flow_log_targets.yml"
    where.write_text(yaml.safe_dump({"plugin": PLUGIN["plugin"], "regions": ["eu-west-1"]}), encoding="utf-8")
    run = runs(PUBLISH, str(where))
    expects(PUBLISH, "There is no target", run)
    assert "There is no target" in one_line(run)


def test_partial_failure_and_fleet_in_sync(stage: Stage, runs: Runs) -> None:
    document = inventory()
    del document["all"]["children"]["audit"]
    missing = runs(DRIFT, document)
    expects(DRIFT, "Drift, without", missing)
    failing = runs(DRIFT, document, drift_report_fail_on=["missing"])
    expects(DRIFT, "Drift, with ", failing)
    assert 'drift_report_fail_on {"missing": 4}' in one_line(failing)

    stage.simulator.fault(operation="DescribeFlowLogs", account=BANK, action="deny", times=None)
    partial = runs(PUBLISH, document)
    expects(PUBLISH, "Some of the work failed", partial)
    assert set(flow_logs(stage.simulator, SHOP)) == set(SHOP_VPCS)
    expects(DRIFT, "Something is unknown, without", runs(DRIFT, document))
    expects(DRIFT, "Something is unknown, with ", runs(DRIFT, document, drift_report_fail_on=["unknown"]))

    stage.simulator.clear_faults()
    expects(PUBLISH, "All of the work is done", runs(PUBLISH, document))
    fine = runs(DRIFT, document, drift_report_fail_on=["low"])
    expects(DRIFT, "Everything matches", fine)
    hosts_of(document, "operations").pop(BANK_VPC)
    expects(RETIRE, "All of the work is done", runs(RETIRE, document, flow_log_retire=True))
    expects(RETIRE, "Without consent", runs(RETIRE, document))
    assert (
        json.loads((stage.folder / "flow-log-report" / "drift-report.json").read_text("utf-8"))["verdict"] == "in_sync"
    )


def test_every_row_of_the_table_is_tested() -> None:
    source = pathlib.Path(__file__).read_text(encoding="utf-8")
    seen = {
        row_of({"PUBLISH": PUBLISH, "DRIFT": DRIFT, "RETIRE": RETIRE}[name], situation)
        for name, situation in re.findall(r'\bexpects\((PUBLISH|DRIFT|RETIRE), "([^"]+)"', source)
    }
    assert len(ROWS) > 15
    assert seen == set(ROWS)
