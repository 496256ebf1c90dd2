# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the role publish_to_s3, from its variables. PRIVATE to this collection.

Whoever uses the role knows its variables and not the options of the modules, so every error names a variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import BUCKET_ALLOWED
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.options import desired_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import resource_ids_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.identifiers import partition_of_region
from .destination_request import DestinationOptions, DestinationRequest
from .destinations import destination
from .permissions import attach
from .task import Connection, Stage, Task

PREFIX = "publish_to_s3_"
_OPTIONS_OF_FLOW_LOGS = (
    *("state", "traffic_type", "max_aggregation_interval", "log_format", "destination_options"),
    *("tag_field_specifications", "name", "tags", "purge_tags", "replace", "allow_gap", "purge", "adopt_named"),
    *("wait_timeout", "resource_type", "destination"),
)
_VARIABLES_OF_OPTIONS = {
    "bucket": "destination",
    "key_id": "bucket_encryption",
    "operations": "permission_policy",
    "attached": "permission_principals",
    "buckets": "permission_principals",
    "account_id": "permission_account_id",
    "partition": "permission_partition",
}

Variables = Mapping[str, Any]
Part = Callable[[Variables, bool], Stage[dict[str, Any]]]


def variable_of(option: str) -> str:
    """Return the variable that sets an option of a module, with what stands behind its name (``regions[1]``)."""
    name = option.split("[", 1)[0].split(".", 1)[0]
    return PREFIX + _VARIABLES_OF_OPTIONS.get(name, name) + option[len(name) :]


def naming_variables(error: InputError) -> InputError:
    """Return an error with variables of the role instead of options of a module."""
    return InputError(variable_of(error.option), error.value, error.allowed_as(variable_of))


def _connection(variables: Variables, name: str) -> Connection:
    return Connection(variables.get(name) or {})


def account(variables: Variables, _check_mode: bool) -> Stage[dict[str, Any]]:
    """Check that the credentials belong to the expected account, where one is named."""
    if variables["expected_account_id"] is None:
        return {"changed": False}
    options = {
        "region": variables["region"],
        # No id, so that nothing is read.
        "flow_log_ids": [],
        "expected_account_id": variables["expected_account_id"],
    }
    (answer,) = yield [Task("account", "s3_flow_log_info", options, _connection(variables, "aws"))]
    return dict(answer)


def permissions(variables: Variables, check_mode: bool) -> Stage[dict[str, Any]]:
    """Give the principals the policy, or take it away."""
    principals = variables["permission_principals"]
    if not principals:
        return {"changed": False, "results": []}
    options = {
        "state": variables["permission_state"],
        "policy": variables["permission_policy"],
        "policy_name": variables["permission_policy_name"],
        "account_id": variables["permission_account_id"],
        "partition": variables["permission_partition"] or partition_of_region(variables["region"] or ""),
        "region": variables["region"],
    }
    return (yield from attach("permissions", principals, options, _connection(variables, "aws"), check_mode))


def destination_ready(variables: Variables, check_mode: bool) -> Stage[dict[str, Any]]:
    """Make the destination ready."""
    request = _request(variables)
    options = DestinationOptions(request, variables["region"])
    bucket = _connection(variables, "bucket_aws")
    key = bucket if variables["key_aws"] is None else _connection(variables, "key_aws")
    return (yield from destination(request, options, bucket, key, check_mode))


def _request(variables: Variables) -> DestinationRequest:
    return DestinationRequest(
        name="destination",
        destination=variables["destination"],
        destination_options=variables["destination_options"],
        sources={name: variables[name] for name in ("account_ids", "regions", "prefixes", "layouts")},
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


def flow_logs(variables: Variables, _check_mode: bool) -> Stage[dict[str, Any]]:
    """Publish the flow logs of the targets."""
    # The prefix of an ARN decides; without one the Region does, and without that the module.
    targets = resource_ids_of(variables["resource_ids"] or (), "resource_ids")
    given = {name: variables[name] for name in _OPTIONS_OF_FLOW_LOGS}
    # Texts and lists that are empty, and no interval, are what templates make of null. No tags at all are a wish.
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
    (answer,) = yield [Task("flow_logs", "s3_flow_log", options, _connection(variables, "aws"))]
    return dict(answer)


PARTS: Mapping[str, Part] = {
    "account": account,
    "permissions": permissions,
    "destination": destination_ready,
    "flow_logs": flow_logs,
}
