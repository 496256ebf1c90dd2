# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns mean what IAM says they mean, and no policy that S3 or KMS takes is slow to decide."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import apply_baseline
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import parse_baseline
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.examine import examine
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.facts import DestinationFacts
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.facts import Encryption
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.request import question_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import size_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.patterns import covers
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.patterns import match
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.patterns import match_arn
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.patterns import overlaps
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.patterns import BYTES
from tests.patterns import ELEMENTS
from tests.patterns import HARD_TEXTS
from tests.patterns import is_within
from tests.patterns import matches
from tests.patterns import slow_policy
from tests.unit.plugins.plugin_utils._report.report_rows import row

LONGEST = 7
TEXTS = ["".join(letters) for length in range(LONGEST + 1) for letters in itertools.product("ab", repeat=length)]
TEXT = st.text(alphabet="ab*?.[", max_size=12)
PATTERN = st.text(alphabet="ab*?", max_size=10)
#: Short enough that what two of them have in common is among TEXTS, if there is anything.
SHORT = st.text(alphabet="ab*?", max_size=3)
FEW_SECONDS = 0.1


@settings(max_examples=500)
@given(PATTERN, TEXT.filter(lambda text: not set("*?") & set(text)))
def test_a_pattern_and_a_text_are_compared_exactly(pattern: str, text: str) -> None:
    assert match(pattern, text) is matches(pattern, text)
    assert covers(pattern, text) is overlaps(pattern, text) is matches(pattern, text)


@settings(max_examples=500)
@given(SHORT, SHORT)
def test_patterns_overlap_if_one_text_matches_both(first: str, second: str) -> None:
    assert overlaps(first, second) is any(matches(first, text) and matches(second, text) for text in TEXTS)


@settings(max_examples=500)
@given(PATTERN, PATTERN)
def test_a_pattern_that_covers_another_matches_each_of_its_texts(pattern: str, value: str) -> None:
    texts = [text for text in TEXTS if matches(value, text)]
    if covers(pattern, value):
        assert all(matches(pattern, text) for text in texts)
    if match(pattern, value) is False:
        assert not any(matches(pattern, text) for text in texts)


@given(st.text(alphabet="abc*", max_size=6), st.text(alphabet="abc*", max_size=6))
def test_covering_is_exact_without_question_marks(pattern: str, value: str) -> None:
    # A letter that is in no pattern stands for whatever a star of the value may be.
    texts = [value.replace("*", filling) for filling in ("", "z", "zz")]
    assert covers(pattern, value) is all(matches(pattern, text) for text in texts)


@given(PATTERN)
def test_a_pattern_covers_itself_and_is_covered_by_a_star(pattern: str) -> None:
    assert covers(pattern, pattern)
    assert covers("*", pattern)
    assert covers(f"{pattern}*", pattern)


@pytest.mark.parametrize("pattern", ["?*", "*?", "**?", "*?*"])
@pytest.mark.parametrize("value", ["?*", "*?", "*?*"])
def test_the_order_of_neighbouring_wildcards_means_nothing(pattern: str, value: str) -> None:
    assert match(pattern, value) is True


@pytest.mark.parametrize("text", HARD_TEXTS)
@pytest.mark.parametrize("compare", [covers, overlaps, match, match_arn])
def test_a_hard_pattern_is_compared_quickly_with_all_that_it_can_meet(compare: Any, text: str) -> None:
    pattern = HARD_TEXTS[text](BYTES)
    values = ["111122223333", "arn:aws:logs:*:111122223333:*", "arn:aws:s3:::logs/AWSLogs/????????????/*/*", "a" * 900]
    assert is_within(FEW_SECONDS, lambda: [compare(pattern, value) for value in values])
    if compare is overlaps:
        assert is_within(FEW_SECONDS, lambda: [compare(value, pattern) for value in values])


# -- whole policies -----------------------------------------------------------------------------------------------

#: One statement as large as the policy may be, and as many small ones as fit.
LENGTHS = (8, 6000)
CASES = list(itertools.product(("Allow", "Deny"), HARD_TEXTS, LENGTHS))


@pytest.mark.parametrize("element", ELEMENTS)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_flow_log_bucket_policy_plans_for_any_policy_in_a_moment(state: str, element: str) -> None:
    for number, (effect, text, length) in enumerate(CASES):
        bucket = f"slow-{number}"
        policy = slow_policy(bucket, effect, element, text, length)
        assert size_of(policy) <= BYTES
        wanted = wanted_from_options({"bucket": bucket, "state": state, "account_ids": ["111122223333"]}, "aws")
        assert is_within(FEW_SECONDS, lambda: plan_bucket_policy(policy, wanted)), (effect, text, length)


@pytest.mark.parametrize("element", ELEMENTS)
def test_the_destination_check_judges_any_policy_in_a_moment(element: str) -> None:
    for number, (effect, text, length) in enumerate(CASES):
        bucket = f"slow-too-{number}"
        policy = slow_policy(bucket, effect, element, text, length)
        question = question_from_options({"destination": bucket, "account_ids": ["111122223333"]}, "aws")
        facts = DestinationFacts(True, "eu-west-1", "111122223333", policy=policy)
        assert is_within(FEW_SECONDS, lambda: examine(question, facts)), (effect, text, length)


@pytest.mark.parametrize("element", ELEMENTS)
def test_key_policies_are_planned_and_judged_in_a_moment(element: str) -> None:
    arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    key = Key(arn, "111122223333", "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
    wanted = wanted_key_use({"key_id": arn, "account_ids": ["111122223333"]}, "aws", "eu-west-1")
    for number, (effect, text, length) in enumerate(CASES):
        bucket = f"slow-keys-{number}"
        policy = json.loads(json.dumps(slow_policy(bucket, effect, element, text, length)).replace("s3:", "kms:"))
        question = question_from_options({"destination": bucket, "account_ids": ["111122223333"]}, "aws")
        facts = DestinationFacts(
            True, "eu-west-1", "111122223333", encryption=Encryption("aws:kms", arn), key=key, key_policy=policy
        )
        assert is_within(FEW_SECONDS, lambda: plan_key_policy(policy, wanted, key)), (effect, text, length)
        assert is_within(FEW_SECONDS, lambda: examine(question, facts)), (effect, text, length)


# -- other patterns -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_baseline_entries_are_compared_in_a_moment(text: str) -> None:
    """Python's own fnmatch has not tried the same thing twice since 3.9."""
    entry = {
        "finding": "drifted",
        "target": HARD_TEXTS[text](200),
        "reason": "r",
        "owner": "o",
        "expires": "2030-01-31",
    }
    entries = parse_baseline({"accepted": [entry]})
    rows = [row("drifted", f"vpc-{number:017x}") for number in range(100)]
    assert is_within(FEW_SECONDS, lambda: apply_baseline(rows, entries, "2026-01-01"))
