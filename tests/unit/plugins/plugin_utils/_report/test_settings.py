# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A variable is read alike in every form, or refused with its name."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.errors import InputError
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.settings import read_settings

USUAL: dict[str, Any] = {"directory": "reports", "history_length": 400}
UTC = datetime.timezone.utc
NAMES = ("directory formats fail_on severities time keep_dated baseline previous history history_length").split()


def read(name: str, value: Any) -> Any:
    """Return a variable after reading."""
    return read_settings({**USUAL, name: value})[name]


@pytest.mark.parametrize(
    ("name", "forms", "expected"),
    [
        ("fail_on", ["missing,unknown", " missing , unknown,", '["missing", "unknown"]'], ["missing", "unknown"]),
        ("fail_on", [["missing", "unknown"], ("missing", "unknown", "missing")], ["missing", "unknown"]),
        ("fail_on", [None, "", [], "[]"], []),
        ("fail_on", ["nothing_checked", ["nothing_checked"]], ["nothing_checked"]),
        ("formats", ["json", ["json"], '["json"]', "json,json"], ["json"]),
        ("severities", [None, "", {}, "{}"], {}),
        ("severities", [{"drifted": "high"}, '{"drifted": "high"}'], {"drifted": "high"}),
        ("time", [None, "", " "], ""),
        ("time", ["2030-01-31", datetime.date(2030, 1, 31), " 2030-01-31 "], "2030-01-31"),
        (
            "time",
            [
                "2030-01-31T06:00:00Z",
                datetime.datetime(2030, 1, 31, 6, tzinfo=UTC),
                datetime.datetime(2030, 1, 31, 6),
                datetime.datetime(2030, 1, 31, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
            ],
            "2030-01-31T06:00:00Z",
        ),
        ("keep_dated", [None, False, "no", "false", 0], False),
        ("keep_dated", [True, "yes", "True", 1], True),
        ("baseline", [None, ""], ""),
        ("directory", ["2030", 2030], "2030"),
        ("previous", ["2030-01-31", datetime.date(2030, 1, 31)], "2030-01-31"),
        ("history_length", [400, "400", " 400 "], 400),
    ],
)
def test_every_form_of_a_variable_is_read_alike(name: str, forms: list[Any], expected: Any) -> None:
    assert [read(name, form) for form in forms] == [expected] * len(forms)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("fail_on", value) for value in ("misisng", ["misisng"], 7, True, {"missing": 1}, "[missing", [["missing"]])),
        *(("formats", value) for value in ("pdf", ["json", "pdf"], 1, {"json": True}, [None])),
        *(("severities", value) for value in ("high", ["high"], {"drift": "high"}, {"drifted": "bad"}, "[]x", 7)),
        *(("time", value) for value in ("tomorrow", 20300131, ["2030-01-31"], True, 2030.5)),
        *(("keep_dated", value) for value in ("maybe", 2, ["yes"])),
        *(("directory", value) for value in (None, "", ["a"], {"a": 1}, True)),
        *((name, value) for name in ("baseline", "previous", "history") for value in (["a"], {"a": 1}, False)),
        *(("history_length", value) for value in (None, 0, -1, "0", "many", 1.5, True, [400], "\u0663")),
    ],
)
def test_an_invalid_value_is_refused_with_the_variable(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"^drift_report_{name}"):
        read(name, value)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from(NAMES), _ANY)
def test_any_value_is_read_or_refused_with_the_variable(name: str, value: Any) -> None:
    try:
        json.dumps(read(name, value))
    except InputError as error:
        assert f"drift_report_{name}" in str(error)
