#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: s3_flow_log
version_added: "0.1.0"
short_description: Publish the VPC Flow Logs of network resources to Amazon S3
description:
  - Makes sure that each resource in a list has a flow log with the given settings that delivers to an S3 bucket, or that it has
    none.
  - One task handles all resources of one account, Region and resource type. The number of API calls does not grow with each
    resource.
  - A first run makes one DescribeFlowLogs request (with its further pages) and one request that checks whether the resources
    exist. It then makes one CreateFlowLogs request per 300 resources, or per 25 for transit gateway and Cloud WAN types. Finally it
    makes one DescribeFlowLogs request per 1000 new flow logs. A run without changes only reads.
  - AWS can change only the tags of a flow log. For any other difference the module replaces the flow log, see O(replace).
  - The module adopts flow logs with the same settings that people or other tools created. A flow log that has a name keeps it,
    and is replaced or deleted only under this name, see O(name) and O(adopt_named).
  - The module never deletes flow logs to CloudWatch Logs or Amazon Data Firehose, or those that another AWS service owns (tags
    that begin with C(aws:)).
  - The bucket must let log delivery write, see M(flowlogs.aws.flow_log_bucket_policy).
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  resource_ids:
    description:
      - Ids of the resources, all of one type. The module ignores duplicates and keeps the order.
      - Each is an id, or a dictionary as C(amazon.aws) modules such as M(amazon.aws.ec2_vpc_net_info) return it. The module refuses
        anything that has no flow logs of its own, such as an instance or a security group.
      - With an empty list the module makes no API call, changes nothing, and reports that in RV(msg).
    type: list
    elements: raw
    required: true
  resource_type:
    description:
      - Type of the resources, under the name that the EC2 API uses.
      - The default follows from the ids. Set V(CoreNetworkEdge) yourself.
    type: str
    choices:
      - VPC
      - Subnet
      - NetworkInterface
      - TransitGateway
      - TransitGatewayAttachment
      - RegionalNatGateway
      - CoreNetwork
      - CoreNetworkEdge
      - CoreNetworkAttachment
  state:
    description:
      - V(present) makes sure that each resource has the flow log.
      - V(absent) with O(name) deletes the flow logs of the resources that have this name. Without O(name) it deletes those to
        O(destination) that have no name.
    type: str
    choices: [present, absent]
    default: present
  destination:
    description:
      - The bucket as an ARN with an optional folder, V(arn:aws:s3:::bucket/folder/), or V(bucket/folder), which the module
        completes for the partition of the Region.
      - C(AWSLogs) cannot be a folder, because AWS reserves it.
      - Required with O(state=present). With O(state=absent) one of O(destination) and O(name) is required.
    type: str
  traffic_type:
    description:
      - Traffic that the flow log records. The default is V(ALL).
      - Not allowed for transit gateway and Cloud WAN types, which have no traffic type.
    type: str
    choices: [ALL, ACCEPT, REJECT]
  max_aggregation_interval:
    description:
      - Maximum aggregation interval in seconds, V(60) or V(600), during which a flow is captured before it is recorded.
      - The default is V(600). Transit gateway and Cloud WAN types always have V(60).
    type: int
  log_format:
    description:
      - Fields of a record, in order. A list of field names, or the string that AWS uses, with C(${field}) items separated by
        spaces.
      - The default is AWS's default format for the type. Any other format then counts as a difference.
      - The module warns of fields that it does not know, and refuses fields of another resource type.
    type: raw
  destination_options:
    description:
      - How log delivery writes the files. Each option has AWS's default.
    type: dict
    suboptions:
      file_format:
        description: Format of the files. AWS's default is V(plain-text).
        type: str
        choices: [plain-text, parquet]
      hive_compatible_partitions:
        description:
          - Whether to use Hive-compatible folder names, C(year=2026/month=11/...). AWS's default is V(false).
          - V(true) also changes the folder of the account, so the bucket policy needs the layout V(hive).
        type: bool
      per_hour_partition:
        description: Whether to partition the files by hour instead of by day. AWS's default is V(false).
        type: bool
  tag_field_specifications:
    description:
      - Which tags fill the tag fields of O(log_format), for example C(instance-tag).
      - Each entry needs one of its fields in O(log_format), and each tag field needs its entry.
      - Requires a botocore of June 2026 or newer.
      - Tag fields work only in Regions that have the service-linked role for VPC Flow Logs. The module warns in any other
        Region.
    type: list
    elements: dict
    suboptions:
      resource_type:
        description: Type of the resource whose tags to record.
        type: str
        choices: [auto-scaling-group, instance, network-interface]
        required: true
      tag_keys:
        description: One or two tag keys. The first fills C(instance-tag), the second C(instance-tag-2).
        type: list
        elements: str
        required: true
  name:
    description:
      - Name of the flow log, kept in its tag C(Name).
      - With a name, the resource and the name identify the flow log. So its destination can change, and several flow logs of a
        resource can share a destination. The module adopts an equal flow log without a name and gives it the name.
      - Without a name, the task is about the flow log of the resource to this destination that has no name. The module adopts a
        flow log that has a name as it is, with its name and tags, if all its settings are equal.
      - If a flow log that has a name differs and records the same traffic, the task fails for this resource and names the flow
        log, unless O(adopt_named=true).
      - With a C(Name) in O(tags), the task is about flow logs of this name, too, but the destination identifies them.
    type: str
  tags:
    description:
      - Tags of the flow logs. Without this option the module does not change tags.
      - Keys that begin with C(aws:) are reserved for AWS.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description:
      - Whether to remove tags that are not in O(tags). Has no effect without O(tags).
    type: bool
    default: true
  replace:
    description:
      - How to replace a flow log that differs in more than its tags.
      - V(create_first) creates the new flow log, checks that AWS describes it and that it has not failed, and then deletes the old
        one. If AWS refuses a second flow log, the module changes nothing unless O(allow_gap=true).
      - V(delete_first) deletes the old flow log first. Traffic in between is not recorded. If AWS refuses the new one, the module
        restores the old one.
      - V(never) does not change the flow log. After it has done everything else, the module fails and names the differences.
      - During a replacement, the old flow log has the tag C(flowlogs.aws:replaced). With it a later run finishes a replacement that
        was interrupted.
    type: str
    choices: [create_first, delete_first, never]
    default: create_first
  allow_gap:
    description:
      - Consent to delete the old flow log first if O(replace=create_first) and AWS refuses a second one.
    type: bool
    default: false
  purge:
    description:
      - Which other S3 flow logs of the resources to delete.
      - V(none) deletes none and reports them in RV(extra).
      - V(duplicates) deletes those with the same settings and keeps the oldest healthy one. With O(name) it deletes those with this
        name or none. Without O(name) it deletes those without a name, or with any name if O(adopt_named=true).
      - V(s3) deletes all of them, whatever their name and destination, and so includes the consent of O(adopt_named). Do not use it
        for a resource that needs several flow logs.
    type: str
    choices: [none, duplicates, s3]
    default: none
  adopt_named:
    description:
      - Consent to take over flow logs to O(destination) that have a name, without O(name). The module then tags, replaces and
        deletes them like those without a name.
      - Use it to adopt flow logs that other tools or people created and named. Do not use it if another task publishes flow logs
        of the same resource by O(name). The two would replace each other's flow logs.
      - Has no effect with O(name).
    type: bool
    default: false
  wait_timeout:
    description:
      - Number of seconds to wait until AWS describes a new flow log. After that it counts as failed.
    type: int
    default: 60
  return_flow_logs:
    description:
      - Whether to return RV(flow_logs), and RV(diff) also without C(--diff).
      - With thousands of resources, Ansible takes longer to handle these results than for everything else. V(false) saves that
        time.
    type: bool
    default: true
seealso:
  - module: flowlogs.aws.s3_flow_log_info
  - module: flowlogs.aws.flow_log_bucket_policy
  - name: Publish flow logs to Amazon S3
    description: AWS's guide.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
notes:
  - Delivery to S3 uses no IAM role. The bucket policy lets log delivery write. AWS refuses a role here
    (DeliverLogsPermissionArn). The role for cross-account delivery (DeliverCrossAccountRole) is for Amazon Data Firehose.
  - Before it creates a flow log, the module checks whether the target exists. Depending on the type that takes
    C(ec2:DescribeVpcs), C(ec2:DescribeSubnets), C(ec2:DescribeNetworkInterfaces), C(ec2:DescribeTransitGateways) or
    C(ec2:DescribeTransitGatewayAttachments). Without that permission the module goes on, and notes in RV(actions[].reason) that it
    could not check.
  - Required permissions are C(ec2:DescribeFlowLogs), C(ec2:CreateFlowLogs), C(ec2:DeleteFlowLogs), C(ec2:CreateTags),
    C(ec2:DeleteTags), C(logs:CreateLogDelivery) and C(logs:DeleteLogDelivery). O(tag_field_specifications) also requires
    C(ec2:DescribeTags), C(autoscaling:DescribeTags) and C(iam:CreateServiceLinkedRole).
  - The C(ecs-*) fields in O(log_format) also require C(ecs:ListClusters). In addition, C(ecs-container-instance-*) require
    C(ecs:ListContainerInstances), C(ecs-service-name) requires C(ecs:ListServices), C(ecs-task-definition-arn) requires
    C(ecs:ListTaskDefinitions), and C(ecs-task-arn) and C(ecs-task-id) require C(ecs:ListTasks).
  - AWS fills the C(ecs-*) fields only for tasks in the account of the flow log that use the network mode C(awsvpc).
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
  - flowlogs.aws.attributes.action_group
"""

EXAMPLES = r"""
- name: Publish the flow logs of a VPC
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids: [vpc-0123456789abcdef0]
    destination: arn:aws:s3:::example-central-flow-logs

- name: Publish the flow logs of two VPCs to a folder of the central bucket
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids:
      - vpc-0123456789abcdef0
      - vpc-0fedcba9876543210
    destination: arn:aws:s3:::example-central-flow-logs/network/

- name: Publish rejected traffic only, aggregated over 60 seconds, as hourly Parquet files
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids: "{{ found.subnets }}"
    destination: example-central-flow-logs/rejected
    traffic_type: REJECT
    max_aggregation_interval: 60
    log_format: [version, vpc-id, subnet-id, srcaddr, dstaddr, dstport, protocol, action, start, end]
    destination_options:
      file_format: parquet
      hive_compatible_partitions: true
      per_hour_partition: true
    tags:
      CostCenter: "4711"

- name: Publish the flow logs of a transit gateway, which has no traffic type and no other interval
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids: [tgw-0123456789abcdef0]
    destination: arn:aws:s3:::example-central-flow-logs

- name: Publish rejected traffic to a folder that another flow log of the same VPC uses, too
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids: [vpc-0123456789abcdef0]
    destination: arn:aws:s3:::example-central-flow-logs/network/
    name: rejected
    traffic_type: REJECT

- name: Take over flow logs that Terraform created and named, whatever their settings
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids: [vpc-0123456789abcdef0]
    destination: arn:aws:s3:::example-central-flow-logs/network/
    adopt_named: true

- name: Remove the flow logs to an old bucket
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids: [vpc-0123456789abcdef0]
    destination: arn:aws:s3:::example-old-flow-logs
    state: absent
"""

RETURN = r"""
actions:
  description:
    - What the module did, or in check mode would do. Both are the same, except for the ids of flow logs that do not exist yet.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      target: vpc-0123456789abcdef0
      flow_log_id: fl-0123456789abcdef0
      replaces: null
      changes: []
      reason: The target has no such flow log.
      gap: false
  contains:
    action:
      description: V(create), V(replace), V(delete), V(tag) or V(untag).
      type: str
      returned: always
    target:
      description: Id of the resource.
      type: str
      returned: always
    flow_log_id:
      description: Id of the flow log, for V(create) and V(replace) of the new one.
      type: str
      returned: always
    replaces:
      description: Id of the replaced flow log.
      type: str
      returned: always
    changes:
      description: Differences, each with C(field), C(current) and C(desired).
      type: list
      elements: dict
      returned: always
    reason:
      description: Why, in one sentence.
      type: str
      returned: always
    gap:
      description: Whether the resource had no flow log of this kind during the replacement.
      type: bool
      returned: always
    gap_seconds:
      description: Length of the gap in seconds.
      type: float
      returned: if there was a gap
unsuccessful:
  description:
    - What the module could not do. If the list is not empty, the task fails after it has done everything else.
  returned: always
  type: list
  elements: dict
  sample:
    - target: vpc-0fedcba9876543210
      code: "400"
      message: "LogDestination: example-central-flow-logs does not exist"
      hint: Create the bucket, or correct destination.
      flow_log_id: null
      changes: []
flow_logs:
  description:
    - The managed flow logs of the resources after the run, or in check mode as they would be.
    - RV(flowlogs.aws.s3_flow_log_info#module:flow_logs) describes their contents.
  returned: if O(return_flow_logs=true)
  type: list
  elements: dict
msg:
  description: Why there was nothing to do, or what failed.
  returned: if O(resource_ids) is empty, or on failure
  type: str
  sample: resource_ids is empty, so there is nothing to do.
extra:
  description: Other S3 flow logs of the same resources, which the module did not change.
  returned: always
  type: list
  elements: dict
diff:
  description: For each resource that changes, its managed flow logs before and after.
  returned: if O(return_flow_logs=true), or in diff mode
  type: dict
  sample: {"before": {"vpc-0123456789abcdef0": []}, "after": {"vpc-0123456789abcdef0": [{"traffic_type": "ALL"}]}}
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.s3_flow_log import S3_FLOW_LOG
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


def main() -> None:
    """Run the module."""
    run_module(S3_FLOW_LOG)


if __name__ == "__main__":
    main()
