# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two processes merge into one policy at once, many times: no statement is lost, and reported success is true.

Neither S3 nor KMS has a compare-and-swap for policies. Each writer is a process of its own that runs the real module;
both wait right before they read the policy and continue together. The waits are those of production. Several pairs work
at the same time, each on a policy of its own, so that waiting takes less time.
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import socket
import subprocess
import sys
from typing import Any
from typing import Callable
from typing import Dict
from typing import Iterator
from typing import List
from typing import Set
from typing import Tuple

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import same_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._run import bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._run import key_policy
from tests.integration.support.aws_clients import aws_client as client
from tests.integration.support.in_process import run_module
from tests.simulator.client import ROOT
from tests.simulator.client import SimulatorProcess
from tests.simulator.policy_evaluation import decide

OWNER, SERVICE = "123456789012", "delivery.logs.amazonaws.com"
#: Each takes two processes, and 60 MiB.
PAIRS = 5
BUCKETS = tuple(f"race-{number}" for number in range(PAIRS))

Job = Tuple[str, Dict[str, Any]]
Result = Dict[str, Any]
Policy = Dict[str, Any]


# --- writers, in processes of their own ---


class Line:
    """One end of a connection that carries lines of text both ways."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._incoming = connection.makefile("r", encoding="utf-8")

    def say(self, text: str) -> None:
        self._connection.sendall(f"{text}\n".encode())

    def hear(self) -> str:
        """Return the next line, ``""`` if the other end is closed."""
        return self._incoming.readline().strip()

    def close(self) -> None:
        self._incoming.close()
        self._connection.close()


def meeting(function: Callable[..., Any], line: Line) -> Callable[..., Any]:
    """Return a function that waits for the other writer before it starts."""

    def started_together(*arguments: Any, **named: Any) -> Any:
        line.say("ready")
        line.hear()
        return function(*arguments, **named)

    return started_together


def write_policies(url: str, line: Line) -> None:
    """Run the modules that the test sends, one after the other, until it closes the connection."""
    bucket_policy.converge = meeting(bucket_policy.converge, line)
    key_policy.converge_key_policy = meeting(key_policy.converge_key_policy, line)
    for text in iter(line.hear, ""):
        name, options = json.loads(text)
        line.say(json.dumps(run_module(url, name, options)))


def start_writers(url: str, *descriptors: str) -> None:
    """Fork a writer for each connection, so that imports happen once, and wait until all have ended."""
    writers = [descriptor for descriptor in descriptors if os.fork() == 0 and serve(url, int(descriptor))]
    for _writer in descriptors[len(writers) :]:
        os.wait()


def serve(url: str, descriptor: int) -> bool:
    """Work as a writer, then exit."""
    write_policies(url, Line(socket.socket(fileno=descriptor)))
    os._exit(0)


class Writers:
    """The writer processes, and the test's ends of their connections."""

    def __init__(self, url: str, number: int) -> None:
        ends = [socket.socketpair() for _number in range(number)]
        theirs = [end.fileno() for _own, end in ends]
        command = [sys.executable, "-m", "tests.integration.test_policy_race", url, *map(str, theirs)]
        self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=theirs)
        self.lines = [Line(own) for own, _end in ends]
        for _own, end in ends:
            end.close()

    def stop(self) -> None:
        for line in self.lines:
            line.close()
        assert self._process.wait() == 0


class Pair:
    """Two writers."""

    def __init__(self, *lines: Line) -> None:
        self._lines = lines

    def run(self, *jobs: Job) -> List[Result]:
        """Run two modules that read the policy at the same time, and return their results."""
        for line, job in zip(self._lines, jobs):
            line.say(json.dumps(job))
        assert [line.hear() for line in self._lines] == ["ready"] * 2
        for line in self._lines:
            line.say("go")
        return [json.loads(line.hear()) for line in self._lines]


@pytest.fixture(name="pairs", scope="module")
def _pairs(simulator_process: SimulatorProcess) -> Iterator[List[Pair]]:
    """Writers for all tests of this file."""
    writers = Writers(simulator_process.url, 2 * PAIRS)
    yield [Pair(*writers.lines[2 * number : 2 * number + 2]) for number in range(PAIRS)]
    writers.stop()


# --- policies ---


def third_party(arn: str, administrator: str, action: str) -> Policy:
    """Return a third-party policy that must survive."""
    statements = [
        {"Sid": "Admin", "Effect": "Allow", "Principal": {"AWS": administrator}, "Action": action, "Resource": arn},
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": action,
            "Resource": arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    return {"Version": "2008-10-17", "Id": "central", "Statement": statements}


ROOT_OF_OWNER = f"arn:aws:iam::{OWNER}:root"


class BucketPolicy:
    """The policy of one bucket, for the tests."""

    def __init__(self, simulator: SimulatorProcess, bucket: str) -> None:
        self._client, self._bucket = client(simulator, "s3"), bucket
        self.arn = f"arn:aws:s3:::{bucket}"
        self.third_party = third_party(self.arn, ROOT_OF_OWNER, "s3:*")

    def job(self, state: str, account: str) -> Job:
        return "flow_log_bucket_policy", {"bucket": self._bucket, "state": state, "account_ids": [account]}

    def stored(self) -> Policy:
        return json.loads(self._client.get_bucket_policy(Bucket=self._bucket)["Policy"])

    def grants_access_to(self, policy: Policy, account: str) -> bool:
        context = {
            "aws:SourceAccount": account,
            "aws:SourceArn": f"arn:aws:logs:eu-west-1:{account}:x",
            "aws:SecureTransport": "true",
        }
        writes = f"{self.arn}/AWSLogs/{account}/vpcflowlogs/eu-west-1/x.log.gz"
        write = decide(
            policy, SERVICE, "s3:PutObject", writes, {**context, "s3:x-amz-acl": "bucket-owner-full-control"}
        )
        return write == decide(policy, SERVICE, "s3:GetBucketAcl", self.arn, context) == "allow"

    def is_written_by(self, call: Dict[str, Any]) -> bool:
        return call["operation"] == "PutBucketPolicy" and call["parameters"]["Bucket"] == self._bucket


class KeyPolicy:
    """The policy of one key, for the tests."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self._client = client(simulator, "kms")
        self.third_party = third_party("*", ROOT_OF_OWNER, "kms:*")
        made = self._client.create_key(
            Policy=json.dumps(self.third_party), KeyUsage="ENCRYPT_DECRYPT", KeySpec="SYMMETRIC_DEFAULT"
        )
        self.arn = made["KeyMetadata"]["Arn"]

    def job(self, state: str, account: str) -> Job:
        return "flow_log_key_policy", {"key_id": self.arn, "state": state, "account_ids": [account]}

    def stored(self) -> Policy:
        return json.loads(self._client.get_key_policy(KeyId=self.arn, PolicyName="default")["Policy"])

    def grants_access_to(self, policy: Policy, account: str) -> bool:
        context = {
            "aws:SourceAccount": account,
            "aws:SourceArn": f"arn:aws:logs:eu-west-1:{account}:x",
            "aws:SecureTransport": "true",
        }
        return decide(policy, SERVICE, "kms:GenerateDataKey", self.arn, context) == "allow"

    def is_written_by(self, call: Dict[str, Any]) -> bool:
        return call["operation"] == "PutKeyPolicy" and call["parameters"]["KeyId"] == self.arn


# --- races ---


class Race:
    """What must hold for a policy after each round.

    :param present: whether each account has a grant, as its writer reported.
    """

    def __init__(self, pair: Pair, policy: Any) -> None:
        self._pair, self._policy = pair, policy
        self.present: Dict[str, bool] = {}
        self.accounts: Set[str] = set()
        self.failed = 0

    def round(self, *wanted: Tuple[str, str]) -> None:
        """Start both writers, and compare their results with the stored policy.

        :param wanted: state and account, of each writer.
        """
        self.accounts.update(account for _state, account in wanted)
        results = self._pair.run(*(self._policy.job(*item) for item in wanted))
        for (state, account), result in zip(wanted, results):
            self._note(state, account, result)
        policy = self._policy.stored()
        kept = {
            **policy,
            "Statement": [item for item in policy["Statement"] if "LogDelivery" not in item.get("Sid", "")],
        }
        assert same_policy(kept, self._policy.third_party)
        assert {account: self._policy.grants_access_to(policy, account) for account in self.present} == self.present

    def _note(self, state: str, account: str, result: Result) -> None:
        if not result.get("failed"):
            self.present[account] = state == "present"
            return
        # A writer that lost every attempt fails, and the state of its account is not known.
        assert [item["code"] for item in result["unsuccessful"]] == ["PolicyOverwritten"], result["msg"]
        self.present.pop(account, None)
        self.failed += 1

    def lost_updates(self, calls: List[Dict[str, Any]]) -> int:
        """Return how often a writer overwrote the other's change because it had read the policy before."""
        written = [json.loads(call["parameters"]["Policy"]) for call in calls if self._policy.is_written_by(call)]
        reported = [
            {item for item in self.accounts if self._policy.grants_access_to(policy, item)} for policy in written
        ]
        return sum(
            bool((first ^ second) & (second ^ third))
            for first, second, third in zip([set(), *reported], reported, reported[1:])
        )


Round = Callable[[Race, int], None]


def at_once(races: List[Race], *rounds: Round) -> None:
    """Run the rounds of each race in order, and all races in parallel."""

    def run(item: Tuple[int, Race]) -> None:
        for position, one in enumerate(rounds):
            one(item[1], item[0] * 100 + position)

    with concurrent.futures.ThreadPoolExecutor(len(races)) as pool:
        list(pool.map(run, enumerate(races)))


def account_of(number: int, writer: int) -> str:
    return f"{number + 1:06}{writer + 1:06}"


def seeded(simulator: SimulatorProcess, pairs: List[Pair]) -> List[Race]:
    policies = [BucketPolicy(simulator, bucket) for bucket in BUCKETS]
    buckets = [
        {"name": bucket, "region": "eu-west-1", "policy": policy.third_party}
        for bucket, policy in zip(BUCKETS, policies)
    ]
    simulator.seed({"accounts": {OWNER: {"buckets": buckets}}})
    return [Race(pair, policy) for pair, policy in zip(pairs, policies)]


def check_overlaps(simulator: SimulatorProcess, races: List[Race], rounds: int) -> None:
    """Check that races happened, and that almost no writer lost every attempt."""
    calls = simulator.calls(write=True)
    assert sum(race.lost_updates(calls) for race in races) >= rounds / 20
    assert sum(race.failed for race in races) <= rounds / 5


def two_added(race: Race, number: int) -> None:
    race.round(("present", account_of(number, 0)), ("present", account_of(number, 1)))


def one_added_and_one_removed(race: Race, number: int) -> None:
    """The removed account is the one added in the round before."""
    race.round(("present", account_of(number, 0)), ("absent", account_of(number - 1, 0)))


def test_two_writers_of_a_bucket_policy_end_with_both_grants_or_an_error(
    simulator: SimulatorProcess, pairs: List[Pair]
) -> None:
    races = seeded(simulator, pairs)
    at_once(races, *[two_added] * 10)
    check_overlaps(simulator, races, 10 * PAIRS)


def test_one_account_is_added_while_another_is_removed(simulator: SimulatorProcess, pairs: List[Pair]) -> None:
    races = seeded(simulator, pairs)
    at_once(races, two_added, one_added_and_one_removed, one_added_and_one_removed)
    check_overlaps(simulator, races, 3 * PAIRS)


def test_two_writers_of_a_key_policy(simulator: SimulatorProcess, pairs: List[Pair]) -> None:
    races = [Race(pair, KeyPolicy(simulator)) for pair in pairs]
    at_once(races, two_added, one_added_and_one_removed)
    check_overlaps(simulator, races, 2 * PAIRS)


if __name__ == "__main__":
    start_writers(*sys.argv[1:])
