# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the inventory could not read is in the report, and never in sync."""

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
    """A gap of the account shop as the inventory's variable holds it."""
    return Gap(account_id, "shop", region, reading, code, "As AWS said.").to_dict()


def rows(*gaps: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the report on an inventory with these gaps and no host."""
    return report(find(plan_publication([], gaps=gaps).to_dict(), {}))["findings"]


def test_a_region_that_could_not_be_read_is_a_finding() -> None:
    (row,) = rows(DISABLED.to_dict())
    assert (row["finding"], row["severity"]) == ("unknown", "medium")
    assert (row["target"], row["target_type"]) == (f"{ACCOUNT}/eu-central-2", "Region")
    assert (row["account_id"], row["region"], row["host"]) == (ACCOUNT, "eu-central-2", None)
    assert row["evidence"] == DISABLED.sentence


def test_an_account_that_could_not_be_entered_is_a_finding_by_its_id_or_else_its_name() -> None:
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
        ("InternalError", "DescribeVpcs", "Fix what the message says"),
    ],
)
def test_the_remedy_says_what_to_do(code: str, reading: str, remedy: str) -> None:
    (row,) = rows(gap(code, reading, "eu-central-2"))
    assert remedy in row["remedy"]
    assert "{" not in row["remedy"]


def test_gaps_alone_are_neither_in_sync_nor_nothing() -> None:
    work = plan_publication([], gaps=[DISABLED.to_dict()]).to_dict()
    assert report(find(work, {}))["verdict"] == "unknown"


def test_a_gap_that_two_inventory_files_have_is_told_once() -> None:
    assert len(rows(DISABLED.to_dict(), DISABLED.to_dict(), gap("NoConnection"))) == 2


def test_a_limited_run_still_tells() -> None:
    hosts = [HostVariables("vpc-1", {"flow_log_account_id": ACCOUNT, "flow_log_region": "eu-west-1"})]
    work = plan_publication(hosts, selected=[], gaps=[DISABLED.to_dict()]).to_dict()
    assert [row.finding for row in find(work, {})] == ["unknown", "not_evaluated"]


def test_publishing_tells_how_many_gaps_there_are_and_does_not_fail_for_them() -> None:
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


def test_without_gaps_nothing_is_said() -> None:
    work = plan_publication([]).to_dict()
    assert "gaps" not in summarise(work, {})["headline"]
    assert overview(work) == ["There is no target, so there is nothing to do."]


@pytest.mark.parametrize("value", ["none", [{"account": "shop"}], [{**DISABLED.to_dict(), "code": 3}], {"a": 1}, ["a"]])
def test_something_else_in_the_variable_is_refused_and_not_lost(value: Any) -> None:
    with pytest.raises(InputError, match="flow_log_inventory_gaps"):
        plan_publication([], gaps=value)
