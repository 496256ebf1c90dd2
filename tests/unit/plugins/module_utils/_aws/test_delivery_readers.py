# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that list delivered objects, checked against botocore's service model."""

from __future__ import annotations


import pytest
from botocore.stub import Stubber

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.s3_objects import list_keys
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.sts import caller_identity
from tests.unit.plugins.module_utils._aws.offline import client_of


def page(number: int, more: bool) -> dict:
    answer = {"Contents": [{"Key": f"x/{number:04}-{item:04}"} for item in range(1000)], "IsTruncated": more}
    return {**answer, "NextContinuationToken": f"page-{number + 1}"} if more else answer


def test_number_of_pages_is_limited_and_the_list_is_incomplete() -> None:
    s3 = client_of("s3")
    asked = {"Bucket": "example-logs", "Prefix": "x/", "StartAfter": "x/0", "MaxKeys": 1000}
    with Stubber(s3) as stub:
        stub.add_response("list_objects_v2", page(0, True), asked)
        stub.add_response("list_objects_v2", page(1, True), {**asked, "ContinuationToken": "page-1"})
        found = list_keys(s3, "example-logs", "x/", "x/0", pages=2)
        stub.assert_no_pending_responses()
    assert (len(found.keys), found.complete) == (2000, False)


def test_a_short_list_is_complete() -> None:
    s3 = client_of("s3")
    with Stubber(s3) as stub:
        stub.add_response("list_objects_v2", {"IsTruncated": False})
        assert list_keys(s3, "example-logs", "x/", "x/0", pages=2) == ([], True)


def test_denied_is_an_error_that_names_the_bucket() -> None:
    s3 = client_of("s3")
    with Stubber(s3) as stub:
        stub.add_client_error("list_objects_v2", "AccessDenied", "Access Denied", 403)
        with pytest.raises(FlowLogsAWSError, match="list the objects of example-logs"):
            list_keys(s3, "example-logs", "x/", "x/0", pages=2)


def test_the_partition_is_that_of_the_caller() -> None:
    sts = client_of("sts")
    with Stubber(sts) as stub:
        arn = "arn:aws-us-gov:sts::111122223333:assumed-role/flow-logs/me"
        stub.add_response("get_caller_identity", {"Account": "111122223333", "Arn": arn, "UserId": "x"}, {})
        identity = caller_identity(sts)
    assert (identity.account_id, identity.partition) == ("111122223333", "aws-us-gov")
