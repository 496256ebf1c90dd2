# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work units of a run: batches, buckets and permissions. PRIVATE to this collection.

Connection options may be secret, so no work unit holds them. It names the host whose variable holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grant_options import grants_to_items
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.grants import Grant
from .._discovery.accounts import Gap
from .connection_names import names_in
from .host_variables import Target
from .identities import IdentityWork
from .types import (
    BatchDict,
    DestinationDict,
    GrantItem,
    InvalidHostDict,
    KnownTarget,
    PermissionsDict,
    PrincipalDict,
    PublicationDict,
    TargetDict,
)


@dataclass(frozen=True)
class Batch:
    """Targets of one ``s3_flow_log`` task: one account, Region, resource type, destination, settings and connection.

    :param name: ``account/region/type/number-total``, which messages show.
    :param credentials_of: the host whose ``flow_log_aws`` holds the connection options.
    :param bucket_name: name of the :class:`BucketWork` that must come first; ``None`` if none must.
    """

    name: str
    targets: tuple[Target, ...]
    credentials_of: str
    bucket_name: str | None = None

    def to_dict(self) -> BatchDict:
        """Return the batch as plain data."""
        first = self.targets[0]
        return {
            "name": self.name,
            "account_id": first.account_id,
            "region": first.region,
            "resource_type": first.resource_type,
            "destination": first.destination_arn,
            "bucket_name": self.bucket_name,
            "options": first.options,
            "resource_ids": list(dict.fromkeys(target.resource_id for target in self.targets)),
            "credentials_of": self.credentials_of,
            "access": names_in(first.connection),
        }

    def targets_to_dict(self) -> list[TargetDict]:
        """Return the targets as plain data."""
        return [
            {
                "host": target.host,
                "target": target.resource_id,
                "groups": list(target.groups),
                "batch": self.name,
                "parents": list(target.parents),
                "covered_by": list(target.covered_by),
            }
            for target in self.targets
        ]


@dataclass(frozen=True)
class BucketWork:
    """A bucket, and what its policy must grant: exactly what its targets need.

    :param credentials_of: the host whose ``flow_log_bucket_aws`` holds the connection options.
    :param managed: whether the run manages the bucket policy.
    :param grants: account, Region (``*`` for all), folder and layout of each target, without duplicates.
    :param region: Region to ask for the bucket; ``None`` leaves it to the connection options.
    :param create: whether the run may create the bucket, with ``encryption`` and ``tags``.
    :param manage_key: whether the run may change the policy of the bucket's customer managed key.
    :param key_credentials_of: the host whose ``flow_log_key_aws`` holds the connection options for the key; ``None``:
        those for the bucket apply.
    :param check: whether the run checks that log delivery can write to the bucket.
    :param required: whether a failed check stops the flow logs of the bucket.
    :param access: profile and role for remedies.
    """

    name: str
    bucket: str
    partition: str
    credentials_of: str
    managed: bool
    grants: tuple[Grant, ...]
    organization_id: str | None
    acl_condition: str
    source_conditions: bool
    region: str | None
    expected_bucket_owner: str | None
    create: bool
    encryption: str
    tags: Mapping[str, str]
    manage_key: bool
    key_credentials_of: str | None
    check: bool
    required: bool
    access: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """ARN of the bucket."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    def to_dict(self) -> DestinationDict:
        """Return the work as plain data."""
        return {
            "name": self.name,
            "bucket": self.bucket,
            "bucket_arn": self.arn,
            "partition": self.partition,
            "managed": self.managed,
            "grants": cast(list[GrantItem], grants_to_items(self.grants)),
            "organization_id": self.organization_id,
            "acl_condition": self.acl_condition,
            "source_conditions": self.source_conditions,
            "region": self.region,
            "expected_bucket_owner": self.expected_bucket_owner,
            "create_bucket": self.create,
            "bucket_encryption": self.encryption,
            "bucket_tags": dict(self.tags),
            "manage_key_policy": self.manage_key,
            "key_credentials_of": self.key_credentials_of,
            "check_destination": self.check,
            "require_deliverable": self.required,
            "credentials_of": self.credentials_of,
            "access": dict(self.access),
        }


@dataclass(frozen=True)
class PermissionWork:
    """The principals of one account that get the policy for publishing.

    :param credentials_of: the host whose ``flow_log_aws`` holds the connection options.
    """

    name: str
    account_id: str
    partition: str
    region: str
    principals: tuple[PrincipalDict, ...]
    credentials_of: str

    def to_dict(self) -> PermissionsDict:
        """Return the work as plain data."""
        return {
            "name": self.name,
            "account_id": self.account_id,
            "partition": self.partition,
            "region": self.region,
            "principals": list(self.principals),
            "credentials_of": self.credentials_of,
        }


@dataclass(frozen=True)
class InvalidHost:
    """A host that the run leaves out, and why.

    :param variable: the variable to correct; ``""`` if there is none.
    :param known: what is known of the target.
    :param finding: its finding in a report: ``unknown`` if the credentials belong to another account.
    """

    host: str
    variable: str
    message: str
    groups: tuple[str, ...]
    known: KnownTarget
    finding: str = "not_evaluated"

    def to_dict(self) -> InvalidHostDict:
        """Return the host as plain data."""
        return {
            "host": self.host,
            "variable": self.variable,
            "message": self.message,
            "groups": list(self.groups),
            "known": self.known,
            "finding": self.finding,
        }


def refused_target(target: Target, variable: str, message: str) -> InvalidHost:
    """Return the host of a target as one that is left out.

    :param message: what is wrong with the variable, without host and variable.
    """
    text = f"{target.host}: {variable}: {message}"
    return InvalidHost(target.host, variable, text, target.groups, known_target(target))


def known_target(target: Target) -> KnownTarget:
    """Return what a report shows of a target that is left out."""
    return {"account_id": target.account_id, "region": target.region, "target": target.resource_id}


@dataclass(frozen=True)
class Publication:
    """All the work of one run.

    :param unselected: targets of the inventory that the run does not select.
    :param notes: warnings.
    :param gaps: what the inventory could not read.
    """

    batches: tuple[Batch, ...] = ()
    buckets: tuple[BucketWork, ...] = ()
    permissions: tuple[PermissionWork, ...] = ()
    invalid: tuple[InvalidHost, ...] = ()
    unselected: tuple[InvalidHost, ...] = ()
    notes: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    identities: tuple[IdentityWork, ...] = ()

    def to_dict(self) -> PublicationDict:
        """Return the work as plain data. Of connection options it holds only the names of profiles and roles."""
        return {
            "batches": [batch.to_dict() for batch in self.batches],
            "destinations": [bucket.to_dict() for bucket in self.buckets],
            "permissions": [work.to_dict() for work in self.permissions],
            "targets": [target for batch in self.batches for target in batch.targets_to_dict()],
            "invalid": [host.to_dict() for host in self.invalid],
            "unselected": [host.to_dict() for host in self.unselected],
            "notes": list(self.notes),
            "gaps": [gap.to_dict() for gap in self.gaps],
            "identities": [work.to_dict() for work in self.identities],
        }
