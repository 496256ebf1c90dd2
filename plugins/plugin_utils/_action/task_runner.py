# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the tasks of stages. PRIVATE to this collection.

Modules of this collection run in this process, several at the same time, since boto3 is already loaded here. Ansible
runs modules of other collections, one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, cast

from ansible.errors import AnsibleActionFail
from ansible.module_utils.basic import missing_required_lib
from ansible_collections.amazon.aws.plugins.module_utils.botocore import HAS_BOTO3

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import in_session, role_of, without_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._run.tasks import TaskPool, TaskSpec, session_of
from .hosts import plain
from .._publication.types import TaskResult
from .._stages.task import Stage, T, Task

#: Number of tasks after which the runner reports its progress.
SLICE = 100

#: What Ansible adds to the results of modules.
_ADDED_BY_ANSIBLE = ("invocation", "exception", "deprecations")

#: ``execute(module, options)`` runs a module of another collection and returns its result.
Execute = Callable[[str, Mapping[str, object]], Mapping[str, object]]
#: ``report(done, total, failed)`` is called after each slice.
Report = Callable[[int, int, int], None]


class TaskRunner:
    """Runs the tasks of stages.

    :param pool: runs the modules of this collection.
    :param execute: runs the modules of other collections.
    """

    def __init__(self, pool: TaskPool, execute: Execute, report: Report = lambda done, total, failed: None) -> None:
        if not HAS_BOTO3:
            raise AnsibleActionFail(missing_required_lib("boto3 and botocore"))
        self._pool = pool
        self._execute = execute
        self._report = report
        #: Warnings of the modules, without duplicates.
        self.warnings: list[str] = []

    def drive(self, stage: Stage[T]) -> T:
        """Run all tasks that a stage yields, and return the result of the stage."""
        try:
            tasks = next(stage)
            while True:
                tasks = stage.send(self._run(tasks))
        except StopIteration as end:
            result: T = end.value
            return result

    def _run(self, tasks: Sequence[Task[Any]]) -> list[TaskResult]:
        results: dict[int, TaskResult] = {}
        own: list[int] = []
        for number, task in enumerate(tasks):
            if task.connection.problem:
                results[number] = {"failed": True, "msg": task.connection.problem}
            elif "." in task.module:
                results[number] = self._run_by_ansible(task)
            else:
                own.append(number)
        failed = 0
        for start in range(0, len(own), SLICE):
            numbers = own[start : start + SLICE]
            answers = cast("list[TaskResult]", self._pool.run([_pool_task(tasks[number]) for number in numbers]))
            results.update(zip(numbers, answers))
            failed += sum(bool(answer.get("failed")) for answer in answers)
            self._report(min(start + SLICE, len(own)), len(own), failed)
        ordered = [results[number] for number in range(len(tasks))]
        warnings = (str(text) for answer in ordered for text in answer.get("warnings") or ())
        self.warnings = list(dict.fromkeys([*self.warnings, *warnings]))
        return ordered

    def _run_by_ansible(self, task: Task[Any]) -> TaskResult:
        """Run a module of amazon.aws. Such a module cannot assume a role itself, so it gets the keys of a session."""
        given, connection = task.given(), task.connection.options
        options = without_role(connection)
        try:
            is_in_role = role_of(connection) is not None
        except InputError as error:
            return {"failed": True, "msg": str(error)}
        if is_in_role:
            session = session_of({**connection, "region": given.get("region") or connection.get("region")})
            if session.get("failed"):
                return cast(TaskResult, session)
            options = in_session(connection, session)
        answer = self._execute(task.module, {**options, **given})
        result = {name: plain(value) for name, value in answer.items() if name not in _ADDED_BY_ANSIBLE}
        return cast(TaskResult, result)


def _pool_task(task: Task[Any]) -> TaskSpec:
    return {
        "module": task.module,
        "options": task.given(),
        "connection": task.connection.options,
        "group": task.group,
    }
