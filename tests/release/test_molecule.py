# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The molecule scenarios pass, every step runs, and their verification can fail."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

from tests.integration.support.aws_clients import aws_client
from tests.integration.support.ansible_run import LIMIT_SECONDS
from tests.integration.support.ansible_run import AnsibleRunner
from tests.simulator.client import SimulatorProcess

SCENARIOS = pathlib.Path("extensions", "molecule")
NAMES = ["accounts", "broken_destination", "default", "removal"]


def read(path: pathlib.Path) -> dict:
    """Return the content of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(root: pathlib.Path, scenario: str) -> list[str]:
    """Return the names of the steps of a scenario, in order."""
    sequence = read(root / SCENARIOS / scenario / "molecule.yml")["scenario"]["test_sequence"]
    return [step.split()[0] for step in sequence]


def test_every_scenario_is_known(root: pathlib.Path) -> None:
    assert sorted(path.parent.name for path in (root / SCENARIOS).glob("*/molecule.yml")) == NAMES


@pytest.mark.parametrize("scenario", NAMES)
def test_scenario(root: pathlib.Path, tmp_path: pathlib.Path, scenario: str) -> None:
    programs = pathlib.Path(sys.executable).parent
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [programs / "molecule", "test", "--scenario-name", scenario],
        cwd=root,
        env={**os.environ, "HOME": str(tmp_path), "NO_COLOR": "1", "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    _log, _heading, summary = done.stdout.partition("\nDETAILS")
    taken = re.findall(rf"^{scenario} > (\w+): Executed: Successful$", summary, re.MULTILINE)
    assert taken == steps(root, scenario), done.stdout
    # Each step is a play with tasks, except the first one, which has nothing to stop.
    counts = [int(count) for count in re.findall(r"^localhost +: ok=(\d+) ", done.stdout, re.MULTILINE)]
    assert len(counts) == len(taken) and all(counts[1:]), done.stdout


def verify(ansible: AnsibleRunner, simulator: SimulatorProcess, playbook: pathlib.Path) -> list[str]:
    """Run a verify playbook on a simulator with the scenario's fleet; return the failed assertions."""
    (ansible.folder / "simulator.out").write_text(f"simulator: {simulator.url}\n", encoding="utf-8")
    done = ansible(
        playbook,
        "--inventory",
        str(playbook.parents[1] / "common" / "inventory" / "hosts.yml"),
        environment={
            "MOLECULE_EPHEMERAL_DIRECTORY": str(ansible.folder),
            "MOLECULE_SCENARIO_DIRECTORY": str(playbook.parent),
        },
        succeeds=None,
    )
    failed = [item["result"] for item in done.results if item["status"] == "failed"]
    assert all("assertion" in result for result in failed), json.dumps(failed)
    return [result["assertion"] for result in failed]


@pytest.mark.parametrize("scenario", NAMES)
def test_verification_fails_without_the_role(
    ansible: AnsibleRunner, simulator: SimulatorProcess, root: pathlib.Path, scenario: str
) -> None:
    simulator.seed(read(root / SCENARIOS / scenario / "files" / "fleet.yml"))
    assert verify(ansible, simulator, root / SCENARIOS / scenario / "verify.yml")


@pytest.mark.parametrize("scenario", ["default", "removal"])
def test_verification_of_no_changes_fails_after_changes(
    ansible: AnsibleRunner, simulator: SimulatorProcess, root: pathlib.Path, scenario: str
) -> None:
    simulator.seed(read(root / SCENARIOS / scenario / "files" / "fleet.yml"))
    playbook = root / SCENARIOS / scenario / "untouched.yml"
    assert verify(ansible, simulator, playbook) == []
    aws_client(simulator, "s3", access_key="AKIASCENARIOSHOPAAAA").delete_bucket_policy(Bucket="example-logs")
    assert verify(ansible, simulator, playbook) == ["seen.writes == []"]
