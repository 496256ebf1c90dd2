# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks as data: which module runs, and with which options. PRIVATE to this collection.

A stage is a generator. It yields tasks, gets their results in the same order, and finally returns its own result. A
stage decides which tasks run; the action plugins run them.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Generic, TypeVar

from .._publication.types import ConnectionOptions, ModuleOptions, TaskResult

T = TypeVar("T")
#: The result of a module.
R = TypeVar("R", bound=TaskResult)


@dataclass(frozen=True)
class Connection:
    """How to reach an account.

    :param options: connection options, which may be secret.
    :param problem: why the connection options cannot be read; ``""`` if they can.
    """

    options: ConnectionOptions = field(default_factory=dict, repr=False)
    problem: str = ""


#: ``connection(host, *variables)`` returns the connection options in the first of these variables that the host sets.
Connections = Callable[..., Connection]


@dataclass(frozen=True)
class Task(Generic[R]):
    """One call of a module, which returns a result ``R``.

    :param name: name of the work unit.
    :param module: name of the module; with its collection if it is not of this collection.
    :param options: options of the module; those that are ``None`` are left out.
    :param group: tasks of one group share AWS request limits; an account id, for example.
    """

    name: str
    module: str
    options: ModuleOptions
    connection: Connection
    group: str = ""

    def given(self) -> dict[str, object]:
        """Return the options that are not ``None``."""
        return {name: value for name, value in self.options.items() if value is not None}


Stage = Generator[Sequence[Task[Any]], Sequence[Any], T]


def run_tasks(tasks: Sequence[Task[R]]) -> Stage[list[R]]:
    """Run tasks at the same time, and return their results in the same order."""
    results = yield tasks
    return list(results)


def run_by_name(tasks: Sequence[Task[R]]) -> Stage[dict[str, R]]:
    """Run tasks at the same time, and return their results by the name of the work unit."""
    results = yield from run_tasks(tasks)
    return {task.name: result for task, result in zip(tasks, results)}
