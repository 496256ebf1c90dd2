#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_bucket_policy
version_added: "0.1.0"
short_description: Let VPC Flow Logs be delivered to an S3 bucket
description:
  - Merges what log delivery needs into whatever policy a bucket has, or takes it out again, and changes nothing else.
  - Statements are understood by their meaning. What any statement already grants counts, whoever wrote it and however
    it is spelt; a condition or an element that is not understood counts as no grant. When nothing is missing, nothing
    is written.
  - Other teams' statements stay as they are, in their order, and so do the C(Id) and the C(Version) of the policy. Of
    statements whose Sid begins with C(AWSLogDeliveryWrite) or C(AWSLogDeliveryAclCheck), only those are changed that
    say nothing but what this module says.
  - Grants add up. O(state=present) for another account, region, folder or layout never takes an earlier grant away,
    only O(state=absent) does, and only what it names.
  - S3 cannot write a policy on the condition that nobody else has changed it. So the policy is read again right
    before it is written, and read back twice, a second apart. What somebody else changed in between is merged anew,
    three times at most; then the task fails.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  bucket:
    description:
      - Name or ARN of the bucket. Folders belong in O(prefixes).
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that each source may deliver to each folder in each layout.
      - V(absent) takes the sources out of every statement that is recognisably log delivery (only its service as the
        principal, only its actions), whoever wrote it. A statement that grants more than is named is left, and a
        warning names it. If nothing is left of the policy, it is deleted.
      - Other AWS services deliver their logs through the same principal into the same folders; they lose the grant
        too.
    type: str
    choices: [present, absent]
    default: present
  prefixes:
    description:
      - Folders of the bucket, as in the destinations of the flow logs. V('') is the bucket without a folder, which is
        the default.
      - C(AWSLogs) cannot be a folder, AWS reserves it.
    type: list
    elements: str
  account_ids:
    description:
      - Accounts whose flow logs are delivered. The default is the account of the caller.
      - Not together with O(organization_id).
    type: list
    elements: str
  regions:
    description:
      - Regions of the flow logs, not of the bucket. The default, as well as an empty list and V(*), is all regions.
      - Without effect with O(source_conditions=false).
    type: list
    elements: str
  organization_id:
    description:
      - Lets all accounts of an organization deliver, by C(aws:SourceOrgID). The policy keeps its size however many
        accounts there are.
    type: str
  grants:
    description:
      - Which account delivers from which Regions to which folder. Exactly these combinations are granted or, with
        O(state=absent), taken away.
      - Instead of O(account_ids), O(regions), O(prefixes) and O(layouts), which combine each account with each Region, folder and layout.
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
      prefix:
        description:
          - Folder of the bucket. The default is the bucket without a folder.
        type: str
      layouts:
        description:
          - V(plain), V(hive) or both, as in O(layouts). The default is that of O(layouts).
        type: list
        elements: str
  acl_condition:
    description:
      - Whether objects must come with the ACL C(bucket-owner-full-control).
      - V(string_equals) demands it, as AWS documents it. V(string_equals_if_exists) also lets objects in that come
        without an ACL. V(none) demands nothing.
      - Without meaning for O(state=absent).
    type: str
    choices: [string_equals, string_equals_if_exists, none]
    default: string_equals
  source_conditions:
    description:
      - Whether statements are tied to accounts and regions by C(aws:SourceAccount) and C(aws:SourceArn).
      - V(false) writes the two statements that the guide of AWS had in 2020.
      - Without meaning for O(state=absent).
    type: bool
    default: true
  layouts:
    description:
      - Under which folder of an account the files are. V(plain) is C(AWSLogs/ACCOUNT/), V(hive), for flow logs with
        Hive-compatible partitions, is C(AWSLogs/aws-account-id=ACCOUNT/).
      - The default is both. With O(state=present) and O(source_conditions=false) it is V(plain), the only one of 2020.
    type: list
    elements: str
    choices: [plain, hive]
  expected_bucket_owner:
    description:
      - Account that must own the bucket. S3 refuses every call if another one does.
    type: str
attributes:
  check_mode:
    support: full
seealso:
  - module: flowlogs.aws.s3_flow_log
  - module: amazon.aws.s3_bucket
    description: Creates the bucket. Do not give it a policy, since it replaces the whole of it.
  - name: Publish flow logs to Amazon S3
    description: The guide of AWS on the bucket policy.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
notes:
  - The region is optional. If neither O(region) nor the configuration names one, the first of O(regions) is asked, or V(us-east-1)
    (in another partition its main region). The bucket may be in another region.
  - Needs the permissions s3:GetBucketPolicy, s3:PutBucketPolicy and, for the last statements, s3:DeleteBucketPolicy,
    with credentials of the account that owns the bucket.
  - S3 allows 20 KB; 20,480 bytes of JSON without blanks are taken for that. Check mode returns the size, too, in
    RV(size_bytes); a policy above the limit is refused, and nothing is written. With a bucket name and a folder of 32
    characters together and no other statements, 119 accounts in all regions fit with one layout in the spelling that
    AWS documents, and 78 with both. Only where a policy would not fit otherwise are denser spellings taken. The first
    has C(arn:aws:logs:*:*:*) next to the list of accounts, which means the same (194 and 105 accounts). The second also
    has one resource C(AWSLogs/*ACCOUNT/*) for both layouts (192 accounts).
  - A principal that was deleted (C(AIDA...), C(AROA...)) makes S3 refuse the whole policy. It is found before
    anything is written, and named.
  - A warning names statements that deny log delivery, and those with C(NotAction) or C(NotPrincipal), to which AWS
    adds nothing by itself.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
"""

EXAMPLES = r"""
- name: Let the flow logs of this account in, from all regions
  flowlogs.aws.flow_log_bucket_policy:
    bucket: example-central-flow-logs

- name: Let the flow logs of two accounts in, from two regions, to one folder
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

- name: Let each account deliver to its own folder only, and one of them from a second Region to another folder
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

- name: Let a whole organization in
  flowlogs.aws.flow_log_bucket_policy:
    bucket: example-central-flow-logs
    organization_id: o-a1b2c3d4e5

- name: Write the two statements of 2020
  flowlogs.aws.flow_log_bucket_policy:
    bucket: example-central-flow-logs
    source_conditions: false

- name: Take one account out again
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
    - What was written, or in check mode what would be. One entry, C(put_policy) or C(delete_policy), or none; more
      only if somebody else wrote in between and it was merged anew.
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
    - Why the policy is not the desired one, with C(target), C(code), C(message) and C(hint). If there is anything, the
      task fails.
  returned: always
  type: list
  elements: dict
  sample:
    - target: arn:aws:s3:::example-central-flow-logs
      code: PolicyTooLarge
      message: >-
        The policy would have 26319 bytes, 5839 bytes too many: S3 allows 20480, and it has 14856. Nothing was written.
      hint: Give organization_id instead of accounts (in an inventory flow_log_organization_id).
      flow_log_id: null
      changes: []
policy:
  description: The policy after the run, in check mode as it would be. V(null) if the bucket has none.
  returned: always
  type: dict
  sample: {"Version": "2012-10-17", "Statement": []}
size_bytes:
  description: How many bytes it has without blanks; if it was refused, how many it would have.
  returned: always
  type: int
  sample: 812
statements:
  description:
    - The statements by what happened to them, by Sid. A statement without one is C(#3) if it was the third of the
      policy.
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
  sample: [{"account_id": "111122223333", "region": "*", "folder": "", "layout": plain}]
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
  sample: {"before": {}, "after": {"Version": "2012-10-17", "Statement": []}}
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.bucket_policy import FLOW_LOG_BUCKET_POLICY
from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module


def main() -> None:
    """Run the module."""
    run_module(FLOW_LOG_BUCKET_POLICY)


if __name__ == "__main__":
    main()
