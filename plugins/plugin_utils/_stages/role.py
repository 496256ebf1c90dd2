# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the role publish_to_s3, from its variables. PRIVATE to this collection.

Errors name the variables of the role, since its users do not see the options of the modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable, Literal, get_args

from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import BUCKET_ALLOWED
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.options import desired_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import resource_ids_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import partition_of_region
from .._publication.types import (
    ConnectionOptions,
    DestinationResult,
    FlowLogInfoResult,
    FlowLogsResult,
    ModuleOptions,
    PermissionsResult,
    TaskResult,
)
from .destination_request import DestinationOptions, DestinationRequest
from .destinations import destination
from .permissions import PolicyOptions, attach
from .role_variables import RoleVariables
from .task import Connection, Stage, Task, run_tasks

PREFIX = "publish_to_s3_"
#: Variables that are options of ``s3_flow_log``.
_FlowLogOption = Literal[
    "state",
    "traffic_type",
    "max_aggregation_interval",
    "log_format",
    "destination_options",
    "tag_field_specifications",
    "name",
    "tags",
    "purge_tags",
    "replace",
    "allow_gap",
    "purge",
    "adopt_named",
    "wait_timeout",
    "resource_type",
    "destination",
]
_OPTIONS_OF_FLOW_LOGS: tuple[_FlowLogOption, ...] = get_args(_FlowLogOption)
_VARIABLES_OF_OPTIONS = {
    "bucket": "destination",
    "key_id": "bucket_encryption",
    "operations": "permission_policy",
    "attached": "permission_principals",
    "buckets": "permission_principals",
    "account_id": "permission_account_id",
    "partition": "permission_partition",
}

Part = Callable[[RoleVariables, bool], Stage[TaskResult]]


def variable_of(option: str) -> str:
    """Return the role variable for an option of a module, with the position behind its name (``regions[1]``)."""
    name = option.split("[", 1)[0].split(".", 1)[0]
    return PREFIX + _VARIABLES_OF_OPTIONS.get(name, name) + option[len(name) :]


def naming_variables(error: InputError) -> InputError:
    """Return an error with variables of the role instead of options of a module."""
    return InputError(variable_of(error.option), error.value, error.allowed_as(variable_of))


def _connection(options: ConnectionOptions | None) -> Connection:
    return Connection(options or {})


def account(variables: RoleVariables, _check_mode: bool) -> Stage[TaskResult]:
    """Check that the credentials belong to the expected account, if one is set."""
    if variables["expected_account_id"] is None:
        return {"changed": False}
    options: ModuleOptions = {
        "region": variables["region"],
        # Without ids the module reads no flow logs.
        "flow_log_ids": [],
        "expected_account_id": variables["expected_account_id"],
    }
    task: Task[FlowLogInfoResult] = Task("account", "s3_flow_log_info", options, _connection(variables["aws"]))
    (result,) = yield from run_tasks([task])
    return result


def permissions(variables: RoleVariables, check_mode: bool) -> Stage[PermissionsResult]:
    """Attach the policy to the principals, or remove it."""
    principals = variables["permission_principals"]
    if not principals:
        return {"changed": False, "results": []}
    options: PolicyOptions = {
        "state": variables["permission_state"],
        "policy": variables["permission_policy"],
        "policy_name": variables["permission_policy_name"],
        "account_id": variables["permission_account_id"],
        "partition": variables["permission_partition"] or partition_of_region(variables["region"] or ""),
        "region": variables["region"],
    }
    return (yield from attach("permissions", principals, options, _connection(variables["aws"]), check_mode))


def prepare_destination(variables: RoleVariables, check_mode: bool) -> Stage[DestinationResult]:
    """Prepare the destination."""
    request = _request(variables)
    options = DestinationOptions(request, variables["region"])
    bucket = _connection(variables["bucket_aws"])
    key = bucket if variables["key_aws"] is None else _connection(variables["key_aws"])
    return (yield from destination(request, options, bucket, key, check_mode))


def _request(variables: RoleVariables) -> DestinationRequest:
    return DestinationRequest(
        name="destination",
        destination=variables["destination"] or "",
        destination_options=variables["destination_options"],
        sources={
            "account_ids": variables["account_ids"],
            "regions": variables["regions"],
            "prefixes": variables["prefixes"],
            "layouts": variables["layouts"],
        },
        grants=variables["grants"] or (),
        organization_id=variables["organization_id"],
        acl_condition=variables["acl_condition"],
        source_conditions=variables["source_conditions"],
        region=variables["bucket_region"] or variables["region"],
        expected_bucket_owner=variables["expected_bucket_owner"],
        create_bucket=variables["create_bucket"],
        bucket_encryption=variables["bucket_encryption"],
        bucket_tags=variables["bucket_tags"],
        manage_bucket_policy=variables["manage_bucket_policy"],
        manage_key_policy=variables["manage_key_policy"],
        check_destination=variables["check_destination"],
        require_deliverable=variables["require_deliverable"],
    )


def flow_logs(variables: RoleVariables, _check_mode: bool) -> Stage[FlowLogsResult]:
    """Publish the flow logs of the targets."""
    # The prefix of an ARN sets the partition. Otherwise the Region does, and without a Region the module finds it.
    targets = resource_ids_of(variables["resource_ids"] or (), "resource_ids")
    given: dict[str, object] = {name: variables[name] for name in _OPTIONS_OF_FLOW_LOGS}
    # Templates turn null into empty texts and lists, and into the interval 0. Only empty tags have a meaning: no tags.
    given["max_aggregation_interval"] = given["max_aggregation_interval"] or None
    options = {name: value for name, value in given.items() if name == "tags" or value not in (None, "", [], {})}
    if options.get("state") != "absent" and "destination" not in options:
        raise InputError("destination", variables["destination"], BUCKET_ALLOWED)
    if targets and variables["region"]:
        desired_from_options({**options, "resource_ids": targets}, partition_of_region(variables["region"]))
    options.update(
        resource_ids=targets,
        region=variables["region"],
        return_flow_logs=variables["return_flow_logs"],
        expected_account_id=variables["expected_account_id"],
    )
    task: Task[FlowLogsResult] = Task("flow_logs", "s3_flow_log", options, _connection(variables["aws"]))
    (result,) = yield from run_tasks([task])
    return result


PARTS: Mapping[str, Part] = {
    "account": account,
    "permissions": permissions,
    "destination": prepare_destination,
    "flow_logs": flow_logs,
}
