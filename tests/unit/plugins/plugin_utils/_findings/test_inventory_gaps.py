# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gaps of the inventory are in the report, and never in sync."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from tests.report_samples import report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import overview
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._discovery.accounts import Gap
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

ACCOUNT = "111122223333"
DISABLED = Gap(ACCOUNT, "shop", "eu-central-2", "DescribeRegions", "RegionDisabled", "Not enabled.")


def gap(code: str, reading: str = "", region: str | None = None, account_id: str = ACCOUNT) -> dict[str, Any]:
    """Return a gap of the account shop as the inventory variable holds it."""
    return Gap(account_id, "shop", region, reading, code, "As AWS said.").to_dict()


def rows(*gaps: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the findings of the report on an inventory with these gaps and no host."""
    return report(find(plan_publication([], gaps=gaps).to_dict(), {}))["findings"]


def test_a_region_that_could_not_be_read_is_a_finding() -> None:
    (row,) = rows(DISABLED.to_dict())
    assert (row["finding"], row["severity"]) == ("unknown", "medium")
    assert (row["target"], row["target_type"]) == (f"{ACCOUNT}/eu-central-2", "Region")
    assert (row["account_id"], row["region"], row["host"]) == (ACCOUNT, "eu-central-2", None)
    assert row["evidence"] == DISABLED.sentence


def test_an_unread_account_is_a_finding_with_its_id_or_name() -> None:
    (known,) = rows(gap("AccessDenied", "AssumeRole"))
    assert (known["target"], known["target_type"], known["region"]) == (ACCOUNT, "Account", None)
    (unknown,) = rows(gap("NoConnection", account_id=""))
    assert (unknown["target"], unknown["account_id"]) == ("shop", None)


@pytest.mark.parametrize(
    ("code", "reading", "remedy"),
    [
        ("RegionDisabled", "DescribeRegions", "Enable eu-central-2"),
        ("RegionUnknown", "DescribeRegions", "Correct eu-central-2"),
        ("AccountNotActive", "", "organization.accounts"),
        ("WrongAccount", "GetCallerIdentity", "Correct account_id, profile or assume_role_arn of shop"),
        ("NoConnection", "", "Correct the profile of shop"),
        ("AccessDenied", "AssumeRole", "allow that principal sts:AssumeRole"),
        ("AccessDenied", "GetCallerIdentity", "trust policy of the role for shop"),
        ("UnauthorizedOperation", "DescribeVpcs", "Allow ec2:DescribeVpcs in shop"),
        ("AccessDenied", "DescribeVpcs", "Allow ec2:DescribeVpcs in shop"),
        ("InternalError", "DescribeVpcs", "Fix the problem in the message"),
    ],
)
def test_the_remedy_of_a_gap(code: str, reading: str, remedy: str) -> None:
    (row,) = rows(gap(code, reading, "eu-central-2"))
    assert remedy in row["remedy"]
    assert "{" not in row["remedy"]


def test_gaps_alone_are_unknown() -> None:
    work = plan_publication([], gaps=[DISABLED.to_dict()]).to_dict()
    assert report(find(work, {}))["verdict"] == "unknown"


def test_a_gap_in_two_inventory_files_is_one_finding() -> None:
    assert len(rows(DISABLED.to_dict(), DISABLED.to_dict(), gap("NoConnection"))) == 2


def test_a_run_with_a_limit_reports_gaps() -> None:
    hosts = [HostVariables("vpc-1", {"flow_log_account_id": ACCOUNT, "flow_log_region": "eu-west-1"})]
    work = plan_publication(hosts, selected=[], gaps=[DISABLED.to_dict()]).to_dict()
    assert [row.finding for row in find(work, {})] == ["unknown", "not_evaluated"]


def test_publishing_counts_gaps_and_does_not_fail() -> None:
    work = plan_publication(
        [], gaps=[gap("RegionDisabled", region=f"region-{number}") for number in range(7)]
    ).to_dict()
    summary = summarise(work, {})
    assert summary["headline"] == "flow logs: targets=0 batches=0 destinations=0 gaps=7 failed=0"
    assert summary["failures"] == []
    lines = overview(work)
    assert len(lines) == 7
    assert lines[1].startswith("Not read: shop in region-0 (111122223333).")
    assert lines[-1] == "Not read: 2 more, see the variable flow_log_inventory_gaps."


def test_a_run_without_gaps_prints_none() -> None:
    work = plan_publication([]).to_dict()
    assert "gaps" not in summarise(work, {})["headline"]
    assert overview(work) == ["There is no target, so there is nothing to do."]


@pytest.mark.parametrize("value", ["none", [{"account": "shop"}], [{**DISABLED.to_dict(), "code": 3}], {"a": 1}, ["a"]])
def test_an_invalid_variable_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="flow_log_inventory_gaps"):
        plan_publication([], gaps=value)
