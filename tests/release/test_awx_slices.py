# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Four parallel slices, run like AWX with ansible-runner, give the same result as one run of the whole inventory.

The inventory comes from the plugin of this collection; it is imported and sliced like in AWX.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import textwrap
from typing import Any

import pytest
import yaml

from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import same_policy
from tests.release.awx import Controller
from tests.release.awx import Job
from tests.release.awx import exported
from tests.release.awx import passed_on
from tests.release.awx import sliced
from tests.integration.support.ansible_run import ROOT
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import BANK
from tests.integration.support.publication import THIRD_PARTY_STATEMENT
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import bucket_statements
from tests.integration.support.publication import client
from tests.integration.support.publication import environment
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_awx.rst"
SLICES = 4
THIRD_PARTY = [
    THIRD_PARTY_STATEMENT,
    {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ARCHIVE}:root"},
        "Action": "s3:GetObject",
        "Resource": f"{OPERATIONS}/*",
    },
]
PLACES = [(SHOP, "eu-west-1"), (SHOP, "us-east-1"), (BANK, "eu-west-1"), (BANK, "us-east-1")]
#: Slices take the names in turns, and in the last round the order is shifted by one. So each slice grants access to two
#: sources, no two slices to the same ones, and every batch is split.
TURNS = {
    f"vpc-{turn:x}{position:016x}": PLACES[(position + (turn == 3)) % len(PLACES)]
    for turn in range(4)
    for position in range(len(PLACES))
}
PLUGIN = {
    "plugin": "flowlogs.aws.flow_log_targets",
    "regions": ["eu-west-1", "us-east-1"],
    "tags": {"env": "prod"},
    "accounts": [{"profile": "shop", "name": "shop"}, {"profile": "bank", "name": "bank"}],
}
GROUP_VARS = {
    "all": {
        "flow_log_destination": f"{OPERATIONS}/network/",
        "flow_log_bucket_aws": {"profile": "archive"},
        "flow_log_tags": {"ManagedBy": "ansible"},
    },
    "flow_log_region_us_east_1": {"flow_log_traffic_type": "REJECT"},
}


def seed(simulator: SimulatorProcess) -> None:
    """Create the same fleet again."""
    before = {"Version": "2012-10-17", "Statement": THIRD_PARTY}
    buckets = [{"name": "operations-logs", "region": "eu-west-1", "policy": before}]
    accounts: dict[str, Any] = {ARCHIVE: {"buckets": buckets}}
    for vpc, (account, region) in TURNS.items():
        made = accounts.setdefault(account, {"roles": [{"name": "flow-logs", "trust": [ARCHIVE]}], "regions": {}})
        made["regions"].setdefault(region, {"vpcs": []})["vpcs"].append({"id": vpc, "tags": {"env": "prod"}})
    simulator.reset()
    simulator.seed({"accounts": accounts})
    simulator.clear_calls()


def all_flow_logs(simulator: SimulatorProcess) -> list[str]:
    """Return every flow log of the fleet as text, without generated values."""
    found = []
    for account, region in PLACES:
        pages = client(simulator, "ec2", account, region).get_paginator("describe_flow_logs").paginate()
        found += [item for page in pages for item in page["FlowLogs"]]
    for item in found:
        del item["FlowLogId"], item["CreationTime"]
    return sorted(json.dumps(item, sort_keys=True, default=str) for item in found)


def policy(simulator: SimulatorProcess) -> dict[str, Any]:
    """Return the bucket policy without the numbers of Sids, which depend on the order of writes."""
    statements = [
        {**item, "Sid": item["Sid"].rstrip("0123456789")} if "Sid" in item else item
        for item in bucket_statements(simulator, "operations-logs")
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def headline(job: Job) -> str:
    """Return the line that summarizes a job."""
    return job.artifacts["flow_log_run"]["headline"]


def guide_file(folder: pathlib.Path, name: str) -> str:
    """Write a file of the guide, and return its path."""
    text = GUIDE.read_text(encoding="utf-8")
    (block,) = re.findall(rf"^    # {re.escape(name)}\n(?:    .*\n|\n)+", text, re.MULTILINE)
    (folder / name).write_text(textwrap.dedent(block), encoding="utf-8")
    return str(folder / name)


class Fleet:
    """The fleet in AWX, and the result of one run of the whole inventory."""

    def __init__(self, simulator: SimulatorProcess, folder: pathlib.Path) -> None:
        self.simulator = simulator
        self.controller = Controller(folder, environment(folder, simulator))
        seed(simulator)
        project = folder / "project"
        (project / "group_vars").mkdir(parents=True)
        documents = {f"group_vars/{name}": values for name, values in GROUP_VARS.items()}
        for name, values in {"network.flow_log_targets": PLUGIN, **documents}.items():
            (project / f"{name}.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
        self.inventory = exported(project, {**os.environ, **self.controller.environment})
        assert not self.controller.run(PUBLISH, self.inventory).failed
        self.flow_logs, self.policy = all_flow_logs(simulator), policy(simulator)

    def is_as_after_one_run(self) -> None:
        """Return whether each target has one flow log, and no statement is missing or duplicated."""
        assert all_flow_logs(self.simulator) == self.flow_logs
        made = policy(self.simulator)
        assert same_policy(made, self.policy) and len(made["Statement"]) == len(self.policy["Statement"])
        others = [item for item in made["Statement"] if "LogDelivery" not in item.get("Sid", "")]
        assert same_policy({**made, "Statement": others}, {**made, "Statement": THIRD_PARTY})


@pytest.fixture(name="fleet_once", scope="module")
def _fleet_once(simulator_process: SimulatorProcess, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(simulator_process, tmp_path_factory.mktemp("awx"))


@pytest.fixture(name="fleet")
def _fleet(fleet_once: Fleet) -> Fleet:
    seed(fleet_once.simulator)
    return fleet_once


def test_slices_are_those_of_awx(fleet_once: Fleet) -> None:
    """Each host is in one slice, in turns by name; groups keep their variables and the hosts of the slice."""
    parts = [sliced(fleet_once.inventory, number, SLICES) for number in range(1, SLICES + 1)]
    assert [sorted(part["_meta"]["hostvars"]) for part in parts] == [list(TURNS)[n::SLICES] for n in range(SLICES)]
    for number, part in enumerate(parts):
        assert part["flow_log_region_us_east_1"]["vars"] == GROUP_VARS["flow_log_region_us_east_1"]
        assert set(part["flow_log_type_vpc"]["hosts"]) == set(list(TURNS)[number::SLICES])


def test_destinations_first_then_slices_of_flow_logs_then_the_report(fleet: Fleet) -> None:
    """The workflow of the guide gives the result of one run, and slices make no calls about buckets."""
    controller, inventory = fleet.controller, fleet.inventory
    first = controller.run(PUBLISH, inventory, tags="destinations")
    assert headline(first) == "flow logs: stages=destinations destinations=1 put_policy=1 failed=0"
    assert same_policy(policy(fleet.simulator), fleet.policy)

    fleet.simulator.clear_calls()
    jobs = controller.run_sliced(PUBLISH, inventory, SLICES, tags="flow_logs", **passed_on(first))
    assert [job.failed for job in jobs] == [False] * SLICES, "\n".join(job.output for job in jobs)
    assert {call["service"] for call in fleet.simulator.calls()} <= {"ec2", "sts"}
    assert same_policy(policy(fleet.simulator), fleet.policy)
    done = [job.artifacts["flow_log_run"] for job in jobs]
    assert sum(one["actions"]["create"] for one in done) == len(TURNS)
    assert {one["verdict"] for one in done} == {"changed"}

    fleet.is_as_after_one_run()

    carried = passed_on(first, *jobs)
    shown = controller.run(guide_file(controller.folder, "headlines.yml"), inventory, **carried)
    assert all(line in shown.output for line in map(headline, (first, *jobs))), shown.output
    folder = controller.folder / "report"
    assert not controller.run(DRIFT, inventory, drift_report_directory=str(folder), **carried).failed
    assert json.loads((folder / "drift-report.json").read_text(encoding="utf-8"))["verdict"] == "in_sync"


def test_slices_that_do_everything_at_once_lose_nothing(fleet: Fleet) -> None:
    """Four runs write a bucket policy at once. A run that loses its statements fails, and a second run fixes it."""
    jobs = fleet.controller.run_sliced(PUBLISH, fleet.inventory, SLICES)
    lost = [job for job in jobs if job.failed]
    # Either the module detects the overwrite, or the destination check finds the missing grant.
    assert [job.output for job in lost if not re.search("PolicyOverwritten|NotGranted", job.output)] == []
    if not lost:
        fleet.is_as_after_one_run()
    fleet.simulator.clear_calls()
    assert not fleet.controller.run(PUBLISH, fleet.inventory).failed
    assert bool(fleet.simulator.operations(write=True)) is bool(lost)
    fleet.is_as_after_one_run()


def test_keys_in_the_environment_and_profiles_exclude_each_other(fleet: Fleet, tmp_path: pathlib.Path) -> None:
    """The variables of AWX's AWS credential exclude profiles; the guide says what to do instead."""
    keys = {"AWS_ACCESS_KEY_ID": DEFAULT_ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    controller = Controller(tmp_path, {**fleet.controller.environment, **keys})
    job = controller.run(PUBLISH, sliced(fleet.inventory, 1, len(TURNS)))
    assert job.failed and "Passing both a profile and access tokens is not supported" in job.output
    assert fleet.simulator.calls() == []
