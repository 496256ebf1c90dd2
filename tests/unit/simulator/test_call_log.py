# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The call log: every call by name, with its parameters as the service model nests them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulator.client import SimulatorProcess
from tests.simulator.requests import is_write

STATEMENT = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::central-logs/*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


@pytest.fixture
def bucket(simulator: SimulatorProcess) -> str:
    """A bucket of the default account."""
    simulator.seed({"accounts": {"123456789012": {"buckets": [{"name": "central-logs", "region": "eu-west-1"}]}}})
    return "central-logs"


def test_entry_has_caller_operation_and_result(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    ec2 = client("ec2", account="222222222222", region="us-west-2")
    simulator.clear_calls()
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "env", "Value": "prod"}, {"Key": "team", "Value": "net"}]}]
    ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)
    assert simulator.calls() == [
        {
            "seq": 1,
            "account": "222222222222",
            "region": "us-west-2",
            "service": "ec2",
            "operation": "CreateVpc",
            "parameters": {"CidrBlock": "10.0.0.0/16", "TagSpecifications": tags},
            "write": True,
            "status": 200,
            "error_code": None,
            "fault": None,
        }
    ]


def test_lists_are_lists_and_numbers_are_numbers(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    ids = [f"vpc-{number:017x}" for number in range(1, 13)]
    client("ec2").describe_flow_logs(Filters=[{"Name": "resource-id", "Values": ids}], MaxResults=7)
    assert simulator.calls()[0]["parameters"] == {"Filter": [{"Name": "resource-id", "Values": ids}], "MaxResults": 7}


@pytest.mark.parametrize(
    ("method", "parameters", "operation", "write"),
    [
        ("head_bucket", {}, "HeadBucket", False),
        ("get_bucket_location", {}, "GetBucketLocation", False),
        ("get_bucket_acl", {}, "GetBucketAcl", False),
        ("put_bucket_policy", {"Policy": POLICY}, "PutBucketPolicy", True),
        ("delete_bucket_policy", {}, "DeleteBucketPolicy", True),
        ("list_objects_v2", {"Prefix": "AWSLogs/"}, "ListObjectsV2", False),
        ("put_object", {"Key": "AWSLogs/a/b.gz", "Body": b"data"}, "PutObject", True),
        ("get_bucket_encryption", {}, "GetBucketEncryption", False),
        ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Enabled"}}, "PutBucketVersioning", True),
    ],
)
def test_s3_calls_are_named_after_method_and_subresource(
    simulator: SimulatorProcess,
    client: Callable[..., Any],
    bucket: str,
    method: str,
    parameters: dict[str, Any],
    operation: str,
    write: bool,
) -> None:
    _try(lambda: getattr(client("s3"), method)(Bucket=bucket, **parameters))
    call = simulator.calls()[0]
    assert (call["service"], call["operation"], call["write"]) == ("s3", operation, write)
    assert call["parameters"]["Bucket"] == bucket


def test_a_bucket_policy_is_logged_as_it_was_sent(
    simulator: SimulatorProcess, client: Callable[..., Any], bucket: str
) -> None:
    client("s3").put_bucket_policy(Bucket=bucket, Policy=POLICY, ExpectedBucketOwner="123456789012")
    parameters = simulator.calls()[0]["parameters"]
    assert (parameters["Policy"], parameters["ExpectedBucketOwner"]) == (POLICY, "123456789012")


def test_the_body_of_an_object_is_not_kept(
    simulator: SimulatorProcess, client: Callable[..., Any], bucket: str
) -> None:
    client("s3").put_object(Bucket=bucket, Key="a", Body=b"secret")
    assert simulator.calls()[0]["parameters"]["Body"] == "<6 bytes>"


def test_the_error_code_of_a_refused_call_is_logged(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    _try(lambda: client("ec2").describe_vpcs(VpcIds=["vpc-0a000000000000009"]))
    _try(lambda: client("s3").get_bucket_policy(Bucket="nowhere"))
    _try(lambda: client("iam").get_user(UserName="nobody"))
    codes = [(call["operation"], call["status"], call["error_code"]) for call in simulator.calls()]
    assert codes == [
        ("DescribeVpcs", 400, "InvalidVpcID.NotFound"),
        ("GetBucketPolicy", 404, "NoSuchBucket"),
        ("GetUser", 404, "NoSuchEntity"),
    ]


def test_the_log_can_be_narrowed_counted_and_emptied(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    ec2 = client("ec2")
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    ec2.describe_vpcs()
    ec2.create_vpc(CidrBlock="10.1.0.0/16")
    assert simulator.operations() == ["CreateVpc", "DescribeVpcs", "CreateVpc"]
    assert [call["seq"] for call in simulator.writes()] == [1, 3]
    assert simulator.operations(operation="DescribeVpcs", write=False, service="ec2") == ["DescribeVpcs"]
    assert simulator.operations(account="222222222222") == []
    simulator.clear_calls()
    assert simulator.calls() == []


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("DescribeFlowLogs", {}, False),
        ("GetBucketPolicy", {}, False),
        ("ListUsers", {}, False),
        ("HeadBucket", {}, False),
        ("AssumeRole", {}, False),
        ("GetCallerIdentity", {}, False),
        ("SimulatePrincipalPolicy", {}, False),
        ("CreateFlowLogs", {}, True),
        ("CreateFlowLogs", {"DryRun": False}, True),
        ("CreateFlowLogs", {"DryRun": True}, False),
        ("DeleteFlowLogs", {}, True),
        ("CreateTags", {}, True),
        ("PutBucketPolicy", {}, True),
        ("AttachUserPolicy", {}, True),
    ],
)
def test_what_counts_as_a_write(operation: str, parameters: dict[str, Any], expected: bool) -> None:
    assert is_write(operation, parameters) is expected


def _try(call: Callable[[], Any]) -> None:
    """Make a call and ignore its result."""
    try:
        call()
    except ClientError:
        pass
