# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many accounts and Regions with a few VPCs each: the playbooks compared with a plain program with threads."""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench import pipeline
from tests.bench.contenders import HERE
from tests.bench.contenders import environment
from tests.bench.measure import Measured
from tests.bench.measure import measure
from tests.simulator.client import SimulatorProcess

REGIONS = ("eu-west-1", "us-east-1", "eu-central-1", "us-west-2")
VPCS = 3
BUCKET_ARN = "arn:aws:s3:::central-flow-logs"
PLAIN, PLAIN_AGAIN = "plain boto3 program, first run", "plain boto3 program, unchanged"
PUBLISH, AGAIN, REPORT = "publish, first run", "publish, unchanged", "drift report"
#: The limit that each command is compared with.
LIMITS = {pipeline.INVENTORY: PLAIN_AGAIN, PUBLISH: PLAIN, AGAIN: PLAIN_AGAIN, REPORT: PLAIN_AGAIN}
_OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["s3:PutObject", "s3:GetBucketAcl"],
            "Resource": [BUCKET_ARN, f"{BUCKET_ARN}/*"],
        }
    ],
}


@dataclass(frozen=True)
class WideRow:
    """The measurements of one command for a number of pairs of account and Region."""

    pairs: int
    name: str
    measured: Measured


def run_wide(
    pairs: int, folder: pathlib.Path, say: Callable[[str], None], names: Sequence[str] = (PLAIN, *LIMITS)
) -> list[WideRow]:
    """Measure all commands once, the program and the playbooks each from a fleet without flow logs.

    :param pairs: a multiple of the number of Regions.
    :param folder: an empty folder for files.
    """
    rows: list[WideRow] = []
    for commands, policy in ((_plain(), _OPEN), (_ours(), None)):
        if not set(names) & {name for name, _command in commands}:
            continue
        owners = [f"{number:012}" for number in range(200000000001, 200000000001 + pairs // len(REGIONS))]
        fleet = pipeline.fleet(pairs * VPCS, owners, REGIONS)
        if policy:
            fleet["accounts"][pipeline.ARCHIVE]["buckets"][0]["policy"] = policy
        place = folder / f"wide-{pairs}-{len(rows)}"
        connection = pipeline.write_environment(place, owners, REGIONS)
        (place / "fleet.json").write_text(json.dumps({"accounts": owners, "regions": REGIONS}), encoding="utf-8")
        with SimulatorProcess(seed=fleet) as simulator:
            variables = {**environment(simulator, place), **connection}
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
                del variables[name]
            for name, command in commands:
                say(f"{pairs} pairs of account and Region: {name}")
                rows.append(WideRow(pairs, name, measure(command, simulator, variables, place)))
    return rows


def _plain() -> list[tuple[str, list[Any]]]:
    command = [sys.executable, HERE / "plain_threads.py", "fleet.json", BUCKET_ARN]
    return [(PLAIN, command), (PLAIN_AGAIN, command)]


def _ours() -> list[tuple[str, list[Any]]]:
    play = pipeline.play_command()
    publish = [*play, "flowlogs.aws.publish_to_s3"]
    return [
        (pipeline.INVENTORY, pipeline.inventory_command()),
        (PUBLISH, publish),
        (AGAIN, publish),
        (REPORT, [*play, "flowlogs.aws.drift_report"]),
    ]
