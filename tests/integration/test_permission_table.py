# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AWS calls of each module against the permission table: no permission is missing and none is superfluous.

Each module runs with all its features, and the simulator's call log records the calls.
"""

from __future__ import annotations

import json
import re
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Set

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import MODULES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import POLICIES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import WITH
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import calls_of
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.integration.support.permission_world import DESTINATION
from tests.integration.support.permission_world import PUBLISHED
from tests.integration.support.permission_world import RUNS
from tests.integration.support.permission_world import comparable
from tests.integration.support.permission_world import bucket_tasks
from tests.integration.support.permission_world import client
from tests.integration.support.permission_world import make_world
from tests.integration.support.permission_world import play
from tests.integration.support.permission_world import policy_tasks
from tests.integration.support.permission_world import prepared
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import Stage
from tests.integration.support.publication import inventory
from tests.simulator.client import SimulatorProcess
from tests.unit.meta.project import modules

DENIED = re.compile(r"AccessDenied|UnauthorizedOperation")
#: Calls that need no permission, or that assume a role in another account.
FREE = {"GetCallerIdentity", "AssumeRole"}
#: Not used by a drift report, since it needs a permission that discloses other principals' permissions.
IN_NO_REPORT = {"flow_log_permissions_info"}


@pytest.fixture(name="aws")
def _aws(simulator: SimulatorProcess) -> SimulatorProcess:
    make_world(simulator)
    simulator.clear_calls()
    return simulator


def called(simulator: SimulatorProcess) -> Set[str]:
    """Return the calls since the log was emptied, without the free ones."""
    return set(simulator.operations()) - FREE


def test_every_module_has_runs() -> None:
    assert list(RUNS) == list(MODULES)
    # flow_log_tasks runs these modules; see test_flow_log_tasks.py.
    assert {*RUNS, "flow_log_tasks"} >= set(modules())


@pytest.mark.parametrize("name", RUNS)
def test_module_makes_exactly_the_calls_of_the_table(aws: SimulatorProcess, name: str) -> None:
    prepared(aws, name)
    for options in RUNS[name]:
        succeed(aws.url, name, options)
    assert called(aws) == calls_of(MODULES[name])


@pytest.mark.parametrize("name", [name for name in RUNS if name not in IN_NO_REPORT])
def test_read_policy_is_sufficient_for_check_mode(aws: SimulatorProcess, name: str) -> None:
    prepared(aws, name)
    for options in RUNS[name]:
        succeed(aws.url, name, options, check=True)
    reading = {*POLICIES["reading"], *(operation for more in WITH.values() for operation in more["reading"])}
    assert called(aws)
    assert called(aws) <= calls_of({*reading, "delivery_check"})


@pytest.mark.parametrize(
    ("name", "options", "operations"),
    [
        ("s3_flow_log", {**PUBLISHED, "tags": None}, ["read", "look_up_targets", "create"]),
        ("s3_flow_log", PUBLISHED, ["read", "look_up_targets", "create", "tag_at_create"]),
        ("s3_flow_log_info", {}, ["read"]),
    ],
)
def test_operation_makes_exactly_its_calls(
    aws: SimulatorProcess, name: str, options: Dict[str, Any], operations: List[str]
) -> None:
    succeed(aws.url, name, options)
    # Of the lookups only the one for the type of the targets.
    looks = calls_of(["look_up_targets"]) - {"DescribeVpcs"}
    assert called(aws) == calls_of(operations) - looks
    created = aws.calls(operation="CreateFlowLogs")
    assert all(bool(call["parameters"].get("TagSpecifications")) is ("tag_at_create" in operations) for call in created)


@pytest.mark.parametrize("name", [name for name in RUNS if name.endswith("_info")])
def test_info_modules_return_the_same_twice(aws: SimulatorProcess, name: str) -> None:
    """So in the next test a different result can only come from the denied call."""
    prepared(aws, name)
    first, second = ([comparable(succeed(aws.url, name, options)) for options in RUNS[name]] for _time in range(2))
    assert first == second


@pytest.mark.parametrize(("name", "call"), [(name, call) for name in RUNS for call in sorted(calls_of(MODULES[name]))])
def test_denied_call_changes_the_result(aws: SimulatorProcess, name: str, call: str) -> None:
    """So the table has no permission that the module does not need."""
    prepared(aws, name)
    reads_only = name.endswith("_info")
    undisturbed = [comparable(run_module(aws.url, name, options)) for options in RUNS[name]] if reads_only else []
    aws.fault(operation=call, action="deny", times=None)
    results = (run_module(aws.url, name, options) for options in RUNS[name])
    if reads_only:
        # They return what they could read, which is less without the permission.
        assert list(map(comparable, results)) != undisturbed
    elif call in calls_of(["look_up_targets"]):
        # The flow log is still created, and its reason says what could not be checked.
        assert any(DENIED.search(action["reason"]) for result in results for action in result["actions"])
    else:
        assert any(result.get("failed") and DENIED.search(json.dumps(result)) for result in results)


@pytest.mark.parametrize(("operation", "tasks"), [("create_bucket", bucket_tasks), ("attach_policy", policy_tasks)])
def test_modules_of_amazon_aws_make_exactly_the_calls_of_the_table(
    ansible: AnsibleRunner,
    aws: SimulatorProcess,
    operation: str,
    tasks: Callable[[SimulatorProcess], List[Dict[str, Any]]],
) -> None:
    made = play(*tasks(aws))
    aws.clear_calls()
    ansible(made, environment=aws.environment("eu-west-1"))
    assert called(aws) == calls_of([operation])


def test_read_policy_is_sufficient_for_the_drift_report(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    stage = Stage(ansible, simulator)
    simulator.seed({"accounts": {SHOP: {"roles": [{"name": "publisher"}]}}})
    document = inventory()
    document["all"]["vars"]["flow_log_permission_principals"] = [{"type": "role", "name": "publisher"}]
    stage("flowlogs.aws.drift_report", document)
    reading = {*POLICIES["reading"], *(operation for more in WITH.values() for operation in more["reading"])}
    assert {"DescribeFlowLogs", "GetBucketPolicy", "ListRolePolicies"} <= called(simulator) <= calls_of(reading)


def test_role_refuses_an_inline_policy_that_is_too_long(ansible: AnsibleRunner, aws: SimulatorProcess) -> None:
    client(aws, "iam").create_user(UserName="ops")
    aws.clear_calls()
    principal = {"type": "user", "name": "ops", "buckets": [f"arn:aws:s3:::flow-logs-{number}" for number in range(99)]}
    variables = {"publish_to_s3_permission_principals": [principal], "publish_to_s3_destination": DESTINATION}
    role = {"name": "flowlogs.aws.publish_to_s3", "tasks_from": "permissions"}
    tasks = [{"name": "Attach", "ansible.builtin.include_role": role, "vars": variables}]
    run = ansible(play(*tasks), environment=aws.environment("eu-west-1"), succeeds=False)
    assert "all inline policies of a user together may have 2048" in " ".join(run.output.split())
    assert aws.calls() == []
