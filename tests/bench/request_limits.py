# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long publishing takes where AWS limits requests, by a simulation on a clock of its own.

``python -m tests.bench.request_limits`` prints a table. EC2 has, for each account, region and API, a bucket of tokens
(Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API"): a call takes one, an empty bucket refuses, and
tokens come back at a steady rate. Here a call waits for its token; a client that is refused instead waits about as long.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

CREATE, DESCRIBE, MACHINE = "CreateFlowLogs", "DescribeFlowLogs", "the machine"


@dataclass(frozen=True)
class Limit:
    """A bucket's size, and the tokens that come back in a second."""

    burst: float
    per_second: float


#: The two classes of the guide that the calls for flow logs belong to: mutating and non-mutating actions.
LIMITS = {CREATE: Limit(50, 5), DESCRIBE: Limit(100, 20)}


class Bucket:
    """A bucket of tokens, full at time 0."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._tokens = limit.burst
        self._at = 0.0

    def take(self, now: float) -> float:
        """Take a token; return when it is there.

        :param now: seconds; not before that of an earlier call.
        """
        self._tokens = min(self._limit.burst, self._tokens + max(0.0, now - self._at) * self._limit.per_second)
        self._at = max(now, self._at)
        self._tokens -= 1
        if self._tokens >= 0:
            return now
        self._at += -self._tokens / self._limit.per_second
        self._tokens = 0.0
        return self._at


@dataclass(frozen=True)
class Fleet:
    """Targets spread evenly over accounts and regions, and how they are worked on.

    :param per_call: targets in one CreateFlowLogs.
    :param batches: of different settings in each place; each is a task, and all share the place's buckets.
    :param made: whether the flow logs are there already, so that nothing is to be made.
    :param forks: batches at a time.
    :param cores: of the machine that runs Ansible.
    :param task_seconds: CPU that a task takes besides waiting for AWS.
    :param call_seconds: how long AWS takes to answer a call.
    """

    targets: int = 100_000
    accounts: int = 200
    regions: int = 1
    batches: int = 1
    per_call: int = 300
    made: bool = False
    forks: int = 20
    cores: int = 2
    task_seconds: float = 1.2
    call_seconds: float = 1.0

    @property
    def places(self) -> int:
        """How many pairs of account and region, each with buckets of its own."""
        return self.accounts * self.regions

    def calls(self) -> list[str]:
        """The calls of one task, by the formula of the guide: a look at all flow logs of the place, then the rest."""
        in_place = math.ceil(self.targets / self.places)
        if self.made:
            return [DESCRIBE] * math.ceil(in_place / 1000)
        in_task = math.ceil(in_place / self.batches)
        return [DESCRIBE, *[CREATE] * math.ceil(in_task / self.per_call), *[DESCRIBE] * math.ceil(in_task / 1000)]


@dataclass
class Outcome:
    """What a simulation came to.

    :param seconds: until the last task was done.
    :param waited: seconds that all tasks together waited for tokens, by what they waited for.
    """

    seconds: float = 0.0
    calls: int = 0
    waited: dict[str, float] = field(default_factory=dict)

    @property
    def binding(self) -> str:
        """What was waited for most."""
        return max(self.waited, key=lambda name: self.waited[name]) if any(self.waited.values()) else "nothing"


def simulate(fleet: Fleet) -> Outcome:
    """Let every task run, as many at a time as there are forks."""
    outcome = Outcome()
    machine = Bucket(Limit(fleet.cores, fleet.cores / fleet.task_seconds))
    tasks = _tasks(fleet, machine)
    # What happens next: when, a number that decides between equals, and a fork with what it has yet to do.
    events: list[tuple[float, int, Iterator[tuple[str, Bucket, float]]]] = []
    for number, steps in zip(range(fleet.forks), tasks):
        heapq.heappush(events, (0.0, number, steps))
    while events:
        now, number, steps = heapq.heappop(events)
        step = next(steps, None)
        if step is None:
            outcome.seconds = max(outcome.seconds, now)
            for following in itertools.islice(tasks, 1):
                heapq.heappush(events, (now, number, following))
            continue
        name, bucket, seconds = step
        start = bucket.take(now)
        outcome.calls += name != MACHINE
        outcome.waited[name] = outcome.waited.get(name, 0.0) + start - now
        heapq.heappush(events, (start + seconds, number, steps))
    return outcome


def _tasks(fleet: Fleet, machine: Bucket) -> Iterator[Iterator[tuple[str, Bucket, float]]]:
    """The tasks of all places, place by place."""
    for _place in range(fleet.places):
        buckets = {name: Bucket(limit) for name, limit in LIMITS.items()}
        for _batch in range(fleet.batches):
            yield _steps(fleet, machine, buckets)


def _steps(fleet: Fleet, machine: Bucket, buckets: Mapping[str, Bucket]) -> Iterator[tuple[str, Bucket, float]]:
    """What one task does: what it takes a token of, and how long that lasts."""
    yield MACHINE, machine, fleet.task_seconds
    for name in fleet.calls():
        yield name, buckets[name], fleet.call_seconds


_MANY, _ONE = Fleet(), Fleet(accounts=1)
CASES: Sequence[tuple[str, Fleet]] = (
    ("200 accounts, first run", _MANY),
    ("the same, unchanged run", replace(_MANY, made=True)),
    ("the same, first run, ``--forks 5``", replace(_MANY, forks=5)),
    ("the same, first run, 8 cores and ``--forks 50``", replace(_MANY, cores=8, forks=50)),
    ("200 accounts, 1 target in a call", replace(_MANY, per_call=1)),
    ("1 account and region, first run", _ONE),
    ("the same, 20 batches of different settings", replace(_ONE, batches=20)),
    ("the same, 20 batches, unchanged run", replace(_ONE, batches=20, made=True)),
    ("1 account, 10 regions, first run", replace(_ONE, regions=10)),
    ("1 account and region, 25 in a call (transit gateways), 20 batches", replace(_ONE, per_call=25, batches=20)),
    ("1 account and region, 1 target in a call, 20 batches", replace(_ONE, per_call=1, batches=20)),
)
#: How fast AWS answers is not documented, so each case is told for a fast and a slow one, in seconds.
ANSWERS = (0.1, 1.0)


def duration(seconds: float) -> str:
    """Return a duration as people say it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def table() -> list[list[str]]:
    """Return the table of the guide, its head first."""
    rows = [["100,000 targets in", "calls", *(f"a call takes {answer:g} s" for answer in ANSWERS)]]
    for name, fleet in CASES:
        outcomes = [simulate(replace(fleet, call_seconds=answer)) for answer in ANSWERS]
        cells = [f"{duration(outcome.seconds)}, waits for {outcome.binding}" for outcome in outcomes]
        rows.append([name, f"{outcomes[0].calls:,}", *cells])
    return rows


if __name__ == "__main__":
    for row in table():
        print(" | ".join(row))
