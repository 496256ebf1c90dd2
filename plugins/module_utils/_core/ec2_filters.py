# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads values of EC2 filters. PRIVATE to this collection."""

from __future__ import annotations

from typing import Any

from .errors import InputError


def filter_texts(option: str, value: Any) -> list[str]:
    """Return filter values as EC2 accepts them: as text, with ``true`` and ``false`` in lower case.

    :param option: name of the option and the filter, for the error.
    :param value: one value or a list.
    :raises InputError: for null, and for other types than text, number and boolean: EC2 would match nothing.
    """
    values = value if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(item, (str, bool, int, float)) for item in values):
        raise InputError(option, value, "a text, a number, true or false, or a list of these")
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]
