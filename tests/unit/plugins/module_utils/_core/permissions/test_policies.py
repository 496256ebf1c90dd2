# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies allow exactly what the operations need."""

from __future__ import annotations

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import OPTIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import OPERATIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import POLICIES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import WITH
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import actions_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies
from tests.permission_documents import permissions_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from tests.simulator.policy_actions import suits_none

ACCOUNT = "111122223333"
BUCKET = "arn:aws-us-gov:s3:::central"
KEY = f"arn:aws-us-gov:kms:us-gov-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = f"arn:aws-us-gov:iam::{ACCOUNT}:role/network/flow-logs"
GOV = {"partition": "aws-us-gov", "account_id": ACCOUNT}
#: ARNs that a named policy requires.
REQUIRED = {
    "bucket_owner": {"buckets": [BUCKET]},
    "creating_buckets": {"buckets": [BUCKET]},
    "attaching_policies": {"principals": [ROLE]},
    "checking_permissions": {"principals": [ROLE]},
}
#: Actions that check whether a bucket can receive flow logs, without reading its policy.
CHECKS = (
    "s3:ListBucket",
    "s3:GetEncryptionConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketPublicAccessBlock",
)
#: Prefixes of actions that only read.
READS = ("Describe", "Get", "List")


def grants(policy: dict) -> dict[str, set[str]]:
    """Return the resources on which a policy allows each action unconditionally."""
    found: dict[str, set[str]] = {}
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        assert "Condition" not in statement
        for action in statement["Action"]:
            found.setdefault(action, set()).update(statement["Resource"])
    return found


#: Resources that are described before a flow log is created.
DESCRIBED = ("Vpcs", "Subnets", "NetworkInterfaces", "TransitGateways", "TransitGatewayAttachments")
LOOKS: dict[str, set[str]] = {f"ec2:Describe{name}": {"*"} for name in DESCRIBED}


def test_policy_for_publishing() -> None:
    base = f"arn:aws-us-gov:ec2:*:{ACCOUNT}"
    targets = ["vpc", "subnet", "network-interface", "natgateway", "transit-gateway", "transit-gateway-attachment"]
    flow_log = {f"{base}:vpc-flow-log/*"}
    assert grants(permissions_policy("publishing", buckets=[BUCKET], keys=[KEY], **GOV)) == {
        "ec2:DescribeFlowLogs": {"*"},
        **LOOKS,
        "ec2:CreateFlowLogs": flow_log | {f"{base}:{target}/*" for target in targets},
        "ec2:CreateTags": flow_log,
        "ec2:DeleteTags": flow_log,
        "ec2:DeleteFlowLogs": flow_log,
        "logs:CreateLogDelivery": {"*"},
        "logs:DeleteLogDelivery": {"*"},
        "s3:GetBucketPolicy": {BUCKET},
        "s3:PutBucketPolicy": {BUCKET},
        "s3:DeleteBucketPolicy": {BUCKET},
        **dict.fromkeys(CHECKS, {BUCKET}),
        "kms:DescribeKey": {KEY},
        "kms:GetKeyPolicy": {KEY},
        "kms:PutKeyPolicy": {KEY},
    }


def test_policy_for_log_delivery_alone() -> None:
    assert permissions_policy("log_delivery") == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "FlowLogsEverywhere",
                "Effect": "Allow",
                "Action": ["logs:CreateLogDelivery", "logs:DeleteLogDelivery"],
                "Resource": ["*"],
            }
        ],
    }


def test_policy_for_reading() -> None:
    assert grants(permissions_policy("reading")) == {"ec2:DescribeFlowLogs": {"*"}, **LOOKS}
    assert grants(permissions_policy("reading", buckets=[BUCKET], keys=[KEY], principals=[ROLE], **GOV)) == {
        "ec2:DescribeFlowLogs": {"*"},
        **LOOKS,
        "s3:GetBucketPolicy": {BUCKET},
        **dict.fromkeys(CHECKS, {BUCKET}),
        "kms:DescribeKey": {KEY},
        "kms:GetKeyPolicy": {KEY},
        "iam:ListRolePolicies": {ROLE},
        "iam:GetRolePolicy": {ROLE},
    }


@pytest.mark.parametrize(
    "operations",
    [
        POLICIES["reading"] + tuple(name for more in WITH.values() for name in more["reading"]),
        ("check_destination", "check_destination_key", "delivery_check", "read_bucket_policy", "read_key_policy"),
    ],
)
def test_read_operations_need_no_action_that_changes_something(operations: tuple[str, ...]) -> None:
    assert [action for action in actions_of(operations) if not action.split(":")[1].startswith(READS)] == []


def test_tag_fields_need_the_service_linked_role() -> None:
    found = grants(permissions_policy(["tag_fields"], account_id=ACCOUNT))
    role = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/vpc-flow-logs.amazonaws.com/*"
    assert found == {
        "autoscaling:DescribeTags": {"*"},
        "ec2:DescribeTags": {"*"},
        "iam:CreateServiceLinkedRole": {role},
    }


def test_ecs_fields_need_lists_of_ecs_only() -> None:
    found = grants(permissions_policy(["ecs_fields", "ecs_task_fields"], account_id=ACCOUNT))
    assert found == {"ecs:ListClusters": {"*"}, "ecs:ListTasks": {"*"}}


def test_targets_of_one_type_in_one_region() -> None:
    found = grants(permissions_policy(["create"], account_id=ACCOUNT, region="eu-west-1", resource_types=["Subnet"]))
    base = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"
    assert found["ec2:CreateFlowLogs"] == {f"{base}:subnet/*", f"{base}:vpc-flow-log/*"}


def test_several_accounts_and_regions() -> None:
    found = grants(
        permissions_policy(["delete"], account_id=[ACCOUNT, "444455556666"], region=["eu-west-1", "us-east-2"])
    )
    assert found["ec2:DeleteFlowLogs"] == {
        f"arn:aws:ec2:{region}:{account}:vpc-flow-log/*"
        for region in ("eu-west-1", "us-east-2")
        for account in (ACCOUNT, "444455556666")
    }
    any_region = permissions_policy(["delete"], account_id=ACCOUNT, region=["eu-west-1", "*"])
    assert any_region == permissions_policy(["delete"], account_id=ACCOUNT)


def test_a_type_without_published_arn_allows_creation_on_all_resources() -> None:
    assert grants(permissions_policy(["create"], resource_types=["CoreNetwork"]))["ec2:CreateFlowLogs"] == {"*"}


def test_tags_at_creation_alone_are_limited_to_creation() -> None:
    (statement,) = permissions_policy(["tag_at_create"], account_id=ACCOUNT)["Statement"]
    assert statement == {
        "Sid": "FlowLogTagsAtCreation",
        "Effect": "Allow",
        "Action": ["ec2:CreateTags"],
        "Resource": [f"arn:aws:ec2:*:{ACCOUNT}:vpc-flow-log/*"],
        "Condition": {"StringEquals": {"ec2:CreateAction": "CreateFlowLogs"}},
    }


def test_only_flow_logs_with_certain_tags_may_be_changed_and_new_ones_be_tagged() -> None:
    policy = permissions_policy("publishing", account_id=ACCOUNT, flow_log_tags={"team": "network", "env": "prod"})
    conditions = {statement["Sid"]: statement.get("Condition") for statement in policy["Statement"]}
    tagged = {"StringEquals": {"aws:ResourceTag/env": "prod", "aws:ResourceTag/team": "network"}}
    assert conditions == {
        "FlowLogsEverywhere": None,
        "FlowLogCreation": None,
        "FlowLogTagsAtCreation": {"StringEquals": {"ec2:CreateAction": "CreateFlowLogs"}},
        "FlowLogs": tagged,
    }


def test_principals_by_their_kind() -> None:
    user = f"arn:aws:iam::{ACCOUNT}:user/ops"
    role = f"arn:aws:iam::{ACCOUNT}:role/path/flow-logs"
    assert grants(permissions_policy(["attach_policy"], principals=[user, role])) == {
        **dict.fromkeys(["iam:GetUserPolicy", "iam:ListUserPolicies", "iam:PutUserPolicy"], {user}),
        **dict.fromkeys(["iam:GetRolePolicy", "iam:ListRolePolicies", "iam:PutRolePolicy"], {role}),
    }


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("resource_types", [None, list(RESOURCE_TYPES)])
def test_an_inline_policy_of_a_user_is_long_enough(name: str, resource_types: list[str] | None) -> None:
    where = {**GOV, "region": "us-gov-east-1", "resource_types": resource_types, **REQUIRED.get(name, {})}
    if name in WITH["buckets"]:
        where["buckets"] = [f"arn:aws-us-gov:s3:::{'b' * 60}{number}" for number in range(3)]
    assert permissions_policies(name, "user", **where) == [permissions_policy(name, **where)]


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ({"selection": "everything"}, "operations"),
        ({"selection": ["create", "fly"]}, "operations"),
        ({"selection": []}, "operations"),
        ({"selection": "reading", "partition": "azure"}, "partition"),
        ({"selection": "reading", "account_id": "1"}, "account_id"),
        ({"selection": "reading", "account_id": []}, "account_id"),
        ({"selection": "reading", "region": ["eu-west-1", "Ireland"]}, "region"),
        ({"selection": "reading", "region": ["eu-west-1", "cn-north-1"]}, "region"),
        ({"selection": "reading", "buckets": ["arn:aws:s3:::central/folder"]}, "buckets"),
        ({"selection": "reading", "buckets": ["arn:aws:s3:::*"]}, "buckets"),
        ({"selection": "reading", "buckets": [BUCKET]}, "buckets"),
        ({"selection": "reading", "keys": ["arn:aws:kms:eu-west-1:111122223333:alias/flow-logs"]}, "keys"),
        ({"selection": ["bucket_policy"]}, "buckets"),
        ({"selection": ["key_policy"]}, "keys"),
        ({"selection": ["attach_policy"]}, "principals"),
        ({"selection": ["attach_policy"], "principals": ["arn:aws:sts::111122223333:assumed-role/a/b"]}, "principals"),
        ({"selection": ["read"], "buckets": ["arn:aws:s3:::central"]}, "buckets"),
        ({"selection": "publishing", "resource_types": ["Host"]}, "resource_types"),
        ({"selection": "publishing", "flow_log_tags": {"team": "${aws:username}"}}, "flow_log_tags"),
    ],
)
def test_input_error_names_the_option(arguments: dict, option: str) -> None:
    with pytest.raises(InputError) as caught:
        permissions_policy(**arguments)
    assert caught.value.option == option


@pytest.mark.parametrize(
    ("where", "partition"),
    [
        ({}, "aws"),
        ({"region": "eu-west-1"}, "aws"),
        ({"region": ["cn-north-1", "cn-northwest-1"]}, "aws-cn"),
        ({"region": "us-gov-west-1"}, "aws-us-gov"),
        ({"region": "us-gov-west-1", "partition": "aws-us-gov"}, "aws-us-gov"),
        ({"partition": "aws-cn"}, "aws-cn"),
    ],
)
def test_arns_belong_to_the_partition_of_the_regions(where: dict, partition: str) -> None:
    """By default; ``partition`` can also be given."""
    arns = {arn for found in grants(permissions_policy("publishing", **where)).values() for arn in found} - {"*"}
    assert {arn.split(":")[1] for arn in arns} == {partition}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_a_policy_of_its_own(name: str) -> None:
    user, group = (ROLE.replace(":role/", f":{kind}/") for kind in ("user", "group"))
    arns = {"buckets": [BUCKET], "keys": [KEY], "principals": [user, group, ROLE]}
    kinds = {OPTIONS.get(kind) for need in OPERATIONS[name] for kind in need.resources}
    policy = permissions_policy([name], **GOV, **{option: arns[option] for option in arns if option in kinds})
    granted = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert granted == actions_of([name])


def test_s3_actions_exist_and_apply_to_buckets() -> None:
    """AWS accepts a misspelled action in a policy, so they are compared with those of the simulator."""
    actions = [action for action in actions_of(OPERATIONS) if action.startswith("s3:")]
    assert [action for action in actions if not suits_none(action, ["arn:aws:s3:::bucket/key"])] == []
    assert [action for action in actions if suits_none(action, ["arn:aws:s3:::bucket"])] == []
