# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test run measures the memory of all its processes, prints the peak, and fails if it is over the limit."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pytest

from tools.peak_memory import MIB
from tools.peak_memory import PeakMemory

# A child process with its own child, which allocates 64 MiB until its input ends.
GRANDCHILD = "import sys; kept = bytearray(b'x' * (64 * 2**20)); print(len(kept), flush=True); sys.stdin.read()"
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GRANDCHILD!r}])"


def test_descendants_count() -> None:
    memory = PeakMemory(os.getpid(), seconds=60)
    memory.sample()
    before = memory.peak
    command = [sys.executable, "-c", CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline()
        memory.sample()
        process.communicate()
    assert memory.peak >= before + 60 * MIB


def test_peak_stays_after_memory_is_freed() -> None:
    memory = PeakMemory(os.getpid(), seconds=0.01)
    memory.peak = 2**50
    memory.start()
    assert memory.stop() == 2**50


@pytest.mark.parametrize("limit, returncode, verdict", [(1, 1, "MORE than"), (100_000, 0, "within")])
def test_a_run_prints_its_peak_and_fails_over_the_limit(
    root: pathlib.Path, tmp_path: pathlib.Path, limit: int, returncode: int, verdict: str
) -> None:
    tests = tmp_path / "test_nothing.py"
    tests.write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    options = ["-n", "1", "-p", "tools.peak_memory", "-p", "no:cacheprovider", "--memory-limit", str(limit)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(tests)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == returncode, done.stdout
    *_others, peak, closing = done.stdout.splitlines()
    assert re.fullmatch(rf"Peak memory of all processes: [1-9][\d,]* MiB, {verdict} the limit of {limit:,} MiB\.", peak)
    assert re.fullmatch(r"=+ 1 passed in .*=+", closing)
