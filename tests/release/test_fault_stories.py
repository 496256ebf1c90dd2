# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``flow_log_tasks`` through 500 random stories: as one of many tasks, a flow log keeps the promises that ``s3_flow_log`` keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.support import fault_world
from tests.integration.support.fault_stories import KillBefore
from tests.integration.support.fault_stories import problems_of_story
from tests.integration.support.fault_world import one_of_many_tasks
from tests.integration.support.fault_world import World

#: With other numbers than those of the stories of ``s3_flow_log``.
FIRST, STORIES = 200, 500


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[World]:
    simulator = fault_world.start()
    try:
        yield World(simulator, one_of_many_tasks)
    finally:
        simulator.stop()


@pytest.fixture(name="kill_before", scope="module")
def _kill_before() -> Iterator[KillBefore]:
    with pytest.MonkeyPatch.context() as patch:
        yield fault_world.skip_waits(patch)


@pytest.mark.parametrize("number", range(STORIES))
def test_promises_hold_whatever_fails(world: World, kill_before: KillBefore, number: int) -> None:
    assert problems_of_story(world, kill_before, FIRST + number) == []
