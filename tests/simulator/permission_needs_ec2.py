# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions that EC2 operations need.

Sources: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2" (flow logs, tags); VPC
User Guide, "Publish flow logs to Amazon S3" (logs:CreateLogDelivery and logs:DeleteLogDelivery) and "Publish flow logs
to CloudWatch Logs" (iam:PassRole), "Available fields" (ECS); the handler permissions of the CloudFormation resource
AWS::EC2::FlowLog (tag fields).
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from .authorization_decision import Need
from .callers import Caller
from .policy_evaluation import Context
from .requests import Call
from .switches import switches

FLOW_LOG = "vpc-flow-log"
_KINDS = {
    "fl": FLOW_LOG,
    "vpc": "vpc",
    "subnet": "subnet",
    "eni": "network-interface",
    "nat": "natgateway",
    "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment",
    "i": "instance",
    "igw": "internet-gateway",
    "rtb": "route-table",
    "sg": "security-group",
    "vol": "volume",
}
"""The resource part of an ARN by id prefix; the ARNs of Cloud WAN's resources are not published."""
LINKED_SERVICE = "vpc-flow-logs.amazonaws.com"
LINKED_ROLE = "AWSServiceRoleForVPCFlowLogs"
_TAG_READERS = {
    "instance": "ec2:DescribeTags",
    "network-interface": "ec2:DescribeTags",
    "auto-scaling-group": "autoscaling:DescribeTags",
}

_ECS_LISTS = {
    "ecs-cluster-arn": ("ListClusters",),
    "ecs-cluster-name": ("ListClusters",),
    "ecs-container-id": ("ListClusters",),
    "ecs-second-container-id": ("ListClusters",),
    "ecs-container-instance-arn": ("ListClusters", "ListContainerInstances"),
    "ecs-container-instance-id": ("ListClusters", "ListContainerInstances"),
    "ecs-service-name": ("ListClusters", "ListServices"),
    "ecs-task-definition-arn": ("ListClusters", "ListTaskDefinitions"),
    "ecs-task-arn": ("ListClusters", "ListTasks"),
    "ecs-task-id": ("ListClusters", "ListTasks"),
}
"""The permissions that a field of the format needs (VPC User Guide, "Available fields")."""


def needs_of(call: Call, caller: Caller) -> list[Need] | None:
    """Return what a call needs, or None if it is not in the table, such as read operations."""
    of_operation = _OPERATIONS.get(call.operation)
    return None if of_operation is None else of_operation(call, caller)


def _create_flow_logs(call: Call, caller: Caller) -> list[Need]:
    """Return the needs for the new flow log and the logged resource; CreateTags only with tags."""
    given = _given_tags(call)
    new = Need("ec2:CreateFlowLogs", _arn(call, caller, f"{FLOW_LOG}/*"), _request_tags(call, caller, given))
    return [
        new,
        *_on_each("ec2:CreateFlowLogs", call.parameters.get("ResourceIds", []), call, caller),
        *([_tag_at_creation(new, call.operation)] if given else []),
        *_of_destination(call),
        *_of_tag_fields(call, caller),
        *_of_ecs_fields(call),
    ]


def _of_destination(call: Call) -> list[Need]:
    """Return the needs for the delivery; CloudWatch Logs, the default, needs iam:PassRole."""
    if call.parameters.get("LogDestinationType") in ("s3", "kinesis-data-firehose"):
        return [Need("logs:CreateLogDelivery", on_behalf=True)]
    role = call.parameters.get("DeliverLogsPermissionArn")
    context = {"iam:PassedToService": LINKED_SERVICE}
    return [Need("iam:PassRole", role, context, on_behalf=True)] if role else []


def _given_tags(call: Call) -> Mapping[str, str]:
    specifications = call.parameters.get("TagSpecifications") or []
    return _tags(tag for one in specifications for tag in one.get("Tags", []))


def _tag_at_creation(new: Need, operation: str) -> Need:
    """EC2 User Guide, "Grant permission to tag Amazon EC2 resources during creation"."""
    return Need("ec2:CreateTags", new.resource, {**new.context, "ec2:CreateAction": operation})


def _of_tag_fields(call: Call, caller: Caller) -> list[Need]:
    """Return the needs of tag fields: reading the tags, and the role with which the service reads them later."""
    given = call.parameters.get("TagFieldSpecifications") or []
    if not given:
        return []
    kinds = sorted({str(one.get("ResourceType")) for one in given})
    readers = dict.fromkeys(_TAG_READERS[kind] for kind in kinds if kind in _TAG_READERS)
    needs = [Need(action, on_behalf=True) for action in readers]
    path = f"/aws-service-role/{LINKED_SERVICE}/"
    roles = iam_backends[caller.account][caller.partition].roles.values()
    if path not in {role.path for role in roles}:
        arn = f"arn:{caller.partition}:iam::{caller.account}:role{path}{LINKED_ROLE}"
        context = {"iam:AWSServiceName": LINKED_SERVICE}
        needs.append(Need("iam:CreateServiceLinkedRole", arn, context, on_behalf=True))
    return needs


def _of_ecs_fields(call: Call) -> list[Need]:
    """Return the needs of the ECS fields of the format."""
    fields = {field for field in _ECS_LISTS if "${" + field + "}" in call.parameters.get("LogFormat", "")}
    actions = [f"ecs:{name}" for name in sorted({name for field in fields for name in _ECS_LISTS[field]})]
    return [Need(action, on_behalf=True) for action in actions]


def _delete_flow_logs(call: Call, caller: Caller) -> list[Need]:
    """Documented is logs:DeleteLogDelivery; whether AWS requires it is not established (a switch)."""
    needs = _on_each("ec2:DeleteFlowLogs", call.parameters.get("FlowLogIds", []), call, caller)
    if switches.delete_log_delivery == "enforced":
        needs.append(Need("logs:DeleteLogDelivery", on_behalf=True))
    return needs


def _tags_of_resources(call: Call, caller: Caller) -> list[Need]:
    """CreateTags and DeleteTags; DeleteTags without tags removes all of them."""
    tags = _tags(call.parameters.get("Tags") or [])
    context = _request_tags(call, caller, tags)
    return [
        Need(need.action, need.resource, {**need.context, **context})
        for need in _on_each(f"ec2:{call.operation}", call.parameters.get("Resources", []), call, caller)
    ]


_OPERATIONS: dict[str, Callable[[Call, Caller], list[Need]]] = {
    "CreateFlowLogs": _create_flow_logs,
    "DeleteFlowLogs": _delete_flow_logs,
    "CreateTags": _tags_of_resources,
    "DeleteTags": _tags_of_resources,
}


def _on_each(action: str, ids: Iterable[str], call: Call, caller: Caller) -> list[Need]:
    tags = ec2_backends[call.account][call.region].tags if call.region in ec2_backends[call.account] else {}
    return [
        Need(action, _arn_of_id(call, caller, one), {**_place(call, caller), **_present_tags(tags.get(one, {}))})
        for one in ids
    ]


def _arn_of_id(call: Call, caller: Caller, resource_id: str) -> str:
    kind = _KINDS.get(resource_id.rpartition("-")[0])
    return _arn(call, caller, f"{kind}/{resource_id}") if kind else "*"


def _arn(call: Call, caller: Caller, resource: str) -> str:
    return f"arn:{caller.partition}:ec2:{call.region}:{call.account}:{resource}"


def _place(call: Call, caller: Caller) -> Mapping[str, str]:
    return {"ec2:Region": call.region, "aws:ResourceAccount": caller.account}


def _present_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    return {f"{prefix}:ResourceTag/{key}": value for key, value in tags.items() for prefix in ("aws", "ec2")}


def _request_tags(call: Call, caller: Caller, tags: Mapping[str, str]) -> Context:
    """aws:TagKeys has all keys (IAM User Guide, "AWS global condition context keys"); without tags there is none."""
    by_key = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return {**_place(call, caller), **by_key, **({"aws:TagKeys": list(tags)} if tags else {})}


def _tags(given: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    return {str(tag.get("Key")): str(tag.get("Value") or "") for tag in given}
