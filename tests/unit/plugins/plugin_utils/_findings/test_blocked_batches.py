# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A destination stops the batches whose own flow logs it cannot receive, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.blocked_batches import blocked_by

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
def test_what_is_blocked_for_another_source_or_place_stops_nothing_else(other: Any, batch: Any) -> None:
    third = problem("Third.", **{**OWN, "account_id": "777788889999"})
    found = result(problem("Other.", **{**OWN, **other}), third)
    assert blocked_by(BATCH, found) == ""
    stopped = {**BATCH, **batch}
    assert blocked_by(stopped, found) == (
        f"Not run, because its destination {stopped['destination']} cannot receive its flow logs: Other. No statement."
    )


def test_only_what_is_in_its_own_way_is_reported_for_a_batch() -> None:
    problems = [
        problem("A is not let in.", **OWN),
        problem("A may not use the key.", account_id=A, region="eu-west-1"),
        problem("B is not let in.", **{**OWN, "account_id": B}),
        {**problem("Not known.", **OWN), "status": "unknown"},
    ]
    text = blocked_by(BATCH, result(*problems))
    assert text.endswith("flow logs: A is not let in. No statement. A may not use the key. No statement.")


def test_all_regions_that_were_asked_about_include_that_of_the_batch() -> None:
    other = problem("B.", **{**OWN, "account_id": B})
    assert blocked_by(BATCH, result(problem("A.", **{**OWN, "region": "*"}), other)).endswith(": A. No statement.")


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
def test_what_failed_as_a_whole_stops_every_batch(found: dict[str, Any]) -> None:
    assert blocked_by(BATCH, found) == f"Not run, because its destination {BATCH['destination']} failed: {found['msg']}"


@pytest.mark.parametrize("found", [None, {}, {"failed": False, "deliverable": False, "problems": [problem("x")]}])
def test_nothing_is_stopped_without_a_failure(found: Any) -> None:
    assert blocked_by(BATCH, found) == ""
