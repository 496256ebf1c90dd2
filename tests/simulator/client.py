# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small client for tests, standard library only: starts, reads and controls a simulator. ::

with SimulatorProcess(seed={"accounts": {...}}) as simulator:
    ec2 = boto3.client("ec2", endpoint_url=simulator.url, ...)
    simulator.fault(operation="CreateFlowLogs", action="throttle", times=2)
    ...
    assert [call["operation"] for call in simulator.calls(write=True)] == ["CreateFlowLogs"] * 3
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
"""The root of the checkout, where ``python -m tests.simulator`` works."""

DEFAULT_ACCESS_KEY = "AKIASIMULATORAAAAAAA"
SECRET_KEY = "simulator-secret-simulator-secret-000000"

PYTHON_VARIABLE = "FLOWLOGS_SIMULATOR_PYTHON"
"""Names the Python that runs the simulator, if the Python of the tests does not have its requirements."""

START_SECONDS = 180.0
CONTROL_SECONDS = 300.0


class SimulatorError(RuntimeError):
    """The simulator did not start, or refused a control request. The message comes from the simulator."""


class SimulatorClient:
    """Calls the control endpoint of a running simulator."""

    def __init__(self, url: str) -> None:
        self.url = url

    def calls(self, **where: Any) -> list[dict[str, Any]]:
        """The call log, oldest first; narrow it by operation, account, region, service, error_code, fault or write."""
        text = {key: str(value).lower() if isinstance(value, bool) else value for key, value in where.items()}
        return self._ask("GET", "calls", query=text)["calls"]

    def operations(self, **where: Any) -> list[str]:
        """The names of the operations in the call log, in order."""
        return [call["operation"] for call in self.calls(**where)]

    def writes(self) -> list[dict[str, Any]]:
        """Return the write calls."""
        return self.calls(write=True)

    def clear_calls(self) -> None:
        """Empty the call log."""
        self._ask("DELETE", "calls")

    def fault(self, **rule: Any) -> int:
        """Activate a fault, fields as in :class:`tests.simulator.faults.Rule`; return its number."""
        return self._ask("POST", "faults", rule)["id"]

    def faults(self) -> list[dict[str, Any]]:
        """The faults with their counters ``seen`` and ``hits``."""
        return self._ask("GET", "faults")["faults"]

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._ask("DELETE", "faults")

    def switches(self) -> dict[str, str]:
        """Return the current value of every switch."""
        return self._ask("GET", "switches")

    def set_switch(self, name: str, value: str) -> None:
        """Set one switch."""
        self._ask("PUT", "switches", {name: value})

    def enforce(self, enforced: bool = True) -> None:
        """Switch the enforcement of permissions on or off."""
        self._ask("PUT", "enforcement", {"enforce": enforced})

    def enforced(self) -> bool:
        """Whether permissions are enforced."""
        return self._ask("GET", "enforcement")["enforce"]

    def seed(self, document: Mapping[str, Any]) -> dict[str, int]:
        """Add a fleet (see fleet.py); return the number of resources of each kind."""
        return self._ask("POST", "seed", document)

    def deliver(self, at: str | datetime | None = None, quiet: Iterable[str] = ()) -> dict[str, Any]:
        """Try one delivery of every flow log to S3.

        :param at: the time in ISO format; the default is now.
        :param quiet: ids of resources without traffic; their flow logs deliver nothing.
        :returns: ``objects``, the number of written objects, and ``failed``, the reason (see verdicts.py) by flow log
            id.
        """
        when = at.isoformat() if isinstance(at, datetime) else at
        return self._ask("POST", "deliver", {"quiet": list(quiet), **({"at": when} if when else {})})

    def reset(self) -> None:
        """Return to the state at the start."""
        self._ask("POST", "reset")

    def environment(self, region: str = "us-east-1", access_key: str = DEFAULT_ACCESS_KEY) -> dict[str, str]:
        """Return environment variables that point AWS clients to the simulator.

        An access key from the seed belongs to its account, every other one to the default account 123456789012.
        The fake secret is long, so that Ansible does not mask parts of other texts.
        """
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def _ask(self, method: str, path: str, content: Any = None, query: Mapping[str, str] | None = None) -> Any:
        address = f"{self.url}/_simulator/{path}" + (f"?{urlencode(query)}" if query else "")
        body = None if content is None else json.dumps(content).encode()
        request = Request(address, data=body, method=method, headers={"Content-Type": "application/json"})
        try:
            with urlopen(request, timeout=CONTROL_SECONDS) as answer:  # noqa: S310  the address is our own
                return json.load(answer)
        except HTTPError as error:
            raise SimulatorError(json.load(error)["error"]) from error


class SimulatorProcess(SimulatorClient):
    """A simulator in a separate process that ends with this one."""

    def __init__(
        self,
        seed: Mapping[str, Any] | str | Path | None = None,
        switches: Mapping[str, str] | None = None,
        port: int = 0,
        enforce: bool = False,
    ) -> None:
        super().__init__("")
        self._folder = tempfile.TemporaryDirectory(prefix="simulator-")
        self._command = [
            os.environ.get(PYTHON_VARIABLE, sys.executable),
            "-m",
            "tests.simulator",
            "--port",
            str(port),
            "--until-stdin-closes",
        ]
        self._command += [f"--switch={name}={value}" for name, value in (switches or {}).items()]
        if enforce:
            self._command.append("--enforce")
        if seed is not None:
            self._command += ["--seed", str(self._seed_file(seed))]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SimulatorProcess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> SimulatorProcess:
        """Start it and wait until it listens.

        :raises SimulatorError: it ended or did not start in time; the message has its standard error.
        """
        errors = Path(self._folder.name, "stderr")
        with errors.open("wb") as stderr:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
            )
        self.url = self._first_line().removeprefix("simulator: ")
        if not self.url.startswith("http"):
            self.stop()
            raise SimulatorError(f"the simulator did not start: {errors.read_text(errors='replace')}")
        return self

    def stop(self) -> None:
        """Stop it and wait for its end. May be called again."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.communicate()
        self._process = None

    @property
    def pid(self) -> int:
        """The process id, while it runs."""
        return self._process.pid

    def errors(self) -> str:
        """What the simulator wrote to standard error."""
        return Path(self._folder.name, "stderr").read_text(errors="replace")

    def _first_line(self) -> str:
        stdout = self._process.stdout
        ready, _writable, _exceptional = select.select([stdout], [], [], START_SECONDS)
        return stdout.readline().decode().strip() if ready else ""

    def _seed_file(self, seed: Mapping[str, Any] | str | Path) -> Path:
        if not isinstance(seed, Mapping):
            return Path(seed).resolve()
        path = Path(self._folder.name, "seed.json")
        path.write_text(json.dumps(seed))
        return path
