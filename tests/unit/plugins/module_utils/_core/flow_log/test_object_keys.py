# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings contain all keys that a flow log's objects can have, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from datetime import timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.object_keys import listings
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.object_keys import newest_stamp
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.object_keys import stamp_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import DestinationOptions
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import FlowLog

ACCOUNT, REGION = "111122223333", "eu-west-1"
NOW = datetime(2026, 3, 1, 1, 30, tzinfo=timezone.utc)
FLOW_LOG = FlowLog("fl-1", "vpc-1", log_destination="arn:aws:s3:::example-logs/net/work/")


def key_of(flow_log: FlowLog, moment: datetime) -> str:
    """Return the key that AWS documents for an object that starts at this time."""
    options = flow_log.destination_options
    folder = flow_log.log_destination.split("/", 1)[1].strip("/") + "/" if "/" in flow_log.log_destination else ""
    if options.hive_compatible_partitions:
        path = f"AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={REGION}/"
        path += f"year={moment:%Y}/month={moment:%m}/day={moment:%d}/"
        path += f"hour={moment:%H}/" if options.per_hour_partition else ""
    else:
        path = f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/{moment:%Y/%m/%d}/"
        path += f"{moment:%H}/" if options.per_hour_partition else ""
    suffix = "log.parquet" if options.file_format == "parquet" else "log.gz"
    return (
        f"{folder}{path}{ACCOUNT}_vpcflowlogs_{REGION}_{flow_log.flow_log_id}_{moment:%Y%m%dT%H%M}Z_0a1b2c3d.{suffix}"
    )


@pytest.mark.parametrize(
    ("options", "first"),
    [
        (
            DestinationOptions(),
            "net/work/AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/111122223333_vpcflowlogs_eu-west-1_fl-1_",
        ),
        (
            DestinationOptions("parquet", True, True),
            "net/work/AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/"
            "year=2026/month=03/day=01/hour=01/111122223333_vpcflowlogs_eu-west-1_fl-1_",
        ),
    ],
)
def test_newest_listing_comes_first(options: DestinationOptions, first: str) -> None:
    found = listings(replace(FLOW_LOG, destination_options=options), ACCOUNT, REGION, NOW, 6)
    assert (found[0].bucket, found[0].prefix) == ("example-logs", first)


@pytest.mark.parametrize(("hourly", "hours", "count"), [(False, 24, 3), (False, 1, 2), (True, 6, 8), (True, 1, 3)])
def test_number_of_listings_depends_on_the_hours(hourly: bool, hours: int, count: int) -> None:
    flow_log = replace(FLOW_LOG, destination_options=DestinationOptions(per_hour_partition=hourly))
    assert len(listings(flow_log, ACCOUNT, REGION, NOW, hours)) <= count


@given(
    minutes=st.integers(0, 48 * 60 - 1),
    hive=st.booleans(),
    hourly=st.booleans(),
    file_format=st.sampled_from(["plain-text", "parquet"]),
    folder=st.sampled_from(["", "/net", "/net/work/"]),
)
def test_every_object_of_the_hours_is_in_one_listing(
    minutes: int, hive: bool, hourly: bool, file_format: str, folder: str
) -> None:
    flow_log = replace(
        FLOW_LOG,
        log_destination=f"arn:aws:s3:::example-logs{folder}",
        destination_options=DestinationOptions(file_format, hive, hourly),
    )
    moment = NOW - timedelta(minutes=minutes)
    key = key_of(flow_log, moment)
    holding = [
        item
        for item in listings(flow_log, ACCOUNT, REGION, NOW, 48)
        if key.startswith(item.prefix) and key > item.start_after
    ]
    assert len(holding) == 1
    other = key_of(replace(flow_log, flow_log_id="fl-12"), moment)
    assert not any(other.startswith(item.prefix) for item in listings(flow_log, ACCOUNT, REGION, NOW, 48))


def test_time_in_the_name_of_an_object() -> None:
    keys = [key_of(FLOW_LOG, NOW), key_of(FLOW_LOG, NOW - timedelta(minutes=5)), "AWSLogs/x"]
    assert newest_stamp(keys) == "2026-03-01T01:30:00+00:00"
    assert stamp_of("AWSLogs/x") is None and newest_stamp([]) is None
