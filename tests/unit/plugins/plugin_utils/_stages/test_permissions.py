# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each principal gets the policy for its own account and buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.permissions import attach, permissions
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.task import Connection, Task
from tests.unit.plugins.plugin_utils._stages.playing import BANK, SHOP, host, play, reached, work_of

BUCKET = "arn:aws:s3:::central"
ROLE = {"type": "role", "name": "publisher", "buckets": [BUCKET]}
USER = {"type": "user", "name": "ada", "buckets": []}
PUT = {"changed": True, "diff": {"before": {}, "after": {}}}
IN_ORDER = {"changed": False}
DENIED = {"changed": False, "failed": True, "msg": "denied", "error": {"code": "AccessDenied"}}
MISSING = {"changed": False, "failed": True, "msg": "cannot be found", "error": {"code": "NoSuchEntity"}}
OPTIONS = {"account_id": SHOP, "partition": "aws", "region": "eu-west-1"}


def attached(*answers: Mapping[str, Any], check: bool = False, **options: Any) -> Any:
    """The policy attached to a role and then to a user, with these results."""
    results = iter(answers)
    principals = [ROLE, USER][: len(answers)]
    stage = attach("iam", principals, {**OPTIONS, **options}, Connection({"profile": "shop"}), check)
    return play(stage, lambda _task: next(results))


def test_attaches_the_least_policy() -> None:
    role, user = attached(PUT, IN_ORDER).tasks
    assert (role.name, role.module, role.connection) == (
        "iam",
        "amazon.aws.iam_policy",
        Connection({"profile": "shop"}),
    )
    (for_role,) = permissions_policies("publishing", "role", account_id=SHOP, partition="aws", buckets=[BUCKET])
    assert role.given() == {
        "state": "present",
        "iam_type": "role",
        "iam_name": "publisher",
        "policy_name": "publish-flow-logs-to-s3",
        "policy_json": for_role,
        "region": "eu-west-1",
    }
    (for_user,) = permissions_policies("publishing", "user", account_id=SHOP, partition="aws")
    assert user.given()["policy_json"] == for_user != for_role


def test_attaches_another_policy() -> None:
    (task,) = attached(PUT, policy="reading", policy_name="look", region=None).tasks
    (document,) = permissions_policies("reading", "role", account_id=SHOP, partition="aws", buckets=[BUCKET])
    assert (task.given()["policy_json"], task.given()["policy_name"]) == (document, "look")
    assert "region" not in task.given()


def test_removes_a_policy_by_name() -> None:
    (task,) = attached(PUT, state="absent").tasks
    assert task.given() == {
        "state": "absent",
        "iam_type": "role",
        "iam_name": "publisher",
        "policy_name": "publish-flow-logs-to-s3",
        "region": "eu-west-1",
    }


def test_result_lists_each_principal() -> None:
    made = attached(PUT, DENIED).result
    assert (made["changed"], made["failed"], made["msg"]) == (True, True, "denied")
    assert made["results"] == [{**PUT, "item": ROLE}, {**DENIED, "item": USER}]
    in_order = attached(IN_ORDER, IN_ORDER).result
    assert (in_order["changed"], in_order["failed"], in_order["msg"]) == (False, False, "")
    assert attached(DENIED, {**DENIED, "msg": "also"}).result["msg"] == "denied also"


@pytest.mark.parametrize(
    ("check", "state", "fails", "note"),
    [
        (False, "present", True, ""),
        (True, "present", False, "There is no role publisher yet. Check mode predicts nothing more."),
        (False, "absent", False, "There is no role publisher, so there is nothing to remove."),
        (True, "absent", False, "There is no role publisher, so there is nothing to remove."),
    ],
)
def test_missing_principal_fails_only_a_real_run(check: bool, state: str, fails: bool, note: str) -> None:
    made = attached(MISSING, check=check, state=state).result
    (result,) = made["results"]
    assert (made["failed"], result["failed"]) == (fails, fails)
    assert result.get("note", "").startswith(note) and bool(result.get("note")) == bool(note)
    # A report still lists it as missing.
    assert result["error"]["code"] == "NoSuchEntity"


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_other_errors_fail(check: bool, state: str) -> None:
    assert attached(DENIED, check=check, state=state).result["failed"]


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"policy": "everything"}, "operations"),
        ({"account_id": "1"}, "account_id"),
        ({"partition": "moon"}, "partition"),
    ],
)
def test_refuses_an_invalid_policy_before_any_call(options: dict[str, Any], option: str) -> None:
    with pytest.raises(InputError) as error:
        attached(PUT, **options)
    assert error.value.option == option


# -- all accounts -------------------------------------------------------------------------------------------------


def principals(*named: Mapping[str, Any]) -> dict[str, Any]:
    """The variable that names principals."""
    return {"permission_principals": list(named)}


def test_uses_the_connection_of_each_account() -> None:
    work = work_of(
        host("vpc-1", **principals(ROLE)), host("vpc-2", account_id=BANK, region="us-east-1", **principals(USER, ROLE))
    )
    played = play(permissions(work, reached, False), lambda _task: PUT)
    assert [(task.name, task.given()["iam_name"], task.given()["region"]) for task in played.tasks] == [
        (f"{SHOP}/iam", "publisher", "eu-west-1"),
        (f"{BANK}/iam", "ada", "us-east-1"),
        (f"{BANK}/iam", "publisher", "us-east-1"),
    ]
    assert [task.connection for task in played.tasks] == [
        reached("vpc-1", "flow_log_aws"),
        *[reached("vpc-2", "flow_log_aws")] * 2,
    ]
    assert SHOP in str(played.tasks[0].given()["policy_json"])
    assert SHOP not in str(played.tasks[1].given()["policy_json"])
    assert played.result.keys() == {f"{SHOP}/iam", f"{BANK}/iam"}


def test_failure_stops_only_its_account() -> None:
    def answer(task: Task) -> Mapping[str, Any]:
        return DENIED if task.name == f"{SHOP}/iam" else PUT

    work = work_of(host("vpc-1", **principals(ROLE)), host("vpc-2", account_id=BANK, **principals(ROLE)))
    made = play(permissions(work, reached, False), answer).result
    assert {name: result["failed"] for name, result in made.items()} == {f"{SHOP}/iam": True, f"{BANK}/iam": False}


def test_too_long_policy_fails_only_its_account() -> None:
    many = {**USER, "buckets": [f"arn:aws:s3:::example-flow-logs-{number:03}" for number in range(90)]}
    work = work_of(host("vpc-1", **principals(many)), host("vpc-2", account_id=BANK, **principals(USER)))
    played = play(permissions(work, reached, False), lambda _task: PUT)
    assert [task.name for task in played.tasks] == [f"{BANK}/iam"]
    refused = played.result[f"{SHOP}/iam"]
    assert (refused["failed"], refused["changed"]) == (True, False) and "2048" in refused["msg"]
    assert refused["msg"].startswith("flow_log_permission_principals: 'user' is not accepted. Allowed: ")
    assert played.result[f"{BANK}/iam"]["failed"] is False


def test_no_principals_no_tasks() -> None:
    assert play(permissions(work_of(host("vpc-1")), reached, False)).result == {}
