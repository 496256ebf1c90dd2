# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module ``flow_log_destination_info``: reads a destination and checks it. PRIVATE to this collection.

If something cannot be read, it is returned as unknown with the missing permission, and the module reads the rest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, TypedDict, TypeVar

from .._aws import kms, s3, s3_bucket_settings
from .._aws.ec2 import partition_of
from .._aws.errors import FlowLogsAWSError, error_code_and_message
from .._core.delivery_policy.kms_key import Key
from .._core.destination_check.codes import is_deliverable, destination_summary, grant_verdicts, width_warnings
from .._core.destination_check.examine import examine
from .._core.destination_check.facts import BucketDict, DestinationFacts, Encryption, EncryptionDict, Unread
from .._core.destination_check.request import DestinationQuery, query_from_options, unmasked
from .._core.error_hints.flow_logs import hint_for
from .delivery_options import BUCKET_DELIVERY_OPTIONS
from .module import FlowLogsModule, ModuleDefinition

T = TypeVar("T")

#: Hints for calls that S3 accepts only from the bucket's owner.
_ONLY_THE_OWNER = {
    "MethodNotAllowed": "Run this with credentials of the account that owns the bucket, or give bucket_policy.",
}


class DestinationResult(TypedDict):
    """The values that the module returns."""

    deliverable: bool | str
    summary: str
    checks: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    grants: list[dict[str, Any]]
    size_bytes: int | None
    bucket: BucketDict
    encryption: EncryptionDict | None


def run_destination_info(module: FlowLogsModule) -> None:
    """Check whether log delivery can write to a destination, and what blocks it."""
    client = module.client("s3")
    query = query_from_options(module.params, partition_of(client))
    # If no Region is configured, S3's client has a default one, and STS's has none.
    module.verify_account(kms.region_of(client))
    caller = module.caller(kms.region_of(client)).account_id
    query = query.with_caller_account(caller)
    facts = _Reader(module, client, query, caller).read()
    module.exit_json(changed=False, **_result(module, query, facts))


def _attempt(read: Callable[[], T], permission: str, hint: str = "") -> T | Unread:
    try:
        return read()
    except FlowLogsAWSError as error:
        code, message = error_code_and_message(error)
        text = f"{error.message}: {message}" if error.message and error.exception else message
        return Unread(permission, code, text, _ONLY_THE_OWNER.get(code, hint) or hint_for("", code, message))


class _Reader:
    """Reads a destination."""

    def __init__(self, module: FlowLogsModule, client: Any, query: DestinationQuery, caller: str) -> None:
        self._module = module
        self._client = client
        self._query = query
        self._bucket = query.wanted.bucket.bucket
        self._expected = query.wanted.expected_owner or caller
        self._caller = caller

    def read(self) -> DestinationFacts:
        """Return everything that can be read; for a missing bucket, only that it does not exist."""
        facts = self._bucket_itself()
        if facts.exists is False:
            return facts
        return self._with_key(self._with_settings(facts))

    def _head(self, owner: str | None) -> s3.BucketHead | None | Unread:
        return _attempt(lambda: s3.head_bucket(self._client, self._bucket, owner), "s3:ListBucket")

    def _bucket_itself(self) -> DestinationFacts:
        """Read the bucket. S3's answers to a wrong owner and to a missing permission are equal, so a second call decides."""
        owned = self._head(self._expected)
        if owned is None:
            return DestinationFacts(exists=False)
        if not isinstance(owned, Unread):
            return DestinationFacts(exists=True, region=owned.region, owner=self._expected)
        any_owner = self._head(None)
        if isinstance(any_owner, Unread):
            return DestinationFacts(exists=any_owner, head=any_owner)
        if any_owner is None:
            return DestinationFacts(exists=False)
        return DestinationFacts(exists=True, region=any_owner.region, not_owner=self._expected)

    def _with_settings(self, facts: DestinationFacts) -> DestinationFacts:
        client, bucket = self._client, self._bucket
        settings: dict[str, Any] = {
            "encryption": _attempt(
                lambda: s3_bucket_settings.get_encryption(client, bucket), "s3:GetEncryptionConfiguration"
            ),
            "ownership": _attempt(
                lambda: s3_bucket_settings.get_ownership(client, bucket), "s3:GetBucketOwnershipControls"
            ),
            "requester_pays": _attempt(
                lambda: s3_bucket_settings.get_requester_pays(client, bucket), "s3:GetBucketRequestPayment"
            ),
            "public_access_blocked": _attempt(
                lambda: s3_bucket_settings.get_public_access_blocked(client, bucket), "s3:GetBucketPublicAccessBlock"
            ),
        }
        if any(not isinstance(value, Unread) for value in settings.values()):
            # A setting was read, so the bucket exists even if HeadBucket was denied.
            facts = replace(facts, exists=True)
        return replace(facts, policy=self._policy(), **settings)

    def _policy(self) -> Any:
        if self._query.bucket_policy is not None:
            return unmasked(self._query.bucket_policy, "bucket_policy")
        found = _attempt(lambda: s3.get_bucket_policy(self._client, self._bucket), "s3:GetBucketPolicy")
        if isinstance(found, Unread) or not self._module.check_mode:
            return found
        return self._query.planned_policy(found)

    def _with_key(self, facts: DestinationFacts) -> DestinationFacts:
        encryption = facts.encryption
        if isinstance(encryption, Unread) or not encryption.has_customer_key:
            return facts
        arn = encryption.key_id if encryption.key_id.startswith("arn:") else ""
        region = arn.split(":")[3] if arn else facts.region
        client = self._module.client("kms", **({"region": region} if region else {}))
        key = _attempt(lambda: kms.describe_key(client, encryption.key_id), "kms:DescribeKey")
        return replace(facts, key=key, key_policy=self._key_policy(client, key, encryption))

    def _key_policy(self, client: Any, key: Key | Unread, encryption: Encryption) -> Any:
        if self._query.key_policy is not None:
            return unmasked(self._query.key_policy, "key_policy")
        arn = encryption.key_id if isinstance(key, Unread) else key.arn
        account = arn.split(":")[4] if arn.startswith("arn:") else self._caller
        hint = ""
        if account != self._caller:
            # KMS API Reference, GetKeyPolicy: "Cross-account use: No".
            hint = f"Only account {account} can read the policy of its key: run this with its credentials, or give key_policy."
        return _attempt(lambda: kms.get_key_policy(client, arn), "kms:GetKeyPolicy", hint)


def _result(module: FlowLogsModule, query: DestinationQuery, facts: DestinationFacts) -> DestinationResult:
    diagnosis = examine(query, facts)
    bucket = query.wanted.bucket
    for text in width_warnings(diagnosis.checks):
        module.warn(text)
    return {
        "deliverable": is_deliverable(diagnosis.checks),
        "summary": destination_summary(bucket.bucket_arn, diagnosis.checks),
        "checks": [check.to_dict() for check in diagnosis.checks],
        "problems": [check.to_dict() for check in diagnosis.checks if check.affects_verdict],
        "grants": grant_verdicts(query.wanted.grants, diagnosis.checks),
        "size_bytes": diagnosis.size,
        "bucket": {
            "name": bucket.bucket,
            "arn": bucket.bucket_arn,
            "exists": None if isinstance(facts.exists, Unread) else facts.exists,
            "region": facts.region,
            "owner": facts.owner,
        },
        "encryption": None if facts.exists is False else _encryption(facts),
    }


def _encryption(facts: DestinationFacts) -> EncryptionDict | None:
    found = facts.encryption
    if isinstance(found, Unread):
        return None
    key = None if isinstance(facts.key, Unread) else facts.key
    arn = _key_arn(key, found)
    return {
        "algorithm": found.algorithm,
        "key": found.key_id or None,
        "key_arn": arn or None,
        "key_account": arn.split(":")[4] if arn else None,
        "key_region": arn.split(":")[3] if arn else None,
        "is_customer_key": found.has_customer_key and (key is None or key.manager == "CUSTOMER"),
        "bucket_key": found.bucket_key,
    }


def _key_arn(key: Key | None, encryption: Encryption) -> str:
    if key is not None:
        return key.arn
    return encryption.key_id if ":key/" in encryption.key_id else ""


#: The module ``flow_log_destination_info``.
FLOW_LOG_DESTINATION_INFO = ModuleDefinition(
    name="flow_log_destination_info",
    work=run_destination_info,
    argument_spec=dict(
        destination=dict(type="str", required=True),
        **BUCKET_DELIVERY_OPTIONS,
        bucket_policy=dict(type="dict"),
        key_policy=dict(type="dict", no_log=False),
        planned_bucket_policy=dict(type="bool", default=False),
    ),
    region_optional=True,
)
