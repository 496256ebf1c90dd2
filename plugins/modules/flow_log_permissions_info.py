#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_permissions_info
version_added: "0.1.0"
short_description: Check whether a principal has the permissions to publish VPC Flow Logs
description:
  - Simulates with IAM every action that the given operations need, on their resources and with the context keys that are known
    before the run. Changes nothing.
  - Returns the missing permissions as a policy to paste, and the least-privilege policies for all operations.
  - If the caller may not use the policy simulator, the module uses dry runs of EC2, which prove less. An answer that the module
    cannot determine is V(unknown) and never counts as allowed.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  principal:
    description:
      - ARN of a user, group or role, or of a role session, for which the module checks the role.
      - The default is the caller.
    type: str
  operations:
    description:
      - What the principal does, as the name of a policy or as a list of operations.
      - The policies are V(publishing), V(log_delivery), V(reading), V(bucket_owner), V(creating_buckets),
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
      - Regions of the flow logs. The default is the Region of the task.
    type: list
    elements: str
  resource_types:
    description:
      - Types of the targets, as in O(flowlogs.aws.s3_flow_log#module:resource_type). The default is all types whose ARN format AWS
        publishes.
    type: list
    elements: str
  buckets:
    description:
      - ARNs of the buckets that the operations concern. V(publishing) and V(reading) need them for bucket policies.
    type: list
    elements: str
  keys:
    description:
      - ARNs of the KMS keys that the operations concern.
    type: list
    elements: str
  principals:
    description:
      - ARNs of the users, groups and roles that V(attaching_policies) and V(checking_permissions) concern.
    type: list
    elements: str
  context:
    description:
      - Values of other condition keys, for policies that depend on them.
    type: dict
  resource_ids:
    description:
      - Targets for dry runs of CreateFlowLogs, if the caller may not use the simulator.
    type: list
    elements: str
  flow_log_ids:
    description:
      - Flow logs for dry runs of DeleteFlowLogs, CreateTags and DeleteTags, if the caller may not use the simulator.
    type: list
    elements: str
seealso:
  - module: flowlogs.aws.flow_log_destination_info
    description: Checks whether log delivery, which is another principal, may write to the bucket.
  - module: amazon.aws.iam_policy
notes:
  - Required permissions are C(iam:SimulatePrincipalPolicy) on the principal and, for a role session, C(iam:GetRole) on the role. Dry
    runs need the permissions that they try.
  - A simulation does not evaluate policies of sessions, VPC endpoints, buckets and keys, or resource control policies. RV(limits)
    lists this if it matters.
  - The module checks patterns of resources, such as C(arn:aws:ec2:eu-west-1:111122223333:vpc/*) for any VPC. A policy that names
    single VPCs does not allow such a pattern.
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
- name: Check whether you may publish flow logs
  flowlogs.aws.flow_log_permissions_info:
    region: eu-west-1
  register: own_permissions

- name: Stop if a permission is missing
  ansible.builtin.assert:
    that: own_permissions.permitted is true
    fail_msg: "{{ own_permissions.summary }} {{ own_permissions.missing_policy }}"

- name: Check whether a role may create drift reports, in two Regions and for a bucket
  flowlogs.aws.flow_log_permissions_info:
    principal: arn:aws:iam::111122223333:role/audit/flow-log-reporter
    operations: [reading]
    regions: [eu-west-1, us-east-1]
    buckets: [arn:aws:s3:::example-central-flow-logs]

- name: Try dry runs on a VPC if you may not use the simulator
  flowlogs.aws.flow_log_permissions_info:
    operations: [read, create]
    resource_ids: [vpc-0123456789abcdef0]
"""

RETURN = r"""
permitted:
  description:
    - V(true), V(false), or the text V(unknown) if no permission is known to be missing but some could not be determined.
    - Test it with C(is true) or C(is false).
  returned: always
  type: raw
  sample: false
summary:
  description: The verdict as text.
  returned: always
  type: str
  sample: "arn:aws:iam::111122223333:role/flow-log-publisher is missing logs:CreateLogDelivery."
principal:
  description: ARN of the principal, as given, or of the caller, as AWS returns it.
  returned: always
  type: str
  sample: arn:aws:iam::111122223333:role/flow-log-publisher
permissions:
  description: The decision about each action on each resource in each Region.
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
      description: An ARN, a pattern or V(*).
      type: str
      returned: always
      sample: "*"
    region:
      description: Region of the calls.
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
      description: V(simulation), V(dry_run), or V(none) if neither was possible.
      type: str
      returned: always
      sample: simulation
    operations:
      description: Operations that need the permission.
      type: list
      elements: str
      returned: always
      sample: [create]
    needed_to:
      description: Purpose of the permission.
      type: str
      returned: always
      sample: set up the delivery of a new flow log
missing_policy:
  description: The least-privilege policy that allows the actions that no statement allows; null if there are none.
  returned: always
  type: dict
  sample:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: ["logs:CreateLogDelivery"]
        Resource: ["*"]
policies:
  description: The least-privilege policies for all operations, each small enough for a managed policy.
  returned: always
  type: list
  elements: dict
  sample: []
limits:
  description: What the answers cannot prove.
  returned: always
  type: list
  elements: str
  sample: ["A dry run proves that EC2 would accept exactly this call."]
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.permissions_info import FLOW_LOG_PERMISSIONS_INFO
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


def main() -> None:
    """Run the module."""
    run_module(FLOW_LOG_PERMISSIONS_INFO)


if __name__ == "__main__":
    main()
