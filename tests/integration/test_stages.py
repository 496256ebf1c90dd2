# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks with --tags: each stage makes only its own calls and reports what it skipped."""

from __future__ import annotations

import pytest

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import AUDIT
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_US_VPCS
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import client
from tests.integration.support.publication import findings
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import inventory
from tests.integration.support.publication import line
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT, RETIRE = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report", "flowlogs.aws.retire"
TARGETS = {*SHOP_VPCS, *SHOP_US_VPCS, BANK_VPC}


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


def of_stages(*stages: str) -> tuple[str, ...]:
    """Return arguments for a run with only some stages."""
    return ("--tags", ",".join(stages))


def services(stage: Stage) -> set[str]:
    """Return the AWS services that the last run called."""
    return {call["service"] for call in stage.simulator.calls()}


def test_single_stages_together_equal_a_full_run(stage: Stage) -> None:
    """First the buckets, then the flow logs; a full run afterwards has nothing to do."""
    first = stage(PUBLISH, inventory(), *of_stages("destinations"))
    assert line(first, "flow logs:") == "flow logs: stages=destinations destinations=2 put_policy=2 failed=0"
    assert stage.writes() == ["PutBucketPolicy"] * 2
    assert "ec2" not in services(stage)

    second = stage(PUBLISH, inventory(), "--skip-tags", "permissions,destinations")
    assert line(second, "flow logs:") == "flow logs: stages=flow_logs targets=6 batches=3 create=6 failed=0"
    assert stage.writes() == ["CreateFlowLogs"] * 3
    assert services(stage) <= {"ec2", "sts"}

    stage(PUBLISH, inventory())
    assert stage.writes() == []


def test_flow_logs_stage_ignores_the_state_of_the_destination(stage: Stage) -> None:
    """A full run skips the batches of a failed bucket; a run without destinations has no such result."""
    document = inventory()
    document["all"]["children"] = {"audit": document["all"]["children"]["audit"]}
    stage(PUBLISH, document, *of_stages("destinations"))
    stage.simulator.fault(operation="GetBucketPolicy", action="deny", times=None)
    whole = stage(PUBLISH, document, succeeds=False)
    assert line(whole, "flow logs:").endswith("failed=2") and flow_logs(stage.simulator, SHOP, "us-east-1") == {}
    stage(PUBLISH, document, *of_stages("flow_logs"))
    assert sorted(flow_logs(stage.simulator, SHOP, "us-east-1")) == SHOP_US_VPCS


def test_permissions_alone(stage: Stage) -> None:
    document = inventory()
    document["all"]["vars"]["flow_log_permission_principals"] = [{"type": "role", "name": "publisher"}]
    document["all"]["children"] = {"audit": document["all"]["children"]["audit"]}
    client(stage.simulator, "iam", SHOP).create_role(RoleName="publisher", AssumeRolePolicyDocument="{}")
    stage(PUBLISH, document, *of_stages("permissions"))
    assert stage.writes() == ["PutRolePolicy"]
    assert services(stage) <= {"iam", "sts"}


def test_tags_do_not_replace_flow_log_retire(stage: Stage) -> None:
    stage(PUBLISH, inventory())
    refused = stage(RETIRE, inventory(), *of_stages("flow_logs"), succeeds=False)
    assert "flow_log_retire=true" in refused.output
    assert stage.writes() == []


@pytest.mark.parametrize("playbook", [PUBLISH, DRIFT])
def test_unknown_stage_is_refused_before_the_first_call(stage: Stage, playbook: str) -> None:
    refused = stage(playbook, inventory(), *of_stages("flow_log", "destination"), succeeds=False)
    assert (
        "--tags: 'destination,flow_log' is not accepted. Allowed: one or more of permissions, destinations, flow_logs"
        in (" ".join(refused.output.split()))
    )
    assert stage.simulator.calls() == []


def test_report_of_one_stage_does_not_evaluate_the_others(stage: Stage) -> None:
    stage(PUBLISH, inventory())
    stage(DRIFT, inventory(), *of_stages("destinations"))
    assert findings(stage.folder) == {"in_sync": {OPERATIONS, AUDIT}, "not_evaluated": TARGETS}
    assert "ec2" not in services(stage)
    assert report(stage.folder)["verdict"] == "unknown"
    stage(DRIFT, inventory(), *of_stages("flow_logs"))
    assert findings(stage.folder) == {"in_sync": TARGETS, "not_evaluated": {OPERATIONS, AUDIT}}
    stage(DRIFT, inventory())
    assert report(stage.folder)["verdict"] == "in_sync"


def test_tag_of_an_import_selects_all_stages(stage: Stage) -> None:
    """A user's playbook imports this one with a tag; later plays read its results."""
    show = {
        "name": "Later",
        "hosts": "localhost",
        "gather_facts": False,
        "tags": "network",
        "tasks": [
            {"name": "Show", "ansible.builtin.debug": {"msg": "{{ [flow_log_result.verdict, groups['all'] | sort] }}"}}
        ],
    }
    run = stage([{"import_playbook": PUBLISH, "tags": "network"}, show], inventory(), "--tags", "network")
    assert line(run, "flow logs:") == "flow logs: targets=6 batches=3 destinations=2 create=6 put_policy=2 failed=0"
    assert run.one("Show")["msg"] == ["changed", sorted(TARGETS)]
