# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes to flow logs, one scenario each, against the simulator over HTTP.

Each scenario runs in check mode, for real, and again; check mode must write nothing and predict the actions.
"""

from __future__ import annotations

from typing import Any
from typing import Dict
from typing import Iterator
from typing import List
from typing import Tuple

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._aws import ec2 as ec2_calls

from tests.integration.support.aws_clients import aws_client
from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.simulator.client import SimulatorProcess

OPEN_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["s3:PutObject", "s3:GetBucketAcl"],
            "Resource": ["arn:aws:s3:::*", "arn:aws:s3:::*/*"],
        }
    ],
}


def bucket(name: str) -> Dict[str, Any]:
    policy = {
        **OPEN_POLICY,
        "Statement": [{**OPEN_POLICY["Statement"][0], "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]}],
    }
    return {"name": name, "region": "eu-west-1", "policy": policy}


SEED = {
    "accounts": {
        "123456789012": {
            "regions": {
                "eu-west-1": {
                    "vpcs": [{"id": "vpc-0a000000000000001"}, {"count": 1000, "id": "vpc-0b"}],
                    "transit_gateways": [{"id": "tgw-0a000000000000001"}],
                },
                "eu-central-1": {
                    "vpcs": [
                        {
                            "id": "vpc-0d000000000000001",
                            # Equal except for a trailing slash, which does not count.
                            "flow_logs": [
                                {"destination": "arn:aws:s3:::example-logs/network"},
                                {"destination": "arn:aws:s3:::example-logs/network/"},
                            ],
                        },
                        {
                            "id": "vpc-0d000000000000002",
                            "flow_logs": [
                                {
                                    "destination": "arn:aws:s3:::example-logs/network/",
                                    "status": "FAILED",
                                    "error": "Access error",
                                },
                                {"destination": "arn:aws:s3:::other-logs"},
                            ],
                        },
                    ]
                },
            },
            "buckets": [bucket("example-logs"), bucket("other-logs")],
        }
    }
}
VPC = "vpc-0a000000000000001"
TWIN = "vpc-0d000000000000001"
SICK = "vpc-0d000000000000002"
GATEWAY = "tgw-0a000000000000001"
MANY = [f"vpc-0b{number:015x}" for number in range(1, 1001)]


@pytest.fixture(name="process", scope="module")
def _process() -> Iterator[SimulatorProcess]:
    with SimulatorProcess(seed=SEED) as simulator:
        yield simulator


@pytest.fixture(name="aws")
def _aws(process: SimulatorProcess) -> SimulatorProcess:
    process.reset()
    process.clear_calls()
    return process


@pytest.fixture(name="ec2")
def _ec2(aws: SimulatorProcess) -> Any:
    return aws_client(aws, "ec2")


@pytest.fixture(name="at_once")
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make waits in this process take no time."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


def by_hand(ec2: Any, **changed: Any) -> str:
    """Create a flow log without the collection; return its id."""
    request = {
        "ResourceIds": [VPC],
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::example-logs/network/",
        **changed,
    }
    answer = ec2.create_flow_logs(**{key: value for key, value in request.items() if value is not None})
    assert answer["Unsuccessful"] == []
    return answer["FlowLogIds"][0]


def options(**changed: Any) -> Dict[str, Any]:
    return {"resource_ids": [VPC], "destination": "arn:aws:s3:::example-logs/network/", **changed}


def without_new_ids(actions: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Return actions without the ids that only a real run knows."""
    unknown = {"gap_seconds": None}
    new = {**unknown, "flow_log_id": None}
    return [{**item, **(new if item["action"] in ("create", "replace") else unknown)} for item in actions]


def converge(aws: SimulatorProcess, asked: Dict[str, Any]) -> Dict[str, Any]:
    """Check mode, real run, real run again; return the result of the first real run."""
    aws.clear_calls()
    predicted = succeed(aws.url, "s3_flow_log", asked, check=True)
    assert aws.writes() == []
    done = succeed(aws.url, "s3_flow_log", asked)
    assert without_new_ids(done["actions"]) == without_new_ids(predicted["actions"])
    assert done["changed"] is predicted["changed"] is bool(done["actions"])
    assert done["diff"] == predicted["diff"]
    aws.clear_calls()
    again = succeed(aws.url, "s3_flow_log", asked)
    assert again["changed"] is False and again["actions"] == []
    assert aws.writes() == []
    return done


def kinds(result: Dict[str, Any]) -> List[str]:
    return [item["action"] for item in result["actions"]]


def described(ec2: Any, **filters: Any) -> List[Dict[str, Any]]:
    asked = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    return ec2.describe_flow_logs(Filters=asked)["FlowLogs"]


REPLACEMENTS = {
    "interval": ({"max_aggregation_interval": 60}, "max_aggregation_interval", "MaxAggregationInterval", 60),
    "traffic": ({"traffic_type": "REJECT"}, "traffic_type", "TrafficType", "REJECT"),
    "parquet": (
        {"destination_options": {"file_format": "parquet"}},
        "destination_options.file_format",
        "DestinationOptions",
        {"FileFormat": "parquet", "HiveCompatiblePartitions": False, "PerHourPartition": False},
    ),
    "reordered": ({"log_format": ["dstaddr", "srcaddr"]}, "log_format", "LogFormat", "${dstaddr} ${srcaddr}"),
    "added": (
        {"log_format": ["srcaddr", "dstaddr", "bytes"]},
        "log_format",
        "LogFormat",
        "${srcaddr} ${dstaddr} ${bytes}",
    ),
}


@pytest.mark.parametrize("change", REPLACEMENTS)
def test_changed_setting_replaces_without_a_gap(aws: SimulatorProcess, ec2: Any, change: str) -> None:
    aws.set_switch("identity", "all_settings")
    asked, field, member, value = REPLACEMENTS[change]
    old = by_hand(ec2, LogFormat="${srcaddr} ${dstaddr}" if field == "log_format" else None)
    result = converge(aws, options(**asked))
    (action,) = result["actions"]
    assert (action["action"], action["replaces"], action["gap"]) == ("replace", old, False)
    assert [item["field"] for item in action["changes"]] == [field]
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log[member] == value
    assert flow_log["FlowLogId"] == action["flow_log_id"] != old
    assert flow_log["Tags"] == []


@pytest.mark.parametrize("change", REPLACEMENTS)
def test_new_flow_log_is_created_before_the_old_one_is_deleted(aws: SimulatorProcess, ec2: Any, change: str) -> None:
    aws.set_switch("identity", "all_settings")
    asked, field, _member, _value = REPLACEMENTS[change]
    by_hand(ec2, LogFormat="${srcaddr} ${dstaddr}" if field == "log_format" else None)
    aws.clear_calls()
    succeed(aws.url, "s3_flow_log", options(**asked))
    order = [name for name in aws.operations() if name != "DescribeFlowLogs"]
    assert order == ["CreateTags", "CreateFlowLogs", "DeleteFlowLogs"]
    assert aws.operations()[-2:] == ["DescribeFlowLogs", "DeleteFlowLogs"]


@pytest.mark.parametrize("refusal", ["whole_call", "item"])
def test_without_consent_a_refused_second_flow_log_changes_nothing(
    aws: SimulatorProcess, ec2: Any, refusal: str
) -> None:
    aws.set_switch("identity", "destination_and_traffic")
    aws.set_switch("duplicate_in_batch", refusal)
    old = by_hand(ec2, TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "team", "Value": "net"}]}])
    before = described(ec2, resource_id=VPC)
    result = run_module(aws.url, "s3_flow_log", options(max_aggregation_interval=60))
    assert result["failed"] and result["changed"] is False and result["actions"] == []
    (item,) = result["unsuccessful"]
    assert (item["code"], item["flow_log_id"]) == ("FlowLogAlreadyExists", old)
    assert "allow_gap" in item["hint"] and "allow_gap" in result["msg"]
    assert [change["field"] for change in item["changes"]] == ["max_aggregation_interval"]
    assert described(ec2, resource_id=VPC) == before


def test_with_consent_the_old_one_is_deleted_first_and_the_gap_is_reported(aws: SimulatorProcess, ec2: Any) -> None:
    aws.set_switch("identity", "destination_and_traffic")
    old = by_hand(ec2)
    result = succeed(aws.url, "s3_flow_log", options(max_aggregation_interval=60, allow_gap=True))
    (action,) = result["actions"]
    assert (action["action"], action["replaces"], action["gap"]) == ("replace", old, True)
    assert 0 <= action["gap_seconds"] < 60
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log["MaxAggregationInterval"] == 60


@pytest.mark.parametrize("mode", [{"allow_gap": True}, {"replace": "delete_first"}])
def test_failed_replacement_after_the_deletion_restores_the_old_one(
    aws: SimulatorProcess, ec2: Any, mode: Dict[str, Any]
) -> None:
    aws.set_switch("identity", "destination_and_traffic")
    old = by_hand(ec2, TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "team", "Value": "net"}]}])
    # AWS refuses the first create, before the deletion, in any case; the one after the deletion is refused here.
    aws.fault(operation="CreateFlowLogs", action="partial", ids=[VPC], after=1 if "allow_gap" in mode else 0)
    result = run_module(aws.url, "s3_flow_log", options(max_aggregation_interval=60, **mode))
    assert result["failed"] and result["changed"] is True
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log["FlowLogId"] != old
    assert flow_log["MaxAggregationInterval"] == 600
    assert flow_log["Tags"] == [{"Key": "team", "Value": "net"}]
    assert flow_log["FlowLogId"] in result["unsuccessful"][0]["message"]
    assert result["actions"][0]["gap"] is True
    assert [item["flow_log_id"] for item in result["flow_logs"]] == [flow_log["FlowLogId"]]


def test_replace_never_reports_the_difference_and_keeps_the_flow_log(aws: SimulatorProcess, ec2: Any) -> None:
    old = by_hand(ec2)
    asked = options(max_aggregation_interval=60, replace="never")
    aws.clear_calls()
    for check in (True, False):
        result = run_module(aws.url, "s3_flow_log", asked, check=check)
        assert result["failed"] and result["changed"] is False
        (item,) = result["unsuccessful"]
        assert (item["code"], item["flow_log_id"]) == ("ReplacementNeeded", old)
        assert item["changes"] == [{"field": "max_aggregation_interval", "current": 600, "desired": 60}]
    assert aws.writes() == []


@pytest.mark.parametrize("destination", ["arn:aws:s3:::example-logs/moved/", "arn:aws:s3:::other-logs/network/"])
def test_other_destination_is_another_flow_log_unless_named(aws: SimulatorProcess, ec2: Any, destination: str) -> None:
    old = by_hand(ec2)
    result = converge(aws, options(destination=destination))
    assert kinds(result) == ["create"]
    assert [item["flow_log_id"] for item in result["extra"]] == [old]
    assert len(described(ec2, resource_id=VPC)) == 2


@pytest.mark.parametrize("destination", ["arn:aws:s3:::example-logs/moved/", "arn:aws:s3:::other-logs/network/"])
def test_named_flow_log_moves_to_another_destination(aws: SimulatorProcess, ec2: Any, destination: str) -> None:
    succeed(aws.url, "s3_flow_log", options(name="central"))
    result = converge(aws, options(name="central", destination=destination))
    assert kinds(result) == ["replace"]
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log["LogDestination"] == destination
    assert flow_log["Tags"] == [{"Key": "Name", "Value": "central"}]


@pytest.mark.parametrize("slash", ["kept", "stripped"])
def test_trailing_slash_is_no_difference(aws: SimulatorProcess, ec2: Any, slash: str) -> None:
    aws.set_switch("trailing_slash", slash)
    by_hand(ec2)
    result = succeed(aws.url, "s3_flow_log", options())
    assert result["actions"] == []


def test_tags_change_in_place(aws: SimulatorProcess, ec2: Any) -> None:
    old = by_hand(ec2, TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "team", "Value": "net"}]}])
    result = converge(aws, options(tags={"env": "prod"}))
    assert kinds(result) == ["tag", "untag"]
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log["FlowLogId"] == old
    assert flow_log["Tags"] == [{"Key": "env", "Value": "prod"}]
    assert result["flow_logs"][0]["tags"] == {"env": "prod"}


def test_tags_are_left_alone_when_not_given_and_kept_without_purge(aws: SimulatorProcess, ec2: Any) -> None:
    by_hand(ec2, TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "team", "Value": "net"}]}])
    assert succeed(aws.url, "s3_flow_log", options())["changed"] is False
    assert kinds(converge(aws, options(tags={"env": "prod"}, purge_tags=False))) == ["tag"]
    assert len(described(ec2, resource_id=VPC)[0]["Tags"]) == 2


def test_name_given_later_adopts_the_flow_log(aws: SimulatorProcess, ec2: Any) -> None:
    old = by_hand(ec2)
    assert kinds(converge(aws, options(name="central"))) == ["tag"]
    assert [item["FlowLogId"] for item in described(ec2, resource_id=VPC)] == [old]


def test_accept_and_reject_coexist_by_name(aws: SimulatorProcess, ec2: Any) -> None:
    for traffic in ("ACCEPT", "REJECT"):
        assert kinds(converge(aws, options(name=traffic.lower(), traffic_type=traffic))) == ["create"]
    logs = described(ec2, resource_id=VPC)
    assert {item["TrafficType"] for item in logs} == {"ACCEPT", "REJECT"}
    for consent, code in ((False, "NamedFlowLog"), (True, "Ambiguous")):
        result = run_module(aws.url, "s3_flow_log", options(adopt_named=consent))
        assert result["unsuccessful"][0]["code"] == code
        assert all(item["FlowLogId"] in result["msg"] for item in logs)
    assert described(ec2, resource_id=VPC) == logs


@pytest.mark.parametrize("identity", ["all_settings", "destination_and_traffic"])
@pytest.mark.parametrize("order", [("named", "unnamed"), ("unnamed", "named")])
def test_named_and_unnamed_tasks_never_replace_each_others_flow_log(
    aws: SimulatorProcess, ec2: Any, identity: str, order: Tuple[str, str]
) -> None:
    aws.set_switch("identity", identity)
    tasks = {
        "named": options(name="central", allow_gap=True, tags={"team": "net"}),
        "unnamed": options(max_aggregation_interval=60, replace="delete_first", purge="duplicates", allow_gap=True),
    }
    done = [action for _round in range(3) for name in order for action in actions_of(aws, tasks[name])]
    assert {action["action"] for action in done} == {"create"}
    assert len(done) == len(described(ec2, resource_id=VPC)) <= 2
    (kept,) = [item for item in done if item["flow_log_id"] == done[0]["flow_log_id"]]
    # A task without a name does not remove named flow logs either.
    result = succeed(aws.url, "s3_flow_log", options(state="absent"))
    assert {item["flow_log_id"] for item in result["actions"]} == {
        item["flow_log_id"] for item in done if item["target"] == VPC
    } - {item["FlowLogId"] for item in described(ec2, resource_id=VPC)}
    assert all({"Key": "Name", "Value": "central"} in item["Tags"] for item in described(ec2, resource_id=VPC))
    assert kept["replaces"] is None


def actions_of(aws: SimulatorProcess, asked: Dict[str, Any]) -> List[Dict[str, Any]]:
    return run_module(aws.url, "s3_flow_log", asked)["actions"]


NAMED = [
    {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "tf-shop"}, {"Key": "team", "Value": "net"}]}
]


def test_without_a_name_an_equal_named_flow_log_is_adopted_unchanged(aws: SimulatorProcess, ec2: Any) -> None:
    named = by_hand(ec2, TagSpecifications=NAMED)
    before = described(ec2, resource_id=VPC)
    result = converge(aws, options(tags={"team": "sec"}))
    # As ansible-core requires; the older way is removed in 2.23.
    assert "deprecations" not in result
    assert named in str(result["warnings"]) and "adopt_named" in str(result["warnings"])
    assert result["actions"] == [] and [item["flow_log_id"] for item in result["flow_logs"]] == [named]
    assert described(ec2, resource_id=VPC) == before


def test_without_a_name_a_different_named_flow_log_is_refused(aws: SimulatorProcess, ec2: Any) -> None:
    named = by_hand(ec2, TagSpecifications=NAMED)
    before = described(ec2, resource_id=VPC)
    asked = options(resource_ids=[MANY[0], VPC], max_aggregation_interval=60, replace="delete_first", allow_gap=True)
    predicted, done = (run_module(aws.url, "s3_flow_log", asked, check=check) for check in (True, False))
    assert predicted["unsuccessful"] == done["unsuccessful"]
    (item,) = done["unsuccessful"]
    assert (item["target"], item["code"], item["flow_log_id"]) == (VPC, "NamedFlowLog", named)
    assert [
        word
        for word in (named, "tf-shop", "Give this name", "another destination", "adopt_named")
        if word not in done["msg"]
    ] == []
    # The other targets continue.
    assert kinds(done) == kinds(predicted) == ["create"]
    assert described(ec2, resource_id=VPC) == before


def test_adopt_named_takes_over_a_named_flow_log(aws: SimulatorProcess, ec2: Any) -> None:
    aws.set_switch("identity", "all_settings")
    named = by_hand(ec2, TagSpecifications=NAMED)
    result = converge(aws, options(max_aggregation_interval=60, adopt_named=True))
    assert [(item["action"], item["replaces"]) for item in result["actions"]] == [("replace", named)]
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log["MaxAggregationInterval"] == 60 and {"Key": "Name", "Value": "tf-shop"} in flow_log["Tags"]
    assert kinds(converge(aws, options(state="absent", adopt_named=True))) == ["delete"]


def test_purging_duplicates_keeps_the_oldest(aws: SimulatorProcess) -> None:
    there = {"region": "eu-central-1", "resource_ids": [TWIN]}
    twins = succeed(aws.url, "s3_flow_log_info", there)["flow_logs"]
    assert len(twins) == 2
    untouched = succeed(aws.url, "s3_flow_log", options(**there))
    assert untouched["changed"] is False
    assert [item["flow_log_id"] for item in untouched["extra"]] == [twins[1]["flow_log_id"]]
    result = converge(aws, options(**there, purge="duplicates"))
    assert [(item["action"], item["flow_log_id"]) for item in result["actions"]] == [
        ("delete", twins[1]["flow_log_id"])
    ]
    left = succeed(aws.url, "s3_flow_log_info", there)["flow_logs"]
    assert left == [twins[0]]


def test_flow_logs_to_cloudwatch_and_to_other_buckets_survive(aws: SimulatorProcess, ec2: Any) -> None:
    watched = by_hand(
        ec2,
        LogDestination=None,
        LogDestinationType="cloud-watch-logs",
        LogGroupName="/vpc/all",
        DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/flow-logs",
    )
    other = by_hand(ec2, LogDestination="arn:aws:s3:::other-logs")
    result = converge(aws, options())
    assert kinds(result) == ["create"]
    assert [item["flow_log_id"] for item in result["extra"]] == [other]
    assert kinds(converge(aws, options(purge="s3"))) == ["delete"]
    left = {item["FlowLogId"] for item in described(ec2, resource_id=VPC)}
    assert watched in left and other not in left and len(left) == 2


def test_purge_removes_nothing_that_delivers_while_the_kept_one_does_not(aws: SimulatorProcess) -> None:
    there = {"region": "eu-central-1", "resource_ids": [SICK]}
    both = succeed(aws.url, "s3_flow_log_info", there)["flow_logs"]
    failing, delivering = sorted(both, key=lambda item: item["delivery_status"])
    for check in (True, False):
        result = run_module(aws.url, "s3_flow_log", options(**there, purge="s3"), check=check)
        assert result["failed"] and result["actions"] == []
        (item,) = result["unsuccessful"]
        assert (item["code"], item["flow_log_id"]) == ("NotDelivering", failing["flow_log_id"])
        assert "Access error" in item["message"]
        assert [item["flow_log_id"] for item in result["extra"]] == [delivering["flow_log_id"]]
    assert len(succeed(aws.url, "s3_flow_log_info", there)["flow_logs"]) == 2


def test_purge_removes_nothing_that_delivers_while_the_new_one_does_not(aws: SimulatorProcess, ec2: Any) -> None:
    other = by_hand(ec2, LogDestination="arn:aws:s3:::other-logs")
    aws.fault(operation="CreateFlowLogs", action="undeliverable")
    result = run_module(aws.url, "s3_flow_log", options(purge="s3"))
    assert result["failed"] and kinds(result) == ["create"]
    assert [item["code"] for item in result["unsuccessful"]] == ["NotDelivering"]
    assert other in [item["FlowLogId"] for item in described(ec2, resource_id=VPC)]


@pytest.mark.parametrize("purge", ["none", "s3"])
def test_blocking_flow_log_of_another_name_is_not_removed(aws: SimulatorProcess, ec2: Any, purge: str) -> None:
    """Otherwise the target would have no flow log until the new one is created."""
    named = [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": "other"}]}]
    other = by_hand(ec2, TagSpecifications=named)
    result = run_module(aws.url, "s3_flow_log", options(name="central", purge=purge))
    assert result["failed"] and result["actions"] == []
    (item,) = result["unsuccessful"]
    assert (item["code"], item["flow_log_id"]) == ("FlowLogAlreadyExists", other)
    assert other in item["message"]
    assert [item["FlowLogId"] for item in described(ec2, resource_id=VPC)] == [other]


def test_flow_log_deleted_out_of_band_is_created_again(aws: SimulatorProcess, ec2: Any) -> None:
    result = succeed(aws.url, "s3_flow_log", options())
    ec2.delete_flow_logs(FlowLogIds=[result["actions"][0]["flow_log_id"]])
    assert kinds(converge(aws, options())) == ["create"]


@pytest.mark.parametrize("missing", ["error", "item"])
def test_one_missing_target_of_450_stops_no_other(aws: SimulatorProcess, ec2: Any, missing: str) -> None:
    aws.set_switch("missing_target", missing)
    # A caller who may describe VPCs knows before the call; others learn it from CreateFlowLogs.
    aws.fault(operation="DescribeVpcs", action="deny", times=None)
    gone = "vpc-0c000000000000001"
    targets = MANY[:200] + [gone] + MANY[200:449]
    aws.clear_calls()
    result = run_module(aws.url, "s3_flow_log", options(resource_ids=targets))
    assert result["failed"] and result["changed"] is True
    assert [item["target"] for item in result["unsuccessful"]] == [gone]
    assert "does not exist" in result["unsuccessful"][0]["hint"]
    assert len(result["actions"]) == 449
    assert len(aws.calls(operation="CreateFlowLogs")) <= 2 + 2 * 9
    assert len(described(ec2, log_destination_type="s3")) == 449


@pytest.mark.parametrize("answer", ["error", "item"])
def test_deleting_a_flow_log_that_is_already_gone_succeeds(aws: SimulatorProcess, ec2: Any, answer: str) -> None:
    aws.set_switch("delete_unknown", answer)
    asked = options(resource_ids=MANY[:5])
    made = succeed(aws.url, "s3_flow_log", asked)
    gone = made["actions"][2]["flow_log_id"]
    aws.fault(operation="DescribeFlowLogs", action="stale", writes=1)
    ec2.delete_flow_logs(FlowLogIds=[gone])
    result = succeed(aws.url, "s3_flow_log", {**asked, "state": "absent"})
    assert [item["flow_log_id"] for item in result["actions"]] == [item["flow_log_id"] for item in made["actions"]]
    assert described(ec2) == []


def test_a_thousand_targets_take_four_creates_and_no_call_each(aws: SimulatorProcess, ec2: Any) -> None:
    asked = options(resource_ids=MANY, tags={"team": "net"})
    result = succeed(aws.url, "s3_flow_log", asked)
    assert len(result["actions"]) == 1000 and len({item["flow_log_id"] for item in result["actions"]}) == 1000
    assert aws.operations() == ["DescribeFlowLogs", "DescribeVpcs"] + ["CreateFlowLogs"] * 4 + ["DescribeFlowLogs"]
    tokens = [call["parameters"]["ClientToken"] for call in aws.calls(operation="CreateFlowLogs")]
    assert len(set(tokens)) == 4
    aws.clear_calls()
    again = succeed(aws.url, "s3_flow_log", asked)
    assert again["changed"] is False and aws.writes() == []
    assert aws.operations() == ["DescribeFlowLogs"]
    aws.clear_calls()
    assert kinds(succeed(aws.url, "s3_flow_log", {**asked, "tags": {"team": "sec"}})) == ["tag"] * 1000
    assert aws.operations() == ["DescribeFlowLogs", "CreateTags"]


def test_a_transit_gateway_converges(aws: SimulatorProcess, ec2: Any) -> None:
    result = converge(aws, options(resource_ids=[GATEWAY]))
    assert kinds(result) == ["create"]
    (flow_log,) = described(ec2, resource_id=GATEWAY)
    assert flow_log["MaxAggregationInterval"] == 60
    assert len(flow_log["LogFormat"].split()) == 36


def test_missing_bucket_is_reported(aws: SimulatorProcess) -> None:
    result = run_module(aws.url, "s3_flow_log", options(destination="no-such-logs"))
    assert result["failed"] and result["changed"] is False
    assert "LogDestination: no-such-logs does not exist" in result["msg"]
    assert "Create the bucket" in result["msg"]


def test_denied_names_the_permissions_that_may_be_missing(aws: SimulatorProcess) -> None:
    aws.fault(operation="CreateFlowLogs", action="deny", times=None)
    result = run_module(aws.url, "s3_flow_log", options(resource_ids=MANY[:10]))
    assert result["failed"]
    assert "logs:CreateLogDelivery" in result["msg"]
    assert len(aws.calls(operation="CreateFlowLogs")) == 1


def test_denied_read_is_neither_in_sync_nor_absent(aws: SimulatorProcess) -> None:
    aws.fault(operation="DescribeFlowLogs", action="deny", times=None)
    result = run_module(aws.url, "s3_flow_log", options(), check=True)
    assert result["failed"] and "describe flow logs" in result["msg"]
    assert "ec2:DescribeFlowLogs" in result["msg"]
    assert aws.writes() == []


@pytest.mark.parametrize("cut", ["cut_before", "cut_after"])
@pytest.mark.parametrize("operation", ["CreateFlowLogs", "DescribeFlowLogs"])
def test_lost_response_makes_no_duplicate(aws: SimulatorProcess, ec2: Any, operation: str, cut: str) -> None:
    aws.fault(operation=operation, action=cut)
    result = succeed(aws.url, "s3_flow_log", options())
    assert kinds(result) == ["create"]
    assert len(described(ec2, resource_id=VPC)) == 1


@pytest.mark.parametrize("refusal", ["whole_call", "item"])
def test_flow_logs_of_a_lost_response_are_reported(aws: SimulatorProcess, refusal: str) -> None:
    """AWS repeats a call with the same token if it failed for some ids, and then finds its own flow logs."""
    aws.set_switch("duplicate_in_batch", refusal)
    aws.set_switch("missing_target", "item")
    aws.set_switch("token_after_failure", "act")
    aws.fault(operation="CreateFlowLogs", action="cut_after")
    gone = "vpc-0c000000000000001"
    result = run_module(aws.url, "s3_flow_log", options(resource_ids=[*MANY[:3], gone], tags={"team": "net"}))
    assert sorted((item["action"], item["target"]) for item in result["actions"]) == [
        ("create", target) for target in MANY[:3]
    ]
    assert all(item["flow_log_id"] for item in result["actions"]) and result["changed"] is True
    assert [item["target"] for item in result["unsuccessful"]] == [gone]
    assert result["diff"]["before"] == {target: [] for target in MANY[:3]}
    assert len(result["flow_logs"]) == 3


@pytest.mark.parametrize("fault", [{"action": "throttle", "times": 3}, {"action": "server_error", "times": 2}])
@pytest.mark.parametrize("operation", ["CreateFlowLogs", "DescribeFlowLogs"])
def test_throttling_and_server_errors_are_retried(
    aws: SimulatorProcess, ec2: Any, operation: str, fault: Dict[str, Any]
) -> None:
    aws.fault(operation=operation, **fault)
    assert kinds(succeed(aws.url, "s3_flow_log", options())) == ["create"]
    assert len(described(ec2, resource_id=VPC)) == 1


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("operation", ["CreateFlowLogs", "DescribeFlowLogs", "DeleteFlowLogs"])
@pytest.mark.parametrize(("action", "most"), [("throttle", 9), ("server_error", 9), ("deny", 1)])
def test_one_layer_retries_a_call_a_bounded_number_of_times(
    aws: SimulatorProcess, ec2: Any, operation: str, action: str, most: int
) -> None:
    """An account that stays above its rate limit is not called for minutes, and a permanent error is not retried."""
    if operation == "DeleteFlowLogs":
        by_hand(ec2)
    aws.clear_calls()
    aws.fault(operation=operation, action=action, times=None)
    result = run_module(aws.url, "s3_flow_log", options(state="absent" if operation == "DeleteFlowLogs" else "present"))
    assert result["failed"]
    tried = aws.operations().count(operation)
    assert tried == 1 if most == 1 else 1 < tried <= most


def test_module_waits_for_a_new_flow_log_to_appear(aws: SimulatorProcess, ec2: Any) -> None:
    aws.fault(operation="DescribeFlowLogs", action="stale", after=1, times=2)
    result = succeed(aws.url, "s3_flow_log", options())
    assert result["actions"][0]["flow_log_id"] == described(ec2, resource_id=VPC)[0]["FlowLogId"]


@pytest.mark.parametrize("refusal", ["whole_call", "item"])
def test_flow_log_created_meanwhile_by_another_tool_is_no_error(aws: SimulatorProcess, ec2: Any, refusal: str) -> None:
    aws.set_switch("duplicate_in_batch", refusal)
    aws.fault(operation="DescribeFlowLogs", action="stale", writes=1)
    other = by_hand(ec2)
    result = succeed(aws.url, "s3_flow_log", options(resource_ids=[VPC] + MANY[:3]))
    assert sorted(item["target"] for item in result["actions"]) == MANY[:3]
    assert other in [item["flow_log_id"] for item in result["flow_logs"]]
    assert len(result["flow_logs"]) == 4


def test_actions_are_reported_even_if_the_second_read_fails(aws: SimulatorProcess, ec2: Any) -> None:
    """One target has a flow log that the first read did not show; the others are done."""
    aws.set_switch("duplicate_in_batch", "item")
    aws.fault(operation="DescribeFlowLogs", action="stale", writes=1)
    by_hand(ec2)
    aws.fault(operation="DescribeFlowLogs", action="deny", after=1, times=None)
    result = run_module(aws.url, "s3_flow_log", options(resource_ids=[VPC] + MANY[:3]))
    assert result["failed"] and sorted(item["target"] for item in result["actions"]) == MANY[:3]
    assert [(item["target"], item["code"]) for item in result["unsuccessful"]] == [(VPC, "UnauthorizedOperation")]


@pytest.mark.parametrize("mode", [{"allow_gap": True}, {"replace": "delete_first"}])
def test_no_gap_if_the_replacement_would_still_be_refused(
    aws: SimulatorProcess, ec2: Any, mode: Dict[str, Any]
) -> None:
    """AWS refuses the replacement because of another flow log, which is kept."""
    aws.set_switch("identity", "destination_and_traffic")

    def name(value: str) -> List[Dict[str, Any]]:
        return [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Name", "Value": value}]}]

    by_hand(ec2, LogDestination="arn:aws:s3:::other-logs", TagSpecifications=name("central"))
    other = by_hand(ec2, TagSpecifications=name("other"))
    before = described(ec2, resource_id=VPC)
    aws.clear_calls()
    result = run_module(aws.url, "s3_flow_log", options(name="central", **mode))
    assert result["failed"] and result["actions"] == []
    (item,) = result["unsuccessful"]
    assert item["code"] == "FlowLogAlreadyExists" and other in item["message"]
    assert described(ec2, resource_id=VPC) == before
    assert "DeleteFlowLogs" not in aws.operations()


@pytest.mark.parametrize("stop_after", ["CreateTags", "CreateFlowLogs", "DeleteFlowLogs"])
def test_next_run_finishes_an_interrupted_replacement(aws: SimulatorProcess, ec2: Any, stop_after: str) -> None:
    """Every call after the named one fails, as if the process were killed there."""
    aws.set_switch("identity", "all_settings")
    by_hand(ec2)
    asked = options(max_aggregation_interval=60)
    for operation in {"CreateTags": ["CreateFlowLogs", "DeleteTags"], "CreateFlowLogs": ["DeleteFlowLogs"]}.get(
        stop_after, []
    ):
        aws.fault(operation=operation, action="deny", times=None)
    run_module(aws.url, "s3_flow_log", asked)
    assert described(ec2, resource_id=VPC), "the target was logged all the time"
    aws.clear_faults()
    result = succeed(aws.url, "s3_flow_log", asked)
    assert kinds(result) in (["replace"], [])
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log["MaxAggregationInterval"] == 60 and flow_log["Tags"] == []
    assert succeed(aws.url, "s3_flow_log", asked)["changed"] is False


@pytest.mark.parametrize("identity", ["destination_and_traffic", "all_settings"])
@pytest.mark.parametrize("allow_gap", [False, True])
@pytest.mark.parametrize("writes", [1, 2])
def test_earlier_replacement_that_is_not_shown_yet_is_found(
    aws: SimulatorProcess, ec2: Any, identity: str, allow_gap: bool, writes: int
) -> None:
    """The first run is interrupted before the deletion; the second one first reads the state before the create."""
    aws.set_switch("identity", identity)
    old = by_hand(ec2)
    asked = options(traffic_type="REJECT", allow_gap=allow_gap)
    aws.fault(operation="DescribeFlowLogs", action="stale", after=2, writes=writes)
    aws.fault(operation="DeleteFlowLogs", action="deny")
    assert run_module(aws.url, "s3_flow_log", asked)["unsuccessful"][0]["code"] == "UnauthorizedOperation"
    (action,) = succeed(aws.url, "s3_flow_log", asked)["actions"]
    assert (action["action"], action["replaces"], action["gap"]) == ("replace", old, False)
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log["TrafficType"] == "REJECT" and flow_log["Tags"] == []


@pytest.mark.parametrize("identity", ["destination_and_traffic", "all_settings"])
def test_replaced_flow_log_that_is_still_shown_is_not_restored(aws: SimulatorProcess, ec2: Any, identity: str) -> None:
    aws.set_switch("identity", identity)
    by_hand(ec2)
    asked = options(traffic_type="REJECT", replace="delete_first")
    aws.fault(operation="DescribeFlowLogs", action="stale", after=2, writes=2)
    new = succeed(aws.url, "s3_flow_log", asked)["flow_logs"][0]["flow_log_id"]
    result = succeed(aws.url, "s3_flow_log", asked)
    assert [item["flow_log_id"] for item in result["flow_logs"]] == [new]
    assert [item["FlowLogId"] for item in described(ec2, resource_id=VPC)] == [new]


# The maximum number of attempts that botocore makes.
REPEATED = {"action": "cut_after", "times": 9}


@pytest.mark.parametrize(
    "faults",
    [
        # The new one is created, but its id is not known.
        [{"operation": "DescribeFlowLogs", "action": "conflict", "after": 1}],
        # Every response is lost, so it is not known whether it was created.
        [{"operation": "CreateFlowLogs", **REPEATED}],
        # A response is lost, then the permission.
        [{"operation": "CreateFlowLogs", "action": "cut_after"}, {"operation": "CreateFlowLogs", "action": "deny"}],
    ],
)
def test_next_run_finishes_a_replacement_with_lost_responses(
    aws: SimulatorProcess, ec2: Any, faults: List[Dict[str, Any]], at_once: None
) -> None:
    aws.set_switch("identity", "all_settings")
    old = by_hand(ec2)
    for fault in faults:
        aws.fault(**fault)
    asked = options(max_aggregation_interval=60)
    result = run_module(aws.url, "s3_flow_log", asked)
    assert [item["target"] for item in result["unsuccessful"]] == [VPC]
    assert len(described(ec2, resource_id=VPC)) == 2
    (action,) = succeed(aws.url, "s3_flow_log", asked)["actions"]
    assert (action["action"], action["replaces"]) == ("replace", old)
    (flow_log,) = described(ec2, resource_id=VPC)
    assert flow_log["MaxAggregationInterval"] == 60


def test_flow_log_restored_after_lost_responses_is_removed_when_its_replacement_appears(
    aws: SimulatorProcess, ec2: Any, at_once: None
) -> None:
    aws.set_switch("identity", "all_settings")
    by_hand(ec2)
    asked = options(max_aggregation_interval=60, replace="delete_first")
    aws.fault(operation="CreateFlowLogs", **REPEATED)
    aws.fault(operation="DescribeFlowLogs", action="stale", after=1, times=3, writes=9)
    result = run_module(aws.url, "s3_flow_log", asked)
    assert result["failed"]
    assert sorted(item["MaxAggregationInterval"] for item in described(ec2, resource_id=VPC)) == [60, 600]
    succeed(aws.url, "s3_flow_log", asked)
    (flow_log,) = described(ec2, resource_id=VPC)
    assert (flow_log["MaxAggregationInterval"], flow_log["Tags"]) == (60, [])


def test_replacement_with_a_gap_and_lost_responses_is_reported(aws: SimulatorProcess, ec2: Any, at_once: None) -> None:
    aws.set_switch("identity", "all_settings")
    old = by_hand(ec2)
    aws.fault(operation="CreateFlowLogs", **REPEATED)
    result = succeed(aws.url, "s3_flow_log", options(max_aggregation_interval=60, replace="delete_first"))
    (flow_log,) = described(ec2, resource_id=VPC)
    (action,) = result["actions"]
    assert (action["action"], action["replaces"], action["gap"]) == ("replace", old, True)
    assert action["flow_log_id"] == flow_log["FlowLogId"]
    assert [item["max_aggregation_interval"] for item in result["diff"]["before"][VPC]] == [600]
    assert [item["max_aggregation_interval"] for item in result["diff"]["after"][VPC]] == [60]


def test_actions_are_in_the_predicted_order(aws: SimulatorProcess, ec2: Any) -> None:
    """Even if targets share calls: the first and the last target need the same change, the second another one."""
    succeed(aws.url, "s3_flow_log", options(resource_ids=MANY[:3], tags={"team": "net"}))
    (second,) = described(ec2, resource_id=MANY[1])
    ec2.create_tags(Resources=[second["FlowLogId"]], Tags=[{"Key": "env", "Value": "prod"}])
    assert kinds(converge(aws, options(resource_ids=MANY[:3], tags={}))) == ["untag"] * 3


def test_failed_replacement_that_cannot_be_removed_is_reported(aws: SimulatorProcess, ec2: Any) -> None:
    aws.set_switch("identity", "all_settings")
    old = by_hand(ec2)
    aws.fault(operation="CreateFlowLogs", action="undeliverable")
    aws.fault(operation="DeleteFlowLogs", action="deny", times=None)
    for _time in range(2):
        result = run_module(aws.url, "s3_flow_log", options(max_aggregation_interval=60))
        assert [item["code"] for item in result["unsuccessful"]] == ["ReplacementFailed"]
        by_interval = {item["MaxAggregationInterval"]: item["FlowLogId"] for item in described(ec2, resource_id=VPC)}
        assert by_interval[600] == old and len(by_interval) == 2
        aws.clear_faults()


def test_flow_log_deleted_before_tagging_is_reported_and_created_again(aws: SimulatorProcess, ec2: Any) -> None:
    made = succeed(aws.url, "s3_flow_log", options(resource_ids=MANY[:4]))
    gone = made["actions"][1]
    aws.fault(operation="DescribeFlowLogs", action="stale", writes=1)
    ec2.delete_flow_logs(FlowLogIds=[gone["flow_log_id"]])
    asked = options(resource_ids=MANY[:4], tags={"team": "net"})
    result = run_module(aws.url, "s3_flow_log", asked)
    assert result["failed"]
    assert [item["target"] for item in result["unsuccessful"]] == [gone["target"]]
    assert sorted(item["target"] for item in result["actions"]) == sorted(set(MANY[:4]) - {gone["target"]})
    assert kinds(succeed(aws.url, "s3_flow_log", asked)) == ["create"]


def test_target_deleted_meanwhile_stops_no_other(aws: SimulatorProcess, ec2: Any) -> None:
    succeed(aws.url, "s3_flow_log", options(resource_ids=MANY[:3]))
    ec2.delete_vpc(VpcId=MANY[1])
    asked = options(resource_ids=MANY[:3], name="central", destination="arn:aws:s3:::other-logs")
    result = run_module(aws.url, "s3_flow_log", asked)
    assert [item["target"] for item in result["unsuccessful"]] == [MANY[1]]
    assert kinds(result) == ["create", "create"]


TAG_FIELDS = {
    "log_format": ["srcaddr", "instance-tag", "instance-tag-2", "interface-tag"],
    "tag_field_specifications": [
        {"resource_type": "network-interface", "tag_keys": ["team"]},
        {"resource_type": "instance", "tag_keys": ["team", "env"]},
    ],
}


def test_tag_fields_are_set_read_back_and_compared(aws: SimulatorProcess, ec2: Any) -> None:
    assert kinds(converge(aws, options(**TAG_FIELDS))) == ["create"]
    (flow_log,) = described(ec2, resource_id=VPC)
    by_type = {item["ResourceType"]: item["TagKeys"] for item in flow_log["TagFieldSpecifications"]}
    assert by_type == {"instance": ["team", "env"], "network-interface": ["team"]}
    aws.set_switch("identity", "all_settings")
    turned = [TAG_FIELDS["tag_field_specifications"][0], {"resource_type": "instance", "tag_keys": ["env", "team"]}]
    result = converge(aws, options(**{**TAG_FIELDS, "tag_field_specifications": turned}))
    (action,) = result["actions"]
    assert [change["field"] for change in action["changes"]] == ["tag_field_specifications"]


@pytest.mark.parametrize(("region", "warned"), [("ap-southeast-5", True), ("eu-west-1", False)])
def test_tag_fields_without_the_service_linked_role_give_a_warning(
    aws: SimulatorProcess, region: str, warned: bool
) -> None:
    result = run_module(aws.url, "s3_flow_log", {**options(**TAG_FIELDS), "region": region}, check=True)
    # Show warnings again that earlier runs in this process have shown.
    assert (f"AWS does not list {region}" in str(result.get("warnings", []))) is warned


def test_botocore_without_tag_fields_is_refused_before_any_call(
    aws: SimulatorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ec2_calls, "knows_tag_fields", lambda _client: False)
    result = run_module(aws.url, "s3_flow_log", options(**TAG_FIELDS))
    assert result["failed"]
    assert "tag_field_specifications" in result["msg"] and "botocore" in result["msg"]
    assert aws.operations() == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("diff", [True, False])
def test_flow_logs_need_not_be_returned(aws: SimulatorProcess, check: bool, diff: bool) -> None:
    full = run_module(aws.url, "s3_flow_log", options(), check=True, diff=False)
    result = run_module(aws.url, "s3_flow_log", options(return_flow_logs=False), check=check, diff=diff)
    assert "flow_logs" in full and "flow_logs" not in result
    assert ("diff" in result) is diff and result.get("diff", full["diff"]).keys() == full["diff"].keys()
    assert [item["action"] for item in result["actions"]] == [item["action"] for item in full["actions"]] == ["create"]
