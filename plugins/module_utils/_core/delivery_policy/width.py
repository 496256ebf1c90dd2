# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a statement grants more than log delivery needs, whoever wrote it. PRIVATE to this collection.

A statement is judged by what it allows, not by how it is written: it is asked about requests that log delivery never makes,
each like one that it makes but for one thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..iam_policy.document import Request, Statement, decide_action, decide_principal, decide_requests
from ..s3_destination import Destination
from .grants import Grant, WRITE_ACTION, source_arn, write_resource

#: Stand for whoever and whatever nobody names.
_SOME_ACCOUNT, _SOME_ORGANIZATION, _SOME_SERVICE, _SOME_NAME = "000000000000", "o-0000000000", "unnamed", "unnamed"
#: One action of each kind that log delivery has no use for.
_USELESS = (
    *("s3:DeleteObject", "s3:GetObject", "s3:ListBucketVersions", "s3:PutBucketPolicy", "s3:PutObjectAcl"),
    *("kms:CreateGrant", "kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:Sign"),
)


def excess_of(statement: Statement, requests: Sequence[Request], bucket: Destination, grant: Grant) -> tuple[str, ...]:
    """Return what a statement grants beyond what log delivery needs, in words; ``()`` for nothing.

    :param requests: what one source asks for; those that the statement does not allow are not looked at.
    :param grant: the grant that they are for.
    """
    granted = [request for request, truth in zip(requests, decide_requests(statement, requests)) if truth]
    writes = [request for request in granted if request.action == WRITE_ACTION]
    found = {
        "it lets in everybody": decide_principal(statement, _SOME_SERVICE) is True,
        "it allows other actions": any(decide_action(statement, action) is True for action in _USELESS),
        "it lets in any account": _allows(statement, _of_strangers(bucket.partition, granted)),
        "it lets objects be written outside of the folders of flow logs": _allows(
            statement, _elsewhere(statement, writes, bucket, grant)
        ),
    }
    return tuple(words for words, is_so in found.items() if is_so)


def _allows(statement: Statement, requests: Sequence[Request]) -> bool:
    return any(truth is True for truth in decide_requests(statement, requests))


def _of_strangers(partition: str, requests: Iterable[Request]) -> list[Request]:
    told = {
        "aws:sourceaccount": (_SOME_ACCOUNT,),
        "aws:sourcearn": (source_arn(partition, "*", _SOME_ACCOUNT),),
        "aws:sourceorgid": (_SOME_ORGANIZATION,),
    }
    return [replace(request, context={**request.context, **told}) for request in requests]


def _elsewhere(statement: Statement, writes: Iterable[Request], bucket: Destination, grant: Grant) -> list[Request]:
    places = [
        f"{bucket.bucket_arn}/{_SOME_NAME}",
        f"{bucket.bucket_arn}/{grant.folder}/{_SOME_NAME}",
        write_resource(bucket, _SOME_ACCOUNT, _SOME_NAME, grant.layout),
    ]
    if not _names_organization(statement):
        places += [
            write_resource(bucket, _SOME_ACCOUNT, grant.folder, grant.layout),
            # Any folder, with the account's own part at its end.
            write_resource(bucket, grant.source, f"{_SOME_NAME}/{grant.folder}".rstrip("/"), grant.layout),
        ]
    return [replace(request, resource=place) for request in writes for place in places]


def _names_organization(statement: Statement) -> bool:
    """Whether a statement is for all accounts of an organization, each of which has a folder."""
    condition: Any = statement.get("Condition")
    blocks: Iterable[Mapping[str, Any]] = condition.values() if isinstance(condition, Mapping) else ()
    return any(str(key).lower() == "aws:sourceorgid" for block in blocks for key in block)


def excess_words(excess: dict[str, tuple[str, ...]]) -> str:
    """Return what is too much, statement by statement.

    :param excess: name of a statement -> see :func:`excess_of`.
    """
    return "; ".join(f"Statement {name}: {', '.join(reasons)}" for name, reasons in excess.items())
