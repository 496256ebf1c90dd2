# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift report makes no write call, even if inventory and caller request every kind of change."""

from __future__ import annotations

from typing import Any

import yaml

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import AUDIT
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import Stage
from tests.integration.support.publication import line
from tests.integration.support.publication import recap
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

LOGGED, COPIED, BARE, INSIDE, SEALED = (
    "vpc-0e000000000000001",
    "vpc-0e000000000000002",
    "vpc-0e000000000000003",
    "subnet-0e000000000000001",
    "vpc-0e000000000000004",
)
NEW_BUCKET, SEALED_BUCKET = "arn:aws:s3:::not-yet-there", "arn:aws:s3:::sealed-logs"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
FLEET: dict[str, Any] = {
    "accounts": {
        ARCHIVE: {
            "buckets": [
                {
                    "name": "sealed-logs",
                    "region": "eu-west-1",
                    "encryption": {"algorithm": "aws:kms", "key": f"arn:aws:kms:eu-west-1:{ARCHIVE}:key/{KEY_ID}"},
                }
            ],
            "keys": [{"id": KEY_ID, "region": "eu-west-1"}],
        },
        SHOP: {
            "regions": {
                "eu-west-1": {
                    "vpcs": [
                        {
                            "id": LOGGED,
                            "flow_logs": [{"destination": f"{OPERATIONS}/network/"}],
                            "subnets": [{"id": INSIDE, "flow_logs": [{"destination": f"{OPERATIONS}/network/"}]}],
                        },
                        {
                            "id": COPIED,
                            "flow_logs": [
                                {"destination": f"{OPERATIONS}/network/", "traffic": "REJECT"},
                                {"destination": f"{AUDIT}/old/"},
                            ],
                        },
                        {"id": BARE},
                        {"id": SEALED},
                    ]
                }
            },
        },
    }
}
#: Variables that a user may expect to enable writes or disable check mode.
WISHES: dict[str, Any] = {
    "ansible_check_mode": False,
    "check_mode": False,
    "ansible_diff_mode": True,
    "flow_log_only_check": False,
    "flow_log_only_reads": False,
    "flow_log_for_report": True,
    "flow_log_retire": True,
    "flow_log_purge": "s3",
    "flow_log_replace": "delete_first",
    "flow_log_allow_gap": True,
    "flow_log_tags": {"Owner": "nobody"},
    "flow_log_purge_tags": True,
    "flow_log_bucket_policy": True,
    "flow_log_key_policy": True,
    "flow_log_permission_principals": [{"type": "role", "name": "flow-logs"}],
    "flow_log_require_deliverable": False,
    "__publish_to_s3_check_mode": False,
    "publish_to_s3_check_mode": False,
    "publish_to_s3_state": "present",
    "publish_to_s3_purge": "s3",
    "publish_to_s3_replace": "delete_first",
    "publish_to_s3_allow_gap": True,
    "publish_to_s3_create_bucket": True,
}


def inventory() -> dict[str, Any]:
    """Return targets that need every kind of change."""
    usual = {"flow_log_destination": f"{OPERATIONS}/network/", "flow_log_bucket_aws": {"profile": "archive"}}
    usual.update(flow_log_account_id=SHOP, flow_log_region="eu-west-1", flow_log_aws={"profile": "shop"})
    new = {"flow_log_destination": NEW_BUCKET, "flow_log_create_bucket": True, "flow_log_bucket_region": "eu-west-1"}
    hosts = {
        LOGGED: {},
        COPIED: {},
        BARE: new,
        INSIDE: {"flow_log_parents": [LOGGED]},
        SEALED: {"flow_log_destination": SEALED_BUCKET},
    }
    return {"all": {"vars": {**WISHES, **usual}, "children": {"shop": {"hosts": hosts}}}}


def test_report_writes_nothing_whatever_inventory_and_caller_request(
    ansible: AnsibleRunner, simulator: SimulatorProcess
) -> None:
    stage = Stage(ansible, simulator)
    simulator.seed(FLEET)
    (stage.folder / "drift.yml").write_text(yaml.safe_dump({"flow_log_delivery_hours": 24}), encoding="utf-8")
    run = stage(
        "flowlogs.aws.drift_report",
        inventory(),
        "--diff",
        "-e",
        "@drift.yml",
        variables=WISHES,
    )
    assert stage.writes() == []
    assert {"DescribeFlowLogs", "GetBucketPolicy", "ListObjectsV2"} <= set(simulator.operations())
    made = report(stage.folder)
    planned = {part for row in made["findings"] if row["planned_action"] for part in row["planned_action"].split("+")}
    # A real run would make these changes.
    assert {"create", "replace", "delete", "tag", "create_bucket", "put_policy"} <= planned
    assert line(run, "flow log drift report:").startswith("flow log drift report: verdict=drift missing=")
    about = {}
    for row in made["findings"]:
        about.setdefault(row["target"], set()).add(row["finding"])
    assert "overlapping" in about[INSIDE]
    assert made["coverage"]["total"]["targets"] == 5
    predicted = {
        (row["target_type"], row["finding"]) for row in made["findings"] if row["planned_action"] == "put_policy"
    }
    assert {("Bucket", "policy_drift"), ("Key", "policy_drift"), ("Principal", "permission_missing")} <= predicted
    # Check mode predicts the changes, and nothing has changed.
    assert set(recap(run).values()) == {0}
    remedies = {row["target"]: row["remedy"] for row in made["findings"] if row["finding"] == "missing"}
    assert remedies[BARE] == f"ansible-playbook -i inventory.yml flowlogs.aws.publish_to_s3 --limit {BARE}"
