# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the role follow its variables, and errors name these variables."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.role import (
    PARTS,
    naming_variables,
    variable_of,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.role_variables import VARIABLES, RoleVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._stages.task import Connection
from tests.unit.plugins.plugin_utils._stages.playing import BANK, OWNER, SHOP, Played, play

ROLE_FOLDER = pathlib.Path(__file__).parents[5] / "roles" / "publish_to_s3"
#: The defaults of the role.
DEFAULTS: Mapping[str, Any] = {
    name.removeprefix("publish_to_s3_"): value
    for name, value in yaml.safe_load((ROLE_FOLDER / "defaults" / "main.yml").read_text(encoding="utf-8")).items()
}
KEY = f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DESTINATION, TARGETS = "arn:aws:s3:::central/network/", ["vpc-1"]
INFO, BUCKET_POLICY, KEY_POLICY = "flow_log_destination_info", "flow_log_bucket_policy", "flow_log_key_policy"
EU = {"region": "eu-west-1"}


def part(of_role: str, /, *answers: Mapping[str, Any], check: bool = False, **variables: Any) -> Played[Any]:
    """A finished part of the role, with these variables."""
    given = {**DEFAULTS, "destination": DESTINATION, "resource_ids": TARGETS, **variables}
    results = iter(answers)
    return play(PARTS[of_role]({key: given.get(key) for key in VARIABLES}, check), lambda _task: next(results, {}))


def refusal(of_role: str, /, **variables: Any) -> str:
    """The error message of a part that refuses its variables."""
    with pytest.raises(InputError) as error:
        part(of_role, **variables)
    return str(naming_variables(error.value))


# -- account ------------------------------------------------------------------------------------------------------


def test_no_account_check_without_an_expected_account() -> None:
    played = part("account")
    assert (played.tasks, played.result) == ([], {"changed": False})


def test_account_check_reads_no_flow_logs() -> None:
    answer = {"failed": True, "msg": "wrong", "changed": False}
    played = part("account", answer, expected_account_id=SHOP, region="eu-west-1", aws={"profile": "shop"})
    assert played.options("s3_flow_log_info") == {
        "region": "eu-west-1",
        "flow_log_ids": [],
        "expected_account_id": SHOP,
    }
    assert played.tasks[0].connection == Connection({"profile": "shop"})
    assert played.result == answer


# -- permissions --------------------------------------------------------------------------------------------------

PUBLISHER = {"type": "role", "name": "publisher"}


def test_no_principals_no_policy() -> None:
    played = part("permissions")
    assert (played.tasks, played.result) == ([], {"changed": False, "results": []})


def test_null_variables_are_left_out() -> None:
    assert part("permissions", permission_principals=None).result == {"changed": False, "results": []}
    asked = part("destination", grants=None, bucket_aws=None, account_ids=[SHOP])
    assert asked.options(BUCKET_POLICY)["account_ids"] == [SHOP]
    assert all(task.connection == Connection({}) for task in asked.tasks)


def test_attaches_the_policy_of_the_variables() -> None:
    more = {"permission_policy": "reading", "permission_policy_name": "look", "permission_account_id": SHOP}
    where = {"region": "cn-north-1", "aws": {"profile": "shop"}}
    played = part("permissions", {"changed": True}, permission_principals=[PUBLISHER], **more, **where)
    asked = played.options("amazon.aws.iam_policy")
    assert (asked["iam_name"], asked["policy_name"], asked["state"]) == ("publisher", "look", "present")
    assert asked["region"] == "cn-north-1" and played.tasks[0].connection == Connection({"profile": "shop"})
    assert (played.result["changed"], played.result["failed"]) == (True, False)
    usual = part("permissions", permission_principals=[PUBLISHER]).options("amazon.aws.iam_policy")
    assert usual["policy_name"] == "publish-flow-logs-to-s3" and "region" not in usual


@pytest.mark.parametrize(
    ("variables", "partition"),
    [
        ({}, "aws"),
        ({"region": "cn-north-1"}, "aws-cn"),
        ({"region": "cn-north-1", "permission_partition": "aws-us-gov"}, "aws-us-gov"),
    ],
)
def test_region_sets_the_partition_of_the_policy(variables: dict[str, Any], partition: str) -> None:
    played = part("permissions", permission_principals=[PUBLISHER], permission_account_id=SHOP, **variables)
    assert f"arn:{partition}:ec2:" in str(played.options("amazon.aws.iam_policy")["policy_json"])


@pytest.mark.parametrize("check", [False, True])
def test_missing_principal_fails_outside_check_mode(check: bool) -> None:
    missing = {"failed": True, "msg": "gone", "error": {"code": "NoSuchEntity"}}
    assert part("permissions", missing, check=check, permission_principals=[PUBLISHER]).result["failed"] is not check


# -- destination --------------------------------------------------------------------------------------------------


def test_variables_become_the_destination_request() -> None:
    sources = {"account_ids": [SHOP], "regions": ["eu-west-1"], "acl_condition": "none", "expected_bucket_owner": OWNER}
    policy = {"changed": True, "actions": [{"action": "put_policy", "target": "x"}]}
    played = part(
        "destination", policy, {"deliverable": True}, **sources, region="eu-west-1", bucket_aws={"profile": "archive"}
    )
    assert [task.module for task in played.tasks] == [BUCKET_POLICY, INFO]
    assert played.options(BUCKET_POLICY) == {
        "bucket": "central",
        "account_ids": [SHOP],
        "regions": ["eu-west-1"],
        "prefixes": ["network"],
        "layouts": ["plain"],
        "acl_condition": "none",
        "source_conditions": True,
        "expected_bucket_owner": OWNER,
        "region": "eu-west-1",
    }
    assert {task.connection.options["profile"] for task in played.tasks} == {"archive"}
    assert (played.result["changed"], played.result["deliverable"]) == (True, True)


@pytest.mark.parametrize(("bucket_region", "asked"), [(None, "eu-west-1"), ("us-east-1", "us-east-1")])
def test_bucket_region_defaults_to_the_region_of_the_targets(bucket_region: str | None, asked: str) -> None:
    played = part("destination", region="eu-west-1", bucket_region=bucket_region)
    assert played.options(BUCKET_POLICY)["region"] == asked


@pytest.mark.parametrize(
    ("where", "partition"),
    [({}, "aws"), ({"region": "cn-north-1"}, "aws-cn"), ({"bucket_region": "us-gov-west-1"}, "aws-us-gov")],
)
def test_region_sets_the_partition_of_a_short_destination(where: dict[str, Any], partition: str) -> None:
    missing = {"bucket": {"exists": False}, "deliverable": False}
    wanted = {"destination": "central/network", "create_bucket": True, **where}
    created, *_rest = part("destination", missing, check=True, **wanted).result["actions"]
    assert created["target"] == f"arn:{partition}:s3:::central"


@pytest.mark.parametrize(
    ("key_aws", "profile"),
    [(None, "archive"), ({"profile": "keys"}, "keys"), ({}, None)],
)
def test_key_connection_defaults_to_the_bucket_connection(key_aws: Any, profile: str | None) -> None:
    look = {"bucket": {"exists": True}, "encryption": {"key_arn": KEY, "is_customer_key": True}}
    more = {"manage_key_policy": True, "bucket_aws": {"profile": "archive"}, "key_aws": key_aws}
    played = part("destination", look, {"actions": []}, {"actions": []}, **more)
    (key,) = [task for task in played.tasks if task.module == KEY_POLICY]
    assert key.connection.options.get("profile") == profile


def test_passes_grants_unchanged() -> None:
    grants = [{"account_id": SHOP, "regions": ["eu-west-1"], "prefix": "a"}, {"account_id": BANK}]
    asked = part("destination", grants=grants).options(BUCKET_POLICY)
    assert [item["account_id"] for item in asked["grants"]] == [SHOP, BANK]
    assert "account_ids" not in asked


def test_creates_a_bucket_only_with_consent() -> None:
    missing = {"bucket": {"exists": False}, "deliverable": False}
    wanted = {"create_bucket": True, "bucket_encryption": KEY, "bucket_tags": {"team": "net"}, "region": "eu-west-1"}
    asked = part("destination", missing, {"changed": True}, **wanted).options("amazon.aws.s3_bucket")
    assert (asked["encryption_key_id"], asked["tags"], asked["region"]) == (KEY, {"team": "net"}, "eu-west-1")
    predicted = part("destination", missing, check=True, **wanted)
    assert [task.module for task in predicted.tasks] == [INFO]


# -- flow logs ----------------------------------------------------------------------------------------------------


def published(**variables: Any) -> dict[str, Any]:
    """The options of ``s3_flow_log``."""
    return part("flow_logs", **variables).options("s3_flow_log")


def test_variables_become_options_of_s3_flow_log() -> None:
    answer = {"changed": True, "actions": [{"action": "create"}]}
    played = part("flow_logs", answer, region="eu-west-1", aws={"profile": "shop"}, expected_account_id=SHOP)
    assert played.options("s3_flow_log") == {
        "resource_ids": ["vpc-1"],
        "region": "eu-west-1",
        "destination": DESTINATION,
        "state": "present",
        "purge_tags": True,
        "replace": "create_first",
        "allow_gap": False,
        "purge": "none",
        "adopt_named": False,
        "wait_timeout": 60,
        "return_flow_logs": True,
        "expected_account_id": SHOP,
    }
    assert played.tasks[0].connection == Connection({"profile": "shop"})
    assert played.result == answer


def test_targets_are_ids_or_module_results() -> None:
    targets = ["vpc-1", {"vpc_id": "vpc-2"}, {"subnet_id": "subnet-1", "vpc_id": "vpc-1"}]
    assert published(resource_ids=targets)["resource_ids"] == ["vpc-1", "vpc-2", "subnet-1"]
    assert published(resource_ids=None)["resource_ids"] == published(resource_ids=[], **EU)["resource_ids"] == []


@pytest.mark.parametrize("name", ["traffic_type", "log_format", "name", "destination_options", "resource_type"])
@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_empty_values_are_left_out(name: str, nothing: Any) -> None:
    assert name not in published(**{name: nothing})


def test_removes_a_flow_log_by_name_without_destination() -> None:
    asked = published(state="absent", destination=None, name="old", **EU)
    assert (asked["state"], asked["name"]) == ("absent", "old") and "destination" not in asked


def test_false_and_zero_are_passed() -> None:
    asked = published(purge_tags=False, return_flow_logs=False, wait_timeout=0, max_aggregation_interval=0)
    assert (asked["purge_tags"], asked["return_flow_logs"], asked["wait_timeout"]) == (False, False, 0)
    # Except this variable, which only allows 60 and 600.
    assert "max_aggregation_interval" not in asked
    assert published(max_aggregation_interval=60)["max_aggregation_interval"] == 60


def test_empty_tags_are_passed() -> None:
    assert published(tags={})["tags"] == {}
    assert "tags" not in published(tags=None)


# -- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("traffic_type", "publish_to_s3_traffic_type"),
        ("resource_ids", "publish_to_s3_resource_ids"),
        ("resource_ids[1]", "publish_to_s3_resource_ids[1]"),
        ("tags.Name", "publish_to_s3_tags.Name"),
        ("bucket", "publish_to_s3_destination"),
        ("key_id", "publish_to_s3_bucket_encryption"),
        ("grants[0].account_id", "publish_to_s3_grants[0].account_id"),
        ("regions[1]", "publish_to_s3_regions[1]"),
    ],
)
def test_option_becomes_its_variable(option: str, variable: str) -> None:
    assert variable_of(option) == variable


def test_other_options_in_errors_become_variables() -> None:
    message = str(naming_variables(InputError("tags", 1, "only with O(name), or without O(resource_ids)")))
    assert message == (
        "publish_to_s3_tags: 1 is not accepted. Allowed: only with publish_to_s3_name, or without publish_to_s3_resource_ids."
    )


MANY_BUCKETS = [f"arn:aws:s3:::example-flow-logs-{number:03}" for number in range(90)]


@pytest.mark.parametrize(
    ("of_role", "variables", "expected"),
    [
        ("flow_logs", {**EU, "traffic_type": "reject"}, "publish_to_s3_traffic_type: 'reject'"),
        ("flow_logs", {**EU, "resource_ids": ["i-1"]}, "publish_to_s3_resource_ids: 'i-1'"),
        ("flow_logs", {"resource_ids": ["vpc-1", {"name": "x"}]}, "publish_to_s3_resource_ids[1]: "),
        ("flow_logs", {**EU, "destination": None}, "publish_to_s3_destination: None"),
        ("flow_logs", {"destination": ""}, "publish_to_s3_destination: ''"),
        ("flow_logs", {**EU, "log_format": ["vpc_id"]}, "publish_to_s3_log_format: 'vpc_id'"),
        ("flow_logs", {**EU, "name": "a", "tags": {"Name": "b"}}, "publish_to_s3_tags.Name: 'b'"),
        ("destination", {"destination": "NO BUCKET"}, "publish_to_s3_destination: 'NO BUCKET'"),
        ("destination", {"bucket_encryption": "alias/logs"}, "publish_to_s3_bucket_encryption: 'alias/logs'"),
        ("destination", {"destination": "Old_Logs", "create_bucket": True}, "publish_to_s3_destination: 'Old_Logs'"),
        ("permissions", {"permission_policy": "all"}, "publish_to_s3_permission_policy: 'all'"),
        ("permissions", {"permission_account_id": "1"}, "publish_to_s3_permission_account_id: '1'"),
        ("permissions", {"permission_partition": "moon"}, "publish_to_s3_permission_partition: 'moon'"),
        (
            "permissions",
            {"permission_principals": [{**PUBLISHER, "buckets": ["central"]}]},
            "publish_to_s3_permission_principals: 'central'",
        ),
        (
            "permissions",
            {"permission_principals": [{"type": "user", "name": "u", "buckets": MANY_BUCKETS}]},
            "publish_to_s3_permission_principals: 'user'",
        ),
    ],
)
def test_error_names_the_variable_of_the_role(of_role: str, variables: dict[str, Any], expected: str) -> None:
    message = refusal(of_role, **{"permission_principals": [PUBLISHER], **variables})
    assert message.startswith(expected) and "is not accepted. Allowed: " in message


def test_without_a_region_the_module_checks_the_settings() -> None:
    """The user's configuration may set the partition of a short destination. Only the module reads it."""
    assert published(log_format=["vpc_id"])["log_format"] == ["vpc_id"]


# -- variables ----------------------------------------------------------------------------------------------------


def test_types_of_variables_match_the_argument_specs() -> None:
    specs = yaml.safe_load((ROLE_FOLDER / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    types = {
        name.removeprefix("publish_to_s3_"): {key: option[key] for key in ("type", "elements") if key in option}
        for entry_point in specs.values()
        for name, option in (entry_point.get("options") or {}).items()
    }
    # Only the tasks of the role read it.
    assert types.pop("strict") == {"type": "bool"}
    assert dict(VARIABLES) == types
    assert set(VARIABLES) == set(RoleVariables.__annotations__)
