# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Permissions are checked before any change. Only a certainly missing permission stops work, and only work that needs it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.scope import may_concern
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import OPERATIONS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.preflight import operations_for_bucket
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.preflight import operations_for_flow_logs
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.preflight import plan_preflights
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.preflight import stopped
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import OPTION_DEFAULTS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

ACCOUNT, OTHER = "111122223333", "444455556666"
BUCKET, USER = "arn:aws:s3:::central", f"arn:aws:iam::{ACCOUNT}:user/ada"
KEY = f"arn:aws:kms:eu-west-1:{OTHER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
FLOW_LOGS, OWNER = f"{ACCOUNT}/preflight", "s3/central/preflight"


def host(name: str, **variables: Any) -> HostVariables:
    """A target with a preflight."""
    given = {"account_id": ACCOUNT, "region": "eu-west-1", "destination": BUCKET, "preflight": True, **variables}
    return HostVariables(name, {f"flow_log_{key}": value for key, value in given.items()})


def work_of(*hosts: HostVariables, only_reads: bool = False) -> dict[str, Any]:
    """The publication of hosts as plain data."""
    publication = plan_publication(hosts)
    return {**publication.to_dict(), "preflights": plan_preflights(publication, only_reads)}


def by_name(publication: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The preflights by their name."""
    return {work["name"]: work for work in publication["preflights"]}


def row(action: str, decision: str = "not_allowed", **more: Any) -> dict[str, Any]:
    """One permission in a result of flow_log_permissions_info."""
    operations = [name for name, needs in OPERATIONS.items() if action in [need.action for need in needs]]
    given = {"resource": "*", "region": "eu-west-1", "reason": "Because.", "operations": operations, **more}
    return {"action": action, "decision": decision, **given}


def answer(*rows: dict[str, Any], permitted: Any = False, policy: Any = None) -> dict[str, Any]:
    """Result of flow_log_permissions_info."""
    about = {"principal": USER, "summary": f"{USER} is missing something.", "missing_policy": policy}
    return {"changed": False, "permitted": permitted, "permissions": list(rows), **about}


def stops(publication: dict[str, Any], **answers: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The batches and destinations that are stopped."""
    names = {"flow_logs": FLOW_LOGS, "owner": OWNER}
    found = stopped(publication, {"preflights": {names[kind]: result for kind, result in answers.items()}})
    return sorted(found["batches"]), sorted(found["destinations"])


@pytest.mark.parametrize(
    ("options", "operations"),
    [
        ({}, {"read", "create", "tag", "delete"}),
        ({"replace": "never"}, {"read", "create"}),
        ({"replace": "never", "tags": {}}, {"read", "create", "tag"}),
        ({"replace": "never", "tags": {"a": "b"}}, {"read", "create", "tag", "tag_at_create"}),
        ({"replace": "never", "name": "x"}, {"read", "create", "tag_at_create"}),
        ({"replace": "never", "purge": "s3"}, {"read", "create", "delete"}),
        (
            {"replace": "never", "tag_field_specifications": [{"resource_type": "instance"}]},
            {"read", "create", "tag_fields"},
        ),
        *[
            ({"replace": "never", "log_format": log_format}, {"read", "create", *operations})
            for log_format, operations in [
                ("${srcaddr} ${instance-id}", ()),
                ("${ecs-cluster-arn}", ("ecs_fields",)),
                ("${srcaddr} ${ecs-cluster-name} ${ecs-container-id} ${ecs-second-container-id}", ("ecs_fields",)),
                ("${ecs-container-instance-arn}", ("ecs_fields", "ecs_container_instance_fields")),
                ("${ecs-container-instance-id}", ("ecs_fields", "ecs_container_instance_fields")),
                ("${ecs-service-name}", ("ecs_fields", "ecs_service_fields")),
                ("${ecs-task-definition-arn}", ("ecs_fields", "ecs_task_definition_fields")),
                ("${ecs-task-arn}", ("ecs_fields", "ecs_task_fields")),
                ("${ecs-task-id}", ("ecs_fields", "ecs_task_fields")),
            ]
        ],
        ({"state": "absent", "tags": {"a": "b"}, "log_format": "${ecs-task-id}"}, {"read", "delete"}),
    ],
)
def test_operations_for_flow_logs(options: dict[str, Any], operations: set[str]) -> None:
    assert set(operations_for_flow_logs({**OPTION_DEFAULTS, **options})) == operations


def test_operations_for_bucket() -> None:
    assert operations_for_bucket(False, False) == ()
    assert operations_for_bucket(True, False) == ("bucket_policy",)
    everything = ("bucket_policy", "check_destination", "key_policy", "check_destination_key")
    assert operations_for_bucket(True, True, True) == everything


def test_no_preflight_by_default() -> None:
    assert work_of(host("vpc-1", preflight=False), host("vpc-2", preflight=None))["preflights"] == []


def test_one_preflight_for_an_account_and_one_for_a_bucket_owner() -> None:
    publication = work_of(
        host("vpc-1"),
        host("subnet-1", region="us-east-1", traffic_type="REJECT"),
        host("vpc-2", destination="arn:aws:s3:::second"),
        host("vpc-3", account_id=OTHER, aws={"profile": "other"}),
    )
    found = by_name(publication)
    assert found.keys() == {FLOW_LOGS, f"{OTHER}/preflight", OWNER}
    mine, owner = found[FLOW_LOGS], found[OWNER]
    assert mine["regions"] == ["eu-west-1", "us-east-1"]
    assert mine["resource_types"] == ["Subnet", "VPC"]
    assert len(mine["batches"]) == 3
    assert (owner["buckets"], owner["credentials"]) == ([BUCKET, "arn:aws:s3:::second"], "flow_log_bucket_aws")
    assert owner["operations"] == ["bucket_policy", "check_destination"]


def test_one_preflight_for_each_connection() -> None:
    publication = work_of(host("vpc-1"), host("vpc-2", aws={"profile": "b"}))
    assert by_name(publication).keys() == {FLOW_LOGS, f"{FLOW_LOGS}/2", OWNER}


def test_no_preflight_for_an_unmanaged_bucket() -> None:
    publication = work_of(host("vpc-1", bucket_policy=False, check_destination=False))
    assert by_name(publication).keys() == {FLOW_LOGS}


def test_checks_a_key_that_a_variable_names() -> None:
    sealed = {
        "key_policy": True,
        "create_bucket": True,
        "bucket_region": "eu-west-1",
        "bucket_encryption": KEY,
        "expected_bucket_owner": OTHER,
    }
    owner = by_name(work_of(host("vpc-1", **sealed)))[OWNER]
    assert (owner["keys"], owner["account_id"]) == ([KEY], OTHER)
    assert "key_policy" in owner["operations"]
    elsewhere = by_name(work_of(host("vpc-1", **sealed, key_aws={"profile": "keys"})))[OWNER]
    assert elsewhere["keys"] == [] and "key_policy" not in elsewhere["operations"]


def test_report_needs_only_permissions_to_read() -> None:
    publication = work_of(host("vpc-1"), only_reads=True)
    found = by_name(publication)
    assert found[FLOW_LOGS]["operations"] == ["read"]
    assert found[OWNER]["operations"] == ["read_bucket_policy", "check_destination"]
    assert stops(publication, flow_logs=answer(row("ec2:DescribeFlowLogs"))) == ([], [])


VPC_BATCH, SUBNET_BATCH = f"{ACCOUNT}/eu-west-1/vpc/1-1", f"{ACCOUNT}/us-east-1/subnet/1-1"
VPCS = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/*"


@pytest.mark.parametrize(
    ("missing", "batches"),
    [
        (row("logs:CreateLogDelivery"), [VPC_BATCH]),
        (row("logs:CreateLogDelivery", region="us-east-1"), [SUBNET_BATCH]),
        (row("logs:CreateLogDelivery", "explicitly_denied"), [VPC_BATCH]),
        (row("logs:CreateLogDelivery", "unknown"), []),
        (row("logs:CreateLogDelivery", "allowed"), []),
        (row("ec2:CreateFlowLogs", resource=VPCS), [VPC_BATCH]),
        (row("ec2:CreateFlowLogs", resource=VPCS.replace("vpc", "subnet")), []),
        (row("ec2:CreateFlowLogs", resource=VPCS.replace("vpc", "vpc-flow-log")), [VPC_BATCH]),
        (row("ec2:DeleteFlowLogs"), []),
    ],
)
def test_missing_permission_stops_only_batches_that_need_it(missing: dict[str, Any], batches: list[str]) -> None:
    publication = work_of(host("vpc-1", replace="never"), host("subnet-1", region="us-east-1", replace="never"))
    assert stops(publication, flow_logs=answer(missing)) == (batches, [])


@pytest.mark.parametrize(
    ("missing", "destinations"),
    [
        (row("s3:PutBucketPolicy", resource=BUCKET), ["s3/central"]),
        (row("s3:PutBucketPolicy", resource="arn:aws:s3:::second"), ["s3/second"]),
        (row("s3:DeleteBucketPolicy", resource=BUCKET), []),
        (row("s3:GetEncryptionConfiguration", resource=BUCKET), []),
    ],
)
def test_stopped_destination_stops_its_batches(missing: dict[str, Any], destinations: list[str]) -> None:
    publication = work_of(host("vpc-1"), host("vpc-2", destination="arn:aws:s3:::second"))
    batches = [batch["name"] for batch in publication["batches"] if batch["bucket_name"] in destinations]
    assert stops(publication, owner=answer(missing)) == (batches, destinations)


def test_stopped_work_fails_the_run_with_the_message_of_the_module() -> None:
    """A result of an earlier playbook in the same run does not count."""
    publication = work_of(host("vpc-1"))
    policy = {"Statement": [{"Action": ["logs:CreateLogDelivery"]}]}
    left = {"changed": True, "actions": [{"action": "create"}]}
    results = {
        "preflights": {FLOW_LOGS: answer(row("logs:CreateLogDelivery"), policy=policy)},
        "batches": {VPC_BATCH: left},
        "destinations": {"s3/central": {"changed": False, "actions": []}},
    }
    summary = summarise(publication, results)
    (failure,) = summary["failures"]
    assert failure["host"] == "vpc-1" and summary["actions"] == {}
    assert f"{USER} is missing something." in failure["message"] and '"logs:CreateLogDelivery"' in failure["message"]


def test_batch_of_a_stopped_destination_refers_to_it_and_repeats_no_reason() -> None:
    results = {"preflights": {OWNER: answer(row("s3:PutBucketPolicy", resource=BUCKET))}}
    messages = [failure["message"] for failure in summarise(work_of(host("vpc-1")), results)["failures"]]
    assert sum(text.count("is missing something.") for text in messages) == 1
    assert any("Not run, because its destination" in text and "see s3/central" in text for text in messages)


def found_about(**answers: Any) -> dict[str, Any]:
    """The findings about the principals and the target, by their subject."""
    names = {"flow_logs": FLOW_LOGS, "owner": OWNER}
    results = {"preflights": {names[kind]: result for kind, result in answers.items()}}
    return {row.target: row for row in find(work_of(host("vpc-1")), results)}


def test_missing_permission_is_a_finding_with_a_policy() -> None:
    policy = {"Statement": [{"Action": ["logs:CreateLogDelivery"]}]}
    found = found_about(flow_logs=answer(row("logs:CreateLogDelivery"), policy=policy))
    mine, owner, target = found[USER], found[OWNER], found["vpc-1"]
    assert (mine.finding, mine.account_id) == ("permission_missing", ACCOUNT)
    assert VPC_BATCH in mine.evidence and '"logs:CreateLogDelivery"' in mine.remedy
    assert owner.finding == "not_evaluated"
    assert target.finding == "not_evaluated" and "is missing something" in target.evidence


def test_explicit_deny_is_a_finding_with_the_reason() -> None:
    mine = found_about(flow_logs=answer(row("logs:CreateLogDelivery", "denied_by_boundary", reason="Bounds.")))[USER]
    assert mine.finding == "permission_missing"
    assert "Bounds." in mine.evidence and "Another Allow statement" in mine.remedy


@pytest.mark.parametrize(
    ("result", "finding"),
    [
        (answer(permitted=True), "in_sync"),
        (answer(row("logs:CreateLogDelivery", "unknown"), permitted="unknown"), "unknown"),
        ({"failed": True, "msg": "No credentials.", "principal": USER}, "unknown"),
    ],
)
def test_unknown_permissions_are_a_finding(result: dict[str, Any], finding: str) -> None:
    assert found_about(flow_logs=result)[USER].finding == finding


@pytest.mark.parametrize(
    ("resource", "concerns"),
    [("*", True), (VPCS, True), (VPCS.replace("vpc", "subnet"), False), (VPCS.replace("vpc", "vpc-flow-log"), True)],
)
def test_permission_for_other_resource_types_stops_nothing(resource: str, concerns: bool) -> None:
    assert may_concern(resource, "VPC") is concerns
