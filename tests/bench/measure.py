# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a command and measures it: wall clock, memory of all its processes, CPU, and its AWS calls."""

from __future__ import annotations

import collections
import os
import pathlib
import resource
import subprocess
import time
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from tests.simulator.client import SimulatorProcess
from tools.peak_memory import PROC
from tools.peak_memory import PeakMemory

# Reading the memory of a process takes about a millisecond, so this costs a command about one percent.
SAMPLE_SECONDS = 0.1
LIMIT_SECONDS = 900


class BenchError(RuntimeError):
    """A command failed that must succeed; the text is the end of its output."""


@dataclass(frozen=True)
class Measured:
    """The measurements of one command.

    :param wall: seconds.
    :param cpu: seconds of all its processes, user and system.
    :param memory: peak of the memory of all its processes together, in MB (10^6 bytes); shared memory
        is counted once (PSS of Linux, sampled ten times a second).
    :param calls: number of calls of each operation in the simulator.
    :param served: seconds of CPU of the simulator.
    """

    wall: float
    cpu: float = 0.0
    memory: float = 0.0
    calls: Mapping[str, int] = field(default_factory=dict)
    served: float = 0.0

    def scaled(self, factor: float) -> Measured:
        """Return the measurements scaled to a multiple of the work."""
        calls = {name: round(count * factor) for name, count in self.calls.items()}
        return Measured(self.wall * factor, self.cpu * factor, self.memory, calls, self.served * factor)


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU of a running process."""
    words = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_children() -> float:
    """Return the seconds of CPU of all finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(
    command: Sequence[object], simulator: SimulatorProcess, environment: Mapping[str, str], folder: pathlib.Path
) -> Measured:
    """Run a command that must succeed, and measure it.

    :param environment: the complete environment of the command.
    :param folder: where it runs.
    :raises BenchError: it failed.
    """
    simulator.clear_calls()
    served, cpu, started = cpu_of(simulator.pid), cpu_of_children(), time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    memory = PeakMemory(process.pid, SAMPLE_SECONDS)
    memory.start()
    try:
        output, _none = process.communicate(timeout=LIMIT_SECONDS)
    finally:
        process.kill()
        peak = memory.stop() / 1e6
    wall = time.perf_counter() - started
    if process.returncode:
        raise BenchError(f"{command[0]} failed with {process.returncode}:\n{output[-3000:]}")
    return Measured(
        wall=wall,
        cpu=cpu_of_children() - cpu,
        memory=peak,
        calls=dict(collections.Counter(simulator.operations())),
        served=cpu_of(simulator.pid) - served,
    )
