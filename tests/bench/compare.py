# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the same work with each contender in turn, and keeps the best run of each."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace

from tests.bench.contenders import CONTENDERS
from tests.bench.contenders import EMPTY
from tests.bench.contenders import Job
from tests.bench.contenders import environment
from tests.bench.contenders import fleet
from tests.bench.measure import BenchError
from tests.bench.measure import Measured
from tests.bench.measure import measure
from tests.simulator.client import SimulatorProcess

CHECK, FIRST, AGAIN = "check", "first", "again"


@dataclass(frozen=True)
class Row:
    """The best of several runs of a contender.

    :param run: ``check`` (check mode, nothing exists), ``first`` (create everything) or ``again`` (everything exists).
    :param best: ``None`` if the contender cannot do it.
    :param extrapolated: the number of measured targets, if it did not run with all of them.
    """

    targets: int
    contender: str
    run: str
    best: Measured | None
    extrapolated: int | None = None


def compare(
    targets: int, rounds: int, folder: pathlib.Path, say: Callable[[str], None], names: tuple[str, ...] = ()
) -> list[Row]:
    """Create the flow logs of this many VPCs with each contender, in turn and several times.

    :param folder: an empty folder for files.
    :param names: the contenders; the default is all.
    """
    runs: dict[tuple[str, str], list[Measured]] = {}
    with SimulatorProcess(seed=fleet(targets)) as simulator:
        for number in range(rounds):
            for name in names or CONTENDERS:
                say(f"{targets} targets, round {number + 1} of {rounds}: {CONTENDERS[name].name}")
                for run, measured in _round(name, targets, simulator, folder).items():
                    runs.setdefault((name, run), []).append(measured)
    return [_row(targets, name, run, measured) for (name, run), measured in runs.items()]


def _round(name: str, targets: int, simulator: SimulatorProcess, folder: pathlib.Path) -> dict[str, Measured | None]:
    contender = CONTENDERS[name]
    job = Job(folder, min(targets, contender.sample or targets))

    def done(check: bool = False) -> Measured | None:
        command = contender.command(replace(job, check=check))
        try:
            return measure(command, simulator, environment(simulator, folder), folder)
        except BenchError:
            return None

    if name == EMPTY:
        return {FIRST: done()}
    simulator.reset()
    return {**({CHECK: done(check=True)} if contender.checks else {}), FIRST: done(), AGAIN: done()}


def _row(targets: int, name: str, run: str, measured: list[Measured | None]) -> Row:
    if None in measured:
        return Row(targets, name, run, None)
    best = min(measured, key=lambda item: item.wall)
    sample = CONTENDERS[name].sample
    if sample is None or sample >= targets:
        return Row(targets, name, run, best)
    return Row(targets, name, run, best.scaled(targets / sample), extrapolated=sample)
