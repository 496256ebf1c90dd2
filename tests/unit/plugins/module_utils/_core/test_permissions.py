# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies grant what the work needs and no more."""

from __future__ import annotations

import itertools
import json

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions import OPERATIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions import POLICIES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions import permissions_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.resource_types import RESOURCE_TYPES

ACCOUNT = "111122223333"
BUCKET = "arn:aws-us-gov:s3:::central"
#: Characters of all inline policies of a user together; a group and a role may have more (IAM User Guide, quotas).
USER_LIMIT = 2048


def grants(policy: dict) -> dict[str, set[str]]:
    """On which resources a policy allows each action."""
    found: dict[str, set[str]] = {}
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            found.setdefault(action, set()).update(statement["Resource"])
    return found


def test_policy_for_publishing() -> None:
    base = f"arn:aws-us-gov:ec2:*:{ACCOUNT}"
    targets = ["vpc", "subnet", "network-interface", "natgateway", "transit-gateway", "transit-gateway-attachment"]
    flow_log = {f"{base}:vpc-flow-log/*"}
    assert grants(permissions_policy("publishing", "aws-us-gov", ACCOUNT, buckets=[BUCKET])) == {
        "ec2:DescribeFlowLogs": {"*"},
        "ec2:CreateFlowLogs": flow_log | {f"{base}:{target}/*" for target in targets},
        "ec2:CreateTags": flow_log,
        "ec2:DeleteTags": flow_log,
        "ec2:DeleteFlowLogs": flow_log,
        "logs:CreateLogDelivery": {"*"},
        "logs:DeleteLogDelivery": {"*"},
        "s3:GetBucketPolicy": {BUCKET},
        "s3:PutBucketPolicy": {BUCKET},
        "s3:DeleteBucketPolicy": {BUCKET},
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


def test_policy_for_reading_writes_nothing() -> None:
    assert grants(permissions_policy("reading")) == {"ec2:DescribeFlowLogs": {"*"}}


def test_tag_fields_need_the_service_linked_role() -> None:
    found = grants(permissions_policy(["tag_fields"], account_id=ACCOUNT))
    role = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/vpc-flow-logs.amazonaws.com/*"
    assert found == {
        "autoscaling:DescribeTags": {"*"},
        "ec2:DescribeTags": {"*"},
        "iam:CreateServiceLinkedRole": {role},
    }


def test_targets_of_one_type_in_one_region() -> None:
    found = grants(permissions_policy(["create"], account_id=ACCOUNT, region="eu-west-1", resource_types=["Subnet"]))
    base = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"
    assert found["ec2:CreateFlowLogs"] == {f"{base}:subnet/*", f"{base}:vpc-flow-log/*"}


def test_a_type_without_published_arn_widens_creation() -> None:
    assert grants(permissions_policy(["create"], resource_types=["CoreNetwork"]))["ec2:CreateFlowLogs"] == {"*"}


@pytest.mark.parametrize("count", range(1, len(OPERATIONS) + 1))
def test_every_combination_is_a_valid_document(count: int) -> None:
    for operations in itertools.combinations(OPERATIONS, count):
        policy = permissions_policy(list(operations), account_id=ACCOUNT, buckets=["arn:aws:s3:::central"])
        sids = [statement["Sid"] for statement in policy["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(sid.isalnum() for sid in sids)
        wanted = {permission.action for name in operations for permission in OPERATIONS[name]}
        assert set(grants(policy)) >= wanted


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("resource_types", [None, list(RESOURCE_TYPES)])
def test_a_user_has_room_for_it(name: str, resource_types: list[str] | None) -> None:
    buckets = [f"arn:aws-us-gov:s3:::{'b' * 60}{number}" for number in range(3)]
    policy = permissions_policy(name, "aws-us-gov", ACCOUNT, "us-gov-east-1", resource_types, buckets)
    assert len(json.dumps(policy, separators=(",", ":"))) <= USER_LIMIT


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ({"wanted": "everything"}, "operations"),
        ({"wanted": ["create", "fly"]}, "operations"),
        ({"wanted": "reading", "account_id": "1"}, "account_id"),
        ({"wanted": "reading", "buckets": ["arn:aws:s3:::central/folder"]}, "buckets"),
        ({"wanted": "reading", "buckets": ["arn:aws:s3:::*"]}, "buckets"),
        ({"wanted": ["bucket_policy"]}, "buckets"),
        ({"wanted": "publishing", "resource_types": ["Host"]}, "resource_types"),
    ],
)
def test_bad_input_is_named(arguments: dict, option: str) -> None:
    with pytest.raises(InputError) as caught:
        permissions_policy(**arguments)
    assert caught.value.option == option
