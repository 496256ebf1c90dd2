# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three invalid values for each host variable, and equal settings in several spellings.

The promise: a host with such a value is named and left out before any change, and all others continue.
"""

from __future__ import annotations

from typing import Any

_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_NO_BOOLEAN = ["maybe", 2, ["true"]]
_NO_CONNECTION = ["profile", {"profil": "x"}, {"assume_role_arn": "arn:aws:iam::111122223333:user/x"}]

WRONG_VALUES: "dict[str, list[Any]]" = {
    "flow_log_account_id": ["11112222333", "111122223333\n", "١١١١٢٢٢٢٣٣٣٣"],
    "flow_log_acl_condition": ["StringEquals", True, ["none"]],
    "flow_log_adopt_named": _NO_BOOLEAN,
    "flow_log_allow_gap": _NO_BOOLEAN,
    "flow_log_aws": _NO_CONNECTION,
    "flow_log_bucket_aws": _NO_CONNECTION,
    "flow_log_bucket_encryption": ["aws:kms", "alias/logs", 7],
    "flow_log_expected_bucket_owner": ["me", 22222222222, True],
    "flow_log_bucket_policy": _NO_BOOLEAN,
    "flow_log_regions": [["eu-wset-1"], {"eu-west-1": True}, [7]],
    "flow_log_bucket_region": ["eu-wset-1", "europe", 1],
    "flow_log_bucket_tags": ["team", {"aws:team": "x"}, {"team": ["x"]}],
    "flow_log_check_destination": _NO_BOOLEAN,
    "flow_log_create_bucket": _NO_BOOLEAN,
    "flow_log_destination": ["my-bucket\n/folder", "operations-logs/team-*/", "example-s3alias/logs"],
    "flow_log_destination_options": [
        {"hive_compatible_partition": True},
        {"file_format": "csv"},
        {"per_hour_partition": "hourly"},
    ],
    "flow_log_key_aws": _NO_CONNECTION,
    "flow_log_key_policy": _NO_BOOLEAN,
    "flow_log_layouts": [["parquet"], 7, ["plain", 1]],
    "flow_log_log_format": [["version", "vpc_id"], "version vpc-id", ["tgw-id"]],
    "flow_log_max_aggregation_interval": [300, "ten", True],
    "flow_log_name": ["n" * 257, ["x"], {"Name": "x"}],
    "flow_log_organization_id": ["mine", 7, "o-ABCDEFGHIJ"],
    "flow_log_permission_principals": [
        [{"type": "robot", "name": "x"}],
        [{"type": "role", "name": "a/b"}],
        [{"type": "role", "name": "x", "buckets": ["operations-logs"]}],
    ],
    "flow_log_preflight": _NO_BOOLEAN,
    "flow_log_purge": ["all", True, ["s3"]],
    "flow_log_purge_tags": _NO_BOOLEAN,
    "flow_log_region": ["eu-wset-1", "eu-west-1\n", 7],
    "flow_log_replace": ["nver", False, "Never"],
    "flow_log_require_deliverable": _NO_BOOLEAN,
    "flow_log_resource_id": ["i-0123456789abcdef0", "vpc-1\n2", ["vpc-1"]],
    "flow_log_resource_type": ["Vpc", "Host", 7],
    "flow_log_source_conditions": _NO_BOOLEAN,
    "flow_log_state": ["Present", True, "gone"],
    "flow_log_tag_field_specifications": [
        [{"resource_type": "instance"}],
        [{"resource_type": "vpc", "tag_keys": ["team"]}],
        "instance",
    ],
    "flow_log_tags": ["team", {"aws:team": "x"}, {"team": {"name": "x"}}],
    "flow_log_traffic_type": ["reject", True, ["ALL"]],
    "flow_log_wait_timeout": [-1, "soon", True],
}

#: Equal settings, each in all common spellings.
SPELLINGS: "dict[str, list[Any]]" = {
    "flow_log_account_id": ["111122223333", 111122223333],
    "flow_log_allow_gap": [True, "yes", "True", "1", 1],
    "flow_log_expected_bucket_owner": ["222222222222", 222222222222],
    "flow_log_bucket_policy": [False, "no", "False", "0"],
    "flow_log_bucket_tags": [{"n": "1", "b": "True"}, {"n": 1, "b": True}, '{"n": 1, "b": true}'],
    "flow_log_destination": [
        *("arn:aws:s3:::operations-logs/network/", "arn:aws:s3:::operations-logs/network"),
        *("operations-logs/network/", "operations-logs/network"),
    ],
    "flow_log_destination_options": [
        *(None, {}, {"hive_compatible_partitions": "false"}, {"hive_compatible_partitions": False}),
        *({"file_format": "plain-text", "per_hour_partition": "no"}, '{"file_format": "plain-text"}'),
    ],
    "flow_log_log_format": [["version", "vpc-id"], ["${version}", " vpc-id "], " ${version}  ${vpc-id} "],
    "flow_log_max_aggregation_interval": [60, "60"],
    "flow_log_name": ["7", 7],
    "flow_log_purge_tags": [None, True, "true", ""],
    "flow_log_tags": [{"n": "1"}, {"n": 1}, '{"n": "1"}'],
    "flow_log_tag_field_specifications": [None, [], "[]"],
    "flow_log_traffic_type": [None, "ALL", ""],
    "flow_log_wait_timeout": [None, 60, "60"],
    "flow_log_layouts": [["plain", "hive"], ["hive", "plain", "plain"], '["hive", "plain"]'],
}
