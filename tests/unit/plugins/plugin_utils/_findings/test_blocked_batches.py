# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A destination blocks only the batches whose flow logs it cannot receive."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.blocked_batches import blocking_reason

A, B = "111122223333", "444455556666"
BATCH = {
    "account_id": A,
    "region": "eu-west-1",
    "destination": "arn:aws:s3:::logs/team-a/",
    "options": {"destination_options": None},
}
OWN = {"account_id": A, "region": "eu-west-1", "folder": "team-a", "layout": "plain"}


def problem(message: str, **place: Any) -> dict[str, Any]:
    found = {"account_id": None, "region": None, "folder": None, "layout": None, "status": "problem", **place}
    return {**found, "message": message, "evidence": "No statement."}


def result(*problems: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"failed": True, "deliverable": False, "msg": "Cannot.", "problems": list(problems), **more}


@pytest.mark.parametrize(
    ("other", "batch"),
    [
        ({"account_id": B}, {"account_id": B}),
        ({"region": "us-east-1"}, {"region": "us-east-1"}),
        ({"folder": "team-b"}, {"destination": "arn:aws:s3:::logs/team-b/"}),
        ({"folder": ""}, {"destination": "arn:aws:s3:::logs"}),
        ({"layout": "hive"}, {"options": {"destination_options": {"hive_compatible_partitions": True}}}),
    ],
)
def test_a_problem_of_another_source_or_folder_does_not_block_the_batch(other: Any, batch: Any) -> None:
    third = problem("Third.", **{**OWN, "account_id": "777788889999"})
    found = result(problem("Other.", **{**OWN, **other}), third)
    assert blocking_reason(BATCH, found) == ""
    stopped = {**BATCH, **batch}
    assert blocking_reason(stopped, found) == (
        f"Not run, because its destination {stopped['destination']} cannot receive its flow logs: Other. No statement."
    )


def test_a_batch_reports_only_its_own_problems() -> None:
    problems = [
        problem("A is not let in.", **OWN),
        problem("A may not use the key.", account_id=A, region="eu-west-1"),
        problem("B is not let in.", **{**OWN, "account_id": B}),
        {**problem("Not known.", **OWN), "status": "unknown"},
    ]
    text = blocking_reason(BATCH, result(*problems))
    assert text.endswith("flow logs: A is not let in. No statement. A may not use the key. No statement.")


def test_a_problem_of_all_regions_concerns_the_batch() -> None:
    other = problem("B.", **{**OWN, "account_id": B})
    assert blocking_reason(BATCH, result(problem("A.", **{**OWN, "region": "*"}), other)).endswith(": A. No statement.")


@pytest.mark.parametrize(
    "found",
    [
        {"failed": True, "msg": "AccessDenied"},
        {"failed": True, "msg": "AccessDenied", "deliverable": None, "problems": [problem("x", account_id=B)]},
        result(problem("Requester pays.")),
        result(problem("A.", **OWN)),
        result(),
    ],
)
def test_a_failed_destination_blocks_every_batch(found: dict[str, Any]) -> None:
    assert (
        blocking_reason(BATCH, found)
        == f"Not run, because its destination {BATCH['destination']} failed: {found['msg']}"
    )


@pytest.mark.parametrize("found", [None, {}, {"failed": False, "deliverable": False, "problems": [problem("x")]}])
def test_a_destination_without_a_failure_blocks_nothing(found: Any) -> None:
    assert blocking_reason(BATCH, found) == ""
