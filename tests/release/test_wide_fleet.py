# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Denied, throttled or slow accounts do not block the other accounts."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import recap
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

ARCHIVE = "123456789012"
REGIONS = ("eu-west-1", "us-east-1")
ACCOUNTS = [f"{number:012}" for number in range(200000000001, 200000000011)]
DENIED, THROTTLED, SLOW = ACCOUNTS[0], ACCOUNTS[4], ACCOUNTS[7]
RIGHT = [account for account in ACCOUNTS if account not in (DENIED, THROTTLED)]


def vpc(account: str, region: str) -> str:
    """Return the VPC of an account and Region."""
    return f"vpc-{account}{REGIONS.index(region):05}"


def seed() -> dict[str, Any]:
    """Create accounts with a role for the archive account, each with a VPC in each Region."""
    accounts: dict[str, Any] = {ARCHIVE: {"buckets": [{"name": "central-flow-logs", "region": REGIONS[0]}]}}
    for account in ACCOUNTS:
        accounts[account] = {
            "roles": [{"name": "flow-logs", "trust": [ARCHIVE]}],
            "regions": {region: {"vpcs": [{"id": vpc(account, region)}]} for region in REGIONS},
        }
    return {"accounts": accounts}


def inventory() -> dict[str, Any]:
    """Return all VPCs, each with the role of its account."""
    hosts = {
        vpc(account, region): {
            "flow_log_account_id": account,
            "flow_log_region": region,
            "flow_log_aws": {"assume_role_arn": f"arn:aws:iam::{account}:role/flow-logs"},
        }
        for account in ACCOUNTS
        for region in REGIONS
    }
    return {"all": {"hosts": hosts, "vars": {"flow_log_destination": "central-flow-logs"}}}


def test_three_failing_accounts_do_not_delay_the_others(
    ansible: AnsibleRunner, simulator: SimulatorProcess, tmp_path: pathlib.Path
) -> None:
    simulator.seed(seed())
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(inventory()), encoding="utf-8")
    variables = {
        **simulator.environment(REGIONS[0]),
        "AWS_ACCESS_KEY_ID": DEFAULT_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    }
    simulator.fault(operation="AssumeRole", action="deny", contains=DENIED, times=None)
    simulator.fault(operation="DescribeFlowLogs", action="throttle", account=THROTTLED, times=None)
    # No other call arrives, so the simulator holds this call until its timeout.
    simulator.fault(operation="AssumeRole", action="meet", contains=SLOW, parties=2, times=1)
    simulator.clear_calls()
    run = ansible(
        "flowlogs.aws.publish_to_s3",
        *("-i", str(path), "-e", "flow_log_with_report=true"),
        environment=variables,
        succeeds=False,
    )
    made = simulator.calls(operation="CreateFlowLogs")
    assert {(call["account"], call["region"]) for call in made} == {(one, where) for one in RIGHT for where in REGIONS}

    # The throttled calls are still retried when all others are done.
    order = simulator.calls()
    last_made = max(number for number, call in enumerate(order) if call["operation"] == "CreateFlowLogs")
    last_tried = max(number for number, call in enumerate(order) if call["account"] == THROTTLED)
    assert last_made < last_tried

    hosts = recap(run)
    assert hosts["localhost"] > 0
    rows = json.loads((tmp_path / "flow-log-report" / "drift-report.json").read_text(encoding="utf-8"))["findings"]
    found = {(row["target"], row["finding"]) for row in rows}
    for region in REGIONS:
        assert (vpc(DENIED, region), "unknown") in found and (vpc(THROTTLED, region), "unknown") in found
        assert (vpc(SLOW, region), "in_sync") in found
