# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Buckets, keys and organizations of a fleet, over HTTP and in CreateFlowLogs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.simulator import fleet_storage
from tests.simulator.client import SimulatorProcess
from tests.simulator.fleet import FleetError
from tests.simulator.fleet import parse
from tests.unit.simulator.test_verdicts import bucket_policy
from tests.unit.simulator.test_verdicts import key_policy

OWNER, SOURCE = "222222222222", "111111111111"
REGION = "eu-west-1"
VPC = "vpc-0a000000000000001"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:{REGION}:{OWNER}:key/{KEY_ID}"
DENIED = "Access Denied for LogDestination: central. Please check LogDestination permission"
REFUSED = "LogDestination: central is undeliverable"


def fleet(bucket: dict[str, Any] | None = None, key: dict[str, Any] | None = None, **owner: Any) -> dict[str, Any]:
    """Return a VPC in each of two accounts, and a bucket and a key in one of them, with these settings."""
    central = {"name": "central", "region": REGION, "policy": bucket_policy(), **(bucket or {})}
    vpcs = {REGION: {"vpcs": [{"id": VPC}]}}
    keys = [{"id": KEY_ID, "region": REGION, "aliases": ["flow-logs"], **(key or {})}]
    others = {"regions": {REGION: {"vpcs": [{"id": VPC.replace("0a", "0b")}]}}}
    return {
        "accounts": {
            SOURCE: {"regions": vpcs},
            OWNER: {**others, "buckets": [central], "keys": keys, **owner},
        }
    }


def create(client: Callable[..., Any], account: str = SOURCE) -> list[str]:
    """Return the errors of CreateFlowLogs for the bucket."""
    vpc = VPC if account == SOURCE else VPC.replace("0a", "0b")
    answer = client("ec2", account=account).create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::central",
    )
    assert len(answer["FlowLogIds"]) + len(answer["Unsuccessful"]) == 1
    return [item["Error"]["Message"] for item in answer["Unsuccessful"]]


def kms_bucket(key: str | None = KEY_ARN, **more: Any) -> dict[str, Any]:
    """Return the settings of a bucket with SSE-KMS."""
    return {"encryption": {"algorithm": "aws:kms", **({"key": key} if key else {})}, **more}


def test_key_has_its_settings(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(fleet(key={"policy": key_policy(), "description": "flow logs", "state": "Disabled"}))
    kms = client("kms", account=OWNER)
    names = (KEY_ID, KEY_ARN, "alias/flow-logs", KEY_ARN.replace(f"key/{KEY_ID}", "alias/flow-logs"))
    for returned in [kms.describe_key(KeyId=name)["KeyMetadata"] for name in names]:
        assert (returned["Arn"], returned["KeyId"], returned["AWSAccountId"]) == (KEY_ARN, KEY_ID, OWNER)
        assert (returned["KeyState"], returned["Enabled"], returned["Description"]) == ("Disabled", False, "flow logs")
        assert (returned["KeyUsage"], returned["KeySpec"]) == ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
        assert (returned["KeyManager"], returned["MultiRegion"]) == ("CUSTOMER", False)
    assert json.loads(kms.get_key_policy(KeyId=KEY_ID, PolicyName="default")["Policy"]) == key_policy()
    assert [alias["AliasName"] for alias in kms.list_aliases(KeyId=KEY_ID)["Aliases"]] == ["alias/flow-logs"]


def test_default_key_policy_is_that_of_kms(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(fleet(key={"state": "PendingDeletion", "usage": "SIGN_VERIFY", "spec": "ECC_NIST_P256"}))
    kms = client("kms", account=OWNER)
    returned = kms.describe_key(KeyId="alias/flow-logs")["KeyMetadata"]
    assert (returned["KeyState"], returned["KeyUsage"], returned["KeySpec"]) == (
        "PendingDeletion",
        "SIGN_VERIFY",
        "ECC_NIST_P256",
    )
    assert returned["DeletionDate"] > returned["CreationDate"]
    (statement,) = json.loads(kms.get_key_policy(KeyId=KEY_ID, PolicyName="default")["Policy"])["Statement"]
    assert (statement["Principal"], statement["Action"]) == ({"AWS": f"arn:aws:iam::{OWNER}:root"}, "kms:*")


def test_a_multi_region_key_is_its_own_primary(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    keys = [{"region": REGION, "multi_region": True, "aliases": ["alias/many"]}]
    simulator.seed({"accounts": {OWNER: {"keys": keys}}})
    returned = client("kms", account=OWNER).describe_key(KeyId="alias/many")["KeyMetadata"]
    assert returned["KeyId"].startswith("mrk-") and returned["MultiRegion"] is True
    primary = {"Arn": returned["Arn"], "Region": REGION}
    assert returned["MultiRegionConfiguration"] == {
        "MultiRegionKeyType": "PRIMARY",
        "PrimaryKey": primary,
        "ReplicaKeys": [],
    }


def test_bucket_has_its_encryption(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    encryption = {"algorithm": "aws:kms", "key": KEY_ARN, "bucket_key": True}
    simulator.seed(fleet({"encryption": encryption, "ownership": "ObjectWriter"}))
    s3 = client("s3", account=OWNER)
    (rule,) = s3.get_bucket_encryption(Bucket="central")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule == {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN},
        "BucketKeyEnabled": True,
    }
    controls = s3.get_bucket_ownership_controls(Bucket="central")["OwnershipControls"]
    assert controls == {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}


@pytest.mark.parametrize(
    ("stated", "returned"),
    [
        ({}, [True] * 4),
        ({"public_access_block": True}, [True] * 4),
        ({"public_access_block": {"BlockPublicPolicy": True}}, [False, False, True, False]),
    ],
)
def test_bucket_has_its_public_access_block(
    simulator: SimulatorProcess, client: Callable[..., Any], stated: dict[str, Any], returned: list[bool]
) -> None:
    simulator.seed(fleet(stated))
    block = client("s3", account=OWNER).get_public_access_block(Bucket="central")["PublicAccessBlockConfiguration"]
    assert [block[name] for name in fleet_storage.BLOCKS] == returned


@pytest.mark.parametrize(
    ("bucket", "account", "refusals"),
    [
        ({}, SOURCE, []),
        ({"policy": None}, SOURCE, [DENIED]),
        ({"policy": None}, OWNER, []),
        ({"public_access_block": True}, SOURCE, []),
        ({"ownership": "none"}, SOURCE, []),
        ({"requester_pays": True}, SOURCE, []),
        (kms_bucket(), SOURCE, []),
        (kms_bucket(), OWNER, []),
        (kms_bucket(KEY_ARN.replace(REGION, "us-east-1")), SOURCE, []),
        (kms_bucket(None), SOURCE, [REFUSED]),
        (kms_bucket(None), OWNER, []),
        (kms_bucket(None, policy=None), OWNER, []),
        (kms_bucket(None, policy=None), SOURCE, [DENIED]),
        (kms_bucket(KEY_ID), SOURCE, [REFUSED]),
        (kms_bucket("alias/flow-logs"), SOURCE, [REFUSED]),
    ],
)
def test_creation_is_refused_as_aws_does(
    simulator: SimulatorProcess,
    client: Callable[..., Any],
    bucket: dict[str, Any],
    account: str,
    refusals: list[str],
) -> None:
    simulator.seed(fleet(bucket))
    assert create(client, account) == refusals
    states = [
        (log["FlowLogStatus"], log["DeliverLogsStatus"], "DeliverLogsErrorMessage" in log)
        for log in client("ec2", account=account).describe_flow_logs()["FlowLogs"]
    ]
    assert states == ([] if refusals else [("ACTIVE", "SUCCESS", False)])


@pytest.mark.parametrize(("value", "refusals"), [("refused", [REFUSED]), ("failed", [])])
def test_key_by_id_in_the_own_account_is_a_switch(
    simulator: SimulatorProcess, client: Callable[..., Any], value: str, refusals: list[str]
) -> None:
    simulator.set_switch("key_not_by_arn", value)
    simulator.seed(fleet(kms_bucket(KEY_ID)))
    assert create(client, OWNER) == refusals


@pytest.mark.parametrize(
    ("top", "own", "refusals"),
    [
        ("o-a1b2c3d4e5", "", []),
        ("", "o-a1b2c3d4e5", []),
        ("o-other12345", "o-a1b2c3d4e5", []),
        ("o-a1b2c3d4e5", "o-other12345", [DENIED]),
        ("o-a1b2c3d4e5", None, [DENIED]),
        ("", "", [DENIED]),
    ],
)
def test_accounts_are_in_organizations_until_a_reset(
    simulator: SimulatorProcess, client: Callable[..., Any], top: str, own: str | None, refusals: list[str]
) -> None:
    policy = bucket_policy()
    for statement in policy["Statement"]:
        statement["Condition"] = {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    document = {**fleet({"policy": policy}), **({"organization": top} if top else {})}
    if own != "":
        document["accounts"][SOURCE]["organization"] = own
    simulator.seed(document)
    assert create(client) == refusals
    simulator.reset()
    simulator.seed(fleet({"policy": policy}))
    assert create(client) == [DENIED]


def test_a_key_that_is_there_is_not_planted_again(simulator: SimulatorProcess) -> None:
    simulator.seed(fleet())
    with pytest.raises(Exception, match=f"the key {KEY_ID} of {OWNER} exists already in {REGION}"):
        simulator.seed({"accounts": {OWNER: {"keys": [{"id": KEY_ID, "region": REGION}]}}})
    with pytest.raises(Exception, match="there is no region mars-1"):
        simulator.seed({"accounts": {OWNER: {"keys": [{"region": "mars-1"}]}}})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (fleet({"encryption": {"algorithm": "rot13"}}), r"encryption\.algorithm: expected AES256, .*, found rot13"),
        (fleet({"encryption": {"key": KEY_ARN}}), r"encryption: a key goes with the algorithm aws:kms"),
        (fleet({"encryption": {"colour": "red"}}), r"encryption: unknown key colour"),
        (fleet({"ownership": "Nobody"}), r"buckets\[0\]\.ownership: expected BucketOwnerEnforced, .*, found Nobody"),
        (fleet({"requester_pays": "yes"}), r"requester_pays: expected true or false, found 'yes'"),
        (fleet({"public_access_block": {"BlockAll": True}}), r"public_access_block: unknown key BlockAll"),
        (fleet({"public_access_block": 3}), r"public_access_block: expected a mapping, found 3"),
        (fleet(key={"id": "key-1"}), r"keys\[0\]\.id: expected a UUID, found key-1"),
        (fleet(key={"multi_region": True}), r"keys\[0\]\.id: expected mrk- and 32 hexadecimal digits"),
        (fleet(key={"state": "Lost"}), r"keys\[0\]\.state: expected Enabled, Disabled, PendingDeletion, found Lost"),
        (fleet(key={"region": None}), r"keys\[0\]: region is missing"),
        (fleet(keys=[{"id": KEY_ID, "region": REGION}] * 2), f"the key {OWNER}/{REGION}/{KEY_ID} is there twice"),
        (
            fleet(keys=[{"region": REGION, "aliases": ["a"]}, {"region": REGION, "aliases": ["alias/a"]}]),
            f"the alias {OWNER}/{REGION}/alias/a is there twice",
        ),
        (fleet(organization="acme"), r"organization: expected o- and 10 to 32 letters or digits, found acme"),
        ({**fleet(), "organization": "acme"}, r"seed\.organization: expected o- and 10 to 32"),
    ],
)
def test_invalid_settings_are_refused_with_their_position(document: dict[str, Any], message: str) -> None:
    with pytest.raises(FleetError, match=message):
        parse(document)


def test_keys_without_an_id_get_the_same_one_every_time() -> None:
    document = {"accounts": {OWNER: {"keys": [{"region": REGION}, {"region": REGION, "multi_region": True}]}}}
    first, second = parse(document), parse(document)
    assert first.keys == second.keys
    assert len({key.id for key in first.keys}) == first.counts()["key"] == 2


def test_documented_example_has_the_defaults() -> None:
    example = yaml.safe_load(fleet_storage.__doc__.split("::\n", 1)[1].split("\n``encryption.key``", 1)[0])
    planned = parse({"accounts": {OWNER: example}})
    bare = parse({"accounts": {OWNER: {"buckets": [{"name": "central-logs", "region": REGION}]}}})
    (stated,), (default,) = planned.buckets, bare.buckets
    assert stated.encryption.key == KEY_ARN and default.encryption.key is None
    returned = ("policy", "ownership", "requester_pays", "public_access_block")
    assert [getattr(stated, name) for name in returned] == [getattr(default, name) for name in returned]
    assert [(key.id, key.state, key.aliases) for key in planned.keys] == [(KEY_ID, "Enabled", ("alias/flow-logs",))]
