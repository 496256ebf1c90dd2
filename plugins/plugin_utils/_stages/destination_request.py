# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired state of a destination, and the options of the modules for it. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import check_new_bucket
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import grants_for_modules
from .._publication.destination_result import DestinationWish, new_bucket
from .._publication.host_variables import bucket_of


@dataclass(frozen=True)
class DestinationRequest:
    """A destination, and what may be done for it.

    :param destination: ARN of the bucket with an optional folder, or ``bucket/folder``.
    :param sources: ``account_ids``, ``regions``, ``prefixes``, ``layouts``: each with each, where there are no ``grants``.
    :param grants: exactly these combinations.
    :param region: of the bucket, as far as it is known.
    :param key_apart: whether its key is managed for all buckets at once.
    """

    name: str
    destination: str
    destination_options: Mapping[str, Any] | None = None
    sources: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    grants: Sequence[Mapping[str, Any]] = ()
    organization_id: str | None = None
    acl_condition: str = "string_equals"
    source_conditions: bool = True
    region: str | None = None
    expected_bucket_owner: str | None = None
    create_bucket: bool = False
    bucket_encryption: str | None = None
    bucket_tags: Mapping[str, str] | None = None
    manage_bucket_policy: bool = True
    manage_key_policy: bool = False
    check_destination: bool = True
    require_deliverable: bool = True
    key_apart: bool = False

    @property
    def looks_first(self) -> bool:
        """Whether what is there decides what is to be done."""
        return self.create_bucket or self.manage_key_policy


def request_of(work: Mapping[str, Any]) -> DestinationRequest:
    """Return what an inventory asks for of a bucket.

    :param work: as :meth:`work.BucketWork.to_dict` returns it.
    """
    return DestinationRequest(
        name=work["name"],
        destination=work["bucket_arn"],
        grants=work["grants"],
        organization_id=work["organization_id"],
        acl_condition=work["acl_condition"],
        source_conditions=work["source_conditions"],
        region=work["region"],
        expected_bucket_owner=work["expected_bucket_owner"],
        create_bucket=work["create_bucket"],
        bucket_encryption=work["bucket_encryption"],
        bucket_tags=work["bucket_tags"],
        manage_bucket_policy=work["managed"],
        manage_key_policy=work["manage_key_policy"],
        check_destination=work["check_destination"],
        require_deliverable=work["require_deliverable"],
        key_apart=True,
    )


class DestinationOptions:
    """The options of the modules for a destination.

    :raises InputError: for a destination that is none, or a bucket that cannot be created.
    """

    def __init__(self, request: DestinationRequest, region: str | None = None) -> None:
        self._request = request
        bucket = bucket_of(request.destination, request.destination_options, region or request.region)
        if request.create_bucket:
            check_new_bucket("destination", bucket["bucket"])
        (folder,) = bucket["prefixes"] or [""]
        self.bucket: str = bucket["bucket"]
        self.bucket_arn: str = bucket["bucket_arn"]
        self.new_bucket = new_bucket(request.bucket_encryption, self.bucket)
        self._grants = grants_for_modules(request.grants, folder, bucket["layouts"], request.organization_id)
        sources = dict(request.sources)
        # Grants have places of their own.
        own = {} if request.grants else {"prefixes": bucket["prefixes"], "layouts": bucket["layouts"]}
        self._common = {
            "regions": sources.get("regions"),
            "organization_id": request.organization_id,
            "prefixes": own.get("prefixes") if sources.get("prefixes") is None else sources["prefixes"],
            "layouts": sources.get("layouts") or own.get("layouts"),
            "expected_bucket_owner": request.expected_bucket_owner,
            "region": request.region,
        }
        self._accounts = sources.get("account_ids")
        self._conditions = {"acl_condition": request.acl_condition, "source_conditions": request.source_conditions}

    def look(self) -> dict[str, Any]:
        """Return the options of ``flow_log_destination_info`` for what is there."""
        return _given(
            {
                **self._common,
                "destination": self._request.destination,
                "account_ids": self._accounts,
                "grants": self._grants["grants"],
            }
        )

    def bucket_policy(self) -> dict[str, Any]:
        """Return the options of ``flow_log_bucket_policy``."""
        accounts = None if self._request.organization_id else self._accounts
        grants = self._grants["policy_grants"]
        return _given(
            {**self._common, "bucket": self.bucket, "account_ids": accounts, "grants": grants, **self._conditions}
        )

    def key_policy(self, key_arn: str) -> dict[str, Any]:
        """Return the options of ``flow_log_key_policy``."""
        accounts = None if self._request.organization_id else self._accounts
        return _given(
            {
                "key_id": key_arn,
                "region": key_arn.split(":")[3],
                "account_ids": accounts,
                "regions": self._common["regions"],
                "organization_id": self._request.organization_id,
                "grants": self._grants["key_grants"],
            }
        )

    def verdict(self, key_policy: Any) -> dict[str, Any]:
        """Return the options of ``flow_log_destination_info`` for what is there once the policies are as they are planned.

        The bucket policy is planned anew and not taken from a result, in which Ansible masks secrets.
        """
        planned = {"planned_bucket_policy": self._request.manage_bucket_policy, "key_policy": key_policy or None}
        return _given({**self.look(), **self._conditions, **planned})

    def create(self) -> dict[str, Any]:
        """Return the options of ``amazon.aws.s3_bucket``. Never with a policy, which would replace all of the bucket's."""
        return _given(
            {
                "state": "present",
                "name": self.bucket,
                **self.new_bucket,
                "tags": dict(self._request.bucket_tags or {}) or None,
                "region": self._request.region,
            }
        )

    def wish(self, checked: bool) -> DestinationWish:
        """Return the desired destination, as :func:`destination_result.destination_result` takes it.

        :param checked: whether it was found out if log delivery can write to the destination.
        """
        request = self._request
        return DestinationWish(
            bucket_arn=self.bucket_arn,
            create_bucket=request.create_bucket,
            settings={**self.new_bucket, "region": request.region, "tags": request.bucket_tags or None},
            manage_bucket_policy=request.manage_bucket_policy,
            manage_key_policy=request.manage_key_policy,
            require_deliverable=request.require_deliverable and checked,
            key_apart=request.key_apart,
        )


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value not in (None, [], "")}
