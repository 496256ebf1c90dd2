# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders a report as JUnit XML: a test suite for each account and Region, a test for each target. PRIVATE to this collection.

Drift is a failure, unknown is an error, an accepted finding is a skipped test. The text of a test has one line for each of
its findings; a line starts with the class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from .._findings.finding import UNKNOWN_FINDINGS
from .._findings.types import FindingRow
from .._printable import visible
from .model import is_drift
from .types import Coverage, Report
from .wording import NOTHING_CHECKED, VERDICTS, rows_of

#: Elements of a test, and the attribute that counts each.
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}
#: The counts in a property.
_COUNTS = ("targets", "logged", "deliverable", "unknown", "delivery_unknown", "logged_percent", "deliverable_percent")


def _outcome(rows: Sequence[FindingRow]) -> str:
    """Return the name of the element for the outcome of a test."""
    if any(is_drift(row) for row in rows):
        return "failure"
    if any(row["finding"] in UNKNOWN_FINDINGS + (NOTHING_CHECKED,) for row in rows):
        return "error"
    if any(row["finding"] == "ignored" for row in rows):
        return "skipped"
    return "system-out"


def _line(row: FindingRow) -> str:
    parts = [f"{row['finding']} ({row['severity']}): {visible(row['evidence'])}"]
    parts += [
        f"{visible(change['field'])}: {visible(change['current'])} -> {visible(change['desired'])}"
        for change in row["changes"]
    ]
    accepted = row["ignored"]
    if accepted:
        reason = f"{accepted['reason']} ({accepted['owner']}, until {accepted['expires']})"
        parts.append(f"{accepted['was']} is accepted: {visible(reason)}")
    if row["remedy"]:
        parts.append(f"remedy: {visible(row['remedy'])}")
    return " | ".join(parts)


def _place(row: FindingRow) -> str:
    return "/".join(visible(value) for value in (row["account_id"], row["region"]) if value) or "no account"


def _grouped(rows: Sequence[FindingRow]) -> dict[str, dict[tuple[str, str], list[FindingRow]]]:
    suites: dict[str, dict[tuple[str, str], list[FindingRow]]] = {}
    for row in rows:
        test = (visible(row["target_type"] or "target"), visible(row["target"]))
        suites.setdefault(_place(row), {}).setdefault(test, []).append(row)
    return suites


def _add_test(suite: ElementTree.Element, name: tuple[str, str], rows: Sequence[FindingRow]) -> None:
    kind, target = name
    test = ElementTree.SubElement(suite, "testcase", classname=f"{suite.get('name')}/{kind}", name=target, time="0")
    outcome = ElementTree.SubElement(test, _outcome(rows))
    if outcome.tag != "system-out":
        outcome.set("message", ", ".join(dict.fromkeys(row["finding"] for row in rows)))
    outcome.text = "\n".join(_line(row) for row in rows)


def _count(element: ElementTree.Element) -> None:
    element.set("tests", str(sum(1 for _test in element.iter("testcase"))))
    for outcome, attribute in _COUNTED.items():
        element.set(attribute, str(sum(1 for _test in element.iter(outcome))))


def _add_coverage(root: ElementTree.Element, coverage: Coverage) -> None:
    """Add a suite without tests. Its properties are the coverage of all targets and of each part of them."""
    properties = ElementTree.SubElement(
        ElementTree.SubElement(root, "testsuite", name="coverage", time="0"), "properties"
    )
    by_kind = {name: coverage[name] for name in ("accounts", "regions", "types", "groups")}
    parts: list[tuple[str, Mapping[str, object]]] = [("total", coverage["total"])]
    parts += [(f"{kind}/{name}", part) for kind, named in by_kind.items() for name, part in named.items()]
    parts += [(f"places/{place['account_id']}/{place['region']}", place) for place in coverage["places"]]
    for name, part in parts:
        counts = " ".join(f"{word}={part[word]}" for word in _COUNTS)
        ElementTree.SubElement(properties, "property", name=visible(name), value=counts)


def to_junit(report: Report) -> str:
    """Return the report as JUnit XML, for GitLab, Jenkins and others."""
    root = ElementTree.Element("testsuites", name=f"flow log drift report: {VERDICTS[report['verdict']]}", time="0")
    _add_coverage(root, report["coverage"])
    for place, tests in sorted(_grouped(rows_of(report)).items()):
        suite = ElementTree.SubElement(root, "testsuite", name=place, time="0")
        for name, rows in sorted(tests.items()):
            _add_test(suite, name, rows)
    for element in root.iter("testsuite"):
        _count(element)
    _count(root)
    ElementTree.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ElementTree.tostring(root, encoding='unicode')}\n"
