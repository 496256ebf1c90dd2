# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report at the end of a publishing run equals a drift report right after it, without more reads."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import AUDIT
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SEED
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_US_VPCS
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import client
from tests.integration.support.publication import findings
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import hosts_of
from tests.integration.support.publication import inventory
from tests.integration.support.publication import line
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
TARGETS = {*SHOP_VPCS, *SHOP_US_VPCS, BANK_VPC}
REPORTING = ("-e", "flow_log_with_report=true")
SILENT = ("-e", "drift_report_previous=")


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


def without_evidence(stage: Stage) -> dict[str, Any]:
    """Return the report of the last run without evidence and remedies."""
    seen = ("evidence", "remedy", "planned_action")
    rows = [{key: value for key, value in row.items() if key not in seen} for row in report(stage.folder)["findings"]]
    return {**report(stage.folder), "findings": rows}


def evidence(stage: Stage, target: str) -> str:
    """Return the evidence of a target with one finding."""
    (row,) = [row for row in report(stage.folder)["findings"] if row["target"] == target]
    return str(row["evidence"])


def test_first_run_and_the_next_one_report_what_a_drift_report_finds(stage: Stage) -> None:
    first = stage(PUBLISH, inventory(), *REPORTING, *SILENT)
    calls = stage.simulator.operations()
    assert line(first, "flow log drift report:") == (
        "flow log drift report: verdict=in_sync in_sync=8; targets=6 logged=6 deliverable=6 targets_unknown=0"
    )
    assert evidence(stage, BANK_VPC) == "The flow log matches the inventory since this run (create)."
    assert (
        evidence(stage, AUDIT)
        == "The bucket policy grants log delivery the access that it needs since this run (put_policy)."
    )
    reported = without_evidence(stage)

    stage(DRIFT, inventory(), *SILENT)
    assert without_evidence(stage) == reported
    drift = report(stage.folder)
    stage(PUBLISH, inventory(), *REPORTING, *SILENT)
    assert stage.writes() == []
    assert report(stage.folder) == drift

    stage.simulator.reset()
    stage.simulator.seed(SEED)
    stage(PUBLISH, inventory())
    assert sorted(stage.simulator.operations()) == sorted(calls), "the report makes no call of its own"


def test_report_shows_fixed_and_failed_targets(stage: Stage) -> None:
    document = inventory()
    hosts_of(document, "audit")["not-an-id"] = {}
    stage(PUBLISH, document, succeeds=False)
    ec2 = client(stage.simulator, "ec2", SHOP)
    made = flow_logs(stage.simulator, SHOP)
    ec2.delete_flow_logs(FlowLogIds=[made[SHOP_VPCS[0]]["FlowLogId"]])
    ec2.create_tags(Resources=[made[SHOP_VPCS[1]]["FlowLogId"]], Tags=[{"Key": "note", "Value": "mine"}])
    stage.simulator.fault(operation="DescribeFlowLogs", account=BANK, action="deny", times=None)
    document["all"]["children"]["operations"]["vars"]["flow_log_tags"] = {"Team": "network"}

    run = stage(PUBLISH, document, *REPORTING, *SILENT, succeeds=False)
    assert findings(stage.folder) == {
        "in_sync": {*SHOP_VPCS, *SHOP_US_VPCS, OPERATIONS, AUDIT},
        "unknown": {BANK_VPC},
        "not_evaluated": {"not-an-id"},
    }
    assert evidence(stage, SHOP_VPCS[0]).endswith(" since this run (create).")
    assert evidence(stage, SHOP_VPCS[1]).endswith(" since this run (tag, untag).")
    assert evidence(stage, SHOP_US_VPCS[0]) == "The flow log matches the inventory."
    assert "failed=2" in line(run, "flow logs:") and run.returncode == 2
    reported = without_evidence(stage)
    stage(DRIFT, document, *SILENT)
    assert without_evidence(stage) == reported


def test_batch_blocked_by_its_destination_is_not_evaluated(stage: Stage) -> None:
    stage.simulator.fault(operation="PutBucketPolicy", action="deny", times=1)
    document = inventory()
    document["all"]["children"] = {"audit": document["all"]["children"]["audit"]}
    stage(PUBLISH, document, *REPORTING, succeeds=False)
    assert findings(stage.folder) == {"unknown": {AUDIT}, "not_evaluated": set(SHOP_US_VPCS)}
    assert "CreateFlowLogs" not in stage.writes()


def test_check_mode_gives_the_drift_report(stage: Stage) -> None:
    stage(PUBLISH, inventory(), "--check", *REPORTING, *SILENT, "-e", "ansible_check_mode=false")
    assert stage.writes() == []
    assert findings(stage.folder) == {"missing": TARGETS, "policy_drift": {OPERATIONS, AUDIT}}
    predicted = report(stage.folder)
    stage(DRIFT, inventory(), *REPORTING, *SILENT)
    assert report(stage.folder) == predicted


def test_limit_deliveries_and_fail_on(stage: Stage) -> None:
    limited = stage(
        PUBLISH,
        inventory(),
        *REPORTING,
        "--limit",
        BANK_VPC,
        variables={"drift_report_fail_on": ["not_evaluated"], "flow_log_delivery_hours": 24},
        succeeds=False,
    )
    found = findings(stage.folder)
    assert found["in_sync"] == {BANK_VPC, OPERATIONS} and found["not_evaluated"] == TARGETS - {BANK_VPC}
    assert limited.returncode == 2
    assert "ListObjectsV2" in stage.simulator.operations()


@pytest.mark.parametrize("words", [{"drift_report_fail_on": ["missing", "gone"]}, {"drift_report_baseline": "no.json"}])
def test_invalid_report_options_are_refused_before_the_first_call(stage: Stage, words: dict) -> None:
    stage(PUBLISH, inventory(), *REPORTING, variables=words, succeeds=False)
    assert stage.simulator.calls() == []
    assert not (stage.folder / "flow-log-report").exists()
