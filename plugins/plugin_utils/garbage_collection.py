# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Python's garbage collection while an inventory of thousands is made, and afterwards. PRIVATE to this collection."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import Iterator

#: As :func:`gc.set_threshold` takes them; Python's own are 700, 10 and 10. Not never, because each AWS client that is
#: done with is a megabyte of cycles that only a collection frees.
SELDOM = (10_000, 5, 5)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Collect garbage seldom meanwhile, and leave what is there at the end out of all later collections.

    Otherwise Python goes through all hosts again each time that their number has grown by a quarter. Afterwards each
    process that Ansible forks for a task would go through them too, and get a copy of its own of their memory by that
    (documentation of :func:`gc.freeze`). What an earlier inventory of this process left is collected at the end.
    """
    usual = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.collect()
        gc.freeze()
