# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays a random story of what exists, what is desired, and what goes wrong on the way.

Each story is a check mode run, up to three runs with faults or killed in between, one clean run, and another one. What
must hold then, and at every moment before, stands in ``fault_promises.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator

from tests.integration import fault_promises as promises
from tests.integration.fault_scenarios import Story
from tests.integration.fault_scenarios import story
from tests.integration.fault_world import Run
from tests.integration.fault_world import World

SEED = "flowlogs"

KillBefore = Callable[["int | None"], None]


def disturbed_runs(world: World, told: Story, kill_before: KillBefore) -> Iterator[Run]:
    """Run the module once per round, with the faults of that round and of those before."""
    for item in told.rounds:
        world.disturb(item.faults)
        kill_before(item.killed_at)
        yield world.run(told.options)
        kill_before(None)


def problems_of_check_mode(told: Story, check: Run, clean: Run) -> Iterator[str]:
    if check.writes or check.before != check.after:
        yield f"check mode wrote: {check.writes}"
    if not told.rounds:
        yield from promises.foretold(told, check, clean)


def problems_of_repetition(clean: Run, again: Run) -> Iterator[str]:
    if again.actions or again.before != again.after:
        yield f"the second clean run changed: {again.actions}"
    if again.unsuccessful != clean.unsuccessful:
        yield f"refused were {clean.unsuccessful}, then {again.unsuccessful}"
    if not again.unsuccessful and again.writes:
        yield f"the second clean run wrote: {again.writes}"


def problems_of_story(world: World, kill_before: KillBefore, number: int) -> list[str]:
    """Play a story, and return the promises that were broken.

    :param number: a number that fails tells the same story wherever it is run.
    """
    told = story(number, SEED)
    world.begin(told)
    check = world.run(told.options, check=True)
    runs = list(disturbed_runs(world, told, kill_before))
    world.fix()
    clean = world.run(told.options)
    again = world.run(told.options)
    first = check.before
    problems = [*problems_of_check_mode(told, check, clean)]
    for position, run in enumerate([*runs, clean, again]):
        stale = any(call["fault"] == "stale" for call in run.calls)
        problems += [f"run {position}: {text}" for text in promises.truth(told, run, stale)]
    problems += promises.end(told, first, clean)
    problems += promises.untouched(told, first, again)
    problems += promises.tags_survive(told, first, again.after)
    problems += promises.always_logged(told, first, [*runs, clean, again])
    problems += problems_of_repetition(clean, again)
    return problems
