# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark works without the other tools, and measures correctly."""

from __future__ import annotations

import pathlib
import sys

import pytest

from tests.bench.compare import AGAIN
from tests.bench.compare import CHECK
from tests.bench.compare import FIRST
from tests.bench.compare import compare
from tests.bench.contenders import BOTO3
from tests.bench.contenders import EMPTY
from tests.bench.contenders import OURS
from tests.bench.contenders import environment
from tests.bench import wide
from tests.bench.guide import measured_section
from tests.bench.guide import wide_section
from tests.bench.measure import BenchError
from tests.bench.measure import Measured
from tests.bench.measure import measure
from tests.bench.pipeline import ACCOUNTS
from tests.bench.pipeline import AGAIN as PUBLISH_AGAIN
from tests.bench.pipeline import PUBLISH
from tests.bench.pipeline import REGIONS
from tests.bench.pipeline import REPORT
from tests.bench.pipeline import best
from tests.bench.pipeline import run_pipeline
from tests.bench.wide import run_wide
from tests.simulator.client import SimulatorProcess

LOOK = {"DescribeFlowLogs": 1}
MAKE = {"DescribeFlowLogs": 2, "CreateFlowLogs": 1}
#: Before a flow log is created, its target is looked up.
EXISTENCE = {"DescribeVpcs": 1}


def test_contenders_do_the_same_work_and_only_ours_looks_up_the_targets(tmp_path: pathlib.Path) -> None:
    rows = compare(3, 1, tmp_path, print, names=(EMPTY, OURS, BOTO3))
    calls = {(row.contender, row.run): dict(row.best.calls) for row in rows if row.best}
    assert calls == {
        (EMPTY, FIRST): {},
        (OURS, CHECK): {**LOOK, **EXISTENCE},
        (OURS, FIRST): {**MAKE, **EXISTENCE},
        (OURS, AGAIN): LOOK,
        (BOTO3, FIRST): MAKE,
        (BOTO3, AGAIN): LOOK,
    }
    assert all(row.best.wall > 0 and row.best.cpu > 0 and row.best.memory > 10 for row in rows if row.best)
    assert "3 targets, first run" in measured_section(rows, [], ["Measured once."])


def test_whole_way_makes_all_flow_logs_and_finds_nothing_to_do_then(tmp_path: pathlib.Path) -> None:
    steps = {step.name: step.measured for step in run_pipeline(4, 1, tmp_path, print, owners=ACCOUNTS[:1])}
    assert steps[PUBLISH].calls["CreateFlowLogs"] == len(REGIONS)
    for name in (PUBLISH_AGAIN, REPORT):
        assert not {"CreateFlowLogs", "CreateTags", "DeleteFlowLogs", "PutBucketPolicy"} & set(steps[name].calls)


def test_of_several_runs_the_quickest_counts_and_the_most_memory() -> None:
    assert best([Measured(2.0, cpu=3.0, memory=90), Measured(1.5, cpu=2.5, memory=100)]) == Measured(1.5, 2.5, 100)
    assert best([Measured(1.5, memory=100), Measured(2.0, memory=110)]) == Measured(1.5, memory=110)


def test_memory_and_cpu_are_those_of_all_processes_of_a_command(
    simulator: SimulatorProcess, tmp_path: pathlib.Path
) -> None:
    work = (
        "block = b'x' * 60_000_000; import time; end = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    )
    both = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}], check=True)"
    measured = measure([sys.executable, "-c", both], simulator, environment(simulator, tmp_path), tmp_path)
    assert 60 < measured.memory < 120
    assert measured.cpu >= 0.5


def test_a_command_that_fails_is_no_measurement(simulator: SimulatorProcess, tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    with pytest.raises(BenchError, match="no such thing"):
        measure(command, simulator, environment(simulator, tmp_path), tmp_path)


def test_many_accounts_and_regions_are_published_as_a_plain_program_does_it(tmp_path: pathlib.Path) -> None:
    rows = {row.name: row.measured for row in run_wide(len(wide.REGIONS), tmp_path, print)}
    for name in (wide.PLAIN, wide.PUBLISH):
        assert rows[name].calls["CreateFlowLogs"] == len(wide.REGIONS)
    for name in (wide.PLAIN_AGAIN, wide.AGAIN, wide.REPORT):
        assert not {"CreateFlowLogs", "CreateTags", "DeleteFlowLogs", "PutBucketPolicy"} & set(rows[name].calls)
    section = wide_section([wide.WideRow(4, name, measured) for name, measured in rows.items()], ["Measured once."])
    assert wide.REPORT in section
