# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The number of AWS calls matches the formula in the guide, from 10 to 10,000 targets."""

from __future__ import annotations

import collections
import math
from collections.abc import Iterator

import pytest

from tests.bench.contenders import BUCKET_ARN
from tests.bench.contenders import fleet
from tests.bench.contenders import vpc_ids
from tests.integration.support.in_process import succeed
from tests.rst import table_rows
from tests.simulator.client import SimulatorProcess
from tests.unit.meta.project import read

SIZES = (10, 1_000, 2_500)
#: Flow logs on a page of DescribeFlowLogs without MaxResults (EC2 API: at most 1,000).
PAGE = 1_000


def pages(flow_logs: int) -> int:
    """Return the number of calls that read this many flow logs."""
    return max(1, math.ceil(flow_logs / PAGE))


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[SimulatorProcess]:
    with SimulatorProcess(seed=fleet(max(SIZES))) as process:
        yield process


def test_guide_has_the_formula() -> None:
    rows = dict(table_rows(read("docs/docsite/rst/guide_performance.rst"), "Calls to AWS"))
    assert rows["read the flow logs"].startswith("1 DescribeFlowLogs and its further pages. Above 200 targets")
    assert rows["create"].startswith("⌈N / 300⌉ CreateFlowLogs")
    assert rows["create"].endswith("then ⌈N / 1,000⌉ DescribeFlowLogs")
    assert rows["nothing to do"] == "only the calls that read the flow logs"
    assert rows["check that the targets exist"].startswith("1 DescribeVpcs (or the call for their type)")
    assert "only if a flow log would be created" in rows["check that the targets exist"]
    assert rows["check the account"].startswith("1 GetCallerIdentity")
    assert "only with ``expected_account_id``" in rows["check the account"]


@pytest.mark.parametrize("targets", SIZES)
def test_calls_match_the_formula(world: SimulatorProcess, targets: int) -> None:
    world.reset()
    options = {"resource_ids": vpc_ids(targets), "destination": BUCKET_ARN}
    look, creates, looks_after = pages(0), math.ceil(targets / 300), math.ceil(targets / 1_000)
    for check, expected in (
        (True, {"DescribeFlowLogs": look, "DescribeVpcs": 1}),
        (False, {"DescribeFlowLogs": look + looks_after, "DescribeVpcs": 1, "CreateFlowLogs": creates}),
        (False, {"DescribeFlowLogs": pages(targets)}),
        (True, {"DescribeFlowLogs": pages(targets)}),
    ):
        world.clear_calls()
        succeed(world.url, "s3_flow_log", options, check=check)
        assert collections.Counter(world.operations()) == expected


def test_expected_account_costs_one_call_and_only_if_it_is_set(world: SimulatorProcess) -> None:
    world.reset()
    options = {"resource_ids": vpc_ids(10), "destination": BUCKET_ARN}
    for expected in ({}, {"expected_account_id": "123456789012"}):
        world.clear_calls()
        succeed(world.url, "s3_flow_log", {**options, **expected}, check=True)
        assert world.operations() == ["GetCallerIdentity"] * len(expected) + ["DescribeFlowLogs", "DescribeVpcs"]
