#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_key_policy
version_added: "0.1.0"
short_description: Allow VPC Flow Logs to be encrypted with the KMS key of an S3 bucket
description:
  - Adds the permissions that log delivery needs to the policy of the KMS key that encrypts a bucket (SSE-KMS), or removes them, and
    changes nothing else. Without these permissions AWS creates flow logs that stay C(ACTIVE) but deliver nothing
    (C(Access error)).
  - The module compares what statements mean. Every existing grant counts, no matter who wrote it or how it is written. A condition
    or element that the module does not understand counts as no grant. If nothing is missing, the module writes nothing.
  - Other teams' statements stay as they are and in their order, as do the C(Id) and the C(Version) of the policy. So the
    administrators of the key keep their access. The module changes a statement whose Sid begins with C(AWSLogDeliveryKeyUse) only
    if it contains nothing else than what this module writes.
  - Grants add up. O(state=present) for another account or Region never removes an earlier grant. Only O(state=absent) removes
    grants, and only those that you name.
  - KMS has no conditional write for policies. So the module reads the policy again right before it writes, and reads it back
    twice, one second apart. If something else changed the policy in between, the module merges again, at most three times. Then
    the task fails.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  key_id:
    description:
      - Id, ARN or alias (C(alias/NAME), or its ARN) of the key. The key must be in the Region of the task.
      - Before it writes anything, the module refuses keys of other accounts and keys that AWS manages. It also refuses keys that are
        disabled, pending deletion or import, or otherwise unable to encrypt.
      - The key must be a symmetric encryption key (C(SYMMETRIC_DEFAULT) for C(ENCRYPT_DECRYPT)), because S3 accepts no others.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that log delivery may use the key for each source.
      - V(absent) removes the sources from every statement that is clearly for log delivery (only its service as the principal, only
        its actions), no matter who wrote it. The module keeps a statement that grants more than you name, and warns of it.
      - Other AWS services deliver their logs through the same principal. With V(absent) they lose the grant, too.
    type: str
    choices: [present, absent]
    default: present
  account_ids:
    description:
      - Accounts whose flow logs are delivered. The default is the account of the caller.
      - You cannot use it together with O(organization_id).
    type: list
    elements: str
  regions:
    description:
      - Regions of the flow logs, not of the key. The default, an empty list and V(*) all mean every Region.
    type: list
    elements: str
  organization_id:
    description:
      - Id of an organization whose accounts may all deliver, by C(aws:SourceOrgID). The size of the policy does not depend on the
        number of accounts.
    type: str
  grants:
    description:
      - Which account delivers from which Regions. The module grants exactly these pairs, or removes them with O(state=absent).
      - Use it instead of O(account_ids) and O(regions), which combine each account with each Region.
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
seealso:
  - module: flowlogs.aws.flow_log_bucket_policy
  - module: flowlogs.aws.s3_flow_log
  - module: amazon.aws.kms_key
    description: Creates the key. Do not set its policy there afterwards, because that module replaces the whole policy.
  - name: Publish flow logs to Amazon S3
    description: AWS's guide on the key policy for SSE-KMS.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
notes:
  - Required permissions are C(kms:DescribeKey), C(kms:GetKeyPolicy) and C(kms:PutKeyPolicy). The credentials must belong to the
    account that owns the key.
  - The default encryption of the bucket must name the key by its full ARN.
  - KMS allows 32 KB (32,768 bytes), a quota that is not adjustable. RV(size_bytes) has the size, also in check mode. The module
    refuses a larger policy and writes nothing. If a policy does not fit otherwise, the module writes C(arn:aws:logs:*:*:*) next to the
    list of accounts, which means the same and is shorter.
  - The module refuses a change after which no user, role or account could change the policy again. It never bypasses the check of
    KMS that the caller can.
  - KMS refuses a whole policy if one of its principals was deleted (C(AIDA...), C(AROA...)). The module finds such a principal
    before it writes, and names it.
  - The primary of a multi-Region key and each of its replicas have their own policies. Run the module in the Region of each bucket.
  - The module warns of statements that deny log delivery the use of the key.
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
  flowlogs.aws.flow_log_key_policy:
    key_id: alias/flow-logs

- name: Allow the flow logs of two accounts, from two Regions
  flowlogs.aws.flow_log_key_policy:
    key_id: arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab
    account_ids:
      - "111122223333"
      - "444455556666"
    regions:
      - eu-west-1
      - us-east-1

- name: Allow one account from one Region, and another account from two
  flowlogs.aws.flow_log_key_policy:
    key_id: alias/flow-logs
    grants:
      - account_id: "111122223333"
        regions: [eu-west-1]
      - account_id: "444455556666"
        regions: [eu-west-1, us-east-1]

- name: Allow a whole organization
  flowlogs.aws.flow_log_key_policy:
    key_id: alias/flow-logs
    organization_id: o-a1b2c3d4e5

- name: Remove one account
  flowlogs.aws.flow_log_key_policy:
    key_id: alias/flow-logs
    account_ids:
      - "444455556666"
    state: absent
"""

RETURN = r"""
actions:
  description:
    - What the module wrote, or in check mode would write. One entry, C(put_policy), or none. There are more only if something else
      wrote in between and the module merged again.
  returned: always
  type: list
  elements: dict
  sample:
    - action: put_policy
      target: arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab
      flow_log_id: null
      replaces: null
      changes:
        - field: statement AWSLogDeliveryKeyUse
          current: null
          desired:
            Sid: AWSLogDeliveryKeyUse
            Effect: Allow
            Principal: {"Service": delivery.logs.amazonaws.com}
            Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
            Resource: "*"
            Condition:
              StringEquals: {"aws:SourceAccount": "111122223333"}
              ArnLike: {"aws:SourceArn": "arn:aws:logs:*:111122223333:*"}
      reason: The key policy does not let log delivery use the key for all sources.
      gap: false
unsuccessful:
  description:
    - Why the policy does not match the options, with C(target), C(code), C(message) and C(hint). If the list is not empty, the
      task fails.
    - The module adds C(KeyOfAnotherAccount), C(KeyManagedByAWS), C(KeyUnsuitable), C(KeyNotUsable), C(KeyLockedOut),
      C(PrincipalGone), C(PolicyTooLarge) and C(PolicyOverwritten) to the codes of KMS.
  returned: always
  type: list
  elements: dict
  sample:
    - target: arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab
      code: KeyNotUsable
      message: The state of the key is Disabled.
      hint: Enable the key first; while it is disabled nothing can be delivered with it.
      flow_log_id: null
      changes: []
policy:
  description: The policy after the run, or in check mode as it would be; null if it was not read.
  returned: always
  type: dict
  sample: {"Version": "2012-10-17", "Id": "key-default-1", "Statement": []}
size_bytes:
  description: Size of the policy in bytes, without spaces; of a refused policy, the size that it would have.
  returned: always
  type: int
  sample: 611
statements:
  description:
    - Sids of the statements by what happened to them. A statement without a Sid is listed by its position, for example C(#3).
  returned: always
  type: dict
  sample: {"added": [AWSLogDeliveryKeyUse], "updated": [], "removed": [], "kept": [Enable IAM User Permissions]}
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
  sample: [{"account_id": "111122223333", "region": "*", "folder": null, "layout": null}]
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
  sample: {"before": {"Version": "2012-10-17", "Statement": []}, "after": {"Version": "2012-10-17", "Statement": []}}
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.key_policy import FLOW_LOG_KEY_POLICY
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


def main() -> None:
    """Run the module."""
    run_module(FLOW_LOG_KEY_POLICY)


if __name__ == "__main__":
    main()
