# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks whether a statement grants more than log delivery needs. PRIVATE to this collection.

The check evaluates the statement for requests that log delivery never makes. Each of them differs in one respect from a
request that it makes. So the spelling of the statement does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..iam_policy.document import Request, Statement, decide_action, decide_principal, decide_requests
from ..s3_destination import Destination
from .grants import Grant, WRITE_ACTION, source_arn, write_resource

#: Values that no policy names.
_SOME_ACCOUNT, _SOME_ORGANIZATION, _SOME_SERVICE, _SOME_NAME = "000000000000", "o-0000000000", "unnamed", "unnamed"
#: One action of each kind that log delivery does not need.
_UNNEEDED_ACTIONS = (
    *("s3:DeleteObject", "s3:GetObject", "s3:ListBucketVersions", "s3:PutBucketPolicy", "s3:PutObjectAcl"),
    *("kms:CreateGrant", "kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:Sign"),
)


def excess_reasons(
    statement: Statement, requests: Sequence[Request], bucket: Destination, grant: Grant
) -> tuple[str, ...]:
    """Return in words what a statement grants beyond the needs of log delivery; ``()`` for nothing.

    :param requests: requests of one source. The check uses those that the statement allows.
    :param grant: the grant that needs these requests.
    """
    granted = [request for request, truth in zip(requests, decide_requests(statement, requests)) if truth]
    writes = [request for request in granted if request.action == WRITE_ACTION]
    found = {
        "it allows everyone": decide_principal(statement, _SOME_SERVICE) is True,
        "it allows other actions": any(decide_action(statement, action) is True for action in _UNNEEDED_ACTIONS),
        "it allows any account": _allows(statement, _from_other_account(bucket.partition, granted)),
        "it allows writes outside the folders of flow logs": _allows(
            statement, _outside_folder(statement, writes, bucket, grant)
        ),
    }
    return tuple(reason for reason, applies in found.items() if applies)


def _allows(statement: Statement, requests: Sequence[Request]) -> bool:
    return any(truth is True for truth in decide_requests(statement, requests))


def _from_other_account(partition: str, requests: Iterable[Request]) -> list[Request]:
    source = {
        "aws:sourceaccount": (_SOME_ACCOUNT,),
        "aws:sourcearn": (source_arn(partition, "*", _SOME_ACCOUNT),),
        "aws:sourceorgid": (_SOME_ORGANIZATION,),
    }
    return [replace(request, context={**request.context, **source}) for request in requests]


def _outside_folder(
    statement: Statement, writes: Iterable[Request], bucket: Destination, grant: Grant
) -> list[Request]:
    resources = [
        f"{bucket.bucket_arn}/{_SOME_NAME}",
        f"{bucket.bucket_arn}/{grant.folder}/{_SOME_NAME}",
        write_resource(bucket, _SOME_ACCOUNT, _SOME_NAME, grant.layout),
    ]
    if not _names_organization(statement):
        resources += [
            write_resource(bucket, _SOME_ACCOUNT, grant.folder, grant.layout),
            # Another folder that ends like the granted one.
            write_resource(bucket, grant.source, f"{_SOME_NAME}/{grant.folder}".rstrip("/"), grant.layout),
        ]
    return [replace(request, resource=resource) for request in writes for resource in resources]


def _names_organization(statement: Statement) -> bool:
    """Return whether a statement is for all accounts of an organization, which have a folder each."""
    condition: Any = statement.get("Condition")
    blocks: Iterable[Mapping[str, Any]] = condition.values() if isinstance(condition, Mapping) else ()
    return any(str(key).lower() == "aws:sourceorgid" for block in blocks for key in block)


def excess_text(excess: Mapping[str, tuple[str, ...]]) -> str:
    """Return the reasons of all statements for a message.

    :param excess: name of a statement -> see :func:`excess_reasons`.
    """
    return "; ".join(f"Statement {name}: {', '.join(reasons)}" for name, reasons in excess.items())
