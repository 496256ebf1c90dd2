# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of hosts, which may be anything, and what Ansible makes of them. PRIVATE to this collection."""

from __future__ import annotations

import re

#: Names that mean themselves as a pattern: no separator, no wildcard, no range, no word of the pattern language.
_PLAIN = re.compile(r"\w[\w./@+=-]*", re.ASCII)


def pattern_of(name: str) -> str:
    """Return a host pattern, for example for ``--limit``, that matches the host with this name and no other.

    A name with blanks, colons, commas or wildcards becomes a regular expression (``~Prod\\x20VPC\\Z``), since Ansible splits
    patterns before it looks at them and knows no quotes.
    """
    if _PLAIN.fullmatch(name):
        return name
    return f"~{''.join(map(_literal, name))}\\Z"


def _literal(character: str) -> str:
    if character.isalnum() or character in "_-/":
        return character
    return f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\U{ord(character):08x}"
