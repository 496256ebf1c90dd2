# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module object: in a process of its own, and as one of many tasks."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.clients import SharedClients
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import AssumedRole
from ansible_collections.flowlogs.aws.plugins.module_utils._run import module
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import (
    FlowLogsModule,
    ModuleDefinition,
    SingleModule,
    run_module,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._run.tasks import TaskModule
from tests.integration.support.in_process import patch_module_args

OPTIONS = {"region": "af-south-1", "access_key": "a" * 20, "secret_key": "b" * 40}


class Single(SingleModule):
    """A module in a process of its own, with options as Ansible passes them."""

    def __init__(self, params: dict[str, Any]) -> None:
        self._given = params
        # The other parent class would read options from Ansible.
        FlowLogsModule.__init__(self, False, SharedClients("tests"))  # pylint: disable=non-parent-init-called

    @property
    def params(self) -> dict[str, Any]:
        return self._given


def one_of_many(params: dict[str, Any]) -> TaskModule:
    """Return the module object of one task among many."""
    definition = ModuleDefinition("a", lambda _module: None, {})
    return TaskModule(definition, params, False, False, SharedClients("tests"))


@pytest.mark.parametrize("make", [Single, one_of_many])
def test_session_uses_the_regional_endpoint_with_older_botocore(
    make: Callable[[dict[str, Any]], FlowLogsModule], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    asked: list[str] = []

    def keys(client: Any, _role: AssumedRole) -> dict[str, Any]:
        asked.append(client.meta.endpoint_url)
        return {}

    monkeypatch.setattr(module, "session_keys", keys)
    own = make({**OPTIONS, "assume_role_arn": "arn:aws:iam::111122223333:role/flow-logs"}).client("sts")
    assert [*asked, own.meta.endpoint_url] == ["https://sts.af-south-1.amazonaws.com"] * 2


@pytest.mark.parametrize("code", [0, 1])
def test_the_garbage_collector_stays_as_it_is(code: int) -> None:
    seen: list[tuple[object, ...]] = []

    def work(_module: Any) -> None:
        seen.append(_collector())
        sys.exit(code)

    before = _collector()
    with patch_module_args({}), pytest.raises(SystemExit):
        run_module(ModuleDefinition("a", work, {}))
    assert [*seen, _collector()] == [before, before]


def _collector() -> tuple[object, ...]:
    return gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()
