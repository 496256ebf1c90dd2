# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the steps of a plan are carried out, where the simulator does not show it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log import FlowLog
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log import flow_log_from_description
from ansible_collections.flowlogs.aws.plugins.module_utils._run.flow_log_steps import FlowLogSteps


def test_new_flow_logs_are_described_two_calls_at_a_time_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    # Calls that come one after the other would wait for each other here, and fail.
    together = threading.Barrier(2, timeout=10)

    def describe(_client: Any, ids: Sequence[str]) -> list[FlowLog]:
        together.wait()
        return [flow_log_from_description({"FlowLogId": item, "ResourceId": f"vpc-{item}"}) for item in ids]

    monkeypatch.setattr(ec2, "describe_flow_logs_by_id", describe)
    ids = [f"fl-{number}" for number in range(2_000)]
    described, _problem = FlowLogSteps(None, None)._describe_new(ids)
    assert [item.flow_log_id for item in described] == ids
