# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks print with Ansible's default settings: a line for each change and each failure, and little else."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_SUBNET
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import hosts_of
from tests.integration.support.publication import inventory
from tests.integration.support.publication import line
from tests.simulator.client import SimulatorProcess

PUBLISH, REPORT, RETIRE = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report", "flowlogs.aws.retire"
VPC = SHOP_VPCS[0]
BATCH = f"{SHOP}/eu-west-1/vpc/1-1"
LIMIT_UNCHANGED, LIMIT_ONE_CHANGE = 25, 30


@dataclass
class Runs:
    """Runs over an inventory of one VPC, and one run in which three targets fail."""

    predicted: AnsibleRun
    created: AnsibleRun
    unchanged: AnsibleRun
    drift: AnsibleRun
    replaced: AnsibleRun
    retire_predicted: AnsibleRun
    retired: AnsibleRun
    failed: AnsibleRun
    failed_report: AnsibleRun


@pytest.fixture(name="runs", scope="module")
def _runs(simulator_process: SimulatorProcess, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    simulator_process.reset()
    stage = Stage(AnsibleRunner(tmp_path_factory.mktemp("quiet")), simulator_process)
    with pytest.MonkeyPatch.context() as patch:
        # An older amazon.aws uses what a newer ansible-core deprecates.
        patch.setenv("ANSIBLE_DEPRECATION_WARNINGS", "false")
        return _all_runs(stage)


def _all_runs(stage: Stage) -> Runs:
    document = inventory()
    hosts = hosts_of(document, "operations")
    del document["all"]["children"]["audit"]
    failing = inventory()
    for name in [name for name in hosts if name != VPC]:
        del hosts[name]
    predicted = stage(PUBLISH, document, "--check")
    created = stage(PUBLISH, document)
    unchanged = stage(PUBLISH, document)
    hosts[VPC]["flow_log_traffic_type"] = "REJECT"
    return Runs(
        predicted=predicted,
        created=created,
        unchanged=unchanged,
        drift=stage(REPORT, document),
        replaced=stage(PUBLISH, document),
        retire_predicted=stage(RETIRE, document, "--check"),
        retired=stage(RETIRE, document, variables={"flow_log_retire": True}),
        **_failing_runs(stage, failing),
    )


def _failing_runs(stage: Stage, document: dict) -> dict[str, AnsibleRun]:
    """A host without a region, a target whose account denies a call, and a bucket that does not exist."""
    hosts = hosts_of(document, "operations")
    hosts[SHOP_VPCS[2]]["flow_log_region"] = None
    hosts[BANK_SUBNET] = {**hosts[BANK_VPC], "flow_log_destination": "not-there"}
    stage.simulator.fault(operation="DescribeFlowLogs", account=BANK, action="deny", contains=BANK_VPC, times=None)
    report = stage(REPORT, document)
    return {"failed_report": report, "failed": stage(PUBLISH, document, "-v", succeeds=False)}


def recap(run: AnsibleRun) -> list[str]:
    """The hosts in the recap of a run."""
    return re.findall(r"^(\S+) +: ok=", run.output[run.output.index("PLAY RECAP") :], re.MULTILINE)


def without_verbose_results(run: AnsibleRun) -> str:
    """What a run prints, without the results of tasks that succeed, which only ``-v`` shows."""
    return re.sub(r"^(ok|changed|skipping): (\[\S+\]) => \{.*$", r"\1: \2", run.output, flags=re.MULTILINE)


def test_one_unchanged_target_prints_few_lines(runs: Runs) -> None:
    assert len(runs.unchanged.output.splitlines()) <= LIMIT_UNCHANGED, runs.unchanged.output
    assert line(runs.unchanged, "flow logs:") == "flow logs: targets=1 batches=1 destinations=1 failed=0"


@pytest.mark.parametrize("name", ["predicted", "created", "replaced"])
def test_one_change_prints_few_lines(runs: Runs, name: str) -> None:
    output = getattr(runs, name).output
    assert len(output.splitlines()) <= LIMIT_ONE_CHANGE, output


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("predicted", "create"),
        ("created", "create"),
        ("drift", "replace"),
        ("replaced", "replace"),
        ("retire_predicted", "delete"),
        ("retired", "delete"),
    ],
)
def test_each_change_is_printed_once_with_its_target_and_action(runs: Runs, name: str, action: str) -> None:
    output = getattr(runs, name).output
    assert [text for text in output.splitlines() if text.startswith(f"  {BATCH}: {action} {VPC}")] != []
    assert output.count(VPC) == 1


def test_the_recap_shows_localhost_and_the_hosts_that_failed(runs: Runs) -> None:
    assert recap(runs.unchanged) == recap(runs.retired) == recap(runs.drift) == ["localhost"]
    assert recap(runs.failed) == ["localhost", BANK_SUBNET, SHOP_VPCS[2], BANK_VPC]


def test_a_drift_report_changes_nothing(runs: Runs) -> None:
    for run in (runs.drift, runs.failed_report):
        assert re.findall(r"changed=(\d+)", run.output[run.output.index("PLAY RECAP") :]) == ["0"]
        assert "changed: [" not in run.output


@pytest.mark.parametrize(
    ("host", "parts"),
    [
        (BANK_VPC, [f"{BANK}/eu-west-1/vpc/1-1: Failed to ", "UnauthorizedOperation", "needs ec2:DescribeFlowLogs"]),
        (BANK_SUBNET, [f"{BANK}/eu-west-1/subnet/1-1: Not run, ", "NoSuchBucket", "Create the bucket first"]),
        (SHOP_VPCS[2], ["flow_log_region is missing", "Allowed: name of a region"]),
    ],
)
def test_a_failure_is_printed_once_under_its_host(runs: Runs, host: str, parts: list[str]) -> None:
    output = without_verbose_results(runs.failed)
    (shown,) = [text for text in output.splitlines() if text.startswith(f"fatal: [{host}]: ")]
    for part in parts:
        assert part in shown
        assert output.count(part) == 1, output


@pytest.mark.parametrize("part", ["UnauthorizedOperation", "NoSuchBucket", "flow_log_region is missing"])
def test_a_report_prints_each_reason_once(runs: Runs, part: str) -> None:
    assert runs.failed_report.output.count(part) == 1, runs.failed_report.output


def test_verbose_output_shows_the_plan_and_the_results(runs: Runs) -> None:
    planned = f"{BANK}/eu-west-1/vpc/1-1: 1 target to "
    assert planned in runs.failed.output and planned not in without_verbose_results(runs.failed)
    assert '"handed_on": ' in runs.failed.output
    assert planned.replace(BANK, SHOP) not in runs.unchanged.output
