# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Earlier states, for stale reads.

While a ``stale`` rule is active, the state is copied before every write, and a stale read uses one of those copies.
The copies have only the state of the replaced parts: flow logs with their tags, bucket policies and key policies.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from typing import Protocol

from moto.ec2.models import ec2_backends

LONGEST = 100
"""The maximum number of writes to go back."""


class Keeper(Protocol):
    """An object that can copy and restore its state."""

    def snapshot(self) -> Any:
        """Return a copy of the state."""

    def restore(self, state: Any) -> None:
        """Restore the copy."""


class FlowLogTags:
    """The tags of flow logs, which moto stores with all other EC2 tags."""

    def snapshot(self) -> dict[tuple[str, str], dict[str, dict[str, str]]]:
        """By account and region, then flow log id."""
        return {
            (account, region): {key: dict(tags) for key, tags in list(backend.tags.items()) if key.startswith("fl-")}
            for account, regions in list(ec2_backends.items())
            for region, backend in list(regions.items())
        }

    def restore(self, state: dict[tuple[str, str], dict[str, dict[str, str]]]) -> None:
        """Restore exactly these tags."""
        for (account, region), tags in state.items():
            present = ec2_backends[account][region].tags
            for key in [key for key in present if key.startswith("fl-")]:
                del present[key]
            present.update(tags)


class History:
    """The states before the last writes, newest last."""

    def __init__(self, keepers: list[Keeper]) -> None:
        self._keepers = keepers
        self._states: deque[list[Any]] = deque(maxlen=LONGEST)

    def remember(self) -> None:
        """Copy the current state; call it before a write."""
        self._states.append(self._copy())

    def forget(self) -> None:
        """Remove every copy."""
        self._states.clear()

    @contextmanager
    def as_before(self, writes: int) -> Iterator[None]:
        """Within the block, the state is that before the last ``writes`` writes (or the oldest one known)."""
        if not self._states:
            yield
            return
        present = self._copy()
        self._put(self._states[-min(writes, len(self._states))])
        try:
            yield
        finally:
            self._put(present)

    def _copy(self) -> list[Any]:
        return [keeper.snapshot() for keeper in self._keepers]

    def _put(self, state: list[Any]) -> None:
        for keeper, copy in zip(self._keepers, state, strict=True):
            keeper.restore(copy)
