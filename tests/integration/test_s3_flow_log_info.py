# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""s3_flow_log_info: its results, its calls, and that s3_flow_log accepts the results."""

from __future__ import annotations

from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any
from typing import Dict
from typing import List

import pytest

from tests.integration.support.aws_clients import aws_client
from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.simulator.client import SimulatorProcess

ACCOUNT = "123456789012"
VPC, OTHER, GATEWAY = "vpc-0a000000000000001", "vpc-0a000000000000002", "tgw-0a000000000000001"
HIVE = {"file_format": "parquet", "hive_compatible_partitions": True, "per_hour_partition": True}
FLOW_LOGS = [
    {"resource": VPC, "destination": "arn:aws:s3:::example-logs/net/", "tags": {"team": "net"}},
    {"resource": VPC, "destination": "arn:aws:s3:::example-logs/hive/", "interval": 60, "options": HIVE},
    {"resource": VPC, "log_group": "/vpc/all", "role": f"arn:aws:iam::{ACCOUNT}:role/flow-logs"},
    {"resource": OTHER, "destination": "arn:aws:s3:::other-logs", "status": "FAILED", "error": "Access error"},
    {"resource": GATEWAY, "destination": "arn:aws:s3:::example-logs", "tags": {"audited": "true"}},
]
SEED = {
    "accounts": {
        ACCOUNT: {
            "regions": {
                "eu-west-1": {
                    "vpcs": [{"id": VPC}, {"id": OTHER}],
                    "transit_gateways": [{"id": GATEWAY}],
                    "flow_logs": FLOW_LOGS,
                }
            },
            "buckets": [{"name": name, "region": "eu-west-1"} for name in ("example-logs", "other-logs")],
        }
    }
}


@pytest.fixture(name="aws")
def _aws(simulator: SimulatorProcess) -> SimulatorProcess:
    simulator.seed(SEED)
    simulator.clear_calls()
    return simulator


def read(aws: SimulatorProcess, **options: Any) -> List[Dict[str, Any]]:
    return succeed(aws.url, "s3_flow_log_info", options)["flow_logs"]


def test_default_is_flow_logs_to_s3_only(aws: SimulatorProcess) -> None:
    assert {item["log_destination_type"] for item in read(aws)} == {"s3"}
    kinds = ["s3", "cloud-watch-logs"]
    assert len(read(aws, filters={"log-destination-type": kinds})) == len(FLOW_LOGS)
    (watched,) = read(aws, filters={"log-destination-type": "cloud-watch-logs"})
    assert watched["log_group_name"] == "/vpc/all" and watched["destination_options"] is None


def test_every_option_filters(aws: SimulatorProcess) -> None:
    assert len(read(aws, resource_ids=[VPC])) == 2
    assert [item["name"] for item in read(aws, resource_ids=[VPC], destination="example-logs/net")] == [None]
    assert [item["resource_id"] for item in read(aws, filters={"tag:team": "net"})] == [VPC]
    assert [item["resource_id"] for item in read(aws, filters={"tag:audited": True})] == [GATEWAY]
    (failing,) = read(aws, filters={"deliver-log-status": "FAILED"})
    assert (failing["delivery_status"], failing["delivery_error"]) == ("FAILED", "Access error")
    one = read(aws, resource_ids=[GATEWAY])[0]["flow_log_id"]
    assert [item["resource_id"] for item in read(aws, flow_log_ids=[one])] == [GATEWAY]
    assert read(aws, flow_log_ids=["fl-0f000000000000001"]) == []
    assert read(aws, resource_ids=["vpc-0f000000000000001"]) == []
    assert len(read(aws, resource_ids=[{"vpc_id": VPC, "id": VPC}])) == 2
    aws.clear_calls()
    assert read(aws, resource_ids=[]) == read(aws, resource_ids=[], filters={"resource-id": VPC}) == []
    assert aws.operations() == []


@pytest.mark.parametrize("options", ["filled", "absent"])
def test_results_are_valid_options_of_s3_flow_log(aws: SimulatorProcess, options: str) -> None:
    aws.set_switch("default_destination_options", options)
    module_options = (
        "destination",
        "traffic_type",
        "max_aggregation_interval",
        "log_format",
        "destination_options",
        "tags",
    )
    for item in read(aws):
        asked = {name: item[name] for name in module_options if item[name] is not None}
        result = run_module(aws.url, "s3_flow_log", {"resource_ids": [item["resource_id"]], **asked}, check=True)
        assert (result["changed"], result["unsuccessful"]) == (False, [])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"filters": {"log-destination": "x"}}, ["filters", "log-destination", "tag:KEY"]),
        ({"filters": {"resource-id": ["vpc-1"] * 201}}, ["filters.resource-id", "201", "200"]),
        ({"filters": {"tag:team": None}}, ["filters.tag:team", "None"]),
        ({"filters": {"tag:team": ["net", None]}}, ["filters.tag:team", "None"]),
        ({"resource_ids": ["no id"]}, ["resource_ids", "no id"]),
        ({"destination": "arn:aws:s3"}, ["destination", "arn:aws:s3"]),
        ({"delivery": True, "delivery_hours": 0}, ["delivery_hours", "0", "168"]),
    ],
)
def test_invalid_input_is_refused_by_name_before_any_call(
    aws: SimulatorProcess, options: Dict[str, Any], words: List[str]
) -> None:
    message = run_module(aws.url, "s3_flow_log_info", options)["msg"]
    assert [word for word in words if word not in message] == []
    assert aws.operations() == []


def test_many_ids_take_one_paged_call(aws: SimulatorProcess) -> None:
    ids = [VPC] + [f"vpc-0b{number:015x}" for number in range(300)]
    assert len(read(aws, resource_ids=ids)) == 2
    assert aws.operations() == ["DescribeFlowLogs"]


def deliver(aws: SimulatorProcess, flow_log: Dict[str, Any], moment: datetime) -> None:
    """Put an object under the path that this flow log writes to (VPC User Guide, flow-logs-s3-path)."""
    path = f"AWSLogs/{ACCOUNT}/vpcflowlogs/eu-west-1/{moment:%Y/%m/%d}/"
    if flow_log["destination_options"]["hive_compatible_partitions"]:
        path = f"AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region=eu-west-1/"
        path += f"year={moment:%Y}/month={moment:%m}/day={moment:%d}/hour={moment:%H}/"
    name = f"{ACCOUNT}_vpcflowlogs_eu-west-1_{flow_log['flow_log_id']}_{moment:%Y%m%dT%H%M}Z_0a1b2c3d.log.gz"
    bucket, _sep, folder = flow_log["destination"].removeprefix("arn:aws:s3:::").partition("/")
    s3 = aws_client(aws, "s3")
    s3.put_object(Bucket=bucket, Key=folder + path + name, Body=b"")


def test_the_last_delivery_is_found_in_both_layouts(aws: SimulatorProcess) -> None:
    now = datetime.now(timezone.utc).replace(second=0, microsecond=0)
    for item in read(aws, resource_ids=[VPC]):
        for minutes in (10, 70, 25 * 60):
            deliver(aws, item, now - timedelta(minutes=minutes))
    aws.clear_calls()
    found = read(aws, delivery=True, delivery_hours=24)
    by_resource = {(item["resource_id"], item["destination"]): item["delivery"] for item in found}
    for delivery in by_resource.values():
        since = datetime.fromisoformat(delivery.pop("since"))
        assert timedelta(hours=24) <= datetime.now(timezone.utc) - since < timedelta(hours=25)
    for destination in ("arn:aws:s3:::example-logs/net/", "arn:aws:s3:::example-logs/hive/"):
        assert by_resource[(VPC, destination)] == {
            "status": "delivered",
            "last_delivered": (now - timedelta(minutes=10)).isoformat(),
            "objects": 2,
            "complete": True,
            "reason": None,
            "hours": 24,
        }
    assert by_resource[(OTHER, "arn:aws:s3:::other-logs")]["status"] == "nothing"
    # One listing for each day, or each hour with hourly partitions; three flow logs use days, one uses hours.
    assert len(aws.calls(operation="ListObjectsV2")) <= 3 * 2 + 26


def test_unlisted_deliveries_are_unknown_with_the_missing_permission(aws: SimulatorProcess) -> None:
    aws.fault(operation="ListObjectsV2", action="deny", times=None)
    for item in read(aws, resource_ids=[VPC], delivery=True):
        assert item["delivery"]["status"] == "unknown" and item["delivery"]["objects"] is None
        assert '"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::' in item["delivery"]["reason"]
