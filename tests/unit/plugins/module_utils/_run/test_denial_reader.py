# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hints for denied calls, and the calls of STS for them."""

from __future__ import annotations

import json

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._run.denial_reader import DenialReader

OPAQUE = "You are not authorized to perform this operation. Encoded authorization failure message: "
CODE = "UnauthorizedOperation"


class Decoder:
    """Decodes messages, or refuses to, and counts the calls."""

    def __init__(self, permitted: bool) -> None:
        self.permitted = permitted
        self.asked: list[str] = []

    def __call__(self, encoded: str) -> str:
        self.asked.append(encoded)
        if not self.permitted:
            raise FlowLogsAWSError(message="AccessDenied")
        return json.dumps({"context": {"action": "logs:CreateLogDelivery", "resource": "*"}})


def test_an_encoded_message_is_decoded_once() -> None:
    decoder = Decoder(permitted=True)
    reader = DenialReader(decoder)
    hints = {reader.hint(CODE, f"{OPAQUE}abc", "otherwise") for _number in range(3)}
    assert len(hints) == 1
    assert "needs logs:CreateLogDelivery on *" in hints.pop()
    assert decoder.asked == ["abc"]


def test_no_message_is_decoded_after_a_refusal() -> None:
    decoder = Decoder(permitted=False)
    reader = DenialReader(decoder)
    assert [reader.hint(CODE, f"{OPAQUE}{number}", "otherwise") for number in range(3)] == ["otherwise"] * 3
    assert decoder.asked == ["0"]


def test_message_that_names_the_action_is_not_decoded() -> None:
    decoder = Decoder(permitted=True)
    message = "User: x is not authorized to perform: ec2:DeleteFlowLogs. Encoded authorization failure message: abc"
    assert "needs ec2:DeleteFlowLogs on arn:x." in DenialReader(decoder).hint(CODE, message, "otherwise", "arn:x")
    assert decoder.asked == []


def test_other_errors_keep_their_hint() -> None:
    assert DenialReader(Decoder(permitted=True)).hint("Throttling", f"{OPAQUE}abc", "otherwise") == "otherwise"
