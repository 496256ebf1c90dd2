# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key policies over HTTP: access to keys, refused policies, and deleted principals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.client import SimulatorProcess
from tests.simulator.key_policy_rules import LIMIT
from tests.simulator.key_policy_rules import Caller
from tests.simulator.key_policy_rules import Refused
from tests.simulator.key_policy_rules import allows
from tests.simulator.key_policy_rules import check

OWNER, OTHER = "222222222222", "333333333333"
REGION = "eu-west-1"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:{REGION}:{OWNER}:key/{KEY_ID}"
ROOT = {"AWS": f"arn:aws:iam::{OWNER}:root"}
ADMIN = {"Sid": "Admin", "Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*"}
SERVICE = {**ADMIN, "Sid": "Service", "Principal": {"Service": "delivery.logs.amazonaws.com"}}
MALFORMED = "MalformedPolicyDocumentException"
LOCKED_OUT = "The new key policy will not allow you to update the key policy in the future."
INVALID = "Policy contains a statement with one or more invalid principals."
FLEET = {
    "accounts": {
        OWNER: {
            "keys": [{"id": KEY_ID, "region": REGION, "aliases": ["flow-logs"]}],
            "users": [{"name": "writer"}],
            "roles": [{"name": "reader"}, {"name": "tests"}],
        },
        OTHER: {"roles": [{"name": "visitor"}]},
    }
}


@pytest.fixture
def kms(simulator: SimulatorProcess, client: Callable[..., Any]) -> Any:
    """KMS client of the key owner."""
    simulator.seed(FLEET)
    return client("kms", account=OWNER)


def policy(*statements: Any) -> str:
    """Return a key policy as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def put(kms: Any, text: str, **more: Any) -> None:
    """Put a key policy."""
    kms.put_key_policy(**{"KeyId": KEY_ID, "Policy": text, **more})


def error(call: Callable[..., Any], *args: Any, **parameters: Any) -> tuple[str, str]:
    """Return code and message of the error of a call, with the status of KMS's client errors."""
    with pytest.raises(ClientError) as caught:
        call(*args, **parameters)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def stored(kms: Any) -> Any:
    """Return the key policy as a document."""
    return json.loads(kms.get_key_policy(KeyId=KEY_ID)["Policy"])


@pytest.mark.parametrize("name", [{}, {"PolicyName": "default"}])
@pytest.mark.parametrize("key", [KEY_ID, ARN])
def test_a_policy_is_read_as_it_was_put(kms: Any, name: dict[str, str], key: str) -> None:
    text = policy(ADMIN, {**SERVICE, "Action": ["kms:Decrypt"]}) + "\n"
    put(kms, text, KeyId=key, **name)
    answer = kms.get_key_policy(KeyId=key, **name)
    assert (answer["Policy"], answer["PolicyName"]) == (text, "default")


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion"])
def test_disabled_key_is_described_and_its_policy_changed(kms: Any, state: str) -> None:
    if state == "Disabled":
        kms.disable_key(KeyId=KEY_ID)
    else:
        kms.schedule_key_deletion(KeyId=KEY_ID, PendingWindowInDays=7)
    put(kms, policy(ADMIN, SERVICE))
    assert kms.describe_key(KeyId=KEY_ID)["KeyMetadata"]["KeyState"] == state
    assert stored(kms)["Statement"] == [ADMIN, SERVICE]


@pytest.mark.parametrize("name", [KEY_ID, ARN])
def test_the_state_of_a_key_changes_by_id_and_by_arn(kms: Any, name: str) -> None:
    seen = []
    for operation in ("disable_key", "enable_key", "schedule_key_deletion", "cancel_key_deletion"):
        getattr(kms, operation)(KeyId=name)
        seen.append(kms.describe_key(KeyId=KEY_ID)["KeyMetadata"]["KeyState"])
    assert seen == ["Disabled", "Enabled", "PendingDeletion", "Disabled"]


@pytest.mark.parametrize("operation", ["describe_key", "get_key_policy", "put_key_policy"])
def test_a_key_of_another_region_is_not_found(kms: Any, client: Callable[..., Any], operation: str) -> None:
    elsewhere = client("kms", account=OWNER, region="us-east-1")
    more = {"Policy": policy(ADMIN)} if operation == "put_key_policy" else {}
    by_arn = error(getattr(elsewhere, operation), KeyId=ARN, **more)
    assert by_arn == ("NotFoundException", f"Invalid arn {REGION}")
    code, message = error(getattr(elsewhere, operation), KeyId=KEY_ID, **more)
    assert code == "NotFoundException" and f"key/{KEY_ID}' does not exist" in message


@pytest.mark.parametrize("name", ["alias/nobody", "0000abcd-12ab-34cd-56ef-1234567890ab"])
def test_missing_key_is_not_found(kms: Any, name: str) -> None:
    assert error(kms.describe_key, KeyId=name)[0] == "NotFoundException"


def test_only_describe_key_takes_an_alias(kms: Any) -> None:
    assert kms.describe_key(KeyId="alias/flow-logs")["KeyMetadata"]["Arn"] == ARN
    assert error(kms.get_key_policy, KeyId="alias/flow-logs")[0] == "NotFoundException"
    assert error(put, kms, policy(ADMIN), KeyId="alias/flow-logs")[0] == "NotFoundException"


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (None, False),
        ({"Principal": {"AWS": OTHER}, "Action": "kms:DescribeKey"}, True),
        ({"Principal": {"AWS": f"arn:aws:iam::{OTHER}:role/tests"}, "Action": "kms:Describe*"}, True),
        ({"Principal": {"AWS": "arn:aws:iam::444444444444:root"}, "Action": "kms:DescribeKey"}, False),
        ({"Principal": {"AWS": OTHER}, "Action": "kms:Decrypt"}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"kms:CallerAccount": OTHER}}}, True),
        ({"Principal": "*", "Condition": {"StringEquals": {"kms:CallerAccount": OWNER}}}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}, True),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-other12345"}}}, False),
    ],
)
@pytest.mark.parametrize("name", [ARN, ARN.replace(f"key/{KEY_ID}", "alias/flow-logs")])
def test_another_account_describes_a_key_if_the_key_policy_allows_it(
    simulator: SimulatorProcess, kms: Any, client: Callable[..., Any], statement: Any, allowed: bool, name: str
) -> None:
    simulator.seed({"accounts": {OTHER: {"organization": "o-a1b2c3d4e5"}}})
    granted = [] if statement is None else [{"Effect": "Allow", "Resource": "*", "Action": "kms:*", **statement}]
    # A role in a policy must exist; the requests of the other account come from it.
    simulator.seed({"accounts": {OTHER: {"roles": [{"name": "tests"}]}}})
    put(kms, policy(ADMIN, *granted))
    visitor = client("kms", account=OTHER)
    if allowed:
        assert visitor.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == ARN
    else:
        code, message = error(visitor.describe_key, KeyId=name)
        assert code == "AccessDeniedException" and "is not authorized to perform: kms:DescribeKey" in message


def test_no_other_account_reads_or_writes_a_key_policy(kms: Any, client: Callable[..., Any]) -> None:
    everyone = {**ADMIN, "Sid": "All", "Principal": "*"}
    put(kms, policy(ADMIN, everyone))
    visitor = client("kms", account=OTHER)
    assert error(visitor.get_key_policy, KeyId=ARN)[0] == "AccessDeniedException"
    assert error(visitor.put_key_policy, KeyId=ARN, Policy=policy(ADMIN))[0] == "AccessDeniedException"
    missing = ARN.replace("1234abcd", "00000000")
    assert error(visitor.describe_key, KeyId=missing)[0] == "AccessDeniedException"
    assert error(visitor.describe_key, KeyId=KEY_ID)[0] == "NotFoundException"
    assert len(stored(kms)["Statement"]) == 2


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ([SERVICE], LOCKED_OUT),
        ([{**ADMIN, "Action": "kms:Describe*"}], LOCKED_OUT),
        ([{**ADMIN, "Principal": {"AWS": OTHER}}], LOCKED_OUT),
        ([{**ADMIN, "Principal": {"AWS": f"arn:aws:iam::{OWNER}:user/writer"}}], LOCKED_OUT),
        ([{**ADMIN, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}], LOCKED_OUT),
        ([ADMIN, {**ADMIN, "Effect": "Deny", "Action": "kms:PutKeyPolicy"}], LOCKED_OUT),
        ([{key: value for key, value in ADMIN.items() if key != "Resource"}], LOCKED_OUT),
        ([ADMIN, {**ADMIN, "Principal": {"AWS": f"arn:aws:iam::{OWNER}:role/gone"}}], INVALID),
        ([ADMIN, {**ADMIN, "Principal": {"AWS": "AROAABCDEFGHIJKLMNOPQ"}}], INVALID),
        ([ADMIN, {**ADMIN, "Principal": {"AWS": ["*", "nobody"]}}], INVALID),
        ([ADMIN, {**ADMIN, "Principal": "nobody"}], INVALID),
        ([ADMIN, {**ADMIN, "Principal": {}}], "no principal"),
        ([ADMIN, {**ADMIN, "Effect": "Maybe"}], "no object with an effect"),
        ([ADMIN, "hello"], "no object with an effect"),
        ([], "no JSON object with statements"),
    ],
)
def test_invalid_key_policies_are_refused(kms: Any, statements: list[Any], message: str) -> None:
    before = stored(kms)
    code, text = error(put, kms, policy(*statements))
    assert code == MALFORMED and message in text
    assert stored(kms) == before
    assert error(kms.create_key, Policy=policy(*statements))[0] == MALFORMED


@pytest.mark.parametrize("text", ["hello", "[]", "{}", '"text"'])
def test_text_without_a_policy_is_refused(kms: Any, text: str) -> None:
    assert error(put, kms, text)[0] == MALFORMED


@pytest.mark.parametrize(
    "statement",
    [
        ADMIN,
        {**ADMIN, "Principal": {"AWS": OWNER}},
        {**ADMIN, "Principal": {"AWS": f"arn:aws:iam::{OWNER}:role/tests"}},
        {**ADMIN, "Principal": "*"},
        {**ADMIN, "Condition": {"StringEquals": {"kms:CallerAccount": OWNER}}},
        {**ADMIN, "Action": "kms:Put*"},
        {**ADMIN, "Resource": ARN},
    ],
)
def test_the_caller_keeps_the_key(kms: Any, statement: dict[str, Any]) -> None:
    put(kms, policy(statement))
    assert stored(kms)["Statement"] == [statement]


def test_the_safety_check_can_be_bypassed_but_not_the_others(kms: Any) -> None:
    put(kms, policy(SERVICE), BypassPolicyLockoutSafetyCheck=True)
    assert stored(kms)["Statement"] == [SERVICE]
    gone = {**ADMIN, "Principal": {"AWS": f"arn:aws:iam::{OWNER}:role/gone"}}
    assert error(put, kms, policy(gone), BypassPolicyLockoutSafetyCheck=True) == (MALFORMED, INVALID)


def test_a_policy_has_at_most_32_kilobytes(kms: Any) -> None:
    bare = policy({**ADMIN, "Sid": ""})
    longest = policy({**ADMIN, "Sid": "x" * (LIMIT - len(bare))})
    put(kms, longest)
    assert len(kms.get_key_policy(KeyId=KEY_ID)["Policy"]) == LIMIT
    assert error(put, kms, longest + " ")[0] == "LimitExceededException"


@pytest.mark.parametrize(("name", "code"), [("AWS_RAM", "ValidationException"), ("other", "NotFoundException")])
def test_only_the_default_policy_is_put(kms: Any, name: str, code: str) -> None:
    assert error(put, kms, policy(ADMIN), PolicyName=name)[0] == code
    assert error(kms.get_key_policy, KeyId=KEY_ID, PolicyName=name)[0] == "NotFoundException"


def test_deleted_principals_turn_into_their_ids_and_cannot_be_put_back(kms: Any, client: Callable[..., Any]) -> None:
    names = [f"arn:aws:iam::{OWNER}:role/reader", f"arn:aws:iam::{OWNER}:user/writer"]
    put(kms, policy(ADMIN, {**ADMIN, "Sid": "Two", "Principal": {"AWS": names}}))
    iam = client("iam", account=OWNER)
    iam.delete_role(RoleName="reader")
    iam.delete_user(UserName="writer")
    kept = stored(kms)
    assert [name[:4] for name in kept["Statement"][1]["Principal"]["AWS"]] == ["AROA", "AIDA"]
    assert error(put, kms, json.dumps(kept)) == (MALFORMED, INVALID)


def test_aws_alias_creates_an_aws_managed_key(kms: Any) -> None:
    assert kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["KeyManager"] == "AWS"
    assert kms.describe_key(KeyId=KEY_ID)["KeyMetadata"]["KeyManager"] == "CUSTOMER"


def test_key_policy_is_changed_meanwhile(simulator: SimulatorProcess, kms: Any) -> None:
    third_party = json.loads(policy(ADMIN, {**ADMIN, "Sid": "ThirdParty"}))
    simulator.fault(operation="GetKeyPolicy", action="change_policy", when="after", policy=third_party)
    assert [len(stored(kms)["Statement"]), len(stored(kms)["Statement"])] == [1, 2]
    simulator.fault(operation="PutKeyPolicy", action="change_policy", when="after", policy=None)
    put(kms, policy(ADMIN, SERVICE, {**SERVICE, "Sid": "More"}))
    assert len(stored(kms)["Statement"]) == 1
    simulator.fault(operation="DescribeKey", action="change_policy", key=ARN, policy=third_party)
    kms.describe_key(KeyId="alias/flow-logs")
    assert len(stored(kms)["Statement"]) == 2


@pytest.mark.parametrize("name", ["alias/flow-logs", KEY_ID, ARN])
def test_default_key_of_a_fault_is_the_key_of_the_call(simulator: SimulatorProcess, kms: Any, name: str) -> None:
    third_party = json.loads(policy(ADMIN, SERVICE))
    simulator.fault(operation="DescribeKey", action="change_policy", policy=third_party)
    kms.describe_key(KeyId=name)
    assert stored(kms) == third_party


def test_a_stale_read_shows_the_key_policy_before_it_was_put(simulator: SimulatorProcess, kms: Any) -> None:
    simulator.fault(operation="GetKeyPolicy", action="stale")
    put(kms, policy(ADMIN, SERVICE))
    assert [len(stored(kms)["Statement"]), len(stored(kms)["Statement"])] == [1, 2]


def resolve(name: str) -> str:
    """Resolve every principal as existing."""
    return name


@given(
    st.sampled_from([OWNER, f"arn:aws:iam::{OWNER}:root", f"arn:aws:iam::{OWNER}:role/a", "*", OTHER]),
    st.sampled_from([f"arn:aws:iam::{OWNER}:role/a", f"arn:aws:iam::{OWNER}:role/b", f"arn:aws:iam::{OWNER}:root"]),
    st.sampled_from(["kms:*", "kms:PutKeyPolicy", "kms:Decrypt"]),
)
def test_policy_is_accepted_if_the_caller_may_put_the_next_one(named: str, arn: str, action: str) -> None:
    text = policy({**ADMIN, "Principal": {"AWS": named}, "Action": action})
    caller = Caller(OWNER, arn)
    keeps = allows(json.loads(text), ARN, caller, "kms:PutKeyPolicy")
    somebody_of_the_account = named in (OWNER, caller.root, "*", arn) or (arn == caller.root and named != OTHER)
    assert keeps is (somebody_of_the_account and action != "kms:Decrypt")
    if keeps:
        check(text, ARN, caller, resolve, bypass=False)
    else:
        with pytest.raises(Refused, match="will not allow you"):
            check(text, ARN, caller, resolve, bypass=False)
