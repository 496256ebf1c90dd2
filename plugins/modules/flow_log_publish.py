#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation only: the action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_publish
version_added: "0.1.0"
short_description: Run one part of the role publish_to_s3
description:
  - The role P(flowlogs.aws.publish_to_s3#role) has a task with this action plugin for each part. It runs on the controller and reads
    the variables C(publish_to_s3_*), which the role documents.
  - It sets the result of the part as a fact, C(publish_to_s3_permissions_result), C(publish_to_s3_destination_result) or
    C(publish_to_s3_flow_logs_result). It does so even if the part fails, and returns the reason in RV(failure).
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  part:
    description:
      - V(account) checks that the credentials belong to the expected account.
      - V(permissions) attaches the policy for publishing to principals, or removes it.
      - V(destination) prepares the bucket, its policy and its key policy, and checks whether flow logs can be delivered.
      - V(flow_logs) creates, replaces, tags and deletes flow logs.
    type: str
    required: true
    choices: [account, permissions, destination, flow_logs]
extends_documentation_fragment:
  - flowlogs.aws.attributes
  - flowlogs.aws.attributes.action
seealso:
  - module: flowlogs.aws.s3_flow_log
"""

EXAMPLES = r"""
- name: Prepare the destination
  flowlogs.aws.flow_log_publish:
    part: destination
  vars:
    publish_to_s3_destination: arn:aws:s3:::example-flow-logs/network/
    publish_to_s3_account_ids: ["111122223333"]
    publish_to_s3_manage_bucket_policy: true
"""

RETURN = r"""
failure:
  description: Why the part failed, or an empty text if it did not.
  returned: always
  type: str
  sample: ""
"""
