# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types of the report document have the members of its schema, required and optional."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import ChangeDict
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings import types as finding_types
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS, SEVERITY_ORDER, Finding
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report import types as report_types

SCHEMA = json.loads((pathlib.Path(__file__).parents[5] / "docs" / "drift-report.schema.json").read_text("utf-8"))
DEFINITIONS = SCHEMA["$defs"]
MEMBERS = SCHEMA["properties"]


def item(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that a list may hold or that may be null."""
    (found,) = [part for part in schema.get("anyOf", [schema]) if part["type"] != "null"]
    return found.get("items", found)


FINDING = item(MEMBERS["findings"])
BASELINE = item(MEMBERS["baseline"])


@pytest.mark.parametrize(
    ("documented", "shape"),
    [
        (SCHEMA, report_types.Report),
        (FINDING, finding_types.FindingRow),
        (item(FINDING["properties"]["changes"]), ChangeDict),
        (item(FINDING["properties"]["ignored"]), finding_types.Acceptance),
        (MEMBERS["coverage"], report_types.Coverage),
        (DEFINITIONS["coverage"], report_types.CoverageCounts),
        (item(MEMBERS["coverage"]["properties"]["places"]), report_types.PlaceCoverage),
        (item(MEMBERS["changes"]), report_types.Changes),
        (BASELINE, report_types.BaselineUse),
        (item(BASELINE["properties"]["expired"]), report_types.BaselineEntry),
        (item(BASELINE["properties"]["unused"]), report_types.BaselineEntry),
        (item(MEMBERS["history"]), report_types.HistoryEntry),
    ],
)
def test_a_type_has_the_members_of_the_schema(documented: dict[str, Any], shape: Any) -> None:
    assert set(shape.__annotations__) == set(documented["properties"])
    assert shape.__required_keys__ == set(documented["required"])


def test_counts_have_every_class_and_severity() -> None:
    assert set(DEFINITIONS["counts"]["properties"]) == set(DEFINITIONS["counts"]["required"]) == set(FINDINGS)
    assert set(DEFINITIONS["severities"]["properties"]) == set(SEVERITY_ORDER)


def test_a_finding_has_the_members_of_its_type() -> None:
    found = Finding(finding="missing", target="vpc-1").to_dict()
    assert found.keys() == finding_types.FindingFields.__required_keys__
    assert finding_types.FindingRow.__required_keys__ == found.keys() | {"id"}


def test_an_earlier_report_has_no_other_members() -> None:
    assert set(finding_types.EarlierFinding.__annotations__) == set(finding_types.FindingRow.__annotations__)
    assert set(report_types.EarlierReport.__annotations__) == set(report_types.Report.__annotations__) - {"inventory"}
