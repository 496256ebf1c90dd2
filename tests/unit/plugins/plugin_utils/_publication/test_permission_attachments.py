# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managed policies are named, shared and numbered; what others use stays, and who is not there is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.permission_attachments import attachment_steps
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.permission_attachments import (
    attachments_to_look_at,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.permission_attachments import managed_policies
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.permission_attachments import plan_attachments
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.policies import permissions_policies

ADA, NET, ROLE = (
    {"type": "user", "name": "ada"},
    {"type": "group", "name": "net"},
    {"type": "role", "name": "publisher"},
)
BUCKET = "arn:aws:s3:::logs"
ARN = "arn:aws:iam::111122223333:policy/p"
OTHER = "arn:aws:iam::111122223333:policy/other"


def read(*principals: dict, attached: int | None = None, boundary: int = 0) -> dict:
    """What was read of the policy p; None where there is none."""
    result: dict[str, Any] = {"item": {"name": "p", "document": {}, "principals": list(principals)}}
    if attached is not None:
        policy = {"arn": ARN, "attachment_count": attached, "permissions_boundary_usage_count": boundary}
        result["policy"] = policy
    return result


def look(ask: dict, has: bool, exists: bool = True) -> dict:
    """What a module of amazon.aws returns of a principal in check mode."""
    if ask["type"] == "role":
        arns = [OTHER] + ([ARN] if has else [])
        listed = {"iam_role": {"attached_policies": [{"policy_arn": arn} for arn in arns]}}
        return {"item": ask, "changed": False, **(listed if exists else {})}
    if not exists:
        return {"item": ask, "changed": False, "create_params": {}}
    return {"item": ask, "changed": bool(ask["policies"]) and not has}


def planned(one: dict, having: set[str], state: str, missing: frozenset[str] = frozenset()) -> dict:
    """The plan for the policy p, of which some principals have it and some are not there."""
    asks = attachments_to_look_at([one])
    looks = [look(ask, ask["name"] in having, ask["name"] not in missing) for ask in asks]
    return plan_attachments([one], looks, state)


def test_principals_with_the_same_buckets_share_policies() -> None:
    principals = [ADA, {**NET, "buckets": [BUCKET]}, ROLE, {**ROLE, "name": "b", "buckets": [BUCKET, BUCKET]}, ADA]
    bare, marked = managed_policies(principals, "publishing", "p")
    assert (bare["name"], bare["principals"]) == ("p", [ADA, ROLE])
    assert marked["name"].startswith("p-") and len(marked["name"]) == 10
    assert [who["name"] for who in marked["principals"]] == ["net", "b"]
    assert BUCKET in str(marked["document"]) and BUCKET not in str(bare["document"])


def test_further_documents_are_numbered() -> None:
    accounts = [f"{number:012}" for number in range(80)]
    found = managed_policies([ROLE], "publishing", "p", account_id=accounts)
    assert [item["name"] for item in found] == ["p", *(f"p-{number}" for number in range(2, len(found) + 1))]
    assert [item["document"] for item in found] == permissions_policies("publishing", account_id=accounts)
    assert len(found) > 1


def test_a_name_that_gets_too_long_is_refused() -> None:
    with pytest.raises(InputError, match="policy_name"):
        managed_policies([{**ROLE, "buckets": [BUCKET]}], "publishing", "p" * 125)


def test_nobody_is_asked_about_a_policy_that_nobody_has() -> None:
    assert [ask["policies"] for ask in attachments_to_look_at([read(ADA), read(ADA, attached=0)])] == [[], []]
    (ask,) = attachments_to_look_at([read(ADA, attached=1)])
    assert ask == {**ADA, "policy_name": "p", "policies": [ARN], "purge": False}


@pytest.mark.parametrize(
    ("one", "having", "attach", "changed"),
    [
        (read(ADA, NET, ROLE), set(), ["ada", "net", "publisher"], [True, True, True]),
        (read(ADA, NET, ROLE, attached=2), {"ada", "publisher"}, ["net"], [False, True, False]),
        (read(ADA, NET, ROLE, attached=3), {"ada", "net", "publisher"}, [], [False, False, False]),
    ],
)
def test_what_lacks_is_attached(one: dict, having: set[str], attach: list[str], changed: list[bool]) -> None:
    plan = planned(one, having, "present")
    assert [item["name"] for item in plan["attach"]] == attach
    assert [item["changed"] for item in plan["principals"]] == changed
    assert (plan["delete"], plan["detach"], plan["kept"]) == ([], [], [])


def test_who_is_not_there_gets_nothing_and_is_told() -> None:
    plan = planned(read(ADA, NET, ROLE, attached=1), set(), "present", frozenset({"ada", "net", "publisher"}))
    assert plan["attach"] == []
    results = attachment_steps(plan)["result"]["results"]
    assert {item["error"]["code"] for item in results} == {"NoSuchEntity"}
    assert not any(item["changed"] for item in results)


@pytest.mark.parametrize(
    ("attached", "boundary", "having", "delete", "kept", "detach"),
    [
        (2, 0, {"ada", "publisher"}, ["p"], [], []),
        (0, 0, set(), ["p"], [], []),
        (3, 0, {"ada", "publisher"}, [], [1], ["ada", "publisher"]),
        (2, 1, {"ada", "publisher"}, [], [1], ["ada", "publisher"]),
        (1, 0, set(), [], [1], []),
    ],
)
def test_only_what_nobody_else_uses_is_deleted(
    attached: int, boundary: int, having: set[str], delete: list[str], kept: list[int], detach: list[str]
) -> None:
    plan = planned(read(ADA, ROLE, attached=attached, boundary=boundary), having, "absent")
    assert plan["delete"] == delete
    assert [item["others"] for item in plan["kept"]] == kept
    assert [item["name"] for item in plan["detach"]] == detach
    assert {item["name"] for item in plan["principals"] if item["changed"]} == having


def test_what_is_not_there_is_gone_already() -> None:
    plan = planned(read(ADA, ROLE), set(), "absent")
    assert plan["delete"] == plan["kept"] == plan["detach"] == []
    assert attachment_steps(plan)["result"]["changed"] is False


def test_a_document_that_changed_is_a_change_of_each_who_has_it() -> None:
    one = read(ADA, attached=1)
    plan = planned(one, {"ada"}, "present")
    written = [{"item": one, "changed": True, "policy": {"arn": ARN}}]
    assert [item["changed"] for item in attachment_steps(plan, written)["result"]["results"]] == [True]
    assert attachment_steps(plan, [{**written[0], "changed": False}])["result"]["changed"] is False


def test_a_policy_that_would_only_be_made_is_attached_without_an_arn() -> None:
    one = read(ADA)
    steps = attachment_steps(planned(one, set(), "present"), [{"item": one, "changed": True}])
    assert steps["attach"] == [{**ADA, "policies": [], "purge": False}]
    assert steps["result"]["changed"] is True


@given(st.sets(st.sampled_from([f"arn:aws:iam::111122223333:policy/x{number}" for number in range(9)])))
def test_detaching_leaves_everything_else_attached(others: set[str]) -> None:
    plan = planned(read(ADA, ROLE, attached=9), {"ada", "publisher"}, "absent")
    attached = {"attached_policies": [{"policy_arn": arn} for arn in [*sorted(others), ARN]]}
    listed = [{"item": ADA, "user": attached}, {"item": ROLE, "iam_role": attached}, {"item": NET, "changed": True}]
    steps = attachment_steps(plan, listed=listed)
    assert [(item["name"], item["purge"]) for item in steps["attach"]] == [("ada", True), ("publisher", True)]
    assert all(item["policies"] == sorted(others) for item in steps["attach"])
