# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stores the state of a run between the tasks of its playbook. PRIVATE to this collection.

The file is in Ansible's temporary folder. Only the user can read the folder, and Ansible removes it at the end. Ansible
would copy a variable to every process and render it each time it is read.
"""

from __future__ import annotations

import os

from ansible import constants
from ansible.errors import AnsibleActionFail

from .._stages.run import Run, run_from_json

_NAME = "flowlogs-aws-run.json"


def _path() -> str:
    return os.path.join(constants.DEFAULT_LOCAL_TMP, _NAME)


def save(run: Run) -> None:
    """Store a run. It replaces an earlier run of the same playbook."""
    with open(_path(), "w", encoding="utf-8") as file:
        file.write(run.to_json())


def load() -> Run:
    """Return the run that was stored last.

    :raises AnsibleActionFail: if there is none.
    """
    try:
        with open(_path(), encoding="utf-8") as file:
            return run_from_json(file.read())
    except FileNotFoundError:
        raise AnsibleActionFail("Nothing is planned yet: flow_log_run must run with stage: plan first.") from None
