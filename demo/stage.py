# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment of the demo: a simulated AWS, Ansible, and the files of a run, all in .dev of the checkout."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from typing import Any

import boto3

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.simulator.client import SECRET_KEY  # noqa: E402
from tests.simulator.client import SimulatorProcess  # noqa: E402

ACCESS_KEY = "AKIADEMOAUTOMATIONAA"
PLAYBOOK_SECONDS = 300
# The role that the profile of each account assumes.
ROLES = {
    "shop": "arn:aws:iam::111122223333:role/flow-logs",
    "payments": "arn:aws:iam::444455556666:role/flow-logs",
    "network": "arn:aws:iam::777788889999:role/flow-logs",
    "log-archive": "arn:aws:iam::123456789012:role/flow-log-buckets",
}


def aws_config() -> str:
    """Return an AWS configuration file: one user, and for each account a profile that assumes a role."""
    lines = ["[profile automation]", f"aws_access_key_id = {ACCESS_KEY}", f"aws_secret_access_key = {SECRET_KEY}"]
    for profile, role in ROLES.items():
        lines += ["", f"[profile {profile}]", f"role_arn = {role}", "source_profile = automation"]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Run:
    """A finished playbook: exit code, output, and the AWS calls during the run."""

    code: int
    output: str
    log: Path
    calls: list[dict[str, Any]]

    @property
    def writes(self) -> Counter[str]:
        """The number of calls of each write operation."""
        return Counter(call["operation"] for call in self.calls if call["write"])

    def line(self, beginning: str) -> str:
        """Return the output line that begins with this text, or "" """
        for line in self.output.splitlines():
            _before, found, rest = line.partition(beginning)
            if found:
                return rest.strip().strip('",')
        return ""


class Stage:
    """Runs playbooks against the simulated AWS.

    :param folder: for logs and reports.
    """

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self._runs = 0

    def client(self, service: str, profile: str, region: str = "eu-west-1") -> Any:
        """Return a boto3 client for an account."""
        return boto3.Session(profile_name=profile, region_name=region).client(service)

    def play(self, playbook: str, inventories: list[str], **variables: str) -> Run:
        """Run one of the collection's playbooks as a user would; its output goes to a file."""
        self._runs += 1
        log = self.folder / f"{self._runs}-{playbook.rpartition('.')[2]}.log"
        command = [sys.executable, "-m", "ansible", "playbook", playbook]
        command += [word for inventory in inventories for word in ("-i", inventory)]
        command += [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
        self.simulator.clear_calls()
        code = _run(command, log)
        return Run(code, log.read_text(encoding="utf-8"), log, self.simulator.calls())


def _run(command: list[str], log: Path) -> int:
    """Run a command in a separate process group, which ends with this process; return its exit code."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(PLAYBOOK_SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Yield an empty folder, .dev/demo, or the first of .dev/demo-2, -3 ... that no other running demo has."""
    (ROOT / ".dev").mkdir(exist_ok=True)
    for number in itertools.count(1):
        folder = ROOT / ".dev" / ("demo" if number == 1 else f"demo-{number}")
        with open(f"{folder}.lock", "w", encoding="utf-8") as lock:
            if _take(lock):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                yield folder
                return


def _take(lock: IO[str]) -> bool:
    """Lock an open file; return whether no other process has the lock."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _settings(folder: Path) -> None:
    """Set the environment of AWS clients and Ansible for the demo, and remove the caller's settings."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "ANSIBLE_"))]:
        del os.environ[name]
    os.environ.update(
        ANSIBLE_CONFIG=str(ROOT / "tools" / "ansible.cfg"),
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_REMOTE_TMP=str(ROOT / ".dev" / "ansible" / "tmp"),
        AWS_CONFIG_FILE=str(folder / "aws-config"),
        AWS_EC2_METADATA_DISABLED="true",
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Start the environment, and stop it at the end in any case."""
    # SIGTERM ends the demo like Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # pylint: disable-next=contextmanager-generator-missing-cleanup  # contextlib closes the generator
    with _folder() as folder, SimulatorProcess(seed=ROOT / "demo" / "fleet.yml") as simulator:
        (folder / "aws-config").write_text(aws_config(), encoding="utf-8")
        _settings(folder)
        os.environ["AWS_ENDPOINT_URL"] = simulator.url
        yield Stage(simulator, folder)
