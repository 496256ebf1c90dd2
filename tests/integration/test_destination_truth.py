# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The destination check against the simulator: it reports ``deliverable`` exactly where a flow log is delivered."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.test_flow_log_destination_info import ARN
from tests.integration.test_flow_log_destination_info import ASKS_FOR_ACL
from tests.integration.test_flow_log_destination_info import BUCKET
from tests.integration.test_flow_log_destination_info import BY_ORGANIZATION
from tests.integration.test_flow_log_destination_info import CONDITIONS
from tests.integration.test_flow_log_destination_info import FROM_ADDRESS
from tests.integration.test_flow_log_destination_info import GRANT
from tests.integration.test_flow_log_destination_info import KEY_USE
from tests.integration.test_flow_log_destination_info import OWNER
from tests.integration.test_flow_log_destination_info import REGION
from tests.integration.test_flow_log_destination_info import SHOP
from tests.integration.test_flow_log_destination_info import World
from tests.integration.test_flow_log_destination_info import statement
from tests.simulator.client import SimulatorProcess

WORLDS = 48
#: Codes that appear only if the caller may not read something.
UNREADABLE = {code for code in CONDITIONS if code.endswith("Unreadable")}
#: Codes about another bucket, or about the caller.
ELSEWHERE = {"BucketMissing", "OwnerUnexpected", "OwnerUnknown"}


@pytest.fixture(name="world")
def _world(simulator: SimulatorProcess) -> World:
    # Only the test changes the bucket policy; AWS rejects what its documentation rejects.
    simulator.set_switch("policy_edit", "off")
    simulator.set_switch("aws_managed_key", "failed")
    return World(simulator)


def arrives(world: World, hive: bool = False) -> bool:
    """Return whether a flow log of the caller's account delivers an object."""
    ec2 = world.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    answer = ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=ARN,
        DestinationOptions={
            "FileFormat": "plain-text",
            "HiveCompatiblePartitions": hive,
            "PerHourPartition": False,
        },
    )
    world.simulator.deliver()
    if not answer["FlowLogIds"]:
        return False
    (flow_log,) = ec2.describe_flow_logs(FlowLogIds=answer["FlowLogIds"])["FlowLogs"]
    objects = world.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    assert (flow_log["DeliverLogsStatus"] == "SUCCESS") is bool(objects)
    return bool(objects)


@pytest.mark.parametrize("code", [code for code in CONDITIONS if code not in UNREADABLE | ELSEWHERE])
def test_conditions(world: World, code: str) -> None:
    CONDITIONS[code][0](world)
    verdict = world.ask(regions=[REGION])["deliverable"]
    assert verdict in (arrives(world), "unknown")


def test_healthy_destination_is_deliverable_and_receives_flow_logs(world: World) -> None:
    assert world.ask()["deliverable"] is True
    assert arrives(world)


SOURCE = {
    "StringEquals": {"aws:SourceAccount": [OWNER, SHOP]},
    "ArnLike": {"aws:SourceArn": f"arn:aws:logs:*:{OWNER}:*"},
}
OTHER_REGION = {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:us-east-1:{OWNER}:*"}}
CONDITION_CHOICES: list[dict[str, Any]] = [
    {},
    {},
    SOURCE,
    SOURCE,
    {"StringEquals": {"aws:SourceAccount": OWNER}},
    {"StringEquals": {"aws:sourceaccount": SHOP}},
    {"StringLike": {"aws:SourceAccount": "12345678901?"}},
    {"ArnEquals": {"aws:SourceArn": [f"arn:aws:logs:{REGION}:{OWNER}:*"]}},
    OTHER_REGION,
    BY_ORGANIZATION,
    {"Bool": {"aws:SecureTransport": "true"}},
    {"Null": {"aws:SourceAccount": "false"}},
]
PATHS = [
    "*",
    "AWSLogs/*",
    f"AWSLogs/{OWNER}/*",
    f"AWSLogs/aws-account-id={OWNER}/*",
    f"AWSLogs/{SHOP}/*",
    "*/vpcflowlogs/*",
]
DENIES: list[dict[str, Any]] = [
    {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    {"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
    {
        "Condition": {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }
    },
    {"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}},
    {"Condition": {"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}},
    {"Condition": FROM_ADDRESS},
    {"Condition": {"StringNotEquals": {"aws:SourceAccount": [OWNER, SHOP]}}},
]


def _bucket_policy(chance: random.Random) -> list[dict[str, Any]]:
    condition = chance.choice(CONDITION_CHOICES)
    writes = statement("Allow", chance.choice(["s3:PutObject", "s3:Put*", "s3:*", "S3:PUTOBJECT"]), "")
    writes["Resource"] = [f"{ARN}/{path}" for path in chance.sample(PATHS, chance.choice([1, 2, 2]))]
    if condition:
        writes["Condition"] = condition
    if chance.random() < 0.3:
        equals = {**condition.get("StringEquals", {}), **ASKS_FOR_ACL["StringEquals"]}
        writes["Condition"] = {**condition, "StringEquals": equals}
    statements = [writes]
    if chance.random() < 0.95:
        check = chance.choice(["s3:GetBucketAcl", "s3:Get*", ["s3:ListBucket", "s3:GetBucketAcl"]])
        statements.append({**GRANT[1], "Action": check, **({"Condition": condition} if condition else {})})
    for deny in chance.sample(DENIES, chance.choice([0, 0, 0, 1, 1, 2])):
        statements.append(
            {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{ARN}/*", **deny}
        )
    return statements


def _encryption(chance: random.Random) -> Callable[[World], Any]:
    use = statement("Allow", chance.choice([KEY_USE, KEY_USE, KEY_USE[:2], KEY_USE[3:], "kms:*"]), "*")
    condition = chance.choice(CONDITION_CHOICES)
    if condition:
        use["Condition"] = condition
    is_by_id = chance.random() < 0.1

    def make(world: World) -> None:
        arn = world.key(use)
        if is_by_id:
            world.encrypt(arn.split("/")[1])

    return make if chance.random() < 0.4 else lambda world: None


@pytest.mark.parametrize("number", range(WORLDS))
def test_random_destinations(world: World, number: int) -> None:
    chance = random.Random(f"destination {number}")
    world.policy(*_bucket_policy(chance))
    _encryption(chance)(world)
    if chance.random() < 0.2:
        world.s3.put_bucket_ownership_controls(
            Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
        )
    hive = chance.random() < 0.4
    result = world.ask(regions=[REGION], layouts=["hive" if hive else "plain"])
    assert result["deliverable"] in (arrives(world, hive), "unknown"), result["summary"]


def test_random_destinations_cover_all_verdicts(world: World) -> None:
    """Check that the random cases are useful: many verdicts of either kind, few unknown ones."""
    verdicts = []
    for number in range(WORLDS):
        chance = random.Random(f"destination {number}")
        policy = {"Version": "2012-10-17", "Statement": _bucket_policy(chance)}
        verdicts.append(world.ask(regions=[REGION], bucket_policy=policy)["deliverable"])
    assert verdicts.count(True) >= WORLDS // 5
    assert verdicts.count(False) >= WORLDS // 5
    assert verdicts.count("unknown") <= WORLDS // 4
