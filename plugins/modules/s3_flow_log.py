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
  - Makes sure that each resource of a list has a flow log with the given settings that delivers to an S3 bucket,
    or that it has none.
  - Takes all resources of one account, region and resource type in one task; the number of API calls does not grow
    with each resource. A first run for N resources makes one DescribeFlowLogs request (and its further pages), one
    request that looks up whether the resources exist, one CreateFlowLogs request per 300
    resources (25 for transit gateway and Cloud WAN types), and one DescribeFlowLogs request per 1000 new flow logs. A run without changes only reads.
  - AWS cannot change a flow log, only its tags. Any other difference means a replacement, see O(replace).
  - Flow logs that were made by hand or by other tools are adopted when they have the same settings. Those that have
    a name keep it, and are replaced or deleted only under this name, see O(name) and O(adopt_named).
    Flow logs to CloudWatch Logs or Amazon Data Firehose, and those that another AWS service owns (tags that begin with
    C(aws:)), are never deleted.
  - The bucket must let log delivery write, see M(flowlogs.aws.flow_log_bucket_policy).
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  resource_ids:
    description:
      - Ids of the resources, all of one type. Duplicates are folded, the order is kept.
      - Each is an id, or a dictionary as C(amazon.aws) modules such as M(amazon.aws.ec2_vpc_net_info) return it. What has
        no flow logs of its own, such as an instance or a security group, is refused.
      - With an empty list the task changes nothing, calls nothing, and says so in RV(msg).
    type: list
    elements: raw
    required: true
  resource_type:
    description:
      - Type of the resources, under the name that the EC2 API uses.
      - Told by the ids where it is not given. V(CoreNetworkEdge) must be given.
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
      - V(absent) deletes the flow logs of the resources that are named O(name), or without O(name) those to
        O(destination) that have no name.
    type: str
    choices: [present, absent]
    default: present
  destination:
    description:
      - Where the records go. The ARN of a bucket with an optional folder, V(arn:aws:s3:::bucket/folder/), or
        V(bucket/folder), which is completed for the partition of the region.
      - C(AWSLogs) cannot be a folder, AWS reserves it.
      - Required with O(state=present). With O(state=absent) one of O(destination) and O(name) is required.
    type: str
  traffic_type:
    description:
      - Which traffic is recorded. The default is V(ALL).
      - Transit gateway and Cloud WAN types have no traffic type, and it cannot be given for them.
    type: str
    choices: [ALL, ACCEPT, REJECT]
  max_aggregation_interval:
    description:
      - For how many seconds at most a flow is captured before it is recorded, V(60) or V(600).
      - The default is V(600), and V(60) for transit gateway and Cloud WAN types, which have no other.
    type: int
  log_format:
    description:
      - The fields of a record, in order. A list of field names, or the string that AWS uses, with C(${field}) items
        separated by blanks.
      - Without it AWS's default format for the type is used, and any other format counts as a difference.
      - Fields that this version does not know give a warning; fields of another resource type are refused.
    type: raw
  destination_options:
    description:
      - How the files are written. What is not given has AWS's default.
    type: dict
    suboptions:
      file_format:
        description: Format of the files. AWS's default is V(plain-text).
        type: str
        choices: [plain-text, parquet]
      hive_compatible_partitions:
        description:
          - Whether the folders are named as Hive expects, C(year=2026/month=11/...). AWS's default is V(false).
          - Also changes the folder of the account, so the bucket policy needs the layout V(hive).
        type: bool
      per_hour_partition:
        description: Whether there is a folder per hour rather than per day. AWS's default is V(false).
        type: bool
  tag_field_specifications:
    description:
      - Which tags of the resources the tag fields of O(log_format) carry, for example C(instance-tag).
      - Each entry needs one of its fields in O(log_format), and each tag field needs its entry.
      - Needs a botocore of June 2026 or newer.
      - Tag fields work only in Regions that have the service-linked role for VPC Flow Logs. The module warns in any other
        Region.
    type: list
    elements: dict
    suboptions:
      resource_type:
        description: Whose tags.
        type: str
        choices: [auto-scaling-group, instance, network-interface]
        required: true
      tag_keys:
        description: One or two keys; the first goes to C(instance-tag), the second to C(instance-tag-2).
        type: list
        elements: str
        required: true
  name:
    description:
      - Name of the flow log, kept in its tag C(Name).
      - With a name, a flow log is the one of this name of the resource, so its destination may change and several flow
        logs of a resource can share a destination. An equal flow log without a name is adopted and given the name.
      - Without, it is the flow log to this destination that has no name. A flow log that has one is adopted as it is
        when all its settings are equal, with its name and tags. If it differs and records the same traffic, the task
        fails for this resource and names it, unless O(adopt_named=true).
      - A C(Name) in O(tags) has the same effect on which flow logs belong to the task; the destination identifies them.
    type: str
  tags:
    description:
      - Tags of the flow logs. When not given, tags are left alone.
      - Keys that begin with C(aws:) are reserved for AWS.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description:
      - Whether tags that are not in O(tags) are removed. Nothing is removed when O(tags) is not given.
    type: bool
    default: true
  replace:
    description:
      - What is done with a flow log that differs in more than its tags.
      - V(create_first) creates the new flow log, sees it described and not failed, and then deletes the old one.
        If AWS refuses a second flow log, nothing is changed unless O(allow_gap=true).
      - V(delete_first) deletes the old one first. Traffic in between is not recorded. If the new one is refused, the
        old one is put back.
      - V(never) leaves the flow log alone and fails, naming what differs, after everything else is done.
      - While a replacement is at work, the old flow log carries the tag C(flowlogs.aws:replaced), by which a later run
        finishes a replacement that was interrupted.
    type: str
    choices: [create_first, delete_first, never]
    default: create_first
  allow_gap:
    description:
      - Consent to delete the old flow log first when O(replace=create_first) and AWS refuses a second one.
    type: bool
    default: false
  purge:
    description:
      - What is done with other S3 flow logs of the resources.
      - V(none) reports them in RV(extra).
      - V(duplicates) deletes those with the same settings; the oldest healthy one is kept. With O(name) it deletes
        those with this name or none, without O(name) those without a name, or with any name if O(adopt_named=true).
      - V(s3) deletes all of them, whatever their name and destination, and so includes the consent of O(adopt_named).
        Do not use it for a resource that is to have several flow logs.
    type: str
    choices: [none, duplicates, s3]
    default: none
  adopt_named:
    description:
      - Consent to take over flow logs to O(destination) that have a name, where O(name) is not given. They are then
        tagged, replaced and deleted as those without a name.
      - Use it to adopt flow logs that other tools or people made and named. Do not use it where another task publishes
        flow logs of the same resource by O(name), or the two replace each other's flow logs.
      - Has no effect with O(name).
    type: bool
    default: false
  wait_timeout:
    description:
      - How many seconds a new flow log has to show up before it counts as failed.
    type: int
    default: 60
  return_flow_logs:
    description:
      - Whether to return RV(flow_logs), and RV(diff) also without C(--diff).
      - With thousands of resources, Ansible takes longer to handle these than for everything else.
    type: bool
    default: true
attributes:
  idempotent:
    support: full
seealso:
  - module: flowlogs.aws.s3_flow_log_info
  - module: flowlogs.aws.flow_log_bucket_policy
  - name: Publish flow logs to Amazon S3
    description: The guide of AWS.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
notes:
  - Delivery to S3 uses no IAM role. AWS refuses a role here (DeliverLogsPermissionArn), and the one for cross-account
    delivery (DeliverCrossAccountRole) is for Amazon Data Firehose; the bucket policy is what lets log delivery write.
  - Before a flow log is created, the module looks up whether its target exists, with ec2:DescribeVpcs, ec2:DescribeSubnets,
    ec2:DescribeNetworkInterfaces, ec2:DescribeTransitGateways or ec2:DescribeTransitGatewayAttachments. Without that permission
    it goes on, and notes in RV(actions[].reason) that it could not check.
  - Needs the permissions ec2:DescribeFlowLogs, ec2:CreateFlowLogs, ec2:DeleteFlowLogs, ec2:CreateTags, ec2:DeleteTags,
    logs:CreateLogDelivery and logs:DeleteLogDelivery. O(tag_field_specifications) needs ec2:DescribeTags,
    autoscaling:DescribeTags and iam:CreateServiceLinkedRole as well.
  - The C(ecs-*) fields in O(log_format) need ecs:ListClusters as well. C(ecs-container-instance-*) also need
    ecs:ListContainerInstances, C(ecs-service-name) ecs:ListServices, C(ecs-task-definition-arn) ecs:ListTaskDefinitions,
    C(ecs-task-arn) and C(ecs-task-id) ecs:ListTasks. AWS fills them only for tasks in the account of the flow log that
    use the network mode C(awsvpc).
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
"""

EXAMPLES = r"""
- name: Publish the flow logs of two VPCs to a folder of the central bucket
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids:
      - vpc-0123456789abcdef0
      - vpc-0fedcba9876543210
    destination: arn:aws:s3:::example-central-flow-logs/network/

- name: Rejected traffic only, within a minute, as Parquet files by the hour
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

- name: Transit gateways have neither traffic type nor a choice of interval
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids: [tgw-0123456789abcdef0]
    destination: arn:aws:s3:::example-central-flow-logs

- name: Publish rejected traffic to a folder that another flow log of the same VPC delivers to as well
  flowlogs.aws.s3_flow_log:
    region: eu-west-1
    resource_ids: [vpc-0123456789abcdef0]
    destination: arn:aws:s3:::example-central-flow-logs/network/
    name: rejected
    traffic_type: REJECT

- name: Take over the flow logs that Terraform made and named, whatever their settings
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
    - What was done, or in check mode what would be done; the same, but for the ids of flow logs that do not exist yet.
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
      description: The flow log, for V(create) and V(replace) the new one.
      type: str
      returned: always
    replaces:
      description: Id of the flow log that was replaced.
      type: str
      returned: always
    changes:
      description: What differs, with C(field), C(current) and C(desired).
      type: list
      elements: dict
      returned: always
    reason:
      description: One sentence that says why.
      type: str
      returned: always
    gap:
      description: Whether the resource was without this flow log for a moment.
      type: bool
      returned: always
    gap_seconds:
      description: For how many seconds.
      type: float
      returned: when the resource was without this flow log
unsuccessful:
  description:
    - What could not be done. If there is anything, the task fails after everything else is done.
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
    - The managed flow logs of the resources after the run; in check mode as they would be.
    - See RV(flowlogs.aws.s3_flow_log_info#module:flow_logs) for what each contains.
  returned: when O(return_flow_logs) is V(true)
  type: list
  elements: dict
msg:
  description: Why there was nothing to do, or what failed.
  returned: when O(resource_ids) is empty, or on failure
  type: str
  sample: resource_ids is empty, so there is nothing to do.
extra:
  description: Other S3 flow logs of the same resources, which are left alone.
  returned: always
  type: list
  elements: dict
diff:
  description: For each resource that changes, its managed flow logs before and after.
  returned: when O(return_flow_logs) is V(true), or in diff mode
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
