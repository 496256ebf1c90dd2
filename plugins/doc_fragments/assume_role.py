# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents the options that every module of this collection has in addition to those of amazon.aws."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of every module beside those of amazon.aws."""

    DOCUMENTATION = r"""
options:
  assume_role_arn:
    description:
      - ARN of a role to do the work in. The module assumes it once, with the credentials of the other connection options; the keys
        of the session stay in its process, and are in no result, log or file.
      - The credentials need the permission C(sts:AssumeRole) on the role, and its trust policy has to let them in.
    type: str
  assume_role_external_id:
    description: External id that the trust policy of the role asks for. AWS does not treat it as a secret.
    type: str
  assume_role_session_name:
    description: Name of the session, which CloudTrail shows.
    type: str
    default: flowlogs.aws
  expected_account_id:
    description:
      - Account that the credentials, or the role of O(assume_role_arn), must belong to. An id of 12 digits, in quotes.
      - Where it is given, the module asks once who it is (C(sts:GetCallerIdentity), which needs no permission). In any other
        account it fails before it makes another call, and returns the account of the credentials in C(caller_account_id).
        A role of another account is refused without any call.
    type: str
"""
