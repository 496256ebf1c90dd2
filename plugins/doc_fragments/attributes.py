# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules of this collection have in common, as their documentation says it."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of a module; what a module says itself takes precedence."""

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
  action_group:
    description: Takes the connection options of C(module_defaults) for the group, which covers amazon.aws's modules too.
    support: full
    membership:
      - flowlogs.aws.aws
"""
