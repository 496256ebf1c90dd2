# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The faster versions of moto functions return the same results."""

from __future__ import annotations

from datetime import datetime
from datetime import timezone
from typing import Any

import pytest
from moto.core.responses import ActionContext
from moto.core.responses import ActionResult
from moto.core.serialize import EC2Serializer
from moto.core.utils import get_service_model
from moto.ec2.responses.flow_logs import FlowLogs

from tests.simulator.flow_logs.store import new_flow_log
from tests.simulator.moto_speed import ExactResult

TAGS = [{"Key": "team", "Value": "a & b <c>"}, {"Key": "empty", "Value": ""}]
EVERYTHING = {
    **new_flow_log({"LogDestinationType": "s3"}, "vpc-0a", "${version} ${srcaddr}", 600),
    "CreationTime": datetime(2026, 6, 14, 2, 30, tzinfo=timezone.utc),
    "DeliverLogsStatus": "FAILED",
    "DeliverLogsErrorMessage": "Access error",
    "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/deliver",
    "DeliverCrossAccountRole": "arn:aws:iam::123456789012:role/across",
    "LogGroupName": "group",
    "LogDestination": "arn:aws:s3:::central-flow-logs/network/",
    "TrafficType": "ALL",
    "DestinationOptions": {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": False},
    "TagFieldSpecifications": [{"ResourceType": "instance", "TagKeys": ["team", "env"]}],
    "Tags": TAGS,
}
REFUSED = [{"ResourceId": "vpc-0b", "Error": {"Code": "FlowLogAlreadyExists", "Message": "There is one."}}]


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("DescribeFlowLogs", {"FlowLogs": []}),
        ("DescribeFlowLogs", {"FlowLogs": [EVERYTHING, {"FlowLogId": "fl-0b", "Tags": []}], "NextToken": "more"}),
        ("CreateFlowLogs", {"FlowLogIds": ["fl-0a", "fl-0b"], "Unsuccessful": REFUSED, "ClientToken": "once"}),
        ("DeleteFlowLogs", {"Unsuccessful": REFUSED}),
    ],
)
def test_exact_names_are_answered_as_moto_would(operation: str, answer: dict[str, Any]) -> None:
    model = get_service_model("ec2")
    context = ActionContext(model, model.operation_model(operation), EC2Serializer, FlowLogs("ec2"))
    assert ExactResult(answer).execute_result(context) == ActionResult(answer).execute_result(context)


def test_the_sample_has_every_member_of_a_flow_log() -> None:
    described = get_service_model("ec2").operation_model("DescribeFlowLogs").output_shape
    assert set(EVERYTHING) == set(described.members["FlowLogs"].member.members)
