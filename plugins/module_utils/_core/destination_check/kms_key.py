# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the customer managed key of a bucket and its policy. PRIVATE to this collection.

Amazon CloudWatch Logs User Guide, "Logs sent to Amazon S3" (SSE-KMS); Amazon S3 User Guide, "Using server-side
encryption with AWS KMS keys": the key is in the Region of the bucket. An upload needs kms:GenerateDataKey, a multipart
upload also kms:Decrypt.
"""

from __future__ import annotations

from ..delivery_policy.decision import DENIED, Decision, GRANTED, NOT_GRANTED, decide_grant
from ..delivery_policy.grant_options import key_grants
from ..delivery_policy.grants import Grant, GrantConditions
from ..delivery_policy.key_statements import KEY_SID, key_requests, render_key_statement
from ..delivery_policy.kms_key import Key, key_problems
from ..delivery_policy.statements import group_grants
from ..delivery_policy.width import excess_reasons
from ..iam_policy.document import Policy, Request, Statement
from .bucket_policy import grant_check, width_checks, with_organization
from .codes import Check, new_check, unread_check
from .facts import DestinationFacts, Encryption, Unread
from .request import DestinationQuery

#: S3 User Guide, "Uploading large files to Amazon S3 with SSE-KMS": the action that every write needs. A multipart
#: upload also needs kms:Decrypt, and AWS does not document whether log delivery uses one.
_WRITE_ACTION = "kms:GenerateDataKey"
_CERTAINLY_NOT = (DENIED, NOT_GRANTED)
_CODES = {
    "KeyNotUsable": "KeyNotUsable",
    "KeyUnsuitable": "KeyUnsuitable",
    "KeyManagedByAWS": "EncryptionKeyOfAws",
}
#: KMS API, DescribeKey: there is no such key.
_MISSING = "NotFoundException"


def key_checks(query: DestinationQuery, facts: DestinationFacts) -> list[Check]:
    """Return the checks of the key and its policy; ``[]`` for a bucket without a customer managed key."""
    encryption = facts.encryption
    if isinstance(encryption, Unread) or not encryption.has_customer_key:
        return []
    if isinstance(facts.key, Unread):
        return [_unread_key(encryption, facts.key), *_policy_checks(query, facts, _arn_in(encryption))]
    checks = _key_checks(query, facts, facts.key)
    if any(check.code == "EncryptionKeyOfAws" for check in checks):
        return checks
    return checks + _policy_checks(query, facts, facts.key.arn)


def _arn_in(encryption: Encryption) -> str | None:
    return encryption.key_id if ":key/" in encryption.key_id else None


def _unread_key(encryption: Encryption, unread: Unread) -> Check:
    names = {"key": encryption.key_id}
    if unread.code == _MISSING:
        remedy = "Encrypt the bucket with a key that exists, by its full ARN."
        return new_check("KeyMissing", names, evidence=f"{unread.message} ({unread.code}).", remedy=remedy)
    return unread_check("KeyUnreadable", names, unread, _arn_in(encryption) or "*")


def _key_checks(query: DestinationQuery, facts: DestinationFacts, key: Key) -> list[Check]:
    names = {"key": key.arn, "bucket": query.wanted.bucket.bucket}
    # The account of the caller does not matter here.
    checks = [
        new_check(_CODES[item.code], names, evidence=item.message, remedy=item.hint)
        for item in key_problems(key, key.account)
    ]
    if facts.region and key.region != facts.region:
        checks.append(
            new_check(
                "KeyInOtherRegion",
                names,
                evidence=f"The key is in {key.region}, the bucket in {facts.region}; S3 needs a key in the Region of "
                "the bucket.",
                remedy=f"Encrypt the bucket with a key of {facts.region}, by its full ARN.",
            )
        )
    return checks or [new_check("KeySuitable", names, evidence=f"Its state is {key.state}.")]


def _policy_checks(query: DestinationQuery, facts: DestinationFacts, arn: str | None) -> list[Check]:
    """Return a check for each source.

    :param arn: ARN of the key; None if unknown, then there is nothing to check.
    """
    policy = facts.key_policy
    if arn is None:
        return []
    if isinstance(policy, Unread):
        return [unread_check("KeyPolicyUnreadable", {"key": arn}, policy, arn)]
    partition, region = arn.split(":")[1], arn.split(":")[3]
    conditions, bucket = GrantConditions("", query.wanted.conditions.sources), query.wanted.bucket

    def requests(grant: Grant) -> list[Request]:
        return with_organization(key_requests(arn, conditions, grant), query.organization)

    def excess(statement: Statement, grant: Grant) -> tuple[str, ...]:
        return excess_reasons(statement, requests(grant), bucket, grant)

    def narrow(grants: list[Grant]) -> list[Statement]:
        groups = group_grants((conditions, grant) for grant in grants)
        return [render_key_statement(partition, group, KEY_SID) for group in groups]

    task = ("flowlogs.aws.flow_log_key_policy", {"key_id": arn, "region": region})
    checks, decisions = [], {}
    for grant in key_grants(query.wanted.grants):
        code, decisions[grant] = _decide(policy, requests(grant))
        checks.append(grant_check(query, policy, grant, decisions[grant], code, {}, task))
    return checks + width_checks("KeyGrantsTooMuch", {"key": arn}, policy, decisions, excess, narrow)


def _decide(policy: Policy | None, requests: list[Request]) -> tuple[str, Decision]:
    """Return the code of a check and the decision behind it.

    Only the action that every write needs can certainly block delivery. AWS's guide lists more actions, but does not
    document whether delivery fails without them.
    """
    of_all = decide_grant(policy, requests)
    of_write = decide_grant(policy, [request for request in requests if request.action == _WRITE_ACTION])
    if of_all.code not in _CERTAINLY_NOT or of_write.code in _CERTAINLY_NOT:
        return f"Key{of_all.code}", of_all
    if of_write.code == GRANTED:
        return "KeyPartlyGranted", of_all
    return f"Key{of_write.code}", of_write
