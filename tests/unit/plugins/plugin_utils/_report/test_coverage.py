# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Coverage counts each target once. Unknown is neither logged nor missing. A blocked delivery is not deliverable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.coverage import coverage
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.coverage import target_words
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import NO_TARGETS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.fingerprint import with_ids
from tests.unit.plugins.plugin_utils._report.report_rows import BANK
from tests.unit.plugins.plugin_utils._report.report_rows import SHOP
from tests.unit.plugins.plugin_utils._report.report_rows import row


def accepted(was: str) -> dict[str, Any]:
    """Return a finding that a baseline accepted."""
    acceptance = {"reason": "r", "owner": "o", "expires": "2030-01-01", "was": was}
    return {**row("ignored"), "ignored": acceptance}


def states_of(*rows: dict[str, Any]) -> list[str]:
    """Return the state under which the target of some findings is counted; ``[]`` if it is not counted."""
    total = coverage(rows)["total"]
    return [name for name in ("in_sync", "drifted", "missing", "failing", "unknown", "ignored") if total[name]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("in_sync")], ["in_sync"]),
        ([row("in_sync"), row("drifted")], ["drifted"]),
        ([row("in_sync"), row("missing")], ["missing"]),
        ([row("drifted"), row("failed_delivery")], ["failing"]),
        ([row("drifted"), row("unknown")], ["unknown"]),
        ([row("not_evaluated")], ["unknown"]),
        ([row("in_sync"), row("extra"), row("duplicate"), row("overlapping")], ["in_sync"]),
        ([row("in_sync"), accepted("extra")], ["in_sync"]),
        ([accepted("drifted")], ["ignored"]),
        # Accepting an unknown finding does not make it known.
        ([accepted("unknown")], ["unknown"]),
        # state: absent.
        ([row("in_sync", flow_log_id=None)], []),
        ([row("extra", planned_action="delete")], []),
        *([[row(finding, target_type=kind)], []] for finding in ("missing", "unknown") for kind in NO_TARGETS),
    ],
)
def test_the_worst_finding_decides(rows: list[dict[str, Any]], expected: list[str]) -> None:
    assert states_of(*rows) == expected
    assert coverage(rows)["total"]["targets"] == len(expected)


def test_percent_is_rounded_down_and_none_without_targets() -> None:
    assert percentages() == (None, None)
    rows = [row("in_sync", f"vpc-{number}", deliverable=True) for number in range(1999)] + [row("missing", "vpc-x")]
    assert percentages(*rows) == (99.9, 99.9)


def percentages(*rows: dict[str, Any]) -> tuple[float | None, float | None]:
    """Return the percentages of logged and of deliverable targets."""
    total = coverage(rows)["total"]
    return total["logged_percent"], total["deliverable_percent"]


@pytest.mark.parametrize(
    ("rows", "logged", "deliverable"),
    [
        ([row("in_sync", deliverable=True)], "yes", "yes"),
        ([row("in_sync", deliverable=False)], "yes", "no"),
        ([row("in_sync", deliverable=None)], "yes", "unknown"),
        ([row("drifted", deliverable=True)], "yes", "yes"),
        ([row("failed_delivery")], "yes", "no"),
        ([row("drifted", deliverable=True), row("failed_delivery")], "yes", "no"),
        ([row("in_sync", deliverable=True), row("in_sync", flow_log_id="fl-2", deliverable=None)], "yes", "unknown"),
        ([row("missing", deliverable=False)], "no", "no"),
        ([row("unknown")], "unknown", "unknown"),
        ([row("not_evaluated")], "unknown", "unknown"),
        # Accepting a finding does not change whether the target is logged.
        ([accepted("missing")], "no", "no"),
        ([{**accepted("drifted"), "deliverable": True}], "yes", "yes"),
        ([accepted("failed_delivery")], "yes", "no"),
        ([accepted("unknown")], "unknown", "unknown"),
        # Reports of version 1 do not have the member deliverable.
        ([{key: value for key, value in row("in_sync").items() if key != "deliverable"}], "yes", "unknown"),
    ],
)
def test_logged_and_deliverable_are_separate(rows: list[dict[str, Any]], logged: str, deliverable: str) -> None:
    found = with_ids(rows)
    assert target_words(found) == {found[0]["id"]: (logged, deliverable)}
    total = coverage(rows)["total"]
    assert total["logged"] == (logged == "yes")
    assert total["deliverable"] == (deliverable == "yes")
    assert total["unknown"] == (logged == "unknown")
    assert total["delivery_unknown"] == (logged == "yes" and deliverable == "unknown")
    # Unknown gives no percentage.
    expected = tuple({"yes": 100.0, "no": 0.0, "unknown": None}[word] for word in (logged, deliverable))
    assert percentages(*rows) == expected


def test_unknown_targets_count_in_no_percentage() -> None:
    rows = [
        row("in_sync", "vpc-1", deliverable=True),
        row("in_sync", "vpc-2", deliverable=None),
        row("missing", "vpc-3"),
        row("unknown", "vpc-4"),
        row("not_evaluated", "vpc-5"),
    ]
    total = coverage(rows)["total"]
    assert (total["targets"], total["logged"], total["deliverable"], total["unknown"]) == (5, 2, 1, 2)
    assert percentages(*rows) == (66.6, 50.0)


def test_each_part_has_its_targets() -> None:
    rows = [
        row("in_sync", "vpc-1", groups=("prod", "shop")),
        row("missing", "vpc-2", groups=("prod",), region="us-east-1"),
        row("unknown", "subnet-1", target_type="Subnet", account_id=BANK),
        row("not_evaluated", "somewhere", target_type=None, account_id=None, region=None),
    ]
    found = coverage(rows)
    assert found["total"]["targets"] == 4
    assert {name: part["logged_percent"] for name, part in found["accounts"].items()} == {
        SHOP: 50.0,
        BANK: None,
        "unknown": None,
    }
    assert list(found["regions"]) == ["eu-west-1", "unknown", "us-east-1"]
    assert {name: part["targets"] for name, part in found["types"].items()} == {"VPC": 2, "Subnet": 1, "unknown": 1}
    assert {name: part["logged"] for name, part in found["groups"].items()} == {"prod": 1, "shop": 1}
    assert [(part["account_id"], part["region"]) for part in found["places"]] == [
        (SHOP, "eu-west-1"),
        (SHOP, "us-east-1"),
        (BANK, "eu-west-1"),
        ("unknown", "unknown"),
    ]


DRAWN = st.tuples(
    st.sampled_from(FINDINGS),
    st.sampled_from("abc"),
    st.sampled_from([SHOP, BANK]),
    st.sampled_from([True, False, None]),
)


@given(st.lists(DRAWN))
def test_the_parts_add_up(drawn: list[tuple[str, str, str, bool | None]]) -> None:
    found = coverage([row(kind, name, account_id=account, deliverable=able) for kind, name, account, able in drawn])
    classes = ("in_sync", "drifted", "missing", "failing", "unknown", "ignored")
    for parts in (found["accounts"].values(), found["regions"].values(), found["types"].values(), found["places"]):
        assert sum(part["targets"] for part in parts) == found["total"]["targets"]
        for name in ("logged", "deliverable", "unknown", "delivery_unknown"):
            assert sum(part[name] for part in parts) == found["total"][name]
    total = found["total"]
    assert sum(total[name] for name in classes) == total["targets"]
    assert 0 <= total["deliverable"] <= total["logged"] <= total["targets"] - total["unknown"]
    assert total["logged_percent"] is None or 0 <= total["logged_percent"] <= 100
