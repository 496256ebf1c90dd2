# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays a random story of existing flow logs, desired settings and failures.

Each story has a run in check mode, up to three runs with faults or killed, one clean run, and a second clean run.
``fault_promises.py`` checks what must hold then and at every moment before.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator

from tests.integration.support import fault_promises as promises
from tests.integration.support.fault_scenarios import Story
from tests.integration.support.fault_scenarios import story
from tests.integration.support.fault_world import Run
from tests.integration.support.fault_world import World

SEED = "flowlogs"

KillBefore = Callable[["int | None"], None]


def disturbed_runs(world: World, case: Story, kill_before: KillBefore) -> Iterator[Run]:
    """Run the module once per round, with the faults of that round and of the earlier ones."""
    for item in case.rounds:
        world.disturb(item.faults)
        kill_before(item.killed_at)
        yield world.run(case.options)
        kill_before(None)


def problems_of_check_mode(case: Story, check: Run, clean: Run) -> Iterator[str]:
    if check.writes or check.before != check.after:
        yield f"check mode wrote: {check.writes}"
    if not case.rounds:
        yield from promises.predicted(case, check, clean)


def problems_of_repetition(clean: Run, again: Run) -> Iterator[str]:
    if again.actions or again.before != again.after:
        yield f"the second clean run changed: {again.actions}"
    if again.unsuccessful != clean.unsuccessful:
        yield f"refused were {clean.unsuccessful}, then {again.unsuccessful}"
    if not again.unsuccessful and again.writes:
        yield f"the second clean run wrote: {again.writes}"


def problems_of_story(world: World, kill_before: KillBefore, number: int) -> list[str]:
    """Play a story, and return the broken promises.

    :param number: the same number gives the same story on every machine.
    """
    case = story(number, SEED)
    world.begin(case)
    check = world.run(case.options, check=True)
    runs = list(disturbed_runs(world, case, kill_before))
    world.fix()
    clean = world.run(case.options)
    again = world.run(case.options)
    first = check.before
    problems = [*problems_of_check_mode(case, check, clean)]
    for position, run in enumerate([*runs, clean, again]):
        stale = any(call["fault"] == "stale" for call in run.calls)
        problems += [f"run {position}: {text}" for text in promises.truth(case, run, stale)]
    problems += promises.end(case, first, clean)
    problems += promises.untouched(case, first, again)
    problems += promises.tags_survive(case, first, again.after)
    problems += promises.always_logged(case, first, [*runs, clean, again])
    problems += problems_of_repetition(clean, again)
    return problems
