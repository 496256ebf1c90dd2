#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_key_policy
version_added: "0.1.0"
short_description: Let VPC Flow Logs be encrypted with the KMS key of an S3 bucket
description:
  - Merges what log delivery needs into the policy of the KMS key that encrypts a bucket (SSE-KMS), or takes it out
    again, and changes nothing else. Without it, flow logs are created and stay C(ACTIVE), but deliver nothing
    (C(Access error)).
  - Statements are understood by their meaning. What any statement already grants counts, whoever wrote it and however
    it is spelt; a condition or an element that is not understood counts as no grant. When nothing is missing, nothing
    is written.
  - Other teams' statements stay as they are, in their order, and so do the C(Id) and the C(Version) of the policy. So
    whoever administers the key keeps doing so. Of statements whose Sid begins with C(AWSLogDeliveryKeyUse), only those
    are changed that say nothing but what this module says.
  - Grants add up. O(state=present) for another account or region never takes an earlier grant away, only
    O(state=absent) does, and only what it names.
  - KMS cannot write a policy on the condition that nobody else has changed it. So the policy is read again right
    before it is written, and read back twice, a second apart. What somebody else changed in between is merged anew,
    three times at most; then the task fails.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  key_id:
    description:
      - Id, ARN or alias (C(alias/NAME), or its ARN) of the key, which is in the region at work.
      - Refused before anything is written are keys of other accounts, keys that AWS manages, keys that are disabled,
        pending deletion or import or otherwise unable to encrypt, and all but symmetric encryption keys
        (C(SYMMETRIC_DEFAULT) for C(ENCRYPT_DECRYPT)), as S3 takes no others.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that log delivery may use the key for each source.
      - V(absent) takes the sources out of every statement that is recognisably log delivery (only its service as the
        principal, only its actions), whoever wrote it. A statement that grants more than is named is left, and a
        warning names it.
      - Other AWS services deliver their logs through the same principal; they lose the grant too.
    type: str
    choices: [present, absent]
    default: present
  account_ids:
    description:
      - Accounts whose flow logs are delivered. The default is the account of the caller.
      - Not together with O(organization_id).
    type: list
    elements: str
  regions:
    description:
      - Regions of the flow logs, not of the key. The default, as well as an empty list and V(*), is all regions.
    type: list
    elements: str
  organization_id:
    description:
      - Lets all accounts of an organization deliver, by C(aws:SourceOrgID). The policy keeps its size however many
        accounts there are.
    type: str
  grants:
    description:
      - Which account delivers from which Regions. Exactly these pairs are granted or, with O(state=absent), taken away.
      - Instead of O(account_ids) and O(regions), which combine each account with each Region.
    type: list
    elements: dict
    suboptions:
      account_id:
        description:
          - Account whose flow logs are delivered.
          - Required, unless O(organization_id) is given. Then no grant has an account, and each is for all accounts of the
            organization.
        type: str
      regions:
        description:
          - Regions of its flow logs. The default, as well as an empty list and V(*), is all Regions.
        type: list
        elements: str
attributes:
  check_mode:
    support: full
seealso:
  - module: flowlogs.aws.flow_log_bucket_policy
  - module: flowlogs.aws.s3_flow_log
  - module: amazon.aws.kms_key
    description: Creates the key. Do not give it a policy afterwards, since it replaces the whole of it.
  - name: Publish flow logs to Amazon S3
    description: The guide of AWS on the key policy for SSE-KMS.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
notes:
  - Needs the permissions kms:DescribeKey, kms:GetKeyPolicy and kms:PutKeyPolicy, with credentials of the account that
    owns the key.
  - The default encryption of the bucket must name the key by its full ARN.
  - KMS allows 32 KB (32,768 bytes), which cannot be raised. Check mode returns the size, too, in RV(size_bytes); a
    policy above the limit is refused, and nothing is written. Only where a policy would not fit otherwise,
    C(arn:aws:logs:*:*:*) is written next to the list of accounts, which means the same and is shorter.
  - A plan that would leave no statement by which a user, a role or an account could change the policy again is
    refused. The check of KMS itself, that the caller can, is never bypassed.
  - A principal that was deleted (C(AIDA...), C(AROA...)) makes KMS refuse the whole policy. It is found before
    anything is written, and named.
  - The primary of a multi-Region key and each of its replicas have policies of their own. Run the module in the region
    of each bucket.
  - A warning names statements that deny log delivery the key.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
"""

EXAMPLES = r"""
- name: Let the flow logs of this account be encrypted, from all regions
  flowlogs.aws.flow_log_key_policy:
    key_id: alias/flow-logs

- name: Let the flow logs of two accounts be encrypted, from two regions
  flowlogs.aws.flow_log_key_policy:
    key_id: arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab
    account_ids:
      - "111122223333"
      - "444455556666"
    regions:
      - eu-west-1
      - us-east-1

- name: Let one account in from one Region, and another one from two
  flowlogs.aws.flow_log_key_policy:
    key_id: alias/flow-logs
    grants:
      - account_id: "111122223333"
        regions: [eu-west-1]
      - account_id: "444455556666"
        regions: [eu-west-1, us-east-1]

- name: Let a whole organization in
  flowlogs.aws.flow_log_key_policy:
    key_id: alias/flow-logs
    organization_id: o-a1b2c3d4e5

- name: Take one account out again
  flowlogs.aws.flow_log_key_policy:
    key_id: alias/flow-logs
    account_ids:
      - "444455556666"
    state: absent
"""

RETURN = r"""
actions:
  description:
    - What was written, or in check mode what would be. One entry, C(put_policy), or none; more only if somebody else
      wrote in between and it was merged anew.
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
    - Why the policy is not the desired one, with C(target), C(code), C(message) and C(hint). If there is anything, the
      task fails.
    - Next to the codes of KMS there are C(KeyOfAnotherAccount), C(KeyManagedByAWS), C(KeyUnsuitable), C(KeyNotUsable),
      C(KeyLockedOut), C(PrincipalGone), C(PolicyTooLarge) and C(PolicyOverwritten).
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
  description: The policy after the run, in check mode as it would be. V(null) if it was not read.
  returned: always
  type: dict
  sample: {"Version": "2012-10-17", "Id": "key-default-1", "Statement": []}
size_bytes:
  description: How many bytes it has without blanks; if it was refused, how many it would have.
  returned: always
  type: int
  sample: 611
statements:
  description:
    - The statements by what happened to them, by Sid. A statement without one is C(#3) if it was the third of the
      policy.
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
      description: Statements that were changed.
      type: list
      elements: str
      returned: always
    removed:
      description: Statements that are gone.
      type: list
      elements: str
      returned: always
    kept:
      description: Statements that are as they were.
      type: list
      elements: str
      returned: always
missing_grants:
  description:
    - What the policy did not let in before the run, though O(state=present) asks for it. Until it does, no flow logs are
      delivered from there.
  returned: always
  type: list
  elements: dict
  sample: [{"account_id": "111122223333", "region": "*", "folder": null, "layout": null}]
  contains:
    account_id:
      description: Account of the flow logs. Null for every account of an organization.
      type: str
      returned: always
    region:
      description: Region of the flow logs, V(*) for every Region.
      type: str
      returned: always
    folder:
      description: Folder of the bucket, empty for none. Null for everything in it.
      type: str
      returned: always
    layout:
      description: V(plain) or V(hive). Null for both.
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
