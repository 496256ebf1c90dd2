# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EC2's calls, checked against botocore's service model: a misspelled parameter or answer fails here."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any
from typing import List

import pytest
from botocore.stub import ANY
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.call_in_parts import Splitting
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.call_in_parts import call_in_parts
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import error_code_and_message
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import create_request
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import one_id_may_be_the_cause
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import retries_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.create_request import settings_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import settings_from_options

SERVICE = "ec2"


DESCRIBED = {
    "FlowLogId": "fl-1",
    "ResourceId": "vpc-1",
    "TrafficType": "ALL",
    "LogDestinationType": "s3",
    "LogDestination": "arn:aws:s3:::example-logs",
    "FlowLogStatus": "ACTIVE",
    "DeliverLogsStatus": "SUCCESS",
    "CreationTime": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
    "Tags": [{"Key": "team", "Value": "net"}],
}


def test_describe_reads_all_pages_and_normalizes(client: Any, stub: Stubber) -> None:
    filters = [{"Name": "resource-id", "Values": ["vpc-1", "vpc-2"]}]
    stub.add_response("describe_flow_logs", {"FlowLogs": [DESCRIBED], "NextToken": "more"}, {"Filters": filters})
    second = {**DESCRIBED, "FlowLogId": "fl-2", "ResourceId": "vpc-2"}
    stub.add_response("describe_flow_logs", {"FlowLogs": [second]}, {"Filters": filters, "NextToken": "more"})
    found = ec2.describe_flow_logs(client, {"resource-id": ["vpc-1", "vpc-2"]})
    assert [item.flow_log_id for item in found] == ["fl-1", "fl-2"]
    assert found[0].creation_time == "2026-01-01T00:00:00+00:00"
    assert found[0].max_aggregation_interval == 600
    assert found[0].destination_options.to_dict() == {
        "file_format": "plain-text",
        "hive_compatible_partitions": False,
        "per_hour_partition": False,
    }
    assert found[0].to_dict()["tags"] == {"team": "net"}


def test_denied_is_an_error_and_not_an_empty_answer(client: Any, stub: Stubber) -> None:
    stub.add_client_error("describe_flow_logs", "UnauthorizedOperation", "You are not authorized", 403)
    with pytest.raises(FlowLogsAWSError, match="describe flow logs") as raised:
        ec2.describe_flow_logs(client, {})
    assert error_code_and_message(raised.value) == ("UnauthorizedOperation", "You are not authorized")


@pytest.mark.newest_sdk
def test_create_sends_every_setting(client: Any, stub: Stubber) -> None:
    options = {
        "destination": "example-logs/network",
        "traffic_type": "REJECT",
        "max_aggregation_interval": 60,
        "log_format": ["srcaddr", "instance-tag"],
        "destination_options": {"file_format": "parquet", "hive_compatible_partitions": True},
        "tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["team"]}],
    }
    settings, _warnings = settings_from_options(options, RESOURCE_TYPES["VPC"], "aws")
    expected = {
        "ResourceIds": ["vpc-1", "vpc-2"],
        "ResourceType": "VPC",
        "TrafficType": "REJECT",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::example-logs/network/",
        "LogFormat": "${srcaddr} ${instance-tag}",
        "MaxAggregationInterval": 60,
        "DestinationOptions": {
            "FileFormat": "parquet",
            "HiveCompatiblePartitions": True,
            "PerHourPartition": False,
        },
        "TagFieldSpecifications": [{"ResourceType": "instance", "TagKeys": ["team"]}],
        "TagSpecifications": [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "a", "Value": "b"}]}],
        "ClientToken": "token",
    }
    answer = {
        "FlowLogIds": ["fl-1"],
        "Unsuccessful": [
            {"ResourceId": "vpc-2", "Error": {"Code": "400", "Message": "LogDestination: example-logs does not exist"}}
        ],
    }
    stub.add_response("create_flow_logs", answer, expected)
    ids, refused = ec2.create_flow_logs(client, create_request(settings, ["vpc-1", "vpc-2"], {"a": "b"}, "token"))
    assert ids == ["fl-1"]
    assert refused == [ec2.Refused("vpc-2", "400", "LogDestination: example-logs does not exist")]


def test_create_for_a_transit_gateway_sends_no_traffic_type_and_format(client: Any, stub: Stubber) -> None:
    settings, _warnings = settings_from_options(
        {"destination": "example-logs"}, RESOURCE_TYPES["TransitGateway"], "aws-cn"
    )
    expected = {
        "ResourceIds": ["tgw-1"],
        "ResourceType": "TransitGateway",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws-cn:s3:::example-logs",
        "MaxAggregationInterval": 60,
        "DestinationOptions": {
            "FileFormat": "plain-text",
            "HiveCompatiblePartitions": False,
            "PerHourPartition": False,
        },
        "ClientToken": ANY,
    }
    stub.add_response("create_flow_logs", {"FlowLogIds": ["fl-1"], "Unsuccessful": []}, expected)
    assert ec2.create_flow_logs(client, create_request(settings, ["tgw-1"], {}, "token"))[0] == ["fl-1"]


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "InternalError", "IncorrectState", "UnauthorizedOperation"])
def test_errors_are_not_retried_by_the_collection(
    client: Any, stub: Stubber, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    pauses: List[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    settings, _warnings = settings_from_options({"destination": "example-logs"}, RESOURCE_TYPES["VPC"], "aws")
    stub.add_client_error("create_flow_logs", code, "no", 403)
    with pytest.raises(FlowLogsAWSError):
        ec2.create_flow_logs(client, create_request(settings, ["vpc-1"], {}, "token"))
    assert pauses == []


def test_delete_and_tags(client: Any, stub: Stubber) -> None:
    items = [{"ResourceId": "fl-2", "Error": {"Code": "InvalidFlowLogId.NotFound", "Message": "not found"}}]
    stub.add_response("delete_flow_logs", {"Unsuccessful": items}, {"FlowLogIds": ["fl-1", "fl-2"]})
    stub.add_response("create_tags", {}, {"Resources": ["fl-1"], "Tags": [{"Key": "a", "Value": "b"}]})
    stub.add_response("delete_tags", {}, {"Resources": ["fl-1"], "Tags": [{"Key": "a"}]})
    assert ec2.delete_flow_logs(client, ["fl-1", "fl-2"]) == [
        ec2.Refused("fl-2", "InvalidFlowLogId.NotFound", "not found")
    ]
    ec2.create_tags(client, ["fl-1"], {"a": "b"})
    ec2.delete_tags(client, ["fl-1"], ["a"])


@pytest.mark.newest_sdk
def test_partition_and_tag_fields_come_from_botocore(client: Any) -> None:
    assert ec2.partition_of(client) == "aws"
    assert ec2.knows_tag_fields(client) is True


def test_settings_of_a_flow_log_restore_it() -> None:
    options = {"destination": "example-logs/x", "traffic_type": "REJECT", "log_format": ["srcaddr"]}
    settings, _warnings = settings_from_options(options, RESOURCE_TYPES["VPC"], "aws")
    assert settings_of(settings.as_flow_log("vpc-1", {}), RESOURCE_TYPES["VPC"]) == settings


def test_settings_of_a_flow_log_restore_a_folder_that_options_refuse() -> None:
    options = {"destination": "example-logs/x"}
    settings, _warnings = settings_from_options(options, RESOURCE_TYPES["VPC"], "aws")
    odd = replace(settings.as_flow_log("vpc-1", {}), log_destination="arn:aws-cn:s3:::example-logs/a//b/")
    restored = settings_of(odd, RESOURCE_TYPES["VPC"]).destination
    assert restored.arn == "arn:aws-cn:s3:::example-logs/a//b/"


@pytest.mark.parametrize(
    ("code", "message", "splits"),
    [
        ("InvalidVpcID.NotFound", "", True),
        ("FlowLogAlreadyExists", "", True),
        ("FlowLogsLimitExceeded", "", True),
        ("InvalidParameter", "Invalid Resource id vpc-2 for resource-type VPC", True),
        ("InvalidParameter", "Please only provide LogGroupName", False),
        ("UnauthorizedOperation", "", False),
        ("RequestLimitExceeded", "", False),
    ],
)
def test_calls_are_split_only_if_one_id_may_be_the_cause(code: str, message: str, splits: bool) -> None:
    assert one_id_may_be_the_cause(code, message, ["vpc-1", "vpc-2"]) is splits


class Faulty:
    """A call that fails as a whole if one of its ids is faulty."""

    def __init__(self, faulty: Any) -> None:
        self.faulty = set(faulty)
        self.calls = 0

    def __call__(self, ids: Any) -> List[str]:
        self.calls += 1
        if self.faulty & set(ids):
            raise FlowLogsAWSError(message="Failed", exception=None)
        return list(ids)


@given(count=st.integers(1, 300), data=st.data(), alike=st.booleans())
def test_one_faulty_id_costs_a_logarithmic_number_of_calls(count: int, data: Any, alike: bool) -> None:
    ids = [f"vpc-{number}" for number in range(count)]
    call = Faulty([data.draw(st.sampled_from(ids))])
    results, refused = call_in_parts(call, ids, Splitting(lambda *_error: True, alike))
    assert set(results) == set(ids) - call.faulty
    assert [item.resource_id for item in refused] == list(call.faulty)
    assert call.calls <= 1 + 2 * (count - 1).bit_length()


@given(faulty=st.sets(st.integers(0, 49)))
def test_every_id_has_one_result(faulty: Any) -> None:
    ids = [f"vpc-{number}" for number in range(50)]
    call = Faulty(f"vpc-{number}" for number in faulty)
    results, refused = call_in_parts(call, ids, Splitting(lambda *_error: True))
    assert sorted(results + [item.resource_id for item in refused]) == sorted(ids)
    assert {item.resource_id for item in refused} == call.faulty


def test_three_calls_are_enough_if_all_ids_fail_alike() -> None:
    ids = [f"vpc-{number}" for number in range(300)]
    call = Faulty(ids)
    results, refused = call_in_parts(call, ids, Splitting(lambda *_error: True, alike=True))
    assert (results, len(refused), call.calls) == ([], 300, 3)


@pytest.mark.parametrize(
    ("code", "message", "tries"),
    [
        ("400", "Access Denied for LogDestination: example-logs. Please check LogDestination permission", True),
        ("IncorrectState", "FlowLogs Service Linked Role is not yet available", True),
        ("IncorrectState", "The resource is being deleted.", False),
        ("InvalidParameter", "FlowLogs Service Linked Role is not yet available", False),
        ("RequestLimitExceeded", "Request limit exceeded.", False),
    ],
)
def test_only_temporary_errors_are_retried(code: str, message: str, tries: bool) -> None:
    assert (retries_for(code, message) > 0) is tries
