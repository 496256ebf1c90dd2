# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enforcement of permissions over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorError
from tests.simulator.client import SimulatorProcess

ACCOUNT, OTHER = "123456789012", "222222222222"
REGION = "eu-west-1"
VPC, SUBNET = "vpc-0a000000000000001", "subnet-0a000000000000001"
LOG = "fl-0a000000000000001"
BUCKET, OTHER_BUCKET = "example-logs", "other-logs"
KEY_ID, OTHER_KEY_ID = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"
USER_KEY, OWNER_KEY = "AKIATESTERAAAAAAAAAA", "AKIAOWNERAAAAAAAAAAA"
USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/team/tester"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/team/publisher"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/publisher/run"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


FLEET = {
    "accounts": {
        ACCOUNT: {
            "regions": {
                REGION: {
                    "vpcs": [
                        {
                            "id": VPC,
                            "tags": {"env": "prod"},
                            "subnets": [{"id": SUBNET}],
                            "flow_logs": [
                                {"id": LOG, "destination": f"arn:aws:s3:::{BUCKET}", "tags": {"team": "net"}}
                            ],
                        }
                    ]
                }
            },
            "buckets": [{"name": BUCKET, "region": REGION}],
            "keys": [{"id": KEY_ID, "region": REGION, "aliases": ["flow-logs"]}],
            "users": [{"name": "tester", "path": "/team/", "access_key": USER_KEY}],
            "roles": [{"name": "publisher", "path": "/team/"}],
        },
        OTHER: {
            "buckets": [{"name": OTHER_BUCKET, "region": REGION}],
            "keys": [{"id": OTHER_KEY_ID, "region": REGION}],
            "users": [{"name": "owner", "access_key": OWNER_KEY, "policies": {"all": document(EVERYTHING)}}],
            "roles": [{"name": "guest", "trust": [ACCOUNT], "policies": {"all": document(EVERYTHING)}}],
        },
    }
}

Client = Callable[..., Any]


@pytest.fixture(scope="module")
def client(simulator_process: SimulatorProcess) -> Client:
    """Makes clients, each once: ``client("ec2", USER_KEY)``; without an access key that of the account's root."""
    made: dict[tuple[str, ...], Any] = {}

    def make(service: str, access_key: str = DEFAULT_ACCESS_KEY, token: str = "") -> Any:
        if (service, access_key) not in made:
            made[service, access_key] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=simulator_process.url,
                config=Config(retries={"total_max_attempts": 1}),
                aws_access_key_id=access_key,
                aws_secret_access_key=SECRET_KEY,
                aws_session_token=token or None,
            )
        return made[service, access_key]

    return make


@pytest.fixture
def aws(simulator: SimulatorProcess) -> Iterator[SimulatorProcess]:
    """The fleet, with enforced permissions."""
    simulator.seed(FLEET)
    simulator.enforce()
    yield simulator
    simulator.enforce(False)


def grant(client: Client, *statements: Mapping[str, Any], name: str = "test") -> None:
    """Give the test user exactly these statements."""
    client("iam").put_user_policy(UserName="tester", PolicyName=name, PolicyDocument=json.dumps(document(*statements)))


def allow(*actions: str, resource: Any = "*", **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **elements}


def refused(call: Callable[[], Any]) -> dict[str, Any]:
    """Return the error of a call that must fail: Code, Message and HTTP status."""
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return {**answer["Error"], "Status": answer["ResponseMetadata"]["HTTPStatusCode"]}


TAGGED = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "team", "Value": "net"}]}]
REQUEST = {
    "ResourceIds": [VPC],
    "ResourceType": "VPC",
    "TrafficType": "REJECT",
    "LogDestinationType": "s3",
    "LogDestination": f"arn:aws:s3:::{BUCKET}/other/",
}
RULES = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
BLOCKS = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
BUCKET_POLICY = json.dumps(
    document(allow("s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/*", Principal={"AWS": OTHER}))
)
KEY_POLICY = json.dumps(document(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})))

Act = Callable[[Client], Any]


def ec2(operation: str, **parameters: Any) -> Act:
    return lambda client: getattr(client("ec2", USER_KEY), operation)(**parameters)


def s3(operation: str, **parameters: Any) -> Act:
    return lambda client: getattr(client("s3", USER_KEY), operation)(**{"Bucket": BUCKET, **parameters})


def other(service: str, operation: str, **parameters: Any) -> Act:
    return lambda client: getattr(client(service, USER_KEY), operation)(**parameters)


#: A call, and every action that it needs.
CALLS: dict[str, tuple[Act, list[str]]] = {
    "DescribeFlowLogs": (ec2("describe_flow_logs"), ["ec2:DescribeFlowLogs"]),
    "DescribeVpcs": (ec2("describe_vpcs"), ["ec2:DescribeVpcs"]),
    "CreateFlowLogs": (ec2("create_flow_logs", **REQUEST), ["ec2:CreateFlowLogs", "logs:CreateLogDelivery"]),
    "CreateFlowLogs with tags": (
        ec2("create_flow_logs", **REQUEST, TagSpecifications=TAGGED),
        ["ec2:CreateFlowLogs", "ec2:CreateTags", "logs:CreateLogDelivery"],
    ),
    "CreateFlowLogs with tag fields": (
        ec2(
            "create_flow_logs",
            **REQUEST,
            LogFormat="${interface-id} ${instance-tag}",
            TagFieldSpecifications=[
                {"ResourceType": "instance", "TagKeys": ["env"]},
                {"ResourceType": "auto-scaling-group", "TagKeys": ["env"]},
            ],
        ),
        [
            "ec2:CreateFlowLogs",
            "logs:CreateLogDelivery",
            "ec2:DescribeTags",
            "autoscaling:DescribeTags",
            "iam:CreateServiceLinkedRole",
        ],
    ),
    "CreateFlowLogs with a cluster of ECS": (
        ec2("create_flow_logs", **REQUEST, LogFormat="${interface-id} ${ecs-cluster-arn}"),
        ["ec2:CreateFlowLogs", "logs:CreateLogDelivery", "ecs:ListClusters"],
    ),
    "CreateFlowLogs with more fields of ECS": (
        ec2(
            "create_flow_logs",
            **REQUEST,
            LogFormat="${ecs-container-instance-id} ${ecs-service-name} ${ecs-task-definition-arn} ${ecs-task-id}",
        ),
        [
            "ec2:CreateFlowLogs",
            "logs:CreateLogDelivery",
            "ecs:ListClusters",
            "ecs:ListContainerInstances",
            "ecs:ListServices",
            "ecs:ListTaskDefinitions",
            "ecs:ListTasks",
        ],
    ),
    "CreateFlowLogs to CloudWatch Logs": (
        ec2(
            "create_flow_logs",
            ResourceIds=[VPC],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="flow",
            DeliverLogsPermissionArn=ROLE_ARN,
        ),
        ["ec2:CreateFlowLogs", "iam:PassRole"],
    ),
    "DeleteFlowLogs": (ec2("delete_flow_logs", FlowLogIds=[LOG]), ["ec2:DeleteFlowLogs", "logs:DeleteLogDelivery"]),
    "CreateTags": (ec2("create_tags", Resources=[LOG], Tags=[{"Key": "a", "Value": "b"}]), ["ec2:CreateTags"]),
    "DeleteTags": (ec2("delete_tags", Resources=[LOG], Tags=[{"Key": "team"}]), ["ec2:DeleteTags"]),
    "HeadBucket": (s3("head_bucket"), ["s3:ListBucket"]),
    "ListObjectsV2": (s3("list_objects_v2"), ["s3:ListBucket"]),
    "ListBuckets": (other("s3", "list_buckets"), ["s3:ListAllMyBuckets"]),
    "CreateBucket": (
        s3("create_bucket", Bucket="new-logs", CreateBucketConfiguration={"LocationConstraint": REGION}),
        ["s3:CreateBucket"],
    ),
    "GetBucketEncryption": (s3("get_bucket_encryption"), ["s3:GetEncryptionConfiguration"]),
    "PutBucketEncryption": (
        s3("put_bucket_encryption", ServerSideEncryptionConfiguration=RULES),
        ["s3:PutEncryptionConfiguration"],
    ),
    "GetPublicAccessBlock": (s3("get_public_access_block"), ["s3:GetBucketPublicAccessBlock"]),
    "PutPublicAccessBlock": (
        s3("put_public_access_block", PublicAccessBlockConfiguration=BLOCKS),
        ["s3:PutBucketPublicAccessBlock"],
    ),
    "GetBucketOwnershipControls": (s3("get_bucket_ownership_controls"), ["s3:GetBucketOwnershipControls"]),
    "GetBucketRequestPayment": (s3("get_bucket_request_payment"), ["s3:GetBucketRequestPayment"]),
    "PutBucketPolicy": (s3("put_bucket_policy", Policy=BUCKET_POLICY), ["s3:PutBucketPolicy"]),
    "DeleteBucketPolicy": (s3("delete_bucket_policy"), ["s3:DeleteBucketPolicy"]),
    "PutBucketTagging": (
        s3("put_bucket_tagging", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]}),
        ["s3:PutBucketTagging"],
    ),
    "GetBucketVersioning": (s3("get_bucket_versioning"), ["s3:GetBucketVersioning"]),
    "GetBucketAccelerateConfiguration": (
        s3("get_bucket_accelerate_configuration"),
        ["s3:GetAccelerateConfiguration"],
    ),
    "DescribeKey": (other("kms", "describe_key", KeyId="alias/flow-logs"), ["kms:DescribeKey"]),
    "GetKeyPolicy": (other("kms", "get_key_policy", KeyId=KEY_ID, PolicyName="default"), ["kms:GetKeyPolicy"]),
    "PutKeyPolicy": (
        other("kms", "put_key_policy", KeyId=KEY, PolicyName="default", Policy=KEY_POLICY),
        ["kms:PutKeyPolicy"],
    ),
    "ListAliases": (other("kms", "list_aliases"), ["kms:ListAliases"]),
    "GetUser": (other("iam", "get_user"), ["iam:GetUser"]),
    "GetRole": (other("iam", "get_role", RoleName="publisher"), ["iam:GetRole"]),
    "ListUserPolicies": (other("iam", "list_user_policies", UserName="tester"), ["iam:ListUserPolicies"]),
    "PutRolePolicy": (
        other("iam", "put_role_policy", RoleName="publisher", PolicyName="a", PolicyDocument=json.dumps(document(EVERYTHING))),
        ["iam:PutRolePolicy"],
    ),
    "CreatePolicy": (
        other("iam", "create_policy", PolicyName="publish", PolicyDocument=json.dumps(document(EVERYTHING))),
        ["iam:CreatePolicy"],
    ),
    "AssumeRole": (other("sts", "assume_role", RoleArn=ROLE_ARN, RoleSessionName="run"), ["sts:AssumeRole"]),
    "GetResources": (other("resourcegroupstaggingapi", "get_resources"), ["tag:GetResources"]),
    "ListAccounts": (other("organizations", "list_accounts"), ["organizations:ListAccounts"]),
}  # fmt: skip
#: Actions that EC2 performs on the caller's behalf and does not name in errors.
UNNAMED = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "autoscaling:DescribeTags",
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
    "ec2:DescribeTags",
    "ecs:ListClusters",
    "ecs:ListContainerInstances",
    "ecs:ListServices",
    "ecs:ListTaskDefinitions",
    "ecs:ListTasks",
}
REMOVED = [(name, action) for name, (_act, actions) in CALLS.items() for action in actions]


@pytest.mark.parametrize("name", [name for name in CALLS if name != "ListAccounts"])
def test_actions_of_a_call_are_sufficient(aws: SimulatorProcess, client: Client, name: str) -> None:
    act, actions = CALLS[name]
    log_delivery = document(
        allow("s3:*", resource=[f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
              Principal={"Service": "delivery.logs.amazonaws.com"})
    )  # fmt: skip
    client("s3").put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(log_delivery))
    grant(client, allow(*actions))
    answer = act(client)
    assert not answer.get("Unsuccessful")


@pytest.mark.parametrize(("name", "action"), REMOVED)
def test_call_without_one_of_its_actions_is_denied(
    aws: SimulatorProcess, client: Client, name: str, action: str
) -> None:
    act, actions = CALLS[name]
    grant(client, allow("none:None", *(one for one in actions if one != action)))
    error = refused(lambda: act(client))
    assert error["Status"] in (403, 400)
    assert error["Code"] in ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "403")
    if name == "HeadBucket":  # HEAD responses have no body
        return
    if action in UNNAMED:
        assert error["Message"] == "You are not authorized to perform this operation."
    else:
        assert f"User: {USER_ARN} is not authorized to perform: {action}" in error["Message"]


def test_a_refused_call_changes_nothing(aws: SimulatorProcess, client: Client) -> None:
    refused(lambda: client("ec2", USER_KEY).delete_flow_logs(FlowLogIds=[LOG]))
    assert [log["FlowLogId"] for log in client("ec2").describe_flow_logs()["FlowLogs"]] == [LOG]
    (entry,) = aws.calls(operation="DeleteFlowLogs")
    assert (entry["status"], entry["error_code"]) == (403, "UnauthorizedOperation")


# -- callers -----------------------------------------------------------------------------------------------------------


def assumed(client: Client, role: str, access_key: str = USER_KEY, **parameters: Any) -> tuple[str, str]:
    answer = client("sts", access_key).assume_role(RoleArn=role, RoleSessionName="run", **parameters)["Credentials"]
    return answer["AccessKeyId"], answer["SessionToken"]


@pytest.mark.parametrize("enforced", [True, False])
def test_get_caller_identity_needs_no_permission(aws: SimulatorProcess, client: Client, enforced: bool) -> None:
    grant(client, allow("sts:AssumeRole"))
    aws.enforce(enforced)
    assert client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert client("sts").get_caller_identity()["UserId"] == ACCOUNT
    user = client("sts", USER_KEY).get_caller_identity()
    assert (user["Account"], user["Arn"]) == (ACCOUNT, USER_ARN)
    assert re.fullmatch("AIDA[A-Z0-9]{17}", user["UserId"])
    session = client("sts", *assumed(client, ROLE_ARN)).get_caller_identity()
    assert (session["Account"], session["Arn"]) == (ACCOUNT, SESSION_ARN)
    assert re.fullmatch("AROA[A-Z0-9]+:run", session["UserId"])


def test_root_user_may_do_everything_except_assume_a_role(aws: SimulatorProcess, client: Client) -> None:
    client("ec2").delete_flow_logs(FlowLogIds=[LOG])
    error = refused(lambda: client("sts").assume_role(RoleArn=ROLE_ARN, RoleSessionName="run"))
    assert (error["Code"], error["Message"]) == ("AccessDenied", "Roles may not be assumed by root accounts.")


def test_a_new_access_key_is_that_of_its_user(aws: SimulatorProcess, client: Client) -> None:
    key = client("iam").create_access_key(UserName="tester")["AccessKey"]["AccessKeyId"]
    assert client("sts", key).get_caller_identity()["Arn"] == USER_ARN
    refused(client("ec2", key).describe_vpcs)


def test_policies_of_groups_and_managed_ones_count(aws: SimulatorProcess, client: Client) -> None:
    iam = client("iam")
    iam.create_group(GroupName="readers")
    iam.put_group_policy(
        GroupName="readers", PolicyName="a", PolicyDocument=json.dumps(document(allow("ec2:DescribeVpcs")))
    )
    iam.add_user_to_group(GroupName="readers", UserName="tester")
    client("ec2", USER_KEY).describe_vpcs()
    refused(client("ec2", USER_KEY).describe_subnets)
    text = json.dumps(document(allow("ec2:DescribeSubnets")))
    arn = iam.create_policy(PolicyName="subnets", PolicyDocument=text)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="tester", PolicyArn=arn)
    client("ec2", USER_KEY).describe_subnets()
    denying = json.dumps(document(allow("ec2:DescribeSubnets"), {**EVERYTHING, "Effect": "Deny"}))
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=denying, SetAsDefault=True)
    error = refused(client("ec2", USER_KEY).describe_vpcs)
    assert error["Message"].endswith("ec2:DescribeVpcs with an explicit deny in an identity-based policy")


def test_a_session_may_do_what_its_role_may(aws: SimulatorProcess, client: Client) -> None:
    grant(client, allow("sts:AssumeRole"))
    key, token = assumed(client, ROLE_ARN)
    error = refused(client("ec2", key, token).describe_vpcs)
    assert f"User: {SESSION_ARN} is not authorized to perform: ec2:DescribeVpcs because no identity" in error["Message"]
    text = json.dumps(document(allow("ec2:DescribeVpcs")))
    client("iam").put_role_policy(RoleName="publisher", PolicyName="a", PolicyDocument=text)
    client("ec2", key, token).describe_vpcs()


def test_a_session_policy_bounds_the_session(aws: SimulatorProcess, client: Client) -> None:
    grant(client, allow("sts:AssumeRole"))
    text = json.dumps(document(EVERYTHING))
    client("iam").put_role_policy(RoleName="publisher", PolicyName="a", PolicyDocument=text)
    bounded = assumed(client, ROLE_ARN, Policy=json.dumps(document(allow("ec2:DescribeVpcs"))))
    client("ec2", *bounded).describe_vpcs()
    error = refused(client("ec2", *bounded).describe_subnets)
    assert error["Message"].endswith("because no session policy allows the ec2:DescribeSubnets action")


@pytest.mark.parametrize(
    ("trust", "statements", "allowed"),
    [
        ([USER_ARN], [], True),
        ([ACCOUNT], [], False),
        ([ACCOUNT], [allow("sts:AssumeRole")], True),
        ([OTHER], [allow("sts:AssumeRole")], False),
        ([USER_ARN], [{**allow("sts:AssumeRole"), "Effect": "Deny"}], False),
    ],
)
def test_trust_policy_decides_who_may_assume_a_role(
    aws: SimulatorProcess, client: Client, trust: list[str], statements: list[Any], allowed: bool
) -> None:
    aws.seed({"accounts": {ACCOUNT: {"roles": [{"name": "trusting", "trust": trust}]}}})
    grant(client, allow("none:None"), *statements)
    role = f"arn:aws:iam::{ACCOUNT}:role/trusting"
    if allowed:
        assumed(client, role)
        return
    message = f"User: {USER_ARN} is not authorized to perform: sts:AssumeRole on resource: {role}"
    assert refused(lambda: assumed(client, role))["Message"].startswith(message)


def test_a_trust_policy_may_ask_for_an_external_id(aws: SimulatorProcess, client: Client) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "secret"}}
    statement = {"Effect": "Allow", "Principal": {"AWS": USER_ARN}, "Action": "sts:AssumeRole", "Condition": condition}
    aws.seed({"accounts": {ACCOUNT: {"roles": [{"name": "asking", "trust": document(statement)}]}}})
    role = f"arn:aws:iam::{ACCOUNT}:role/asking"
    refused(lambda: assumed(client, role))
    assumed(client, role, ExternalId="secret")


def test_a_role_of_another_account_is_assumed_with_both_policies(aws: SimulatorProcess, client: Client) -> None:
    guest = f"arn:aws:iam::{OTHER}:role/guest"
    assert refused(lambda: assumed(client, guest))["Code"] == "AccessDenied"
    grant(client, allow("sts:AssumeRole", resource=guest))
    identity = client("sts", *assumed(client, guest)).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/guest/run"
    assert refused(lambda: assumed(client, f"{guest}s"))["Code"] == "AccessDenied"


@pytest.mark.parametrize("bounded", ["users", "roles"])
def test_a_boundary_of_the_fleet_bounds(aws: SimulatorProcess, client: Client, bounded: str) -> None:
    name, key, token = "bounded", "AKIABOUNDEDAAAAAAAAA", ""
    principal = {
        "name": name,
        "policies": {"all": document(EVERYTHING)},
        "boundary": document(allow("ec2:DescribeVpcs")),
    }
    extra = {"users": {"access_key": key}, "roles": {"trust": [USER_ARN]}}[bounded]
    aws.seed({"accounts": {ACCOUNT: {bounded: [{**principal, **extra}]}}})
    if bounded == "roles":
        key, token = assumed(client, f"arn:aws:iam::{ACCOUNT}:role/{name}")
    client("ec2", key, token).describe_vpcs()
    error = refused(client("ec2", key, token).describe_subnets)
    assert error["Message"].endswith("because no permissions boundary allows the ec2:DescribeSubnets action")


def test_an_organization_bounds_the_whole_account(aws: SimulatorProcess, client: Client) -> None:
    denying = {**allow("ec2:CreateFlowLogs"), "Effect": "Deny"}
    aws.seed({"accounts": {ACCOUNT: {"organization_policy": document(EVERYTHING, denying)}}})
    client("ec2").describe_vpcs()
    grant(client, EVERYTHING)
    for key in (DEFAULT_ACCESS_KEY, USER_KEY):
        message = refused(lambda key=key: client("ec2", key).create_flow_logs(**REQUEST))["Message"]
        assert "with an explicit deny in a service control policy. Encoded" in message
    aws.seed({"accounts": {ACCOUNT: {"organization_policy": document(allow("iam:*"))}}})
    message = refused(client("ec2", USER_KEY).describe_vpcs)["Message"]
    assert message.endswith("because no service control policy allows the ec2:DescribeVpcs action")


# -- resources and conditions -----------------------------------------------------------------------------------------


def arn_of(resource: str) -> str:
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:{resource}"


@pytest.mark.parametrize(
    ("resources", "denied_resource"),
    [
        ([arn_of("vpc-flow-log/*"), arn_of(f"vpc/{VPC}")], None),
        ([arn_of("vpc-flow-log/*")], arn_of(f"vpc/{VPC}")),
        ([arn_of("vpc/*")], arn_of("vpc-flow-log/*")),
        ([arn_of("vpc-flow-log/*"), arn_of("subnet/*")], arn_of(f"vpc/{VPC}")),
    ],
)
def test_a_flow_log_is_allowed_for_itself_and_for_its_target(
    aws: SimulatorProcess, client: Client, resources: list[str], denied_resource: str | None
) -> None:
    grant(client, allow("ec2:CreateFlowLogs", resource=resources), allow("logs:CreateLogDelivery"))
    parameters = {**REQUEST, "DryRun": True}
    error = refused(lambda: client("ec2", USER_KEY).create_flow_logs(**parameters))
    if denied_resource is None:
        assert (error["Code"], error["Status"]) == ("DryRunOperation", 412)
    else:
        assert f"perform: ec2:CreateFlowLogs on resource: {denied_resource} because no identity" in error["Message"]


CREATING = allow("ec2:CreateFlowLogs", "logs:CreateLogDelivery")
KEYS_OF_TEAM = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}


@pytest.mark.parametrize(
    ("parameters", "statements", "code"),
    [
        (
            {"TagSpecifications": TAGGED},
            [CREATING, allow("ec2:CreateTags", Condition={"StringEquals": {"ec2:CreateAction": "CreateFlowLogs"}})],
            "DryRunOperation",
        ),
        (
            {"TagSpecifications": TAGGED},
            [CREATING, allow("ec2:CreateTags", Condition={"StringEquals": {"ec2:CreateAction": "RunInstances"}})],
            "UnauthorizedOperation",
        ),
        (
            {"TagSpecifications": TAGGED},
            [CREATING, allow("ec2:CreateTags", Condition={"StringEquals": {"aws:RequestTag/team": "net"}})],
            "DryRunOperation",
        ),
        (
            {"TagSpecifications": TAGGED},
            [CREATING, allow("ec2:CreateTags", Condition={"StringEquals": {"aws:RequestTag/team": "web"}})],
            "UnauthorizedOperation",
        ),
        ({"TagSpecifications": TAGGED}, [CREATING, allow("ec2:CreateTags", Condition=KEYS_OF_TEAM)], "DryRunOperation"),
        ({}, [allow("ec2:*", Condition={"StringEquals": {"ec2:Region": REGION}})], "DryRunOperation"),
        ({}, [allow("ec2:*", Condition={"StringEquals": {"ec2:Region": "us-east-1"}})], "UnauthorizedOperation"),
        ({}, [allow("ec2:*", Condition={"StringEquals": {"aws:RequestedRegion": REGION}})], "DryRunOperation"),
        (
            {},
            [
                allow("ec2:*", resource=arn_of("vpc-flow-log/*")),
                allow("ec2:*", resource=arn_of("vpc/*"), Condition={"StringEquals": {"aws:ResourceTag/env": "prod"}}),
            ],
            "DryRunOperation",
        ),
        (
            {},
            [
                allow("ec2:*", resource=arn_of("vpc-flow-log/*")),
                allow("ec2:*", resource=arn_of("vpc/*"), Condition={"StringEquals": {"ec2:ResourceTag/env": "test"}}),
            ],
            "UnauthorizedOperation",
        ),
    ],
)
def test_conditions_on_request_and_resource(
    aws: SimulatorProcess, client: Client, parameters: dict[str, Any], statements: list[Any], code: str
) -> None:
    grant(client, *statements)
    act = partial(client("ec2", USER_KEY).create_flow_logs, **REQUEST, **parameters, DryRun=True)
    assert refused(act)["Code"] == code


@pytest.mark.parametrize(("value", "code"), [("net", "DryRunOperation"), ("web", "UnauthorizedOperation")])
@pytest.mark.parametrize("operation", ["delete_flow_logs", "create_tags", "delete_tags"])
def test_flow_logs_are_chosen_by_their_tags(
    aws: SimulatorProcess, client: Client, operation: str, value: str, code: str
) -> None:
    grant(client, allow("ec2:*", Condition={"StringEquals": {"aws:ResourceTag/team": value}}))
    tags = {"Resources": [LOG], "Tags": [{"Key": "x", "Value": "y"}]}
    parameters = {"FlowLogIds": [LOG]} if operation == "delete_flow_logs" else tags
    assert refused(lambda: getattr(client("ec2", USER_KEY), operation)(**parameters, DryRun=True))["Code"] == code


@pytest.mark.parametrize(
    ("switch", "code"), [("own_actions", "DryRunOperation"), ("all_actions", "UnauthorizedOperation")]
)
def test_dry_run_and_log_delivery_switch(aws: SimulatorProcess, client: Client, switch: str, code: str) -> None:
    aws.set_switch("dry_run", switch)
    grant(client, allow("ec2:*"))
    for operation, parameters in (("create_flow_logs", REQUEST), ("delete_flow_logs", {"FlowLogIds": [LOG]})):
        act = getattr(client("ec2", USER_KEY), operation)
        assert refused(lambda act=act, parameters=parameters: act(**parameters, DryRun=True))["Code"] == code


def test_a_dry_run_changes_nothing(aws: SimulatorProcess, client: Client) -> None:
    grant(client, EVERYTHING)
    tags = [{"Key": "x", "Value": "y"}]
    user = client("ec2", USER_KEY)
    for act in (
        lambda: user.create_tags(Resources=[LOG], Tags=tags, DryRun=True),
        lambda: user.delete_flow_logs(FlowLogIds=[LOG], DryRun=True),
    ):
        assert refused(act)["Code"] == "DryRunOperation"
    (log,) = client("ec2").describe_flow_logs()["FlowLogs"]
    assert log["Tags"] == [{"Key": "team", "Value": "net"}]


def test_delete_and_log_delivery_switch(aws: SimulatorProcess, client: Client) -> None:
    grant(client, allow("ec2:*"))
    refused(lambda: client("ec2", USER_KEY).delete_flow_logs(FlowLogIds=[LOG]))
    aws.set_switch("delete_log_delivery", "ignored")
    client("ec2", USER_KEY).delete_flow_logs(FlowLogIds=[LOG])


def test_role_for_tag_fields_is_created_once(aws: SimulatorProcess, client: Client) -> None:
    act, actions = CALLS["CreateFlowLogs with tag fields"]
    grant(client, allow(*(one for one in actions if one != "iam:CreateServiceLinkedRole")))
    refused(lambda: act(client))
    client("iam").create_service_linked_role(AWSServiceName="vpc-flow-logs.amazonaws.com")
    # Only the bucket policy, without any grant, blocks the delivery now.
    act(client)


@pytest.mark.parametrize(
    ("actions", "edited"),
    [
        (["s3:GetBucketPolicy", "s3:PutBucketPolicy"], True),
        (["s3:GetBucketPolicy"], False),
        (["s3:PutBucketPolicy"], False),
    ],
)
def test_aws_changes_the_bucket_policy_for_callers_who_may(
    aws: SimulatorProcess, client: Client, actions: list[str], edited: bool
) -> None:
    grant(client, CREATING, allow(*actions, resource=f"arn:aws:s3:::{BUCKET}"))
    answer = client("ec2", USER_KEY).create_flow_logs(**REQUEST)
    assert len(answer["FlowLogIds"]) == edited
    if edited:
        assert "delivery.logs.amazonaws.com" in client("s3").get_bucket_policy(Bucket=BUCKET)["Policy"]
    else:
        assert answer["Unsuccessful"][0]["Error"]["Message"].startswith("Access Denied for LogDestination")
        assert refused(lambda: client("s3").get_bucket_policy(Bucket=BUCKET))["Code"] == "NoSuchBucketPolicy"


@pytest.mark.parametrize(
    ("operation", "resource", "allowed"),
    [
        ("get_bucket_policy_status", f"arn:aws:s3:::{BUCKET}", True),
        ("get_bucket_versioning", f"arn:aws:s3:::{BUCKET}", True),
        ("get_bucket_versioning", f"arn:aws:s3:::{BUCKET}/*", False),
        ("get_bucket_versioning", f"arn:aws:s3:::{BUCKET}-other", False),
    ],
)
def test_bucket_actions_are_allowed_on_buckets(
    aws: SimulatorProcess, client: Client, operation: str, resource: str, allowed: bool
) -> None:
    client("s3").put_bucket_policy(Bucket=BUCKET, Policy=BUCKET_POLICY)
    grant(client, allow("s3:*", resource=resource))
    act = getattr(client("s3", USER_KEY), operation)
    if allowed:
        act(Bucket=BUCKET)
    else:
        action = f's3:GetBucketVersioning on resource: "arn:aws:s3:::{BUCKET}"'
        expected = (
            f"User: {USER_ARN} is not authorized to perform: {action} because no identity-based policy allows the "
        )
        error = refused(lambda: act(Bucket=BUCKET))
        assert error["Message"] == f"{expected}s3:GetBucketVersioning action"
        assert (error["Code"], error["Status"]) == ("AccessDenied", 403)


def test_listing_is_allowed_by_prefix(aws: SimulatorProcess, client: Client) -> None:
    grant(client, allow("s3:ListBucket", Condition={"StringLike": {"s3:prefix": "AWSLogs/*"}}))
    client("s3", USER_KEY).list_objects_v2(Bucket=BUCKET, Prefix="AWSLogs/1/")
    refused(lambda: client("s3", USER_KEY).list_objects_v2(Bucket=BUCKET, Prefix="other/"))


def test_objects_have_their_own_arns(aws: SimulatorProcess, client: Client) -> None:
    grant(client, allow("s3:PutObject", "s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/mine/*"))
    client("s3", USER_KEY).put_object(Bucket=BUCKET, Key="mine/a", Body=b"text")
    assert client("s3", USER_KEY).get_object(Bucket=BUCKET, Key="mine/a")["Body"].read() == b"text"
    refused(lambda: client("s3", USER_KEY).put_object(Bucket=BUCKET, Key="theirs/a", Body=b"text"))


def test_missing_bucket_is_reported_to_every_caller(aws: SimulatorProcess, client: Client) -> None:
    error = refused(lambda: client("s3", USER_KEY).get_bucket_policy(Bucket="nowhere-at-all"))
    assert (error["Code"], error["Status"]) == ("NoSuchBucket", 404)
    assert refused(lambda: client("s3", USER_KEY).head_bucket(Bucket="nowhere-at-all"))["Status"] == 404


def test_a_bucket_policy_may_allow_and_deny_in_its_account(aws: SimulatorProcess, client: Client) -> None:
    arn = f"arn:aws:s3:::{BUCKET}"
    user = client("s3", USER_KEY)

    def policy(*statements: Mapping[str, Any]) -> None:
        client("s3").put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document(*statements)))

    granting = allow("s3:GetBucketVersioning", resource=arn, Principal={"AWS": USER_ARN})
    policy(granting)
    user.get_bucket_versioning(Bucket=BUCKET)
    policy(granting, {**granting, "Effect": "Deny"})
    message = refused(lambda: user.get_bucket_versioning(Bucket=BUCKET))["Message"]
    assert message.endswith("with an explicit deny in a resource-based policy")


def test_a_bucket_of_another_account_needs_its_policy_too(aws: SimulatorProcess, client: Client) -> None:
    arn = f"arn:aws:s3:::{OTHER_BUCKET}"
    user = client("s3", USER_KEY)
    grant(client, allow("s3:*"))
    assert refused(lambda: user.get_bucket_versioning(Bucket=OTHER_BUCKET))["Message"] == "Access Denied"
    statement = allow("s3:GetBucketVersioning", "s3:PutBucketPolicy", resource=arn, Principal={"AWS": ACCOUNT})
    text = json.dumps(document(statement))
    client("s3", OWNER_KEY).put_bucket_policy(Bucket=OTHER_BUCKET, Policy=text)
    user.get_bucket_versioning(Bucket=OTHER_BUCKET)
    # Only callers of its own account may change its policy.
    assert refused(lambda: user.put_bucket_policy(Bucket=OTHER_BUCKET, Policy=text))["Status"] == 405
    grant(client, allow("none:None"))
    assert refused(lambda: user.put_bucket_policy(Bucket=OTHER_BUCKET, Policy=text))["Status"] == 403


@pytest.mark.parametrize(
    ("principal", "statements", "allowed"),
    [
        (f"arn:aws:iam::{ACCOUNT}:root", [allow("kms:DescribeKey", resource=KEY)], True),
        (f"arn:aws:iam::{ACCOUNT}:root", [], False),
        (USER_ARN, [], True),
        (OTHER, [allow("kms:DescribeKey")], False),
    ],
)
def test_a_key_policy_decides_whether_policies_of_the_account_count(
    aws: SimulatorProcess, client: Client, principal: str, statements: list[Any], allowed: bool
) -> None:
    text = json.dumps(document(allow("kms:*", Principal={"AWS": principal})))
    client("kms").put_key_policy(KeyId=KEY_ID, PolicyName="default", Policy=text, BypassPolicyLockoutSafetyCheck=True)
    grant(client, allow("none:None"), *statements)
    act = partial(client("kms", USER_KEY).describe_key, KeyId=KEY_ID)
    if allowed:
        act()
        return
    error = refused(act)
    assert (error["Code"], error["Status"]) == ("AccessDeniedException", 400)
    kind = "identity-based" if principal.endswith("root") else "resource-based"
    assert error["Message"] == (
        f"User: {USER_ARN} is not authorized to perform: kms:DescribeKey on resource: {KEY} "
        f"because no {kind} policy allows the kms:DescribeKey action"
    )


def test_a_key_of_another_account_needs_both_policies(aws: SimulatorProcess, client: Client) -> None:
    key = f"arn:aws:kms:{REGION}:{OTHER}:key/{OTHER_KEY_ID}"
    act = partial(client("kms", USER_KEY).describe_key, KeyId=key)
    grant(client, allow("kms:*"))
    unknown = f"{key[:-1]}3"
    for name, call in ((key, act), (unknown, lambda: client("kms", USER_KEY).describe_key(KeyId=unknown))):
        error = refused(call)
        assert "on this resource because the resource does not exist in this Region" in error["Message"], name
    own = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})
    text = json.dumps(document(own, allow("kms:DescribeKey", Principal={"AWS": ACCOUNT})))
    client("kms", OWNER_KEY).put_key_policy(KeyId=OTHER_KEY_ID, PolicyName="default", Policy=text)
    act()
    grant(client, allow("none:None"))
    refused(act)


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/team/publisher", True),
        (f"arn:aws:iam::{ACCOUNT}:role/publisher", False),
        (f"arn:aws:iam::{ACCOUNT}:user/*", False),
    ],
)
def test_iam_actions_are_allowed_on_arns_with_paths(
    aws: SimulatorProcess, client: Client, resource: str, allowed: bool
) -> None:
    grant(client, allow("iam:*", resource=resource))
    act = partial(client("iam", USER_KEY).get_role, RoleName="publisher")
    if allowed:
        act()
        return
    message = f"User: {USER_ARN} is not authorized to perform: iam:GetRole on resource: {ROLE_ARN} because no identity"
    error = refused(act)
    assert (error["Code"], error["Status"]) == ("AccessDenied", 403)
    assert error["Message"].startswith(message)


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [("arn:aws:s3:::${aws:username}-logs", False), ("arn:aws:s3:::example-${aws:PrincipalType}", False),
     ("arn:aws:s3:::*${*}", False), (f"arn:aws:s3:::{BUCKET[:-4]}????", True)],
)  # fmt: skip
def test_resources_may_have_variables_and_wildcards(
    aws: SimulatorProcess, client: Client, resource: str, allowed: bool
) -> None:
    grant(client, allow("s3:GetBucketVersioning", resource=resource))
    act = partial(client("s3", USER_KEY).get_bucket_versioning, Bucket=BUCKET)
    if allowed:
        act()
    else:
        refused(act)


def test_a_variable_stands_for_the_caller(aws: SimulatorProcess, client: Client) -> None:
    grant(client, allow("iam:GetUser", resource=f"arn:aws:iam::{ACCOUNT}:user/team/${{aws:username}}"))
    assert client("iam", USER_KEY).get_user()["User"]["UserName"] == "tester"


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/team/*"}},
        {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}, "Bool": {"aws:SecureTransport": "true"}},
        {"StringLike": {"aws:userid": "AIDA*"}},
    ],
)
def test_conditions_on_the_caller(aws: SimulatorProcess, client: Client, condition: dict[str, Any]) -> None:
    grant(client, allow("ec2:DescribeVpcs", Condition=condition))
    client("ec2", USER_KEY).describe_vpcs()


@pytest.mark.parametrize("key", ["aws:PrincipalTag/team", "aws:PrincipalOrgID"])
def test_conditions_on_tags_and_organization_of_the_caller(aws: SimulatorProcess, client: Client, key: str) -> None:
    organization = "o-a1b2c3d4e5"
    grant(client, allow("ec2:DescribeVpcs", Condition={"StringEquals": {key: organization}}))
    refused(client("ec2", USER_KEY).describe_vpcs)
    client("iam").tag_user(UserName="tester", Tags=[{"Key": "team", "Value": organization}])
    aws.seed({"accounts": {ACCOUNT: {"organization": organization}}})
    client("ec2", USER_KEY).describe_vpcs()


def test_tags_of_a_role_are_those_of_its_sessions(aws: SimulatorProcess, client: Client) -> None:
    grant(client, allow("sts:AssumeRole"))
    text = json.dumps(document(allow("ec2:DescribeVpcs", Condition={"StringEquals": {"aws:PrincipalTag/team": "net"}})))
    client("iam").put_role_policy(RoleName="publisher", PolicyName="a", PolicyDocument=text)
    session = assumed(client, ROLE_ARN)
    refused(client("ec2", *session).describe_vpcs)
    client("iam").tag_role(RoleName="publisher", Tags=[{"Key": "team", "Value": "net"}])
    client("ec2", *session).describe_vpcs()


@pytest.mark.parametrize("switch", ["opaque", "named"])
def test_switch_for_errors_of_actions_on_behalf(aws: SimulatorProcess, client: Client, switch: str) -> None:
    aws.set_switch("denial_on_behalf", switch)
    grant(client, allow("ec2:*"))
    message = refused(lambda: client("ec2", USER_KEY).create_flow_logs(**REQUEST))["Message"]
    assert ("logs:CreateLogDelivery" in message) is (switch == "named")


# -- decoding ---------------------------------------------------------------------------------------------------------


def test_encoded_message_can_be_decoded_with_permission(aws: SimulatorProcess, client: Client) -> None:
    deny = {"Sid": "Never", "Effect": "Deny", "Action": "ec2:CreateFlowLogs", "Resource": arn_of("vpc/*")}
    grant(client, allow("ec2:*"), deny)
    message = refused(lambda: client("ec2", USER_KEY).create_flow_logs(**REQUEST))["Message"]
    pattern = re.escape(
        f"You are not authorized to perform this operation. User: {USER_ARN} is not authorized to perform: "
        f"ec2:CreateFlowLogs on resource: {arn_of(f'vpc/{VPC}')} with an explicit deny in an identity-based policy. "
        "Encoded authorization failure message: "
    )
    encoded = re.fullmatch(pattern + r"([A-Za-z0-9_=-]+)", message)
    assert encoded is not None

    def decode(key: str) -> dict[str, Any]:
        text = client("sts", key).decode_authorization_message(EncodedMessage=encoded[1])["DecodedMessage"]
        return json.loads(text)

    assert "sts:DecodeAuthorizationMessage because no identity" in refused(lambda: decode(USER_KEY))["Message"]
    grant(client, allow("sts:DecodeAuthorizationMessage"))
    decoded = decode(USER_KEY)
    assert decoded == decode(DEFAULT_ACCESS_KEY)
    assert (decoded["allowed"], decoded["explicitDeny"]) == (False, True)
    (matched,) = decoded["matchedStatements"]["items"]
    assert (matched["statementId"], matched["effect"]) == ("Never", "DENY")
    context = decoded["context"]
    assert context["principal"]["arn"] == USER_ARN
    assert context["principal"]["name"] == "tester"
    assert (context["action"], context["resource"]) == ("ec2:CreateFlowLogs", arn_of(f"vpc/{VPC}"))
    conditions = {item["key"]: item["values"]["items"] for item in context["conditions"]["items"]}
    assert conditions["ec2:Region"] == [{"value": REGION}]


def test_other_texts_are_not_decoded(aws: SimulatorProcess, client: Client) -> None:
    error = refused(lambda: client("sts").decode_authorization_message(EncodedMessage="bm9uZQ=="))
    assert (error["Code"], error["Status"]) == ("InvalidAuthorizationMessageException", 400)


# -- switch on and off --------------------------------------------------------------------------------------------------


def test_nothing_is_enforced_by_default(simulator: SimulatorProcess, client: Client) -> None:
    simulator.seed(FLEET)
    assert not simulator.enforced()
    client("ec2", USER_KEY).describe_vpcs()
    simulator.enforce()
    refused(client("ec2", USER_KEY).describe_vpcs)
    simulator.enforce(False)
    client("ec2", USER_KEY).describe_vpcs()


def test_a_reset_ends_enforcement_and_organization_policies(aws: SimulatorProcess, client: Client) -> None:
    aws.seed({"accounts": {ACCOUNT: {"organization_policy": document()}}})
    refused(client("ec2").describe_vpcs)
    aws.reset()
    assert not aws.enforced()
    aws.enforce()
    client("ec2").describe_vpcs()


def test_a_simulator_started_to_enforce_does_so_after_a_reset() -> None:
    with SimulatorProcess(enforce=True) as process:
        assert process.enforced()
        process.enforce(False)
        assert not process.enforced()
        process.reset()
        assert process.enforced()


@pytest.mark.parametrize("content", [{}, {"enforce": "yes"}, {"enforce": True, "more": 1}])
def test_enforcement_is_on_or_off(simulator: SimulatorProcess, content: Any) -> None:
    with pytest.raises(SimulatorError, match="true or false"):
        simulator._ask("PUT", "enforcement", content)
