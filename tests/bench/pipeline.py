# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole pipeline from the inventory plugin to the report, for fleets in 20 pairs of account and Region."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from tests.bench.contenders import BIN
from tests.bench.contenders import environment
from tests.bench.measure import Measured
from tests.bench.measure import measure
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

ARCHIVE = "123456789012"
ACCOUNTS = [f"{number:012}" for number in range(200000000001, 200000000011)]
REGIONS = ("eu-west-1", "us-east-1")
PAIRS = len(ACCOUNTS) * len(REGIONS)
INVENTORY, PUBLISH, AGAIN, REPORT = "inventory alone", "publish and report", "the same, unchanged", "drift report alone"


@dataclass(frozen=True)
class Step:
    """The best of several runs of one command of the pipeline; each reads the inventory again."""

    targets: int
    name: str
    measured: Measured


def fleet(targets: int, owners: Sequence[str], places: Sequence[str] = REGIONS) -> dict[str, Any]:
    """Return a fleet with its VPCs evenly in each account and Region, and a bucket in a separate account."""
    accounts: dict[str, Any] = {ARCHIVE: {"buckets": [{"name": "central-flow-logs", "region": places[0]}]}}
    for number, account in enumerate(owners):
        regions = {
            region: {"vpcs": [{"count": targets // len(owners) // len(places), "id": f"vpc-{number:03x}{place:x}"}]}
            for place, region in enumerate(places)
        }
        accounts[account] = {"roles": [{"name": "flow-logs", "trust": [ARCHIVE]}], "regions": regions}
    return {"accounts": accounts}


def write_environment(folder: pathlib.Path, owners: Sequence[str], places: Sequence[str] = REGIONS) -> dict[str, str]:
    """Write the inventory and the profiles; return the environment variables for the profiles."""
    inventory = {
        "plugin": "flowlogs.aws.flow_log_targets",
        "types": ["VPC"],
        "regions": list(places),
        "accounts": [{"profile": account} for account in owners],
    }
    variables = {
        "flow_log_destination": "arn:aws:s3:::central-flow-logs/network/",
        "flow_log_bucket_aws": {"profile": "archive"},
        "flow_log_tags": {"ManagedBy": "ansible"},
    }
    (folder / "inventory" / "group_vars").mkdir(parents=True, exist_ok=True)
    for name, content in (("network.flow_log_targets.yml", inventory), ("group_vars/all.yml", variables)):
        (folder / "inventory" / name).write_text(json.dumps(content), encoding="utf-8")
    config = f"[profile archive]\nregion = {REGIONS[0]}\n"
    config += f"aws_access_key_id = {DEFAULT_ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
    for account in owners:
        role = f"arn:aws:iam::{account}:role/flow-logs"
        config += f"[profile {account}]\nrole_arn = {role}\nsource_profile = archive\n"
    path = folder / "aws-config"
    path.write_text(config, encoding="utf-8")
    return {"AWS_CONFIG_FILE": str(path), "AWS_PROFILE": "archive"}


def run_pipeline(
    targets: int, rounds: int, folder: pathlib.Path, say: Callable[[str], None], owners: Sequence[str] = ACCOUNTS
) -> list[Step]:
    """Publish the flow logs of a fleet with a report at the end, publish again, and run only the report.

    :param targets: a multiple of the number of pairs of account and Region.
    :param rounds: number of repetitions, each from a fleet without flow logs.
    :param folder: an empty folder for files.
    :param owners: the accounts that own them.
    """
    runs: dict[str, list[Measured]] = {}
    for number in range(rounds):
        # In another folder each time, since a report compares itself with the previous one in the folder.
        place = folder / f"{targets}-{number}"
        connection = write_environment(place, owners)
        with SimulatorProcess(seed=fleet(targets, owners)) as simulator:
            variables = {**environment(simulator, place), **connection}
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
                del variables[name]
            for name, command in _commands():
                say(f"{targets} targets, round {number + 1} of {rounds}: {name}")
                runs.setdefault(name, []).append(measure(command, simulator, variables, place))
    return [Step(targets, name, best(measured)) for name, measured in runs.items()]


def play_command() -> list[object]:
    """Return the command line of a playbook with as many forks as cores, as the guide advises."""
    return [BIN / "ansible-playbook", "-i", "inventory", "--forks", str(os.cpu_count())]


def inventory_command() -> list[object]:
    """Return the command that only reads the inventory."""
    return [BIN / "ansible-inventory", "-i", "inventory", "--list", "--output", "inventory.json"]


def _commands() -> list[tuple[str, list[object]]]:
    play = play_command()
    publish = [*play, "flowlogs.aws.publish_to_s3", "-e", "flow_log_with_report=true"]
    return [
        (INVENTORY, inventory_command()),
        (PUBLISH, publish),
        (AGAIN, publish),
        (REPORT, [*play, "flowlogs.aws.drift_report"]),
    ]


def best(measured: Sequence[Measured]) -> Measured:
    """Return the quickest of several runs, with the highest memory of all."""
    return replace(min(measured, key=lambda item: item.wall), memory=max(item.memory for item in measured))
