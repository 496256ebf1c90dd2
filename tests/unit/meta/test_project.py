# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test for many files fails if one file breaks the rule, and lists all that do."""

from __future__ import annotations

import re

import pytest

from tests.unit.meta.project import for_each


def check(name: str) -> None:
    assert not name.startswith("bad"), "a reason"
    assert {"good": 1, "fine": 1}[name]


def test_every_name_that_fails_is_listed_with_the_reason() -> None:
    with pytest.raises(pytest.fail.Exception) as failure:
        for_each(["bad_a", "good", "unknown", "bad_b"])(check)()
    text = str(failure.value)
    assert text.startswith("3 of 4 fail:\n")
    assert re.findall(r"^(\w+): (.+)$", text, re.MULTILINE) == [
        ("bad_a", "AssertionError: a reason"),
        ("unknown", "KeyError: 'unknown'"),
        ("bad_b", "AssertionError: a reason"),
    ]


def test_names_that_pass_pass_and_no_names_fail() -> None:
    for_each(["good", "fine"])(check)()
    with pytest.raises(pytest.fail.Exception):
        for_each([])(check)()
