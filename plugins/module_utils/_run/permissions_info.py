# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``flow_log_permissions_info``: ask the policy simulator, else try dry runs, and judge. PRIVATE to this collection.

What nobody could tell stays unknown; a failed call is never taken for a permission that lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

from .._aws import ec2, ec2_dry_run, iam
from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._aws.sts import CallerIdentity
from .._core.flow_log.create_request import create_request
from .._core.flow_log.resource_types import resolve_resource_type
from .._core.flow_log.settings import settings_from_options
from .._core.permissions.check import (
    DRY_RUN,
    LIMITS,
    NOTHING,
    Permission,
    PermissionQuestion,
    SIMULATION,
    SimulationQuery,
    missing_policy,
    permitted,
    question_from_options,
    summary_of,
)
from .._core.permissions.principals import ROOT, SESSION, context_of, parse_principal
from .._core.permissions.simulation import ALLOWED, Answer, NOT_ALLOWED, UNKNOWN, answers_from
from .module import FlowLogsModule, ModuleDefinition

#: Where a dry run of CreateFlowLogs says to deliver to; whether it exists is not looked at by a dry run.
_SOME_BUCKET = "flow-logs-dry-run"


def run_permissions_info(module: FlowLogsModule) -> None:
    """Tell which permissions some work needs, and which of them a principal has."""
    account = parse_principal(module.params["principal"]).account if module.params["principal"] else ""
    ec2_client = module.client("ec2")
    partition = ec2.partition_of(ec2_client)
    # Whatever is wrong with the options is found before the first call; the account stands for itself until then.
    question_from_options(module.params, account or "0" * 12, partition, module.region or "")
    module.verify_account()
    caller = module.caller()
    question = question_from_options(module.params, account or caller.account_id, partition, module.region or "")
    inquiry = _Inquiry(module, question, caller)
    permissions = inquiry.permissions()
    module.exit_json(
        changed=False,
        principal=inquiry.principal,
        permitted=permitted(permissions),
        summary=summary_of(inquiry.principal, permissions),
        permissions=[permission.to_dict(question.operations) for permission in permissions],
        missing_policy=missing_policy(permissions, question.operations),
        policies=list(question.policies),
        limits=[LIMITS[method] for method in (SIMULATION, DRY_RUN) if any(p.method == method for p in permissions)],
    )


class _Inquiry:
    """One run: finds who is meant, and asks."""

    def __init__(self, module: FlowLogsModule, question: PermissionQuestion, caller: CallerIdentity) -> None:
        self._module = module
        self._question = question
        self._iam = module.client("iam")
        self._is_caller = question.principal in (None, caller.arn)
        self.principal = question.principal or caller.arn
        self._source, self._obstacle = self._resolved(self.principal)

    def _resolved(self, arn: str) -> Any:
        """Return the ARN that IAM can simulate and ``""``, or None and why there is none."""
        principal = parse_principal(arn)
        if principal.kind == ROOT:
            return None, "The policy simulator knows no root user; only policies of the organization bind it."
        if principal.kind != SESSION:
            return arn, ""
        try:
            return iam.role_arn(self._iam, principal.name), ""
        except FlowLogsAWSError:
            # Where the role has no path, its ARN is known anyway; where it has one, IAM says that there is no such role.
            return f"arn:{principal.partition}:iam::{principal.account}:role/{principal.name}", ""

    def permissions(self) -> list[Permission]:
        """Return the answers, in the order of the questions."""
        return [permission for ask in self._question.asks for permission in self._answered(ask)]

    def _simulated(self, ask: SimulationQuery) -> list[dict[str, Any]]:
        """Return the results for all actions; IAM may want to be asked about each alone."""
        context = dict(context_of(self._source))
        context.update(ask.context)

        def simulate(actions: Sequence[str]) -> list[dict[str, Any]]:
            return iam.simulate_principal_policy(
                self._iam, self._source, actions, ask.resources, sorted(context.items())
            )

        try:
            return simulate(ask.actions)
        except FlowLogsAWSError as error:
            if error_code_and_message(error)[0] != "InvalidInput" or len(ask.actions) == 1:
                raise
        return [result for action in ask.actions for result in simulate([action])]

    def _answered(self, ask: SimulationQuery) -> list[Permission]:
        if self._obstacle == "":
            try:
                results = self._simulated(ask)
            except FlowLogsAWSError as error:
                code, message = error_code_and_message(error)
                self._obstacle = (
                    f"{error.message}: {message} ({code}). To simulate takes iam:SimulatePrincipalPolicy, and for a "
                    "session iam:GetRole."
                )
            else:
                answers = answers_from(results, ask.resources)
                return self._permissions(ask, SIMULATION, lambda action, resource: answers.get((action, resource)))
        tried = {action: self._tried(ask.region, action) for action in ask.actions}
        return [
            permission
            for action, answer in tried.items()
            for permission in self._permissions(
                SimulationQuery(ask.region, (action,), ask.resources, ask.context),
                DRY_RUN if answer else NOTHING,
                lambda _action, _resource, found=answer: found or Answer(UNKNOWN, self._obstacle),
            )
        ]

    def _permissions(self, ask: SimulationQuery, method: str, answer: Callable[..., Answer | None]) -> list[Permission]:
        return [
            Permission(
                action,
                resource,
                ask.region,
                answer(action, resource) or Answer(UNKNOWN, "IAM gave no answer."),
                method,
                ask.context,
            )
            for action in ask.actions
            for resource in ask.resources
        ]

    # --- dry runs ----------------------------------------------------------------------------------------------------

    def _tried(self, region: str, action: str) -> Answer | None:
        """Return what dry runs tell of an action, None if none can be made."""
        errors = self._dry_runs(region, action) if self._is_caller else []
        answers = [_answer_of(error, action) for error in errors]
        worst = [answer for answer in answers if answer.decision != ALLOWED]
        return next(iter(worst or answers), None)

    def _dry_runs(self, region: str, action: str) -> list[FlowLogsAWSError]:
        client = self._module.client("ec2", region=region)
        logs = self._question.flow_log_ids
        tries: dict[str, Callable[[], list[FlowLogsAWSError]]] = {
            "ec2:DescribeFlowLogs": lambda: [ec2_dry_run.try_describe(client)],
            "ec2:CreateFlowLogs": lambda: self._try_creates(client),
            "ec2:DeleteFlowLogs": lambda: [ec2_dry_run.try_delete(client, item) for item in logs],
            "ec2:CreateTags": lambda: [ec2_dry_run.try_tag(client, item) for item in logs],
            "ec2:DeleteTags": lambda: [ec2_dry_run.try_untag(client, item) for item in logs],
        }
        return tries[action]() if action in tries else []

    def _try_creates(self, client: Any) -> list[FlowLogsAWSError]:
        ids = self._question.resource_ids
        if not ids:
            return []
        partition = ec2.partition_of(client)
        rules = resolve_resource_type(ids)
        settings, _warnings = settings_from_options({"destination": _SOME_BUCKET}, rules, partition)
        return [ec2_dry_run.try_create(client, create_request(settings, [item], {}, "dry-run")) for item in ids]


def _answer_of(error: FlowLogsAWSError, action: str) -> Answer:
    code, message = error_code_and_message(error)
    if code == "DryRunOperation":
        return Answer(ALLOWED, f"EC2 would take the call that needs {action}.")
    if code == "UnauthorizedOperation":
        return Answer(NOT_ALLOWED, f"EC2 refuses the call that needs {action}: {message}")
    return Answer(UNKNOWN, f"{error.message}: {message} ({code})")


#: The module ``flow_log_permissions_info``.
FLOW_LOG_PERMISSIONS_INFO = ModuleDefinition(
    name="flow_log_permissions_info",
    work=run_permissions_info,
    argument_spec=dict(
        principal=dict(type="str"),
        operations=dict(type="list", elements="str", default=["publishing"]),
        account_id=dict(type="str"),
        regions=dict(type="list", elements="str"),
        resource_types=dict(type="list", elements="str"),
        buckets=dict(type="list", elements="str"),
        keys=dict(type="list", elements="str", no_log=False),
        principals=dict(type="list", elements="str"),
        context=dict(type="dict"),
        resource_ids=dict(type="list", elements="str"),
        flow_log_ids=dict(type="list", elements="str"),
    ),
)
