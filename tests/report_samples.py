# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sample drift reports: of a small fleet, and of large fleets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import Finding
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import SEVERITIES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import build_report

CENTRAL = "arn:aws:s3:::example-central-flow-logs"
TIME, YESTERDAY = "2026-06-14T02:30:00Z", "2026-06-13T02:30:00Z"
PUBLISH = "ansible-playbook flowlogs.aws.publish_to_s3"
FORMAT = (
    "version account-id vpc-id subnet-id interface-id srcaddr dstaddr srcport dstport protocol bytes start end action"
)
DENIED = (
    "UnauthorizedOperation: You are not authorized to perform this operation. User: "
    "arn:aws:sts::123456789012:assumed-role/drift-reader/nightly is not authorized to perform: ec2:DescribeFlowLogs"
)
# Fields of each kind of finding.
KINDS: dict[str, dict[str, Any]] = {
    "in_sync": {"flow_log_id": "fl-0123456789abcdef0", "evidence": "The flow log matches the inventory."},
    "missing": {"planned_action": "create", "evidence": "The target has no such flow log."},
    "drifted": {
        "changes": [
            {"field": "traffic_type", "current": "REJECT", "desired": "ALL"},
            {"field": "log_format", "current": FORMAT.split()[:11] + ["flow-direction"], "desired": FORMAT.split()},
            {"field": "max_aggregation_interval", "current": 600, "desired": 60},
        ],
        "how": "replace",
        "planned_action": "replace",
        "evidence": "AWS cannot change traffic_type, log_format and max_aggregation_interval in place.",
    },
    "retagged": {
        "finding": "drifted",
        "changes": [{"field": "tags.Owner", "current": None, "desired": "network"}],
        "how": "in_place",
        "planned_action": "tag",
        "evidence": "The tags differ.",
    },
    "failed_delivery": {
        "evidence": "AWS reports: Access error. The bucket policy has a statement that denies log delivery.",
        "remedy": "Remove the Deny of statement DenyUnknownServices, or except delivery.logs.amazonaws.com from it.",
    },
    "unknown": {"evidence": DENIED, "remedy": PUBLISH + " --check"},
    "not_evaluated": {"evidence": "The host was left out by --limit.", "remedy": PUBLISH + " --check"},
    "ignored": {
        "evidence": "The target has no such flow log.",
        "ignored": {"reason": "Sandbox", "owner": "platform", "expires": "2027-01-31", "was": "missing"},
    },
    "extra": {"evidence": "The target has another flow log, to arn:aws:s3:::example-fraud-team/vpc/."},
    "policy_drift": {
        "target_type": "Bucket",
        "how": "in_place",
        "planned_action": "put_policy",
        "evidence": "The bucket policy is missing permissions that log delivery needs. Statements to add: 2.",
        "remedy": PUBLISH,
    },
}
TYPES = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface", "tgw": "TransitGateway"}

#: Account and Region: the groups, and the number of targets with each kind of finding.
FLEET: dict[tuple[str, str], tuple[tuple[str, ...], dict[str, int]]] = {
    ("111122223333", "eu-central-1"): (("production", "shop"), {"in_sync": 38, "extra": 1}),
    ("111122223333", "eu-west-1"): (("production", "shop"), {"in_sync": 61, "drifted": 2, "retagged": 3}),
    ("111122223333", "us-east-1"): (("production", "shop"), {"in_sync": 44, "missing": 2}),
    ("222233334444", "eu-central-1"): (("analytics",), {"in_sync": 22}),
    ("222233334444", "us-east-1"): (("analytics",), {"in_sync": 30, "drifted": 1, "failed_delivery": 2}),
    ("333344445555", "eu-west-1"): (("sandbox",), {"in_sync": 4, "missing": 5, "ignored": 6}),
    ("333344445555", "us-east-1"): (("sandbox",), {"in_sync": 5, "missing": 4}),
    ("444455556666", "ap-southeast-2"): (("payments", "regulated"), {"in_sync": 18, "unknown": 6}),
    ("444455556666", "eu-central-1"): (("payments", "regulated"), {"in_sync": 27}),
    ("444455556666", "eu-west-1"): (("payments", "regulated"), {"in_sync": 35, "drifted": 1, "failed_delivery": 1}),
    ("555566667777", "ap-southeast-2"): (("logistics",), {"in_sync": 9, "missing": 1}),
    ("555566667777", "eu-central-1"): (("logistics",), {"in_sync": 16, "not_evaluated": 2}),
    ("555566667777", "us-west-2"): (("logistics",), {"missing": 3}),
    ("666677778888", "eu-central-1"): (("production", "transit"), {"in_sync": 12}),
    ("666677778888", "us-east-1"): (("production", "transit"), {"in_sync": 10, "missing": 1}),
}


def report(findings: Iterable[Finding], generated_at: str | None = None) -> dict[str, Any]:
    """Return the report on findings, with default settings."""
    return build_report((finding.to_dict() for finding in findings), generated_at)


def row(kind: str, number: int, **about: Any) -> dict[str, Any]:
    """Return a finding as a report has it, without an id."""
    prefix, target_type = list(TYPES.items())[(0, 0, 0, 1, 1, 2, 0, 3)[number % 8]]
    target = f"{prefix}-{number * 11400714819323198485 % 16**15:016x}"
    finding = {
        "finding": kind,
        "account_id": None,
        "region": None,
        "groups": [],
        "host": None,
        "target": target,
        "target_type": target_type,
        "destination": None,
        "flow_log_id": None,
        "changes": [],
        "how": None,
        "planned_action": None,
        "evidence": "",
        "remedy": "",
        "deliverable": kind in ("in_sync", "drifted", "retagged") or None,
        "ignored": None,
    }
    if kind not in ("in_sync", "ignored", "extra"):
        finding["remedy"] = f"{PUBLISH} --limit {target}"
    finding |= {"host": target} | KINDS.get(kind, {}) | about
    return finding | {"severity": SEVERITIES[finding["finding"]]}


def rows_of(fleet: dict[tuple[str, str], tuple[tuple[str, ...], dict[str, int]]]) -> list[dict[str, Any]]:
    """Return the findings of a fleet, worst first."""
    rows: list[dict[str, Any]] = []
    for (account, region), (groups, kinds) in fleet.items():
        about = {"account_id": account, "region": region, "groups": list(groups)}
        about["destination"] = f"{CENTRAL}/{groups[0]}/"
        for kind, count in kinds.items():
            logged = {} if kind == "missing" else {"flow_log_id": "fl-0123456789abcdef0"}
            # The bucket policy does not grant access to their flow logs.
            logged |= {"deliverable": False} if groups == ("logistics",) and kind == "in_sync" else {}
            rows += [row(kind, len(rows) + step + 1, **about, **logged) for step in range(count)]
    return sorted(
        rows, key=lambda one: (FINDINGS.index(one["finding"]), one["account_id"], one["region"], one["target"])
    )


def fleet_report() -> dict[str, Any]:
    """Return the report on a fleet with many kinds of findings."""
    rows = rows_of(FLEET)
    bucket = row("policy_drift", 9001, target=CENTRAL, host=None, destination=f"{CENTRAL}/logistics/")
    gap = row("unknown", 9002, target="777788889999", target_type="Account", host=None, account_id="777788889999")
    gap["evidence"] = "The inventory could not assume the role flow-logs in this account: AccessDenied."
    rows = sorted([bucket, gap, *rows], key=lambda one: FINDINGS.index(one["finding"]))
    gone = [
        row("missing", 9100 + at, account_id="222233334444", region="eu-central-1", groups=["analytics"])
        for at in range(3)
    ]
    document = build_report(rows, TIME)
    rows = document["findings"]
    wrong = [one["id"] for one in rows if one["finding"] != "in_sync"]
    return document | {
        "changes": {
            "since": YESTERDAY,
            "new": wrong[:4] + wrong[-8:-6],
            "gone": gone,
            "still": wrong[4:-8] + wrong[-6:],
        },
        "baseline": {
            "accepted": document["counts"]["ignored"],
            "expired": [
                {
                    "finding": "missing",
                    "region": "us-west-2",
                    "reason": "Being moved",
                    "owner": "logistics",
                    "expires": "2026-06-01",
                }
            ],
            "unused": [
                {
                    "account_id": "222233334444",
                    "target": "vpc-0feedfacefeedface",
                    "reason": "Test",
                    "owner": "analytics",
                    "expires": None,
                }
            ],
        },
        "history": history_of(document, [88.1, 88.1, 90.4, 89.7, 92.0, 93.6, 93.6, 91.2, 94.8, 95.0, 93.1]),
    }


def history_of(document: dict[str, Any], percents: list[float]) -> list[dict[str, Any]]:
    """Return earlier runs with these percentages, and the current one."""
    earlier = [
        {
            "generated_at": f"2026-06-{at + 3:02d}T02:30:00Z",
            "verdict": "drift",
            "counts": document["counts"],
            "severities": {"high": int(100 - value) * 3, "medium": 22 - at, "low": 1 + at % 3, "info": 6, "ok": 300},
            "logged_percent": value,
            "deliverable_percent": value,
        }
        for at, value in enumerate(percents)
    ]
    now = {name: document[name] for name in ("generated_at", "verdict", "counts", "severities")}
    total = document["coverage"]["total"]
    return [*earlier, now | {name: total[name] for name in ("logged_percent", "deliverable_percent")}]


def large_report(targets: int, in_sync_of_ten: int = 0) -> dict[str, Any]:
    """Return the report on a large fleet in 120 accounts and 8 Regions.

    :param in_sync_of_ten: this many of ten targets are in sync; the findings about the others are as long as possible.
    """
    regions = (
        "eu-west-1",
        "eu-central-1",
        "us-east-1",
        "us-west-2",
        "ap-southeast-2",
        "ap-south-1",
        "sa-east-1",
        "ca-central-1",
    )
    kinds = ("drifted", "missing", "retagged", "failed_delivery", "unknown")
    rows = []
    for number in range(targets):
        kind = "in_sync" if number % 10 < in_sync_of_ten else kinds[number // 10 % 5]
        account = f"{100000000000 + number % 120 * 7654321:012d}"
        groups = [f"team-{number % 40:02d}", "production" if number % 3 else "staging"]
        about = {
            "account_id": account,
            "region": regions[number // 120 % 8],
            "groups": groups,
            "destination": f"{CENTRAL}/all/",
        }
        rows.append(row(kind, number + 1, **about))
    rows.sort(key=lambda one: FINDINGS.index(one["finding"]))
    return build_report(rows, TIME)
