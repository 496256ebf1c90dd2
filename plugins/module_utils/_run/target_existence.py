# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks up whether targets exist for which flow logs are planned. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any, Callable

from .._aws.ec2_targets import describe_resources
from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._core.actions import Unsuccessful
from .._core.flow_log.create_request import MAX_FILTER_VALUES
from .._core.flow_log.existence import (
    missing_among,
    names_no_resource,
    shape_of,
    to_be_created,
    with_place,
    with_unknown_existence,
    without_missing,
)
from .._core.flow_log.plan import FlowLogPlan
from .._core.flow_log.settings import FlowLogSettings
from .module import FlowLogsModule


def only_what_exists(
    module: FlowLogsModule, client: Any, plan: FlowLogPlan, settings: FlowLogSettings | None, are_there: bool
) -> FlowLogPlan:
    """Return a plan without targets that do not exist; one call where a flow log would be created, else none.

    Up to 200 targets are described by a filter, which is no error for an id that is not there; more by a sweep.

    :param settings: of new flow logs; ``None`` where flow logs are only removed.
    :param are_there: whether all targets are known to exist.
    """
    targets = to_be_created(plan)
    shape = shape_of(settings.resource_type.name) if settings and targets and not are_there else None
    if shape is None:
        return plan
    filters = {shape.id_filter: list(targets)} if len(targets) <= MAX_FILTER_VALUES else {}
    try:
        described = describe_resources(client, shape, filters)
    except FlowLogsAWSError as error:
        code, message = error_code_and_message(error)
        needed = f"It takes the permission ec2:{shape.operation}."
        return with_unknown_existence(plan, f"{message.rstrip('.')} ({code}). {needed}")
    missing = missing_among(targets, described, shape)
    return without_missing(plan, missing, place_of(module, client)) if missing else plan


def place_of(module: FlowLogsModule, client: Any) -> str:
    """Return the account and Region of a client, in words. AWS is asked once, if the account is not known yet."""
    region = str(client.meta.region_name)
    try:
        return f"{module.caller(region).account_id} {region}"
    except FlowLogsAWSError:
        return f"this account, {region}"


def with_places(items: list[Unsuccessful], place: Callable[[], str]) -> list[Unsuccessful]:
    """Return failures; those in which AWS knows no such resource with the account and Region that were asked.

    :param place: is called only where there is such a failure.
    """
    return [with_place(item, place()) if names_no_resource(item.code) else item for item in items]
