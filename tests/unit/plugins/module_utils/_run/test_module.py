# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules share around their work."""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


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
