# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each work unit is one task with the connection of its host. Blocked work units have no task."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.single_calls import (
    deliveries,
    flow_logs,
    identities,
    preflights,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.task import Task
from tests.unit.plugins.plugin_utils._stages.playing import BANK, OWNER, SHOP, host, play, reached, work_of

BATCH, OTHER_BATCH = f"{SHOP}/eu-west-1/vpc/1-1", f"{BANK}/us-east-1/subnet/1-1"
KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DENIED = {"failed": True, "msg": "Access Denied"}


def hosts() -> list[Any]:
    """Targets of two accounts that deliver to two buckets."""
    other = {"account_id": BANK, "region": "us-east-1", "destination": "second", "aws": {"profile": "bank"}}
    return [host("vpc-1"), host("subnet-1", **other)]


def named(task: Task) -> dict[str, Any]:
    """A result with the name of its task."""
    return {"of": task.name}


# -- accounts -----------------------------------------------------------------------------------------------------


def test_checks_the_account_of_each_connection_once() -> None:
    played = play(identities(work_of(*hosts(), host("vpc-2")), reached), named)
    ((first, second),) = played.steps
    assert [task.module for task in (first, second)] == ["s3_flow_log_info"] * 2
    assert first.given() == {"region": "eu-west-1", "flow_log_ids": [], "expected_account_id": SHOP}
    assert second.given() == {"region": "us-east-1", "flow_log_ids": [], "expected_account_id": BANK}
    assert (first.connection, second.connection) == (
        reached("vpc-1", "flow_log_aws"),
        reached("subnet-1", "flow_log_aws"),
    )
    assert (first.group, second.group) == (SHOP, BANK)
    assert played.result == {name: {"of": name} for name in (f"{SHOP}/identity", f"{BANK}/identity")}


@pytest.mark.parametrize("stage", [identities, preflights])
def test_no_targets_no_tasks(stage: Any) -> None:
    played = play(stage(work_of(), reached))
    assert (played.tasks, played.result) == ([], {})


# -- preflights ---------------------------------------------------------------------------------------------------


def test_preflights_use_the_connections_of_the_work() -> None:
    wanted = {"preflight": True, "replace": "never", "expected_bucket_owner": OWNER}
    played = play(preflights(work_of(host("vpc-1", **wanted), host("vpc-2")), reached), named)
    ((of_account, of_owner),) = played.steps
    assert {task.module for task in played.tasks} == {"flow_log_permissions_info"}
    assert of_account.given() == {
        "operations": ["read", "create"],
        "account_id": SHOP,
        "region": "eu-west-1",
        "regions": ["eu-west-1"],
        "resource_types": ["VPC"],
    }
    assert of_account.connection == reached("vpc-1", "flow_log_aws")
    assert of_owner.given() == {
        "operations": ["bucket_policy", "check_destination"],
        "account_id": OWNER,
        "region": "eu-west-1",
        "regions": ["eu-west-1"],
        "buckets": ["arn:aws:s3:::central"],
    }
    assert of_owner.connection == reached("vpc-1", "flow_log_bucket_aws")
    assert (of_account.group, of_owner.group) == (SHOP, OWNER)
    assert played.result.keys() == {f"{SHOP}/preflight", "s3/central/preflight"}


def test_preflight_of_a_bucket_without_a_known_owner() -> None:
    owner = play(preflights(work_of(host("vpc-1", preflight=True)), reached)).tasks[1]
    assert "account_id" not in owner.given() and owner.group == ""


def test_preflight_includes_a_known_key() -> None:
    sealed = {"create_bucket": True, "bucket_region": "eu-west-1", "bucket_encryption": KEY, "key_policy": True}
    work = work_of(host("vpc-1", preflight=True, **sealed))
    of_owner = play(preflights(work, reached)).options("flow_log_permissions_info", "s3/central/preflight")
    assert of_owner["keys"] == [KEY] and "key_policy" in of_owner["operations"]


def test_no_preflight_by_default() -> None:
    assert play(preflights(work_of(*hosts()), reached)).tasks == []


# -- flow logs ----------------------------------------------------------------------------------------------------


def published(work: dict[str, Any], results: Any = None, is_report: bool = False, listed: bool = False) -> Any:
    """The finished stage that publishes flow logs."""
    return play(flow_logs(work, results or {}, reached, is_report, listed), named)


@pytest.mark.parametrize("listed", [False, True])
def test_a_batch_is_one_call_for_all_its_targets(listed: bool) -> None:
    played = published(work_of(host("vpc-1"), host("vpc-2")), listed=listed)
    (task,) = played.tasks
    assert (task.name, task.module, task.group) == (BATCH, "s3_flow_log", SHOP)
    assert task.connection == reached("vpc-1", "flow_log_aws")
    given = task.given()
    assert (given["resource_ids"], given["resource_type"]) == (["vpc-1", "vpc-2"], "VPC")
    assert (given["destination"], given["region"]) == ("arn:aws:s3:::central/network/", "eu-west-1")
    assert (given["state"], given["return_flow_logs"]) == ("present", listed)
    assert played.result == {BATCH: {"of": BATCH}}


@pytest.mark.parametrize(
    ("variables", "given"),
    [
        # Without tags no tag is removed, despite the default of purge_tags.
        ({}, {"tags": None, "purge_tags": None}),
        ({"purge_tags": True}, {"tags": None, "purge_tags": None}),
        ({"tags": {}}, {"tags": {}, "purge_tags": True}),
        ({"tags": {"team": "net"}, "purge_tags": False}, {"tags": {"team": "net"}, "purge_tags": False}),
        ({"traffic_type": "REJECT"}, {"traffic_type": "REJECT"}),
        ({"state": "absent", "name": "x", "destination": None}, {"state": "absent", "name": "x", "destination": None}),
    ],
)
def test_batch_options_leave_out_unset_options(variables: dict[str, Any], given: dict[str, Any]) -> None:
    asked = published(work_of(host("vpc-1", **variables))).options("s3_flow_log")
    assert {name: asked.get(name) for name in given} == given
    assert None not in asked.values()


def test_a_batch_waits_for_its_own_destination_only() -> None:
    """CreateFlowLogs lets AWS edit a bucket policy that does not grant delivery."""
    results = {"destinations": {"s3/central": DENIED}}
    assert published(work_of(*hosts()), results).calls == [(OTHER_BATCH, "s3_flow_log")]
    assert published(work_of(*hosts()), {"destinations": {"s3/central": {"failed": False}}}).result.keys() == {
        BATCH,
        OTHER_BATCH,
    }


def test_report_also_checks_blocked_batches() -> None:
    played = published(work_of(*hosts()), {"destinations": {"s3/central": DENIED}}, is_report=True)
    assert played.result.keys() == {BATCH, OTHER_BATCH}


def missing(kind: str, **where: Any) -> dict[str, Any]:
    """Result of a preflight with a missing permission."""
    row = {"action": "x:Y", "decision": "not_allowed", "region": "eu-west-1", "resource": "*", "reason": "", **where}
    return {"permissions": [{**row, "operations": [kind]}], "summary": "It is missing.", "missing_policy": None}


@pytest.mark.parametrize("is_report", [False, True])
@pytest.mark.parametrize(
    "preflight",
    [
        {f"{SHOP}/preflight": missing("create")},
        {"s3/central/preflight": missing("bucket_policy", resource="arn:aws:s3:::central")},
    ],
)
def test_skips_stopped_batches(preflight: dict[str, Any], is_report: bool) -> None:
    work = work_of(host("vpc-1", preflight=True), hosts()[1])
    assert published(work, {"preflights": preflight}, is_report).result.keys() == {OTHER_BATCH}


# -- deliveries ---------------------------------------------------------------------------------------------------


def test_checks_deliveries_of_existing_flow_logs() -> None:
    made = [{"flow_log_id": "fl-1"}, {"flow_log_id": None}, {"resource_id": "vpc-2"}, {"flow_log_id": "fl-2"}]
    results = {"batches": {BATCH: {"flow_logs": made}, OTHER_BATCH: DENIED}}
    played = play(deliveries(work_of(*hosts()), results, reached, 48), named)
    ((first, second),) = played.steps
    assert first.given() == {
        "region": "eu-west-1",
        "flow_log_ids": ["fl-1", "fl-2"],
        "delivery": True,
        "delivery_hours": 48,
    }
    assert second.given()["flow_log_ids"] == []
    assert (first.module, first.group) == ("s3_flow_log_info", SHOP)
    assert second.connection == reached("subnet-1", "flow_log_aws")
    assert played.result.keys() == {BATCH, OTHER_BATCH}


def test_no_flow_log_ids_before_batches_ran() -> None:
    assert play(deliveries(work_of(host("vpc-1")), {}, reached, 24)).options("s3_flow_log_info")["flow_log_ids"] == []
