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
def test_nothing_is_left_to_look_through_when_a_module_ends_well_or_not(code: int) -> None:
    collecting: list[bool] = []

    def work(_module: Any) -> None:
        collecting.append(gc.isenabled())
        sys.exit(code)

    try:
        with pytest.raises(SystemExit):
            run_module(None, work)  # type: ignore[arg-type]
        assert collecting == [False]
        assert gc.isenabled() and gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
