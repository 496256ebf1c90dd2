# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls for permissions, checked against botocore's service model: policy simulator, roles, encoded messages, dry runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2_dry_run
from ansible_collections.flowlogs.aws.plugins.module_utils._aws import iam
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import error_code_and_message
from botocore.stub import Stubber

from tests.unit.plugins.module_utils._aws.offline import client_of

ROLE = "arn:aws:iam::111122223333:role/net/publisher"
LOG = "fl-0123456789abcdef0"


def test_all_pages_of_a_simulation_are_read() -> None:
    client = client_of("iam")
    asked = {
        "PolicySourceArn": ROLE,
        "ActionNames": ["ec2:DescribeFlowLogs"],
        "ResourceArns": ["*"],
        "ContextEntries": [
            {"ContextKeyName": "ec2:Region", "ContextKeyValues": ["eu-west-1"], "ContextKeyType": "string"}
        ],
    }
    first = {"EvalActionName": "ec2:DescribeFlowLogs", "EvalResourceName": "*", "EvalDecision": "allowed"}
    second = {**first, "EvalDecision": "implicitDeny"}
    with Stubber(client) as stub:
        stub.add_response(
            "simulate_principal_policy", {"EvaluationResults": [first], "IsTruncated": True, "Marker": "m"}, asked
        )
        stub.add_response(
            "simulate_principal_policy", {"EvaluationResults": [second], "IsTruncated": False}, {**asked, "Marker": "m"}
        )
        found = iam.simulate_principal_policy(
            client, ROLE, ["ec2:DescribeFlowLogs"], ["*"], [("ec2:Region", "eu-west-1")]
        )
    assert [item["EvalDecision"] for item in found] == ["allowed", "implicitDeny"]


def test_role_is_found_with_its_path() -> None:
    client = client_of("iam")
    role = {
        "Path": "/net/",
        "RoleName": "publisher",
        "RoleId": "AROA0123456789ABCDEF",
        "Arn": ROLE,
        "CreateDate": "2026-01-01T00:00:00Z",
    }
    with Stubber(client) as stub:
        stub.add_response("get_role", {"Role": role}, {"RoleName": "publisher"})
        assert iam.role_arn(client, "publisher") == ROLE


def test_message_is_decoded() -> None:
    client = client_of("sts")
    with Stubber(client) as stub:
        stub.add_response("decode_authorization_message", {"DecodedMessage": "{}"}, {"EncodedMessage": "abc"})
        assert iam.decode_authorization_message(client, "abc") == "{}"


@pytest.mark.parametrize(
    ("attempt", "operation", "parameters"),
    [
        (ec2_dry_run.try_describe, "describe_flow_logs", {}),
        (
            lambda client: ec2_dry_run.try_create(client, {"ResourceIds": ["vpc-1"], "ResourceType": "VPC"}),
            "create_flow_logs",
            {"ResourceIds": ["vpc-1"], "ResourceType": "VPC"},
        ),
        (lambda client: ec2_dry_run.try_delete(client, LOG), "delete_flow_logs", {"FlowLogIds": [LOG]}),
        (
            lambda client: ec2_dry_run.try_tag(client, LOG),
            "create_tags",
            {"Resources": [LOG], "Tags": [{"Key": "flowlogs.aws:dry-run", "Value": ""}]},
        ),
        (
            lambda client: ec2_dry_run.try_untag(client, LOG),
            "delete_tags",
            {"Resources": [LOG], "Tags": [{"Key": "flowlogs.aws:dry-run"}]},
        ),
    ],
)
def test_dry_run_returns_what_ec2_answers(
    attempt: Callable[[Any], FlowLogsAWSError], operation: str, parameters: dict[str, Any]
) -> None:
    client = client_of("ec2")
    with Stubber(client) as stub:
        stub.add_client_error(
            operation, "DryRunOperation", http_status_code=412, expected_params={"DryRun": True, **parameters}
        )
        assert error_code_and_message(attempt(client))[0] == "DryRunOperation"


def test_dry_run_that_was_executed_as_a_real_call_is_an_error() -> None:
    client = client_of("ec2")
    with Stubber(client) as stub:
        stub.add_response("describe_flow_logs", {"FlowLogs": []}, {"DryRun": True})
        assert "as a real call" in str(ec2_dry_run.try_describe(client))
