# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions that each operation of the collection needs. PRIVATE to this collection.

Policies and hints for denied calls are built from this table. Tests compare it with the documentation and with the calls that
the modules make.

Sources: Service Authorization Reference (Amazon EC2, Amazon ECS, Amazon CloudWatch Logs, Amazon S3, AWS KMS, AWS IAM, AWS STS);
VPC User Guide, "Amazon S3 bucket permissions for flow logs"; CloudWatch Logs User Guide, "Logs sent to Amazon S3"; the
handler permissions of the CloudFormation resource AWS::EC2::FlowLog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Kinds of resource; the values are for texts.
EVERYTHING = "*"
NEW_FLOW_LOGS = "flow logs being created"
FLOW_LOGS = "flow logs"
TARGETS = "targets"
LINKED_ROLE = "service-linked role"
BUCKETS = "buckets"
KEYS = "keys"
USERS = "users"
GROUPS = "groups"
ROLES = "roles"

#: Operator, condition key, value.
Condition = tuple[str, str, str]


@dataclass(frozen=True)
class Need:
    """One action, and where and why it is needed.

    :param action: action of IAM policies, ``service:Action``.
    :param resources: kinds of resource; the action is needed on all of them.
    :param calls: API operations that AWS denies without it; their names may differ from the action's.
    :param why: end of the sentence "Needed to ...".
    :param conditions: conditions under which the permission is enough.
    """

    action: str
    resources: tuple[str, ...]
    calls: tuple[str, ...]
    why: str
    conditions: tuple[Condition, ...] = ()


def _s3(name: str, call: str, why: str) -> Need:
    return Need(f"s3:{name}", (BUCKETS,), (call,), why)


def _kms(name: str, why: str) -> Need:
    return Need(f"kms:{name}", (KEYS,), (name,), why)


def _iam(name: str, kind: str, why: str) -> Need:
    return Need(f"iam:{name}", (kind,), (name,), why)


def _ecs(name: str, why: str) -> Need:
    return Need(f"ecs:{name}", (EVERYTHING,), ("CreateFlowLogs",), why)


_DESCRIBE = Need("ec2:DescribeFlowLogs", (EVERYTHING,), ("DescribeFlowLogs",), "read the existing flow logs")
_CREATE_DELIVERY = Need(
    "logs:CreateLogDelivery", (EVERYTHING,), ("CreateFlowLogs",), "set up the delivery of a new flow log"
)
_DELETE_DELIVERY = Need(
    "logs:DeleteLogDelivery", (EVERYTHING,), ("DeleteFlowLogs",), "end the delivery of a flow log that is deleted"
)
_GET_BUCKET_POLICY = _s3("GetBucketPolicy", "GetBucketPolicy", "read the bucket policy")
_DESCRIBE_KEY = _kms("DescribeKey", "find the key, and whether it can be used")
_GET_KEY_POLICY = _kms("GetKeyPolicy", "read the key policy")
_HEAD_BUCKET = _s3("ListBucket", "HeadBucket", "see whether the bucket exists")
_GET_ENCRYPTION = _s3("GetEncryptionConfiguration", "GetBucketEncryption", "read the default encryption")
_GET_OWNERSHIP = _s3("GetBucketOwnershipControls", "GetBucketOwnershipControls", "read who owns new objects")
_GET_PAYER = _s3("GetBucketRequestPayment", "GetBucketRequestPayment", "read whether the requester pays")
_GET_PUBLIC = _s3("GetBucketPublicAccessBlock", "GetPublicAccessBlock", "read whether public access is blocked")
_LIST, _READ = "list inline policies", "read inline policies"
_READ_OF_USER = (_iam("ListUserPolicies", USERS, _LIST), _iam("GetUserPolicy", USERS, _READ))
_READ_OF_GROUP = (_iam("ListGroupPolicies", GROUPS, _LIST), _iam("GetGroupPolicy", GROUPS, _READ))
_READ_OF_ROLE = (_iam("ListRolePolicies", ROLES, _LIST), _iam("GetRolePolicy", ROLES, _READ))
# amazon.aws.s3_bucket reads these although the collection does not need them.
_ALSO_READ = "avoid a warning of amazon.aws.s3_bucket, which always reads it"

#: Needs by operation.
OPERATIONS: Mapping[str, tuple[Need, ...]] = {
    "read": (_DESCRIBE,),
    "look_up_targets": tuple(
        Need(f"ec2:{call}", (EVERYTHING,), (call,), f"see whether {what} exist before flow logs are planned for them")
        for call, what in (
            ("DescribeVpcs", "VPCs"),
            ("DescribeSubnets", "subnets"),
            ("DescribeNetworkInterfaces", "network interfaces"),
            ("DescribeTransitGateways", "transit gateways"),
            ("DescribeTransitGatewayAttachments", "transit gateway attachments"),
        )
    ),
    "create": (
        Need(
            "ec2:CreateFlowLogs",
            (NEW_FLOW_LOGS, TARGETS),
            ("CreateFlowLogs",),
            "create a flow log of a target; AWS checks it for the flow log and for the target",
        ),
        _CREATE_DELIVERY,
    ),
    "tag_at_create": (
        Need(
            "ec2:CreateTags",
            (NEW_FLOW_LOGS,),
            ("CreateFlowLogs",),
            "set tags or a name when a flow log is created",
            (("StringEquals", "ec2:CreateAction", "CreateFlowLogs"),),
        ),
    ),
    "tag": (
        Need(
            "ec2:CreateTags",
            (FLOW_LOGS,),
            ("CreateTags",),
            "set tags of existing flow logs, and mark those that are being replaced",
        ),
        Need("ec2:DeleteTags", (FLOW_LOGS,), ("DeleteTags",), "remove tags of flow logs"),
    ),
    "delete": (
        Need("ec2:DeleteFlowLogs", (FLOW_LOGS,), ("DeleteFlowLogs",), "delete a flow log, also after its replacement"),
        _DELETE_DELIVERY,
    ),
    "tag_fields": (
        Need(
            "autoscaling:DescribeTags", (EVERYTHING,), ("CreateFlowLogs",), "put tags of Auto Scaling groups in records"
        ),
        Need("ec2:DescribeTags", (EVERYTHING,), ("CreateFlowLogs",), "put tags of instances and interfaces in records"),
        Need(
            "iam:CreateServiceLinkedRole",
            (LINKED_ROLE,),
            ("CreateFlowLogs",),
            "create the role that reads the tags, with the first such flow log of an account",
        ),
    ),
    # ECS fields by the permission that they need (VPC User Guide, "Available fields").
    "ecs_fields": (_ecs("ListClusters", "put ECS fields of any kind in records"),),
    "ecs_container_instance_fields": (_ecs("ListContainerInstances", "put container instances of ECS in records"),),
    "ecs_service_fields": (_ecs("ListServices", "put services of ECS in records"),),
    "ecs_task_definition_fields": (_ecs("ListTaskDefinitions", "put task definitions of ECS in records"),),
    "ecs_task_fields": (_ecs("ListTasks", "put tasks of ECS in records"),),
    "delivery_check": (_s3("ListBucket", "ListObjectsV2", "see when a flow log last delivered an object"),),
    "bucket_policy": (
        _GET_BUCKET_POLICY,
        _s3("PutBucketPolicy", "PutBucketPolicy", "change the bucket policy"),
        _s3("DeleteBucketPolicy", "DeleteBucketPolicy", "delete a bucket policy without remaining statements"),
    ),
    "read_bucket_policy": (_GET_BUCKET_POLICY,),
    "key_policy": (_DESCRIBE_KEY, _GET_KEY_POLICY, _kms("PutKeyPolicy", "change the key policy")),
    "read_key_policy": (_DESCRIBE_KEY, _GET_KEY_POLICY),
    "check_destination": (
        _HEAD_BUCKET,
        _GET_BUCKET_POLICY,
        _GET_ENCRYPTION,
        _GET_OWNERSHIP,
        _GET_PAYER,
        _GET_PUBLIC,
    ),
    "check_destination_key": (_DESCRIBE_KEY, _GET_KEY_POLICY),
    "create_bucket": (
        _s3("CreateBucket", "CreateBucket", "create the bucket"),
        _HEAD_BUCKET,
        _GET_BUCKET_POLICY,
        _GET_ENCRYPTION,
        _s3("PutEncryptionConfiguration", "PutBucketEncryption", "set the default encryption"),
        _GET_OWNERSHIP,
        _s3("PutBucketOwnershipControls", "PutBucketOwnershipControls", "set who owns new objects"),
        _GET_PUBLIC,
        _s3("PutBucketPublicAccessBlock", "PutPublicAccessBlock", "block public access"),
        _s3("GetBucketTagging", "GetBucketTagging", "read the tags of the bucket"),
        _s3("PutBucketTagging", "PutBucketTagging", "set the tags of the bucket"),
        _GET_PAYER,
        _s3("GetBucketAcl", "GetBucketAcl", _ALSO_READ),
        _s3("GetBucketVersioning", "GetBucketVersioning", _ALSO_READ),
        _s3("GetBucketLogging", "GetBucketLogging", _ALSO_READ),
        _s3("GetAccelerateConfiguration", "GetBucketAccelerateConfiguration", _ALSO_READ),
        _s3("GetBucketObjectLockConfiguration", "GetObjectLockConfiguration", _ALSO_READ),
        _s3("GetInventoryConfiguration", "ListBucketInventoryConfigurations", _ALSO_READ),
    ),
    "attach_policy": (
        *_READ_OF_USER,
        _iam("PutUserPolicy", USERS, "attach an inline policy"),
        *_READ_OF_GROUP,
        _iam("PutGroupPolicy", GROUPS, "attach an inline policy"),
        *_READ_OF_ROLE,
        _iam("PutRolePolicy", ROLES, "attach an inline policy"),
    ),
    "read_attached_policy": (*_READ_OF_USER, *_READ_OF_GROUP, *_READ_OF_ROLE),
    "check_permissions": (
        Need(
            "iam:SimulatePrincipalPolicy",
            (USERS, GROUPS, ROLES),
            ("SimulatePrincipalPolicy",),
            "simulate what a principal may do",
        ),
        _iam("GetRole", ROLES, "find the role of a session, with its path"),
    ),
    "decode_denials": (
        Need(
            "sts:DecodeAuthorizationMessage",
            (EVERYTHING,),
            ("DecodeAuthorizationMessage",),
            "decode AWS's message about a denied call",
        ),
    ),
    # The permissions that AWS documents for flow logs to S3 in addition to ec2:CreateFlowLogs.
    "log_delivery": (_CREATE_DELIVERY, _DELETE_DELIVERY),
}

#: The operations for the ECS fields of a log format, by prefix of the field names.
_ECS_OPERATIONS_BY_PREFIX: Mapping[str, str] = {
    "ecs-": "ecs_fields",
    "ecs-container-instance-": "ecs_container_instance_fields",
    "ecs-service-": "ecs_service_fields",
    "ecs-task-definition-": "ecs_task_definition_fields",
    "ecs-task-arn": "ecs_task_fields",
    "ecs-task-id": "ecs_task_fields",
}
ECS_OPERATIONS: tuple[str, ...] = tuple(dict.fromkeys(_ECS_OPERATIONS_BY_PREFIX.values()))


def operations_for_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Return the operations that the fields of a log format need, in the order of the table.

    :param names: names of fields, as in ``log_format``.
    """
    needed = {
        operation
        for name in names
        for prefix, operation in _ECS_OPERATIONS_BY_PREFIX.items()
        if name.startswith(prefix)
    }
    return tuple(operation for operation in ECS_OPERATIONS if operation in needed)


#: The operations that each named policy allows.
POLICIES: Mapping[str, tuple[str, ...]] = {
    "publishing": ("read", "look_up_targets", "create", "tag_at_create", "tag", "delete"),
    "log_delivery": ("log_delivery",),
    "reading": ("read", "look_up_targets"),
    "bucket_owner": ("bucket_policy", "check_destination"),
    "creating_buckets": ("create_bucket",),
    "attaching_policies": ("attach_policy",),
    "checking_permissions": ("check_permissions", "decode_denials"),
}
#: The operations that a named policy allows in addition, by the option for ARNs that is given.
WITH: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "buckets": {
        "publishing": ("bucket_policy", "check_destination"),
        "log_delivery": ("bucket_policy",),
        "reading": ("read_bucket_policy", "check_destination"),
    },
    "keys": {
        "publishing": ("key_policy", "check_destination_key"),
        "log_delivery": ("key_policy",),
        "reading": ("read_key_policy", "check_destination_key"),
        "bucket_owner": ("key_policy", "check_destination_key"),
    },
    "principals": {"reading": ("read_attached_policy",)},
}

#: The operations of each module. GetCallerIdentity, which some modules call, needs no permission. The optional operation
#: ``decode_denials`` gives the error of a denied call more details.
MODULES: Mapping[str, tuple[str, ...]] = {
    "s3_flow_log": (
        "read",
        "look_up_targets",
        "create",
        "tag_at_create",
        "tag",
        "delete",
        "tag_fields",
        *ECS_OPERATIONS,
    ),
    "s3_flow_log_info": ("read", "delivery_check"),
    "flow_log_bucket_policy": ("bucket_policy",),
    "flow_log_key_policy": ("key_policy",),
    "flow_log_destination_info": ("check_destination", "check_destination_key"),
    "flow_log_permissions_info": ("check_permissions",),
}


def needs_of(operations: Iterable[str]) -> tuple[Need, ...]:
    """Return the needs of operations, each once, in the order of the table.

    :param operations: keys of :data:`OPERATIONS`.
    """
    names = set(operations)
    return tuple(dict.fromkeys(need for name, needs in OPERATIONS.items() if name in names for need in needs))


def actions_of(operations: Iterable[str]) -> frozenset[str]:
    """Return the actions that operations need."""
    return frozenset(need.action for need in needs_of(operations))


def calls_of(operations: Iterable[str]) -> frozenset[str]:
    """Return the API operations that operations may call."""
    return frozenset(call for need in needs_of(operations) for call in need.calls)


def actions_for_call(call: str) -> tuple[str, ...]:
    """Return the actions that a call needs, in alphabetical order; ``()`` for a call that the collection never makes.

    :param call: name of an API operation, for example ``GetBucketEncryption``.
    """
    return tuple(sorted({need.action for need in needs_of(OPERATIONS) if call in need.calls}))
