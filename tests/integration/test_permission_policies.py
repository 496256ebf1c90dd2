# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy generated from the permission table is sufficient for the work, and each part of it is needed.

The simulator enforces permissions, with its own table of the permissions that each call needs.
"""

from __future__ import annotations

import copy
import json
from typing import Any
from typing import Callable
from typing import Dict
from typing import List
from typing import Tuple

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import OPTIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import MODULES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import POLICIES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import actions_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import needs_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies
from tests.permission_documents import permissions_policy
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.in_process import run_module
from tests.integration.support.permission_world import ACCOUNT
from tests.integration.support.permission_world import BUCKET
from tests.integration.support.permission_world import PUBLISHED
from tests.integration.support.permission_world import RUNS
from tests.integration.support.permission_world import comparable
from tests.integration.support.permission_world import bucket_tasks
from tests.integration.support.permission_world import client
from tests.integration.support.permission_world import make_world
from tests.integration.support.permission_world import play
from tests.integration.support.permission_world import policy_tasks
from tests.integration.support.permission_world import prepared
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SimulatorProcess

ACCESS_KEY = "AKIALEASTAAAAAAAAAAA"
REPORTER = f"arn:aws:iam::{ACCOUNT}:role/team/reporter"
#: The types of the targets in the runs of s3_flow_log.
TYPES = ["VPC", "Subnet", "NetworkInterface", "TransitGateway", "TransitGatewayAttachment"]
WHERE = {"account_id": ACCOUNT, "region": "eu-west-1", "resource_types": TYPES}
#: Permissions to look up targets. Without them flow logs are still created, and the reason says so.
LOOK_UPS = {f"ec2:Describe{kind}s" for kind in ("Vpc", *TYPES[1:])}
#: Documented by AWS; whether AWS requires it is not established.
PERHAPS = "logs:DeleteLogDelivery"


@pytest.fixture(name="arns")
def _arns(simulator: SimulatorProcess) -> Dict[str, List[str]]:
    """Create the resources and a user without permissions; return the ARNs by option."""
    keys = make_world(simulator)
    simulator.seed({"accounts": {ACCOUNT: {"users": [{"name": "least", "access_key": ACCESS_KEY}]}}})
    buckets = [f"arn:aws:s3:::{name}" for name in (BUCKET, "bare-logs")]
    return {"buckets": buckets, "keys": keys, "principals": [REPORTER]}


def policy_for(operations: Tuple[str, ...], arns: Dict[str, List[str]], **more: Any) -> Dict[str, Any]:
    """Return the inline policy that a role needs for operations on the existing resources."""
    options = {OPTIONS.get(kind) for need in needs_of(operations) for kind in need.resources}
    at_hand = {option: value for option, value in arns.items() if option in options}
    (policy,) = permissions_policies(operations, "role", **WHERE, **at_hand, **more)
    return policy


def give(simulator: SimulatorProcess, policy: Dict[str, Any]) -> None:
    """Give the user this policy and no other."""
    iam = client(simulator, "iam")
    if policy["Statement"]:
        iam.put_user_policy(UserName="least", PolicyName="least", PolicyDocument=json.dumps(policy))


def without(policy: Dict[str, Any], action: str) -> Dict[str, Any]:
    """Return the policy without an action."""
    less = copy.deepcopy(policy)
    for statement in less["Statement"]:
        statement["Action"] = [one for one in statement["Action"] if one != action]
    less["Statement"] = [statement for statement in less["Statement"] if statement["Action"]]
    return less


def results(simulator: SimulatorProcess, name: str, access_key: str) -> List[Dict[str, Any]]:
    """Return what the runs of a module return to a user."""
    return [
        comparable(run_module(simulator.url, name, {**options, "access_key": access_key})) for options in RUNS[name]
    ]


def results_with(simulator: SimulatorProcess, name: str, policy: Dict[str, Any]) -> List[Dict[str, Any]]:
    """Return what the runs of a module return to the user with only this policy."""
    give(simulator, policy)
    simulator.enforce()
    try:
        return results(simulator, name, ACCESS_KEY)
    finally:
        simulator.enforce(False)


@pytest.mark.parametrize("name", [name for name in RUNS if not name.endswith("_info")])
def test_policy_is_sufficient(simulator: SimulatorProcess, arns: Dict[str, List[str]], name: str) -> None:
    prepared(simulator, name)
    done = results_with(simulator, name, policy_for(MODULES[name], arns))
    assert [result.get("msg") for result in done if result.get("failed")] == []


@pytest.mark.parametrize("name", [name for name in RUNS if name.endswith("_info")])
def test_policy_is_sufficient_to_read_everything(
    simulator: SimulatorProcess, arns: Dict[str, List[str]], name: str
) -> None:
    """The account's root user, who may do everything, reads no more."""
    prepared(simulator, name)
    read = results_with(simulator, name, policy_for(MODULES[name], arns))
    assert read == results(simulator, name, DEFAULT_ACCESS_KEY)


@pytest.mark.parametrize(
    ("name", "action"),
    [(name, action) for name in RUNS for action in sorted(actions_of(MODULES[name])) if action != PERHAPS],
)
def test_each_missing_permission_fails_and_is_named(
    simulator: SimulatorProcess, arns: Dict[str, List[str]], name: str, action: str
) -> None:
    prepared(simulator, name)
    less = results_with(simulator, name, without(policy_for(MODULES[name], arns), action))
    if name.endswith("_info"):
        # They return what they could read.
        assert less != results(simulator, name, DEFAULT_ACCESS_KEY)
    elif action in LOOK_UPS:
        assert not any(result.get("failed") for result in less)
        assert any(action in change["reason"] for result in less for change in result["actions"])
    else:
        assert any(action in result["msg"] for result in less if result.get("failed"))
    assert action in json.dumps(less)


@pytest.mark.parametrize(
    ("behalf", "action", "resource"),
    [
        ("opaque", "logs:CreateLogDelivery", "*"),
        ("named", "logs:CreateLogDelivery", "*"),
        ("opaque", "ec2:CreateFlowLogs", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc-flow-log/*"),
    ],
)
def test_missing_statement_can_be_pasted(
    simulator: SimulatorProcess, arns: Dict[str, List[str]], behalf: str, action: str, resource: str
) -> None:
    """Also where AWS's message does not name the permission, as for calls that AWS makes on behalf of the caller."""
    simulator.set_switch("denial_on_behalf", behalf)
    first, *_others = results_with(simulator, "s3_flow_log", without(policy_for(MODULES["s3_flow_log"], arns), action))
    (item,) = first["unsuccessful"]
    assert json.dumps({"Effect": "Allow", "Action": action, "Resource": resource}) in item["hint"]
    assert "Encoded" not in item["message"]


@pytest.mark.parametrize(("required_packages", "fails"), [("enforced", True), ("ignored", False)])
def test_policy_includes_permissions_that_aws_may_require(
    simulator: SimulatorProcess, arns: Dict[str, List[str]], required_packages: str, fails: bool
) -> None:
    simulator.set_switch("delete_log_delivery", required_packages)
    whole = policy_for(MODULES["s3_flow_log"], arns)
    done = results_with(simulator, "s3_flow_log", whole)
    less = results_with(simulator, "s3_flow_log", without(whole, PERHAPS))
    assert [any(result.get("failed") for result in ran) for ran in (done, less)] == [False, fails]


def test_flow_logs_of_other_teams_are_out_of_reach(simulator: SimulatorProcess, arns: Dict[str, List[str]]) -> None:
    """Flow logs with the tag can be created, tagged, replaced and deleted; others can only be read."""
    own = policy_for(POLICIES["publishing"], arns, flow_log_tags={"team": "net"})
    run_module(simulator.url, "s3_flow_log", {**PUBLISHED, "destination": f"{BUCKET}/other", "tags": {"team": "sec"}})
    tags = {"team": "net", "env": "prod"}
    steps = [
        (PUBLISHED, True),
        ({**PUBLISHED, "tags": tags}, True),
        ({**PUBLISHED, "tags": tags, "traffic_type": "REJECT"}, True),
        ({**PUBLISHED, "destination": f"{BUCKET}/other", "tags": tags}, False),
        ({**PUBLISHED, "destination": f"{BUCKET}/other", "state": "absent"}, False),
        ({**PUBLISHED, "state": "absent"}, True),
    ]
    give(simulator, own)
    simulator.enforce()
    ran = [
        run_module(simulator.url, "s3_flow_log", {**options, "access_key": ACCESS_KEY}) for options, _allowed in steps
    ]
    simulator.enforce(False)
    assert [not result.get("failed") for result in ran] == [allowed for _options, allowed in steps]


@pytest.mark.parametrize(
    ("name", "tasks", "at_hand"),
    [
        ("creating_buckets", bucket_tasks, {"buckets": ["arn:aws:s3:::new-logs", f"arn:aws:s3:::{BUCKET}"]}),
        (
            "attaching_policies",
            policy_tasks,
            {"principals": [f"arn:aws:iam::{ACCOUNT}:{kind}/ops" for kind in ("user", "group", "role")]},
        ),
    ],
)
@pytest.mark.usefixtures("arns")
def test_named_policy_is_sufficient_for_modules_of_amazon_aws(
    ansible: AnsibleRunner,
    simulator: SimulatorProcess,
    name: str,
    tasks: Callable[[SimulatorProcess], List[Dict[str, Any]]],
    at_hand: Dict[str, List[str]],
) -> None:
    made = play(*tasks(simulator))
    give(simulator, permissions_policy(name, **WHERE, **at_hand))
    simulator.enforce()
    run = ansible(made, environment=simulator.environment("eu-west-1", ACCESS_KEY))
    simulator.enforce(False)
    assert "permission denied" not in run.output
    assert all(result["result"]["changed"] for result in run.results)
