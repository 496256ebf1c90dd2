# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page has everything that the report has, and nothing in it becomes markup."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import pathlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html import page as renderer
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html.page import as_text
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html.page import percent
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html.page import to_html
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html.view import segments
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.html.view import step
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import build_report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.wording import VERDICTS
from tests.report_samples import fleet_report
from tests.report_samples import row


class Page(html.parser.HTMLParser):
    """The elements and texts of a page.

    :ivar elements: every element with its attributes, in order.
    :ivar texts: the texts by element.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._inside, []).append(data)

    def values(self, attribute: str) -> list[str | None]:
        """Return the values of an attribute of all elements that have it."""
        return [attributes[attribute] for _tag, attributes in self.elements if attribute in attributes]


#: Long lists show this many rows, as set in parts.html.j2.
SHOWN = 8
PLACE = {"account_id": "111122223333", "region": "eu-west-1"}
PLAIN = Page(to_html(fleet_report()))
TAGS = {tag for tag, _attributes in PLAIN.elements} | {"ul", "p"}
ATTRIBUTES = {name for _tag, attributes in PLAIN.elements for name in attributes}


def report_about(word: str) -> dict[str, Any]:
    """Return a report with this word in every member that AWS or an inventory can set."""
    about = dict.fromkeys(
        ("target", "account_id", "region", "host", "destination", "evidence", "remedy", "target_type"), word
    )
    changes = [{"field": word, "current": word, "desired": [word]}]
    rows = [row(kind, 1, **about, groups=[word], changes=changes) for kind in ("drifted", "unknown", "in_sync")]
    report = build_report(rows, word)
    entry = {"target": word, "reason": word, "owner": word, "expires": word}
    run = {"generated_at": word, "verdict": "drift", "counts": {}, "severities": {}, "logged_percent": 1}
    changed = {"since": word, "new": [report["findings"][0]["id"]], "gone": [report["findings"][1]], "still": []}
    return report | {
        "changes": changed,
        "baseline": {"accepted": 0, "expired": [entry], "unused": [entry]},
        "history": [run, run],
    }


@given(st.text() | st.text(alphabet="<>&'\"/=! -scriptyle", max_size=20))
def test_no_text_becomes_markup(word: str) -> None:
    page = Page(to_html(report_about(word)))
    assert {tag for tag, _attributes in page.elements} <= TAGS
    assert {name for _tag, attributes in page.elements for name in attributes} <= ATTRIBUTES
    assert [tag for tag, _attributes in page.elements].count("script") == 1
    assert all(value.startswith(("#", "data:")) for value in page.values("href"))


def test_no_template_turns_escaping_off() -> None:
    templates = sorted(pathlib.Path(renderer.__file__).parent.glob("*.j2"))
    assert templates
    assert [one.name for one in templates if re.search(r"\|\s*safe\b|autoescape", one.read_text("utf-8"))] == []


def test_no_attribute_can_run_or_load_anything() -> None:
    assert not [name for name in ATTRIBUTES if name.startswith("on")]
    assert ATTRIBUTES.isdisjoint({"src", "srcset", "style", "action", "formaction", "srcdoc", "ping", "background"})


def test_the_policy_allows_only_the_script_and_the_style_of_the_page() -> None:
    (policy,) = [one["content"] for _tag, one in PLAIN.elements if one.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("default-src") == "'none'"
    for kind in ("script", "style"):
        digest = hashlib.sha256("".join(PLAIN.texts[kind]).encode()).digest()
        assert rules.pop(f"{kind}-src") == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert rules == {"img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_the_same_report_gives_the_same_bytes() -> None:
    assert to_html(fleet_report()) == to_html(fleet_report())


def test_every_finding_is_there_once_and_every_link_has_a_target() -> None:
    report = fleet_report()
    names = PLAIN.values("id")
    assert len(names) == len(set(names))
    assert {f"finding-{one['id']}" for one in report["findings"]} <= set(names)
    assert {value[1:] for value in PLAIN.values("href") if value.startswith("#")} <= set(names)
    for attribute in ("aria-labelledby", "for"):
        assert set(PLAIN.values(attribute)) <= set(names)


@pytest.mark.parametrize("kind", FINDINGS)
def test_a_report_of_version_1_0_has_a_page(kind: str) -> None:
    """It has no ids, coverage, changes, baseline or history."""
    report = build_report([row(kind, 1, account_id="111122223333", region=None, ignored=None)])
    old = {name: report[name] for name in ("version", "verdict", "counts", "findings")} | {"version": "1.0"}
    old["findings"] = [{key: one[key] for key in one if key not in ("id", "ignored")} for one in report["findings"]]
    assert Page(to_html(old)).elements == Page(to_html(report)).elements


def test_a_report_without_targets_is_not_good_news() -> None:
    page = to_html(build_report([]))
    assert VERDICTS["nothing_checked"] in page
    assert VERDICTS["in_sync"] not in page
    assert 'id="coverage"' not in page


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        ([row("in_sync", 1, **PLACE)], ["verdict", "coverage", "coverage-types", "findings"]),
        (
            [row("in_sync", 1, groups=["a"], **PLACE)],
            ["verdict", "coverage", "coverage-types", "coverage-groups", "findings"],
        ),
        ([row("unknown", 1, **PLACE)], ["verdict", "unknown", "coverage", "coverage-types", "findings"]),
        ([row("policy_drift", 1)], ["verdict", "findings"]),
    ],
)
def test_a_section_without_content_is_left_out(rows: list[dict[str, Any]], parts: list[str]) -> None:
    elements = Page(to_html(build_report(rows))).elements
    assert [attributes["id"] for tag, attributes in elements if tag == "section"] == parts


def test_unknown_findings_follow_the_verdict_even_if_accepted() -> None:
    accepted = {"reason": "x", "owner": "y", "expires": None, "was": "unknown"}
    page = to_html(build_report([row("ignored", 1, ignored=accepted), row("in_sync", 2)]))
    assert VERDICTS["unknown"] in page
    assert "Could not be checked: 1<" in page


@pytest.mark.parametrize("runs", [0, 1, 2, 61])
def test_a_trend_needs_two_runs_and_shows_the_last_sixty(runs: int) -> None:
    run = {"generated_at": "2026-01-01", "severities": {"high": 2}, "logged_percent": 50.0}
    page = Page(to_html(build_report([row("in_sync", 1)]) | {"history": [run] * runs}))
    points = [one for tag, one in page.elements if tag == "circle"]
    assert len(points) == (min(runs, 60) if runs > 1 else 0)
    assert all(0 <= float(one["cx"]) <= 640 and 0 <= float(one["cy"]) <= 200 for one in points)


def test_a_trend_of_runs_without_targets_and_findings() -> None:
    history = [{"generated_at": None, "severities": {}, "logged_percent": None}] * 2
    assert 'id="trend"' in to_html(build_report([]) | {"history": history})


@pytest.mark.parametrize(
    ("current", "desired", "marks"),
    [
        ("ACCEPT", "ALL", ["del", "ins"]),
        (None, "network", ["ins"]),
        (["a", "b", "c"], ["a", "c", "d"], ["del", "ins"]),
        ("${a} ${b}", "${a} ${c} ${d}", ["del", "ins", "ins"]),
        (["a", "b"], ["b", "a"], []),
    ],
)
def test_differences_are_marked(current: Any, desired: Any, marks: list[str]) -> None:
    changes = [{"field": "x", "current": current, "desired": desired}]
    page = to_html(build_report([row("drifted", 1, changes=changes)]))
    assert [tag for tag, _attributes in Page(page).elements if tag in ("del", "ins")] == marks
    assert ("The order differs, the values are the same." in page) == (not marks)


@pytest.mark.parametrize(
    ("value", "level"),
    [(100, 5), (99.9, 4), (95, 4), (94.9, 3), (80, 3), (79.9, 2), (50, 2), (49.9, 1), (0.1, 1), (0, 0)],
)
def test_steps_of_the_map(value: float, level: int) -> None:
    assert step(value) == level


@pytest.mark.parametrize(("value", "expected"), [(None, "–"), (100.0, "100%"), (99.9, "99.9%"), (0, "0%")])
def test_percentages(value: float | None, expected: str) -> None:
    assert percent(value) == expected


def test_numbers_and_texts() -> None:
    report = build_report([row("drifted", 1)])
    assert "<b>12,345</b>" in to_html(report | {"severities": report["severities"] | {"high": 12345}})
    assert as_text(None) == ""
    assert as_text("<a b='\"'>\u202e") == "&lt;a b=&#x27;&quot;&#x27;&gt;\\u202e"


@given(st.lists(st.integers(0, 10_000), min_size=6, max_size=6))
def test_a_bar_is_full(counts: list[int]) -> None:
    part = dict(zip(("in_sync", "drifted", "missing", "failing", "unknown", "ignored"), counts))
    shown = segments(part | {"targets": sum(counts)}, part)
    assert len(shown) == sum(1 for count in counts if count)
    assert sum(float(one.width) for one in shown) == pytest.approx(100 if any(counts) else 0, abs=0.05)


@pytest.mark.parametrize("size", [1, SHOWN, SHOWN + 1, 100])
def test_folding_leaves_nothing_out(size: int) -> None:
    page = to_html(build_report([row("unknown", at, evidence=f"[{at:03}]") for at in range(size)]))
    assert sorted(re.findall(r'<span class="long">\[(\d+)\]', page)) == [f"{at:03}" for at in range(size)]
    assert f"<summary>{size - SHOWN} more reasons" in page or size <= SHOWN
    assert ("more reasons" in page) == (size > SHOWN)
