# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out the steps of a plan: calls and waits that the simulator does not show."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.stub import ANY
from botocore.stub import Stubber

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import FlowLog
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import flow_log_from_description
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.desired import PresentFlowLogs
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import CreateStep
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import settings_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._run.flow_log_steps.carry_out import carry_out
from ansible_collections.flowlogs.aws.plugins.module_utils._run.flow_log_steps.create import describe_new

from tests.unit.plugins.module_utils._aws.offline import client_of

ROLE = ("IncorrectState", "FlowLogs Service Linked Role is not yet available")


def test_new_flow_logs_are_described_two_calls_at_a_time_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    # Sequential calls would wait here until the timeout, and fail.
    together = threading.Barrier(2, timeout=120)

    def describe(_client: Any, ids: Sequence[str]) -> list[FlowLog]:
        together.wait()
        return [flow_log_from_description({"FlowLogId": item, "ResourceId": f"vpc-{item}"}) for item in ids]

    monkeypatch.setattr(ec2, "describe_flow_logs_by_id", describe)
    ids = [f"fl-{number}" for number in range(2_000)]
    described, _problem = describe_new(None, ids, wait_timeout=60.0)
    assert [item.flow_log_id for item in described] == ids


def created(answers: list[Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[float], list[str]]:
    """Create one flow log; return the outcome, the pauses and the client tokens of the calls."""
    settings, _warnings = settings_from_options({"destination": "example-logs"}, RESOURCE_TYPES["VPC"], "aws")
    pauses: list[float] = []
    tokens: list[str] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    client = client_of("ec2")
    client.meta.events.register(
        "provide-client-params.ec2.CreateFlowLogs", lambda params, **_more: tokens.append(params["ClientToken"])
    )
    flow_log = {"FlowLogId": "fl-1", "ResourceId": "vpc-1", "LogDestinationType": "s3"}
    with Stubber(client) as stub:
        for answer in answers:
            if isinstance(answer, tuple):
                stub.add_client_error("create_flow_logs", *answer)
            else:
                stub.add_response("create_flow_logs", answer)
        if "FlowLogIds" in answers[-1]:
            stub.add_response("describe_flow_logs", {"FlowLogs": [flow_log]}, {"FlowLogIds": ANY})
        step = CreateStep(Action("create", "vpc-1"), settings)
        outcome = carry_out(client, PresentFlowLogs(("vpc-1",), settings), [step])
        stub.assert_no_pending_responses()
    return outcome, pauses, tokens


def test_creation_waits_for_the_service_linked_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS may refuse the whole call or a target. Each retry has a new token, so AWS does not repeat its answer."""
    item = {"ResourceId": "vpc-1", "Error": dict(zip(("Code", "Message"), ROLE))}
    answers = [ROLE, {"Unsuccessful": [item]}, {"FlowLogIds": ["fl-1"]}]
    outcome, pauses, tokens = created(answers, monkeypatch)
    assert [step.action.flow_log_id for step in outcome.steps] == ["fl-1"] and outcome.unsuccessful == []
    assert len(pauses) == 2 and len(set(tokens)) == 3


def test_a_missing_service_linked_role_is_an_error_after_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, pauses, _tokens = created([ROLE] * 5, monkeypatch)
    assert [item.code for item in outcome.unsuccessful] == ["IncorrectState"] and outcome.steps == []
    assert len(pauses) == 4 and sum(pauses) <= 30


@pytest.mark.parametrize("code", ["IncorrectState", "RequestLimitExceeded", "ServiceUnavailable", "InvalidParameter"])
def test_other_errors_are_not_retried(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    outcome, pauses, _tokens = created([(code, "Something else.")], monkeypatch)
    assert [item.code for item in outcome.unsuccessful] == [code]
    assert pauses == []
