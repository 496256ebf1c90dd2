# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Destinations are made ready step by step: each step knows what the earlier ones found, and none follows a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.destination_request import (
    DestinationOptions,
    DestinationRequest,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.destinations import destination, destinations
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.task import Connection, Task
from tests.unit.plugins.plugin_utils._stages.playing import BANK, OWNER, SHOP, Played, host, play, reached, work_of

INFO, BUCKET_POLICY, KEY_POLICY = "flow_log_destination_info", "flow_log_bucket_policy", "flow_log_key_policy"
ACCOUNT, CREATE = "s3_flow_log_info", "amazon.aws.s3_bucket"
CENTRAL, SECOND = "s3/central", "s3/second"
ARN, SECOND_ARN = "arn:aws:s3:::central", "arn:aws:s3:::second"
KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_NAME = f"kms/{OWNER}/eu-west-1/1234abcd-12ab-34cd-56ef-1234567890ab"
NEW = {"create_bucket": True, "bucket_region": "eu-west-1"}
DENIED = {"failed": True, "msg": "Access Denied"}
UNCHANGED = {"changed": False, "actions": [], "policy": {"Id": "bucket"}}
CHANGED = {"changed": True, "actions": [Action("put_policy", ARN).to_dict()], "policy": {"Id": "bucket"}}
KEY_CHANGED = {"changed": True, "actions": [Action("put_policy", KEY).to_dict()], "policy": {"Id": "key"}}
THERE = {"bucket": {"exists": True, "owner": OWNER, "region": "eu-west-1"}, "deliverable": False, "summary": "Not yet."}
MISSING = {"bucket": {"exists": False}, "deliverable": False, "summary": "No bucket."}
DELIVERABLE = {"bucket": THERE["bucket"], "deliverable": True, "summary": "It can.", "problems": []}
SEALED = {**THERE, "encryption": {"key_arn": KEY, "is_customer_key": True}}

Says = Mapping[Any, Any]


def aws(says: Says, look: Any = None) -> Callable[[Task], Mapping[str, Any]]:
    """Answers: by name and module, by module, else what a destination that is in order says.

    :param look: what the first look at a destination finds; ``None``: a bucket that is there.
    """
    usual = {ACCOUNT: {"flow_logs": []}, CREATE: {"changed": True}, BUCKET_POLICY: CHANGED, KEY_POLICY: KEY_CHANGED}
    seen: set[str] = set()

    def answer(task: Task) -> Mapping[str, Any]:
        module = task.module
        if module == INFO:
            # The second time it is the verdict, and so is the only time of a destination that is not looked at.
            module = "verdict" if task.name in seen or "planned_bucket_policy" in task.given() else "look"
            seen.add(task.name)
        known = {**usual, "look": THERE if look is None else look, "verdict": DELIVERABLE, **says}
        return known.get((task.name, module), known[module])

    return answer


def made(work: dict[str, Any], says: Says | None = None, look: Any = None, check: bool = False, **results: Any) -> Any:
    """The stage for all destinations, played."""
    return play(destinations(work, results, reached, check), aws(says or {}, look))


def modules(played: Played[Any], name: str = CENTRAL) -> list[str]:
    """The modules that were asked for, for one piece of work, in their order."""
    return [task.module for task in played.tasks if task.name == name]


def done(played: Played[Any], name: str = CENTRAL) -> dict[str, Any]:
    """What became of a destination."""
    results, _keys = played.result
    return results["destinations"][name]


def kinds(result: Mapping[str, Any]) -> list[str]:
    """What was done, or would be."""
    return [action["action"] for action in result["actions"]]


# -- which steps --------------------------------------------------------------------------------------------------


def test_a_bucket_that_nothing_is_to_be_created_for_gets_its_policy_and_is_checked() -> None:
    played = made(work_of(host("vpc-1")))
    assert modules(played) == [BUCKET_POLICY, INFO]
    result = done(played)
    assert (result["deliverable"], result["failed"], kinds(result)) == (True, False, ["put_policy"])
    assert all(task.connection == reached("vpc-1", "flow_log_bucket_aws") for task in played.tasks)
    assert {task.group for task in played.tasks} == {CENTRAL}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"bucket_policy": False}, [INFO]),
        ({"check_destination": False}, [BUCKET_POLICY]),
        ({"bucket_policy": False, "check_destination": False}, []),
        ({"key_policy": True}, [INFO, BUCKET_POLICY, INFO]),
        (NEW, [INFO, BUCKET_POLICY, INFO]),
        ({**NEW, "bucket_policy": False}, [INFO, INFO]),
    ],
)
def test_only_what_somebody_asks_for_is_done_to_a_bucket_that_is_there(
    variables: dict[str, Any], expected: list[str]
) -> None:
    assert modules(made(work_of(host("vpc-1", **variables)))) == expected


@pytest.mark.parametrize(
    ("look", "policy", "asked"),
    [
        # Known already, and nothing has changed since.
        (DELIVERABLE, UNCHANGED, False),
        (DELIVERABLE, CHANGED, True),
        (THERE, UNCHANGED, True),
        ({**DELIVERABLE, "deliverable": "unknown"}, UNCHANGED, True),
    ],
)
def test_whether_records_can_arrive_is_found_out_once_where_nothing_changed(
    look: Any, policy: Any, asked: bool
) -> None:
    played = made(work_of(host("vpc-1", key_policy=True)), {BUCKET_POLICY: policy}, look)
    assert modules(played) == [INFO, BUCKET_POLICY, *([INFO] if asked else [])]
    assert done(played)["deliverable"] is True


def test_the_verdict_is_on_the_policies_as_they_are_planned() -> None:
    """In check mode they are not written, and the check would find that delivery is not let in."""
    played = made(work_of(host("vpc-1", key_policy=True)), look=SEALED, check=True)
    verdict = [task for task in played.tasks if task.module == INFO][-1].given()
    assert (verdict["planned_bucket_policy"], verdict["key_policy"]) == (True, {"Id": "key"})
    alone = made(work_of(host("vpc-1", bucket_policy=False))).options(INFO)
    assert alone["planned_bucket_policy"] is False and "key_policy" not in alone


def test_nothing_that_cannot_receive_flow_logs_is_called_ready() -> None:
    problem = {"code": "X", "status": "problem", "message": "Requester pays.", "remedy": "r"}
    verdict = {"deliverable": False, "summary": "It cannot.", "problems": [problem]}
    result = done(made(work_of(host("vpc-1")), {"verdict": verdict}))
    assert (result["failed"], result["deliverable"], result["msg"]) == (True, False, "It cannot.")
    accepted = done(made(work_of(host("vpc-1", require_deliverable=False)), {"verdict": verdict}))
    assert (accepted["failed"], accepted["deliverable"]) == (False, False)


# -- creating -----------------------------------------------------------------------------------------------------


def test_a_missing_bucket_is_created_with_consent_in_the_expected_account() -> None:
    played = made(work_of(host("vpc-1", **NEW, expected_bucket_owner=OWNER)), look=MISSING)
    assert modules(played) == [INFO, ACCOUNT, CREATE, BUCKET_POLICY, INFO]
    assert played.options(ACCOUNT) == {"region": "eu-west-1", "flow_log_ids": [], "expected_account_id": OWNER}
    assert (played.options(CREATE)["name"], played.options(CREATE)["region"]) == ("central", "eu-west-1")
    result = done(played)
    assert (kinds(result), result["bucket_created"]) == (["create_bucket", "put_policy"], True)
    assert (result["failed"], result["deliverable"]) == (False, True)


def test_whoever_names_no_owner_lets_the_bucket_be_created_where_the_credentials_lead() -> None:
    assert modules(made(work_of(host("vpc-1", **NEW)), look=MISSING)) == [INFO, CREATE, BUCKET_POLICY, INFO]


def test_without_consent_no_bucket_is_created() -> None:
    played = made(work_of(host("vpc-1", key_policy=True)), {BUCKET_POLICY: DENIED}, MISSING)
    assert modules(played) == [INFO, BUCKET_POLICY]
    assert (done(played)["failed"], done(played)["bucket_created"]) == (True, False)


@pytest.mark.parametrize(("managed", "planned"), [(True, ["create_bucket", "put_policy"]), (False, ["create_bucket"])])
def test_check_mode_creates_nothing_and_says_that_a_run_would(managed: bool, planned: list[str]) -> None:
    """amazon.aws.s3_bucket has no check mode. What is not there has no policy, and cannot be checked."""
    work = work_of(host("vpc-1", **NEW, expected_bucket_owner=OWNER, bucket_policy=managed, key_policy=True))
    played = made(work, look=MISSING, check=True)
    assert modules(played) == [INFO, ACCOUNT]
    result = done(played)
    assert (kinds(result), result["failed"], result["deliverable"]) == (planned, False, None)


def test_a_bucket_is_not_created_in_another_account() -> None:
    answer = {"failed": True, "msg": "The credentials belong to another account.", "caller_account_id": BANK}
    played = made(work_of(host("vpc-1", **NEW, expected_bucket_owner=OWNER)), {ACCOUNT: answer}, MISSING)
    assert modules(played) == [INFO, ACCOUNT]
    message = done(played)["msg"]
    for part in ("bucket central", OWNER, BANK, "publish_to_s3_bucket_aws", "flow_log_bucket_aws"):
        assert part in message
    assert (done(played)["failed"], done(played)["actions"]) == (True, [])


def test_a_bucket_is_not_created_where_nobody_says_whose_the_credentials_are() -> None:
    played = made(work_of(host("vpc-1", **NEW, expected_bucket_owner=OWNER)), {ACCOUNT: DENIED}, MISSING)
    assert modules(played) == [INFO, ACCOUNT]
    assert (done(played)["failed"], done(played)["msg"]) == (True, "Access Denied")


ROLE = {"assume_role_arn": f"arn:aws:iam::{OWNER}:role/logs"}


@pytest.mark.parametrize(
    ("connection", "region", "is_created"),
    [
        ({}, None, True),
        (ROLE, None, False),
        (ROLE, "eu-west-1", True),
        ({**ROLE, "region": "eu-west-1"}, None, True),
    ],
)
def test_in_a_role_the_region_of_a_new_bucket_is_named(connection: Any, region: str | None, is_created: bool) -> None:
    """S3 would take its own default, as a profile that named one no longer applies."""
    request = DestinationRequest(
        "s3/central", "central", create_bucket=True, region=region, expected_bucket_owner=OWNER
    )
    played = one(request, bucket=Connection(connection), look=MISSING)
    assert (CREATE in modules(played)) is is_created
    if not is_created:
        assert modules(played) == [INFO]
        assert "publish_to_s3_bucket_region" in played.result["msg"]
        assert "flow_log_bucket_region" in played.result["msg"]


# -- failures -----------------------------------------------------------------------------------------------------

STEPS = (INFO, ACCOUNT, CREATE, BUCKET_POLICY, KEY_POLICY, INFO)


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("look", STEPS[:1]),
        (ACCOUNT, STEPS[:2]),
        (CREATE, STEPS[:3]),
        (BUCKET_POLICY, STEPS[:4]),
        (KEY_POLICY, STEPS[:4]),
        ("verdict", STEPS[:4] + STEPS[5:]),
    ],
)
def test_nothing_follows_a_failure_and_other_destinations_go_on(step: str, left: tuple[str, ...]) -> None:
    """The policy of the key, which is another piece of work, is managed for those that are left."""
    wanted = {**NEW, "expected_bucket_owner": OWNER, "bucket_encryption": KEY, "key_policy": True}
    work = work_of(host("vpc-1", **wanted), host("vpc-2", **wanted, destination="second"))
    failing = {KEY_POLICY: DENIED} if step == KEY_POLICY else {(CENTRAL, step): DENIED}
    played = made(work, failing, MISSING)
    assert tuple(modules(played)) == left
    assert (done(played)["failed"], done(played)["msg"].removeprefix("Failed to create the bucket: ")) == (
        True,
        "Access Denied",
    )
    assert played.calls.count((KEY_NAME, KEY_POLICY)) == 1
    if step == KEY_POLICY:
        assert done(played, SECOND)["failed"]
    else:
        assert tuple(modules(played, SECOND)) == STEPS[:4] + STEPS[5:]
        assert (done(played, SECOND)["failed"], done(played, SECOND)["deliverable"]) == (False, True)
        assert played.result[1][0]["buckets"] == ([CENTRAL, SECOND] if step == "verdict" else [SECOND])


def test_what_was_done_before_a_failure_is_told() -> None:
    result = done(made(work_of(host("vpc-1", **NEW)), {BUCKET_POLICY: {**DENIED, "actions": []}}, MISSING))
    assert (kinds(result), result["failed"]) == (["create_bucket"], True)


def test_a_destination_that_can_never_work_is_refused_by_itself() -> None:
    work = work_of(host("vpc-1"), host("vpc-2", destination="second"))
    work["destinations"][0].update(bucket_arn="arn:aws:s3:::Old_Logs", create_bucket=True)
    played = made(work)
    assert {name for name, _module in played.calls} == {SECOND}
    assert done(played)["failed"] and "'Old_Logs' is not accepted" in done(played)["msg"]
    assert done(played, SECOND)["failed"] is False


def test_what_a_preflight_stops_is_not_touched() -> None:
    row = {"action": "s3:PutBucketPolicy", "decision": "not_allowed", "resource": ARN, "region": "eu-west-1"}
    lacks = {
        "permissions": [{**row, "operations": ["bucket_policy"], "reason": ""}],
        "summary": "",
        "missing_policy": None,
    }
    work = work_of(host("vpc-1", preflight=True), host("vpc-2", destination="second"))
    played = made(work, preflights={f"{CENTRAL}/preflight": lacks})
    assert {name for name, _module in played.calls} == {SECOND}
    assert played.result[0]["destinations"].keys() == {SECOND}


@given(
    st.lists(st.sampled_from(["look", ACCOUNT, CREATE, BUCKET_POLICY, KEY_POLICY, "verdict"]), unique=True),
    st.sampled_from([MISSING, THERE, SEALED, DELIVERABLE]),
    st.booleans(),
    st.booleans(),
)
def test_whatever_fails_nothing_is_written_after_it_nor_in_check_mode(
    failing: list[str], look: Any, check: bool, managed: bool
) -> None:
    wanted = {**NEW, "expected_bucket_owner": OWNER, "key_policy": managed}
    played = made(work_of(host("vpc-1", **wanted)), {step: DENIED for step in failing}, look, check)
    assert not (check and CREATE in modules(played))
    result = done(played)
    asked = [task.module for task in played.tasks]
    for step in set(failing) - {"look", "verdict"}:
        assert (step not in asked) or (result["failed"] and asked[-1] == step)
    # Nothing is called ready that was not found to be so.
    assert result["deliverable"] is not True or "verdict" not in failing


# -- keys ---------------------------------------------------------------------------------------------------------


def test_buckets_that_share_a_key_write_its_policy_once_for_exactly_their_sources() -> None:
    work = work_of(
        host("vpc-1", key_policy=True),
        host("vpc-2", key_policy=True, destination="second", account_id=BANK, region="us-east-1"),
    )
    played = made(work, look=SEALED)
    (task,) = [task for task in played.tasks if task.module == KEY_POLICY]
    assert (task.name, task.group) == (KEY_NAME, KEY_NAME)
    assert (task.given()["key_id"], task.given()["region"]) == (KEY, "eu-west-1")
    assert [(one["account_id"], one["regions"]) for one in task.given()["grants"]] == [
        (SHOP, ["eu-west-1"]),
        (BANK, ["us-east-1"]),
    ]
    assert task.connection == reached("vpc-1", "flow_log_bucket_aws")
    results, plans = played.result
    assert [plan["name"] for plan in plans] == [KEY_NAME]
    assert (results["keys"][KEY_NAME]["changed"], kinds(results["keys"][KEY_NAME])) == (True, ["put_policy"])
    # It counts there, and not with each bucket again.
    assert kinds(done(played)) == kinds(done(played, SECOND)) == ["put_policy"]
    assert done(played)["key"]["apart"] is True


def test_both_buckets_are_checked_with_the_policy_of_their_key() -> None:
    work = work_of(host("vpc-1", key_policy=True), host("vpc-2", key_policy=True, destination="second"))
    played = made(work, look=SEALED)
    verdicts = played.steps[-1]
    assert [(task.name, task.given()["key_policy"]) for task in verdicts] == [
        (CENTRAL, {"Id": "key"}),
        (SECOND, {"Id": "key"}),
    ]


def test_the_credentials_for_a_key_go_before_those_of_a_bucket() -> None:
    work = work_of(host("vpc-1", key_policy=True), host("vpc-2", key_policy=True, key_aws={"profile": "keys"}))
    (task,) = [task for task in made(work, look=SEALED).tasks if task.module == KEY_POLICY]
    assert task.connection == reached("vpc-2", "flow_log_key_aws")


def test_two_organizations_of_one_key_are_let_in_one_after_the_other() -> None:
    """KMS cannot write a policy on the condition that nobody else changed it."""
    first, second = "o-a1b2c3d4e5", "o-f6g7h8i9j0"
    work = work_of(
        host("vpc-1", key_policy=True, organization_id=second),
        host("vpc-2", key_policy=True, organization_id=first, destination="second"),
        host("vpc-3", key_policy=True, organization_id=first, destination="third"),
    )

    def answer(task: Task) -> Mapping[str, Any]:
        if task.module == KEY_POLICY:
            return {**KEY_CHANGED, "policy": {"Id": task.given()["organization_id"]}}
        return aws({}, SEALED)(task)

    played = play(destinations(work, {}, reached, False), answer)
    steps = [step for step in played.steps if step[0].module == KEY_POLICY]
    assert [[task.given()["organization_id"] for task in step] for step in steps] == [[first], [second]]
    verdicts = {task.name: task.given()["key_policy"]["Id"] for task in played.steps[-1]}
    assert verdicts == {CENTRAL: second, SECOND: first, "s3/third": first}
    assert len(kinds(played.result[0]["keys"][KEY_NAME])) == 2


def test_a_key_that_lets_nobody_in_is_managed_although_its_bucket_is_in_order() -> None:
    """The first look says that nothing can be delivered, which is what the key's policy is going to change."""
    problem = {"code": "KeyNotGranted", "status": "problem", "message": "m", "remedy": "r"}
    look = {**SEALED, "problems": [problem]}
    played = made(work_of(host("vpc-1", key_policy=True)), {BUCKET_POLICY: UNCHANGED}, look)
    assert [module for _name, module in played.calls] == [INFO, BUCKET_POLICY, KEY_POLICY, INFO]
    assert (done(played)["failed"], done(played)["deliverable"]) == (False, True)


def test_a_key_with_one_request_does_not_wait_for_those_of_another() -> None:
    other_key = KEY.replace("90ab", "90cd")
    work = work_of(
        host("vpc-1", key_policy=True, organization_id="o-a1b2c3d4e5"),
        host("vpc-2", key_policy=True, destination="second"),
        host("vpc-3", key_policy=True, destination="third"),
    )

    def answer(task: Task) -> Mapping[str, Any]:
        key = other_key if task.name == "s3/third" else KEY
        return aws({}, {**THERE, "encryption": {"key_arn": key, "is_customer_key": True}})(task)

    steps = play(destinations(work, {}, reached, False), answer).steps
    keys = [[task.given()["key_id"] for task in step] for step in steps if step[0].module == KEY_POLICY]
    assert keys == [[KEY, other_key], [KEY]]


@pytest.mark.parametrize(
    ("variables", "look", "is_managed"),
    [
        ({"key_policy": True}, SEALED, True),
        ({"key_policy": True}, THERE, False),
        ({"key_policy": True}, {**THERE, "encryption": {"key_arn": KEY, "is_customer_key": False}}, False),
        # It is named by an alias, and nobody could look up which key that is.
        ({"key_policy": True}, {**THERE, "encryption": {"key_arn": None, "is_customer_key": True}}, False),
        ({"key_policy": True}, {**THERE, "encryption": None}, False),
        ({**NEW, "key_policy": False}, SEALED, False),
        # A new bucket has the key that it is asked to have.
        ({**NEW, "key_policy": True, "bucket_encryption": KEY}, MISSING, True),
        ({**NEW, "key_policy": True}, MISSING, False),
    ],
)
def test_only_the_policy_of_the_customers_key_of_the_bucket_is_managed(
    variables: dict[str, Any], look: Any, is_managed: bool
) -> None:
    played = made(work_of(host("vpc-1", **variables)), look=look)
    assert (KEY_POLICY in [task.module for task in played.tasks]) is is_managed
    assert [plan["name"] for plan in played.result[1]] == ([KEY_NAME] if is_managed else [])


# -- one destination, with its key --------------------------------------------------------------------------------


def one(
    request: DestinationRequest,
    says: Says | None = None,
    look: Any = None,
    check: bool = False,
    bucket: Connection = Connection({"profile": "bucket"}),
) -> Any:
    """The stage for one destination, played; what is asked of it counts there with its key."""
    stage = destination(request, DestinationOptions(request), bucket, Connection({"profile": "key"}), check)
    return play(stage, aws(says or {}, look))


PLAIN = DestinationRequest(CENTRAL, "central", sources={"account_ids": [SHOP]})


def test_one_destination_is_made_ready_with_its_key() -> None:
    played = one(replace(PLAIN, manage_key_policy=True), look=SEALED)
    assert modules(played) == [INFO, BUCKET_POLICY, KEY_POLICY, INFO]
    profiles = [task.connection.options["profile"] for task in played.tasks]
    assert profiles == ["bucket", "bucket", "key", "bucket"]
    assert played.options(KEY_POLICY)["account_ids"] == [SHOP]
    assert kinds(played.result) == ["put_policy", "put_policy"]
    assert (played.result["key"]["arn"], played.result["key_apart"]) == (KEY, None)
    assert played.result["deliverable"] is True


@pytest.mark.parametrize(
    ("more", "look", "expected"),
    [
        ({}, THERE, [BUCKET_POLICY, INFO]),
        ({"manage_key_policy": True}, THERE, [INFO, BUCKET_POLICY, INFO]),
        ({"manage_bucket_policy": False, "check_destination": False}, THERE, []),
        (
            {"create_bucket": True, "bucket_encryption": KEY, "manage_key_policy": True},
            MISSING,
            [INFO, CREATE, BUCKET_POLICY, KEY_POLICY, INFO],
        ),
        ({"create_bucket": True, "manage_key_policy": True}, SEALED, [INFO, BUCKET_POLICY, KEY_POLICY, INFO]),
    ],
)
def test_one_destination_takes_the_same_steps(more: dict[str, Any], look: Any, expected: list[str]) -> None:
    assert modules(one(replace(PLAIN, **more), look=look)) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("look", [INFO]),
        (BUCKET_POLICY, [INFO, BUCKET_POLICY]),
        (KEY_POLICY, [INFO, BUCKET_POLICY, KEY_POLICY]),
        ("verdict", [INFO, BUCKET_POLICY, KEY_POLICY, INFO]),
    ],
)
def test_nothing_follows_a_failure_of_one_destination(step: str, expected: list[str]) -> None:
    played = one(replace(PLAIN, manage_key_policy=True), {step: DENIED}, SEALED)
    assert (modules(played), played.result["failed"]) == (expected, True)


def test_check_mode_says_what_a_run_would_do_to_the_key_of_a_new_bucket() -> None:
    """The module for keys has a check mode, and the key is there before the bucket."""
    request = replace(PLAIN, create_bucket=True, bucket_encryption=KEY, manage_key_policy=True)
    played = one(request, look=MISSING, check=True)
    assert modules(played) == [INFO, KEY_POLICY]
    assert kinds(played.result) == ["create_bucket", "put_policy", "put_policy"]
    assert (played.result["deliverable"], played.result["failed"]) == (None, False)
