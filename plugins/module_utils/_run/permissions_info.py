# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module ``flow_log_permissions_info``: simulates policies, or else makes dry runs. PRIVATE to this collection.

Without an answer a permission is unknown; a failed call never counts as a missing permission.
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

#: Destination in dry runs of CreateFlowLogs, which do not check whether it exists.
_SOME_BUCKET = "flow-logs-dry-run"


def run_permissions_info(module: FlowLogsModule) -> None:
    """Return the permissions that some operations need, and which of them a principal has."""
    account = parse_principal(module.params["principal"]).account if module.params["principal"] else ""
    ec2_client = module.client("ec2")
    partition = ec2.partition_of(ec2_client)
    # Check the options before the first call, with a placeholder for the caller's account.
    question_from_options(module.params, account or "0" * 12, partition, module.region or "")
    module.verify_account()
    caller = module.caller()
    question = question_from_options(module.params, account or caller.account_id, partition, module.region or "")
    checker = _PermissionChecker(module, question, caller)
    permissions = checker.permissions()
    module.exit_json(
        changed=False,
        principal=checker.principal,
        permitted=permitted(permissions),
        summary=summary_of(checker.principal, permissions),
        permissions=[permission.to_dict(question.operations) for permission in permissions],
        missing_policy=missing_policy(permissions, question.operations),
        policies=list(question.policies),
        limits=[LIMITS[method] for method in (SIMULATION, DRY_RUN) if any(p.method == method for p in permissions)],
    )


class _PermissionChecker:
    """Checks the permissions of a principal.

    :ivar principal: ARN of the principal.
    """

    def __init__(self, module: FlowLogsModule, question: PermissionQuestion, caller: CallerIdentity) -> None:
        self._module = module
        self._question = question
        self._iam = module.client("iam")
        self._is_caller = question.principal in (None, caller.arn)
        self.principal = question.principal or caller.arn
        self._source, self._obstacle = self._simulation_source(self.principal)

    def _simulation_source(self, arn: str) -> tuple[str, str]:
        """Return the ARN that IAM can simulate; if there is none, ``""`` and the reason."""
        principal = parse_principal(arn)
        if principal.kind == ROOT:
            return (
                "",
                "The policy simulator does not support the root user; only policies of the organization limit it.",
            )
        if principal.kind != SESSION:
            return arn, ""
        try:
            return iam.role_arn(self._iam, principal.name), ""
        except FlowLogsAWSError:
            # The ARN of a role without a path is known; if the role has one, IAM does not find this ARN.
            return f"arn:{principal.partition}:iam::{principal.account}:role/{principal.name}", ""

    def permissions(self) -> list[Permission]:
        """Return the permissions, in the order of the queries."""
        return [permission for query in self._question.queries for permission in self._check(query)]

    def _simulate(self, query: SimulationQuery) -> list[dict[str, Any]]:
        """Return the results for all actions; if IAM refuses them together, simulate each alone."""
        context = dict(context_of(self._source))
        context.update(query.context)

        def simulate(actions: Sequence[str]) -> list[dict[str, Any]]:
            return iam.simulate_principal_policy(
                self._iam, self._source, actions, query.resources, sorted(context.items())
            )

        try:
            return simulate(query.actions)
        except FlowLogsAWSError as error:
            if error_code_and_message(error)[0] != "InvalidInput" or len(query.actions) == 1:
                raise
        return [result for action in query.actions for result in simulate([action])]

    def _check(self, query: SimulationQuery) -> list[Permission]:
        if self._obstacle == "":
            try:
                results = self._simulate(query)
            except FlowLogsAWSError as error:
                code, message = error_code_and_message(error)
                self._obstacle = (
                    f"{error.message}: {message} ({code}). The simulation needs iam:SimulatePrincipalPolicy, and for a "
                    "session iam:GetRole."
                )
            else:
                answers = answers_from(results, query.resources)
                return self._permissions(query, SIMULATION, lambda action, resource: answers.get((action, resource)))
        by_action = {action: self._dry_run_answer(query.region, action) for action in query.actions}
        return [
            permission
            for action, answer in by_action.items()
            for permission in self._permissions(
                SimulationQuery(query.region, (action,), query.resources, query.context),
                DRY_RUN if answer else NOTHING,
                lambda _action, _resource, found=answer: found or Answer(UNKNOWN, self._obstacle),
            )
        ]

    def _permissions(
        self, query: SimulationQuery, method: str, answer: Callable[..., Answer | None]
    ) -> list[Permission]:
        return [
            Permission(
                action,
                resource,
                query.region,
                answer(action, resource) or Answer(UNKNOWN, "IAM gave no answer."),
                method,
                query.context,
            )
            for action in query.actions
            for resource in query.resources
        ]

    # --- dry runs ----------------------------------------------------------------------------------------------------

    def _dry_run_answer(self, region: str, action: str) -> Answer | None:
        """Return the worst answer of dry runs for an action; ``None`` if there is no dry run for it."""
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
        return Answer(ALLOWED, f"EC2 would accept the call that needs {action}.")
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
