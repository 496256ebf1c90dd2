# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads code blocks and tables from guides in reStructuredText, with docutils."""

from __future__ import annotations

import re

from antsibull_docutils.rst_code_finder import find_code_blocks
from antsibull_docutils.utils import parse_document
from docutils import nodes

from tests.markdown import Block


def code_blocks(page: str) -> list[Block]:
    """Return the code blocks of a page, in order."""
    return [Block(block.language or "", block.content.rstrip("\n")) for block in find_code_blocks(page)]


def table_rows(page: str, title: str) -> list[list[str]]:
    """Return the rows of all tables in the section with this title, without headers, as lists of cells in RST.

    :raises ValueError: there is not exactly one such section.
    """
    document = parse_document(page, parser_name="restructuredtext")
    (section,) = (node.parent for node in document.findall(nodes.title) if node.astext() == title)
    return [
        [" ".join(" ".join(part.rawsource for part in cell).split()) for cell in row]
        for body in section.findall(nodes.tbody)
        for row in body
    ]


def plain(page: str) -> str:
    """Return the words of a page in one line, without inline markup."""
    return " ".join(re.sub(r"[`*\\]", "", page).split())
