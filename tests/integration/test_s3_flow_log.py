# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""s3_flow_log through Ansible: the twelve steps, each in check mode and for real, and invalid input."""

from __future__ import annotations

from typing import Any
from typing import Dict
from typing import List
from typing import Tuple

import pytest

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.simulator.client import SimulatorProcess

VPCS = ["vpc-0a000000000000001", "vpc-0a000000000000002"]
SEED = {
    "accounts": {
        "123456789012": {
            "regions": {"eu-west-1": {"vpcs": [{"id": vpc} for vpc in VPCS]}},
            "buckets": [{"name": "example-logs", "region": "eu-west-1"}],
        }
    }
}
ASKED = {"resource_ids": VPCS, "destination": "arn:aws:s3:::example-logs/network/", "tags": {"team": "net"}}
#: name of the step -> options, expected actions
STEPS: Dict[str, Tuple[Dict[str, Any], List[str]]] = {
    "create": (ASKED, ["create", "create"]),
    "create again": (ASKED, []),
    "modify": ({**ASKED, "tags": {"team": "sec"}}, ["tag", "tag"]),
    "modify again": ({**ASKED, "tags": {"team": "sec"}}, []),
    "delete": ({**ASKED, "state": "absent"}, ["delete", "delete"]),
    "delete again": ({**ASKED, "state": "absent"}, []),
}


def task(name: str, options: Dict[str, Any], **keywords: Any) -> Dict[str, Any]:
    return {"name": name, "flowlogs.aws.s3_flow_log": options, **keywords}


def plays(tasks: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    return [
        {
            "name": "Test",
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/flowlogs.aws.aws": {"region": "eu-west-1"}},
            "tasks": tasks,
        }
    ]


def test_the_twelve_steps(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    simulator.seed(SEED)
    environment = simulator.environment("eu-west-1")
    tasks = []
    for name, (options, _kinds) in STEPS.items():
        tasks += [task(f"{name}, check", options, check_mode=True, diff=True), task(name, options, diff=True)]
    run = ansible(plays(tasks), environment=environment)
    for name, (_options, kinds) in STEPS.items():
        predicted, done = run.one(f"{name}, check"), run.one(name)
        assert [item["action"] for item in done["actions"]] == kinds
        assert predicted["changed"] is done["changed"] is bool(kinds)
        assert predicted["diff"] == done["diff"]
        new = name == "create"
        assert [{**item, "flow_log_id": None} if new else item for item in done["actions"]] == predicted["actions"]
        assert predicted["unsuccessful"] == done["unsuccessful"] == []
    # Six real runs, three of them with changes, and no other write.
    assert [call["operation"] for call in simulator.writes()] == ["CreateFlowLogs", "CreateTags", "DeleteFlowLogs"]


def test_the_whole_run_in_check_mode_writes_nothing(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    simulator.seed(SEED)
    tasks = [task(name, options) for name, (options, _kinds) in STEPS.items()]
    run = ansible(plays(tasks), "--check", "--diff", environment=simulator.environment("eu-west-1"))
    assert run.one("create")["changed"] is True
    assert VPCS[0] in run.output and "example-logs/network/" in run.output
    assert simulator.writes() == []


BAD_INPUT = {
    "no bucket": (
        {"destination": "arn:aws:logs:eu-west-1:1:log-group:x"},
        ["destination", "arn:aws:logs", "S3 bucket"],
    ),
    "reserved folder": ({"destination": "example-logs/AWSLogs"}, ["destination", "AWSLogs", "reserves"]),
    "mixed types": ({"resource_ids": ["vpc-1", "subnet-1"]}, ["resource_ids", "Subnet, VPC"]),
    "unknown prefix": ({"resource_ids": ["igw-1"]}, ["resource_ids", "igw-1", "vpc-"]),
    "security group": ({"resource_ids": ["sg-0a1"]}, ["resource_ids", "sg-0a1", "vpc-"]),
    "instance": (
        {"resource_ids": [VPCS[0], {"instance_id": "i-0a1", "vpc_id": VPCS[0]}]},
        ["resource_ids[1]", "i-0a1", "network interfaces"],
    ),
    "no id": ({"resource_ids": [{"name": "x"}]}, ["resource_ids[0]", "vpc_id"]),
    "traffic on a gateway": (
        {"resource_ids": ["tgw-1"], "traffic_type": "ALL"},
        ["traffic_type", "ALL", "TransitGateway"],
    ),
    "interval on a gateway": (
        {"resource_ids": ["tgw-1"], "max_aggregation_interval": 600},
        ["max_aggregation_interval", "600", "60"],
    ),
    "interval": ({"max_aggregation_interval": 300}, ["max_aggregation_interval", "300", "60 or 600"]),
    "field of another resource type": ({"log_format": ["srcaddr", "tgw-id"]}, ["log_format", "tgw-id", "srcaddr"]),
    "no field": ({"log_format": "srcaddr"}, ["log_format", "srcaddr", "${field}"]),
    "hive": (
        {"destination_options": {"hive_compatible_partitions": "sometimes"}},
        ["hive_compatible_partitions", "sometimes"],
    ),
    "reserved tag": ({"tags": {"aws:owner": "x"}}, ["tags", "aws:owner", "reserved"]),
}


@pytest.fixture(name="refused", scope="module")
def _refused(tmp_path_factory: pytest.TempPathFactory, simulator_process: SimulatorProcess) -> AnsibleRun:
    """Run every invalid input in one run, and check that none of them calls AWS."""
    simulator_process.reset()
    simulator_process.clear_calls()
    tasks = [task(name, {**ASKED, **options}, ignore_errors=True) for name, (options, _words) in BAD_INPUT.items()]
    tasks.append(task("unknown field", {**ASKED, "log_format": ["srcadr"]}, ignore_errors=True))
    simulator_process.fault(operation="DescribeFlowLogs", action="deny", times=None)
    run = AnsibleRunner(tmp_path_factory.mktemp("refused"))(
        plays(tasks), environment=simulator_process.environment("eu-west-1")
    )
    # Only the unknown field is sent to AWS, which may support it.
    assert simulator_process.operations() == ["DescribeFlowLogs"]
    return run


@pytest.mark.parametrize("case", BAD_INPUT)
def test_invalid_input_is_refused_by_name_before_any_call(refused: AnsibleRun, case: str) -> None:
    message = refused.one(case)["msg"]
    assert [word for word in BAD_INPUT[case][1] if word not in message] == []
    assert "Traceback" not in message


def test_unknown_field_gives_a_warning(refused: AnsibleRun) -> None:
    assert "'srcadr' is not known" in refused.output.replace("\n", " ")
    assert "Did you mean srcaddr?" in " ".join(refused.output.split())


def test_targets_are_accepted_as_modules_return_them_and_may_be_empty(
    ansible: AnsibleRunner, simulator: SimulatorProcess
) -> None:
    simulator.seed(SEED)
    simulator.clear_calls()
    found = [{"vpc_id": vpc, "id": vpc, "dhcp_options_id": "dopt-0a1", "is_default": False} for vpc in VPCS]
    tasks = [
        task("none", {**ASKED, "resource_ids": []}, diff=True),
        task("none, absent", {**ASKED, "resource_ids": [], "state": "absent"}, check_mode=True),
        task("found", {**ASKED, "resource_ids": found}),
        task("again", {**ASKED, "resource_ids": VPCS}),
    ]
    run = ansible(plays(tasks), environment=simulator.environment("eu-west-1"))
    for name in ("none", "none, absent"):
        result = run.one(name)
        assert (result["changed"], result["actions"], result["flow_logs"]) == (False, [], [])
        assert "nothing to do" in result["msg"]
    assert [item["target"] for item in run.one("found")["actions"]] == VPCS
    assert run.one("again")["changed"] is False
    # A task without targets makes no call: the first call is that of the task with targets.
    assert simulator.operations()[:3] == ["DescribeFlowLogs", "DescribeVpcs", "CreateFlowLogs"]
