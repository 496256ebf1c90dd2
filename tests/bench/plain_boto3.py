# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A minimal boto3 program: read, create missing flow logs in chunks of 300, read again.

Usage: plain_boto3.py FILE_WITH_A_JSON_LIST_OF_VPC_IDS BUCKET_ARN

It only checks whether there is a flow log to the bucket, and has no error handling.
"""

import json
import sys

import boto3

path, bucket = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    wanted = json.load(file)
ec2 = boto3.client("ec2")
filters = [{"Name": "log-destination-type", "Values": ["s3"]}]
if len(wanted) <= 200:
    filters.append({"Name": "resource-id", "Values": wanted})
describe = ec2.get_paginator("describe_flow_logs")
there = {
    flow_log["ResourceId"]
    for page in describe.paginate(Filters=filters)
    for flow_log in page["FlowLogs"]
    if flow_log["LogDestination"] == bucket
}
missing = [vpc for vpc in wanted if vpc not in there]
made = []
for start in range(0, len(missing), 300):
    answer = ec2.create_flow_logs(
        ResourceIds=missing[start : start + 300],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=bucket,
    )
    if answer["Unsuccessful"]:
        sys.exit(str(answer["Unsuccessful"]))
    made += answer["FlowLogIds"]
for start in range(0, len(made), 1000):
    for page in describe.paginate(FlowLogIds=made[start : start + 1000]):
        assert all(flow_log["DeliverLogsStatus"] == "SUCCESS" for flow_log in page["FlowLogs"])
