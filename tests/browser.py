# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real browser for pages that must work without a network: console errors and requests fail the test."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page

#: Timeout for actions of a page on a busy machine.
PATIENCE_MILLISECONDS = 120_000
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Chromium:
    """A running Chromium.

    :param browser: the browser of Playwright.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @contextlib.contextmanager
    def page(self, **options: Any) -> Iterator[Page]:
        """Open an empty page; at the end, fail if it had errors, made requests or opened windows.

        :param options: of Playwright's ``new_context``, for example ``color_scheme`` or ``viewport``.
        """
        complaints: list[str] = []
        context = self._browser.new_context(offline=True, **options)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda said: complaints.append(f"console: {said.text}") if said.type != "log" else None)
        page.on("request", lambda request: complaints.extend(outside_requests(request.url)))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        context.on("page", lambda other: complaints.append(f"opened: {other.url}"))
        try:
            yield page
        finally:
            context.close()
        assert complaints == []


def outside_requests(url: str) -> list[str]:
    """Return an error for a request outside the page and its folder."""
    return [] if url.startswith(("file:", "data:")) else [f"request: {url}"]


@contextlib.contextmanager
def chromium() -> Iterator[Chromium]:
    """Run Chromium."""
    path = shutil.which("chromium")
    assert path, "There is no chromium. `make setup` installs it where it may, or says what to type."
    # Imported here, since the environments of tools/matrix.py have no Playwright.
    from playwright.sync_api import expect
    from playwright.sync_api import sync_playwright

    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        try:
            yield Chromium(browser)
        finally:
            browser.close()
