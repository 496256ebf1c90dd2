# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role publish_to_s3, without their prefix, and their types. PRIVATE to this collection.

What each means, its default and its choices are in the role's argument_specs.yml, which Ansible checks first.
"""

from __future__ import annotations

from collections.abc import Mapping

_TEXTS = (
    *(
        "destination",
        "region",
        "expected_account_id",
        "state",
        "resource_type",
        "traffic_type",
        "name",
        "replace",
        "purge",
    ),
    *("bucket_region", "bucket_encryption", "organization_id", "acl_condition", "expected_bucket_owner"),
    *(
        "permission_policy",
        "permission_policy_name",
        "permission_account_id",
        "permission_partition",
        "permission_state",
    ),
)
_SWITCHES = (
    *("purge_tags", "allow_gap", "adopt_named", "return_flow_logs", "create_bucket", "manage_key_policy"),
    *("check_destination", "require_deliverable", "source_conditions", "manage_bucket_policy"),
)
_DICTIONARIES = ("aws", "bucket_aws", "key_aws", "destination_options", "tags", "bucket_tags")
_LISTS_OF_TEXTS = ("prefixes", "account_ids", "regions", "layouts")
_LISTS_OF_DICTIONARIES = ("tag_field_specifications", "grants", "permission_principals")

#: Name to type, as in an argument spec.
VARIABLES: Mapping[str, Mapping[str, str]] = {
    **{name: {"type": "str"} for name in _TEXTS},
    **{name: {"type": "bool"} for name in _SWITCHES},
    **{name: {"type": "dict"} for name in _DICTIONARIES},
    **{name: {"type": "list", "elements": "str"} for name in _LISTS_OF_TEXTS},
    **{name: {"type": "list", "elements": "dict"} for name in _LISTS_OF_DICTIONARIES},
    "resource_ids": {"type": "list", "elements": "raw"},
    "log_format": {"type": "raw"},
    "max_aggregation_interval": {"type": "int"},
    "wait_timeout": {"type": "int"},
}
