# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the tasks that a stage asks for. PRIVATE to this collection.

Tasks of this collection's modules run in this process, where boto3 is loaded already, several at the same time. Those of other
collections run as Ansible runs them, one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable

from ansible.errors import AnsibleActionFail
from ansible.module_utils.basic import missing_required_lib
from ansible_collections.amazon.aws.plugins.module_utils.botocore import HAS_BOTO3

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import in_session, role_of, without_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._run.tasks import TaskPool, TaskSpec, session_of
from .hosts import plain
from .._stages.task import Result, Stage, T, Task

#: How many tasks run before it is told how far the work is.
SLICE = 100

#: What Ansible adds to the results of modules.
_OF_ANSIBLE = ("invocation", "exception", "deprecations")

#: ``execute(module, options)`` runs a module of another collection and returns its result.
Execute = Callable[[str, dict[str, Any]], dict[str, Any]]
#: ``tell(done, total, failed)`` is called after each slice.
Tell = Callable[[int, int, int], None]


class TaskRunner:
    """Runs the tasks of stages.

    :param pool: for the tasks of this collection's modules.
    """

    def __init__(self, pool: TaskPool, execute: Execute, tell: Tell = lambda done, total, failed: None) -> None:
        if not HAS_BOTO3:
            raise AnsibleActionFail(missing_required_lib("boto3 and botocore"))
        self._pool = pool
        self._execute = execute
        self._tell = tell
        #: What the modules warned of, each once.
        self.warnings: list[str] = []

    def drive(self, stage: Stage[T]) -> T:
        """Run all tasks that a stage asks for, and return what it returns."""
        try:
            tasks = next(stage)
            while True:
                tasks = stage.send(self._run(tasks))
        except StopIteration as end:
            result: T = end.value
            return result

    def _run(self, tasks: Sequence[Task]) -> list[Result]:
        results: dict[int, Result] = {}
        own: list[int] = []
        for number, task in enumerate(tasks):
            if task.connection.problem:
                results[number] = {"failed": True, "msg": task.connection.problem}
            elif "." in task.module:
                results[number] = self._foreign(task)
            else:
                own.append(number)
        failed = 0
        for start in range(0, len(own), SLICE):
            numbers = own[start : start + SLICE]
            answers = self._pool.run([_given(tasks[number]) for number in numbers])
            results.update(zip(numbers, answers))
            failed += sum(bool(answer.get("failed")) for answer in answers)
            self._tell(min(start + SLICE, len(own)), len(own), failed)
        ordered = [results[number] for number in range(len(tasks))]
        told = (str(text) for answer in ordered for text in answer.get("warnings") or ())
        self.warnings = list(dict.fromkeys([*self.warnings, *told]))
        return ordered

    def _foreign(self, task: Task) -> Result:
        """Run a module of amazon.aws, which cannot assume a role by itself."""
        given, named = task.given(), task.connection.options
        options = without_role(named)
        try:
            is_in_role = role_of(named) is not None
        except InputError as error:
            return {"failed": True, "msg": str(error)}
        if is_in_role:
            session = session_of({**named, "region": given.get("region") or named.get("region")})
            if session.get("failed"):
                return session
            options = in_session(named, session)
        answer = self._execute(task.module, {**options, **given})
        return {name: plain(value) for name, value in answer.items() if name not in _OF_ANSIBLE}


def _given(task: Task) -> TaskSpec:
    return {
        "module": task.module,
        "options": task.given(),
        "connection": task.connection.options,
        "group": task.group,
    }
