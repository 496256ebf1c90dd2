#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_destination_info
version_added: "0.1.0"
short_description: Tell whether VPC Flow Logs can be delivered to an S3 bucket, and what is in the way
description:
  - Reads a bucket, its policy, its encryption and the key of that, and tells for each source and place whether log
    delivery can write there. Nothing is changed.
  - A flow log can be C(ACTIVE) and deliver nothing. This says why, with what was read as evidence and with something to
    paste as the remedy.
  - What cannot be read is V(unknown), with the permission that is missing, and never counts as in order.
  - Log delivery is judged by what AWS documents of its requests. Service control policies, resource control policies
    and endpoint policies are outside of what can be read here.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  destination:
    description:
      - The bucket as an ARN with an optional folder, C(arn:aws:s3:::bucket/folder/), or C(bucket/folder).
    type: str
    required: true
  prefixes:
    description:
      - Folders to ask about, instead of the one in O(destination). An empty text is the bucket without a folder.
    type: list
    elements: str
  account_ids:
    description:
      - Accounts whose flow logs are delivered. The default is the account of the caller, or with O(organization_id) any
        account of that.
    type: list
    elements: str
  regions:
    description:
      - Regions of the flow logs. The default, as well as an empty list and V(*), is all regions, which a policy must
        grant as such.
    type: list
    elements: str
  layouts:
    description:
      - Layouts of folders to ask about. V(hive) is what flow logs with C(hive_compatible_partitions) need.
      - The default is V(plain).
    type: list
    elements: str
    choices: [plain, hive]
  organization_id:
    description:
      - Organization of the sources. What a policy grants by C(aws:SourceOrgID) is V(unknown) without it.
      - The module does not check whether O(account_ids) really belong to it.
    type: str
  grants:
    description:
      - Which account delivers from which Regions to which folder. Exactly these combinations are judged.
      - Instead of O(account_ids), O(regions), O(prefixes) and O(layouts), which combine each account with each Region, folder and layout.
    type: list
    elements: dict
    suboptions:
      account_id:
        description:
          - Account whose flow logs are delivered.
          - Required, unless O(organization_id) is given and all of the organization is meant.
        type: str
      regions:
        description:
          - Regions of its flow logs. The default, as well as an empty list and V(*), is all Regions.
        type: list
        elements: str
      prefix:
        description:
          - Folder of the bucket, V('') for the bucket without a folder. The default is the folder in O(destination).
        type: str
      layouts:
        description:
          - V(plain), V(hive) or both. The default is V(plain).
        type: list
        elements: str
  expected_bucket_owner:
    description:
      - Account that must own the bucket; another owner is a problem.
    type: str
  bucket_policy:
    description:
      - A policy to judge instead of the one that the bucket has, for example what
        M(flowlogs.aws.flow_log_bucket_policy) returns in check mode. It is not read then.
    type: dict
  key_policy:
    description:
      - A policy to judge instead of the one that the key of the bucket has. It is not read then.
    type: dict
  planned_bucket_policy:
    description:
      - In check mode, whether to judge the policy that M(flowlogs.aws.flow_log_bucket_policy) would write for the same
        sources, folders and layouts, with O(acl_condition) and O(source_conditions). Outside of check mode that module
        has written it already, so this changes nothing.
      - Better than to hand over what that module returns with O(bucket_policy), because Ansible replaces the value of
        each secret in a result by C(********), also where it is part of the name of a bucket. A policy with that in it
        is V(unknown).
    type: bool
    default: false
  acl_condition:
    description:
      - With O(planned_bucket_policy), O(flowlogs.aws.flow_log_bucket_policy#module:acl_condition) of that module.
    type: str
    choices: [string_equals, string_equals_if_exists, none]
    default: string_equals
  source_conditions:
    description:
      - With O(planned_bucket_policy), O(flowlogs.aws.flow_log_bucket_policy#module:source_conditions) of that module.
    type: bool
    default: true
attributes:
  diff_mode:
    support: none
    details: Nothing is changed.
  idempotent:
    support: N/A
    details: Nothing is changed.
seealso:
  - module: flowlogs.aws.flow_log_bucket_policy
  - module: flowlogs.aws.flow_log_key_policy
  - module: flowlogs.aws.s3_flow_log_info
    description: Tells with O(flowlogs.aws.s3_flow_log_info#module:delivery) what was really delivered.
notes:
  - The region is optional. If neither O(region) nor the configuration names one, the first of O(regions) is asked, or V(us-east-1)
    (in another partition its main region). The bucket may be in another region.
  - Needs the permissions s3:ListBucket, s3:GetBucketPolicy, s3:GetEncryptionConfiguration,
    s3:GetBucketOwnershipControls, s3:GetBucketRequestPayment and s3:GetBucketPublicAccessBlock on the bucket, and of a
    bucket that is encrypted with a customer managed key kms:DescribeKey and kms:GetKeyPolicy on the key. Each that is
    missing makes the checks that need it V(unknown).
  - Only the account that owns a bucket can read its policy, and only that of a key the policy of the key.
  - One call for the caller, six for the bucket, two for a key.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
"""

EXAMPLES = r"""
- name: Can the flow logs of this account be delivered?
  flowlogs.aws.flow_log_destination_info:
    destination: arn:aws:s3:::example-central-flow-logs/network/
  register: destination

- name: Stop if not
  ansible.builtin.assert:
    that: destination.deliverable is true
    fail_msg: "{{ destination.summary }}"

- name: Check for two accounts and one Region, before you create flow logs with Hive-compatible partitions
  flowlogs.aws.flow_log_destination_info:
    destination: example-central-flow-logs
    prefixes: [network, network/prod]
    account_ids: ["111122223333", "444455556666"]
    regions: [eu-west-1]
    layouts: [hive]
    expected_bucket_owner: "777788889999"

- name: Can each account deliver to its own folder?
  flowlogs.aws.flow_log_destination_info:
    destination: example-central-flow-logs
    grants:
      - account_id: "111122223333"
        regions: [eu-west-1]
        prefix: team-a
      - account_id: "444455556666"
        regions: [eu-west-1, us-east-1]
        prefix: team-b
        layouts: [hive]

- name: Would this policy do?
  flowlogs.aws.flow_log_destination_info:
    destination: example-central-flow-logs
    organization_id: o-a1b2c3d4e5
    bucket_policy: "{{ lookup('ansible.builtin.file', 'policy.json') | from_json }}"
"""

RETURN = r"""
deliverable:
  description:
    - V(true), V(false), or the text V(unknown) if something that decides it could not be read or determined.
    - Test it with C(is true) or C(is false).
  returned: always
  type: raw
  sample: false
summary:
  description: The verdict in words, with the first problems that it comes from.
  returned: always
  type: str
  sample: >-
    Log delivery cannot write to arn:aws:s3:::example-central-flow-logs. The bucket policy does not let log delivery
    write for account 111122223333, all regions to the bucket without a folder, plain layout. (NotGranted) No statement
    grants s3:PutObject, s3:GetBucketAcl.
checks:
  description: Everything that was checked, in order; the guide on destinations lists every code.
  returned: always
  type: list
  elements: dict
  contains:
    check:
      description:
        - What was checked, V(bucket), V(owner), V(bucket_policy), V(policy_size), V(encryption), V(key),
          V(key_policy), V(ownership), V(requester_pays) or V(public_access).
      type: str
      returned: always
      sample: bucket_policy
    code:
      description: What was found, for programs.
      type: str
      returned: always
      sample: NotGranted
    status:
      description: V(ok), V(problem), or V(unknown) if it could not be read or determined.
      type: str
      returned: always
      sample: problem
    severity:
      description: V(error) decides RV(deliverable); V(warning) and V(info) do not.
      type: str
      returned: always
      sample: error
    message:
      description: What was found, for people.
      type: str
      returned: always
    evidence:
      description: What was read, and what follows from it.
      type: str
      returned: always
      sample: No statement grants s3:PutObject, s3:GetBucketAcl.
    remedy:
      description: How to fix it, to be pasted where possible. Empty where nothing is to be done.
      type: str
      returned: always
      sample: |-
        - flowlogs.aws.flow_log_bucket_policy:
            bucket: "example-central-flow-logs"
            account_ids: ["111122223333"]
            layouts: ["plain"]
    account_id:
      description: Account of the source, where the check is about one.
      type: str
      returned: always
      sample: "111122223333"
    region:
      description: Region of the source, V(*) for all, where the check is about one.
      type: str
      returned: always
      sample: "*"
    folder:
      description: Folder, where the check is about one; empty for the bucket without a folder.
      type: str
      returned: always
      sample: ""
    layout:
      description: V(plain) or V(hive), where the check is about one.
      type: str
      returned: always
      sample: plain
problems:
  description: Those of RV(checks) that make the destination not, or not certainly, deliverable.
  returned: always
  type: list
  elements: dict
  sample: []
grants:
  description: The verdict for each source and place that was asked about, by itself.
  returned: always
  type: list
  elements: dict
  contains:
    account_id:
      description: Account of the source; null for a whole organization.
      type: str
      returned: always
      sample: "111122223333"
    region:
      description: Region of the source, V(*) for all.
      type: str
      returned: always
      sample: eu-west-1
    folder:
      description: Folder; empty for the bucket without a folder.
      type: str
      returned: always
      sample: team-a
    layout:
      description: V(plain) or V(hive).
      type: str
      returned: always
      sample: plain
    deliverable:
      description: V(true), V(false), or the text V(unknown), as RV(deliverable).
      type: raw
      returned: always
      sample: true
size_bytes:
  description: How many bytes the bucket policy has without blanks, V(0) without one, null if it was not read.
  returned: always
  type: int
  sample: 611
bucket:
  description: What is known of the bucket.
  returned: always
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: always
      sample: example-central-flow-logs
    arn:
      description: Its ARN.
      type: str
      returned: always
      sample: arn:aws:s3:::example-central-flow-logs
    exists:
      description: Whether it exists; null if that could not be determined.
      type: bool
      returned: always
      sample: true
    region:
      description: Its region, where S3 tells it.
      type: str
      returned: always
      sample: eu-west-1
    owner:
      description: The account that owns it, if it is the one expected, or the caller's where none is.
      type: str
      returned: always
      sample: "777788889999"
encryption:
  description: Default encryption of the bucket. Null if there is no bucket, or it could not be read.
  returned: always
  type: dict
  contains:
    algorithm:
      description: V(AES256), V(aws:kms) or V(aws:kms:dsse).
      type: str
      returned: always
      sample: aws:kms
    key:
      description: The key as the bucket names it.
      type: str
      returned: always
      sample: arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab
    key_arn:
      description: ARN of the key, where it is known.
      type: str
      returned: always
      sample: arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab
    key_account:
      description: Account of the key, where it is known.
      type: str
      returned: always
      sample: "777788889999"
    key_region:
      description: Region of the key, where it is known.
      type: str
      returned: always
      sample: eu-west-1
    is_customer_key:
      description: Whether it is not C(aws/s3), as far as is known.
      type: bool
      returned: always
      sample: true
    bucket_key:
      description: Whether the bucket has an S3 Bucket Key.
      type: bool
      returned: always
      sample: false
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.destination_info import FLOW_LOG_DESTINATION_INFO
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


def main() -> None:
    """Run the module."""
    run_module(FLOW_LOG_DESTINATION_INFO)


if __name__ == "__main__":
    main()
