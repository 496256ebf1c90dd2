# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet of two accounts and a log archive, with an inventory of two groups, for tests of the playbooks.

Profiles assume a role in each account from the account of the log archive. The groups differ in settings and bucket,
and each has targets in both accounts or in two Regions.
"""

from __future__ import annotations

import copy
import json
import pathlib
import re
from typing import Any

import boto3
import yaml

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

ARCHIVE, SHOP, BANK = "123456789012", "111122223333", "444455556666"
SHOP_VPCS = [f"vpc-0a{number:015}" for number in (1, 2, 3)]
SHOP_US_VPCS = ["vpc-0b000000000000001", "vpc-0b000000000000002"]
BANK_VPC, BANK_SUBNET = "vpc-0d000000000000001", "subnet-0d000000000000001"
OPERATIONS, AUDIT = "arn:aws:s3:::operations-logs", "arn:aws:s3:::audit-logs"
THIRD_PARTY_STATEMENT = {
    "Sid": "OnlyTls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [OPERATIONS, f"{OPERATIONS}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
SEED = {
    "accounts": {
        ARCHIVE: {
            "buckets": [
                {
                    "name": "operations-logs",
                    "region": "eu-west-1",
                    "policy": {"Version": "2012-10-17", "Statement": [THIRD_PARTY_STATEMENT]},
                },
                {"name": "audit-logs", "region": "eu-west-1"},
            ],
        },
        SHOP: {
            "roles": [{"name": "flow-logs", "trust": [ARCHIVE]}],
            "regions": {
                "eu-west-1": {"vpcs": [{"id": vpc} for vpc in SHOP_VPCS]},
                "us-east-1": {"vpcs": [{"id": vpc} for vpc in SHOP_US_VPCS]},
            },
        },
        BANK: {
            "roles": [{"name": "flow-logs", "trust": [ARCHIVE]}],
            "regions": {"eu-west-1": {"vpcs": [{"id": BANK_VPC, "subnets": [{"id": BANK_SUBNET}]}]}},
        },
    }
}
_SHOP_VARIABLES = {"flow_log_account_id": SHOP, "flow_log_aws": {"profile": "shop"}}
INVENTORY = {
    "all": {
        "vars": {"flow_log_bucket_aws": {"profile": "archive"}},
        "children": {
            "operations": {
                "vars": {
                    "flow_log_destination": f"{OPERATIONS}/network/",
                    "flow_log_tags": {"ManagedBy": "ansible"},
                },
                "hosts": {
                    **{vpc: {**_SHOP_VARIABLES, "flow_log_region": "eu-west-1"} for vpc in SHOP_VPCS},
                    BANK_VPC: {
                        "flow_log_account_id": BANK,
                        "flow_log_region": "eu-west-1",
                        "flow_log_aws": {"profile": "bank"},
                    },
                },
            },
            "audit": {
                "vars": {
                    "flow_log_destination": AUDIT,
                    "flow_log_traffic_type": "REJECT",
                    "flow_log_max_aggregation_interval": 60,
                    "flow_log_destination_options": {"file_format": "parquet", "hive_compatible_partitions": True},
                },
                "hosts": {
                    **{vpc: {**_SHOP_VARIABLES, "flow_log_region": "us-east-1"} for vpc in SHOP_US_VPCS},
                },
            },
        },
    }
}
#: Number of batches in that inventory: one for each account, Region and group.
BATCHES = 3


def inventory() -> dict[str, Any]:
    """Return a copy of the inventory that a test may change."""
    return copy.deepcopy(INVENTORY)


def hosts_of(document: dict[str, Any], group: str) -> dict[str, dict[str, Any]]:
    """The hosts of a group of an inventory."""
    return document["all"]["children"][group]["hosts"]


def write_inventory(folder: pathlib.Path, document: dict[str, Any]) -> str:
    """Write an inventory, and return the path for -i."""
    path = folder / "inventory.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return str(path)


def environment(folder: pathlib.Path, simulator: SimulatorProcess) -> dict[str, str]:
    """Environment variables with profiles for the simulator's accounts, and no other credentials."""
    keys = f"aws_access_key_id = {DEFAULT_ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
    config = f"[profile archive]\n{keys}"
    for profile, account in (("shop", SHOP), ("bank", BANK)):
        config += f"[profile {profile}]\nrole_arn = arn:aws:iam::{account}:role/flow-logs\nsource_profile = archive\n"
    path = folder / "aws-config"
    path.write_text(config, encoding="utf-8")
    return {"AWS_ENDPOINT_URL": simulator.url, "AWS_CONFIG_FILE": str(path)}


def client(simulator: SimulatorProcess, service: str, account: str, region: str = "eu-west-1") -> Any:
    """Return a client for an account in the simulator."""
    keys = {"aws_access_key_id": DEFAULT_ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    if account != ARCHIVE:
        sts = boto3.client("sts", region_name=region, endpoint_url=simulator.url, **keys)
        role = f"arn:aws:iam::{account}:role/flow-logs"
        given = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        keys = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
    return boto3.client(service, region_name=region, endpoint_url=simulator.url, **keys)


def flow_logs(simulator: SimulatorProcess, account: str, region: str = "eu-west-1") -> dict[str, dict[str, Any]]:
    """Return the flow logs of an account and Region by target id; each target has at most one."""
    pages = client(simulator, "ec2", account, region).get_paginator("describe_flow_logs").paginate()
    return {item["ResourceId"]: item for page in pages for item in page["FlowLogs"]}


def bucket_statements(simulator: SimulatorProcess, bucket: str) -> list[dict[str, Any]]:
    """The statements of a bucket's policy."""
    return json.loads(client(simulator, "s3", ARCHIVE).get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]


def report(folder: pathlib.Path) -> dict[str, Any]:
    """The drift report of the last run."""
    return json.loads((folder / "flow-log-report" / "drift-report.json").read_text(encoding="utf-8"))


def findings(folder: pathlib.Path) -> dict[str, set[str]]:
    """Return the targets of each finding in the drift report of the last run."""
    found: dict[str, set[str]] = {}
    for row in report(folder)["findings"]:
        found.setdefault(row["finding"], set()).add(row["target"])
    return found


class Stage:
    """Runs playbooks on an inventory of the fleet, each with an empty call log."""

    def __init__(self, ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
        self.ansible, self.simulator = ansible, simulator
        self.folder = ansible.folder
        simulator.seed(SEED)

    def __call__(self, playbook: Any, document: dict[str, Any], *arguments: str, **more: Any) -> AnsibleRun:
        """Run a playbook on an inventory; further arguments as for :class:`AnsibleRunner`."""
        self.simulator.clear_calls()
        where = write_inventory(self.folder, document)
        variables = environment(self.folder, self.simulator)
        return self.ansible(playbook, "-i", where, *arguments, environment=variables, **more)

    def writes(self) -> list[str]:
        """The write operations of the last run, in order."""
        return self.simulator.operations(write=True)


def recap(run: AnsibleRun) -> dict[str, int]:
    """Return the number of changes that the recap shows for each host."""
    lines = run.output[run.output.index("PLAY RECAP") :]
    return {host: int(number) for host, number in re.findall(r"^(.+?) +: ok=\d+ +changed=(\d+)", lines, re.MULTILINE)}


def line(run: AnsibleRun, start: str) -> str:
    """Return the only line of the output, or message of a task, that begins with a text."""
    texts = [text.strip().removeprefix('"msg": "').rstrip('",') for text in run.output.splitlines()]
    (found,) = [text for text in texts if text.startswith(start)]
    return found
