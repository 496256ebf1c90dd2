# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator in this process that records its state after every request, and a clock whose waits take no time."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any

import pytest
from moto.ec2.models import ec2_backends

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import clients
from ansible_collections.flowlogs.aws.plugins.module_utils._run.flow_log_steps import create
from ansible_collections.flowlogs.aws.plugins.module_utils._run.flow_log_steps import replace_with_gap
from ansible_collections.flowlogs.aws.plugins.module_utils._run.flow_log_steps import replacement

from tests.integration.support.fault_scenarios import ACCOUNT
from tests.integration.support.fault_scenarios import BUCKETS
from tests.integration.support.fault_scenarios import GATEWAYS
from tests.integration.support.fault_scenarios import PLAIN
from tests.integration.support.fault_scenarios import REGION
from tests.integration.support.fault_scenarios import VPC_FORMAT
from tests.integration.support.fault_scenarios import VPCS
from tests.integration.support.fault_scenarios import Planted
from tests.integration.support.fault_scenarios import Settings
from tests.integration.support.fault_scenarios import Story
from tests.integration.support.in_process import run_module
from tests.simulator import flow_logs
from tests.simulator import planting
from tests.simulator.faults import faults
from tests.simulator.faults import parse_rule
from tests.simulator.flow_logs.rules import GATEWAY_FORMAT
from tests.simulator.flow_logs.store import store_of
from tests.simulator.server import Simulator
from tests.simulator.switches import switches

_FLEET = {
    "accounts": {
        ACCOUNT: {
            "regions": {
                REGION: {
                    "vpcs": [{"id": item} for item in VPCS],
                    "transit_gateways": [{"id": item} for item in GATEWAYS],
                }
            },
            "buckets": [{"name": name, "region": REGION} for name in BUCKETS],
        }
    }
}


class Killed(BaseException):
    """Raised where the process is killed."""


@dataclass(frozen=True)
class Seen:
    """A flow log as the simulator stores it."""

    id: str
    target: str
    settings: Settings | None
    """None: it delivers to CloudWatch Logs."""
    healthy: bool
    tags: dict[str, str]

    @property
    def is_owned_by_aws(self) -> bool:
        """Whether an AWS service owns it."""
        return any(key.startswith("aws:") for key in self.tags)


State = dict[str, Seen]


@dataclass
class Run:
    """One run of the module: its result (None: it was killed), the calls, and every state on the way."""

    result: dict[str, Any] | None
    calls: list[dict[str, Any]]
    states: list[State] = field(default_factory=list)

    @property
    def before(self) -> State:
        """The state in which it began."""
        return self.states[0]

    @property
    def after(self) -> State:
        """The state in which it ended."""
        return self.states[-1]

    @property
    def writes(self) -> list[str]:
        """The operations that write."""
        return [call["operation"] for call in self.calls if call["write"]]

    @property
    def actions(self) -> list[dict[str, Any]]:
        """The actions that the run reports."""
        return (self.result or {}).get("actions", [])

    @property
    def unsuccessful(self) -> dict[str, list[str]]:
        """The codes that the run reports for failed targets, by target."""
        codes: dict[str, list[str]] = {}
        for item in (self.result or {}).get("unsuccessful", []):
            codes.setdefault(item["target"], []).append(item["code"])
        return codes


RunOnce = Callable[[str, "dict[str, Any]", bool], "dict[str, Any]"]
"""Takes the simulator's URL, the options of ``s3_flow_log`` and whether it is check mode; returns the result."""


def alone(url: str, options: dict[str, Any], check: bool) -> dict[str, Any]:
    """Run the module ``s3_flow_log``."""
    return run_module(url, "s3_flow_log", options, check)


def one_of_many_tasks(url: str, options: dict[str, Any], check: bool) -> dict[str, Any]:
    """Run it as a task of the module ``flow_log_tasks``."""
    task = {"name": "story", "module": "s3_flow_log", "options": options}
    (result,) = run_module(url, "flow_log_tasks", {"tasks": [task]}, check)["results"]
    return result


class World:
    """The simulator, prepared for one story.

    :param run_once: runs the module.
    """

    def __init__(self, simulator: Simulator, run_once: RunOnce = alone) -> None:
        self._simulator = simulator
        self._run_once = run_once
        self._states: list[State] = []
        self._planted: set[str] = set()
        application = simulator._server.app
        self._answer = application._aws
        application._aws = self._observed

    def begin(self, story: Story) -> None:
        """Create the resources that exist when the story begins."""
        self._simulator.reset()
        switches.update(story.switches)
        for number, log in enumerate(story.planted):
            flow_logs.plant(ACCOUNT, REGION, _fields(log, number))
        self._planted = set(_store().by_id)

    def disturb(self, rules: list[dict[str, Any]]) -> None:
        """Activate faults."""
        for rule in rules:
            faults.add(parse_rule(rule))

    def fix(self) -> None:
        """Remove every fault and repair the buckets, so that the flow logs deliver."""
        faults.clear()
        self._simulator.history.forget()
        for bucket in BUCKETS:
            planting.put_policy(bucket, _OPEN[bucket])
        by_id = _store().by_id
        for key in by_id.keys() - self._planted:
            by_id[key] = {**by_id[key], "DeliverLogsStatus": "SUCCESS"}

    def run(self, options: dict[str, Any], check: bool = False) -> Run:
        """Run the module once."""
        self._simulator.log.clear()
        self._states = [self._state()]
        try:
            result = self._run_once(self._simulator.url, options, check)
        except Killed:
            result = None
        with self._simulator.lock:
            return Run(result, self._simulator.log.list(), self._states)

    def _observed(self, environ: dict[str, Any]) -> Any:
        try:
            return self._answer(environ)
        finally:
            self._states.append(self._state())

    def _state(self) -> State:
        tags = ec2_backends[ACCOUNT][REGION].tags
        return {key: _seen(fields, dict(tags.get(key) or {})) for key, fields in _store().by_id.items()}


def _store() -> Any:
    return store_of(ACCOUNT, REGION)


def _open_policy(bucket: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "delivery.logs.amazonaws.com"},
                "Action": ["s3:PutObject", "s3:GetBucketAcl"],
                "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            }
        ],
    }


_OPEN = {bucket: _open_policy(bucket) for bucket in BUCKETS}


def _fields(log: Planted, number: int) -> dict[str, Any]:
    created = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=number)
    common = {"FlowLogId": log.id, "ResourceId": log.target, "Tags": log.tags, "CreationTime": created}
    if log.settings is None:
        return {
            **common,
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": "/vpc/all",
            "DeliverLogsPermissionArn": f"arn:aws:iam::{ACCOUNT}:role/flow-logs",
            "TrafficType": "ALL",
        }
    destination, traffic, interval, log_format, (file_format, hive, hourly) = log.settings
    options = {"FileFormat": file_format, "HiveCompatiblePartitions": hive, "PerHourPartition": hourly}
    return {
        **common,
        "LogDestinationType": "s3",
        "LogDestination": destination + ("/" if log.slash else ""),
        "TrafficType": traffic,
        "MaxAggregationInterval": interval,
        "LogFormat": log_format,
        "DestinationOptions": None if log.settings[4] == PLAIN else options,
        "DeliverLogsStatus": "SUCCESS" if log.healthy else "FAILED",
        "DeliverLogsErrorMessage": None if log.healthy else "Access error",
    }


def _seen(fields: dict[str, Any], tags: dict[str, str]) -> Seen:
    healthy = fields["DeliverLogsStatus"] == "SUCCESS"
    if fields["LogDestinationType"] != "s3":
        return Seen(fields["FlowLogId"], fields["ResourceId"], None, healthy, tags)
    options = fields.get("DestinationOptions") or {}
    settings = (
        fields["LogDestination"].rstrip("/"),
        fields.get("TrafficType"),
        fields["MaxAggregationInterval"],
        None if fields["LogFormat"] in (VPC_FORMAT, GATEWAY_FORMAT) else fields["LogFormat"],
        (
            options.get("FileFormat", "plain-text"),
            _true(options.get("HiveCompatiblePartitions")),
            _true(options.get("PerHourPartition")),
        ),
    )
    return Seen(fields["FlowLogId"], fields["ResourceId"], settings, healthy, tags)


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def start() -> Simulator:
    """Start a simulator with the resources of all stories."""
    fleet = {**_FLEET["accounts"][ACCOUNT]}
    fleet["buckets"] = [{**bucket, "policy": _OPEN[bucket["name"]]} for bucket in fleet["buckets"]]
    simulator = Simulator(seed={"accounts": {ACCOUNT: fleet}})
    simulator.start()
    return simulator


class Clock:
    """A clock that advances only where the collection waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def wait(self, seconds: float) -> None:
        """Advance the clock."""
        self.now += seconds


def skip_waits(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Let waits take no time, and a run be killed; each run has a client, with its own bounds of retries.

    :returns: a function that takes the number of the AWS request before which the process is killed, or None.
    """
    clock = Clock()
    monkeypatch.setattr("time.sleep", clock.wait)
    product_time = types.SimpleNamespace(sleep=clock.wait, monotonic=lambda: clock.now)
    for part in (create, replace_with_gap, replacement):
        monkeypatch.setattr(part, "time", product_time)
    left: list[int | None] = [None]

    def before_send(**_given: Any) -> None:
        if left[0] is not None:
            if left[0] <= 0:
                raise Killed
            left[0] -= 1

    clients._session(None, clients._environment()).events.register("before-send.ec2", before_send)

    def kill_before(number: int | None) -> None:
        left[0] = number

    return kill_before
