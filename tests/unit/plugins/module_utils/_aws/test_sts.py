# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assuming a role, against botocore's model of STS."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.stub import Stubber

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import assume_role
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import regional_client
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import regional_endpoint
from ansible_collections.flowlogs.aws.plugins.module_utils._core.assumed_role import AssumedRole
from ansible_collections.flowlogs.aws.plugins.module_utils._run.role_session import session_keys
from tests.unit.plugins.module_utils._aws.offline import client_of

SERVICE = "sts"
ROLE = "arn:aws:iam::111122223333:role/flow-logs"
CALLER = "arn:aws:iam::123456789012:user/automation"
IDENTITY = {"Account": "123456789012", "Arn": CALLER, "UserId": "AIDAEXAMPLE"}


def test_session_keys_are_parameters_of_a_client(client: Any, stub: Stubber) -> None:
    given = {"AccessKeyId": "ASIAEXAMPLEEXAMPLE00", "SecretAccessKey": "secret", "SessionToken": "token"}
    asked = {"RoleArn": ROLE, "RoleSessionName": "nightly", "ExternalId": "example-42"}
    stub.add_response("assume_role", {"Credentials": {**given, "Expiration": "2026-01-01T00:00:00Z"}}, asked)
    assert assume_role(client, AssumedRole(ROLE, "example-42", "nightly")) == {
        "profile_name": None,
        "aws_access_key_id": "ASIAEXAMPLEEXAMPLE00",
        "aws_secret_access_key": "secret",
        "aws_session_token": "token",
    }


def test_a_denied_role_names_role_caller_and_permission(client: Any, stub: Stubber) -> None:
    stub.add_client_error("assume_role", "AccessDenied", "Not authorized", 403)
    stub.add_response("get_caller_identity", IDENTITY, {})
    with pytest.raises(FlowLogsAWSError) as denied:
        session_keys(client, AssumedRole(ROLE))
    assert denied.value.message == (
        f"Failed to assume the role {ROLE} as {CALLER}. The caller needs sts:AssumeRole on the role, and the trust policy of "
        "the role must allow the caller"
    )


def test_another_error_has_no_permission_in_its_message(client: Any, stub: Stubber) -> None:
    stub.add_client_error("assume_role", "RegionDisabledException", "STS is not activated in this region", 403)
    stub.add_client_error("get_caller_identity", "RegionDisabledException", "STS is not activated in this region", 403)
    with pytest.raises(FlowLogsAWSError) as failed:
        session_keys(client, AssumedRole(ROLE))
    assert failed.value.message == f"Failed to assume the role {ROLE} as a caller that STS does not name"


@pytest.mark.parametrize(
    ("url", "region", "regional"),
    [
        ("https://sts.amazonaws.com", "eu-west-1", "https://sts.eu-west-1.amazonaws.com"),
        ("https://sts.amazonaws.com", "aws-global", None),
        ("https://sts.eu-west-1.amazonaws.com", "eu-west-1", None),
        ("https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1", None),
        ("http://127.0.0.1:5000", "eu-west-1", None),
    ],
)
def test_regional_endpoint_of_sts(url: str, region: str, regional: str | None) -> None:
    assert regional_endpoint(SimpleNamespace(meta=SimpleNamespace(endpoint_url=url, region_name=region))) == regional


@pytest.mark.parametrize(
    ("service", "endpoint"),
    [("sts", "https://sts.af-south-1.amazonaws.com"), ("ec2", "https://ec2.af-south-1.amazonaws.com")],
)
def test_sts_client_uses_its_region_with_the_default_of_older_botocore(
    monkeypatch: pytest.MonkeyPatch, service: str, endpoint: str
) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    client = regional_client(client_of, service, region="af-south-1")
    assert client.meta.endpoint_url == endpoint
