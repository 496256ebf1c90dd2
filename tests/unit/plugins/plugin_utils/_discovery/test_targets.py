# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Targets from answers of AWS: coverage, owners and host names."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.misspelt_variables import misspelt_variables
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import COVERAGE_GROUPS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import FACTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import GAPS_VARIABLE
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import RESERVED_NAMES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.target_shapes import SHAPES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import FoundTarget
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import Scan
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import find_targets
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import host_names
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.targets import instances_by_id
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES

OWNER, USER = "111122223333", "444455556666"
REGION = "eu-west-1"
VPC = {"VpcId": "vpc-1", "OwnerId": OWNER}
SUBNET = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": OWNER}
INTERFACE = {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": OWNER}
GATEWAY = {"TransitGatewayId": "tgw-1", "OwnerId": OWNER}
ATTACHMENT = {
    "TransitGatewayAttachmentId": "tgw-attach-1",
    "TransitGatewayId": "tgw-1",
    "TransitGatewayOwnerId": OWNER,
    "ResourceOwnerId": USER,
}
NAT = {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "AvailabilityMode": "regional"}
EVERYTHING = {
    "VPC": [VPC],
    "Subnet": [SUBNET],
    "NetworkInterface": [INTERFACE],
    "TransitGateway": [GATEWAY],
    "TransitGatewayAttachment": [ATTACHMENT],
    "RegionalNatGateway": [NAT],
}
#: The parents of each resource.
PARENTS = {
    "vpc-1": set(),
    "subnet-1": {"vpc-1"},
    "eni-1": {"subnet-1", "vpc-1"},
    "tgw-1": set(),
    "tgw-attach-1": {"tgw-1"},
    "nat-1": set(),
}


def log(resource_id: str, kind: str | None = "s3", number: int = 1) -> dict[str, Any]:
    """A flow log as DescribeFlowLogs returns it. Old ones have no destination type."""
    known = {"FlowLogId": f"fl-{resource_id}-{kind}-{number}", "ResourceId": resource_id}
    return {**known, "LogDestinationType": kind} if kind else {**known, "LogGroupName": "/old"}


def scan(account: str = OWNER, flow_logs: Any = (), **more: Any) -> Scan:
    """The answers of an account."""
    given_ = {"resources": EVERYTHING, "subnet_owners": {"subnet-1": OWNER}, "region": REGION, **more}
    return Scan(account_id=account, account="", connection={"profile": account}, flow_logs=flow_logs, **given_)


def by_id(*scans: Scan) -> dict[str, FoundTarget]:
    """The targets of scans by id."""
    return {item.resource_id: item for item in find_targets(scans)}


@given(st.lists(st.tuples(st.sampled_from(sorted(PARENTS)), st.sampled_from(["s3", "cloud-watch-logs", None]))))
def test_coverage_by_own_flow_logs_then_those_of_parents(logged: list[tuple[str, Any]]) -> None:
    found = by_id(scan(flow_logs=[log(*item, number) for number, item in enumerate(logged)]))
    assert found.keys() == PARENTS.keys()
    for resource_id, target in found.items():
        own = {kind for logged_id, kind in logged if logged_id == resource_id}
        covered = any(logged_id in PARENTS[resource_id] for logged_id, _kind in logged)
        expected = "s3" if "s3" in own else "elsewhere" if own else "parent" if covered else "none"
        assert target.coverage == expected
        assert COVERAGE_GROUPS[expected] in target.groups()
        assert {item["resource_id"] for item in target.of_parents} <= PARENTS[resource_id]


@given(st.lists(st.sampled_from(sorted(PARENTS)), unique=True))
def test_another_flow_log_never_reduces_coverage(logged: list[str]) -> None:
    rank = {"none": 0, "parent": 1, "elsewhere": 2, "s3": 3}
    before = by_id(scan(flow_logs=[log(item) for item in logged[1:]]))
    after = by_id(scan(flow_logs=[log(item) for item in logged]))
    assert all(rank[after[name].coverage] >= rank[before[name].coverage] for name in after)


def test_unread_flow_logs_make_coverage_unknown() -> None:
    assert {target.coverage for target in by_id(scan(flow_logs=None)).values()} == {"unknown"}


def test_flow_logs_of_another_region_do_not_count() -> None:
    other = scan(region="us-east-1", resources={}, flow_logs=[log("vpc-1")])
    assert by_id(scan(), other)["vpc-1"].coverage == "none"


def test_shared_resource_belongs_to_its_owner() -> None:
    shared = scan(USER, resources={"VPC": [VPC], "Subnet": [SUBNET], "TransitGatewayAttachment": [ATTACHMENT]})
    for target in by_id(shared).values():
        assert (target.coverage, target.owner_id, target.found_in) == ("other_account", OWNER, USER)
        assert "flow_log_aws" not in target.variables()
    assert by_id(shared)["vpc-1"].variables()["flow_log_account_id"] == OWNER


@pytest.mark.parametrize("owner_first", [True, False])
def test_shared_resource_is_listed_as_its_owner_sees_it(owner_first: bool) -> None:
    scans = [scan(OWNER, [log("vpc-1")]), scan(USER, [])]
    found = find_targets(scans if owner_first else scans[::-1])
    assert [item.resource_id for item in found].count("vpc-1") == 1
    (vpc,) = [item for item in found if item.resource_id == "vpc-1"]
    assert (vpc.found_in, vpc.coverage, vpc.connection) == (OWNER, "s3", {"profile": OWNER})


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], "unknown"),
        ([scan(OWNER, [log("vpc-1")], resources={})], "parent"),
        ([scan(OWNER, [], resources={})], "none"),
        ([scan(OWNER, None, resources={})], "unknown"),
    ],
    ids=["owner not asked", "owner logs the VPC", "owner logs nothing", "owner's flow logs not readable"],
)
def test_interface_in_a_shared_subnet(others: list[Scan], expected: str) -> None:
    mine = scan(USER, resources={"NetworkInterface": [{**INTERFACE, "OwnerId": USER}]})
    assert by_id(mine, *others)["eni-1"].coverage == expected
    assert by_id(scan(USER, [log("eni-1")], resources=mine.resources), *others)["eni-1"].coverage == "s3"


def test_interface_of_an_unread_subnet_is_unknown() -> None:
    assert by_id(scan(subnet_owners={}))["eni-1"].coverage == "unknown"


@pytest.mark.parametrize("mode", [{"AvailabilityMode": "zonal"}, {}])
def test_only_regional_nat_gateways_are_targets(mode: dict[str, str]) -> None:
    assert by_id(scan(resources={"RegionalNatGateway": [{"NatGatewayId": "nat-2", **mode}]})) == {}


@pytest.mark.parametrize("state", ["deleted", "deleting", "failed"])
def test_deleted_resources_are_no_targets(state: str) -> None:
    assert by_id(scan(resources={"TransitGateway": [{**GATEWAY, "State": state}]})) == {}


def test_scan_survives_the_cache() -> None:
    before = scan(flow_logs=[log("vpc-1")])
    assert find_targets([Scan(**json.loads(json.dumps(before.to_dict())))]) == find_targets([before])


def test_variables_are_known_and_no_typos() -> None:
    scans = (scan(), replace(scan(), found_with="arn:aws:iam::111122223333:role/flow-logs-read"))
    names = {name for one in scans for target in by_id(one).values() for name in target.variables()}
    names.add("flow_log_instances")
    assert names - set(VARIABLES) == set(FACTS)
    assert misspelt_variables([*FACTS, GAPS_VARIABLE]) == {}
    assert SHAPES.keys() < RESOURCE_TYPES.keys()


def test_group_names_are_valid() -> None:
    groups = {group for target in by_id(scan()).values() for group in target.groups()}
    assert {"flow_log_type_vpc", "flow_log_type_regional_nat_gateway", "flow_log_region_eu_west_1"} < groups
    assert all(group.isidentifier() for group in groups)


def named(*names: str | None) -> list[FoundTarget]:
    """Targets with these Name tags."""
    (vpc,) = find_targets([scan(resources={"VPC": [VPC]})])
    return [
        dataclasses.replace(vpc, resource_id=f"vpc-{number}", tags={} if name is None else {"Name": name})
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["shop", "bank"], ["shop", "bank"]),
        (["shop", "shop"], ["vpc-0", "vpc-1"]),
        (["a b", "a\tb"], ["vpc-0", "vpc-1"]),
        ([None, ""], ["vpc-0", "vpc-1"]),
        (["localhost", "all"], ["vpc-0", "vpc-1"]),
        (["vpc-1", "x"], ["vpc-0", "x"]),
        (["web1", "flow_log_to_s3"], ["vpc-0", "vpc-1"]),
        (["{{ 7 * 7 }}", "é"], ["7_7", "vpc-1"]),
    ],
)
def test_host_names(names: list[str | None], expected: list[str]) -> None:
    assert host_names(named(*names), ["tag:Name"], taken={"web1"}) == expected


@given(st.lists(st.one_of(st.none(), st.text(max_size=8), st.sampled_from(["localhost", "vpc-0", "x", "taken"]))))
def test_host_names_are_plain_and_unique(names: list[str | None]) -> None:
    found = host_names(named(*names), ["tag:Name", "resource_id"], taken={"taken"})
    assert len(set(found)) == len(names)
    assert not set(found) & (RESERVED_NAMES | {"taken"})
    assert all(name.isascii() and not set(name) & set("{}%# ,:[]") for name in found)


@pytest.mark.parametrize(
    ("resource_type", "expected"),
    [
        ("NetworkInterface", {"eni-1": ["web1"], "eni-2": ["web1"]}),
        ("Subnet", {"subnet-1": ["web1", "web2"], "subnet-2": ["web1"]}),
        ("VPC", {"vpc-1": ["web1", "web2"]}),
    ],
)
def test_resources_of_instances(resource_type: str, expected: dict[str, list[str]]) -> None:
    interfaces = [
        {"network_interface_id": f"eni-{number}", "subnet_id": f"subnet-{number}", "vpc_id": "vpc-1"}
        for number in (1, 2)
    ]
    web1 = {"subnet_id": "subnet-1", "vpc_id": "vpc-1", "network_interfaces": interfaces}
    web2 = {"subnet_id": "subnet-1", "vpc_id": "vpc-1"}
    assert instances_by_id({"web1": web1, "web2": web2, "other": {}}, resource_type) == expected


def test_found_with_applies_to_own_targets_only() -> None:
    role = "arn:aws:iam::111122223333:role/flow-logs-read"
    vpcs = [{"VpcId": "vpc-1", "OwnerId": "111122223333"}, {"VpcId": "vpc-2", "OwnerId": "444455556666"}]
    scan = Scan("111122223333", "", "eu-west-1", {}, {"VPC": vpcs}, found_with=role)
    cached = Scan(**json.loads(json.dumps(scan.to_dict())))
    found = {target.resource_id: target.variables() for target in find_targets([cached])}
    assert found["vpc-1"]["flow_log_found_with"] == role and "flow_log_aws" not in found["vpc-1"]
    assert "flow_log_found_with" not in found["vpc-2"]
