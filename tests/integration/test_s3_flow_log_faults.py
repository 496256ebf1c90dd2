# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``s3_flow_log`` through 200 random stories of existing flow logs, desired settings and failures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.support import fault_world
from tests.integration.support.fault_stories import KillBefore
from tests.integration.support.fault_stories import problems_of_story
from tests.integration.support.fault_world import World

STORIES = 200


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[World]:
    simulator = fault_world.start()
    try:
        yield World(simulator)
    finally:
        simulator.stop()


@pytest.fixture(name="kill_before", scope="module")
def _kill_before() -> Iterator[KillBefore]:
    with pytest.MonkeyPatch.context() as patch:
        yield fault_world.skip_waits(patch)


@pytest.mark.parametrize("number", range(STORIES))
def test_promises_hold_whatever_fails(world: World, kill_before: KillBefore, number: int) -> None:
    assert problems_of_story(world, kill_before, number) == []
