# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a run is written to files. Broken files of earlier runs only cause warnings."""

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
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import build_report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.run import Run
from tests.unit.plugins.action.acting import act
from tests.unit.plugins.plugin_utils._report.report_rows import row
from tests.unit.plugins.plugin_utils._stages.playing import SHOP, host, work_of

TIME = "2026-01-01T06:00:00Z"
BATCH = f"{SHOP}/eu-west-1/vpc/1-1"
REPORT = build_report([row("missing"), row("in_sync", "vpc-2")])
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
    """Return the folder for the report, and use its parent as the temporary folder of Ansible."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path / "report"


def report(folder: pathlib.Path, variables: Any = None, **args: Any) -> dict[str, Any]:
    """Write a report and return the result of the task."""
    usual = {"directory": str(folder), "formats": ["json"], "history_length": 400, "findings": REPORT}
    return act("flow_log_report", {**usual, **args}, variables or {})


def written(folder: pathlib.Path) -> Any:
    """Return the JSON report that was written."""
    return json.loads((folder / "drift-report.json").read_text(encoding="utf-8"))


def test_each_format_is_written_and_reproducible(folder: pathlib.Path) -> None:
    found = report(folder, formats=list(FILES))
    assert found["files"] == [str(folder / f"drift-report{end}") for end in FILES.values()]
    assert found["changed"] is False
    for name, end in FILES.items():
        assert (folder / f"drift-report{end}").read_text(encoding="utf-8") == render(REPORT, name)
    assert found["summary"]["headline"].startswith("flow log drift report: verdict=drift missing=1 in_sync=1")
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"drift-report{end}" for end in FILES.values())
    assert (folder / "drift-report.html").stat().st_mode & 0o777 == 0o644
    assert report(folder, findings=json.dumps(written(folder)))["summary"] == found["summary"]


def test_keep_dated_writes_a_file_with_the_time_in_its_name(folder: pathlib.Path) -> None:
    report(folder, time=TIME, keep_dated="yes")
    dated = folder / "drift-report-20260101T060000Z.json"
    assert dated.read_text(encoding="utf-8") == (folder / "drift-report.json").read_text(encoding="utf-8")
    assert written(folder)["generated_at"] == TIME


def test_findings_that_fail_the_run_are_returned(folder: pathlib.Path) -> None:
    assert report(folder, fail_on="missing,unknown")["failing"] == {"missing": 1}
    assert report(folder, fail_on=["high"], severities={"missing": "info"})["failing"] == {}


def test_check_settings_writes_nothing(folder: pathlib.Path) -> None:
    assert report(folder, check_settings=True) == {"changed": False}
    assert not folder.exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"formats": "pdf"}, "drift_report_formats: 'pdf'"),
        ({"fail_on": ["everything"]}, "drift_report_fail_on: 'everything'"),
        (
            {"baseline": "nowhere.yml"},
            "drift_report_baseline: 'nowhere.yml' is not accepted. Allowed: an existing YAML file",
        ),
        ({"findings": {}}, "drift_report_findings"),
        ({"findings": "no json"}, "drift_report_findings"),
        ({"findings": ["vpc-1"]}, "drift_report_findings"),
    ],
)
def test_wrong_settings_are_refused_by_name(folder: pathlib.Path, args: Any, message: str) -> None:
    with pytest.raises(AnsibleActionFail) as refused:
        report(folder, **args)
    assert str(refused.value).startswith(message) and " is not accepted. Allowed: " in str(refused.value)
    assert not folder.exists()


# -- the run ------------------------------------------------------------------------------------------------------


def run_of(is_report: bool, check_mode: bool) -> None:
    """Save a run that has created a flow log, or in check mode would create it."""
    work = {**work_of(host("vpc-1")), "notes": ["A note."]}
    created = {"changed": True, "actions": [{"action": "create", "target": "vpc-1"}], "unsuccessful": []}
    run = Run(work, is_report, check_mode)
    run.results["batches"] = {BATCH: {**created, "flow_logs": [{"resource_id": "vpc-1", "flow_log_id": "fl-1"}]}}
    run_file.save(run)


@pytest.mark.parametrize(
    ("is_report", "check_mode", "finding", "notes"),
    [(True, True, "missing", 1), (False, True, "missing", 0), (False, False, "in_sync", 0)],
)
def test_without_findings_the_run_is_reported(
    folder: pathlib.Path, capfd: Captured, is_report: bool, check_mode: bool, finding: str, notes: int
) -> None:
    """Changes of a real run are no longer drift; planned changes of check mode still are."""
    run_of(is_report, check_mode)
    report(folder, findings=None)
    assert {item["target"]: item["finding"] for item in written(folder)["findings"]}["vpc-1"] == finding
    # The summary of a publishing run has already shown the notes.
    assert capfd.readouterr().err.count("A note.") == notes


def test_inventory_sources_are_relative_to_the_current_folder(folder: pathlib.Path) -> None:
    run_of(True, True)
    sources = [os.path.join(os.getcwd(), "inventory", "shop.yml"), "/etc/ansible/hosts", os.path.join(os.getcwd(), "")]
    report(folder, {"ansible_inventory_sources": sources}, findings=None)
    assert written(folder)["inventory"] == ["inventory/shop.yml", "/etc/ansible/hosts", sources[2]]
    again = build_report([row("missing")])
    report(folder, {"ansible_inventory_sources": sources}, findings={**again, "inventory": ["elsewhere.yml"]})
    assert written(folder)["inventory"] == ["elsewhere.yml"]
    report(folder, {"ansible_inventory_sources": sources}, findings=again)
    assert "inventory" not in written(folder)


def test_a_report_needs_findings_or_a_run(folder: pathlib.Path) -> None:
    with pytest.raises(AnsibleActionFail, match="stage: plan first"):
        report(folder, findings=None)


# -- files of earlier runs ----------------------------------------------------------------------------------------


def test_the_report_is_compared_with_the_previous_one(folder: pathlib.Path) -> None:
    report(folder)
    assert written(folder)["changes"] is None
    report(folder, previous=str(folder / "drift-report.json"))
    assert len(written(folder)["changes"]["still"]) == 1


@pytest.mark.parametrize("text", ["no json", "[]", '{"version": "0.1"}', "\udcff"])
def test_a_broken_previous_report_causes_a_warning(folder: pathlib.Path, capfd: Captured, text: str) -> None:
    broken = folder.parent / f"broken-{len(text)}.json"
    broken.write_text(text, encoding="utf-8", errors="surrogateescape")
    report(folder, previous=str(broken))
    assert written(folder)["changes"] is None
    message = " ".join(capfd.readouterr().err.split())
    assert "drift_report_previous" in message and "The report is not compared with a previous one." in message


def test_each_run_adds_a_line_to_the_history(folder: pathlib.Path) -> None:
    history = folder.parent / "history.jsonl"
    for day in range(1, 4):
        report(folder, history=str(history), history_length=2, time=f"2026-01-0{day}")
    lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    assert [line["generated_at"] for line in lines] == ["2026-01-02", "2026-01-03"]
    assert [entry["generated_at"] for entry in written(folder)["history"]] == ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize(
    ("text", "kept", "message"),
    [
        ("no json\n", "no json\n", "this run is not added to it"),
        ('{"generated_at": 1, "verdict": "x", "counts": {}, "severities": {}}\nodd\n', None, "stay in the file"),
    ],
)
def test_broken_lines_of_the_history_cause_a_warning_and_stay(
    folder: pathlib.Path, capfd: Captured, text: str, kept: str | None, message: str
) -> None:
    history = folder.parent / "history.jsonl"
    history.write_text(text, encoding="utf-8")
    report(folder, history=str(history), time="2026-01-02")
    after = history.read_text(encoding="utf-8")
    assert after == kept if kept else after.startswith(text) and len(after.splitlines()) == 3
    assert message in " ".join(capfd.readouterr().err.split())


def test_accepted_findings_are_ignored_until_their_last_day(folder: pathlib.Path) -> None:
    baseline = folder.parent / "baseline.yml"
    baseline.write_text(BASELINE, encoding="utf-8")
    for time, finding in (("2026-06-01", "ignored"), ("2027-06-01", "missing")):
        report(folder, baseline=str(baseline), time=time)
        assert {item["target"]: item["finding"] for item in written(folder)["findings"]}["vpc-1"] == finding


def test_an_empty_baseline_is_allowed_and_invalid_yaml_is_refused(folder: pathlib.Path) -> None:
    baseline = folder.parent / "baseline.yml"
    baseline.write_text("# Nothing is accepted.\n", encoding="utf-8")
    report(folder, baseline=str(baseline))
    assert written(folder)["baseline"] is None
    baseline.write_text("a: [", encoding="utf-8")
    with pytest.raises(AnsibleActionFail, match="a YAML file that can be read"):
        report(folder, baseline=str(baseline))


def test_a_failed_write_leaves_no_temporary_file(folder: pathlib.Path) -> None:
    """Only the earlier file remains, so no reader sees an incomplete report."""
    folder.mkdir()
    (folder / "drift-report.json").mkdir()
    with pytest.raises(OSError):
        report(folder)
    assert [path.name for path in folder.iterdir()] == ["drift-report.json"]
