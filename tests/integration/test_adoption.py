# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on existing flow logs: its first settings change nothing, its next ones adopt what matches."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import yaml

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import client
from tests.integration.support.publication import findings
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import inventory
from tests.rst import code_blocks
from tests.simulator.client import SimulatorProcess

GUIDE = "docs/docsite/rst/guide_adoption.rst"
EQUAL, OTHER = SHOP_VPCS[:2]
EVERYBODY = {
    "Effect": "Allow",
    "Principal": {"Service": "delivery.logs.amazonaws.com"},
    "Action": ["s3:PutObject", "s3:GetBucketAcl"],
    "Resource": [OPERATIONS, f"{OPERATIONS}/*"],
}


def made_elsewhere(stage: Stage) -> None:
    """Create one flow log that matches the inventory and one that differs, both with a tag of their creator."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": [EVERYBODY]})
    client(stage.simulator, "s3", ARCHIVE).put_bucket_policy(Bucket="operations-logs", Policy=policy)
    for target, traffic in ((EQUAL, "ALL"), (OTHER, "REJECT")):
        made = client(stage.simulator, "ec2", SHOP).create_flow_logs(
            ResourceIds=[target],
            ResourceType="VPC",
            TrafficType=traffic,
            LogDestinationType="s3",
            LogDestination=f"{OPERATIONS}/network",
            TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "stack", "Value": "network"}]}],
        )
        assert made["Unsuccessful"] == []


def wanted(settings: dict[str, Any]) -> dict[str, Any]:
    """Return an inventory of both targets with more settings and without tags."""
    document = inventory()
    del document["all"]["children"]["audit"]
    group = document["all"]["children"]["operations"]
    group["hosts"] = {target: group["hosts"][target] for target in (EQUAL, OTHER)}
    del group["vars"]["flow_log_tags"]
    document["all"]["vars"] |= settings
    return document


def tags(flow_log: dict[str, Any]) -> dict[str, str]:
    """Return the tags of a flow log."""
    return {tag["Key"]: tag["Value"] for tag in flow_log["Tags"]}


def test_guide_settings_first_change_nothing_then_take_over_flow_logs(
    ansible: AnsibleRunner, simulator: SimulatorProcess, root: pathlib.Path
) -> None:
    stage = Stage(ansible, simulator)
    made_elsewhere(stage)
    before = flow_logs(simulator, SHOP)
    blocks = [block.text for block in code_blocks((root / GUIDE).read_text(encoding="utf-8"))]
    careful = yaml.safe_load(next(text for text in blocks if "flow_log_replace: never" in text))

    stage("flowlogs.aws.drift_report", wanted(careful))
    assert stage.writes() == []
    found = findings(stage.folder)
    assert (found["in_sync"] & {EQUAL, OTHER}, found["drifted"]) == ({EQUAL}, {OTHER})

    assert "ReplacementNeeded" in stage("flowlogs.aws.publish_to_s3", wanted(careful), succeeds=False).output
    assert stage.writes() == []

    settings = {"flow_log_purge_tags": False, "flow_log_bucket_policy": False, "flow_log_tags": {"by": "ansible"}}
    stage("flowlogs.aws.publish_to_s3", wanted(settings))
    after = flow_logs(simulator, SHOP)
    assert after[EQUAL]["FlowLogId"] == before[EQUAL]["FlowLogId"]
    assert after[OTHER]["FlowLogId"] != before[OTHER]["FlowLogId"]
    assert after[OTHER]["TrafficType"] == "ALL"
    assert [tags(after[target]) for target in (EQUAL, OTHER)] == [{"stack": "network", "by": "ansible"}] * 2
