# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulates the duration of publishing under AWS's request limits, with a simulated clock.

``python -m tests.bench.request_limits`` prints a table. EC2 has a token bucket for each account, Region and API (Amazon
EC2 Developer Guide, "Request throttling for the Amazon EC2 API"): a call takes a token, an empty bucket refuses calls,
and tokens are refilled at a steady rate. In the simulation a call waits for its token, which takes about as long as
retries.
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
    """A bucket's size, and its refill rate in tokens a second."""

    burst: float
    per_second: float


#: The guide's two classes of the flow log calls: mutating and non-mutating actions.
LIMITS = {CREATE: Limit(50, 5), DESCRIBE: Limit(100, 20)}


class Bucket:
    """A token bucket, full at time 0."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._tokens = limit.burst
        self._at = 0.0

    def take(self, now: float) -> float:
        """Take a token; return the time at which it is available.

        :param now: seconds; not before the time of an earlier call.
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
    """Targets spread evenly over accounts and Regions, and how a run processes them.

    :param per_call: targets in one CreateFlowLogs.
    :param batches: number of different settings in each account and Region; each is a task, and all share the buckets.
    :param made: whether the flow logs already exist.
    :param forks: number of parallel batches.
    :param cores: of the machine that runs Ansible.
    :param task_seconds: CPU of a task, without waiting for AWS.
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
        """The number of pairs of account and Region, each with its own buckets."""
        return self.accounts * self.regions

    def calls(self) -> list[str]:
        """The calls of one task, by the formula of the guide: read all flow logs of the Region, then the rest."""
        in_place = math.ceil(self.targets / self.places)
        if self.made:
            return [DESCRIBE] * math.ceil(in_place / 1000)
        in_task = math.ceil(in_place / self.batches)
        return [DESCRIBE, *[CREATE] * math.ceil(in_task / self.per_call), *[DESCRIBE] * math.ceil(in_task / 1000)]


@dataclass
class Outcome:
    """The result of a simulation.

    :param seconds: until the end of the last task.
    :param waited: seconds that all tasks waited for tokens, by limit.
    """

    seconds: float = 0.0
    calls: int = 0
    waited: dict[str, float] = field(default_factory=dict)

    @property
    def binding(self) -> str:
        """The limit with the longest waits."""
        return max(self.waited, key=lambda name: self.waited[name]) if any(self.waited.values()) else "nothing"


def simulate(fleet: Fleet) -> Outcome:
    """Run every task, as many in parallel as there are forks."""
    outcome = Outcome()
    machine = Bucket(Limit(fleet.cores, fleet.cores / fleet.task_seconds))
    tasks = _tasks(fleet, machine)
    # Next events: time, a number to order equal times, and a fork with its remaining steps.
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
    """The tasks of all accounts and Regions."""
    for _place in range(fleet.places):
        buckets = {name: Bucket(limit) for name, limit in LIMITS.items()}
        for _batch in range(fleet.batches):
            yield _steps(fleet, machine, buckets)


def _steps(fleet: Fleet, machine: Bucket, buckets: Mapping[str, Bucket]) -> Iterator[tuple[str, Bucket, float]]:
    """The steps of one task: the bucket of its token, and the duration."""
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
#: AWS's response time is not documented, so each case has a fast and a slow one, in seconds.
ANSWERS = (0.1, 1.0)


def duration(seconds: float) -> str:
    """Return a readable duration."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def table() -> list[list[str]]:
    """Return the table of the guide, starting with its header."""
    rows = [["100,000 targets in", "calls", *(f"a call takes {answer:g} s" for answer in ANSWERS)]]
    for name, fleet in CASES:
        outcomes = [simulate(replace(fleet, call_seconds=answer)) for answer in ANSWERS]
        cells = [f"{duration(outcome.seconds)}, waits for {outcome.binding}" for outcome in outcomes]
        rows.append([name, f"{outcomes[0].calls:,}", *cells])
    return rows


if __name__ == "__main__":
    for row in table():
        print(" | ".join(row))
