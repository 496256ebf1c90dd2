# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What log delivery needs of a KMS key: as options, and written and read as statements. PRIVATE to this collection.

Amazon CloudWatch Logs User Guide, "Logs sent to Amazon S3" ("Amazon S3 bucket server-side encryption"): the delivery
service may encrypt, decrypt, re-encrypt, generate data keys and describe the key, for the accounts and regions of the
sources. In a key policy the resource ``*`` is the key itself.
"""

from __future__ import annotations

import re

from ..iam_policy.conditions import ABSENT
from ..iam_policy.document import Request, Statement
from .grants import DELIVERY_SERVICE, FROM_ANYONE, Grant, GrantConditions, OF_THE_SERVICE, source_contexts
from .merge import Group
from .statements import DeliveryStatement, conditions_of, is_delivery, parse_view, source_condition, texts_of

KEY_SID = "AWSLogDeliveryKeyUse"
_OUR_SID = re.compile(rf"{KEY_SID}[0-9]*")
KEY_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
#: The operations that these stand for, without those for key pairs, which encrypt no objects.
_ASKED = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)
_PLAIN = frozenset(action.lower() for action in KEY_ACTIONS)
_RECOGNISED = _PLAIN.union(
    (action.lower() for action in _ASKED),
    ("kms:generatedatakeypair", "kms:generatedatakeypairwithoutplaintext"),
)
_THE_KEY = "*"
#: Condition keys that none of these operations has, since they are about others: grants, key policies, imports, replicas,
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


def key_requests(key_arn: str, form: GrantConditions, grant: Grant) -> list[Request]:
    """Return the requests that a key policy must allow for a grant to be there."""
    contexts = source_contexts(key_arn.split(":")[1], grant, form)
    known = [{**OF_THE_SERVICE, **_NOT_IN_USES, **context} for context in contexts]
    return [Request(DELIVERY_SERVICE, action, key_arn, context) for context in known for action in _ASKED]


def render_key_use(partition: str, group: Group, sid: str, density: int = 0) -> Statement:
    """Return the statement for grants that share their regions.

    :param density: 1 for one source ARN per region instead of one per region and account, which means the same.
    """
    form, grants = group
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": DELIVERY_SERVICE},
        "Action": list(KEY_ACTIONS),
        "Resource": _THE_KEY,
        "Condition": source_condition(partition, form, grants, density),
    }


def is_our_key_sid(statement: Statement) -> bool:
    """Whether a statement carries the Sid that this collection writes into key policies."""
    return bool(_OUR_SID.fullmatch(str(statement.get("Sid", ""))))


def key_view_of(statement: Statement) -> DeliveryStatement | None:
    """Return a statement as the use of a key by log delivery, whoever wrote it; None if it is not recognisably that."""
    if not is_delivery(statement):
        return None
    actions = {action.lower() for action in texts_of(statement.get("Action", [])) or ()}
    resources, conditions = texts_of(statement.get("Resource", [])), conditions_of(statement)
    if not actions or not actions <= _RECOGNISED or not resources or conditions is None:
        return None
    values, operators, known = conditions
    places = tuple((raw, None) for raw in resources)
    return DeliveryStatement(False, _THE_KEY, places, values, operators, known and actions == _PLAIN)


def parse_our_key_use(statement: Statement) -> tuple[GrantConditions, frozenset[Grant]] | None:
    """Return the grants of a statement that this collection could have written, None for every other statement."""
    view = key_view_of(statement) if is_our_key_sid(statement) else None
    group = parse_view(view) if view else None
    return group if group and group[0].sources != FROM_ANYONE else None
