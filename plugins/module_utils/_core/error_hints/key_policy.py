# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the refusals of KMS around key policies mean, and how to fix them. PRIVATE to this collection.

AWS KMS API Reference, DescribeKey, GetKeyPolicy and PutKeyPolicy.
"""

from __future__ import annotations

from .flow_logs import hint_for

_HINTS = {
    "NotFoundException": "There is no such key or alias in this account and region: correct key_id or region.",
    "InvalidArnException": "Correct key_id: an id, an ARN or alias/NAME.",
    "MalformedPolicyDocumentException": (
        "KMS checks the whole policy: the caller must still be allowed kms:PutKeyPolicy by it, and every user and role "
        "in it must exist."
    ),
    "LimitExceededException": "Give organization_id instead of account_ids, or take sources out with state=absent.",
    "KMSInvalidStateException": "The state of the key does not allow it: see kms:DescribeKey.",
    "UnsupportedOperationException": "Only the policy of a customer managed key can be changed.",
}


def key_policy_error_hint(operation: str, code: str) -> str:
    """Return how to fix an error of a call around key policies, ``""`` where AWS's message says it all.

    :param operation: API name, for example ``PutKeyPolicy``.
    :param code: AWS's error code.
    """
    if code == "AccessDeniedException":
        return (
            f"The caller needs kms:{operation} on the key, from the key policy itself or from IAM where the key policy "
            "leaves it to IAM, and no service control or endpoint policy may deny it."
        )
    return _HINTS.get(code) or hint_for(operation, code, "")
