# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``s3_flow_log``: read, plan, apply unless in check mode, result. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .._aws import ec2
from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._core.actions import Unsuccessful
from .._core.error_hints.flow_logs import hint_for
from .._core.flow_log.model import FlowLog
from .._core.flow_log.options import wanted_from_params
from .._core.flow_log.plan import (
    DeleteStep,
    FlowLogPlan,
    NewFlowLogStep,
    Wanted,
    answered_later,
    apply_steps,
    diff_of,
    in_order,
    is_rival,
    join_plans,
    managed_flow_logs,
    plan_flow_logs,
    tags_left_alone,
    without_targets,
)
from .._core.flow_log.resource_types import RESOURCE_TYPES
from .._core.flow_log.settings import tag_fields_warning
from .flow_log_steps.carry_out import carry_out
from .flow_log_steps.outcome import Outcome
from .flow_log_steps.read import read_flow_logs
from .module import FlowLogsModule, ModuleDefinition, finish
from .target_existence import only_what_exists, place_of, with_places

_NO_TARGETS = "resource_ids is empty, so there is nothing to do."
# How often targets are looked at again whose create met a flow log that was not there a moment before.
_ROUNDS = 3


def _warn_of_tag_fields(module: FlowLogsModule, wanted: Wanted, region: str) -> None:
    text = tag_fields_warning(wanted.settings, region) if wanted.settings else ""
    if text:
        module.warn(text)


def run_s3_flow_log(module: FlowLogsModule) -> None:
    """Give the flow logs of a list of targets the desired settings; in check mode return what that would take."""
    params = module.params
    if not params["resource_ids"]:
        finish(module, "", {**_nothing(module), "msg": _NO_TARGETS}, [])
    client = module.client("ec2")
    wanted = wanted_from_params(params, ec2.partition_of(client), module.warn)
    if wanted.settings and wanted.settings.tag_fields and not ec2.knows_tag_fields(client):
        module.fail_json(
            msg="tag_field_specifications: the installed botocore does not know TagFieldSpecifications of "
            "CreateFlowLogs. Update boto3 and botocore (June 2026 or newer), or leave the tag fields out."
        )
    module.verify_account()
    _warn_of_tag_fields(module, wanted, client.meta.region_name)
    plan, outcome = _converge(module, client, wanted)
    outcome.steps = in_order(outcome.steps, wanted.targets)
    left = tags_left_alone(wanted, plan)
    if left:
        module.warn(left)
    before = managed_flow_logs(plan, outcome.steps)
    result = {
        "changed": bool(outcome.steps),
        "actions": [step.action.to_dict() for step in outcome.steps],
        "extra": [item.to_dict() for item in plan.extra],
    }
    if params["return_flow_logs"]:
        result["flow_logs"] = _flow_logs_after(wanted, outcome, before)
    if params["return_flow_logs"] or module._diff:
        result["diff"] = diff_of(outcome.steps, before, wanted.settings)
    where = wanted.settings.destination.arn if wanted.settings else wanted.destination_arn or f"name {wanted.name}"
    doing = f"publish flow logs to {where}" if params["state"] == "present" else f"remove flow logs to {where}"
    unsuccessful = [*plan.unsuccessful, *outcome.unsuccessful]
    finish(module, doing, result, with_places(unsuccessful, lambda: place_of(module, client)))


def _nothing(module: FlowLogsModule) -> dict[str, Any]:
    """Return the result of a task without targets, which asks AWS nothing."""
    result: dict[str, Any] = {"changed": False, "actions": [], "extra": []}
    if module.params["return_flow_logs"]:
        result["flow_logs"] = []
    if module.params["return_flow_logs"] or module._diff:
        result["diff"] = {"before": {}, "after": {}}
    return result


def _converge(module: FlowLogsModule, client: Any, wanted: Wanted) -> tuple[FlowLogPlan, Outcome]:
    """Plan and apply; look again at targets for which somebody was faster or an answer was lost."""
    present = module.params["state"] == "present"
    plan, outcome = FlowLogPlan(), Outcome()
    unanswered: list[NewFlowLogStep] = []
    for number in range(_ROUNDS):
        try:
            current = read_flow_logs(client, wanted.targets)
        except FlowLogsAWSError as error:
            if number == 0:
                raise
            # What was done before is told, whatever happens now.
            outcome.unsuccessful += [_unread(target, error) for target in wanted.targets]
            outcome.steps += answered_later(unanswered, FlowLogPlan())
            return plan, outcome
        more = plan_flow_logs(wanted, current, present)
        # What met an existing flow log in the first round is there.
        more = only_what_exists(module, client, more, wanted.settings, are_there=number > 0)
        outcome.steps += answered_later(unanswered, more)
        if module.check_mode:
            return more, Outcome(steps=list(more.steps))
        plan = join_plans([without_targets(plan, wanted.targets), more])
        done = carry_out(client, wanted, more.steps)
        outcome.steps += done.steps
        outcome.unsuccessful += done.unsuccessful
        outcome.described.update(done.described)
        if not done.already_exists:
            return plan, outcome
        unanswered = done.unanswered
        wanted = replace(wanted, targets=tuple(target for target in wanted.targets if target in done.already_exists))
    outcome.steps += answered_later(unanswered, FlowLogPlan())
    outcome.unsuccessful += [_still_existing(target, wanted, plan) for target in wanted.targets]
    return plan, outcome


def _unread(target: str, error: FlowLogsAWSError) -> Unsuccessful:
    code, message = error_code_and_message(error)
    text = f"AWS says that an equal flow log exists, but reading again failed: {message}"
    return Unsuccessful(target, code, text, hint_for("DescribeFlowLogs", code, message))


def _still_existing(target: str, wanted: Wanted, plan: FlowLogPlan) -> Unsuccessful:
    """Say why AWS refuses a new flow log: one of the target's others counts as the same, or is not described yet."""
    removed = [step.flow_log for step in plan.steps if isinstance(step, DeleteStep)]
    others = [*plan.extra, *removed]
    rivals = [
        item for item in others if item.resource_id == target and wanted.settings and is_rival(wanted.settings, item)
    ]
    if not rivals:
        return Unsuccessful(
            target,
            "FlowLogAlreadyExists",
            "AWS says that an equal flow log exists, but does not describe one.",
            "Run again; if it stays so, compare with s3_flow_log_info.",
        )
    ids = ", ".join(f"{item.flow_log_id} (name {item.name!r})" for item in rivals)
    return Unsuccessful(
        target,
        "FlowLogAlreadyExists",
        f"AWS takes the new flow log for the same as {ids}, which is another one by its name.",
        "Delete the other one, give it this name, or use another destination or traffic type.",
        flow_log_id=rivals[0].flow_log_id,
    )


def _flow_logs_after(wanted: Wanted, outcome: Outcome, before: Iterable[FlowLog]) -> list[dict[str, Any]]:
    order = {target: position for position, target in enumerate(wanted.targets)}
    after = apply_steps(outcome.steps, before, wanted.settings)
    # What AWS described of new flow logs is more than what could be predicted of them.
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
