# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings of a run. A task that failed or did not run never gives in_sync."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import SEVERITIES
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import SEVERITY_ORDER
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.finding import UNKNOWN_FINDINGS
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Change
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.plugin_utils._report.model import failing
from tests.report_samples import report
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import overview
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

ACCOUNT = "111122223333"
BATCH = f"{ACCOUNT}/eu-west-1/vpc/1-1"
BUCKET = "s3/central"
IAM = f"{ACCOUNT}/iam"
POLICY_IN_ORDER = {"changed": False, "actions": [], "statements": {"kept": ["A"]}}
CHANGE = Change("traffic_type", "ACCEPT", "ALL")


def publication(*names: str, **variables: Any) -> dict:
    """Return the work for VPCs with these ids."""
    common = {"account_id": ACCOUNT, "region": "eu-west-1", "destination": "central/network", **variables}
    hosts = [
        HostVariables(name, {f"flow_log_{key}": value for key, value in common.items()}, ("prod",)) for name in names
    ]
    return plan_publication(hosts).to_dict()


def flow_log(target: str, **more: Any) -> dict:
    """Return a flow log as s3_flow_log returns it."""
    return {
        "flow_log_id": f"fl-{target}",
        "resource_id": target,
        "destination": "arn:aws:s3:::central/network/",
        "traffic_type": "ALL",
        "max_aggregation_interval": 600,
        "log_format": "${version}",
        "destination_options": {"file_format": "plain-text"},
        "tag_field_specifications": [],
        "delivery_status": "SUCCESS",
        "delivery_error": None,
        **more,
    }


def result(
    actions: list[Action] = (), flow_logs: list[dict] = (), unsuccessful: list[Unsuccessful] = (), **more: Any
) -> dict:
    """Return a result of s3_flow_log."""
    return {
        "changed": bool(actions),
        "actions": [action.to_dict() for action in actions],
        "flow_logs": list(flow_logs),
        "unsuccessful": [item.to_dict() for item in unsuccessful],
        "extra": [],
        **more,
    }


def rows(work: dict, batch: dict | None, bucket: dict | None = None, permissions: dict | None = None) -> list[dict]:
    """Return the findings of a report on one batch, one bucket and one account."""
    results = {
        "batches": {BATCH: batch} if batch is not None else {},
        "destinations": {BUCKET: POLICY_IN_ORDER if bucket is None else bucket},
        "permissions": {IAM: permissions} if permissions is not None else {},
    }
    return report(find(work, results))["findings"]


def about(found: list[dict], target: str) -> list[str]:
    """Return the classes of the findings about one target."""
    return [row["finding"] for row in found if row["target"] == target]


def test_a_matching_flow_log_is_in_sync() -> None:
    bucket, target = rows(publication("vpc-1"), result(flow_logs=[flow_log("vpc-1")]))
    assert bucket["target"] == "arn:aws:s3:::central"
    assert target["finding"] == "in_sync"
    assert target["flow_log_id"] == "fl-vpc-1"
    assert (target["account_id"], target["region"], target["groups"]) == (ACCOUNT, "eu-west-1", ["prod"])
    assert (target["severity"], target["planned_action"]) == ("ok", None)


@pytest.mark.parametrize(
    ("action", "finding", "how"),
    [
        (Action("create", "vpc-1"), "missing", None),
        (Action("replace", "vpc-1", replaces="fl-1", changes=(CHANGE,)), "drifted", "replace"),
        (Action("tag", "vpc-1", flow_log_id="fl-1", changes=(CHANGE,)), "drifted", "in_place"),
        (Action("untag", "vpc-1", flow_log_id="fl-1", changes=(CHANGE,)), "drifted", "in_place"),
        (Action("delete", "vpc-1", flow_log_id="fl-1"), "extra", None),
    ],
)
def test_each_planned_action_is_a_finding(action: Action, finding: str, how: str | None) -> None:
    found = rows(publication("vpc-1", "vpc-2"), result([action], [flow_log("vpc-1"), flow_log("vpc-2")]))
    (row,) = [row for row in found if row["target"] == "vpc-1"]
    assert (row["finding"], row["how"], row["planned_action"]) == (finding, how, action.action)
    assert row["changes"] == [change.to_dict() for change in action.changes]
    assert row["flow_log_id"] == (None if action.action == "create" else "fl-1")
    assert "--limit vpc-1" in row["remedy"]
    assert about(found, "vpc-2") == ["in_sync"]


NAMED_LOG = {"name": "tf-shop", "tags": {"Name": "tf-shop", "team": "net"}}


def test_unset_tags_of_a_named_flow_log_are_drift_without_an_action() -> None:
    work = publication("vpc-1", tags={"team": "sec", "stage": 1})
    (row,) = [row for row in rows(work, result([], [flow_log("vpc-1", **NAMED_LOG)])) if row["target"] == "vpc-1"]
    assert (row["finding"], row["how"], row["planned_action"]) == ("drifted", "in_place", None)
    assert [(change["field"], change["desired"]) for change in row["changes"]] == [
        ("tags.stage", "1"),
        ("tags.team", "sec"),
    ]
    assert "'tf-shop'" in row["evidence"]
    assert "flow_log_name" in row["remedy"] and "flow_log_adopt_named=true" in row["remedy"]
    for quiet in (publication("vpc-1"), publication("vpc-1", tags={"team": "net"})):
        assert about(rows(quiet, result([], [flow_log("vpc-1", **NAMED_LOG)])), "vpc-1") == ["in_sync"]


def test_the_remedy_for_a_named_copy_is_a_purge_only_if_the_host_gives_the_name() -> None:
    copy = flow_log("vpc-1", flow_log_id="fl-2", **NAMED_LOG)
    for name, purged in ((None, False), ("other", False), ("tf-shop", True)):
        found = rows(publication("vpc-1", name=name), result([], [flow_log("vpc-1", name=name)], extra=[copy]))
        (row,) = [row for row in found if row["finding"] == "duplicate"]
        assert "'tf-shop'" in row["evidence"]
        assert ("flow_log_purge=duplicates" in row["remedy"]) is purged
        assert ("delete-flow-logs" in row["remedy"]) is not purged


def test_a_named_flow_log_that_differs_is_drift_with_a_remedy() -> None:
    refused = Unsuccessful("vpc-1", "NamedFlowLog", "fl-1, named 'tf-shop'", "Give this name.", "fl-1", (CHANGE,))
    found = rows(publication("vpc-1"), result([], [flow_log("vpc-1", flow_log_id="fl-1")], [refused]))
    (row,) = [row for row in found if row["target"] == "vpc-1"]
    assert (row["finding"], row["planned_action"], row["flow_log_id"]) == ("drifted", None, "fl-1")
    assert row["changes"] == [CHANGE.to_dict()]
    assert "tf-shop" in row["evidence"] and row["remedy"] == "Give this name."


def test_setting_and_removing_tags_of_one_flow_log_is_one_finding() -> None:
    actions = [Action(kind, "vpc-1", flow_log_id="fl-1", changes=(CHANGE,)) for kind in ("tag", "untag")]
    (row,) = [row for row in rows(publication("vpc-1"), result(actions)) if row["target"] == "vpc-1"]
    assert row["planned_action"] == "tag+untag"
    assert len(row["changes"]) == 2


def test_a_planned_removal_is_a_duplicate_or_extra_depending_on_purge() -> None:
    removed = result([Action("delete", "vpc-1", flow_log_id="fl-2")], [flow_log("vpc-1")])
    assert about(rows(publication("vpc-1", purge="duplicates"), removed), "vpc-1") == ["duplicate"]
    assert about(rows(publication("vpc-1", purge="s3"), removed), "vpc-1") == ["extra"]


def test_other_flow_logs_and_copies_are_no_drift() -> None:
    extra = [flow_log("vpc-1", flow_log_id="fl-2"), flow_log("vpc-1", flow_log_id="fl-3", traffic_type="REJECT")]
    found_report = report(
        find(
            publication("vpc-1"),
            {
                "batches": {BATCH: result(flow_logs=[flow_log("vpc-1")], extra=extra)},
                "destinations": {BUCKET: POLICY_IN_ORDER},
            },
        )
    )
    assert about(found_report["findings"], "vpc-1") == ["duplicate", "extra", "in_sync"]
    assert found_report["verdict"] == "in_sync"


ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/network"


@pytest.mark.parametrize(
    ("connection", "before", "options"),
    [
        ({}, "", ""),
        ({"profile": "shop net"}, "", "--profile 'shop net' "),
        ({"assume_role_arn": ROLE_ARN}, f"# With credentials of {ROLE_ARN}:\n", ""),
        (
            {"profile": "shop", "assume_role_arn": ROLE_ARN, "secret_key": "hidden"},
            f"# With credentials of {ROLE_ARN}:\n",
            "--profile shop ",
        ),
    ],
)
def test_an_extra_flow_log_has_its_own_destination_and_commands_for_its_account(
    connection: dict[str, str], before: str, options: str
) -> None:
    other = flow_log("vpc-1", flow_log_id="fl-other", destination="arn:aws:s3:::elsewhere/old/")
    found = rows(publication("vpc-1", aws=connection), result((), [flow_log("vpc-1")], extra=[other]))
    (row,) = [row for row in found if row["finding"] == "extra"]
    assert (row["destination"], row["flow_log_id"]) == ("arn:aws:s3:::elsewhere/old/", "fl-other")
    assert "arn:aws:s3:::elsewhere/old/" in row["evidence"]
    more = f"{options}--region eu-west-1 --flow-log-ids fl-other"
    assert row["remedy"] == (
        f"{before}aws ec2 describe-flow-logs {more}\n# If nobody needs it: aws ec2 delete-flow-logs {more}"
    )


@pytest.mark.parametrize("deliverable", [False, "unknown"])
@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ({}, "aws s3api put-x --bucket central"),
        ({"profile": "archive"}, "aws s3api put-x --profile archive --bucket central"),
        ({"assume_role_arn": ROLE_ARN}, f"# With credentials of {ROLE_ARN}:\naws s3api put-x --bucket central"),
    ],
)
def test_remedies_of_a_bucket_are_for_its_account(deliverable: Any, connection: dict, expected: str) -> None:
    statement = '{"Action": "s3:GetBucketPolicy"}'
    problems = [
        {"status": "problem", "code": code, "remedy": remedy}
        for code, remedy in (("RequesterPays", "aws s3api put-x --bucket central"), ("Unreadable", statement))
    ]
    usual = {"changed": False, "failed": False, "msg": "", "actions": [], "statements": {}, "key": None}
    bucket = {**usual, "deliverable": deliverable, "summary": "No.", "problems": problems}
    work = publication("vpc-1", aws={"profile": "shop"}, bucket_aws=connection)
    (row,) = [row for row in rows(work, result((), [flow_log("vpc-1")]), bucket) if row["target_type"] == "Bucket"]
    assert row["remedy"] == f"{expected}\n{statement}"


def test_failed_delivery_is_found_although_the_flow_log_matches() -> None:
    failed = flow_log("vpc-1", delivery_status="FAILED", delivery_error="Access error")
    (row,) = [row for row in rows(publication("vpc-1"), result(flow_logs=[failed])) if row["target"] == "vpc-1"]
    assert row["finding"] == "failed_delivery"
    assert "Access error" in row["evidence"]


@pytest.mark.parametrize(
    ("item", "finding"),
    [
        (Unsuccessful("vpc-1", "ReplacementNeeded", "differs", "Set replace.", "fl-1", (CHANGE,)), "drifted"),
        (Unsuccessful("vpc-1", "Ambiguous", "several", "Name them."), "unknown"),
    ],
)
def test_a_refused_target_is_a_finding(item: Unsuccessful, finding: str) -> None:
    found = rows(publication("vpc-1", "vpc-2"), result((), [flow_log("vpc-2")], [item], failed=True, msg="no"))
    (row,) = [row for row in found if row["target"] == "vpc-1"]
    assert (row["finding"], row["planned_action"], row["remedy"]) == (finding, None, item.hint)
    assert item.code in row["evidence"]
    assert about(found, "vpc-2") == ["in_sync"]


def test_an_absent_flow_log_is_in_sync() -> None:
    work = publication("vpc-1", "vpc-2", state="absent")
    found = rows(work, result([Action("delete", "vpc-1", flow_log_id="fl-1")]))
    assert (about(found, "vpc-1"), about(found, "vpc-2")) == (["extra"], ["in_sync"])
    assert report(find(work, {"batches": {BATCH: result([Action("delete", "vpc-1")])}}))["verdict"] == "drift"


# -- unknown is never in sync -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("batch", "finding"),
    [
        (None, "not_evaluated"),
        ({}, "not_evaluated"),
        ({"skipped": True, "changed": False}, "not_evaluated"),
        ({"failed": True, "msg": "You are not authorized."}, "unknown"),
        ({"unreachable": True, "msg": "no"}, "unknown"),
        ({"changed": False}, "unknown"),
        ({"failed": True}, "unknown"),
        (result(), "unknown"),
        (result(flow_logs=[flow_log("vpc-9")]), "unknown"),
    ],
)
def test_only_a_result_with_the_flow_log_is_in_sync(batch: dict | None, finding: str) -> None:
    work = publication("vpc-1", "vpc-2")
    found = rows(work, batch)
    assert (about(found, "vpc-1"), about(found, "vpc-2")) == ([finding], [finding])
    assert report(find(work, {"batches": {BATCH: batch}} if batch else {}))["verdict"] == "unknown"


_JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=2), max_leaves=3
)


@given(st.dictionaries(st.sampled_from(["failed", "skipped", "msg", "changed", "unreachable"]), _JSON))
def test_no_result_without_actions_is_in_sync(batch: dict) -> None:
    found = rows(publication("vpc-1"), batch)
    assert about(found, "vpc-1")[0] in UNKNOWN_FINDINGS


@pytest.mark.parametrize(
    ("bucket", "finding"),
    [
        ({}, "not_evaluated"),
        ({"skipped": True}, "not_evaluated"),
        ({"failed": True, "msg": "Access Denied"}, "unknown"),
        (POLICY_IN_ORDER, "in_sync"),
        ({"changed": True, "actions": [{"action": "put_policy"}], "statements": {"added": ["A", "B"]}}, "policy_drift"),
    ],
)
def test_policy_of_the_bucket(bucket: dict, finding: str) -> None:
    (row,) = [row for row in rows(publication("vpc-1"), None, bucket) if row["target_type"] == "Bucket"]
    assert row["finding"] == finding


def test_an_unmanaged_bucket_policy_is_ignored_with_the_reason() -> None:
    work = publication("vpc-1", bucket_policy=False, check_destination=False)
    (row,) = [r for r in rows(work, None, {}) if r["target_type"] == "Bucket"]
    assert row["finding"] == "ignored"
    assert "flow_log_bucket_policy" in row["evidence"]


KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PUT = Action("put_policy", "arn:aws:s3:::central").to_dict()
PROBLEM = {"code": "RequesterPays", "status": "problem", "message": "m", "remedy": "aws s3api ..."}
DOUBT = {"code": "KeyUnreadable", "status": "unknown", "message": "m", "remedy": "kms:DescribeKey"}


def about_destination(work: dict, **done: Any) -> list[tuple[str, str]]:
    """Return the type and the class of each finding about the bucket and its key."""
    usual = {"changed": False, "failed": False, "msg": "", "actions": [], "statements": {}, "key": None}
    found = rows(work, result(flow_logs=[flow_log("vpc-1")]), {**usual, "deliverable": True, **done})
    return [(row["target_type"], row["finding"]) for row in found if row["target_type"] != "VPC"]


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ({}, [("Bucket", "in_sync")]),
        ({"deliverable": None}, [("Bucket", "in_sync")]),
        ({"deliverable": "unknown", "problems": [DOUBT]}, [("Bucket", "unknown")]),
        ({"deliverable": False, "problems": [PROBLEM]}, [("Bucket", "failed_delivery")]),
        ({"deliverable": False, "failed": True, "msg": "m"}, [("Bucket", "failed_delivery")]),
        ({"deliverable": False, "actions": [PUT]}, [("Bucket", "failed_delivery"), ("Bucket", "policy_drift")]),
        ({"deliverable": None, "failed": True, "msg": "m"}, [("Bucket", "unknown")]),
        (
            {"deliverable": None, "actions": [Action("create_bucket", "arn:aws:s3:::central").to_dict(), PUT]},
            [("Bucket", "missing"), ("Bucket", "policy_drift")],
        ),
        (
            {"key": {"arn": KEY, "changed": False, "failed": False, "statements": {}}},
            [("Bucket", "in_sync"), ("Key", "in_sync")],
        ),
        (
            {
                "actions": [Action("put_policy", KEY).to_dict()],
                "key": {"arn": KEY, "changed": True, "failed": False, "statements": {"added": ["A"]}},
            },
            [("Key", "policy_drift"), ("Bucket", "in_sync")],
        ),
        (
            {
                "deliverable": None,
                "failed": True,
                "msg": "m",
                "key": {"arn": KEY, "changed": False, "failed": True, "statements": {}},
            },
            [("Key", "unknown"), ("Bucket", "in_sync")],
        ),
    ],
)
def test_findings_of_a_destination(done: dict, expected: list[tuple[str, str]]) -> None:
    assert about_destination(publication("vpc-1"), **done) == expected


def test_a_finding_about_a_key_has_its_account_and_region() -> None:
    done = {
        "actions": [Action("put_policy", KEY).to_dict()],
        "key": {"arn": KEY, "changed": True, "failed": False, "statements": {"added": ["A"]}},
    }
    (row,) = [r for r in rows(publication("vpc-1"), None, done) if r["target_type"] == "Key"]
    assert (row["target"], row["account_id"], row["region"]) == (KEY, ACCOUNT, "eu-west-1")
    assert (row["planned_action"], row["how"]) == ("put_policy", "in_place")
    assert row["evidence"].endswith(" Statements to add: 1.")


@pytest.mark.parametrize("changes", [[], [{"action": "put_policy", "target": BUCKET}]])
def test_a_policy_that_grants_too_much_is_in_the_finding_about_its_bucket(changes: list[dict]) -> None:
    wide = {
        "message": "The policy grants more than log delivery needs.",
        "evidence": "Statement W: why.",
        "remedy": "R",
    }
    usual = {"changed": False, "failed": False, "msg": "", "statements": {}, "key": None, "deliverable": True}
    found = rows(publication("vpc-1"), None, {**usual, "actions": changes, "grants_too_much": [wide]})
    (row,) = [item for item in found if item["target_type"] == "Bucket"]
    assert row["evidence"].endswith("The policy grants more than log delivery needs. Statement W: why.")
    assert row["remedy"].splitlines()[-1] == "R"
    assert row["finding"] == ("policy_drift" if changes else "in_sync")


def test_each_remedy_of_a_destination_is_shown_once_and_the_certain_ones_come_first() -> None:
    done = {"deliverable": False, "summary": "Log delivery cannot write.", "problems": [DOUBT, PROBLEM, PROBLEM]}
    (row,) = [r for r in rows(publication("vpc-1"), None, done) if r["finding"] == "failed_delivery"]
    assert (row["evidence"], row["planned_action"]) == ("Log delivery cannot write.", None)
    assert row["remedy"] == "aws s3api ...\nkms:DescribeKey"


def test_only_the_first_remedies_are_shown() -> None:
    problems = [{**PROBLEM, "remedy": f"remedy {number}"} for number in range(9)]
    done = {"deliverable": False, "summary": "s", "problems": problems}
    (row,) = [r for r in rows(publication("vpc-1"), None, done) if r["finding"] == "failed_delivery"]
    assert row["remedy"] == "remedy 0\nremedy 1\nremedy 2"


def test_a_bucket_with_an_unmanaged_policy_is_in_sync_only_if_it_can_receive_flow_logs() -> None:
    work = publication("vpc-1", bucket_policy=False)
    assert about_destination(work) == [("Bucket", "in_sync")]
    assert about_destination(work, deliverable=None) == [("Bucket", "ignored")]
    assert about_destination(work, deliverable=False) == [("Bucket", "failed_delivery")]


PRINCIPAL = {"type": "role", "name": "logs", "buckets": []}


@pytest.mark.parametrize(
    ("permissions", "finding"),
    [
        (None, "not_evaluated"),
        ({"skipped": True}, "not_evaluated"),
        ({"failed": True, "msg": "templating"}, "unknown"),
        ({"results": []}, "not_evaluated"),
        ({"results": [{"item": PRINCIPAL, "changed": False}]}, "in_sync"),
        ({"results": [{"item": PRINCIPAL, "changed": True}]}, "permission_missing"),
        (
            {"results": [{"item": PRINCIPAL, "changed": False, "diff": {"before": {}, "after": {"logs": {}}}}]},
            "permission_missing",
        ),
        (
            {"results": [{"item": PRINCIPAL, "changed": False, "diff": {"before": {"a": {}}, "after": {"a": {}}}}]},
            "in_sync",
        ),
        ({"results": [{"item": PRINCIPAL, "failed": True, "error": {"code": "NoSuchEntity"}}]}, "permission_missing"),
        ({"results": [{"item": PRINCIPAL, "failed": True, "error": {"code": "AccessDenied"}}]}, "unknown"),
        ({"results": [{"item": PRINCIPAL, "skipped": True}]}, "not_evaluated"),
    ],
)
def test_permissions_of_a_principal(permissions: dict | None, finding: str) -> None:
    found = rows(publication("vpc-1", permission_principals=[PRINCIPAL]), None, None, permissions)
    assert about(found, "role/logs") == [finding]


def test_invalid_and_unselected_hosts_are_not_evaluated() -> None:
    hosts = [HostVariables("vpc-1", {}, ("prod",)), HostVariables("vpc-2", {"flow_log_region": "eu-west-1"})]
    found = report(find(plan_publication(hosts, {"vpc-1"}).to_dict(), {}))["findings"]
    assert [(row["finding"], row["host"], row["region"]) for row in found] == [
        ("not_evaluated", "vpc-1", None),
        ("not_evaluated", "vpc-2", "eu-west-1"),
    ]
    assert "flow_log_region" in found[0]["remedy"]


def test_without_targets_nothing_is_in_sync() -> None:
    found_report = report(find(plan_publication([]).to_dict(), {}))
    assert (found_report["verdict"], found_report["findings"]) == ("nothing_checked", [])


def test_remedies_are_safe_to_paste() -> None:
    hosts = [HostVariables("a'; rm -rf $HOME; '", {"flow_log_resource_id": "vpc-1"})]
    (row,) = report(find(plan_publication(hosts, []).to_dict(), {}))["findings"]
    assert "$HOME" not in row["remedy"]
    name = r"~a\x27\x3b\x20rm\x20-rf\x20\x24HOME\x3b\x20\x27\Z"
    assert shlex.split(row["remedy"])[-2:] == ["--limit", name]


def test_the_report_has_a_time_only_if_it_is_given() -> None:
    assert "generated_at" not in report([])
    assert report([], "2026-01-01T00:00:00Z")["generated_at"] == "2026-01-01T00:00:00Z"


def test_every_class_has_a_severity_that_exists() -> None:
    assert set(SEVERITIES.values()) == set(SEVERITY_ORDER)
    assert set(report([])["counts"]) == set(FINDINGS)


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [
        ([], {}),
        (["drifted"], {}),
        (["missing"], {"missing": 1}),
        (["high"], {"high": 1}),
        (["medium", "unknown"], {"medium": 2, "unknown": 1}),
        (["ok"], {"ok": 3}),
    ],
)
def test_fail_on(fail_on: list[str], expected: dict) -> None:
    batch = result([Action("create", "vpc-1")])
    found_report = report(
        find(publication("vpc-1", "vpc-2"), {"batches": {BATCH: batch}, "destinations": {BUCKET: POLICY_IN_ORDER}})
    )
    assert failing(found_report, fail_on) == expected


# -- the summary of a run -----------------------------------------------------------------------------------------


def test_summary_counts_actions_and_names_failures() -> None:
    hosts = [
        HostVariables(
            "vpc-1", {"flow_log_account_id": ACCOUNT, "flow_log_region": "eu-west-1", "flow_log_destination": "central"}
        ),
        HostVariables("vpc-2", {}),
    ]
    work = plan_publication(hosts).to_dict()
    results = {
        "batches": {BATCH: result([Action("create", "vpc-1")])},
        "destinations": {BUCKET: {"failed": True, "msg": "denied"}},
    }
    summary = summarise(work, results)
    assert summary["actions"] == {"create": 1}
    worked_on, invalid = summary["failures"]
    assert worked_on == {"host": "vpc-1", "pattern": "vpc-1", "message": f"{BUCKET}: denied"}
    assert invalid["host"] == "vpc-2" and invalid["message"].startswith("vpc-2: flow_log_")
    assert summary["headline"] == "flow logs: targets=1 batches=1 destinations=1 create=1 failed=2"


def test_a_batch_that_did_not_run_has_the_reason() -> None:
    work = publication("vpc-1")
    (blocked,) = summarise(work, {"destinations": {BUCKET: {"failed": True, "msg": "denied"}}})["failures"]
    _bucket, of_the_batch = blocked["message"].split(" | ")
    assert (
        of_the_batch == f"{BATCH}: Not run, because its destination arn:aws:s3:::central/network/ failed, see {BUCKET}."
    )
    (waiting,) = summarise(work, {"destinations": {BUCKET: POLICY_IN_ORDER}})["failures"]
    assert waiting["message"] == f"{BATCH}: did not run"
    work = publication("vpc-1", bucket_policy=False)
    (waiting,) = summarise(work, {"batches": {BATCH: result()}})["failures"]
    assert waiting["message"] == f"{BUCKET}: did not run"
    left_alone = publication("vpc-1", bucket_policy=False, check_destination=False)
    assert summarise(left_alone, {"batches": {BATCH: result(flow_logs=[])}})["failures"] == []


def test_failures_of_one_host_are_one_failure() -> None:
    hosts = [
        HostVariables(
            "vpc-1", {"flow_log_account_id": ACCOUNT, "flow_log_region": "eu-west-1", "flow_log_destination": "central"}
        )
    ]
    work = plan_publication(hosts).to_dict()
    (failure,) = summarise(work, {"destinations": {BUCKET: {"failed": True, "msg": "denied"}}})["failures"]
    assert failure["host"] == "vpc-1"
    assert failure["message"].count(" | ") == 1


def test_a_failure_names_the_first_host_of_the_work_and_a_pattern_for_it_alone() -> None:
    """Ansible reads shop:443 as a host with a port, and Main VPC as two patterns."""
    elsewhere = {"flow_log_account_id": "444455556666"}
    common = {"flow_log_account_id": ACCOUNT, "flow_log_region": "eu-west-1", "flow_log_destination": "central"}
    hosts = [
        HostVariables("shop:443", {**common, "flow_log_resource_id": "vpc-1"}),
        HostVariables("vpc-2", common),
        HostVariables("Main VPC", {**common, **elsewhere, "flow_log_resource_id": "vpc-3"}),
        HostVariables("bank:443"),
    ]
    failures = summarise(plan_publication(hosts).to_dict(), {"destinations": {BUCKET: POLICY_IN_ORDER}})["failures"]
    assert [(item["host"], item["pattern"]) for item in failures] == [
        ("shop:443", r"~shop\x3a443\Z"),
        ("Main VPC", r"~Main\x20VPC\Z"),
        ("bank:443", r"~bank\x3a443\Z"),
    ]


def test_overview_lists_the_work_of_the_run() -> None:
    assert overview(publication("vpc-1")) == [f"{BATCH}: 1 target to arn:aws:s3:::central/network/"]
    assert overview(publication("vpc-1", state="absent"))[0].endswith("1 target from arn:aws:s3:::central/network/")
    assert overview(plan_publication([]).to_dict()) == ["There is no target, so there is nothing to do."]
    (line,) = overview(plan_publication([HostVariables("vpc-1")]).to_dict())
    assert line.startswith("vpc-1: left out. flow_log_")
