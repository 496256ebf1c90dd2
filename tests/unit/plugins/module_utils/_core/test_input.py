# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options: wrong values are refused with their option, and all spellings of a value are equal."""

from __future__ import annotations

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import parse_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import same_destination
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import CLOUD_WAN
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import DEFAULT_FORMATS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import FIELDS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import TRANSIT_GATEWAY
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import VPC
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import field_names
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import is_default_format
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import parse_log_format
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import resolve_resource_type
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import type_of_id
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import unique_ids
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import FlowLogSettings
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import settings_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import tag_fields_warning
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.tags import check_tags


@pytest.mark.parametrize(
    ("value", "partition", "arn"),
    [
        ("arn:aws:s3:::example-logs", "aws", "arn:aws:s3:::example-logs"),
        ("arn:aws:s3:::example-logs/", "aws", "arn:aws:s3:::example-logs"),
        ("arn:aws:s3:::example-logs/network/prod", "aws", "arn:aws:s3:::example-logs/network/prod/"),
        ("arn:aws:s3:::example-logs/network/prod/", "aws", "arn:aws:s3:::example-logs/network/prod/"),
        (" example-logs/network ", "aws-cn", "arn:aws-cn:s3:::example-logs/network/"),
        ("example.logs", "aws-us-gov", "arn:aws-us-gov:s3:::example.logs"),
        ("arn:aws-iso-b:s3:::example-logs", "aws-iso-b", "arn:aws-iso-b:s3:::example-logs"),
    ],
)
def test_all_spellings_of_a_destination(value: str, partition: str, arn: str) -> None:
    assert parse_destination(value, partition).arn == arn


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("arn:aws:logs:eu-west-1:111122223333:log-group:x", "S3 bucket ARN"),
        ("arn:aws:s3:eu-west-1:111122223333:accesspoint/x", "S3 bucket ARN"),
        ("arn:aws:s3:::", "S3 bucket ARN"),
        ("arn:aws:s3", "S3 bucket ARN"),
        ("s3://example-logs/x", "S3 bucket ARN"),
        ("Example Logs", "S3 bucket ARN"),
        ("192.168.0.1", "S3 bucket ARN"),
        ("my-bucket\n/folder", "S3 bucket ARN"),
        ("my-bucket/fold\ner", "control characters"),
        ("example-s3alias", "-s3alias"),
        ("", "S3 bucket ARN"),
        ("arn:aws:s3:::example-logs/AWSLogs/", "AWSLogs"),
        ("arn:aws:s3:::example-logs/a/AWSLogs/b", "AWSLogs"),
        ("example-logs/a//b", "empty segments"),
        ("arn:aws-cn:s3:::example-logs", "partition"),
    ],
)
def test_a_destination_that_cannot_work_is_refused(value: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        parse_destination(value, "aws")
    assert refused.value.option == "destination"
    assert repr(value) in str(refused.value)


def test_destinations_are_equal_apart_from_a_trailing_slash() -> None:
    assert same_destination("arn:aws:s3:::b/x", "arn:aws:s3:::b/x/")
    assert not same_destination("arn:aws:s3:::b/x", "arn:aws:s3:::b/X")


@pytest.mark.parametrize(
    ("resource_id", "name"),
    [
        ("vpc-0123456789abcdef0", "VPC"),
        ("subnet-1a2b3c4d", "Subnet"),
        ("eni-0123456789abcdef0", "NetworkInterface"),
        ("nat-0123456789abcdef0", "RegionalNatGateway"),
        ("tgw-0123456789abcdef0", "TransitGateway"),
        ("tgw-attach-0123456789abcdef0", "TransitGatewayAttachment"),
        ("core-network-0123456789abcdef0", "CoreNetwork"),
        ("attachment-0123456789abcdef0", "CoreNetworkAttachment"),
        ("igw-0123456789abcdef0", None),
    ],
)
def test_type_of_an_id(resource_id: str, name: str) -> None:
    found = type_of_id(resource_id)
    assert (found.name if found else None) == name


def test_resource_types_are_those_of_the_api() -> None:
    assert sorted(RESOURCE_TYPES) == [
        "CoreNetwork",
        "CoreNetworkAttachment",
        "CoreNetworkEdge",
        "NetworkInterface",
        "RegionalNatGateway",
        "Subnet",
        "TransitGateway",
        "TransitGatewayAttachment",
        "VPC",
    ]


def test_duplicate_ids_are_removed_in_order() -> None:
    assert unique_ids(["vpc-2", "vpc-1", " vpc-2 "]) == ("vpc-2", "vpc-1")


@pytest.mark.parametrize("ids", [[], ["vpc"], ["vpc-1", "not an id"], ["*"], ["${jndi}"]])
def test_empty_list_and_invalid_ids_are_refused(ids: list) -> None:
    with pytest.raises(InputError, match="resource_ids"):
        unique_ids(ids)


@pytest.mark.parametrize(
    ("ids", "resource_type", "words"),
    [
        (("vpc-1", "subnet-1"), None, "Subnet, VPC"),
        (("igw-1",), None, "begin with"),
        (("tgw-1",), "TransitGatewayAttachment", "TransitGatewayAttachment"),
        (("igw-1",), "VPC", "begin with vpc-"),
        (("vpc-1",), "CoreNetworkEdge", "CoreNetworkEdge"),
    ],
)
def test_mixed_unknown_and_wrong_types_are_refused(ids: tuple, resource_type: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        resolve_resource_type(ids, resource_type)
    assert refused.value.option == "resource_ids"


def test_a_type_without_documented_prefix_accepts_any_id() -> None:
    assert resolve_resource_type(("edge-1",), "CoreNetworkEdge").name == "CoreNetworkEdge"
    assert resolve_resource_type(("core-network-1",), "CoreNetworkEdge").name == "CoreNetworkEdge"


def test_a_list_and_a_string_give_the_same_format() -> None:
    listed, _warnings = parse_log_format(["srcaddr", "${dstaddr}"], VPC)
    text, _warnings = parse_log_format("  ${srcaddr}   ${dstaddr} ", VPC)
    assert listed == text == "${srcaddr} ${dstaddr}"


@pytest.mark.parametrize(
    ("value", "family", "words"),
    [
        ([], VPC, "at least one field"),
        ("   ", VPC, "at least one field"),
        ("srcaddr dstaddr", VPC, "srcaddr"),
        (["src addr"], VPC, "src addr"),
        (["${srcaddr"], VPC, "srcaddr"),
        (["tgw-id"], VPC, "tgw-id"),
        (["action"], TRANSIT_GATEWAY, "action"),
        (["interface-id"], TRANSIT_GATEWAY, "interface-id"),
    ],
)
def test_formats_that_aws_refuses_are_refused(value: object, family: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        parse_log_format(value, family)
    assert refused.value.option == "log_format"


def test_an_unknown_field_is_accepted_with_a_warning() -> None:
    text, warnings = parse_log_format(["srcadr", "brand-new-field"], VPC)
    assert text == "${srcadr} ${brand-new-field}"
    assert "'srcadr'" in warnings[0] and "Did you mean srcaddr?" in warnings[0]
    assert "'brand-new-field'" in warnings[1]


def test_a_field_named_twice_warns() -> None:
    assert "srcaddr" in parse_log_format(["srcaddr", "srcaddr"], VPC)[1][0]


def test_cloud_wan_accepts_any_field() -> None:
    assert parse_log_format(["anything-at-all"], CLOUD_WAN) == ("${anything-at-all}", [])


def test_number_of_known_fields() -> None:
    versions = sorted({field.version for field in FIELDS[VPC].values()})
    assert versions == [2, 3, 4, 5, 7, 8, 9, 10, 11]
    assert len(FIELDS[VPC]) == 54
    assert len([field for field in FIELDS[VPC].values() if field.version <= 10]) == 42
    assert len(FIELDS[TRANSIT_GATEWAY]) == 36


def test_parquet_types_of_number_fields() -> None:
    """VPC User Guide, "Available fields" in Parquet; Transit Gateway Guide, "Transit Gateway Flow Log records"."""
    common_32, common_64 = {"version", "srcport", "dstport", "protocol", "tcp-flags"}, {
        "packets",
        "bytes",
        "start",
        "end",
    }
    lost = {f"packets-lost-{why}" for why in ("no-route", "blackhole", "mtu-exceeded", "ttl-expired")}
    expected = {
        VPC: {"INT_32": common_32 | {"traffic-path", "encryption-status"}, "INT_64": common_64},
        TRANSIT_GATEWAY: {"INT_32": common_32, "INT_64": common_64 | lost},
    }
    for family, numbers in expected.items():
        found: dict[str, set[str]] = {}
        for field in FIELDS[family].values():
            found.setdefault(field.parquet_type, set()).add(field.name)
        strings = found.pop("STRING")
        assert found == numbers
        assert strings == set(FIELDS[family]) - numbers["INT_32"] - numbers["INT_64"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "me-central-1", "us-gov-west-1"])
def test_tag_fields_have_no_warning_in_regions_with_the_service_linked_role(region: str) -> None:
    assert tag_fields_warning(tagged(), region) == ""


@pytest.mark.parametrize("region", ["cn-north-1", "eu-south-2", "il-central-1", "eusc-de-east-1"])
def test_tag_fields_have_a_warning_in_other_regions(region: str) -> None:
    assert f"does not list {region}" in tag_fields_warning(tagged(), region)
    untagged, _warnings = settings_from_options({"destination": "example-logs"}, RESOURCE_TYPES["VPC"], "aws")
    assert tag_fields_warning(untagged, region) == ""


def tagged() -> FlowLogSettings:
    """Settings with a tag field."""
    specifications = [{"resource_type": "instance", "tag_keys": ["team"]}]
    options = {
        "destination": "example-logs",
        "log_format": ["instance-tag"],
        "tag_field_specifications": specifications,
    }
    settings, _warnings = settings_from_options(options, RESOURCE_TYPES["VPC"], "aws")
    return settings


def test_formats_that_equal_the_default_format() -> None:
    vpc, gateway = DEFAULT_FORMATS[VPC], DEFAULT_FORMATS[TRANSIT_GATEWAY]
    assert len(field_names(vpc)) == 14
    assert is_default_format(vpc, VPC)
    assert not is_default_format(vpc + " ${vpc-id}", VPC)
    assert is_default_format(gateway, TRANSIT_GATEWAY)
    # AWS may list "all fields" in another order, and add fields; neither is a difference.
    assert is_default_format(" ".join(reversed(gateway.split())) + " ${new-field}", TRANSIT_GATEWAY)
    assert not is_default_format("${version} ${tgw-id}", TRANSIT_GATEWAY)
    assert is_default_format("${whatever}", CLOUD_WAN)


@pytest.mark.parametrize(
    ("resource_type", "options", "option"),
    [
        ("VPC", {"max_aggregation_interval": 300}, "max_aggregation_interval"),
        ("VPC", {"max_aggregation_interval": 0}, "max_aggregation_interval"),
        ("TransitGateway", {"max_aggregation_interval": 600}, "max_aggregation_interval"),
        ("TransitGateway", {"traffic_type": "ALL"}, "traffic_type"),
        ("CoreNetwork", {"traffic_type": "REJECT"}, "traffic_type"),
        ("VPC", {"traffic_type": "all"}, "traffic_type"),
        ("VPC", {"destination_options": {"file_format": "csv"}}, "destination_options.file_format"),
        (
            "VPC",
            {"destination_options": {"hive_compatible_partitions": "maybe"}},
            "destination_options.hive_compatible_partitions",
        ),
        ("VPC", {"destination_options": {"hive": True}}, "destination_options"),
        ("VPC", {"log_format": ["srcaddr", "instance-tag"]}, "log_format"),
        (
            "VPC",
            {"tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["team"]}]},
            "tag_field_specifications",
        ),
        (
            "VPC",
            {
                "log_format": ["instance-tag"],
                "tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["a", "b", "c"]}],
            },
            "tag_field_specifications",
        ),
        (
            "VPC",
            {
                "log_format": ["instance-tag", "instance-tag-2"],
                "tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["a"]}],
            },
            "log_format",
        ),
        (
            "VPC",
            {
                "log_format": ["instance-tag"],
                "tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["a"]}] * 2,
            },
            "tag_field_specifications",
        ),
        (
            "VPC",
            {"tag_field_specifications": [{"resource_type": "vpc", "tag_keys": ["a"]}]},
            "tag_field_specifications",
        ),
    ],
)
def test_settings_that_aws_refuses_are_refused_with_their_option(
    resource_type: str, options: dict, option: str
) -> None:
    with pytest.raises(InputError) as refused:
        settings_from_options({"destination": "example-logs", **options}, RESOURCE_TYPES[resource_type], "aws")
    assert refused.value.option == option


@pytest.mark.parametrize(
    ("resource_type", "traffic_type", "interval"),
    [("VPC", "ALL", 600), ("RegionalNatGateway", "ALL", 600), ("TransitGateway", None, 60), ("CoreNetwork", None, 60)],
)
def test_defaults_follow_the_type(resource_type: str, traffic_type: str, interval: int) -> None:
    settings, warnings = settings_from_options({"destination": "example-logs"}, RESOURCE_TYPES[resource_type], "aws")
    assert (settings.traffic_type, settings.max_aggregation_interval, settings.log_format) == (
        traffic_type,
        interval,
        None,
    )
    assert warnings == []


@pytest.mark.parametrize(
    ("tags", "name", "option"),
    [
        ({"aws:created-by": "x"}, None, "tags"),
        ({"AWS:x": "x"}, None, "tags"),
        ({"": "x"}, None, "tags"),
        ({"k" * 129: "x"}, None, "tags"),
        ({"k": "v" * 257}, None, "tags.k"),
        ({str(number): "x" for number in range(51)}, None, "tags"),
        ({"Name": "one"}, "other", "tags.Name"),
        ({"flowlogs.aws:replaced": "x"}, None, "tags"),
        (None, "", "name"),
    ],
)
def test_tags_that_ec2_refuses_are_refused_with_their_option(tags: dict, name: str, option: str) -> None:
    with pytest.raises(InputError) as refused:
        check_tags(tags, name)
    assert refused.value.option == option


def test_a_name_is_a_tag_and_tags_are_text() -> None:
    assert check_tags({"n": 1, "empty": None}, "central") == {"n": "1", "empty": "", "Name": "central"}
    assert check_tags(None, "central") is None
