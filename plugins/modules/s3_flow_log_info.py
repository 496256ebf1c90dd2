#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: s3_flow_log_info
version_added: "0.1.0"
short_description: Read the VPC Flow Logs of a region
description:
  - Returns flow logs under the names and with the values that M(flowlogs.aws.s3_flow_log) has as options, so that what
    is read can be given back. What AWS leaves out of its answer for old flow logs is filled with the documented default.
  - A flow log is returned when it matches every option given. Without options all flow logs to S3 are returned.
  - That a flow log is active and its delivery status is V(SUCCESS) does not prove that anything was delivered; AWS
    answers so before the first delivery too.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  resource_ids:
    description:
      - Ids of the resources whose flow logs are wanted, or dictionaries as C(amazon.aws) modules such as
        M(amazon.aws.ec2_vpc_net_info) return them.
      - An empty list matches no flow log.
    type: list
    elements: raw
  flow_log_ids:
    description:
      - Ids of the flow logs. Those that do not exist are not returned, which is no error.
      - An empty list reads nothing. Together with O(expected_account_id) it only checks the account of the credentials.
    type: list
    elements: str
  destination:
    description: ARN of the bucket with its folder, or C(bucket/folder). A trailing slash makes no difference.
    type: str
  filters:
    description:
      - Filters of the EC2 API, each with a value or a list of values.
      - These are V(deliver-log-status), V(flow-log-id), V(log-destination-type), V(log-group-name), V(resource-id),
        V(tag-key), V(traffic-type) and C(tag:KEY).
      - Unless V(log-destination-type) is among them only flow logs to S3 are returned.
    type: dict
  delivery:
    description:
      - Whether to look in the bucket when each flow log last delivered an object.
      - Lists only keys that can hold objects of the flow log, one call per day, or hour with hourly partitions, and
        further pages. Needs C(s3:ListBucket) on the bucket; without it RV(flow_logs[].delivery) says so.
    type: bool
    default: false
  delivery_hours:
    description: How many hours to look back, V(1) to V(168).
    type: int
    default: 24
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
  idempotent:
    support: N/A
    details: Nothing is changed.
seealso:
  - module: flowlogs.aws.s3_flow_log
notes:
  - Needs the permission ec2:DescribeFlowLogs, and s3:ListBucket on the buckets with O(delivery=true).
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
"""

EXAMPLES = r"""
- name: All flow logs of a VPC that deliver to S3
  flowlogs.aws.s3_flow_log_info:
    region: eu-west-1
    resource_ids: [vpc-0123456789abcdef0]

- name: When did the flow logs of a bucket last deliver?
  flowlogs.aws.s3_flow_log_info:
    region: eu-west-1
    destination: arn:aws:s3:::example-central-flow-logs/network/
    delivery: true

- name: Flow logs whose delivery fails, wherever they deliver to
  flowlogs.aws.s3_flow_log_info:
    region: eu-west-1
    filters:
      deliver-log-status: FAILED
      log-destination-type: [s3, cloud-watch-logs, kinesis-data-firehose]

- name: Stop before a play changes anything in the wrong account
  flowlogs.aws.s3_flow_log_info:
    region: eu-west-1
    profile: network
    flow_log_ids: []
    expected_account_id: "111122223333"
"""

RETURN = r"""
flow_logs:
  description: The flow logs, ordered by resource and age. Empty when none matches.
  returned: always
  type: list
  elements: dict
  contains:
    flow_log_id:
      description: Id of the flow log.
      type: str
      returned: always
      sample: fl-0123456789abcdef0
    resource_id:
      description: Id of the resource.
      type: str
      returned: always
      sample: vpc-0123456789abcdef0
    resource_type:
      description: Type of the resource, derived from its id. Null if the id does not tell it.
      type: str
      returned: always
      sample: VPC
    log_destination_type:
      description: V(s3), V(cloud-watch-logs) or V(kinesis-data-firehose).
      type: str
      returned: always
      sample: s3
    destination:
      description: ARN of the destination.
      type: str
      returned: always
      sample: arn:aws:s3:::example-central-flow-logs/network/
    log_group_name:
      description: Name of the log group, for flow logs to CloudWatch Logs.
      type: str
      returned: always
    traffic_type:
      description: V(ALL), V(ACCEPT) or V(REJECT). Null for transit gateways.
      type: str
      returned: always
      sample: ALL
    max_aggregation_interval:
      description: Seconds.
      type: int
      returned: always
      sample: 600
    log_format:
      description: The format as AWS stores it.
      type: str
      returned: always
      sample: ${version} ${account-id}
    destination_options:
      description: How files are written. Null for other destinations than S3.
      type: dict
      returned: always
      sample: {"file_format": "plain-text", "hive_compatible_partitions": false, "per_hour_partition": false}
    tag_field_specifications:
      description: Which tags the tag fields carry.
      type: list
      elements: dict
      returned: always
    tags:
      description: All tags.
      type: dict
      returned: always
      sample: {"Name": "central"}
    name:
      description: The tag C(Name).
      type: str
      returned: always
      sample: central
    delivery_status:
      description: V(SUCCESS) or V(FAILED). Null where AWS says nothing.
      type: str
      returned: always
      sample: SUCCESS
    delivery_error:
      description: Why delivery fails, V(Access error), V(Rate limited) or V(Unknown error).
      type: str
      returned: always
    creation_time:
      description: When it was made, in ISO 8601.
      type: str
      returned: always
      sample: "2026-01-01T00:00:00+00:00"
    delivery:
      description: What was delivered in the last hours.
      type: dict
      returned: when O(delivery=true)
      contains:
        status:
          description: V(delivered), V(nothing), or V(unknown) when it could not be read.
          type: str
          returned: always
          sample: delivered
        last_delivered:
          description: The time in the name of the newest object, the start of its five minutes.
          type: str
          returned: always
          sample: "2026-01-01T00:05:00+00:00"
        objects:
          description: How many objects there are. Null when unknown.
          type: int
          returned: always
          sample: 288
        complete:
          description: Whether all objects were counted; if not, there are more and newer ones may exist.
          type: bool
          returned: always
          sample: true
        hours:
          description: How many hours were looked back.
          type: int
          returned: always
          sample: 24
        since:
          description: When these hours began, in ISO 8601.
          type: str
          returned: always
          sample: "2026-01-01T00:00:00+00:00"
        reason:
          description: Why nothing is known.
          type: str
          returned: always
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.s3_flow_log_info import S3_FLOW_LOG_INFO
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


def main() -> None:
    """Run the module."""
    run_module(S3_FLOW_LOG_INFO)


if __name__ == "__main__":
    main()
