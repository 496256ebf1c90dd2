# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow log actions behave as AWS is documented, recorded or reported; switches are tested with each value."""

from __future__ import annotations

import json
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulator.client import SimulatorProcess
from tests.simulator.flow_logs.paging import matcher
from tests.simulator.flow_logs.rules import DEFAULT_FORMAT
from tests.simulator.flow_logs.rules import GATEWAY_FORMAT
from tests.simulator.flow_logs.rules import TYPES
from tests.simulator.flow_logs.rules import type_of
from tests.simulator.flow_logs.times import in_milliseconds

VPC = "vpc-0a000000000000001"
OTHER = "vpc-0a000000000000002"
SUBNET = "subnet-0a000000000000001"
INTERFACE = "eni-0a000000000000001"
GATEWAY = "tgw-0a000000000000001"
ATTACHMENT = "tgw-attach-0a000000000000001"
MANY = [f"vpc-0b{number:015x}" for number in range(1, 302)]
OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["s3:PutObject", "s3:GetBucketAcl"],
            "Resource": ["arn:aws:s3:::example-logs", "arn:aws:s3:::example-logs/*"],
        }
    ],
}
FLEET = {
    "accounts": {
        "123456789012": {
            "regions": {
                "eu-west-1": {
                    "vpcs": [
                        {"id": VPC, "name": "main", "subnets": [{"id": SUBNET, "interfaces": [{"id": INTERFACE}]}]},
                        {"id": OTHER},
                        {"count": 301, "id": "vpc-0b"},
                    ],
                    "transit_gateways": [{"id": GATEWAY, "attachments": [{"id": ATTACHMENT, "vpc": "main"}]}],
                }
            },
            "buckets": [{"name": "example-logs", "region": "eu-west-1", "policy": OPEN}],
        }
    }
}


@pytest.fixture(name="ec2")
def _ec2(simulator: SimulatorProcess, client: Any) -> Any:
    """Return a client without parameter validation, so that the simulator has to refuse invalid requests."""
    simulator.seed(FLEET)
    return client("ec2", "eu-west-1", parameter_validation=False)


def request(**changed: Any) -> dict[str, Any]:
    asked = {
        "ResourceIds": [VPC],
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::example-logs/flow/",
        **changed,
    }
    return {key: value for key, value in asked.items() if value is not None}


def tag_field(resource_type: str, *keys: str) -> dict[str, Any]:
    return {"ResourceType": resource_type, "TagKeys": list(keys)}


def tagged(resource_type: str = "vpc-flow-log", **tags: str) -> list[dict[str, Any]]:
    return [{"ResourceType": resource_type, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


def create(ec2: Any, **changed: Any) -> list[str]:
    answer = ec2.create_flow_logs(**request(**changed))
    assert answer["Unsuccessful"] == []
    return answer["FlowLogIds"]


def refused(ec2: Any, **changed: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        ec2.create_flow_logs(**request(**changed))
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def only(ec2: Any, **wanted: Any) -> dict[str, Any]:
    (flow_log,) = ec2.describe_flow_logs(**wanted)["FlowLogs"]
    return flow_log


def test_longest_prefix_decides_the_type() -> None:
    assert type_of("tgw-attach-1") == "TransitGatewayAttachment"
    assert type_of("tgw-1") == "TransitGateway"
    assert type_of("igw-1") is None
    assert len(TYPES) == 9


def test_a_new_flow_log_is_described_as_recorded(ec2: Any) -> None:
    (key,) = create(ec2, TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "a", "Value": "b"}]}])
    flow_log = only(ec2, FlowLogIds=[key])
    assert flow_log.pop("CreationTime").tzinfo is not None
    assert flow_log == {
        "DeliverLogsStatus": "SUCCESS",
        "DestinationOptions": {
            "FileFormat": "plain-text",
            "HiveCompatiblePartitions": False,
            "PerHourPartition": False,
        },
        "FlowLogId": key,
        "FlowLogStatus": "ACTIVE",
        "LogDestination": "arn:aws:s3:::example-logs/flow/",
        "LogDestinationType": "s3",
        "LogFormat": DEFAULT_FORMAT,
        "MaxAggregationInterval": 600,
        "ResourceId": VPC,
        "Tags": [{"Key": "a", "Value": "b"}],
        "TrafficType": "ALL",
    }


def test_settings_are_stored_and_returned(ec2: Any) -> None:
    asked = {
        "DestinationOptions": {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True},
        "LogFormat": "${srcaddr} ${instance-tag}",
        "MaxAggregationInterval": 60,
        "TagFieldSpecifications": [{"ResourceType": "instance", "TagKeys": ["team", "env"]}],
        "TrafficType": "REJECT",
    }
    create(ec2, **asked)
    flow_log = only(ec2)
    assert {name: flow_log[name] for name in asked} == asked


@pytest.mark.parametrize(
    ("resource_type", "resource_id"),
    [
        ("VPC", VPC),
        ("Subnet", SUBNET),
        ("NetworkInterface", INTERFACE),
        ("RegionalNatGateway", "nat-0a000000000000001"),
    ],
)
def test_vpc_types_accept_traffic_type_and_both_intervals(ec2: Any, resource_type: str, resource_id: str) -> None:
    kind = {"ResourceType": resource_type, "ResourceIds": [resource_id]}
    create(ec2, **kind, MaxAggregationInterval=60)
    assert refused(ec2, **kind, MaxAggregationInterval=300)[0] == "InvalidParameter"
    assert refused(ec2, **kind, TrafficType=None)[0] == "InvalidParameter"


@pytest.mark.parametrize(
    ("resource_type", "resource_id"),
    [
        ("TransitGateway", GATEWAY),
        ("TransitGatewayAttachment", ATTACHMENT),
        ("CoreNetwork", "core-network-0a000000000000001"),
        ("CoreNetworkEdge", "core-network-0a000000000000001"),
        ("CoreNetworkAttachment", "attachment-0a000000000000001"),
    ],
)
def test_gateway_types_accept_no_traffic_type_and_one_interval(ec2: Any, resource_type: str, resource_id: str) -> None:
    kind = {"ResourceType": resource_type, "ResourceIds": [resource_id]}
    assert refused(ec2, **kind)[0] == "InvalidParameter"
    code, message = refused(ec2, **kind, TrafficType=None, MaxAggregationInterval=600)
    assert code == "InvalidParameter" and message.startswith("max-aggregation-interval other than 60 sec / 1 min")
    create(ec2, **kind, TrafficType=None)
    assert only(ec2)["MaxAggregationInterval"] == 60


@pytest.mark.parametrize(("value", "shown"), [("all", "ALL"), ("absent", None)])
def test_a_gateway_has_36_fields_and_perhaps_a_traffic_type(
    simulator: SimulatorProcess, ec2: Any, value: str, shown: str | None
) -> None:
    simulator.set_switch("transit_gateway_traffic_type", value)
    create(ec2, ResourceType="TransitGateway", ResourceIds=[GATEWAY], TrafficType=None)
    flow_log = only(ec2)
    assert flow_log["LogFormat"] == GATEWAY_FORMAT and len(GATEWAY_FORMAT.split()) == 36
    assert flow_log.get("TrafficType") == shown


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"LogFormat": "${srcaddr} "}, "InvalidParameterValue", "at 'logFormat' has an invalid format"),
        ({"LogFormat": "srcaddr"}, "InvalidParameterValue", "at 'logFormat' has an invalid format"),
        ({"LogFormat": "${srcaddr}  ${dstaddr}"}, "InvalidParameterValue", "at 'logFormat' has an invalid format"),
        (
            {"ResourceType": "TransitGateway", "ResourceIds": [GATEWAY], "TrafficType": None, "LogFormat": "${action}"},
            "InvalidParameterValue",
            "at 'logFormat' has an invalid format",
        ),
        ({"LogGroupName": "g"}, "InvalidParameter", "Please only provide LogGroupName or only provide LogDestination."),
        (
            {"LogDestination": None},
            "InvalidParameter",
            "LogDestination can't be empty if LogGroupName is not provided.",
        ),
        (
            {"LogDestination": None, "LogGroupName": "g"},
            "InvalidParameter",
            "LogDestination type must be cloud-watch-logs if LogGroupName is provided.",
        ),
        (
            {"DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/x"},
            "InvalidParameter",
            "DeliverLogsPermissionArn is not applicable for s3 delivery",
        ),
        ({"LogDestination": "arn:aws:s3:::example-logs/AWSLogs/"}, "InvalidParameter", "AWSLogs"),
        ({"LogDestination": "example-logs"}, "InvalidParameter", "example-logs"),
        (
            {"ResourceType": "TransitGatewayAttachment", "ResourceIds": [GATEWAY], "TrafficType": None},
            "InvalidParameter",
            f"Invalid Resource id {GATEWAY} for resource-type TransitGatewayAttachment",
        ),
        ({"ResourceType": "Vpc"}, "InvalidParameterValue", "ResourceType"),
        ({"ResourceIds": []}, "MissingParameter", "ResourceIds"),
        ({"ResourceType": "RegionalNatGateway", "ResourceIds": ["nat-x"]}, "InvalidParameter", "Invalid Resource id"),
        ({"LogDestinationType": "s4"}, "InvalidParameterValue", "LogDestinationType"),
        ({"MaxAggregationInterval": 0}, "InvalidParameter", "Interval"),
        ({"DestinationOptions": {"FileFormat": "orc"}}, "InvalidParameterValue", "FileFormat"),
        ({"TagFieldSpecifications": [tag_field("vpc", "a")]}, "InvalidParameterValue", "ResourceType"),
        ({"TagFieldSpecifications": [tag_field("instance", *"abc")]}, "InvalidParameterValue", "one or two keys"),
        ({"TagFieldSpecifications": [tag_field("instance", "a" * 129)]}, "InvalidParameterValue", "128"),
        ({"TagFieldSpecifications": [tag_field("instance", "a")] * 4}, "InvalidParameterValue", "3"),
        ({"TagSpecifications": tagged(**{"aws:x": "y"})}, "InvalidParameterValue", "reserved for internal use"),
        ({"TagSpecifications": tagged("vpc", a="b")}, "InvalidParameterValue", "'vpc' is not a valid taggable"),
        ({"TagSpecifications": tagged(a="b") * 2}, "InvalidParameterValue", "Duplicate tag key 'a'"),
        ({"TagSpecifications": tagged(**{f"k{n}": "" for n in range(51)})}, "TagLimitExceeded", ""),
        ({"ResourceIds": MANY}, "InvalidParameterValue", "300"),
        (
            {
                "ResourceType": "TransitGateway",
                "ResourceIds": [f"tgw-{number:017x}" for number in range(26)],
                "TrafficType": None,
            },
            "InvalidParameterValue",
            "25",
        ),
    ],
)
def test_invalid_requests_are_refused(ec2: Any, changed: dict[str, Any], code: str, words: str) -> None:
    given_code, message = refused(ec2, **changed)
    assert given_code == code and words in message
    assert ec2.describe_flow_logs()["FlowLogs"] == []


def test_an_edge_is_named_by_its_core_network(ec2: Any) -> None:
    kind = {"ResourceType": "CoreNetworkEdge", "TrafficType": None}
    create(ec2, **kind, ResourceIds=["core-network-0a000000000000001"])
    assert refused(ec2, **kind, ResourceIds=["attachment-0a000000000000001"])[0] == "InvalidParameter"


@pytest.mark.parametrize("limit", [25, 300])
def test_limit_of_cloud_wan_ids_per_call(simulator: SimulatorProcess, ec2: Any, limit: int) -> None:
    simulator.set_switch("cloud_wan_max_ids", str(limit))
    ids = [f"core-network-{number:017x}" for number in range(limit + 1)]
    kind = {"ResourceType": "CoreNetwork", "TrafficType": None}
    assert refused(ec2, **kind, ResourceIds=ids)[0] == "InvalidParameterValue"
    assert len(create(ec2, **kind, ResourceIds=ids[1:])) == limit


def test_three_hundred_resources_in_one_call(ec2: Any) -> None:
    assert len(create(ec2, ResourceIds=MANY[:300])) == 300


def test_a_missing_bucket_comes_in_an_answer_of_status_200(ec2: Any) -> None:
    answer = ec2.create_flow_logs(**request(LogDestination="arn:aws:s3:::no-such-logs/x/", ResourceIds=[VPC, OTHER]))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["FlowLogIds"] == []
    error = {"Code": "400", "Message": "LogDestination: no-such-logs does not exist"}
    assert answer["Unsuccessful"] == [{"ResourceId": vpc, "Error": error} for vpc in (VPC, OTHER)]


@pytest.mark.parametrize("value", ["error", "item"])
def test_a_missing_target(simulator: SimulatorProcess, ec2: Any, value: str) -> None:
    simulator.set_switch("missing_target", value)
    gone = "vpc-0c000000000000001"
    if value == "error":
        assert refused(ec2, ResourceIds=[VPC, gone])[0] == "InvalidVpcID.NotFound"
        assert ec2.describe_flow_logs()["FlowLogs"] == []
    else:
        answer = ec2.create_flow_logs(**request(ResourceIds=[VPC, gone]))
        assert len(answer["FlowLogIds"]) == 1
        assert [item["ResourceId"] for item in answer["Unsuccessful"]] == [gone]


def test_the_folder_and_the_traffic_type_are_part_of_the_identity(ec2: Any) -> None:
    create(ec2, LogDestination="arn:aws:s3:::example-logs")
    create(ec2, LogDestination="arn:aws:s3:::example-logs/subfolder/")
    create(ec2, TrafficType="ACCEPT")
    create(ec2, TrafficType="REJECT")
    assert refused(ec2, LogDestination="arn:aws:s3:::example-logs")[0] == "FlowLogAlreadyExists"


@pytest.mark.parametrize(("value", "second"), [("destination_and_traffic", False), ("all_settings", True)])
def test_whether_other_settings_make_another_flow_log(
    simulator: SimulatorProcess, ec2: Any, value: str, second: bool
) -> None:
    simulator.set_switch("identity", value)
    create(ec2)
    if second:
        create(ec2, MaxAggregationInterval=60)
    else:
        assert refused(ec2, MaxAggregationInterval=60)[0] == "FlowLogAlreadyExists"
    assert refused(ec2)[0] == "FlowLogAlreadyExists"


@pytest.mark.parametrize("value", ["whole_call", "item"])
def test_one_duplicate_in_a_batch(simulator: SimulatorProcess, ec2: Any, value: str) -> None:
    simulator.set_switch("duplicate_in_batch", value)
    create(ec2)
    if value == "whole_call":
        assert refused(ec2, ResourceIds=[VPC, OTHER])[0] == "FlowLogAlreadyExists"
        assert len(ec2.describe_flow_logs()["FlowLogs"]) == 1
    else:
        answer = ec2.create_flow_logs(**request(ResourceIds=[VPC, OTHER]))
        assert answer["Unsuccessful"][0]["Error"]["Code"] == "FlowLogAlreadyExists"
        assert len(ec2.describe_flow_logs()["FlowLogs"]) == 2


def test_a_token_gives_the_same_answer_and_no_second_flow_log(ec2: Any) -> None:
    first = ec2.create_flow_logs(**request(ClientToken="one"))
    again = ec2.create_flow_logs(**request(ClientToken="one"))
    assert again["FlowLogIds"] == first["FlowLogIds"] and again["ClientToken"] == "one"
    assert len(ec2.describe_flow_logs()["FlowLogs"]) == 1
    assert ec2.create_flow_logs(**request(ResourceIds=[OTHER]))["ClientToken"]


def test_a_token_with_other_parameters(ec2: Any) -> None:
    ec2.create_flow_logs(**request(ClientToken="one"))
    assert refused(ec2, ClientToken="one", ResourceIds=[OTHER])[0] == "IdempotentParameterMismatch"
    assert len(ec2.describe_flow_logs()["FlowLogs"]) == 1


@pytest.mark.parametrize("token", ["t" * 65, "täglich"])
def test_a_token_has_up_to_64_ascii_characters(ec2: Any, token: str) -> None:
    assert refused(ec2, ClientToken=token)[0] == "InvalidClientToken"
    create(ec2, ClientToken="t" * 64)


@pytest.mark.parametrize(("value", "made"), [("act", 1), ("replay", 0)])
def test_a_token_whose_call_did_not_succeed(
    simulator: SimulatorProcess, ec2: Any, client: Any, value: str, made: int
) -> None:
    simulator.set_switch("token_after_failure", value)
    asked = request(ClientToken="one", LogDestination="arn:aws:s3:::later-logs")
    assert ec2.create_flow_logs(**asked)["FlowLogIds"] == []
    client("s3").create_bucket(Bucket="later-logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert len(ec2.create_flow_logs(**asked)["FlowLogIds"]) == made


@pytest.mark.parametrize(("value", "left"), [("replay", 0), ("create", 1)])
def test_a_token_whose_flow_log_was_deleted(simulator: SimulatorProcess, ec2: Any, value: str, left: int) -> None:
    simulator.set_switch("token_after_delete", value)
    ec2.delete_flow_logs(FlowLogIds=create(ec2, ClientToken="one"))
    ec2.create_flow_logs(**request(ClientToken="one"))
    assert len(ec2.describe_flow_logs()["FlowLogs"]) == left


def test_a_dry_run_changes_nothing(ec2: Any) -> None:
    assert refused(ec2, DryRun=True)[0] == "DryRunOperation"
    assert ec2.describe_flow_logs()["FlowLogs"] == []


def test_pages_are_real_and_survive_a_deletion(ec2: Any) -> None:
    ids = create(ec2, ResourceIds=MANY[:5])
    first = ec2.describe_flow_logs(MaxResults=2)
    assert [item["FlowLogId"] for item in first["FlowLogs"]] == ids[:2]
    ec2.delete_flow_logs(FlowLogIds=[ids[0]])
    second = ec2.describe_flow_logs(MaxResults=2, NextToken=first["NextToken"])
    assert [item["FlowLogId"] for item in second["FlowLogs"]] == ids[2:4]
    third = ec2.describe_flow_logs(MaxResults=2, NextToken=second["NextToken"])
    assert [item["FlowLogId"] for item in third["FlowLogs"]] == ids[4:] and "NextToken" not in third
    with pytest.raises(ClientError, match="InvalidNextToken"):
        ec2.describe_flow_logs(NextToken="made-up")


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("resource-id", [VPC], {VPC}),
        ("resource-id", ["vpc-*"], {VPC, OTHER}),
        ("resource-id", ["vpc-0a00000000000000?", "eni-*"], {VPC, OTHER}),
        ("resource-id", [r"vpc-\*"], set()),
        ("traffic-type", ["REJECT"], {OTHER}),
        ("traffic-type", ["reject"], set()),
        ("log-destination-type", ["s3"], {VPC, OTHER}),
        ("deliver-log-status", ["SUCCESS"], {VPC, OTHER}),
        ("tag:team", ["net"], {VPC}),
        ("tag:team", ["n*"], {VPC}),
        ("tag-key", ["team"], {VPC}),
        ("log-group-name", ["g"], set()),
    ],
)
def test_filters(ec2: Any, name: str, values: list[str], found: set[str]) -> None:
    create(ec2, TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "team", "Value": "net"}]}])
    create(ec2, ResourceIds=[OTHER], TrafficType="REJECT")
    answer = ec2.describe_flow_logs(Filters=[{"Name": name, "Values": values}])
    assert {item["ResourceId"] for item in answer["FlowLogs"]} == found


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Filters": [{"Name": "resource-id", "Values": ["x"] * 201}]}, "FilterLimitExceeded"),
        ({"Filters": [{"Name": f"tag:{number}", "Values": ["x"]} for number in range(51)]}, "FilterLimitExceeded"),
        ({"Filters": [{"Name": "log-destination", "Values": ["x"]}]}, "InvalidParameterValue"),
        ({"FlowLogIds": [f"fl-{number:017x}" for number in range(1001)]}, "InvalidParameterValue"),
    ],
)
def test_limits_of_describe(ec2: Any, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as raised:
        ec2.describe_flow_logs(**asked)
    assert raised.value.response["Error"]["Code"] == code


def test_wildcards_can_be_escaped() -> None:
    assert matcher(["a*"])("abc") and matcher(["a?"])("ab") and matcher([r"a\*"])("a*")
    assert not matcher([r"a\*"])("abc") and not matcher(["a?"])("abc") and not matcher(["a"])(None)


@pytest.mark.parametrize("value", ["error", "empty"])
def test_describe_unknown_flow_log(simulator: SimulatorProcess, ec2: Any, value: str) -> None:
    simulator.set_switch("describe_unknown", value)
    if value == "empty":
        assert ec2.describe_flow_logs(FlowLogIds=["fl-0a000000000000001"])["FlowLogs"] == []
    else:
        with pytest.raises(ClientError, match="InvalidFlowLogId.NotFound"):
            ec2.describe_flow_logs(FlowLogIds=["fl-0a000000000000001"])


@pytest.mark.parametrize("value", ["error", "item"])
def test_delete_unknown_flow_log(simulator: SimulatorProcess, ec2: Any, value: str) -> None:
    simulator.set_switch("delete_unknown", value)
    (key,) = create(ec2)
    asked = {"FlowLogIds": [key, "fl-0a000000000000001"]}
    if value == "error":
        with pytest.raises(ClientError, match="InvalidFlowLogId.NotFound"):
            ec2.delete_flow_logs(**asked)
        assert only(ec2)["FlowLogId"] == key
    else:
        (item,) = ec2.delete_flow_logs(**asked)["Unsuccessful"]
        assert item["Error"]["Code"] == "InvalidFlowLogId.NotFound"
        assert ec2.describe_flow_logs()["FlowLogs"] == []


def test_the_quota_is_per_resource(simulator: SimulatorProcess, ec2: Any) -> None:
    for number in range(250):
        create(ec2, LogDestination=f"arn:aws:s3:::example-logs/{number}/")
    assert refused(ec2)[0] == "FlowLogsLimitExceeded"
    create(ec2, ResourceIds=[OTHER])


def test_tags_change_at_any_time(ec2: Any) -> None:
    (key,) = create(ec2)
    assert only(ec2)["Tags"] == []
    ec2.create_tags(Resources=[key], Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])
    ec2.delete_tags(Resources=[key], Tags=[{"Key": "a"}])
    assert only(ec2)["Tags"] == [{"Key": "c", "Value": "d"}]


@pytest.mark.parametrize(
    ("value", "shown"), [("kept", "arn:aws:s3:::example-logs/flow/"), ("stripped", "arn:aws:s3:::example-logs/flow")]
)
def test_the_trailing_slash(simulator: SimulatorProcess, ec2: Any, value: str, shown: str) -> None:
    simulator.set_switch("trailing_slash", value)
    create(ec2)
    assert only(ec2)["LogDestination"] == shown


@pytest.mark.parametrize(("value", "there"), [("filled", True), ("absent", False)])
def test_default_destination_options(simulator: SimulatorProcess, ec2: Any, value: str, there: bool) -> None:
    simulator.set_switch("default_destination_options", value)
    create(ec2)
    assert ("DestinationOptions" in only(ec2)) is there


def test_flow_logs_to_other_services_exist_side_by_side(ec2: Any) -> None:
    role = "arn:aws:iam::123456789012:role/flow-logs"
    watched = {"LogDestination": None, "LogDestinationType": None, "LogGroupName": "g"}
    create(ec2, **watched, DeliverLogsPermissionArn=role)
    assert refused(ec2, **watched)[0] == "InvalidParameter"
    create(ec2)
    kinds = {item["LogDestinationType"] for item in ec2.describe_flow_logs()["FlowLogs"]}
    assert kinds == {"cloud-watch-logs", "s3"}


def test_a_role_across_accounts_is_returned(ec2: Any) -> None:
    role = "arn:aws:iam::123456789012:role/across"
    stream = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logs"
    create(ec2, LogDestinationType="kinesis-data-firehose", LogDestination=stream, DeliverCrossAccountRole=role)
    assert only(ec2)["DeliverCrossAccountRole"] == role


OWN = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "arn:aws:s3:::own-logs/*"}


def own_bucket(client: Any, policy: Any = None) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket="own-logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if policy is not None:
        s3.put_bucket_policy(Bucket="own-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": policy}))
    return s3


def statements(s3: Any) -> list[dict[str, Any]]:
    return json.loads(s3.get_bucket_policy(Bucket="own-logs")["Policy"])["Statement"]


@pytest.mark.parametrize(("edit", "left"), [("append", 3), ("overwrite", 2)])
def test_aws_adds_the_policy_to_a_bucket_of_the_caller(
    simulator: SimulatorProcess, ec2: Any, client: Any, edit: str, left: int
) -> None:
    simulator.set_switch("policy_edit", edit)
    s3 = own_bucket(client, [OWN])
    create(ec2, LogDestination="arn:aws:s3:::own-logs/one/")
    assert len(statements(s3)) == left
    create(ec2, ResourceIds=[OTHER], LogDestination="arn:aws:s3:::own-logs/one/")
    assert len(statements(s3)) == left


def test_a_policy_that_aws_may_not_edit_is_a_denial(simulator: SimulatorProcess, ec2: Any, client: Any) -> None:
    simulator.set_switch("policy_edit", "off")
    own_bucket(client)
    denied_for(ec2, "own-logs")


def denied_for(ec2: Any, bucket: str) -> None:
    (item,) = ec2.create_flow_logs(**request(LogDestination=f"arn:aws:s3:::{bucket}"))["Unsuccessful"]
    message = f"Access Denied for LogDestination: {bucket}. Please check LogDestination permission"
    assert item == {"ResourceId": VPC, "Error": {"Code": "400", "Message": message}}


@pytest.mark.parametrize(
    "elements", [{"NotAction": "s3:GetObject", "Action": None}, {"NotPrincipal": {"AWS": "*"}, "Principal": None}]
)
def test_not_elements_prevent_the_edit_of_aws(ec2: Any, client: Any, elements: dict[str, Any]) -> None:
    statement = {key: value for key, value in {**OWN, **elements}.items() if value is not None}
    s3 = own_bucket(client, [statement])
    denied_for(ec2, "own-logs")
    assert len(statements(s3)) == 1


def test_bucket_policy_of_another_account_is_not_changed(ec2: Any, client: Any) -> None:
    theirs = client("s3", account="222222222222")
    theirs.create_bucket(Bucket="theirs-logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    denied_for(ec2, "theirs-logs")
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        theirs.get_bucket_policy(Bucket="theirs-logs")


@pytest.mark.parametrize("value", ["error", "item"])
def test_policy_above_the_size_limit(simulator: SimulatorProcess, ec2: Any, client: Any, value: str) -> None:
    simulator.set_switch("policy_edit_too_large", value)
    s3 = own_bucket(client, [{**OWN, "Sid": "x" * 20_000}])
    if value == "error":
        assert refused(ec2, LogDestination="arn:aws:s3:::own-logs")[0] == "LogDestinationPermissionIssue"
    else:
        denied_for(ec2, "own-logs")
    assert len(statements(s3)) == 1


def test_call_without_new_flow_logs_does_not_change_the_policy(ec2: Any, client: Any) -> None:
    s3 = own_bucket(client)
    refused(ec2, ResourceIds=[VPC, "vpc-0c000000000000001"], LogDestination="arn:aws:s3:::own-logs")
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket="own-logs")


@pytest.mark.parametrize("code", ["InvalidFlowLogId.NotFound", "InvalidID"])
def test_a_flow_log_that_is_not_there_cannot_be_tagged(simulator: SimulatorProcess, ec2: Any, code: str) -> None:
    simulator.set_switch("tag_unknown", code)
    (key,) = create(ec2)
    for call in (ec2.create_tags, ec2.delete_tags):
        with pytest.raises(ClientError) as raised:
            call(Resources=[key, "fl-0a000000000000001"], Tags=[{"Key": "a", "Value": "b"}])
        assert raised.value.response["Error"]["Code"] == code
    assert only(ec2)["Tags"] == []


def test_reserved_tags_and_too_many_resources_are_refused(ec2: Any) -> None:
    (key,) = create(ec2)
    for call in (ec2.create_tags, ec2.delete_tags):
        with pytest.raises(ClientError, match="reserved for internal use"):
            call(Resources=[key], Tags=[{"Key": "aws:a", "Value": "b"}])
        with pytest.raises(ClientError, match="InvalidParameterValue"):
            call(Resources=[VPC] * 1001, Tags=[{"Key": "a", "Value": "b"}])


@pytest.mark.parametrize(("ids", "code"), [([], "MissingParameter"), ([""], "InvalidParameterValue")])
def test_delete_without_ids(ec2: Any, ids: list[str], code: str) -> None:
    with pytest.raises(ClientError) as raised:
        ec2.delete_flow_logs(FlowLogIds=ids)
    assert raised.value.response["Error"]["Code"] == code


def test_times_have_milliseconds() -> None:
    zone = timezone(timedelta(hours=2))
    assert in_milliseconds(datetime(2024, 9, 24, 16, 8, 17, 1999)) == "2024-09-24T16:08:17.001Z"
    assert in_milliseconds(datetime(2024, 9, 24, 16, 8, 17, 123456, zone)) == "2024-09-24T14:08:17.123Z"


def test_creation_times_have_milliseconds(ec2: Any) -> None:
    # Two calls take more than a millisecond, so not both times can be whole seconds.
    create(ec2)
    create(ec2, ResourceIds=[OTHER])
    assert any(item["CreationTime"].microsecond for item in ec2.describe_flow_logs()["FlowLogs"])


def test_regions_and_accounts_are_separate(simulator: SimulatorProcess, ec2: Any, client: Any) -> None:
    create(ec2)
    assert client("ec2", "eu-central-1").describe_flow_logs()["FlowLogs"] == []
    simulator.reset()
    assert ec2.describe_flow_logs()["FlowLogs"] == []
