# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A minimal program for many accounts: one process with two threads, one account and Region after the other.

Usage: plain_threads.py FILE_WITH_JSON BUCKET_ARN

The file has {"accounts": [...], "regions": [...]}. In each account it assumes the role flow-logs, finds the VPCs of
each Region, and creates missing flow logs. It compares no settings, and has no error handling.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3

path, bucket = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    fleet = json.load(file)
session = boto3.session.Session()
sts = session.client("sts", region_name="eu-west-1")


def publish(place):
    """Read one Region of an account, and create missing flow logs."""
    account, region = place
    role = f"arn:aws:iam::{account}:role/flow-logs"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="plain")["Credentials"]
    ec2 = clients.submit(
        session.client,
        "ec2",
        region_name=region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).result()
    vpcs = [vpc["VpcId"] for page in ec2.get_paginator("describe_vpcs").paginate() for vpc in page["Vpcs"]]
    pages = ec2.get_paginator("describe_flow_logs").paginate()
    there = {log["ResourceId"] for page in pages for log in page["FlowLogs"] if log["LogDestination"] == bucket}
    missing = [vpc for vpc in vpcs if vpc not in there]
    if missing:
        answer = ec2.create_flow_logs(
            ResourceIds=missing,
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination=bucket,
        )
        if answer["Unsuccessful"]:
            sys.exit(str(answer["Unsuccessful"]))
    return len(missing)


places = [(account, region) for account in fleet["accounts"] for region in fleet["regions"]]
# boto3 sessions are not thread-safe.
with ThreadPoolExecutor(1) as clients, ThreadPoolExecutor(2) as pool:
    print(sum(pool.map(publish, places)))
