# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet with every class of findings: the work of a run, and the results of its tasks."""

from __future__ import annotations

from typing import Any

from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import parse_baseline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Change
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.history import history_entry
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import ReportContext
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import build_report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

SHOP, BANK = "111122223333", "444455556666"
CENTRAL, OTHER_TEAM = "arn:aws:s3:::central-logs/network/", "arn:aws:s3:::other-team-logs/"
PLACE = f"{SHOP}/eu-west-1"
VPCS = f"{PLACE}/vpc/1-2"
#: Text that an attacker could write into a tag or a name to attack the reader of the report.
HOSTILE = "<script>alert(1)</script> =HYPERLINK(1) `x` | {{ 7 * 7 }} [a](http://b) \x00\u202e\n# y"
TIME, DAY = "2026-06-01T06:00:00Z", "2026-06-01"
BASELINE = {
    "accepted": [
        {
            "finding": "drifted",
            "target": "vpc-accepted",
            "changes": {"max_aggregation_interval": 60},
            "reason": "An investigation needs records each minute.",
            "owner": "network team",
            "expires": "2026-12-31",
        },
        {
            "finding": "extra",
            "account_id": SHOP,
            "group": "legacy",
            "reason": "Until the migration.",
            "owner": "network team",
            "expires": "2026-05-31",
        },
        {
            "finding": "missing",
            "target": "vpc-0000000000000dead",
            "reason": "Is deleted soon.",
            "owner": "shop team",
            "expires": "2026-12-31",
        },
    ]
}


def _host(name: str, group: str = "shop", **variables: Any) -> HostVariables:
    usual = {"account_id": SHOP, "region": "eu-west-1", "destination": CENTRAL}
    given = {f"flow_log_{key}": value for key, value in {**usual, **variables}.items() if value is not None}
    return HostVariables(name, given, (group,))


def publication() -> dict[str, Any]:
    """Return the work for the fleet."""
    vpcs = "in-sync missing drifted tagged duplicate extra failing accepted refused silent".split()
    return plan_publication(
        [
            *(_host(f"vpc-{name}", "legacy" if name == "extra" else "shop") for name in vpcs),
            _host("vpc-unmanaged", destination=OTHER_TEAM, bucket_policy=False, check_destination=False),
            _host("subnet-inside", parents=["vpc-in-sync"]),
            _host("vpc-denied", "bank", account_id=BANK),
            _host("vpc-waiting", "bank", account_id=BANK, region="us-east-1"),
            _host("vpc-nowhere", "bank", account_id=BANK, region=None),
            _host(
                "vpc-principals",
                "bank",
                account_id=BANK,
                permission_principals=[{"type": "role", "name": "flow-logs"}, {"type": "role", "name": "gone"}],
            ),
        ]
    ).to_dict()


def _flow_log(target: str, **more: Any) -> dict[str, Any]:
    return {
        "flow_log_id": f"fl-{target}",
        "resource_id": target,
        "destination": CENTRAL,
        "traffic_type": "ALL",
        "max_aggregation_interval": 600,
        "log_format": "${version}",
        "destination_options": {"file_format": "plain-text"},
        "tag_field_specifications": [],
        "delivery_status": "SUCCESS",
        "delivery_error": None,
        **more,
    }


def _result(flow_logs: list[dict[str, Any]], actions: tuple[Action, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "changed": bool(actions),
        "actions": [action.to_dict() for action in actions],
        "flow_logs": flow_logs,
        "unsuccessful": [],
        "extra": [],
        **more,
    }


def _vpcs(text: str) -> dict[str, Any]:
    """Return the result of the batch of VPCs.

    :param text: the value of a tag, which others can set.
    """
    kept = ("in-sync", "duplicate", "extra", "tagged", "accepted", "drifted")
    logs = [_flow_log(f"vpc-{name}") for name in kept]
    logs.append(_flow_log("vpc-failing", delivery_status="FAILED", delivery_error="Access error"))
    logs.append(_flow_log("vpc-unmanaged", destination=OTHER_TEAM))
    interval = (Change("max_aggregation_interval", 60, 600),)
    traffic = (Change("traffic_type", "ACCEPT", "ALL"),)
    actions = (
        Action("create", "vpc-missing", reason="The target has no such flow log."),
        Action("replace", "vpc-drifted", replaces="fl-vpc-drifted", changes=traffic, reason="AWS cannot change it."),
        Action("replace", "vpc-accepted", replaces="fl-vpc-accepted", changes=interval, reason="AWS cannot change it."),
        Action("tag", "vpc-tagged", flow_log_id="fl-vpc-tagged", changes=(Change("tags.note", text, "plain"),)),
    )
    others = [
        _flow_log("vpc-duplicate", flow_log_id="fl-copy"),
        _flow_log("vpc-extra", flow_log_id="fl-other", destination="arn:aws:s3:::other-logs/"),
    ]
    refused = {"target": "vpc-refused", "code": "Ambiguous", "message": "Several match.", "hint": "Set flow_log_name."}
    return _result(logs, actions, extra=others, unsuccessful=[refused], failed=True, msg="1 of 11 failed.")


def _deliveries(result: dict[str, Any]) -> dict[str, Any]:
    """Return the deliveries of the flow logs. One of them delivered nothing recently."""
    window = {"hours": 24, "since": "2026-05-31T06:00:00+00:00"}
    shown = []
    for item in result["flow_logs"]:
        status = "nothing" if item["resource_id"] == "vpc-unmanaged" else "delivered"
        shown.append({**item, "creation_time": "2026-01-01T00:00:00+00:00", "delivery": {"status": status, **window}})
    return {"flow_logs": shown}


def results(work: dict[str, Any], text: str = HOSTILE) -> dict[str, Any]:
    """Return the results of the tasks."""
    denied = f"You are not authorized to perform this operation. {text}"
    batches = {batch["name"]: batch for batch in work["batches"]}
    returned = {}
    for name, batch in batches.items():
        if batch["account_id"] == BANK:
            if batch["region"] != "us-east-1":
                returned[name] = {"failed": True, "msg": denied}
        elif batch["resource_type"] == "Subnet":
            returned[name] = _result([_flow_log("subnet-inside")])
        else:
            returned[name] = _vpcs(text)
    principal = {"item": {"type": "role", "name": "flow-logs"}, "changed": False}
    gone = {"item": {"type": "role", "name": "gone"}, "failed": True, "error": {"code": "NoSuchEntity"}}
    return {
        "batches": returned,
        "deliveries": {name: _deliveries(result) for name, result in returned.items() if "flow_logs" in result},
        "destinations": {
            "s3/central-logs": {
                "changed": True,
                "failed": False,
                "msg": "",
                "actions": [{"action": "put_policy", "target": "arn:aws:s3:::central-logs"}],
                "statements": {"added": ["AWSLogDeliveryWrite"]},
                "key": None,
            }
        },
        "permissions": {f"{BANK}/iam": {"results": [principal, gone]}},
    }


def fleet_report(text: str = HOSTILE) -> dict[str, Any]:
    """Return the report on the fleet, with every member that a report can have."""
    work = publication()
    rows = [finding.to_dict() for finding in find(work, results(work, text), ["inventory/fleet one.yml"])]
    yesterday = build_report(rows[3:-3], "2026-05-31T06:00:00Z")
    history = [history_entry(yesterday, "2026-05-31T06:00:00Z")]
    entries = parse_baseline(BASELINE)
    report = build_report(rows, TIME, ReportContext({}, entries, DAY, yesterday, history))
    return {**report, "inventory": ["inventory/fleet one.yml"]}
