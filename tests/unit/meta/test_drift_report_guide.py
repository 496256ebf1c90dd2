# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the guide on the drift report work: files, commands and variables."""

from __future__ import annotations

import re
import shlex
import subprocess
import textwrap
from typing import Any

import pytest
import yaml

from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import ONLY_EXACT
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import apply_baseline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import parse_baseline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import Finding
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import FILES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import failing
from tests.report_samples import report
from tests.unit.meta.project import playbooks
from tests.unit.meta.project import read
from tests.unit.meta.project import read_yaml

GUIDE = read("docs/docsite/rst/guide_drift_report.rst")
OPTIONS = read_yaml("roles/drift_report/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
PLAYBOOKS = set(playbooks())


def blocks(language: str) -> dict[str, str]:
    """Return the code blocks of a language, by the file name in their first comment, or by their first line."""
    found = re.findall(rf"^\.\. code-block:: {language}\n\n((?:    .*\n|\n)+)", GUIDE, re.MULTILINE)
    texts = [textwrap.dedent(text) for text in found]
    return {re.sub(r"^# ([\w./-]+).*", r"\1", text.splitlines()[0]): text for text in texts}


def documents() -> dict[str, Any]:
    """Return the YAML files of the guide."""
    return {name: yaml.safe_load(text) for name, text in blocks("yaml").items()}


def commands() -> list[list[str]]:
    """Return every ansible-playbook command in the guide, split like a shell does."""
    lines = re.findall(r"(?<!`)ansible-playbook -i [^\n`]*", GUIDE)
    return [shlex.split(re.sub(r"[;>].*", "", line)) for line in lines]


def test_guide_has_every_example() -> None:
    assert documents().keys() == {
        "accepted.yml",
        "drift.yml",
        ".github/workflows/flow-logs.yml",
        ".gitlab-ci.yml",
        "drift.playbook.yml",
        "verdict.playbook.yml",
    }


def test_commands_use_existing_playbooks_and_shown_files() -> None:
    assert len(commands()) >= 5
    for command in commands():
        assert PLAYBOOKS & set(command), command
        files = [word[1:] for option, word in zip(command, command[1:]) if option == "-e" and word.startswith("@")]
        assert set(files) <= documents().keys()


def test_example_variables_and_values_are_valid() -> None:
    given = documents()["drift.yml"]
    assert given.keys() <= OPTIONS.keys()
    assert set(given["drift_report_formats"]) <= set(FILES)
    assert failing(report([Finding(finding="in_sync", target="vpc-1")]), given["drift_report_fail_on"]) == {}
    assert given["drift_report_baseline"] in documents()


def test_the_guide_and_the_readme_of_the_role_list_every_variable_and_format() -> None:
    listed = set(re.findall(r"^   \* - ``(drift_report_\w+)``$", GUIDE, re.MULTILINE))
    assert listed == set(OPTIONS)
    assert set(re.findall(r"^\| `(drift_report_\w+)` \|", read("roles/drift_report/README.md"), re.MULTILINE)) == set(
        OPTIONS
    )
    names = dict(re.findall(r"^   \* - ``(\w+)``\n     - ``drift-report(\.[\w.]+)``$", GUIDE, re.MULTILINE))
    assert names == dict(FILES)


def test_baseline_of_the_guide_is_accepted_and_its_limits_are_reported() -> None:
    entries = parse_baseline(documents()["accepted.yml"])
    _rows, given = apply_baseline([], entries, "2030-01-01")
    assert len(given["unused"]) == 2
    sentence = re.search(r"never accepted by accident: (.*?) accepted only", " ".join(GUIDE.split())).group(1)
    assert set(re.findall(r"``(\w+)``", sentence)) == set(ONLY_EXACT)


def test_github_workflow_uploads_the_report_of_a_failed_job() -> None:
    (job,) = documents()[".github/workflows/flow-logs.yml"]["jobs"].values()
    steps = job["steps"]
    (run,) = [number for number, step in enumerate(steps) if "drift_report" in step.get("run", "")]
    assert all("!cancelled()" in step["if"] for step in steps[run + 1 :])
    (upload,) = [step for step in steps if "upload-sarif" in step.get("uses", "")]
    assert upload["with"]["sarif_file"].endswith(f"drift-report{FILES['sarif']}")
    assert documents()[".github/workflows/flow-logs.yml"]["permissions"]["security-events"] == "write"


def test_gitlab_reads_the_report_of_a_failed_job() -> None:
    artifacts = documents()[".gitlab-ci.yml"]["flow-log-drift"]["artifacts"]
    assert artifacts["when"] == "always"
    assert artifacts["reports"]["junit"].endswith(f"drift-report{FILES['junit']}")


@pytest.mark.parametrize(
    ("output", "status", "subject"),
    [
        ("flow log drift report: verdict=in_sync in_sync=2", 0, None),
        (
            "flow log drift report: verdict=drift missing=1",
            2,
            "flow log drift report: verdict=drift missing=1",
        ),
        ("ERROR! the playbook could not be found", 4, "flow log drift report: could not be made"),
    ],
)
def test_cron_script_mails_what_is_not_in_sync(tmp_path: Any, output: str, status: int, subject: Any) -> None:
    """Run with fake ansible-playbook and mail programs that record their arguments."""
    (script,) = blocks("sh").values()
    (tmp_path / "flow-log-report").mkdir()
    (tmp_path / "flow-log-report" / "drift-report.md").write_text("the report\n", encoding="utf-8")
    outcome = f"printf '%s\\n' '    \"msg\": \"{output}\"' 'fatal: \"{output}, which fails the run\"'"
    _program(tmp_path / "ansible-playbook", f"{outcome}\nexit {status}")
    _program(tmp_path / "mail", f'printf "%s" "$2" > "{tmp_path}/mailed"')
    command = script.replace("/srv/flow-logs", str(tmp_path))
    subprocess.run(["sh", "-c", command], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)
    mailed = tmp_path / "mailed"
    assert (mailed.read_text(encoding="utf-8").strip() if mailed.exists() else None) == subject


def _program(path: Any, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
