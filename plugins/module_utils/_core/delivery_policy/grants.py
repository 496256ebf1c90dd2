# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What log delivery needs of a bucket, as values, and whether a policy grants it. PRIVATE to this collection.

Amazon VPC User Guide, "Amazon S3 bucket permissions for flow logs" and "Amazon S3 log file path"; Amazon CloudWatch
Logs User Guide, "Logs sent to Amazon S3": the service writes objects below ``AWSLogs`` with the account and the region
of the flow log as the source of the request, and reads the bucket's ACL before.
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
#: An account id has 12 digits; so many "any one character" stand for any account of an organization.
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
    """How a grant is tied down.

    :param acl: one of :data:`ACL_CONDITIONS`; ``""`` for the ACL check, which writes nothing.
    :param sources: ``accounts``: to aws:SourceAccount and aws:SourceArn; ``organization``: to aws:SourceOrgID and
        aws:SourceArn; ``anyone``: not, as AWS wrote it in 2020.
    """

    acl: str
    sources: str


@dataclass(frozen=True, order=True)
class Grant:
    """That one source may deliver to one place.

    :param source: account id; organization id; ``*`` for the ACL check of the form ``anyone``.
    :param region: region of the flow logs, or ``*`` for all.
    :param folder: folder of the bucket without outer slashes, ``""`` for none.
    :param layout: ``plain`` or ``hive``; ``""`` for the ACL check, which is of the bucket itself.
    """

    source: str
    region: str
    folder: str = ""
    layout: str = ""


#: A grant together with its form.
FormedGrant = tuple[GrantConditions, Grant]


def write_resource(bucket: Destination, account: str, folder: str, layout: str) -> str:
    """Return the ARN pattern of the objects of one account, as AWS's own policies have it.

    :param account: account id, or :data:`ANY_ACCOUNT`.
    """
    top = f"{bucket.bucket_arn}/{folder}/AWSLogs" if folder else f"{bucket.bucket_arn}/AWSLogs"
    return f"{top}/aws-account-id={account}/*" if layout == HIVE else f"{top}/{account}/*"


def source_arn(partition: str, region: str, account: str) -> str:
    """Return the aws:SourceArn pattern of the flow logs of a region and account; it is an ARN of the logs service."""
    return f"arn:{partition}:logs:{region}:{account}:*"


def _objects(bucket: Destination, account: str, grant: Grant) -> str:
    """Return the pattern of the keys that flow logs really get: narrower than what policies commonly grant."""
    base = write_resource(bucket, account, grant.folder, grant.layout)[: -len("*")]
    if grant.layout == HIVE:
        return f"{base}aws-service=vpcflowlogs/aws-region={grant.region}/*"
    return f"{base}vpcflowlogs/{grant.region}/*"


#: What is known of every request of the service. It comes over TLS 1.2 or newer (AWS answers none below; which one, nobody
#: documents), from no VPC of a customer and for no other service, has no tags of a request, and belongs to no organization
#: as a principal (IAM User Guide, "AWS global condition context keys").
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
#: Condition keys of S3 (Service Authorization Reference, "Condition keys for Amazon S3") that no write of the service has:
#: it names a bucket and no access point; it makes a new object and copies none; S3 takes no grants next to the canned ACL,
#: nor without ACLs; nobody but the service could read what a key of its own encrypts (SSE-C); and tags, retention and
#: legal hold take permissions that AWS's own policy for log delivery does not give. Other keys of a write (storage class,
#: server-side encryption, checksum and age of the signature, conditional writes) are documented nowhere.
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
#: And those that no ACL check has, since they are about objects.
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


def source_contexts(partition: str, grant: Grant, form: GrantConditions) -> list[dict[str, tuple[str, ...] | None]]:
    """Return what the service may say of the source; a grant must hold for each of them."""
    account = ANY_ACCOUNT if form.sources == FROM_ORGANIZATION or grant.source == "*" else grant.source
    told: dict[str, tuple[str, ...] | None] = {
        "aws:sourceaccount": (account,),
        "aws:sourcearn": (source_arn(partition, grant.region, account),),
        "aws:sourceorgid": (grant.source,) if form.sources == FROM_ORGANIZATION else None,
    }
    if form.sources != FROM_ANYONE:
        return [told]
    return [told, dict.fromkeys(told, ABSENT)]


def _acl_contexts(form: GrantConditions) -> list[tuple[str, ...]]:
    return [(OWNER_HAS_CONTROL,)] if form.acl == ACL_EQUALS else [(OWNER_HAS_CONTROL,), ABSENT]


def requests_of(bucket: Destination, form: GrantConditions, grant: Grant) -> list[Request]:
    """Return the requests that a policy must allow for a grant to be there.

    :param bucket: bucket and partition; its folder is not looked at, the grant's is.
    """
    sources = source_contexts(bucket.partition, grant, form)
    if not grant.layout:
        contexts = [{**OF_THE_SERVICE, **_NOT_IN_CHECKS, **source} for source in sources]
        return [Request(DELIVERY_SERVICE, CHECK_ACTION, bucket.bucket_arn, context) for context in contexts]
    account = ANY_ACCOUNT if form.sources == FROM_ORGANIZATION else grant.source
    objects = _objects(bucket, account, grant)
    known = {**OF_THE_SERVICE, **_NOT_IN_WRITES}
    contexts = [{**known, **source, "s3:x-amz-acl": acl} for source in sources for acl in _acl_contexts(form)]
    return [Request(DELIVERY_SERVICE, WRITE_ACTION, objects, context) for context in contexts]


def sources_form(source: str) -> str:
    """Return what ties a statement to a source: ``organization`` for an organization's id, else ``accounts``."""
    return FROM_ORGANIZATION if source.startswith("o-") else FROM_ACCOUNTS


def may_write(statement: Statement, bucket: Destination, source: str) -> bool:
    """Whether an Allow statement lets a source write something somewhere in the bucket, as far as can be told.

    :param source: account id, organization id, or ``*`` for any account.
    """
    form = GrantConditions(ACL_NONE, sources_form(source))
    contexts = source_contexts(bucket.partition, Grant(source, ALL_REGIONS), form)
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
    """Return the positions of the statements that together allow all requests; ``()`` if they do not."""
    positions: set[int] = set()
    for request in requests:
        found = granted_by(policy, request)
        if not found:
            return ()
        positions.update(found)
    return tuple(sorted(positions))


def denials_for(policy: Policy | None, requests: Iterable[Request]) -> Denials:
    """Return the Deny statements that block all requests, and those that block some of them, or may."""
    each = [denied_by(policy, request) for request in requests]
    certain = set.intersection(*(set(denials.certain) for denials in each))
    mentioned = {position for denials in each for position in denials.certain + denials.possible}
    return Denials(tuple(sorted(certain)), tuple(sorted(mentioned - certain)))


def grant_positions(policy: Policy | None, bucket: Destination, form: GrantConditions, grant: Grant) -> tuple[int, ...]:
    """Return the positions of the statements that together give a grant; ``()`` if it is not given in full."""
    return positions_for(policy, requests_of(bucket, form, grant))


def grant_denials(policy: Policy | None, bucket: Destination, form: GrantConditions, grant: Grant) -> Denials:
    """Return the Deny statements that block a grant, and those that may.

    One that blocks only some of what the service may send is among those that may.
    """
    return denials_for(policy, requests_of(bucket, form, grant))


def check_of(form: GrantConditions, grant: Grant) -> FormedGrant:
    """Return the ACL check that goes with a write."""
    if form.sources == FROM_ANYONE:
        return GrantConditions("", FROM_ANYONE), Grant("*", ALL_REGIONS)
    return GrantConditions("", form.sources), Grant(grant.source, grant.region)


def needed(form: GrantConditions, grants: Iterable[Grant]) -> tuple[FormedGrant, ...]:
    """Return the writes and the checks that sources need, each once, in order."""
    writes = [(form, grant) for grant in grants]
    return tuple(dict.fromkeys(writes + [check_of(form, grant) for _form, grant in writes]))


def wider(form: GrantConditions, grant: Grant) -> list[FormedGrant]:
    """Return every grant that would make this one needless, itself not among them."""
    acls = ACL_CONDITIONS[ACL_CONDITIONS.index(form.acl) :] if form.acl else ("",)
    candidates = [
        (GrantConditions(acl, sources), Grant(source, region, grant.folder, grant.layout))
        for acl in acls
        for sources in (form.sources, FROM_ANYONE)
        for source in ((grant.source,) if grant.layout or sources != FROM_ANYONE else ("*",))
        for region in (grant.region, ALL_REGIONS)
    ]
    return [candidate for candidate in candidates if candidate != (form, grant)]


def without_needless(grants: Iterable[FormedGrant]) -> set[FormedGrant]:
    """Return the grants without those that a wider one contains."""
    given = set(grants)
    return {item for item in given if not given.intersection(wider(*item))}
