# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes a Markdown file apart, so that tests can hold it to what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCED = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<language>\w+)\n(?P<text>.*?)\n```", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the line of prose before it."""

    language: str
    text: str
    before: str

    @property
    def file(self) -> str:
        """The last word in code style of the line before: the name of the file that the block shows."""
        return re.findall(r"`([^`]+)`", self.before)[-1]


def section(markdown: str, title: str) -> str:
    """Return the text under a heading of the second level; headings inside of fenced blocks are none."""
    inside, fenced, lines = False, False, []
    for line in markdown.splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            inside = line == f"## {title}"
        elif inside:
            lines.append(line)
    assert lines, f"there is no section {title}"
    return "\n".join(lines)


def blocks(markdown: str, language: str) -> list[Block]:
    """Return the fenced blocks of a language, in order."""
    found = (Block(item["language"], item["text"], item["before"]) for item in _FENCED.finditer(markdown))
    return [block for block in found if block.language == language]


def table_rows(markdown: str) -> list[list[str]]:
    """Return the rows of all tables as lists of cells, without the lines under the headings."""
    rows = [line.strip("|").split("|") for line in markdown.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if set("".join(row)) - set("-: ")]
