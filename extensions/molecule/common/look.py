# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prints the state of a simulator as JSON, read with boto3 and without this collection: ``look URL FLEET``.

The fleet file names the accounts, each with a user and its access key, and the Regions and buckets to read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import yaml
from botocore.exceptions import ClientError

from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorClient


def client(url: str, account: dict[str, Any], service: str, region: str) -> Any:
    """Return a boto3 client for an account."""
    keys = {"aws_access_key_id": account["users"][0]["access_key"], "aws_secret_access_key": SECRET_KEY}
    return boto3.client(service, region_name=region, endpoint_url=url, **keys)


def flow_logs(url: str, fleet: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the flow logs of every account and Region, oldest first, with the fields that the scenarios check."""
    for account_id, account in fleet["accounts"].items():
        for region in account.get("regions", {}):
            pages = client(url, account, "ec2", region).get_paginator("describe_flow_logs").paginate()
            for item in (item for page in pages for item in page["FlowLogs"]):
                yield {
                    "account": account_id,
                    "region": region,
                    "id": item["FlowLogId"],
                    "target": item["ResourceId"],
                    "destination": item.get("LogDestination") or item.get("LogGroupName"),
                    "traffic": item["TrafficType"],
                    "interval": item["MaxAggregationInterval"],
                    "tags": {tag["Key"]: tag["Value"] for tag in item["Tags"]},
                }


def statements(s3: Any, bucket: str) -> list[dict[str, Any]]:
    """Return the statements of a bucket policy, ``[]`` if the bucket has none."""
    try:
        return json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucketPolicy":
            return []
        raise


def look(url: str, fleet: dict[str, Any]) -> dict[str, Any]:
    """Return the flow logs, the statements of each bucket policy, and the names of all write calls, in order."""
    writes = SimulatorClient(url).operations(write=True)
    buckets = [(account, bucket) for account in fleet["accounts"].values() for bucket in account.get("buckets", [])]
    return {
        "flow_logs": list(flow_logs(url, fleet)),
        "statements": {
            bucket["name"]: statements(client(url, account, "s3", bucket["region"]), bucket["name"])
            for account, bucket in buckets
        },
        "writes": writes,
    }


if __name__ == "__main__":
    print(json.dumps(look(sys.argv[1], yaml.safe_load(Path(sys.argv[2]).read_text(encoding="utf-8")))))
