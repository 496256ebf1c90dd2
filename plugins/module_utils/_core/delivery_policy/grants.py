# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Returns the requests of log delivery for a bucket, and whether a policy grants them. PRIVATE to this collection.

Amazon VPC User Guide, "Amazon S3 bucket permissions for flow logs" and "Amazon S3 log file path"; Amazon CloudWatch
Logs User Guide, "Logs sent to Amazon S3": the service reads the ACL of the bucket, then writes objects below
``AWSLogs``. The source of its requests is the account and Region of the flow log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..iam_policy.conditions import ABSENT, OneOf
from ..iam_policy.document import Denials, Policy, Request, Statement, decide_statement, denied_by, granted_by
from ..s3_destination import Destination

#: The same in all partitions, China included.
DELIVERY_SERVICE = "delivery.logs.amazonaws.com"
WRITE_ACTION = "s3:PutObject"
CHECK_ACTION = "s3:GetBucketAcl"
OWNER_HAS_CONTROL = "bucket-owner-full-control"

PLAIN = "plain"
HIVE = "hive"
LAYOUTS = (PLAIN, HIVE)
ALL_REGIONS = "*"
#: Pattern for any account of an organization: an account id has 12 digits.
ANY_ACCOUNT = "?" * 12

ACL_EQUALS = "string_equals"
ACL_IF_EXISTS = "string_equals_if_exists"
ACL_NONE = "none"
#: From narrow to wide.
ACL_CONDITIONS = (ACL_EQUALS, ACL_IF_EXISTS, ACL_NONE)

FROM_ACCOUNTS = "accounts"
FROM_ORGANIZATION = "organization"
FROM_ANYONE = "anyone"


@dataclass(frozen=True, order=True)
class GrantConditions:
    """How a statement restricts a grant.

    :param acl: one of :data:`ACL_CONDITIONS`; ``""`` for the ACL check, which writes nothing.
    :param sources: ``accounts``: by aws:SourceAccount and aws:SourceArn; ``organization``: by aws:SourceOrgID and
        aws:SourceArn; ``anyone``: not at all, as AWS wrote it in 2020.
    """

    acl: str
    sources: str


@dataclass(frozen=True, order=True)
class Grant:
    """The permission of one source to deliver to one folder in one layout.

    :param source: account id; organization id; ``*`` for the ACL check with the sources ``anyone``.
    :param region: Region of the flow logs, or ``*`` for all.
    :param folder: folder of the bucket without outer slashes, ``""`` for none.
    :param layout: ``plain`` or ``hive``; ``""`` for the ACL check, which is for the whole bucket.
    """

    source: str
    region: str
    folder: str = ""
    layout: str = ""


#: A grant with its conditions.
ConditionalGrant = tuple[GrantConditions, Grant]


def write_resource(bucket: Destination, account: str, folder: str, layout: str) -> str:
    """Return the ARN pattern of the objects of one account, as in AWS's policies.

    :param account: account id, or :data:`ANY_ACCOUNT`.
    """
    top = f"{bucket.bucket_arn}/{folder}/AWSLogs" if folder else f"{bucket.bucket_arn}/AWSLogs"
    return f"{top}/aws-account-id={account}/*" if layout == HIVE else f"{top}/{account}/*"


def source_arn(partition: str, region: str, account: str) -> str:
    """Return the aws:SourceArn pattern of the flow logs of a Region and account, an ARN of the logs service."""
    return f"arn:{partition}:logs:{region}:{account}:*"


def _objects(bucket: Destination, account: str, grant: Grant) -> str:
    """Return the pattern of the object keys of flow logs, which is narrower than the usual grant."""
    base = write_resource(bucket, account, grant.folder, grant.layout)[: -len("*")]
    if grant.layout == HIVE:
        return f"{base}aws-service=vpcflowlogs/aws-region={grant.region}/*"
    return f"{base}vpcflowlogs/{grant.region}/*"


#: Condition keys of every request of the service. It uses TLS 1.2 or newer (AWS answers no older version, and does not
#: document which one the service uses), no VPC of a customer and no other service. It has no request tags, and as a
#: principal it belongs to no organization (IAM User Guide, "AWS global condition context keys").
OF_THE_SERVICE: dict[str, tuple[str, ...] | None] = {
    "aws:securetransport": ("true",),
    "s3:tlsversion": OneOf(("1.2", "1.3")),
    "aws:principalisawsservice": ("true",),
    "aws:principalservicename": (DELIVERY_SERVICE,),
    "aws:viaawsservice": ("false",),
    **dict.fromkeys(
        (
            "aws:calledvia",
            "aws:calledviafirst",
            "aws:calledvialast",
            "aws:ec2instancesourceprivateipv4",
            "aws:ec2instancesourcevpc",
            "aws:principalorgid",
            "aws:principalorgpaths",
            "aws:requesttag/",
            "aws:sourcevpc",
            "aws:sourcevpcarn",
            "aws:sourcevpce",
            "aws:tagkeys",
            "aws:vpceaccount",
            "aws:vpceorgid",
            "aws:vpceorgpaths",
            "aws:vpcsourceip",
        ),
        ABSENT,
    ),
}
#: Condition keys of S3 (Service Authorization Reference, "Condition keys for Amazon S3") that no write of the service
#: has. It names a bucket and no access point, creates a new object and copies none. S3 accepts no grants with a canned
#: ACL, or without ACLs. With SSE-C only the service could read the objects. Tags, retention and legal hold need
#: permissions that AWS's policy for log delivery does not give. AWS does not document the other keys of a write:
#: storage class, server-side encryption, checksum and age of the signature, conditional writes.
_NOT_IN_WRITES: dict[str, tuple[str, ...] | None] = dict.fromkeys(
    (
        "s3:accesspointnetworkorigin",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:existingobjecttag/",
        "s3:object-lock-legal-hold",
        "s3:object-lock-mode",
        "s3:object-lock-remaining-retention-days",
        "s3:object-lock-retain-until-date",
        "s3:requestobjecttag/",
        "s3:requestobjecttagkeys",
        "s3:x-amz-copy-source",
        "s3:x-amz-grant-full-control",
        "s3:x-amz-grant-read",
        "s3:x-amz-grant-read-acp",
        "s3:x-amz-grant-write",
        "s3:x-amz-grant-write-acp",
        "s3:x-amz-metadata-directive",
        "s3:x-amz-server-side-encryption-customer-algorithm",
        "s3:x-amz-website-redirect-location",
    ),
    ABSENT,
)
#: Condition keys that no ACL check has: also those of objects.
_NOT_IN_CHECKS: dict[str, tuple[str, ...] | None] = {
    **_NOT_IN_WRITES,
    **dict.fromkeys(
        (
            "s3:if-match",
            "s3:if-none-match",
            "s3:objectcreationoperation",
            "s3:x-amz-acl",
            "s3:x-amz-server-side-encryption",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
            "s3:x-amz-storage-class",
        ),
        ABSENT,
    ),
}


def source_contexts(
    partition: str, grant: Grant, conditions: GrantConditions
) -> list[dict[str, tuple[str, ...] | None]]:
    """Return the condition keys that the service may send about the source; a grant must cover each alternative."""
    account = ANY_ACCOUNT if conditions.sources == FROM_ORGANIZATION or grant.source == "*" else grant.source
    sent: dict[str, tuple[str, ...] | None] = {
        "aws:sourceaccount": (account,),
        "aws:sourcearn": (source_arn(partition, grant.region, account),),
        "aws:sourceorgid": (grant.source,) if conditions.sources == FROM_ORGANIZATION else None,
    }
    if conditions.sources != FROM_ANYONE:
        return [sent]
    return [sent, dict.fromkeys(sent, ABSENT)]


def _acl_contexts(conditions: GrantConditions) -> list[tuple[str, ...]]:
    return [(OWNER_HAS_CONTROL,)] if conditions.acl == ACL_EQUALS else [(OWNER_HAS_CONTROL,), ABSENT]


def required_requests(bucket: Destination, conditions: GrantConditions, grant: Grant) -> list[Request]:
    """Return the requests that a bucket policy must allow to give a grant.

    :param bucket: bucket and partition; the folder is that of the grant.
    """
    sources = source_contexts(bucket.partition, grant, conditions)
    if not grant.layout:
        contexts = [{**OF_THE_SERVICE, **_NOT_IN_CHECKS, **source} for source in sources]
        return [Request(DELIVERY_SERVICE, CHECK_ACTION, bucket.bucket_arn, context) for context in contexts]
    account = ANY_ACCOUNT if conditions.sources == FROM_ORGANIZATION else grant.source
    objects = _objects(bucket, account, grant)
    known = {**OF_THE_SERVICE, **_NOT_IN_WRITES}
    contexts = [{**known, **source, "s3:x-amz-acl": acl} for source in sources for acl in _acl_contexts(conditions)]
    return [Request(DELIVERY_SERVICE, WRITE_ACTION, objects, context) for context in contexts]


def source_kind(source: str) -> str:
    """Return the kind of a source: ``organization`` for the id of an organization, else ``accounts``."""
    return FROM_ORGANIZATION if source.startswith("o-") else FROM_ACCOUNTS


def may_write(statement: Statement, bucket: Destination, source: str) -> bool:
    """Return whether a statement lets a source write any object in the bucket, or possibly does.

    :param source: account id, organization id, or ``*`` for any account.
    """
    conditions = GrantConditions(ACL_NONE, source_kind(source))
    contexts = source_contexts(bucket.partition, Grant(source, ALL_REGIONS), conditions)
    requests = [
        Request(
            DELIVERY_SERVICE, WRITE_ACTION, f"{bucket.bucket_arn}/*", {**OF_THE_SERVICE, **_NOT_IN_WRITES, **context}
        )
        for context in contexts
    ]
    return statement.get("Effect") == "Allow" and any(
        decide_statement(statement, request) is not False for request in requests
    )


def positions_for(policy: Policy | None, requests: Iterable[Request]) -> tuple[int, ...]:
    """Return the positions of the statements that together allow all requests; ``()`` if one is not allowed."""
    positions: set[int] = set()
    for request in requests:
        found = granted_by(policy, request)
        if not found:
            return ()
        positions.update(found)
    return tuple(sorted(positions))


def grant_positions(
    policy: Policy | None, bucket: Destination, conditions: GrantConditions, grant: Grant
) -> tuple[int, ...]:
    """Return the positions of the statements that together give a grant; ``()`` if a part of it is missing."""
    return positions_for(policy, required_requests(bucket, conditions, grant))


def grant_denials(policy: Policy | None, bucket: Destination, conditions: GrantConditions, grant: Grant) -> Denials:
    """Return the Deny statements that block all requests of a grant, and those that block a part or possibly do."""
    each = [denied_by(policy, request) for request in required_requests(bucket, conditions, grant)]
    certain = set.intersection(*(set(denials.certain) for denials in each))
    mentioned = {position for denials in each for position in denials.certain + denials.possible}
    return Denials(tuple(sorted(certain)), tuple(sorted(mentioned - certain)))


def acl_check_for(conditions: GrantConditions, grant: Grant) -> ConditionalGrant:
    """Return the ACL check that a write needs."""
    if conditions.sources == FROM_ANYONE:
        return GrantConditions("", FROM_ANYONE), Grant("*", ALL_REGIONS)
    return GrantConditions("", conditions.sources), Grant(grant.source, grant.region)


def required_grants(conditions: GrantConditions, grants: Iterable[Grant]) -> tuple[ConditionalGrant, ...]:
    """Return the writes and the ACL checks that sources need, each once, in order."""
    writes = [(conditions, grant) for grant in grants]
    return tuple(dict.fromkeys(writes + [acl_check_for(conditions, grant) for _conditions, grant in writes]))


def wider_grants(conditions: GrantConditions, grant: Grant) -> list[ConditionalGrant]:
    """Return every other grant that covers this one."""
    acls = ACL_CONDITIONS[ACL_CONDITIONS.index(conditions.acl) :] if conditions.acl else ("",)
    candidates = [
        (GrantConditions(acl, sources), Grant(source, region, grant.folder, grant.layout))
        for acl in acls
        for sources in (conditions.sources, FROM_ANYONE)
        for source in ((grant.source,) if grant.layout or sources != FROM_ANYONE else ("*",))
        for region in (grant.region, ALL_REGIONS)
    ]
    return [candidate for candidate in candidates if candidate != (conditions, grant)]


def without_redundant(grants: Iterable[ConditionalGrant]) -> set[ConditionalGrant]:
    """Return the grants without those that a wider one covers."""
    given = set(grants)
    return {item for item in given if not given.intersection(wider_grants(*item))}
