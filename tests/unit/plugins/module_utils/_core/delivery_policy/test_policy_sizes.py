# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks every number of accounts and bytes in the guide against the plans."""

from __future__ import annotations

import json
import pathlib
import re
from typing import Any, Dict, List, Optional

import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_options import (
    wanted_from_options,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.bucket_plan import (
    MAX_BYTES,
    plan_bucket_policy,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_options import wanted_key_use
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.key_plan import (
    MAX_KEY_POLICY_BYTES,
    key_policy_size,
    plan_key_policy,
)
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.kms_key import Key
from ansible_collections.flowlogs.aws.plugins.module_utils._core.delivery_policy.merge import PolicyPlan

ROOT = next(folder for folder in pathlib.Path(__file__).parents if (folder / "galaxy.yml").is_file())
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_bucket_policy.rst").read_text(encoding="utf-8")
SECTION = GUIDE.partition("How many accounts fit into a policy?\n")[2].partition("Look-alikes")[0]

BUCKET, ORGANIZATION, OWNER = "example-central-flow-logs", "o-a1b2c3d4e5", "777788889999"
KEY = Key(
    f"arn:aws:kms:eu-west-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    OWNER,
    "Enabled",
    "CUSTOMER",
    "ENCRYPT_DECRYPT",
    "SYMMETRIC_DEFAULT",
)
KEY_POLICY = {
    "Version": "2012-10-17",
    "Id": "key-default-1",
    "Statement": [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
REGIONS: Dict[str, Optional[List[str]]] = {
    "all regions": None,
    "all": None,
    "``eu-west-1``": ["eu-west-1"],
    "four regions": ["eu-west-1", "us-east-1", "eu-central-1", "ap-southeast-1"],
}
LAYOUTS = {"plain": ["plain"], "both": ["plain", "hive"]}
NONE = "--"


def rows(columns: int) -> Dict[str, List[str]]:
    """Rows of the table with this many columns, without its header: first cell -> the others."""
    (table,) = [text for text in SECTION.split(".. list-table::")[1:] if f"widths: 34{' 22' * (columns - 1)}\n" in text]
    cells = [
        re.findall(r"^(?:   \* -|     -) ?(.*)$", row, re.MULTILINE)
        for row in re.split(r"^(?=   \* -)", table, flags=re.M)
    ]
    return {row[0]: row[1:] for row in cells[2:]}


BUCKET_ROWS, KEY_ROWS = rows(4), rows(3)


def accounts(number: int) -> List[str]:
    return [f"{position:012d}" for position in range(1, number + 1)]


def bucket_plan(first_cell: str, **sources: Any) -> PolicyPlan:
    regions, folders, layouts = first_cell.split(", ")
    options = {
        "bucket": BUCKET,
        "regions": REGIONS.get(regions),
        "prefixes": [name.strip("/") for name in re.findall(r"``([^`]+)``", folders)] or [""],
        "layouts": LAYOUTS[layouts],
        **sources,
    }
    return plan_bucket_policy(None, wanted_from_options(options, "aws"))


def key_plan(first_cell: str, **sources: Any) -> PolicyPlan:
    options = {"key_id": KEY.arn, "regions": REGIONS.get(first_cell), **sources}
    return plan_key_policy(KEY_POLICY, wanted_key_use(options, "aws", "eu-west-1"), KEY)


def density(plan: PolicyPlan) -> int:
    """The density of the statements, from 0; -1 for a refusal."""
    text = json.dumps(plan.after)
    if plan.refusals:
        return -1
    return 2 if "AWSLogs/*0" in text else 1 if re.search(r"arn:aws:logs:[^:]+:\*:\*", text) else 0


def numbers(cells: List[str]) -> Dict[int, int]:
    """Density -> largest number of accounts, without the densities that do not apply."""
    return {position: int(cell) for position, cell in enumerate(cells) if cell != NONE}


def check_row(plan: Any, largest: Dict[int, int]) -> None:
    """Each density applies up to its number of accounts, then the next one or a refusal."""
    ordered = sorted(largest)
    for position, following in zip(ordered, [*ordered[1:], -1]):
        assert density(plan(accounts(largest[position]))) == position
        assert density(plan(accounts(largest[position] + 1))) == following


@pytest.mark.parametrize("first_cell", [name for name in BUCKET_ROWS if "organization" not in name])
def test_guide_says_how_many_accounts_fit_into_a_bucket_policy(first_cell: str) -> None:
    largest = numbers(BUCKET_ROWS[first_cell])
    assert (2 in largest) is ("both" in first_cell)
    check_row(lambda ids: bucket_plan(first_cell, account_ids=ids), largest)


@pytest.mark.parametrize("first_cell", [name for name in KEY_ROWS if "organization" not in name])
def test_guide_says_how_many_accounts_fit_into_a_key_policy(first_cell: str) -> None:
    check_row(lambda ids: key_plan(first_cell, account_ids=ids), numbers(KEY_ROWS[first_cell]))


def test_guide_says_the_size_for_an_organization() -> None:
    (bucket_row,) = [name for name in BUCKET_ROWS if "organization" in name]
    (key_row,) = [name for name in KEY_ROWS if "organization" in name]
    size = bucket_plan(bucket_row, organization_id=ORGANIZATION).size
    assert BUCKET_ROWS[bucket_row] == [f"any number: {size} bytes", "", ""]
    size = key_policy_size(key_plan(key_row, organization_id=ORGANIZATION).after)
    assert KEY_ROWS[key_row] == [f"any number: {size} bytes", ""]


def test_guide_says_the_assumptions() -> None:
    assert len(BUCKET_ROWS) == 9 and len(KEY_ROWS) == 4
    assert f"{MAX_BYTES:,} bytes" in SECTION and f"{MAX_KEY_POLICY_BYTES:,} bytes" in SECTION
    assert f"name has {len(BUCKET)} characters" in SECTION
    regions = re.findall(r"``([a-z]+-[a-z]+-\d)``", SECTION.partition("Four regions")[2].partition(".. list-table")[0])
    assert regions == REGIONS["four regions"]
