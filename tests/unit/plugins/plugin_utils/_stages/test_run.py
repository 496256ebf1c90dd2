# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run knows is the same after it was kept in a file."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.types import RunResults
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.planning import PlanRequest, plan
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.run import Run, run_from_json
from tests.unit.plugins.plugin_utils._stages.playing import host, play, reached

KINDS = tuple(RunResults.__annotations__)
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
_RESULTS = st.dictionaries(st.text(), st.dictionaries(st.text(), _PLAIN, max_size=3), max_size=3)


@given(
    publication=st.dictionaries(st.text(), _PLAIN, max_size=3),
    is_report=st.booleans(),
    check_mode=st.booleans(),
    results=st.dictionaries(st.sampled_from(KINDS), _RESULTS),
)
def test_a_run_comes_back_as_it_was(publication: Any, is_report: bool, check_mode: bool, results: Any) -> None:
    run = Run(publication, is_report, check_mode, results)
    assert run_from_json(run.to_json()) == run


def test_the_plan_of_hosts_comes_back_too() -> None:
    """All of it is plain data, so that nothing becomes something else on its way."""
    hosts = [host("vpc-1", preflight=True, tags={"team": "net"}), host("vpc-2", state="absent"), host("Zürich 🌍")]
    publication, _answers = play(plan(hosts, PlanRequest(), reached)).result
    assert run_from_json(Run(publication).to_json()).publication == publication


def test_before_any_stage_nothing_is_known_and_deliveries_were_not_asked_for() -> None:
    """Where there are results of deliveries, what has none delivered nothing."""
    assert Run({}).results == {kind: {} for kind in KINDS if kind != "deliveries"}
    assert Run({}).results is not Run({}).results
