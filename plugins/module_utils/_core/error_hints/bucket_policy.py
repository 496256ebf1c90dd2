# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to fix S3's errors for bucket policies. PRIVATE to this collection.

S3 API Reference, PutBucketPolicy and "Error responses"; S3 User Guide, "Verifying bucket ownership".
"""

from __future__ import annotations

from ..iam_policy.document import Policy
from ..iam_policy.public_policy import public_statements
from .denials import is_blocked_as_public
from .flow_logs import hint_for

#: Temporary errors: another call is changing the bucket's configuration.
CONFLICT_CODES = ("OperationAborted",)

_DENIED = ("AccessDenied", "403")


def _denial_hint(action: str, expected_owner: str | None) -> str:
    hint = f"The caller needs {action} on the bucket, and no service control, endpoint or bucket policy may deny it."
    if expected_owner:
        hint += f" S3 gives the same answer if the bucket does not belong to expected_bucket_owner {expected_owner}."
    return hint


def _public_policy_hint(policy: Policy | None) -> str:
    names = ", ".join(public_statements(policy))
    which = f"These statements make it public: {names}. " if names else ""
    return (
        "No permission is missing: Block Public Access of the bucket or account refuses a public policy. "
        f"{which}Limit each statement with Principal * to fixed principals, add a condition with fixed values (for "
        "example aws:PrincipalOrgID or aws:SourceAccount), or remove the statement."
    )


def policy_error_hint(
    operation: str, code: str, expected_owner: str | None = None, message: str = "", policy: Policy | None = None
) -> str:
    """Return how to fix an error of a bucket policy call; ``""`` if AWS's message is enough.

    :param operation: name of the API operation, for example ``PutBucketPolicy``.
    :param code: AWS's error code.
    :param expected_owner: value of ``expected_bucket_owner``.
    :param message: AWS's message.
    :param policy: the policy of a write call.
    """
    if is_blocked_as_public(message):
        return _public_policy_hint(policy)
    if code in _DENIED:
        return _denial_hint(f"s3:{operation}", expected_owner)
    return {
        "MethodNotAllowed": (
            "Only the account that owns the bucket can read or change its policy; no permission lets another account do "
            "so. Run this task with credentials of the owner account."
        ),
        "NoSuchBucket": "Create the bucket first, or correct bucket.",
        "MalformedPolicy": (
            "S3 checks the whole policy: most often another statement names a user or role that no longer exists."
        ),
        "OperationAborted": (
            "Something else keeps changing the bucket's configuration. Run again, and let only one task at a time change it."
        ),
    }.get(code) or hint_for(operation, code, message)
