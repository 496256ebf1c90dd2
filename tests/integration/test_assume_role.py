# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work in an assumed role with permissions enforced; the keys of its session are never shown."""

from __future__ import annotations

import json
import pathlib
import threading
import urllib.request
from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.in_process import run_module
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import BANK
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import findings
from tests.integration.support.publication import line
from tests.integration.support.publication import write_inventory
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
VPC, KEY_ID = "vpc-0a000000000000001", "AKIAFLEETAUTOMATIONA"
CALLER = f"arn:aws:iam::{ARCHIVE}:user/automation"
NETWORK, BUCKETS = f"arn:aws:iam::{SHOP}:role/network", f"arn:aws:iam::{BANK}:role/buckets"
EXTERNAL_ID = "example-42"


def allow(action: str) -> dict[str, Any]:
    """Return a policy that allows actions on all resources."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def trust(who: str, **condition: str) -> dict[str, Any]:
    """Return a trust policy."""
    statement = {"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole"}
    bound = {"Condition": {"StringEquals": condition}} if condition else {}
    return {"Version": "2012-10-17", "Statement": [{**statement, **bound}]}


SEED = {
    "accounts": {
        ARCHIVE: {
            "users": [{"name": "automation", "access_key": KEY_ID, "policies": {"enter": allow("sts:AssumeRole")}}]
        },
        SHOP: {
            "roles": [
                {"name": "network", "trust": trust(CALLER), "policies": {"all": allow("*")}},
                {"name": "publisher"},
                {"name": "closed", "trust": [BANK], "policies": {"all": allow("*")}},
            ],
            "regions": {"eu-west-1": {"vpcs": [{"id": VPC}]}},
        },
        BANK: {
            "roles": [
                {
                    "name": "buckets",
                    "trust": trust(CALLER, **{"sts:ExternalId": EXTERNAL_ID}),
                    "policies": {"all": allow("*")},
                }
            ],
        },
    }
}
VARIABLES = {
    "flow_log_account_id": SHOP,
    "flow_log_region": "eu-west-1",
    "flow_log_destination": "bank-logs/network/",
    "flow_log_aws": {"assume_role_arn": NETWORK},
    "flow_log_bucket_aws": {"assume_role_arn": BUCKETS, "assume_role_external_id": EXTERNAL_ID},
    "flow_log_create_bucket": True,
    "flow_log_bucket_region": "eu-west-1",
    "flow_log_expected_bucket_owner": BANK,
    "flow_log_permission_principals": [{"type": "role", "name": "publisher"}],
    "flow_log_preflight": True,
}


class Processes:
    """Records the command lines and environments of all processes during a run."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            for process in pathlib.Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        self.seen.add((process / name).read_text(encoding="utf-8", errors="replace"))
                    except OSError:
                        continue

    def __enter__(self) -> Processes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


class Roles:
    """Runs playbooks as a user who may only assume roles."""

    def __init__(self, ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
        self.ansible, self.simulator = ansible, simulator
        simulator.seed(SEED)
        simulator.enforce()
        simulator.clear_calls()

    def __call__(self, playbook: str, *arguments: str, succeeds: bool = True, **variables: Any) -> AnsibleRun:
        """Run a playbook on the inventory, with more variables."""
        document = {"all": {"hosts": {VPC: {**VARIABLES, **variables}}}}
        keys = {
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_ENDPOINT_URL": self.simulator.url,
        }
        where = write_inventory(self.ansible.folder, document)
        return self.ansible(playbook, "-i", where, *arguments, environment=keys, succeeds=succeeds)

    def sessions(self) -> list[dict[str, str]]:
        """The sessions that the simulator has issued, from moto's data API."""
        with urllib.request.urlopen(f"{self.simulator.url}/moto-api/data.json") as answer:
            return json.load(answer)["sts"]["AssumedRole"]

    def module(self, name: str, options: dict[str, Any]) -> dict[str, Any]:
        """Run a module with the user's key."""
        return run_module(self.simulator.url, name, {"access_key": KEY_ID, **options})


@pytest.fixture(name="roles")
def _roles(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Roles:
    return Roles(ansible, simulator)


def test_all_work_runs_in_the_roles_and_no_key_is_shown(roles: Roles) -> None:
    """Create a bucket in one account, permissions and flow logs in another, then report, all with -vvv."""
    predicted = roles(PUBLISH, "--check")
    assert roles.simulator.operations(write=True) == []
    with Processes() as processes:
        done = roles(PUBLISH, "-vvv")
        report = roles(DRIFT, "-vvv")
    expected = "flow logs: targets=1 batches=1 destinations=1 "
    assert line(predicted, "flow logs:").startswith(expected) and line(done, "flow logs:").startswith(expected)
    writes = {(call["account"], call["operation"]) for call in roles.simulator.calls(write=True)}
    assert {
        (BANK, "CreateBucket"),
        (BANK, "PutBucketPolicy"),
        (SHOP, "PutRolePolicy"),
        (SHOP, "CreateFlowLogs"),
    } <= writes
    assert {account for account, _operation in writes} == {BANK, SHOP}
    assert set(findings(roles.ansible.folder)) == {"in_sync"}

    sessions = roles.sessions()
    assert {(item["role_arn"], item["session_name"]) for item in sessions} == {
        (NETWORK, "flowlogs.aws"),
        (BUCKETS, "flowlogs.aws"),
    }
    files = [path for path in roles.ansible.folder.rglob("*") if path.is_file()]
    assert any("drift-report" in path.name for path in files)
    shown = {f"{run.output} {run.results}" for run in (predicted, done, report)}
    shown |= {path.read_text(encoding="utf-8", errors="replace") for path in files}
    assert any("AnsiballZ_s3_bucket.py" in text for text in processes.seen)
    for secret in (item[name] for item in sessions for name in ("secret_access_key", "session_token")):
        assert not any(secret in text for text in shown | processes.seen)


def test_a_role_is_assumed_once_by_each_module(roles: Roles) -> None:
    options = {"bucket": "not-there", "assume_role_arn": BUCKETS, "assume_role_external_id": EXTERNAL_ID}
    result = roles.module("flow_log_bucket_policy", options)
    assert "NoSuchBucket" in result["msg"]
    assert roles.simulator.operations(operation="AssumeRole") == ["AssumeRole"]
    assert roles.simulator.calls(account=BANK) != []
    (session,) = roles.sessions()
    assert not any(session[name] in json.dumps(result) for name in ("secret_access_key", "session_token"))


def test_denied_assume_role_names_role_caller_and_fix(roles: Roles) -> None:
    closed = f"arn:aws:iam::{SHOP}:role/closed"
    for options in ({"assume_role_arn": closed}, {"assume_role_arn": BUCKETS, "assume_role_external_id": "another"}):
        result = roles.module("s3_flow_log_info", {**options, "resource_ids": [VPC]})
        assert result["failed"]
        for part in (options["assume_role_arn"], CALLER, "sts:AssumeRole", "trust policy"):
            assert part in result["msg"]
    assert [call["operation"] for call in roles.simulator.calls() if call["account"] != ARCHIVE] == []


@pytest.mark.parametrize(
    "options",
    [
        {"assume_role_arn": "network"},
        {"assume_role_external_id": EXTERNAL_ID},
        {"assume_role_arn": NETWORK, "assume_role_session_name": "no/name"},
    ],
)
def test_invalid_role_options_are_refused_before_the_first_call(roles: Roles, options: dict[str, str]) -> None:
    result = roles.module("s3_flow_log_info", {**options, "resource_ids": [VPC]})
    assert result["failed"] and "is not accepted. Allowed: " in result["msg"]
    assert roles.simulator.calls() == []


def test_role_that_cannot_be_assumed_is_reported_once_and_nothing_is_written(roles: Roles) -> None:
    closed = f"arn:aws:iam::{SHOP}:role/closed"
    run = roles(PUBLISH, succeeds=False, flow_log_aws={"assume_role_arn": closed}, flow_log_preflight=False)
    reasons = {item["host"]: item["result"]["msg"] for item in run.results if item["status"] == "failed"}
    assert set(reasons) == {VPC}
    for part in (closed, CALLER, "sts:AssumeRole", "trust policy"):
        assert part in reasons[VPC]
    assert not roles.simulator.writes()
