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
_ROW = re.compile(r"   \* - ?(.*)")
_CELL = re.compile(r"     - ?(.*)")
_REST_OF_A_CELL = re.compile(r"       (\S.*)")


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


def section(page: str, title: str) -> str:
    """Return the text under a title, up to the next title with the same underline."""
    lines = page.splitlines()
    starts = [number for number, line in enumerate(lines) if line == title and _is_underline(lines[number + 1 :][:1])]
    assert len(starts) == 1, f"there is no section {title}"
    underline = lines[starts[0] + 1][0]
    rest = lines[starts[0] + 2 :]
    ends = (number for number, line in enumerate(rest) if _is_underline([line]) and line[0] == underline)
    return "\n".join(rest[: next(ends, len(rest) + 1) - 1])


def _is_underline(lines: list[str]) -> bool:
    return any(re.fullmatch(r"(=+|-+|~+)", line) and len(line) > 2 for line in lines)


def table_rows(page: str) -> list[list[str]]:
    """Return the rows of all list-tables of a page as lists of cells, without their headings."""
    return [row for table in re.split(r"^\.\. list-table::", page, flags=re.MULTILINE)[1:] for row in _rows(table)[1:]]


def _rows(table: str) -> list[list[str]]:
    rows: list[list[str]] = []
    lines = table.splitlines()[1:]
    for line in itertools.takewhile(lambda line: not line or line.startswith("   "), lines):
        if found := _ROW.fullmatch(line):
            rows.append([found[1]])
        elif rows and (found := _CELL.fullmatch(line)):
            rows[-1].append(found[1])
        elif rows and (found := _REST_OF_A_CELL.fullmatch(line)):
            rows[-1][-1] += f" {found[1]}"
    return rows


def plain(page: str) -> str:
    """Return the words of a page in one line, without what only formats them."""
    return " ".join(re.sub(r"[`*\\]", "", page).split())
