# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags select the stages whose tasks Ansible would run, checked with Ansible itself. No stage at all is an error."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.block import Block
from ansible.playbook.play import Play
from ansible.playbook.task import Task
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.stages import STAGES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.tags import stages_of_tags

PERMISSIONS, DESTINATIONS, FLOW_LOGS = STAGES
LOADER = DataLoader()


@pytest.mark.parametrize(
    ("run", "skipped", "stages"),
    [
        (["all"], [], STAGES),
        (["destinations"], [], [DESTINATIONS]),
        # In the order of the stages, not of the option.
        (["flow_logs", "permissions"], [], [PERMISSIONS, FLOW_LOGS]),
        (["all"], ["permissions"], [DESTINATIONS, FLOW_LOGS]),
        (["destinations", "flow_logs"], ["destinations"], [FLOW_LOGS]),
        (["tagged"], [], STAGES),
        (["always", "flow_logs"], [], [FLOW_LOGS]),
        # Together with a tag of the user's own playbook.
        (["flow_logs", "network"], [], [FLOW_LOGS]),
        (["all"], ["always"], STAGES),
    ],
)
def test_tags_select_stages(run: list[str], skipped: list[str], stages: list[str]) -> None:
    assert stages_of_tags(run, skipped) == tuple(stages)


@pytest.mark.parametrize(
    ("run", "skipped", "shown"),
    [
        (["report"], [], "'report'"),
        (["destination"], [], "'destination'"),
        (["untagged"], [], "'untagged'"),
        (["always"], [], "'always'"),
        (["destinations"], ["destinations"], "'destinations without destinations'"),
        (["all"], ["flow_logs", "destinations", "permissions"], "'all without destinations,flow_logs,permissions'"),
        (["all"], ["all"], "'all without all'"),
        (["all"], ["tagged"], "'all without tagged'"),
    ],
)
def test_refuses_tags_that_select_no_stage(run: list[str], skipped: list[str], shown: str) -> None:
    """Otherwise the tasks with ``always`` would run, and the run would look successful."""
    with pytest.raises(InputError) as refused:
        stages_of_tags(run, skipped)
    assert str(refused.value) == (
        f"--tags: {shown} is not accepted. Allowed: one or more of permissions, destinations, flow_logs."
    )


@pytest.mark.parametrize(
    ("run", "skipped", "inherited", "stages"),
    [
        (["network"], [], ["always", "network"], STAGES),
        (["network"], ["permissions"], ["always", "network"], [DESTINATIONS, FLOW_LOGS]),
        (["other", "flow_logs"], [], ["always", "network"], [FLOW_LOGS]),
        (["never"], [], ["always", "never"], STAGES),
        (["all", "destinations"], [], ["always", "never"], [DESTINATIONS]),
    ],
)
def test_inherited_tags_select_every_stage(
    run: list[str], skipped: list[str], inherited: list[str], stages: list[str]
) -> None:
    assert stages_of_tags(run, skipped, inherited) == tuple(stages)


def ansible_runs(tags: list[str], run: list[str], skipped: list[str]) -> bool:
    """Whether Ansible runs a task with these tags."""
    play = Play()
    task = Task(block=Block(play=play))
    task.set_loader(LOADER)
    task.tags = tags
    return bool(task.evaluate_tags(run, skipped, {}))


_TAGS = st.lists(st.sampled_from([*STAGES, "all", "tagged", "untagged", "always", "never", "mine"]), unique=True)


@given(
    run=_TAGS.filter(bool), skipped=_TAGS, inherited=st.lists(st.sampled_from(["never", "mine", "more"]), unique=True)
)
@example(run=["all"], skipped=["all"], inherited=[])
@example(run=["all"], skipped=[], inherited=["never"])
@example(run=["tagged"], skipped=["tagged"], inherited=["mine"])
def test_selects_the_stages_whose_tasks_ansible_runs(run: list[str], skipped: list[str], inherited: list[str]) -> None:
    expected = tuple(stage for stage in STAGES if ansible_runs([stage, *inherited], run, skipped))
    try:
        found = stages_of_tags(run, skipped, ["always", *inherited])
    except InputError:
        found = ()
    assert found == expected
