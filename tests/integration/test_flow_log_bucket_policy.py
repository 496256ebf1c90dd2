# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flow_log_bucket_policy against the simulator: the twelve steps through Ansible, races and errors."""

from __future__ import annotations

import concurrent.futures
import json
from typing import Any
from typing import Dict
from typing import List
from typing import Optional
from typing import Tuple

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import same_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import policy_size
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import statements_of
from ansible_collections.flowlogs.aws.plugins.module_utils._run.bucket_policy import PolicyOutcome
from ansible_collections.flowlogs.aws.plugins.module_utils._run.bucket_policy import PolicyStore
from ansible_collections.flowlogs.aws.plugins.module_utils._run.bucket_policy import converge
from tests.integration.support.aws_clients import aws_client
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.simulator.client import SimulatorProcess

BUCKET, ARN = "example-logs", "arn:aws:s3:::example-logs"
OWNER, SHOP, BANK = "123456789012", "111122223333", "444455556666"
ONLY_TLS = {
    "Sid": "OnlyTls",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, f"{ARN}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
CLOUDTRAIL = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": "s3:GetBucketAcl",
    "Resource": ARN,
}
THIRD_PARTY: Dict[str, Any] = {"Version": "2008-10-17", "Id": "central", "Statement": [ONLY_TLS, CLOUDTRAIL]}
READER = {
    "Sid": "Reader",
    "Effect": "Allow",
    "Principal": {"AWS": SHOP},
    "Action": "s3:GetObject",
    "Resource": f"{ARN}/*",
}
VPC = "vpc-0a000000000000001"


def seed(policy: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
    bucket = {"name": BUCKET, "region": "eu-west-1", **({"policy": policy} if policy else {})}
    owner = {"buckets": [bucket], "regions": {"eu-west-1": {"vpcs": [{"id": VPC}]}}, "roles": [{"name": "reader"}]}
    return {"accounts": {OWNER: owner, SHOP: {"buckets": [{"name": "shop-logs", "region": "eu-west-1"}]}}}


def client(simulator: SimulatorProcess, service: str = "s3") -> Any:
    return aws_client(simulator, service)


def stored(simulator: SimulatorProcess) -> Any:
    s3 = client(simulator)
    try:
        return json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])
    except s3.exceptions.from_code("NoSuchBucketPolicy"):
        return None


def put(simulator: SimulatorProcess, policy: Dict[str, Any]) -> None:
    client(simulator).put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
    simulator.clear_calls()


def run(simulator: SimulatorProcess, check: bool = False, **options: Any) -> Dict[str, Any]:
    return succeed(simulator.url, "flow_log_bucket_policy", {"bucket": BUCKET, **options}, check)


def fail(simulator: SimulatorProcess, check: bool = False, **options: Any) -> Dict[str, Any]:
    result = run_module(simulator.url, "flow_log_bucket_policy", {"bucket": BUCKET, **options}, check)
    assert result.get("failed") is True
    assert "Traceback" not in result["msg"]
    return result


# --- the twelve steps ---

ASKED = {"bucket": BUCKET, "account_ids": [SHOP], "prefixes": ["network"], "regions": ["eu-west-1"]}
MORE = {**ASKED, "account_ids": [SHOP, BANK]}
#: name of the step -> options, expected action, names of the statements that change
STEPS: Dict[str, Tuple[Dict[str, Any], List[str], str]] = {
    "create": (ASKED, ["put_policy"], "added"),
    "create again": (ASKED, [], "kept"),
    "modify": (MORE, ["put_policy"], "updated"),
    "modify again": (MORE, [], "kept"),
    "delete": ({**MORE, "state": "absent"}, ["put_policy"], "removed"),
    "delete again": ({**MORE, "state": "absent"}, [], ""),
}


def plays(tasks: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    defaults = {"group/flowlogs.aws.aws": {"region": "eu-west-1"}}
    play = {"name": "Test", "hosts": "localhost", "gather_facts": False, "module_defaults": defaults}
    return [{**play, "tasks": tasks}]


def task(name: str, options: Dict[str, Any], **keywords: Any) -> Dict[str, Any]:
    return {"name": name, "flowlogs.aws.flow_log_bucket_policy": options, **keywords}


def steps(kinds: Dict[str, Tuple[Dict[str, Any], List[str], str]]) -> List[Dict[str, Any]]:
    tasks = []
    for name, (options, _actions, _statements) in kinds.items():
        tasks += [task(f"{name}, check", options, check_mode=True, diff=True), task(name, options, diff=True)]
    return tasks


def comparable(result: Dict[str, Any]) -> Dict[str, Any]:
    """Return the part of a result that check mode must predict exactly."""
    return {name: result[name] for name in ("actions", "statements", "size_bytes", "unsuccessful", "diff")}


@pytest.mark.parametrize("policy", [None, THIRD_PARTY], ids=["no policy", "a third-party policy"])
def test_the_twelve_steps(ansible: AnsibleRunner, simulator: SimulatorProcess, policy: Any) -> None:
    simulator.seed(seed(policy))
    before = stored(simulator)
    simulator.clear_calls()
    ran = ansible(plays(steps(STEPS)), environment=simulator.environment("eu-west-1"))
    for name, (_options, kinds, statements) in STEPS.items():
        kinds = ["delete_policy"] if policy is None and name == "delete" else kinds
        predicted, done = ran.one(f"{name}, check"), ran.one(name)
        assert [item["action"] for item in done["actions"]] == kinds
        assert predicted["changed"] is done["changed"] is bool(kinds)
        assert statements == "" or "AWSLogDeliveryWrite" in done["statements"][statements]
        assert comparable(predicted) == comparable(done)
        assert same_policy(predicted["policy"], done["policy"])
        assert policy is None or (done["policy"]["Id"], done["policy"]["Version"]) == ("central", "2008-10-17")
    # Six real runs, three of them with changes, and no other write.
    writes = ["PutBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy" if policy is None else "PutBucketPolicy"]
    assert [call["operation"] for call in simulator.writes()] == writes
    assert same_policy(stored(simulator), before)


def test_the_whole_run_in_check_mode_writes_nothing(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    tasks = [task(name, options) for name, (options, _kinds, _statements) in STEPS.items()]
    ran = ansible(plays(tasks), "--check", "--diff", environment=simulator.environment("eu-west-1"))
    assert ran.one("create")["changed"] is True
    assert f"network/AWSLogs/{SHOP}/*" in ran.output
    assert simulator.writes() == []


# --- grants ---


def test_flow_log_can_be_created_and_aws_adds_no_statement(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    simulator.set_switch("policy_edit", "off")
    log = {"resource_ids": [VPC], "destination": f"{ARN}/network"}
    refused = run_module(simulator.url, "s3_flow_log", log)
    assert refused["failed"] and "Access Denied" in refused["msg"]
    run(simulator, prefixes=["network"])
    assert succeed(simulator.url, "s3_flow_log", log)["changed"]


def test_statements_that_aws_adds_count_as_grants(simulator: SimulatorProcess) -> None:
    simulator.seed(seed())
    succeed(simulator.url, "s3_flow_log", {"resource_ids": [VPC], "destination": f"{ARN}/network"})
    added = stored(simulator)
    assert added is not None
    result = run(simulator, prefixes=["network"], regions=["eu-west-1"], layouts=["plain"])
    assert (result["changed"], stored(simulator)) == (False, added)


def test_the_two_statements_of_2020(simulator: SimulatorProcess) -> None:
    simulator.seed(seed())
    run(simulator, source_conditions=False, prefixes=["optional_folder"])
    service = {"Service": "delivery.logs.amazonaws.com"}
    assert stored(simulator)["Statement"] == [
        {
            "Sid": "AWSLogDeliveryWrite",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": f"{ARN}/optional_folder/AWSLogs/{OWNER}/*",
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        },
        {
            "Sid": "AWSLogDeliveryAclCheck",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:GetBucketAcl",
            "Resource": ARN,
        },
    ]
    assert run(simulator, source_conditions=False, prefixes=["optional_folder"])["changed"] is False


def test_grants_of_several_callers_add_up_and_each_removes_only_its_own(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    run(simulator, account_ids=[SHOP])
    once = stored(simulator)
    run(simulator, account_ids=[BANK], regions=["us-east-1"], prefixes=["bank"], layouts=["hive"])
    assert run(simulator, account_ids=[SHOP])["changed"] is False
    run(simulator, account_ids=[BANK], prefixes=["bank"], state="absent")
    assert same_policy(stored(simulator), once)
    run(simulator, account_ids=[SHOP], state="absent")
    assert same_policy(stored(simulator), {**THIRD_PARTY})


def test_grants_for_a_hundred_accounts_are_idempotent(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    accounts = [f"{number:012}" for number in range(1, 101)]
    predicted = run(simulator, check=True, account_ids=accounts)
    result = run(simulator, account_ids=accounts)
    assert predicted["size_bytes"] == result["size_bytes"] == policy_size(result["policy"]) <= 20480
    assert run(simulator, account_ids=list(reversed(accounts)))["changed"] is False


# --- errors ---


@pytest.mark.parametrize("check", [True, False])
def test_policy_above_the_size_limit_is_refused_before_it_is_written(simulator: SimulatorProcess, check: bool) -> None:
    simulator.seed(seed(THIRD_PARTY))
    simulator.clear_calls()
    result = fail(simulator, check, account_ids=[f"{number:012}" for number in range(1, 300)])
    assert "organization_id" in result["msg"] and "20480" in result["msg"]
    assert result["size_bytes"] > 20480 and result["changed"] is False and result["actions"] == []
    assert result["unsuccessful"][0]["code"] == "PolicyTooLarge"
    assert simulator.writes() == []


@pytest.mark.parametrize("check", [True, False])
def test_deleted_principal_is_named(simulator: SimulatorProcess, check: bool) -> None:
    reader = {**READER, "Principal": {"AWS": f"arn:aws:iam::{OWNER}:role/reader"}}
    simulator.seed(seed())
    put(simulator, {"Version": "2012-10-17", "Statement": [reader]})
    client(simulator, "iam").delete_role(RoleName="reader")
    gone = stored(simulator)["Statement"][0]["Principal"]["AWS"]
    simulator.clear_calls()
    result = fail(simulator, check)
    assert f"{gone} in statement Reader" in result["msg"]
    assert simulator.writes() == []


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"bucket": "nothing-there"}, "NoSuchBucket", ["nothing-there", "Create the bucket"]),
        ({"bucket": "shop-logs"}, "MethodNotAllowed", ["account that owns the bucket"]),
        ({"expected_bucket_owner": SHOP}, "AccessDenied", ["s3:GetBucketPolicy", "expected_bucket_owner", SHOP]),
    ],
)
def test_errors_of_the_first_read(simulator: SimulatorProcess, options: Any, code: str, words: List[str]) -> None:
    simulator.seed(seed())
    simulator.clear_calls()
    result = fail(simulator, **options)
    assert [item["code"] for item in result["unsuccessful"]] == [code]
    assert [word for word in words if word not in result["msg"]] == []
    assert result["policy"] is None and result["changed"] is False
    # Permanent errors are not retried.
    assert simulator.operations() == ["GetCallerIdentity", "GetBucketPolicy"]


def test_denied_write_names_the_permission(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    simulator.fault(operation="PutBucketPolicy", action="deny", times=None)
    result = fail(simulator)
    assert "s3:PutBucketPolicy" in result["msg"] and result["changed"] is False
    assert same_policy(stored(simulator), THIRD_PARTY)


def test_policy_refused_as_public_names_the_statement(simulator: SimulatorProcess) -> None:
    website = {"Sid": "Website", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/*"}
    simulator.seed(seed({**THIRD_PARTY, "Statement": [*THIRD_PARTY["Statement"], website]}))
    message = (
        "User: arn:aws:iam::111111111111:user/ops is not authorized to perform: s3:PutBucketPolicy on resource: "
        f'"{ARN}" because public policies are blocked by the BlockPublicPolicy block public access setting.'
    )
    simulator.fault(operation="PutBucketPolicy", action="deny", message=message, times=None)
    (item,) = fail(simulator)["unsuccessful"]
    assert "Website" in item["hint"] and "Block Public Access" in item["hint"]
    assert "Statement to add" not in item["hint"] and "The caller needs" not in item["hint"]


BAD_INPUT = {
    "bucket": ({"bucket": "arn:aws:s3:::example-logs/network"}, ["bucket", "prefixes"]),
    "reserved folder": ({"prefixes": ["AWSLogs"]}, ["prefixes[0]", "AWSLogs"]),
    "account": ({"account_ids": ["12"]}, ["account_ids[0]", "'12'", "12 digits"]),
    "region": ({"regions": ["everywhere"]}, ["regions[0]", "everywhere", "eu-west-1"]),
    "organization": ({"organization_id": "x"}, ["organization_id", "'x'", "o-"]),
    "both": ({"organization_id": "o-a1b2c3d4e5", "account_ids": [SHOP]}, ["account_ids", "not both"]),
    "layouts": ({"layouts": []}, ["layouts", "plain, hive"]),
    "layout": ({"layouts": ["parquet"]}, ["layouts", "parquet", "plain, hive"]),
    "condition": ({"acl_condition": "maybe"}, ["acl_condition", "maybe", "string_equals_if_exists"]),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_invalid_input_is_refused_by_name_before_any_call(simulator: SimulatorProcess, case: str) -> None:
    options, words = BAD_INPUT[case]
    message = fail(simulator, **options)["msg"]
    assert [word for word in words if word not in message] == []
    assert simulator.operations() == []


def test_warnings_name_what_blocks_delivery(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    endpoint = {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
    not_action = {**READER, "Sid": "NotDelete", "NotAction": "s3:Delete*"}
    del not_action["Action"]
    simulator.seed(seed({"Version": "2012-10-17", "Statement": [{**ONLY_TLS, "Condition": endpoint}, not_action]}))
    ran = ansible(plays([task("grant", {"bucket": BUCKET})]), environment=simulator.environment("eu-west-1"))
    warned = " ".join(ran.one("grant")["warnings"])
    assert "denies log delivery (statement OnlyTls)" in warned
    assert "NotAction or NotPrincipal (statement NotDelete)" in warned


# --- concurrent writers ---


def test_concurrent_change_is_merged(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    simulator.clear_calls()
    changed = {**THIRD_PARTY, "Statement": [*THIRD_PARTY["Statement"], READER]}
    simulator.fault(operation="GetBucketPolicy", action="change_policy", when="after", policy=changed)
    result = run(simulator)
    assert result["statements"]["added"] == ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"]
    assert "Reader" in result["statements"]["kept"]
    assert "Reader" in [item.get("Sid") for item in stored(simulator)["Statement"]]
    assert len(simulator.writes()) == 1


def test_lost_race_is_retried(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    simulator.clear_calls()
    changed = {**THIRD_PARTY, "Statement": [*THIRD_PARTY["Statement"], READER]}
    simulator.fault(operation="PutBucketPolicy", action="change_policy", when="after", policy=changed)
    result = run(simulator)
    assert [item["action"] for item in result["actions"]] == ["put_policy", "put_policy"]
    assert same_policy(stored(simulator), result["policy"])
    assert {"Reader", "AWSLogDeliveryWrite"} <= {item.get("Sid") for item in stored(simulator)["Statement"]}


def test_race_lost_every_time_fails(simulator: SimulatorProcess) -> None:
    simulator.seed(seed())
    for number in range(3):
        policy = {"Version": "2012-10-17", "Statement": [{**READER, "Sid": f"Reader{number}"}]}
        simulator.fault(operation="PutBucketPolicy", action="change_policy", when="after", policy=policy)
    result = fail(simulator)
    assert [item["code"] for item in result["unsuccessful"]] == ["PolicyOverwritten"]
    assert result["changed"] is True and len(result["actions"]) == 3


def test_conflicts_and_stale_reads_are_retried(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    simulator.fault(operation="PutBucketPolicy", action="conflict", times=2)
    simulator.fault(operation="GetBucketPolicy", action="stale", after=4)
    result = run(simulator)
    assert len(result["actions"]) == 1
    assert plan_of(simulator, OWNER).changes == ()


def test_lost_response_is_no_failure(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    simulator.fault(operation="PutBucketPolicy", action="cut_after")
    assert run(simulator)["changed"] is True
    assert plan_of(simulator, OWNER).changes == ()


def plan_of(simulator: SimulatorProcess, account: str) -> Any:
    return plan_bucket_policy(
        stored(simulator), wanted_from_options({"bucket": BUCKET, "account_ids": [account]}, "aws")
    )


def converge_for(simulator: SimulatorProcess, account: str) -> PolicyOutcome:
    wanted = wanted_from_options({"bucket": BUCKET, "account_ids": [account]}, "aws")
    return converge(PolicyStore(client(simulator), wanted), wanted, check_mode=False)


def test_concurrent_writers_end_with_their_grants_or_fail(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    for round_number in range(4):
        accounts = [f"{round_number}{number:011}" for number in range(3)]
        with concurrent.futures.ThreadPoolExecutor(len(accounts)) as pool:
            outcomes = dict(zip(accounts, pool.map(lambda account: converge_for(simulator, account), accounts)))
        for account, outcome in outcomes.items():
            assert outcome.unsuccessful or plan_of(simulator, account).changes == ()
        kept = [item for item in statements_of(stored(simulator)) if "Log" not in item.get("Sid", "")]
        assert same_policy({"Statement": kept}, {"Statement": THIRD_PARTY["Statement"]})


# --- exact grants ---

TEAMS = [
    {"account_id": SHOP, "regions": ["eu-west-1"], "prefix": "team-a", "layouts": ["plain"]},
    {"account_id": SHOP, "regions": ["us-east-1"], "prefix": "team-a-us", "layouts": ["hive"]},
    {"account_id": BANK, "regions": ["eu-west-1"], "prefix": "team-b", "layouts": ["plain"]},
]


def test_exact_grants_are_added_and_removed_one_by_one(simulator: SimulatorProcess) -> None:
    simulator.seed(seed(THIRD_PARTY))
    predicted, made = run(simulator, check=True, grants=TEAMS), run(simulator, grants=TEAMS)
    assert comparable(made) == comparable(predicted)
    written = stored(simulator)
    assert same_policy({"Statement": written["Statement"][:2]}, {"Statement": THIRD_PARTY["Statement"]})
    assert run(simulator, grants=list(reversed(TEAMS)))["changed"] is False
    assert stored(simulator) == written
    each = {"bucket_policy": written, "destination": BUCKET}
    crossed = [
        {**TEAMS[0], "prefix": "team-b"},
        {**TEAMS[0], "regions": ["us-east-1"]},
        {**TEAMS[0], "layouts": ["hive"]},
    ]
    checked = succeed(simulator.url, "flow_log_destination_info", {**each, "grants": TEAMS + crossed})
    assert [item["deliverable"] for item in checked["grants"]] == [True, True, True, False, False, False]
    run(simulator, grants=TEAMS[:1], state="absent")
    assert run(simulator, grants=TEAMS[1:])["changed"] is False
    assert run(simulator, check=True, grants=TEAMS[:1])["changed"] is True
    run(simulator, grants=TEAMS, state="absent")
    assert same_policy(stored(simulator), THIRD_PARTY)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"grants": [TEAMS[0], {**TEAMS[1], "regions": ["eu"]}]}, "grants[1].regions[0]"),
        ({"grants": [TEAMS[0], {"prefix": "x"}]}, "grants[1].account_id"),
        ({"grants": TEAMS, "account_ids": [SHOP]}, "either grants or this option"),
        ({"grants": []}, "at least one grant"),
    ],
)
def test_invalid_grants_are_refused_before_any_call(simulator: SimulatorProcess, options: Any, words: str) -> None:
    assert words in fail(simulator, **options)["msg"]
    assert simulator.operations() == []
