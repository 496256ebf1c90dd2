# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Divides lists for calls with a maximum number of ids. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def chunks(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of at most ``size``, in order. amazon.aws has such a function only since 11.4."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
