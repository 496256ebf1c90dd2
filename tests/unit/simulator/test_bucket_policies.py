# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bucket policies over HTTP: what S3 refuses, and what it returns."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator import bucket_policies
from tests.simulator import policy_documents
from tests.simulator import principals
from tests.simulator.client import SimulatorProcess

BUCKET = "central-logs"
ARN = f"arn:aws:s3:::{BUCKET}"
OWNER = "222222222222"
OTHER = "333333333333"
STATEMENT = {"Sid": "Mine", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": f"{ARN}/*"}
FLEET = {
    "accounts": {
        OWNER: {
            "buckets": [{"name": BUCKET, "region": "eu-west-1"}],
            "users": [{"name": "writer"}],
            "roles": [{"name": "reader"}],
        },
        OTHER: {"roles": [{"name": "visitor"}]},
    }
}


@pytest.fixture
def s3(simulator: SimulatorProcess, client: Callable[..., Any]) -> Any:
    """S3 client of the bucket owner."""
    simulator.seed(FLEET)
    return client("s3", account=OWNER)


@pytest.fixture
def iam(s3: Any, client: Callable[..., Any]) -> Any:
    """IAM client of the bucket owner."""
    return client("iam", account=OWNER)


def changed(**elements: Any) -> dict[str, Any]:
    """Return a policy with one changed statement; None removes an element."""
    merged = {**STATEMENT, **elements}
    return {"Version": "2012-10-17", "Statement": [{key: value for key, value in merged.items() if value is not None}]}


def put(s3: Any, policy: Any, **more: Any) -> None:
    """Put a policy, as a document or text."""
    text = policy if isinstance(policy, str) else json.dumps(policy)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=text, **more)


def get(s3: Any) -> dict[str, Any]:
    """Return the current policy."""
    return json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])


def refusal(act: Callable[[], Any]) -> tuple[int, str, str]:
    """Return status, code and message of the error."""
    with pytest.raises(ClientError) as caught:
        act()
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


# --- reading back ---


def read_back(s3: Any, **elements: Any) -> dict[str, Any]:
    """Return the statement after writing and reading it."""
    put(s3, changed(**elements))
    return get(s3)["Statement"][0]


def test_a_plain_policy_reads_back_as_it_is(s3: Any) -> None:
    put(s3, {**changed(), "Id": "mine"})
    assert get(s3) == {**changed(), "Id": "mine"}


def test_a_missing_version_stays_missing(s3: Any) -> None:
    put(s3, {"Statement": [STATEMENT]})
    assert "Version" not in get(s3)


def test_lists_of_one_read_back_as_their_item(s3: Any) -> None:
    statement = read_back(
        s3,
        Principal={"Service": ["delivery.logs.amazonaws.com"], "AWS": [f"arn:aws:iam::{OTHER}:root"]},
        Action=["s3:DeleteObject"],
        Resource=[f"{ARN}/*"],
        Condition={"StringEquals": {"aws:SourceAccount": [OTHER]}},
    )
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com", "AWS": f"arn:aws:iam::{OTHER}:root"}
    assert (statement["Action"], statement["Resource"]) == ("s3:DeleteObject", f"{ARN}/*")
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": OTHER}}


def test_lists_read_back_in_another_order_but_always_the_same(s3: Any) -> None:
    accounts = [OWNER, OTHER, "444444444444"]
    actions = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    elements = {"Action": actions, "Condition": {"StringEquals": {"aws:SourceAccount": accounts}}}
    statement = read_back(s3, **elements)
    seen = statement["Action"], statement["Condition"]["StringEquals"]["aws:SourceAccount"]
    assert [sorted(items) for items in seen] == [actions, accounts]
    assert seen[0] != actions and seen[1] != accounts
    assert get(s3)["Statement"] == [statement] == [read_back(s3, **elements)]


def test_statements_keep_their_order(s3: Any) -> None:
    sids = [f"S{number}" for number in (3, 1, 2, 5, 4)]
    put(s3, {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Sid": sid} for sid in sids]})
    assert [statement["Sid"] for statement in get(s3)["Statement"]] == sids


def test_an_account_reads_back_as_the_arn_of_its_root(s3: Any) -> None:
    assert read_back(s3, Principal={"AWS": OTHER})["Principal"] == {"AWS": f"arn:aws:iam::{OTHER}:root"}


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_everyone_reads_back_as_written(s3: Any, principal: Any) -> None:
    assert read_back(s3, Principal=principal)["Principal"] == principal


def test_truth_values_and_numbers_read_back_as_text(s3: Any) -> None:
    condition = {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"s3:TlsVersion": 1.2}}
    expected = {"Bool": {"aws:SecureTransport": "false"}, "NumericLessThan": {"s3:TlsVersion": "1.2"}}
    assert read_back(s3, Condition=condition)["Condition"] == expected


def test_a_deleted_policy_is_gone(s3: Any) -> None:
    put(s3, changed())
    s3.delete_bucket_policy(Bucket=BUCKET)
    assert refusal(lambda: get(s3))[:2] == (404, "NoSuchBucketPolicy")


@given(st.lists(st.text(min_size=1), unique=True))
def test_rewriting_keeps_the_values_and_changes_the_order(values: list[str]) -> None:
    policy = {"Statement": [{**STATEMENT, "Action": values}]}
    action = policy_documents.normalised(policy, "aws")["Statement"][0]["Action"]
    read = action if isinstance(action, list) else [action]
    assert sorted(read) == sorted(values)
    assert len(values) < 2 or read != values


# --- callers ---


REQUESTS: dict[str, Callable[..., Any]] = {
    "get": lambda s3, bucket, **more: s3.get_bucket_policy(Bucket=bucket, **more),
    "put": lambda s3, bucket, **more: s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(changed()), **more),
    "delete": lambda s3, bucket, **more: s3.delete_bucket_policy(Bucket=bucket, **more),
}


@pytest.fixture(params=REQUESTS)
def request_policy(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Each of the three requests."""
    return REQUESTS[request.param]


def test_an_unknown_bucket(s3: Any, request_policy: Callable[..., Any]) -> None:
    assert refusal(lambda: request_policy(s3, "nowhere"))[:2] == (404, "NoSuchBucket")


def test_another_owner_than_expected(s3: Any, request_policy: Callable[..., Any]) -> None:
    put(s3, changed(Sid="Before"))
    refused = refusal(lambda: request_policy(s3, BUCKET, ExpectedBucketOwner=OTHER))
    assert refused == (403, "AccessDenied", "Access Denied")
    assert get(s3) == changed(Sid="Before")


def test_the_owner_that_is_expected(s3: Any, request_policy: Callable[..., Any]) -> None:
    put(s3, changed(), ExpectedBucketOwner=OWNER)
    request_policy(s3, BUCKET, ExpectedBucketOwner=OWNER)


def test_a_caller_of_another_account(s3: Any, client: Callable[..., Any], request_policy: Callable[..., Any]) -> None:
    put(s3, changed(Sid="Before"))
    refused = refusal(lambda: request_policy(client("s3", account=OTHER), BUCKET))
    assert refused[:2] == (405, "MethodNotAllowed")
    assert get(s3) == changed(Sid="Before")


# --- refused policies ---

NO_RESOURCE = "Action does not apply to any resource(s) in statement"


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("not json", "Policies must be valid JSON and the first byte must be '{'"),
        ("[]", "Policies must be valid JSON and the first byte must be '{'"),
        ({"Version": "2012-10-17"}, "Missing required field Statement"),
        ({"Version": "2012-10-17", "Statement": []}, "Could not parse the policy: Statement is empty!"),
        ({**changed(), "Version": "2020-01-01"}, "The policy must contain a valid version string"),
        ({"Statement": ["x"]}, "Statement must be an object"),
        (changed(Effect=None), "Missing required field Effect"),
        (changed(Principal=None), "Missing required field Principal"),
        (changed(Action=None), "Missing required field Action"),
        (changed(Resource=None), "Missing required field Resource"),
        (changed(Effect="Maybe"), "Invalid effect : Maybe"),
        (changed(Resource="arn:aws:s3:::other/*"), "Policy has invalid resource"),
        (changed(Resource=f"{BUCKET}/*"), "Policy has invalid resource"),
        (changed(Resource=[f"{ARN}/*", "arn:aws:sqs:::x"]), "Policy has invalid resource"),
        (changed(Resource="*"), "Policy has invalid resource"),
        (changed(Action="ec2:DescribeVpcs"), "Policy has invalid action"),
        (changed(Action="PutObject"), "Policy has invalid action"),
        (changed(Action="s3:getbucketacl", Resource=f"{ARN}/*"), NO_RESOURCE),
        (changed(Action=["s3:*", "s3:PutObject"], Resource=ARN), NO_RESOURCE),
        (changed(Action="s3:PutObject*", Resource=ARN), NO_RESOURCE),
        (changed(Action=["s3:PutObject", "s3:GetBucketAcl"], Resource=f"{ARN}/*"), NO_RESOURCE),
        (changed(Condition="x"), "Invalid Condition"),
        (changed(Condition={"Bool": "x"}), "Invalid Condition"),
    ],
)
def test_a_malformed_policy_changes_nothing(s3: Any, policy: Any, message: str) -> None:
    put(s3, changed(Sid="Before"))
    assert refusal(lambda: put(s3, policy)) == (400, "MalformedPolicy", message)
    assert get(s3) == changed(Sid="Before")


@pytest.mark.parametrize(
    "elements",
    [
        {"Principal": None, "NotPrincipal": {"AWS": OTHER}},
        {"Action": None, "NotAction": "s3:GetObject"},
        {"Resource": None, "NotResource": ARN},
        {"Action": "*", "Resource": ARN},
        {"Action": "s3:*", "Resource": ARN},
        {"Action": "s3:Get*", "Resource": f"{ARN}/*"},
        {"Action": ["s3:GetBucketAcl", "s3:PutObject"], "Resource": [ARN, f"{ARN}/*"]},
        {"Action": "s3:SomethingNew", "Resource": ARN},
        {"Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::central*"},
        {"Resource": [ARN, f"{ARN}/AWSLogs/*"]},
        {"Resource": "arn:aws:s3:::central-*"},
    ],
)
def test_alternatives_are_accepted(s3: Any, elements: dict[str, Any]) -> None:
    put(s3, changed(**elements))
    assert get(s3)["Statement"][0]["Sid"] == "Mine"


def of_size(size: int) -> dict[str, Any]:
    """A policy of so many bytes without spaces."""
    empty = len(policy_documents.compact(changed(Sid="")))
    return changed(Sid="x" * (size - empty))


@pytest.mark.parametrize("code", ["MalformedPolicy", "PolicyTooLarge"])
def test_20_kb_are_the_limit(simulator: SimulatorProcess, s3: Any, code: str) -> None:
    simulator.set_switch("policy_too_large", code)
    put(s3, json.dumps(of_size(20_480), indent=4))
    assert refusal(lambda: put(s3, of_size(20_481)))[:2] == (400, code)
    assert get(s3) == of_size(20_480)


# --- deleted principals ---


WRITER = f"arn:aws:iam::{OWNER}:user/writer"
READER = f"arn:aws:iam::{OWNER}:role/reader"


def principal_of(s3: Any) -> Any:
    """The AWS principal of the one statement."""
    return get(s3)["Statement"][0]["Principal"]["AWS"]


@pytest.mark.parametrize(
    "principal",
    [
        "AIDAAAAAAAAAAAAAAAAAA",
        "AROAAAAAAAAAAAAAAAAAA",
        f"arn:aws:iam::{OWNER}:user/nobody",
        f"arn:aws:iam::{OTHER}:role/nobody",
        f"arn:aws:iam::{OWNER}:user/*",
        "writer",
        [WRITER, f"arn:aws:iam::{OWNER}:user/nobody"],
    ],
)
def test_a_principal_that_does_not_exist_is_refused(s3: Any, principal: Any) -> None:
    refused = refusal(lambda: put(s3, changed(Principal={"AWS": principal})))
    assert refused == (400, "MalformedPolicy", "Invalid principal in policy")
    assert refusal(lambda: get(s3))[1] == "NoSuchBucketPolicy"


@pytest.mark.parametrize(
    "principal",
    [
        WRITER,
        READER,
        f"arn:aws:iam::{OTHER}:role/visitor",
        "arn:aws:iam::999999999999:role/of-an-account-nobody-knows-here",
        f"arn:aws:sts::{OWNER}:assumed-role/reader/session",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
    ],
)
def test_principals_that_exist_are_accepted(s3: Any, principal: str) -> None:
    put(s3, changed(Principal={"AWS": principal}))
    assert principal_of(s3) == principal


def test_a_deleted_role_reads_back_as_its_id_and_cannot_be_put_back(s3: Any, iam: Any) -> None:
    put(s3, changed(Principal={"AWS": [READER, WRITER]}))
    role_id = iam.get_role(RoleName="reader")["Role"]["RoleId"]
    iam.delete_role(RoleName="reader")
    assert sorted(principal_of(s3)) == sorted([role_id, WRITER])
    assert refusal(lambda: put(s3, get(s3)))[1:] == ("MalformedPolicy", "Invalid principal in policy")


def test_a_deleted_user_reads_back_as_its_id(s3: Any, iam: Any) -> None:
    put(s3, changed(Principal={"AWS": WRITER}))
    iam.delete_user(UserName="writer")
    assert principal_of(s3).startswith("AIDA")
    assert refusal(lambda: put(s3, get(s3)))[1] == "MalformedPolicy"


def test_a_namesake_does_not_inherit_the_grant(s3: Any, iam: Any) -> None:
    put(s3, changed(Principal={"AWS": READER}))
    trust = iam.get_role(RoleName="reader")["Role"]["AssumeRolePolicyDocument"]
    iam.delete_role(RoleName="reader")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(trust))
    assert principal_of(s3).startswith("AROA")
    put(s3, changed(Principal={"AWS": READER}))
    assert principal_of(s3) == READER


def test_the_last_role_of_an_account_can_be_gone_too(s3: Any, client: Callable[..., Any]) -> None:
    client("iam", account=OTHER).delete_role(RoleName="visitor")
    refused = refusal(lambda: put(s3, changed(Principal={"AWS": f"arn:aws:iam::{OTHER}:role/visitor"})))
    assert refused[1] == "MalformedPolicy"


def test_a_role_that_could_not_be_deleted_keeps_its_name(s3: Any, iam: Any) -> None:
    put(s3, changed(Principal={"AWS": READER}))
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="reader", PolicyName="look", PolicyDocument=json.dumps(document))
    assert refusal(lambda: iam.delete_role(RoleName="reader"))[1] == "DeleteConflict"
    assert principal_of(s3) == READER


def test_the_id_of_a_role_that_exists_reads_back_as_its_arn(s3: Any, iam: Any) -> None:
    role_id = iam.get_role(RoleName="reader")["Role"]["RoleId"]
    put(s3, changed(Principal={"AWS": role_id}))
    assert principal_of(s3) == READER


def test_a_planted_policy_is_not_checked_but_reads_back_as_any_other(simulator: SimulatorProcess, s3: Any) -> None:
    gone = changed(Principal={"AWS": ["AROAAAAAAAAAAAAAAAAAA"]})
    simulator.fault(operation="GetBucketPolicy", action="change_policy", when="before", policy=gone)
    assert principal_of(s3) == "AROAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize(("moto_id", "prefix"), [("abcdefghij0123456789", "AIDA"), ("AROAABCDEFGHIJ0123456", "AROA")])
def test_a_unique_id_has_the_shape_that_iam_gives_it(moto_id: str, prefix: str) -> None:
    found = principals.unique_id(moto_id, prefix)
    assert (len(found), found[:4], found.upper()) == (21, prefix, found)


# --- the rest of the interface ---


def test_owner_and_policy_are_found_from_any_account() -> None:
    bucket_policies.s3_backends["444444444444"]["aws-cn"].create_bucket("in-china", "cn-north-1")
    try:
        assert bucket_policies.owner_of("in-china") == ("444444444444", "aws-cn")
        assert bucket_policies.stored_policy("in-china") is None
        bucket_policies.plant("in-china", changed(Principal={"AWS": OTHER}))
        before = bucket_policies.snapshot()
        stored = bucket_policies.stored_policy("in-china")
        assert stored is not None
        assert stored["Statement"][0]["Principal"] == {"AWS": f"arn:aws-cn:iam::{OTHER}:root"}
        bucket_policies.plant("in-china", None)
        assert bucket_policies.stored_policy("in-china") is None
        bucket_policies.restore(before)
        assert bucket_policies.stored_policy("in-china") == stored
    finally:
        bucket_policies.s3_backends["444444444444"]["aws-cn"].delete_bucket("in-china")


def test_a_bucket_nobody_has() -> None:
    assert (bucket_policies.owner_of("nowhere"), bucket_policies.stored_policy("nowhere")) == (None, None)
    with pytest.raises(KeyError):
        bucket_policies.plant("nowhere", changed())
