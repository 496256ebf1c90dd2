# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired state of a destination, and the module options for it. PRIVATE to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.flowlogs.aws.plugins.module_utils._core.bucket_names import check_new_bucket
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import grants_for_modules
from .._publication.destination_result import DesiredDestination, new_bucket
from .._publication.host_variables import layouts_of, parse_bucket
from .._publication.types import (
    DestinationDict,
    DestinationOptionsDict,
    GrantItem,
    ModuleOptions,
    PolicyDocument,
    SourceOptions,
)


@dataclass(frozen=True)
class DestinationRequest:
    """A destination, and what the run may do for it.

    :param destination: ARN of the bucket with an optional folder, or ``bucket/folder``.
    :param sources: every combination of these accounts, Regions, prefixes and layouts, if there are no ``grants``.
    :param grants: exactly these combinations.
    :param region: Region of the bucket, if it is known.
    :param key_apart: whether the key policy is managed once for all buckets of the key, so not here.
    """

    name: str
    destination: str
    destination_options: DestinationOptionsDict | None = None
    sources: SourceOptions = field(default_factory=SourceOptions)
    grants: Sequence[GrantItem] = ()
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
    def checks_first(self) -> bool:
        """Whether the run must check what exists before it changes anything."""
        return self.create_bucket or self.manage_key_policy


def request_of(work: DestinationDict) -> DestinationRequest:
    """Return the request for a bucket of an inventory."""
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
    """The module options for a destination.

    :raises InputError: for a value that is no S3 destination, or a bucket that cannot be created.
    """

    def __init__(self, request: DestinationRequest, region: str | None = None) -> None:
        self._request = request
        bucket = parse_bucket(request.destination, region or request.region)
        if request.create_bucket:
            check_new_bucket("destination", bucket.bucket)
        layouts = layouts_of(request.destination_options)
        self.bucket = bucket.bucket
        self.bucket_arn = bucket.bucket_arn
        self.new_bucket = new_bucket(request.bucket_encryption, bucket.bucket)
        self._grants = grants_for_modules(request.grants, bucket.folder, layouts, request.organization_id)
        sources = request.sources
        prefixes, named_layouts = sources.get("prefixes"), sources.get("layouts")
        if not request.grants:
            # Each grant has a prefix and layouts of its own.
            if prefixes is None:
                prefixes = [bucket.folder] if bucket.folder else []
            named_layouts = named_layouts or list(layouts)
        self._common: ModuleOptions = {
            "regions": sources.get("regions"),
            "organization_id": request.organization_id,
            "prefixes": prefixes,
            "layouts": named_layouts,
            "expected_bucket_owner": request.expected_bucket_owner,
            "region": request.region,
        }
        self._accounts = sources.get("account_ids")
        self._conditions: ModuleOptions = {
            "acl_condition": request.acl_condition,
            "source_conditions": request.source_conditions,
        }

    def first_check(self) -> ModuleOptions:
        """Return the options of ``flow_log_destination_info`` for what exists."""
        return _without_empty(
            {
                **self._common,
                "destination": self._request.destination,
                "account_ids": self._accounts,
                "grants": self._grants["grants"],
            }
        )

    def bucket_policy(self) -> ModuleOptions:
        """Return the options of ``flow_log_bucket_policy``."""
        accounts = None if self._request.organization_id else self._accounts
        grants = self._grants["policy_grants"]
        return _without_empty(
            {**self._common, "bucket": self.bucket, "account_ids": accounts, "grants": grants, **self._conditions}
        )

    def key_policy(self, key_arn: str) -> ModuleOptions:
        """Return the options of ``flow_log_key_policy``."""
        accounts = None if self._request.organization_id else self._accounts
        return _without_empty(
            {
                "key_id": key_arn,
                "region": key_arn.split(":")[3],
                "account_ids": accounts,
                "regions": self._common["regions"],
                "organization_id": self._request.organization_id,
                "grants": self._grants["key_grants"],
            }
        )

    def last_check(self, key_policy: PolicyDocument | None) -> ModuleOptions:
        """Return the options of ``flow_log_destination_info`` for the state after the policies are written.

        The module plans the bucket policy again. It cannot use the one in a result, in which Ansible masks secrets.

        :param key_policy: the key policy after the run.
        """
        planned = {"planned_bucket_policy": self._request.manage_bucket_policy, "key_policy": key_policy or None}
        return _without_empty({**self.first_check(), **self._conditions, **planned})

    def create(self) -> ModuleOptions:
        """Return the options of ``amazon.aws.s3_bucket``, without ``policy``, which replaces the whole bucket policy."""
        return _without_empty(
            {
                "state": "present",
                "name": self.bucket,
                **self.new_bucket,
                "tags": dict(self._request.bucket_tags or {}) or None,
                "region": self._request.region,
            }
        )

    def desired(self, checked: bool) -> DesiredDestination:
        """Return the desired destination for :func:`destination_result.destination_result`.

        :param checked: whether the run got as far as the last destination check.
        """
        request = self._request
        return DesiredDestination(
            bucket_arn=self.bucket_arn,
            create_bucket=request.create_bucket,
            settings={**self.new_bucket, "region": request.region, "tags": request.bucket_tags or None},
            manage_bucket_policy=request.manage_bucket_policy,
            manage_key_policy=request.manage_key_policy,
            require_deliverable=request.require_deliverable and checked,
            key_apart=request.key_apart,
        )


def _without_empty(options: ModuleOptions) -> ModuleOptions:
    return {name: value for name, value in options.items() if value not in (None, [], "")}
