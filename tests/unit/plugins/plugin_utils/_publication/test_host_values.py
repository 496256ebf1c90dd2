# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of host variables are checked, and equal values in different spellings mean the same."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import CONNECTION_OPTIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._run.s3_flow_log import S3_FLOW_LOG
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.options import options_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.options import desired_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.desired import PresentFlowLogs
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import OPTION_DEFAULTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import layouts_of
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import variable_of
from tests.wrong_values import SPELLINGS
from tests.wrong_values import WRONG_VALUES

RIGHT = {
    "flow_log_account_id": "111122223333",
    "flow_log_region": "eu-west-1",
    "flow_log_destination": "arn:aws:s3:::operations-logs/network/",
}
CASES = [(variable, value) for variable, values in WRONG_VALUES.items() for value in values]


def host(name: str, **variables: Any) -> HostVariables:
    given = {key: value for key, value in {**RIGHT, **variables}.items() if value is not None}
    return HostVariables(name, given, ())


def read(**variables: Any) -> "dict[str, Any]":
    """Return the publication of a host with these variables, without its name."""
    publication = plan_publication([host("vpc-1", **variables)]).to_dict()
    assert publication["invalid"] == []
    return {kind: publication[kind] for kind in ("batches", "destinations", "permissions")}


def refusal(**variables: Any) -> str:
    """Return why a host with these variables is left out."""
    (invalid,) = plan_publication([host("vpc-1", **variables)]).invalid
    return invalid.message


def test_every_variable_has_three_wrong_values() -> None:
    assert sorted(WRONG_VALUES) == sorted(VARIABLES)
    assert {len(values) for values in WRONG_VALUES.values()} == {3}


@pytest.mark.parametrize(("variable", "value"), CASES)
def test_error_names_the_variable_that_the_user_wrote(variable: str, value: Any) -> None:
    publication = plan_publication([host("vpc-1", **{variable: value}), host("vpc-2")])
    (invalid,) = publication.invalid
    assert (invalid.host, re.split(r"[.\[]", invalid.variable)[0]) == ("vpc-1", variable)
    assert invalid.message.startswith(f"vpc-1: {variable}") and ". Allowed: " in invalid.message
    work = publication.to_dict()
    assert [batch["resource_ids"] for batch in work["batches"]] == [["vpc-2"]]
    assert work["destinations"] == plan_publication([host("vpc-2")]).to_dict()["destinations"]


@pytest.mark.parametrize("variable", list(SPELLINGS))
def test_equal_settings_in_other_spellings_share_a_batch(variable: str) -> None:
    base = {"flow_log_destination_options": {"hive_compatible_partitions": True}} if "layouts" in variable else {}
    hosts = [host(f"vpc-{number}", **{**base, variable: value}) for number, value in enumerate(SPELLINGS[variable])]
    publication = plan_publication(hosts).to_dict()
    assert publication["invalid"] == []
    assert len(publication["batches"]) == len(publication["destinations"]) == 1
    works = [read(**{**base, variable: value}) for value in SPELLINGS[variable]]
    assert all(work == works[0] for work in works)


@pytest.mark.parametrize("text", ["false", "no", "0", "False"])
def test_text_no_means_no_hive_layout(text: str) -> None:
    options = {"hive_compatible_partitions": text}
    assert '"hive"' not in json.dumps(read(flow_log_destination_options=options)["destinations"])
    assert layouts_of(options) == ("plain",)


def test_explicit_default_format_equals_the_default() -> None:
    default = (
        "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
        "${bytes} ${start} ${end} ${action} ${log-status}"
    )
    assert read(flow_log_log_format=default) == read()
    assert read(flow_log_log_format=f"{default} ${{vpc-id}}") != read()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"flow_log_log_format": ["version", "vpc_id"]}, "'vpc_id'.*did you mean vpc-id"),
        ({"flow_log_log_format": ["VPC-ID"]}, "'VPC-ID'.*did you mean vpc-id"),
        ({"flow_log_log_format": "version vpc-id"}, "'version'.*did you mean version"),
        ({"flow_log_destination_options": {"file_fromat": "parquet"}}, "'file_fromat'.*Allowed: file_format[.]"),
        ({"flow_log_aws": {"profil": "x"}}, "flow_log_aws: 'profil'.*Allowed: profile[.]"),
        ({"flow_log_log_format": ["instance-tag"]}, "whose tags flow_log_tag_field_specifications names"),
        (
            {"flow_log_tag_field_specifications": [{"resource_type": "instance", "tag_keys": "team"}]},
            "only with one of instance-tag, instance-tag-2 in flow_log_log_format",
        ),
        (
            {"flow_log_resource_type": "Subnet"},
            "flow_log_resource_id: 'vpc-1'.*the flow_log_resource_type given, Subnet",
        ),
        (
            {"flow_log_name": "a", "flow_log_tags": {"Name": "b"}},
            "flow_log_tags.Name: 'b'.*value of flow_log_name, 'a'",
        ),
        (
            {"flow_log_organization_id": "o-a1b2c3d4e5", "flow_log_source_conditions": "no"},
            "flow_log_source_conditions: 'no'.*together with flow_log_organization_id",
        ),
        ({"flow_log_create_bucket": True}, "flow_log_bucket_region is missing"),
        (
            {"flow_log_create_bucket": True, "flow_log_bucket_region": "eu-west-1", "flow_log_destination": "Old_Logs"},
            "flow_log_destination: 'Old_Logs'.*for a new bucket",
        ),
        ({"flow_log_account_id": 0o111122223333}, "flow_log_account_id.*12 digits, in quotes"),
        ({"flow_log_expected_bucket_owner": 0o111122223333}, "flow_log_expected_bucket_owner.*12 digits, in quotes"),
        ({"flow_log_regions": ["eu-west-1", "eu"]}, r"flow_log_regions\[1\]: 'eu'"),
        ({"flow_log_tag_field_specifications": '[{"resource_type"'}, "flow_log_tag_field_specifications"),
        ({"flow_log_permission_principals": [{"name": "x"}]}, "flow_log_permission_principals.*type: "),
    ],
)
def test_error_names_value_and_allowed_values(variables: "dict[str, Any]", words: str) -> None:
    message = refusal(**variables)
    assert re.search(words, message), message


def test_errors_repeat_no_secret() -> None:
    for value in ("very-secret", {"secret_kee": "very-secret"}, {"assume_role_external_id": "very-secret!"}):
        assert "very-secret" not in refusal(flow_log_bucket_aws=value).replace("very-secret!", "")


def test_existing_bucket_may_have_an_old_name() -> None:
    (bucket,) = read(flow_log_destination="Old_Logs/network")["destinations"]
    assert bucket["bucket"] == "Old_Logs"


def test_absent_ignores_settings() -> None:
    removed = {
        "flow_log_state": "absent",
        "flow_log_traffic_type": "reject",
        "flow_log_destination": "Old_Logs/team-*/",
    }
    (batch,) = read(**removed)["batches"]
    assert batch["destination"] == "arn:aws:s3:::Old_Logs/team-*/"
    assert batch["options"] == {**OPTION_DEFAULTS, "state": "absent"}
    named = plan_publication([host("vpc-1", flow_log_state="absent", flow_log_name="x", flow_log_destination=None)])
    assert named.to_dict()["batches"][0]["options"]["name"] == "x"


def test_a_host_can_set_every_option_of_the_module() -> None:
    elsewhere = {"resource_ids", "resource_type", "destination", "return_flow_logs"}
    spec_of = S3_FLOW_LOG.argument_spec
    assert set(OPTION_DEFAULTS) == set(spec_of) - elsewhere
    defaults = {name: spec["default"] for name, spec in spec_of.items() if "default" in spec}
    assert {name: OPTION_DEFAULTS[name] for name in defaults if name not in elsewhere} == {
        name: value for name, value in defaults.items() if name not in elsewhere
    }


def test_options_survive_a_second_read() -> None:
    params = {
        "resource_ids": ["vpc-1"],
        "destination": "arn:aws:s3:::operations-logs",
        "traffic_type": "REJECT",
        "max_aggregation_interval": "60",
        "log_format": ["version", "instance-tag"],
        "destination_options": {"file_format": "parquet"},
        "tag_field_specifications": [{"resource_type": "instance", "tag_keys": ["team"]}],
        "name": 7,
        "tags": {"n": 1},
        "replace": "never",
        "purge": "s3",
    }
    desired = desired_from_options(params, "aws")
    again = {**options_of(desired), "resource_ids": desired.targets, "destination": "operations-logs"}
    assert desired_from_options(again, "aws") == desired


def test_warnings_about_fields_reach_the_caller() -> None:
    warnings: "list[str]" = []
    params = {"resource_ids": ["vpc-1"], "destination": "operations-logs", "log_format": ["srcadr"]}
    assert isinstance(desired_from_options(params, "aws", warnings.append), PresentFlowLogs)
    assert isinstance(desired_from_options(params, "aws"), PresentFlowLogs)
    assert "srcaddr" in warnings[0]


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("resource_ids", "flow_log_resource_id"),
        ("tags.resource_ids", "flow_log_tags.resource_ids"),
        ("regions[1]", "flow_log_regions[1]"),
        ("destination_options.file_format", "flow_log_destination_options.file_format"),
    ],
)
def test_option_becomes_its_variable(option: str, variable: str) -> None:
    assert variable_of(option) == variable


def test_other_options_in_errors_become_variables() -> None:
    error = InputError("tags", 1, "only with O(name)")
    assert str(error) == "tags: 1 is not accepted. Allowed: only with name."
    assert error.allowed_as(variable_of) == "only with flow_log_name"


def test_connection_accepts_every_option_of_amazon_aws() -> None:
    names = set(aws_argument_spec())
    names |= {alias for spec in aws_argument_spec().values() for alias in spec.get("aliases") or ()}
    assert names <= set(CONNECTION_OPTIONS)
