# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which permissions the work needs, and the least policy that grants them. PRIVATE to this collection.

Sources: Service Authorization Reference (Amazon EC2, Amazon CloudWatch Logs, Amazon S3); VPC User Guide, "Amazon S3
bucket permissions for flow logs"; CloudWatch Logs User Guide, "Logs sent to Amazon S3"; the handler permissions of the
CloudFormation resource AWS::EC2::FlowLog.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from typing import Dict
from typing import Iterable
from typing import List
from typing import Mapping
from typing import Optional
from typing import Sequence
from typing import Set
from typing import Tuple

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.resource_types import RESOURCE_TYPES

POLICY_VERSION = "2012-10-17"

_FLOW_LOG = "vpc-flow-log"
_EVERYTHING = "*"
_TARGETS = "targets"
_BUCKETS = "buckets"
_LINKED_ROLE = "service-linked role"

#: Service Authorization Reference, CreateFlowLogs: the resource part of a target's ARN. Cloud WAN's is not published.
_TARGET_RESOURCES: Mapping[str, str] = {
    "VPC": "vpc",
    "Subnet": "subnet",
    "NetworkInterface": "network-interface",
    "RegionalNatGateway": "natgateway",
    "TransitGateway": "transit-gateway",
    "TransitGatewayAttachment": "transit-gateway-attachment",
}


@dataclass(frozen=True)
class Permission:
    """One action, and on which kinds of resource it is needed."""

    action: str
    resources: Tuple[str, ...]


#: What is done, and which permissions that takes.
OPERATIONS: Mapping[str, Tuple[Permission, ...]] = {
    "read": (Permission("ec2:DescribeFlowLogs", (_EVERYTHING,)),),
    "create": (
        Permission("ec2:CreateFlowLogs", (_FLOW_LOG, _TARGETS)),
        Permission("logs:CreateLogDelivery", (_EVERYTHING,)),
    ),
    "tag": (Permission("ec2:CreateTags", (_FLOW_LOG,)), Permission("ec2:DeleteTags", (_FLOW_LOG,))),
    "delete": (
        Permission("ec2:DeleteFlowLogs", (_FLOW_LOG,)),
        Permission("logs:DeleteLogDelivery", (_EVERYTHING,)),
    ),
    "tag_fields": (
        Permission("autoscaling:DescribeTags", (_EVERYTHING,)),
        Permission("ec2:DescribeTags", (_EVERYTHING,)),
        Permission("iam:CreateServiceLinkedRole", (_LINKED_ROLE,)),
    ),
    "bucket_policy": (
        Permission("s3:GetBucketPolicy", (_BUCKETS,)),
        Permission("s3:PutBucketPolicy", (_BUCKETS,)),
        Permission("s3:DeleteBucketPolicy", (_BUCKETS,)),
    ),
    # What every description of flow logs to S3 names as the minimum beside ec2:CreateFlowLogs.
    "log_delivery": (
        Permission("logs:CreateLogDelivery", (_EVERYTHING,)),
        Permission("logs:DeleteLogDelivery", (_EVERYTHING,)),
    ),
}
#: Policies by name: the operations that each allows.
POLICIES: Mapping[str, Tuple[str, ...]] = {
    "publishing": ("read", "create", "tag", "delete"),
    "log_delivery": ("log_delivery",),
    "reading": ("read",),
}
_BUCKET_ARN = re.compile(r"^arn:aws(-[a-z]+)*:s3:::[^/*]+$")
_ACCOUNT = re.compile(r"^(\d{12}|\*)$")


def operations_of(wanted: Any) -> Tuple[str, ...]:
    """Return the operations that a name of :data:`POLICIES` or a list of :data:`OPERATIONS` stands for.

    :raises InputError: for anything else.
    """
    if isinstance(wanted, str) and wanted in POLICIES:
        return POLICIES[wanted]
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    for name in names:
        if name not in OPERATIONS:
            raise InputError(
                "operations", name, "one of " + ", ".join(POLICIES) + ", or a list of " + ", ".join(OPERATIONS)
            )
    return tuple(names)


def permissions_policy(
    wanted: Any,
    partition: str = "aws",
    account_id: str = "*",
    region: str = "*",
    resource_types: Optional[Sequence[str]] = None,
    buckets: Sequence[str] = (),
) -> Dict[str, Any]:
    """Return the least policy document for some work.

    :param wanted: a name of :data:`POLICIES`, or a list of :data:`OPERATIONS`.
    :param account_id: account of the flow logs; ``*`` for any.
    :param region: region of the flow logs; ``*`` for any.
    :param resource_types: API types of the targets; ``None`` for all whose ARN AWS publishes. Cloud WAN types, whose
        ARN it does not publish, widen the resource of ec2:CreateFlowLogs to ``*``.
    :param buckets: ARNs of buckets whose policy may be managed too.
    :raises InputError: for unknown names, accounts that are none, and ARNs that are not those of whole buckets.
    """
    operations = list(operations_of(wanted))
    if not _ACCOUNT.match(account_id):
        raise InputError("account_id", account_id, "an account id of 12 digits, or *")
    for bucket in buckets:
        if not _BUCKET_ARN.match(bucket):
            raise InputError("buckets", bucket, "ARNs of buckets without a folder, arn:aws:s3:::bucket")
    if buckets and "bucket_policy" not in operations:
        operations.append("bucket_policy")
    if "bucket_policy" in operations and not buckets:
        raise InputError("buckets", list(buckets), "the ARNs of the buckets whose policy is to be managed")
    arns = _arns(partition, account_id, region, resource_types, buckets)
    return {"Version": POLICY_VERSION, "Statement": _statements(operations, arns)}


def _arns(
    partition: str, account_id: str, region: str, resource_types: Optional[Sequence[str]], buckets: Iterable[str]
) -> Dict[str, Tuple[str, ...]]:
    base = f"arn:{partition}:ec2:{region}:{account_id}"
    return {
        _EVERYTHING: ("*",),
        _FLOW_LOG: (f"{base}:{_FLOW_LOG}/*",),
        _TARGETS: _target_arns(base, resource_types),
        _BUCKETS: tuple(sorted(buckets)),
        _LINKED_ROLE: (f"arn:{partition}:iam::{account_id}:role/aws-service-role/vpc-flow-logs.amazonaws.com/*",),
    }


def _target_arns(base: str, resource_types: Optional[Sequence[str]]) -> Tuple[str, ...]:
    names = list(_TARGET_RESOURCES) if resource_types is None else list(resource_types)
    for name in names:
        if name not in RESOURCE_TYPES:
            raise InputError("resource_types", name, ", ".join(RESOURCE_TYPES))
    if not set(names) <= set(_TARGET_RESOURCES):
        return ("*",)
    return tuple(f"{base}:{_TARGET_RESOURCES[name]}/*" for name in _TARGET_RESOURCES if name in names)


def _statements(operations: Iterable[str], arns: Mapping[str, Tuple[str, ...]]) -> List[Dict[str, Any]]:
    """One statement for each set of resources: the actions that are needed on exactly these."""
    by_resources: Dict[Tuple[str, ...], Set[str]] = {}
    for operation in operations:
        for permission in OPERATIONS[operation]:
            resources = {arn for kind in permission.resources for arn in arns[kind]}
            key = ("*",) if "*" in resources else tuple(sorted(resources))
            by_resources.setdefault(key, set()).add(permission.action)
    ordered = sorted((sorted(actions), list(resources)) for resources, actions in by_resources.items())
    return [
        {"Sid": _sid(actions, resources), "Effect": "Allow", "Action": actions, "Resource": resources}
        for actions, resources in ordered
    ]


def _sid(actions: Sequence[str], resources: Sequence[str]) -> str:
    """Name a statement; no two sets of resources that occur together have the same name, as IAM demands."""
    if list(resources) == ["*"]:
        return "FlowLogsEverywhere"
    if "ec2:CreateFlowLogs" in actions:
        return "FlowLogCreation"
    services = {"s3": "FlowLogBucketPolicies", "iam": "FlowLogServiceLinkedRole"}
    return services.get(actions[0].split(":")[0], "FlowLogs")
