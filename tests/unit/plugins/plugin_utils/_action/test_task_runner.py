# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks run in the pool or by Ansible, and their results keep their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._action import task_runner
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.task_runner import SLICE, TaskRunner
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.task import Connection, Stage, Task, run_by_name

ROLE = "arn:aws:iam::111122223333:role/publisher"
SHOP = Connection({"profile": "shop"})
IAM = "amazon.aws.iam_policy"


class Pool:
    """Returns the number of each task, and records the tasks."""

    def __init__(self) -> None:
        self.given: list[Sequence[Mapping[str, Any]]] = []

    def run(self, tasks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The results of some tasks."""
        self.given.append(tasks)
        return [{"of": task["options"]["number"], "failed": task["options"].get("fails", False)} for task in tasks]


class Ansible:
    """Returns this result for modules of other collections, and records the calls."""

    def __init__(self, result: Mapping[str, Any] | None = None) -> None:
        self.result = result
        self.ran: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, module: str, options: dict[str, Any]) -> dict[str, Any]:
        self.ran.append((module, options))
        return dict({"of": options["number"]} if self.result is None else self.result)


def own(number: int, connection: Connection = SHOP, **options: Any) -> Task:
    """A task of a module of this collection."""
    return Task(f"task-{number}", "s3_flow_log", {"number": number, **options}, connection, "111122223333")


def other(number: int, connection: Connection = SHOP, **options: Any) -> Task:
    """A task of a module of another collection."""
    return Task(f"task-{number}", IAM, {"number": number, **options}, connection)


def run(tasks: Sequence[Task], pool: Pool, ansible: Ansible, **more: Any) -> list[dict[str, Any]]:
    """The results of tasks, in their order."""

    def stage() -> Stage[Sequence[Any]]:
        return (yield tasks)

    return [dict(result) for result in TaskRunner(pool, ansible, **more).drive(stage())]  # type: ignore[arg-type]


def test_results_keep_the_order_of_the_tasks() -> None:
    pool, ansible = Pool(), Ansible()
    unknown = Connection(problem="flow_log_aws of host vpc-1 cannot be read: RuntimeError")
    tasks = [other(0), own(1), own(2, unknown), own(3), other(4, unknown), other(5)]
    results = run(tasks, pool, ansible)
    assert [result.get("of") for result in results] == [0, 1, None, 3, None, 5]
    for number in (2, 4):
        assert results[number] == {"failed": True, "msg": unknown.problem}
    assert [task["options"]["number"] for part in pool.given for task in part] == [1, 3]
    assert [options["number"] for _module, options in ansible.ran] == [0, 5]


def test_drives_a_stage_to_its_end() -> None:
    def stage() -> Stage[list[Any]]:
        first = yield [own(1)]
        second = yield [own(2), own(3)]
        third = yield []
        return [[result["of"] for result in step] for step in (first, second, third)]

    assert TaskRunner(Pool(), Ansible()).drive(stage()) == [[1], [2, 3], []]  # type: ignore[arg-type]


def test_results_by_name() -> None:
    runner = TaskRunner(Pool(), Ansible())  # type: ignore[arg-type]
    assert runner.drive(run_by_name([own(1), other(2)])) == {
        "task-1": {"of": 1, "failed": False},
        "task-2": {"of": 2},
    }


def test_passes_connection_and_options_separately() -> None:
    pool = Pool()
    run([own(1, name=None, tags={})], pool, Ansible())
    ((given,),) = pool.given
    assert given == {
        "module": "s3_flow_log",
        "options": {"number": 1, "tags": {}},
        "connection": {"profile": "shop"},
        "group": "111122223333",
    }


# -- progress -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "reports"),
    [
        (0, []),
        (1, [(1, 1, 0)]),
        (SLICE, [(SLICE, SLICE, 1)]),
        (2 * SLICE + 1, [(SLICE, 2 * SLICE + 1, 1), (2 * SLICE, 2 * SLICE + 1, 2), (2 * SLICE + 1, 2 * SLICE + 1, 3)]),
    ],
)
def test_reports_progress_after_each_slice(number: int, reports: list[Any]) -> None:
    """One task in a hundred fails, starting with the second."""
    heard: list[tuple[int, int, int]] = []
    pool = Pool()
    tasks = [own(at, fails=at % SLICE == min(1, number - 1) and number > 1) for at in range(number)]
    if number > 2 * SLICE:
        tasks[-1] = own(number - 1, fails=True)
    results = run(tasks, pool, Ansible(), report=lambda done, total, failed: heard.append((done, total, failed)))
    assert heard == reports
    assert [len(part) for part in pool.given] == [SLICE] * (number // SLICE) + (
        [number % SLICE] if number % SLICE else []
    )
    assert [result["of"] for result in results] == list(range(number))


# -- modules of other collections ---------------------------------------------------------------------------------


class Text(str):
    """A string of a subclass, as Ansible passes it."""


def test_other_collections_get_connection_and_options_together() -> None:
    ansible = Ansible()
    run(
        [other(1, Connection({"profile": "shop", "region": "eu-west-1"}), region="us-east-1", x=None)],
        Pool(),
        ansible,
    )
    assert ansible.ran == [(IAM, {"profile": "shop", "region": "us-east-1", "number": 1})]


def test_drops_what_ansible_adds_to_results() -> None:
    said = {
        "changed": True,
        "msg": Text("done"),
        "invocation": {"secret_key": "x"},
        "exception": "t",
        "deprecations": [],
    }
    (result,) = run([other(1)], Pool(), Ansible(said))
    assert result == {"changed": True, "msg": "done"}
    assert not isinstance(result["msg"], Text)


def test_other_collections_get_session_keys_of_a_role(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[Mapping[str, Any]] = []

    def session(connection: Mapping[str, Any]) -> dict[str, Any]:
        entered.append(connection)
        return {"access_key": "A", "secret_key": "S", "session_token": "T"}

    monkeypatch.setattr(task_runner, "session_of", session)
    ansible = Ansible()
    connection = Connection({"profile": "shop", "assume_role_arn": ROLE, "endpoint_url": "http://x"})
    run([other(1, connection, region="eu-west-1")], Pool(), ansible)
    run([other(2, Connection({**connection.options, "region": "eu-north-1"}))], Pool(), Ansible())
    assert [one["region"] for one in entered] == ["eu-west-1", "eu-north-1"]
    assert all(one.items() >= connection.options.items() for one in entered)
    ((_module, options),) = ansible.ran
    # A profile together with keys is an error, even one of the environment. The module knows no roles.
    assert options == {
        "profile": "",
        "endpoint_url": "http://x",
        "access_key": "A",
        "secret_key": "S",
        "session_token": "T",
        "region": "eu-west-1",
        "number": 1,
    }


@pytest.mark.parametrize(
    ("connection", "message"),
    [
        ({"assume_role_arn": ROLE}, ROLE),
        ({"assume_role_arn": ROLE, "profile": "nobody"}, "(nobody) could not be found"),
        ({"assume_role_arn": "publisher"}, "assume_role_arn: 'publisher' is not accepted. Allowed: "),
        ({"assume_role_external_id": "example-42"}, "an external id together with assume_role_arn"),
    ],
)
def test_failed_role_fails_only_its_task(connection: dict[str, Any], message: str) -> None:
    ansible = Ansible()
    tasks = [other(1, Connection({"region": "eu-west-1", **connection})), other(2)]
    failed, fine = run(tasks, Pool(), ansible)
    assert failed["failed"] and message in failed["msg"]
    assert fine == {"of": 2} and [options["number"] for _module, options in ansible.ran] == [2]
