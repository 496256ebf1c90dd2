#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_destination_info
version_added: "0.1.0"
short_description: Check whether VPC Flow Logs can be delivered to an S3 bucket
description:
  - Reads a bucket, its policy, its encryption and its KMS key, and returns for each source and folder whether log delivery can
    write there. Changes nothing.
  - A flow log can be C(ACTIVE) and deliver nothing. The module returns the reason, with evidence from AWS and a remedy to paste.
  - What the module cannot read is V(unknown), with the missing permission. An unknown answer never counts as ok.
  - The module checks policies against the requests of log delivery that AWS documents. It cannot read service control policies,
    resource control policies and endpoint policies.
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
      - Folders to check, instead of the one in O(destination). V('') is the bucket without a folder.
    type: list
    elements: str
  account_ids:
    description:
      - Accounts whose flow logs are delivered. The default is the account of the caller, or with O(organization_id) any account of
        the organization.
    type: list
    elements: str
  regions:
    description:
      - Regions of the flow logs. The default, an empty list and V(*) all mean every Region, which the policy must then grant.
    type: list
    elements: str
  layouts:
    description:
      - Layouts of folders to check. Flow logs with C(hive_compatible_partitions) need V(hive).
      - The default is V(plain).
    type: list
    elements: str
    choices: [plain, hive]
  organization_id:
    description:
      - Id of the organization of the sources. Without it, a grant by C(aws:SourceOrgID) is V(unknown).
      - The module does not check whether O(account_ids) really belong to it.
    type: str
  grants:
    description:
      - Which account delivers from which Regions to which folder. The module checks exactly these combinations.
      - Use it instead of O(account_ids), O(regions), O(prefixes) and O(layouts), which combine each account with each Region, folder
        and layout.
    type: list
    elements: dict
    suboptions:
      account_id:
        description:
          - Account whose flow logs are delivered.
          - Required, unless you set O(organization_id) and mean the whole organization.
        type: str
      regions:
        description:
          - Regions of its flow logs. The default, an empty list and V(*) all mean every Region.
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
      - Account that must own the bucket. The check reports another owner as a problem.
    type: str
  bucket_policy:
    description:
      - A policy to check instead of that of the bucket, for example the policy that M(flowlogs.aws.flow_log_bucket_policy) returns
        in check mode. The module then does not read the policy of the bucket.
    type: dict
  key_policy:
    description:
      - A policy to check instead of that of the bucket's key. The module then does not read the policy of the key.
    type: dict
  planned_bucket_policy:
    description:
      - In check mode, whether to check the policy that M(flowlogs.aws.flow_log_bucket_policy) would write for the same sources,
        folders and layouts, with O(acl_condition) and O(source_conditions). In a real run that module has already written the
        policy, so this option has no effect.
      - Use it rather than O(bucket_policy) with the result of that module. Ansible replaces each secret in a result with C(********),
        even in the name of a bucket. A policy with such a mask is V(unknown).
    type: bool
    default: false
  acl_condition:
    description:
      - With O(planned_bucket_policy), the value of O(flowlogs.aws.flow_log_bucket_policy#module:acl_condition).
    type: str
    choices: [string_equals, string_equals_if_exists, none]
    default: string_equals
  source_conditions:
    description:
      - With O(planned_bucket_policy), the value of O(flowlogs.aws.flow_log_bucket_policy#module:source_conditions).
    type: bool
    default: true
seealso:
  - module: flowlogs.aws.flow_log_bucket_policy
  - module: flowlogs.aws.flow_log_key_policy
  - module: flowlogs.aws.s3_flow_log_info
    description: Returns with O(flowlogs.aws.s3_flow_log_info#module:delivery) what was really delivered.
notes:
  - The Region is optional. If neither O(region) nor the configuration sets one, the module uses the first of O(regions), or
    V(us-east-1), or the main Region of another partition. The bucket may be in another Region.
  - Required permissions on the bucket are C(s3:ListBucket), C(s3:GetBucketPolicy), C(s3:GetEncryptionConfiguration),
    C(s3:GetBucketOwnershipControls), C(s3:GetBucketRequestPayment) and C(s3:GetBucketPublicAccessBlock). If a customer managed key
    encrypts the bucket, C(kms:DescribeKey) and C(kms:GetKeyPolicy) on the key are also required.
  - If a permission is missing, the checks that need it are V(unknown).
  - Only the owner account of a bucket can read the bucket policy. Only the owner account of a key can read the key policy.
  - The module makes one call for the caller, six for the bucket, and two for a key.
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
- name: Check whether the flow logs of this account can be delivered
  flowlogs.aws.flow_log_destination_info:
    destination: arn:aws:s3:::example-central-flow-logs/network/
  register: destination

- name: Stop if they cannot
  ansible.builtin.assert:
    that: destination.deliverable is true
    fail_msg: "{{ destination.summary }}"

- name: Check two accounts and one Region before you create flow logs with Hive-compatible partitions
  flowlogs.aws.flow_log_destination_info:
    destination: example-central-flow-logs
    prefixes: [network, network/prod]
    account_ids: ["111122223333", "444455556666"]
    regions: [eu-west-1]
    layouts: [hive]
    expected_bucket_owner: "777788889999"

- name: Check whether each account can deliver to its own folder
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

- name: Check a policy before you attach it
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
  description: The verdict as text, with the first problems.
  returned: always
  type: str
  sample: >-
    Log delivery cannot write to arn:aws:s3:::example-central-flow-logs. The bucket policy does not let log delivery
    write for account 111122223333, all regions to the bucket without a folder, plain layout. (NotGranted) No statement
    grants s3:PutObject, s3:GetBucketAcl.
checks:
  description: All checks, in order. The guide on destinations lists every code.
  returned: always
  type: list
  elements: dict
  contains:
    check:
      description:
        - Name of the check, V(bucket), V(owner), V(bucket_policy), V(policy_size), V(encryption), V(key),
          V(key_policy), V(ownership), V(requester_pays) or V(public_access).
      type: str
      returned: always
      sample: bucket_policy
    code:
      description: Result of the check, for programs.
      type: str
      returned: always
      sample: NotGranted
    status:
      description: V(ok), V(problem), or V(unknown) if it could not be read or determined.
      type: str
      returned: always
      sample: problem
    severity:
      description: V(error) decides RV(deliverable). V(warning) and V(info) do not.
      type: str
      returned: always
      sample: error
    message:
      description: Result of the check, for people.
      type: str
      returned: always
    evidence:
      description: What AWS returned, and what follows from it.
      type: str
      returned: always
      sample: No statement grants s3:PutObject, s3:GetBucketAcl.
    remedy:
      description: How to fix it, as text to paste if possible. Empty if there is nothing to do.
      type: str
      returned: always
      sample: |-
        - flowlogs.aws.flow_log_bucket_policy:
            bucket: "example-central-flow-logs"
            account_ids: ["111122223333"]
            layouts: ["plain"]
    account_id:
      description: Account of the source, if the check is about one.
      type: str
      returned: always
      sample: "111122223333"
    region:
      description: Region of the source, if the check is about one; V(*) for every Region.
      type: str
      returned: always
      sample: "*"
    folder:
      description: Folder, if the check is about one; empty for the bucket without a folder.
      type: str
      returned: always
      sample: ""
    layout:
      description: V(plain) or V(hive), if the check is about one.
      type: str
      returned: always
      sample: plain
problems:
  description: The RV(checks) for which RV(deliverable) is V(false) or V(unknown).
  returned: always
  type: list
  elements: dict
  sample: []
grants:
  description: A verdict for each source, folder and layout.
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
      description: Region of the source; V(*) for every Region.
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
      description: V(true), V(false), or the text V(unknown), like RV(deliverable).
      type: raw
      returned: always
      sample: true
size_bytes:
  description: Size of the bucket policy in bytes, without spaces; V(0) if there is none, null if it was not read.
  returned: always
  type: int
  sample: 611
bucket:
  description: Facts about the bucket.
  returned: always
  type: dict
  contains:
    name:
      description: Name of the bucket.
      type: str
      returned: always
      sample: example-central-flow-logs
    arn:
      description: ARN of the bucket.
      type: str
      returned: always
      sample: arn:aws:s3:::example-central-flow-logs
    exists:
      description: Whether the bucket exists; null if unknown.
      type: bool
      returned: always
      sample: true
    region:
      description: Region of the bucket, if S3 returns it.
      type: str
      returned: always
      sample: eu-west-1
    owner:
      description: Account that owns the bucket, if it is O(expected_bucket_owner), or without that option the caller's account.
      type: str
      returned: always
      sample: "777788889999"
encryption:
  description: Default encryption of the bucket; null if the bucket does not exist or the encryption could not be read.
  returned: always
  type: dict
  contains:
    algorithm:
      description: V(AES256), V(aws:kms) or V(aws:kms:dsse).
      type: str
      returned: always
      sample: aws:kms
    key:
      description: The KMS key as the bucket names it.
      type: str
      returned: always
      sample: arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab
    key_arn:
      description: ARN of the key, if known.
      type: str
      returned: always
      sample: arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab
    key_account:
      description: Account of the key, if known.
      type: str
      returned: always
      sample: "777788889999"
    key_region:
      description: Region of the key, if known.
      type: str
      returned: always
      sample: eu-west-1
    is_customer_key:
      description: Whether the key is not C(aws/s3), as far as known.
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
