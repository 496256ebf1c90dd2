# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides whether a bucket policy allows log delivery, and edits it as AWS does.

Sources: Amazon VPC User Guide, "Publish flow logs to Amazon S3" and its troubleshooting page; Amazon CloudWatch Logs
User Guide, "Logs sent to Amazon S3".
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .buckets import acls_disabled
from .policy_evaluation import decide
from .policy_evaluation import listed_elements
from .switches import switches

SERVICE = "delivery.logs.amazonaws.com"
ACL = "bucket-owner-full-control"
POLICY_ID = "AWSLogDeliveryWrite20150319"
WRITE_SID = "AWSLogDeliveryWrite"
CHECK_SID = "AWSLogDeliveryAclCheck"

organizations: dict[str, str] = {}
"""The organization id of an account, for aws:SourceOrgID; absent accounts are in none."""


def enter_organizations(by_account: Mapping[str, str | None]) -> None:
    """Set the organization of accounts, or none."""
    for account, organization in by_account.items():
        organizations.pop(account, None)
        if organization is not None:
            organizations[account] = organization


def reset() -> None:
    """Remove every account from its organization."""
    organizations.clear()


def may_deliver(
    bucket_policy: Mapping[str, Any] | None,
    partition: str,
    account: str,
    region: str,
    bucket: str,
    folder: str,
    hive: bool,
) -> bool:
    """Return whether the policy allows the service to read the bucket's ACL and to write flow logs of this account and
    Region.

    :param account: the owner of the flow log, not of the bucket.
    :param folder: the folder in the destination, with or without slashes around it; empty for none.
    :param hive: whether the flow log uses Hive-compatible partitions.
    """
    arn = bucket_arn(partition, bucket)
    context = source_context(partition, account, region)
    write = {**context, "s3:x-amz-acl": ACL} if _sends_acl(bucket) else context
    key = sample_key(account, region, folder, hive)
    return (
        decide(bucket_policy, SERVICE, "s3:GetBucketAcl", arn, context) == "allow"
        and decide(bucket_policy, SERVICE, "s3:PutObject", f"{arn}/{key}", write) == "allow"
    )


def has_not_elements(policy: Mapping[str, Any] | None) -> bool:
    """Return whether AWS refuses to edit the policy because of NotAction or NotPrincipal.

    Source: CloudWatch Logs User Guide, "Logs sent to Amazon S3": such a policy makes the creation fail.
    """
    return bool(listed_elements(policy) & {"NotAction", "NotPrincipal"})


def policy_added_by_aws(
    policy: Mapping[str, Any] | None,
    mode: str,
    partition: str,
    account: str,
    region: str,
    bucket: str,
    folder: str,
    hive: bool,
) -> dict[str, Any]:
    """Return the bucket policy that AWS writes during CreateFlowLogs; the given one is not changed.

    The guides disagree on how AWS edits (switch ``policy_edit``): the VPC User Guide says it overwrites, the
    CloudWatch Logs User Guide says it appends, and the VPC troubleshooting page says it adds the bucket's ARN with
    the folder to Resource each time. ``append`` does both of the latter. All say that a sufficient policy is kept.

    :param mode: ``append`` or ``overwrite``.
    """
    if policy is not None and may_deliver(policy, partition, account, region, bucket, folder, hive):
        return copy.deepcopy(dict(policy))
    statements = _statements(partition, account, region, bucket, folder, hive)
    if policy is None or mode == "overwrite":
        return {"Version": "2012-10-17", "Id": POLICY_ID, "Statement": statements}
    edited = copy.deepcopy(dict(policy))
    present = edited.get("Statement", [])
    edited["Statement"] = list(present) if isinstance(present, list) else [present]
    for statement in statements:
        _merge(edited["Statement"], statement)
    return edited


def bucket_arn(partition: str, bucket: str) -> str:
    """The ARN of a bucket."""
    return f"arn:{partition}:s3:::{bucket}"


def base_path(account: str, folder: str, hive: bool) -> str:
    """Return the start of every object key of the account's logs, up to the account, without a trailing slash.

    Hive-compatible layouts differ from there on (VPC User Guide, "Flow log files"), so a policy for one of the two
    does not cover the other.
    """
    owner = f"aws-account-id={account}" if hive else account
    return "/".join(part for part in (folder.strip("/"), "AWSLogs", owner) if part)


def sample_key(account: str, region: str, folder: str, hive: bool) -> str:
    """Return a sample object key of the service, for policy decisions."""
    rest = f"vpcflowlogs/{region}/2026/01/01/x.log.gz"
    if hive:
        rest = f"aws-service=vpcflowlogs/aws-region={region}/year=2026/month=01/day=01/x.log.gz"
    return f"{base_path(account, folder, hive)}/{rest}"


def source_context(partition: str, account: str, region: str) -> dict[str, str]:
    """Return the condition keys of a request of the service, without those of a principal in an organization.

    Source: IAM User Guide, "AWS global condition context keys". The resource in aws:SourceArn is not documented; the
    guides match it with ``*``.
    """
    context = {
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:{partition}:logs:{region}:{account}:delivery-source:vpcflowlogs",
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": SERVICE,
    }
    if account in organizations:
        context["aws:SourceOrgID"] = organizations[account]
    return context


def _sends_acl(bucket: str) -> bool:
    """Not established for buckets without ACLs, hence the switch ``acl_header``.

    Source for the others: VPC User Guide, "Amazon S3 log file permissions".
    """
    return switches.acl_header == "sent" or not acls_disabled(bucket)


def _statements(
    partition: str, account: str, region: str, bucket: str, folder: str, hive: bool
) -> list[dict[str, Any]]:
    """The two statements of the CloudWatch Logs User Guide, "Logs sent to Amazon S3"."""
    arn = bucket_arn(partition, bucket)
    source = {"ArnLike": {"aws:SourceArn": f"arn:{partition}:logs:{region}:{account}:*"}}
    return [
        {
            "Sid": WRITE_SID,
            "Effect": "Allow",
            "Principal": {"Service": SERVICE},
            "Action": "s3:PutObject",
            "Resource": f"{arn}/{base_path(account, folder, hive)}/*",
            "Condition": {"StringEquals": {"aws:SourceAccount": account, "s3:x-amz-acl": ACL}, **source},
        },
        {
            "Sid": CHECK_SID,
            "Effect": "Allow",
            "Principal": {"Service": SERVICE},
            "Action": "s3:GetBucketAcl",
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}, **source},
        },
    ]


def _merge(statements: list[dict[str, Any]], added: dict[str, Any]) -> None:
    """Extend the Resource of an otherwise equal statement of AWS, or append the statement with an unused Sid."""
    for statement in statements:
        if _same_but_resource(statement, added):
            _add_resource(statement, added["Resource"])
            return
    sids = {statement.get("Sid") for statement in statements}
    sid, number = added["Sid"], 0
    while sid in sids:
        number += 1
        sid = f"{added['Sid']}{number}"
    statements.append({**added, "Sid": sid})


def _same_but_resource(statement: Mapping[str, Any], added: Mapping[str, Any]) -> bool:
    if not str(statement.get("Sid", "")).startswith(added["Sid"]):
        return False
    compared = ("Effect", "Principal", "Action", "Condition")
    return all(_unlisted(statement.get(name)) == _unlisted(added[name]) for name in compared)


def _unlisted(value: Any) -> Any:
    """Return the value with one-item lists replaced by their item, at any depth."""
    if isinstance(value, Mapping):
        return {key: _unlisted(item) for key, item in value.items()}
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _add_resource(statement: dict[str, Any], resource: str) -> None:
    present = statement.get("Resource", [])
    resources = list(present) if isinstance(present, list) else [present]
    if resource not in resources:
        resources.append(resource)
    statement["Resource"] = resources[0] if len(resources) == 1 else resources
