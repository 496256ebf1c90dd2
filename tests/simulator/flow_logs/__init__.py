# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flow logs as in EC2, in place of moto's: validation, identity, paging, tokens, delivery permission."""

from __future__ import annotations

from . import actions
from . import tags
from . import times
from .store import plant
from .store import reset
from .store import restore
from .store import snapshot

__all__ = ["install", "plant", "reset", "restore", "snapshot"]


def install() -> None:
    """Install the replacements in moto. May be called again."""
    actions.install()
    tags.install()
    times.install()
