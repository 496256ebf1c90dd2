# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Escapes non-printable characters. PRIVATE to this collection."""

from __future__ import annotations

import json


def visible(value: object) -> str:
    """Return a value as one line of text, with line ends and control characters escaped."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return text if text.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    """Escape a character that is not printable. Bidirectional controls and lone surrogates are not printable either."""
    number = ord(char)
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char) or (
        f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
    )
