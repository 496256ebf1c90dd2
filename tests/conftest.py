# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shared by all tests: no test reaches real AWS or depends on the caller's settings."""

from __future__ import annotations

import os
import pathlib

import pytest
from hypothesis import HealthCheck
from hypothesis import settings

ROOT = pathlib.Path(__file__).resolve().parent.parent

# The time of an example depends on the machine, not on the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def root() -> pathlib.Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def without_settings_of_the_caller() -> None:
    """Remove the caller's AWS and Ansible settings, for this process and its children."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "ANSIBLE_"))]:
        del os.environ[name]
    os.environ.update(
        ANSIBLE_CONFIG=str(ROOT / "tools" / "ansible.cfg"),
        ANSIBLE_REMOTE_TMP=str(ROOT / ".dev" / "ansible" / "tmp"),
        AWS_CONFIG_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
