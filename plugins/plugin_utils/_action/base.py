# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugins share. PRIVATE to this collection."""

from __future__ import annotations

import os
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.flowlogs.aws.plugins.module_utils._run.tasks import TaskPool
from .task_runner import TaskRunner, Tell


class FlowLogsAction(ActionBase):
    """An action plugin that runs tasks in its own process, which Ansible made for it alone."""

    TRANSFERS_FILES = False

    def runner(
        self, task_vars: dict[str, Any], at_once: int, tell: Tell = lambda done, total, failed: None
    ) -> TaskRunner:
        """Return what runs tasks, in the check mode, diff mode and ``environment`` of the Ansible task.

        :param at_once: how many tasks run at the same time, at most.
        """
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        os.environ.update({name: str(value) for name, value in environment.items()})

        def execute(module: str, options: dict[str, Any]) -> dict[str, Any]:
            return dict(self._execute_module(module_name=module, module_args=options, task_vars=task_vars))

        return TaskRunner(TaskPool(bool(self._task.check_mode), bool(self._task.diff), at_once), execute, tell)
