# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation site builds without warnings, has valid links, needs no network, and fits phones and desktops."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.browser import Chromium
from tests.rst import code_blocks
from tests.site import Page
from tests.site import broken
from tests.site import is_elsewhere
from tests.site import read_pages

KINDS = {"modules": "module", "inventory": "inventory", "filter": "filter"}
# Allowed external sites.
HOSTS = {
    "boto3.amazonaws.com",
    "botocore.amazonaws.com",
    "docs.ansible.com",
    "docs.aws.amazon.com",
    "docs.docker.com",
    "docs.python.org",
    "forum.ansible.com",
    "galaxy.ansible.com",
    "github.com",
    "hub.docker.com",
    "www.freedesktop.org",
    "www.sphinx-doc.org",
}
# Timeout of a browser on a busy machine.
WIDTHS = (360, 390, 1440)
# One of each kind of page, and those with the widest tables and code.
SHOWN = [
    "index.html",
    "search.html",
    "collection/index.html",
    "collection/s3_flow_log_module.html",
    "collection/flow_log_targets_inventory.html",
    "collection/publish_to_s3_role.html",
    "collection/docsite/guide_quickstart.html",
    "collection/docsite/guide_concepts.html",
    "collection/docsite/guide_organization.html",
    "collection/docsite/guide_bucket_policy.html",
    "collection/docsite/guide_permissions.html",
    "collection/docsite/guide_troubleshooting.html",
    "collection/docsite/reference_findings.html",
]
# Elements that are wider than the window and do not scroll.
OVERFLOWING = """() => {
  const scrolls = e => e && e !== document.body
    && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const isWide = box => box.width && box.right > innerWidth + 1;
  const wide = [...document.querySelectorAll('.wy-nav-content *')].filter(
    e => isWide(e.getBoundingClientRect()) && !scrolls(e.parentElement));
  const page = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
  return [...page, ...wide.map(e => e.outerHTML.slice(0, 120))];
}"""
# Code that is cut off or needs scrolling.
CUT_OFF = (
    "() => [...document.querySelectorAll('pre')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"
)


@pytest.fixture(name="site", scope="module")
def built_site(tmp_path_factory: pytest.TempPathFactory, root: pathlib.Path) -> pathlib.Path:
    """The site, built like ``make docs``; a warning fails the build."""
    folder = tmp_path_factory.mktemp("documentation") / "site"
    command = [sys.executable, root / "tools" / "dev.py", "docs", folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return folder.resolve()


@pytest.fixture(name="pages", scope="module")
def pages_of_the_site(site: pathlib.Path) -> dict[pathlib.Path, Page]:
    """Every page by its path."""
    return read_pages(site)


def test_every_link_inside_of_the_site_leads_to_a_page_and_an_anchor(pages: dict[pathlib.Path, Page]) -> None:
    assert sum(len(page.links) for page in pages.values()) > 1000
    assert broken(pages) == []


def test_links_to_other_sites_are_well_formed_and_lead_to_known_ones(pages: dict[pathlib.Path, Page]) -> None:
    links = {address for page in pages.values() for address in page.links if is_elsewhere(address)}
    parts = [urlsplit(address) for address in links]
    assert {part.scheme for part in parts} <= {"https", "http"}
    assert {part.hostname for part in parts} - HOSTS == set()
    assert [part for part in parts if re.search(r"[\s<>{}]|//", part.path)] == []


def test_pages_load_nothing_from_elsewhere(pages: dict[pathlib.Path, Page], site: pathlib.Path) -> None:
    assert {address for page in pages.values() for address in page.loaded if is_elsewhere(address)} == set()
    styles = " ".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"url\([\"']?(?:https?:)?//[^)]*\)", styles) == []


def test_everything_has_a_page(site: pathlib.Path, root: pathlib.Path) -> None:
    there = {str(path.relative_to(site)) for path in site.rglob("*.html")}
    names = {
        f"collection/{path.stem}_{kind}.html"
        for folder, kind in KINDS.items()
        for path in (root / "plugins" / folder).iterdir()
        if path.suffix in (".py", ".yml") and (kind != "filter" or path.suffix == ".yml")
    }
    names |= {f"collection/{path.name}_role.html" for path in (root / "roles").iterdir()}
    names |= {f"collection/docsite/{path.stem}.html" for path in (root / "docs" / "docsite" / "rst").glob("*.rst")}
    assert len(names) > 30
    assert names - there == set()


def test_every_page_can_be_reached_from_the_start(pages: dict[pathlib.Path, Page], site: pathlib.Path) -> None:
    reached, new = set(), {site / "index.html"}
    while new:
        reached |= new
        links = {(path.parent / address.split("#")[0]).resolve() for path in new for address in pages[path].links}
        new = {path for path in links if path in pages} - reached
    # Except the search, which is a form, and the changelog before the first release.
    assert {path.name for path in pages.keys() - reached} <= {"search.html", "changelog.html"}


def test_code_is_shown_as_it_is_written(site: pathlib.Path, root: pathlib.Path) -> None:
    name = "guide_organization"
    page = (site / "collection" / "docsite" / f"{name}.html").read_text(encoding="utf-8")
    shown = [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)]
    policy = next(
        block for block in code_blocks((root / f"docs/docsite/rst/{name}.rst").read_text()) if block.language == "json"
    )
    assert json.loads(policy.text) in [
        json.loads(text.replace("&quot;", '"')) for text in shown if text.startswith("{")
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_the_window_and_need_no_network(site: pathlib.Path, chromium: Chromium, width: int) -> None:
    wrong: list[str] = []
    with chromium.page(viewport={"width": width, "height": 900}) as page:
        for name in SHOWN:
            page.goto((site / name).as_uri())
            wrong += [f"{name}: {found}" for found in page.evaluate(OVERFLOWING)]
            if width < 768:
                wrong += [f"{name}: {code}" for code in page.evaluate(CUT_OFF)]
    assert wrong == []


def test_the_menu_opens_on_a_phone(site: pathlib.Path, chromium: Chromium) -> None:
    with chromium.page(viewport={"width": 390, "height": 844}) as page:
        page.goto((site / "index.html").as_uri())
        entry = page.locator(".wy-menu-vertical a", has_text="Quick start").first
        assert entry.bounding_box()["x"] < 0
        page.click(".wy-nav-top i")
        entry.click()
        page.wait_for_url("**/guide_quickstart.html")


def test_the_search_finds_without_network(site: pathlib.Path, chromium: Chromium) -> None:
    with chromium.page() as page:
        page.goto((site / "search.html").as_uri() + "?q=PolicyOverwritten")
        page.wait_for_selector("#search-results a[href*='guide_troubleshooting']")


def test_checks_find_errors(tmp_path: pathlib.Path, chromium: Chromium) -> None:
    wide = '<div class="wy-nav-content"><pre style="width: 3000px">wide</pre></div>'
    links = '<a href="b.html">b</a><a href="#x">x</a>'
    (tmp_path / "a.html").write_text(f"<body>{wide}{links}</body>", encoding="utf-8")
    assert broken(read_pages(tmp_path.resolve())) == ["a.html: b.html", "a.html: #x"]
    with chromium.page() as page:
        page.goto((tmp_path / "a.html").as_uri())
        assert len(page.evaluate(OVERFLOWING)) == 2
