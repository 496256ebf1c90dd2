# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures: Ansible, the simulator and a browser."""

from __future__ import annotations

import gc
import pathlib
from collections.abc import Iterator

import pytest

from tests.browser import Chromium
from tests.browser import chromium
from tests.integration.support.ansible_run import AnsibleRunner
from tests.simulator.client import SimulatorProcess


@pytest.fixture(name="ansible")
def _ansible(tmp_path: pathlib.Path) -> AnsibleRunner:
    """Run playbooks in a temporary folder."""
    return AnsibleRunner(tmp_path)


@pytest.fixture(name="simulator_process", scope="session")
def _simulator_process() -> Iterator[SimulatorProcess]:
    """One simulator for all tests of a worker, without a fleet."""
    with SimulatorProcess() as process:
        yield process


@pytest.fixture(name="simulator")
def _simulator(simulator_process: SimulatorProcess) -> SimulatorProcess:
    """An empty simulator: no fleet, no faults, an empty call log; tests seed it."""
    simulator_process.reset()
    simulator_process.clear_calls()
    return simulator_process


@pytest.fixture(name="chromium", scope="session")
def _chromium() -> Iterator[Chromium]:
    """One browser for all tests of a worker; each opens pages of its own."""
    with chromium() as browser:
        yield browser


@pytest.fixture(autouse=True, scope="module")
def _returns_memory() -> Iterator[None]:
    """Return the memory of AWS clients, which refer to themselves, after each file."""
    yield
    gc.collect()
