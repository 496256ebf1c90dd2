# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes and reads the statements of a key policy that grant log delivery. PRIVATE to this collection.

Amazon CloudWatch Logs User Guide, "Logs sent to Amazon S3" ("Amazon S3 bucket server-side encryption"): the delivery
service may encrypt, decrypt, re-encrypt, generate data keys and describe the key, for the accounts and Regions of the
sources. In a key policy, the resource ``*`` is the key itself.
"""

from __future__ import annotations

import re

from ..iam_policy.conditions import ABSENT
from ..iam_policy.document import Request, Statement
from .grants import DELIVERY_SERVICE, FROM_ANYONE, Grant, GrantConditions, OF_THE_SERVICE, source_contexts
from .statements import (
    DeliveryStatement,
    Group,
    delivery_conditions,
    is_delivery,
    exact_grants,
    source_condition,
    literal_texts,
)

KEY_SID = "AWSLogDeliveryKeyUse"
_OUR_SID = re.compile(rf"{KEY_SID}[0-9]*")
KEY_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
#: The operations that these patterns match, without those for key pairs, which encrypt no objects.
_REQUIRED_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)
_OWN_ACTIONS = frozenset(action.lower() for action in KEY_ACTIONS)
_DELIVERY_ACTIONS = _OWN_ACTIONS.union(
    (action.lower() for action in _REQUIRED_ACTIONS),
    ("kms:generatedatakeypair", "kms:generatedatakeypairwithoutplaintext"),
)
_THE_KEY = "*"
#: Condition keys that requests for these operations never have. They belong to grants, key policies, imports, replicas,
#: deletion, rotation, signatures and key pairs (AWS KMS Developer Guide, "Condition keys for AWS KMS").
_NOT_IN_USES: dict[str, tuple[str, ...] | None] = dict.fromkeys(
    (
        "kms:bypasspolicylockoutsafetycheck",
        "kms:datakeypairspec",
        "kms:expirationmodel",
        "kms:grantconstrainttype",
        "kms:granteeprincipal",
        "kms:grantisforawsresource",
        "kms:grantoperations",
        "kms:keyagreementalgorithm",
        "kms:macalgorithm",
        "kms:messagetype",
        "kms:primaryregion",
        "kms:replicaregion",
        "kms:retiringprincipal",
        "kms:rotationperiodindays",
        "kms:schedulekeydeletionpendingwindowindays",
        "kms:signingalgorithm",
        "kms:validto",
        "kms:wrappingalgorithm",
        "kms:wrappingkeyspec",
    ),
    ABSENT,
)


def key_requests(key_arn: str, conditions: GrantConditions, grant: Grant) -> list[Request]:
    """Return the requests that a key policy must allow to give a grant."""
    contexts = source_contexts(key_arn.split(":")[1], grant, conditions)
    known = [{**OF_THE_SERVICE, **_NOT_IN_USES, **context} for context in contexts]
    return [Request(DELIVERY_SERVICE, action, key_arn, context) for context in known for action in _REQUIRED_ACTIONS]


def render_key_statement(partition: str, group: Group, sid: str, density: int = 0) -> Statement:
    """Return the statement for grants with the same Regions.

    :param density: 1 for one source ARN per Region instead of one per Region and account, which is equivalent.
    """
    conditions, grants = group
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": DELIVERY_SERVICE},
        "Action": list(KEY_ACTIONS),
        "Resource": _THE_KEY,
        "Condition": source_condition(partition, conditions, grants, density),
    }


def has_own_key_sid(statement: Statement) -> bool:
    """Return whether a statement has the Sid that this collection writes into key policies."""
    return bool(_OUR_SID.fullmatch(str(statement.get("Sid", ""))))


def parse_key_delivery(statement: Statement) -> DeliveryStatement | None:
    """Return a statement that is for log delivery alone, of this collection or third-party; None for any other."""
    if not is_delivery(statement):
        return None
    actions = {action.lower() for action in literal_texts(statement.get("Action", [])) or ()}
    resources, conditions = literal_texts(statement.get("Resource", [])), delivery_conditions(statement)
    if not actions or not actions <= _DELIVERY_ACTIONS or not resources or conditions is None:
        return None
    values, operators, known = conditions
    prefixes = tuple((raw, None) for raw in resources)
    return DeliveryStatement(False, _THE_KEY, prefixes, values, operators, known and actions == _OWN_ACTIONS)


def own_key_grants(statement: Statement) -> Group | None:
    """Return the grants of a statement that this collection could have written; None for any other."""
    delivery = parse_key_delivery(statement) if has_own_key_sid(statement) else None
    group = exact_grants(delivery) if delivery else None
    return group if group and group[0].sources != FROM_ANYONE else None
