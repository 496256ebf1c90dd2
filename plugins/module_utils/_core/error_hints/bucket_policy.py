# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What S3's refusals around bucket policies mean, and how to fix them. PRIVATE to this collection.

S3 API Reference, PutBucketPolicy and "Error responses"; S3 User Guide, "Verifying bucket ownership".
"""

from __future__ import annotations


from ..iam_policy.document import Policy
from ..iam_policy.public_policy import public_statements
from .denials import is_blocked_as_public
from .flow_logs import hint_for

#: A conflicting call on the bucket's configuration is under way; it passes.
CONFLICT_CODES = ("OperationAborted",)

_DENIED = ("AccessDenied", "403")


def _of_denial(doing: str, expected_owner: str | None) -> str:
    hint = f"The caller needs {doing} on the bucket, and no service control, endpoint or bucket policy may deny it."
    if expected_owner:
        hint += f" S3 answers the same if the bucket does not belong to expected_bucket_owner {expected_owner}."
    return hint


def _of_public_policy(policy: Policy | None) -> str:
    names = ", ".join(public_statements(policy))
    which = f"These statements make it public: {names}. " if names else ""
    return (
        "No permission is missing: Block Public Access of the bucket or account refuses a policy that lets everyone in. "
        f"{which}Limit each statement with Principal * to fixed principals, or by a condition on fixed values (for "
        "example aws:PrincipalOrgID or aws:SourceAccount), or remove it."
    )


def policy_error_hint(
    operation: str, code: str, expected_owner: str | None = None, message: str = "", policy: Policy | None = None
) -> str:
    """Return what fixes an error of a call around bucket policies, ``""`` where AWS's message says it all.

    :param operation: API name, for example ``PutBucketPolicy``.
    :param code: AWS's error code.
    :param expected_owner: the account that the bucket was said to belong to.
    :param message: AWS's message.
    :param policy: what was to be written.
    """
    if is_blocked_as_public(message):
        return _of_public_policy(policy)
    if code in _DENIED:
        return _of_denial(f"s3:{operation}", expected_owner)
    return {
        "MethodNotAllowed": (
            "Only the account that owns the bucket can work with its policy; no permission helps another account. Run "
            "this task with credentials of the owner account."
        ),
        "NoSuchBucket": "Create the bucket first, or correct bucket.",
        "MalformedPolicy": (
            "S3 checks the whole policy: most often a statement of others names a user or role that no longer exists."
        ),
        "OperationAborted": (
            "Something else kept changing the bucket's configuration. Run again, and let one task at a time change it."
        ),
    }.get(code) or hint_for(operation, code, message)
