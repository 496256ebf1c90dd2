# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes a page of the guides apart, so that tests can hold it to what it says."""

from __future__ import annotations

import itertools
import re
import textwrap

from tests.markdown import Block

_DIRECTIVE = re.compile(r"( *)\.\. code-block:: (\S+)")


def code_blocks(page: str) -> list[Block]:
    """Return the code blocks of a page in reStructuredText, in order."""
    lines = page.splitlines()
    starts = ((number, _DIRECTIVE.fullmatch(line)) for number, line in enumerate(lines))
    return [
        Block(found[2], _indented(lines[number + 1 :], len(found[1])), _prose_before(lines[:number]))
        for number, found in starts
        if found
    ]


def _indented(lines: list[str], margin: int) -> str:
    """Return the lines up to the first that is not indented any more."""
    inside = itertools.takewhile(lambda line: not line.strip() or len(line) - len(line.lstrip()) > margin, lines)
    return textwrap.dedent("\n".join(inside)).strip("\n")


def _prose_before(lines: list[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "").replace("``", "`")


def plain(page: str) -> str:
    """Return the words of a page in one line, without what only formats them."""
    return " ".join(re.sub(r"[`*\\]", "", page).split())
