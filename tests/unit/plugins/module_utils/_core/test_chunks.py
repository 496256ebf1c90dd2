# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chunks contain every item, and only the last one is short."""

from __future__ import annotations

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.chunks import chunks


@pytest.mark.parametrize(
    ("number", "sizes"), [(0, []), (1, [1]), (299, [299]), (300, [300]), (301, [300, 1]), (900, [300, 300, 300])]
)
def test_parts(number: int, sizes: list[int]) -> None:
    items = tuple(range(number))
    parts = list(chunks(items, 300))
    assert [len(part) for part in parts] == sizes
    assert tuple(item for part in parts for item in part) == items
