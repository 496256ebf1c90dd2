# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A flow log that delivered nothing recently, or whose deliveries are unknown, is not in sync."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.deliveries import with_deliveries
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import Finding
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import with_inventory

WINDOW = {"hours": 24, "since": "2026-05-31T06:00:00+00:00"}
OLD, YOUNG = "2026-01-01T00:00:00+00:00", "2026-05-31T07:00:00.000001+00:00"


def findings_about(kind: str = "in_sync", **result: Any) -> list[Finding]:
    """Return the findings about one flow log, with this result of its batch."""
    finding = Finding(
        finding=kind,
        target="vpc-1",
        account_id="111122223333",
        region="eu-west-1",
        host="h",
        destination="arn:aws:s3:::central/it's/",
        flow_log_id="fl-1",
        changes=({"field": "tags.a", "current": 1, "desired": 2},) if kind == "drifted" else (),
    )
    return with_deliveries([finding], {"batch": result} if result else {})


def log(status: str, created: str = OLD, **more: Any) -> list[dict[str, Any]]:
    """Return the flow log as s3_flow_log_info returns it."""
    return [{"flow_log_id": "fl-1", "creation_time": created, "delivery": {"status": status, **WINDOW, **more}}]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"flow_logs": log("delivered")}, "in_sync"),
        ({"flow_logs": log("nothing")}, "failed_delivery"),
        # The flow log is new, so its first delivery may come later.
        ({"flow_logs": log("nothing", YOUNG)}, "in_sync"),
        ({"flow_logs": log("unknown", reason="not authorized to perform s3:ListBucket")}, "unknown"),
        ({"flow_logs": []}, "unknown"),
        ({"failed": True, "msg": "not authorized to perform s3:ListBucket"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_flow_log_in_sync_must_have_delivered(result: dict[str, Any], expected: str) -> None:
    (found,) = findings_about(**result)
    assert found.finding == expected
    assert expected != "failed_delivery" or "nothing in the last 24 hours" in found.evidence
    assert "msg" not in result and "reason" not in str(result) or "s3:ListBucket" in found.evidence


def test_drift_and_a_failed_delivery_are_two_findings() -> None:
    drifted, failed = findings_about("drifted", flow_logs=log("nothing"))
    assert (drifted.finding, failed.finding) == ("drifted", "failed_delivery")
    assert (failed.changes, failed.planned_action) == ((), None)


@pytest.mark.parametrize("kind", ["missing", "unknown", "failed_delivery", "extra"])
def test_other_findings_stay_unchanged(kind: str) -> None:
    (found,) = findings_about(kind)
    assert found.finding == kind


def test_the_remedy_is_quoted_for_a_shell() -> None:
    (found,) = findings_about(flow_logs=log("nothing"))
    *command, arguments = shlex.split(found.remedy)
    assert command == ["ansible", "localhost", "-m", "flowlogs.aws.flow_log_destination_info", "-a"]
    assert json.loads(arguments)["destination"] == "arn:aws:s3:::central/it's/"


def test_commands_get_the_sources_of_the_inventory() -> None:
    remedy = "# first\nansible-playbook flowlogs.aws.publish_to_s3 --limit h"
    row = Finding(finding="missing", target="vpc-1", remedy=remedy)
    (found,) = with_inventory([row], ["a b.yml", "c"])
    assert found.remedy == "# first\nansible-playbook -i 'a b.yml' -i c flowlogs.aws.publish_to_s3 --limit h"
    assert with_inventory([row], []) == [row]
