# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twelve buckets that share a KMS key: each run writes the key policy once, as check mode predicts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import Stage
from tests.integration.support.publication import client
from tests.integration.support.publication import line
from tests.simulator.client import SimulatorProcess

PUBLISH = "flowlogs.aws.publish_to_s3"
ROUNDS = 10
REGIONS = (
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "us-east-1", "us-east-2", "us-west-1"),
    *("us-west-2", "ca-central-1", "sa-east-1", "ap-south-1"),
)
BUCKETS = len(REGIONS)
KEY = f"arn:aws:kms:eu-west-1:{ARCHIVE}:key/1234abcd-12ab-34cd-56ef-000000000000"
THIRD_PARTY_SID = "OthersMayLook"


def seed() -> dict[str, Any]:
    """Create buckets that one key encrypts."""
    return {
        "accounts": {
            ARCHIVE: {
                "buckets": [
                    {
                        "name": f"sealed-{number:02}",
                        "region": "eu-west-1",
                        "encryption": {"algorithm": "aws:kms", "key": KEY},
                    }
                    for number in range(BUCKETS)
                ],
                "keys": [{"id": KEY.rsplit("/", 1)[1], "region": "eu-west-1"}],
            }
        }
    }


def inventory() -> dict[str, Any]:
    """Return one target in its own Region for each bucket, so that each bucket needs another grant."""
    return {
        "all": {
            "vars": {
                "flow_log_account_id": ARCHIVE,
                "flow_log_aws": {"profile": "archive"},
                "flow_log_bucket_aws": {"profile": "archive"},
                "flow_log_key_policy": True,
                # Nothing else, to save time.
                "flow_log_bucket_policy": False,
                "flow_log_check_destination": False,
            },
            "hosts": {
                f"vpc-0f{number:015}": {
                    "flow_log_region": region,
                    "flow_log_destination": f"sealed-{number:02}",
                }
                for number, region in enumerate(REGIONS)
            },
        }
    }


def granted(simulator: SimulatorProcess) -> set[str]:
    """Return the Regions for which log delivery may use the key; third-party statements must remain."""
    text = client(simulator, "kms", ARCHIVE).get_key_policy(KeyId=KEY, PolicyName="default")["Policy"]
    statements = json.loads(text)["Statement"]
    assert THIRD_PARTY_SID in [statement.get("Sid") for statement in statements]
    return {region for region in REGIONS if f":logs:{region}:{ARCHIVE}:" in text}


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    stage = Stage(ansible, simulator)
    simulator.seed(seed())
    kms = client(simulator, "kms", ARCHIVE)
    policy = json.loads(kms.get_key_policy(KeyId=KEY, PolicyName="default")["Policy"])
    third_party = {"Sid": THIRD_PARTY_SID, "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ARCHIVE}:root"}}
    policy["Statement"].append({**third_party, "Action": "kms:DescribeKey", "Resource": "*"})
    kms.put_key_policy(KeyId=KEY, PolicyName="default", Policy=json.dumps(policy))
    return stage


def puts(stage: Stage) -> list[str]:
    """Return the key policy writes of the last run."""
    return [name for name in stage.writes() if name == "PutKeyPolicy"]


def test_shared_key_policy_is_written_once_with_the_sources_of_all_buckets(stage: Stage) -> None:
    only = ("--tags", "destinations", "--forks", str(BUCKETS))
    predicted = stage(PUBLISH, inventory(), "--check", *only)
    assert stage.writes() == []
    reported = f"flow logs: stages=destinations destinations={BUCKETS} put_policy=1 failed=0"
    assert line(predicted, "flow logs:") == reported

    kms = client(stage.simulator, "kms", ARCHIVE)
    before = kms.get_key_policy(KeyId=KEY, PolicyName="default")["Policy"]
    for _round in range(ROUNDS):
        kms.put_key_policy(KeyId=KEY, PolicyName="default", Policy=before)
        done = stage(PUBLISH, inventory(), *only)
        assert line(done, "flow logs:") == reported
        assert puts(stage) == ["PutKeyPolicy"]
        assert granted(stage.simulator) == set(REGIONS)
