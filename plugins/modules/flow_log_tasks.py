#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_tasks
version_added: "0.1.0"
short_description: Run many tasks of this collection's modules in one process
description:
  - Runs modules of this collection at the same time, each with its own options, account and Region, and returns the result of
    each. The results are the same as in separate tasks, also in check mode and with C(--diff).
  - A task that fails, is denied, is throttled or times out does not affect the others. At the end the module fails with the
    messages of all failed tasks, and still returns every result.
  - Starting Python and loading boto3 takes about a second. In a loop, every task takes that second; this module takes it once.
  - Use it instead of a loop in your own playbooks. The playbooks of this collection run their tasks in the same way.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  tasks:
    description: The tasks to run.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the task, which the module returns with its result.
        type: str
        required: true
      module:
        description: Module of this collection.
        type: str
        required: true
        choices:
          - flow_log_bucket_policy
          - flow_log_destination_info
          - flow_log_key_policy
          - flow_log_permissions_info
          - s3_flow_log
          - s3_flow_log_info
      options:
        description: Options of the module. A wrong option fails this task only.
        type: dict
        default: {}
      connection:
        description:
          - Connection options of this task. The default is the connection options of this module.
        type: dict
        suboptions:
          access_key:
            description: AWS access key id.
            type: str
            aliases: [aws_access_key_id, aws_access_key]
          secret_key:
            description: AWS secret access key.
            type: str
            aliases: [aws_secret_access_key, aws_secret_key]
          session_token:
            description: AWS session token for temporary credentials.
            type: str
            aliases: [aws_session_token]
          profile:
            description: Named profile.
            type: str
            aliases: [aws_profile]
          region:
            description: Region, unless O(tasks[].options) name one.
            type: str
            aliases: [aws_region]
          endpoint_url:
            description: Endpoint to use instead of that of AWS.
            type: str
            aliases: [aws_endpoint_url]
          validate_certs:
            description: Whether to validate TLS certificates.
            type: bool
            default: true
          aws_ca_bundle:
            description: File with a bundle of CA certificates.
            type: path
          aws_config:
            description: Settings of the botocore client.
            type: dict
          debug_botocore_endpoint_logs:
            description: Has no effect here.
            type: bool
            default: false
          assume_role_arn:
            description: ARN of a role to assume.
            type: str
          assume_role_external_id:
            description: External id that the trust policy of the role requires.
            type: str
          assume_role_session_name:
            description: Name of the role session, which CloudTrail shows.
            type: str
            default: flowlogs.aws
          expected_account_id:
            description: Account that the credentials must belong to, an id of 12 digits in quotes.
            type: str
      group:
        description:
          - The same name for tasks that share request limits of AWS, for example an account id.
          - The module next starts a task of the group with the fewest running tasks. So a throttled account does not delay the
            others.
        type: str
        default: ""
  at_once:
    description: Maximum number of tasks that run at the same time.
    type: int
    default: 10
attributes:
  idempotent:
    details: As the modules of the tasks are.
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - flowlogs.aws.assume_role
  - flowlogs.aws.attributes
  - flowlogs.aws.attributes.action_group
seealso:
  - module: flowlogs.aws.s3_flow_log
  - module: flowlogs.aws.flow_log_run
notes:
  - Requires the permissions of the modules that it runs.
"""

EXAMPLES = r"""
- name: Read the flow logs of several Regions
  flowlogs.aws.flow_log_tasks:
    profile: network
    tasks:
      - name: Ireland
        module: s3_flow_log_info
        options:
          region: eu-west-1
      - name: Frankfurt
        module: s3_flow_log_info
        options:
          region: eu-central-1
  register: flow_logs_by_region

- name: Publish the VPCs of two accounts
  flowlogs.aws.flow_log_tasks:
    tasks:
      - name: "{{ item.account_id }}"
        module: s3_flow_log
        group: "{{ item.account_id }}"
        options:
          region: eu-west-1
          resource_ids: "{{ item.vpcs }}"
          destination: arn:aws:s3:::example-flow-logs/network/
        connection:
          assume_role_arn: arn:aws:iam::{{ item.account_id }}:role/flow-logs
"""

RETURN = r"""
results:
  description: The result of each task, in the order of the tasks.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the task.
      returned: always
      type: str
      sample: Ireland
    changed:
      description: Whether the task changed something, or in check mode would.
      returned: always
      type: bool
      sample: false
    failed:
      description: V(true) if the task failed.
      returned: if the task failed
      type: bool
      sample: true
    msg:
      description: Why the task failed.
      returned: if the task failed
      type: str
      sample: "Unsupported parameters for (s3_flow_log_info) module: resource. Supported parameters include: ..."
"""

from ansible_collections.flowlogs.aws.plugins.module_utils._run.module import run_module
from ansible_collections.flowlogs.aws.plugins.module_utils._run.tasks import FLOW_LOG_TASKS


def main() -> None:
    """Run the module."""
    run_module(FLOW_LOG_TASKS)


if __name__ == "__main__":
    main()
