# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns match as IAM documents it, and every policy that S3 or KMS accepts is fast to evaluate."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import plan_bucket_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import plan_key_policy
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.examine import examine
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.facts import (
    DestinationFacts,
    Encryption,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.destination_check.request import query_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.document import policy_size
from ansible_collections.flowlogs.aws.plugins.module_utils._core.iam_policy.patterns import (
    covers,
    match,
    match_arn,
    overlaps,
)
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.baseline import apply_baseline, parse_baseline
from hypothesis import given, settings, strategies as st

from tests.patterns import BYTES, ELEMENTS, HARD_TEXTS, is_within, matches, slow_policy
from tests.unit.plugins.plugin_utils._report.report_rows import row

LONGEST = 7
TEXTS = ["".join(letters) for length in range(LONGEST + 1) for letters in itertools.product("ab", repeat=length)]
TEXT = st.text(alphabet="ab*?.[", max_size=12)
PATTERN = st.text(alphabet="ab*?", max_size=10)
#: Short enough that TEXTS has a text that two of them match, if there is one.
SHORT = st.text(alphabet="ab*?", max_size=3)
FEW_SECONDS = 0.1


@settings(max_examples=500)
@given(PATTERN, TEXT.filter(lambda text: not set("*?") & set(text)))
def test_pattern_and_text_are_compared_exactly(pattern: str, text: str) -> None:
    assert match(pattern, text) is matches(pattern, text)
    assert covers(pattern, text) is overlaps(pattern, text) is matches(pattern, text)


@settings(max_examples=500)
@given(SHORT, SHORT)
def test_patterns_overlap_if_one_text_matches_both(first: str, second: str) -> None:
    assert overlaps(first, second) is any(matches(first, text) and matches(second, text) for text in TEXTS)


@settings(max_examples=500)
@given(PATTERN, PATTERN)
def test_covering_pattern_matches_all_texts(pattern: str, value: str) -> None:
    texts = [text for text in TEXTS if matches(value, text)]
    if covers(pattern, value):
        assert all(matches(pattern, text) for text in texts)
    if match(pattern, value) is False:
        assert not any(matches(pattern, text) for text in texts)


@given(st.text(alphabet="abc*", max_size=6), st.text(alphabet="abc*", max_size=6))
def test_covering_is_exact_without_question_marks(pattern: str, value: str) -> None:
    # A letter that no pattern has replaces the stars of the value.
    texts = [value.replace("*", filling) for filling in ("", "z", "zz")]
    assert covers(pattern, value) is all(matches(pattern, text) for text in texts)


@given(PATTERN)
def test_a_pattern_covers_itself_and_is_covered_by_a_star(pattern: str) -> None:
    assert covers(pattern, pattern)
    assert covers("*", pattern)
    assert covers(f"{pattern}*", pattern)


@pytest.mark.parametrize("pattern", ["?*", "*?", "**?", "*?*"])
@pytest.mark.parametrize("value", ["?*", "*?", "*?*"])
def test_order_of_adjacent_wildcards_does_not_matter(pattern: str, value: str) -> None:
    assert match(pattern, value) is True


@pytest.mark.parametrize("text", HARD_TEXTS)
@pytest.mark.parametrize("compare", [covers, overlaps, match, match_arn])
def test_hard_patterns_are_fast(compare: Any, text: str) -> None:
    pattern = HARD_TEXTS[text](BYTES)
    values = ["111122223333", "arn:aws:logs:*:111122223333:*", "arn:aws:s3:::logs/AWSLogs/????????????/*/*", "a" * 900]
    assert is_within(FEW_SECONDS, lambda: [compare(pattern, value) for value in values])
    if compare is overlaps:
        assert is_within(FEW_SECONDS, lambda: [compare(value, pattern) for value in values])


# -- whole policies -----------------------------------------------------------------------------------------------

#: One statement as large as the policy can be, and as many small ones as fit.
LENGTHS = (8, 6000)
CASES = list(itertools.product(("Allow", "Deny"), HARD_TEXTS, LENGTHS))


@pytest.mark.parametrize("element", ELEMENTS)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_bucket_policy_plan_is_fast_for_any_policy(state: str, element: str) -> None:
    for number, (effect, text, length) in enumerate(CASES):
        bucket = f"slow-{number}"
        policy = slow_policy(bucket, effect, element, text, length)
        assert policy_size(policy) <= BYTES
        wanted = wanted_from_options({"bucket": bucket, "state": state, "account_ids": ["111122223333"]}, "aws")
        assert is_within(FEW_SECONDS, lambda: plan_bucket_policy(policy, wanted)), (effect, text, length)


@pytest.mark.parametrize("element", ELEMENTS)
def test_destination_check_is_fast_for_any_policy(element: str) -> None:
    for number, (effect, text, length) in enumerate(CASES):
        bucket = f"slow-too-{number}"
        policy = slow_policy(bucket, effect, element, text, length)
        query = query_from_options({"destination": bucket, "account_ids": ["111122223333"]}, "aws")
        facts = DestinationFacts(True, "eu-west-1", "111122223333", policy=policy)
        assert is_within(FEW_SECONDS, lambda: examine(query, facts)), (effect, text, length)


@pytest.mark.parametrize("element", ELEMENTS)
def test_key_policy_plan_and_check_are_fast_for_any_policy(element: str) -> None:
    arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    key = Key(arn, "111122223333", "Enabled", "CUSTOMER", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
    wanted = wanted_key_use({"key_id": arn, "account_ids": ["111122223333"]}, "aws", "eu-west-1")
    for number, (effect, text, length) in enumerate(CASES):
        bucket = f"slow-keys-{number}"
        policy = json.loads(json.dumps(slow_policy(bucket, effect, element, text, length)).replace("s3:", "kms:"))
        query = query_from_options({"destination": bucket, "account_ids": ["111122223333"]}, "aws")
        facts = DestinationFacts(
            True, "eu-west-1", "111122223333", encryption=Encryption("aws:kms", arn), key=key, key_policy=policy
        )
        assert is_within(FEW_SECONDS, lambda: plan_key_policy(policy, wanted, key)), (effect, text, length)
        assert is_within(FEW_SECONDS, lambda: examine(query, facts)), (effect, text, length)


# -- other patterns -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_baseline_patterns_are_fast(text: str) -> None:
    """Since 3.9, Python's fnmatch does not backtrack in this way."""
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
