#!/usr/bin/python

# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Documentation only: the action plugin of the same name does the work, on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
---
module: flow_log_report
version_added: "0.1.0"
short_description: Write the drift report of a run
description:
  - Writes the findings of M(flowlogs.aws.flow_log_run) in the same C(ansible-playbook) run to files on the controller. It changes
    nothing else, so it writes the files in check mode, too.
  - The role P(flowlogs.aws.drift_report#role) uses this action plugin. It documents the options in detail, with the prefix
    C(drift_report_).
author:
  - flowlogs.aws contributors (@flowlogs)
options:
  findings:
    description: An earlier report to write again, as a dictionary or as JSON, instead of the findings of this run.
    type: raw
  directory:
    description: Folder for the report.
    type: raw
  formats:
    description: Formats to write, any of V(json), V(markdown), V(html), V(csv), V(junit) and V(sarif).
    type: raw
  fail_on:
    description: Classes of findings and severities that RV(failing) counts.
    type: raw
  severities:
    description: Severities of classes of findings, instead of the default ones.
    type: raw
  time:
    description: Time to show in the report. By default the report shows none.
    type: raw
  keep_dated:
    description: Whether to write each file a second time, with the time in its name.
    type: raw
  baseline:
    description: YAML file with accepted findings.
    type: raw
  previous:
    description: JSON report to compare with.
    type: raw
  history:
    description: History file, to which each run adds one line.
    type: raw
  history_length:
    description: Number of lines that the history keeps.
    type: raw
  check_settings:
    description: Whether to check only the other options and write nothing.
    type: bool
    default: false
attributes:
  check_mode:
    support: none
    details: Writes the report in C(check_mode), too.
  diff_mode:
    support: none
    details: Shows no differences between files.
  idempotent:
    support: partial
    details: The same findings give the same report, but each run adds a line to the history.
extends_documentation_fragment:
  - flowlogs.aws.attributes
  - flowlogs.aws.attributes.action
seealso:
  - module: flowlogs.aws.flow_log_run
"""

EXAMPLES = r"""
- name: Write the report of the run so far
  flowlogs.aws.flow_log_report:
    directory: reports
    formats: [html]
    history_length: 400
"""

RETURN = r"""
summary:
  description: Verdict, counts and coverage of all targets, and C(headline), which is one line with all of these.
  returned: unless O(check_settings=true)
  type: dict
  sample: {"verdict": "in_sync", "headline": "flow log drift report: verdict=in_sync in_sync=4"}
files:
  description: Paths of the report files.
  returned: unless O(check_settings=true)
  type: list
  elements: str
  sample: ["/srv/reports/drift-report.html"]
failing:
  description: Number of findings for each word of O(fail_on).
  returned: unless O(check_settings=true)
  type: dict
  sample: {"missing": 2}
"""
