# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans a run from hosts, options and tags, without hosts of another account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import overview
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.planning import PlanRequest, RunRefused, plan
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.task import Task
from tests.unit.plugins.plugin_utils._stages.playing import BANK, SHOP, Played, host, play, reached

GAP = {
    "account_id": BANK,
    "account": "bank",
    "region": None,
    "reading": "DescribeVpcs",
    "code": "UnauthorizedOperation",
    "message": "No.",
}
MISSPELT = replace(host("vpc-1"), misspelt={"flow_log_trafic_type": "flow_log_traffic_type"})
NOTE = "flow_log_trafic_type of vpc-1 has no effect. Did you mean flow_log_traffic_type?"


def planned(*hosts: HostVariables, wrong: Mapping[str, str] | None = None, **request: Any) -> Played[Any]:
    """The finished stage.

    :param wrong: the account that credentials belong to, by the account that they should belong to.
    """

    def answer(task: Task) -> Mapping[str, Any]:
        found = (wrong or {}).get(task.group)
        return {"caller_account_id": found, "msg": "wrong", "failed": True} if found else {"flow_logs": []}

    return play(plan(hosts, PlanRequest(**request), reached), answer)


def work(*hosts: HostVariables, **request: Any) -> dict[str, Any]:
    """The publication."""
    return planned(*hosts, **request).result[0]


def hosts_of(publication: Mapping[str, Any]) -> list[str]:
    """The hosts that the run works on."""
    return [target["host"] for target in publication["targets"]]


def test_plans_all_hosts_and_stages() -> None:
    publication, answers = planned(host("vpc-1"), host("vpc-2", account_id=BANK)).result
    assert hosts_of(publication) == ["vpc-1", "vpc-2"]
    assert publication["stages"] == ["permissions", "destinations", "flow_logs"]
    assert (publication["unmet"], publication["preflights"], publication["keys"]) == ([], [], [])
    assert answers == {f"{account}/identity": {"flow_logs": []} for account in (SHOP, BANK)}


def test_leaves_out_targets_of_another_account() -> None:
    played = planned(host("vpc-1"), host("vpc-2", account_id=BANK, destination="bank"), wrong={BANK: "123456789012"})
    publication, answers = played.result
    assert hosts_of(publication) == ["vpc-1"]
    (invalid,) = publication["invalid"]
    assert invalid["host"] == "vpc-2" and "123456789012" in invalid["message"] and BANK in invalid["message"]
    assert BANK not in str([publication[kind] for kind in ("batches", "destinations", "preflights", "permissions")])
    # Each connection was checked once, not again for the second plan.
    assert len(played.tasks) == 2 and len(answers) == 2


def test_leaves_out_targets_whose_account_is_unknown() -> None:
    publication = play(plan([host("vpc-1")], PlanRequest(), reached), lambda _task: {"failed": True, "msg": "No keys."})
    (invalid,) = publication.result[0]["invalid"]
    assert "No keys." in invalid["message"] and hosts_of(publication.result[0]) == []


def test_lists_unselected_hosts() -> None:
    played = planned(host("vpc-1"), host("vpc-2"), host("vpc-3", account_id=BANK), selected=["vpc-2"])
    assert hosts_of(played.result[0]) == ["vpc-2"]
    assert [item["host"] for item in played.result[0]["unselected"]] == ["vpc-1", "vpc-3"]
    assert [task.group for task in played.tasks] == [SHOP]


# -- options of the run -------------------------------------------------------------------------------------------


def test_misspelt_variable_is_a_warning() -> None:
    publication = work(MISSPELT)
    assert publication["notes"] == [NOTE] and NOTE in overview(publication)
    assert hosts_of(publication) == ["vpc-1"]


def test_strict_refuses_a_misspelt_variable() -> None:
    stage = plan([MISSPELT], PlanRequest(strict=True), reached)
    with pytest.raises(RunRefused) as refused:
        next(stage)
    assert str(refused.value) == f"{NOTE} Nothing was done, because flow_log_strict is true."
    assert hosts_of(work(host("vpc-1"), strict=True)) == ["vpc-1"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"run_tags": ["report"]}, "--tags: 'report'"),
        ({"allow_empty": "maybe"}, "flow_log_allow_empty: 'maybe'"),
        ({"strict": "mayb"}, "flow_log_strict: 'mayb'"),
        ({"with_report": "ture"}, "flow_log_with_report: 'ture'"),
        ({"fail_on_gaps": 7}, "flow_log_fail_on_gaps: 7"),
        ({"gaps": "none"}, "flow_log_inventory_gaps: 'none'"),
    ],
)
def test_refuses_invalid_run_variables_before_any_call(request_: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        next(plan([host("vpc-1")], PlanRequest(**request_), reached))
    assert str(refused.value).startswith(f"{message} is not accepted. Allowed: ")


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({}, "There is no target: the inventory has no hosts."),
        ({"pattern": "netwrok"}, "There is no target: flow_log_hosts 'netwrok' matches no host of the inventory."),
        ({"allow_empty": "yes"}, ""),
        # A report shows that it found nothing.
        ({"only_reads": True}, ""),
    ],
)
def test_run_without_targets_fails(request_: dict[str, Any], reason: str) -> None:
    unmet = " ".join(work(**request_)["unmet"])
    assert unmet.startswith(reason) and bool(unmet) == bool(reason)


@pytest.mark.parametrize(
    ("request_", "fails"),
    [
        ({}, True),
        ({"fail_on_gaps": False}, False),
        ({"fail_on_gaps": "true"}, True),
        # A report lists gaps as findings.
        ({"only_reads": True}, False),
        ({"only_reads": True, "fail_on_gaps": True}, True),
    ],
)
def test_inventory_gaps_fail_the_run(request_: dict[str, Any], fails: bool) -> None:
    publication = work(host("vpc-1"), gaps=[GAP], **request_)
    assert bool(publication["unmet"]) is fails
    assert [gap["account_id"] for gap in publication["gaps"]] == [BANK]


# -- stages and preflights ----------------------------------------------------------------------------------------


def test_plans_only_the_stages_of_the_tags() -> None:
    publication = work(host("vpc-1"), run_tags=["flow_logs", "destinations"], skip_tags=["destinations"])
    assert publication["stages"] == ["flow_logs"]
    assert (len(publication["batches"]), publication["destinations"]) == (1, [])
    assert [one["name"] for one in publication["left_out"]["destinations"]] == ["s3/central"]
    imported = work(host("vpc-1"), run_tags=["mine"], inherited_tags=["always", "mine"])
    assert imported["stages"] == ["permissions", "destinations", "flow_logs"]


def test_targets_of_other_stages_count_as_targets() -> None:
    assert work(host("vpc-1"), run_tags=["destinations"])["unmet"] == []


@pytest.mark.parametrize(
    ("only_reads", "operations"),
    [
        (False, [["read", "create"], ["bucket_policy", "check_destination"]]),
        (True, [["read"], ["read_bucket_policy", "check_destination"]]),
    ],
)
def test_report_checks_only_permissions_to_read(only_reads: bool, operations: list[list[str]]) -> None:
    publication = work(host("vpc-1", preflight=True, replace="never"), only_reads=only_reads)
    assert [one["operations"] for one in publication["preflights"]] == operations
    assert {one["only_reads"] for one in publication["preflights"]} == {only_reads}
