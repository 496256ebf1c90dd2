# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that hides nothing. PRIVATE to this collection."""

from __future__ import annotations

import json
from typing import Any


def visible(value: Any) -> str:
    """Return a value as one line without anything invisible: line ends and control characters are spelt out."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return text if text.isprintable() else "".join(char if char.isprintable() else _spelt_out(char) for char in text)


def _spelt_out(char: str) -> str:
    """Also for characters that turn the writing direction, and lone surrogates: none of them is printable."""
    number = ord(char)
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char) or (
        f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
    )
