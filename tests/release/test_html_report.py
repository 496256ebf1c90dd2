# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page in a real browser: content, filters, search, links and safety."""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect

from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html.page import to_html
from tests.browser import Chromium
from tests.integration.support.ansible_run import AnsibleRunner
from tests.report_samples import fleet_report
from tests.report_samples import large_report
from tests.report_samples import row
from tests.report_samples import build_report
from tools.picture import PICTURE
from tools.picture import take

REPORT = fleet_report()
ROWS = REPORT["findings"]
LARGE, SHOWN_AT_FIRST = 10_000, 200
LEFT = len(ROWS) - SHOWN_AT_FIRST
#: Selector for the targets of the shown findings.
SHOWN = "#rows > li summary code"
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</noscript><img src=x onerror=alert(1)>",
    "</style><svg onload=alert(1)>",
    "</textarea></title><iframe src=javascript:alert(1)>",
    "'\"><b onmouseover=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }} {% for a in b %}",
    "${7*7} <%= 7*7 %>",
    "=cmd|' /C calc'!A0",
    "[a](javascript:alert(1)) `x` **b**",
    "&lt;b&gt; &amp;amp; &#x27;",
    "a\u202eb\u2066c\u200bd\x00e\x1bf",
)

Opened = Callable[..., contextlib.AbstractContextManager[Page]]


@pytest.fixture(name="opened")
def opens_a_report(chromium: Chromium, tmp_path: pathlib.Path) -> Opened:
    """Open a report's page at an anchor."""

    @contextlib.contextmanager
    def open_page(report: dict[str, Any] = REPORT, at: str = "", **options: Any) -> Iterator[Page]:
        path = tmp_path / "drift report.html"
        path.write_text(to_html(report), encoding="utf-8")
        with chromium.page(**options) as page:
            page.goto(path.as_uri() + at)
            yield page

    return open_page


def having(**wanted: str) -> list[dict[str, Any]]:
    """Return the sample's findings with these values."""
    return [
        one
        for one in ROWS
        if all(value in one[name] if name == "groups" else one[name] == value for name, value in wanted.items())
    ]


def shown(page: Page) -> list[str]:
    """Return the targets of the shown findings."""
    return page.locator(SHOWN).all_inner_texts()


def targets(rows: list[dict[str, Any]]) -> list[str]:
    """Return the targets of findings."""
    return [one["target"] for one in rows]


def test_the_numbers_are_those_of_the_report(opened: Opened) -> None:
    total = REPORT["coverage"]["total"]
    with opened() as page:
        assert page.get_by_role("heading", level=2).first.inner_text() == "There is drift."
        tiles = page.get_by_label("Numbers").inner_text().split()
        assert tiles[0] == f"{total['logged_percent']}%"
        known = total["targets"] - total["unknown"]
        numbers = page.get_by_label("Numbers").inner_text()
        assert f"logged, {total['logged']} of {known}" in numbers
        assert f"{total['deliverable_percent']}%" in tiles
        assert f"deliverable, {total['deliverable']} of {known - total['delivery_unknown']}" in numbers
        assert re.search(rf"\b{total['unknown']}\s+targets unknown", numbers)
        for name, count in REPORT["severities"].items():
            assert tiles[tiles.index(name) - 1] == str(count)
        for name, count in REPORT["counts"].items():
            option = page.locator(f"#by-class option[value={name}]")
            assert option.all_text_contents() == ([f"{name} ({count})"] if count else [])
        unknown = REPORT["counts"]["unknown"] + REPORT["counts"]["not_evaluated"]
        expect(page.get_by_role("heading", name=f"Could not be checked: {unknown}")).to_be_visible()
        expect(page.locator("#count")).to_have_text(f"{len(ROWS)} findings")


def test_every_place_of_the_map_has_its_numbers(opened: Opened) -> None:
    with opened() as page:
        cells = page.locator(".heat .cell").all_inner_texts()
    reported = " ".join(" ".join(cell.split()) for cell in cells)
    for place in REPORT["coverage"]["places"]:
        known = place["targets"] - place["unknown"]
        words = f"{place['account_id']}, {place['region']}: {place['logged_percent']:g}% logged, {place['logged']} of {known}; "
        words += f"{place['deliverable_percent']:g}% deliverable; {place['unknown']} unknown: "
        assert words in reported
    assert f"All: {REPORT['coverage']['total']['logged_percent']:g}% logged" in reported


FILTERS = {
    "Finding": ("finding", "drifted"),
    "Severity": ("severity", "high"),
    "Account": ("account_id", "444455556666"),
    "Region": ("region", "eu-west-1"),
    "Group": ("groups", "production"),
    "Resource type": ("target_type", "Subnet"),
}


@pytest.mark.parametrize("label", FILTERS)
def test_each_filter_shows_what_fits_and_says_how_many(opened: Opened, label: str) -> None:
    name, value = FILTERS[label]
    wanted = having(**{name: value})
    with opened() as page:
        page.get_by_label(label, exact=True).select_option(value)
        expect(page.locator(SHOWN)).to_have_text(targets(wanted)[:SHOWN_AT_FIRST])
        expect(page.locator("#count")).to_have_text(f"{len(wanted)} of {len(ROWS)} findings")
        page.get_by_role("button", name="Show all").click()
        expect(page.locator("#count")).to_have_text(f"{len(ROWS)} findings")


def test_filters_and_search_narrow_each_other_and_stand_in_the_address(opened: Opened) -> None:
    wanted = having(finding="drifted", region="eu-west-1", groups="shop")
    retagged = [one for one in wanted if one["how"] == "in_place"]
    with opened() as page:
        for label, value in (("Finding", "drifted"), ("Region", "eu-west-1"), ("Group", "shop")):
            page.get_by_label(label, exact=True).select_option(value)
        expect(page.locator(SHOWN)).to_have_text(targets(wanted))
        page.get_by_role("searchbox").fill("TAGS.owner network")
        expect(page.locator("#count")).to_have_text(f"{len(retagged)} of {len(ROWS)} findings")
        expect(page.locator(SHOWN)).to_have_text(targets(retagged))
        address = "#q=TAGS.owner+network&class=drifted&region=eu-west-1&group=shop"
        page.wait_for_function("(address) => location.hash === address", arg=address)
    with opened(at=address) as page:
        expect(page.locator(SHOWN)).to_have_text(targets(retagged))
        expect(page.get_by_label("Group", exact=True)).to_have_value("shop")
        expect(page.locator("#findings-title")).to_be_focused()


def test_search_finds_what_is_folded_up_and_says_when_there_is_nothing(opened: Opened) -> None:
    with opened() as page:
        page.get_by_role("searchbox").fill("DenyUnknownServices")
        expect(page.locator("#count")).to_have_text(f"{len(having(finding='failed_delivery'))} of {len(ROWS)} findings")
        page.get_by_role("searchbox").fill("<code>")
        expect(page.locator("#count")).to_have_text(f"0 of {len(ROWS)} findings")
        page.keyboard.press("Escape")
        expect(page.locator("#count")).to_have_text(f"{len(ROWS)} findings")


def test_a_cell_of_the_map_a_tile_and_a_change_lead_to_their_findings(opened: Opened) -> None:
    wanted = having(account_id="555566667777", region="us-west-2")
    new = set(REPORT["changes"]["new"])
    with opened() as page:
        # A browser follows a link shortly after the click.
        rows = page.locator(SHOWN)
        page.get_by_role("link", name="555566667777, us-west-2").click()
        expect(rows).to_have_text(targets(wanted))
        page.locator(".tiles a", has_text="low").click()
        expect(rows).to_have_text(targets(having(severity="low")))
        page.get_by_role("link", name=f"{len(new)} new").click()
        expect(rows).to_have_text(targets([one for one in ROWS if one["id"] in new]))
        page.go_back()
        expect(rows).to_have_text(targets(having(severity="low")))


@pytest.mark.parametrize("at", [0, 30, len(ROWS) - 1])
def test_a_link_to_a_finding_opens_it(opened: Opened, at: int) -> None:
    one = ROWS[at]
    with opened(at=f"#finding-{one['id']}") as page:
        body = page.locator(f"#finding-{one['id']}")
        expect(body).to_be_visible()
        expect(body).to_be_in_viewport()
        expect(body).to_be_focused()
        assert page.locator("#rows details[open] summary code").inner_text() == one["target"]
        assert page.locator("#rows details[open]").count() == 1


def test_current_and_desired_stand_side_by_side(opened: Opened) -> None:
    one = next(one for one in ROWS if one["finding"] == "drifted" and one["how"] == "replace")
    with opened(at=f"#finding-{one['id']}") as page:
        table = page.locator(f"#finding-{one['id']} table")
        assert table.locator("th[scope=row]").all_inner_texts() == [change["field"] for change in one["changes"]]
        current, desired = (table.locator("tr", has_text="traffic_type").locator("td").nth(column) for column in (0, 1))
        assert (current.inner_text(), desired.inner_text()) == ("REJECT", "ALL")
        assert current.bounding_box()["y"] == desired.bounding_box()["y"]
        added = table.locator("tr", has_text="log_format").locator("ins").all_inner_texts()
        assert added == ["bytes", "start", "end", "action"][1:]


def test_a_remedy_is_copied_as_it_is(opened: Opened) -> None:
    one = ROWS[0]
    with opened(at=f"#finding-{one['id']}", permissions=["clipboard-read", "clipboard-write"]) as page:
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == one["remedy"]


def test_it_works_by_keyboard(opened: Opened) -> None:
    with opened() as page:
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type("a/b")
        expect(page.get_by_role("searchbox")).to_have_value("a/b")
        page.keyboard.press("Escape")
        reached = []
        for _filter in [*FILTERS, "Since the last report"]:
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.labels[0].textContent"))
        assert reached == [*FILTERS, "Since the last report"]
        # The button to show all is disabled while all are shown.
        page.keyboard.press("Tab")
        expect(page.locator("#rows summary").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#rows .body").first).to_be_visible()


def test_a_search_that_was_given_up_is_not_run_later(opened: Opened) -> None:
    """Otherwise it would render the findings again and move the focus."""
    with opened() as page:
        page.clock.install()
        page.clock.pause_at("2040-01-01")
        page.get_by_role("searchbox").fill("nothing")
        page.keyboard.press("Escape")
        page.locator("#rows summary").first.focus()
        page.clock.run_for(1_000)
        expect(page.locator("#rows summary").first).to_be_focused()


def test_without_a_script_everything_can_be_read(opened: Opened) -> None:
    one = ROWS[5]
    with opened(java_script_enabled=False, at=f"#finding-{one['id']}") as page:
        assert page.locator(".rows > li summary code").all_text_contents() == targets(ROWS)
        expect(page.locator("#filters")).to_be_hidden()
        expect(page.locator("#more")).to_be_hidden()
        # The browser itself opens the element of a link.
        expect(page.locator(f"#finding-{one['id']}")).to_be_visible()
        page.locator(".rows > li summary").first.click()
        expect(page.get_by_text(ROWS[0]["evidence"], exact=True).first).to_be_visible()
        assert page.get_by_role("link", name="555566667777, us-west-2").get_attribute("href") == "#findings"


def test_paper_has_all_that_fits_unfolded_and_no_controls(opened: Opened) -> None:
    with opened(at="#class=drifted") as page:
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        for control in ("#filters", "nav", ".skip", ".cmd button"):
            expect(page.locator(control).first).to_be_hidden()
        heights = page.locator("#rows .body").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().height)"
        )
        assert len(heights) == len(having(finding="drifted")) and min(heights) > 20
        cut = "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
        page.set_viewport_size({"width": 720, "height": 1000})
        assert page.locator("#rows summary > *").evaluate_all(cut) == []
        top = page.evaluate("[...document.querySelectorAll('section')].map((one) => one.id)")
        assert top[:2] == ["verdict", "unknown"]
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        expect(page.locator("#rows .body").first).to_be_hidden()


def test_on_paper_nothing_is_left_out(opened: Opened) -> None:
    with opened() as page:
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert shown(page) == targets(ROWS)
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert len(shown(page)) == SHOWN_AT_FIRST
        page.get_by_role("button", name=f"Show {LEFT} more of {LEFT}").click()
        expect(page.locator(SHOWN)).to_have_text(targets(ROWS))
        expect(page.locator("#more")).to_be_hidden()


#: Texts and their backgrounds.
PAIRS = (
    "body",
    ".said h2",
    ".said p",
    ".tiles small",
    ".tiles .high",
    ".tiles .medium",
    ".tiles .low",
    ".tiles .info",
    ".tiles .ok",
)
PAIRS += (
    ".f-unknown",
    "#unknown h2",
    "thead th",
    ".quiet",
    "nav a",
    "nav b",
    "#findings label",
    "#count",
    "summary .high",
    "footer",
)
PAIRS += (
    ".h0 b",
    ".h1 b",
    ".h2 b",
    ".h3 b",
    ".h4 b",
    ".h5 b",
    ".h0 small",
    ".badge",
    "del",
    "ins",
    "pre code",
    ".diff th",
    "a code",
)
CONTRAST = """
(selector) => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => rgb(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const element = document.querySelector(selector);
  let ground = element;
  while (rgb(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const [low, high] = [element, ground].map((one, at) => getComputedStyle(one)[at ? "backgroundColor" : "color"])
    .map(light).sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(opened: Opened, scheme: str) -> None:
    one = next(one for one in ROWS if one["finding"] == "drifted" and one["how"] == "replace")
    with opened(color_scheme=scheme, at=f"#finding-{one['id']}") as page:
        # WCAG 2.2, 1.4.3: contrast (minimum).
        weak = {pair: page.evaluate(CONTRAST, pair) for pair in PAIRS}
        assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
        assert page.screenshot()


UNNAMED = """
() => [...document.querySelectorAll("input, select, button, a, svg:not([aria-hidden]), table, nav, section, [role=region]")]
  .filter((one) => !(one.labels?.length || one.getAttribute("aria-label") || one.getAttribute("aria-labelledby")
    || one.caption || one.textContent.trim() || one.hidden)).map((one) => one.outerHTML)
"""


def test_it_can_be_used_by_ear(opened: Opened) -> None:
    with opened(at=f"#finding-{ROWS[14]['id']}") as page:
        assert page.evaluate(UNNAMED) == []
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((one) => +one.tagName[1])")
        assert levels[0] == 1 and levels.count(1) == 1
        assert [pair for pair in zip(levels, levels[1:]) if pair[1] > pair[0] + 1] == []
        assert page.locator("th:not([scope])").count() == 0
        assert page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)").__len__() == page.evaluate(
            "new Set([...document.querySelectorAll('[id]')].map((one) => one.id)).size"
        )
        assert page.locator("html").get_attribute("lang") == "en"
        expect(page.get_by_role("status")).to_have_count(1)
        for role in ("banner", "main", "contentinfo", "navigation", "search"):
            expect(page.get_by_role(role)).to_have_count(1)


def test_nothing_sticks_out_on_a_phone(opened: Opened) -> None:
    with opened(viewport={"width": 360, "height": 740}, at=f"#finding-{ROWS[14]['id']}") as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_picture_in_the_readme_can_be_taken_anew(chromium: Chromium, tmp_path: pathlib.Path) -> None:
    take(chromium, tmp_path / "images" / "picture.png")
    for picture in (PICTURE, tmp_path / "images" / "picture.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size < 300_000


def hostile_report() -> dict[str, Any]:
    """Return a report in which every external value is malicious."""
    rows = []
    for number, text in enumerate(HOSTILE, 1):
        about = dict.fromkeys(
            ("target", "account_id", "region", "host", "destination", "flow_log_id", "evidence", "remedy"), text
        )
        change = {"field": text, "current": text, "desired": [text, {"a": text}]}
        about |= {"groups": [text], "target_type": text, "planned_action": text, "changes": [change]}
        about["ignored"] = {"reason": text, "owner": text, "expires": text, "was": "missing"}
        rows += [row(kind, number * 10 + step, **about) for step, kind in enumerate(("drifted", "unknown", "ignored"))]
    made = build_report(rows, "</time><script>alert(1)</script>")
    entries = [{"target": text, "reason": text, "owner": text, "expires": text} for text in HOSTILE]
    ids = [one["id"] for one in made["findings"]]
    run = {"generated_at": HOSTILE[0], "verdict": "drift", "counts": {}, "severities": {}, "logged_percent": 50}
    return made | {
        "changes": {"since": HOSTILE[1], "new": ids[:5], "gone": made["findings"][:3], "still": ids[5:]},
        "baseline": {"accepted": 1, "expired": entries, "unused": entries},
        "history": [run, run],
    }


@pytest.mark.parametrize("script", [True, False])
def test_a_hostile_fleet_stays_text(opened: Opened, script: bool) -> None:
    report = hostile_report()
    with opened(report, java_script_enabled=script) as page:
        texts = page.locator(".rows > li summary code").all_text_contents()
        for text in HOSTILE[:-1]:
            assert texts.count(text) == 3
        assert "a\\u202eb\\u2066c\\u200bd\\u0000e\\u001bf" in texts
        elements = page.locator(
            "script, iframe, img, object, embed, link, base, meta[http-equiv=refresh], b[onmouseover]"
        )
        assert elements.count() == 2  # the page's own script and its icon
        for summary in page.locator(".rows > li summary").all()[:6]:
            summary.click()
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", page.content())


def test_the_role_writes_the_page_of_a_hostile_fleet_as_it_is(
    ansible: AnsibleRunner, chromium: Chromium, tmp_path: pathlib.Path
) -> None:
    report = build_report(hostile_report()["findings"])
    (tmp_path / "findings.json").write_text(json.dumps(report), encoding="utf-8")
    role = {
        "name": "Write the report",
        "ansible.builtin.include_role": {"name": "flowlogs.aws.drift_report"},
        "vars": {
            "drift_report_findings": f"{{{{ lookup('ansible.builtin.file', '{tmp_path}/findings.json') | from_json }}}}",
            "drift_report_formats": ["html"],
            "drift_report_previous": "",
        },
    }
    ansible([{"name": "Report", "hosts": "localhost", "gather_facts": False, "tasks": [role]}])
    written = tmp_path / "flow-log-report" / "drift-report.html"
    assert written.read_text(encoding="utf-8") == to_html(report)
    with chromium.page() as page:
        page.goto(written.as_uri())
        expect(page.locator("#count")).to_have_text(f"{len(report['findings'])} findings")


def test_a_hostile_fleet_can_be_filtered_and_linked_to(opened: Opened) -> None:
    report = hostile_report()
    with opened(report) as page:
        for text in HOSTILE[:-1]:
            page.get_by_label("Group", exact=True).select_option(text)
            expect(page.locator(SHOWN)).to_have_text([text] * 3)
            page.get_by_label("Group", exact=True).select_option("")
            page.get_by_role("searchbox").fill(text)
            page.get_by_role("searchbox").press("Enter")
            expect(page.locator(SHOWN, has_text=text).first).to_be_visible()
            page.get_by_role("button", name="Show all").click()
        one = report["findings"][-1]
        page.evaluate("(hash) => { location.hash = hash }", f"#finding-{one['id']}")
        expect(page.locator(f"#finding-{one['id']}")).to_be_visible()
        page.evaluate("() => { location.hash = '#q=%3Cimg src=x onerror=alert(1)%3E&group=%22%3E<b>' }")
        expect(page.get_by_role("searchbox")).to_have_value("<img src=x onerror=alert(1)>")


@pytest.mark.parametrize("in_sync_of_ten", [0, 9])
def test_ten_thousand_findings_need_few_elements(
    chromium: Chromium, tmp_path: pathlib.Path, in_sync_of_ten: int
) -> None:
    """The number of rendered elements stays small for every filter and search, so the page stays fast."""
    made = to_html(large_report(LARGE, in_sync_of_ten))
    assert len(made.encode()) < 15_000_000
    path = tmp_path / "large.html"
    path.write_text(made, encoding="utf-8")
    steps: list[tuple[str, Callable[[Page], Any]]] = [
        ("10,000 findings", lambda page: page.goto(path.as_uri())),
        ("1,", lambda page: page.get_by_label("Region", exact=True).select_option("eu-west-1")),
        (" of 10,000", lambda page: page.get_by_role("searchbox").fill("team-07")),
        ("10,000 findings", lambda page: page.get_by_role("button", name="Show all").click()),
    ]
    with chromium.page(viewport={"width": 1360, "height": 900}) as page:
        for said, step in steps:
            step(page)
            expect(page.locator("#count")).to_contain_text(said)
            assert 0 < page.locator("#rows > li").count() <= SHOWN_AT_FIRST
