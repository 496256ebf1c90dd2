# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads code blocks, sections and tables from Markdown files, with markdown-it-py."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """A code block: its language, its text, and the line of prose before it."""

    language: str
    text: str
    before: str = ""

    @property
    def file(self) -> str:
        """The last word in code style of the line before: the name of the file that the block shows."""
        return re.findall(r"`([^`]+)`", self.before)[-1]


def section(markdown: str, title: str) -> str:
    """Return the text under a heading of the second level, up to the next one.

    :raises KeyError: there is no such heading.
    """
    tokens = PARSER.parse(markdown)
    headings = [(token.map, tokens[at + 1].content) for at, token in enumerate(tokens) if _is_open(token, "h2")]
    lines = markdown.splitlines()
    ends = [start for (start, _end), _title in headings[1:]] + [len(lines)]
    texts = {name: "\n".join(lines[start:end]) for ((_start, start), name), end in zip(headings, ends, strict=True)}
    return texts[title]


def blocks(markdown: str, *languages: str) -> list[Block]:
    """Return the fenced blocks in order, all or those of some languages."""
    found, before = [], ""
    for token in PARSER.parse(markdown):
        if token.type == "fence" and (not languages or token.info in languages):
            found.append(Block(token.info, token.content.rstrip("\n"), before))
        before = token.content.splitlines()[-1] if token.type == "inline" and token.content else before
    return found


def table_rows(markdown: str) -> list[list[str]]:
    """Return the rows of all tables, with their headers, as lists of cells in Markdown."""
    rows: list[list[str]] = []
    tokens = PARSER.parse(markdown)
    for at, token in enumerate(tokens):
        if _is_open(token, "tr"):
            rows.append([])
        elif _is_open(token, "th", "td"):
            rows[-1].append(tokens[at + 1].content)
    return rows


def _is_open(token: Token, *tags: str) -> bool:
    return token.nesting == 1 and token.tag in tags
