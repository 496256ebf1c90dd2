# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks with enforced permissions: a missing permission stops its batches before any change."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.permission_documents import permissions_policy
from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import AUDIT
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SEED
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_US_VPCS
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import findings
from tests.integration.support.publication import inventory
from tests.integration.support.publication import line
from tests.integration.support.publication import report
from tests.integration.support.publication import write_inventory
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

PUBLISH, REPORT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
FAILED = "Fail with the reasons for this host"
#: Profile -> account and access key of a user of that name.
USERS = {
    "shop": (SHOP, "AKIASHOPPUBLISHAAAAA"),
    "bank": (BANK, "AKIABANKPUBLISHAAAAA"),
    "archive": (ARCHIVE, "AKIAARCHIVEOWNERAAAA"),
    "shop-reader": (SHOP, "AKIASHOPREADERAAAAAA"),
    "bank-reader": (BANK, "AKIABANKREADERAAAAAA"),
    "archive-reader": (ARCHIVE, "AKIAARCHIVEREADERAAA"),
}
BUCKETS = [OPERATIONS, AUDIT]


def least(profile: str) -> dict[str, Any]:
    """Return the least-privilege policy for the work of a profile, including the simulation of its own permissions."""
    account = USERS[profile][0]
    owner = account == ARCHIVE
    reads = profile.endswith("-reader")
    wanted = "reading" if reads else "bucket_owner" if owner else "publishing"
    buckets = {"buckets": BUCKETS} if owner else {}
    document = permissions_policy(wanted, account_id=account, **buckets)
    asks = {
        "Effect": "Allow",
        "Action": "iam:SimulatePrincipalPolicy",
        "Resource": f"arn:aws:iam::{account}:user/{profile}",
    }
    return {**document, "Statement": [*document["Statement"], asks]}


def without(document: dict[str, Any], action: str) -> dict[str, Any]:
    """Return a policy without an action."""
    less = copy.deepcopy(document)
    for statement in less["Statement"]:
        if isinstance(statement["Action"], list):
            statement["Action"] = [one for one in statement["Action"] if one != action]
    return {**less, "Statement": [one for one in less["Statement"] if one["Action"]]}


class Guarded:
    """Runs playbooks on the fleet with permissions enforced."""

    def __init__(self, ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
        self.ansible, self.simulator, self.folder = ansible, simulator, ansible.folder
        self.policies = {profile: least(profile) for profile in USERS}

    def enforce(self) -> None:
        """Create the principals with their policies, and enforce them from now on."""
        seed = copy.deepcopy(SEED)
        for profile, (account, key) in USERS.items():
            user = {"name": profile, "access_key": key, "policies": {"least": self.policies[profile]}}
            seed["accounts"][account].setdefault("users", []).append(user)
        self.simulator.seed(seed)
        self.simulator.enforce()

    def __call__(self, playbook: Any, document: dict[str, Any], *arguments: str, **more: Any) -> AnsibleRun:
        config = "".join(
            f"[profile {profile}]\nregion = eu-west-1\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_KEY}\n"
            for profile, (_account, key) in USERS.items()
        )
        path = self.folder / "aws-config"
        path.write_text(config, encoding="utf-8")
        environment = {"AWS_ENDPOINT_URL": self.simulator.url, "AWS_CONFIG_FILE": str(path)}
        where = write_inventory(self.folder, document)
        self.simulator.clear_calls()
        return self.ansible(playbook, "-i", where, *arguments, environment=environment, **more)

    def writes(self) -> list[str]:
        """The write operations of the last run."""
        return self.simulator.operations(write=True)

    def asked(self) -> list[str]:
        """Return the accounts whose policies the last run simulated, each once."""
        calls = [call for call in self.simulator.calls() if call["operation"] == "SimulatePrincipalPolicy"]
        return sorted({call["account"] for call in calls})


@pytest.fixture(name="guarded")
def _guarded(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Guarded:
    return Guarded(ansible, simulator)


def with_preflight(suffix: str = "", **variables: Any) -> dict[str, Any]:
    """Return the inventory with a preflight; the suffix selects other profiles."""
    text = json.dumps(inventory()).replace('"profile": "shop"', f'"profile": "shop{suffix}"')
    for profile in ("bank", "archive"):
        text = text.replace(f'"profile": "{profile}"', f'"profile": "{profile}{suffix}"')
    document = json.loads(text)
    document["all"]["vars"].update({"flow_log_preflight": True, **variables})
    return document


def test_three_principals_with_least_privilege_policies_complete_the_work(guarded: Guarded) -> None:
    """Publishers, the bucket owner in another account, and a read-only reporter."""
    guarded.enforce()
    done = guarded(PUBLISH, with_preflight())
    assert line(done, "flow logs:") == ("flow logs: targets=6 batches=3 destinations=2 create=6 put_policy=2 failed=0")
    assert guarded.asked() == sorted([SHOP, BANK, ARCHIVE])

    guarded(REPORT, with_preflight("-reader"))
    assert guarded.writes() == []
    found = findings(guarded.folder)
    assert found.keys() == {"in_sync"}
    users = {f"arn:aws:iam::{USERS[name][0]}:user/{name}" for name in USERS if name.endswith("-reader")}
    assert found["in_sync"] == {*SHOP_VPCS, *SHOP_US_VPCS, BANK_VPC, OPERATIONS, AUDIT, *users}


def test_missing_permission_stops_the_batch_before_any_change(guarded: Guarded) -> None:
    """The batch of one account is stopped with a policy to paste; the other account is published."""
    guarded.policies["bank"] = without(least("bank"), "logs:CreateLogDelivery")
    guarded.enforce()
    run = guarded(PUBLISH, with_preflight(), succeeds=False)
    assert line(run, "flow logs:") == ("flow logs: targets=6 batches=3 destinations=2 create=5 put_policy=2 failed=1")
    assert not [call for call in guarded.simulator.calls() if call["account"] == BANK and "Flow" in call["operation"]]
    (failure,) = [item for item in run.results if item["task"] == FAILED]
    assert failure["host"] == BANK_VPC
    reported = failure["result"]["msg"]
    assert reported.startswith(f"{BANK}/eu-west-1/vpc/1-1: ")
    assert "user/bank is missing logs:CreateLogDelivery." in reported
    pasted = json.loads(reported[reported.index("{") : reported.rindex("}") + 1])
    assert pasted["Statement"] == [{"Effect": "Allow", "Action": ["logs:CreateLogDelivery"], "Resource": ["*"]}]


def test_report_names_missing_and_unknown_permissions(guarded: Guarded) -> None:
    guarded.policies["bank-reader"] = without(least("bank-reader"), "ec2:DescribeFlowLogs")
    guarded.policies["archive-reader"] = permissions_policy("reading", buckets=BUCKETS)
    guarded.enforce()
    guarded(REPORT, with_preflight("-reader"))
    assert guarded.writes() == []
    rows = {row["target"]: row for row in report(guarded.folder)["findings"] if row["target_type"] == "Principal"}
    by_name = {target.rsplit("/")[-1]: row for target, row in rows.items()}
    assert {name: row["finding"] for name, row in by_name.items()} == {
        "shop-reader": "in_sync",
        "bank-reader": "permission_missing",
        "archive-reader": "unknown",
    }
    assert by_name["bank-reader"]["severity"] == "high"
    assert "is missing ec2:DescribeFlowLogs" in by_name["bank-reader"]["evidence"]
    assert json.loads(by_name["bank-reader"]["remedy"])["Statement"][0]["Action"] == ["ec2:DescribeFlowLogs"]
    assert "iam:SimulatePrincipalPolicy" in by_name["archive-reader"]["evidence"]


def test_missing_permission_of_the_bucket_owner_stops_its_batches_even_with_a_limit(guarded: Guarded) -> None:
    """In check mode and in a real run; both preflights run on the only host within the limit."""
    guarded.policies["archive"] = without(least("archive"), "s3:PutBucketPolicy")
    guarded.enforce()
    run = guarded(PUBLISH, with_preflight(), "--check", "--limit", BANK_VPC, succeeds=False)
    assert line(run, "flow logs:") == ("flow logs: targets=1 batches=1 destinations=1 failed=2")
    assert guarded.asked() == sorted([BANK, ARCHIVE])
    assert "user/archive is missing s3:PutBucketPolicy." in run.output
    assert not {"CreateFlowLogs", "DescribeFlowLogs"}.intersection(guarded.simulator.operations())


def test_role_without_permissions_gets_them_and_publishes_in_one_play(guarded: Guarded) -> None:
    """The run refuses it before any change; after an administrator attaches the policy, it creates the flow logs."""
    attaching = permissions_policy("attaching_policies", principals=[f"arn:aws:iam::{SHOP}:role/net/publisher"])
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{SHOP}:role/net/publisher"}
    guarded.policies["shop"] = {**attaching, "Statement": [*attaching["Statement"], assume]}
    guarded.enforce()
    publisher = {"name": "publisher", "path": "/net/", "trust": [SHOP]}
    guarded.simulator.seed({"accounts": {SHOP: {"roles": [publisher]}}})

    session = {
        "access_key": "{{ assumed.sts_creds.access_key }}",
        "secret_key": "{{ assumed.sts_creds.secret_key }}",
        "session_token": "{{ assumed.sts_creds.session_token }}",
    }
    common = {
        "publish_to_s3_region": "eu-west-1",
        "publish_to_s3_bucket_aws": {"profile": "archive"},
        "publish_to_s3_destination": AUDIT,
        "publish_to_s3_account_ids": [SHOP],
        "publish_to_s3_resource_ids": SHOP_VPCS,
        "publish_to_s3_permission_account_id": SHOP,
    }

    def role(name: str, entry_point: str = "main", **variables: Any) -> dict[str, Any]:
        given = {**common, **{f"publish_to_s3_{key}": value for key, value in variables.items()}}
        included = {"name": "flowlogs.aws.publish_to_s3", "tasks_from": entry_point}
        return {"name": name, "ansible.builtin.include_role": included, "vars": given}

    publish = role("Publish", aws=session)
    tasks = [
        {
            "name": "Become the role",
            "amazon.aws.sts_assume_role": {
                "profile": "shop",
                "region": "eu-west-1",
                "role_arn": f"arn:aws:iam::{SHOP}:role/net/publisher",
                "role_session_name": "publish",
            },
            "register": "assumed",
        },
        {
            "name": "Try",
            "block": [publish],
            "rescue": [{"name": "Refused", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}],
        },
        role(
            "Give",
            "permissions",
            aws={"profile": "shop"},
            permission_principals=[{"type": "role", "name": "publisher"}],
        ),
        publish,
    ]
    play = {"name": "Play", "hosts": "localhost", "gather_facts": False, "tasks": tasks}
    run = guarded([play], {"all": {"hosts": {}}})
    assert "The caller needs ec2:DescribeFlowLogs" in run.one("Refused")["msg"]
    assert guarded.writes() == ["PutBucketPolicy", "PutRolePolicy", "CreateFlowLogs"]
