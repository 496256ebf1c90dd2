# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings for tests of reports."""

from __future__ import annotations

from typing import Any

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import Finding

SHOP, BANK = "111122223333", "444455556666"


def row(finding: str, target: str = "vpc-1", **more: Any) -> dict[str, Any]:
    """Return a finding about a VPC, as a report has it, without an id."""
    usual = {"target_type": "VPC", "account_id": SHOP, "region": "eu-west-1", "destination": "arn:aws:s3:::central/"}
    if finding in ("in_sync", "drifted", "extra", "duplicate"):
        usual["flow_log_id"] = f"fl-{target}"
    return Finding(finding=finding, target=target, **{**usual, **more}).to_dict()


def drifted(target: str = "vpc-1", **current: Any) -> dict[str, Any]:
    """Return a finding about drift, with the current value of each field."""
    changes = tuple({"field": name, "current": value, "desired": None} for name, value in current.items())
    return row("drifted", target, changes=changes, how="replace", planned_action="replace")
