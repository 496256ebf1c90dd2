# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark's part of the guide: tables, ratios and the chart."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.bench.chart import chart
from tests.bench.chart import seconds_text
from tests.bench.compare import AGAIN
from tests.bench.compare import FIRST
from tests.bench.compare import Row
from tests.bench.contenders import BOTO3
from tests.bench.contenders import CLI
from tests.bench.contenders import CUSTODIAN
from tests.bench.contenders import EMPTY
from tests.bench.contenders import OURS
from tests.bench.guide import END
from tests.bench.guide import START
from tests.bench.guide import limits_section
from tests.bench.guide import measured_section
from tests.bench.guide import replace_measured
from tests.bench.measure import Measured
from tests.bench.pipeline import AGAIN as PUBLISH_AGAIN
from tests.bench.pipeline import INVENTORY
from tests.bench.pipeline import PUBLISH
from tests.bench.pipeline import Step
from tests.unit.meta.project import read

GUIDE = read("docs/docsite/rst/guide_performance.rst")
SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    Row(1000, EMPTY, FIRST, Measured(1.0)),
    Row(1000, OURS, FIRST, Measured(1.5, memory=150.4, calls={"DescribeFlowLogs": 2, "CreateFlowLogs": 4})),
    Row(1000, OURS, AGAIN, Measured(1.2)),
    Row(1000, BOTO3, FIRST, Measured(0.5)),
    Row(1000, CUSTODIAN, FIRST, None),
    Row(1000, CLI, FIRST, Measured(600.0, calls={"CreateFlowLogs": 1000}), extrapolated=20),
]


def test_guide_has_the_simulated_limits() -> None:
    assert limits_section() in GUIDE


def test_figures_are_replaced_and_the_rest_of_the_guide_stays() -> None:
    changed = replace_measured(GUIDE, "new figures")
    assert f"{START}\n\nnew figures\n\n{END}" in changed
    assert replace_measured(changed, "again") == replace_measured(GUIDE, "again")
    assert changed.split(START)[0] == GUIDE.split(START)[0]
    assert changed.split(END)[1] == GUIDE.split(END)[1]
    with pytest.raises(ValueError, match="does not have"):
        replace_measured("no markers", "figures")


def test_ratios_come_first_and_compare_with_the_goal() -> None:
    section = measured_section(ROWS, [], ["Measured once."])
    row = section.split("1,000 targets, first run\n")[1].split("* -")[0]
    # 1.5 s of 1.0 s + 1.15 * 0.5 s.
    assert [line.strip(" -") for line in row.strip().splitlines()] == ["400 times faster", "not possible", "95%"]
    assert section.index("times faster") < section.index("wall clock")
    assert "≈ 10 min" in section and "150 MB" in section and "2 DescribeFlowLogs, 4 CreateFlowLogs" in section


@pytest.mark.parametrize(
    ("theirs", "shown"),
    [(0.8, "0.8 times as fast"), (1.01, "about as fast"), (3.0, "3 times faster"), (400.0, "400 times faster")],
)
def test_ratios_are_readable(theirs: float, shown: str) -> None:
    rows = [Row(10, name, FIRST, Measured(wall)) for name, wall in ((OURS, 1.0), (EMPTY, 0.9), (BOTO3, 0.1))]
    section = measured_section([*rows, Row(10, CLI, FIRST, Measured(theirs))], [], [])
    assert f"     - {shown}\n" in section


def test_pipeline_is_a_first_and_an_unchanged_run_of_the_largest_fleet() -> None:
    steps = [
        Step(1_000, PUBLISH, Measured(5.0, memory=400)),
        Step(1_000, PUBLISH_AGAIN, Measured(5.0, memory=400)),
        Step(10_000, INVENTORY, Measured(9.0, memory=90)),
        Step(10_000, PUBLISH, Measured(40.6, memory=200)),
        Step(10_000, PUBLISH_AGAIN, Measured(39.2, memory=300.5)),
    ]
    section = measured_section(ROWS, steps, [])
    total = "For 10,000 targets, a complete run with inventory and report takes 41 s, an unchanged run 39 s. Both need at most 301 MB"
    assert total in " ".join(section.split())


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.42, "0.42 s"), (1.04, "1.0 s"), (42, "42 s"), (116, "116 s"), (600, "10 min"), (7100, "2.0 h"), (1e5, "28 h")],
)
def test_seconds_have_two_digits(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


def test_chart_is_svg_whose_points_lie_inside_and_whose_labels_do_not_overlap() -> None:
    lines = {"<ours>": {10: 1.0, 10_000: 5.0}, "theirs": {10: 0.99, 10_000: 4.99}, "loop": {10: 5.0, 10_000: 5000.0}}
    drawn = ElementTree.fromstring(chart("Times & more", lines, dashed=["loop"]))
    circles = drawn.findall(f"{SVG}circle")
    assert len(circles) == 6
    _x, _y, width, height = map(float, drawn.attrib["viewBox"].split())
    assert all(0 < float(dot.attrib["cx"]) < width and 0 < float(dot.attrib["cy"]) < height for dot in circles)
    labels = {text.text: float(text.attrib["y"]) for text in drawn.findall(f"{SVG}text") if text.text in lines}
    assert set(labels) == set(lines)
    places = sorted(labels.values())
    assert all(low - high >= 15 for high, low in zip(places, places[1:]))
    assert len([path for path in drawn.findall(f"{SVG}path") if "stroke-dasharray" in path.attrib]) == 1
    # Slower is higher: y counts downwards.
    assert labels["loop"] < labels["<ours>"]
