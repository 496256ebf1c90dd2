# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns match alike in every part of the simulator, and none is slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.patterns import BYTES
from tests.patterns import HARD_TEXTS
from tests.patterns import is_within
from tests.patterns import matches
from tests.simulator.flow_logs.paging import matcher
from tests.simulator.globs import like
from tests.simulator.policy_evaluation import decide

PATTERN = st.text(alphabet="ab*?[]!.\\", max_size=8)
TEXT = st.text(alphabet="ab[]!.\\\n", max_size=8)


@given(PATTERN, TEXT)
def test_only_star_and_question_mark_are_wildcards(pattern: str, text: str) -> None:
    assert like(pattern, text) is matches(pattern, text)


@given(st.text(alphabet="ab*?[", max_size=6), st.text(alphabet="ab*?[", max_size=6))
def test_escaped_wildcards_of_a_filter_and_of_a_policy_are_letters(pattern: str, text: str) -> None:
    escaped = pattern.replace("*", "\\*").replace("?", "\\?")
    assert matcher([escaped])(text) is (pattern == text)
    resource = pattern.replace("*", "${*}").replace("?", "${?}")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": resource}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    assert decide(policy, "service", "action", text, {}) == ("allow" if pattern == text else "none")


def test_case_counts_unless_it_is_ignored() -> None:
    assert not like("S3:*", "s3:PutObject")
    assert like("S3:*", "s3:PutObject", ignore_case=True)


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_no_pattern_takes_long(text: str) -> None:
    pattern = HARD_TEXTS[text](BYTES)
    assert is_within(2, lambda: like(pattern, "arn:aws:s3:::logs/AWSLogs/111122223333/vpcflowlogs/eu-west-1/x.log.gz"))
