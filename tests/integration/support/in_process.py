# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module of this collection in the test's own process, for tests that need many runs.

The module's real ``main()`` reads its options as Ansible passes them, calls the simulator over HTTP, and prints its
result. Only the start of Ansible and of a new Python process is left out.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Iterator
from typing import Any
from typing import Dict
from unittest import mock

from ansible.module_utils import basic

from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY

_MODULES = "ansible_collections.flowlogs.aws.plugins.modules"


try:
    from ansible.module_utils.testing import patch_module_args
except ImportError:  # ansible-core 2.17 and 2.18

    @contextlib.contextmanager
    def patch_module_args(args: Dict[str, Any]) -> Iterator[None]:
        """Pass options to a module as ansible-core 2.19 and later do."""
        text = json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode()
        with mock.patch.object(basic, "_ANSIBLE_ARGS", text):
            yield


class ModuleFailed(AssertionError):
    """The module failed where the test expected success."""


def run_module(url: str, name: str, options: Dict[str, Any], check: bool = False, diff: bool = True) -> Dict[str, Any]:
    """Run a module and return its result, failed or not.

    :param url: of the simulator.
    :param name: of the module, without the collection.
    :param options: as in a task; the region is eu-west-1 unless given.
    :param check: whether to run in check mode.
    :param diff: whether to run in diff mode.
    """
    connection = {
        "endpoint_url": url,
        "access_key": DEFAULT_ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "region": "eu-west-1",
    }
    internal = {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_module_name": f"flowlogs.aws.{name}"}
    arguments = {**connection, **options, **internal}
    module = importlib.import_module(f"{_MODULES}.{name}")
    output, warnings = io.StringIO(), []
    # If another test has imported Ansible's controller, Ansible displays a module's warnings instead of returning them.
    warn = mock.patch.object(basic.AnsibleModule, "warn", lambda _module, warning, **_more: warnings.append(warning))
    with patch_module_args(arguments), contextlib.redirect_stdout(output), contextlib.suppress(SystemExit), warn:
        module.main()
    result = json.loads(output.getvalue().strip().splitlines()[-1])
    shown = [*result.get("warnings", ()), *warnings]
    return {**result, "warnings": shown} if shown else result


def succeed(url: str, name: str, options: Dict[str, Any], check: bool = False) -> Dict[str, Any]:
    """Run a module that must succeed.

    :raises ModuleFailed: with the module's message if it fails.
    """
    result = run_module(url, name, options, check)
    if result.get("failed"):
        raise ModuleFailed(result.get("msg"))
    return result
