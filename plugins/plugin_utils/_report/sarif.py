# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as SARIF 2.1.0, for code scanning. PRIVATE to this collection.

What is in sync is counted and not listed: a scanner lists what is to be looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._findings.finding import FINDINGS, SEVERITIES
from .._printable import visible
from .wording import NOTHING_CHECKED, TITLES, VERDICTS, rows_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/flowlogs/flowlogs.aws"
_LEVELS: Mapping[str, str] = {"high": "error", "medium": "warning", "low": "note", "info": "none", "ok": "none"}
_RULES: Mapping[str, str] = {
    **{name: TITLES[name] for name in FINDINGS if name != "in_sync"},
    NOTHING_CHECKED: VERDICTS[NOTHING_CHECKED],
}
#: Where a result is shown that has no place in any file, when the report does not know the inventory.
_NOWHERE = "inventory"
_PROPERTIES = (
    *("severity", "account_id", "region", "groups", "target", "target_type", "destination", "flow_log_id"),
    *("how", "planned_action", "changes", "evidence", "remedy", "deliverable"),
)


def message(value: str) -> str:
    """Return a text as a message in which nothing is a link or a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    text = visible(value)
    for char, written in (("\\", "\\\\"), ("[", "\\["), ("]", "\\]"), ("{", "{{"), ("}", "}}")):
        text = text.replace(char, written)
    return text


def _rule(name: str, title: str) -> dict[str, Any]:
    level = _LEVELS[SEVERITIES.get(name, "medium")]
    return {"id": name, "shortDescription": {"text": title}, "defaultConfiguration": {"level": level}}


def _result(row: Mapping[str, Any], uri: str) -> dict[str, Any]:
    level = _LEVELS[row["severity"]]
    remedy = f" Remedy: {row['remedy']}" if row["remedy"] else ""
    place = "/".join(visible(row[name]) for name in ("account_id", "region", "target_type", "target") if row[name])
    made: dict[str, Any] = {
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
        "properties": {name: row[name] for name in _PROPERTIES},
    }
    if row["ignored"]:
        accepted = row["ignored"]
        why = visible(f"{accepted['reason']} ({accepted['owner']}, until {accepted['expires']})")
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
        made["properties"]["accepted"] = dict(accepted)
    return made


def _results(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    uri = quote(visible((report.get("inventory") or [_NOWHERE])[0]))
    return [_result(row, uri) for row in rows_of(report) if row["finding"] != "in_sync"]


def to_sarif(report: Mapping[str, Any]) -> str:
    """Return the report as SARIF 2.1.0; each result is placed at the start of the first inventory source."""
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
    # One line a result: read as well by people, and written much faster than with each member on a line.
    results = ",\n".join(" " * 8 + json.dumps(result, sort_keys=True) for result in _results(report))
    before, after = frame.split('"results": []')
    return f'{before}"results": [\n{results}\n      ]{after}\n' if results else f"{frame}\n"
