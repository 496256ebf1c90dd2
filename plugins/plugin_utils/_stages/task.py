# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a stage of a run asks for, as data. PRIVATE to this collection.

A stage is a generator: it yields tasks, is sent their results in the same order, and returns what is known in the end. It
decides; the action plugins run the modules.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, TypeVar

T = TypeVar("T")
Result = Mapping[str, Any]
#: Results of some kind of work, by the name of the work.
Results = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Connection:
    """How an account is reached.

    :param options: connection options, which may be secret.
    :param problem: why they are not known, ``""`` if they are.
    """

    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    problem: str = ""


#: ``connection(host, *variables)`` returns what the first of these variables holds that the host has.
Connections = Callable[..., Connection]


@dataclass(frozen=True)
class Task:
    """One call of a module.

    :param name: of the work that it is part of.
    :param module: of this collection, or with the name of its collection.
    :param options: ready for the module; what is ``None`` is left out.
    :param group: tasks that share request limits of AWS: an account id.
    """

    name: str
    module: str
    options: Mapping[str, Any]
    connection: Connection
    group: str = ""

    def given(self) -> dict[str, Any]:
        """Return the options that are given."""
        return {name: value for name, value in self.options.items() if value is not None}


Stage = Generator[Sequence[Task], Sequence[Result], T]


def asked(tasks: Sequence[Task]) -> Stage[Results]:
    """Ask for tasks once, and return their results by name."""
    answers = yield tasks
    return {task.name: dict(answer) for task, answer in zip(tasks, answers)}
