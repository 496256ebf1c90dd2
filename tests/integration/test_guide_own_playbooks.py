# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks of the guide on own playbooks run as printed."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from demo.sandbox import aws_config
from demo.sandbox import client_environment
from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.rst import code_blocks
from tests.simulator.client import SimulatorProcess

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_own_playbooks.rst").read_text(encoding="utf-8")
SHOP, PAYMENTS = "111122223333", "444455556666"
KEYS = {"default": "AKIAGUIDEAAAAAAAAAAA", "shop": "AKIAGUIDEAAAAAAAAAAA", "payments": "AKIAGUIDEBBBBBBBBBBB"}
PRODUCTION = {"Environment": "production"}


def account(key: str, regions: dict[str, list[dict[str, Any]]], **more: Any) -> dict[str, Any]:
    """Return an account with a user and VPCs."""
    users = [{"name": "reader", "access_key": key}]
    return {"users": users, "regions": {name: {"vpcs": vpcs} for name, vpcs in regions.items()}, **more}


def vpc(id_: str, **tags: str) -> dict[str, Any]:
    """Return a VPC."""
    return {"id": id_, "tags": tags}


# Log delivery may write, for any account.
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": action,
            "Resource": resource,
        }
        for action, resource in (
            ("s3:PutObject", "arn:aws:s3:::example-flow-logs/*"),
            ("s3:GetBucketAcl", "arn:aws:s3:::example-flow-logs"),
        )
    ],
}
FLEET = {
    "accounts": {
        SHOP: account(
            KEYS["shop"],
            {
                "eu-west-1": [vpc("vpc-0123456789abcdef0", **PRODUCTION), vpc("vpc-0000000b")],
                "us-east-1": [vpc("vpc-0000000c", **PRODUCTION)],
            },
            buckets=[{"name": "example-flow-logs", "region": "eu-west-1", "policy": POLICY}],
        ),
        PAYMENTS: account(KEYS["payments"], {"eu-west-1": [vpc("vpc-0000000d", **PRODUCTION)], "us-east-1": []}),
    }
}


def playbook(name: str) -> Any:
    """Return the playbook of the guide with this name."""
    (text,) = [block.text for block in code_blocks(GUIDE) if block.text.startswith(f"# {name}\n")]
    return yaml.safe_load(text)


@pytest.fixture(name="run")
def run_of_a_playbook(
    ansible: AnsibleRunner, simulator: SimulatorProcess, tmp_path: pathlib.Path
) -> Callable[..., AnsibleRun]:
    """Run a playbook of the guide in an AWS in which its examples exist."""
    simulator.seed(FLEET)
    config = tmp_path / "aws-config"
    config.write_text(aws_config(KEYS), encoding="utf-8")
    environment = {**client_environment(simulator.url, config), "AWS_DEFAULT_REGION": "eu-west-1"}
    return lambda name, *arguments: ansible(playbook(name), *arguments, environment=environment)


def published(simulator: SimulatorProcess) -> list[tuple[str, str, str]]:
    """Return account, Region and resource for which flow logs were created."""
    calls = [call for call in simulator.calls(operation="CreateFlowLogs") if call["error_code"] is None]
    return sorted((call["account"], call["region"], id_) for call in calls for id_ in call["parameters"]["ResourceIds"])


def shown(run: AnsibleRun, task: str) -> list[Any]:
    """Return what a task with ansible.builtin.debug showed, item by item."""
    result = run.one(task)
    return [item["msg"] for item in result.get("results", [result])]


def test_the_role_publishes_what_a_task_finds(run: Callable[..., AnsibleRun], simulator: SimulatorProcess) -> None:
    assert shown(run("network.yml"), "Show what was done") == ["create vpc-0123456789abcdef0"]
    assert published(simulator) == [(SHOP, "eu-west-1", "vpc-0123456789abcdef0")]


def test_a_loop_publishes_in_each_region(run: Callable[..., AnsibleRun], simulator: SimulatorProcess) -> None:
    targets = ["vpc-0123456789abcdef0", "vpc-0000000c"]
    assert shown(run("regions.yml"), "Show what was done in all Regions") == [targets]
    places = [(SHOP, region, id_) for region, id_ in zip(("eu-west-1", "us-east-1"), targets)]
    assert published(simulator) == places


def test_many_tasks_publish_in_each_account_and_region_with_targets(
    run: Callable[..., AnsibleRun], simulator: SimulatorProcess
) -> None:
    lines = shown(run("accounts.yml"), "Show the number of actions of each task")
    assert lines == ["shop eu-west-1: 1", "shop us-east-1: 1", "payments eu-west-1: 1"]
    assert published(simulator)[2:] == [(PAYMENTS, "eu-west-1", "vpc-0000000d")]


def test_a_failure_is_shown_and_the_playbook_goes_on(
    run: Callable[..., AnsibleRun], simulator: SimulatorProcess
) -> None:
    (line,) = shown(run("rescue.yml"), "Show what failed")
    assert line.startswith("vpc-0fedcba9876543210: ")
    assert published(simulator) == [(SHOP, "eu-west-1", "vpc-0123456789abcdef0")]
