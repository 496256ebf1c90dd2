# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of the customer's key that encrypts a bucket. PRIVATE to this collection.

Amazon CloudWatch Logs User Guide, "Logs sent to Amazon S3" (SSE-KMS); Amazon S3 User Guide, "Using server-side
encryption with AWS KMS keys": the key is in the bucket's region, and to upload takes kms:GenerateDataKey, in parts
kms:Decrypt too.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..delivery_policy.decision import DENIED, Decision, GRANTED, NOT_GRANTED, PERHAPS_DENIED, decide_grant
from ..delivery_policy.denial_remedies import denial_remedy, organization_remedy
from ..delivery_policy.grant_options import key_grants
from ..delivery_policy.grants import Grant, GrantConditions
from ..delivery_policy.key_statements import KEY_SID, key_requests, render_key_use
from ..delivery_policy.kms_key import Key, unusable_key
from ..delivery_policy.statements import grouped
from ..delivery_policy.width import excess_of, excess_words
from ..iam_policy.document import Policy, name_of, statements_of
from .bucket_policy import (
    decision_evidence,
    first_grants,
    known_to_belong,
    narrower,
    source_details,
    source_options,
    source_words,
)
from .codes import Check, check_of, unread_check
from .facts import DestinationFacts, Encryption, Unread
from .remedies import module_call
from .request import Question

#: S3 User Guide, "Uploading large files to Amazon S3 with SSE-KMS": what it takes to write an object. To upload it in parts
#: takes kms:Decrypt as well, and whether log delivery does so is not documented.
_WRITING = "kms:GenerateDataKey"
_CERTAINLY_NOT = (DENIED, NOT_GRANTED)
_CODES = {
    "KeyNotUsable": "KeyNotUsable",
    "KeyUnsuitable": "KeyUnsuitable",
    "KeyManagedByAWS": "EncryptionKeyOfAws",
}
#: KMS API, DescribeKey: there is no such key.
_MISSING = "NotFoundException"


def key_checks(question: Question, facts: DestinationFacts) -> list[Check]:
    """Return what there is to say of the key and its policy; nothing for a bucket without a customer's key."""
    encryption = facts.encryption
    if isinstance(encryption, Unread) or not encryption.has_own_key:
        return []
    if isinstance(facts.key, Unread):
        return [_unread_key(encryption, facts.key), *_of_policy(question, facts, _arn_in(encryption))]
    if facts.key is None:
        raise AssertionError("a bucket's own key is read, or is not readable")
    of_key = _of_key(question, facts, facts.key)
    if any(check.code == "EncryptionKeyOfAws" for check in of_key):
        return of_key
    return of_key + _of_policy(question, facts, facts.key.arn)


def _arn_in(encryption: Encryption) -> str | None:
    return encryption.key_id if ":key/" in encryption.key_id else None


def _unread_key(encryption: Encryption, unread: Unread) -> Check:
    names = {"key": encryption.key_id}
    if unread.code == _MISSING:
        remedy = "Encrypt the bucket with a key that exists, by its full ARN."
        return check_of("KeyMissing", names, evidence=f"{unread.message} ({unread.code}).", remedy=remedy)
    resource = _arn_in(encryption) or "*"
    return unread_check("KeyUnreadable", names, unread, resource)


def _of_key(question: Question, facts: DestinationFacts, key: Key) -> list[Check]:
    names = {"key": key.arn, "bucket": question.wanted.bucket.bucket}
    # Whoever asks, only the reasons that are the key's own count.
    checks = [
        check_of(_CODES[item.code], names, evidence=item.message, remedy=item.hint)
        for item in unusable_key(key, key.account)
    ]
    if facts.region and key.region != facts.region:
        checks.append(
            check_of(
                "KeyInOtherRegion",
                names,
                evidence=f"The key is in {key.region}, the bucket in {facts.region}; S3 encrypts with keys of the "
                "bucket's region only.",
                remedy=f"Encrypt the bucket with a key of {facts.region}, by its full ARN.",
            )
        )
    return checks or [check_of("KeySuitable", names, evidence=f"Its state is {key.state}.")]


def _of_policy(question: Question, facts: DestinationFacts, arn: str | None) -> list[Check]:
    """Return a check for each source; nothing if it is not known which key it is."""
    policy = facts.key_policy
    if arn is None:
        return []
    if isinstance(policy, Unread):
        return [unread_check("KeyPolicyUnreadable", {"key": arn}, policy, arn)]
    decisions = {grant: _decide(question, policy, arn, grant) for grant in key_grants(question.wanted.grants())}
    checks = [_of_source(question, policy, arn, grant, *found) for grant, found in decisions.items()]
    granted = {grant: decision for grant, (_code, decision) in decisions.items() if decision.code == GRANTED}
    return checks + _of_width(question, policy, arn, granted)


def _of_width(question: Question, policy: Policy | None, arn: str, decisions: Mapping[Grant, Decision]) -> list[Check]:
    """Return a check if statements grant more than they have to, with those that would do."""
    form, bucket = GrantConditions("", question.wanted.form.sources), question.wanted.bucket
    statements, excess = statements_of(policy), {}
    for position, grant in first_grants(decisions).items():
        requests = known_to_belong(key_requests(arn, form, grant), question.organization)
        reasons = excess_of(statements[position], requests, bucket, grant)
        if reasons:
            excess[name_of(statements[position], position)] = reasons
    if not excess:
        return []
    groups = grouped((form, grant) for grant in decisions)
    remedy = narrower([render_key_use(arn.split(":")[1], group, KEY_SID) for group in groups])
    evidence = f"{excess_words(excess)}."
    return [check_of("KeyGrantsTooMuch", {"key": arn}, evidence=evidence, remedy=remedy)]


def _decide(question: Question, policy: Policy | None, arn: str, grant: Grant) -> tuple[str, Decision]:
    """Return the code of a check and what it comes from.

    Only what a write certainly needs can stand in the way for certain. AWS documents more actions than that, and nobody
    documents what becomes of a delivery without them.
    """
    form = GrantConditions("", question.wanted.form.sources)
    requests = known_to_belong(key_requests(arn, form, grant), question.organization)
    of_all = decide_grant(policy, requests)
    of_writing = decide_grant(policy, [request for request in requests if request.action == _WRITING])
    if of_all.code not in _CERTAINLY_NOT or of_writing.code in _CERTAINLY_NOT:
        return f"Key{of_all.code}", of_all
    if of_writing.code == GRANTED:
        return "KeyPartlyGranted", of_all
    return f"Key{of_writing.code}", of_writing


def _of_source(
    question: Question, policy: Policy | None, arn: str, grant: Grant, code: str, decision: Decision
) -> Check:
    return check_of(
        code,
        {"source": source_words(grant.source, grant.region)},
        evidence=decision_evidence(decision, policy),
        remedy=_remedy(question, policy, arn, grant, decision),
        **source_details(grant.source, grant.region),
    )


def _remedy(question: Question, policy: Policy | None, arn: str, grant: Grant, decision: Decision) -> str:
    if decision.code == GRANTED:
        return ""
    if decision.code in (DENIED, PERHAPS_DENIED):
        return denial_remedy(policy, decision.positions, question.organization)
    named = organization_remedy(policy, decision.positions, question.organization)
    return named or module_call(
        "flowlogs.aws.flow_log_key_policy", {"key_id": arn, "region": arn.split(":")[3], **source_options(grant)}
    )
