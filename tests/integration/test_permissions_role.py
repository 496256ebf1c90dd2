# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entry point permissions of the role: it adds and removes inline policies of users, groups and roles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.permission_world import client
from tests.integration.support.permission_world import play
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import Stage
from tests.integration.support.publication import client as publication_client
from tests.integration.support.publication import inventory
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

ACCOUNT = "123456789012"
NAME = "publish-flow-logs-to-s3"
WHO = [{"type": "user", "name": "ada"}, {"type": "group", "name": "net"}, {"type": "role", "name": "publisher"}]


@pytest.fixture(name="iam")
def _iam(simulator: SimulatorProcess) -> Any:
    """Create a user, a group and a role with paths."""
    iam = client(simulator, "iam")
    iam.create_user(UserName="ada", Path="/ops/")
    iam.create_group(GroupName="net", Path="/ops/")
    iam.create_role(RoleName="publisher", Path="/ops/", AssumeRolePolicyDocument="{}")
    return iam


class Permissions:
    """Runs the entry point, several tasks in one run, since each run takes seconds."""

    def __init__(self, ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
        self._ansible, self._simulator = ansible, simulator

    def __call__(self, *arguments: str, **variables: Any) -> AnsibleRun:
        """Run it with variables, given without the prefix ``publish_to_s3_permission_``."""
        given = {"account_id": ACCOUNT, **variables}
        task = {
            "name": "Run the role",
            "ansible.builtin.include_role": {"name": "flowlogs.aws.publish_to_s3", "tasks_from": "permissions"},
            "vars": {
                "publish_to_s3_region": "eu-west-1",
                **{f"publish_to_s3_permission_{name}": value for name, value in given.items()},
            },
        }
        show = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ publish_to_s3_permissions_result }}"}}
        self._simulator.clear_calls()
        environment = self._simulator.environment()
        return self._ansible(play(task, show), *arguments, environment=environment)

    def writes(self) -> list[str]:
        """The write operations of the last run."""
        return self._simulator.operations(write=True)


@pytest.fixture(name="permissions")
def _permissions(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Permissions:
    return Permissions(ansible, simulator)


def changed(run: AnsibleRun) -> dict[str, bool]:
    """Return whether each principal changed, from the result of the role."""
    return {item["item"]["name"]: item["changed"] for item in run.one("Show")["msg"]["results"]}


def test_inline_policy_in_another_spelling_is_the_same(permissions: Permissions, iam: Any) -> None:
    """It is added, kept if only the spelling differs, repaired if the meaning differs, and removed."""
    permissions(principals=WHO)
    assert sorted(permissions.writes()) == ["PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"]
    document = iam.get_role_policy(RoleName="publisher", PolicyName=NAME)["PolicyDocument"]
    for statement in document["Statement"]:
        statement["Action"] = list(reversed(statement["Action"]))
        if len(statement["Resource"]) == 1:
            (statement["Resource"],) = statement["Resource"]
    iam.put_role_policy(RoleName="publisher", PolicyName=NAME, PolicyDocument=json.dumps(document))
    assert changed(permissions(principals=WHO)) == {"ada": False, "net": False, "publisher": False}

    document["Statement"] = document["Statement"][1:]
    iam.put_role_policy(RoleName="publisher", PolicyName=NAME, PolicyDocument=json.dumps(document))
    predicted = permissions("--check", "--diff", principals=WHO)
    assert changed(predicted) == {"ada": False, "net": False, "publisher": True} and permissions.writes() == []
    assert "+" in predicted.output

    gone = permissions(state="absent", principals=[*WHO, {"type": "user", "name": "nobody"}])
    assert sorted(permissions.writes()) == ["DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy"]
    assert changed(gone) == {"ada": True, "net": True, "publisher": True, "nobody": False}
    assert "There is no user nobody, so there is nothing to remove." in gone.output
    assert iam.list_role_policies(RoleName="publisher")["PolicyNames"] == []


def test_a_report_names_principals_without_the_policy(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    """The playbook that always runs in check mode writes nothing, even if principals are missing."""
    stage = Stage(ansible, simulator)
    publication_client(simulator, "iam", SHOP).create_user(UserName="publisher")
    document = inventory()
    document["all"]["children"] = {"audit": document["all"]["children"]["audit"]}
    named = [{"type": "user", "name": "publisher"}, {"type": "group", "name": "nobody"}]
    document["all"]["vars"]["flow_log_permission_principals"] = named
    stage("flowlogs.aws.drift_report", document)
    assert stage.writes() == []
    rows = {row["target"]: row for row in report(stage.folder)["findings"] if row["target_type"] == "Principal"}
    assert {target: (row["finding"], row["planned_action"]) for target, row in rows.items()} == {
        "user/publisher": ("permission_missing", "put_policy"),
        "group/nobody": ("permission_missing", None),
    }
