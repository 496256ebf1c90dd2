#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: s3_flow_log_info
version_added: "0.1.0"
short_description: Read the VPC Flow Logs of a Region
description:
  - Returns flow logs with the names and values of the options of M(flowlogs.aws.s3_flow_log), so you can use them as options
    again. If AWS omits a setting of an old flow log, the module returns the documented default.
  - Returns the flow logs that match every given option. Without options it returns all flow logs to S3.
  - An active flow log with the delivery status V(SUCCESS) may still have delivered nothing. AWS reports this status before the
    first delivery, too. Use O(delivery) to check.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  resource_ids:
    description:
      - Resources whose flow logs to return, as ids, or as dictionaries that C(amazon.aws) modules such as
        M(amazon.aws.ec2_vpc_net_info) return.
      - An empty list matches no flow log.
    type: list
    elements: raw
  flow_log_ids:
    description:
      - Ids of the flow logs. An id that does not exist is not an error.
      - With an empty list the module reads nothing. Together with O(expected_account_id) it only checks the account of the
        credentials.
    type: list
    elements: str
  destination:
    description: ARN of the bucket with its folder, or C(bucket/folder). A trailing slash makes no difference.
    type: str
  filters:
    description:
      - Filters of the EC2 API, each with a value or a list of values.
      - The filters are V(deliver-log-status), V(flow-log-id), V(log-destination-type), V(log-group-name), V(resource-id),
        V(tag-key), V(traffic-type) and C(tag:KEY).
      - Without V(log-destination-type) the module returns only flow logs to S3.
    type: dict
  delivery:
    description:
      - Whether to check in the bucket when each flow log last delivered an object.
      - The module lists only key prefixes that can hold objects of the flow log. It makes one call per day, or per hour with hourly
        partitions, and one for each further page.
      - Requires C(s3:ListBucket) on the bucket. Without it RV(flow_logs[].delivery.status) is V(unknown).
    type: bool
    default: false
  delivery_hours:
    description: Number of hours to look back, V(1) to V(168).
    type: int
    default: 24
seealso:
  - module: flowlogs.aws.s3_flow_log
notes:
  - Required permissions are C(ec2:DescribeFlowLogs) and, with O(delivery=true), C(s3:ListBucket) on the buckets.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes.info_module
  - flowlogs.aws.attributes
  - flowlogs.aws.attributes.action_group
"""

EXAMPLES = r"""
- name: Read all flow logs of a VPC that deliver to S3
  flowlogs.aws.s3_flow_log_info:
    region: eu-west-1
    resource_ids: [vpc-0123456789abcdef0]

- name: Check when the flow logs to a bucket last delivered
  flowlogs.aws.s3_flow_log_info:
    region: eu-west-1
    destination: arn:aws:s3:::example-central-flow-logs/network/
    delivery: true

- name: Find flow logs whose delivery fails, to any kind of destination
  flowlogs.aws.s3_flow_log_info:
    region: eu-west-1
    filters:
      deliver-log-status: FAILED
      log-destination-type: [s3, cloud-watch-logs, kinesis-data-firehose]

- name: Fail if the credentials belong to another account
  flowlogs.aws.s3_flow_log_info:
    region: eu-west-1
    profile: network
    flow_log_ids: []
    expected_account_id: "111122223333"
"""

RETURN = r"""
flow_logs:
  description: The flow logs, sorted by resource and age. Empty if none matches.
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
      description: Type of the resource, derived from its id; null if the id has an unknown prefix.
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
      description: V(ALL), V(ACCEPT) or V(REJECT); null for transit gateways.
      type: str
      returned: always
      sample: ALL
    max_aggregation_interval:
      description: Maximum aggregation interval in seconds.
      type: int
      returned: always
      sample: 600
    log_format:
      description: The format as AWS stores it.
      type: str
      returned: always
      sample: ${version} ${account-id}
    destination_options:
      description: How log delivery writes the files; null for other destinations than S3.
      type: dict
      returned: always
      sample: {"file_format": "plain-text", "hive_compatible_partitions": false, "per_hour_partition": false}
    tag_field_specifications:
      description: Which tags fill the tag fields.
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
      description: V(SUCCESS) or V(FAILED); null if AWS reports no status.
      type: str
      returned: always
      sample: SUCCESS
    delivery_error:
      description: Why delivery fails, V(Access error), V(Rate limited) or V(Unknown error).
      type: str
      returned: always
    creation_time:
      description: Time of creation in ISO 8601.
      type: str
      returned: always
      sample: "2026-01-01T00:00:00+00:00"
    delivery:
      description: What was delivered during the last O(delivery_hours).
      type: dict
      returned: if O(delivery=true)
      contains:
        status:
          description: V(delivered), V(nothing), or V(unknown) if the bucket could not be read.
          type: str
          returned: always
          sample: delivered
        last_delivered:
          description: Time in the name of the newest object, which is the start of its five minutes.
          type: str
          returned: always
          sample: "2026-01-01T00:05:00+00:00"
        objects:
          description: Number of objects; null if unknown.
          type: int
          returned: always
          sample: 288
        complete:
          description: Whether all objects were counted. If not, there are more, and some of them may be newer.
          type: bool
          returned: always
          sample: true
        hours:
          description: Number of hours that were checked.
          type: int
          returned: always
          sample: 24
        since:
          description: Start of these hours in ISO 8601.
          type: str
          returned: always
          sample: "2026-01-01T00:00:00+00:00"
        reason:
          description: Why the status is V(unknown).
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
