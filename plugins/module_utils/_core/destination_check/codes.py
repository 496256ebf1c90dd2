# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The codes of the destination check with severity and message, and the verdict. PRIVATE to this collection.

The messages are constant except for the values in braces, so that a search finds them in the guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..delivery_policy.grants import FROM_ORGANIZATION, Grant, source_kind
from .facts import Unread
from .remedies import permission_statement

OK = "ok"
PROBLEM = "problem"
UNKNOWN = "unknown"

ERROR = "error"
WARNING = "warning"
INFO = "info"


@dataclass(frozen=True)
class Kind:
    """The check, status, severity and message of a code.

    :param severity: ``error`` decides ``deliverable``; ``warning`` does not.
    """

    check: str
    status: str
    severity: str
    message: str


def _ok(check: str, message: str) -> Kind:
    return Kind(check, OK, INFO, message)


def _error(check: str, message: str) -> Kind:
    return Kind(check, PROBLEM, ERROR, message)


def _warning(check: str, message: str) -> Kind:
    return Kind(check, PROBLEM, WARNING, message)


def _unknown(check: str, message: str, severity: str = ERROR) -> Kind:
    return Kind(check, UNKNOWN, severity, message)


CHECK_DEFINITIONS: Mapping[str, Kind] = {
    "BucketExists": _ok("bucket", "The bucket {bucket} exists."),
    "BucketMissing": _error("bucket", "There is no bucket {bucket}."),
    "BucketUnreadable": _unknown("bucket", "Could not check whether the bucket {bucket} exists."),
    "OwnerConfirmed": _ok("owner", "The bucket {bucket} belongs to account {account}."),
    "OwnerUnexpected": _error("owner", "The bucket {bucket} does not belong to account {account}."),
    "OwnerUnknown": _unknown("owner", "Could not determine which account owns the bucket {bucket}.", WARNING),
    "Granted": _ok("bucket_policy", "The bucket policy lets log delivery write for {source} to {place}."),
    "NotGranted": _error("bucket_policy", "The bucket policy does not let log delivery write for {source} to {place}."),
    "Denied": _error("bucket_policy", "The bucket policy denies log delivery for {source} to {place}."),
    "PerhapsDenied": _unknown("bucket_policy", "The bucket policy may deny log delivery for {source} to {place}."),
    "PerhapsGranted": _unknown(
        "bucket_policy", "The bucket policy may let log delivery write for {source} to {place}."
    ),
    "GrantsTooMuch": _warning(
        "bucket_policy", "The policy of the bucket {bucket} grants more than log delivery needs."
    ),
    "PolicyUnreadable": _unknown("bucket_policy", "The policy of the bucket {bucket} could not be read."),
    "PolicyHasNegations": _warning("bucket_policy", "The policy of the bucket {bucket} has NotAction or NotPrincipal."),
    "PrincipalGone": _warning("bucket_policy", "The policy of the bucket {bucket} names deleted principals."),
    "PolicyHasRoom": _ok("policy_size", "The policy of the bucket {bucket} has free capacity."),
    "PolicyNearLimit": _warning("policy_size", "The policy of the bucket {bucket} is near the limit of S3."),
    "EncryptionSuitable": _ok("encryption", "The default encryption of the bucket {bucket} suits log delivery."),
    "EncryptionUnreadable": _unknown("encryption", "The default encryption of the bucket {bucket} could not be read."),
    "EncryptionKeyOfAws": _error(
        "encryption", "The bucket {bucket} is encrypted with the AWS managed key aws/s3, which log delivery cannot use."
    ),
    "EncryptionKeyNotByArn": _error(
        "encryption", "The default encryption of the bucket {bucket} does not name its key by the full ARN."
    ),
    "EncryptionDualLayer": _unknown(
        "encryption",
        "Log delivery may not be able to write to the bucket {bucket}, which has dual-layer encryption.",
    ),
    "BucketKeyEnabled": _warning("encryption", "The bucket {bucket} has an S3 Bucket Key."),
    "KeySuitable": _ok("key", "The key {key} can encrypt."),
    "KeyMissing": _error("key", "There is no key {key}."),
    "KeyUnreadable": _unknown("key", "The key {key} could not be read."),
    "KeyNotUsable": _error("key", "The key {key} cannot encrypt in its current state."),
    "KeyUnsuitable": _error("key", "The key {key} is not a symmetric encryption key."),
    "KeyInOtherRegion": _error("key", "The key {key} is not in the region of the bucket {bucket}."),
    "KeyPolicyUnreadable": _unknown("key_policy", "The policy of the key {key} could not be read."),
    "KeyGranted": _ok("key_policy", "The key policy lets log delivery use the key for {source}."),
    "KeyNotGranted": _error("key_policy", "The key policy does not let log delivery use the key for {source}."),
    "KeyPartlyGranted": _unknown(
        "key_policy",
        "The key policy lets log delivery use the key for {source}, but not with all actions that AWS documents.",
    ),
    "KeyGrantsTooMuch": _warning("key_policy", "The policy of the key {key} grants more than log delivery needs."),
    "KeyDenied": _error("key_policy", "The key policy denies log delivery the key for {source}."),
    "KeyPerhapsDenied": _unknown("key_policy", "The key policy may deny log delivery the key for {source}."),
    "KeyPerhapsGranted": _unknown("key_policy", "The key policy may let log delivery use the key for {source}."),
    "OwnershipSuitable": _ok("ownership", "The Object Ownership of the bucket {bucket} suits its policy."),
    "OwnershipUnreadable": _unknown(
        "ownership", "The Object Ownership of the bucket {bucket} could not be read.", WARNING
    ),
    "AclConditionWithoutAcls": _warning(
        "ownership", "The policy of the bucket {bucket} requires an ACL, and ACLs are disabled."
    ),
    "RequesterDoesNotPay": _ok("requester_pays", "The bucket {bucket} is not a Requester Pays bucket."),
    "RequesterPays": _error("requester_pays", "The bucket {bucket} is a Requester Pays bucket."),
    "RequesterPaysUnreadable": _unknown(
        "requester_pays", "Could not check whether the bucket {bucket} is a Requester Pays bucket."
    ),
    "PublicAccessBlocked": _ok("public_access", "The bucket {bucket} blocks public access."),
    "PublicAccessPossible": _warning("public_access", "The bucket {bucket} does not block all public access."),
    "PublicAccessUnreadable": _unknown(
        "public_access", "Could not check whether the bucket {bucket} blocks public access.", WARNING
    ),
}


@dataclass(frozen=True)
class Check:
    """The result of one check.

    :param code: key of :data:`CHECK_DEFINITIONS`.
    :param message: message of the code with its values.
    :param evidence: the facts behind it, for people.
    :param remedy: a task, command or statement to paste; ``""`` if there is nothing to fix.
    """

    check: str
    code: str
    status: str
    severity: str
    message: str
    evidence: str = ""
    remedy: str = ""
    account_id: str | None = None
    region: str | None = None
    folder: str | None = None
    layout: str | None = None

    @property
    def affects_verdict(self) -> bool:
        """Whether ``deliverable`` is false or unknown because of this check."""
        return self.status != OK and self.severity == ERROR

    def to_dict(self) -> dict[str, Any]:
        """Return the check as the module returns it."""
        return asdict(self)


def new_check(code: str, names: Mapping[str, str], **details: Any) -> Check:
    """Return a check with its message.

    :param names: values for the braces in the message.
    :param details: ``evidence``, ``remedy``, ``account_id`` and so on.
    """
    definition = CHECK_DEFINITIONS[code]
    message = definition.message.format(**names)
    return Check(definition.check, code, definition.status, definition.severity, message, **details)


def unread_check(code: str, names: Mapping[str, str], unread: Unread, resource: str, **details: Any) -> Check:
    """Return a check for a value that could not be read, with the permission that the call needs.

    :param resource: ARN for the permission.
    """
    needs = f" The call needs {unread.permission}." if unread.permission else ""
    evidence = f"{unread.message} ({unread.code}).{needs}"
    remedy = unread.hint or permission_statement(unread.permission, resource)
    return new_check(code, names, evidence=evidence, remedy=remedy, **details)


#: Warnings that a run shows although log delivery works: the policy grants more than it needs.
WIDTH_CODES = ("GrantsTooMuch", "KeyGrantsTooMuch")


def width_warnings(checks: Iterable[Check]) -> list[str]:
    """Return a warning for each policy that grants more than log delivery needs."""
    return [f"{check.message} {check.evidence}" for check in checks if check.code in WIDTH_CODES]


def is_deliverable(checks: Iterable[Check]) -> bool | str:
    """Return False if a problem blocks log delivery, ``unknown`` if one possibly does, else True."""
    statuses = {check.status for check in checks if check.affects_verdict}
    if PROBLEM in statuses:
        return False
    return UNKNOWN if statuses else True


def grant_verdicts(grants: Iterable[Grant], checks: Iterable[Check]) -> list[dict[str, Any]]:
    """Return whether log delivery works for each grant.

    :returns: ``account_id`` (None for a whole organization), ``region``, ``folder``, ``layout`` and ``deliverable``.
    """
    deciding: dict[tuple[str | None, ...], list[Check]] = {}
    for check in checks:
        if check.affects_verdict:
            deciding.setdefault((check.account_id, check.region, check.folder, check.layout), []).append(check)
    return [_verdict_of(grant, deciding) for grant in grants]


def _verdict_of(grant: Grant, deciding: Mapping[tuple[str | None, ...], list[Check]]) -> dict[str, Any]:
    account = None if source_kind(grant.source) == FROM_ORGANIZATION else grant.source
    # A check is for the whole destination, for one source, or for one source, folder and layout.
    keys = (
        (None, None, None, None),
        (account, grant.region, None, None),
        (account, grant.region, grant.folder, grant.layout),
    )
    return {
        "account_id": account,
        "region": grant.region,
        "folder": grant.folder,
        "layout": grant.layout,
        "deliverable": is_deliverable(check for key in keys for check in deciding.get(key, ())),
    }


def destination_summary(destination: str, checks: Iterable[Check], shown: int = 3) -> str:
    """Return in words whether log delivery can write to a destination, with the problems.

    :param shown: maximum number of problems in the text.
    """
    given = list(checks)
    verdict = is_deliverable(given)
    if verdict is True:
        return f"Log delivery can write to {destination}, according to its settings."
    # Certain problems come first.
    deciding = sorted((check for check in given if check.affects_verdict), key=lambda check: check.status != PROBLEM)
    head = "cannot" if verdict is False else "may not be able to"
    return f"Log delivery {head} write to {destination}. " + " ".join(_problem_texts(deciding, shown))


def _problem_texts(checks: list[Check], shown: int) -> list[str]:
    texts = [" ".join(filter(None, (f"{check.message} ({check.code})", check.evidence))) for check in checks[:shown]]
    more = len(checks) - shown
    return texts + ([f"And {more} more, see 'problems'."] if more > 0 else [])
