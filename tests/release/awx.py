# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs jobs as AWX does: with ansible-runner, each with an inventory of its slice of the hosts.

AWX's behavior follows its source, release 24.6: awx/main/models/inventory.py, models/workflow.py and
tasks/jobs.py.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import ansible_runner

from tests.integration.support.ansible_run import LIMIT_SECONDS
from tests.integration.support.ansible_run import ROOT

PROGRAMS = pathlib.Path(sys.executable).parent


def exported(source: pathlib.Path, environment: dict[str, str]) -> dict[str, Any]:
    """Return what AWX imports: ``ansible-inventory --list --export`` (tasks/jobs.py, build_args).

    :param source: file or folder.
    """
    command = [PROGRAMS / "ansible-inventory", "-i", source, "--list", "--export"]
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS, check=True
    )
    return json.loads(done.stdout)


def sliced(inventory: dict[str, Any], number: int, count: int) -> dict[str, Any]:
    """Return the inventory of slice ``number`` (from 1) of ``count``: every count-th host by name.

    AWX: Inventory.get_script_data and get_sliced_hosts. Groups keep their variables and children, even without a host.
    """
    groups = {name: group for name, group in inventory.items() if name != "_meta"}
    names = sorted({host for group in groups.values() for host in group.get("hosts", ())})[number - 1 :: count]
    made: dict[str, Any] = {name: _group(group, names) for name, group in groups.items()}
    known = inventory.get("_meta", {}).get("hostvars", {})
    added = {"remote_host_enabled": "true", "remote_tower_enabled": "true"}
    made["_meta"] = {"hostvars": {name: {**known.get(name, {}), **added} for name in names}}
    return made


def _group(group: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {**group, "hosts": [host for host in group.get("hosts", ()) if host in names]}


@dataclass
class Job:
    """A running or finished job."""

    thread: Any
    runner: Any

    def wait(self) -> Job:
        """Wait until it has ended."""
        self.thread.join(LIMIT_SECONDS)
        assert not self.thread.is_alive(), "the job hangs"
        return self

    @property
    def output(self) -> str:
        """Its output."""
        return self.runner.stdout.read()

    @property
    def failed(self) -> bool:
        """Whether AWX counts it as failed."""
        assert self.runner.status in ("successful", "failed"), self.output
        return self.runner.status == "failed"

    @property
    def artifacts(self) -> dict[str, Any]:
        """The data of ``set_stats``, which AWX reads from the last event (tasks/callback.py, event_handler)."""
        (stats,) = [event for event in self.runner.events if event["event"] == "playbook_on_stats"]
        return stats["event_data"].get("artifact_data", {})


class Controller:
    """Starts jobs, each in its own folder.

    :param environment: the environment variables of credentials.
    """

    def __init__(self, folder: pathlib.Path, environment: dict[str, str]) -> None:
        self.folder, self._number = folder, 100
        self.environment = environment

    def launch(self, playbook: str, inventory: dict[str, Any], tags: str = "", **variables: Any) -> Job:
        """Start a job; the inventory is a program that prints it (tasks/jobs.py, write_inventory_file).

        :param playbook: name in a collection. AWX accepts only files of a project, so the job creates one that imports
            it.
        :param tags: job tags of the template, separated by commas.
        """
        self._number += 1
        private = self.folder / f"job-{self._number}"
        program = private / "inventory" / "hosts"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!{sys.executable}\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
        program.chmod(0o700)
        (private / "project").mkdir()
        (private / "project" / "play.yml").write_text(f"- import_playbook: {playbook}\n", encoding="utf-8")
        settings = {
            "ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"),
            "ANSIBLE_LOCAL_TEMP": str(private / "local-tmp"),
            "ANSIBLE_REMOTE_TEMP": str(private / "remote-tmp"),
            "ANSIBLE_NOCOLOR": "1",
        }
        thread, runner = ansible_runner.run_async(
            private_data_dir=str(private),
            playbook="play.yml",
            envvars={**self.environment, **settings},
            extravars={"awx_job_id": self._number, **variables},
            quiet=True,
            **({"cmdline": f"--tags {tags}"} if tags else {}),
        )
        return Job(thread, runner)

    def run(self, playbook: str, inventory: dict[str, Any], **variables: Any) -> Job:
        """Run a job to its end."""
        return self.launch(playbook, inventory, **variables).wait()

    def run_sliced(self, playbook: str, inventory: dict[str, Any], count: int, **variables: Any) -> list[Job]:
        """Run a job template with a slice count: all slices at once."""
        jobs = [self.launch(playbook, sliced(inventory, number, count), **variables) for number in range(1, count + 1)]
        return [job.wait() for job in jobs]


def passed_on(*jobs: Job) -> dict[str, Any]:
    """Return the next node's extra variables; the last of equal names wins (models/workflow.py, get_job_kwargs)."""
    merged: dict[str, Any] = {}
    for job in jobs:
        merged.update(job.artifacts)
    return merged
