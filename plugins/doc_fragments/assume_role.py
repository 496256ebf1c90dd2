# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that every module has in addition to those of amazon.aws."""

from __future__ import annotations


class ModuleDocFragment:
    """Options to assume a role and to check the account."""

    DOCUMENTATION = r"""
options:
  assume_role_arn:
    description:
      - ARN of a role to assume. The module assumes it once, with the credentials of the other connection options. The keys of the
        session stay in the module's process, and never appear in a result, log or file.
      - The credentials need the permission C(sts:AssumeRole) on the role, and its trust policy must allow them.
    type: str
  assume_role_external_id:
    description: External id that the trust policy of the role requires. AWS does not treat it as a secret.
    type: str
  assume_role_session_name:
    description: Name of the role session, which CloudTrail shows.
    type: str
    default: flowlogs.aws
  expected_account_id:
    description:
      - Account that the credentials, or the role of O(assume_role_arn), must belong to. An id of 12 digits, in quotes.
      - With it the module first reads the account of its credentials (C(sts:GetCallerIdentity), which needs no permission). If that is
        another account, the module fails before any other call, and returns the account of the credentials in C(caller_account_id).
      - The module refuses a role of another account without any call.
    type: str
"""
