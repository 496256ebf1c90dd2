# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs all measurements, and writes the results into the guide on performance.

Usage: python -m tests.bench [full|wide|quick]

``full`` takes about half an hour on two idle cores. ``wide`` measures only many accounts and Regions with a few VPCs
each. ``quick`` measures little, prints it, and writes nothing.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.compare import compare
from tests.bench.contenders import OTHERS
from tests.bench.contenders import ROOT
from tests.bench.guide import END
from tests.bench.guide import START
from tests.bench.guide import WIDE_END
from tests.bench.guide import WIDE_START
from tests.bench.guide import measured_section
from tests.bench.guide import replace_measured
from tests.bench.guide import wide_section
from tests.bench.pipeline import PAIRS
from tests.bench.pipeline import run_pipeline
from tests.bench.wide import run_wide

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_performance.rst"


@dataclass(frozen=True)
class Extent:
    """The extent of the measurements."""

    targets: tuple[int, ...]
    rounds: int
    fleets: tuple[int, ...]


EXTENTS = {
    "full": Extent((10, 100, 1_000, 10_000), 3, (1_000, 2_500, 5_000, 10_000)),
    "quick": Extent((10, 100), 1, (5 * PAIRS,)),
}


#: Numbers of pairs of account and Region.
WIDE = {"full": (20, 200, 800), "wide": (20, 200), "quick": (20,)}


def versions() -> str:
    """Return the measured versions."""
    ours = [f"{name} {importlib.metadata.version(name)}" for name in ("ansible-core", "boto3", "moto")]
    command = [OTHERS / "python", "-c", "import importlib.metadata as m; print(m.version('awscli'), m.version('c7n'))"]
    awscli, custodian = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return ", ".join([f"Python {platform.python_version()}", *ours, f"awscli {awscli}", f"c7n {custodian}"])


def facts(rounds: int) -> list[str]:
    """Return the conditions of the measurements."""
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    return [
        f"Measured on {today} by ``make bench`` with {versions()}, on {os.cpu_count()} cores that the simulator shares.",
        f"Best of {rounds}, in turn." if rounds > 1 else "Measured once.",
        f"Load of the machine before: {os.getloadavg()[0]:.1f}.",
    ]


def say(text: str) -> None:
    """Print the progress."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def wide(sizes: Sequence[int]) -> str:
    """Measure many accounts and Regions; return their section for the guide."""
    about = facts(1)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        rows = [row for pairs in sizes for row in run_wide(pairs, pathlib.Path(name), say)]
    return wide_section(rows, about)


def main(extent: Extent) -> str:
    """Measure; return the section for the guide."""
    about = facts(extent.rounds)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = pathlib.Path(name)
        rows = [row for targets in extent.targets for row in compare(targets, extent.rounds, folder, say)]
        steps = [step for targets in extent.fleets for step in run_pipeline(targets, extent.rounds, folder, say)]
    return measured_section(rows, steps, about)


if __name__ == "__main__":
    WORD = sys.argv[1] if len(sys.argv) == 2 else "full"
    if WORD not in (*EXTENTS, "wide"):
        sys.exit(__doc__)
    MADE: list[tuple[str, tuple[str, str]]] = []
    if WORD in EXTENTS:
        MADE.append((main(EXTENTS[WORD]), (START, END)))
    MADE.append((wide(WIDE[WORD]), (WIDE_START, WIDE_END)))
    for section, markers in MADE:
        print(section)
        if WORD != "quick":
            GUIDE.write_text(replace_measured(GUIDE.read_text(encoding="utf-8"), section, markers), encoding="utf-8")
