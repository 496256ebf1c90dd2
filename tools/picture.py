# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates the picture of the drift report in the README: ``make picture``. It uses the fonts of the machine."""

from __future__ import annotations

import pathlib
import tempfile

from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html.page import to_html
from tests.browser import Chromium
from tests.browser import chromium
from tests.report_samples import fleet_report

PICTURE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "images" / "drift-report.png"
SIZE = {"width": 1280, "height": 1180}


def take(browser: Chromium, picture: pathlib.Path) -> None:
    """Write the picture.

    :param picture: path of the picture.
    """
    picture.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page_file = pathlib.Path(folder) / "drift-report.html"
        page_file.write_text(to_html(fleet_report()), encoding="utf-8")
        with browser.page(viewport=SIZE) as page:
            page.goto(page_file.as_uri())
            page.screenshot(path=picture)


if __name__ == "__main__":
    with chromium() as running:
        take(running, PICTURE)
