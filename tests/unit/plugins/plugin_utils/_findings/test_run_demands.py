# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run without a target, or with an incomplete inventory, fails unless a variable allows it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_demands import Demands
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_demands import read_switch
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_demands import unmet_demands
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

SHOP, BANK = "111122223333", "444455556666"
VPC = HostVariables(
    "vpc-1", {"flow_log_account_id": SHOP, "flow_log_region": "eu-west-1", "flow_log_destination": "central"}
)


def gap(account_id: str, region: str | None = None, code: str = "AuthFailure") -> dict[str, Any]:
    """Return a gap of the inventory."""
    about = {"account_id": account_id, "account": account_id or "a profile", "region": region}
    return {**about, "reading": "DescribeVpcs", "code": code, "message": "No."}


def unmet(found: list[HostVariables], gaps: Any = None, selected: Any = None, **demands: Any) -> list[str]:
    """Return why a run on these hosts fails."""
    return unmet_demands(plan_publication(found, selected, gaps=gaps).to_dict(), Demands(**demands))


@pytest.mark.parametrize(
    ("hosts", "demands", "reason"),
    [
        ([], {}, "the inventory has no hosts. Ansible only warns"),
        ([], {"hosts": "netwrok"}, "flow_log_hosts 'netwrok' matches no host"),
        ([], {"allow_empty": True}, ""),
        ([VPC], {}, ""),
        # An invalid host is a failure of its own.
        ([HostVariables("vpc-2", {})], {}, ""),
    ],
)
def test_a_run_without_a_target_fails(hosts: list[HostVariables], demands: dict[str, Any], reason: str) -> None:
    found = unmet(hosts, **demands)
    assert bool(found) == bool(reason)
    assert reason in "".join(found)
    assert not reason or "flow_log_allow_empty: true" in found[0]


def test_a_limit_that_leaves_no_target_fails() -> None:
    (found,) = unmet([VPC], selected=[])
    assert "--limit leaves out all hosts" in found


@pytest.mark.parametrize(
    ("gaps", "by_default", "on_any"),
    [
        ([], False, False),
        ([gap(SHOP, "us-east-1")], False, True),
        ([gap(BANK)], True, True),
        ([gap(BANK, "us-east-1")], True, True),
        # The account is unknown.
        ([gap("")], True, True),
        ([gap(SHOP, "us-east-1"), gap(BANK)], True, True),
        # A suspended or closed account has nothing to log.
        ([gap(BANK, code="AccountNotActive")], False, True),
        ([gap(BANK, code="AccountNotActive"), gap("")], True, True),
    ],
)
def test_gaps_fail_a_run(gaps: list[dict[str, Any]], by_default: bool, on_any: bool) -> None:
    assert bool(unmet([VPC], gaps)) == by_default
    assert bool(unmet([VPC], gaps, fail_on_gaps=True)) == on_any
    assert unmet([VPC], gaps, fail_on_gaps=False) == []
    for sentence in unmet([VPC], gaps, fail_on_gaps=True):
        assert all(f"{item['code']}: No." in sentence for item in gaps)
        assert "flow_log_fail_on_gaps: false" in sentence


def test_a_run_with_a_limit_ignores_gaps_of_other_accounts_by_default() -> None:
    other = HostVariables("vpc-2", {**VPC.variables, "flow_log_resource_id": "vpc-2"})
    assert unmet([VPC, other], [gap(BANK)], ["vpc-1"]) == []
    assert len(unmet([VPC, other], [gap(BANK)], ["vpc-1"], fail_on_gaps=True)) == 1


def test_an_account_whose_hosts_are_all_refused_was_read() -> None:
    refused = HostVariables("vpc-2", {"flow_log_account_id": BANK})
    assert unmet([VPC, refused], [gap(BANK, "us-east-1")]) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), ("", None), (True, True), (False, False), ("true", True), ("No", False), (1, True), ("0", False)],
)
def test_a_switch_is_read_as_ansible_reads_it(value: Any, expected: bool | None) -> None:
    assert read_switch(value, "flow_log_allow_empty") is expected


@pytest.mark.parametrize("value", ["maybe", 2, [], ["true"], {}])
def test_an_invalid_switch_is_refused_by_name(value: Any) -> None:
    with pytest.raises(InputError, match="flow_log_allow_empty.*true or false"):
        read_switch(value, "flow_log_allow_empty")


def test_an_unmet_demand_is_a_failure_without_a_host() -> None:
    work = {**plan_publication([]).to_dict(), "unmet": ["There is no target.", "Nor an account."]}
    summary = summarise(work, {})
    assert summary["failures"] == [{"host": None, "pattern": "", "message": "There is no target. Nor an account."}]
    assert summary["headline"].endswith(" failed=1")
    assert (summary["handed_on"]["verdict"], summary["handed_on"]["failed"]) == ("failed", 1)
