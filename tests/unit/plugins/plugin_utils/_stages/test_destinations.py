# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Destinations are prepared step by step. Each step depends on earlier results, and no step runs after a failure."""

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
    """Return results by name and module, or by module; otherwise those of a working destination.

    :param look: result of the first check; ``None``: an existing bucket.
    """
    usual = {ACCOUNT: {"flow_logs": []}, CREATE: {"changed": True}, BUCKET_POLICY: CHANGED, KEY_POLICY: KEY_CHANGED}
    seen: set[str] = set()

    def answer(task: Task) -> Mapping[str, Any]:
        module = task.module
        if module == INFO:
            # The second check is the last one. So is the only check of a destination without a first check.
            module = "last_check" if task.name in seen or "planned_bucket_policy" in task.given() else "first_check"
            seen.add(task.name)
        known = {**usual, "first_check": THERE if look is None else look, "last_check": DELIVERABLE, **says}
        return known.get((task.name, module), known[module])

    return answer


def prepared(
    work: dict[str, Any], says: Says | None = None, look: Any = None, check: bool = False, **results: Any
) -> Any:
    """The finished stage for all destinations."""
    return play(destinations(work, results, reached, check), aws(says or {}, look))


def modules(played: Played[Any], name: str = CENTRAL) -> list[str]:
    """The modules that ran for one work unit, in their order."""
    return [task.module for task in played.tasks if task.name == name]


def done(played: Played[Any], name: str = CENTRAL) -> dict[str, Any]:
    """The result of a destination."""
    results, _keys = played.result
    return results["destinations"][name]


def kinds(result: Mapping[str, Any]) -> list[str]:
    """The kinds of the actions."""
    return [action["action"] for action in result["actions"]]


# -- which steps --------------------------------------------------------------------------------------------------


def test_manages_the_bucket_policy_and_checks_delivery() -> None:
    played = prepared(work_of(host("vpc-1")))
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
def test_options_select_the_steps_for_an_existing_bucket(variables: dict[str, Any], expected: list[str]) -> None:
    assert modules(prepared(work_of(host("vpc-1", **variables)))) == expected


@pytest.mark.parametrize(
    ("look", "policy", "asked"),
    [
        # Already known, and nothing changed.
        (DELIVERABLE, UNCHANGED, False),
        (DELIVERABLE, CHANGED, True),
        (THERE, UNCHANGED, True),
        ({**DELIVERABLE, "deliverable": "unknown"}, UNCHANGED, True),
    ],
)
def test_checks_delivery_again_only_after_a_change(look: Any, policy: Any, asked: bool) -> None:
    played = prepared(work_of(host("vpc-1", key_policy=True)), {BUCKET_POLICY: policy}, look)
    assert modules(played) == [INFO, BUCKET_POLICY, *([INFO] if asked else [])]
    assert done(played)["deliverable"] is True


def test_last_check_uses_the_planned_policies() -> None:
    """Check mode writes no policies, so a check of the current ones would fail."""
    played = prepared(work_of(host("vpc-1", key_policy=True)), look=SEALED, check=True)
    verdict = [task for task in played.tasks if task.module == INFO][-1].given()
    assert (verdict["planned_bucket_policy"], verdict["key_policy"]) == (True, {"Id": "key"})
    alone = prepared(work_of(host("vpc-1", bucket_policy=False))).options(INFO)
    assert alone["planned_bucket_policy"] is False and "key_policy" not in alone


def test_blocked_destination_fails() -> None:
    problem = {"code": "X", "status": "problem", "message": "Requester pays.", "remedy": "r"}
    verdict = {"deliverable": False, "summary": "It cannot.", "problems": [problem]}
    result = done(prepared(work_of(host("vpc-1")), {"last_check": verdict}))
    assert (result["failed"], result["deliverable"], result["msg"]) == (True, False, "It cannot.")
    accepted = done(prepared(work_of(host("vpc-1", require_deliverable=False)), {"last_check": verdict}))
    assert (accepted["failed"], accepted["deliverable"]) == (False, False)


# -- creating -----------------------------------------------------------------------------------------------------


def test_creates_a_missing_bucket_in_the_expected_account() -> None:
    played = prepared(work_of(host("vpc-1", **NEW, expected_bucket_owner=OWNER)), look=MISSING)
    assert modules(played) == [INFO, ACCOUNT, CREATE, BUCKET_POLICY, INFO]
    assert played.options(ACCOUNT) == {"region": "eu-west-1", "flow_log_ids": [], "expected_account_id": OWNER}
    assert (played.options(CREATE)["name"], played.options(CREATE)["region"]) == ("central", "eu-west-1")
    result = done(played)
    assert (kinds(result), result["bucket_created"]) == (["create_bucket", "put_policy"], True)
    assert (result["failed"], result["deliverable"]) == (False, True)


def test_without_expected_owner_creates_the_bucket_in_the_account_of_the_credentials() -> None:
    assert modules(prepared(work_of(host("vpc-1", **NEW)), look=MISSING)) == [INFO, CREATE, BUCKET_POLICY, INFO]


def test_creates_no_bucket_without_consent() -> None:
    played = prepared(work_of(host("vpc-1", key_policy=True)), {BUCKET_POLICY: DENIED}, MISSING)
    assert modules(played) == [INFO, BUCKET_POLICY]
    assert (done(played)["failed"], done(played)["bucket_created"]) == (True, False)


@pytest.mark.parametrize(("managed", "planned"), [(True, ["create_bucket", "put_policy"]), (False, ["create_bucket"])])
def test_check_mode_predicts_the_new_bucket(managed: bool, planned: list[str]) -> None:
    """amazon.aws.s3_bucket has no check mode. A missing bucket has no policy and cannot be checked."""
    work = work_of(host("vpc-1", **NEW, expected_bucket_owner=OWNER, bucket_policy=managed, key_policy=True))
    played = prepared(work, look=MISSING, check=True)
    assert modules(played) == [INFO, ACCOUNT]
    result = done(played)
    assert (kinds(result), result["failed"], result["deliverable"]) == (planned, False, None)


def test_creates_no_bucket_in_another_account() -> None:
    answer = {"failed": True, "msg": "The credentials belong to another account.", "caller_account_id": BANK}
    played = prepared(work_of(host("vpc-1", **NEW, expected_bucket_owner=OWNER)), {ACCOUNT: answer}, MISSING)
    assert modules(played) == [INFO, ACCOUNT]
    message = done(played)["msg"]
    for part in ("bucket central", OWNER, BANK, "publish_to_s3_bucket_aws", "flow_log_bucket_aws"):
        assert part in message
    assert (done(played)["failed"], done(played)["actions"]) == (True, [])


def test_creates_no_bucket_if_the_account_is_unknown() -> None:
    played = prepared(work_of(host("vpc-1", **NEW, expected_bucket_owner=OWNER)), {ACCOUNT: DENIED}, MISSING)
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
def test_new_bucket_needs_a_region_in_a_role(connection: Any, region: str | None, is_created: bool) -> None:
    """The Region of a profile does not apply in a role, and S3 would use its own default."""
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
        ("first_check", STEPS[:1]),
        (ACCOUNT, STEPS[:2]),
        (CREATE, STEPS[:3]),
        (BUCKET_POLICY, STEPS[:4]),
        (KEY_POLICY, STEPS[:4]),
        ("last_check", STEPS[:4] + STEPS[5:]),
    ],
)
def test_failure_stops_only_its_destination(step: str, left: tuple[str, ...]) -> None:
    """The key policy, a separate work unit, is managed for the other destinations."""
    wanted = {**NEW, "expected_bucket_owner": OWNER, "bucket_encryption": KEY, "key_policy": True}
    work = work_of(host("vpc-1", **wanted), host("vpc-2", **wanted, destination="second"))
    failing = {KEY_POLICY: DENIED} if step == KEY_POLICY else {(CENTRAL, step): DENIED}
    played = prepared(work, failing, MISSING)
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
        assert played.result[1][0]["buckets"] == ([CENTRAL, SECOND] if step == "last_check" else [SECOND])


def test_failed_result_lists_earlier_actions() -> None:
    result = done(prepared(work_of(host("vpc-1", **NEW)), {BUCKET_POLICY: {**DENIED, "actions": []}}, MISSING))
    assert (kinds(result), result["failed"]) == (["create_bucket"], True)


def test_invalid_destination_fails_alone() -> None:
    work = work_of(host("vpc-1"), host("vpc-2", destination="second"))
    work["destinations"][0].update(bucket_arn="arn:aws:s3:::Old_Logs", create_bucket=True)
    played = prepared(work)
    assert {name for name, _module in played.calls} == {SECOND}
    assert done(played)["failed"] and "'Old_Logs' is not accepted" in done(played)["msg"]
    assert done(played, SECOND)["failed"] is False


def test_skips_stopped_destinations() -> None:
    row = {"action": "s3:PutBucketPolicy", "decision": "not_allowed", "resource": ARN, "region": "eu-west-1"}
    missing = {
        "permissions": [{**row, "operations": ["bucket_policy"], "reason": ""}],
        "summary": "",
        "missing_policy": None,
    }
    work = work_of(host("vpc-1", preflight=True), host("vpc-2", destination="second"))
    played = prepared(work, preflights={f"{CENTRAL}/preflight": missing})
    assert {name for name, _module in played.calls} == {SECOND}
    assert played.result[0]["destinations"].keys() == {SECOND}


@given(
    st.lists(st.sampled_from(["first_check", ACCOUNT, CREATE, BUCKET_POLICY, KEY_POLICY, "last_check"]), unique=True),
    st.sampled_from([MISSING, THERE, SEALED, DELIVERABLE]),
    st.booleans(),
    st.booleans(),
)
def test_writes_nothing_after_any_failure_or_in_check_mode(
    failing: list[str], look: Any, check: bool, managed: bool
) -> None:
    wanted = {**NEW, "expected_bucket_owner": OWNER, "key_policy": managed}
    played = prepared(work_of(host("vpc-1", **wanted)), {step: DENIED for step in failing}, look, check)
    assert not (check and CREATE in modules(played))
    result = done(played)
    asked = [task.module for task in played.tasks]
    for step in set(failing) - {"first_check", "last_check"}:
        assert (step not in asked) or (result["failed"] and asked[-1] == step)
    # Only a successful check makes a destination deliverable.
    assert result["deliverable"] is not True or "last_check" not in failing


# -- keys ---------------------------------------------------------------------------------------------------------


def test_shared_key_is_managed_once_for_all_sources() -> None:
    work = work_of(
        host("vpc-1", key_policy=True),
        host("vpc-2", key_policy=True, destination="second", account_id=BANK, region="us-east-1"),
    )
    played = prepared(work, look=SEALED)
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
    # It counts for the key, not for each bucket.
    assert kinds(done(played)) == kinds(done(played, SECOND)) == ["put_policy"]
    assert done(played)["key"]["apart"] is True


def test_checks_all_buckets_with_the_policy_of_their_key() -> None:
    work = work_of(host("vpc-1", key_policy=True), host("vpc-2", key_policy=True, destination="second"))
    played = prepared(work, look=SEALED)
    verdicts = played.steps[-1]
    assert [(task.name, task.given()["key_policy"]) for task in verdicts] == [
        (CENTRAL, {"Id": "key"}),
        (SECOND, {"Id": "key"}),
    ]


def test_key_credentials_precede_bucket_credentials() -> None:
    work = work_of(host("vpc-1", key_policy=True), host("vpc-2", key_policy=True, key_aws={"profile": "keys"}))
    (task,) = [task for task in prepared(work, look=SEALED).tasks if task.module == KEY_POLICY]
    assert task.connection == reached("vpc-2", "flow_log_key_aws")


def test_requests_of_one_key_run_one_after_the_other() -> None:
    """KMS has no conditional write for key policies."""
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


def test_manages_a_key_that_blocks_delivery() -> None:
    """The first check finds that delivery is blocked. The key policy changes that."""
    problem = {"code": "KeyNotGranted", "status": "problem", "message": "m", "remedy": "r"}
    look = {**SEALED, "problems": [problem]}
    played = prepared(work_of(host("vpc-1", key_policy=True)), {BUCKET_POLICY: UNCHANGED}, look)
    assert [module for _name, module in played.calls] == [INFO, BUCKET_POLICY, KEY_POLICY, INFO]
    assert (done(played)["failed"], done(played)["deliverable"]) == (False, True)


def test_keys_do_not_wait_for_each_other() -> None:
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
        # The bucket names the key by an alias that could not be resolved.
        ({"key_policy": True}, {**THERE, "encryption": {"key_arn": None, "is_customer_key": True}}, False),
        ({"key_policy": True}, {**THERE, "encryption": None}, False),
        ({**NEW, "key_policy": False}, SEALED, False),
        # A new bucket gets the configured key.
        ({**NEW, "key_policy": True, "bucket_encryption": KEY}, MISSING, True),
        ({**NEW, "key_policy": True}, MISSING, False),
    ],
)
def test_manages_only_customer_managed_keys(variables: dict[str, Any], look: Any, is_managed: bool) -> None:
    played = prepared(work_of(host("vpc-1", **variables)), look=look)
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
    """The finished stage for one destination, with its key."""
    stage = destination(request, DestinationOptions(request), bucket, Connection({"profile": "key"}), check)
    return play(stage, aws(says or {}, look))


PLAIN = DestinationRequest(CENTRAL, "central", sources={"account_ids": [SHOP]})


def test_prepares_one_destination_with_its_key() -> None:
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
        ("first_check", [INFO]),
        (BUCKET_POLICY, [INFO, BUCKET_POLICY]),
        (KEY_POLICY, [INFO, BUCKET_POLICY, KEY_POLICY]),
        ("last_check", [INFO, BUCKET_POLICY, KEY_POLICY, INFO]),
    ],
)
def test_failure_stops_one_destination(step: str, expected: list[str]) -> None:
    played = one(replace(PLAIN, manage_key_policy=True), {step: DENIED}, SEALED)
    assert (modules(played), played.result["failed"]) == (expected, True)


def test_check_mode_predicts_the_key_policy_of_a_new_bucket() -> None:
    """flow_log_key_policy has a check mode, and the key exists before the bucket."""
    request = replace(PLAIN, create_bucket=True, bucket_encryption=KEY, manage_key_policy=True)
    played = one(request, look=MISSING, check=True)
    assert modules(played) == [INFO, KEY_POLICY]
    assert kinds(played.result) == ["create_bucket", "put_policy", "put_policy"]
    assert (played.result["deliverable"], played.result["failed"]) == (None, False)
