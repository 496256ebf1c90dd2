# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Computes the chart of the last runs: where its points and bars are. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable, NamedTuple

#: The chart shows this many runs, the newest.
_RUNS = 60
#: In units of the chart. Above is the curve of logged targets, below are the bars of findings.
_WIDTH, _HEIGHT, _LEFT, _RIGHT = 640, 200, 44, 628
_CURVE_TOP, _CURVE_FOOT, _BARS_TOP, _BARS_FOOT = 14, 104, 128, 178
#: Of a bar, from its foot.
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


def trend(history: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the chart of logged targets and of findings over the last runs; nothing for fewer than two runs."""
    runs = [_run(found) for found in list(history)[-_RUNS:]]
    if len(runs) < 2:
        return None
    least = _least(runs)
    points = _points(runs, least)
    most = max(sum(run.severities.values()) for run in runs)
    bar_width = round(min(28.0, (_RIGHT - _LEFT) / len(runs) * 0.6), 1)
    return {
        "runs": runs,
        "severities": _SEVERITIES,
        **{"width": _WIDTH, "height": _HEIGHT, "left": _LEFT, "right": _RIGHT},
        **{"curve_top": _CURVE_TOP, "curve_foot": _CURVE_FOOT, "bars_top": _BARS_TOP, "bars_foot": _BARS_FOOT},
        **{"least": least, "points": points, "now_y": _label_y(points[-1].y) if points else None},
        **{"most": most, "bars": _bars(runs, most, bar_width), "bar_width": bar_width},
    }


def _run(found: Mapping[str, Any]) -> Run:
    """Return a run; in a history of version 1 ``logged_percent`` is called ``percent``."""
    severities = found.get("severities") or {}
    return Run(
        found.get("generated_at"),
        str(found.get("generated_at") or "")[:10],
        found.get("logged_percent", found.get("percent")),
        found.get("deliverable_percent"),
        {name: int(severities.get(name, 0)) for name in _SEVERITIES},
    )


def _least(runs: Sequence[Run]) -> int:
    """Return the percentage at the foot of the curve: at most 90, a multiple of ten."""
    return min([90, *(int(run.logged_percent // 10 * 10) for run in runs if run.logged_percent is not None)])


def _across(runs: Sequence[Run]) -> Callable[[int], float]:
    """Return the function from the position of a run to its x."""
    wide = (_RIGHT - _LEFT) / len(runs)
    return lambda at: round(_LEFT + wide * (at + 0.5), 1)


def _points(runs: Sequence[Run], least: int) -> list[Point]:
    x = _across(runs)
    height = (_CURVE_FOOT - _CURVE_TOP) / (100 - least)
    return [
        Point(run, x(at), round(_CURVE_FOOT - (run.logged_percent - least) * height, 1))
        for at, run in enumerate(runs)
        if run.logged_percent is not None
    ]


def _label_y(y: float) -> float:
    """Return where the label of a point is: above it, or below it if there is no room above."""
    return round(y + 16 if y < _CURVE_TOP + 14 else y - 8, 1)


def _bars(runs: Sequence[Run], most: int, width: float) -> list[Bar]:
    x = _across(runs)
    height = (_BARS_FOOT - _BARS_TOP) / max(most, 1)
    return [piece for at, run in enumerate(runs) for piece in _stack(run, round(x(at) - width / 2, 1), height)]


def _stack(run: Run, left: float, height: float) -> Iterable[Bar]:
    """Yield the bars of a run, each on top of the one before; none for a severity without findings."""
    top = float(_BARS_FOOT)
    for name in _SEVERITIES:
        tall = round(run.severities[name] * height, 1)
        top = round(top - tall, 1)
        if tall:
            yield Bar(name, left, top, tall)
