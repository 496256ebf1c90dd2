# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role publish_to_s3, without their prefix, and their types. PRIVATE to this collection.

The argument_specs.yml of the role has their meaning, defaults and choices. Ansible checks it first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from .._publication.types import (
    ConnectionOptions,
    DestinationOptionsDict,
    GrantItem,
    PrincipalDict,
    TagFieldSpecification,
)

_TEXTS = (
    *("destination", "region", "expected_account_id", "state", "resource_type", "traffic_type", "name", "replace"),
    *("purge", "bucket_region", "bucket_encryption", "organization_id", "acl_condition", "expected_bucket_owner"),
    *("permission_policy", "permission_policy_name", "permission_account_id", "permission_partition"),
    "permission_state",
)
_BOOLEANS = (
    *("purge_tags", "allow_gap", "adopt_named", "return_flow_logs", "create_bucket", "manage_key_policy"),
    *("check_destination", "require_deliverable", "source_conditions", "manage_bucket_policy"),
)
_DICTIONARIES = ("aws", "bucket_aws", "key_aws", "destination_options", "tags", "bucket_tags")
_LISTS_OF_TEXTS = ("prefixes", "account_ids", "regions", "layouts")
_LISTS_OF_DICTIONARIES = ("tag_field_specifications", "grants", "permission_principals")

#: Name to type, as in an argument spec.
VARIABLES: Mapping[str, Mapping[str, str]] = {
    **{name: {"type": "str"} for name in _TEXTS},
    **{name: {"type": "bool"} for name in _BOOLEANS},
    **{name: {"type": "dict"} for name in _DICTIONARIES},
    **{name: {"type": "list", "elements": "str"} for name in _LISTS_OF_TEXTS},
    **{name: {"type": "list", "elements": "dict"} for name in _LISTS_OF_DICTIONARIES},
    "resource_ids": {"type": "list", "elements": "raw"},
    "log_format": {"type": "raw"},
    "max_aggregation_interval": {"type": "int"},
    "wait_timeout": {"type": "int"},
}


class RoleVariables(TypedDict):
    """The values of :data:`VARIABLES`, converted to their types. ``None``: not set."""

    resource_ids: Sequence[str | Mapping[str, object]] | None
    destination: str | None
    region: str | None
    aws: ConnectionOptions | None
    expected_account_id: str | None
    state: str | None
    resource_type: str | None
    traffic_type: str | None
    max_aggregation_interval: int | None
    log_format: str | list[str] | None
    destination_options: DestinationOptionsDict | None
    tag_field_specifications: list[TagFieldSpecification] | None
    name: str | None
    tags: dict[str, str] | None
    purge_tags: bool | None
    replace: str | None
    allow_gap: bool | None
    purge: str | None
    adopt_named: bool | None
    wait_timeout: int | None
    return_flow_logs: bool | None
    bucket_region: str | None
    bucket_aws: ConnectionOptions | None
    key_aws: ConnectionOptions | None
    create_bucket: bool
    bucket_encryption: str | None
    bucket_tags: dict[str, str] | None
    manage_key_policy: bool
    check_destination: bool
    require_deliverable: bool
    prefixes: list[str] | None
    account_ids: list[str] | None
    regions: list[str] | None
    grants: list[GrantItem] | None
    organization_id: str | None
    acl_condition: str
    source_conditions: bool
    layouts: list[str] | None
    expected_bucket_owner: str | None
    manage_bucket_policy: bool
    permission_principals: list[PrincipalDict] | None
    permission_policy: str | None
    permission_policy_name: str | None
    permission_account_id: str
    permission_partition: str | None
    permission_state: str | None
