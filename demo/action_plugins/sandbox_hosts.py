# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the variables of hosts into a file, rendered as the playbooks of the collection render them."""

from __future__ import annotations

import dataclasses
import json
import pathlib

from ansible.plugins.action import ActionBase

from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.hosts import read_hosts


class ActionModule(ActionBase):
    """An action plugin with the options ``hosts``, a list of names, and ``path``, the file."""

    def run(self, tmp=None, task_vars=None):
        """Write the file."""
        del tmp
        hosts = read_hosts(self._task.args["hosts"], task_vars["hostvars"])
        text = json.dumps([dataclasses.asdict(host) for host in hosts], default=str)
        path = pathlib.Path(self._task.args["path"])
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        return {"changed": False}
