#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_bucket_policy
version_added: "0.1.0"
short_description: Allow VPC Flow Logs to be delivered to an S3 bucket
description:
  - Adds the permissions that log delivery needs to the policy of a bucket, or removes them, and changes nothing else.
  - The module compares what statements mean. Every existing grant counts, no matter who wrote it or how it is written. A condition
    or element that the module does not understand counts as no grant. If nothing is missing, the module writes nothing.
  - Other teams' statements stay as they are and in their order, as do the C(Id) and the C(Version) of the policy. The module
    changes a statement whose Sid begins with C(AWSLogDeliveryWrite) or C(AWSLogDeliveryAclCheck) only if it contains nothing else
    than what this module writes.
  - Grants add up. O(state=present) for another account, Region, folder or layout never removes an earlier grant. Only
    O(state=absent) removes grants, and only those that you name.
  - S3 has no conditional write for policies. So the module reads the policy again right before it writes, and reads it back twice,
    one second apart. If something else changed the policy in between, the module merges again, at most three times. Then the task
    fails.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  bucket:
    description:
      - Name or ARN of the bucket. Set folders in O(prefixes).
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that each source may deliver to each folder in each layout.
      - V(absent) removes the sources from every statement that is clearly for log delivery (only its service as the principal, only
        its actions), no matter who wrote it. The module keeps a statement that grants more than you name, and warns of it. If no
        statement is left, the module deletes the policy.
      - Other AWS services deliver their logs through the same principal to the same folders. With V(absent) they lose the grant,
        too.
    type: str
    choices: [present, absent]
    default: present
  prefixes:
    description:
      - Folders of the bucket, as in the destinations of the flow logs. The default is V(''), the bucket without a folder.
      - C(AWSLogs) cannot be a folder, because AWS reserves it.
    type: list
    elements: str
  account_ids:
    description:
      - Accounts whose flow logs are delivered. The default is the account of the caller.
      - You cannot use it together with O(organization_id).
    type: list
    elements: str
  regions:
    description:
      - Regions of the flow logs, not of the bucket. The default, an empty list and V(*) all mean every Region.
      - Has no effect with O(source_conditions=false).
    type: list
    elements: str
  organization_id:
    description:
      - Id of an organization whose accounts may all deliver, by C(aws:SourceOrgID). The size of the policy does not depend on the
        number of accounts.
    type: str
  grants:
    description:
      - Which account delivers from which Regions to which folder. The module grants exactly these combinations, or removes them
        with O(state=absent).
      - Use it instead of O(account_ids), O(regions), O(prefixes) and O(layouts), which combine each account with each Region, folder
        and layout.
    type: list
    elements: dict
    suboptions:
      account_id:
        description:
          - Account whose flow logs are delivered.
          - Required without O(organization_id). With it no grant has an account, and each grant is for all accounts of the
            organization.
        type: str
      regions:
        description:
          - Regions of its flow logs. The default, an empty list and V(*) all mean every Region.
        type: list
        elements: str
      prefix:
        description:
          - Folder of the bucket. The default is the bucket without a folder.
        type: str
      layouts:
        description:
          - V(plain), V(hive) or both, with the same default as O(layouts).
        type: list
        elements: str
  acl_condition:
    description:
      - Whether the policy requires the ACL C(bucket-owner-full-control) on objects.
      - V(string_equals) requires it, as AWS documents it. V(string_equals_if_exists) also allows objects without an ACL. V(none)
        has no such condition.
      - Has no effect with O(state=absent).
    type: str
    choices: [string_equals, string_equals_if_exists, none]
    default: string_equals
  source_conditions:
    description:
      - Whether statements name the accounts and Regions in the conditions C(aws:SourceAccount) and C(aws:SourceArn).
      - V(false) writes the two statements of AWS's guide from 2020, without these conditions.
      - Has no effect with O(state=absent).
    type: bool
    default: true
  layouts:
    description:
      - Layouts of the account's folder to allow. V(plain) is C(AWSLogs/ACCOUNT/). V(hive), for flow logs with Hive-compatible
        partitions, is C(AWSLogs/aws-account-id=ACCOUNT/).
      - The default is both. With O(state=present) and O(source_conditions=false) it is V(plain), the only layout of 2020.
    type: list
    elements: str
    choices: [plain, hive]
  expected_bucket_owner:
    description:
      - Account that must own the bucket. S3 refuses every call if another account owns it.
    type: str
seealso:
  - module: flowlogs.aws.s3_flow_log
  - module: amazon.aws.s3_bucket
    description: Creates the bucket. Do not set its policy there, because that module replaces the whole policy.
  - name: Publish flow logs to Amazon S3
    description: AWS's guide on the bucket policy.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
notes:
  - The Region is optional. If neither O(region) nor the configuration sets one, the module uses the first of O(regions), or
    V(us-east-1), or the main Region of another partition. The bucket may be in another Region.
  - Required permissions are C(s3:GetBucketPolicy), C(s3:PutBucketPolicy) and, to remove the last statement,
    C(s3:DeleteBucketPolicy). The credentials must belong to the account that owns the bucket.
  - S3 allows 20 KB, which the module takes for 20,480 bytes of JSON without spaces. RV(size_bytes) has the size, also in check
    mode. The module refuses a larger policy and writes nothing.
  - An example of the capacity is a bucket name and a folder of 32 characters together, without other statements. In the form that
    AWS documents, 119 accounts in all Regions fit with one layout, and 78 with both.
  - If a policy does not fit in that form, the module writes a shorter one. The first has C(arn:aws:logs:*:*:*) next to the list of
    accounts, which means the same (194 and 105 accounts). The second also has one resource C(AWSLogs/*ACCOUNT/*) for both layouts
    (192 accounts).
  - S3 refuses a whole policy if one of its principals was deleted (C(AIDA...), C(AROA...)). The module finds such a principal
    before it writes, and names it.
  - The module warns of statements that deny log delivery, and of those with C(NotAction) or C(NotPrincipal), to which AWS itself
    adds nothing.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
  - flowlogs.aws.attributes.action_group
"""

EXAMPLES = r"""
- name: Allow the flow logs of this account, from all Regions
  flowlogs.aws.flow_log_bucket_policy:
    bucket: example-central-flow-logs

- name: Allow the flow logs of two accounts, from two Regions, to one folder
  flowlogs.aws.flow_log_bucket_policy:
    bucket: arn:aws:s3:::example-central-flow-logs
    prefixes:
      - network
    account_ids:
      - "111122223333"
      - "444455556666"
    regions:
      - eu-west-1
      - us-east-1
    expected_bucket_owner: "777788889999"

- name: Allow each account to deliver to its own folder only, and one of them from a second Region to another folder
  flowlogs.aws.flow_log_bucket_policy:
    bucket: example-central-flow-logs
    grants:
      - account_id: "111122223333"
        regions: [eu-west-1]
        prefix: team-a
        layouts: [plain]
      - account_id: "444455556666"
        regions: [eu-west-1]
        prefix: team-b
        layouts: [plain]
      - account_id: "444455556666"
        regions: [us-east-1]
        prefix: team-b-us
        layouts: [hive]

- name: Allow a whole organization
  flowlogs.aws.flow_log_bucket_policy:
    bucket: example-central-flow-logs
    organization_id: o-a1b2c3d4e5

- name: Write the two statements of AWS's guide from 2020
  flowlogs.aws.flow_log_bucket_policy:
    bucket: example-central-flow-logs
    source_conditions: false

- name: Remove one account
  flowlogs.aws.flow_log_bucket_policy:
    bucket: example-central-flow-logs
    prefixes:
      - network
    account_ids:
      - "444455556666"
    state: absent
"""

RETURN = r"""
actions:
  description:
    - What the module wrote, or in check mode would write. One entry, C(put_policy) or C(delete_policy), or none. There are more only
      if something else wrote in between and the module merged again.
  returned: always
  type: list
  elements: dict
  sample:
    - action: put_policy
      target: arn:aws:s3:::example-central-flow-logs
      flow_log_id: null
      replaces: null
      changes:
        - field: statement AWSLogDeliveryAclCheck
          current: null
          desired:
            Sid: AWSLogDeliveryAclCheck
            Effect: Allow
            Principal: {"Service": delivery.logs.amazonaws.com}
            Action: s3:GetBucketAcl
            Resource: arn:aws:s3:::example-central-flow-logs
      reason: The policy does not let log delivery write for all sources.
      gap: false
unsuccessful:
  description:
    - Why the policy does not match the options, with C(target), C(code), C(message) and C(hint). If the list is not empty, the
      task fails.
  returned: always
  type: list
  elements: dict
  sample:
    - target: arn:aws:s3:::example-central-flow-logs
      code: PolicyTooLarge
      message: >-
        The policy would have 26319 bytes, 5839 bytes too many: S3 allows 20480, and the current policy has 14856. Nothing
        was written.
      hint: Give organization_id instead of accounts (in an inventory flow_log_organization_id).
      flow_log_id: null
      changes: []
policy:
  description: The policy after the run, or in check mode as it would be; null if the bucket has none.
  returned: always
  type: dict
  sample: {"Version": "2012-10-17", "Statement": []}
size_bytes:
  description: Size of the policy in bytes, without spaces; of a refused policy, the size that it would have.
  returned: always
  type: int
  sample: 812
statements:
  description:
    - Sids of the statements by what happened to them. A statement without a Sid is listed by its position, for example C(#3).
  returned: always
  type: dict
  sample: {"added": [AWSLogDeliveryWrite, AWSLogDeliveryAclCheck], "updated": [], "removed": [], "kept": [DenyInsecure]}
  contains:
    added:
      description: New statements.
      type: list
      elements: str
      returned: always
    updated:
      description: Changed statements.
      type: list
      elements: str
      returned: always
    removed:
      description: Removed statements.
      type: list
      elements: str
      returned: always
    kept:
      description: Unchanged statements.
      type: list
      elements: str
      returned: always
missing_grants:
  description:
    - Sources that the policy did not allow before the run, although O(state=present) requires them. Until it allows them, their
      flow logs are not delivered.
  returned: always
  type: list
  elements: dict
  sample: [{"account_id": "111122223333", "region": "*", "folder": "", "layout": plain}]
  contains:
    account_id:
      description: Account of the flow logs; null for every account of an organization.
      type: str
      returned: always
    region:
      description: Region of the flow logs; V(*) for every Region.
      type: str
      returned: always
    folder:
      description: Folder of the bucket; empty for the bucket without a folder, null for the whole bucket.
      type: str
      returned: always
    layout:
      description: V(plain) or V(hive); null for both.
      type: str
      returned: always
diff:
  description: The policy before and after.
  returned: always
  type: dict
  sample: {"before": {}, "after": {"Version": "2012-10-17", "Statement": []}}
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.bucket_policy import FLOW_LOG_BUCKET_POLICY
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


def main() -> None:
    """Run the module."""
    run_module(FLOW_LOG_BUCKET_POLICY)


if __name__ == "__main__":
    main()
