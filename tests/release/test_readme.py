# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README works as printed, for a new user with an empty environment, from the archive to the drift report."""

from __future__ import annotations

import importlib.metadata
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import yaml

from tests.browser import Chromium
from tests.integration.support.in_process import succeed
from tests.markdown import Block
from tests.markdown import blocks
from tests.markdown import section
from tests.rst import code_blocks
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUICK_START = section(README, "Quick start")
INSTALLATION = section(README, "Installation")
# The values that the reader replaces; here the simulator has resources with these names.
SETTINGS = yaml.safe_load(next(b.text for b in blocks(QUICK_START, "yaml") if b.file.startswith("group_vars")))
ACCOUNT, REGION = SETTINGS["flow_log_account_id"], SETTINGS["flow_log_region"]
BUCKET = SETTINGS["flow_log_destination"].split(":::")[1].split("/")[0]
VPC = next(iter(yaml.safe_load(blocks(QUICK_START, "yaml")[0].text)["network"]["hosts"]))
KEY = "AKIAREADMEREADMEAAAA"
FLEET = {
    "accounts": {
        ACCOUNT: {
            "users": [{"name": "reader", "access_key": KEY}],
            "buckets": [{"name": BUCKET, "region": REGION}],
            "regions": {REGION: {"vpcs": [{"id": VPC}]}},
        }
    }
}
SECONDS = 600
#: Environment variable with the Python for modules, if it differs from Ansible's (tools/matrix.py).
MODULE_PYTHON = "FLOWLOGS_MODULE_PYTHON"


class Reader:
    """A user who follows the README in a separate shell and home folder.

    :param home: an empty folder.
    :param programs: the folder of the programs.
    """

    def __init__(
        self,
        home: pathlib.Path,
        simulator: SimulatorProcess,
        programs: pathlib.Path = pathlib.Path(sys.executable).parent,
    ) -> None:
        self.folder = home / "flow logs"
        self.folder.mkdir()
        self._programs = programs
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "AWS_", "PYTHON"))
        }
        self._environment |= simulator.environment(REGION, KEY)
        self._environment |= {"HOME": str(home), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_HOME": str(home / ".ansible")}
        # Only credentials, as in the quick start; not even a Region.
        del self._environment["AWS_REGION"], self._environment["AWS_DEFAULT_REGION"]

    @property
    def collections(self) -> pathlib.Path:
        """The folder of the reader's collections."""
        return pathlib.Path(self._environment["ANSIBLE_HOME"]) / "collections" / "ansible_collections"

    def types(self, line: str, folder: pathlib.Path | None = None, **environment: str) -> str:
        """Run a command line; return its output."""
        home = self._environment["HOME"]
        program, *arguments = (re.sub(r"^~(?=/)", home, word) for word in shlex.split(line))
        if program == ".":
            (activate,) = map(pathlib.Path, arguments)
            assert (activate.parent.name, activate.name, activate.is_file()) == ("bin", "activate", True)
            self._programs = activate.parent
            return ""
        if program == "ansible-playbook" and MODULE_PYTHON in os.environ:
            arguments += ["--extra-vars", f"ansible_python_interpreter={os.environ[MODULE_PYTHON]}"]
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(
            command,
            cwd=folder or self.folder,
            env={**self._environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}"
        return done.stdout

    def writes_files(self) -> None:
        """Write the files of the quick start."""
        for block in blocks(QUICK_START, "yaml"):
            path = self.folder / block.file
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text + "\n", encoding="utf-8")

    def client(self, service: str) -> Any:
        """Return a boto3 client of the reader's."""
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self._environment["AWS_ENDPOINT_URL"],
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET_KEY,
        )

    def bucket_policy(self) -> dict[str, Any]:
        """Return the policy of the reader's bucket."""
        return json.loads(self.client("s3").get_bucket_policy(Bucket=BUCKET)["Policy"])


def lines(block: Block) -> list[str]:
    """Return the lines of a block."""
    return block.text.splitlines()


def commands(text: str, program: str) -> list[str]:
    """Return the shell lines that run a program."""
    return [line for block in blocks(text, "shell") for line in lines(block) if line.startswith(f"{program} ")]


def of_guide(name: str, language: str) -> list[str]:
    """Return the code blocks of a guide in a language."""
    page = (ROOT / "docs" / "docsite" / "rst" / f"guide_{name}.rst").read_text(encoding="utf-8")
    return [block.text for block in code_blocks(page) if block.language == language]


def without_ids(text: str) -> str:
    """Return a text with every flow log id replaced, since AWS generates them."""
    return re.sub(r"fl-[0-9a-f]{8,17}", "fl-ID", text)


@pytest.fixture(name="world", scope="module")
def simulator_of_the_readme() -> Iterator[SimulatorProcess]:
    """A simulator with the resources of the README's examples."""
    with SimulatorProcess(seed=FLEET) as process:
        yield process


@pytest.fixture(name="reader")
def reader_of_the_readme(world: SimulatorProcess, tmp_path: pathlib.Path) -> Reader:
    """A reader with that simulator, before the first step."""
    world.reset()
    return Reader(tmp_path, world)


@pytest.fixture(name="stranger")
def new_user(world: SimulatorProcess, tmp_path: pathlib.Path) -> Reader:
    """A reader with only Python, and amazon.aws installed as from Ansible Galaxy."""
    world.reset()
    (tmp_path / "home").mkdir()
    reader = Reader(tmp_path / "home", world)
    amazon = reader.collections / "amazon" / "aws"
    own = pathlib.Path(sysconfig.get_path("purelib"), "ansible_collections", "amazon", "aws")
    shutil.copytree(own, amazon, ignore=shutil.ignore_patterns("__pycache__"))
    return reader


def install(reader: Reader, root: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Follow the README's installation line by line, in a copy of the tracked files.

    The packages come from the index, in the versions of this test run, which tools/matrix.py varies.
    """
    sources = tmp_path / "sources"
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, stdout=subprocess.PIPE).stdout
    for name in filter(None, listing.decode().split("\0")):
        if (root / name).is_file():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_bytes((root / name).read_bytes())
    constraints = tmp_path / "constraints.txt"
    versions = {distribution.name: distribution.version for distribution in importlib.metadata.distributions()}
    pins = [f"{name}=={versions[name]}" for name in ("ansible-core", "boto3", "botocore")]
    constraints.write_text("\n".join(pins), encoding="utf-8")
    # pip reads its settings from the home folder.
    of_pip = {"HOME": os.path.expanduser("~"), "PIP_CONSTRAINT": str(constraints), "PIP_NO_COMPILE": "1"}
    (block,) = blocks(INSTALLATION, "shell")
    for line in lines(block):
        reader.types(line, sources, **(of_pip if line.startswith("python3 -m pip ") else {}))


def opened(file: pathlib.Path) -> str:
    """Open a report; return the verdict of the JSON file, and the text of the others."""
    text = file.read_text(encoding="utf-8")
    return json.loads(text)["verdict"] if file.suffix == ".json" else text


def test_quick_start_of_a_new_user_from_the_archive_to_the_drift_report(
    stranger: Reader, world: SimulatorProcess, root: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    reader = stranger
    install(reader, root, tmp_path)
    assert (reader.collections / "flowlogs" / "aws" / "MANIFEST.json").is_file()
    reader.writes_files()
    check, publish, report = commands(QUICK_START, "ansible-playbook")
    first, again = (block.text for block in blocks(QUICK_START, "text"))

    world.clear_calls()
    assert first in reader.types(check)
    assert world.writes() == []
    assert first in reader.types(publish)
    (flow_log,) = reader.client("ec2").describe_flow_logs()["FlowLogs"]
    assert (flow_log["ResourceId"], flow_log["LogDestination"]) == (VPC, SETTINGS["flow_log_destination"])
    modern, of_2020 = map(json.loads, of_guide("bucket_policy", "json"))
    assert reader.bucket_policy() == modern
    world.clear_calls()
    assert again in reader.types(publish)
    assert world.writes() == []

    reader.client("ec2").delete_flow_logs(FlowLogIds=[flow_log["FlowLogId"]])
    reader.client("s3").delete_bucket_policy(Bucket=BUCKET)
    world.clear_calls()
    reader.types(report)
    assert world.writes() == []
    (shown,) = of_guide("drift_report", "markdown")
    written = (reader.folder / "flow-log-report" / "drift-report.md").read_text(encoding="utf-8")
    assert without_ids(written) == without_ids(shown) + "\n"
    reports = {file.name: opened(file) for file in (reader.folder / "flow-log-report").iterdir()}
    assert reports.keys() >= {"drift-report.md", "drift-report.json"}
    assert reports["drift-report.json"] == "drift"
    assert all(VPC in text for name, text in reports.items() if name != "drift-report.json")

    # Repaired, this time with the statements of 2020.
    with (reader.folder / "group_vars" / "network.yml").open("a", encoding="utf-8") as settings:
        settings.write("flow_log_source_conditions: false\n")
    assert first in reader.types(publish)
    assert reader.bucket_policy() == of_2020


def test_report_page_of_the_quick_start_opens_in_a_browser(reader: Reader, chromium: Chromium) -> None:
    reader.writes_files()
    *_publishing, report = commands(QUICK_START, "ansible-playbook")
    reader.types(report)
    with chromium.page() as page:
        page.goto((reader.folder / "flow-log-report" / "drift-report.html").as_uri())
        assert "There is drift." in page.locator("#verdict").inner_text()
        assert page.locator("#rows > li summary code").all_inner_texts() == [VPC, f"arn:aws:s3:::{BUCKET}"]


def calls(world: SimulatorProcess, options: dict[str, Any]) -> list[str]:
    """Run s3_flow_log; return the AWS calls from the first write on, or all without a write."""
    world.clear_calls()
    succeed(world.url, "s3_flow_log", options)
    made = world.calls()
    first = next((number for number, call in enumerate(made) if call["write"]), 0)
    return [call["operation"] for call in made[first:]]


def many(kind: str, targets: int) -> dict[str, Any]:
    """Return a Region with many targets of a type."""
    if kind == "vpc":
        return {"vpcs": [{"count": targets, "id": "vpc-0b"}]}
    attachments = {"count": targets, "id": "tgw-attach-0b", "resource": VPC, "resource_type": "vpc"}
    return {"transit_gateways": [{"attachments": [attachments]}]}


@pytest.mark.parametrize(
    ("kind", "targets", "creates", "looks_after", "others"),
    [
        ("vpc", 1, 1, 1, 1),
        ("vpc", 300, 1, 1, 1),
        ("vpc", 301, 2, 1, 1),
        ("vpc", 1001, 4, 2, 2),
        ("tgw-attach", 26, 2, 1, 1),
    ],
)
def test_number_of_calls_matches_the_guide_on_scale(
    reader: Reader, world: SimulatorProcess, kind: str, targets: int, creates: int, looks_after: int, others: int
) -> None:
    buckets = [{"name": "example-many", "region": REGION}]
    world.seed({"accounts": {"123456789012": {"regions": {REGION: many(kind, targets)}, "buckets": buckets}}})
    options = {
        "resource_ids": [f"{kind}-0b{number:015x}" for number in range(1, targets + 1)],
        "destination": "example-many",
    }
    assert calls(world, options) == ["CreateFlowLogs"] * creates + ["DescribeFlowLogs"] * looks_after
    assert set(calls(world, options)) == {"DescribeFlowLogs"}
    assert calls(world, {**options, "tags": {"team": "network"}}) == ["CreateTags"] * others
    assert calls(world, {**options, "state": "absent"}) == ["DeleteFlowLogs"] * others
