# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions and errors as modules return them, and hints for errors of AWS."""

from __future__ import annotations

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Change
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import failure_message

S3_CALLS = ("CreateBucket", "GetBucketPolicy", "HeadBucket", "ListObjectsV2")
OTHER_REGION = ("IllegalLocationConstraintException", "PermanentRedirect", "AuthorizationHeaderMalformed", "301")
# Error codes of EC2, STS, KMS and S3 for credentials that they do not accept in a Region.
NOT_HERE = ("AuthFailure", "InvalidClientTokenId", "OptInRequired", "UnrecognizedClientException", "InvalidToken")

FAILED = [Unsuccessful(f"vpc-{number}", "Code", "It failed.", "Fix it." if number == 1 else "") for number in range(5)]


def test_unknown_action_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="unknown action 'fix'"):
        Action("fix", "vpc-1")


def test_seconds_of_a_gap_are_returned_once_they_are_known() -> None:
    assert "gap_seconds" not in Action("replace", "vpc-1", gap=True).to_dict()
    assert Action("replace", "vpc-1", gap=True, gap_seconds=0.4).to_dict()["gap_seconds"] == 0.4


def test_action_and_failure_are_returned_with_what_changes() -> None:
    change = Change("traffic_type", "ALL", "REJECT")
    action = Action("replace", "vpc-1", replaces="fl-1", changes=(change,), reason="It differs.", gap=True)
    assert action.to_dict() == {
        "action": "replace",
        "target": "vpc-1",
        "flow_log_id": None,
        "replaces": "fl-1",
        "changes": [change.to_dict()],
        "reason": "It differs.",
        "gap": True,
    }
    assert Unsuccessful("vpc-1", "Code", "No.", "Do.", "fl-1", (change,)).to_dict() == {
        "target": "vpc-1",
        "code": "Code",
        "message": "No.",
        "hint": "Do.",
        "flow_log_id": "fl-1",
        "changes": [change.to_dict()],
    }


def test_failure_message_lists_the_first_errors_and_counts_the_others() -> None:
    start = "Failed to publish for 5 of its targets. vpc-0: It failed. (Code) | vpc-1: It failed. (Code) Fix it. | "
    assert failure_message("publish", FAILED) == start + ("vpc-2: It failed. (Code) | and 2 more, see 'unsuccessful'")
    assert failure_message("publish", FAILED[:1]).endswith("vpc-0: It failed. (Code)")


@pytest.mark.parametrize(
    ("operation", "code", "words"),
    [
        ("DescribeFlowLogs", "UnauthorizedOperation", "The caller needs ec2:DescribeFlowLogs"),
        ("DeleteFlowLogs", "UnauthorizedOperation", "ec2:DeleteFlowLogs on the flow log"),
        ("DescribeVpcs", "RequestLimitExceeded", "run fewer forks"),
        *[(call, code, "set region to the Region of the bucket") for call in S3_CALLS for code in OTHER_REGION],
        *[(call, code, "opt-in Region") for call in ("DescribeVpcs", "GetCallerIdentity") for code in NOT_HERE],
    ],
)
def test_hint_belongs_to_call_and_code(operation: str, code: str, words: str) -> None:
    assert words in hint_for(operation, code, "")


def test_other_errors_have_no_hint() -> None:
    assert hint_for("DescribeFlowLogs", "SomethingNew", "Something new.") == ""
