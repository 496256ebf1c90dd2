# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources in the simulator and module options that exercise everything that each module does."""

from __future__ import annotations

import json
from typing import Any
from typing import Dict
from typing import List
from typing import Mapping


from tests.integration.support.aws_clients import aws_client as client
from tests.integration.support.in_process import succeed
from tests.simulator.client import SimulatorProcess

ACCOUNT, OTHER = "123456789012", "444455556666"
VPC, BUCKET = "vpc-0a000000000000001", "example-logs"
SUBNET, INTERFACE = "subnet-0a000000000000001", "eni-0a000000000000001"
GATEWAY, ATTACHMENT = "tgw-0a000000000000001", "tgw-attach-0a000000000000001"
DESTINATION = f"arn:aws:s3:::{BUCKET}/network/"
DELIVERY = {"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}, "Action": "*", "Resource": "*"}
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
ENCRYPTS = {"KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT"}


def comparable(result: Dict[str, Any]) -> Dict[str, Any]:
    """Return the part of a result that depends on AWS, without given options and the start of the delivery check."""
    read = json.loads(json.dumps({key: value for key, value in result.items() if key != "invocation"}))
    for flow_log in read.get("flow_logs", []):
        flow_log.get("delivery", {}).pop("since", None)
    return read


def policy(*statements: Dict[str, Any]) -> Dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


WRITABLE = policy({**DELIVERY, "Action": "s3:*", "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]})
SEED = {
    "accounts": {
        ACCOUNT: {
            "regions": {
                "eu-west-1": {
                    "vpcs": [
                        {"id": VPC, "name": "shop", "subnets": [{"id": SUBNET, "interfaces": [{"id": INTERFACE}]}]}
                    ],
                    "transit_gateways": [{"id": GATEWAY, "attachments": [{"id": ATTACHMENT, "vpc": "shop"}]}],
                }
            },
            "buckets": [
                {"name": BUCKET, "region": "eu-west-1", "policy": WRITABLE},
                {"name": "bare-logs", "region": "eu-west-1"},
            ],
        }
    }
}
PUBLISHED = {"resource_ids": [VPC], "destination": DESTINATION, "tags": {"team": "net"}}
#: One field for each ECS list that the caller must be allowed to read.
ECS_FIELDS = [
    "ecs-cluster-name",
    "ecs-container-instance-id",
    "ecs-service-name",
    "ecs-task-definition-arn",
    "ecs-task-id",
]
TAG_FIELDS = {
    "log_format": ["interface-id", "instance-tag", "asg-tag", *ECS_FIELDS],
    "tag_field_specifications": [
        {"resource_type": "instance", "tag_keys": ["env"]},
        {"resource_type": "auto-scaling-group", "tag_keys": ["env"]},
    ],
}
ALIAS = "alias/flow-logs"
#: Module -> the options of its runs, which together cover everything that it does.
RUNS: Mapping[str, List[Dict[str, Any]]] = {
    "s3_flow_log": [
        PUBLISHED,
        {**PUBLISHED, "tags": {"owner": "net"}},
        {**PUBLISHED, "tags": {"owner": "net"}, "traffic_type": "REJECT"},
        {**PUBLISHED, **TAG_FIELDS, "replace": "delete_first"},
        {**PUBLISHED, "state": "absent"},
        *({**PUBLISHED, "resource_ids": [target]} for target in (SUBNET, INTERFACE, GATEWAY, ATTACHMENT)),
    ],
    "s3_flow_log_info": [{}, {"delivery": True}],
    "flow_log_bucket_policy": [{"bucket": "bare-logs"}, {"bucket": "bare-logs", "state": "absent"}],
    "flow_log_key_policy": [{"key_id": ALIAS}, {"key_id": ALIAS, "state": "absent"}],
    "flow_log_destination_info": [{"destination": DESTINATION}, {"destination": DESTINATION, "account_ids": [OTHER]}],
    "flow_log_permissions_info": [
        {"principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/reporter/somebody", "operations": ["read"]}
    ],
}
#: Modules that need existing flow logs: a run of s3_flow_log creates them first.
_NEEDS_FLOW_LOGS = {"s3_flow_log_info"}


def make_world(simulator: SimulatorProcess) -> List[str]:
    """Create a VPC, a bucket and key that log delivery may use, and a bucket and key without any grant.

    Also create a role with a path, whose sessions call AWS.

    :returns: the ARNs of the two keys.
    """
    simulator.seed(SEED)
    kms, s3 = client(simulator, "kms"), client(simulator, "s3")
    usable = kms.create_key(Policy=json.dumps(policy(ROOT, DELIVERY)), **ENCRYPTS)["KeyMetadata"]["Arn"]
    bare = kms.create_key(Policy=json.dumps(policy(ROOT)), **ENCRYPTS)["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName=ALIAS, TargetKeyId=bare)
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": usable}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=rules)
    client(simulator, "iam").create_role(RoleName="reporter", Path="/team/", AssumeRolePolicyDocument="{}")
    return [usable, bare]


def prepared(aws: SimulatorProcess, name: str) -> SimulatorProcess:
    """Create the flow logs that a module needs, and empty the call log."""
    if name in _NEEDS_FLOW_LOGS:
        succeed(aws.url, "s3_flow_log", PUBLISHED)
    aws.clear_calls()
    return aws


def play(*tasks: Dict[str, Any]) -> List[Dict[str, Any]]:
    defaults = {"group/flowlogs.aws.aws": {"region": "eu-west-1"}}
    return [{"name": "Test", "hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}]


def bucket_tasks(simulator: SimulatorProcess) -> List[Dict[str, Any]]:
    """Two tasks: a new bucket with all required settings, and an existing bucket with different ones."""
    client(simulator, "s3").delete_public_access_block(Bucket=BUCKET)
    client(simulator, "s3").delete_bucket_ownership_controls(Bucket=BUCKET)
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    asked = {
        "public_access": dict.fromkeys(names, True),
        "object_ownership": "BucketOwnerEnforced",
        "encryption": "AES256",
        "tags": {"team": "net"},
    }
    return [
        {"name": f"Bucket {name}", "amazon.aws.s3_bucket": {**asked, "name": name}} for name in ("new-logs", BUCKET)
    ]


def policy_tasks(simulator: SimulatorProcess) -> List[Dict[str, Any]]:
    """One task for each kind of principal, each with an existing inline policy."""
    iam = client(simulator, "iam")
    document = json.dumps(policy({"Effect": "Allow", "Action": "ec2:DescribeVpcs", "Resource": "*"}))
    iam.create_user(UserName="ops")
    iam.put_user_policy(UserName="ops", PolicyName="old", PolicyDocument=document)
    iam.create_group(GroupName="ops")
    iam.put_group_policy(GroupName="ops", PolicyName="old", PolicyDocument=document)
    iam.create_role(RoleName="ops", AssumeRolePolicyDocument="{}")
    iam.put_role_policy(RoleName="ops", PolicyName="old", PolicyDocument=document)
    granted = "{{ 'reading' | flowlogs.aws.flow_log_permissions_policies | first }}"
    asked = {"iam_name": "ops", "policy_name": "new", "policy_json": granted}
    return [
        {"name": f"Policy of a {kind}", "amazon.aws.iam_policy": {**asked, "iam_type": kind}}
        for kind in ("user", "group", "role")
    ]
