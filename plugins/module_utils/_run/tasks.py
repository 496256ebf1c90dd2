# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs many tasks of this collection's modules in one process. PRIVATE to this collection.

Each task has the same result as its module in a process of its own, and a failed task does not affect the others. To start
Python and import boto3 for each task would take several times as long as the tasks themselves.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, NoReturn, TypedDict

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict
from ansible.module_utils.errors import UnsupportedError
from ansible_collections.amazon.aws.plugins.module_utils.botocore import gather_sdk_versions
from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_region
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

from .._aws.clients import SharedClients
from .bucket_policy import FLOW_LOG_BUCKET_POLICY
from .destination_info import FLOW_LOG_DESTINATION_INFO
from .key_policy import FLOW_LOG_KEY_POLICY
from .module import FlowLogsModule, ModuleDefinition, do_work
from .permissions_info import FLOW_LOG_PERMISSIONS_INFO
from .role_session import ROLE_ARGUMENT_SPEC
from .s3_flow_log import S3_FLOW_LOG
from .s3_flow_log_info import S3_FLOW_LOG_INFO
from .version import COLLECTION_NAME, USER_AGENT

MODULES: Mapping[str, ModuleDefinition] = {
    definition.name: definition
    for definition in (
        FLOW_LOG_BUCKET_POLICY,
        FLOW_LOG_DESTINATION_INFO,
        FLOW_LOG_KEY_POLICY,
        FLOW_LOG_PERMISSIONS_INFO,
        S3_FLOW_LOG,
        S3_FLOW_LOG_INFO,
    )
}
CONNECTION_SPEC: Mapping[str, Any] = {**aws_argument_spec(), **ROLE_ARGUMENT_SPEC}


class TaskSpec(TypedDict):
    """A task of one module.

    ``group`` is the same for tasks that share request limits of AWS.
    """

    module: str
    options: Mapping[str, Any] | None
    connection: Mapping[str, Any] | None
    group: str


class _Ended(BaseException):
    """The end of a task, with its result. As with the end of a process, no error handler catches it."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__()
        self.result = result


class TaskModule(FlowLogsModule):
    """The module object of one task among many.

    :param params: all options, already validated.
    :param clients: creates the clients of all tasks.
    """

    def __init__(
        self, definition: ModuleDefinition, params: dict[str, Any], check_mode: bool, diff: bool, clients: SharedClients
    ) -> None:
        super().__init__(definition.region_optional, clients)
        self.params = params
        self.check_mode = check_mode
        self._diff = diff
        self._name = f"{COLLECTION_NAME}.{definition.name}"
        self._warnings: list[str] = []
        self.exit_json = self._exit
        self.fail_json = self._fail
        self.fail_json_aws = self._fail_for

    @property
    def region(self) -> str | None:  # type: ignore[override]
        """The Region from the options or the user's configuration."""
        region: str | None = get_aws_region(self)
        return region

    def warn(self, text: str) -> None:
        """Keep a warning for the result."""
        self._warnings.append(text)

    def _exit(self, **result: Any) -> NoReturn:
        raise _Ended({"changed": False, **result, **({"warnings": self._warnings} if self._warnings else {})})

    def _fail(self, msg: str, **result: Any) -> NoReturn:
        self._exit(failed=True, msg=msg, **result)

    def _fail_for(self, exception: BaseException, msg: str) -> NoReturn:
        """Fail with an AWS error as modules of amazon.aws do."""
        response = camel_dict_to_snake_dict(getattr(exception, "response", None) or {})
        self._fail(f"{msg}: {exception}", **{**gather_sdk_versions(), **response})


def _validate(definition: ModuleDefinition, options: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the options of a task as its module gets them, and an error message (``""``: valid)."""
    spec = {**CONNECTION_SPEC, **definition.argument_spec}
    validator = ArgumentSpecValidator(spec, required_if=[list(rule) for rule in definition.required_if])
    found = validator.validate(dict(options))
    problem = found.error_messages[0] if found.error_messages else ""
    if any(isinstance(error, UnsupportedError) for error in found.errors[:1]):
        problem = f"Unsupported parameters for ({COLLECTION_NAME}.{definition.name}) module: {problem}"
    return dict(found.validated_parameters), problem


def _result(module: TaskModule, work: Callable[[FlowLogsModule], None]) -> dict[str, Any]:
    """Return the result of a module's work; an unexpected error is a failed result, too."""
    try:
        do_work(module, work)
    except _Ended as end:
        return end.result
    except Exception as error:  # pylint: disable=broad-except
        # In a process of its own this would be a traceback; here it must not end the other tasks.
        text = f"{type(error).__name__}: {error}"
        return {"changed": False, "failed": True, "msg": text, "exception": traceback.format_exc()}
    return {"changed": False}


def run_task(task: TaskSpec, check_mode: bool, diff: bool, clients: SharedClients) -> dict[str, Any]:
    """Run one task, and return its result."""
    definition = MODULES[task["module"]]
    given = {name: value for name, value in (task["connection"] or {}).items() if value is not None}
    params, problem = _validate(definition, {**given, **(task["options"] or {})})
    if problem:
        return {"changed": False, "failed": True, "msg": problem}
    return _result(TaskModule(definition, params, check_mode, diff, clients), definition.work)


def session_of(connection: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a session of the role in connection options; they stay in this process.

    :returns: ``access_key``, ``secret_key`` and ``session_token``; a failed result if the role cannot be assumed.
    """
    params, problem = _validate(
        S3_FLOW_LOG_INFO, {name: value for name, value in connection.items() if value is not None}
    )
    if problem:
        return {"failed": True, "msg": problem}

    def return_keys(module: FlowLogsModule) -> None:
        keys = module.session_keys
        module.exit_json(
            access_key=keys["aws_access_key_id"],
            secret_key=keys["aws_secret_access_key"],
            session_token=keys["aws_session_token"],
        )

    return _result(TaskModule(S3_FLOW_LOG_INFO, params, False, False, SharedClients(USER_AGENT)), return_keys)


class _Queue:
    """Hands out tasks so that a slow group, such as a throttled account, does not block the other groups.

    :param groups: the group of each task.
    """

    def __init__(self, groups: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[int]] = {}
        for number, group in enumerate(groups):
            self._waiting.setdefault(group, []).append(number)
        self._running = dict.fromkeys(self._waiting, 0)

    def take(self) -> tuple[str, int] | None:
        """Return the group with the fewest running tasks and the number of its next task; ``None`` at the end."""
        with self._lock:
            if not self._waiting:
                return None
            group = min(self._waiting, key=lambda name: self._running[name])
            number = self._waiting[group].pop(0)
            if not self._waiting[group]:
                del self._waiting[group]
            self._running[group] += 1
            return group, number

    def done(self, group: str) -> None:
        """Note that a task of a group has ended."""
        with self._lock:
            self._running[group] -= 1


class TaskPool:
    """Runs tasks, several at the same time.

    :param at_once: maximum number of tasks at the same time.
    """

    def __init__(self, check_mode: bool, diff: bool, at_once: int) -> None:
        self._check_mode = check_mode
        self._diff = diff
        self._at_once = at_once
        self._clients = SharedClients(USER_AGENT)

    def run(self, tasks: Sequence[TaskSpec]) -> list[dict[str, Any]]:
        """Run tasks, and return their results in the order of the tasks."""
        queue = _Queue(task["group"] for task in tasks)
        results: list[dict[str, Any]] = [{} for _task in tasks]

        def work() -> None:
            while (taken := queue.take()) is not None:
                group, number = taken
                try:
                    results[number] = run_task(tasks[number], self._check_mode, self._diff, self._clients)
                finally:
                    queue.done(group)

        workers = max(1, min(self._at_once, len(tasks)))
        with ThreadPoolExecutor(max_workers=workers) as pool:
            for ended in [pool.submit(work) for _number in range(workers)]:
                ended.result()
        return results


def run_flow_log_tasks(module: FlowLogsModule) -> None:
    """Run the tasks of the module ``flow_log_tasks``."""
    own = {name: module.params.get(name) for name in CONNECTION_SPEC}
    tasks: list[dict[str, Any]] = module.params["tasks"]
    specs: list[TaskSpec] = [
        {
            "module": task["module"],
            "options": task["options"],
            "connection": task["connection"] or own,
            "group": task["group"],
        }
        for task in tasks
    ]
    results = TaskPool(module.check_mode, module._diff, module.params["at_once"]).run(specs)
    answered = [{"name": task["name"], **result} for task, result in zip(tasks, results)]
    failed = [one for one in answered if one.get("failed")]
    end = {"changed": any(one["changed"] for one in answered), "results": answered}
    if failed:
        messages = " | ".join(f"{one['name']}: {one['msg']}" for one in failed)
        module.fail_json(msg=f"{len(failed)} of {len(tasks)} tasks failed: {messages}", **end)
    module.exit_json(**end)


#: The module ``flow_log_tasks``.
FLOW_LOG_TASKS = ModuleDefinition(
    name="flow_log_tasks",
    work=run_flow_log_tasks,
    argument_spec=dict(
        tasks=dict(
            type="list",
            elements="dict",
            required=True,
            options=dict(
                name=dict(type="str", required=True),
                module=dict(type="str", choices=list(MODULES), required=True),
                options=dict(type="dict", default={}),
                connection=dict(type="dict", options=dict(CONNECTION_SPEC)),
                group=dict(type="str", default=""),
            ),
        ),
        at_once=dict(type="int", default=10),
    ),
)
