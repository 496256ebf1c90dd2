# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of the pure core. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any


class InputError(ValueError):
    """An option has a value that can never work; raised before the first AWS call.

    :param option: name of the option, with the position in it where that helps (``prefixes[1]``).
    :param value: what was given.
    :param allowed: what is allowed, as the end of the sentence "Allowed: ...".
    """

    def __init__(self, option: str, value: Any, allowed: str) -> None:
        super().__init__(f"{option}: {value!r} is not accepted. Allowed: {allowed}.")
        self.option = option
        self.value = value
        self.allowed = allowed
