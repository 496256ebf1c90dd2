# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook drift_report: it makes no write call, whatever the caller passes."""

from __future__ import annotations

import json

import pytest

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import AUDIT
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import OPERATIONS
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
from tests.integration.support.publication import recap
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
#: Extra variables that a user may expect to disable check mode.
HOSTILE = {
    "ansible_check_mode": False,
    "check_mode": False,
    "flow_log_only_check": False,
    "__publish_to_s3_check_mode": False,
    "publish_to_s3_check_mode": False,
    "publish_to_s3_state": "present",
    "flow_log_state_of_all": "present",
    "ansible_diff_mode": True,
}


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


def break_things(stage: Stage) -> None:
    """Delete one flow log, replace one by hand, change a tag, add another team's, and delete a bucket policy."""
    ec2, s3 = client(stage.simulator, "ec2", SHOP), client(stage.simulator, "s3", ARCHIVE)
    everybody = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["s3:PutObject", "s3:GetBucketAcl"],
        "Resource": [AUDIT, f"{AUDIT}/*"],
    }
    s3.put_bucket_policy(Bucket="audit-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    logs = flow_logs(stage.simulator, SHOP)
    ec2.delete_flow_logs(FlowLogIds=[logs[SHOP_VPCS[0]]["FlowLogId"], logs[SHOP_VPCS[1]]["FlowLogId"]])
    for destination in (f"{OPERATIONS}/network", f"{AUDIT}/elsewhere/"):
        made = ec2.create_flow_logs(
            ResourceIds=[SHOP_VPCS[1]],
            ResourceType="VPC",
            TrafficType="ACCEPT",
            LogDestinationType="s3",
            LogDestination=destination,
        )
        assert made["Unsuccessful"] == []
    us = flow_logs(stage.simulator, SHOP, "us-east-1")
    client(stage.simulator, "ec2", SHOP, "us-east-1").create_tags(
        Resources=[us[SHOP_US_VPCS[0]]["FlowLogId"]],
        Tags=[{"Key": "note", "Value": "{{ 7 * 7 }} <b>`x`</b>"}],
    )
    s3.delete_bucket_policy(Bucket="audit-logs")
    stage.simulator.fault(operation="DescribeFlowLogs", account=BANK, action="deny", times=None)


def test_report_before_and_after_publishing_and_after_drift(stage: Stage) -> None:
    """The report finds the pending changes, then none, then each problem, and it writes nothing."""
    document = inventory()
    hosts_of(document, "audit")["not-an-id"] = {}
    fresh = stage(DRIFT, document, variables=HOSTILE)
    assert stage.writes() == []
    assert findings(stage.folder) == {
        "missing": {*SHOP_VPCS, *SHOP_US_VPCS, BANK_VPC},
        "policy_drift": {OPERATIONS, AUDIT},
        "not_evaluated": {"not-an-id"},
    }
    assert line(fresh, "flow log drift report:") == (
        "flow log drift report: verdict=drift missing=6 policy_drift=2 not_evaluated=1; "
        "targets=7 logged=0 deliverable=0 targets_unknown=1"
    )

    document = inventory()
    document["all"]["children"]["audit"]["vars"]["flow_log_tags"] = {"Team": "audit"}
    stage(PUBLISH, document)
    converged = stage(DRIFT, document)
    assert stage.writes() == []
    assert line(converged, "flow log drift report:") == (
        "flow log drift report: verdict=in_sync in_sync=8; targets=6 logged=6 deliverable=6 targets_unknown=0"
    )
    first = (stage.folder / "flow-log-report" / "drift-report.json").read_bytes()

    break_things(stage)
    broken = stage(DRIFT, document, variables={**HOSTILE, "drift_report_fail_on": ["unknown"]}, succeeds=False)
    assert stage.writes() == []
    assert findings(stage.folder) == {
        "missing": {SHOP_VPCS[0]},
        "drifted": {SHOP_VPCS[1], SHOP_US_VPCS[0]},
        "extra": {SHOP_VPCS[1]},
        "policy_drift": {AUDIT},
        "unknown": {BANK_VPC},
        "in_sync": {SHOP_VPCS[2], SHOP_US_VPCS[1], OPERATIONS},
    }
    assert broken.returncode == 2
    # A report changes nothing, even if a real run would.
    assert set(recap(broken).values()) == {0}
    assert sum(recap(stage(PUBLISH, document, "--check", succeeds=False)).values()) > 0
    assert 'drift_report_fail_on {"unknown": 1}' in broken.output.replace('\\"', '"')
    _says_what_differs(stage)

    stage.simulator.clear_faults()
    stage(PUBLISH, document)
    stage(DRIFT, document)
    repaired = json.loads(first)["counts"]
    assert report(stage.folder)["counts"] == {**repaired, "extra": 1}


def _says_what_differs(stage: Stage) -> None:
    rows = {row["target"]: row for row in report(stage.folder)["findings"] if row["finding"] == "drifted"}
    replaced, retagged = rows[SHOP_VPCS[1]], rows[SHOP_US_VPCS[0]]
    assert (replaced["how"], replaced["planned_action"]) == ("replace", "replace")
    assert {"field": "traffic_type", "current": "ACCEPT", "desired": "ALL"} in replaced["changes"]
    assert (retagged["how"], retagged["account_id"], retagged["groups"]) == ("in_place", SHOP, ["audit"])
    assert retagged["changes"] == [{"field": "tags.note", "current": "{{ 7 * 7 }} <b>`x`</b>", "desired": None}]
    markdown = (stage.folder / "flow-log-report" / "drift-report.md").read_text(encoding="utf-8")
    assert "``{{ 7 * 7 }} <b>`x`</b>``" in markdown


def test_same_state_gives_same_bytes_and_a_limit_is_shown(stage: Stage) -> None:
    written = []
    for _time in range(2):
        stage(DRIFT, inventory(), variables={"drift_report_previous": ""})
        written.append({path.name: path.read_bytes() for path in (stage.folder / "flow-log-report").iterdir()})
    assert written[0] == written[1]
    assert written[0].keys() == {"drift-report.html", "drift-report.json", "drift-report.md"}

    stage(DRIFT, inventory(), "--limit", "audit", variables=HOSTILE)
    assert stage.writes() == []
    assert findings(stage.folder) == {
        "missing": set(SHOP_US_VPCS),
        "policy_drift": {AUDIT},
        "not_evaluated": {*SHOP_VPCS, BANK_VPC},
    }


def test_an_empty_inventory_is_not_in_sync(stage: Stage) -> None:
    run = stage(DRIFT, {"all": {"hosts": {}}}, variables={"drift_report_directory": "out/of/the/way"})
    made = json.loads((stage.folder / "out" / "of" / "the" / "way" / "drift-report.json").read_text(encoding="utf-8"))
    assert (made["verdict"], made["findings"]) == ("nothing_checked", [])
    assert line(run, "flow log drift report:") == "flow log drift report: verdict=nothing_checked"


def test_denied_destination_is_unknown_and_its_targets_are_still_checked(stage: Stage) -> None:
    document = inventory()
    document["all"]["children"] = {"audit": document["all"]["children"]["audit"]}
    stage.simulator.fault(operation="GetBucketPolicy", action="deny", times=None)
    stage(DRIFT, document)
    assert stage.writes() == []
    assert findings(stage.folder) == {"missing": set(SHOP_US_VPCS), "unknown": {AUDIT}}


def test_delivery_that_fails_is_found(stage: Stage) -> None:
    stage.simulator.seed(
        {
            "accounts": {
                SHOP: {
                    "regions": {
                        "eu-central-1": {
                            "vpcs": [
                                {
                                    "id": "vpc-0c000000000000001",
                                    "flow_logs": [
                                        {"destination": OPERATIONS, "status": "FAILED", "error": "Access error"}
                                    ],
                                }
                            ]
                        }
                    }
                }
            }
        }
    )
    document = inventory()
    host = {**hosts_of(document, "operations")[SHOP_VPCS[0]], "flow_log_region": "eu-central-1"}
    host.update(flow_log_destination=OPERATIONS, flow_log_bucket_policy=False, flow_log_tags=None)
    document["all"]["children"]["operations"]["hosts"] = {"vpc-0c000000000000001": host}
    del document["all"]["children"]["audit"]
    stage(DRIFT, document)
    assert findings(stage.folder) == {"failed_delivery": {"vpc-0c000000000000001", OPERATIONS}}

    host["flow_log_check_destination"] = False
    stage(DRIFT, document)
    assert findings(stage.folder) == {"failed_delivery": {"vpc-0c000000000000001"}, "ignored": {OPERATIONS}}
