# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Coverage counts each target once, and what is not known is not logged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.coverage import coverage
from ansible_collections.flowlogs.aws.plugins.module_utils._core.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.finding import NO_TARGETS
from tests.unit.plugins.module_utils._core.report_rows import BANK
from tests.unit.plugins.module_utils._core.report_rows import SHOP
from tests.unit.plugins.module_utils._core.report_rows import row


def accepted(was: str) -> dict[str, Any]:
    """A finding that a baseline accepted."""
    told = {"reason": "r", "owner": "o", "expires": "2030-01-01", "was": was}
    return {**row("ignored"), "ignored": told}


def standing(*rows: dict[str, Any]) -> list[str]:
    """What the target of some findings counts as; nothing if it is not counted."""
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
        ([accepted("unknown")], ["ignored"]),
        # It is to have no flow log.
        ([row("in_sync", flow_log_id=None)], []),
        ([row("extra", planned_action="delete")], []),
        *([[row(finding, target_type=kind)], []] for finding in ("missing", "unknown") for kind in NO_TARGETS),
    ],
)
def test_the_worst_finding_decides(rows: list[dict[str, Any]], expected: list[str]) -> None:
    assert standing(*rows) == expected
    assert coverage(rows)["total"]["targets"] == len(expected)


def test_percent_is_rounded_down_and_none_without_targets() -> None:
    assert coverage([])["total"]["percent"] is None
    rows = [row("in_sync", f"vpc-{number}") for number in range(1999)] + [row("missing", "vpc-x")]
    assert coverage(rows)["total"]["percent"] == 99.9


def test_each_part_has_its_targets() -> None:
    rows = [
        row("in_sync", "vpc-1", groups=("prod", "shop")),
        row("missing", "vpc-2", groups=("prod",), region="us-east-1"),
        row("unknown", "subnet-1", target_type="Subnet", account_id=BANK),
        row("not_evaluated", "somewhere", target_type=None, account_id=None, region=None),
    ]
    found = coverage(rows)
    assert found["total"]["targets"] == 4
    assert {name: part["percent"] for name, part in found["accounts"].items()} == {
        SHOP: 50.0,
        BANK: 0.0,
        "unknown": 0.0,
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


@given(st.lists(st.tuples(st.sampled_from(FINDINGS), st.sampled_from("abc"), st.sampled_from([SHOP, BANK]))))
def test_the_parts_add_up(drawn: list[tuple[str, str, str]]) -> None:
    found = coverage([row(finding, target, account_id=account) for finding, target, account in drawn])
    classes = ("in_sync", "drifted", "missing", "failing", "unknown", "ignored")
    for parts in (found["accounts"].values(), found["regions"].values(), found["types"].values(), found["places"]):
        assert sum(part["targets"] for part in parts) == found["total"]["targets"]
    assert sum(found["total"][name] for name in classes) == found["total"]["targets"]
