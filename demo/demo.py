# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows the collection at work on a simulated fleet: publish, publish again, break things, report, repair.

Run it with `make demo`. Every claim that it prints is checked against the simulated AWS; it fails if one is false.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stage import ROOT
from stage import Run
from stage import Stage
from stage import stage

BUCKET = "example-central-flow-logs"
CENTRAL = f"arn:aws:s3:::{BUCKET}"
INVENTORY = ["demo/inventory"]
GROWN = ["demo/inventory", "demo/grown"]
NEW_VPC = "vpc-0a000000000000013"

# The settings of the inventory's groups, with the names of the EC2 API, and the targets of each account and Region.
PRODUCTION = {"LogDestination": f"{CENTRAL}/production", "TrafficType": "ALL", "MaxAggregationInterval": 600}
REGULATED = {"LogDestination": f"{CENTRAL}/payments", "TrafficType": "ALL", "MaxAggregationInterval": 60}
TRANSIT = {"LogDestination": f"{CENTRAL}/transit", "MaxAggregationInterval": 60}
FLEET = {
    ("shop", "eu-west-1"): {f"vpc-0a0000000000000{number}": PRODUCTION for number in ("01", "02", "03")},
    ("shop", "us-east-1"): {f"vpc-0a0000000000000{number}": PRODUCTION for number in ("11", "12")},
    ("payments", "ap-southeast-2"): {f"vpc-0d0000000000000{number}": PRODUCTION for number in ("21", "22")},
    ("payments", "eu-west-1"): {
        f"{kind}-0d0000000000000{number}": REGULATED for kind in ("subnet", "eni") for number in ("01", "02")
    },
    ("network", "eu-west-1"): {
        f"{kind}-0e0000000000000{number}": TRANSIT
        for kind, numbers in (("tgw", ["01"]), ("tgw-attach", ["01", "02", "03"]))
        for number in numbers
    },
}
RIGHT_BY_HAND = "fl-0a000000000000001"
WRONG_BY_HAND = {"fl-0a000000000000002", "fl-0d000000000000001"}
# Expected findings of the drift report after break_things(), with one more VPC.
EXPECTED_FINDINGS = {
    "missing": {"vpc-0a000000000000011", NEW_VPC},
    "drifted": {"vpc-0a000000000000003", "tgw-0e000000000000001"},
    "policy_drift": {CENTRAL},
    "extra": {"vpc-0a000000000000012"},
    "unknown": {"vpc-0d000000000000021", "vpc-0d000000000000022"},
}

# The bucket policy has lost its statements for flow logs, so no flow log is deliverable. The percentages leave out the two
# targets that could not be read.
BROKEN_COVERAGE = {
    **{"targets": 16, "logged": 12, "deliverable": 0, "unknown": 2},
    **{"logged_percent": 85.7, "deliverable_percent": 0.0},
}

FlowLogs = dict[str, dict[str, Any]]


class Story:
    """Prints the demo, and collects claims that are false."""

    def __init__(self) -> None:
        self.false_claims: list[str] = []
        self._chapters = 0

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._chapters += 1
        print(f"\n{self._chapters}. {title}", flush=True)

    def say(self, text: str) -> None:
        """Print a line."""
        print(f"   {text}", flush=True)

    def claim(self, text: str, is_true: bool, seen: object = None) -> None:
        """Print a claim; if it is false, also print the actual values."""
        print(f"   {'ok  ' if is_true else 'FALSE'} {text}", flush=True)
        if not is_true:
            self.false_claims.append(text)
            print(f"         seen: {seen}", flush=True)

    def recap(self, run: Run, headline: str) -> None:
        """Print a summary of a playbook's output."""
        writes = ", ".join(f"{count} {operation}" for operation, count in sorted(run.writes.items())) or "none"
        self.say(headline or f"the playbook did not finish: exit code {run.code}")
        self.say(f"calls to AWS: {len(run.calls)}; write calls: {writes}")
        self.say(f"full output: {run.log.relative_to(ROOT)}")


# --- state of AWS ---


def flow_logs(scene: Stage) -> FlowLogs:
    """Return every flow log of the fleet by its id, as AWS describes it."""
    found: FlowLogs = {}
    for profile, region in FLEET:
        pages = scene.client("ec2", profile, region).get_paginator("describe_flow_logs").paginate()
        found.update({log["FlowLogId"]: log for page in pages for log in page["FlowLogs"]})
    return found


def statements(scene: Stage) -> list[dict[str, Any]]:
    """Return the statements of the central bucket's policy."""
    policy = scene.client("s3", "log-archive").get_bucket_policy(Bucket=BUCKET)["Policy"]
    return _in_order(json.loads(policy)["Statement"])


def _in_order(value: Any) -> Any:
    """Return part of a policy with sorted lists, since S3 returns lists in any order."""
    if isinstance(value, dict):
        return {key: _in_order(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(item, str) for item in value) else [_in_order(item) for item in value]
    return value


def is_ours(log: dict[str, Any]) -> bool:
    """Return whether a flow log delivers to the central bucket."""
    return log.get("LogDestination", "").startswith(CENTRAL)


def is_for_flow_logs(statement: dict[str, Any]) -> bool:
    """Return whether a statement is about the log delivery service."""
    return statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}


def other_teams(logs: FlowLogs) -> FlowLogs:
    """Return the flow logs of other teams."""
    return {flow_log_id: log for flow_log_id, log in logs.items() if not is_ours(log)}


def not_matching(logs: FlowLogs, targets: Iterable[tuple[str, dict[str, Any]]]) -> list[str]:
    """Return the targets that do not have exactly one flow log to the central bucket, with the desired settings."""
    wrong = []
    for target, asked in targets:
        mine = [log for log in logs.values() if is_ours(log) and log["ResourceId"] == target]
        if len(mine) != 1 or any(_plain(mine[0].get(key)) != value for key, value in asked.items()):
            wrong.append(target)
    return wrong


def _plain(value: Any) -> Any:
    return value.rstrip("/") if isinstance(value, str) else value


def all_targets(*more: str) -> list[tuple[str, dict[str, Any]]]:
    """Return all targets of the inventory and more production VPCs, each with its desired settings."""
    targets = [item for place in FLEET.values() for item in place.items()]
    return targets + [(target, PRODUCTION) for target in more]


# --- chapters ---


def show_starting_point(story: Story, before: FlowLogs, policy: list[dict[str, Any]]) -> None:
    """Show the state before the first run."""
    story.chapter("Starting point")
    by_hand = [log for log in before.values() if is_ours(log)]
    story.say("Three accounts (shop, payments, network) in eu-west-1, us-east-1 and ap-southeast-2.")
    story.say(f"{len(all_targets())} targets in demo/inventory: 7 VPCs, 2 subnets, 2 interfaces, 1 transit gateway,")
    story.say("3 attachments; three groups with different settings (demo/inventory/group_vars).")
    story.say(f"{len(by_hand)} targets have a flow log created by hand: one with the right settings, two with others.")
    story.say(
        f"{len(other_teams(before))} flow logs belong to other teams: two to CloudWatch Logs, one to another bucket."
    )
    story.say(f"The bucket {BUCKET} of the log archive has {len(policy)} policy statements, none for flow logs.")
    story.claim(
        "only one target matches the inventory", len(not_matching(before, all_targets())) == len(all_targets()) - 1
    )


def publish(story: Story, scene: Stage, before: FlowLogs, policy: list[dict[str, Any]]) -> None:
    """Publish for the first time."""
    story.chapter("Publish:  ansible-playbook -i demo/inventory flowlogs.aws.publish_to_s3")
    run = scene.play("flowlogs.aws.publish_to_s3", INVENTORY)
    story.recap(run, run.line("flow logs: "))
    after = flow_logs(scene)
    story.claim("the playbook succeeds", run.code == 0, run.code)
    wrong = not_matching(after, all_targets())
    story.claim("every target delivers to the central bucket with its group's settings", not wrong, wrong)
    story.claim("the matching manual flow log is kept; the two others are replaced", _taken_over(after), sorted(after))
    _claim_other_teams_are_untouched(story, scene, before, policy)


def _taken_over(after: FlowLogs) -> bool:
    return RIGHT_BY_HAND in after and not WRONG_BY_HAND & after.keys()


def _claim_other_teams_are_untouched(
    story: Story, scene: Stage, before: FlowLogs, policy: list[dict[str, Any]]
) -> None:
    now = other_teams(flow_logs(scene))
    kept = [statement for statement in statements(scene) if not is_for_flow_logs(statement)]
    story.claim(
        "other teams' flow logs and policy statements are unchanged", (now, kept) == (other_teams(before), policy)
    )


def publish_again(story: Story, scene: Stage) -> None:
    """Publish again without changes."""
    story.chapter("Publish again")
    run = scene.play("flowlogs.aws.publish_to_s3", INVENTORY)
    story.recap(run, run.line("flow logs: "))
    story.claim("nothing changes: no write call", run.code == 0 and run.calls != [] and not run.writes, run.writes)


def break_things(story: Story, scene: Stage) -> None:
    """Make the changes that people make by hand."""
    story.chapter("Break things")
    shop_eu, shop_us = (scene.client("ec2", "shop", region) for region in ("eu-west-1", "us-east-1"))
    _delete_ours(shop_us, "vpc-0a000000000000011")
    story.say("- someone deletes the flow log of vpc-0a000000000000011")
    _delete_ours(shop_eu, "vpc-0a000000000000003")
    shop_eu.create_flow_logs(
        ResourceIds=["vpc-0a000000000000003"],
        ResourceType="VPC",
        TrafficType="ACCEPT",
        LogDestinationType="s3",
        LogDestination=f"{CENTRAL}/production/",
    )
    story.say(
        "- someone replaces the flow log of vpc-0a000000000000003 with one for accepted traffic only, without tags"
    )
    network = scene.client("ec2", "network")
    hub = _ours_of(network, "tgw-0e000000000000001")
    network.create_tags(Resources=hub, Tags=[{"Key": "Group", "Value": "sandbox"}])
    story.say("- someone changes the tag Group of the flow log of tgw-0e000000000000001 to sandbox")
    s3 = scene.client("s3", "log-archive")
    policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    policy["Statement"] = [item for item in policy["Statement"] if not is_for_flow_logs(item)]
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    story.say("- someone restores the bucket policy from an old copy, without the statements for flow logs")
    story.say(f"- a team creates {NEW_VPC} and adds it to the inventory (demo/grown)")
    _lose_a_permission(scene)
    story.say("- the role of payments loses ec2:DescribeFlowLogs in ap-southeast-2")


def _ours_of(ec2: Any, target: str) -> list[str]:
    """Return the ids of a target's flow logs to the central bucket."""
    logs = ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [target]}])["FlowLogs"]
    return [log["FlowLogId"] for log in logs if is_ours(log)]


def _delete_ours(ec2: Any, target: str) -> None:
    ec2.delete_flow_logs(FlowLogIds=_ours_of(ec2, target))


def _lose_a_permission(scene: Stage) -> None:
    scene.simulator.fault(
        operation="DescribeFlowLogs", account="444455556666", region="ap-southeast-2", action="deny", times=None
    )


def report_drift(story: Story, scene: Stage) -> None:
    """Report the drift."""
    story.chapter("Drift report:  ansible-playbook -i demo/inventory -i demo/grown flowlogs.aws.drift_report")
    run, report = _report(story, scene, "broken")
    found = {
        name: {row["target"] for row in report["findings"] if row["finding"] == name} for name in EXPECTED_FINDINGS
    }
    for row in report["findings"]:
        if row["finding"] != "in_sync":
            story.say(f"  {row['finding']:<13} {row['target']:<42} {_planned(row)}")
    story.claim("the report finds each of these changes, and nothing else", found == EXPECTED_FINDINGS, found)
    in_sync = {row["target"] for row in report["findings"] if row["finding"] == "in_sync"}
    story.claim("targets that could not be read are unknown, not in sync", not in_sync & found["unknown"], in_sync)
    story.claim("the verdict is drift", report["verdict"] == "drift", report["verdict"])
    total = report["coverage"]["total"]
    shown = {name: total[name] for name in BROKEN_COVERAGE}
    story.claim("12 of 14 known targets are logged, and none is deliverable", shown == BROKEN_COVERAGE, shown)
    story.claim("the report changes nothing: no write call", run.calls != [] and not run.writes, run.writes)


def _planned(row: dict[str, Any]) -> str:
    fields = ", ".join(change["field"] for change in row["changes"])
    return f"{row['planned_action'] or '-'}{f' ({fields})' if fields else ''}"


def _report(story: Story, scene: Stage, name: str) -> tuple[Run, dict[str, Any]]:
    folder = scene.folder / f"report-{name}"
    run = scene.play("flowlogs.aws.drift_report", GROWN, drift_report_directory=str(folder.relative_to(ROOT)))
    story.recap(run, run.line("flow log drift report: "))
    files = sorted(str(path.relative_to(ROOT)) for path in folder.glob("*"))
    story.say(f"the report: {', '.join(files) or 'none'}")
    story.claim("the playbook succeeds", run.code == 0, run.code)
    return run, _read_report(folder)


def _read_report(folder: Path) -> dict[str, Any]:
    found = list(folder.glob("*.json"))
    empty = {"findings": [], "verdict": "none", "coverage": {"total": dict.fromkeys(BROKEN_COVERAGE)}}
    return json.loads(found[0].read_text(encoding="utf-8")) if found else empty


def repair(story: Story, scene: Stage, before: FlowLogs, policy: list[dict[str, Any]]) -> None:
    """Repair everything by publishing again."""
    story.chapter("Repair:  ansible-playbook -i demo/inventory -i demo/grown flowlogs.aws.publish_to_s3")
    scene.simulator.clear_faults()
    story.say("(the role of payments has its permission back)")
    run = scene.play("flowlogs.aws.publish_to_s3", GROWN)
    story.recap(run, run.line("flow logs: "))
    wrong = not_matching(flow_logs(scene), all_targets(NEW_VPC))
    story.claim("every target matches the inventory again, also the new one", run.code == 0 and not wrong, wrong)
    _claim_other_teams_are_untouched(story, scene, before, policy)


def report_again(story: Story, scene: Stage) -> None:
    """Report that everything is in sync."""
    story.chapter("Drift report again")
    run, report = _report(story, scene, "repaired")
    story.claim("everything is in sync", report["verdict"] == "in_sync", report["verdict"])
    total = report["coverage"]["total"]
    covered = (total["targets"], total["logged"], total["deliverable"], total["unknown"])
    story.claim("all 16 targets are logged and deliverable", covered == (16, 16, 16, 0), covered)
    story.claim("the report changes nothing: no write call", run.calls != [] and not run.writes, run.writes)


def run_chapters(story: Story, scene: Stage) -> None:
    """Run all chapters, up to the first false claim."""
    before, policy = flow_logs(scene), statements(scene)
    chapters: list[Callable[[], None]] = [
        lambda: show_starting_point(story, before, policy),
        lambda: publish(story, scene, before, policy),
        lambda: publish_again(story, scene),
        lambda: break_things(story, scene),
        lambda: report_drift(story, scene),
        lambda: repair(story, scene, before, policy),
        lambda: report_again(story, scene),
    ]
    for chapter in chapters:
        chapter()
        if story.false_claims:
            return


def main() -> int:
    """Run the demo; return 0 if all claims are true."""
    started = time.monotonic()
    print("flowlogs.aws: publish the flow logs of several accounts to one S3 bucket.")
    story = Story()
    try:
        with stage() as scene:
            print(f"AWS is simulated on this machine at {scene.simulator.url}; no AWS account is used.")
            run_chapters(story, scene)
    except KeyboardInterrupt:
        print("\nInterrupted; the simulated AWS is stopped.")
        return 130
    seconds = time.monotonic() - started
    if story.false_claims:
        print(f"\nFailed after {seconds:.0f} s: see FALSE above.")
        return 1
    print(f"\nDone in {seconds:.0f} s. All claims above were checked.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
