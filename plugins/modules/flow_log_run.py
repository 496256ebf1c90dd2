#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation only: the action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_run
version_added: "0.1.0"
short_description: Run stages of the playbooks
description:
  - The playbooks C(flowlogs.aws.publish_to_s3) and C(flowlogs.aws.drift_report) run all their stages with this action plugin.
    It runs on the controller and reads the variables C(flow_log_*) of all hosts.
  - Run the stages in the order in which O(stage) lists its choices, starting with V(plan), in one task or in several. Each stage
    uses the results of the earlier stages of the same C(ansible-playbook) run.
  - A failed part does not affect other parts, and does not fail the task. V(summary) returns the failures.
  - Modules of this collection run in threads of Ansible's own process, as many at the same time as C(--forks). They need boto3 in
    Ansible's Python.
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  stage:
    description:
      - One or more stages.
      - V(plan) plans the work, and excludes targets whose credentials belong to another account.
      - V(preflight) checks the permissions for hosts with C(flow_log_preflight).
      - V(permissions) attaches the policy for publishing to principals.
      - V(destinations) prepares buckets, bucket policies and key policies, and checks whether flow logs can be delivered.
      - V(flow_logs) creates, replaces, tags and deletes flow logs.
      - V(deliveries) reads when each flow log last delivered.
      - V(summary) prints one line with the result, and returns the changes and the failures.
      - V(failure) fails with O(message), which Ansible then prints once.
      - Ansible's tags C(permissions), C(destinations) and C(flow_logs) select the stages that the plan has work for. V(plan) fails if
        they select none of these.
    type: list
    elements: str
    required: true
    choices: [plan, preflight, permissions, destinations, flow_logs, deliveries, summary, failure]
  hosts:
    description: For O(stage=plan), all targets of the inventory.
    type: list
    elements: str
  selected:
    description: For O(stage=plan), the hosts to work on. The default is all O(hosts).
    type: list
    elements: str
  pattern:
    description: For O(stage=plan), the pattern that O(hosts) match. Messages show it.
    type: str
  state:
    description: For O(stage=plan), the state of every host, instead of its C(flow_log_state).
    type: str
  gaps:
    description: For O(stage=plan), what the inventory could not read, from the variable C(flow_log_inventory_gaps).
    type: raw
  allow_empty:
    description: For O(stage=plan), whether a run without any target succeeds.
    type: raw
  fail_on_gaps:
    description:
      - For O(stage=plan), whether the run fails for anything that the inventory could not read. By default it fails only for gaps
        in accounts without any target.
    type: raw
  strict:
    description: For O(stage=plan), whether a misspelt variable is an error. The default is C(false).
    type: raw
  with_report:
    description: For O(stage=plan), whether the run ends with a report. The stage only checks the value.
    type: raw
  report_only:
    description: For O(stage=plan), whether the run only reports. Use it with C(check_mode).
    type: bool
    default: false
  list_flow_logs:
    description: For O(stage=flow_logs), whether to keep all flow logs for a report, including those that did not change.
    type: bool
    default: false
  delivery_hours:
    description: For O(stage=deliveries), the number of hours to look back, V(1) to V(168).
    type: int
    default: 24
  message:
    description: For O(stage=failure), why the task fails.
    type: str
    default: ""
extends_documentation_fragment:
  - flowlogs.aws.attributes
  - flowlogs.aws.attributes.action
seealso:
  - module: flowlogs.aws.flow_log_report
  - module: flowlogs.aws.flow_log_tasks
"""

EXAMPLES = r"""
- name: Plan the flow logs of all hosts
  flowlogs.aws.flow_log_run:
    stage: plan
    hosts: "{{ groups['all'] }}"

- name: Publish the flow logs
  flowlogs.aws.flow_log_run:
    stage: [destinations, flow_logs, summary]
  register: run

- name: Show the failures
  ansible.builtin.debug:
    msg: "{{ run.summary.failures }}"
"""

RETURN = r"""
overview:
  description: The planned work, with one line for each batch.
  returned: for O(stage=plan)
  type: list
  elements: str
  sample: ["111122223333/eu-west-1/vpc/1-1: 3 targets to arn:aws:s3:::example-flow-logs"]
unmet:
  description: Problems of the inventory for which the run fails. Empty if there are none.
  returned: for O(stage=plan)
  type: list
  elements: str
  sample: []
failures:
  description: Number of failures in this stage.
  returned: for O(stage=preflight), O(stage=permissions), O(stage=destinations) and O(stage=flow_logs)
  type: int
  sample: 0
summary:
  description:
    - Summary of the run. C(headline) is one line. C(actions) counts each kind of action. C(failures) has an entry for each host
      with failures, with C(host), C(pattern) and C(message). The playbook passes C(handed_on) to a workflow.
  returned: for O(stage=summary)
  type: dict
  sample: {"headline": "flow logs: targets=3 batches=1 destinations=1 create=3 failed=0", "actions": {"create": 3}, "failures": []}
"""
