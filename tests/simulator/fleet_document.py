# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads one mapping of a fleet's document, and reports the position of wrong values. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any


class FleetError(ValueError):
    """The document is invalid. The message names the position, the value, and the allowed values."""


class Entry:
    """One mapping of the document with its position; refuses unknown keys."""

    def __init__(self, place: str, raw: Any, known: tuple[str, ...]) -> None:
        if not isinstance(raw, Mapping):
            raise FleetError(f"{place}: expected a mapping, found {raw!r}")
        unknown = sorted(str(key) for key in raw if key not in known)
        if unknown:
            raise FleetError(f"{place}: unknown key {', '.join(unknown)}; known are {', '.join(sorted(known))}")
        self.place = place
        self.raw = raw

    def text(self, key: str, default: str | None = None) -> str | None:
        value = self.raw.get(key, default)
        if value is not None and not isinstance(value, str):
            raise FleetError(f"{self.place}.{key}: expected text, found {value!r}")
        return value

    def required(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise FleetError(f"{self.place}: {key} is missing")
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.raw.get(key) or {}
        if not isinstance(value, Mapping):
            raise FleetError(f"{self.place}.{key}: expected a mapping, found {value!r}")
        return value

    def truth(self, key: str, default: bool = False) -> bool:
        value = self.raw.get(key, default)
        if not isinstance(value, bool):
            raise FleetError(f"{self.place}.{key}: expected true or false, found {value!r}")
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return one of these values; the first one is the default."""
        value = self.text(key, allowed[0])
        if value not in allowed:
            raise FleetError(f"{self.place}.{key}: expected {', '.join(allowed)}, found {value}")
        return value

    def list(self, key: str) -> list[Any]:
        value = self.raw.get(key) or []
        if not isinstance(value, list):
            raise FleetError(f"{self.place}.{key}: expected a list, found {value!r}")
        return value

    def entries(self, key: str, known: tuple[str, ...]) -> Iterator[Entry]:
        for index, raw in enumerate(self.list(key)):
            yield Entry(f"{self.place}.{key}[{index}]", raw, known)

    def tags(self, number: int | None) -> dict[str, str]:
        name = self.text("name")
        given = {**({"Name": name} if name else {}), **self.mapping("tags")}
        return {str(key): numbered(str(value), number) for key, value in given.items()}


def numbered(text: str, number: int | None) -> str:
    """Return the text with ``{n}`` replaced by the number of the repetition."""
    return text if number is None else text.replace("{n}", str(number))
