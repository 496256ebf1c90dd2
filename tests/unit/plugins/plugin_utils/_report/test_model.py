# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report document: stable ids, severities, verdict, changes since the previous report, and history."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import parse_baseline
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import SEVERITIES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import SEVERITY_ORDER
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.fingerprint import fingerprint
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.changes import parse_previous
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.history import history_entry
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.history import history_text
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.history import parse_history
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import ReportContext
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import failing
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import build_report
from tests.unit.plugins.plugin_utils._report.report_rows import BANK
from tests.unit.plugins.plugin_utils._report.report_rows import SHOP
from tests.unit.plugins.plugin_utils._report.report_rows import drifted
from tests.unit.plugins.plugin_utils._report.report_rows import row

TODAY = "2026-06-01"


def baseline(*findings: str, target: str = "vpc-1") -> ReportContext:
    """Return a context with a baseline that accepts these findings of one target."""
    usual = {"target": target, "reason": "r", "owner": "o", "expires": TODAY}
    return ReportContext(
        baseline=parse_baseline({"accepted": [{"finding": name, **usual} for name in findings]}), today=TODAY
    )


# -- ids ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"evidence": "Other words."},
        {"remedy": "x"},
        {"groups": ("new",)},
        {"host": "h"},
        {"flow_log_id": "fl-2"},
        {"changes": ({"field": "name", "current": "b", "desired": "c"},)},
    ],
)
def test_an_id_does_not_depend_on_texts_and_values(more: dict[str, Any]) -> None:
    usual = {"changes": ({"field": "name", "current": "a", "desired": "c"},)}
    assert fingerprint(row("drifted", **usual)) == fingerprint(row("drifted", **{**usual, **more}))


@pytest.mark.parametrize(
    "other",
    [
        row("missing"),
        row("drifted", "vpc-2"),
        row("drifted", account_id=BANK),
        row("drifted", region="us-east-1"),
        row("drifted", destination="arn:aws:s3:::other/"),
        drifted(name="a"),
    ],
)
def test_an_id_depends_on_the_subject_of_a_finding(other: dict[str, Any]) -> None:
    assert fingerprint(row("drifted")) != fingerprint(other)
    assert len(fingerprint(other)) == 16


@pytest.mark.parametrize("finding", ["extra", "duplicate"])
def test_further_flow_logs_have_different_ids(finding: str) -> None:
    assert fingerprint(row(finding, flow_log_id="fl-1")) != fingerprint(row(finding, flow_log_id="fl-2"))


@given(st.lists(st.tuples(st.sampled_from(FINDINGS), st.sampled_from("ab")), max_size=9))
def test_ids_are_unique(drawn: list[tuple[str, str]]) -> None:
    ids = [found["id"] for found in build_report(row(*one) for one in drawn)["findings"]]
    assert len(set(ids)) == len(ids)


def test_an_accepted_finding_keeps_its_id() -> None:
    (plain,) = build_report([drifted()])["findings"]
    (ignored,) = build_report([drifted()], None, baseline("drifted"))["findings"]
    assert (ignored["finding"], ignored["id"]) == ("ignored", plain["id"])


# -- severities and verdict ---------------------------------------------------------------------------------------


def test_severities_are_those_of_the_table_or_the_settings() -> None:
    current = build_report([row(name, f"vpc-{name}") for name in FINDINGS])
    assert {found["finding"]: found["severity"] for found in current["findings"]} == SEVERITIES
    assert current["severities"] == {"high": 4, "medium": 3, "low": 3, "info": 1, "ok": 1}
    changed = build_report(current["findings"], None, ReportContext(severities={"drifted": "high", "extra": "info"}))
    assert changed["severities"] == {"high": 5, "medium": 2, "low": 2, "info": 2, "ok": 1}
    assert failing(changed, ["high"]) == {"high": 5}


@pytest.mark.parametrize(
    ("given", "message"),
    [({"drift": "high"}, "'drift'"), ({"drifted": "critical"}, "drifted: 'critical'.*high, medium")],
)
def test_an_invalid_severity_is_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=f"drift_report_severities.*{message}"):
        build_report([], None, ReportContext(severities=given))


def test_the_worst_severity_comes_first() -> None:
    current = build_report(
        [row(name, f"vpc-{name}") for name in FINDINGS], None, ReportContext(severities={"extra": "high"})
    )
    order = [SEVERITY_ORDER.index(found["severity"]) for found in current["findings"]]
    assert order == sorted(order)
    usual = [found["finding"] for found in build_report(row(name) for name in FINDINGS)["findings"]]
    assert usual.index("unknown") < usual.index("extra")
    assert [found["finding"] for found in current["findings"]].index("extra") < usual.index("unknown")


@pytest.mark.parametrize(
    ("rows", "context", "expected"),
    [
        ([], ReportContext(), "nothing_checked"),
        ([row("ignored")], ReportContext(), "nothing_checked"),
        ([row("extra")], ReportContext(), "nothing_checked"),
        ([row("in_sync"), row("extra")], ReportContext(), "in_sync"),
        ([row("in_sync"), row("extra", planned_action="delete")], ReportContext(), "drift"),
        ([row("in_sync"), row("unknown")], ReportContext(), "unknown"),
        ([row("in_sync"), row("unknown"), row("missing")], ReportContext(), "drift"),
        ([drifted()], baseline("drifted"), "in_sync"),
        ([row("missing")], baseline("missing"), "in_sync"),
        ([row("extra", planned_action="delete")], baseline("extra"), "in_sync"),
        ([drifted(), row("missing", "vpc-2")], baseline("drifted", "missing"), "drift"),
        # Accepting an unknown finding does not make it known.
        ([row("in_sync"), row("unknown")], baseline("unknown"), "unknown"),
        ([row("not_evaluated")], baseline("not_evaluated"), "unknown"),
    ],
)
def test_verdict(rows: list[dict[str, Any]], context: ReportContext, expected: str) -> None:
    assert build_report(rows, None, context)["verdict"] == expected


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [([], {}), (["medium"], {"nothing_checked": 1}), (["nothing_checked"], {"nothing_checked": 1})],
)
def test_a_report_that_checked_nothing_fails_with_any_fail_on(fail_on: list[str], expected: dict[str, int]) -> None:
    assert failing(build_report([]), fail_on) == expected
    assert failing(build_report([row("in_sync")]), fail_on) == {}


# -- changes since the previous report ----------------------------------------------------------------------------


NAMELESS = row("unknown", "shop profile", target_type="Account", account_id=None, region=None)
NAMELESS_REGION = row("unknown", "shop profile/eu-west-1", target_type="Region", account_id=None)
A_BUCKET = row("policy_drift", "arn:aws:s3:::central", target_type="Bucket", account_id=None)


def compared(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> tuple[list[str], list[str], list[str]]:
    """Return the classes of the findings that are new, gone and still there."""
    current = build_report(now, None, ReportContext(previous=build_report(before, "2026-05-31")))
    classes = {found["id"]: found["finding"] for found in current["findings"]}
    changes = current["changes"]
    assert changes["since"] == "2026-05-31"
    gone = [found["finding"] for found in changes["gone"]]
    return [classes[name] for name in changes["new"]], gone, [classes[name] for name in changes["still"]]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([], [row("in_sync")], ([], [], [])),
        ([row("in_sync")], [row("missing")], (["missing"], [], [])),
        ([row("missing")], [row("in_sync")], ([], ["missing"], [])),
        ([row("missing")], [row("missing", evidence="other")], ([], [], ["missing"])),
        ([row("missing")], [], ([], ["missing"], [])),
        # A finding about an unknown target is not gone.
        ([row("missing")], [row("unknown")], (["unknown"], [], [])),
        ([row("missing")], [row("unknown", SHOP, target_type="Account")], (["unknown"], [], [])),
        ([row("missing")], [row("unknown", "x/eu-west-1", target_type="Region")], (["unknown"], [], [])),
        (
            [row("missing")],
            [row("unknown", "x/us-east-1", target_type="Region", region="us-east-1")],
            (["unknown"], ["missing"], []),
        ),
        ([row("unknown")], [row("not_evaluated")], (["not_evaluated"], ["unknown"], [])),
        # A gap without an account id may be any account without a known target.
        ([row("missing")], [NAMELESS, row("in_sync", "vpc-2")], (["unknown"], ["missing"], [])),
        ([row("missing")], [NAMELESS, row("in_sync", "vpc-2", account_id=BANK)], (["unknown"], [], [])),
        ([row("missing")], [NAMELESS], (["unknown"], [], [])),
        ([A_BUCKET], [NAMELESS, row("in_sync", "arn:b", target_type="Bucket")], (["unknown"], ["policy_drift"], [])),
        ([row("missing")], [NAMELESS_REGION, row("in_sync", "vpc-2")], (["unknown"], ["missing"], [])),
        (
            [row("missing")],
            [NAMELESS_REGION, row("in_sync", "vpc-2", region="us-east-1")],
            (["unknown"], [], []),
        ),
        # A host without a valid account or Region is still the same target.
        ([row("missing")], [row("not_evaluated", account_id=None, region=None)], (["not_evaluated"], [], [])),
        (
            [row("missing")],
            [row("not_evaluated", account_id=BANK, region=None)],
            (["not_evaluated"], ["missing"], []),
        ),
    ],
)
def test_changes(before: list[dict[str, Any]], now: list[dict[str, Any]], expected: tuple) -> None:
    assert compared(before, now) == expected


def test_without_a_previous_report_there_are_no_changes() -> None:
    assert build_report([row("missing")])["changes"] is None
    assert parse_previous("", "drift_report_previous") is None


def test_a_report_of_version_1_0_can_be_compared() -> None:
    old = {"version": "1.0", "findings": [{**row("missing"), "severity": "high"}]}
    changes = build_report([row("missing")], None, ReportContext(previous=parse_previous(json.dumps(old), "x")))[
        "changes"
    ]
    assert (changes["since"], changes["new"], changes["gone"], len(changes["still"])) == (None, [], [], 1)


@pytest.mark.parametrize(
    "text",
    [
        *("{", "[]", '"1.0"', "{}", "1", "null", '{"version": "3.0", "findings": []}'),
        # An incomplete report.
        *('{"version": "2.0"}', '{"version": "2.0", "findings": null}', '{"version": "2.0", "findings": {"a": 1}}'),
        *('{"version": "1.1", "findings": [1]}', '{"version": "2.0", "findings": [{"finding": "missing"}]}'),
    ],
)
def test_an_invalid_previous_report_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="drift_report_previous.*drift report of version 1 or 2"):
        parse_previous(text, "drift_report_previous")


# -- history ------------------------------------------------------------------------------------------------------


def test_each_run_is_a_line_and_the_oldest_are_dropped() -> None:
    text = ""
    for day in (1, 2, 3):
        current = build_report(
            [row("in_sync"), row("missing", "vpc-2")], None, ReportContext(history=parse_history(text, "history")[0])
        )
        assert len(current["history"]) == min(day - 1, 2)
        text = history_text(current, f"2026-01-0{day}", 2, text)
    read, problems = parse_history(text, "history")
    assert problems == []
    assert [entry["generated_at"] for entry in read] == ["2026-01-02", "2026-01-03"]
    assert read[1] == history_entry(current, "2026-01-03")
    assert (read[1]["logged_percent"], read[1]["deliverable_percent"]) == (50.0, 0.0)
    assert (read[1]["counts"]["missing"], read[1]["severities"]["high"]) == (1, 1)


def test_a_history_line_of_version_1_is_read() -> None:
    run = {"generated_at": "2026-01-01", "verdict": "drift", "counts": {}, "severities": {}}
    (entry,), _problems = parse_history(json.dumps({**run, "percent": 75.0}), "history")
    assert entry == {**run, "logged_percent": 75.0, "deliverable_percent": None}


@pytest.mark.parametrize("line", ["no json", "[]", "{}"])
def test_invalid_history_lines_are_kept_and_other_files_are_not_changed(line: str) -> None:
    current = build_report([row("in_sync")])
    good = history_text(current, "2026-01-01", 9, "")
    entries, (problem,) = parse_history(good + line, "drift_report_history")
    assert [entry["generated_at"] for entry in entries] == ["2026-01-01"]
    assert problem.startswith("drift_report_history line 2")
    kept = history_text(current, "2026-01-02", 9, f"{good}\n{line}")
    assert kept == f"{good}{line}\n" + history_text(current, "2026-01-02", 1, "")
    assert history_text(current, "2026-01-02", 2, f"{good}{line}").splitlines()[0] == line
    other = f"{line}\nmore\n"
    assert history_text(current, "2026-01-02", 9, other) == other
