# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator is quick enough for a fleet of 10,000 targets."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.bench.measure import cpu_of
from tests.simulator.client import SimulatorProcess

TARGETS = 10_000
#: CPU time of simulator and client, which does not depend on the load of the machine.
SECONDS = 60
PER_CALL = 300
FLEET = {
    "accounts": {
        "123456789012": {
            "regions": {"eu-west-1": {"vpcs": [{"count": TARGETS, "id": "vpc-0b", "name": "batch-{n}"}]}},
            "buckets": [{"name": "central-logs", "region": "eu-west-1"}],
        }
    }
}


def pages(ec2: Any, operation: str, key: str) -> list[dict[str, Any]]:
    """Return all items of an operation, over all pages."""
    return [item for page in ec2.get_paginator(operation).paginate() for item in page[key]]


def test_ten_thousand_targets_are_described_logged_and_described_again(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    simulator.seed(FLEET)
    ec2 = client("ec2")
    before = cpu_of(simulator.pid) + time.process_time()
    vpcs = [vpc["VpcId"] for vpc in pages(ec2, "describe_vpcs", "Vpcs")]
    for first in range(0, TARGETS, PER_CALL):
        answer = ec2.create_flow_logs(
            ResourceIds=vpcs[first : first + PER_CALL],
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination="arn:aws:s3:::central-logs/flow/",
            TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "env", "Value": "prod"}]}],
        )
        assert answer["Unsuccessful"] == []
    logs = pages(ec2, "describe_flow_logs", "FlowLogs")
    used = cpu_of(simulator.pid) + time.process_time() - before
    assert sorted(log["ResourceId"] for log in logs) == sorted(vpcs)
    assert all(log["Tags"] == [{"Key": "env", "Value": "prod"}] for log in logs)
    assert used < SECONDS
