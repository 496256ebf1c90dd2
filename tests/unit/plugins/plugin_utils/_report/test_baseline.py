# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A baseline accepts the findings that it names until its last day, and never accepts a missing flow log by accident."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import ONLY_EXACT
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import apply_baseline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import day_of
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import parse_baseline
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html.page import to_html
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import build_report
from tests.unit.plugins.plugin_utils._report.report_rows import SHOP
from tests.unit.plugins.plugin_utils._report.report_rows import drifted
from tests.unit.plugins.plugin_utils._report.report_rows import row

TODAY = "2026-06-01"


def entry(**more: Any) -> dict[str, Any]:
    """Return an entry that accepts the drift of one VPC."""
    usual = {
        "finding": "drifted",
        "target": "vpc-1",
        "reason": "Migration.",
        "owner": "network",
        "expires": "2026-12-31",
    }
    return {name: value for name, value in {**usual, **more}.items() if value is not None}


def accepts(given: dict[str, Any], found: dict[str, Any]) -> bool:
    """Return whether an entry accepts a finding."""
    (applied,), _use = apply_baseline([found], parse_baseline({"accepted": [given]}), TODAY)
    return applied["finding"] == "ignored"


@pytest.mark.parametrize(
    ("given", "found", "expected"),
    [
        (entry(), drifted(), True),
        (entry(), drifted("vpc-2"), False),
        (entry(target="vpc-*"), drifted("vpc-2"), True),
        (entry(target=None, account_id=SHOP), drifted(), True),
        (entry(target=None, account_id="4*"), drifted(), False),
        (entry(target=None, region="eu-*"), drifted(), True),
        (entry(target=None, group="prod*"), row("drifted", groups=("shop", "prod-eu")), True),
        (entry(target=None, group="prod*"), row("drifted"), False),
        (entry(target="vpc-*", destination="*:central/"), drifted(), True),
        (entry(flow_log_id="fl-2"), drifted(), False),
        (entry(changes={"max_aggregation_interval": 600}), drifted(max_aggregation_interval=600), True),
        # The differences are not the accepted ones: another value, an additional field, a missing field.
        (entry(changes={"max_aggregation_interval": 600}), drifted(max_aggregation_interval=60), False),
        (entry(changes={"max_aggregation_interval": 600}), drifted(max_aggregation_interval="600"), False),
        (entry(changes={"max_aggregation_interval": 600}), drifted(max_aggregation_interval=600, name="x"), False),
        (entry(changes={"max_aggregation_interval": 600, "name": "x"}), drifted(name="x"), False),
    ],
)
def test_an_entry_accepts_what_it_names(given: dict[str, Any], found: dict[str, Any], expected: bool) -> None:
    assert accepts(given, found) is expected


@pytest.mark.parametrize("finding", [name for name in FINDINGS if name not in ("drifted", "ignored")])
def test_an_entry_for_drift_accepts_nothing_else_of_the_target(finding: str) -> None:
    assert not accepts(entry(), row(finding))
    assert not accepts(entry(target="*"), row(finding))


@pytest.mark.parametrize("finding", ONLY_EXACT)
def test_missing_and_unknown_are_accepted_only_by_exact_id(finding: str) -> None:
    assert accepts(entry(finding=finding), row(finding))
    for more in ({"target": "vpc-*"}, {"target": "vpc-?"}, {"target": "[v]pc-1"}, {"target": None, "account_id": SHOP}):
        with pytest.raises(InputError, match=r"accepted\[0\]\.target.*exact id of one target"):
            parse_baseline({"accepted": [entry(finding=finding, **more)]})


def test_an_accepted_finding_has_owner_reason_and_last_day() -> None:
    (applied,), use = apply_baseline([drifted()], parse_baseline({"accepted": [entry()]}), TODAY)
    assert applied["finding"] == "ignored"
    assert applied["ignored"] == {"reason": "Migration.", "owner": "network", "expires": "2026-12-31", "was": "drifted"}
    assert applied["planned_action"] == "replace"
    assert use == {"accepted": 1, "expired": [], "unused": []}


@pytest.mark.parametrize(("today", "accepted"), [("2026-12-31", 1), ("2027-01-01", 0)])
def test_an_entry_expires_after_its_last_day(today: str, accepted: int) -> None:
    (applied,), use = apply_baseline([drifted()], parse_baseline({"accepted": [entry()]}), today)
    assert use["accepted"] == accepted
    assert applied["finding"] == ("ignored" if accepted else "drifted")
    assert use["expired"] == ([] if accepted else [entry()])


def test_unused_entries_are_listed_with_their_fields() -> None:
    unused = entry(target="vpc-9", changes={"traffic_type": "ALL"})
    _rows, use = apply_baseline([drifted()], parse_baseline({"accepted": [entry(), unused]}), TODAY)
    assert use["unused"] == [unused]


def test_if_two_entries_match_the_first_is_shown_and_both_count_as_used() -> None:
    entries = parse_baseline({"accepted": [entry(), entry(target="vpc-*", owner="other")]})
    (applied,), use = apply_baseline([drifted()], entries, TODAY)
    assert (applied["ignored"]["owner"], use["unused"]) == ("network", [])


def test_a_baseline_may_have_yaml_dates_and_no_entries() -> None:
    (read,) = parse_baseline({"accepted": [entry(expires=datetime.date(2026, 12, 31))]})
    assert read.expires == "2026-12-31"
    assert parse_baseline({"accepted": None}) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "drift_report_baseline: None"),
        ([], "drift_report_baseline"),
        ({"acepted": []}, "the only key accepted"),
        ({"accepted": "all"}, "accepted: 'all'"),
        ({"accepted": [entry(), "vpc-1"]}, r"accepted\[1\]: 'vpc-1'"),
        ({"accepted": [entry(account="1")]}, r"accepted\[0\]: 'account'.*did you mean account_id"),
        ({"accepted": [entry(finding=None)]}, r"accepted\[0\]\.finding: None.*missing"),
        ({"accepted": [entry(finding="in_sync")]}, r"accepted\[0\]\.finding: 'in_sync'"),
        ({"accepted": [entry(target=None)]}, r"accepted\[0\]:.*at least one of target, account_id, region, group"),
        ({"accepted": [entry(target=None, account_id=111122223333)]}, r"account_id: 111122223333.*text; every entry"),
        ({"accepted": [entry(reason=None)]}, r"accepted\[0\]\.reason: None"),
        ({"accepted": [entry(owner=" ")]}, r"accepted\[0\]\.owner"),
        ({"accepted": [entry(expires=None)]}, r"accepted\[0\]\.expires: None.*2030-12-31"),
        ({"accepted": [entry(expires="2026-02-30")]}, r"accepted\[0\]\.expires: '2026-02-30'"),
        ({"accepted": [entry(changes=["x"])]}, r"accepted\[0\]\.changes"),
    ],
)
def test_an_invalid_baseline_is_refused_with_entry_and_field(data: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_baseline(data)


def test_a_time_starts_with_its_day() -> None:
    assert day_of("2030-01-31T06:00:00Z") == day_of("2030-01-31") == "2030-01-31"
    with pytest.raises(InputError, match="drift_report_time.*tomorrow.*a time such as"):
        day_of("tomorrow")


def test_an_up_to_date_baseline_is_one_sentence() -> None:
    page = to_html(build_report([]) | {"baseline": {"accepted": 2, "expired": [], "unused": []}})
    assert "2 findings are accepted." in page
    assert "Expired" not in page and "Unused" not in page
