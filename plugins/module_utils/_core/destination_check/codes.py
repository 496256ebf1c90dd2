# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the check can say of a destination: every code with its severity and its words. PRIVATE to this collection.

The words are constant but for what stands in braces, so that a person who searches for them finds the guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..delivery_policy.grants import FROM_ORGANIZATION, Grant, sources_form
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
    """A code: what is looked at, the status, the severity, and the words.

    :param severity: ``error`` decides whether the destination is deliverable; ``warning`` does not.
    """

    check: str
    status: str
    severity: str
    words: str


def _ok(check: str, words: str) -> Kind:
    return Kind(check, OK, INFO, words)


def _error(check: str, words: str) -> Kind:
    return Kind(check, PROBLEM, ERROR, words)


def _warning(check: str, words: str) -> Kind:
    return Kind(check, PROBLEM, WARNING, words)


def _unknown(check: str, words: str, severity: str = ERROR) -> Kind:
    return Kind(check, UNKNOWN, severity, words)


CHECK_DEFINITIONS: Mapping[str, Kind] = {
    "BucketExists": _ok("bucket", "The bucket {bucket} exists."),
    "BucketMissing": _error("bucket", "There is no bucket {bucket}."),
    "BucketUnreadable": _unknown("bucket", "Whether the bucket {bucket} exists could not be read."),
    "OwnerConfirmed": _ok("owner", "The bucket {bucket} belongs to account {account}."),
    "OwnerUnexpected": _error("owner", "The bucket {bucket} does not belong to account {account}."),
    "OwnerUnknown": _unknown("owner", "Which account owns the bucket {bucket} could not be told.", WARNING),
    "Granted": _ok("bucket_policy", "The bucket policy lets log delivery write for {source} to {place}."),
    "NotGranted": _error("bucket_policy", "The bucket policy does not let log delivery write for {source} to {place}."),
    "Denied": _error("bucket_policy", "The bucket policy denies log delivery for {source} to {place}."),
    "PerhapsDenied": _unknown("bucket_policy", "The bucket policy may deny log delivery for {source} to {place}."),
    "PerhapsGranted": _unknown(
        "bucket_policy", "Whether the bucket policy lets log delivery write for {source} to {place} cannot be told."
    ),
    "GrantsTooMuch": _warning(
        "bucket_policy", "The policy of the bucket {bucket} grants more than log delivery needs."
    ),
    "PolicyUnreadable": _unknown("bucket_policy", "The policy of the bucket {bucket} could not be read."),
    "PolicyHasNegations": _warning("bucket_policy", "The policy of the bucket {bucket} has NotAction or NotPrincipal."),
    "PrincipalGone": _warning("bucket_policy", "The policy of the bucket {bucket} names principals that were deleted."),
    "PolicyHasRoom": _ok("policy_size", "The policy of the bucket {bucket} has room."),
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
        "Whether log delivery can write to the bucket {bucket}, which is encrypted in two layers, is open.",
    ),
    "BucketKeyEnabled": _warning("encryption", "The bucket {bucket} has an S3 Bucket Key."),
    "KeySuitable": _ok("key", "The key {key} can encrypt."),
    "KeyMissing": _error("key", "There is no key {key}."),
    "KeyUnreadable": _unknown("key", "The key {key} could not be read."),
    "KeyNotUsable": _error("key", "The key {key} cannot encrypt in its present state."),
    "KeyUnsuitable": _error("key", "The key {key} is of a kind that S3 cannot encrypt with."),
    "KeyInOtherRegion": _error("key", "The key {key} is not in the region of the bucket {bucket}."),
    "KeyPolicyUnreadable": _unknown("key_policy", "The policy of the key {key} could not be read."),
    "KeyGranted": _ok("key_policy", "The key policy lets log delivery use the key for {source}."),
    "KeyNotGranted": _error("key_policy", "The key policy does not let log delivery use the key for {source}."),
    "KeyPartlyGranted": _unknown(
        "key_policy", "The key policy lets log delivery use the key for {source}, but not for all that AWS documents."
    ),
    "KeyGrantsTooMuch": _warning("key_policy", "The policy of the key {key} grants more than log delivery needs."),
    "KeyDenied": _error("key_policy", "The key policy denies log delivery the key for {source}."),
    "KeyPerhapsDenied": _unknown("key_policy", "The key policy may deny log delivery the key for {source}."),
    "KeyPerhapsGranted": _unknown(
        "key_policy", "Whether the key policy lets log delivery use the key for {source} cannot be told."
    ),
    "OwnershipSuitable": _ok("ownership", "The Object Ownership of the bucket {bucket} suits its policy."),
    "OwnershipUnreadable": _unknown(
        "ownership", "The Object Ownership of the bucket {bucket} could not be read.", WARNING
    ),
    "AclConditionWithoutAcls": _warning(
        "ownership", "The policy of the bucket {bucket} asks for an ACL, and ACLs are disabled."
    ),
    "RequesterDoesNotPay": _ok("requester_pays", "The bucket {bucket} is not a Requester Pays bucket."),
    "RequesterPays": _error("requester_pays", "The bucket {bucket} is a Requester Pays bucket."),
    "RequesterPaysUnreadable": _unknown(
        "requester_pays", "Whether the bucket {bucket} is a Requester Pays bucket could not be read."
    ),
    "PublicAccessBlocked": _ok("public_access", "The bucket {bucket} blocks public access."),
    "PublicAccessPossible": _warning("public_access", "The bucket {bucket} does not block all public access."),
    "PublicAccessUnreadable": _unknown(
        "public_access", "Whether the bucket {bucket} blocks public access could not be read.", WARNING
    ),
}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    :param code: key of :data:`CHECK_DEFINITIONS`.
    :param message: its words, filled in.
    :param evidence: what was read, for people.
    :param remedy: something to paste, ``""`` where nothing is to be done.
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
    def matters(self) -> bool:
        """Whether it decides that the destination is not, or not certainly, deliverable."""
        return self.status != OK and self.severity == ERROR

    def to_dict(self) -> dict[str, Any]:
        """Return the check as the module returns it."""
        return asdict(self)


def check_of(code: str, names: Mapping[str, str], **details: Any) -> Check:
    """Return a check with its words filled in.

    :param names: what stands for the braces in the words.
    :param details: ``evidence``, ``remedy``, ``account_id`` and so on.
    """
    kind = CHECK_DEFINITIONS[code]
    return Check(kind.check, code, kind.status, kind.severity, kind.words.format(**names), **details)


def unread_check(code: str, names: Mapping[str, str], unread: Unread, resource: str, **details: Any) -> Check:
    """Return a check of something that could not be read, with the permission that is missing.

    :param resource: ARN that the permission is needed on.
    """
    needs = f" The call needs {unread.permission}." if unread.permission else ""
    evidence = f"{unread.message} ({unread.code}).{needs}"
    remedy = unread.hint or permission_statement(unread.permission, resource)
    return check_of(code, names, evidence=evidence, remedy=remedy, **details)


#: Warnings that a run shows, though deliveries arrive: the policy is wider than it has to be.
TOO_MUCH = ("GrantsTooMuch", "KeyGrantsTooMuch")


def width_warnings(checks: Iterable[Check]) -> list[str]:
    """Return a warning for each policy that grants more than log delivery needs."""
    return [f"{check.message} {check.evidence}" for check in checks if check.code in TOO_MUCH]


def is_deliverable(checks: Iterable[Check]) -> bool | str:
    """Return the verdict: False if a problem stands in the way, ``unknown`` if one may, else True."""
    statuses = {check.status for check in checks if check.matters}
    if PROBLEM in statuses:
        return False
    return UNKNOWN if statuses else True


def verdicts_of(grants: Iterable[Grant], checks: Iterable[Check]) -> list[dict[str, Any]]:
    """Return the verdict for each grant by itself.

    :returns: ``account_id`` (None for a whole organization), ``region``, ``folder``, ``layout`` and ``deliverable``.
    """
    deciding: dict[tuple[str | None, ...], list[Check]] = {}
    for check in checks:
        if check.matters:
            deciding.setdefault((check.account_id, check.region, check.folder, check.layout), []).append(check)
    return [_verdict_of(grant, deciding) for grant in grants]


def _verdict_of(grant: Grant, deciding: Mapping[tuple[str | None, ...], list[Check]]) -> dict[str, Any]:
    account = None if sources_form(grant.source) == FROM_ORGANIZATION else grant.source
    # A check is about the destination as a whole, about one source, or about one source and place.
    places = (
        (None, None, None, None),
        (account, grant.region, None, None),
        (account, grant.region, grant.folder, grant.layout),
    )
    return {
        "account_id": account,
        "region": grant.region,
        "folder": grant.folder,
        "layout": grant.layout,
        "deliverable": is_deliverable(check for place in places for check in deciding.get(place, ())),
    }


def summary_of(destination: str, checks: Iterable[Check], shown: int = 3) -> str:
    """Return the verdict in words, with the problems that it comes from.

    :param shown: how many of them are spelt out.
    """
    given = list(checks)
    verdict = is_deliverable(given)
    if verdict is True:
        return f"Log delivery can write to {destination}, as far as its settings tell."
    # What stands in the way for certain comes before what may.
    deciding = sorted((check for check in given if check.matters), key=lambda check: check.status != PROBLEM)
    head = "cannot" if verdict is False else "may not be able to"
    return f"Log delivery {head} write to {destination}. " + " ".join(_spelt_out(deciding, shown))


def _spelt_out(checks: list[Check], shown: int) -> list[str]:
    texts = [" ".join(filter(None, (f"{check.message} ({check.code})", check.evidence))) for check in checks[:shown]]
    more = len(checks) - shown
    return texts + ([f"And {more} more, see 'problems'."] if more > 0 else [])
