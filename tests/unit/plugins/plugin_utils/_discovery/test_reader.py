# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading accounts and Regions for the inventory. What cannot be read is a gap and stops nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from ansible.errors import AnsibleError

from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import Account
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.reader import ScanRequest
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.reader import TargetReader
from tests.unit.plugins.plugin_utils.cloud import ENI
from tests.unit.plugins.plugin_utils.cloud import HOME
from tests.unit.plugins.plugin_utils.cloud import SHOP
from tests.unit.plugins.plugin_utils.cloud import SUBNET
from tests.unit.plugins.plugin_utils.cloud import VPC
from tests.unit.plugins.plugin_utils.cloud import Cloud

ROLE = f"arn:aws:iam::{SHOP}:role/read"


@pytest.fixture(name="cloud")
def _cloud() -> Iterator[Cloud]:
    with ExitStack() as stack:
        yield Cloud(stack)


def read(cloud: Cloud, *accounts: Account, regions: tuple[str, ...] = (HOME,), **more: Any) -> tuple[Any, Any]:
    question = ScanRequest(more.pop("types", ("VPC",)), regions, HOME, **more)
    return TargetReader(cloud, question, 1).read(accounts or (Account(),))


def reasons(gaps: Any) -> list[tuple[Any, ...]]:
    return [(gap.region, gap.reading, gap.code) for gap in gaps]


def test_reads_enabled_regions(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required", eu_south_1="not-opted-in", eu_north_1="opted-in")
    cloud.has_vpcs(VPC)
    cloud.has_vpcs(region="eu-north-1")
    scans, gaps = read(cloud, regions=("all",))
    assert {scan.region: [item["VpcId"] for item in scan.resources["VPC"]] for scan in scans} == {
        "eu-north-1": [],
        HOME: [VPC],
    }
    assert {scan.account_id for scan in scans} == {SHOP}
    assert reasons(gaps) == [("eu-south-1", "DescribeRegions", "RegionDisabled")]


def test_tries_named_regions_if_regions_cannot_be_listed(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.of("ec2").add_client_error("describe_regions", "UnauthorizedOperation")
    cloud.has_vpcs(VPC)
    scans, gaps = read(cloud)
    assert [scan.region for scan in scans] == [HOME] and gaps == []


def test_unlisted_regions_are_a_gap(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.of("ec2").add_client_error("describe_regions", "UnauthorizedOperation")
    scans, gaps = read(cloud, regions=("all",))
    assert scans == [] and reasons(gaps) == [(None, "DescribeRegions", "UnauthorizedOperation")]


def test_unknown_region_is_a_gap(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required")
    assert reasons(read(cloud, regions=("eu-wset-1",))[1]) == [("eu-wset-1", "DescribeRegions", "RegionUnknown")]


def test_reads_subnet_owners_once_for_interfaces(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required")
    ec2 = cloud.of("ec2")
    ec2.add_response("describe_network_interfaces", {"NetworkInterfaces": [{"NetworkInterfaceId": ENI}]})
    ec2.add_response("describe_subnets", {"Subnets": [{"SubnetId": SUBNET, "OwnerId": "444455556666"}]})
    ec2.add_response("describe_flow_logs", {"FlowLogs": []})
    (scan,), _gaps = read(cloud, types=("NetworkInterface",))
    assert scan.subnet_owners == {SUBNET: "444455556666"}


def test_reuses_subnets_that_are_read_anyway(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required")
    ec2 = cloud.of("ec2")
    ec2.add_response("describe_subnets", {"Subnets": [{"SubnetId": SUBNET, "OwnerId": "444455556666"}]})
    ec2.add_response("describe_network_interfaces", {"NetworkInterfaces": [{"NetworkInterfaceId": ENI}]})
    ec2.add_response("describe_flow_logs", {"FlowLogs": []})
    (scan,), _gaps = read(cloud, types=("Subnet", "NetworkInterface"))
    assert scan.subnet_owners == {SUBNET: "444455556666"}


def test_denied_call_is_a_gap_and_others_go_on(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required")
    cloud.of("ec2").add_client_error("describe_vpcs", "UnauthorizedOperation")
    cloud.of("ec2").add_response("describe_flow_logs", {"FlowLogs": []})
    (scan,), gaps = read(cloud)
    assert (scan.resources, scan.flow_logs) == ({"VPC": []}, [])
    assert reasons(gaps) == [(HOME, "DescribeVpcs", "UnauthorizedOperation")]


def test_final_error_ends_the_calls_in_a_region(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required")
    cloud.of("ec2").add_client_error("describe_vpcs", "AuthFailure")
    (scan,), gaps = read(cloud)
    assert scan.flow_logs is None and reasons(gaps) == [(HOME, "DescribeVpcs", "AuthFailure")]


def test_region_without_connection_is_a_gap(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_north_1="opted-in")
    cloud.closed.add("eu-north-1")
    (scan,), gaps = read(cloud, regions=("eu-north-1",))
    assert scan.resources == {} and reasons(gaps) == [("eu-north-1", "", "NoConnection")]


def test_wrong_account_is_a_gap(cloud: Cloud) -> None:
    cloud.is_account("444455556666")
    scans, gaps = read(cloud, Account(SHOP, profile="shop"))
    assert scans == [] and reasons(gaps) == [(None, "GetCallerIdentity", "WrongAccount")]


def test_profile_precedes_keys_of_the_plugin(cloud: Cloud) -> None:
    cloud.of("sts").add_client_error("get_caller_identity", "ExpiredToken")
    assert reasons(read(cloud, Account(profile="shop"))[1]) == [(None, "GetCallerIdentity", "ExpiredToken")]
    keys = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
    assert cloud.asked_with == [{"profile_name": "shop", **keys}]


def test_denied_role_is_a_gap(cloud: Cloud) -> None:
    cloud.of("sts").add_client_error("assume_role", "AccessDenied")
    assert reasons(read(cloud, Account(SHOP, assume_role_arn=ROLE))[1]) == [(None, "AssumeRole", "AccessDenied")]


def test_account_without_connection_is_a_gap() -> None:
    def nobody(service: str, region: str, **_credentials: Any) -> Any:
        raise AnsibleError(f"The profile has no {service}.")

    _scans, (gap,) = read(nobody)
    assert (gap.code, gap.message) == ("NoConnection", "The profile has no sts.")


def test_reads_an_account_once(cloud: Cloud) -> None:
    for _each in range(2):
        cloud.is_account()
        cloud.has_regions(eu_west_1="opt-in-not-required")
    cloud.has_vpcs(VPC)
    scans, gaps = read(cloud, Account(profile="shop"), Account(SHOP))
    assert len(scans) == 1 and gaps == []
