# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Only statements that the collection would write itself count as its own."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.statements import own_grants
from ansible_collections.flowlogs.aws.plugins.module_utils._core.s3_destination import parse_destination
from tests.unit.plugins.module_utils._core.delivery_policy.bucket_policy_corpus import ACCOUNT, BUCKET

DESTINATION = parse_destination(BUCKET, "aws")
WANTED = wanted_from_options({"bucket": BUCKET, "account_ids": [ACCOUNT], "regions": ["eu-west-1"]}, "aws")
WRITE, CHECK = plan_bucket_policy(None, WANTED).after["Statement"]
ACL = "s3:x-amz-acl"


def with_condition(operator: str, key: str, value: Any) -> Dict[str, Any]:
    """The own write statement with one condition key added or changed."""
    others = {name: {k: v for k, v in block.items() if k != key} for name, block in WRITE["Condition"].items()}
    return {**WRITE, "Condition": {**others, operator: {**others.get(operator, {}), key: value}}}


@pytest.mark.parametrize("statement", [WRITE, CHECK])
def test_written_statement_is_own(statement: Dict[str, Any]) -> None:
    assert own_grants(DESTINATION, statement) is not None


@pytest.mark.parametrize(
    "statement",
    [
        {**WRITE, "Sid": "Somebody"},
        {**WRITE, "Action": ["s3:PutObject", "s3:PutObjectAcl"]},
        {**WRITE, "Resource": f"arn:aws:s3:::{BUCKET}/*"},
        {**WRITE, "Resource": "arn:aws:s3:::other-logs/AWSLogs/*"},
        with_condition("StringEquals", ACL, "public-read"),
        with_condition("StringLike", ACL, "bucket-owner-full-control"),
        with_condition("StringLike", "aws:SourceAccount", ACCOUNT),
        with_condition("ArnLike", "aws:SourceArn", f"arn:aws:logs:eu-*:{ACCOUNT}:*"),
        with_condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ],
)
def test_different_statement_is_not_own(statement: Dict[str, Any]) -> None:
    assert own_grants(DESTINATION, statement) is None


def test_own_statement_of_an_organization_covers_all_its_accounts() -> None:
    wanted = wanted_from_options({"bucket": BUCKET, "organization_id": "o-a1b2c3d4e5"}, "aws")
    write, *_rest = plan_bucket_policy(None, wanted).after["Statement"]
    assert own_grants(DESTINATION, write) is not None
    one_account = {**write, "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/{ACCOUNT}/*"}
    assert own_grants(DESTINATION, one_account) is None
    equals = {**write["Condition"]["StringEquals"], "aws:SourceOrgID": ["o-a1b2c3d4e5", "o-bbbbbbbbbb"]}
    assert own_grants(DESTINATION, {**write, "Condition": {**write["Condition"], "StringEquals": equals}}) is None
