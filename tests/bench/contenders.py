# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The compared tools that create flow logs for a list of VPCs, each as a command."""

from __future__ import annotations

import json
import os
import pathlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.simulator.client import SimulatorProcess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = pathlib.Path(sys.executable).parent
#: Environment of tools whose dependencies differ from those of the tests.
OTHERS = ROOT / ".dev" / "bench-venv" / "bin"
REGION = "eu-west-1"
BUCKET = "example-logs"
BUCKET_ARN = f"arn:aws:s3:::{BUCKET}"


def vpc_ids(count: int) -> list[str]:
    """Return the ids of the first VPCs of the fleet."""
    return [f"vpc-0b{number:015x}" for number in range(1, count + 1)]


def fleet(count: int) -> dict[str, Any]:
    """Return a fleet of one account with this many VPCs in one Region, and a bucket that accepts all flow logs."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["s3:PutObject", "s3:GetBucketAcl"],
        "Resource": [BUCKET_ARN, f"{BUCKET_ARN}/*"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    account = {
        "regions": {REGION: {"vpcs": [{"count": count, "id": "vpc-0b"}]}},
        "buckets": [{"name": BUCKET, "region": REGION, "policy": policy}],
    }
    return {"accounts": {"123456789012": account}}


@dataclass(frozen=True)
class Job:
    """The work of a contender.

    :param folder: its working folder.
    :param targets: number of VPCs.
    :param check: whether to run in check mode.
    """

    folder: pathlib.Path
    targets: int
    check: bool = False

    def file(self, name: str, content: Any) -> pathlib.Path:
        """Write a JSON file (which is YAML, too) for a contender; return its path."""
        path = self.folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    @property
    def ids(self) -> pathlib.Path:
        """A JSON file with the ids of the targets."""
        return self.file("ids.json", vpc_ids(self.targets))


def playbook(job: Job, name: str, task: dict[str, Any], *arguments: object) -> list[object]:
    """Return the command that runs one task on this machine."""
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    path = job.file(f"{name}.yml", [play])
    return [BIN / "ansible-playbook", path, *arguments, *(["--check"] if job.check else [])]


def empty_task(job: Job) -> list[object]:
    """The minimum for Ansible: one task that does nothing."""
    return playbook(job, "ping", {"ansible.builtin.ping": {}})


def module(job: Job) -> list[object]:
    """One task of this collection."""
    # From the file that the plain script reads: Ansible would copy a variable with all ids twice more.
    targets = "{{ lookup('ansible.builtin.file', '%s') | from_json }}" % job.ids
    options = {"resource_ids": targets, "destination": BUCKET_ARN, "return_flow_logs": False}
    return playbook(job, "module", {"flowlogs.aws.s3_flow_log": options})


def plain_boto3(job: Job) -> list[object]:
    """A minimal boto3 program."""
    return [sys.executable, HERE / "plain_boto3.py", job.ids, BUCKET_ARN]


def cli_loop(job: Job) -> list[object]:
    """A loop with one AWS CLI call for each resource."""
    return ["bash", HERE / "cli_loop.sh", OTHERS / "aws", BUCKET_ARN, *vpc_ids(job.targets)]


def custodian(job: Job) -> list[object]:
    """Cloud Custodian's action for VPCs, with its filter for those that have no such flow log."""
    asked = {"enabled": True, "destination-type": "s3", "destination": BUCKET_ARN, "traffic-type": "all"}
    attributes = {"LogDestinationType": "s3", "LogDestination": BUCKET_ARN, "TrafficType": "ALL"}
    policy = {
        "name": "flow-logs",
        "resource": "aws.vpc",
        "filters": [{"not": [{"type": "flow-logs", **asked}]}],
        "actions": [{"type": "set-flow-log", "attrs": attributes}],
    }
    path = job.file("custodian.json", {"policies": [policy]})
    options = ["--cache-period", "0", "--output-dir", job.folder / "custodian", "--region", REGION]
    return [OTHERS / "custodian", "run", *options, *(["--dryrun"] if job.check else []), path]


@dataclass(frozen=True)
class Contender:
    """One of the compared tools.

    :param command: returns the command for a job.
    :param checks: whether it has a check mode.
    :param sample: the maximum number of targets of a run; since it works one by one, the rest is extrapolated.
    """

    name: str
    command: Callable[[Job], list[object]]
    checks: bool = False
    sample: int | None = None


OURS, EMPTY, BOTO3, CLI, CUSTODIAN = "ours", "empty", "boto3", "cli", "custodian"
CONTENDERS = {
    EMPTY: Contender("empty Ansible task", empty_task),
    OURS: Contender("s3_flow_log, one task", module, checks=True),
    BOTO3: Contender("plain boto3 script", plain_boto3),
    CUSTODIAN: Contender("Cloud Custodian", custodian, checks=True),
    CLI: Contender("AWS CLI in a loop", cli_loop, sample=20),
}


def environment(simulator: SimulatorProcess, folder: pathlib.Path) -> dict[str, str]:
    """Return the environment of every contender: without the caller's settings, with the simulator as AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "AWS_"))}
    return {
        **kept,
        **simulator.environment(REGION),
        "HOME": str(folder),
        "ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local-tmp"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "remote-tmp"),
        "ANSIBLE_NOCOLOR": "1",
        "PYTHONWARNINGS": "ignore",
    }
