# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report about the state after a run for real: what was done is as asked for, what was not still is not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.applied_results import after_run
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


def left(
    batch: Any = None, bucket: Any = None, permissions: Any = None, **variables: Any
) -> dict[str, list[tuple[str, str]]]:
    """What a run for real leaves: classes and evidence by target."""
    results = {
        "batches": {BATCH: batch} if batch is not None else {},
        "destinations": {BUCKET: POLICY_IN_ORDER if bucket is None else bucket},
        "permissions": {IAM: permissions} if permissions is not None else {},
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for one in find(publication("vpc-1", **variables), after_run(results)):
        found.setdefault(one.target, []).append((one.finding, one.evidence))
        assert one.planned_action is None
    return found


@pytest.mark.parametrize(
    ("actions", "told"),
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
def test_what_was_done_is_as_asked_for_since(actions: list[Action], told: str) -> None:
    found = left(result(actions, [flow_log("vpc-1")]))
    assert found["vpc-1"] == [("in_sync", f"The flow log matches the inventory{told}")]


def test_a_flow_log_that_was_removed_is_gone() -> None:
    found = left(result([Action("delete", "vpc-1", flow_log_id="fl-0")]), state="absent")
    assert found["vpc-1"] == [("in_sync", "The target has no such flow log, as configured since this run (delete).")]


def test_what_failed_is_told_beside_what_was_done() -> None:
    """The new one is there, the old one could not be deleted: that still differs."""
    kept = Unsuccessful("vpc-1", "UnauthorizedOperation", "No.", "Do.", "fl-0", (CHANGE,))
    assert left(result([Action("create", "vpc-1")], [flow_log("vpc-1")], [kept]))["vpc-1"] == [
        ("drifted", "No. (UnauthorizedOperation)")
    ]
    refused = Unsuccessful("vpc-1", "400", "No such bucket.")
    assert left(result([], [], [refused], failed=True))["vpc-1"] == [("unknown", "No such bucket. (400)")]


def test_a_new_flow_log_that_does_not_deliver_is_not_in_sync() -> None:
    failing = flow_log("vpc-1", delivery_status="FAILED", delivery_error="Access error")
    ((kind, evidence),) = left(result([Action("create", "vpc-1")], [failing]))["vpc-1"]
    assert kind == "failed_delivery" and "Access error" in evidence


@pytest.mark.parametrize(
    "batch",
    [
        {"failed": True, "msg": "No credentials."},
        {"unreachable": True, "msg": "No credentials."},
        {"changed": True, "actions": [Action("create", "vpc-1").to_dict()], "unsuccessful": [], "extra": []},
    ],
)
def test_without_flow_logs_in_the_result_nothing_is_known(batch: dict[str, Any]) -> None:
    assert [kind for kind, _evidence in left(batch)["vpc-1"]] == ["unknown"]


@pytest.mark.parametrize("batch", [None, {}, {"skipped": True, "changed": False}])
def test_what_did_not_run_stays_not_evaluated(batch: Any) -> None:
    assert [kind for kind, _evidence in left(batch)["vpc-1"]] == ["not_evaluated"]
    assert left(bucket={"skipped": True})[BUCKET_ARN][0][0] == "not_evaluated"


def test_policies_that_were_written_let_log_delivery_in() -> None:
    statements = {"added": ["A"]}
    done = [Action("create_bucket", BUCKET_ARN).to_dict(), Action("put_policy", BUCKET_ARN).to_dict()]
    key = {"arn": KEY_ARN, "changed": True, "failed": False, "statements": statements}
    bucket = {"changed": True, "actions": done, "statements": statements, "key": key, "deliverable": True}
    found = left(bucket=bucket)
    assert found[BUCKET_ARN] == [
        ("in_sync", "The bucket policy lets log delivery in as needed since this run (create_bucket, put_policy).")
    ]
    assert found[KEY_ARN] == [
        ("in_sync", "The key policy lets log delivery use the key as needed since this run (put_policy).")
    ]
    assert left(bucket={**bucket, "deliverable": False, "summary": "Denied."})[BUCKET_ARN] == [
        ("failed_delivery", "Denied.")
    ]
    assert left(bucket={"actions": [], "failed": True, "msg": "No."})[BUCKET_ARN] == [("unknown", "No.")]


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        ({"actions": [Action("put_policy", BUCKET_ARN).to_dict()]}, True),
        # What could not be written is still lacking.
        ({"actions": [], "failed": True, "msg": "denied"}, False),
        ({"actions": [Action("put_policy", KEY_ARN).to_dict()], "key": {"arn": KEY_ARN, "changed": True}}, False),
    ],
)
def test_what_was_granted_is_deliverable_afterwards(bucket: dict[str, Any], expected: bool) -> None:
    lacking = {"missing_grants": [{"account_id": None, "region": "*", "folder": None, "layout": None}]}
    done = {"changed": True, "failed": False, "msg": "", "statements": {}, "key": None, **lacking, **bucket}
    if done["key"]:
        done["key"] = {"failed": False, "statements": {}, **lacking, **done["key"]}
    results = {"batches": {BATCH: result([], [flow_log("vpc-1")])}, "destinations": {BUCKET: done}}
    (found,) = [one for one in find(publication("vpc-1"), after_run(results)) if one.target == "vpc-1"]
    assert found.deliverable is expected


def test_principals_that_got_their_policy_have_it() -> None:
    principals = [{"type": "role", "name": name} for name in ("made", "there", "gone")]
    results = [
        {"item": principals[0], "changed": True, "diff": {"before": {}, "after": {"logs": {}}}},
        {"item": principals[1], "changed": False},
        {"item": principals[2], "failed": True, "msg": "NoSuchEntity"},
    ]
    found = left(permissions={"results": results}, permission_principals=principals)
    assert found["role/made"] == [
        ("in_sync", "The policy for publishing flow logs is there since this run (put_policy).")
    ]
    assert found["role/there"] == [("in_sync", "The policy for publishing flow logs is there.")]
    assert [kind for kind, _evidence in found["role/gone"]] == ["permission_missing"]
    assert left(permissions={"failed": True, "msg": "No."}, permission_principals=principals)["role/made"] == [
        ("unknown", "No.")
    ]
