# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules share around their work."""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import AssumedRole
from ansible_collections.flowlogs.aws.plugins.module_utils._run import module
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import FlowLogsModule
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


class Module(FlowLogsModule):
    """A module with options as Ansible would hand them over."""

    def __init__(self, **options: Any) -> None:
        self._given = {"region": "af-south-1", "access_key": "a" * 20, "secret_key": "b" * 40, **options}
        self._region_optional = False

    @property
    def params(self) -> dict[str, Any]:
        return self._given


def test_sessions_come_from_the_endpoint_of_the_region_with_older_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    asked: list[str] = []

    def keys(client: Any, _role: AssumedRole) -> dict[str, Any]:
        asked.append(client.meta.endpoint_url)
        return {}

    monkeypatch.setattr(module, "session_keys", keys)
    role = "arn:aws:iam::111122223333:role/flow-logs"
    own = Module(assume_role_arn=role).client("sts")
    assert [*asked, own.meta.endpoint_url] == ["https://sts.af-south-1.amazonaws.com"] * 2


@pytest.mark.parametrize("code", [0, 1])
def test_the_garbage_collector_stays_as_it_is(code: int) -> None:
    seen: list[tuple[object, ...]] = []

    def work(_module: Any) -> None:
        seen.append(_collector())
        sys.exit(code)

    before = _collector()
    with pytest.raises(SystemExit):
        run_module(None, work)  # type: ignore[arg-type]
    assert [*seen, _collector()] == [before, before]


def _collector() -> tuple[object, ...]:
    return gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()
