# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: what the client sees, and whether the call took effect."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.exceptions import ConnectionClosedError

from tests.simulator.client import SimulatorError
from tests.simulator.client import SimulatorProcess
from tests.simulator.faults import Faults
from tests.simulator.faults import parse_rule
from tests.simulator.requests import Call

BUCKET = "central-logs"
KNOWN_VPC = "vpc-0a000000000000001"
OTHER_VPC = "vpc-0a000000000000002"
DESTINATION = f"arn:aws:s3:::{BUCKET}/flow/"
FLEET = {
    "accounts": {
        "123456789012": {
            "regions": {"eu-west-1": {"vpcs": [{"id": KNOWN_VPC}, {"id": OTHER_VPC}]}},
            "buckets": [{"name": BUCKET, "region": "eu-west-1"}],
        }
    }
}


def policy(sid: str) -> dict[str, Any]:
    """Return a policy with this Sid."""
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture(autouse=True)
def fleet(simulator: SimulatorProcess) -> None:
    """Two VPCs and a bucket in the default account."""
    simulator.seed(FLEET)


def outcome(call: Callable[[], Any]) -> tuple[int, str] | str:
    """Return the result of a call: status and code of the error, the kind of a lost connection, or ``done``."""
    try:
        call()
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    except ConnectionClosedError:
        return "connection closed"
    return "done"


def sids(s3: Any) -> list[str]:
    """The Sids of the bucket's policy, none without a policy."""
    try:
        document = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    except s3.exceptions.ClientError:
        return []
    return [statement["Sid"] for statement in document["Statement"]]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("throttle", [(503, "RequestLimitExceeded"), (503, "SlowDown"), (400, "Throttling"), (400, "Throttling")]),
        ("server_error", [(500, "InternalError")] * 2 + [(500, "InternalFailure")] * 2),
        ("deny", [(403, "UnauthorizedOperation"), (403, "AccessDenied"), (403, "AccessDenied"), (403, "AccessDenied")]),
        ("cut_before", ["connection closed"] * 4),
        ("cut_after", ["connection closed"] * 4),
    ],
)  # fmt: skip
def test_each_service_has_its_own_errors(
    simulator: SimulatorProcess, client: Callable[..., Any], action: str, expected: list[Any]
) -> None:
    ec2, s3, iam, sts = client("ec2"), client("s3"), client("iam"), client("sts")
    simulator.fault(operation="*", action=action, times=4)
    calls = [ec2.describe_vpcs, lambda: s3.get_bucket_acl(Bucket=BUCKET), iam.list_users, sts.get_caller_identity]
    assert [outcome(call) for call in calls] == expected
    assert [outcome(call) for call in calls] == ["done"] * 4
    assert [call["fault"] for call in simulator.calls()] == [action] * 4 + [None] * 4


@pytest.mark.parametrize(
    ("action", "happened"),
    [("throttle", False), ("server_error", False), ("deny", False), ("cut_before", False), ("cut_after", True)],
)
def test_only_a_lost_response_has_an_effect(
    simulator: SimulatorProcess, client: Callable[..., Any], action: str, happened: bool
) -> None:
    s3 = client("s3")
    simulator.fault(operation="PutBucketPolicy", action=action)
    assert outcome(lambda: s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy("New")))) != "done"
    assert (sids(s3) == ["New"]) is happened


def test_a_conflict_is_a_409(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    s3 = client("s3")
    simulator.fault(operation="PutBucketPolicy", action="conflict", times=2)

    def put() -> Any:
        return outcome(lambda: s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy("New"))))

    assert [put(), put(), put()] == [(409, "OperationAborted"), (409, "OperationAborted"), "done"]


def test_a_rule_may_name_its_own_code_message_and_status(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    ec2 = client("ec2")
    simulator.fault(
        operation="DescribeVpcs", action="server_error", status=503, code="Unavailable", message="try <later>"
    )
    with pytest.raises(ClientError, match="try <later>") as caught:
        ec2.describe_vpcs()
    assert caught.value.response["Error"]["Code"] == "Unavailable"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_a_rule_skips_acts_and_is_spent(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    ec2 = client("ec2")
    simulator.fault(operation="DescribeVpcs", action="deny", after=2, times=1)
    assert [outcome(ec2.describe_vpcs) for _number in range(4)] == [
        "done",
        "done",
        (403, "UnauthorizedOperation"),
        "done",
    ]


def test_a_rule_without_an_end_acts_until_it_is_removed(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    ec2 = client("ec2")
    simulator.fault(operation="DescribeVpcs", action="deny", times=None)
    assert [outcome(ec2.describe_vpcs) for _number in range(3)] == [(403, "UnauthorizedOperation")] * 3
    simulator.clear_faults()
    assert outcome(ec2.describe_vpcs) == "done"


@pytest.mark.parametrize(
    "narrowed",
    [{"account": "222222222222"}, {"region": "us-west-2"}, {"contains": "10.9."}, {"operation": "DescribeSubnets"}],
)
def test_a_rule_leaves_other_calls_alone(
    simulator: SimulatorProcess, client: Callable[..., Any], narrowed: dict[str, str]
) -> None:
    ec2 = client("ec2")
    simulator.fault(**{"operation": "CreateVpc", "action": "deny", **narrowed})
    assert outcome(lambda: ec2.create_vpc(CidrBlock="10.1.0.0/16")) == "done"
    assert [rule["hits"] for rule in simulator.faults()] == [0]


def test_a_rule_finds_a_text_in_the_parameters(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    ec2 = client("ec2")
    simulator.fault(operation="CreateVpc", action="deny", contains="10.9.", region="eu-west-1", account="123456789012")
    assert outcome(lambda: ec2.create_vpc(CidrBlock="10.9.0.0/16")) == (403, "UnauthorizedOperation")


def create(ec2: Any, *vpcs: str) -> dict[str, Any]:
    """Flow logs of VPCs to the bucket."""
    return ec2.create_flow_logs(
        ResourceIds=list(vpcs),
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=DESTINATION,
    )


def logged(ec2: Any) -> list[str]:
    """The resources that have a flow log."""
    return sorted(log["ResourceId"] for log in ec2.describe_flow_logs()["FlowLogs"])


def test_named_ids_fail_and_the_rest_is_created(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    ec2 = client("ec2")
    simulator.fault(operation="CreateFlowLogs", action="partial", ids=[OTHER_VPC], code="400", message="not today")
    answer = create(ec2, KNOWN_VPC, OTHER_VPC)
    assert len(answer["FlowLogIds"]) == 1
    assert answer["Unsuccessful"] == [{"ResourceId": OTHER_VPC, "Error": {"Code": "400", "Message": "not today"}}]
    assert logged(ec2) == [KNOWN_VPC]


def test_named_ids_fail_and_the_rest_is_deleted(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    ec2 = client("ec2")
    create(ec2, KNOWN_VPC, OTHER_VPC)
    by_vpc = {log["ResourceId"]: log["FlowLogId"] for log in ec2.describe_flow_logs()["FlowLogs"]}
    simulator.fault(operation="DeleteFlowLogs", action="partial", ids=[by_vpc[OTHER_VPC]])
    answer = ec2.delete_flow_logs(FlowLogIds=list(by_vpc.values()))
    assert [item["ResourceId"] for item in answer["Unsuccessful"]] == [by_vpc[OTHER_VPC]]
    assert logged(ec2) == [OTHER_VPC]


def test_flow_logs_can_be_made_that_do_not_deliver(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    ec2 = client("ec2")
    simulator.fault(operation="CreateFlowLogs", action="undeliverable")
    assert create(ec2, KNOWN_VPC)["Unsuccessful"] == create(ec2, OTHER_VPC)["Unsuccessful"] == []
    returned = {log["ResourceId"]: log for log in ec2.describe_flow_logs()["FlowLogs"]}
    failing, delivering = returned[KNOWN_VPC], returned[OTHER_VPC]
    assert (failing["DeliverLogsStatus"], failing["DeliverLogsErrorMessage"]) == ("FAILED", "Access error")
    assert delivering["DeliverLogsStatus"] == "SUCCESS" and "DeliverLogsErrorMessage" not in delivering


def test_a_stale_read_shows_flow_logs_before_the_last_writes(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    ec2 = client("ec2")
    simulator.fault(operation="DescribeFlowLogs", action="stale", writes=1, times=1)
    simulator.fault(operation="DescribeFlowLogs", action="stale", writes=2, times=1)
    create(ec2, KNOWN_VPC)
    create(ec2, OTHER_VPC)
    assert logged(ec2) == [KNOWN_VPC]
    assert logged(ec2) == []
    assert logged(ec2) == [KNOWN_VPC, OTHER_VPC]


def test_a_stale_read_knows_neither_new_ids_nor_new_tags(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    ec2 = client("ec2")
    old = create(ec2, KNOWN_VPC)["FlowLogIds"]
    simulator.fault(operation="DescribeFlowLogs", action="stale", writes=2, times=2)
    new = create(ec2, OTHER_VPC)["FlowLogIds"]
    ec2.create_tags(Resources=old, Tags=[{"Key": "Name", "Value": "late"}])
    assert outcome(lambda: ec2.describe_flow_logs(FlowLogIds=new)) == (400, "InvalidFlowLogId.NotFound")
    assert ec2.describe_flow_logs(FlowLogIds=old)["FlowLogs"][0]["Tags"] == []
    assert ec2.describe_flow_logs(FlowLogIds=old)["FlowLogs"][0]["Tags"] == [{"Key": "Name", "Value": "late"}]
    assert logged(ec2) == [KNOWN_VPC, OTHER_VPC]


def test_a_stale_read_shows_the_policy_before_it_was_put(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    s3 = client("s3")
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy("Old")))
    simulator.fault(operation="GetBucketPolicy", action="stale")
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy("New")))
    assert [sids(s3), sids(s3)] == [["Old"], ["New"]]


@pytest.mark.parametrize(
    ("operation", "when", "read", "kept"),
    [
        ("GetBucketPolicy", "after", ["Old"], ["New"]),
        ("GetBucketPolicy", "before", ["ThirdParty"], ["New"]),
        ("PutBucketPolicy", "before", ["Old"], ["New"]),
        ("PutBucketPolicy", "after", ["Old"], ["ThirdParty"]),
    ],
)
def test_policy_is_changed_between_read_and_write(
    simulator: SimulatorProcess, client: Callable[..., Any], operation: str, when: str, read: list[str], kept: list[str]
) -> None:
    s3 = client("s3")
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy("Old")))
    simulator.fault(
        operation=operation, action="change_policy", when=when, policy=policy("ThirdParty"), contains=BUCKET
    )
    assert sids(s3) == read
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy("New")))
    assert sids(s3) == kept


def test_a_policy_changed_after_a_read_is_there_for_the_next_read(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    s3 = client("s3")
    simulator.fault(operation="GetBucketPolicy", action="change_policy", when="after", policy=policy("ThirdParty"))
    assert [sids(s3), sids(s3)] == [[], ["ThirdParty"]]


def test_policy_can_be_deleted_meanwhile(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    s3 = client("s3")
    simulator.fault(operation="PutBucketPolicy", action="change_policy", when="after", policy=None)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy("New")))
    assert sids(s3) == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"action": "deny"}, "a fault needs operation"),
        ({"operation": "CreateVpc"}, "a fault needs action"),
        ({"operation": "CreateVpc", "action": "explode"}, "not 'explode'"),
        ({"operation": "CreateVpc", "action": "deny", "often": 3}, "unknown field often"),
        ({"operation": "CreateVpc", "action": "deny", "times": 0}, "times is a count of at least 1"),
        ({"operation": "CreateFlowLogs", "action": "partial"}, "a partial failure needs ids"),
        ({"operation": "DescribeFlowLogs", "action": "stale", "writes": 0}, "writes is a count of at least 1"),
        ({"operation": "PutBucketPolicy", "action": "change_policy", "when": "during"}, "when is one of before, after"),
    ],
)
def test_invalid_rule_is_refused(simulator: SimulatorProcess, rule: dict[str, Any], message: str) -> None:
    with pytest.raises(SimulatorError, match=message):
        simulator.fault(**rule)
    assert simulator.faults() == []


def test_a_rule_that_skips_a_call_leaves_it_to_the_next_one() -> None:
    faults = Faults()
    faults.add(parse_rule({"operation": "CreateVpc", "action": "deny", "after": 1}))
    faults.add(parse_rule({"operation": "CreateVpc", "action": "throttle"}))
    call = Call("123456789012", "eu-west-1", "ec2", "CreateVpc", {}, True)
    taken = [faults.take(call) for _number in range(3)]
    assert [rule.action if rule else None for rule in taken] == ["throttle", "deny", None]


def test_outside_a_partial_failure_no_id_fails() -> None:
    faults = Faults()
    assert faults.partial_ids() == frozenset()
    faults.begin(parse_rule({"operation": "CreateFlowLogs", "action": "partial", "ids": ["vpc-1"]}))
    assert faults.partial_ids() == {"vpc-1"}
    assert faults.partial_error()[0] == "400"
    faults.begin(None)
    assert faults.partial_ids() == frozenset()


def test_calls_meet_if_they_are_made_at_the_same_time(simulator: SimulatorProcess, client: Any) -> None:
    simulator.fault(operation="DescribeFlowLogs", action="meet", parties=2, times=2)
    clients = [client("ec2", region=region) for region in ("eu-west-1", "us-east-1")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda ec2: ec2.describe_flow_logs(), clients))
    calls = simulator.calls(operation="DescribeFlowLogs")
    assert sorted((call["region"], call["fault"], call["status"]) for call in calls) == [
        ("eu-west-1", "meet", 200),
        ("us-east-1", "meet", 200),
    ]


def test_single_call_times_out_and_later_calls_do_not_wait() -> None:
    faults = Faults()
    rule = parse_rule({"operation": "*", "action": "meet", "parties": 2, "times": None})
    faults.add(rule)
    assert [faults.meet(rule, patience=0.01), faults.meet(rule, patience=60)] == [False, False]


def test_meet_needs_two_parties() -> None:
    with pytest.raises(ValueError, match="parties"):
        parse_rule({"operation": "*", "action": "meet", "parties": 1})
