# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the log delivery service may write, and AWS's edits of the bucket policy."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.s3.models import s3_backends

from tests.simulator import delivery
from tests.simulator.delivery import has_not_elements
from tests.simulator.delivery import may_deliver
from tests.simulator.delivery import policy_added_by_aws
from tests.simulator.switches import switches

BUCKET = "central"
ARN = "arn:aws:s3:::central"
ACCOUNT = "111111111111"
REGION = "eu-west-1"
SERVICE = {"Service": "delivery.logs.amazonaws.com"}
ACL = {"s3:x-amz-acl": "bucket-owner-full-control"}
SOURCE = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"},
}


@pytest.fixture(autouse=True)
def as_started() -> Iterator[None]:
    """Every switch at its default, no account in an organization."""
    switches.reset()
    yield
    switches.reset()
    delivery.organizations.clear()


def policy(resource: str, write: Any = None, check: Any = None) -> dict[str, Any]:
    """Return a policy that allows the service to write under ``resource`` with these conditions."""
    allow = {"Effect": "Allow", "Principal": SERVICE}
    statements = [
        {**allow, "Sid": "Write", "Action": "s3:PutObject", "Resource": f"{ARN}/{resource}", "Condition": write or {}},
        {**allow, "Sid": "Check", "Action": "s3:GetBucketAcl", "Resource": ARN, "Condition": check or {}},
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def may(given: dict[str, Any] | None, **where: Any) -> bool:
    """Return whether flow logs are delivered, by default from one account and Region and without folder."""
    place = {"partition": "aws", "account": ACCOUNT, "region": REGION, "bucket": BUCKET, "folder": "", "hive": False}
    return may_deliver(given, **{**place, **where})


def added(given: dict[str, Any] | None, mode: str = "append", **where: Any) -> dict[str, Any]:
    """Return the policy after AWS's edit."""
    place = {"partition": "aws", "account": ACCOUNT, "region": REGION, "bucket": BUCKET, "folder": "", "hive": False}
    return policy_added_by_aws(given, mode, **{**place, **where})


def test_nothing_is_delivered_without_a_policy() -> None:
    assert not may(None)


@pytest.mark.parametrize(
    ("resource", "folder", "hive", "delivered"),
    [
        ("AWSLogs/111111111111/*", "", False, True),
        ("AWSLogs/111111111111/*", "", True, False),
        ("AWSLogs/aws-account-id=111111111111/*", "", True, True),
        ("AWSLogs/aws-account-id=111111111111/*", "", False, False),
        ("AWSLogs/222222222222/*", "", False, False),
        ("AWSLogs/111111111111/*", "flow", False, False),
        ("flow/AWSLogs/111111111111/*", "flow", False, True),
        ("flow/AWSLogs/111111111111/*", "flow/", False, True),
        ("flow/deep/AWSLogs/111111111111/*", "/flow/deep/", False, True),
        ("flow/AWSLogs/111111111111/*", "", False, False),
        ("AWSLogs/111111111111/vpcflowlogs/eu-west-1/2026/01/01/*", "", False, True),
        ("AWSLogs/111111111111/vpcflowlogs/us-east-1/*", "", False, False),
        (
            "AWSLogs/aws-account-id=111111111111/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=*",
            "",
            True,
            True,
        ),
        ("*", "flow", True, True),
    ],
)
def test_account_folder_and_layout_must_be_covered(resource: str, folder: str, hive: bool, delivered: bool) -> None:
    assert may(policy(resource), folder=folder, hive=hive) is delivered


@pytest.mark.parametrize(
    ("where", "delivered"),
    [
        ({}, True),
        ({"account": "222222222222"}, False),
        ({"region": "us-east-1"}, False),
        ({"partition": "aws-cn"}, False),
    ],
)
def test_source_conditions_use_the_owner_of_the_flow_log(where: dict[str, str], delivered: bool) -> None:
    assert may(policy("*", SOURCE, SOURCE), **where) is delivered


def test_both_statements_are_needed() -> None:
    whole = policy("*")
    for statement in whole["Statement"]:
        assert not may({**whole, "Statement": [statement]})
    assert may(whole)


@pytest.mark.parametrize(
    ("condition", "delivered"),
    [
        ({"Bool": {"aws:SecureTransport": "false"}}, True),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        (
            {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
            True,
        ),
    ],
)
def test_deny_for_everyone_includes_the_service(condition: dict[str, Any], delivered: bool) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [ARN, f"{ARN}/*"], "Condition": condition}
    given = policy("*")
    assert may({**given, "Statement": [*given["Statement"], deny]}) is delivered


def test_the_organization_is_that_of_the_source() -> None:
    given = policy("*", {"StringEquals": {"aws:SourceOrgID": "o-1"}}, {"StringEquals": {"aws:SourceOrgID": "o-1"}})
    assert not may(given)
    delivery.organizations[ACCOUNT] = "o-1"
    assert may(given)
    assert not may(given, account="222222222222")


@pytest.mark.parametrize(("sent", "delivered"), [("sent", True), ("not_sent", False)])
def test_an_acl_condition_needs_the_header(sent: str, delivered: bool) -> None:
    switches.set("acl_header", sent)
    assert may(policy("*", {"StringEquals": ACL})) is delivered
    assert may(policy("*"))


@pytest.mark.parametrize("sent", ["sent", "not_sent"])
@pytest.mark.parametrize("ownership", ["ObjectWriter", "BucketOwnerPreferred"])
def test_a_bucket_with_acls_always_gets_the_header(sent: str, ownership: str) -> None:
    switches.set("acl_header", sent)
    backend = s3_backends["999999999999"]["aws"]
    backend.create_bucket(BUCKET, REGION).ownership_rule = ownership
    try:
        assert may(policy("*", {"StringEquals": ACL}))
    finally:
        backend.delete_bucket(BUCKET)


@pytest.mark.parametrize(
    ("element", "expected"),
    [({"NotAction": "s3:Get*"}, True), ({"NotPrincipal": "*"}, True), ({"NotResource": "*"}, False), ({}, False)],
)
def test_elements_that_keep_aws_from_editing(element: dict[str, Any], expected: bool) -> None:
    assert has_not_elements({"Statement": [{"Effect": "Deny"}, {"Effect": "Deny", **element}]}) is expected
    assert not has_not_elements(None)


places = st.fixed_dictionaries(
    {
        "partition": st.sampled_from(["aws", "aws-cn", "aws-us-gov"]),
        "account": st.sampled_from([ACCOUNT, "222222222222"]),
        "region": st.sampled_from([REGION, "us-east-1"]),
        "folder": st.sampled_from(["", "flow", "flow/deep/"]),
        "hive": st.booleans(),
    }
)


@given(places, st.sampled_from(["append", "overwrite"]), st.sampled_from([None, policy("elsewhere/*", SOURCE, SOURCE)]))
def test_aws_edit_is_sufficient_and_idempotent(place: dict[str, Any], mode: str, given: Any) -> None:
    before = copy.deepcopy(given)
    edited = added(given, mode, **place)
    assert may(edited, **place)
    assert added(edited, mode, **place) == edited
    assert given == before


@given(st.lists(places, max_size=6))
def test_appending_keeps_every_earlier_grant_and_statement(series: list[dict[str, Any]]) -> None:
    third_party = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:Delete*",
        "Resource": "*",
    }
    edited: dict[str, Any] = {"Version": "2008-10-17", "Id": "mine", "Statement": [third_party]}
    for place in series:
        edited = added(edited, **place)
    assert all(may(edited, **place) for place in series)
    assert (edited["Version"], edited["Id"], edited["Statement"][0]) == ("2008-10-17", "mine", third_party)
    sids = [statement["Sid"] for statement in edited["Statement"]]
    assert len(set(sids)) == len(sids)


def test_appending_adds_the_folder_to_the_statement_that_is_there() -> None:
    edited = added(added(None), folder="flow")
    write, check = edited["Statement"]
    assert write["Resource"] == [f"{ARN}/AWSLogs/{ACCOUNT}/*", f"{ARN}/flow/AWSLogs/{ACCOUNT}/*"]
    assert check["Resource"] == ARN


def test_overwriting_leaves_nothing_of_the_former_policy() -> None:
    edited = added(policy("elsewhere/*"), "overwrite")
    assert edited == added(None)
    assert [statement["Sid"] for statement in edited["Statement"]] == ["AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"]


@pytest.mark.parametrize("mode", ["append", "overwrite"])
def test_sufficient_policy_is_kept(mode: str) -> None:
    given = policy("*")
    assert added(given, mode) == given
