#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_permissions_info
version_added: "0.1.0"
short_description: Tell which permissions publishing VPC Flow Logs needs, and which of them a principal has
description:
  - Asks the IAM policy simulator about every action that some work needs, on its resources and with the context keys
    that are known beforehand. Nothing is changed.
  - Returns what is missing as a policy to paste, and the least policies for the whole work.
  - Where the simulator may not be asked, EC2 is asked by dry runs, which prove less. What nobody could tell is
    V(unknown) and never counts as allowed.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  principal:
    description:
      - ARN of a user, group or role, or of a session of a role, which stands for its role.
      - The default is the caller.
    type: str
  operations:
    description:
      - What is to be done, as the name of a policy or as a list of operations.
      - Policies are V(publishing), V(log_delivery), V(reading), V(bucket_owner), V(creating_buckets),
        V(attaching_policies) and V(checking_permissions). The guide on permissions lists the operations of each.
    type: list
    elements: str
    default: [publishing]
  account_id:
    description:
      - Account of the flow logs. The default is that of the principal.
    type: str
  regions:
    description:
      - Regions of the flow logs. The default is the region at work.
    type: list
    elements: str
  resource_types:
    description:
      - Types of the targets, as in O(flowlogs.aws.s3_flow_log#module:resource_type). The default is all whose ARN AWS
        publishes.
    type: list
    elements: str
  buckets:
    description:
      - ARNs of buckets that the work concerns, V(publishing) and V(reading) for their policies.
    type: list
    elements: str
  keys:
    description:
      - ARNs of KMS keys that the work concerns.
    type: list
    elements: str
  principals:
    description:
      - ARNs of users, groups and roles that the work concerns, for V(attaching_policies) and V(checking_permissions).
    type: list
    elements: str
  context:
    description:
      - Values of further condition keys, for policies that depend on them.
    type: dict
  resource_ids:
    description:
      - Targets to try dry runs of CreateFlowLogs on, where the simulator may not be asked.
    type: list
    elements: str
  flow_log_ids:
    description:
      - Flow logs to try dry runs of DeleteFlowLogs, CreateTags and DeleteTags on, where the simulator may not be asked.
    type: list
    elements: str
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
  idempotent:
    support: N/A
    details: Nothing is changed.
seealso:
  - module: flowlogs.aws.flow_log_destination_info
    description: Tells whether log delivery, which is another principal, may write to the bucket.
  - module: amazon.aws.iam_policy
notes:
  - Needs the permissions iam:SimulatePrincipalPolicy on the principal and, for a session of a role, iam:GetRole on the
    role. Dry runs need what they try.
  - A simulation does not look at policies of sessions, VPC endpoints, buckets and keys, nor at resource control
    policies. RV(limits) says so wherever it matters.
  - Resources are asked about as patterns, C(arn:aws:ec2:eu-west-1:111122223333:vpc/*) for any VPC. A policy that names
    single VPCs does not allow that.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
"""

EXAMPLES = r"""
- name: May I publish flow logs?
  flowlogs.aws.flow_log_permissions_info:
    region: eu-west-1
  register: mine

- name: Stop if a permission is missing
  ansible.builtin.assert:
    that: mine.permitted is true
    fail_msg: "{{ mine.summary }} {{ mine.missing_policy }}"

- name: May the reporter make drift reports, in two regions and for a bucket?
  flowlogs.aws.flow_log_permissions_info:
    principal: arn:aws:iam::111122223333:role/audit/flow-log-reporter
    operations: [reading]
    regions: [eu-west-1, us-east-1]
    buckets: [arn:aws:s3:::example-central-flow-logs]

- name: Where simulating is not permitted, try dry runs on a VPC
  flowlogs.aws.flow_log_permissions_info:
    operations: [read, create]
    resource_ids: [vpc-0123456789abcdef0]
"""

RETURN = r"""
permitted:
  description:
    - V(true), V(false), or the text V(unknown) if no permission is known to be missing and some could not be determined.
    - Test it with C(is true) or C(is false).
  returned: always
  type: raw
  sample: false
summary:
  description: The verdict in words.
  returned: always
  type: str
  sample: "arn:aws:iam::111122223333:role/flow-log-publisher is missing logs:CreateLogDelivery."
principal:
  description: ARN that was asked about, as it was given or as AWS shows the caller.
  returned: always
  type: str
  sample: arn:aws:iam::111122223333:role/flow-log-publisher
permissions:
  description: The answer to each action on each resource in each region.
  returned: always
  type: list
  elements: dict
  contains:
    action:
      description: The action.
      type: str
      returned: always
      sample: logs:CreateLogDelivery
    resource:
      description: ARN, a pattern or V(*).
      type: str
      returned: always
      sample: "*"
    region:
      description: Region that the calls would go to.
      type: str
      returned: always
      sample: eu-west-1
    decision:
      description:
        - V(allowed), V(not_allowed) if no statement allows it, V(explicitly_denied), V(denied_by_boundary),
          V(denied_by_organization), or V(unknown).
      type: str
      returned: always
      sample: not_allowed
    reason:
      description: Why.
      type: str
      returned: always
      sample: No statement allows it.
    method:
      description: V(simulation), V(dry_run), or V(none) if nobody could be asked.
      type: str
      returned: always
      sample: simulation
    operations:
      description: What needs it.
      type: list
      elements: str
      returned: always
      sample: [create]
    needed_to:
      description: What for.
      type: str
      returned: always
      sample: set up the delivery of a new flow log
missing_policy:
  description: The least policy that allows what no statement allows; null if there is nothing of that kind.
  returned: always
  type: dict
  sample:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: ["logs:CreateLogDelivery"]
        Resource: ["*"]
policies:
  description: The least policies for the whole work, each of a size that fits a managed policy.
  returned: always
  type: list
  elements: dict
  sample: []
limits:
  description: What the answers cannot prove.
  returned: always
  type: list
  elements: str
  sample: ["A dry run proves that EC2 would take this very call."]
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.permissions_info import FLOW_LOG_PERMISSIONS_INFO
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


def main() -> None:
    """Run the module."""
    run_module(FLOW_LOG_PERMISSIONS_INFO)


if __name__ == "__main__":
    main()
