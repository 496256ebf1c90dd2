# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the pages of a site: their links, anchors and loaded files."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass
from dataclasses import field
from html.parser import HTMLParser
from urllib.parse import unquote
from urllib.parse import urldefrag
from urllib.parse import urlsplit

# Tags that load a file, by attribute.
_LOADED = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}
# Link elements that load nothing.
_TOLD = {"canonical", "author", "index", "search", "next", "prev"}


@dataclass
class Page(HTMLParser):
    """A page: its anchors, its links, and what it loads.

    :param text: of the file.
    """

    text: str
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the anchors, links and files of a tag."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif given.get(_LOADED.get(tag, ""), "") and given.get("rel", "") not in _TOLD:
            self.loaded.append(given[_LOADED[tag]])


def read_pages(folder: pathlib.Path) -> dict[pathlib.Path, Page]:
    """Return every page of a site by its path."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}


def is_elsewhere(address: str) -> bool:
    """Return whether an address is on another site."""
    return bool(urlsplit(address).scheme or urlsplit(address).netloc)


def broken(pages: dict[pathlib.Path, Page]) -> list[str]:
    """Return internal links without their file or anchor, and missing files."""
    return [
        f"{path.name}: {address}"
        for path, page in pages.items()
        for address in [*page.links, *page.loaded]
        if not is_elsewhere(address) and not _leads_somewhere(path, address, pages)
    ]


def _leads_somewhere(path: pathlib.Path, address: str, pages: dict[pathlib.Path, Page]) -> bool:
    name, anchor = urldefrag(address)
    target = (path.parent / unquote(urlsplit(name).path)).resolve() if name else path
    if not target.is_file():
        return False
    return not anchor or target not in pages or unquote(anchor) in pages[target].anchors
