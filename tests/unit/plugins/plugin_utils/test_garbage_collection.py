# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Garbage is collected seldom while an inventory is made, and nothing is kept that should go."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils.garbage_collection import SELDOM
from ansible_collections.flowlogs.aws.plugins.plugin_utils.garbage_collection import collecting_seldom


class Node:
    """Something that refers to itself, as hosts and groups do, so that only a collection frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def usual_collection() -> Iterator[tuple[int, int, int]]:
    usual = gc.get_threshold()
    yield usual
    gc.set_threshold(*usual)
    gc.unfreeze()


def _forgotten() -> weakref.ref[Node]:
    return weakref.ref(Node())


def test_collections_are_seldom_meanwhile_and_as_before_afterwards(usual_collection: tuple[int, int, int]) -> None:
    with collecting_seldom():
        assert gc.get_threshold() == SELDOM
    assert gc.get_threshold() == usual_collection


def test_after_a_failure_collections_are_as_before(usual_collection: tuple[int, int, int]) -> None:
    with pytest.raises(RuntimeError), collecting_seldom():
        raise RuntimeError("no answer")
    assert gc.get_threshold() == usual_collection


def test_what_is_done_with_is_freed_and_what_is_kept_is_left_alone() -> None:
    with collecting_seldom():
        kept, gone = Node(), _forgotten()
    assert gone() is None
    # An object that is frozen is in none of the generations that a collection goes through.
    assert not any(item is kept for item in gc.get_objects())


def test_what_an_earlier_inventory_left_is_freed_when_the_next_is_made() -> None:
    with collecting_seldom():
        earlier = Node()
    gone = weakref.ref(earlier)
    del earlier
    gc.collect()
    assert gone() is not None
    with collecting_seldom():
        pass
    assert gone() is None
