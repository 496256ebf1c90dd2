# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of the pure core. PRIVATE to this collection."""

from __future__ import annotations

import re
from typing import Any, Callable

_MENTION = re.compile(r"O\((\w+)\)")


def name_options(text: str, name_of: Callable[[str], str] = str) -> str:
    """Return a text in which each option, written ``O(name)``, has the name that the reader knows.

    :param name_of: returns this name for the name of a module option.
    """
    return _MENTION.sub(lambda found: name_of(found.group(1)), text)


class InputError(ValueError):
    """A value of an option that cannot work; raised before the first AWS call.

    :param option: name of the option, with the position in a list if that helps (``prefixes[1]``).
    :param value: the value.
    :param allowed: the end of the sentence "Allowed: ...". Another option is written ``O(name)``, so that it can be shown
        with the name that the user wrote.
    """

    def __init__(self, option: str, value: Any, allowed: str) -> None:
        self.option = option
        self.value = value
        self._allowed = allowed
        super().__init__(f"{option}: {value!r} is not accepted. Allowed: {self.allowed}.")

    @property
    def allowed(self) -> str:
        """The allowed values; other options have their names in the module."""
        return self.allowed_as(str)

    def allowed_as(self, name_of: Callable[[str], str]) -> str:
        """Return the allowed values; other options have the names that the user knows.

        :param name_of: returns this name for the name of a module option.
        """
        return name_options(self._allowed, name_of)
