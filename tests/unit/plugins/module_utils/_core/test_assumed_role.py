# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A role in connection options, and the options that modules of amazon.aws get instead."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import AssumedRole
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import in_session
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import role_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import without_role
from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VariableError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import read_target

ROLE = "arn:aws:iam::111122223333:role/net/flow-logs"
KEYS = {"access_key": "ASIAEXAMPLE", "secret_key": "secret-of-the-session", "session_token": "token-of-the-session"}


@pytest.mark.parametrize("options", [{}, {"profile": "shop"}, {"assume_role_arn": None}, {"assume_role_arn": ""}])
def test_no_role_is_assumed_without_role_options(options: dict[str, Any]) -> None:
    assert role_of(options) is None
    assert role_of({**options, "assume_role_session_name": "flowlogs.aws"}) is None


def test_role_with_all_its_options() -> None:
    options = {"assume_role_arn": ROLE, "assume_role_external_id": "example-42", "assume_role_session_name": "nightly"}
    role = role_of(options)
    assert role == AssumedRole(ROLE, "example-42", "nightly")
    assert role.request() == {"RoleArn": ROLE, "RoleSessionName": "nightly", "ExternalId": "example-42"}
    assert AssumedRole(ROLE).request() == {"RoleArn": ROLE, "RoleSessionName": "flowlogs.aws"}


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
def test_roles_of_every_partition(partition: str) -> None:
    arn = f"arn:{partition}:iam::111122223333:role/flow-logs"
    assert role_of({"assume_role_arn": arn}) == AssumedRole(arn)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("assume_role_arn", "flow-logs"),
        ("assume_role_arn", "arn:aws:iam::111122223333:user/flow-logs"),
        ("assume_role_arn", "arn:aws:iam::1111:role/flow-logs"),
        ("assume_role_arn", "arn:aws:iam::111122223333:role/"),
        ("assume_role_arn", "arn:aws:sts::111122223333:assumed-role/flow-logs/x"),
        ("assume_role_arn", f"{ROLE}\n"),
        ("assume_role_arn", 111122223333),
        ("assume_role_external_id", "x"),
        ("assume_role_external_id", "with blanks"),
        ("assume_role_session_name", "x"),
        ("assume_role_session_name", "a/b"),
        ("assume_role_session_name", "x" * 65),
    ],
)
def test_values_that_sts_refuses_are_refused_with_their_option(option: str, value: Any) -> None:
    with pytest.raises(InputError) as refused:
        role_of({"assume_role_arn": ROLE, option: value})
    assert refused.value.option == option


def test_an_external_id_without_a_role_is_refused() -> None:
    with pytest.raises(InputError, match="together with assume_role_arn"):
        role_of({"assume_role_external_id": "example-42"})


@pytest.mark.parametrize("variable", ["flow_log_aws", "flow_log_bucket_aws", "flow_log_key_aws"])
def test_a_host_with_a_wrong_role_is_refused(variable: str) -> None:
    common = {"flow_log_account_id": "111122223333", "flow_log_region": "eu-west-1", "flow_log_destination": "central"}
    with pytest.raises(VariableError) as refused:
        read_target(HostVariables("vpc-1", {**common, variable: {"assume_role_arn": "flow-logs"}}))
    assert refused.value.variable == f"{variable}.assume_role_arn"


def test_amazon_aws_gets_the_options_unchanged_without_a_role() -> None:
    options = {"profile": "shop", "endpoint_url": "https://example.com", "assume_role_arn": ""}
    assert without_role(options) == {"profile": "shop", "endpoint_url": "https://example.com"}


@pytest.mark.parametrize(
    "own",
    [
        {"profile": "automation"},
        {"aws_profile": "automation"},
        {"access_key": "AKIA", "secret_key": "own", "session_token": "own"},
        {"aws_access_key": "AKIA", "aws_secret_key": "own"},
        {"aws_access_key_id": "AKIA", "aws_secret_access_key": "own", "aws_session_token": "own"},
    ],
)
def test_session_replaces_the_credentials_with_all_their_names(own: dict[str, str]) -> None:
    options = in_session({**own, "region": "eu-west-1", "assume_role_arn": ROLE}, KEYS)
    assert options == {"region": "eu-west-1", "profile": "", **KEYS}


def test_missing_session_keys_are_an_error() -> None:
    with pytest.raises(KeyError):
        in_session({"profile": "automation", "assume_role_arn": ROLE}, {})
