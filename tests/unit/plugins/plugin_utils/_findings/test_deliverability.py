# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A flow log is deliverable only if nothing is known to block delivery. Unknown is not deliverable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Change
from tests.report_samples import report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

SHOP, BANK = "111122223333", "444455556666"
BUCKET_ARN = "arn:aws:s3:::central"
KEY = f"arn:aws:kms:eu-west-1:{SHOP}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PUT = Action("put_policy", BUCKET_ARN).to_dict()
PUT_KEY = Action("put_policy", KEY).to_dict()
CREATE = Action("create_bucket", BUCKET_ARN).to_dict()
IN_ORDER = {"changed": False, "failed": False, "msg": "", "actions": [], "key": None, "deliverable": True}


def publication(**variables: Any) -> dict[str, Any]:
    """Return the work for a VPC of the shop and one of the bank, which deliver to folders of one bucket."""
    hosts = [
        ("vpc-shop", SHOP, "eu-west-1", "central/shop"),
        ("vpc-bank", BANK, "us-east-1", "central/bank"),
    ]
    return plan_publication(
        HostVariables(
            name,
            {
                "flow_log_account_id": account,
                "flow_log_region": region,
                "flow_log_destination": destination,
                **{f"flow_log_{key}": value for key, value in variables.items()},
            },
        )
        for name, account, region, destination in hosts
    ).to_dict()


def flow_log(target: str) -> dict[str, Any]:
    """Return a flow log as s3_flow_log returns it."""
    return {"flow_log_id": f"fl-{target}", "resource_id": target, "destination": f"{BUCKET_ARN}/x/"}


def of_batch(target: str, *actions: Action) -> dict[str, Any]:
    """Return a result of s3_flow_log for a target that has its flow log."""
    returned = [action.to_dict() for action in actions]
    return {
        "changed": bool(returned),
        "actions": returned,
        "flow_logs": [flow_log(target)],
        "unsuccessful": [],
        "extra": [],
    }


def rows_of(bucket: dict[str, Any] | None, work: dict[str, Any] | None = None, **results: Any) -> list[dict[str, Any]]:
    """Return the findings of a report on the two targets, and on the bucket with this result."""
    given_work = work or publication()
    batches = {batch["name"]: of_batch(batch["resource_ids"][0]) for batch in given_work["batches"]}
    done = {"s3/central": bucket} if bucket is not None else {}
    return report(find(given_work, {"batches": batches, "destinations": done, **results}))["findings"]


def deliverable(rows: list[dict[str, Any]]) -> tuple[bool | None, bool | None]:
    """Return whether the flow logs of shop and bank can be delivered."""
    found = {row["target"]: row["deliverable"] for row in rows if row["target_type"] == "VPC"}
    return found["vpc-shop"], found["vpc-bank"]


def problem(status: str = "problem", **source: Any) -> dict[str, Any]:
    """Return a problem that the destination check found."""
    return {"code": "X", "status": status, "severity": "error", "remedy": "", **source}


OF_BANK = {"account_id": BANK, "region": "us-east-1", "folder": "bank", "layout": "plain"}


@pytest.mark.parametrize(
    ("bucket", "shop", "bank"),
    [
        (IN_ORDER, True, True),
        ({**IN_ORDER, "deliverable": None}, True, True),
        # Without a result, it is unknown.
        (None, None, None),
        ({"skipped": True}, None, None),
        ({"failed": True, "msg": "denied"}, None, None),
        # A planned action blocks delivery until a run carries it out.
        ({**IN_ORDER, "deliverable": None, "actions": [CREATE, PUT]}, False, False),
        ({**IN_ORDER, "actions": [PUT]}, False, False),
        ({**IN_ORDER, "actions": [PUT], "missing_grants": [OF_BANK]}, True, False),
        ({**IN_ORDER, "actions": [PUT], "missing_grants": [{**OF_BANK, "region": "*"}]}, True, False),
        ({**IN_ORDER, "actions": [PUT], "missing_grants": [{**OF_BANK, "region": "eu-west-1"}]}, True, True),
        ({**IN_ORDER, "actions": [PUT], "missing_grants": [{**OF_BANK, "folder": "shop"}]}, True, True),
        ({**IN_ORDER, "actions": [PUT], "missing_grants": [{**OF_BANK, "layout": "hive"}]}, True, True),
        # An organization stands for every account.
        ({**IN_ORDER, "actions": [PUT], "missing_grants": [{"account_id": None, "region": "*"}]}, False, False),
        ({**IN_ORDER, "actions": [PUT_KEY], "key": {"arn": KEY, "changed": True, "failed": False}}, False, False),
        (
            {
                **IN_ORDER,
                "actions": [PUT_KEY],
                "key": {"arn": KEY, "changed": True, "failed": False, "missing_grants": [{"account_id": BANK}]},
            },
            True,
            False,
        ),
        (
            {
                **IN_ORDER,
                "deliverable": None,
                "failed": True,
                "key": {"arn": KEY, "changed": False, "failed": True},
            },
            None,
            None,
        ),
        # Problems that the destination check found.
        ({**IN_ORDER, "deliverable": False, "failed": True, "problems": [problem()]}, False, False),
        ({**IN_ORDER, "deliverable": False}, False, False),
        ({**IN_ORDER, "deliverable": False, "problems": [problem(**OF_BANK)]}, True, False),
        ({**IN_ORDER, "deliverable": False, "problems": [problem(**OF_BANK), problem("unknown")]}, None, False),
        ({**IN_ORDER, "deliverable": "unknown"}, None, None),
        ({**IN_ORDER, "deliverable": "unknown", "problems": [problem("unknown", account_id=SHOP)]}, None, True),
    ],
)
def test_deliverability_by_the_result_of_the_destination(
    bucket: dict[str, Any] | None, shop: bool | None, bank: bool | None
) -> None:
    assert deliverable(rows_of(bucket)) == (shop, bank)


@pytest.mark.parametrize(
    ("result", "shop", "bank"),
    [
        (None, None, None),
        ({"changed": False, "failed": True, "msg": "denied"}, None, None),
        ({"changed": False, "failed": False}, True, True),
        ({"changed": True, "failed": False}, False, False),
        ({"changed": True, "failed": False, "missing_grants": [{"account_id": BANK, "region": "*"}]}, True, False),
    ],
)
def test_a_shared_key_concerns_all_its_buckets(
    result: dict[str, Any] | None, shop: bool | None, bank: bool | None
) -> None:
    work = {**publication(), "keys": [{"name": "kms/1", "arn": KEY, "bucket_arns": ["arn:aws:s3:::other", BUCKET_ARN]}]}
    usual = {"msg": "", "actions": [], "unsuccessful": [], "statements": {}}
    keys = {} if result is None else {"kms/1": {**usual, **result}}
    assert deliverable(rows_of(IN_ORDER, work, keys=keys)) == (shop, bank)


def test_an_unmanaged_destination_has_no_known_obstacle() -> None:
    assert deliverable(rows_of(None, publication(bucket_policy=False, check_destination=False))) == (True, True)


@pytest.mark.parametrize(
    ("status", "bucket", "expected"),
    [
        # A recent delivery outweighs an unknown policy.
        ("delivered", {**IN_ORDER, "deliverable": "unknown"}, True),
        ("delivered", IN_ORDER, True),
        # The delivery is older than the missing policy.
        ("delivered", {**IN_ORDER, "actions": [PUT]}, False),
        ("nothing", IN_ORDER, False),
        ("unknown", IN_ORDER, None),
    ],
)
def test_recent_deliveries_replace_unknown(status: str, bucket: dict[str, Any], expected: bool | None) -> None:
    seen = {"status": status, "hours": 24, "since": "2026-05-31T06:00:00+00:00"}
    logs = [
        {**flow_log(name), "creation_time": "2026-01-01T00:00:00+00:00", "delivery": seen}
        for name in ("vpc-shop", "vpc-bank")
    ]
    assert deliverable(rows_of(bucket, deliveries={"x": {"flow_logs": logs}})) == (expected, expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change("traffic_type", "ACCEPT", "ALL"), False),
        # The current destination has no known obstacle.
        (Change("destination", "arn:aws:s3:::elsewhere", f"{BUCKET_ARN}/bank/"), True),
        (Change("destination", f"{BUCKET_ARN}/old/", f"{BUCKET_ARN}/bank/"), True),
        (Change("destination_options.hive_compatible_partitions", True, False), True),
        # AWS may return no destination.
        (Change("destination", "", f"{BUCKET_ARN}/bank/"), None),
    ],
)
def test_deliverability_of_a_drifted_flow_log_depends_on_its_current_destination(
    change: Change, expected: bool | None
) -> None:
    work = publication()
    action = Action("replace", "vpc-bank", replaces="fl-vpc-bank", changes=(change,))
    batches = {batch["name"]: of_batch(batch["resource_ids"][0]) for batch in work["batches"]}
    batches[f"{BANK}/us-east-1/vpc/1-1"] = of_batch("vpc-bank", action)
    bucket = {**IN_ORDER, "actions": [PUT], "missing_grants": [OF_BANK]}
    rows = rows_of(bucket, work, batches=batches)
    assert deliverable([row for row in rows if row["finding"] in ("drifted", "in_sync")]) == (True, expected)


def test_a_missing_flow_log_is_not_deliverable_and_an_unknown_one_is_unknown() -> None:
    work = publication()
    batches = {f"{SHOP}/eu-west-1/vpc/1-1": of_batch("vpc-shop", Action("create", "vpc-shop"))}
    rows = rows_of(IN_ORDER, work, batches=batches)
    assert deliverable(rows) == (False, None)
    assert {row["deliverable"] for row in rows if row["target_type"] != "VPC"} == {None}


@given(st.sampled_from([None, True, False, "unknown"]), st.booleans(), st.booleans(), st.booleans())
def test_deliverability_agrees_with_the_findings_about_the_bucket(
    verdict: Any, puts: bool, creates: bool, fails: bool
) -> None:
    actions = [CREATE] * creates + [PUT] * puts
    rows = rows_of({**IN_ORDER, "deliverable": verdict, "actions": actions, "failed": fails})
    about_bucket = {row["finding"] for row in rows if row["target_type"] == "Bucket"}
    if about_bucket & {"missing", "policy_drift", "failed_delivery"}:
        assert deliverable(rows) == (False, False)
    elif "unknown" in about_bucket:
        assert deliverable(rows) == (None, None)
    else:
        assert deliverable(rows) == (True, True)
