# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on the sandbox works as printed: start, check, publish, report, stop. Nothing but the simulator is called."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from tests.rst import code_blocks
from tests.simulator.client import SimulatorClient

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_sandbox.rst").read_text(encoding="utf-8")
# A run that takes this long hangs.
SECONDS = 300
# Settings of somebody who works with AWS. A client that uses them fails, as nothing listens at port 9.
OF_THE_USER = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "the-secret-of-the-user-of-this-machine-0",
    "AWS_PROFILE": "production",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
    "AWS_URL": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
}


def shown(language: str) -> list[str]:
    """Return the code blocks of the guide in a language."""
    return [block.text for block in code_blocks(GUIDE) if block.language == language]


@dataclass
class RunningSandbox:
    """A sandbox for the inventory of the guide."""

    process: subprocess.Popen[str]
    output: list[str]
    folder: pathlib.Path

    @property
    def simulator(self) -> SimulatorClient:
        """A client of the simulator."""
        (url,) = [word.rstrip(",.") for line in self.output for word in line.split() if word.startswith("http://")]
        return SimulatorClient(url)

    def types(self, command: str) -> str:
        """Run a command in a shell that has read the environment of the sandbox; return its output."""
        script = next(line.strip() for line in self.output if line.strip().startswith(". "))
        program, *arguments = shlex.split(command)
        words = [str(pathlib.Path(sys.executable).with_name(pathlib.Path(program).name)), *arguments]
        done = run(["sh", "-c", f"{script} && {shlex.join(words)}"], self.folder)
        assert done.returncode == 0, done.stdout
        return done.stdout


def run(words: list[str], folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody who works with AWS, and return all that it prints."""
    return subprocess.run(
        words,
        cwd=folder,
        env=environment(),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )


def environment() -> dict[str, str]:
    """Return the environment of somebody who works with AWS."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **OF_THE_USER,
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"),
    }


def command(inventory: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Return the command that starts a sandbox."""
    return [sys.executable, "-m", "demo.sandbox", "-i", str(inventory), "--folder", str(folder)]


def lines_until(process: subprocess.Popen[str], end: str) -> Iterator[str]:
    """Yield lines that a process prints, up to the one that begins with ``end``."""
    for line in process.stdout:
        yield line
        if line.startswith(end):
            return


@pytest.fixture(name="sandbox")
def running_sandbox(tmp_path: pathlib.Path) -> Iterator[RunningSandbox]:
    """The sandbox for the inventory of the guide, in a folder with blanks."""
    folder = tmp_path / "a folder"
    for text in shown("yaml"):
        path = folder / text.splitlines()[0].removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    started = subprocess.Popen(
        command(folder / "inventory", folder / "sandbox"),
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with started as process:
        try:
            output = list(lines_until(process, "Ctrl-C"))
            assert process.poll() is None, output
            yield RunningSandbox(process, output, folder)
        finally:
            process.kill()


def calls_by_account(sandbox: RunningSandbox, operation: str) -> list[Any]:
    """Return the account and Region of each call of an operation."""
    return sorted((call["account"], call["region"]) for call in sandbox.simulator.calls(operation=operation))


def test_the_guide_works_as_printed(sandbox: RunningSandbox) -> None:
    start, playbooks, _options, _export = shown("console")
    contents, summary, _problem = shown("text")
    assert start == "$ make sandbox INVENTORY=inventory"
    assert contents in "".join(sandbox.output)
    read, check, publish, report = (line.removeprefix("$ ") for line in playbooks.splitlines())
    assert read == ". .dev/sandbox/environment"
    simulator = sandbox.simulator

    assert simulator.calls() == []
    assert summary in sandbox.types(check)
    assert simulator.writes() == []
    assert summary in sandbox.types(publish)
    places = [("111122223333", "eu-west-1"), ("111122223333", "us-east-1"), ("444455556666", "eu-west-1")]
    assert calls_by_account(sandbox, "CreateFlowLogs") == places
    assert [account for account, _region in calls_by_account(sandbox, "PutBucketPolicy")] == ["777788889999"]
    simulator.clear_calls()
    sandbox.types(report)
    assert simulator.writes() == []
    written = json.loads((sandbox.folder / "flow-log-report" / "drift-report.json").read_text(encoding="utf-8"))
    assert written["verdict"] == "in_sync"

    sandbox.process.send_signal(signal.SIGINT)
    output, _errors = sandbox.process.communicate(timeout=SECONDS)
    assert (sandbox.process.returncode, output.strip()) == (0, "The sandbox is stopped.")
    # A shell that is still in the sandbox reaches nothing else.
    look = "import boto3; boto3.client('ec2', 'eu-west-1').describe_vpcs()"
    with pytest.raises(AssertionError, match=f"Could not connect to the endpoint URL: .{simulator.url}/"):
        sandbox.types(shlex.join(["python", "-c", look]))


def fails(inventory: pathlib.Path, folder: pathlib.Path) -> str:
    """Start a sandbox that does not start; return what it prints."""
    done = run(command(inventory, folder), ROOT)
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stdout
    return done.stdout


def test_a_second_sandbox_in_the_folder_is_refused(sandbox: RunningSandbox) -> None:
    assert "Another sandbox uses" in fails(sandbox.folder / "inventory", sandbox.folder / "sandbox")


def test_hosts_and_variables_that_are_missing_are_named_as_the_guide_shows(tmp_path: pathlib.Path) -> None:
    inventory = tmp_path / "hosts.yml"
    settings = {"flow_log_account_id": "111122223333", "flow_log_destination": "arn:aws:s3:::example-flow-logs"}
    hosts = {"all": {"vars": settings, "hosts": {"vpc-0123456789abcdef0": None}}}
    inventory.write_text(yaml.safe_dump(hosts), encoding="utf-8")
    assert fails(inventory, tmp_path / "sandbox").strip() == shown("text")[2]


def test_an_inventory_that_looks_into_aws_finds_nothing(tmp_path: pathlib.Path) -> None:
    inventory = tmp_path / "network.flow_log_targets.yml"
    inventory.write_text("plugin: flowlogs.aws.flow_log_targets\nregions: [eu-west-1]\n", encoding="utf-8")
    assert "--export --output targets.yml" in fails(inventory, tmp_path / "sandbox")
