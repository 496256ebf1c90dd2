# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exact grants in one bucket: two accounts, two Regions, a folder and layout each, no other grant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import AUDIT
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_US_VPCS
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import client
from tests.integration.support.publication import findings
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import line
from tests.integration.support.publication import report
from tests.simulator.client import SimulatorProcess

PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
HIVE = {"flow_log_destination_options": {"hive_compatible_partitions": True}}
TEAMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    **{vpc: (SHOP, "eu-west-1", {"flow_log_destination": f"{AUDIT}/team-a/"}) for vpc in SHOP_VPCS},
    **{vpc: (SHOP, "us-east-1", {"flow_log_destination": f"{AUDIT}/team-a-us/", **HIVE}) for vpc in SHOP_US_VPCS},
    BANK_VPC: (BANK, "eu-west-1", {"flow_log_destination": f"{AUDIT}/team-b/"}),
}
#: Account, Region and folder of these flow logs, as written into the policy by hand.
PLACES = [
    (SHOP, "eu-west-1", f"team-a/AWSLogs/{SHOP}"),
    (SHOP, "us-east-1", f"team-a-us/AWSLogs/aws-account-id={SHOP}"),
    (BANK, "eu-west-1", f"team-b/AWSLogs/{BANK}"),
]


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


def inventory(**variables: Any) -> dict[str, Any]:
    profiles = {SHOP: {"profile": "shop"}, BANK: {"profile": "bank"}}
    hosts = {
        vpc: {"flow_log_account_id": account, "flow_log_region": region, "flow_log_aws": profiles[account], **more}
        for vpc, (account, region, more) in TEAMS.items()
    }
    common = {"flow_log_bucket_aws": {"profile": "archive"}, **variables}
    return {"all": {"vars": common, "hosts": hosts}}


def by_hand(places: list[tuple[str, str, str]]) -> str:
    """Return a policy with two statements for each folder, as in the VPC User Guide."""
    service = {"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}}
    statements = []
    for number, (account, region, folder) in enumerate(places):
        source = {"aws:SourceAccount": account}
        arn = {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:{region}:{account}:*"}}
        acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
        write = {"Action": "s3:PutObject", "Resource": f"{AUDIT}/{folder}/*"}
        check = {"Action": "s3:GetBucketAcl", "Resource": AUDIT}
        statements += [
            {"Sid": f"Write{number}", **service, **write, "Condition": {"StringEquals": {**source, **acl}, **arn}},
            {"Sid": f"Check{number}", **service, **check, "Condition": {"StringEquals": source, **arn}},
        ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def put(stage: Stage, policy: str) -> None:
    client(stage.simulator, "s3", ARCHIVE).put_bucket_policy(Bucket="audit-logs", Policy=policy)


def stored(stage: Stage) -> str:
    return str(client(stage.simulator, "s3", ARCHIVE).get_bucket_policy(Bucket="audit-logs")["Policy"])


def test_exact_policy_is_sufficient_and_a_missing_source_stops_only_its_own_batches(stage: Stage) -> None:
    unmanaged = inventory(flow_log_bucket_policy=False)
    put(stage, by_hand(PLACES[:2]))
    before = stored(stage)
    predicted = stage(PUBLISH, unmanaged, "--check", succeeds=False)
    partly = stage(PUBLISH, unmanaged, succeeds=False)
    assert line(predicted, "flow logs:") == line(partly, "flow logs:")
    assert set(flow_logs(stage.simulator, SHOP)) == set(SHOP_VPCS)
    assert set(flow_logs(stage.simulator, SHOP, "us-east-1")) == set(SHOP_US_VPCS)
    assert flow_logs(stage.simulator, BANK) == {}
    assert f"for account {BANK}, eu-west-1 to folder team-b, plain layout" in partly.output
    assert f"for account {SHOP}" not in partly.output
    assert stored(stage) == before

    put(stage, by_hand(PLACES))
    before = stored(stage)
    assert "failed=0" in line(stage(PUBLISH, unmanaged), "flow logs:")
    assert set(stage.writes()) == {"CreateFlowLogs"}
    assert set(flow_logs(stage.simulator, BANK)) == {BANK_VPC}
    assert stage.simulator.deliver()["failed"] == {}

    managed = inventory()
    stage(DRIFT, managed)
    assert (report(stage.folder)["verdict"], set(findings(stage.folder))) == ("in_sync", {"in_sync"})
    assert "failed=0" in line(stage(PUBLISH, managed), "flow logs:")
    assert stage.writes() == []
    assert stored(stage) == before


def test_managed_policy_gets_exactly_the_required_grants(stage: Stage) -> None:
    assert "failed=0" in line(stage(PUBLISH, inventory()), "flow logs:")
    assert stage.simulator.deliver()["failed"] == {}
    statements = json.loads(stored(stage))["Statement"]
    writes = [item for item in statements if item["Action"] == "s3:PutObject"]
    found = {
        (place.partition(":::audit-logs/")[2], arn)
        for item in writes
        for place in _list(item["Resource"])
        for arn in _list(item["Condition"]["ArnLike"]["aws:SourceArn"])
        if arn.split(":")[4] in place
    }
    assert found == {(f"{folder}/*", f"arn:aws:logs:{region}:{account}:*") for account, region, folder in PLACES}
    stage(PUBLISH, inventory())
    assert stage.writes() == []


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value
