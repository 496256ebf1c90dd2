# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders a report as SARIF 2.1.0, for code scanning. PRIVATE to this collection.

Findings in sync are counted and not listed: code scanning lists what needs attention.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._findings.finding import FINDINGS, SEVERITIES
from .._findings.types import FindingRow
from .._printable import visible
from .types import Report
from .wording import NOTHING_CHECKED, TITLES, VERDICTS, rows_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/flowlogs/flowlogs.aws"
_LEVELS: Mapping[str, str] = {"high": "error", "medium": "warning", "low": "note", "info": "none", "ok": "none"}
_RULES: Mapping[str, str] = {
    **{name: TITLES[name] for name in FINDINGS if name != "in_sync"},
    NOTHING_CHECKED: VERDICTS[NOTHING_CHECKED],
}
#: Location of the results if the report does not name the inventory.
_UNKNOWN_INVENTORY = "inventory"
_PROPERTIES = (
    *("severity", "account_id", "region", "groups", "target", "target_type", "destination", "flow_log_id"),
    *("how", "planned_action", "changes", "evidence", "remedy", "deliverable"),
)


def message(value: str) -> str:
    """Return a text as a message without links or placeholders (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    text = visible(value)
    for char, escaped in (("\\", "\\\\"), ("[", "\\["), ("]", "\\]"), ("{", "{{"), ("}", "}}")):
        text = text.replace(char, escaped)
    return text


def _rule(name: str, title: str) -> dict[str, Any]:
    level = _LEVELS[SEVERITIES.get(name, "medium")]
    return {"id": name, "shortDescription": {"text": title}, "defaultConfiguration": {"level": level}}


def _result(row: FindingRow, uri: str) -> dict[str, Any]:
    fields: Mapping[str, object] = row
    level = _LEVELS[row["severity"]]
    remedy = f" Remedy: {row['remedy']}" if row["remedy"] else ""
    place = "/".join(
        visible(fields[name]) for name in ("account_id", "region", "target_type", "target") if fields[name]
    )
    result: dict[str, Any] = {
        "ruleId": row["finding"],
        "ruleIndex": list(_RULES).index(row["finding"]),
        "kind": "informational" if level == "none" else "fail",
        "level": level,
        "message": {"text": message(f"{row['target']}: {row['evidence']}{remedy}")},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
                "logicalLocations": [{"fullyQualifiedName": place, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"findingId/v1": row["id"]},
        "properties": {name: fields[name] for name in _PROPERTIES},
    }
    if row["ignored"]:
        accepted = row["ignored"]
        reason = visible(f"{accepted['reason']} ({accepted['owner']}, until {accepted['expires']})")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
        result["properties"]["accepted"] = dict(accepted)
    return result


def to_sarif(report: Report) -> str:
    """Return the report as SARIF 2.1.0. The location of each result is the start of the first inventory source."""
    driver = {
        "name": "flowlogs.aws.drift_report",
        "informationUri": _HOME,
        "rules": [_rule(name, title) for name, title in _RULES.items()],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "flow-log-drift/"},
        "results": [],
        "properties": {"verdict": report["verdict"], "counts": dict(report["counts"]), "coverage": report["coverage"]},
    }
    frame = json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, sort_keys=True)
    # One line for each result is as readable, and much faster, than one line for each member.
    uri = quote(visible((report.get("inventory") or [_UNKNOWN_INVENTORY])[0]))
    found = (_result(row, uri) for row in rows_of(report) if row["finding"] != "in_sync")
    results = ",\n".join(" " * 8 + json.dumps(result, sort_keys=True) for result in found)
    before, after = frame.split('"results": []')
    return f'{before}"results": [\n{results}\n      ]{after}\n' if results else f"{frame}\n"
