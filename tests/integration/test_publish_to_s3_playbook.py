# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook publish_to_s3: it publishes an inventory, and a second run changes nothing."""

from __future__ import annotations

import re

import pytest

from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import AUDIT
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_SUBNET
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import BATCHES
from tests.integration.support.publication import THIRD_PARTY_STATEMENT
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import SHOP_US_VPCS
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import bucket_statements
from tests.integration.support.publication import client
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import hosts_of
from tests.integration.support.publication import inventory
from tests.integration.support.publication import line
from tests.integration.support.publication import recap
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

PUBLISH, RETIRE = "flowlogs.aws.publish_to_s3", "flowlogs.aws.retire"
FAILED = "Fail with the reasons for this host"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


def planned(run: AnsibleRun) -> list[tuple[str, str, str]]:
    """Return the actions of a run, also in check mode: batch, action, target."""
    return sorted(re.findall(r"^  (\d{12}/\S+): (create|replace|retag|delete) ([a-z]+-\w+)", run.output, re.MULTILINE))


def test_two_groups_in_two_accounts_and_two_regions_with_two_buckets(stage: Stage) -> None:
    """Check mode writes nothing, the real run writes everything once, a second run writes nothing."""
    predicted = stage(PUBLISH, inventory(), "--check")
    assert stage.writes() == []
    assert predicted.returncode == 0

    done = stage(PUBLISH, inventory())
    assert planned(done) == planned(predicted)
    assert (
        line(done, "flow logs:")
        == line(predicted, "flow logs:")
        == ("flow logs: targets=6 batches=3 destinations=2 create=6 put_policy=2 failed=0")
    )
    writes = stage.writes()
    assert writes.count("CreateFlowLogs") == BATCHES
    assert writes.count("PutBucketPolicy") == 2
    assert sorted(writes[:2]) == ["PutBucketPolicy"] * 2
    _matches_the_inventory(stage.simulator)

    again = stage(PUBLISH, inventory())
    assert stage.writes() == []
    assert planned(again) == []
    assert set(recap(again).values()) == {0}


def test_batches_of_different_accounts_and_regions_run_at_the_same_time(stage: Stage) -> None:
    """The simulator holds CreateFlowLogs until all batches have called it, so sequential batches would fail."""
    stage.simulator.fault(operation="CreateFlowLogs", action="meet", parties=BATCHES, times=BATCHES)
    stage(PUBLISH, inventory(), "--forks", str(BATCHES))
    made = stage.simulator.calls(operation="CreateFlowLogs")
    assert [call["fault"] for call in made] == ["meet"] * BATCHES
    assert {(call["account"], call["region"]) for call in made} == {
        (SHOP, "eu-west-1"),
        (SHOP, "us-east-1"),
        (BANK, "eu-west-1"),
    }
    assert stage.writes().count("PutBucketPolicy") == 2


def _matches_the_inventory(simulator: SimulatorProcess) -> None:
    shop, shop_us, bank = (
        flow_logs(simulator, SHOP),
        flow_logs(simulator, SHOP, "us-east-1"),
        flow_logs(simulator, BANK),
    )
    assert (sorted(shop), sorted(shop_us), sorted(bank)) == (SHOP_VPCS, SHOP_US_VPCS, [BANK_VPC])
    for item in (*shop.values(), *bank.values()):
        assert item["LogDestination"] == f"{OPERATIONS}/network/"
        assert (item["TrafficType"], item["MaxAggregationInterval"]) == ("ALL", 600)
        assert item["Tags"] == [{"Key": "ManagedBy", "Value": "ansible"}]
    for item in shop_us.values():
        assert item["LogDestination"] == AUDIT
        assert (item["TrafficType"], item["MaxAggregationInterval"]) == ("REJECT", 60)
        assert item["DestinationOptions"]["FileFormat"] == "parquet"
    statements = bucket_statements(simulator, "operations-logs")
    assert THIRD_PARTY_STATEMENT["Sid"] in [item.get("Sid") for item in statements]
    text = str(statements)
    assert f"{OPERATIONS}/network/AWSLogs/{SHOP}/" in text and f"{OPERATIONS}/network/AWSLogs/{BANK}/" in text
    assert "aws-account-id" in str(bucket_statements(simulator, "audit-logs"))


def test_failures_stop_no_other_host_and_fail_the_run(stage: Stage) -> None:
    """A host without a Region, a denied account and a missing bucket: the run does the rest first."""
    document = inventory()
    hosts_of(document, "operations")[SHOP_VPCS[2]]["flow_log_region"] = None
    hosts_of(document, "operations")[BANK_SUBNET] = {
        **hosts_of(document, "operations")[BANK_VPC],
        "flow_log_destination": "not-there",
    }
    stage.simulator.fault(operation="DescribeFlowLogs", account=BANK, action="deny", contains=BANK_VPC, times=None)
    run = stage(PUBLISH, document, succeeds=False)
    assert run.returncode == 2
    assert line(run, "flow logs:") == ("flow logs: targets=6 batches=4 destinations=3 create=4 put_policy=2 failed=4")
    assert sorted(flow_logs(stage.simulator, SHOP)) == SHOP_VPCS[:2]
    assert sorted(flow_logs(stage.simulator, SHOP, "us-east-1")) == SHOP_US_VPCS
    stage.simulator.clear_faults()
    assert flow_logs(stage.simulator, BANK) == {}

    failed, left_out = f"  {BANK}/eu-west-1/vpc/1-1: failed\n", f"  {BANK}/eu-west-1/subnet/1-1: not run\n"
    assert run.output.count(failed) == run.output.count(left_out) == 1
    reasons = {item["host"]: item["result"]["msg"] for item in run.results if item["task"] == FAILED}
    subnet_batch, vpc_batch = f"{BANK}/eu-west-1/subnet/1-1", f"{BANK}/eu-west-1/vpc/1-1"
    assert reasons.keys() == {SHOP_VPCS[2], BANK_VPC, BANK_SUBNET}
    assert "flow_log_region is missing" in reasons[SHOP_VPCS[2]]
    assert reasons[BANK_VPC].startswith(f"{vpc_batch}: ") and "DescribeFlowLogs" in reasons[BANK_VPC]
    assert "s3/not-there: " in reasons[BANK_SUBNET] and f"{subnet_batch}: " in reasons[BANK_SUBNET]
    assert "destination arn:aws:s3:::not-there failed" in reasons[BANK_SUBNET]
    reported = run.output[run.output.index("PLAY RECAP") :].splitlines()
    assert {text.split()[0] for text in reported if "failed=1" in text} == reasons.keys()


def test_limit_is_respected_and_keeps_all_grants(stage: Stage) -> None:
    run = stage(PUBLISH, inventory(), "--limit", f"audit:{BANK_VPC}")
    assert line(run, "flow logs:").startswith("flow logs: targets=3 batches=2 destinations=2 create=3 ")
    assert flow_logs(stage.simulator, SHOP) == {}
    assert sorted(flow_logs(stage.simulator, SHOP, "us-east-1")) == SHOP_US_VPCS
    assert sorted(flow_logs(stage.simulator, BANK)) == [BANK_VPC]


def test_flow_log_hosts_selects_the_targets(stage: Stage) -> None:
    document = inventory()
    document["all"]["children"]["web"] = {"hosts": {"web.example.com": {"ansible_connection": "ssh"}}}
    run = stage(PUBLISH, document, "--check", variables={"flow_log_hosts": "audit"})
    assert line(run, "flow logs:").startswith("flow logs: targets=2 batches=1 ")
    assert stage.writes() == []


@pytest.mark.parametrize("chosen", [{}, {"flow_log_hosts": "nobody"}])
def test_empty_inventory_or_group_is_a_note_if_allowed(stage: Stage, chosen: dict[str, str]) -> None:
    document = {"all": {"children": {**inventory()["all"]["children"], "nobody": {}}} if chosen else {"hosts": {}}}
    run = stage(PUBLISH, document, variables={**chosen, "flow_log_allow_empty": True})
    assert "There is no target, so there is nothing to do." in run.output
    assert stage.simulator.calls() == []


def test_principals_get_the_permissions_once_they_exist(stage: Stage) -> None:
    """In check mode before the principal exists, in a real run, and in check mode afterwards."""
    document = inventory()
    document["all"]["children"] = {"audit": document["all"]["children"]["audit"]}
    document["all"]["vars"]["flow_log_permission_principals"] = [{"type": "role", "name": "publisher"}]
    assert "There is no role publisher yet" in stage(PUBLISH, document, "--check").output
    assert stage.writes() == []

    iam = client(stage.simulator, "iam", SHOP)
    iam.create_role(RoleName="publisher", AssumeRolePolicyDocument="{}")
    stage(PUBLISH, document)
    assert stage.writes() == ["PutRolePolicy", "PutBucketPolicy", "CreateFlowLogs"]
    policy = iam.get_role_policy(RoleName="publisher", PolicyName="publish-flow-logs-to-s3")["PolicyDocument"]
    assert "logs:CreateLogDelivery" in str(policy) and f":{SHOP}:vpc-flow-log/*" in str(policy)

    converged = stage(PUBLISH, document, "--check")
    assert "changed: [" not in converged.output
    assert stage.writes() == []


def test_credentials_in_variables_work_and_are_never_shown(stage: Stage) -> None:
    """Static keys of the archive account, for a bucket and its key, at the highest verbosity."""
    key = f"arn:aws:kms:eu-west-1:{ARCHIVE}:key/{KEY_ID}"
    bucket = {"name": "sealed-logs", "region": "eu-west-1", "encryption": {"algorithm": "aws:kms", "key": key}}
    stage.simulator.seed(
        {"accounts": {ARCHIVE: {"buckets": [bucket], "keys": [{"id": KEY_ID, "region": "eu-west-1"}]}}}
    )
    document = inventory()
    document["all"]["children"] = {"audit": document["all"]["children"]["audit"]}
    document["all"]["children"]["audit"]["vars"]["flow_log_destination"] = "sealed-logs"
    session = client(stage.simulator, "sts", ARCHIVE).assume_role(
        RoleArn=f"arn:aws:iam::{SHOP}:role/flow-logs", RoleSessionName="test"
    )["Credentials"]
    keys = {"access_key": session["AccessKeyId"], "secret_key": session["SecretAccessKey"]}
    for host in hosts_of(document, "audit").values():
        host["flow_log_aws"] = {**keys, "session_token": session["SessionToken"]}
    archive_keys = {"access_key": "AKIASIMULATORAAAAAAA", "secret_key": SECRET_KEY}
    named = {"bucket_aws": archive_keys, "key_aws": archive_keys, "key_policy": True}
    document["all"]["vars"].update({f"flow_log_{name}": value for name, value in named.items()})
    run = stage(PUBLISH, document, "-vvvv")
    assert stage.writes() == ["PutBucketPolicy", "PutKeyPolicy", "CreateFlowLogs"]
    assert sorted(flow_logs(stage.simulator, SHOP, "us-east-1")) == SHOP_US_VPCS
    for secret in (session["SecretAccessKey"], session["SessionToken"], SECRET_KEY):
        assert secret not in run.output
        assert secret not in str(run.results)


def test_retire_removes_published_flow_logs_and_keeps_everything_else(stage: Stage) -> None:
    ec2 = client(stage.simulator, "ec2", SHOP)
    document = inventory()
    document["all"]["children"] = {"operations": document["all"]["children"]["operations"]}
    stage(PUBLISH, document)
    policy = bucket_statements(stage.simulator, "operations-logs")
    third_party = ec2.create_flow_logs(
        ResourceIds=[SHOP_VPCS[0]],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName="/vpc/other",
        DeliverLogsPermissionArn=f"arn:aws:iam::{SHOP}:role/flow-logs",
    )["FlowLogIds"]

    refused = stage(RETIRE, document, succeeds=False)
    assert "flow_log_retire=true" in refused.output
    assert stage.simulator.calls() == []

    stage(RETIRE, document, variables={"flow_log_retire": True})
    assert set(stage.writes()) == {"DeleteFlowLogs"}
    assert [item["FlowLogId"] for item in flow_logs(stage.simulator, SHOP).values()] == third_party
    assert flow_logs(stage.simulator, BANK) == {}
    assert bucket_statements(stage.simulator, "operations-logs") == policy


def test_hosts_of_one_vpc_need_different_names(stage: Stage) -> None:
    """In repeated runs neither takes the other's flow log, and a flow log with another name stays unchanged."""
    document = inventory()
    hosts = hosts_of(document, "operations")
    contested, shared, elsewhere = SHOP_VPCS
    common = hosts.pop(contested)
    del hosts[shared]
    hosts[elsewhere].update(flow_log_name="tf-shop", flow_log_traffic_type="REJECT")
    for name, vpc, more in (
        ("named", contested, {"flow_log_name": "central"}),
        ("unnamed", contested, {"flow_log_max_aggregation_interval": 60, "flow_log_allow_gap": True}),
        ("accepted", shared, {"flow_log_name": "accepted", "flow_log_traffic_type": "ACCEPT"}),
        ("rejected", shared, {"flow_log_name": "rejected", "flow_log_traffic_type": "REJECT"}),
        ("audited", shared, {"flow_log_destination": AUDIT, "flow_log_traffic_type": "REJECT"}),
    ):
        hosts[name] = {**common, "flow_log_resource_id": vpc, **more}
    first = stage(PUBLISH, document, succeeds=False)
    made = flow_logs(stage.simulator, SHOP)
    assert [kind for _host, kind, target in planned(first) if target == shared] == ["create"] * 3
    # No host has its name any more, as if another tool had created it.
    del hosts[elsewhere]["flow_log_name"], hosts[elsewhere]["flow_log_traffic_type"]
    second = stage(PUBLISH, document, succeeds=False)
    assert planned(second) == []
    assert flow_logs(stage.simulator, SHOP) == made and contested not in made
    for run in (first, second):
        for one, other in (("named", "unnamed"), ("unnamed", "named")):
            assert f"{one}: flow_log_name: " in run.output and f"host {other} " in run.output
    assert made[elsewhere]["FlowLogId"] in second.output and "'tf-shop'" in second.output
    stage(PUBLISH, document, "-e", "flow_log_adopt_named=true flow_log_allow_gap=true", "--limit", elsewhere)
    taken = flow_logs(stage.simulator, SHOP)[elsewhere]
    assert taken["TrafficType"] == "ALL" and taken["FlowLogId"] != made[elsewhere]["FlowLogId"]
