# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to fix KMS's errors for key policies. PRIVATE to this collection.

AWS KMS API Reference, DescribeKey, GetKeyPolicy and PutKeyPolicy.
"""

from __future__ import annotations

from .flow_logs import hint_for

_HINTS = {
    "NotFoundException": "There is no such key or alias in this account and region: correct key_id or region.",
    "InvalidArnException": "Correct key_id: an id, an ARN or alias/NAME.",
    "MalformedPolicyDocumentException": (
        "KMS checks the whole policy: it must still allow the caller kms:PutKeyPolicy, and every user and role in it "
        "must exist."
    ),
    "LimitExceededException": "Give organization_id instead of account_ids, or remove sources with state=absent.",
    "KMSInvalidStateException": "The state of the key does not allow this call; kms:DescribeKey returns the state.",
    "UnsupportedOperationException": "Only the policy of a customer managed key can be changed.",
}


def key_policy_error_hint(operation: str, code: str) -> str:
    """Return how to fix an error of a key policy call; ``""`` if AWS's message is enough.

    :param operation: name of the API operation, for example ``PutKeyPolicy``.
    :param code: AWS's error code.
    """
    if code == "AccessDeniedException":
        return (
            f"The caller needs kms:{operation} on the key. The key policy must allow it, or let IAM policies allow it, and "
            "no service control or endpoint policy may deny it."
        )
    return _HINTS.get(code) or hint_for(operation, code, "")
