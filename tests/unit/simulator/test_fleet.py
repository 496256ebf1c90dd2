# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets: AWS calls return the resources of the document, with its ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import fleet as fleet_module
from tests.simulator.client import SimulatorProcess
from tests.simulator.fleet import FleetError
from tests.simulator.fleet import parse

FLEET = """
accounts:
  "111111111111":
    regions:
      eu-west-1:
        vpcs:
          - id: vpc-0a000000000000001
            name: shop
            cidr: 10.1.0.0/16
            tags: {env: prod}
            subnets:
              - id: subnet-0a000000000000001
                name: shop-a
                cidr: 10.1.7.0/24
                zone: b
                interfaces:
                  - {id: eni-0a000000000000001, description: load balancer}
            flow_logs:
              - {id: fl-0a000000000000002, name: by-hand, destination: "arn:aws:s3:::central-logs/old/"}
        transit_gateways:
          - id: tgw-0a000000000000001
            name: hub
            attachments:
              - {id: tgw-attach-0a000000000000001, vpc: shop}
        flow_logs:
          - id: fl-0a000000000000001
            resource: shop
            log_group: /vpc/shop
            role: arn:aws:iam::111111111111:role/flow-logs
      us-west-2:
        vpcs: [{name: shop}]
    buckets:
      - name: central-logs
        region: eu-west-1
        policy:
          Version: "2012-10-17"
          Statement:
            - {Sid: Mine, Effect: Deny, Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::central-logs/x"}
    groups: [{name: network}]
    users:
      - name: deploy
        groups: [network]
        policies:
          look: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "ec2:DescribeVpcs", Resource: "*"}]}
    roles: [{name: flow-logs, trust: ["222222222222"]}]
  "222222222222":
    regions:
      eu-west-1:
        default_vpc: true
"""


def region(content: dict[str, Any]) -> dict[str, Any]:
    """Return a document with one account and one Region."""
    return {"accounts": {"111111111111": {"regions": {"eu-west-1": content}}}}


@pytest.fixture
def here(simulator: SimulatorProcess, client: Callable[..., Any]) -> Callable[..., Any]:
    """Return clients of the fleet's first account."""
    simulator.seed(yaml.safe_load(FLEET))
    return lambda service, **options: client(service, account="111111111111", **options)


def test_a_vpc_has_its_id_range_and_tags(here: Callable[..., Any]) -> None:
    (vpc,) = here("ec2").describe_vpcs()["Vpcs"]
    assert (vpc["VpcId"], vpc["CidrBlock"], vpc["IsDefault"]) == ("vpc-0a000000000000001", "10.1.0.0/16", False)
    assert vpc["Tags"] == [{"Key": "Name", "Value": "shop"}, {"Key": "env", "Value": "prod"}]


def test_a_vpc_is_found_by_its_tag(here: Callable[..., Any]) -> None:
    found = here("ec2").describe_vpcs(Filters=[{"Name": "tag:env", "Values": ["prod"]}])["Vpcs"]
    assert [vpc["VpcId"] for vpc in found] == ["vpc-0a000000000000001"]
    assert here("ec2").describe_vpcs(Filters=[{"Name": "tag:env", "Values": ["test"]}])["Vpcs"] == []


def test_subnet_is_in_its_vpc_and_zone(here: Callable[..., Any]) -> None:
    (subnet,) = here("ec2").describe_subnets()["Subnets"]
    expected = ("subnet-0a000000000000001", "vpc-0a000000000000001", "10.1.7.0/24", "eu-west-1b")
    assert (subnet["SubnetId"], subnet["VpcId"], subnet["CidrBlock"], subnet["AvailabilityZone"]) == expected
    assert subnet["AvailableIpAddressCount"] == 256 - 5 - 1


def test_interface_is_in_its_subnet(here: Callable[..., Any]) -> None:
    (interface,) = here("ec2").describe_network_interfaces()["NetworkInterfaces"]
    assert interface["NetworkInterfaceId"] == "eni-0a000000000000001"
    assert (interface["SubnetId"], interface["VpcId"]) == ("subnet-0a000000000000001", "vpc-0a000000000000001")
    assert interface["Description"] == "load balancer"


def test_a_transit_gateway_has_its_attachments(here: Callable[..., Any]) -> None:
    ec2 = here("ec2")
    (gateway,) = ec2.describe_transit_gateways()["TransitGateways"]
    (attachment,) = ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    assert gateway["TransitGatewayId"] == attachment["TransitGatewayId"] == "tgw-0a000000000000001"
    assert gateway["OwnerId"] == "111111111111"
    assert attachment["TransitGatewayAttachmentId"] == "tgw-attach-0a000000000000001"
    assert (attachment["ResourceType"], attachment["ResourceId"]) == ("vpc", "vpc-0a000000000000001")


def test_existing_flow_logs_are_described_as_stated(here: Callable[..., Any]) -> None:
    logs = {log["FlowLogId"]: log for log in here("ec2").describe_flow_logs()["FlowLogs"]}
    assert sorted(logs) == ["fl-0a000000000000001", "fl-0a000000000000002"]
    to_cloudwatch, own = logs["fl-0a000000000000001"], logs["fl-0a000000000000002"]
    assert {log["ResourceId"] for log in logs.values()} == {"vpc-0a000000000000001"}
    assert (to_cloudwatch["LogDestinationType"], to_cloudwatch["LogGroupName"]) == ("cloud-watch-logs", "/vpc/shop")
    assert to_cloudwatch["DeliverLogsPermissionArn"] == "arn:aws:iam::111111111111:role/flow-logs"
    assert (own["LogDestinationType"], own["LogDestination"]) == ("s3", "arn:aws:s3:::central-logs/old/")
    assert own["Tags"] == [{"Key": "Name", "Value": "by-hand"}]
    assert own["LogFormat"].startswith("${version} ${account-id}")
    assert (own["TrafficType"], own["MaxAggregationInterval"], own["FlowLogStatus"]) == ("ALL", 600, "ACTIVE")


def test_options_that_an_existing_flow_log_leaves_out_are_filled_in(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    log = {"destination": "arn:aws:s3:::central-logs", "options": {"file_format": "parquet"}, "status": "FAILED"}
    simulator.seed(region({"vpcs": [{"flow_logs": [{**log, "error": "Access error", "interval": 60}]}]}))
    (described,) = client("ec2", account="111111111111").describe_flow_logs()["FlowLogs"]
    assert described["DestinationOptions"] == {
        "FileFormat": "parquet",
        "HiveCompatiblePartitions": False,
        "PerHourPartition": False,
    }
    assert (described["DeliverLogsStatus"], described["DeliverLogsErrorMessage"]) == ("FAILED", "Access error")
    assert described["MaxAggregationInterval"] == 60


def test_an_existing_flow_log_can_be_tagged_and_deleted(here: Callable[..., Any]) -> None:
    ec2 = here("ec2")
    ec2.create_tags(Resources=["fl-0a000000000000001"], Tags=[{"Key": "a", "Value": "b"}])
    tagged = ec2.describe_flow_logs(FlowLogIds=["fl-0a000000000000001"])["FlowLogs"][0]
    assert tagged["Tags"] == [{"Key": "a", "Value": "b"}]
    assert ec2.delete_flow_logs(FlowLogIds=["fl-0a000000000000001"])["Unsuccessful"] == []
    assert [log["FlowLogId"] for log in ec2.describe_flow_logs()["FlowLogs"]] == ["fl-0a000000000000002"]


def test_a_bucket_has_its_owner_region_and_policy(here: Callable[..., Any], client: Callable[..., Any]) -> None:
    s3 = here("s3")
    assert s3.get_bucket_location(Bucket="central-logs")["LocationConstraint"] == "eu-west-1"
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["central-logs"]
    assert client("s3", account="222222222222").list_buckets()["Buckets"] == []
    policy = json.loads(s3.get_bucket_policy(Bucket="central-logs")["Policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == ["Mine"]


def test_principals_exist_with_policies_groups_and_trust(here: Callable[..., Any]) -> None:
    iam = here("iam")
    assert iam.list_user_policies(UserName="deploy")["PolicyNames"] == ["look"]
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="deploy")["Groups"]] == ["network"]
    trust = iam.get_role(RoleName="flow-logs")["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"AWS": ["arn:aws:iam::222222222222:root"]}
    assert iam.get_role(RoleName="flow-logs")["Role"]["Arn"] == "arn:aws:iam::111111111111:role/flow-logs"


def test_default_vpcs_exist_only_on_request(here: Callable[..., Any], client: Callable[..., Any]) -> None:
    kept = client("ec2", account="222222222222").describe_vpcs()["Vpcs"]
    assert [vpc["IsDefault"] for vpc in kept] == [True]
    assert [vpc["IsDefault"] for vpc in here("ec2", region="us-west-2").describe_vpcs()["Vpcs"]] == [False]


def test_a_fleet_of_many_is_numbered_and_seeded_quickly(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    vpcs = [{"count": 10_000, "id": "vpc-0b", "name": "batch-{n}"}]
    assert simulator.seed(region({"vpcs": vpcs}))["vpc"] == 10_000
    found = client("ec2", account="111111111111").describe_vpcs()["Vpcs"]
    assert len({vpc["VpcId"] for vpc in found}) == 10_000
    assert (found[0]["VpcId"], found[0]["Tags"][0]["Value"]) == ("vpc-0b000000000000001", "batch-1")
    assert (found[-1]["VpcId"], found[-1]["Tags"][0]["Value"]) == ("vpc-0b000000000002710", "batch-10000")


def test_repetition_works_at_every_level_and_gives_each_subnet_its_own_block() -> None:
    interfaces = [{"count": 2}]
    vpc = {"count": 2, "cidr": "10.4.0.0/16", "subnets": [{"count": 3, "interfaces": interfaces}]}
    fleet = parse(region({"vpcs": [vpc]}))
    assert fleet.counts() == {"vpc": 2, "subnet": 6, "interface": 12, "flow_log": 0, "bucket": 0}
    blocks = [item.settings["cidr"] for item in fleet.resources if item.kind == "subnet"]
    assert blocks == ["10.4.0.0/24", "10.4.1.0/24", "10.4.2.0/24"] * 2
    assert len({item.id for item in fleet.resources}) == 20


def test_each_repetition_has_its_flow_logs() -> None:
    vpc = {"count": 3, "flow_logs": [{"destination": "arn:aws:s3:::central-logs"}]}
    fleet = parse(region({"vpcs": [vpc]}))
    assert [log.fields["ResourceId"] for log in fleet.flow_logs] == [item.id for item in fleet.resources]
    assert len({log.fields["FlowLogId"] for log in fleet.flow_logs}) == 3


def test_ids_that_the_document_leaves_out_are_the_same_every_time() -> None:
    document = yaml.safe_load(FLEET)
    first, second = parse(document), parse(document)
    assert first == second
    elsewhere = [item.id for item in first.resources if item.region == "us-west-2"]
    assert elsewhere[0].startswith("vpc-0")
    assert len(elsewhere[0]) == len("vpc-") + 17


def test_the_example_of_the_documentation_is_valid() -> None:
    example = fleet_module.__doc__.split("::\n", 1)[1].split("\nFurther keys", 1)[0]
    assert parse(yaml.safe_load(example)).counts() == {
        "vpc": 1001,
        "subnet": 1,
        "interface": 1,
        "transit_gateway": 1,
        "attachment": 1,
        "group": 1,
        "user": 1,
        "role": 1,
        "key": 1,
        "flow_log": 1002,
        "bucket": 1,
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"vpcs": [{"id": "subnet-0a000000000000001"}]}, r"vpcs\[0\]\.id: expected vpc- and 8 or 17"),
        ({"vpcs": [{"id": "vpc-0a000000000000001"}] * 2}, "the id vpc-0a000000000000001 is there twice"),
        ({"vpcs": [{"colour": "red"}]}, r"vpcs\[0\]: unknown key colour; known are cidr"),
        ({"vpcs": {"a": 1}}, r"eu-west-1\.vpcs: expected a list"),
        ({"vpcs": ["vpc-1"]}, r"vpcs\[0\]: expected a mapping"),
        ({"vpcs": [{"count": 0}]}, r"vpcs\[0\]\.count: expected a whole number of at least 1, found 0"),
        ({"vpcs": [{"cidr": "10.0.0.0/99"}]}, r"vpcs\[0\]\.cidr: '10.0.0.0/99'"),
        ({"vpcs": [{"name": 7}]}, r"vpcs\[0\]\.name: expected text, found 7"),
        ({"vpcs": [{"cidr": "10.0.0.0/24", "subnets": [{"count": 2}]}]}, "no free /24 is left in the VPC"),
        ({"flow_logs": [{"resource": "nobody", "log_group": "x"}]}, "no resource of eu-west-1 has the id or name"),
        ({"flow_logs": [{"resource": "nat-0a000000000000001"}]}, "has either a destination or a log_group"),
        ({"flow_logs": [{"log_group": "x"}]}, r"flow_logs\[0\]: resource is missing"),
        ({"vpcs": [{"name": "a"}, {"name": "a"}], "flow_logs": [{"resource": "a"}]}, "a is the name of 2 resources"),
        ({"transit_gateways": [{"attachments": [{"resource": "vpn-1"}]}]}, "resource_type is missing"),
    ],
)  # fmt: skip
def test_invalid_region_is_refused_with_its_position(content: dict[str, Any], message: str) -> None:
    with pytest.raises(FleetError, match=message):
        parse(region(content))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"acounts": {}}, "seed: unknown key acounts; known are accounts"),
        ({"accounts": {"prod": {}}}, "an account id has twelve digits and stands in quotes, found prod"),
        ({"accounts": {12345: {}}}, "an account id has twelve digits and stands in quotes, found 12345"),
        ({"accounts": {"111111111111": {"buckets": [{"name": "b"}]}}}, "region is missing"),
        ({"accounts": {"111111111111": {"buckets": [{"name": "b", "region": "r"}] * 2}}}, "bucket b is there twice"),
        ({"accounts": {"111111111111": {"users": [{"name": "u", "access_key": "short"}]}}}, "expected AKIA and 16"),
    ],
)  # fmt: skip
def test_invalid_document_is_refused_with_its_position(document: dict[str, Any], message: str) -> None:
    with pytest.raises(FleetError, match=message):
        parse(document)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"vpcs": [{"name": "new"}, {"subnets": [{"zone": "z"}]}]},
            "eu-west-1 has no zone eu-west-1z, only eu-west-1a",
        ),
        ({"vpcs": [{"name": "new"}, {"id": "vpc-0a000000000000001"}]}, "vpc-0a000000000000001 exists already"),
        (
            {"vpcs": [{"flow_logs": [{"id": "fl-0a000000000000001", "log_group": "x"}]}]},
            "fl-0a000000000000001 exists already",
        ),
    ],
)
def test_a_fleet_that_cannot_be_added_adds_nothing(
    simulator: SimulatorProcess, here: Callable[..., Any], content: dict[str, Any], message: str
) -> None:
    with pytest.raises(RuntimeError, match=message):
        simulator.seed(region(content))
    assert len(here("ec2").describe_vpcs()["Vpcs"]) == 1


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ({"users": [{"name": "deploy"}]}, "the user deploy of 111111111111 exists already"),
        ({"roles": [{"name": "flow-logs"}]}, "the role flow-logs of 111111111111 exists already"),
        ({"groups": [{"name": "new", "policies": {"empty": {}}}]}, "the policy empty of the group new"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_principal_that_cannot_be_added_is_refused(
    simulator: SimulatorProcess, account: dict[str, Any], message: str
) -> None:
    with pytest.raises(RuntimeError, match=message):
        simulator.seed({"accounts": {"111111111111": account}})


def test_an_unknown_region_is_refused(simulator: SimulatorProcess) -> None:
    with pytest.raises(RuntimeError, match="there is no region mars-1"):
        simulator.seed({"accounts": {"111111111111": {"regions": {"mars-1": {}}}}})


def test_the_example_of_the_readme_is_valid(root: Path) -> None:
    readme = (root / "tests" / "simulator" / "README.md").read_text()
    example = readme.split("```yaml\n", 1)[1].split("```", 1)[0]
    assert parse(yaml.safe_load(example)).counts()["vpc"] == 1001


def test_default_vpc_is_removed_completely(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(region({}))
    ec2 = client("ec2", account="111111111111")
    assert ec2.describe_subnets()["Subnets"] == []
    assert ec2.describe_security_groups()["SecurityGroups"] == []
    assert ec2.describe_route_tables()["RouteTables"] == []
    assert ec2.describe_network_acls()["NetworkAcls"] == []


@pytest.mark.parametrize(
    ("resource", "traffic_type"),
    [
        ("nat-0a000000000000001", "ALL"),
        ("core-network-0a000000000000001", None),
        ("attachment-0a000000000000001", None),
    ],
)
def test_a_flow_log_may_be_of_a_resource_that_moto_does_not_model(resource: str, traffic_type: str | None) -> None:
    log = {"resource": resource, "destination": "arn:aws:s3:::central-logs"}
    fields = parse(region({"flow_logs": [log]})).flow_logs[0].fields
    assert (fields["ResourceId"], fields.get("TrafficType")) == (resource, traffic_type)
