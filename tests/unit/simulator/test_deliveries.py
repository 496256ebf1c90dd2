# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deliveries on request: the written objects, and the status of the flow logs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.measure import cpu_of
from tests.simulator.client import SimulatorError
from tests.simulator.client import SimulatorProcess
from tests.simulator.delivered_objects import object_key
from tests.simulator.delivered_objects import window_before
from tests.unit.simulator.test_fleet_storage import KEY_ARN
from tests.unit.simulator.test_fleet_storage import KEY_ID
from tests.unit.simulator.test_fleet_storage import OWNER
from tests.unit.simulator.test_fleet_storage import REGION
from tests.unit.simulator.test_fleet_storage import SOURCE
from tests.unit.simulator.test_fleet_storage import VPC
from tests.unit.simulator.test_fleet_storage import fleet
from tests.unit.simulator.test_fleet_storage import kms_bucket
from tests.unit.simulator.test_verdicts import bucket_policy
from tests.unit.simulator.test_verdicts import key_policy

AT = "2026-02-03T04:07:30Z"
LOG = "fl-0a000000000000001"
QUIET = "vpc-0c000000000000001"
MANY = 10_000
#: CPU time, which does not depend on the load of the machine.
SECONDS = 20
FAILED = ("FAILED", "Access error")
WORKING = ("SUCCESS", None)
# Any source in the key policy, since these tests are not about its conditions.
GRANTED = {"policy": key_policy(Condition={})}


def document(bucket: dict[str, Any] | None = None, key: dict[str, Any] | None = None, **log: Any) -> dict[str, Any]:
    """The fleet of two accounts, with a flow log from one to the bucket of the other."""
    found = fleet(bucket, key)
    place = found["accounts"][SOURCE]["regions"][REGION]
    place["flow_logs"] = [{"id": LOG, "resource": VPC, "destination": "arn:aws:s3:::central", **log}]
    return found


def states(client: Callable[..., Any]) -> list[tuple[str, str | None]]:
    """Return the delivery status of each flow log of the source; all are active."""
    logs = client("ec2", account=SOURCE).describe_flow_logs()["FlowLogs"]
    assert {log["FlowLogStatus"] for log in logs} == {"ACTIVE"}
    return [(log["DeliverLogsStatus"], log.get("DeliverLogsErrorMessage")) for log in logs]


def objects(client: Callable[..., Any], account: str = OWNER) -> list[dict[str, Any]]:
    """The objects in the bucket."""
    return client("s3", account=account).list_objects_v2(Bucket="central").get("Contents", [])


@pytest.mark.parametrize(
    ("folder", "options", "start"),
    [
        ("", {}, f"AWSLogs/{SOURCE}/vpcflowlogs/{REGION}/2026/02/03/"),
        ("/flow/", {"per_hour_partition": True}, f"flow/AWSLogs/{SOURCE}/vpcflowlogs/{REGION}/2026/02/03/04/"),
        (
            "/a/b",
            {"hive_compatible_partitions": True},
            f"a/b/AWSLogs/aws-account-id={SOURCE}/aws-service=vpcflowlogs/aws-region={REGION}"
            "/year=2026/month=02/day=03/",
        ),
        (
            "",
            {"hive_compatible_partitions": True, "per_hour_partition": True},
            f"AWSLogs/aws-account-id={SOURCE}/aws-service=vpcflowlogs/aws-region={REGION}"
            "/year=2026/month=02/day=03/hour=04/",
        ),
    ],
)
def test_object_has_the_documented_key(
    simulator: SimulatorProcess, client: Callable[..., Any], folder: str, options: dict[str, Any], start: str
) -> None:
    simulator.seed(document(destination=f"arn:aws:s3:::central{folder}", options=options))
    assert simulator.deliver(AT) == {"objects": 1, "failed": {}}
    (found,) = objects(client)
    assert found["Key"].startswith(f"{start}{SOURCE}_vpcflowlogs_{REGION}_{LOG}_20260203T0400Z_")
    assert found["Key"].endswith(".log.gz")
    assert found["LastModified"] == datetime.fromisoformat(AT)
    assert states(client) == [WORKING]


def test_the_file_has_the_fields_of_the_format_and_a_record(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    simulator.seed(document(format="${account-id} ${start} ${vpc-id}"))
    simulator.deliver(AT)
    (found,) = objects(client)
    body = client("s3", account=OWNER).get_object(Bucket="central", Key=found["Key"])["Body"].read()
    start = int(datetime(2026, 2, 3, 4, 0, tzinfo=timezone.utc).timestamp())
    assert gzip.decompress(body).decode() == f"account-id start vpc-id\n{SOURCE} {start} -\n"


@pytest.mark.parametrize("suffix", [".log.parquet", ".parquet"])
def test_suffix_of_parquet_files_is_a_switch(
    simulator: SimulatorProcess, client: Callable[..., Any], suffix: str
) -> None:
    simulator.set_switch("parquet_suffix", suffix)
    simulator.seed(document(options={"file_format": "parquet"}))
    simulator.deliver(AT)
    (found,) = objects(client)
    assert found["Key"].partition(".")[2] == suffix[1:]
    assert client("s3", account=OWNER).get_object(Bucket="central", Key=found["Key"])["Body"].read()[:4] == b"PAR1"


def test_each_delivery_adds_an_object_and_none_without_traffic(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    seed = document()
    place = seed["accounts"][SOURCE]["regions"][REGION]
    place["vpcs"].append({"id": QUIET, "flow_logs": [{"destination": "arn:aws:s3:::central", "status": "FAILED"}]})
    place["flow_logs"].append({"resource": VPC, "log_group": "elsewhere", "role": "arn:aws:iam::1:role/x"})
    simulator.seed(seed)
    assert simulator.deliver("2026-02-03T04:07:00", quiet=[QUIET])["objects"] == 1
    assert simulator.deliver(datetime(2026, 2, 3, 4, 9, tzinfo=timezone.utc), quiet=[QUIET])["objects"] == 1
    assert len(objects(client)) == 1
    assert simulator.deliver("2026-02-03T06:12:00+02:00", quiet=[QUIET])["objects"] == 1
    assert [found["Key"].split("_")[-2] for found in objects(client)] == ["20260203T0400Z", "20260203T0405Z"]
    assert sorted(states(client), key=str) == [("FAILED", None), WORKING, WORKING]
    assert simulator.deliver()["objects"] == 2
    assert states(client) == [WORKING] * 3


@pytest.mark.parametrize(
    ("bucket", "key", "reason"),
    [
        ({"policy": None}, {}, "bucket_policy"),
        ({"policy": bucket_policy("elsewhere")}, {}, "bucket_policy"),
        (kms_bucket(), {}, "key_policy"),
        (kms_bucket(), {**GRANTED, "state": "Disabled"}, "key_state"),
        (kms_bucket(), {**GRANTED, "state": "PendingDeletion"}, "key_state"),
        (kms_bucket(), {**GRANTED, "usage": "SIGN_VERIFY", "spec": "ECC_NIST_P256"}, "key_kind"),
        (kms_bucket(KEY_ARN.replace("1234abcd", "00000000")), GRANTED, "no_key"),
        (kms_bucket(region="us-east-1"), GRANTED, "key_region"),
        (kms_bucket(KEY_ID), GRANTED, "key_not_by_arn"),
        (kms_bucket(None), GRANTED, "aws_managed_key"),
        ({"requester_pays": True}, {}, "requester_pays"),
    ],
)
def test_blocked_delivery_makes_the_flow_log_fail(
    simulator: SimulatorProcess, client: Callable[..., Any], bucket: dict[str, Any], key: dict[str, Any], reason: str
) -> None:
    simulator.seed(document(bucket, key))
    assert states(client) == [WORKING]
    assert simulator.deliver(AT) == {"objects": 0, "failed": {LOG: reason}}
    assert states(client) == [FAILED]
    assert objects(client) == []


@pytest.mark.parametrize(
    ("bucket", "key"),
    [
        (kms_bucket(), GRANTED),
        ({**kms_bucket(), "encryption": {"algorithm": "aws:kms:dsse", "key": KEY_ARN}}, GRANTED),
        ({"ownership": "none"}, {}),
        ({"ownership": "ObjectWriter"}, {}),
        ({"public_access_block": True}, {}),
    ],
)
def test_settings_that_do_not_block_delivery(
    simulator: SimulatorProcess, client: Callable[..., Any], bucket: dict[str, Any], key: dict[str, Any]
) -> None:
    simulator.seed(document(bucket, key))
    assert simulator.deliver(AT) == {"objects": 1, "failed": {}}
    (found,) = objects(client)
    returned = client("s3", account=OWNER).head_object(Bucket="central", Key=found["Key"])
    assert returned["ServerSideEncryption"] == bucket.get("encryption", {}).get("algorithm", "AES256")


@pytest.mark.parametrize(("value", "failed"), [("unreadable", {}), ("failed", {LOG: "aws_managed_key"})])
def test_managed_key_of_the_own_account_is_a_switch(
    simulator: SimulatorProcess, client: Callable[..., Any], value: str, failed: dict[str, str]
) -> None:
    simulator.set_switch("aws_managed_key", value)
    seed = document()
    seed["accounts"][SOURCE]["buckets"] = [{**seed["accounts"][OWNER]["buckets"].pop(), **kms_bucket(None)}]
    simulator.seed(seed)
    assert simulator.deliver(AT)["failed"] == failed
    assert len(objects(client, SOURCE)) == 1 - len(failed)


def test_removed_and_restored_policy_changes_the_status(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    simulator.seed(document())
    s3 = client("s3", account=OWNER)
    simulator.deliver(AT)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::central/*"}
    granted = bucket_policy()
    s3.put_bucket_policy(Bucket="central", Policy=json.dumps({**granted, "Statement": [*granted["Statement"], deny]}))
    assert states(client) == [WORKING]
    assert simulator.deliver("2026-02-03T05:00:00Z")["failed"] == {LOG: "bucket_policy"}
    assert states(client) == [FAILED]
    s3.put_bucket_policy(Bucket="central", Policy=json.dumps(granted))
    assert states(client) == [FAILED]
    assert simulator.deliver("2026-02-03T06:00:00Z")["failed"] == {}
    assert states(client) == [WORKING]
    assert len(objects(client)) == 2


def test_repaired_key_changes_the_status(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(document(kms_bucket(), {"state": "Disabled"}))
    kms = client("kms", account=OWNER)
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"}, "Action": "kms:*", "Resource": "*"}
    assert simulator.deliver(AT)["failed"] == {LOG: "key_state"}
    kms.enable_key(KeyId=KEY_ID)
    assert simulator.deliver(AT)["failed"] == {LOG: "key_policy"}
    kms.put_key_policy(KeyId=KEY_ID, PolicyName="default", Policy=json.dumps(key_policy(root)))
    assert simulator.deliver(AT)["failed"] == {}
    kms.schedule_key_deletion(KeyId=KEY_ID, PendingWindowInDays=7)
    assert simulator.deliver(AT)["failed"] == {LOG: "key_state"}


def test_deleted_bucket_fails_and_so_does_one_of_another_account(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    simulator.seed(document())
    simulator.deliver(AT)
    s3 = client("s3", account=OWNER)
    s3.delete_object(Bucket="central", Key=objects(client)[0]["Key"])
    s3.delete_bucket(Bucket="central")
    assert simulator.deliver(AT)["failed"] == {LOG: "no_bucket"}
    assert states(client) == [FAILED]
    third = {"accounts": {"333333333333": {"buckets": [{"name": "central", "region": REGION, "policy": None}]}}}
    third["accounts"]["333333333333"]["buckets"][0]["policy"] = bucket_policy()
    simulator.seed(third)
    assert simulator.deliver(AT)["failed"] == {LOG: "new_owner"}


def test_status_in_the_fleet_stays_until_a_delivery(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(document(status="FAILED", error="Unknown error"))
    assert states(client) == [("FAILED", "Unknown error")]
    simulator.deliver(AT, quiet=[VPC])
    assert states(client) == [("FAILED", "Unknown error")]
    simulator.deliver(AT)
    assert states(client) == [WORKING]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"at": "soon"}, "at is an ISO time such as .*, not 'soon'"),
        ({"quiet": "vpc-1"}, "quiet is a list of resource ids, not 'vpc-1'"),
        ({"loud": []}, "a delivery has at and quiet, not loud"),
    ],
)
def test_invalid_request_is_refused(simulator: SimulatorProcess, body: dict[str, Any], message: str) -> None:
    with pytest.raises(SimulatorError, match=message):
        simulator._ask("POST", "deliver", body)


def test_ten_thousand_flow_logs_deliver_in_seconds(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    log = {"destination": "arn:aws:s3:::central"}
    seed = document()
    seed["accounts"][SOURCE]["regions"][REGION]["vpcs"].append({"count": MANY, "id": "vpc-0d", "flow_logs": [log]})
    simulator.seed(seed)
    before = cpu_of(simulator.pid)
    assert simulator.deliver(AT) == {"objects": MANY + 1, "failed": {}}
    assert cpu_of(simulator.pid) - before < SECONDS


moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=timezone.utc))


@given(moments)
def test_window_is_the_last_complete_five_minutes(at: datetime) -> None:
    stamp = window_before(at)
    assert (stamp.minute % 5, stamp.second, stamp.microsecond) == (0, 0, 0)
    assert timedelta(minutes=5) <= at - stamp < timedelta(minutes=10)


@given(moments, st.booleans(), st.booleans())
def test_no_two_windows_or_flow_logs_share_a_key(at: datetime, hive: bool, per_hour: bool) -> None:
    options = {"HiveCompatiblePartitions": hive, "PerHourPartition": per_hour}
    stamps = [window_before(at), window_before(at + timedelta(minutes=5))]
    keys = [
        object_key(SOURCE, REGION, "flow", options, log, stamp, ".log.gz") for log in (LOG, "fl-2") for stamp in stamps
    ]
    assert len(set(keys)) == 4
