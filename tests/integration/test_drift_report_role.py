# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role drift_report: files in every format, baseline, changes, history and clear errors."""

from __future__ import annotations

import datetime
import json
import pathlib
from typing import Any

import pytest
import yaml

from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import FILES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import render
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import build_report
from tests.integration.support.ansible_run import ROOT
from tests.integration.support.ansible_run import AnsibleRunner
from tests.unit.plugins.plugin_utils._report.report_rows import drifted
from tests.unit.plugins.plugin_utils._report.report_rows import row

HOSTILE = "{{ lookup('pipe', 'touch hacked') }}"
DRIFT = drifted("vpc-1", max_aggregation_interval=60)
BEFORE = [DRIFT, row("missing", "vpc-2"), row("in_sync", "vpc-3", evidence=HOSTILE)]
AFTER = [DRIFT, row("in_sync", "vpc-2"), row("unknown", "vpc-3", evidence=HOSTILE)]
ACCEPTED = {"finding": "drifted", "target": "vpc-1", "reason": HOSTILE, "owner": "me", "expires": "2026-06-01"}
ALL = list(FILES)
ROLE = "flowlogs.aws.drift_report"


def task(name: str, rows: list[dict[str, Any]], **variables: Any) -> dict[str, Any]:
    """Return a task that runs the role on findings."""
    given = {f"drift_report_{key}": value for key, value in variables.items()}
    findings = render(build_report(rows), "json")
    return {
        "name": name,
        "ansible.builtin.include_role": {"name": ROLE},
        "vars": {"drift_report_findings": Unsafe(findings), **given},
    }


class Unsafe(str):
    """A text that YAML marks as unsafe (not a template)."""


yaml.SafeDumper.add_representer(Unsafe, lambda dumper, value: dumper.represent_scalar("!unsafe", str(value), style='"'))


def play(*tasks: dict[str, Any], check: bool = True) -> list[dict[str, Any]]:
    """Return a play with these tasks, as in the playbook."""
    return [{"name": "Report", "hosts": "localhost", "gather_facts": False, "check_mode": check, "tasks": list(tasks)}]


def test_two_runs_with_all_options(ansible: AnsibleRunner) -> None:
    """Both runs write files, the second lists the changes, and expired baseline entries come back."""
    folder = ansible.folder / "reports"
    (ansible.folder / "accepted.yml").write_text("accepted:\n  - " + json.dumps(ACCEPTED) + "\n", encoding="utf-8")
    usual: dict[str, Any] = {
        "directory": "reports",
        "formats": ALL,
        "keep_dated": True,
        "baseline": "accepted.yml",
        "history": "reports/history.jsonl",
        "severities": {"drifted": "high"},
    }
    run = ansible(
        play(
            task("First", BEFORE, time="2026-06-01T06:00:00Z", **usual),
            task("Second", AFTER, time="2026-06-02T06:00:00Z", fail_on=["high", "missing", "unknown"], **usual),
        ),
        environment={"ANSIBLE_SHOW_CUSTOM_STATS": "1"},
        succeeds=False,
    )
    endings = list(FILES.values())
    stems = ["drift-report", "drift-report-20260601T060000Z", "drift-report-20260602T060000Z"]
    assert {path.name for path in folder.iterdir()} == {stem + end for stem in stems for end in endings} | {
        "history.jsonl"
    }
    for end in endings:
        assert (folder / f"{stems[0]}{end}").read_bytes() == (folder / f"{stems[2]}{end}").read_bytes()

    first, second = (json.loads((folder / f"{stem}.json").read_text(encoding="utf-8")) for stem in stems[1:])
    assert (first["generated_at"], second["generated_at"]) == ("2026-06-01T06:00:00Z", "2026-06-02T06:00:00Z")
    assert first["baseline"] == {"accepted": 1, "expired": [], "unused": []}
    assert second["baseline"]["expired"] == [ACCEPTED]
    assert (first["counts"]["ignored"], second["counts"]["drifted"], second["severities"]["high"]) == (1, 1, 1)
    assert (first["changes"], second["changes"]["since"]) == (None, "2026-06-01T06:00:00Z")
    assert [gone["target"] for gone in second["changes"]["gone"]] == ["vpc-2"]
    # The flow log with the accepted drift exists; no finding shows whether it can deliver.
    assert [(entry["logged_percent"], entry["deliverable_percent"]) for entry in second["history"]] == [(66.6, 0.0)]
    assert len((folder / "history.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    for name, end in FILES.items():
        assert (folder / f"drift-report{end}").read_text(encoding="utf-8") == render(second, name)

    line = "flow log drift report: verdict=drift drifted=1 unknown=1 in_sync=1; "
    line += "targets=3 logged=2 deliverable=0 targets_unknown=1"
    reported = run.output.replace('\\"', '"')
    assert f'{line}, which fails the run because of drift_report_fail_on {{"high": 1, "unknown": 1}}' in reported
    assert not (ansible.folder / "hacked").exists()
    _is_carried_over(run.output, folder)


def _is_carried_over(output: str, folder: pathlib.Path) -> None:
    (stats,) = [text for text in output.splitlines() if '"flow_log_report"' in text]
    found = json.loads(stats.strip().removeprefix("RUN: "))["flow_log_report"]
    assert (found["verdict"], found["coverage"]["logged_percent"], found["counts"]["unknown"]) == ("drift", 100.0, 1)
    assert found["severities"]["high"] == 1
    assert found["files"] == [str(folder / f"drift-report{end}") for end in FILES.values()]


def test_report_file_is_replaced_atomically_and_has_no_time_by_default(ansible: AnsibleRunner) -> None:
    """A reader with the old file open keeps the complete old file."""
    folder = ansible.folder / "flow-log-report"
    folder.mkdir()
    old = render(build_report(BEFORE), "json")
    (folder / "drift-report.json").write_text(old, encoding="utf-8")
    with open(folder / "drift-report.json", encoding="utf-8") as reader:
        ansible(play(task("Again", BEFORE), check=False))
        assert reader.read() == old
    made = json.loads((folder / "drift-report.json").read_text(encoding="utf-8"))
    assert "generated_at" not in made
    assert (made["changes"]["new"], made["changes"]["gone"], len(made["changes"]["still"])) == ([], [], 2)
    assert {path.name for path in folder.iterdir()} == {"drift-report.html", "drift-report.json", "drift-report.md"}


#: Invalid variables, and the words that the message must contain.
MISTAKES: list[tuple[dict[str, Any], list[str]]] = [
    ({"fail_on": ["everything"]}, ["drift_report_fail_on", "everything", "missing", "high"]),
    ({"severities": {"drifted": "critical"}}, ["drift_report_severities: drifted", "critical", "high, medium"]),
    ({"severities": {"drift": "high"}}, ["drift_report_severities", "drift", "drifted"]),
    ({"time": "tomorrow"}, ["drift_report_time", "tomorrow", "2030-01-31"]),
    ({"baseline": "nowhere.yml"}, ["nowhere.yml"]),
    ({"baseline": "wrong.yml"}, ["drift_report_baseline: accepted[0].target", "vpc-*", "exact id"]),
    ({"formats": ["pdf"]}, ["drift_report_formats", "pdf", "junit"]),
    ({"formats": "json,pdf"}, ["drift_report_formats", "pdf", "junit"]),
    ({"fail_on": "misisng"}, ["drift_report_fail_on", "misisng", "missing"]),
    ({"fail_on": {"missing": True}}, ["drift_report_fail_on"]),
    ({"severities": "high"}, ["drift_report_severities"]),
    ({"time": 20300131}, ["drift_report_time", "20300131"]),
    ({"keep_dated": "maybe"}, ["drift_report_keep_dated", "maybe"]),
    ({"history_length": 0}, ["drift_report_history_length", "0"]),
    ({"history_length": "many"}, ["drift_report_history_length", "many"]),
    ({"directory": ["a"]}, ["drift_report_directory"]),
]


def test_invalid_variables_are_refused_before_anything_is_read(ansible: AnsibleRunner) -> None:
    wrong = {**ACCEPTED, "finding": "missing", "target": "vpc-*"}
    (ansible.folder / "wrong.yml").write_text(json.dumps({"accepted": [wrong]}), encoding="utf-8")
    tasks = []
    for number, (mistake, _words) in enumerate(MISTAKES):
        look = {
            "name": "Check",
            "ansible.builtin.include_role": {"name": ROLE, "tasks_from": "check"},
            "vars": {f"drift_report_{name}": value for name, value in mistake.items()},
        }
        keep = {"name": f"Refused {number}", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}
        tasks.append({"name": "Mistake", "block": [look], "rescue": [keep]})
    run = ansible(play(*tasks))
    for number, (mistake, words) in enumerate(MISTAKES):
        message = run.one(f"Refused {number}")["msg"]
        assert [word for word in words if word not in message] == [], f"{mistake}: {message}"
    assert not (ansible.folder / "flow-log-report").exists()


#: The same settings in the forms that YAML, INI and -e produce.
FORMS: list[dict[str, Any]] = [
    {"time": datetime.date(2030, 1, 31), "formats": "json", "fail_on": "nothing_checked"},
    {
        "time": datetime.datetime(2030, 1, 31, 6, tzinfo=datetime.timezone.utc),
        "formats": ["json"],
        "fail_on": ["high"],
    },
    {"time": "2030-01-31", "formats": ["json"], "fail_on": "high,missing", "history_length": "5"},
    {"time": "2030-01-31T06:00:00Z", "formats": "json,json", "severities": '{"drifted": "low"}', "history_length": 5},
    {"time": None, "keep_dated": "no", "baseline": None, "previous": None, "history": None, "formats": "json"},
]


def test_variables_are_accepted_in_every_form_and_broken_files_are_ignored(ansible: AnsibleRunner) -> None:
    """A broken previous report or history gives a warning and does not block later reports."""
    rows = [row("in_sync", "vpc-1")]
    tasks = [
        task(
            f"Form {number}",
            rows,
            **{"directory": number, "previous": "broken.json", "history": "history.jsonl", **form},
        )
        for number, form in enumerate(FORMS)
    ]
    (ansible.folder / "broken.json").write_text('{"version": "2.0"}', encoding="utf-8")
    (ansible.folder / "history.jsonl").write_text("half a li\n", encoding="utf-8")
    run = ansible(play(*tasks))
    made = [json.loads((ansible.folder / str(at) / "drift-report.json").read_text("utf-8")) for at in range(len(FORMS))]
    assert [one.get("generated_at") for one in made] == [
        "2030-01-31",
        "2030-01-31T06:00:00Z",
        "2030-01-31",
        "2030-01-31T06:00:00Z",
        None,
    ]
    assert {one["changes"] for one in made} == {None}
    reported = " ".join(run.output.split())
    assert "[WARNING]" in reported
    assert "drift_report_previous" in reported and "The report is not compared with a previous one." in reported
    assert "drift_report_history line 1" in reported and "this run is not added to it" in reported
    assert (ansible.folder / "history.jsonl").read_text("utf-8") == "half a li\n"


def test_role_offers_every_format() -> None:
    spec = yaml.safe_load((ROOT / "roles/drift_report/meta/argument_specs.yml").read_text(encoding="utf-8"))
    for entry in spec["argument_specs"].values():
        assert entry["options"]["drift_report_formats"]["choices"] == list(FILES)


@pytest.mark.parametrize("name", ["baseline", "previous", "history"])
def test_both_entry_points_have_the_same_options(name: str) -> None:
    spec = yaml.safe_load((ROOT / "roles/drift_report/meta/argument_specs.yml").read_text(encoding="utf-8"))
    main, check = (spec["argument_specs"][entry]["options"] for entry in ("main", "check"))
    assert main[f"drift_report_{name}"] == check[f"drift_report_{name}"]


def test_misspelled_variable_is_a_warning_or_an_error_with_strict(ansible: AnsibleRunner) -> None:
    note = "drift_report_fromats has no effect. Did you mean drift_report_formats?"
    warned = ansible(play(task("Report", BEFORE, directory="reports", fromats=["csv"])))
    assert f"[WARNING]: {note}" in " ".join(warned.output.split())

    strict = task("Report", BEFORE, directory="strict", fromats=["csv"], strict=True)
    refused = ansible(play(strict), succeeds=False)
    assert f"{note} Nothing was done, because drift_report_strict is true." in " ".join(refused.output.split())
    assert not (ansible.folder / "strict").exists()
