# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks an S3 destination during CreateFlowLogs, and edits the bucket policy as AWS does."""

from __future__ import annotations

import json
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.utilities.utils import get_partition

from .. import authorization
from .. import buckets
from ..bucket_facts import verdict_of
from ..bucket_policies import plant
from ..bucket_policies import stored_policy
from ..delivery import has_not_elements
from ..delivery import may_deliver
from ..delivery import policy_added_by_aws
from ..permission_needs_s3 import of_policy_edit
from ..switches import switches
from ..verdicts import Source
from .request_checks import split_destination

MAX_POLICY_BYTES = 20480
"""S3 User Guide, bucket policies: 20 KB."""

Refusal = tuple[str, str]

_MESSAGES = {
    "no_bucket": "LogDestination: {bucket} does not exist",
    "bucket_policy": "Access Denied for LogDestination: {bucket}. Please check LogDestination permission",
    "aws_managed_key": "LogDestination: {bucket} is undeliverable",
    "key_not_by_arn": "LogDestination: {bucket} is undeliverable",
}
"""By the reason of a verdict. Recorded 2024-09-24 for a missing bucket; as several projects report for a denial; AWS
Prescriptive Guidance, "Configure VPC Flow Logs for centralization across AWS accounts", and VPC User Guide,
flow-logs-troubleshooting, for "is undeliverable"."""


def refusal_of(account: str, region: str, request: dict[str, Any], access_key: str = "") -> Refusal | None:
    """Return code and message of the Unsuccessful items for the destination of CreateFlowLogs, or None.

    The code is the bare HTTP status, as recorded 2024-09-24 for a missing bucket. For a bucket of the caller's
    account AWS adds what is missing to the policy first, if the caller may change it.

    :param access_key: the caller's.
    """
    if request.get("LogDestinationType") != "s3":
        return None
    bucket, folder = split_destination(request["LogDestination"])
    hive = bool((request.get("DestinationOptions") or {}).get("HiveCompatiblePartitions"))
    source = Source(get_partition(region), account, region, folder, hive)
    verdict = verdict_of(bucket, source)
    if (
        verdict.reason == "bucket_policy"
        and buckets.owner_of(bucket)[0] == account
        and _may_edit(bucket, source, access_key)
        and _let_aws_edit(bucket, source)
    ):
        verdict = verdict_of(bucket, source)
    return None if verdict.creation else ("400", _MESSAGES[verdict.reason].format(bucket=bucket))


def _may_edit(bucket: str, source: Source, access_key: str) -> bool:
    needs = of_policy_edit(bucket, source.account, source.partition)
    return all(authorization.may(access_key, source.account, source.region, need) for need in needs)


def _let_aws_edit(bucket: str, source: Source) -> bool:
    """Add the bucket policy as AWS does for a bucket of the caller (VPC User Guide and CloudWatch Logs User Guide, S3
    permissions).

    The guides disagree whether it overwrites or appends: switch ``policy_edit``, with ``off`` for a caller that may
    not put the policy. With NotAction or NotPrincipal in the policy it does not. Above 20 KB it cannot: the VPC User
    Guide, flow-logs-troubleshooting, names an error for it, while recorded refusals of a destination come as items
    of Unsuccessful: switch ``policy_edit_too_large``.
    """
    policy = stored_policy(bucket)
    place = (source.partition, source.account, source.region, bucket, source.folder, source.hive)
    if switches.policy_edit == "off" or has_not_elements(policy):
        return False
    edited = policy_added_by_aws(policy, switches.policy_edit, *place)
    if len(json.dumps(edited, separators=(",", ":")).encode()) > MAX_POLICY_BYTES:
        if switches.policy_edit_too_large == "item":
            return False
        raise EC2ClientError("LogDestinationPermissionIssue", f"The policy of {bucket} is too large for log delivery.")
    if not may_deliver(edited, *place):
        return False
    plant(bucket, edited)
    return True
