# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the results into the guide on performance, between two markers, in reStructuredText."""

from __future__ import annotations

import math
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from tests.bench.chart import chart
from tests.bench.chart import seconds_text
from tests.bench.compare import AGAIN
from tests.bench.compare import CHECK
from tests.bench.compare import FIRST
from tests.bench.compare import Row
from tests.bench.contenders import BOTO3
from tests.bench.contenders import CLI
from tests.bench.contenders import CONTENDERS
from tests.bench.contenders import CUSTODIAN
from tests.bench.contenders import EMPTY
from tests.bench.contenders import OURS
from tests.bench.measure import Measured
from tests.bench.pipeline import AGAIN as PUBLISH_AGAIN
from tests.bench.pipeline import PUBLISH
from tests.bench.pipeline import Step
from tests.bench.request_limits import table as limits_table
from tests.bench.wide import LIMITS
from tests.bench.wide import WideRow

START, END = ".. measured: start", ".. measured: end"
WIDE_START, WIDE_END = ".. measured wide: start", ".. measured wide: end"
RUNS = {FIRST: "first run", AGAIN: "unchanged run", CHECK: "first run in check mode"}
#: A task is to take at most an empty one and this much of the plain script.
LIMIT_FACTOR = 1.15


def replace_measured(text: str, measured: str, markers: tuple[str, str] = (START, END)) -> str:
    """Return a guide with new figures between two markers.

    :raises ValueError: a marker is missing.
    """
    before, start, rest = text.partition(markers[0])
    _old, end, after = rest.partition(markers[1])
    if not (start and end):
        raise ValueError(f"the guide does not have {markers[0]!r} and {markers[1]!r}")
    return f"{before}{start}\n\n{measured.strip()}\n\n{end}{after}"


def measured_section(rows: Sequence[Row], steps: Sequence[Step], facts: Iterable[str]) -> str:
    """Return all tables and the chart.

    :param facts: sentences on the machine, the versions and the command.
    """
    parts = [" ".join(facts), *_ratios(rows), *_chart(rows), *_times(rows), *_memory_and_calls(rows)]
    return "\n\n".join(part for part in [*parts, *_pipeline(steps)] if part)


def limits_section() -> str:
    """Return the table of the simulated request limits."""
    return list_table(limits_table(), (40, 10, 25, 25))


def list_table(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> str:
    """Return a table in reStructuredText; the first row is its header."""
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}", ""]
    for row in rows:
        lines += [f"   {'*' if not number else ' '} - {cell}" for number, cell in enumerate(row)]
    return "\n".join(lines)


def wide_section(rows: Sequence[WideRow], facts: Iterable[str]) -> str:
    """Return the table of many accounts and Regions, ratios first."""
    each = {(row.pairs, row.name): row.measured for row in rows}
    sizes = sorted({row.pairs for row in rows})
    head = [
        "pairs",
        "what",
        "CPU compared with the program",
        "wall clock compared with the program",
        "CPU per pair",
        "wall clock",
        "peak memory",
    ]
    table = [head]
    for pairs in sizes:
        for name in dict.fromkeys(row.name for row in rows if row.pairs == pairs):
            ours, limit = each[pairs, name], each[pairs, LIMITS.get(name, name)]
            ratios = [f"{ours.cpu / limit.cpu:.1f} x", f"{ours.wall / limit.wall:.1f} x"]
            cpu = f"{1000 * ours.cpu / pairs:.0f} ms"
            table.append([f"{pairs:,}", name, *ratios, cpu, seconds_text(ours.wall), f"{ours.memory:.0f} MB"])
    return "\n\n".join([" ".join(facts), list_table(table, (8, 24, 16, 16, 12, 12, 12))])


def _by_key(rows: Iterable[Row]) -> dict[tuple[int, str, str], Row]:
    return {(row.targets, row.contender, row.run): row for row in rows}


def _sizes(rows: Iterable[Row]) -> list[int]:
    return sorted({row.targets for row in rows})


def _best(rows: Mapping[tuple[int, str, str], Row], targets: int, name: str, run: str) -> Measured | None:
    row = rows.get((targets, name, run))
    return row.best if row else None


def _ratio(ours: Measured | None, other: Measured | None) -> str:
    """Return how much faster the collection is than another tool."""
    if ours is None or other is None:
        return "not possible"
    ratio = other.wall / ours.wall
    if 0.95 <= ratio < 1.05:
        return "about as fast"
    if ratio < 1:
        return f"{ratio:.2g} times as fast"
    return f"{ratio:,.0f} times faster" if ratio >= 9.95 else f"{ratio:.2g} times faster"


def _ratios(rows: Sequence[Row]) -> list[str]:
    """Return how much faster a task is than each of the others, and how it compares with the goal."""
    by_key = _by_key(rows)
    head = [
        "one task of this collection",
        "compared with the AWS CLI in a loop",
        "compared with Cloud Custodian",
        "of what is possible",
    ]
    table = [head]
    for targets in _sizes(rows):
        for run in (FIRST, AGAIN):
            ours, cli, custodian, boto3 = (_best(by_key, targets, name, run) for name in (OURS, CLI, CUSTODIAN, BOTO3))
            share = _share(ours, _best(by_key, targets, EMPTY, FIRST), boto3)
            table.append([f"{targets:,} targets, {RUNS[run]}", _ratio(ours, cli), _ratio(ours, custodian), share])
    note = (
        "*Of what is possible*: the time of the task, divided by the time of an empty Ansible task plus 1.15 times the plain "
        "boto3 script. 100 % or less is as fast as possible in Ansible."
    )
    return [list_table(table, (31, 23, 23, 23)), note]


def _share(ours: Measured | None, empty: Measured | None, boto3: Measured | None) -> str:
    if ours is None or empty is None or boto3 is None:
        return ""
    return f"{ours.wall / (empty.wall + LIMIT_FACTOR * boto3.wall):.0%}"


def _chart(rows: Sequence[Row]) -> list[str]:
    lines: dict[str, dict[int, float]] = {}
    for row in rows:
        if row.best is not None and (row.run == FIRST or (row.contender, row.run) == (OURS, AGAIN)):
            name = _short(row.contender) + ("" if row.run == FIRST else ", again")
            lines.setdefault(name, {})[row.targets] = row.best.wall
    if not lines:
        return []
    dashed = [_short(row.contender) for row in rows if row.extrapolated]
    ordered = dict(sorted(lines.items(), key=lambda item: -max(item[1].values())))
    drawn = chart("Seconds for the first run, by number of targets", ordered, dashed)
    return [".. raw:: html\n\n" + "\n".join(f"   {line}" for line in drawn.splitlines())]


def _short(name: str) -> str:
    return "one task of ours" if name == OURS else CONTENDERS[name].name


def _times(rows: Sequence[Row]) -> list[str]:
    sizes = _sizes(rows)
    by_key = _by_key(rows)
    table = [["wall clock", *(f"{size:,} targets" for size in sizes)]]
    for name, run in dict.fromkeys((row.contender, row.run) for row in rows):
        cells = [_time(by_key.get((size, name, run))) for size in sizes]
        table.append([CONTENDERS[name].name + ("" if name == EMPTY else f", {RUNS[run]}"), *cells])
    return [list_table(table, (36, *[64 // len(sizes)] * len(sizes)))]


def _time(row: Row | None) -> str:
    if row is None or row.best is None:
        return "fails"
    return ("≈ " if row.extrapolated else "") + seconds_text(row.best.wall)


def _memory_and_calls(rows: Sequence[Row]) -> list[str]:
    table = [["targets", "who", "peak memory", "calls to AWS"]]
    for row in rows:
        if row.best is not None and row.contender != EMPTY:
            calls = ", ".join(f"{count:,} {name}" for name, count in row.best.calls.items())
            who = f"{CONTENDERS[row.contender].name}, {RUNS[row.run]}"
            table.append([f"{row.targets:,}", who, f"{row.best.memory:.0f} MB", calls])
    return [list_table(table, (10, 36, 14, 40))]


def _pipeline(steps: Sequence[Step]) -> list[str]:
    if not steps:
        return []
    table = [
        ["targets", "what", "wall clock", "for 1,000 targets", "CPU of Ansible", "CPU of the simulator", "peak memory"]
    ]
    for step in steps:
        measured = step.measured
        numbers = [seconds_text(measured.wall), seconds_text(1000 * measured.wall / step.targets)]
        cpu = [seconds_text(measured.cpu), seconds_text(measured.served)]
        table.append([f"{step.targets:,}", step.name, *numbers, *cpu, f"{measured.memory:.0f} MB"])
    largest = max(step.targets for step in steps)
    at_most = math.ceil(max(step.measured.memory for step in steps if step.targets == largest))
    first, again = (
        next(step.measured.wall for step in steps if (step.targets, step.name) == (largest, name))
        for name in (PUBLISH, PUBLISH_AGAIN)
    )
    total = (
        f"For {largest:,} targets, a complete run with inventory and report takes {first:.0f} s, an unchanged run "
        f"{again:.0f} s. Both need at most {at_most} MB of memory."
    )
    title = "Complete runs"
    intro = (
        "The playbooks with an inventory from :ansplugin:`flowlogs.aws.flow_log_targets#inventory`: 20 pairs of account and "
        "Region that deliver to one bucket, with as many forks as cores. Each command reads the inventory from AWS again. "
        "Memory is the maximum of all rounds."
    )
    return [f"{title}\n{'~' * len(title)}", intro, list_table(table, (10, 18, 14, 16, 14, 14, 14)), total]
