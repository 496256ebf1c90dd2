# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No write, grant or finding for an account other than the one that the inventory names.

The inventory has two accounts with swapped credentials, a wrong account id, a role and a profile of another account,
and also correct targets. No playbook may report an unread target as missing or in sync.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import THIRD_PARTY_STATEMENT
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_US_VPCS
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import bucket_statements
from tests.integration.support.publication import findings
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import hosts_of
from tests.integration.support.publication import inventory
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
TYPO = "123456789021"
STRANGE_ROLE = f"arn:aws:iam::{BANK}:role/flow-logs"
TYPED_VPC, ROLE_VPC, LOST_VPC = (f"vpc-0e000000000000{number:03}" for number in (1, 2, 3))
SWAPPED = {*SHOP_VPCS, BANK_VPC}
UNSEEN = {*SWAPPED, TYPED_VPC, ROLE_VPC, LOST_VPC}


def mixed_up() -> dict[str, Any]:
    """Return an inventory in which only the targets of the group audit are correct."""
    document = inventory()
    operations = hosts_of(document, "operations")
    for vpc in SHOP_VPCS:
        operations[vpc]["flow_log_aws"] = {"profile": "bank"}
    operations[BANK_VPC]["flow_log_aws"] = {"profile": "shop"}
    common = {"flow_log_region": "eu-west-1", "flow_log_destination": "audit-logs"}
    document["all"]["children"]["typing"] = {
        "hosts": {TYPED_VPC: {**common, "flow_log_account_id": TYPO, "flow_log_aws": {"profile": "archive"}}}
    }
    role = {"profile": "archive", "assume_role_arn": STRANGE_ROLE}
    document["all"]["children"]["borrowing"] = {
        "hosts": {ROLE_VPC: {**common, "flow_log_account_id": SHOP, "flow_log_aws": role}}
    }
    document["all"]["children"]["lost"] = {
        "hosts": {LOST_VPC: {**common, "flow_log_account_id": ARCHIVE, "flow_log_aws": {"profile": "not-there"}}}
    }
    return document


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


def reasons(run: Any) -> str:
    """Return the reasons for failed hosts at the end of a run."""
    return "\n".join(item["result"]["msg"] for item in run.results if item["status"] == "failed")


def test_publishing_changes_nothing_in_or_for_another_account(stage: Stage) -> None:
    document = mixed_up()
    run = stage(PUBLISH, document, "-e", "flow_log_with_report=true", succeeds=False)

    writes = [(call["account"], call["operation"]) for call in stage.simulator.calls(write=True)]
    assert sorted(writes) == [(SHOP, "CreateFlowLogs"), (ARCHIVE, "PutBucketPolicy")]
    assert flow_logs(stage.simulator, SHOP) == flow_logs(stage.simulator, BANK) == {}
    assert set(flow_logs(stage.simulator, SHOP, "us-east-1")) == set(SHOP_US_VPCS)
    # The bucket of the group operations has no correct target; the other one grants access only to the correct targets.
    (kept,) = bucket_statements(stage.simulator, "operations-logs")
    assert kept["Sid"] == THIRD_PARTY_STATEMENT["Sid"]
    granted = str(bucket_statements(stage.simulator, "audit-logs"))
    assert SHOP in granted and "us-east-1" in granted
    assert not any(part in granted for part in (BANK, TYPO, "eu-west-1"))

    said = reasons(run)
    for named in ("group operations", "group typing", ROLE_VPC, "group lost"):
        assert named in said
    for part in (SHOP, BANK, TYPO, ARCHIVE, STRANGE_ROLE, "flow_log_account_id", "flow_log_aws", "not-there"):
        assert part in said
    assert "failed=5" in run.output

    found = findings(stage.folder)
    assert UNSEEN <= found["unknown"]
    assert found["in_sync"] >= set(SHOP_US_VPCS)
    assert not UNSEEN.intersection(found["in_sync"]) and "missing" not in found


def test_each_connection_is_verified_once_before_other_calls(stage: Stage) -> None:
    stage(PUBLISH, mixed_up(), "--check", succeeds=False)
    assert stage.writes() == []
    calls = stage.simulator.calls()
    asked = [(call["account"], call["operation"]) for call in calls if call["account"] in (SHOP, BANK)]
    # The profiles shop and bank belong to the accounts; the inventory uses shop for two accounts.
    assert sorted(asked[:3]) == [(SHOP, "GetCallerIdentity"), (SHOP, "GetCallerIdentity"), (BANK, "GetCallerIdentity")]
    assert "GetCallerIdentity" not in [operation for _account, operation in asked[3:]]
    assert {account for account, _operation in asked[3:]} == {SHOP}
    assert {call["region"] for call in calls if call["service"] == "ec2"} == {"us-east-1"}

    stage(PUBLISH, inventory(), "--check")
    in_order = [call["operation"] for call in stage.simulator.calls() if call["account"] in (SHOP, BANK)]
    assert in_order.count("GetCallerIdentity") == 2 < len(in_order)


def test_report_lists_unread_targets_as_unknown(stage: Stage) -> None:
    stage(DRIFT, mixed_up())
    found = findings(stage.folder)
    assert UNSEEN <= found["unknown"]
    assert found["missing"] == set(SHOP_US_VPCS)
    assert not UNSEEN.intersection(*(targets for finding, targets in found.items() if finding != "unknown"))
    evidence = {row["target"]: row["evidence"] for row in report(stage.folder)["findings"]}
    assert SHOP in evidence[SHOP_VPCS[0]] and BANK in evidence[SHOP_VPCS[0]]
    assert TYPO in evidence[TYPED_VPC] and ARCHIVE in evidence[TYPED_VPC]
    assert STRANGE_ROLE in evidence[ROLE_VPC]
    assert "not-there" in evidence[LOST_VPC]


def test_limit_does_not_bypass_the_account_check(stage: Stage) -> None:
    run = stage(PUBLISH, mixed_up(), "--limit", "operations,typing", succeeds=False)
    assert stage.writes() == []
    assert "failed=3" in run.output
    assert {call["service"] for call in stage.simulator.calls()} == {"sts"}


def test_account_that_cannot_be_verified_is_refused(stage: Stage) -> None:
    stage.simulator.fault(operation="GetCallerIdentity", action="deny", account=SHOP, times=None)
    run = stage(PUBLISH, inventory(), succeeds=False)
    assert {call["account"] for call in stage.simulator.calls(write=True)} == {ARCHIVE, BANK}
    assert set(flow_logs(stage.simulator, BANK)) == {BANK_VPC}
    assert SHOP not in str(bucket_statements(stage.simulator, "operations-logs"))
    assert "AccessDenied" in reasons(run) and "flow_log_aws" in reasons(run)
    # This call needs no permission, so a denial means invalid credentials.
    assert stage.simulator.operations(account=SHOP) == ["GetCallerIdentity"]
