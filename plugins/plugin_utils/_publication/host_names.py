# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turns host names into host patterns of Ansible. PRIVATE to this collection."""

from __future__ import annotations

import re

#: Names that are patterns for themselves: without separators, wildcards, ranges and operators.
_PLAIN = re.compile(r"\w[\w./@+=-]*", re.ASCII)


def pattern_of(name: str) -> str:
    """Return a host pattern, for example for ``--limit``, that matches only the host with this name.

    A name with blanks, colons, commas or wildcards becomes a regular expression (``~Prod\\x20VPC\\Z``). Ansible splits
    patterns at these characters and has no quotes for them.
    """
    if _PLAIN.fullmatch(name):
        return name
    return f"~{''.join(map(_literal, name))}\\Z"


def _literal(character: str) -> str:
    if character.isalnum() or character in "_-/":
        return character
    return f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\U{ord(character):08x}"
