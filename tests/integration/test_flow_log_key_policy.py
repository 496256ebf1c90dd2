# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""flow_log_key_policy against the simulator: the twelve steps through Ansible, grants and errors."""

from __future__ import annotations

import json
from typing import Any
from typing import Dict
from typing import List
from typing import Optional
from typing import Tuple

import pytest

from tests.integration.support.aws_clients import aws_client
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.simulator.client import SimulatorProcess

OWNER, SHOP, BANK = "123456789012", "111122223333", "444455556666"
ALIAS = "alias/flow-logs"
ADMIN = {
    "Sid": "Admin",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
TRAIL = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": ["kms:GenerateDataKey*"],
    "Resource": "*",
}
THIRD_PARTY = {"Version": "2008-10-17", "Id": "central", "Statement": [ADMIN, TRAIL]}


def client(simulator: SimulatorProcess) -> Any:
    return aws_client(simulator, "kms")


def make_key(simulator: SimulatorProcess, policy: Optional[Dict[str, Any]] = None, **options: Any) -> str:
    """Create a key with an alias and return its ARN."""
    kms = client(simulator)
    options = {"KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT", **options}
    arn = str(kms.create_key(Policy=json.dumps(policy or THIRD_PARTY), **options)["KeyMetadata"]["Arn"])
    kms.create_alias(AliasName=ALIAS, TargetKeyId=arn)
    simulator.clear_calls()
    return arn


def stored(simulator: SimulatorProcess, arn: str) -> Any:
    return json.loads(client(simulator).get_key_policy(KeyId=arn, PolicyName="default")["Policy"])


def run(simulator: SimulatorProcess, check: bool = False, **options: Any) -> Dict[str, Any]:
    return succeed(simulator.url, "flow_log_key_policy", {"key_id": ALIAS, **options}, check)


def fail(simulator: SimulatorProcess, check: bool = False, **options: Any) -> Dict[str, Any]:
    result = run_module(simulator.url, "flow_log_key_policy", {"key_id": ALIAS, **options}, check)
    assert result.get("failed") is True
    assert "Traceback" not in result["msg"]
    return result


ASKED = {"key_id": ALIAS, "account_ids": [SHOP], "regions": ["eu-west-1"]}
MORE = {**ASKED, "account_ids": [SHOP, BANK]}
#: name of the step -> options, expected number of writes, effect on the collection's statement
STEPS: Dict[str, Tuple[Dict[str, Any], int, str]] = {
    "create": (ASKED, 1, "added"),
    "create again": (ASKED, 0, "kept"),
    "modify": (MORE, 1, "updated"),
    "modify again": (MORE, 0, "kept"),
    "delete": ({**MORE, "state": "absent"}, 1, "removed"),
    "delete again": ({**MORE, "state": "absent"}, 0, ""),
}


def plays(tasks: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    defaults = {"group/flowlogs.aws.aws": {"region": "eu-west-1"}}
    play = {"name": "Test", "hosts": "localhost", "gather_facts": False, "module_defaults": defaults}
    return [{**play, "tasks": tasks}]


def task(name: str, options: Dict[str, Any], **keywords: Any) -> Dict[str, Any]:
    return {"name": name, "flowlogs.aws.flow_log_key_policy": options, **keywords}


def comparable(result: Dict[str, Any]) -> Dict[str, Any]:
    """Return the part of a result that check mode must predict exactly."""
    return {name: result[name] for name in ("actions", "statements", "size_bytes", "policy", "unsuccessful", "diff")}


def test_the_twelve_steps(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    arn = make_key(simulator)
    tasks = []
    for name, (options, _writes, _kind) in STEPS.items():
        tasks += [task(f"{name}, check", options, check_mode=True, diff=True), task(name, options, diff=True)]
    ran = ansible(plays(tasks), environment=simulator.environment("eu-west-1"))
    for name, (_options, writes, kind) in STEPS.items():
        predicted, done = ran.one(f"{name}, check"), ran.one(name)
        assert [(item["action"], item["target"]) for item in done["actions"]] == [("put_policy", arn)] * writes
        assert predicted["changed"] is done["changed"] is bool(writes)
        assert kind == "" or done["statements"][kind][-1] == "AWSLogDeliveryKeyUse"
        assert comparable(predicted) == comparable(done)
        assert (done["policy"]["Id"], done["policy"]["Version"]) == ("central", "2008-10-17")
        assert done["policy"]["Statement"][:2] == [ADMIN, TRAIL]
    # Six real runs, three of them with changes, and no other write.
    assert [call["operation"] for call in simulator.writes()] == ["PutKeyPolicy"] * 3
    assert stored(simulator, arn) == THIRD_PARTY


def test_grants_of_several_callers_add_up_and_each_removes_only_its_own(simulator: SimulatorProcess) -> None:
    arn = make_key(simulator)
    run(simulator, account_ids=[SHOP])
    once = stored(simulator, arn)
    run(simulator, key_id=arn, account_ids=[BANK], regions=["us-east-1"])
    assert run(simulator, key_id=arn.rpartition("/")[2], account_ids=[SHOP])["changed"] is False
    run(simulator, account_ids=[BANK], state="absent")
    assert stored(simulator, arn) == once
    run(simulator, account_ids=[SHOP], state="absent")
    assert stored(simulator, arn) == THIRD_PARTY


def test_default_account_is_the_account_of_the_caller(simulator: SimulatorProcess) -> None:
    arn = make_key(simulator)
    run(simulator)
    condition = stored(simulator, arn)["Statement"][-1]["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": OWNER}
    assert condition["ArnLike"] == {"aws:SourceArn": f"arn:aws:logs:*:{OWNER}:*"}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_disabled_key_is_refused_before_its_policy_is_read(
    simulator: SimulatorProcess, check: bool, state: str
) -> None:
    key_id = make_key(simulator).rpartition("/")[2]
    if state == "Disabled":
        client(simulator).disable_key(KeyId=key_id)
    else:
        client(simulator).schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
    simulator.clear_calls()
    result = fail(simulator, check)
    assert [item["code"] for item in result["unsuccessful"]] == ["KeyNotUsable"]
    assert state in result["msg"] and result["policy"] is None and result["changed"] is False
    assert simulator.operations() == ["GetCallerIdentity", "DescribeKey"]


def test_key_that_s3_does_not_support_is_refused(simulator: SimulatorProcess) -> None:
    make_key(simulator, KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
    result = fail(simulator)
    assert [item["code"] for item in result["unsuccessful"]] == ["KeyUnsuitable"]
    assert simulator.writes() == []


def test_key_of_another_account_is_refused_by_its_arn(simulator: SimulatorProcess) -> None:
    arn = make_key(simulator).replace(OWNER, SHOP)
    result = fail(simulator, key_id=arn)
    assert [item["code"] for item in result["unsuccessful"]] == ["KeyOfAnotherAccount"]
    assert SHOP in result["msg"] and simulator.operations() == ["GetCallerIdentity"]


def test_missing_key_is_reported(simulator: SimulatorProcess) -> None:
    result = fail(simulator, key_id="alias/nothing-there")
    assert [item["code"] for item in result["unsuccessful"]] == ["NotFoundException"]
    assert "alias/nothing-there" in result["msg"] and "region" in result["msg"]


@pytest.mark.parametrize("operation", ["DescribeKey", "GetKeyPolicy", "PutKeyPolicy"])
def test_missing_permission_is_named(simulator: SimulatorProcess, operation: str) -> None:
    arn = make_key(simulator)
    simulator.fault(operation=operation, action="deny", times=None)
    result = fail(simulator)
    assert f"kms:{operation}" in result["msg"] and result["changed"] is False
    simulator.clear_faults()
    assert stored(simulator, arn) == THIRD_PARTY


@pytest.mark.parametrize("check", [True, False])
def test_last_statement_is_not_removed(simulator: SimulatorProcess, check: bool) -> None:
    arn = make_key(simulator)
    run(simulator)
    alone = {**THIRD_PARTY, "Statement": stored(simulator, arn)["Statement"][2:]}
    text = json.dumps(alone)
    client(simulator).put_key_policy(KeyId=arn, Policy=text, BypassPolicyLockoutSafetyCheck=True)
    simulator.clear_calls()
    result = fail(simulator, check, state="absent")
    assert [item["code"] for item in result["unsuccessful"]] == ["KeyLockedOut"]
    assert result["policy"] == alone and simulator.writes() == []


@pytest.mark.parametrize("check", [True, False])
def test_policy_above_the_size_limit_is_refused(simulator: SimulatorProcess, check: bool) -> None:
    make_key(simulator)
    result = fail(simulator, check, account_ids=[f"{number:012}" for number in range(1, 2501)])
    assert [item["code"] for item in result["unsuccessful"]] == ["PolicyTooLarge"]
    assert result["size_bytes"] > 32768 and result["policy"] == THIRD_PARTY and simulator.writes() == []


BAD_INPUT = {
    "name": ({"key_id": "flow-logs"}, ["key_id", "flow-logs", "alias/NAME"]),
    "managed by AWS": ({"key_id": "alias/aws/s3"}, ["key_id", "customer managed key"]),
    "region of the key": (
        {"key_id": f"arn:aws:kms:us-east-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
        ["key_id", "eu-west-1", "set region"],
    ),
    "account": ({"account_ids": ["12"]}, ["account_ids[0]", "12 digits"]),
    "region": ({"regions": ["everywhere"]}, ["regions[0]", "everywhere"]),
    "both": ({"organization_id": "o-a1b2c3d4e5", "account_ids": [SHOP]}, ["account_ids", "not both"]),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_invalid_input_is_refused_by_name_before_any_call(simulator: SimulatorProcess, case: str) -> None:
    options, words = BAD_INPUT[case]
    message = fail(simulator, **options)["msg"]
    assert [word for word in words if word not in message] == []
    assert simulator.operations() == []


def test_warnings_are_returned(ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
    condition = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    deny = {**TRAIL, "Sid": "Strangers", "Effect": "Deny", "Principal": "*", "Condition": condition}
    make_key(simulator, {**THIRD_PARTY, "Statement": [ADMIN, deny]}, MultiRegion=True)
    ran = ansible(plays([task("grant", {"key_id": ALIAS})]), environment=simulator.environment("eu-west-1"))
    warned = " ".join(ran.one("grant")["warnings"])
    assert "denies log delivery the key (statement Strangers)" in warned and "multi-Region" in warned


def test_lost_response_is_no_failure(simulator: SimulatorProcess) -> None:
    arn = make_key(simulator)
    simulator.fault(operation="PutKeyPolicy", action="cut_after")
    assert run(simulator)["changed"] is True
    assert len(stored(simulator, arn)["Statement"]) == 3


def test_grants_are_pairs_of_account_and_region(simulator: SimulatorProcess) -> None:
    arn = make_key(simulator)
    pairs = [{"account_id": SHOP, "regions": ["eu-west-1"]}, {"account_id": BANK, "regions": ["us-east-1"]}]
    predicted, made = run(simulator, check=True, grants=pairs), run(simulator, grants=pairs)
    assert made["actions"] == predicted["actions"]
    written = stored(simulator, arn)
    assert run(simulator, grants=list(reversed(pairs)))["changed"] is False
    assert stored(simulator, arn) == written
    assert run(simulator, check=True, grants=[{"account_id": SHOP, "regions": ["us-east-1"]}])["changed"] is True
    run(simulator, grants=pairs[:1], state="absent")
    assert run(simulator, grants=pairs[1:])["changed"] is False
    run(simulator, grants=pairs[1:], state="absent")
    assert stored(simulator, arn)["Statement"] == THIRD_PARTY["Statement"]
    assert "grants[0].account_id" in fail(simulator, grants=[{"regions": ["eu-west-1"]}])["msg"]
