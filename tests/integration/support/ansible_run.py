# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ansible-playbook as a user would, and returns what each task returned."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
# A run that takes this long hangs.
LIMIT_SECONDS = 600


@dataclass
class AnsibleRun:
    """One finished ansible-playbook.

    :param results: what each task returned, in order: status, host, task, action, result.
    """

    returncode: int
    output: str
    results: list[dict[str, Any]]

    def of(self, task: str, host: str | None = None) -> list[dict[str, Any]]:
        """Return the results of the task with this name, of all hosts or one."""
        return [
            item["result"]
            for item in self.results
            if item["task"] == task and item["status"] != "skipped" and host in (None, item["host"])
        ]

    def one(self, task: str, host: str | None = None) -> dict[str, Any]:
        """Return the only result of a task."""
        (result,) = self.of(task, host)
        return result


class AnsibleRunner:
    """Runs playbooks in a folder of their own.

    :param folder: where playbooks given as data are written, and where Ansible is started.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def __call__(
        self,
        playbook: Any,
        *arguments: str,
        environment: dict[str, str] | None = None,
        variables: dict[str, Any] | None = None,
        succeeds: bool | None = True,
    ) -> AnsibleRun:
        """Run a playbook and check its outcome.

        :param playbook: the name or path of a playbook, or a list of plays.
        :param arguments: further command line arguments (``--check``, ``-i`` ...).
        :param environment: added to the environment, for example ``simulator.environment()``.
        :param variables: extra variables.
        :param succeeds: whether it must succeed, must fail, or may do either (``None``).
        """
        if not isinstance(playbook, (str, pathlib.Path)):
            path = self.folder / "playbook.yml"
            path.write_text(yaml.safe_dump(playbook, sort_keys=False), encoding="utf-8")
            playbook = path
        command: Sequence[str] = [
            str(pathlib.Path(sys.executable).parent / "ansible-playbook"),
            str(playbook),
            *arguments,
            *(["--extra-vars", json.dumps(variables)] if variables else []),
        ]
        recorded = self.folder / "task-results.jsonl"
        recorded.unlink(missing_ok=True)
        finished = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **self._settings(recorded), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        lines = recorded.read_text(encoding="utf-8").splitlines() if recorded.exists() else []
        run = AnsibleRun(finished.returncode, finished.stdout, [json.loads(line) for line in lines])
        if succeeds is not None:
            assert (run.returncode == 0) is succeeds, run.output
        return run

    def _settings(self, recorded: pathlib.Path) -> dict[str, str]:
        return {
            "ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_results",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local-tmp"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote-tmp"),
            "TASK_RESULTS": str(recorded),
        }
