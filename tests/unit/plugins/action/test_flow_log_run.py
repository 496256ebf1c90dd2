# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stages of a run save their results for later stages. All calls fail, because there are no credentials."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from ansible import constants
from ansible.errors import AnsibleAction, AnsibleActionFail, AnsibleError

from ansible_collections.flowlogs.aws.plugins.plugin_utils._action import run_file
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.run import Run
from tests.unit.plugins.action.acting import act
from tests.unit.plugins.plugin_utils._stages.playing import SHOP, host, work_of

BATCH = f"{SHOP}/eu-west-1/vpc/1-1"
NO_CREDENTIALS = "Unable to locate credentials"
VPC = {
    "flow_log_account_id": SHOP,
    "flow_log_region": "eu-west-1",
    "flow_log_destination": "central/network",
    "group_names": ["prod"],
}
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a temporary folder as that of Ansible."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


def plan(hostvars: dict[str, Any], variables: Any = None, tags: Any = (), **args: Any) -> dict[str, Any]:
    """Run the stage plan for these hosts and return its result."""
    given = {"hostvars": hostvars, **(variables or {})}
    return act("flow_log_run", {"stage": "plan", "hosts": list(hostvars), **args}, given, tags=list(tags))


def stage(name: str, work: dict[str, Any], is_report: bool = False, results: Any = None, **args: Any) -> dict[str, Any]:
    """Run a stage with this work and return its result. Every call fails, because there are no credentials."""
    run = Run(work, is_report)
    run.results.update(results or {})
    run_file.save(run)
    names = [target["host"] for target in work["targets"]]
    return act("flow_log_run", {"stage": name, **args}, {"hostvars": {name: VPC for name in names}})


# -- plan ---------------------------------------------------------------------------------------------------------


def test_the_plan_is_shown_and_saved(capsys: Captured) -> None:
    """The account of the credentials is unknown, so the run excludes the target."""
    found = plan({"vpc-1": VPC}, report_only=True)
    (line,) = found["overview"]
    assert line.startswith("vpc-1: left out. The credentials of group prod") and NO_CREDENTIALS in line
    assert (found["changed"], found["unmet"]) == (False, [])
    assert line in capsys.readouterr().out
    run = run_file.load()
    assert [item["host"] for item in run.publication["invalid"]] == ["vpc-1"]
    assert (run.is_report, run.check_mode) == (True, False)
    assert NO_CREDENTIALS in run.results["identities"][f"{SHOP}/identity"]["msg"]


def test_a_run_without_targets_returns_why_it_fails() -> None:
    assert plan({}, pattern="netwrok")["unmet"][0].startswith("There is no target: flow_log_hosts 'netwrok' matches no")
    assert plan({}, allow_empty="true")["unmet"] == []


def test_the_task_sets_the_state_and_the_selected_hosts() -> None:
    plan({"vpc-1": VPC, "vpc-2": VPC}, selected=["vpc-2"], state="absent")
    publication = run_file.load().publication
    assert [item["host"] for item in publication["unselected"]] == ["vpc-1"]
    assert [item["host"] for item in publication["invalid"]] == ["vpc-2"]


@pytest.mark.parametrize(
    ("variables", "tags", "stages"),
    [
        ({}, (), ["permissions", "destinations", "flow_logs"]),
        ({"ansible_run_tags": ["all"], "ansible_skip_tags": ["flow_logs"]}, (), ["permissions", "destinations"]),
        ({"ansible_run_tags": ["destinations"], "ansible_skip_tags": []}, (), ["destinations"]),
        ({"ansible_run_tags": ["mine"]}, ("always", "mine"), ["permissions", "destinations", "flow_logs"]),
    ],
)
def test_tags_select_the_stages(variables: dict[str, Any], tags: Any, stages: list[str]) -> None:
    plan({}, variables, tags)
    assert run_file.load().publication["stages"] == stages


@pytest.mark.parametrize(
    ("hostvars", "variables", "args", "message"),
    [
        ({}, {"ansible_run_tags": ["report"]}, {}, "--tags: 'report' is not accepted"),
        ({}, {}, {"allow_empty": "maybe"}, "flow_log_allow_empty: 'maybe' is not accepted"),
        (
            {"vpc-1": {**VPC, "flow_log_trafic_type": "ALL"}},
            {},
            {"strict": True},
            "Did you mean flow_log_traffic_type?",
        ),
    ],
)
def test_wrong_options_fail_the_stage_plan(hostvars: Any, variables: Any, args: Any, message: str) -> None:
    with pytest.raises(AnsibleActionFail, match=message.replace("?", r"\?")):
        plan(hostvars, variables, **args)


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(AnsibleError, match="stage"):
        act("flow_log_run", {"stage": "everything"}, {"hostvars": {}})


@pytest.mark.parametrize("name", ["preflight", "permissions", "destinations", "flow_logs", "deliveries", "summary"])
def test_no_stage_runs_without_a_plan(name: str) -> None:
    with pytest.raises(AnsibleActionFail, match="stage: plan first"):
        act("flow_log_run", {"stage": name}, {"hostvars": {}})


# -- the other stages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "work"),
    [
        ("preflight", "preflights", f"{SHOP}/preflight"),
        ("destinations", "destinations", "s3/central"),
        ("flow_logs", "batches", BATCH),
    ],
)
def test_failures_are_counted_shown_and_saved(name: str, kind: str, work: str, capsys: Captured) -> None:
    found = stage(name, work_of(host("vpc-1", preflight=True)))
    assert found["changed"] is False and found["failures"] >= 1
    assert "diff" not in found
    out = capsys.readouterr().out
    # The summary shows the reasons.
    assert f"  {work}: failed\n" in out and NO_CREDENTIALS not in out
    assert NO_CREDENTIALS in run_file.load().results[kind][work]["msg"]


def test_a_stage_without_work_shows_nothing(capsys: Captured) -> None:
    assert stage("permissions", work_of(host("vpc-1"))) == {"changed": False, "failures": 0}
    assert capsys.readouterr().out == ""


def test_diff_mode_returns_the_changes() -> None:
    run_file.save(Run(work_of()))
    assert act("flow_log_run", {"stage": "flow_logs"}, {"hostvars": {}}, diff=True)["diff"] == []


def test_deliveries_are_saved_for_the_report() -> None:
    published = {"batches": {BATCH: {"flow_logs": [{"flow_log_id": "fl-1"}]}}}
    assert stage("deliveries", work_of(host("vpc-1")), results=published, delivery_hours=48) == {"changed": False}
    assert run_file.load().results["deliveries"][BATCH]["failed"]


def test_the_progress_of_many_batches_is_shown(capsys: Captured) -> None:
    hosts = [host(f"vpc-{number}", account_id=f"{111122220000 + number}") for number in range(101)]
    stage("flow_logs", work_of(*hosts))
    out = capsys.readouterr().out.splitlines()
    assert "  100 of 101 batches, 100 failed" in out and "  101 of 101 batches, 101 failed" in out
    stage("flow_logs", work_of(*hosts[:100]))
    assert "of 100" not in capsys.readouterr().out


def test_an_unreadable_connection_fails_only_its_host() -> None:
    work = work_of(host("vpc-1"), host("vpc-2", account_id="444455556666"))
    run_file.save(Run(work))
    hostvars = {"vpc-1": {**VPC, "flow_log_aws": Unreadable()}, "vpc-2": VPC}
    act("flow_log_run", {"stage": "flow_logs"}, {"hostvars": hostvars})
    messages = {name: result["msg"] for name, result in run_file.load().results["batches"].items()}
    assert messages[BATCH] == "flow_log_aws of host vpc-1 cannot be read: RuntimeError"
    assert NO_CREDENTIALS in messages["444455556666/eu-west-1/vpc/1-1"]


class Unreadable:
    """A value that cannot be rendered."""

    def __str__(self) -> str:
        raise RuntimeError("no such lookup")


def test_stages_of_one_task_have_one_result() -> None:
    run_file.save(Run(work_of(host("vpc-1", preflight=True))))
    variables = {"hostvars": {"vpc-1": VPC}}
    found = act("flow_log_run", {"stage": ["preflight", "flow_logs", "summary"]}, variables, diff=True)
    assert (found["changed"], found["failures"], found["diff"]) == (False, 3, [])
    assert found["summary"]["headline"].endswith("failed=2")
    assert run_file.load().results["batches"][BATCH]["failed"]


# -- failure ------------------------------------------------------------------------------------------------------


def test_a_failure_shows_its_message_in_the_result_alone() -> None:
    """Ansible prints both the exception and the result."""
    try:
        result = act("flow_log_run", {"stage": "failure", "message": "vpc-1: Access Denied"})
    except AnsibleAction as error:
        assert "Access Denied" not in str(error)
        result = {**error.result, "failed": True}
    assert result == {"changed": False, "failed": True, "msg": "vpc-1: Access Denied"}


# -- summary ------------------------------------------------------------------------------------------------------


def test_the_summary_lists_failures_and_repeats_the_notes(capsys: Captured) -> None:
    work = {**work_of(host("vpc-1")), "notes": ["flow_log_trafic_type of vpc-1 has no effect."]}
    denied = {"failed": True, "msg": "Access Denied"}
    unchanged = {"actions": [], "changed": False}
    found = stage("summary", work, results={"batches": {BATCH: denied}, "destinations": {"s3/central": unchanged}})
    summary = found["summary"]
    assert found["changed"] is False
    assert summary["headline"] == "flow logs: targets=1 batches=1 destinations=1 misspelt=1 failed=1"
    assert summary["failures"] == [{"host": "vpc-1", "pattern": "vpc-1", "message": f"{BATCH}: Access Denied"}]
    assert summary["handed_on"]["verdict"] == "failed"
    assert found["warnings"] == work["notes"]
    assert found["ansible_stats"]["data"] == {"flow_log_run": summary["handed_on"]}
    assert summary["headline"] in capsys.readouterr().out


def test_a_slice_of_awx_passes_its_result_on_with_its_job_id() -> None:
    run_file.save(Run(work_of()))
    found = act("flow_log_run", {"stage": "summary"}, {"hostvars": {}, "awx_job_id": 7})
    stats = found["ansible_stats"]
    assert sorted(stats["data"]) == ["flow_log_run", "flow_log_run_7"]
    assert (stats["per_host"], stats["aggregate"]) == (False, False)
