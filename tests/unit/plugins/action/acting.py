# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs action plugins in the test process, with real objects of Ansible."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.block import Block
from ansible.playbook.play import Play
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins import loader
from ansible.template import Templar

_ACTIONS = "ansible_collections.flowlogs.aws.plugins.action"


def act(name: str, args: Mapping[str, Any], variables: Mapping[str, Any] | None = None, **task: Any) -> dict[str, Any]:
    """Run an action plugin and return its result.

    :param name: of the plugin, without the collection.
    :param args: of its task.
    :param variables: of the host.
    :param task: further attributes of the task: ``check_mode``, ``diff``, ``tags``.
    :raises AnsibleActionFail: as the plugin does.
    """
    task_object = Task(block=Block(play=Play()))
    task_object.args = dict(args)
    for attribute, value in {"check_mode": False, "diff": False, **task}.items():
        setattr(task_object, attribute, value)
    given, data = dict(variables or {}), DataLoader()
    context = PlayContext()
    action = importlib.import_module(f"{_ACTIONS}.{name}").ActionModule(
        task=task_object,
        connection=loader.connection_loader.get("local", context, None),
        play_context=context,
        loader=data,
        templar=Templar(loader=data, variables=given),
        shared_loader_obj=loader,
    )
    return dict(action.run(task_vars=given))
