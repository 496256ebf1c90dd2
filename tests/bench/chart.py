# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An SVG chart of times by number of targets, both on logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 34, 48
#: Colors that color-blind readers can distinguish (Okabe and Ito), on light and dark backgrounds.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
GREY = "#808080"
LABEL_HEIGHT = 17
Line = Mapping[int, float]


class _Scale:
    """Maps a value to a position on a logarithmic axis."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self._low, self._span = math.log10(low), math.log10(high) - math.log10(low)
        self._start, self._length = start, end - start

    def __call__(self, value: float) -> float:
        return round(self._start + self._length * (math.log10(value) - self._low) / self._span, 1)


def seconds_text(seconds: float) -> str:
    """Return seconds in two digits: 0.42 s, 8.4 s, 12 min, 1.9 h."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 1.95 * size:
            value = seconds / size
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
    return f"{seconds:.2f} s" if seconds < 0.995 else f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def chart(title: str, lines: Mapping[str, Line], dashed: Sequence[str] = ()) -> str:
    """Return an SVG.

    :param lines: by name, seconds by number of targets; at least one point.
    :param dashed: names of lines that are partly extrapolated.
    """
    counts = sorted({count for line in lines.values() for count in line})
    decades = [math.floor(math.log10(min(min(line.values()) for line in lines.values())))]
    decades.append(math.ceil(math.log10(max(max(line.values()) for line in lines.values()))))
    across = _Scale(counts[0], max(counts[-1], counts[0] * 10), LEFT, WIDTH - RIGHT)
    up = _Scale(10.0 ** decades[0], 10.0 ** max(decades[1], decades[0] + 1), HEIGHT - BOTTOM, TOP)
    parts = [_text(LEFT, 20, title, "start", "bold")]
    parts += [_rule(10.0**power, up) for power in range(decades[0], max(decades[1], decades[0] + 1) + 1)]
    parts += [_text(across(count), HEIGHT - BOTTOM + 20, f"{count:,}", "middle") for count in counts]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "targets", "middle"))
    ends = {name: up(line[max(line)]) for name, line in lines.items()}
    for (name, line), colour in zip(lines.items(), COLOURS):
        parts.append(_path(line, across, up, colour, name in dashed))
    for name, place in _spread(ends).items():
        colour = COLOURS[list(lines).index(name)]
        parts.append(_text(WIDTH - RIGHT + 10, place + 4, name, "start", "bold", colour))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" '
        f'style="max-width: 100%; height: auto" font-family="sans-serif" font-size="13" fill="{GREY}">'
    )
    return "\n".join([head, f"  <title>{escape(title)}</title>", *(f"  {part}" for part in parts), "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, anchor: str, weight: str = "normal", colour: str = GREY) -> str:
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
    return f'<text {place} font-weight="{weight}" fill="{colour}">{escape(text)}</text>'


def _rule(value: float, up: _Scale) -> str:
    y = up(value)
    label = _text(LEFT - 8, y + 4, seconds_text(value) if value < 1 else f"{value:,.0f} s", "end")
    return f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{GREY}" stroke-opacity="0.3"/>{label}'


def _path(line: Line, across: _Scale, up: _Scale, colour: str, dashed: bool) -> str:
    points = [(across(count), up(line[count])) for count in sorted(line)]
    way = " ".join(f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(points))
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in points)
    return f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>{dots}'


def _spread(places: Mapping[str, float]) -> dict[str, float]:
    """Return positions for labels without overlap, in the order of the preferred ones."""
    spread: dict[str, float] = {}
    last = -math.inf
    for name in sorted(places, key=lambda key: places[key]):
        last = spread[name] = max(places[name], last + LABEL_HEIGHT)
    over = max(0.0, last - (HEIGHT - BOTTOM)) if spread else 0.0
    return {name: place - over for name, place in spread.items()}
