# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each part of the role reads its variables, and sets its result as a fact, even if it fails."""

from __future__ import annotations

from typing import Any

import ansible.template
import pytest
from ansible.errors import AnsibleActionFail, AnsibleError

from tests.unit.plugins.action.acting import act

#: Since ansible-core 2.19, a value is a template only if it is marked as trusted.
template = getattr(ansible.template, "trust_as_template", str)
DESTINATION = {"publish_to_s3_destination": "arn:aws:s3:::central/network/", "publish_to_s3_region": "eu-west-1"}


def part(name: str, check_mode: bool = False, diff: bool = False, **variables: Any) -> dict[str, Any]:
    """Run a part of the role with these variables and return its result."""
    given = {f"publish_to_s3_{key}": value for key, value in variables.items()}
    return act("flow_log_publish", {"part": name}, {**DESTINATION, **given}, check_mode=check_mode, diff=diff)


def test_parts_without_settings_do_nothing() -> None:
    assert part("account", expected_account_id=None) == {"changed": False, "failure": "", "ansible_facts": {}}
    found = part("permissions", permission_principals=[])
    assert (found["changed"], found["failure"]) == (False, "")
    assert found["ansible_facts"] == {"publish_to_s3_permissions_result": {"changed": False, "results": []}}


def test_the_result_of_a_part_is_set_as_a_fact() -> None:
    found = part("flow_logs", resource_ids=[])
    result = found["ansible_facts"]["publish_to_s3_flow_logs_result"]
    assert (result["flow_logs"], result["msg"]) == ([], "resource_ids is empty, so there is nothing to do.")
    assert (found["changed"], found["failure"]) == (False, "")


@pytest.mark.parametrize(
    ("name", "variables", "fact"),
    [
        ("account", {"expected_account_id": "111122223333"}, None),
        ("destination", {"account_ids": ["111122223333"], "manage_bucket_policy": True}, "destination"),
        ("flow_logs", {"resource_ids": ["vpc-1"]}, "flow_logs"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_failed_part_returns_the_reason_and_sets_its_result(
    name: str, variables: Any, fact: str | None, check: bool
) -> None:
    """The task itself does not fail, because Ansible sets no facts of a failed task. The role fails in the next task."""
    found = part(name, check, **variables)
    assert "Unable to locate credentials" in found["failure"]
    assert "failed" not in found and found["changed"] is False
    assert list(found["ansible_facts"]) == ([f"publish_to_s3_{fact}_result"] if fact else [])
    assert all(result["failed"] for result in found["ansible_facts"].values())


@pytest.mark.parametrize("name", ["account", "flow_logs"])
def test_a_role_of_another_account_than_expected_is_refused(name: str) -> None:
    role = {"assume_role_arn": "arn:aws:iam::444455556666:role/x"}
    found = part(name, resource_ids=["vpc-1"], aws=role, expected_account_id="111122223333")
    assert "444455556666" in found["failure"] and "111122223333" in found["failure"]


@pytest.mark.parametrize(
    ("name", "variables", "message"),
    [
        ("flow_logs", {"resource_ids": ["i-1"]}, "publish_to_s3_resource_ids: 'i-1' is not accepted"),
        ("destination", {"destination": "NO BUCKET"}, "publish_to_s3_destination: 'NO BUCKET' is not accepted"),
        ("flow_logs", {"resource_ids": ["vpc-1"], "wait_timeout": "soon"}, "publish_to_s3_wait_timeout"),
        ("destination", {"create_bucket": "perhaps"}, "publish_to_s3_create_bucket"),
    ],
)
def test_wrong_variables_are_refused_by_name(name: str, variables: Any, message: str) -> None:
    with pytest.raises(AnsibleActionFail) as refused:
        part(name, **variables)
    assert message in str(refused.value)


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(AnsibleError, match="part"):
        part("everything")


@pytest.mark.parametrize("unset", [None, "", template("{{ none }}")])
def test_variables_are_rendered_and_null_means_not_set(unset: Any) -> None:
    """Before ansible-core 2.19, a template that gives null results in an empty text."""
    found = part("account", expected_account_id=unset)
    assert found["failure"] == ""
    rendered = part("flow_logs", resource_ids=template("{{ [] }}"), wait_timeout=template("{{ 20 * 3 }}"))
    assert rendered["ansible_facts"]["publish_to_s3_flow_logs_result"]["changed"] is False


def test_differences_are_returned_only_in_diff_mode() -> None:
    assert part("flow_logs", diff=True, resource_ids=[])["diff"] == []
    assert "diff" not in part("flow_logs", resource_ids=[])
