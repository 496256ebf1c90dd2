# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role publish_to_s3 in a user's playbook: targets from a module, from an inventory or typed in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import AUDIT
from tests.integration.support.publication import BANK
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import bucket_statements
from tests.integration.support.publication import client
from tests.integration.support.publication import environment
from tests.integration.support.publication import flow_logs
from tests.simulator.client import SimulatorProcess

COMMON = {
    "publish_to_s3_region": "eu-west-1",
    "publish_to_s3_aws": {"profile": "shop"},
    "publish_to_s3_bucket_aws": {"profile": "archive"},
    "publish_to_s3_destination": f"{AUDIT}/shop/",
    "publish_to_s3_account_ids": [SHOP],
}
FIND_VPCS = {
    "name": "Find the VPCs",
    "amazon.aws.ec2_vpc_net_info": {"region": "eu-west-1", "profile": "shop"},
    "register": "found",
}


def play(*tasks: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a playbook with one play on localhost."""
    return [{"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]


def role(entry_point: str = "main", **variables: Any) -> dict[str, Any]:
    """Return a task that runs the role."""
    return {
        "name": "Run the role",
        "ansible.builtin.include_role": {"name": "flowlogs.aws.publish_to_s3", "tasks_from": entry_point},
        "vars": {**COMMON, **{f"publish_to_s3_{name}": value for name, value in variables.items()}},
    }


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


def run(stage: Stage, tasks: list[dict[str, Any]], *arguments: str, **more: Any) -> AnsibleRun:
    """Run tasks on localhost with an empty call log."""
    stage.simulator.clear_calls()
    return stage.ansible(play(*tasks), *arguments, environment=environment(stage.folder, stage.simulator), **more)


def test_main_publishes_what_a_module_found_and_then_changes_nothing(stage: Stage) -> None:
    client(stage.simulator, "iam", SHOP).create_user(UserName="publisher")
    principal = {"type": "user", "name": "publisher"}
    tasks = [FIND_VPCS, role(resource_ids="{{ found.vpcs }}", tags={"a": "b"}, permission_principals=[principal])]
    run(stage, tasks, "--check")
    assert stage.writes() == []
    run(stage, tasks)
    assert stage.writes() == ["PutUserPolicy", "PutBucketPolicy", "CreateFlowLogs"]
    assert sorted(flow_logs(stage.simulator, SHOP)) == SHOP_VPCS
    assert f"{AUDIT}/shop/AWSLogs/{SHOP}/" in json.dumps(bucket_statements(stage.simulator, "audit-logs"))
    run(stage, tasks)
    assert stage.writes() == []

    run(stage, [role(resource_ids=SHOP_VPCS[:1], state="absent")])
    assert stage.writes() == ["DeleteFlowLogs"]
    assert sorted(flow_logs(stage.simulator, SHOP)) == SHOP_VPCS[1:]


def test_the_environment_keyword_leads_to_the_account(stage: Stage) -> None:
    """Without connection options, boto3 looks in the variables that the play sets for its tasks."""
    for profile, vpcs in (("shop", SHOP_VPCS), ("bank", [])):
        tasks = [role("flow_logs", resource_ids=SHOP_VPCS, aws={})]
        task = {"name": "Publish", "environment": {"AWS_PROFILE": profile}, "block": tasks}
        run(stage, [task], "--check", succeeds=bool(vpcs))
        called = {call["account"] for call in stage.simulator.calls() if call["operation"] == "DescribeFlowLogs"}
        assert called == {SHOP if vpcs else BANK}


def test_entry_points_work_alone_and_set_their_results(stage: Stage) -> None:
    show = {
        "name": "Show",
        "ansible.builtin.debug": {
            "msg": [
                "{{ publish_to_s3_destination_result.changed }}",
                "{{ publish_to_s3_flow_logs_result.actions | length }}",
            ]
        },
    }
    without_tags = role("flow_logs", resource_ids=[{"vpc_id": SHOP_VPCS[0]}], tags=None, name="mine")
    done = run(stage, [role("destination"), without_tags, role("permissions"), show])
    assert done.one("Show")["msg"] == [True, 1]
    assert stage.writes() == ["PutBucketPolicy", "CreateFlowLogs"]


def test_missing_principal_is_reported_in_check_mode_and_fails_a_real_run(stage: Stage) -> None:
    tasks = [role("permissions", permission_principals=[{"type": "role", "name": "not-there"}])]
    assert "There is no role not-there yet" in run(stage, tasks, "--check").output
    assert "not-there" in run(stage, tasks, succeeds=False).output
    assert "PutRolePolicy" not in [call["operation"] for call in stage.simulator.calls() if not call["error_code"]]


def test_no_targets_gives_a_note_and_no_calls(stage: Stage) -> None:
    show = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ publish_to_s3_flow_logs_result }}"}}
    for mode in ((), ("--check",)):
        done = run(stage, [role(resource_ids=[], create_bucket=True, preflight=True), show], *mode)
        shown = done.one("Show")["msg"]
        assert (shown["changed"], shown["actions"], shown["unsuccessful"]) == (False, [], [])
        assert "publish_to_s3_resource_ids is empty, so there is nothing to do." in done.output
        assert stage.simulator.calls() == []


def test_short_destinations_belong_to_the_partition_of_the_region(stage: Stage) -> None:
    """Preflight, destination, permissions and flow logs use no ARN of another partition, such as arn:aws: in China."""
    region, bucket, vpc = "cn-north-1", "partition-logs", "vpc-0c000000000000009"
    resources = {
        "buckets": [{"name": bucket, "region": region}],
        "regions": {region: {"vpcs": [{"id": vpc}]}},
    }
    stage.simulator.seed({"accounts": {ARCHIVE: resources}})
    client(stage.simulator, "iam", ARCHIVE, region).create_user(UserName="publisher")
    stage.simulator.clear_calls()
    task = role(
        region=region,
        aws={},
        bucket_aws={},
        destination=f"{bucket}/team/",
        account_ids=[ARCHIVE],
        resource_ids=[vpc],
        preflight=True,
        permission_principals=[{"type": "user", "name": "publisher"}],
    )
    variables = stage.simulator.environment(region)
    done = stage.ansible(play(task), "-vvv", environment=variables)
    assert stage.writes() == ["PutUserPolicy", "PutBucketPolicy", "CreateFlowLogs"]
    for text in (done.output, json.dumps(done.results)):
        assert f"arn:aws-cn:s3:::{bucket}" in text
        assert f"arn:aws:s3:::{bucket}" not in text
    assert "arn:aws:" not in json.dumps(done.results)


@pytest.mark.parametrize(
    ("entry_point", "variables", "named"),
    [
        ("flow_logs", {"resource_ids": [{"name": "x"}]}, "resource_ids[0]"),
        ("flow_logs", {"resource_ids": [{"instance_id": "i-0a1", "vpc_id": SHOP_VPCS[0]}]}, "i-0a1"),
        ("flow_logs", {"resource_ids": ["sg-0a1"]}, "sg-0a1"),
        ("flow_logs", {"resource_ids": SHOP_VPCS, "purge": "all"}, "publish_to_s3_purge"),
        ("flow_logs", {"resource_ids": SHOP_VPCS, "destination": "arn:aws:s3:::audit-logs/AWSLogs/"}, "AWSLogs"),
        ("destination", {"destination": "NO BUCKET"}, "destination"),
        ("permissions", {"permission_principals": [{"type": "robot", "name": "x"}]}, "robot"),
    ],
)
def test_invalid_input_is_named_before_any_call(
    stage: Stage, entry_point: str, variables: dict[str, Any], named: str
) -> None:
    assert named in run(stage, [role(entry_point, **variables)], succeeds=False).output
    assert stage.simulator.calls() == []


def test_misspelled_variable_is_a_warning_or_an_error_with_strict(stage: Stage) -> None:
    note = "publish_to_s3_traffic_typ has no effect. Did you mean publish_to_s3_traffic_type?"
    task = role(resource_ids=[], traffic_typ="REJECT")
    warned = run(stage, [task])
    assert f"[WARNING]: {note}" in " ".join(warned.output.split())

    for switch in ("publish_to_s3_strict", "flow_log_strict"):
        refused = run(
            stage, [role(resource_ids=SHOP_VPCS, traffic_typ="REJECT")], "-e", f"{switch}=true", succeeds=False
        )
        (reported,) = [item["result"]["msg"] for item in refused.results if item["status"] == "failed"]
        assert reported == f"{note} Nothing was done, because publish_to_s3_strict is true."
        assert stage.simulator.calls() == []
