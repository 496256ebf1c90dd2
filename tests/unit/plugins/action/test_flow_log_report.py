# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report on a run is written as files, with what earlier runs left; what is broken there is warned of."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any

import pytest
from ansible import constants
from ansible.errors import AnsibleActionFail

from ansible_collections.flowlogs.aws.plugins.plugin_utils._action import run_file
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import FILES, render
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import weighed
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.run import Run
from tests.unit.plugins.action.acting import act
from tests.unit.plugins.plugin_utils._report.report_rows import row
from tests.unit.plugins.plugin_utils._stages.playing import SHOP, host, work_of

TIME = "2026-01-01T06:00:00Z"
BATCH = f"{SHOP}/eu-west-1/vpc/1-1"
REPORT = weighed([row("missing"), row("in_sync", "vpc-2")])
BASELINE = """
accepted:
  - finding: missing
    target: vpc-1
    reason: A sandbox
    owner: network
    expires: 2026-12-31
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(name="folder", autouse=True)
def _folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Where the report goes; beside it is the folder that Ansible makes for a run."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path / "report"


def report(folder: pathlib.Path, variables: Any = None, **args: Any) -> dict[str, Any]:
    """The result of writing a report."""
    usual = {"directory": str(folder), "formats": ["json"], "history_length": 400, "findings": REPORT}
    return act("flow_log_report", {**usual, **args}, variables or {})


def written(folder: pathlib.Path) -> Any:
    """The report that was written."""
    return json.loads((folder / "drift-report.json").read_text(encoding="utf-8"))


def test_each_format_is_a_file_that_the_same_findings_give_again(folder: pathlib.Path) -> None:
    found = report(folder, formats=list(FILES))
    assert found["files"] == [str(folder / f"drift-report{end}") for end in FILES.values()]
    assert found["changed"] is False
    for name, end in FILES.items():
        assert (folder / f"drift-report{end}").read_text(encoding="utf-8") == render(REPORT, name)
    assert found["summary"]["headline"].startswith("flow log drift report: verdict=drift missing=1 in_sync=1")
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"drift-report{end}" for end in FILES.values())
    assert (folder / "drift-report.html").stat().st_mode & 0o777 == 0o644
    assert report(folder, findings=json.dumps(written(folder)))["summary"] == found["summary"]


def test_a_report_with_the_time_in_its_name_is_kept(folder: pathlib.Path) -> None:
    report(folder, time=TIME, keep_dated="yes")
    dated = folder / "drift-report-20260101T060000Z.json"
    assert dated.read_text(encoding="utf-8") == (folder / "drift-report.json").read_text(encoding="utf-8")
    assert written(folder)["generated_at"] == TIME


def test_what_fails_a_run_is_returned(folder: pathlib.Path) -> None:
    assert report(folder, fail_on="missing,unknown")["failing"] == {"missing": 1}
    assert report(folder, fail_on=["high"], severities={"missing": "info"})["failing"] == {}


def test_settings_alone_can_be_checked_and_nothing_is_written(folder: pathlib.Path) -> None:
    assert report(folder, check_settings=True) == {"changed": False}
    assert not folder.exists()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"formats": "pdf"}, "drift_report_formats: 'pdf'"),
        ({"fail_on": ["everything"]}, "drift_report_fail_on: 'everything'"),
        (
            {"baseline": "nowhere.yml"},
            "drift_report_baseline: 'nowhere.yml' is not accepted. Allowed: a YAML file that is",
        ),
        ({"findings": {}}, "drift_report_findings"),
        ({"findings": "no json"}, "drift_report_findings"),
        ({"findings": ["vpc-1"]}, "drift_report_findings"),
    ],
)
def test_what_no_report_can_be_made_with_is_refused_by_name(folder: pathlib.Path, args: Any, told: str) -> None:
    with pytest.raises(AnsibleActionFail) as refused:
        report(folder, **args)
    assert str(refused.value).startswith(told) and " is not accepted. Allowed: " in str(refused.value)
    assert not folder.exists()


# -- the run ------------------------------------------------------------------------------------------------------


def run_of(is_report: bool, check_mode: bool) -> None:
    """Keep a run that has created a flow log, or would."""
    work = {**work_of(host("vpc-1")), "notes": ["A note."]}
    created = {"changed": True, "actions": [{"action": "create", "target": "vpc-1"}], "unsuccessful": []}
    run = Run(work, is_report, check_mode)
    run.results["batches"] = {BATCH: {**created, "flow_logs": [{"resource_id": "vpc-1", "flow_log_id": "fl-1"}]}}
    run_file.save(run)


@pytest.mark.parametrize(
    ("is_report", "check_mode", "finding", "notes"),
    [(True, True, "missing", 1), (False, True, "missing", 0), (False, False, "in_sync", 0)],
)
def test_without_findings_the_report_is_about_the_run(
    folder: pathlib.Path, capfd: Captured, is_report: bool, check_mode: bool, finding: str, notes: int
) -> None:
    """What a run for real has done is no drift any more, and what one in check mode would do still is."""
    run_of(is_report, check_mode)
    report(folder, findings=None)
    assert {item["target"]: item["finding"] for item in written(folder)["findings"]}["vpc-1"] == finding
    # A run that publishes has told them in its summary.
    assert capfd.readouterr().err.count("A note.") == notes


def test_sources_of_the_inventory_are_told_as_they_are_passed_from_here(folder: pathlib.Path) -> None:
    run_of(True, True)
    sources = [os.path.join(os.getcwd(), "inventory", "shop.yml"), "/etc/ansible/hosts", os.path.join(os.getcwd(), "")]
    report(folder, {"ansible_inventory_sources": sources}, findings=None)
    assert written(folder)["inventory"] == ["inventory/shop.yml", "/etc/ansible/hosts", sources[2]]
    again = weighed([row("missing")])
    report(folder, {"ansible_inventory_sources": sources}, findings={**again, "inventory": ["elsewhere.yml"]})
    assert written(folder)["inventory"] == ["elsewhere.yml"]
    report(folder, {"ansible_inventory_sources": sources}, findings=again)
    assert "inventory" not in written(folder)


def test_without_a_run_and_without_findings_there_is_nothing_to_report(folder: pathlib.Path) -> None:
    with pytest.raises(AnsibleActionFail, match="stage: plan first"):
        report(folder, findings=None)


# -- what earlier runs left ---------------------------------------------------------------------------------------


def test_the_report_is_compared_with_the_previous_one(folder: pathlib.Path) -> None:
    report(folder)
    assert written(folder)["changes"] is None
    report(folder, previous=str(folder / "drift-report.json"))
    assert len(written(folder)["changes"]["still"]) == 1


@pytest.mark.parametrize("text", ["no json", "[]", '{"version": "0.1"}', "\udcff"])
def test_a_previous_report_that_is_broken_is_warned_of(folder: pathlib.Path, capfd: Captured, text: str) -> None:
    broken = folder.parent / f"broken-{len(text)}.json"
    broken.write_text(text, encoding="utf-8", errors="surrogateescape")
    report(folder, previous=str(broken))
    assert written(folder)["changes"] is None
    told = " ".join(capfd.readouterr().err.split())
    assert "drift_report_previous" in told and "The report is compared with nothing." in told


def test_each_run_is_a_line_of_the_history(folder: pathlib.Path) -> None:
    history = folder.parent / "history.jsonl"
    for day in range(1, 4):
        report(folder, history=str(history), history_length=2, time=f"2026-01-0{day}")
    lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    assert [line["generated_at"] for line in lines] == ["2026-01-02", "2026-01-03"]
    assert [entry["generated_at"] for entry in written(folder)["history"]] == ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize(
    ("text", "kept", "told"),
    [
        ("no json\n", "no json\n", "nothing is added to it"),
        ('{"generated_at": 1, "verdict": "x", "counts": {}, "severities": {}}\nodd\n', None, "stay in the file"),
    ],
)
def test_lines_of_the_history_that_are_broken_are_warned_of_and_stay(
    folder: pathlib.Path, capfd: Captured, text: str, kept: str | None, told: str
) -> None:
    history = folder.parent / "history.jsonl"
    history.write_text(text, encoding="utf-8")
    report(folder, history=str(history), time="2026-01-02")
    after = history.read_text(encoding="utf-8")
    assert after == kept if kept else after.startswith(text) and len(after.splitlines()) == 3
    assert told in " ".join(capfd.readouterr().err.split())


def test_what_a_baseline_accepts_is_ignored_until_its_last_day(folder: pathlib.Path) -> None:
    baseline = folder.parent / "baseline.yml"
    baseline.write_text(BASELINE, encoding="utf-8")
    for time, finding in (("2026-06-01", "ignored"), ("2027-06-01", "missing")):
        report(folder, baseline=str(baseline), time=time)
        assert {item["target"]: item["finding"] for item in written(folder)["findings"]}["vpc-1"] == finding


def test_an_empty_baseline_is_none_and_one_that_is_no_yaml_is_refused(folder: pathlib.Path) -> None:
    baseline = folder.parent / "baseline.yml"
    baseline.write_text("# Nothing is accepted.\n", encoding="utf-8")
    report(folder, baseline=str(baseline))
    assert written(folder)["baseline"] is None
    baseline.write_text("a: [", encoding="utf-8")
    with pytest.raises(AnsibleActionFail, match="a YAML file that can be read"):
        report(folder, baseline=str(baseline))


def test_a_file_that_cannot_be_written_leaves_nothing_half(folder: pathlib.Path) -> None:
    """Whoever reads the report meanwhile reads the earlier one."""
    folder.mkdir()
    (folder / "drift-report.json").mkdir()
    with pytest.raises(OSError):
        report(folder)
    assert [path.name for path in folder.iterdir()] == ["drift-report.json"]
