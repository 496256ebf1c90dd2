# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entry point permissions of the role: inline and managed policies of users, groups and roles come and go."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policy

from tests.integration.conftest import AnsibleRun
from tests.integration.conftest import AnsibleRunner
from tests.integration.permission_world import client
from tests.integration.permission_world import play
from tests.integration.publication import SHOP
from tests.integration.publication import Stage
from tests.integration.publication import client as publication_client
from tests.integration.publication import inventory
from tests.integration.publication import report
from tests.simulator.client import SimulatorProcess

ACCOUNT = "123456789012"
NAME = "publish-flow-logs-to-s3"
BUCKETS = ["arn:aws:s3:::example-logs"]
WHO = [{"type": "user", "name": "ada"}, {"type": "group", "name": "net"}, {"type": "role", "name": "publisher"}]
FOREIGN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


@pytest.fixture(name="iam")
def _iam(simulator: SimulatorProcess) -> Any:
    """A user, a group and a role with paths, each with policies of somebody else, attached and inline."""
    iam = client(simulator, "iam")
    foreign = iam.create_policy(PolicyName="foreign", PolicyDocument=json.dumps(FOREIGN))["Policy"]["Arn"]
    iam.create_user(UserName="ada", Path="/ops/")
    iam.create_group(GroupName="net", Path="/ops/")
    iam.create_role(RoleName="publisher", Path="/ops/", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.attach_user_policy(UserName="ada", PolicyArn=foreign)
    iam.attach_group_policy(GroupName="net", PolicyArn=foreign)
    iam.attach_role_policy(RoleName="publisher", PolicyArn=foreign)
    iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=json.dumps(FOREIGN))
    return iam


class Permissions:
    """Runs the entry point; several tasks of one run of Ansible, as a run takes seconds."""

    def __init__(self, ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
        self._ansible, self._simulator = ansible, simulator
        self._connection: dict[str, str] = {}

    def use(self, connection: dict[str, str]) -> None:
        """Run it with these connection options from now on, with permissions enforced."""
        self._connection = connection
        self._simulator.enforce()

    def __call__(self, *arguments: str, succeeds: bool = True, **variables: Any) -> AnsibleRun:
        """Run it with variables, named without the prefix ``publish_to_s3_permission_``."""
        given = {"principals": WHO, "account_id": ACCOUNT, **variables}
        task = {
            "name": "Run the role",
            "ansible.builtin.include_role": {"name": "flowlogs.aws.publish_to_s3", "tasks_from": "permissions"},
            "vars": {
                "publish_to_s3_region": "eu-west-1",
                "publish_to_s3_aws": self._connection,
                **{f"publish_to_s3_permission_{name}": value for name, value in given.items()},
            },
        }
        show = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ publish_to_s3_permissions_result }}"}}
        self._simulator.clear_calls()
        environment = self._simulator.environment()
        return self._ansible(play(task, show), *arguments, environment=environment, succeeds=succeeds)

    def writes(self) -> list[str]:
        """The operations of the last run that may have changed something."""
        return self._simulator.operations(write=True)


@pytest.fixture(name="permissions")
def _permissions(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Permissions:
    return Permissions(ansible, simulator)


def changed(run: AnsibleRun) -> dict[str, bool]:
    """Whether each principal changed, as the role leaves it."""
    return {item["item"]["name"]: item["changed"] for item in run.one("Show")["msg"]["results"]}


def attached(iam: Any) -> dict[str, list[str]]:
    """The names of the managed policies of each principal."""
    found = {
        "ada": iam.list_attached_user_policies(UserName="ada"),
        "net": iam.list_attached_group_policies(GroupName="net"),
        "publisher": iam.list_attached_role_policies(RoleName="publisher"),
    }
    return {who: sorted(item["PolicyName"] for item in listed["AttachedPolicies"]) for who, listed in found.items()}


def rest(iam: Any) -> Any:
    """Everything of the principals that is none of the role's business."""
    role = iam.get_role(RoleName="publisher")["Role"]
    return (
        role["AssumeRolePolicyDocument"],
        [iam.get_user(UserName="ada")["User"]["Path"], iam.get_group(GroupName="net")["Group"]["Path"], role["Path"]],
        iam.list_user_policies(UserName="ada")["PolicyNames"],
        iam.list_instance_profiles()["InstanceProfiles"],
        [len(iam.list_users()["Users"]), len(iam.list_groups()["Groups"]), len(iam.list_roles()["Roles"])],
    )


def test_managed_policies_come_once_and_go_again(permissions: Permissions, iam: Any) -> None:
    """Check mode, for real, again, away in check mode, away for real, again; nothing else of a principal changes."""
    before = rest(iam)
    foretold = permissions("--check", "--diff", attachment="managed")
    assert permissions.writes() == []
    assert "logs:CreateLogDelivery" in foretold.output

    done = permissions(attachment="managed", policy_path="/flow-logs/")
    assert changed(foretold) == changed(done) == {"ada": True, "net": True, "publisher": True}
    assert sorted(permissions.writes()) == [
        "AttachGroupPolicy",
        "AttachRolePolicy",
        "AttachUserPolicy",
        "CreatePolicy",
    ]
    assert attached(iam) == dict.fromkeys(("ada", "net", "publisher"), ["foreign", NAME])
    assert rest(iam) == before
    arn = f"arn:aws:iam::{ACCOUNT}:policy/flow-logs/{NAME}"
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 3

    again = permissions(attachment="managed", policy_path="/flow-logs/")
    assert permissions.writes() == []
    assert "changed: [" not in again.output and not any(changed(again).values())

    foretold = permissions("--check", attachment="managed", state="absent")
    assert permissions.writes() == []
    gone = permissions(attachment="managed", state="absent")
    assert changed(foretold) == changed(gone) == {"ada": True, "net": True, "publisher": True}
    assert attached(iam) == dict.fromkeys(("ada", "net", "publisher"), ["foreign"])
    assert rest(iam) == before
    assert NAME not in [policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]]

    again = permissions(attachment="managed", state="absent")
    assert permissions.writes() == []
    assert "changed: [" not in again.output and not any(changed(again).values())


def test_a_managed_policy_that_others_use_stays(permissions: Permissions, iam: Any) -> None:
    """It is detached from those named only, and what else they have stays attached."""
    iam.create_user(UserName="other")
    permissions(attachment="managed", principals=[*WHO, {"type": "user", "name": "other"}])
    foretold = permissions("--check", attachment="managed", state="absent")
    assert permissions.writes() == []
    done = permissions(attachment="managed", state="absent")
    assert changed(foretold) == changed(done) == {"ada": True, "net": True, "publisher": True}
    assert f"The managed policy {NAME} stays, as 1 other uses it." in done.output
    assert sorted(permissions.writes()) == ["DetachGroupPolicy", "DetachRolePolicy", "DetachUserPolicy"]
    assert attached(iam) == dict.fromkeys(("ada", "net", "publisher"), ["foreign"])
    (left,) = iam.list_attached_user_policies(UserName="other")["AttachedPolicies"]
    assert left["PolicyName"] == NAME


def test_several_documents_where_one_has_no_room(permissions: Permissions, iam: Any) -> None:
    """What differs by meaning is written, what is only spelt differently is not."""
    accounts = [f"{number:012}" for number in range(100000000000, 100000000060)]
    principals = [{**WHO[2], "buckets": BUCKETS}]
    permissions(attachment="managed", principals=principals, account_id=accounts)
    names = attached(iam)["publisher"]
    assert len(names) > 2 and all(name == "foreign" or name.startswith(NAME) for name in names)

    again = permissions(attachment="managed", principals=principals, account_id=accounts[::-1])
    assert permissions.writes() == [] and changed(again) == {"publisher": False}


def test_an_inline_policy_that_is_spelt_differently_is_the_same(permissions: Permissions, iam: Any) -> None:
    """It comes, stays as somebody spells it differently, is mended where its meaning differs, and goes."""
    given = {"principals": [{"type": "role", "name": "publisher"}]}
    permissions(**given)
    document = iam.get_role_policy(RoleName="publisher", PolicyName=NAME)["PolicyDocument"]
    for statement in document["Statement"]:
        statement["Action"] = list(reversed(statement["Action"]))
        if len(statement["Resource"]) == 1:
            (statement["Resource"],) = statement["Resource"]
    iam.put_role_policy(RoleName="publisher", PolicyName=NAME, PolicyDocument=json.dumps(document))
    assert changed(permissions(**given)) == {"publisher": False}

    document["Statement"] = document["Statement"][1:]
    iam.put_role_policy(RoleName="publisher", PolicyName=NAME, PolicyDocument=json.dumps(document))
    foretold = permissions("--check", "--diff", **given)
    assert changed(foretold) == {"publisher": True} and permissions.writes() == []
    assert "+" in foretold.output

    gone = permissions(state="absent", principals=[*given["principals"], {"type": "user", "name": "nobody"}])
    assert permissions.writes() == ["DeleteRolePolicy"]
    assert changed(gone) == {"publisher": True, "nobody": False}
    assert "There is no user nobody, so there is nothing to remove." in gone.output
    assert iam.list_role_policies(RoleName="publisher")["PolicyNames"] == []


def test_nothing_is_created_for_a_principal_that_is_missing(permissions: Permissions, iam: Any) -> None:
    """Told in check mode, refused for real before anything is done, and never made."""
    before = rest(iam)
    missing = [{"type": kind, "name": "nobody"} for kind in ("user", "group", "role")]
    given = {"attachment": "managed", "principals": [*WHO, *missing]}
    foretold = permissions("--check", **given)
    assert changed(foretold) == {"ada": True, "net": True, "publisher": True, "nobody": False}
    for kind in ("user", "group", "role"):
        assert f"There is no {kind} nobody yet" in foretold.output
    refused = permissions(succeeds=False, **given)
    assert "There is no role nobody" in refused.output
    assert permissions.writes() == [] and rest(iam) == before


def test_the_policy_for_managed_policies_is_enough(permissions: Permissions, iam: Any) -> None:
    """With permissions enforced: they come, and one that another uses goes on being there."""
    iam.create_user(UserName="other")
    who = [
        iam.get_user(UserName="ada")["User"]["Arn"],
        iam.get_user(UserName="other")["User"]["Arn"],
        iam.get_group(GroupName="net")["Group"]["Arn"],
        iam.get_role(RoleName="publisher")["Role"]["Arn"],
    ]
    document = permissions_policy("attaching_managed_policies", account_id=ACCOUNT, principals=who)
    iam.create_user(UserName="admin")
    iam.put_user_policy(UserName="admin", PolicyName="least", PolicyDocument=json.dumps(document))
    keys = iam.create_access_key(UserName="admin")["AccessKey"]
    permissions.use({"access_key": keys["AccessKeyId"], "secret_key": keys["SecretAccessKey"]})
    permissions(attachment="managed")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{NAME}"
    iam.attach_user_policy(UserName="other", PolicyArn=arn)
    permissions(attachment="managed", state="absent")
    assert attached(iam) == dict.fromkeys(("ada", "net", "publisher"), ["foreign"])
    permissions(attachment="managed", state="absent", principals=[{"type": "user", "name": "other"}])
    assert NAME not in [policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]]


def test_a_report_tells_which_managed_policies_lack(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    """The playbook that is always in check mode writes nothing, whoever is missing."""
    stage = Stage(ansible, simulator)
    publication_client(simulator, "iam", SHOP).create_user(UserName="publisher")
    document = inventory()
    document["all"]["children"] = {"audit": document["all"]["children"]["audit"]}
    document["all"]["vars"]["flow_log_permission_attachment"] = "managed"
    named = [{"type": "user", "name": "publisher"}, {"type": "group", "name": "nobody"}]
    document["all"]["vars"]["flow_log_permission_principals"] = named
    stage("flowlogs.aws.drift_report", document)
    assert stage.writes() == []
    rows = {row["target"]: row for row in report(stage.folder)["findings"] if row["target_type"] == "Principal"}
    assert {target: (row["finding"], row["planned_action"]) for target, row in rows.items()} == {
        "user/publisher": ("permission_missing", "put_policy"),
        "group/nobody": ("permission_missing", None),
    }
