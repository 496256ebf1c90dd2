# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of the tasks for a destination, combined into one result."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.destination_result import STEPS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.destination_result import DesiredDestination
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.destination_result import destination_result
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.destination_result import new_bucket
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action

BUCKET = "arn:aws:s3:::central"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SKIPPED = {"changed": False, "skipped": True}
MISSING = {"bucket": {"exists": False}, "deliverable": False, "problems": []}
GOOD = {"deliverable": True, "summary": "It can.", "problems": [], "encryption": {"algorithm": "AES256"}}
GRANTS = [{"account_id": "111122223333", "region": "*", "folder": "", "layout": "plain"}]
SETTINGS = {**new_bucket(None), "region": "eu-west-1", "tags": None}


def policy_result(target: str, changed: bool = True, **more: Any) -> dict:
    """Result of a policy module."""
    return {
        "changed": changed,
        "actions": [Action("put_policy", target).to_dict()] if changed else [],
        "unsuccessful": [],
        "diff": {"before": {}, "after": {"Statement": [target]}},
        "policy": {"Statement": [target]},
        "size_bytes": 3,
        "statements": {"added": ["A"]},
        "missing_grants": GRANTS,
        **more,
    }


def bad(code: str, status: str = "problem") -> dict:
    """Result of the destination check with one problem."""
    problem = {"code": code, "status": status, "message": f"It is {code}.", "remedy": f"Fix {code}."}
    deliverable = False if status == "problem" else "unknown"
    return {"deliverable": deliverable, "summary": "It cannot.", "problems": [problem], "encryption": None}


def combined(results: dict, **desired: Any) -> dict:
    """The result for a bucket."""
    return destination_result(results, DesiredDestination(BUCKET, **desired), KEY)


def kinds(result: dict) -> list[tuple[str, str]]:
    """Kind and target of each action."""
    return [(action["action"], action["target"]) for action in result["actions"]]


@pytest.mark.parametrize("code", ["GrantsTooMuch", "KeyGrantsTooMuch"])
def test_passes_on_policies_that_grant_too_much(code: str) -> None:
    wide = {"code": code, "status": "problem", "message": "It is wide.", "evidence": "W.", "remedy": "Narrow it."}
    verdict = {**GOOD, "checks": [{"code": "Granted", "status": "ok"}, wide]}
    result = combined({"bucket_policy": policy_result(BUCKET, False), "last_check": verdict})
    assert (result["deliverable"], result["problems"], result["grants_too_much"]) == (True, [], [wide])
    assert combined({"last_check": GOOD})["grants_too_much"] == []


# -- actions -----------------------------------------------------------------------------------------------------


def test_result_of_a_bucket_policy() -> None:
    result = combined({"bucket_policy": policy_result(BUCKET), "key_policy": SKIPPED, "last_check": GOOD})
    assert (result["changed"], result["failed"], result["deliverable"]) == (True, False, True)
    assert kinds(result) == [("put_policy", BUCKET)]
    assert result["diff"] == {"before": {"bucket_policy": {}}, "after": {"bucket_policy": {"Statement": [BUCKET]}}}
    assert (result["policy"], result["size_bytes"]) == ({"Statement": [BUCKET]}, 3)
    assert (result["key"], result["bucket_created"], result["unsuccessful"]) == (None, False, [])


def test_combines_bucket_policy_and_key_policy() -> None:
    result = combined(
        {"bucket_policy": policy_result(BUCKET, False), "key_policy": policy_result(KEY), "last_check": GOOD}
    )
    assert kinds(result) == [("put_policy", KEY)]
    assert result["key"] == {
        "arn": KEY,
        "changed": True,
        "failed": False,
        "statements": {"added": ["A"]},
        "missing_grants": GRANTS,
    }
    assert result["missing_grants"] == GRANTS
    assert set(result["diff"]["after"]) == {"bucket_policy", "key_policy"}


def test_check_mode_predicts_a_new_bucket() -> None:
    desired = {"create_bucket": True, "settings": SETTINGS}
    real = combined(
        {
            "first_check": MISSING,
            "create": {"changed": True},
            "bucket_policy": policy_result(BUCKET),
            "last_check": GOOD,
        },
        **desired,
    )
    predicted = combined(
        {"first_check": MISSING, "create": SKIPPED, "bucket_policy": SKIPPED, "last_check": SKIPPED}, **desired
    )
    assert kinds(real) == kinds(predicted) == [("create_bucket", BUCKET), ("put_policy", BUCKET)]
    assert real["actions"][0] == predicted["actions"][0]
    assert real["diff"]["after"]["bucket"] == predicted["diff"]["after"]["bucket"]
    assert predicted["diff"]["before"] == {"bucket": None}
    assert {change["field"] for change in predicted["actions"][0]["changes"]} == {
        "encryption",
        "object_ownership",
        "public_access",
        "region",
    }
    assert (real["deliverable"], predicted["deliverable"], predicted["failed"]) == (True, None, False)
    assert predicted["bucket_created"] and real["bucket_created"]


def test_predicts_no_policy_for_an_unmanaged_bucket() -> None:
    result = combined({"first_check": MISSING, "create": SKIPPED}, create_bucket=True, manage_bucket_policy=False)
    assert kinds(result) == [("create_bucket", BUCKET)]


def test_predicts_no_bucket_without_consent() -> None:
    assert kinds(combined({"first_check": MISSING, "create": SKIPPED, "last_check": bad("BucketMissing")})) == []


def test_first_check_counts_only_if_nothing_changed() -> None:
    look = {**GOOD, "bucket": {"exists": True}}
    assert (
        combined({"first_check": look, "bucket_policy": policy_result(BUCKET, False), "last_check": SKIPPED})[
            "deliverable"
        ]
        is True
    )
    assert (
        combined({"first_check": look, "bucket_policy": policy_result(BUCKET), "last_check": SKIPPED})["deliverable"]
        is None
    )
    assert combined({"first_check": look, "last_check": bad("Denied")})["deliverable"] is False


# -- failures -----------------------------------------------------------------------------------------------------


def test_failed_result_lists_earlier_actions() -> None:
    refused = {"target": KEY, "code": "KeyNotUsable", "message": "m", "hint": "h"}
    failed = policy_result(KEY, False, failed=True, msg="no key", unsuccessful=[refused], policy=None)
    result = combined({"bucket_policy": policy_result(BUCKET), "key_policy": failed})
    assert (result["failed"], result["msg"], result["changed"]) == (True, "no key", True)
    assert kinds(result) == [("put_policy", BUCKET)]
    assert result["unsuccessful"] == [refused]
    assert result["key"]["failed"] is True
    assert result["deliverable"] is None


@pytest.mark.parametrize("step", STEPS)
def test_failed_task_fails_the_destination_with_its_message(step: str) -> None:
    result = combined({step: {"failed": True, "msg": "Access Denied"}})
    assert (result["failed"], result["changed"], result["deliverable"]) == (True, False, None)
    assert "Access Denied" in result["msg"]
    assert "did not say why" in combined({step: {"failed": True}})["msg"]


def test_blocked_delivery_fails_unless_accepted() -> None:
    results = {"bucket_policy": policy_result(BUCKET), "last_check": bad("RequesterPays")}
    stopped = combined(results)
    assert (stopped["failed"], stopped["msg"]) == (True, "It cannot.")
    assert [(item["target"], item["code"], item["hint"]) for item in stopped["unsuccessful"]] == [
        (BUCKET, "RequesterPays", "Fix RequesterPays.")
    ]
    going_on = combined(results, require_deliverable=False)
    assert (going_on["failed"], going_on["deliverable"], going_on["summary"]) == (False, False, "It cannot.")
    assert going_on["unsuccessful"] == []
    assert kinds(stopped) == kinds(going_on) == [("put_policy", BUCKET)]


@pytest.mark.parametrize(
    ("codes", "region", "deliverable"),
    [
        (["KeyUnreadable"], "eu-west-1", True),
        (["KeyUnreadable", "PerhapsDenied"], "eu-west-1", "unknown"),
        (["KeyUnreadable"], "us-east-1", "unknown"),
        (["KeyUnreadable"], None, "unknown"),
    ],
)
def test_key_policy_task_replaces_an_unreadable_key(codes: list[str], region: str | None, deliverable: Any) -> None:
    problems = [bad(code, "unknown")["problems"][0] for code in codes]
    verdict = {**bad("X", "unknown"), "problems": problems, "bucket": {"region": region}}
    result = combined({"key_policy": policy_result(KEY, False), "last_check": verdict})
    assert result["deliverable"] == deliverable
    assert result["problems"] == ([] if deliverable is True else problems)
    assert combined({"key_policy": SKIPPED, "last_check": verdict})["deliverable"] == "unknown"


def test_unknown_delivery_is_no_failure() -> None:
    result = combined({"last_check": bad("KeyUnreadable", "unknown")})
    assert (result["failed"], result["deliverable"], result["summary"]) == (False, "unknown", "It cannot.")


@pytest.mark.parametrize(
    ("code", "desired", "named"),
    [
        ("BucketMissing", {}, ("publish_to_s3_create_bucket", "flow_log_create_bucket")),
        (
            "NotGranted",
            {"manage_bucket_policy": False},
            ("publish_to_s3_manage_bucket_policy", "flow_log_bucket_policy"),
        ),
        ("KeyNotGranted", {}, ("publish_to_s3_manage_key_policy", "flow_log_key_policy")),
    ],
)
def test_names_the_option_that_would_fix_a_problem(code: str, desired: dict, named: tuple[str, str]) -> None:
    text = combined({"last_check": bad(code)}, **desired)["msg"]
    assert all(name in text for name in named)
    given_all = {"create_bucket": True, "manage_bucket_policy": True, "manage_key_policy": True}
    assert combined({"last_check": bad(code)}, **given_all)["msg"] == "It cannot."


_RESULT = st.fixed_dictionaries(
    {},
    optional={
        "changed": st.booleans(),
        "failed": st.booleans(),
        "skipped": st.booleans(),
        "msg": st.text(max_size=3),
        "deliverable": st.sampled_from([True, False, "unknown"]),
        "actions": st.just([Action("put_policy", BUCKET).to_dict()]),
        "invocation": st.just({"module_args": {"secret_key": "very-secret"}}),
    },
)


@given(st.dictionaries(st.sampled_from(STEPS), _RESULT), st.booleans(), st.booleans())
def test_result_is_consistent_with_any_task_results(results: dict, create: bool, required: bool) -> None:
    """``changed`` means actions, a failed task fails, only a check sets ``deliverable``, and no arguments of tasks appear."""
    result = combined(results, create_bucket=create, require_deliverable=required)
    assert result["changed"] is bool(result["actions"])
    assert result["failed"] or not any(item.get("failed") for item in results.values())
    assert result["deliverable"] in (None, *(item.get("deliverable") for item in results.values()))
    assert not (result["failed"] and not required) or any(item.get("failed") for item in results.values())
    assert "very-secret" not in str(result)


# -- a new bucket -------------------------------------------------------------------------------------------------


def test_new_bucket_is_private_and_encrypted() -> None:
    plain, by_key = new_bucket(None), new_bucket(KEY)
    assert (plain["encryption"], plain["encryption_key_id"]) == ("AES256", None)
    assert (by_key["encryption"], by_key["encryption_key_id"]) == ("aws:kms", KEY)
    for settings in (plain, by_key):
        assert settings["object_ownership"] == "BucketOwnerEnforced"
        assert len(settings["public_access"]) == 4 and all(settings["public_access"].values())


@pytest.mark.parametrize("encryption", ["none", "aws:kms", "alias/logs", KEY.replace("key/", "alias/"), 1])
def test_refuses_other_encryption(encryption: Any) -> None:
    with pytest.raises(InputError, match="bucket_encryption"):
        new_bucket(encryption)


def test_shared_key_counts_only_for_the_last_check() -> None:
    """Several buckets may share its policy."""
    put = {"action": "put_policy", "target": KEY}
    key_policy = {"changed": True, "actions": [put], "diff": {"before": {}, "after": {}}, "statements": {}}
    bucket = {"bucket": {"exists": True, "region": "eu-west-1", "owner": "777788889999"}}
    look = {"deliverable": False, "problems": [], "summary": "It cannot.", **bucket}
    desired = DesiredDestination(
        "arn:aws:s3:::central", manage_key_policy=True, key_apart=True, require_deliverable=False
    )
    waiting = destination_result({"first_check": look}, desired, KEY)
    assert (waiting["failed"], waiting["key_apart"], waiting["bucket_owner"]) == (False, KEY, "777788889999")

    verdict = {"deliverable": True, "problems": [], "summary": "It can.", **bucket}
    made = destination_result({"first_check": look, "key_policy": key_policy, "last_check": verdict}, desired, KEY)
    assert (made["changed"], made["actions"], made["diff"]) == (False, [], {"before": {}, "after": {}})
    assert (made["key"]["apart"], made["key"]["changed"]) == (True, True)
    assert made["deliverable"] is True

    denied = {"failed": True, "msg": "denied", "unsuccessful": [{"target": KEY, "code": "X"}]}
    failed = destination_result({"first_check": look, "key_policy": denied}, desired, KEY)
    assert (failed["failed"], failed["msg"], failed["unsuccessful"]) == (True, "denied", [])
    assert destination_result({"first_check": look}, desired, "")["key_apart"] is None
