# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run limited to some stages. The work of other stages does not fail, and its state is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from tests.report_samples import report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.preflight import plan_preflights
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.preflight import stopped
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import overview
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.stages import STAGES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.stages import of_stages
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

ACCOUNT = "111122223333"
BATCH, BUCKET, IAM = f"{ACCOUNT}/eu-west-1/vpc/1-1", "s3/central", f"{ACCOUNT}/iam"
BUCKET_ARN, PRINCIPAL = "arn:aws:s3:::central", "role/publisher"
SETTINGS = {
    "flow_log_account_id": ACCOUNT,
    "flow_log_region": "eu-west-1",
    "flow_log_destination": "central/network",
    "flow_log_permission_principals": [{"type": "role", "name": "publisher"}],
    "flow_log_preflight": True,
}
LISTS = ("batches", "destinations", "permissions", "targets", "preflights")


def whole(*hosts: HostVariables) -> dict[str, Any]:
    """The publication of a VPC, its bucket and a principal, with preflights."""
    publication = plan_publication(hosts or [HostVariables("vpc-1", SETTINGS, ("prod",))])
    return {**publication.to_dict(), "preflights": plan_preflights(publication)}


def part(*stages: str) -> dict[str, Any]:
    """The part of that publication that belongs to some stages."""
    return of_stages(whole(), tuple(stage for stage in STAGES if stage in stages))


@given(st.lists(st.sampled_from(STAGES), min_size=1))
def test_splits_the_work_completely(stages: list[str]) -> None:
    work = part(*stages)
    rest = work["left_out"] or {kind: [] for kind in LISTS}
    for kind in LISTS:
        names = [[one.get("name", one.get("target")) for one in found[kind]] for found in (whole(), work, rest)]
        assert sorted(names[0]) == sorted(names[1] + names[2])
    assert {kind: bool(work[kind]) for kind in ("permissions", "destinations", "batches")} == {
        "permissions": "permissions" in stages,
        "destinations": "destinations" in stages,
        "batches": "flow_logs" in stages,
    }


def test_all_stages_keep_the_publication() -> None:
    assert part(*STAGES) == {**whole(), "stages": list(STAGES), "left_out": None}


def test_batch_waits_for_its_bucket_only_in_the_same_run() -> None:
    failed = {"destinations": {BUCKET: {"failed": True, "msg": "denied"}}}
    (batch,) = part("flow_logs")["batches"]
    assert batch["bucket_name"] is None
    assert "did not run" in summarise(part("flow_logs"), failed)["failures"][0]["message"]
    (batch,) = part("destinations", "flow_logs")["batches"]
    assert batch["bucket_name"] == BUCKET
    (failure,) = summarise(part("destinations", "flow_logs"), failed)["failures"]
    _bucket, of_the_batch = failure["message"].split(" | ")
    assert of_the_batch.startswith(BATCH) and of_the_batch.endswith(f"failed, see {BUCKET}.")


def test_bucket_preflight_stops_no_batch_without_destinations() -> None:
    row = {
        "action": "s3:PutBucketPolicy",
        "resource": BUCKET_ARN,
        "region": "eu-west-1",
        "operations": ["bucket_policy"],
        "decision": "implicitDeny",
        "reason": "no statement",
    }
    answers = {
        "preflights": {f"{BUCKET}/preflight": {"permissions": [row], "summary": "missing", "missing_policy": {}}}
    }
    assert stopped(whole(), answers)["batches"].keys() == {BATCH}
    assert stopped(part("flow_logs"), answers) == {"batches": {}, "destinations": {}}


@pytest.mark.parametrize(
    ("stages", "headline"),
    [
        (STAGES, "flow logs: targets=1 batches=1 destinations=1 failed=3"),
        (("permissions",), "flow logs: stages=permissions failed=1"),
        (("destinations",), "flow logs: stages=destinations destinations=1 failed=1"),
        (("flow_logs",), "flow logs: stages=flow_logs targets=1 batches=1 failed=1"),
    ],
)
def test_work_of_other_stages_does_not_fail(stages: tuple[str, ...], headline: str) -> None:
    assert summarise(part(*stages), {})["headline"] == headline


def test_report_lists_work_of_other_stages_as_not_evaluated() -> None:
    in_order = {"actions": [], "changed": False}
    made = report(find(part("destinations"), {"destinations": {BUCKET: in_order}}))
    found = {row["target"]: row for row in made["findings"]}
    assert {target: row["finding"] for target, row in found.items()} == {
        "vpc-1": "not_evaluated",
        PRINCIPAL: "not_evaluated",
        BUCKET_ARN: "in_sync",
        f"{ACCOUNT}/preflight": "not_evaluated",
        f"{BUCKET}/preflight": "not_evaluated",
    }
    assert found["vpc-1"]["groups"] == ["prod"] and found["vpc-1"]["destination"] == "arn:aws:s3:::central/network/"
    assert "only the stages destinations" in found["vpc-1"]["evidence"]
    assert made["verdict"] == "unknown"


def test_unmanaged_bucket_is_ignored_in_any_stage() -> None:
    alone = {**SETTINGS, "flow_log_bucket_policy": False, "flow_log_check_destination": False}
    work = of_stages(whole(HostVariables("vpc-1", alone)), ("flow_logs",))
    assert [row.finding for row in find(work, {}) if row.target == BUCKET_ARN] == ["ignored"]


def test_overview_names_the_stages() -> None:
    assert overview(part("destinations")) == [f"{BUCKET}: destinations", "Only these stages: destinations."]
    assert overview(part("flow_logs"))[1:] == ["Only these stages: flow_logs."]
    assert overview(part("permissions", "destinations"))[:2] == [f"{IAM}: permissions", f"{BUCKET}: destinations"]


def test_invalid_hosts_fail_every_stage() -> None:
    work = of_stages(whole(HostVariables("vpc-1")), ("destinations",))
    assert [item["host"] for item in summarise(work, {})["failures"]] == ["vpc-1"]


def test_handed_on_summary_is_small_and_has_no_messages() -> None:
    hosts = [HostVariables(f"vpc-{number}") for number in range(30)] + [HostVariables("vpc-ok", SETTINGS)]
    results = {
        "destinations": {BUCKET: {"actions": [{"action": "put_policy", "target": BUCKET_ARN}], "msg": "secret"}},
        "batches": {BATCH: {"failed": True, "msg": "secret"}},
        "permissions": {IAM: {"actions": []}},
    }
    made = summarise(whole(*hosts), results, check_mode=True)
    assert made["handed_on"] == {
        "headline": made["headline"],
        "verdict": "failed",
        "check_mode": True,
        "stages": list(STAGES),
        "counts": {"targets": 1, "batches": 1, "destinations": 1},
        "actions": {"put_policy": 1},
        "failed": 31,
        "failed_hosts": ["vpc-ok"] + [f"vpc-{number}" for number in range(19)],
    }
    assert "secret" not in str(made["handed_on"])


@pytest.mark.parametrize(("actions", "verdict"), [([], "unchanged"), ([{"action": "create"}], "changed")])
def test_verdict_of_a_run(actions: list[dict], verdict: str) -> None:
    work = of_stages(whole(), ("flow_logs",))
    assert summarise(work, {"batches": {BATCH: {"actions": actions}}})["handed_on"]["verdict"] == verdict
