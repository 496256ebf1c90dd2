# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run prints each change, each failure, and why work did not run."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action, Change
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.progress import (
    PrintedKind,
    Progress,
    lines_of,
    progress_of,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.run import Run
from tests.unit.plugins.plugin_utils._stages.playing import SHOP, host, work_of

BATCH, CENTRAL = f"{SHOP}/eu-west-1/vpc/1-1", "s3/central"
ARN = "arn:aws:s3:::central"
DENIED = {"failed": True, "msg": "Access Denied", "changed": False}
ROLE = {"type": "role", "name": "publisher", "buckets": []}


def actions(*made: Action) -> dict[str, Any]:
    """A result with these actions."""
    return {"changed": bool(made), "actions": [action.to_dict() for action in made]}


@pytest.mark.parametrize(
    ("action", "line"),
    [
        (Action("create", "vpc-1"), "create vpc-1"),
        (
            Action("replace", "vpc-1", replaces="fl-1", changes=(Change("traffic_type", "ACCEPT", "ALL"),)),
            'replace vpc-1 instead of fl-1 (traffic_type: "ACCEPT" -> "ALL")',
        ),
        (
            Action("tag", "vpc-1", changes=(Change("tags.team", None, "net"), Change("tags.n", "1", "2"))),
            'tag vpc-1 (tags.team: "net", tags.n: "1" -> "2")',
        ),
        # A policy is a page of JSON, which --diff shows.
        (Action("put_policy", ARN, changes=(Change("Statement", [], [{"Sid": "A"}]),)), f"put_policy {ARN}"),
    ],
)
def test_a_change_is_a_line(action: Action, line: str) -> None:
    for kind in ("batches", "destinations", "keys"):
        assert lines_of(kind, actions(action)) == [line]


@pytest.mark.parametrize(
    ("number", "shown", "last"),
    [
        (0, 0, None),
        (20, 20, "create vpc-19"),
        (21, 21, "create vpc-20"),
        (22, 21, "create 2 more: vpc-20, vpc-21"),
        (500, 21, f"create 480 more: {', '.join(f'vpc-{at}' for at in range(20, 500))}"),
    ],
)
def test_prints_the_first_of_many_changes(number: int, shown: int, last: str | None) -> None:
    lines = lines_of("batches", actions(*(Action("create", f"vpc-{at}") for at in range(number))))
    assert (len(lines), lines[-1] if lines else None) == (shown, last)


@pytest.mark.parametrize(
    ("result", "lines"),
    [
        ({"deliverable": True, "summary": "It can."}, []),
        ({"deliverable": None, "summary": ""}, []),
        ({"deliverable": "unknown", "summary": "Nobody knows."}, ["Nobody knows."]),
        ({"deliverable": False, "summary": "It cannot."}, ["It cannot."]),
        # The failure covers it.
        ({"deliverable": False, "summary": "It cannot.", "failed": True}, []),
    ],
)
def test_prints_why_delivery_may_be_blocked(result: dict[str, Any], lines: list[str]) -> None:
    assert lines_of("destinations", result) == lines


@pytest.mark.parametrize(
    ("permitted", "lines"),
    [(True, []), (False, ["It is missing s3:X."]), ("unknown", ["It is missing s3:X."]), (None, [])],
)
def test_prints_missing_permissions(permitted: Any, lines: list[str]) -> None:
    assert lines_of("preflights", {"permitted": permitted, "summary": "It is missing s3:X."}) == lines


def test_prints_each_changed_principal() -> None:
    results = [
        {"item": ROLE, "changed": True},
        {"item": {**ROLE, "name": "reader"}, "changed": False},
        {"item": {**ROLE, "name": "late"}, "changed": False, "note": "There is no role late yet."},
    ]
    assert lines_of("permissions", {"results": results}) == ["put_policy role publisher", "There is no role late yet."]
    assert lines_of("permissions", DENIED) == []


# -- a whole stage ------------------------------------------------------------------------------------------------


def run(is_report: bool = False, **results: Any) -> Run:
    """A run over two batches of two buckets, with preflights for the first batch and bucket."""
    variables = {"preflight": True, "permission_principals": [ROLE]}
    work = work_of(host("vpc-1", **variables), host("subnet-1", destination="second"), only_reads=is_report)
    made = Run(work, is_report)
    made.results.update(results)
    return made


def test_prints_changes_with_name_and_diff() -> None:
    diff = {"before": {"vpc-1": None}, "after": {"vpc-1": "ALL"}}
    progress = progress_of("batches", run(batches={BATCH: {**actions(Action("create", "vpc-1")), "diff": diff}}))
    assert progress == Progress(
        lines=[f"{BATCH}: create vpc-1"],
        diff=[{"before_header": BATCH, "after_header": BATCH, **diff}],
        changed=True,
        failures=0,
    )


def test_a_change_without_a_difference_is_a_change() -> None:
    progress = progress_of("permissions", run(permissions={f"{SHOP}/iam": {"changed": True, "results": []}}))
    assert (progress.changed, progress.diff, progress.failures) == (True, [], 0)


def test_prints_nothing_for_unchanged_work() -> None:
    same = {"changed": False, "actions": [], "diff": {"before": {}, "after": {}}}
    assert progress_of("batches", run(batches={BATCH: same})) == Progress()


def test_prints_a_failure_after_its_changes() -> None:
    """The reason follows once, at the end of the run."""
    result = {**actions(Action("create", "vpc-1")), "failed": True, "msg": "Throttled"}
    progress = progress_of("batches", run(batches={BATCH: result}))
    assert progress.lines == [f"{BATCH}: create vpc-1", f"{BATCH}: failed"]
    assert (progress.changed, progress.failures) == (True, 1)
    assert progress_of("batches", run(batches={BATCH: DENIED})).changed is False


def test_prints_why_work_failed_in_a_report() -> None:
    """A report does not fail, so nothing else prints the reason. It names variables, not options."""
    failed = {**DENIED, "msg": "It differs. Set replace to create_first to replace it."}
    shown = progress_of("batches", run(is_report=True, batches={BATCH: failed}))
    assert shown.lines == [f"{BATCH}: failed: It differs. Set flow_log_replace to create_first to replace it."]


def test_prints_the_summary_of_a_preflight_that_stops_no_work() -> None:
    """The summary of a run lists the reasons of the others."""
    name = f"{CENTRAL}/preflight"
    stops = {**missing("bucket_policy", resource=ARN), "permitted": False}
    assert progress_of("preflights", run(preflights={name: stops})).lines == [
        f"{name}: a required permission is missing"
    ]
    unknown = {"permissions": [], "permitted": "unknown", "summary": "Nobody knows."}
    assert progress_of("preflights", run(preflights={name: unknown})).lines == [f"{name}: Nobody knows."]


def missing(kind: str, **where: Any) -> dict[str, Any]:
    """Result of a preflight with a missing permission."""
    row = {"action": "x:Y", "decision": "not_allowed", "region": "eu-west-1", "resource": "*", "reason": "", **where}
    return {"permissions": [{**row, "operations": [kind]}], "summary": "It is missing.", "missing_policy": None}


def test_prints_that_work_did_not_run() -> None:
    blocked = progress_of("batches", run(destinations={CENTRAL: DENIED}))
    assert blocked.lines == [f"{BATCH}: not run"]
    preflights = {f"{CENTRAL}/preflight": missing("bucket_policy", resource=ARN)}
    stopped = progress_of("destinations", run(preflights=preflights))
    assert stopped.lines == [f"{CENTRAL}: not run"]
    with_it = progress_of("batches", run(preflights=preflights, destinations={CENTRAL: DENIED}))
    assert with_it.lines == [f"{BATCH}: not run"]
    assert (blocked.failures, stopped.failures, with_it.failures) == (0, 0, 0)


@pytest.mark.parametrize("kind", get_args(PrintedKind))
def test_prints_nothing_for_other_stages(kind: str) -> None:
    assert progress_of(kind, run()) == Progress()


def test_adds_up_two_kinds_of_work() -> None:
    progress = Progress(["a"], [{"before": 1}], False, 1)
    progress.add(Progress(["b"], [{"before": 2}], True, 2))
    assert progress == Progress(["a", "b"], [{"before": 1}, {"before": 2}], True, 3)
    progress.add(Progress())
    assert progress.changed and progress.failures == 3
