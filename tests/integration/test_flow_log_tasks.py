# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many tasks in one process: each returns the same result as its module alone, and none affects another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.in_process import run_module
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

OWN, OTHER = "123456789012", "111122223333"
VPC, OTHER_VPC = "vpc-0a000000000000001", "vpc-0b000000000000001"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
BUCKET = "central-logs"
ROLE = f"arn:aws:iam::{OTHER}:role/flow-logs"
SEED = {
    "accounts": {
        OWN: {
            "buckets": [{"name": BUCKET, "region": "eu-west-1"}],
            "keys": [{"id": KEY_ID, "region": "eu-west-1"}],
            "regions": {"eu-west-1": {"vpcs": [{"id": VPC}]}},
        },
        OTHER: {
            "roles": [{"name": "flow-logs", "trust": [OWN]}],
            "regions": {"eu-west-1": {"vpcs": [{"id": OTHER_VPC}]}},
        },
    }
}
PUBLISH = {"resource_ids": [VPC], "destination": BUCKET}
#: One task for each module; they only read, or run in check mode.
TASKS: dict[str, dict[str, Any]] = {
    "s3_flow_log": PUBLISH,
    "s3_flow_log_info": {"resource_ids": [VPC], "delivery": True},
    "flow_log_bucket_policy": {"bucket": BUCKET},
    "flow_log_key_policy": {"key_id": KEY_ID},
    "flow_log_destination_info": {"destination": BUCKET},
    "flow_log_permissions_info": {"operations": ["reading"]},
}
#: Tasks that fail: because of the options, the module's rules, or AWS.
WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "unknown option": ("s3_flow_log", {**PUBLISH, "resource": VPC}),
    "missing option": ("s3_flow_log", {"resource_ids": [VPC]}),
    "wrong type": ("s3_flow_log", {**PUBLISH, "wait_timeout": "soon"}),
    "wrong choice": ("flow_log_bucket_policy", {"bucket": BUCKET, "layouts": ["flat"]}),
    "no id": ("s3_flow_log", {**PUBLISH, "resource_ids": ["nothing"]}),
    "no bucket": ("flow_log_bucket_policy", {"bucket": "not-there"}),
    "no target": ("s3_flow_log", {**PUBLISH, "resource_ids": ["vpc-0f000000000000009"]}),
    "no role": ("s3_flow_log_info", {"assume_role_external_id": "secret-of-nobody"}),
    "two identities": ("s3_flow_log_info", {"profile": "nobody"}),
    "other account": ("s3_flow_log_info", {"expected_account_id": OTHER}),
}


@pytest.fixture(name="world")
def _world(simulator: SimulatorProcess) -> SimulatorProcess:
    simulator.seed(SEED)
    simulator.clear_calls()
    return simulator


def task(name: str, module: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return one task."""
    return {"name": name, "module": module, "options": options}


def together(world: SimulatorProcess, tasks: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Run tasks together; return the results by name, and the rest under ``""``."""
    result = run_module(world.url, "flow_log_tasks", {"tasks": tasks}, **more)
    return {"": result, **{one.pop("name"): one for one in result["results"]}}


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without the keys that Ansible adds or that depend on the time."""
    added = ("invocation", "exception", "response_metadata")
    left = {"changed": False, **{name: value for name, value in result.items() if name not in added}}
    return json.loads(json.dumps(left), object_hook=lambda item: {k: v for k, v in item.items() if k != "since"})


@pytest.mark.parametrize("diff", [True, False])
def test_each_result_equals_that_of_the_module_alone(world: SimulatorProcess, diff: bool) -> None:
    alone = {name: run_module(world.url, name, options, check=True, diff=diff) for name, options in TASKS.items()}
    calls = sorted(world.operations())
    world.clear_calls()
    done = together(world, [task(*item) for item in zip(TASKS, TASKS, TASKS.values())], check=True, diff=diff)
    assert {name: comparable(done[name]) for name in TASKS} == {name: comparable(one) for name, one in alone.items()}
    assert sorted(world.operations()) == calls
    assert done[""]["changed"] and not done[""].get("failed")


def test_failures_are_the_same_as_alone_and_affect_no_other_task(world: SimulatorProcess) -> None:
    alone = {name: run_module(world.url, *asked, check=True) for name, asked in WRONG.items()}
    assert all(result["failed"] for result in alone.values())
    tasks = [task(name, *asked) for name, asked in WRONG.items()]
    done = together(world, [*tasks[:4], task("right", "s3_flow_log", PUBLISH), *tasks[4:]], check=True)
    assert {name: comparable(done[name]) for name in WRONG} == {name: comparable(one) for name, one in alone.items()}
    assert [action["action"] for action in done["right"]["actions"]] == ["create"]
    assert done[""]["failed"] and done[""]["changed"]
    assert done[""]["msg"].startswith(f"{len(WRONG)} of {len(WRONG) + 1} tasks failed: ")


def test_real_run_and_second_run(world: SimulatorProcess) -> None:
    own = task("own", "s3_flow_log", PUBLISH)
    other = task("other", "s3_flow_log", {"resource_ids": [OTHER_VPC], "destination": BUCKET, "region": "eu-west-1"})
    keys = {"endpoint_url": world.url, "access_key": DEFAULT_ACCESS_KEY, "secret_key": SECRET_KEY}
    other["connection"] = {**keys, "assume_role_arn": ROLE}
    policy = task("policy", "flow_log_bucket_policy", {"bucket": BUCKET, "account_ids": [OWN, OTHER]})
    assert not together(world, [policy])[""].get("failed")
    first = together(world, [own, other])
    assert [first[name]["changed"] for name in ("own", "other")] == [True, True]
    made = world.calls(operation="CreateFlowLogs")
    assert {call["account"] for call in made} == {OWN, OTHER}
    world.clear_calls()
    assert not together(world, [own, other])[""]["changed"]
    assert world.writes() == []


def test_throttled_account_does_not_delay_the_others(world: SimulatorProcess) -> None:
    """Another task starts although the reads of the first are throttled."""
    world.fault(operation="DescribeFlowLogs", action="meet", parties=2, times=2)
    slow = [
        dict(task(f"slow {number}", "s3_flow_log_info", {"resource_ids": [VPC]}), group="slow") for number in range(3)
    ]
    other = dict(task("other", "s3_flow_log_info", {"resource_ids": []}), group="other")
    tasks = [*slow, dict(other, options={"flow_log_ids": ["fl-0123456789abcdef0"]})]
    result = run_module(world.url, "flow_log_tasks", {"tasks": tasks, "at_once": 2})
    assert not result.get("failed")
    assert [call["fault"] for call in world.calls(operation="DescribeFlowLogs")][:2] == ["meet", "meet"]


def test_through_ansible_no_key_is_shown(ansible: AnsibleRunner, world: SimulatorProcess) -> None:
    secret = "s3cr3t-that-nobody-may-see-0123456789abcdef"
    connection = {"endpoint_url": world.url, "access_key": DEFAULT_ACCESS_KEY, "secret_key": secret}
    asked = {**task("read", "s3_flow_log_info", {"region": "eu-west-1"}), "connection": connection}
    wrong = {**task("wrong", "s3_flow_log_info", {"filters": {"no": "x"}}), "connection": connection}
    tasks = [{"name": "Read", "flowlogs.aws.flow_log_tasks": {"tasks": [asked, wrong]}, "ignore_errors": True}]
    run = ansible([{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": tasks}], "-vvv")
    read, refused = run.one("Read")["results"]
    assert read["flow_logs"] == [] and refused["failed"]
    assert secret not in run.output and secret not in json.dumps(run.results)
