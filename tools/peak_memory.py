# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures the peak memory of a process and its descendants; as a pytest plugin, limits that of a test run.

``python -m pytest -p tools.peak_memory --memory-limit 2048`` prints the peak before pytest's closing line, and fails
the run if all its processes together took more than 2,048 MiB. Memory that several processes share counts once (PSS of
Linux). On other systems nothing is measured.
"""

from __future__ import annotations

import os
import pathlib
import threading

import pytest

PROC = pathlib.Path("/proc")
MIB = 2**20


class PeakMemory(threading.Thread):
    """Samples the memory of a process and its descendants until it is stopped.

    :param pid: of the process.
    :param seconds: time between two samples. Reading the memory of one process takes about a millisecond.
    """

    def __init__(self, pid: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._seconds = seconds
        self._over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        """Take samples until stopped."""
        while not self._over.wait(self._seconds):
            self.sample()

    def sample(self) -> None:
        """Take one sample."""
        self.peak = max(self.peak, memory_of_tree(self._pid))

    def stop(self) -> int:
        """Stop sampling; return the peak in bytes."""
        self._over.set()
        self.join()
        return self.peak


def memory_of_tree(pid: int) -> int:
    """Return the bytes that a process and its descendants currently use, 0 without Linux's /proc."""
    return sum(map(_bytes_of, _tree(pid)))


def _tree(pid: int) -> list[int]:
    found, left = [], [pid]
    while left:
        pid = left.pop()
        found.append(pid)
        try:
            threads = list((PROC / str(pid) / "task").iterdir())
            left += [int(child) for thread in threads for child in (thread / "children").read_text().split()]
        except OSError:  # It ended meanwhile.
            continue
    return found


def _bytes_of(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


# --- the pytest plugin ---


class _Limit:
    """Measures the whole test run, and fails it if its peak is over the limit.

    :param limit: MiB.
    """

    def __init__(self, pid: int, limit: int) -> None:
        self._limit = limit
        self._memory = PeakMemory(pid, seconds=1)
        self._memory.start()
        self._peak = 0

    @property
    def _is_over(self) -> bool:
        return self._peak > self._limit * MIB

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Take the last sample, and check the limit."""
        self._memory.sample()
        self._peak = self._memory.stop()
        if self._is_over:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the peak, before the closing line."""
        if not self._peak:
            terminalreporter.line("Peak memory of all processes: not measured, because there is no /proc.")
            return
        verdict = "MORE than" if self._is_over else "within"
        terminalreporter.line(
            f"Peak memory of all processes: {self._peak / MIB:,.0f} MiB, {verdict} the limit of {self._limit:,} MiB.",
            red=self._is_over,
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the limit."""
    parser.addoption("--memory-limit", type=int, default=2048, help="most memory of all processes together, in MiB")


def pytest_configure(config: pytest.Config) -> None:
    """Start measuring, in the process that starts all others."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Limit(os.getpid(), config.getoption("--memory-limit")))
