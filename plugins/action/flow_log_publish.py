# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs one part of the role publish_to_s3; documented in plugins/modules/flow_log_publish.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.utils.display import Display

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.option_hints import rename_options
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.base import FlowLogsAction
from ansible_collections.flowlogs.aws.plugins.plugin_utils._action.hosts import plain
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.task_results import failure_text
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.progress import diffs_of, lines_of
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.role import (
    PARTS,
    PREFIX,
    naming_variables,
    variable_of,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.role_variables import VARIABLES, RoleVariables

ARGUMENT_SPEC: Mapping[str, Any] = {"part": {"type": "str", "choices": list(PARTS), "required": True}}
_DISPLAY = Display()
#: The fact that holds the result of a part.
_FACTS = {part: f"{PREFIX}{part}_result" for part in ("permissions", "destination", "flow_logs")}


class ActionModule(FlowLogsAction):
    """Runs one part of the role."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the part. A failure is in ``failure``, so that Ansible still sets the fact with the result."""
        result = dict(super().run(tmp, task_vars))
        _checked, options = self.validate_argument_spec(argument_spec=dict(ARGUMENT_SPEC))
        variables = self._variables(task_vars or {})
        runner = self.runner(task_vars or {}, at_once=1)
        try:
            done = runner.drive(PARTS[options["part"]](variables, bool(self._task.check_mode)))
        except InputError as error:
            raise AnsibleActionFail(str(naming_variables(error))) from error
        for line in lines_of(options["part"], done):
            _DISPLAY.display(f"  {line}")
        facts = {_FACTS[options["part"]]: done} if options["part"] in _FACTS else {}
        failure = rename_options(failure_text(done), variable_of) if done.get("failed") else ""
        return {
            **result,
            "changed": bool(done.get("changed")),
            "failure": failure,
            "ansible_facts": facts,
            **({"warnings": runner.warnings} if runner.warnings else {}),
            **({"diff": diffs_of(options["part"], done)} if self._task.diff else {}),
        }

    def _variables(self, task_vars: dict[str, Any]) -> RoleVariables:
        """Return the variables of the role by their names without the prefix, converted to their types."""
        given = {
            name: plain(self._templar.template(task_vars[PREFIX + name]))
            for name in VARIABLES
            if PREFIX + name in task_vars
        }
        # Before ansible-core 2.19 a template cannot give null.
        named = {PREFIX + name: None if value == "" else value for name, value in given.items()}
        found = ArgumentSpecValidator({PREFIX + name: dict(kind) for name, kind in VARIABLES.items()}).validate(named)
        if found.error_messages:
            raise AnsibleActionFail(" ".join(found.error_messages))
        checked = found.validated_parameters
        return cast(RoleVariables, {name: checked.get(PREFIX + name) for name in VARIABLES})
