# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts become batches and destinations. A conflict stops only the hosts in conflict."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work_units import Publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import layouts_of
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import parse_bucket
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import partition_of_region
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import resource_ids_of

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def host(
    host_name: str, /, groups: tuple[str, ...] = (), unreadable: dict | None = None, **variables: Any
) -> HostVariables:
    """A target with all required variables and those given; ``None`` removes a variable."""
    complete = {
        "flow_log_account_id": ACCOUNT,
        "flow_log_region": "eu-west-1",
        "flow_log_destination": "arn:aws:s3:::central/network/",
    }
    complete.update({f"flow_log_{key}": value for key, value in variables.items()})
    given = {key: value for key, value in complete.items() if value is not None}
    return HostVariables(host_name, given, groups, unreadable or {})


def ids_by_batch(publication: Publication) -> dict[str, list[str]]:
    """The resource ids of each batch, by name."""
    return {batch["name"]: batch["resource_ids"] for batch in publication.to_dict()["batches"]}


def test_targets_share_a_batch_when_everything_but_the_id_is_equal() -> None:
    publication = plan_publication(
        [
            host("vpc-1"),
            host("vpc-2", region="us-east-1"),
            host("subnet-1"),
            host("vpc-3", destination="central/network"),
            host("vpc-4", traffic_type="REJECT"),
            host("vpc-5", account_id=OTHER_ACCOUNT),
            host("one", resource_id="vpc-6"),
        ]
    )
    assert ids_by_batch(publication) == {
        f"{ACCOUNT}/eu-west-1/vpc/1-2": ["vpc-1", "vpc-3", "vpc-6"],
        f"{ACCOUNT}/eu-west-1/vpc/2-2": ["vpc-4"],
        f"{ACCOUNT}/us-east-1/vpc/1-1": ["vpc-2"],
        f"{ACCOUNT}/eu-west-1/subnet/1-1": ["subnet-1"],
        f"{OTHER_ACCOUNT}/eu-west-1/vpc/1-1": ["vpc-5"],
    }


def test_options_come_from_variables_and_the_rest_is_as_documented() -> None:
    (batch,) = plan_publication([host("vpc-1", tags={"a": "b"}, purge_tags=False, wait_timeout=5)]).to_dict()["batches"]
    assert batch["options"] == {
        "state": "present",
        "traffic_type": None,
        "max_aggregation_interval": None,
        "log_format": None,
        "destination_options": None,
        "tag_field_specifications": None,
        "name": None,
        "tags": {"a": "b"},
        "purge_tags": False,
        "replace": "create_first",
        "allow_gap": False,
        "purge": "none",
        "adopt_named": False,
        "wait_timeout": 5,
    }


def test_bucket_grants_exactly_what_its_targets_need() -> None:
    """It does not combine every account with every Region and folder."""
    publication = plan_publication(
        [
            host("vpc-1"),
            host("vpc-2", region="us-east-1", account_id=OTHER_ACCOUNT, destination="central/dev"),
            host("vpc-3", destination_options={"hive_compatible_partitions": True}),
            host("vpc-4", destination="other"),
            host("vpc-5"),
        ]
    )
    central, other = publication.to_dict()["destinations"]
    assert central["grants"] == [
        {"account_id": ACCOUNT, "regions": ["eu-west-1"], "prefix": "network", "layouts": ["plain", "hive"]},
        {"account_id": OTHER_ACCOUNT, "regions": ["us-east-1"], "prefix": "dev", "layouts": ["plain"]},
    ]
    assert other["grants"] == [
        {"account_id": ACCOUNT, "regions": ["eu-west-1"], "prefix": "", "layouts": ["plain"]},
    ]
    assert (other["bucket"], other["managed"]) == ("other", True)
    assert (other["acl_condition"], other["source_conditions"]) == ("string_equals", True)
    assert not {"account_ids", "regions", "prefixes", "layouts"} & set(central)


def test_regions_folders_and_layouts_are_not_combined() -> None:
    hive = {"hive_compatible_partitions": True}
    hosts = [host("vpc-1"), host("vpc-2", region="us-east-1", destination="central/dev", destination_options=hive)]
    (work,) = plan_publication(hosts).to_dict()["destinations"]
    assert work["grants"] == [
        {"account_id": ACCOUNT, "regions": ["us-east-1"], "prefix": "dev", "layouts": ["hive"]},
        {"account_id": ACCOUNT, "regions": ["eu-west-1"], "prefix": "network", "layouts": ["plain"]},
    ]


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([None, None], ["eu-west-1"]),
        ([["us-east-1"], None], ["eu-west-1", "us-east-1"]),
        ([[], None], ["*"]),
        ([["us-east-1"], []], ["*"]),
    ],
)
def test_regions_of_the_policy(regions: list, expected: list[str]) -> None:
    hosts = [host(f"vpc-{number}", regions=value) for number, value in enumerate(regions)]
    (work,) = plan_publication(hosts).to_dict()["destinations"]
    assert [grant["regions"] for grant in work["grants"]] == [expected]


def test_all_regions_apply_to_one_account_only() -> None:
    hosts = [host("vpc-1", regions=[]), host("vpc-2", account_id=OTHER_ACCOUNT)]
    (work,) = plan_publication(hosts).to_dict()["destinations"]
    assert [grant["regions"] for grant in work["grants"]] == [["*"], ["eu-west-1"]]


def test_defaults_of_a_bucket() -> None:
    (work,) = plan_publication([host("vpc-1")]).to_dict()["destinations"]
    named = ("create_bucket", "bucket_encryption", "bucket_tags", "manage_key_policy", "key_credentials_of")
    assert [work[name] for name in named] == [False, "AES256", {}, False, None]
    assert (work["check_destination"], work["require_deliverable"]) == (True, True)


def test_variables_of_one_host_apply_to_its_bucket_and_key() -> None:
    said = {
        "create_bucket": True,
        "bucket_region": "eu-west-1",
        "bucket_encryption": KEY,
        "bucket_tags": {"cost-center": Number(42), "team": Text("network"), "shared": True, "note": None},
        "key_policy": True,
        "key_aws": {"secret_key": "very-secret"},
        "check_destination": False,
        "require_deliverable": False,
    }
    publication = plan_publication([host("vpc-1"), host("vpc-2", **said), host("vpc-3", account_id=OTHER_ACCOUNT)])
    (work,) = publication.to_dict()["destinations"]
    assert (work["create_bucket"], work["region"]) == (True, "eu-west-1")
    assert (work["bucket_encryption"], work["bucket_tags"]) == (
        KEY,
        {"cost-center": "42", "team": "network", "shared": "True", "note": ""},
    )
    assert (work["manage_key_policy"], work["key_credentials_of"]) == (True, "vpc-2")
    assert (work["check_destination"], work["require_deliverable"]) == (False, False)
    assert [grant["account_id"] for grant in work["grants"]] == [ACCOUNT, OTHER_ACCOUNT]
    assert "very-secret" not in json.dumps(publication.to_dict())


def test_absent_targets_wait_for_no_destination() -> None:
    publication = plan_publication(
        [host("vpc-1", state="absent"), host("vpc-2", state="absent", destination=None, name="n")]
    )
    assert publication.buckets == ()
    assert [batch.bucket_name for batch in publication.batches] == [None, None]
    assert publication.invalid == ()


@given(st.lists(st.sampled_from(["vpc-1", "vpc-2", "vpc-3", "subnet-1", "x"]), unique=True), st.data())
def test_every_host_is_planned_once(names: list[str], data: Any) -> None:
    selected = data.draw(st.sets(st.sampled_from(names))) if names else set()
    publication = plan_publication([host(name) for name in names], selected).to_dict()
    found = [item["host"] for key in ("targets", "invalid", "unselected") for item in publication[key]]
    assert sorted(found) == sorted(names)
    assert [item["host"] for item in publication["invalid"]] == [
        name for name in names if name == "x" and name in selected
    ]


@given(st.permutations(["vpc-1", "vpc-2", "vpc-3", "vpc-4"]))
def test_order_of_hosts_changes_order_only(names: list[str]) -> None:
    def settings(name: str) -> dict:
        return {"traffic_type": "REJECT" if name in ("vpc-2", "vpc-4") else "ALL"}

    batches = plan_publication([host(name, **settings(name)) for name in names]).batches
    together = {frozenset(target.resource_id for target in batch.targets) for batch in batches}
    assert together == {frozenset({"vpc-1", "vpc-3"}), frozenset({"vpc-2", "vpc-4"})}
    assert [batch.credentials_of for batch in batches] == [batch.targets[0].host for batch in batches]


# -- credentials --------------------------------------------------------------------------------------------------


def test_connections_separate_batches_and_stay_secret() -> None:
    hosts = [
        host("vpc-1", aws={"secret_key": "very-secret-1"}, bucket_aws={"secret_key": "very-secret-3"}),
        host("vpc-2", aws={"secret_key": "very-secret-2"}),
    ]
    publication = plan_publication(hosts)
    assert [batch.credentials_of for batch in publication.batches] == ["vpc-1", "vpc-2"]
    assert publication.buckets[0].credentials_of == "vpc-1"
    assert "very-secret" not in json.dumps(publication.to_dict())


@pytest.mark.parametrize("name", ["aws", "bucket_aws", "key_aws"])
def test_error_does_not_repeat_a_connection(name: str) -> None:
    (invalid,) = plan_publication([host("vpc-1", **{name: "very-secret"})]).invalid
    assert invalid.variable == f"flow_log_{name}"
    assert "very-secret" not in invalid.message


def test_conflict_names_bucket_connections_without_values() -> None:
    hosts = [
        host("vpc-1"),
        host("vpc-2", bucket_aws={"secret_key": "very-secret-1"}),
        host("vpc-3", bucket_aws={"secret_key": "very-secret-2"}),
    ]
    publication = plan_publication(hosts)
    (invalid,) = publication.invalid
    assert (invalid.host, invalid.variable) == ("vpc-3", "flow_log_bucket_aws")
    assert "host vpc-2" in invalid.message
    assert "very-secret" not in json.dumps(publication.to_dict())
    assert publication.buckets[0].credentials_of == "vpc-2"


# -- invalid hosts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "variable"),
    [
        ({"account_id": None}, "flow_log_account_id"),
        ({"account_id": 11}, "flow_log_account_id"),
        ({"account_id": True}, "flow_log_account_id"),
        ({"region": None}, "flow_log_region"),
        ({"region": "everywhere"}, "flow_log_region"),
        ({"destination": None}, "flow_log_destination"),
        ({"destination": "arn:aws:s3:::central/AWSLogs/"}, "flow_log_destination"),
        ({"destination": "arn:aws-cn:s3:::central"}, "flow_log_destination"),
        ({"destination": ["central"]}, "flow_log_destination"),
        ({"resource_id": "i-1"}, "flow_log_resource_id"),
        ({"resource_id": "web.example.com"}, "flow_log_resource_id"),
        ({"resource_type": "Host"}, "flow_log_resource_type"),
        ({"resource_type": "Subnet"}, "flow_log_resource_id"),
        ({"state": "gone"}, "flow_log_state"),
        ({"bucket_policy": "maybe"}, "flow_log_bucket_policy"),
        ({"regions": "eu-west-1"}, "flow_log_regions"),
        ({"organization_id": "mine"}, "flow_log_organization_id"),
        ({"acl_condition": "no"}, "flow_log_acl_condition"),
        ({"source_conditions": "never"}, "flow_log_source_conditions"),
        ({"expected_bucket_owner": "me"}, "flow_log_expected_bucket_owner"),
        ({"layouts": ["flat"]}, "flow_log_layouts"),
        ({"create_bucket": "maybe"}, "flow_log_create_bucket"),
        ({"create_bucket": True}, "flow_log_bucket_region"),
        ({"bucket_encryption": "alias/logs"}, "flow_log_bucket_encryption"),
        ({"bucket_encryption": f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/logs"}, "flow_log_bucket_encryption"),
        (
            {"create_bucket": True, "bucket_region": "us-east-1", "bucket_encryption": KEY},
            "flow_log_bucket_encryption",
        ),
        ({"bucket_tags": ["a"]}, "flow_log_bucket_tags"),
        ({"bucket_tags": {"a": ["b"]}}, "flow_log_bucket_tags"),
        ({"key_policy": 2}, "flow_log_key_policy"),
        ({"check_destination": "none"}, "flow_log_check_destination"),
        ({"require_deliverable": 1.0}, "flow_log_require_deliverable"),
        ({"permission_principals": "me"}, "flow_log_permission_principals"),
        ({"preflight": "perhaps"}, "flow_log_preflight"),
        ({"permission_principals": [{"type": "robot", "name": "x"}]}, "flow_log_permission_principals"),
        ({"permission_principals": [{"type": "role"}]}, "flow_log_permission_principals"),
    ],
)
def test_invalid_variable_stops_only_its_host(variables: dict, variable: str) -> None:
    publication = plan_publication([host("vpc-1", **variables), host("vpc-2")])
    (invalid,) = publication.invalid
    assert (invalid.host, invalid.variable) == ("vpc-1", variable)
    assert invalid.message.startswith(f"vpc-1: {variable}")
    assert "Allowed: " in invalid.message
    assert [batch["resource_ids"] for batch in publication.to_dict()["batches"]] == [["vpc-2"]]


def test_missing_variable() -> None:
    (invalid,) = plan_publication([host("vpc-1", region=None)]).invalid
    assert invalid.message.startswith("vpc-1: flow_log_region is missing. Allowed: ")


def test_unrenderable_variable_is_named_with_the_reason() -> None:
    (invalid,) = plan_publication([host("vpc-1", unreadable={"flow_log_aws": "AnsibleUndefinedVariable"})]).invalid
    assert invalid.variable == "flow_log_aws"
    assert "AnsibleUndefinedVariable" in invalid.message


@pytest.mark.parametrize("value", [111122223333, "111122223333"])
def test_an_account_id_may_be_a_number_of_twelve_digits(value: Any) -> None:
    assert plan_publication([host("vpc-1", account_id=value)]).batches[0].targets[0].account_id == ACCOUNT


@pytest.mark.parametrize(
    ("value", "meant"),
    [("true", True), ("Yes", True), ("on", True), (1, True), ("false", False), ("no", False), (0, False)],
)
def test_a_boolean_may_be_a_text_as_extra_variables_are(value: Any, meant: bool) -> None:
    publication = plan_publication([host("vpc-1", require_deliverable=value)])
    assert publication.invalid == ()
    assert publication.to_dict()["destinations"][0]["require_deliverable"] is meant


def test_equal_hosts_of_one_target() -> None:
    agreeing = plan_publication([host("a", resource_id="vpc-1"), host("b", resource_id="vpc-1")]).to_dict()
    assert agreeing["invalid"] == []
    assert agreeing["batches"][0]["resource_ids"] == ["vpc-1"]
    assert [item["host"] for item in agreeing["targets"]] == ["a", "b"]
    (invalid,) = plan_publication(
        [host("a", resource_id="vpc-1"), host("b", resource_id="vpc-1", replace="never")]
    ).invalid
    assert invalid.host == "b"
    assert "host a" in invalid.message


def test_two_named_flow_logs_of_one_target() -> None:
    hosts = [
        host("a", resource_id="vpc-1", name="all"),
        host("b", resource_id="vpc-1", name="bad", traffic_type="REJECT"),
    ]
    publication = plan_publication(hosts)
    assert publication.invalid == ()
    assert len(publication.batches) == 2


class Text(str):
    """A string of a subclass, as Ansible passes it."""


class Number(int):
    """A number of a subclass, as Ansible passes it."""


ACCEPT = {"traffic_type": "ACCEPT"}
REJECT = {"traffic_type": "REJECT"}
ABSENT = {"state": "absent"}


@pytest.mark.parametrize(
    ("first", "second", "variable"),
    [
        ({"name": "all"}, {}, "flow_log_name"),
        ({"name": "all"}, {"destination": "central/network"}, "flow_log_name"),
        ({"name": "bad", **REJECT}, {}, "flow_log_name"),
        ({"name": "bad", **REJECT}, REJECT, "flow_log_name"),
        ({"name": "good", **ACCEPT}, {**REJECT, **ABSENT}, "flow_log_name"),
        ({"name": "all", "purge": "s3"}, {"name": "bad", **REJECT}, "flow_log_purge"),
        ({"destination": "other-logs"}, {"purge": "s3"}, "flow_log_purge"),
        # Both would remove the flow log with the name.
        ({"name": "all", **ABSENT}, {"adopt_named": True, **ABSENT}, "flow_log_name"),
        ({}, ABSENT, "flow_log_state"),
        ({"name": "all"}, {"name": "all", **ABSENT}, "flow_log_state"),
        ({"name": "all", **REJECT}, {"name": "all", "destination": "other-logs", **ABSENT}, "flow_log_state"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_hosts_that_would_change_each_others_flow_log_are_left_out(
    first: dict[str, Any], second: dict[str, Any], variable: str, turned: bool
) -> None:
    hosts = [host("one", resource_id="vpc-1", **first), host("two", resource_id="vpc-1", **second), host("vpc-2")]
    publication = plan_publication(hosts[1::-1] + hosts[2:] if turned else hosts)
    invalid = {item.host: item for item in publication.invalid}
    assert set(invalid) == {"one", "two"}
    assert {item.variable for item in invalid.values()} == {variable}
    assert "host two" in invalid["one"].message and "host one" in invalid["two"].message
    assert "vpc-1" in invalid["one"].message
    assert [target.host for batch in publication.batches for target in batch.targets] == ["vpc-2"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "all"}, {"destination": "other-logs"}),
        ({"name": "bad", **REJECT}, ACCEPT),
        ({}, {"destination": "other-logs"}),
        ({"name": "all", "purge": "duplicates"}, {"name": "bad", "purge": "duplicates", **REJECT}),
        ({"name": "all", "purge": "s3"}, {"name": "bad", **ABSENT}),
        ({"purge": "s3"}, {"purge": "s3"}),
        # They remove different flow logs.
        ({"name": "all", **ABSENT}, ABSENT),
        ({"name": "bad", **REJECT, **ABSENT}, {**ACCEPT, **ABSENT}),
        ({"name": "all", **ABSENT}, {"name": "all", **ABSENT}),
    ],
)
def test_several_flow_logs_of_one_target(first: dict[str, Any], second: dict[str, Any]) -> None:
    hosts = [host("one", resource_id="vpc-1", **first), host("two", resource_id="vpc-1", **second)]
    assert plan_publication(hosts).invalid == ()


def test_same_id_in_another_region_is_another_resource() -> None:
    hosts = [host("one", resource_id="vpc-1", name="all"), host("two", resource_id="vpc-1", region="us-east-1")]
    assert plan_publication(hosts).invalid == ()


def test_one_name_of_one_target_has_one_destination() -> None:
    hosts = [
        host("a", resource_id="vpc-1", name="all"),
        host("b", resource_id="vpc-1", name="all", destination="other"),
    ]
    assert [invalid.host for invalid in plan_publication(hosts).invalid] == ["b"]


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("acl_condition", "none", "string_equals"),
        ("source_conditions", True, False),
        ("organization_id", "o-aaaaaaaaaa", "o-bbbbbbbbbb"),
        ("expected_bucket_owner", ACCOUNT, OTHER_ACCOUNT),
        ("bucket_region", "eu-west-1", "us-east-1"),
        ("bucket_policy", True, False),
        ("create_bucket", True, False),
        ("bucket_encryption", KEY, "AES256"),
        ("bucket_tags", {"a": "b"}, {}),
        ("key_policy", False, True),
        ("key_aws", {"profile": "a"}, {}),
        ("check_destination", False, True),
        ("require_deliverable", True, False),
    ],
)
def test_bucket_has_one_value_of_each_variable(name: str, first: Any, second: Any) -> None:
    where = {} if name == "bucket_region" else {"bucket_region": "eu-west-1"}
    hosts = [host("vpc-1"), host("vpc-2", **where, **{name: first}), host("vpc-3", **where, **{name: second})]
    publication = plan_publication(hosts)
    (invalid,) = publication.invalid
    assert (invalid.host, invalid.variable) == ("vpc-3", f"flow_log_{name}")
    assert [batch["resource_ids"] for batch in publication.to_dict()["batches"]] == [["vpc-1", "vpc-2"]]


def test_lists_each_principal_of_an_account_once() -> None:
    role = {"type": "role", "name": "r", "buckets": ["arn:aws:s3:::b"]}
    hosts = [
        host("vpc-1", permission_principals=[role, {"type": "user", "name": "u"}]),
        host("vpc-2", permission_principals=[dict(role, buckets=["arn:aws:s3:::a"])]),
        host("vpc-3", account_id=OTHER_ACCOUNT, permission_principals=[role]),
        host("vpc-4", aws={"profile": "p"}, permission_principals=[{"type": "group", "name": "g"}]),
        host("vpc-5"),
    ]
    works = [work.to_dict() for work in plan_publication(hosts).permissions]
    assert [work["name"] for work in works] == [f"{ACCOUNT}/iam", f"{OTHER_ACCOUNT}/iam", f"{ACCOUNT}/iam/2"]
    assert works[0]["principals"] == [
        {"type": "user", "name": "u", "buckets": []},
        {"type": "role", "name": "r", "buckets": ["arn:aws:s3:::a", "arn:aws:s3:::b"]},
    ]


# -- helpers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-east-1", "aws-us-gov"), ("us-isob-east-1", "aws-iso-b")],
)
def test_partition_of_a_region(region: str, partition: str) -> None:
    assert partition_of_region(region) == partition
    (work,) = plan_publication([host("vpc-1", region=region, destination="b-1")]).to_dict()["destinations"]
    assert work["bucket_arn"] == f"arn:{partition}:s3:::b-1"
    assert work["region"] == (None if partition == "aws" else region)


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("central", ("central", "aws", "")),
        ("arn:aws-cn:s3:::central/a/b/", ("central", "aws-cn", "a/b")),
    ],
)
def test_parse_bucket(destination: str, expected: tuple) -> None:
    found = parse_bucket(destination)
    assert (found.bucket, found.partition, found.folder) == expected


def test_layouts_of_destination_options() -> None:
    assert layouts_of(None) == ("plain",)
    assert layouts_of({"hive_compatible_partitions": True}) == ("hive",)


def test_parse_bucket_refuses_other_values() -> None:
    for value in ("arn:aws:ec2:::x", "arn:", "UP PER"):
        with pytest.raises(InputError):
            parse_bucket(value)


def test_resource_ids_from_ids_and_module_results() -> None:
    items = [
        "vpc-1",
        {"vpc_id": "vpc-1", "id": "vpc-1"},
        {"subnet_id": "subnet-1", "vpc_id": "vpc-1"},
        {"network_interface_id": "eni-1", "subnet_id": "subnet-1"},
        {"nat_gateway_id": "nat-1", "subnet_id": "subnet-1", "vpc_id": "vpc-1"},
        {"transit_gateway_attachment_id": "tgw-attach-1", "transit_gateway_id": "tgw-1", "vpc_id": "vpc-1"},
        {"transit_gateway_id": "tgw-1"},
    ]
    assert resource_ids_of(items) == ["vpc-1", "subnet-1", "eni-1", "nat-1", "tgw-attach-1", "tgw-1"]


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ({"instance_id": "i-1", "subnet_id": "subnet-1", "vpc_id": "vpc-1"}, "i-1"),
        ({"group_id": "sg-1", "group_name": "web", "vpc_id": "vpc-1"}, "sg-1"),
        ({"vpc_endpoint_id": "vpce-1", "vpc_id": "vpc-1"}, "vpce-1"),
        ({"id": "rtb-1", "route_table_id": "rtb-1", "vpc_id": "vpc-1"}, "rtb-1"),
        ({"id": "new-1", "subnet_id": "subnet-1"}, "new-1"),
    ],
)
def test_resource_in_a_vpc_is_not_the_vpc(item: Any, named: str) -> None:
    with pytest.raises(InputError, match=r"resource_ids\[1\].*" + named):
        resource_ids_of(["vpc-1", item], "resource_ids")


@pytest.mark.parametrize("item", [{}, {"name": "x"}, {"group_id": "sg-1"}, "", 7, None])
def test_item_without_id_is_named_with_its_position(item: Any) -> None:
    with pytest.raises(InputError, match=r"targets\[1\]"):
        resource_ids_of(["vpc-1", item])


def test_layouts_variable_overrides_the_settings() -> None:
    (central,) = plan_publication([host("vpc-1", layouts=["plain", "hive", "plain"])]).to_dict()["destinations"]
    assert [grant["layouts"] for grant in central["grants"]] == [["plain", "hive"]]


@pytest.mark.parametrize("selected", [None, ["shop:443", "Main VPC"]])
def test_hosts_may_have_any_name(selected: list[str] | None) -> None:
    """Even a name that looks like an address with a port."""
    hosts = [host("shop:443", resource_id="vpc-1"), host("Main VPC", resource_id="vpc-2")]
    publication = plan_publication(hosts, selected).to_dict()
    (batch,) = publication["batches"]
    assert (batch["resource_ids"], batch["credentials_of"]) == (["vpc-1", "vpc-2"], "shop:443")
    assert publication["invalid"] == []


def test_one_warning_for_a_misspelt_variable_of_many_hosts() -> None:
    slip = {"flow_log_trafic_type": "flow_log_traffic_type"}
    hosts = [replace(host(name), misspelt=slip) for name in ("vpc-1", "vpc-2", "vpc-3")]
    note = "flow_log_trafic_type of vpc-1 and 2 more has no effect. Did you mean flow_log_traffic_type?"
    assert plan_publication(hosts).notes == (note,)
    # Even if the run does not select the host.
    assert plan_publication(hosts[:1], []).notes == (note.replace(" and 2 more", ""),)
    assert plan_publication([host("vpc-1")]).notes == ()


def test_same_bucket_name_in_two_partitions() -> None:
    hosts = [
        host("vpc-1", destination="central"),
        host("vpc-2", destination="central", region="cn-north-1"),
        host("vpc-3", destination="other", region="cn-north-1"),
    ]
    publication = plan_publication(hosts).to_dict()
    works = [(work["name"], work["bucket_arn"]) for work in publication["destinations"]]
    assert works == [
        ("s3/central", "arn:aws:s3:::central"),
        ("s3/central/aws-cn", "arn:aws-cn:s3:::central"),
        ("s3/other", "arn:aws-cn:s3:::other"),
    ]
    assert {batch["bucket_name"] for batch in publication["batches"]} == {name for name, _arn in works}


def test_principal_has_one_work_unit() -> None:
    """Two work units would write the same policy at the same time, each with only its own buckets."""
    first, second = ({"type": "role", "name": name} for name in ("publisher", "reader"))
    hosts = [
        host("vpc-1", aws={"profile": "one"}, permission_principals=[{**first, "buckets": ["arn:aws:s3:::a"]}]),
        host("vpc-2", aws={"profile": "two"}, permission_principals=[{**first, "buckets": ["arn:aws:s3:::b"]}, second]),
        host("vpc-3", aws={"profile": "three"}, permission_principals=[first]),
        host("vpc-4", account_id=OTHER_ACCOUNT, permission_principals=[first]),
    ]
    works = plan_publication(hosts).to_dict()["permissions"]
    assert [(work["name"], work["credentials_of"], work["principals"]) for work in works] == [
        (f"{ACCOUNT}/iam", "vpc-1", [{**first, "buckets": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}]),
        (f"{ACCOUNT}/iam/2", "vpc-2", [{**second, "buckets": []}]),
        (f"{OTHER_ACCOUNT}/iam", "vpc-4", [{**first, "buckets": []}]),
    ]


@pytest.mark.parametrize(
    ("variables", "selected"),
    [
        ({"traffic_type": "reject"}, None),
        ({"region": "eu-wset-1"}, None),
        ({"account_id": "1"}, None),
        ({"resource_id": "vpc-2", "max_aggregation_interval": 60}, None),
        ({}, ["vpc-2"]),
    ],
)
def test_left_out_host_keeps_its_bucket_unmanaged(variables: dict[str, Any], selected: list[str] | None) -> None:
    keeping = host("vpc-1", bucket_policy=False, **variables)
    (work,) = plan_publication([host("vpc-2"), keeping], selected).to_dict()["destinations"]
    assert work["managed"] is False


@pytest.mark.parametrize(
    "variables",
    [
        {"bucket_policy": True},
        {"bucket_policy": "perhaps"},
        {"bucket_policy": False, "destination": "elsewhere"},
        {"bucket_policy": False, "destination": None},
        {"bucket_policy": False, "destination": "no bucket"},
        {"bucket_policy": False, "destination": ["central"]},
        {"bucket_policy": False, "state": "absent"},
    ],
)
def test_other_buckets_stay_managed(variables: dict[str, Any]) -> None:
    left_out = host("vpc-1", **variables)
    (work,) = plan_publication([host("vpc-2"), left_out], ["vpc-2"]).to_dict()["destinations"]
    assert work["managed"] is True
