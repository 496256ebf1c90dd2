# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of the action plugins. PRIVATE to this collection."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ansible.plugins.action import ActionBase

from ansible_collections.flowlogs.aws.plugins.module_utils._run.tasks import TaskPool
from .task_runner import Report, TaskRunner


class FlowLogsAction(ActionBase):
    """An action plugin that runs tasks in its own process. Ansible starts a process for each action."""

    TRANSFERS_FILES = False

    def runner(
        self, task_vars: Mapping[str, object], at_once: int, report: Report = lambda done, total, failed: None
    ) -> TaskRunner:
        """Return a runner with the check mode, diff mode and ``environment`` of the Ansible task.

        :param at_once: maximum number of tasks that run at the same time.
        """
        environment: dict[str, object] = {}
        self._compute_environment_string(environment)
        os.environ.update({name: str(value) for name, value in environment.items()})

        def execute(module: str, options: Mapping[str, object]) -> Mapping[str, object]:
            return dict(self._execute_module(module_name=module, module_args=dict(options), task_vars=task_vars))

        return TaskRunner(TaskPool(bool(self._task.check_mode), bool(self._task.diff), at_once), execute, report)
