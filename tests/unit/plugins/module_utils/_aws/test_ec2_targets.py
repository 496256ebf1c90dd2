# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of the inventory plugin, checked against botocore's service model."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from botocore.stub import Stubber

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2_targets
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.target_shapes import SHAPES

SERVICE = "ec2"
MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize("name", SHAPES)
def test_describe_reads_all_pages_of_each_type_with_filters(client: Any, stub: Stubber, name: str) -> None:
    shape = SHAPES[name]
    operation = re.sub(r"(?<!^)(?=[A-Z])", "_", shape.operation).lower()
    asked = {shape.filter_parameter: [{"Name": "tag:env", "Values": ["prod", "test"]}]}
    first, second = ({shape.resource_id: f"id-{number}", "Tags": []} for number in (1, 2))
    if name == "NetworkInterface":
        first, second = ({shape.resource_id: f"id-{number}", "TagSet": []} for number in (1, 2))
    stub.add_response(operation, {shape.answer: [first], "NextToken": "more"}, asked)
    stub.add_response(operation, {shape.answer: [second]}, {**asked, "NextToken": "more"})
    assert ec2_targets.describe_resources(client, shape, {"tag:env": ["prod", "test"]}) == [first, second]


@pytest.mark.parametrize("name", SHAPES)
def test_every_key_that_is_read_is_in_the_service_model(client: Any, name: str) -> None:
    shape = SHAPES[name]
    answer = client.meta.service_model.operation_model(shape.operation).output_shape
    members = set(answer.members[shape.answer].member.members)
    assert {shape.resource_id, *shape.parents, *filter(None, [shape.owner])} <= members
    assert shape.filter_parameter in client.meta.service_model.operation_model(shape.operation).input_shape.members
    assert {"Tags", "TagSet"} & members


@pytest.mark.newest_sdk
def test_nat_gateways_have_an_availability_mode(client: Any) -> None:
    mode = client.meta.service_model.shape_for("NatGateway").members["AvailabilityMode"]
    assert "regional" in mode.enum


def test_no_filter_is_sent_and_times_become_text(client: Any, stub: Stubber) -> None:
    described = {"TransitGatewayId": "tgw-1", "CreationTime": MADE, "Options": {"AmazonSideAsn": 64512}}
    stub.add_response("describe_transit_gateways", {"TransitGateways": [described]}, {})
    (found,) = ec2_targets.describe_resources(client, SHAPES["TransitGateway"], {})
    assert json.loads(json.dumps(found)) == {**described, "CreationTime": "2026-01-01T00:00:00+00:00"}


def test_all_flow_logs_are_read_without_a_filter(client: Any, stub: Stubber) -> None:
    stub.add_response("describe_flow_logs", {"FlowLogs": [{"FlowLogId": "fl-1"}], "NextToken": "more"}, {})
    stub.add_response("describe_flow_logs", {"FlowLogs": [{"CreationTime": MADE}]}, {"NextToken": "more"})
    expected = [{"FlowLogId": "fl-1"}, {"CreationTime": "2026-01-01T00:00:00+00:00"}]
    assert ec2_targets.describe_raw_flow_logs(client) == expected


def test_regions_are_all_with_their_status(client: Any, stub: Stubber) -> None:
    regions = [
        {"RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "eu-central-2", "OptInStatus": "not-opted-in"},
    ]
    stub.add_response("describe_regions", {"Regions": regions}, {"AllRegions": True})
    assert ec2_targets.describe_regions(client) == {
        "eu-west-1": "opt-in-not-required",
        "eu-central-2": "not-opted-in",
    }


def test_a_denied_call_keeps_the_code_of_aws(client: Any, stub: Stubber) -> None:
    stub.add_client_error("describe_vpcs", "UnauthorizedOperation", "no", 403)
    with pytest.raises(FlowLogsAWSError) as error:
        ec2_targets.describe_resources(client, SHAPES["VPC"], {})
    assert error.value.exception.response["Error"]["Code"] == "UnauthorizedOperation"
