# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a run survives the file."""

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
def test_run_survives_json(publication: Any, is_report: bool, check_mode: bool, results: Any) -> None:
    run = Run(publication, is_report, check_mode, results)
    assert run_from_json(run.to_json()) == run


def test_plan_survives_json() -> None:
    """It is plain data, which JSON keeps unchanged."""
    hosts = [host("vpc-1", preflight=True, tags={"team": "net"}), host("vpc-2", state="absent"), host("Zürich 🌍")]
    publication, _answers = play(plan(hosts, PlanRequest(), reached)).result
    assert run_from_json(Run(publication).to_json()).publication == publication


def test_new_run_has_no_results() -> None:
    """Without ``deliveries``: an empty result would mean that nothing was delivered."""
    assert Run({}).results == {kind: {} for kind in KINDS if kind != "deliveries"}
    assert Run({}).results is not Run({}).results
