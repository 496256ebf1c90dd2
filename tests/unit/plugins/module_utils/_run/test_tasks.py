# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many tasks in one process: same results as in a process of their own, independent of each other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.clients import SharedClients
from ansible_collections.flowlogs.aws.plugins.module_utils._run import tasks
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import FlowLogsModule, ModuleDefinition
from ansible_collections.flowlogs.aws.plugins.module_utils._run.tasks import (
    MODULES,
    TaskModule,
    TaskPool,
    run_task,
    session_of,
)
from tests.integration.support import in_process

#: An endpoint without a server; no test calls it.
NOWHERE = "http://127.0.0.1:9"
CLIENTS = SharedClients("tests")
REGION = {"region": "eu-west-1"}
ROLE = "arn:aws:iam::111122223333:role/flow-logs"


def task(module: str, options: Any = None, connection: Any = None, group: str = "") -> dict[str, Any]:
    """Return a task of the pool."""
    return {"module": module, "options": options, "connection": connection or REGION, "group": group}


#: A task without AWS calls, which always succeeds.
NOTHING = task("s3_flow_log_info", {"flow_log_ids": []})


def result_of(one: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a task."""
    return run_task(one, False, True, CLIENTS)


# -- the same results ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("s3_flow_log_info", {"flow_log_ids": []}),
        ("s3_flow_log", {"resource_ids": [], "destination": "central"}),
        ("s3_flow_log", {"resource_ids": [], "destination": "central", "return_flow_logs": False}),
        # Options that are unknown, missing, not a choice, or of the wrong type.
        ("s3_flow_log", {"resource_ids": ["vpc-1"], "destination": "central", "trafic_type": "ALL"}),
        ("s3_flow_log", {"destination": "central"}),
        ("s3_flow_log", {"resource_ids": ["vpc-1"]}),
        ("s3_flow_log", {"resource_ids": ["vpc-1"], "state": "absent"}),
        ("s3_flow_log", {"resource_ids": ["vpc-1"], "destination": "central", "traffic_type": "reject"}),
        ("s3_flow_log", {"resource_ids": ["vpc-1"], "destination": "central", "wait_timeout": "soon"}),
        ("s3_flow_log", {"resource_ids": ["vpc-1"], "destination": "c", "destination_options": {"file_format": "csv"}}),
        ("flow_log_key_policy", {}),
        # Values that the module itself refuses.
        ("s3_flow_log", {"resource_ids": ["vpc-1"], "destination": "central", "log_format": ["vpc_id"]}),
        ("s3_flow_log", {"resource_ids": ["i-1"], "destination": "central"}),
        ("s3_flow_log_info", {"delivery_hours": 0}),
        ("s3_flow_log_info", {"flow_log_ids": [], "expected_account_id": "1"}),
        ("flow_log_bucket_policy", {"bucket": "NO BUCKET"}),
        ("flow_log_destination_info", {"destination": "arn:aws:ec2:::x"}),
        ("flow_log_key_policy", {"key_id": "alias/x", "regions": ["everywhere"]}),
        ("flow_log_permissions_info", {"operations": ["everything"]}),
        # Values that boto3 refuses before any call.
        ("s3_flow_log_info", {"profile": "nobody", "access_key": None, "secret_key": None}),
        ("s3_flow_log_info", {"assume_role_arn": "arn:aws:iam::111122223333:user/x"}),
    ],
)
def test_a_task_returns_what_its_module_returns(module: str, options: dict[str, Any]) -> None:
    own = in_process.run_module(NOWHERE, module, options)
    keys = {"endpoint_url": NOWHERE, "access_key": in_process.DEFAULT_ACCESS_KEY, "secret_key": in_process.SECRET_KEY}
    given = {name: value for name, value in {**keys, **options}.items() if value is not None}
    # Keys that Ansible adds; before ansible-core 2.19 also a traceback.
    for name in ("invocation", "exception"):
        own.pop(name, None)
    assert result_of(task(module, given)) == {"changed": False, **own}


def test_task_without_credentials_fails_as_amazon_aws_does() -> None:
    found = result_of(task("s3_flow_log_info", None))
    assert found["failed"] and found["msg"].endswith("Unable to locate credentials")
    assert found["msg"].startswith("Failed to describe flow logs")
    assert {"boto3_version", "botocore_version"} <= found.keys()


def test_task_without_region_fails_as_amazon_aws_does() -> None:
    found = result_of({**NOTHING, "connection": None})
    assert found == {
        "changed": False,
        "failed": True,
        "msg": "The flowlogs.aws.s3_flow_log_info module requires a region and none was found in configuration, environment variables "
        "or module parameters",
    }


def test_options_take_precedence_over_the_connection() -> None:
    region = result_of(task("s3_flow_log_info", {**NOTHING["options"], "region": "eu-north-1"}, {"region": None}))
    assert region == {"changed": False, "flow_logs": []}
    text = result_of(task("s3_flow_log_info", {"delivery_hours": "0"}, {"delivery_hours": 1, **REGION}))["msg"]
    assert text.startswith("delivery_hours: 0 is not accepted")


# -- errors of a task do not end others ---------------------------------------------------------------------------


def result_of_work(work: Any) -> dict[str, Any]:
    """Return the result of a module with this work."""
    definition = ModuleDefinition("a", work, {})
    module = TaskModule(definition, {}, check_mode=True, diff=False, clients=CLIENTS)
    return tasks._result(module, work)


def test_unexpected_error_is_a_failed_result_with_its_traceback() -> None:
    def work(_module: FlowLogsModule) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    found = result_of_work(work)
    assert (found["failed"], found["changed"]) == (True, False)
    assert found["msg"] == "ZeroDivisionError: nobody foresaw this"
    assert "in work" in found["exception"]


def test_aws_error_is_returned_as_amazon_aws_does() -> None:
    answer = {"Error": {"Code": "AccessDenied", "Message": "No."}, "ResponseMetadata": {"HTTPStatusCode": 403}}

    def work(module: FlowLogsModule) -> None:
        module.fail_json_aws(ClientError(answer, "GetBucketPolicy"), msg="Failed to read")

    found = result_of_work(work)
    assert found["msg"].startswith("Failed to read: An error occurred (AccessDenied)")
    assert found["error"] == {"code": "AccessDenied", "message": "No."}
    assert found["response_metadata"] == {"http_status_code": 403}


def test_exit_json_ends_the_work_despite_error_handlers() -> None:
    def work(module: FlowLogsModule) -> None:
        try:
            module.exit_json(changed=True)
        except Exception:  # As the end of a process, which no handler of errors stops.
            module.fail_json(msg="went on")

    assert result_of_work(work) == {"changed": True}


def test_warnings_are_part_of_the_result() -> None:
    def work(module: FlowLogsModule) -> None:
        module.warn("first")
        module.warn("second")
        module.fail_json(msg="no", actions=[])

    assert result_of_work(work) == {
        "changed": False,
        "failed": True,
        "msg": "no",
        "actions": [],
        "warnings": ["first", "second"],
    }


def test_work_without_a_result_is_unchanged() -> None:
    assert result_of_work(lambda _module: None) == {"changed": False}


def test_module_object_has_check_mode_and_diff() -> None:
    def work(module: FlowLogsModule) -> None:
        module.exit_json(check=module.check_mode, diff=module._diff)

    assert result_of_work(work) == {"changed": False, "check": True, "diff": False}


# -- the pool -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_results_are_in_the_order_of_the_tasks(at_once: int) -> None:
    wrong = [task("s3_flow_log_info", {"delivery_hours": -number}, group=str(number % 3)) for number in range(9)]
    found = TaskPool(False, False, at_once).run([NOTHING, *wrong, NOTHING])
    assert [one.get("failed", False) for one in found] == [False, *[True] * 9, False]
    assert [one["msg"].split()[1] for one in found[1:-1]] == [str(-number) for number in range(9)]


def test_no_tasks_have_no_results() -> None:
    assert TaskPool(False, False, 5).run([]) == []


def test_slow_group_leaves_workers_to_other_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """No task of the slow group ends before all of the fast group."""
    fast: list[FlowLogsModule] = []
    all_fast = threading.Event()

    def work(module: FlowLogsModule) -> None:
        if module.params["slow"]:
            module.exit_json(in_time=all_fast.wait(30))
        fast.append(module)
        if len(fast) == 6:
            all_fast.set()
        module.exit_json()

    definition = ModuleDefinition("waiting", work, {"slow": {"type": "bool"}})
    monkeypatch.setitem(tasks.MODULES, "waiting", definition)  # type: ignore[arg-type]
    asked = [task("waiting", {"slow": True}, group="slow")] * 6 + [task("waiting", {"slow": False}, group="fast")] * 6
    results = TaskPool(False, False, at_once=2).run(asked)
    assert [result["in_time"] for result in results[:6]] == [True] * 6


# -- the queue ---------------------------------------------------------------------------------------------------


def served(groups: Sequence[str], stuck: str, workers: int) -> tuple[list[int], int]:
    """Return the tasks that end while those of one group never do, and the number of workers of that group."""
    queue = tasks._Queue(groups)
    ended, taken = [], 0
    while taken < workers and (one := queue.take()) is not None:
        group, number = one
        if group == stuck:
            taken += 1
        else:
            ended.append(number)
            queue.done(group)
    return ended, taken


def test_blocked_group_does_not_delay_other_groups() -> None:
    """A throttled account has a thousand tasks; all others are done while it uses a single worker."""
    groups = ["throttled"] * 1000 + ["shop", "bank"] * 50
    ended, taken = served(groups, "throttled", workers=2)
    assert (sorted(ended), taken) == (list(range(1000, 1100)), 2)


@given(st.lists(st.sampled_from("abcd"), max_size=40), st.data())
def test_queue_hands_out_each_task_once_for_the_group_with_the_fewest_running(groups: list[str], data: Any) -> None:
    queue = tasks._Queue(groups)
    running: list[str] = []
    waiting = list(enumerate(groups))
    while waiting:
        if running and data.draw(st.booleans()):
            queue.done(running.pop(data.draw(st.integers(0, len(running) - 1))))
            continue
        group, number = queue.take() or ("", -1)
        assert running.count(group) == min(running.count(other) for _number, other in waiting)
        # In order within a group.
        assert (number, group) == next(one for one in waiting if one[1] == group)
        waiting.remove((number, group))
        running.append(group)
    assert queue.take() is None


def test_queue_without_groups_keeps_the_order() -> None:
    queue = tasks._Queue([""] * 5)
    assert [queue.take() for _number in range(6)] == [*(("", number) for number in range(5)), None]


# -- sessions of roles --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        ({"assume_role_arn": ROLE, **REGION}, "Unable to locate credentials"),
        ({"assume_role_arn": ROLE, "profile": "nobody", **REGION}, "nobody"),
        ({"assume_role_arn": "arn:aws:iam::111122223333:user/x", **REGION}, "assume_role_arn"),
        (
            {"assume_role_arn": ROLE, "profil": "x"},
            "Unsupported parameters for (flowlogs.aws.s3_flow_log_info) module: profil",
        ),
        ({"assume_role_arn": ROLE, "expected_account_id": "444455556666", **REGION}, "444455556666"),
    ],
)
def test_role_that_cannot_be_assumed_is_a_failed_result(connection: dict[str, Any], words: str) -> None:
    found = session_of(connection)
    assert found["failed"] and words in found["msg"]
    assert not {"access_key", "secret_key", "session_token"} & found.keys()


# -- the module ---------------------------------------------------------------------------------------------------


def many(*named: tuple[str, dict[str, Any]], **options: Any) -> dict[str, Any]:
    """Return the result of the module flow_log_tasks."""
    asked = [{"name": name, "module": one["module"], "options": one["options"]} for name, one in named]
    return in_process.run_module(NOWHERE, "flow_log_tasks", {"tasks": asked, **options})


def test_the_module_returns_the_result_of_each_task_by_name() -> None:
    found = many(("a", NOTHING), ("b", task("s3_flow_log", {"resource_ids": [], "destination": "x"})), at_once=1)
    assert [(one["name"], one["changed"]) for one in found["results"]] == [("a", False), ("b", False)]
    assert found["results"][0]["flow_logs"] == [] and found["results"][1]["diff"] == {"before": {}, "after": {}}
    assert (found["changed"], found.get("failed", False)) == (False, False)


def test_module_fails_with_all_messages_and_returns_every_result() -> None:
    wrong = [task("s3_flow_log_info", {"delivery_hours": hours}) for hours in (0, 999)]
    found = many(("first", wrong[0]), ("fine", NOTHING), ("last", wrong[1]))
    assert found["failed"] and found["msg"].startswith("2 of 3 tasks failed: first: delivery_hours: 0 is not accepted")
    assert " | last: delivery_hours: 999 is not accepted" in found["msg"]
    assert [one.get("failed", False) for one in found["results"]] == [True, False, True]


def test_task_without_connection_uses_that_of_the_module() -> None:
    asked = {"name": "a", "module": "s3_flow_log_info", "options": {"flow_log_ids": []}}
    of_nobody = {"profile": "nobody", "access_key": None, "secret_key": None}
    found = in_process.run_module(
        NOWHERE, "flow_log_tasks", {"tasks": [{**asked, "connection": REGION}, asked], **of_nobody}
    )
    of_its_own, of_the_module = found["results"]
    assert of_its_own["flow_logs"] == []
    assert of_the_module["msg"] == "Couldn't connect to AWS: The config profile (nobody) could not be found"


def test_every_other_module_can_be_a_task() -> None:
    assert set(tasks.FLOW_LOG_TASKS.argument_spec["tasks"]["options"]["module"]["choices"]) == set(MODULES)
    assert tasks.FLOW_LOG_TASKS.name not in MODULES
