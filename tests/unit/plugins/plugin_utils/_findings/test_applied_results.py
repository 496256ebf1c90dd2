# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report on the state after a real run: completed actions are in sync, failures are not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.applied_results import applied_results
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Change
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful

from tests.unit.plugins.plugin_utils._findings.test_collect import ACCOUNT
from tests.unit.plugins.plugin_utils._findings.test_collect import BATCH
from tests.unit.plugins.plugin_utils._findings.test_collect import BUCKET
from tests.unit.plugins.plugin_utils._findings.test_collect import IAM
from tests.unit.plugins.plugin_utils._findings.test_collect import POLICY_IN_ORDER
from tests.unit.plugins.plugin_utils._findings.test_collect import flow_log
from tests.unit.plugins.plugin_utils._findings.test_collect import publication
from tests.unit.plugins.plugin_utils._findings.test_collect import result

BUCKET_ARN = "arn:aws:s3:::central"
KEY_ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
CHANGE = Change("traffic_type", "ACCEPT", "ALL")


def findings_afterwards(
    batch: Any = None, bucket: Any = None, permissions: Any = None, **variables: Any
) -> dict[str, list[tuple[str, str]]]:
    """Return the class and the evidence of the findings after a real run, by target."""
    results = {
        "batches": {BATCH: batch} if batch is not None else {},
        "destinations": {BUCKET: POLICY_IN_ORDER if bucket is None else bucket},
        "permissions": {IAM: permissions} if permissions is not None else {},
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for one in find(publication("vpc-1", **variables), applied_results(results)):
        found.setdefault(one.target, []).append((one.finding, one.evidence))
        assert one.planned_action is None
    return found


@pytest.mark.parametrize(
    ("actions", "since"),
    [
        ([], "."),
        ([Action("create", "vpc-1")], " since this run (create)."),
        ([Action("replace", "vpc-1", replaces="fl-0", changes=(CHANGE,))], " since this run (replace)."),
        (
            [Action("tag", "vpc-1", changes=(CHANGE,)), Action("tag", "vpc-1"), Action("delete", "vpc-1")],
            " since this run (tag, delete).",
        ),
    ],
)
def test_an_applied_target_is_in_sync_since_this_run(actions: list[Action], since: str) -> None:
    found = findings_afterwards(result(actions, [flow_log("vpc-1")]))
    assert found["vpc-1"] == [("in_sync", f"The flow log matches the inventory{since}")]


def test_a_removed_flow_log_is_in_sync() -> None:
    found = findings_afterwards(result([Action("delete", "vpc-1", flow_log_id="fl-0")]), state="absent")
    assert found["vpc-1"] == [("in_sync", "The target has no such flow log, as configured since this run (delete).")]


def test_a_failure_after_an_action_is_still_drift() -> None:
    """The new flow log exists, but the old one could not be deleted."""
    kept = Unsuccessful("vpc-1", "UnauthorizedOperation", "No.", "Do.", "fl-0", (CHANGE,))
    assert findings_afterwards(result([Action("create", "vpc-1")], [flow_log("vpc-1")], [kept]))["vpc-1"] == [
        ("drifted", "No. (UnauthorizedOperation)")
    ]
    refused = Unsuccessful("vpc-1", "400", "No such bucket.")
    assert findings_afterwards(result([], [], [refused], failed=True))["vpc-1"] == [
        ("unknown", "No such bucket. (400)")
    ]


def test_a_new_flow_log_with_failing_delivery_is_not_in_sync() -> None:
    failing = flow_log("vpc-1", delivery_status="FAILED", delivery_error="Access error")
    ((kind, evidence),) = findings_afterwards(result([Action("create", "vpc-1")], [failing]))["vpc-1"]
    assert kind == "failed_delivery" and "Access error" in evidence


@pytest.mark.parametrize(
    "batch",
    [
        {"failed": True, "msg": "No credentials."},
        {"unreachable": True, "msg": "No credentials."},
        {"changed": True, "actions": [Action("create", "vpc-1").to_dict()], "unsuccessful": [], "extra": []},
    ],
)
def test_a_result_without_flow_logs_is_unknown(batch: dict[str, Any]) -> None:
    assert [kind for kind, _evidence in findings_afterwards(batch)["vpc-1"]] == ["unknown"]


@pytest.mark.parametrize("batch", [None, {}, {"skipped": True, "changed": False}])
def test_work_that_did_not_run_stays_not_evaluated(batch: Any) -> None:
    assert [kind for kind, _evidence in findings_afterwards(batch)["vpc-1"]] == ["not_evaluated"]
    assert findings_afterwards(bucket={"skipped": True})[BUCKET_ARN][0][0] == "not_evaluated"


def test_written_policies_are_in_sync() -> None:
    statements = {"added": ["A"]}
    done = [Action("create_bucket", BUCKET_ARN).to_dict(), Action("put_policy", BUCKET_ARN).to_dict()]
    key = {"arn": KEY_ARN, "changed": True, "failed": False, "statements": statements}
    bucket = {"changed": True, "actions": done, "statements": statements, "key": key, "deliverable": True}
    found = findings_afterwards(bucket=bucket)
    assert found[BUCKET_ARN] == [
        (
            "in_sync",
            "The bucket policy grants log delivery the access that it needs since this run (create_bucket, put_policy).",
        )
    ]
    assert found[KEY_ARN] == [
        ("in_sync", "The key policy grants log delivery the access that it needs since this run (put_policy).")
    ]
    assert findings_afterwards(bucket={**bucket, "deliverable": False, "summary": "Denied."})[BUCKET_ARN] == [
        ("failed_delivery", "Denied.")
    ]
    assert findings_afterwards(bucket={"actions": [], "failed": True, "msg": "No."})[BUCKET_ARN] == [("unknown", "No.")]


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        ({"actions": [Action("put_policy", BUCKET_ARN).to_dict()]}, True),
        # The policy could not be written, so the grants are still missing.
        ({"actions": [], "failed": True, "msg": "denied"}, False),
        ({"actions": [Action("put_policy", KEY_ARN).to_dict()], "key": {"arn": KEY_ARN, "changed": True}}, False),
    ],
)
def test_written_grants_make_the_target_deliverable(bucket: dict[str, Any], expected: bool) -> None:
    missing = {"missing_grants": [{"account_id": None, "region": "*", "folder": None, "layout": None}]}
    done = {"changed": True, "failed": False, "msg": "", "statements": {}, "key": None, **missing, **bucket}
    if done["key"]:
        done["key"] = {"failed": False, "statements": {}, **missing, **done["key"]}
    results = {"batches": {BATCH: result([], [flow_log("vpc-1")])}, "destinations": {BUCKET: done}}
    (found,) = [one for one in find(publication("vpc-1"), applied_results(results)) if one.target == "vpc-1"]
    assert found.deliverable is expected


def test_a_policy_that_was_not_written_still_misses_its_grants() -> None:
    left = {"changed": False, "failed": False, "actions": [], "missing_grants": [{"account_id": ACCOUNT}]}
    applied = applied_results({"destinations": {"s3/central": {**left, "key": left}}, "keys": {KEY_ARN: left}})
    bucket = applied["destinations"]["s3/central"]
    for one in (bucket, bucket["key"], applied["keys"][KEY_ARN]):
        assert (one["missing_grants"], one["done"]) == (left["missing_grants"], [])


def test_attached_policies_are_in_sync() -> None:
    principals = [{"type": "role", "name": name} for name in ("new", "unchanged", "gone")]
    results = [
        {"item": principals[0], "changed": True, "diff": {"before": {}, "after": {"logs": {}}}},
        {"item": principals[1], "changed": False},
        {"item": principals[2], "failed": True, "msg": "NoSuchEntity"},
    ]
    found = findings_afterwards(permissions={"results": results}, permission_principals=principals)
    assert found["role/new"] == [
        ("in_sync", "The principal has the policy for publishing flow logs since this run (put_policy).")
    ]
    assert found["role/unchanged"] == [("in_sync", "The principal has the policy for publishing flow logs.")]
    assert [kind for kind, _evidence in found["role/gone"]] == ["permission_missing"]
    assert findings_afterwards(permissions={"failed": True, "msg": "No."}, permission_principals=principals)[
        "role/new"
    ] == [("unknown", "No.")]
