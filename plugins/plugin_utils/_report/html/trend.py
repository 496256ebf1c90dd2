# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Computes the points and bars of the chart of the last runs. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable, NamedTuple, TypedDict

#: The chart shows this many of the newest runs.
_RUNS = 60
#: Coordinates of the chart: the curve of logged targets at the top, the bars of findings below it.
_WIDTH, _HEIGHT, _LEFT, _RIGHT = 640, 200, 44, 628
_CURVE_TOP, _CURVE_FOOT, _BARS_TOP, _BARS_FOOT = 14, 104, 128, 178
#: The parts of a bar, from the bottom.
_SEVERITIES = ("high", "medium", "low")


class Run(NamedTuple):
    """A run of the history."""

    generated_at: Any
    day: str
    logged_percent: float | None
    deliverable_percent: float | None
    severities: dict[str, int]


class Point(NamedTuple):
    """A run on the curve."""

    run: Run
    x: float
    y: float


class Bar(NamedTuple):
    """The findings of one severity in a run."""

    severity: str
    x: float
    y: float
    height: float


class Chart(TypedDict):
    """The chart.

    :ivar least: percentage at the bottom of the curve.
    :ivar now_y: position of the label of the last point; ``None``: there is no point.
    :ivar most: the largest number of findings in a run.
    """

    runs: list[Run]
    severities: tuple[str, ...]
    width: int
    height: int
    left: int
    right: int
    curve_top: int
    curve_foot: int
    bars_top: int
    bars_foot: int
    least: int
    points: list[Point]
    now_y: float | None
    most: int
    bars: list[Bar]
    bar_width: float


def trend(history: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Return the chart of logged targets and findings over the last runs; ``None`` for fewer than two runs.

    :param history: entries of a report of any version.
    """
    runs = [_run(entry) for entry in history[-_RUNS:]]
    if len(runs) < 2:
        return None
    least = _least(runs)
    points = _points(runs, least)
    most = max(sum(run.severities.values()) for run in runs)
    bar_width = round(min(28.0, (_RIGHT - _LEFT) / len(runs) * 0.6), 1)
    return {
        "runs": runs,
        "severities": _SEVERITIES,
        "width": _WIDTH,
        "height": _HEIGHT,
        "left": _LEFT,
        "right": _RIGHT,
        "curve_top": _CURVE_TOP,
        "curve_foot": _CURVE_FOOT,
        "bars_top": _BARS_TOP,
        "bars_foot": _BARS_FOOT,
        "least": least,
        "points": points,
        "now_y": _label_y(points[-1].y) if points else None,
        "most": most,
        "bars": _bars(runs, most, bar_width),
        "bar_width": bar_width,
    }


def _run(entry: Mapping[str, Any]) -> Run:
    """Return a run. In version 1 of the report ``logged_percent`` is called ``percent``."""
    severities = entry.get("severities") or {}
    return Run(
        entry.get("generated_at"),
        str(entry.get("generated_at") or "")[:10],
        entry.get("logged_percent", entry.get("percent")),
        entry.get("deliverable_percent"),
        {name: int(severities.get(name, 0)) for name in _SEVERITIES},
    )


def _least(runs: Sequence[Run]) -> int:
    """Return the percentage at the bottom of the curve: a multiple of ten, at most 90."""
    return min([90, *(int(run.logged_percent // 10 * 10) for run in runs if run.logged_percent is not None)])


def _across(runs: Sequence[Run]) -> Callable[[int], float]:
    """Return the function from the position of a run to its x coordinate."""
    width = (_RIGHT - _LEFT) / len(runs)
    return lambda at: round(_LEFT + width * (at + 0.5), 1)


def _points(runs: Sequence[Run], least: int) -> list[Point]:
    x = _across(runs)
    height = (_CURVE_FOOT - _CURVE_TOP) / (100 - least)
    return [
        Point(run, x(at), round(_CURVE_FOOT - (run.logged_percent - least) * height, 1))
        for at, run in enumerate(runs)
        if run.logged_percent is not None
    ]


def _label_y(y: float) -> float:
    """Return the position of the label of a point: above it, or below it if it would not fit."""
    return round(y + 16 if y < _CURVE_TOP + 14 else y - 8, 1)


def _bars(runs: Sequence[Run], most: int, width: float) -> list[Bar]:
    x = _across(runs)
    height = (_BARS_FOOT - _BARS_TOP) / max(most, 1)
    return [one for at, run in enumerate(runs) for one in _stack(run, round(x(at) - width / 2, 1), height)]


def _stack(run: Run, left: float, height: float) -> Iterable[Bar]:
    """Yield the bars of a run, each on top of the previous one. A severity without findings has none."""
    top = float(_BARS_FOOT)
    for name in _SEVERITIES:
        bar_height = round(run.severities[name] * height, 1)
        top = round(top - bar_height, 1)
        if bar_height:
            yield Bar(name, left, top, bar_height)
