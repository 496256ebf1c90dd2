# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as JUnit XML: a test suite for each account and region, a test for each thing that was looked at. PRIVATE to
this collection.

Drift is a failure, what is not known is an error, what a baseline accepts is skipped. The text of a test lists all its
findings, one a line, which begins with the class of the finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from .._findings.finding import UNKNOWN_FINDINGS
from .._printable import visible
from .model import is_drift
from .wording import NOTHING_CHECKED, VERDICTS, rows_of

Row = Mapping[str, Any]
#: Element of a test to the attribute that counts it.
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}
#: What of a coverage the properties list, and of what.
_TOLD = ("targets", "logged", "deliverable", "unknown", "delivery_unknown", "logged_percent", "deliverable_percent")
_PARTS = ("accounts", "regions", "types", "groups")


def _outcome(rows: Sequence[Row]) -> str:
    """Return the element that tells how a test came out."""
    if any(is_drift(row) for row in rows):
        return "failure"
    if any(row["finding"] in UNKNOWN_FINDINGS + (NOTHING_CHECKED,) for row in rows):
        return "error"
    if any(row["finding"] == "ignored" for row in rows):
        return "skipped"
    return "system-out"


def _line(row: Row) -> str:
    parts = [f"{row['finding']} ({row['severity']}): {visible(row['evidence'])}"]
    parts += [
        f"{visible(change['field'])}: {visible(change['current'])} -> {visible(change['desired'])}"
        for change in row["changes"]
    ]
    accepted = row["ignored"]
    if accepted:
        told = f"{accepted['reason']} ({accepted['owner']}, until {accepted['expires']})"
        parts.append(f"{accepted['was']} is accepted: {visible(told)}")
    if row["remedy"]:
        parts.append(f"remedy: {visible(row['remedy'])}")
    return " | ".join(parts)


def _place(row: Row) -> str:
    return "/".join(visible(row[name]) for name in ("account_id", "region") if row[name]) or "elsewhere"


def _grouped(rows: Sequence[Row]) -> dict[str, dict[tuple[str, str], list[Row]]]:
    suites: dict[str, dict[tuple[str, str], list[Row]]] = {}
    for row in rows:
        test = (visible(row["target_type"] or "target"), visible(row["target"]))
        suites.setdefault(_place(row), {}).setdefault(test, []).append(row)
    return suites


def _add_test(suite: ElementTree.Element, name: tuple[str, str], rows: Sequence[Row]) -> None:
    kind, target = name
    test = ElementTree.SubElement(suite, "testcase", classname=f"{suite.get('name')}/{kind}", name=target, time="0")
    told = ElementTree.SubElement(test, _outcome(rows))
    if told.tag != "system-out":
        told.set("message", ", ".join(dict.fromkeys(row["finding"] for row in rows)))
    told.text = "\n".join(_line(row) for row in rows)


def _count(element: ElementTree.Element) -> None:
    element.set("tests", str(sum(1 for _test in element.iter("testcase"))))
    for outcome, attribute in _COUNTED.items():
        element.set(attribute, str(sum(1 for _test in element.iter(outcome))))


def _add_coverage(root: ElementTree.Element, coverage: Mapping[str, Any]) -> None:
    """Add a suite without tests, whose properties are the coverage of all targets and of each part of them."""
    properties = ElementTree.SubElement(
        ElementTree.SubElement(root, "testsuite", name="coverage", time="0"), "properties"
    )
    parts = [("total", coverage["total"])]
    parts += [(f"{kind}/{name}", part) for kind in _PARTS for name, part in coverage[kind].items()]
    parts += [(f"places/{place['account_id']}/{place['region']}", place) for place in coverage["places"]]
    for name, part in parts:
        told = " ".join(f"{word}={part[word]}" for word in _TOLD)
        ElementTree.SubElement(properties, "property", name=visible(name), value=told)


def to_junit(report: Mapping[str, Any]) -> str:
    """Return the report as JUnit XML, as GitLab, Jenkins and others read it."""
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
