# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run checks the account of each connection once, and leaves out hosts of another account."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work_units import Publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import overview
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

SHOP, BANK, TYPO = "111122223333", "444455556666", "111122223338"
FINE: dict[str, Any] = {"flow_logs": [], "changed": False}
NO_KEYS = {"msg": "Failed to read the caller's identity: Unable to locate credentials."}


def belongs_to(account: str) -> dict[str, Any]:
    """Result of the account check for credentials of another account."""
    return {"caller_account_id": account, "msg": f"The credentials belong to account {account}"}


def host(name: str, account: str = SHOP, groups: tuple[str, ...] = ("prod",), **variables: Any) -> HostVariables:
    """A target that delivers to a folder of its account."""
    common = {"account_id": account, "region": "eu-west-1", "destination": f"central/{account}/", **variables}
    return HostVariables(name, {f"flow_log_{key}": value for key, value in common.items()}, groups)


def publication(*hosts: HostVariables, answers: Any = None, **more: Any) -> dict[str, Any]:
    """The work of some hosts as plain data."""
    return {**plan_publication(hosts, results=answers, **more).to_dict(), "preflights": []}


def test_checks_each_account_and_connection_once() -> None:
    shop, other = {"profile": "shop"}, {"profile": "other"}
    hosts = [
        host("vpc-1", aws=shop),
        host("vpc-2", aws=dict(shop), region="us-east-1", destination="elsewhere"),
        host("vpc-3", aws=other),
        host("vpc-4", BANK, aws=shop),
        host("vpc-5", BANK),
    ]
    found = publication(*hosts)["identities"]
    assert [(work["name"], work["account_id"], work["credentials_of"]) for work in found] == [
        (f"{SHOP}/identity", SHOP, "vpc-1"),
        (f"{SHOP}/identity/2", SHOP, "vpc-3"),
        (f"{BANK}/identity", BANK, "vpc-4"),
        (f"{BANK}/identity/2", BANK, "vpc-5"),
    ]


@pytest.mark.parametrize(
    ("regions", "asked"),
    [
        (["af-south-1", "eu-west-1"], "eu-west-1"),
        (["eu-west-1", "us-east-1"], "eu-west-1"),
        (["af-south-1", "me-south-1"], "af-south-1"),
        (["cn-north-1"], "cn-north-1"),
    ],
)
def test_prefers_a_region_that_is_enabled_by_default(regions: list[str], asked: str) -> None:
    hosts = [host(f"vpc-{number}", region=region) for number, region in enumerate(regions)]
    (work,) = publication(*hosts)["identities"]
    assert work["region"] == asked


def test_right_accounts_keep_the_plan() -> None:
    hosts = [host("vpc-1"), host("vpc-2", BANK)]
    planned = publication(*hosts)
    assert publication(*hosts, answers={work["name"]: FINE for work in planned["identities"]}) == planned


@given(st.lists(st.tuples(st.sampled_from([SHOP, BANK, TYPO]), st.sampled_from("ab"), st.booleans()), min_size=1))
def test_leaves_out_hosts_of_another_account(shape: list[tuple[str, str, bool]]) -> None:
    hosts = [
        host(f"vpc-{number}", account, aws={"profile": profile}, permission_principals=[{"type": "role", "name": "p"}])
        for number, (account, profile, _reversed) in enumerate(shape)
    ]
    # Profile a belongs to the account SHOP, profile b to no account.
    identities = publication(*hosts)["identities"]
    owner = {host.name: host.variables["flow_log_aws"]["profile"] for host in hosts}
    answers = {}
    for work in identities:
        known = belongs_to(SHOP) if owner[work["credentials_of"]] == "a" else NO_KEYS
        answers[work["name"]] = FINE if work["account_id"] == SHOP and known != NO_KEYS else known
    planned = publication(*hosts, answers=answers)
    right = {host.name for host in hosts if host.variables["flow_log_account_id"] == SHOP and owner[host.name] == "a"}
    assert {target["host"] for target in planned["targets"]} == right
    for kind in ("batches", "destinations", "permissions"):
        assert bool(planned[kind]) == bool(right)
    assert not any(account in str([planned["batches"], planned["destinations"]]) for account in (BANK, TYPO))
    done = {batch["name"]: {"actions": [], "flow_logs": []} for batch in planned["batches"]}
    rows = [row for row in find(planned, {"batches": done}) if row.host]
    assert {row.host for row in rows if row.host not in right and row.finding == "unknown"} == set(owner) - right
    assert {row.finding for row in rows if row.host not in right} <= {"unknown"}


def test_bucket_variables_of_a_left_out_host_still_apply() -> None:
    wishes = {
        "bucket_policy": False,
        "bucket_aws": {"profile": "archive"},
        "bucket_region": "eu-central-1",
        "expected_bucket_owner": BANK,
        "organization_id": "o-a1b2c3d4e5",
        "key_aws": {"profile": "keys"},
        "require_deliverable": False,
    }
    hosts = [
        host("vpc-1", TYPO, destination="central/typo/", **wishes),
        host("vpc-2"),
        host("vpc-3", TYPO, destination="own"),
    ]
    before, _own = publication(*hosts)["destinations"]
    answers = {f"{SHOP}/identity": FINE, f"{TYPO}/identity": belongs_to(BANK)}
    (after,) = publication(*hosts, answers=answers)["destinations"]
    assert after["managed"] is False
    assert {grant["account_id"] for grant in after["grants"]} == {SHOP}
    assert {**after, "grants": before["grants"]} == before


def test_message_names_group_accounts_and_variables() -> None:
    hosts = [host(f"vpc-{number}", groups=("all_vpcs", f"net{number}"), aws={"profile": "x"}) for number in range(5)]
    said = problem(*hosts, answer=belongs_to(BANK))
    for part in (SHOP, BANK, "group all_vpcs", "flow_log_account_id", "flow_log_aws", "5 targets"):
        assert part in said
    assert "net1" not in said


@pytest.mark.parametrize(
    ("groups", "named"),
    [
        ([("a",), ("b",)], "groups a, b "),
        ([("a",), ("b",), ("c",), ("d",), ("e",)], "groups a, b, c and 2 more"),
        ([(), ()], "hosts vpc-0, vpc-1 "),
        ([()], "host vpc-0 "),
    ],
)
def test_message_names_groups_or_hosts(groups: list[tuple[str, ...]], named: str) -> None:
    hosts = [host(f"vpc-{number}", groups=names) for number, names in enumerate(groups)]
    assert named in problem(*hosts, answer=belongs_to(BANK))


def test_message_names_a_missing_connection() -> None:
    assert "flow_log_aws is not set" in problem(host("vpc-1"), answer=belongs_to(BANK))


def test_message_names_playbook_role_arn() -> None:
    role = f"arn:aws:iam::{SHOP}:role/flow-logs-read"
    said = problem(host("vpc-1", found_with=role), answer=belongs_to(BANK))
    assert role in said and "playbook_role_arn" in said
    assert "playbook_role_arn" not in problem(
        host("vpc-1", found_with=role, aws={"profile": "x"}), answer=belongs_to(BANK)
    )


@pytest.mark.parametrize(("answer", "why"), [(NO_KEYS, "Unable to locate credentials"), ({}, "did not run")])
def test_failed_check_leaves_hosts_out(answer: dict[str, Any], why: str) -> None:
    said = problem(host("vpc-1"), answer=answer)
    for part in (why, SHOP, "group prod", "flow_log_aws", "Nothing was granted or written"):
        assert part in said


def test_one_message_for_many_targets() -> None:
    planned = publication(*(host(f"vpc-{number}") for number in range(100)), answers={f"{SHOP}/identity": NO_KEYS})
    (failure,) = summarise(planned, {})["failures"]
    assert failure["host"] == "vpc-0" and "100 targets" in failure["message"]
    (line,) = [line for line in overview(planned) if "left out" in line]
    assert line.startswith("vpc-0 and 99 more: left out. The credentials")


def problem(*hosts: HostVariables, answer: dict[str, Any]) -> str:
    """Why the targets of one connection are left out."""
    planned = publication(*hosts, answers={f"{SHOP}/identity": answer})
    (message,) = {item["message"] for item in planned["invalid"]}
    assert {item["finding"] for item in planned["invalid"]} == {"unknown"}
    return str(message)


def test_no_targets_no_check() -> None:
    assert Publication(()).to_dict()["identities"] == []
    assert publication(HostVariables("vpc-1"))["identities"] == []


@pytest.mark.parametrize(
    ("variables", "variable", "account"),
    [
        ({"aws": {"assume_role_arn": f"arn:aws:iam::{BANK}:role/x"}}, "flow_log_aws", SHOP),
        (
            {"expected_bucket_owner": SHOP, "bucket_aws": {"assume_role_arn": f"arn:aws:iam::{BANK}:role/x"}},
            "flow_log_bucket_aws",
            SHOP,
        ),
    ],
)
def test_refuses_a_role_of_another_account(variables: dict[str, Any], variable: str, account: str) -> None:
    planned = publication(host("vpc-1", **variables), host("vpc-2"))
    (refused,) = planned["invalid"]
    assert refused["host"] == "vpc-1" and refused["finding"] == "unknown"
    assert refused["variable"] == f"{variable}.assume_role_arn"
    assert account in refused["message"] and BANK in refused["message"]
    assert [target["host"] for target in planned["targets"]] == ["vpc-2"]


@pytest.mark.parametrize(
    "variables",
    [
        {"aws": {"assume_role_arn": f"arn:aws:iam::{SHOP}:role/x"}},
        {"bucket_aws": {"assume_role_arn": f"arn:aws:iam::{BANK}:role/x"}},
        {"bucket_aws": {"assume_role_arn": f"arn:aws:iam::{BANK}:role/x"}, "expected_bucket_owner": BANK},
        # A bucket that is only read may be reached from another account, and an unneeded bucket is not touched.
        {
            "bucket_aws": {"assume_role_arn": f"arn:aws:iam::{BANK}:role/x"},
            "expected_bucket_owner": SHOP,
            "bucket_policy": False,
        },
        {
            "bucket_aws": {"assume_role_arn": f"arn:aws:iam::{BANK}:role/x"},
            "expected_bucket_owner": SHOP,
            "state": "absent",
        },
    ],
)
def test_accepts_a_role_of_the_account(variables: dict[str, Any]) -> None:
    assert publication(host("vpc-1", **variables))["invalid"] == []
