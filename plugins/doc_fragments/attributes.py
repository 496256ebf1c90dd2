# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the attributes that modules share.

A module's own attributes take precedence, then those of the fragment that it lists first.
"""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and returns what it would do, without a call that changes anything.
    support: full
  diff_mode:
    description: Returns what changes, before and after, in C(diff) mode.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
"""

    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Uses the connection options of C(module_defaults) for this group, which includes the modules of amazon.aws.
    support: full
    membership:
      - flowlogs.aws.aws
"""

    ACTION = r"""
options: {}
attributes:
  action:
    description: Runs on the controller, as an action plugin.
    support: full
"""

    # List it before the fragment flowlogs.aws.attributes.
    INFO_MODULE = r"""
options: {}
attributes:
  diff_mode:
    support: none
    details: Changes nothing.
  idempotent:
    support: N/A
    details: Changes nothing.
"""
