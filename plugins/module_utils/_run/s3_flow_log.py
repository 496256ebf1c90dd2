# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module ``s3_flow_log``: reads and plans, applies the plan unless in check mode. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypedDict

from .._aws import ec2
from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._core.actions import ActionDict, Unsuccessful
from .._core.error_hints.flow_logs import hint_for
from .._core.flow_log.desired import DesiredFlowLogs, PresentFlowLogs
from .._core.flow_log.model import FlowLog
from .._core.flow_log.options import desired_from_options
from .._core.flow_log.plan import is_rival, plan_flow_logs, unset_tags_warning
from .._core.flow_log.prediction import (
    FlowLogDiff,
    apply_steps,
    diff_of,
    managed_flow_logs,
    steps_with_late_answer,
)
from .._core.flow_log.resource_types import RESOURCE_TYPES
from .._core.flow_log.settings import FlowLogSettings, tag_fields_warning
from .._core.flow_log.steps import (
    DeleteStep,
    FlowLogPlan,
    NewFlowLogStep,
    in_order,
    join_plans,
    without_targets,
)
from .flow_log_steps.carry_out import carry_out
from .flow_log_steps.outcome import Outcome
from .flow_log_steps.read import read_flow_logs
from .module import FlowLogsModule, ModuleDefinition, finish
from .target_existence import place_of, with_places, without_missing_targets

_NO_TARGETS = "resource_ids is empty, so there is nothing to do."
# How often to read, plan and apply, if AWS says that flow logs exist which the reading before did not show.
_ROUNDS = 3


class _AlwaysReturned(TypedDict):
    changed: bool
    actions: list[ActionDict]
    extra: list[dict[str, Any]]


class FlowLogResult(_AlwaysReturned, total=False):
    """The values that the module returns, without ``unsuccessful``."""

    flow_logs: list[dict[str, Any]]
    diff: FlowLogDiff


def run_s3_flow_log(module: FlowLogsModule) -> None:
    """Create, replace, tag or delete the flow logs of a list of targets; in check mode predict that."""
    params = module.params
    if not params["resource_ids"]:
        finish(module, "", {**_nothing(module), "msg": _NO_TARGETS}, [])
    client = module.client("ec2")
    desired = desired_from_options(params, ec2.partition_of(client), module.warn)
    if isinstance(desired, PresentFlowLogs):
        _check_tag_fields(module, client, desired.settings)
    module.verify_account()
    if isinstance(desired, PresentFlowLogs):
        _warn(module, tag_fields_warning(desired.settings, client.meta.region_name))
    plan, outcome = _converge(module, client, desired)
    outcome.steps = in_order(outcome.steps, desired.targets)
    if isinstance(desired, PresentFlowLogs):
        _warn(module, unset_tags_warning(desired, plan))
    before = managed_flow_logs(plan, outcome.steps)
    result: FlowLogResult = {
        "changed": bool(outcome.steps),
        "actions": [step.action.to_dict() for step in outcome.steps],
        "extra": [item.to_dict() for item in plan.extra],
    }
    if params["return_flow_logs"]:
        result["flow_logs"] = _flow_logs_after(desired, outcome, before)
    if params["return_flow_logs"] or module._diff:
        result["diff"] = diff_of(outcome.steps, before)
    verb = "publish" if isinstance(desired, PresentFlowLogs) else "remove"
    doing = f"{verb} flow logs to {desired.destination_arn or f'name {desired.name}'}"
    unsuccessful = [*plan.unsuccessful, *outcome.unsuccessful]
    finish(module, doing, result, with_places(unsuccessful, lambda: place_of(module, client)))


def _check_tag_fields(module: FlowLogsModule, client: Any, settings: FlowLogSettings) -> None:
    if settings.tag_fields and not ec2.knows_tag_fields(client):
        module.fail_json(
            msg="tag_field_specifications: the installed botocore does not know TagFieldSpecifications of "
            "CreateFlowLogs. Update boto3 and botocore (June 2026 or newer), or leave the tag fields out."
        )


def _warn(module: FlowLogsModule, text: str | None) -> None:
    if text:
        module.warn(text)


def _nothing(module: FlowLogsModule) -> FlowLogResult:
    """Return the result of a task without targets, which makes no AWS call."""
    result: FlowLogResult = {"changed": False, "actions": [], "extra": []}
    if module.params["return_flow_logs"]:
        result["flow_logs"] = []
    if module.params["return_flow_logs"] or module._diff:
        result["diff"] = {"before": {}, "after": {}}
    return result


def _converge(module: FlowLogsModule, client: Any, desired: DesiredFlowLogs) -> tuple[FlowLogPlan, Outcome]:
    """Plan and apply; repeat for targets with flow logs that the reading did not show.

    Somebody else created them in between, or this run did and AWS's answer was lost.
    """
    plan, outcome = FlowLogPlan(), Outcome()
    unanswered: list[NewFlowLogStep] = []
    for number in range(_ROUNDS):
        try:
            more = _plan(module, client, desired, is_first=number == 0)
        except FlowLogsAWSError as error:
            if number == 0:
                raise
            # The steps of the earlier rounds are still part of the result.
            outcome.unsuccessful += [_unread(target, error) for target in desired.targets]
            outcome.steps += steps_with_late_answer(unanswered, FlowLogPlan())
            return plan, outcome
        outcome.steps += steps_with_late_answer(unanswered, more)
        if module.check_mode:
            return more, Outcome(steps=list(more.steps))
        plan = join_plans([without_targets(plan, desired.targets), more])
        done = carry_out(client, desired, more.steps)
        outcome.steps += done.steps
        outcome.unsuccessful += done.unsuccessful
        outcome.described.update(done.described)
        if not done.already_exists:
            return plan, outcome
        unanswered = done.unanswered
        desired = replace(desired, targets=tuple(target for target in desired.targets if target in done.already_exists))
    outcome.steps += steps_with_late_answer(unanswered, FlowLogPlan())
    outcome.unsuccessful += [_still_existing(target, desired, plan) for target in desired.targets]
    return plan, outcome


def _plan(module: FlowLogsModule, client: Any, desired: DesiredFlowLogs, is_first: bool) -> FlowLogPlan:
    plan = plan_flow_logs(desired, read_flow_logs(client, desired.targets))
    # Targets of later rounds exist: AWS said that they have a flow log.
    return without_missing_targets(module, client, plan) if is_first else plan


def _unread(target: str, error: FlowLogsAWSError) -> Unsuccessful:
    code, message = error_code_and_message(error)
    text = f"AWS says that an equal flow log exists, but reading again failed: {message}"
    return Unsuccessful(target, code, text, hint_for("DescribeFlowLogs", code, message))


def _still_existing(target: str, desired: DesiredFlowLogs, plan: FlowLogPlan) -> Unsuccessful:
    """Return why AWS refuses a new flow log: another one of the target counts as equal, or is not described yet."""
    removed = [step.flow_log for step in plan.steps if isinstance(step, DeleteStep)]
    others = [*plan.extra, *removed]
    rivals = [
        item
        for item in others
        if item.resource_id == target and isinstance(desired, PresentFlowLogs) and is_rival(desired.settings, item)
    ]
    if not rivals:
        return Unsuccessful(
            target,
            "FlowLogAlreadyExists",
            "AWS says that an equal flow log exists, but does not describe one.",
            "Run again; if the error persists, compare with s3_flow_log_info.",
        )
    ids = ", ".join(f"{item.flow_log_id} (name {item.name!r})" for item in rivals)
    return Unsuccessful(
        target,
        "FlowLogAlreadyExists",
        f"AWS treats the new flow log as equal to {ids}, which has another name.",
        "Delete the other one, give it this name, or use another destination or traffic type.",
        flow_log_id=rivals[0].flow_log_id,
    )


def _flow_logs_after(desired: DesiredFlowLogs, outcome: Outcome, before: Iterable[FlowLog]) -> list[dict[str, Any]]:
    order = {target: position for position, target in enumerate(desired.targets)}
    after = apply_steps(outcome.steps, before)
    # AWS describes more attributes of new flow logs than can be predicted.
    seen = [outcome.described.get(str(item.flow_log_id), item) for item in after]
    ordered = sorted(seen, key=lambda item: (order[item.resource_id], item.flow_log_id or ""))
    return [item.to_dict() for item in ordered]


#: The module ``s3_flow_log``.
S3_FLOW_LOG = ModuleDefinition(
    name="s3_flow_log",
    work=run_s3_flow_log,
    argument_spec=dict(
        resource_ids=dict(type="list", elements="raw", required=True),
        resource_type=dict(type="str", choices=list(RESOURCE_TYPES)),
        state=dict(type="str", choices=["present", "absent"], default="present"),
        destination=dict(type="str"),
        traffic_type=dict(type="str", choices=["ALL", "ACCEPT", "REJECT"]),
        max_aggregation_interval=dict(type="int"),
        log_format=dict(type="raw"),
        destination_options=dict(
            type="dict",
            options=dict(
                file_format=dict(type="str", choices=["plain-text", "parquet"]),
                hive_compatible_partitions=dict(type="bool"),
                per_hour_partition=dict(type="bool"),
            ),
        ),
        tag_field_specifications=dict(
            type="list",
            elements="dict",
            options=dict(
                resource_type=dict(
                    type="str", choices=["auto-scaling-group", "instance", "network-interface"], required=True
                ),
                tag_keys=dict(type="list", elements="str", required=True, no_log=False),
            ),
        ),
        name=dict(type="str"),
        tags=dict(type="dict", aliases=["resource_tags"]),
        purge_tags=dict(type="bool", default=True),
        replace=dict(type="str", choices=["create_first", "delete_first", "never"], default="create_first"),
        allow_gap=dict(type="bool", default=False),
        purge=dict(type="str", choices=["none", "duplicates", "s3"], default="none"),
        adopt_named=dict(type="bool", default=False),
        wait_timeout=dict(type="int", default=60),
        return_flow_logs=dict(type="bool", default=True),
    ),
    required_if=[("state", "present", ["destination"]), ("state", "absent", ["destination", "name"], True)],
)
