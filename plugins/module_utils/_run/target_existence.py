# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks up whether the targets of planned flow logs exist. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any, Callable

from .._aws.ec2_targets import describe_resources
from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._core.actions import Unsuccessful
from .._core.flow_log.create_request import MAX_FILTER_VALUES
from .._core.flow_log.existence import (
    create_steps,
    missing_among,
    names_no_resource,
    shape_of,
    with_place,
    with_unknown_existence,
    without_missing,
)
from .._core.flow_log.steps import FlowLogPlan
from .module import FlowLogsModule


def without_missing_targets(module: FlowLogsModule, client: Any, plan: FlowLogPlan) -> FlowLogPlan:
    """Return a plan with an error instead of steps for each target that does not exist.

    It makes one call if the plan creates a flow log, else none. Up to 200 targets are described by a filter, with which an
    unknown id is not an error; for more targets, all resources are described.
    """
    creates = create_steps(plan)
    shape = shape_of(creates[0].settings.resource_type.name) if creates else None
    if shape is None:
        return plan
    targets = [step.action.target for step in creates]
    filters = {shape.id_filter: targets} if len(targets) <= MAX_FILTER_VALUES else {}
    try:
        described = describe_resources(client, shape, filters)
    except FlowLogsAWSError as error:
        code, message = error_code_and_message(error)
        needed = f"The lookup needs the permission ec2:{shape.operation}."
        return with_unknown_existence(plan, f"{message.rstrip('.')} ({code}). {needed}")
    missing = missing_among(targets, described, shape)
    return without_missing(plan, missing, place_of(module, client)) if missing else plan


def place_of(module: FlowLogsModule, client: Any) -> str:
    """Return the account and Region of a client, for messages. It calls STS once, if the account is not known yet."""
    region = str(client.meta.region_name)
    try:
        return f"{module.caller(region).account_id} {region}"
    except FlowLogsAWSError:
        return f"this account, {region}"


def with_places(items: list[Unsuccessful], place: Callable[[], str]) -> list[Unsuccessful]:
    """Return errors; those for resources that do not exist have the account and Region in their message.

    :param place: returns account and Region; called only for such an error.
    """
    return [with_place(item, place()) if names_no_resource(item.code) else item for item in items]
