# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each principal gets the policy for its own account and buckets; one that is missing is an error only where it is one."""

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
    """The policy attached to a role and then to a user, with these answers."""
    told = iter(answers)
    principals = [ROLE, USER][: len(answers)]
    stage = attach("iam", principals, {**OPTIONS, **options}, Connection({"profile": "shop"}), check)
    return play(stage, lambda _task: next(told))


def test_a_principal_gets_the_least_policy_for_its_account_and_buckets() -> None:
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


def test_a_role_may_name_another_policy() -> None:
    (task,) = attached(PUT, policy="reading", policy_name="look", region=None).tasks
    (document,) = permissions_policies("reading", "role", account_id=SHOP, partition="aws", buckets=[BUCKET])
    assert (task.given()["policy_json"], task.given()["policy_name"]) == (document, "look")
    assert "region" not in task.given()


def test_to_remove_a_policy_its_name_is_enough() -> None:
    (task,) = attached(PUT, state="absent").tasks
    assert task.given() == {
        "state": "absent",
        "iam_type": "role",
        "iam_name": "publisher",
        "policy_name": "publish-flow-logs-to-s3",
        "region": "eu-west-1",
    }


def test_what_became_of_each_principal_is_kept_with_it() -> None:
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
def test_a_principal_that_is_missing_is_an_error_where_it_has_to_be_there(
    check: bool, state: str, fails: bool, note: str
) -> None:
    made = attached(MISSING, check=check, state=state).result
    (result,) = made["results"]
    assert (made["failed"], result["failed"]) == (fails, fails)
    assert result.get("note", "").startswith(note) and bool(result.get("note")) == bool(note)
    # A report still finds that it is missing.
    assert result["error"]["code"] == "NoSuchEntity"


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_any_other_failure_is_one(check: bool, state: str) -> None:
    assert attached(DENIED, check=check, state=state).result["failed"]


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"policy": "everything"}, "operations"),
        ({"account_id": "1"}, "account_id"),
        ({"partition": "moon"}, "partition"),
    ],
)
def test_what_can_never_be_a_policy_is_refused_before_any_call(options: dict[str, Any], option: str) -> None:
    with pytest.raises(InputError) as error:
        attached(PUT, **options)
    assert error.value.option == option


# -- all accounts -------------------------------------------------------------------------------------------------


def principals(*named: Mapping[str, Any]) -> dict[str, Any]:
    """The variable that names principals."""
    return {"permission_principals": list(named)}


def test_each_account_is_entered_with_its_own_credentials() -> None:
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


def test_what_fails_in_one_account_leaves_the_others_alone() -> None:
    def answer(task: Task) -> Mapping[str, Any]:
        return DENIED if task.name == f"{SHOP}/iam" else PUT

    work = work_of(host("vpc-1", **principals(ROLE)), host("vpc-2", account_id=BANK, **principals(ROLE)))
    made = play(permissions(work, reached, False), answer).result
    assert {name: result["failed"] for name, result in made.items()} == {f"{SHOP}/iam": True, f"{BANK}/iam": False}


def test_a_policy_that_is_too_long_for_its_principal_fails_that_account_only() -> None:
    many = {**USER, "buckets": [f"arn:aws:s3:::example-flow-logs-{number:03}" for number in range(90)]}
    work = work_of(host("vpc-1", **principals(many)), host("vpc-2", account_id=BANK, **principals(USER)))
    played = play(permissions(work, reached, False), lambda _task: PUT)
    assert [task.name for task in played.tasks] == [f"{BANK}/iam"]
    refused = played.result[f"{SHOP}/iam"]
    assert (refused["failed"], refused["changed"]) == (True, False) and "2048" in refused["msg"]
    assert refused["msg"].startswith("flow_log_permission_principals: 'user' is not accepted. Allowed: ")
    assert played.result[f"{BANK}/iam"]["failed"] is False


def test_without_principals_nothing_is_done() -> None:
    assert play(permissions(work_of(host("vpc-1")), reached, False)).result == {}
