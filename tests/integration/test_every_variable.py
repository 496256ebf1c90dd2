# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every inventory variable, set to a valid value other than its default, in one run of the playbook."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import client
from tests.integration.support.publication import flow_logs
from tests.simulator.client import SimulatorProcess

PUBLISH = "flowlogs.aws.publish_to_s3"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:eu-west-1:{ARCHIVE}:key/{KEY_ID}"
ORGANIZATION = "o-a1b2c3d4e5"
#: Values as in an inventory file: strings, numbers, booleans, lists and dictionaries.
OF_ALL: dict[str, Any] = {
    "flow_log_account_id": SHOP,
    "flow_log_region": "eu-west-1",
    "flow_log_aws": {"profile": "shop"},
    "flow_log_bucket_aws": {"profile": "archive"},
    "flow_log_bucket_region": "eu-west-1",
    "flow_log_expected_bucket_owner": ARCHIVE,
    "flow_log_key_aws": {"profile": "archive"},
    "flow_log_destination": "new-logs/network",
    "flow_log_create_bucket": True,
    "flow_log_bucket_encryption": KEY,
    "flow_log_bucket_tags": {"Team": "network", "CostCenter": 4711, "Shared": True},
    "flow_log_bucket_policy": True,
    "flow_log_regions": ["eu-west-1", "us-east-1"],
    "flow_log_key_policy": True,
    "flow_log_organization_id": ORGANIZATION,
    "flow_log_acl_condition": "string_equals_if_exists",
    "flow_log_source_conditions": True,
    "flow_log_layouts": ["plain", "hive"],
    "flow_log_check_destination": True,
    "flow_log_require_deliverable": True,
    "flow_log_preflight": True,
    "flow_log_permission_principals": [{"type": "user", "name": "publisher"}],
    "flow_log_max_aggregation_interval": 60,
    "flow_log_log_format": ["version", "vpc-id", "instance-tag", "srcaddr", "dstaddr"],
    "flow_log_tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["team"]}],
    "flow_log_destination_options": {"file_format": "parquet", "hive_compatible_partitions": True},
    "flow_log_tags": {"Team": "network", "CostCenter": 4711, "Shared": True},
    "flow_log_purge_tags": False,
    "flow_log_replace": "delete_first",
    "flow_log_allow_gap": True,
    "flow_log_wait_timeout": 30,
}
#: Hosts, each with variables that only some targets use.
OF_HOSTS: dict[str, dict[str, Any]] = {
    "shop-rejected": {
        "flow_log_resource_id": SHOP_VPCS[0],
        "flow_log_resource_type": "VPC",
        "flow_log_name": "rejected",
        "flow_log_traffic_type": "REJECT",
        "flow_log_purge": "duplicates",
    },
    "shop-adopted": {"flow_log_resource_id": SHOP_VPCS[1], "flow_log_adopt_named": True},
    "shop-gone": {"flow_log_resource_id": SHOP_VPCS[2], "flow_log_state": "absent"},
}


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    stage = Stage(ansible, simulator)
    keys = [{"id": KEY_ID, "region": "eu-west-1"}]
    simulator.seed({"accounts": {ARCHIVE: {"keys": keys}, SHOP: {"organization": ORGANIZATION}}})
    iam = client(simulator, "iam", SHOP)
    iam.create_user(UserName="publisher")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    allowed = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName="flow-logs", PolicyName="everything", PolicyDocument=allowed)
    return stage


def test_tables_list_every_variable() -> None:
    named = {*OF_ALL, *(variable for variables in OF_HOSTS.values() for variable in variables)}
    assert named == set(VARIABLES)


@pytest.mark.newest_sdk
def test_every_variable_has_its_effect_and_a_second_run_changes_nothing(stage: Stage) -> None:
    document = {"all": {"vars": OF_ALL, "hosts": OF_HOSTS}}
    stage(PUBLISH, document)
    s3 = client(stage.simulator, "s3", ARCHIVE)
    tags = {item["Key"]: item["Value"] for item in s3.get_bucket_tagging(Bucket="new-logs")["TagSet"]}
    assert tags == {"Team": "network", "CostCenter": "4711", "Shared": "True"}
    assert KEY in str(s3.get_bucket_encryption(Bucket="new-logs"))
    policy = json.dumps(json.loads(s3.get_bucket_policy(Bucket="new-logs")["Policy"]))
    expected = (ORGANIZATION, "StringEqualsIfExists", ":us-east-1:", "network/AWSLogs/aws-account-id=")
    assert [text for text in expected if text not in policy] == []
    key_policy = client(stage.simulator, "kms", ARCHIVE).get_key_policy(KeyId=KEY_ID, PolicyName="default")["Policy"]
    assert ORGANIZATION in key_policy
    attached = client(stage.simulator, "iam", SHOP).list_user_policies(UserName="publisher")
    assert attached["PolicyNames"] == ["publish-flow-logs-to-s3"]
    made = flow_logs(stage.simulator, SHOP)
    assert sorted(made) == SHOP_VPCS[:2]
    for target, traffic, name in ((SHOP_VPCS[0], "REJECT", {"Name": "rejected"}), (SHOP_VPCS[1], "ALL", {})):
        item = made[target]
        assert (item["TrafficType"], item["MaxAggregationInterval"]) == (traffic, 60)
        assert item["LogDestination"] == "arn:aws:s3:::new-logs/network/"
        assert item["LogFormat"] == "${version} ${vpc-id} ${instance-tag} ${srcaddr} ${dstaddr}"
        assert item["DestinationOptions"]["FileFormat"] == "parquet"
        assert item["TagFieldSpecifications"] == [{"ResourceType": "instance", "TagKeys": ["team"]}]
        assert {tag["Key"]: tag["Value"] for tag in item["Tags"]} == {**tags, **name}
    stage(PUBLISH, document)
    assert stage.writes() == []
