# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs stages without Ansible: answers their tasks, and records the tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.flowlogs.aws.plugins.module_utils._run.tasks import CONNECTION_SPEC, MODULES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.preflight import plan_preflights
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.task import Connection, Stage, T, Task

SHOP, BANK, OWNER = "111122223333", "444455556666", "777788889999"
#: Returns the result of a task.
Answer = Callable[[Task], Mapping[str, Any]]


@dataclass(frozen=True)
class Played(Generic[T]):
    """A finished stage.

    :param result: its result.
    :param steps: the tasks that it yielded at the same time, step by step.
    """

    result: T
    steps: Sequence[Sequence[Task]]

    @property
    def tasks(self) -> list[Task]:
        """All tasks."""
        return [task for step in self.steps for task in step]

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Name and module of each task."""
        return [(task.name, task.module) for task in self.tasks]

    def options(self, module: str, name: str | None = None) -> dict[str, Any]:
        """The options of the only task of a module, or the only task with this name."""
        (task,) = [task for task in self.tasks if task.module == module and name in (None, task.name)]
        return task.given()


def play(stage: Stage[T], answer: Answer = lambda _task: {}) -> Played[T]:
    """Run a stage. Options for modules of this collection must be valid."""
    steps: list[Sequence[Task]] = []
    try:
        tasks = next(stage)
        while True:
            steps += [tasks] if tasks else []
            assert [refusal for task in tasks if (refusal := refused(task))] == []
            tasks = stage.send([answer(task) for task in tasks])
    except StopIteration as end:
        return Played(end.value, steps)


def refused(task: Task) -> str:
    """Return why the module would refuse its options; ``""`` if it accepts them, or belongs to another collection."""
    if task.module not in MODULES:
        return ""
    definition = MODULES[task.module]
    spec = {**CONNECTION_SPEC, **definition.argument_spec}
    validator = ArgumentSpecValidator(spec, required_if=[list(rule) for rule in definition.required_if])
    return " ".join(validator.validate(task.given()).error_messages)


def reached(host: str, *variables: str) -> Connection:
    """A connection whose profile names its host and variables."""
    return Connection({"profile": f"{' or '.join(variables)} of {host}"})


def host(host_name: str, /, **variables: Any) -> HostVariables:
    """A target with all required variables and those given."""
    common = {"account_id": SHOP, "region": "eu-west-1", "destination": "arn:aws:s3:::central/network/", **variables}
    return HostVariables(host_name, {f"flow_log_{name}": value for name, value in common.items()}, ("prod",))


def work_of(*hosts: HostVariables, only_reads: bool = False) -> dict[str, Any]:
    """The publication of hosts, as a run stores it."""
    publication = plan_publication(hosts)
    assert publication.invalid == ()
    return {**publication.to_dict(), "preflights": plan_preflights(publication, only_reads), "keys": [], "unmet": []}
