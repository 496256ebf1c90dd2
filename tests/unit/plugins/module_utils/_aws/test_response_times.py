# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times in answers are read as botocore reads them, by clients that read them quickly."""

from __future__ import annotations

from datetime import datetime
from datetime import timedelta

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.utils import parse_timestamp

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.response_times import read_time
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.response_times import with_quick_times

TIMES = ["2026-06-14T02:30:00.000Z", "2026-06-14T02:30:00Z", "2026-06-14T02:30:00+02:00", "2026-06-14T02:30:00.123456Z"]
OTHER_TIMES = ["Sun, 14 Jun 2026 02:30:00 GMT", 1781404200, "1781404200.5", "20260614T023000Z"]
ANSWER = """<DescribeFlowLogsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><flowLogSet><item>
<creationTime>2026-06-14T02:30:00.000Z</creationTime></item></flowLogSet></DescribeFlowLogsResponse>"""


@pytest.mark.parametrize("value", [*TIMES, *OTHER_TIMES])
def test_a_time_is_what_botocore_makes_of_it(value: object) -> None:
    assert read_time(value) == parse_timestamp(value)
    assert read_time(value).utcoffset() == parse_timestamp(value).utcoffset()


@pytest.mark.parametrize("value", TIMES)
def test_the_times_of_ec2_do_not_take_the_slow_way(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{read_time.__module__}.parse_timestamp", None)
    assert isinstance(read_time(value), datetime)


def test_what_is_no_time_is_refused_as_by_botocore() -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        read_time("yesterday")


def test_a_client_reads_the_times_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails where botocore takes its parser from elsewhere, so that nobody believes in what is no longer there."""
    monkeypatch.setattr("botocore.parsers.DEFAULT_TIMESTAMP_PARSER", None)
    client = with_quick_times(
        boto3.client("ec2", region_name="eu-west-1", aws_access_key_id="key", aws_secret_access_key="secret-key")
    )
    client.meta.events.register("before-send.ec2.DescribeFlowLogs", answered)
    (flow_log,) = client.describe_flow_logs()["FlowLogs"]
    assert flow_log["CreationTime"].utcoffset() == timedelta(0)
    assert flow_log["CreationTime"].isoformat() == "2026-06-14T02:30:00+00:00"


def answered(request: object, **_more: object) -> AWSResponse:
    """Answer a request without sending it."""
    response = AWSResponse("https://ec2.example.com", 200, {}, None)
    response._content = ANSWER.encode()
    return response


def test_what_has_no_such_parsers_stays_as_it_is() -> None:
    something = object()
    assert with_quick_times(something) is something
