# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulation of AWS's request limits: token buckets, and the duration for fleets that share them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.request_limits import CREATE
from tests.bench.request_limits import DESCRIBE
from tests.bench.request_limits import MACHINE
from tests.bench.request_limits import Bucket
from tests.bench.request_limits import Fleet
from tests.bench.request_limits import Limit
from tests.bench.request_limits import duration
from tests.bench.request_limits import simulate

#: One account and Region on an infinitely fast machine, where AWS answers at once: only the limits remain.
BARE = Fleet(targets=500, accounts=1, task_seconds=1e-9, call_seconds=0.0)


@pytest.mark.parametrize(
    ("asked", "given_at"),
    [
        ([0, 0], [0, 0]),
        ([0, 0, 0], [0, 0, 0.2]),
        ([0, 0, 0, 0], [0, 0, 0.2, 0.4]),
        ([0, 0, 0.1], [0, 0, 0.2]),
        ([0, 0, 0.2], [0, 0, 0.2]),
        # Never more than the burst, even after a long pause.
        ([0, 0, 60, 60, 60], [0, 0, 60, 60, 60.2]),
        # A second caller waits behind the first.
        ([0, 0, 0, 0.1], [0, 0, 0.2, 0.4]),
    ],
)
def test_token_is_available_at_once_or_at_the_refill_rate(asked: list[float], given_at: list[float]) -> None:
    bucket = Bucket(Limit(burst=2, per_second=5))
    assert [bucket.take(now) for now in asked] == pytest.approx(given_at)


@given(st.lists(st.floats(0, 3), max_size=40), st.integers(1, 5), st.integers(1, 10))
def test_no_interval_gives_more_than_burst_and_refill(pauses: list[float], burst: int, per_second: int) -> None:
    bucket = Bucket(Limit(burst, per_second))
    now, given_at = 0.0, []
    for pause in pauses:
        now += pause
        given_at.append(bucket.take(now))
        assert given_at[-1] >= now
    for first, start in enumerate(given_at):
        for last in range(first, len(given_at)):
            assert last - first + 1 <= burst + per_second * (given_at[last] - start) + 1e-6


@pytest.mark.parametrize(
    ("fleet", "calls", "seconds", "binding"),
    [
        # 1 read, 2 creates, 1 read: far below every burst.
        (BARE, 4, 0, "nothing"),
        # 500 creates: 50 at once, 450 at 5 a second.
        (replace(BARE, per_call=1), 502, 90, CREATE),
        # Two accounts have a bucket each.
        (replace(BARE, per_call=1, targets=1000, accounts=2), 1004, 90, CREATE),
        # Two batches share one: 1,000 creates.
        (replace(BARE, per_call=1, targets=1000, batches=2), 1004, 190, CREATE),
        # 10 batches that each read 100 pages: 100 at once, 900 at 20 a second.
        (replace(BARE, targets=100_000, batches=10, made=True), 1000, 45, DESCRIBE),
        # 40 tasks of 1 second on 2 cores, the first 2 at once.
        (replace(BARE, targets=40, accounts=40, task_seconds=1.0, forks=40), 120, 20, MACHINE),
    ],
)
def test_fleet_takes_as_long_as_its_tightest_limit(fleet: Fleet, calls: int, seconds: float, binding: str) -> None:
    outcome = simulate(fleet)
    assert (outcome.calls, outcome.binding) == (calls, binding)
    assert outcome.seconds == pytest.approx(seconds, abs=0.01)


def test_response_times_add_up_within_a_task() -> None:
    assert simulate(replace(BARE, call_seconds=0.5)).seconds == pytest.approx(2.0)
    assert simulate(replace(BARE, accounts=2, forks=1, call_seconds=0.5)).seconds == pytest.approx(3 * 0.5 * 2)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (119, "119 s"), (121, "2 min"), (7100, "118 min"), (20_160, "5.6 h")]
)
def test_durations_are_readable(seconds: float, text: str) -> None:
    assert duration(seconds) == text
