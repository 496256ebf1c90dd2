# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan from the current to the desired flow logs, and the prediction of its result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from typing import Dict
from typing import List
from typing import Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import REPLACED_TAG
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import FlowLog
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import flow_log_from_description
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.desired import AbsentFlowLogs
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.desired import DesiredFlowLogs
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.desired import PresentFlowLogs
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.plan import plan_flow_logs
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.plan import unset_tags_warning
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.prediction import apply_steps
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.prediction import diff_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.prediction import managed_flow_logs
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.prediction import steps_with_late_answer
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import CreateStep
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import FlowLogPlan
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import ReplaceStep
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import in_order
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import without_targets
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import DEFAULT_FORMATS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import TRANSIT_GATEWAY
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.log_format import VPC
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import FlowLogSettings
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import settings_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.tags import tag_changes
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.tags import tag_key

VPC_ID = "vpc-1"
DESTINATION = "arn:aws:s3:::example-logs/network/"


def settings(resource_type: str = "VPC", **options: Any) -> FlowLogSettings:
    return settings_from_options({"destination": DESTINATION, **options}, RESOURCE_TYPES[resource_type], "aws")[0]


def flow_log(flow_log_id: str = "fl-1", **changed: Any) -> FlowLog:
    base = settings().as_flow_log(VPC_ID, {})
    return replace(base, flow_log_id=flow_log_id, creation_time="2026-01-01", delivery_status="SUCCESS", **changed)


def present(*targets: str, **changed: Any) -> PresentFlowLogs:
    return PresentFlowLogs(targets=targets or (VPC_ID,), **{"settings": settings(), **changed})


def summary(plan: FlowLogPlan) -> List[Tuple[str, Any, Any]]:
    return [(step.action.action, step.action.flow_log_id, step.action.replaces) for step in plan.steps]


# -- what is a difference ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "described",
    [
        {},
        {"LogDestination": "arn:aws:s3:::example-logs/network"},
        {"MaxAggregationInterval": 600},
        {"LogFormat": DEFAULT_FORMATS[VPC]},
        {"LogFormat": DEFAULT_FORMATS[VPC] + " "},
        {
            "DestinationOptions": {
                "FileFormat": "plain-text",
                "HiveCompatiblePartitions": False,
                "PerHourPartition": False,
            }
        },
        {"DestinationOptions": {}},
        {"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "x"}, {"Key": "team", "Value": "y"}]},
        {"DeliverLogsStatus": "FAILED", "DeliverLogsErrorMessage": "Access error"},
    ],
)
def test_defaults_and_omitted_attributes_are_no_difference(described: Dict[str, Any]) -> None:
    item = {
        "FlowLogId": "fl-1",
        "ResourceId": VPC_ID,
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": DESTINATION,
        **described,
    }
    plan = plan_flow_logs(present(), [flow_log_from_description(item)])
    assert plan.steps == () and plan.unsuccessful == ()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"traffic_type": "REJECT"}, "traffic_type"),
        ({"max_aggregation_interval": 60}, "max_aggregation_interval"),
        ({"log_format": "${dstaddr} ${srcaddr}"}, "log_format"),
    ],
)
def test_each_setting_that_differs_is_named_with_both_values(changed: Dict[str, Any], field: str) -> None:
    plan = plan_flow_logs(present(), [flow_log(**changed)])
    (step,) = plan.steps
    assert (step.action.action, step.action.replaces) == ("replace", "fl-1")
    assert isinstance(step, ReplaceStep) and step.old_id == "fl-1"
    (change,) = step.action.changes
    assert (change.field, change.current) == (field, changed[field])
    assert change.desired != change.current


def test_reordered_fields_are_a_difference() -> None:
    desired = present(settings=settings(log_format=["srcaddr", "dstaddr"]))
    assert summary(plan_flow_logs(desired, [flow_log(log_format="${dstaddr} ${srcaddr}")])) == [
        ("replace", None, "fl-1")
    ]
    assert summary(plan_flow_logs(desired, [flow_log(log_format="${srcaddr} ${dstaddr}")])) == []


def test_a_transit_gateway_does_not_differ_in_attributes_that_cannot_be_set() -> None:
    item = {
        "FlowLogId": "fl-1",
        "ResourceId": "tgw-1",
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": DESTINATION,
        "MaxAggregationInterval": 60,
        "LogFormat": DEFAULT_FORMATS[TRANSIT_GATEWAY],
    }
    desired = present("tgw-1", settings=settings("TransitGateway"))
    assert plan_flow_logs(desired, [flow_log_from_description(item)]).steps == ()


def test_tag_keys_keep_their_order_and_types_do_not() -> None:
    options = {
        "log_format": ["instance-tag", "instance-tag-2", "interface-tag"],
        "tag_field_specifications": [
            {"resource_type": "network-interface", "tag_keys": ["x"]},
            {"resource_type": "instance", "tag_keys": ["b", "a"]},
        ],
    }
    item = {
        "FlowLogId": "fl-1",
        "ResourceId": VPC_ID,
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": DESTINATION,
        "LogFormat": "${instance-tag} ${instance-tag-2} ${interface-tag}",
        "TagFieldSpecifications": [
            {"ResourceType": "instance", "TagKeys": ["b", "a"]},
            {"ResourceType": "network-interface", "TagKeys": ["x"]},
        ],
    }
    desired = present(settings=settings(**options))
    assert plan_flow_logs(desired, [flow_log_from_description(item)]).steps == ()
    item["TagFieldSpecifications"][0]["TagKeys"].reverse()
    (step,) = plan_flow_logs(desired, [flow_log_from_description(item)]).steps
    assert [change.field for change in step.action.changes] == ["tag_field_specifications"]


# -- identity ------------------------------------------------------------------------------------------------------


def test_a_target_without_a_flow_log_gets_one_and_others_are_left_alone() -> None:
    others = [
        flow_log("fl-cwl", log_destination_type="cloud-watch-logs", log_destination=""),
        flow_log("fl-other", log_destination="arn:aws:s3:::other-logs"),
        flow_log("fl-elsewhere", resource_id="vpc-2"),
    ]
    plan = plan_flow_logs(present(), others)
    assert summary(plan) == [("create", None, None)]
    assert [item.flow_log_id for item in plan.extra] == ["fl-other"]


def test_of_several_candidates_the_oldest_healthy_equal_one_is_kept() -> None:
    logs = [
        flow_log("fl-reject", traffic_type="REJECT"),
        flow_log("fl-failed"),
        flow_log("fl-new"),
        flow_log("fl-old"),
    ]
    logs[1] = replace(logs[1], delivery_status="FAILED", creation_time="2020")
    logs[3] = replace(logs[3], creation_time="2021")
    plan = plan_flow_logs(present(), logs)
    assert plan.steps == ()
    assert [item.flow_log_id for item in plan.kept] == ["fl-old"]
    assert {item.flow_log_id for item in plan.extra} == {"fl-reject", "fl-failed", "fl-new"}


def test_several_candidates_without_an_equal_one_are_ambiguous() -> None:
    logs = [flow_log("fl-a", traffic_type="ACCEPT"), flow_log("fl-r", traffic_type="REJECT")]
    plan = plan_flow_logs(present(), logs)
    assert plan.steps == ()
    (item,) = plan.unsuccessful
    assert item.code == "Ambiguous"
    assert "fl-a (traffic_type 'ACCEPT')" in item.message and "fl-r (traffic_type 'REJECT')" in item.message


def test_with_names_an_accept_and_a_reject_log_share_a_destination() -> None:
    logs = [
        flow_log("fl-a", traffic_type="ACCEPT", tags={"Name": "accepted"}),
        flow_log("fl-r", traffic_type="REJECT", tags={"Name": "rejected"}),
    ]
    desired = present(name="rejected", settings=settings(traffic_type="REJECT"))
    plan = plan_flow_logs(desired, logs)
    assert plan.steps == () and [item.flow_log_id for item in plan.kept] == ["fl-r"]
    moved = present(name="rejected", settings=settings(traffic_type="REJECT", destination="other-logs"))
    assert summary(plan_flow_logs(moved, logs)) == [("replace", None, "fl-r")]


def test_a_name_given_later_is_put_on_the_equal_flow_log() -> None:
    plan = plan_flow_logs(present(name="central"), [flow_log()])
    assert summary(plan) == [("tag", "fl-1", None)]
    assert plan.steps[0].action.changes[0].to_dict() == {"field": "tags.Name", "current": None, "desired": "central"}
    named_otherwise = [flow_log(tags={"Name": "other"})]
    assert summary(plan_flow_logs(present(name="central"), named_otherwise)) == [("create", None, None)]


INTERVAL = {"max_aggregation_interval": 60}
NAMED_TAGS = {"Name": "tf-shop", "team": "net"}


def extras(plan: FlowLogPlan) -> set:
    return {item.flow_log_id for item in plan.extra}


def test_without_a_name_an_equal_named_flow_log_is_adopted_unchanged() -> None:
    for tags in (None, {}, {"team": "sec"}, {"team": "sec", "Name": "mine"}):
        plan = plan_flow_logs(present(tags=tags), [flow_log(tags=NAMED_TAGS)])
        assert plan.steps == () and plan.unsuccessful == ()
        assert [item.flow_log_id for item in plan.kept] == ["fl-1"]


@pytest.mark.parametrize("replace_mode", ["create_first", "delete_first", "never"])
@pytest.mark.parametrize("purge", ["none", "duplicates"])
def test_without_a_name_a_named_flow_log_that_differs_is_refused_with_options(replace_mode: str, purge: str) -> None:
    desired = present("vpc-2", VPC_ID, replace=replace_mode, purge=purge)
    plan = plan_flow_logs(desired, [flow_log(tags=NAMED_TAGS, **INTERVAL)])
    assert summary(plan) == [("create", None, None)] and plan.steps[0].action.target == "vpc-2"
    (item,) = plan.unsuccessful
    assert (item.target, item.code, item.flow_log_id) == (VPC_ID, "NamedFlowLog", "fl-1")
    assert [change.field for change in item.changes] == ["max_aggregation_interval"]
    assert "fl-1, named 'tf-shop' (max_aggregation_interval 60)" in item.message
    assert [word for word in ("Give this name", "another destination", "adopt_named") if word not in item.hint] == []
    # It is only reported as refused, not also as another flow log of the target.
    assert plan.extra == ()


def test_several_flow_logs_with_names_are_all_listed() -> None:
    logs = [
        flow_log("fl-a", tags={"Name": "a"}, **INTERVAL),
        flow_log("fl-b", tags={"Name": "b"}, traffic_type="ACCEPT"),
    ]
    (item,) = plan_flow_logs(present(), logs).unsuccessful
    assert (item.code, item.flow_log_id, item.changes) == ("NamedFlowLog", None, ())
    assert "fl-a, named 'a'" in item.message and "fl-b, named 'b'" in item.message
    (item,) = plan_flow_logs(present(adopt_named=True), logs).unsuccessful
    assert item.code == "Ambiguous" and "fl-a, named 'a'" in item.message


def test_without_a_name_the_unnamed_flow_log_is_managed() -> None:
    logs = [flow_log("fl-named", tags={"Name": "a"}, traffic_type="REJECT"), flow_log("fl-own", **INTERVAL)]
    plan = plan_flow_logs(present(), logs)
    assert summary(plan) == [("replace", None, "fl-own")] and extras(plan) == {"fl-named"}
    # AWS would refuse an equal flow log, even with another name.
    logs = [flow_log("fl-named", tags={"Name": "a"}), flow_log("fl-own", **INTERVAL)]
    plan = plan_flow_logs(present(), logs)
    assert plan.steps == () and [item.flow_log_id for item in plan.kept] == ["fl-named"]
    assert plan_flow_logs(present(), [logs[0], flow_log("fl-own")]).kept[0].flow_log_id == "fl-own"


def test_a_named_flow_log_for_other_traffic_does_not_prevent_a_new_one() -> None:
    logs = [flow_log("fl-r", tags={"Name": "rejected"}, traffic_type="REJECT")]
    plan = plan_flow_logs(present(settings=settings(traffic_type="ACCEPT")), logs)
    assert summary(plan) == [("create", None, None)] and extras(plan) == {"fl-r"}


def test_adopt_named_is_the_consent_to_take_over_named_flow_logs() -> None:
    named_log = flow_log(tags=NAMED_TAGS, **INTERVAL)
    plan = plan_flow_logs(present(adopt_named=True), [named_log])
    assert summary(plan) == [("replace", None, "fl-1")] and plan.steps[0].tags == NAMED_TAGS
    equal = flow_log(tags=NAMED_TAGS)
    assert summary(plan_flow_logs(present(adopt_named=True, tags={"team": "sec"}), [equal])) == [
        ("tag", "fl-1", None),
        ("untag", "fl-1", None),
    ]
    # With a name, adopt_named has no effect: the name identifies the flow log.
    assert summary(plan_flow_logs(present(adopt_named=True, name="other"), [named_log])) == [("create", None, None)]


def test_a_name_tag_in_tags_identifies_the_flow_log_of_the_task() -> None:
    desired = present(tags={"Name": "tf-shop"}, purge_tags=False)
    assert summary(plan_flow_logs(desired, [flow_log(tags=NAMED_TAGS, **INTERVAL)])) == [("replace", None, "fl-1")]
    assert summary(plan_flow_logs(desired, [flow_log()])) == [("tag", "fl-1", None)]


def test_an_empty_name_is_none() -> None:
    logs = [flow_log(tags={"Name": ""}, **INTERVAL)]
    assert summary(plan_flow_logs(present(), logs)) == [("replace", None, "fl-1")]
    assert summary(plan_flow_logs(present(name="central", settings=settings(**INTERVAL)), logs)) == [
        ("tag", "fl-1", None)
    ]


def test_a_named_flow_log_of_an_aws_service_is_refused_as_managed_by_aws() -> None:
    logs = [flow_log(tags={"Name": "stack", "aws:cloudformation:stack-id": "x"}, **INTERVAL)]
    (item,) = plan_flow_logs(present(), logs).unsuccessful
    assert (item.code, item.flow_log_id) == ("ManagedByAws", "fl-1")


def test_warning_lists_named_flow_logs_without_the_desired_tags() -> None:
    logs = [flow_log(f"fl-{n}", resource_id=f"vpc-{n}", tags=NAMED_TAGS) for n in range(1, 6)]
    desired = present(*(item.resource_id for item in logs), tags={"team": "sec"})
    text = unset_tags_warning(desired, plan_flow_logs(desired, logs)) or ""
    assert "fl-1 of vpc-1 (named 'tf-shop')" in text and "and 2 more" in text and "adopt_named" in text
    few = replace(desired, targets=("vpc-1",))
    assert "more" not in (unset_tags_warning(few, plan_flow_logs(few, logs)) or "")
    for silent in (present(), present(tags={"team": "net"}), present(tags={"team": "sec"}, adopt_named=True)):
        assert unset_tags_warning(silent, plan_flow_logs(silent, logs)) is None
    refused = [flow_log(tags=NAMED_TAGS, **INTERVAL)]
    assert unset_tags_warning(few, plan_flow_logs(few, refused)) is None


@pytest.mark.parametrize("first", [True, False])
def test_tasks_with_and_without_a_name_never_change_each_others_flow_log(first: bool) -> None:
    tasks = [present(name="central"), present(settings=settings(**INTERVAL), purge="duplicates")]
    logs: List[FlowLog] = []
    kinds = []
    for number, desired in enumerate((tasks if first else tasks[::-1]) * 2):
        plan = plan_flow_logs(desired, logs)
        kinds += [step.action.action for step in plan.steps]
        logs = [
            item if item.flow_log_id else replace(item, flow_log_id=f"fl-{number}")
            for item in apply_steps(plan.steps, logs)
        ]
    assert set(kinds) <= {"create"} and len(kinds) <= 2


# -- replacement -----------------------------------------------------------------------------------------------------


def test_replace_never_reports_the_difference_and_changes_nothing() -> None:
    plan = plan_flow_logs(present(replace="never"), [flow_log(max_aggregation_interval=60)])
    assert plan.steps == ()
    (item,) = plan.unsuccessful
    assert (item.code, item.flow_log_id) == ("ReplacementNeeded", "fl-1")
    assert [change.field for change in item.changes] == ["max_aggregation_interval"]


def test_only_delete_first_announces_a_gap() -> None:
    old = [flow_log(max_aggregation_interval=60)]
    assert plan_flow_logs(present(replace="delete_first"), old).steps[0].action.gap is True
    assert plan_flow_logs(present(), old).steps[0].action.gap is False


def test_a_replacement_keeps_the_tags_unless_they_are_purged() -> None:
    old = [flow_log(max_aggregation_interval=60, tags={"team": "net", "env": "prod", REPLACED_TAG: "true"})]
    assert plan_flow_logs(present(), old).steps[0].tags == {"team": "net", "env": "prod"}
    assert plan_flow_logs(present(tags={"env": "x"}), old).steps[0].tags == {"env": "x"}
    desired = present(tags={"env": "x"}, purge_tags=False)
    assert plan_flow_logs(desired, old).steps[0].tags == {"team": "net", "env": "x"}


def test_an_interrupted_replacement_is_finished() -> None:
    old = flow_log("fl-old", max_aggregation_interval=60, tags={REPLACED_TAG: "true"})
    new = flow_log("fl-new")
    assert summary(plan_flow_logs(present(), [old, new])) == [("replace", "fl-new", "fl-old")]
    # Interrupted before the new one was created.
    assert summary(plan_flow_logs(present(), [old])) == [("replace", None, "fl-old")]
    # The settings were changed back in between: the old one is correct again and loses its mark.
    right_again = flow_log("fl-old", tags={REPLACED_TAG: "true"})
    assert summary(plan_flow_logs(present(), [right_again])) == [("untag", "fl-old", None)]


def test_an_interrupted_replacement_whose_new_flow_log_fails_is_not_finished() -> None:
    old = flow_log("fl-old", max_aggregation_interval=60, tags={REPLACED_TAG: "true"})
    new = replace(flow_log("fl-new"), delivery_status="FAILED", delivery_error="Access error")
    plan = plan_flow_logs(present(), [old, new])
    assert plan.steps == () and plan.extra == ()
    (item,) = plan.unsuccessful
    assert (item.code, item.flow_log_id) == ("ReplacementFailed", "fl-new")
    assert "Access error" in item.message and "fl-old" in item.message


@pytest.mark.parametrize("desired", [present(purge="s3"), AbsentFlowLogs((VPC_ID,), DESTINATION, adopt_named=True)])
def test_flow_logs_of_aws_services_are_never_deleted(desired: DesiredFlowLogs) -> None:
    owned = flow_log(traffic_type="REJECT", tags={"aws:cloudformation:stack-id": "x"})
    plan = plan_flow_logs(desired, [owned])
    assert plan.steps == ()
    assert [item.code for item in plan.unsuccessful] == ["ManagedByAws"]


# -- purge and absent ------------------------------------------------------------------------------------------------


def purge_fleet() -> List[FlowLog]:
    return [
        flow_log("fl-kept"),
        replace(flow_log("fl-twin"), creation_time="2026-02-01"),
        flow_log("fl-other", log_destination="arn:aws:s3:::other-logs"),
        flow_log("fl-stack", log_destination="arn:aws:s3:::other-logs", tags={"aws:cloudformation:stack-id": "x"}),
        flow_log("fl-cwl", log_destination_type="cloud-watch-logs", log_destination=""),
    ]


@pytest.mark.parametrize(
    ("purge", "deleted", "extra"),
    [
        ("none", set(), {"fl-twin", "fl-other", "fl-stack"}),
        ("duplicates", {"fl-twin"}, {"fl-other", "fl-stack"}),
        ("s3", {"fl-twin", "fl-other"}, {"fl-stack"}),
    ],
)
def test_purge_removes_only_the_flow_logs_of_its_mode(purge: str, deleted: set, extra: set) -> None:
    plan = plan_flow_logs(present(purge=purge), purge_fleet())
    assert {step.action.flow_log_id for step in plan.steps} == deleted
    assert {item.flow_log_id for item in plan.extra} == extra


def test_purge_comes_after_the_replacement() -> None:
    logs = [flow_log("fl-a", traffic_type="ACCEPT"), flow_log("fl-other", log_destination="arn:aws:s3:::other-logs")]
    assert summary(plan_flow_logs(present(purge="s3"), logs)) == [
        ("replace", None, "fl-a"),
        ("delete", "fl-other", None),
    ]


def test_absent_removes_the_flow_logs_to_the_destination_only() -> None:
    logs = purge_fleet()
    plan = plan_flow_logs(AbsentFlowLogs((VPC_ID,), DESTINATION.rstrip("/")), logs)
    assert summary(plan) == [("delete", "fl-kept", None), ("delete", "fl-twin", None)]
    assert {item.flow_log_id for item in plan.extra} == {"fl-other", "fl-stack"}


@pytest.mark.parametrize(
    ("consent", "deleted"), [(False, ["fl-own", "fl-mine"]), (True, ["fl-own", "fl-mine", "fl-named"])]
)
def test_absent_without_a_name_keeps_named_flow_logs(consent: bool, deleted: List[str]) -> None:
    logs = [
        flow_log("fl-own"),
        replace(flow_log("fl-mine", tags={"Name": "mine"}), creation_time="2026-02-01"),
        replace(flow_log("fl-named", tags={"Name": "other"}), creation_time="2026-03-01"),
    ]
    desired = AbsentFlowLogs((VPC_ID,), DESTINATION, tags={"Name": "mine"}, adopt_named=consent)
    plan = plan_flow_logs(desired, logs)
    assert [step.action.flow_log_id for step in plan.steps] == deleted
    assert extras(plan) == {"fl-own", "fl-mine", "fl-named"} - set(deleted)


@pytest.mark.parametrize(
    ("desired", "deleted"),
    [
        ({"purge": "duplicates"}, {"fl-twin"}),
        ({"purge": "duplicates", "adopt_named": True}, {"fl-twin", "fl-named"}),
        ({"purge": "duplicates", "name": "central"}, {"fl-own", "fl-twin"}),
        ({"purge": "s3"}, {"fl-twin", "fl-named", "fl-central", "fl-other"}),
    ],
)
def test_purge_duplicates_keeps_named_flow_logs(desired: Dict[str, Any], deleted: set) -> None:
    logs = [
        flow_log("fl-own"),
        replace(flow_log("fl-twin"), creation_time="2026-02-01"),
        replace(flow_log("fl-named", tags={"Name": "other"}), creation_time="2026-03-01"),
        replace(flow_log("fl-central", tags={"Name": "central"}, traffic_type="REJECT"), creation_time="2026-04-01"),
        flow_log("fl-other", log_destination="arn:aws:s3:::other-logs", tags={"Name": "elsewhere"}),
    ]
    if "name" in desired:
        logs[3] = replace(logs[3], traffic_type="ALL")
    plan = plan_flow_logs(present(**desired), logs)
    assert {step.action.flow_log_id for step in plan.steps if step.action.action == "delete"} == deleted


def test_absent_by_name() -> None:
    logs = [flow_log("fl-a", tags={"Name": "a"}), flow_log("fl-b", tags={"Name": "b"})]
    assert summary(plan_flow_logs(AbsentFlowLogs((VPC_ID,), name="a"), logs)) == [("delete", "fl-a", None)]


# -- diff ------------------------------------------------------------------------------------------------------------


def test_the_diff_shows_changed_targets_with_managed_fields_only() -> None:
    desired = present("vpc-1", "vpc-2", tags={"a": "1"}, settings=settings())
    plan = plan_flow_logs(desired, [flow_log(tags={"a": "1", "aws:x": "y"})])
    diff = diff_of(plan.steps, managed_flow_logs(plan))
    assert diff["before"] == {"vpc-2": []}
    (shown,) = diff["after"]["vpc-2"]
    assert sorted(shown) == [
        "destination",
        "destination_options",
        "log_format",
        "max_aggregation_interval",
        "tag_field_specifications",
        "tags",
        "traffic_type",
    ]


# -- properties ------------------------------------------------------------------------------------------------------

TARGETS = ("vpc-1", "vpc-2", "vpc-3")
TAGS = st.dictionaries(
    st.sampled_from(["Name", "team", "env", REPLACED_TAG, "aws:cloudformation:stack-id"]), st.just("x")
)
USER_TAGS = st.dictionaries(st.sampled_from(["team", "env"]), st.sampled_from(["x", "y"]))


@st.composite
def fleets(draw: Any) -> List[FlowLog]:
    count = draw(st.integers(0, 6))
    return [
        FlowLog(
            flow_log_id=f"fl-{number}",
            resource_id=draw(st.sampled_from(TARGETS)),
            log_destination_type=draw(st.sampled_from(["s3", "s3", "s3", "cloud-watch-logs"])),
            log_destination=draw(st.sampled_from([DESTINATION, DESTINATION[:-1], "arn:aws:s3:::other-logs"])),
            traffic_type=draw(st.sampled_from(["ALL", "REJECT"])),
            max_aggregation_interval=draw(st.sampled_from([60, 600])),
            log_format=draw(st.sampled_from([DEFAULT_FORMATS[VPC], "${srcaddr}"])),
            tags=draw(TAGS),
            delivery_status=draw(st.sampled_from(["SUCCESS", "FAILED", None])),
            creation_time=f"2026-01-{draw(st.integers(1, 28)):02}",
        )
        for number in range(count)
    ]


PRESENT = st.builds(
    PresentFlowLogs,
    targets=st.just(TARGETS),
    settings=st.builds(
        settings,
        traffic_type=st.sampled_from(["ALL", "REJECT"]),
        max_aggregation_interval=st.sampled_from([60, 600]),
        log_format=st.sampled_from([None, ["srcaddr"]]),
    ),
    name=st.sampled_from([None, "x"]),
    tags=st.one_of(st.none(), USER_TAGS),
    purge_tags=st.booleans(),
    replace=st.sampled_from(["create_first", "delete_first", "never"]),
    purge=st.sampled_from(["none", "duplicates", "s3"]),
    adopt_named=st.booleans(),
)
ABSENT = st.builds(
    AbsentFlowLogs,
    targets=st.just(TARGETS),
    destination_arn=st.just(DESTINATION),
    name=st.sampled_from([None, "x"]),
    tags=st.one_of(st.none(), USER_TAGS),
    adopt_named=st.booleans(),
)
DESIRED = st.one_of(PRESENT, ABSENT)


def with_name_tag(desired: Any) -> Any:
    """Return the desired state with its name in the tags, as check_tags writes it."""
    if desired.name is None or desired.tags is None:
        return desired
    return replace(desired, tags={**desired.tags, "Name": desired.name})


def after(plan: FlowLogPlan, fleet: List[FlowLog]) -> List[FlowLog]:
    """Return the flow logs after a plan; new ones have an id."""
    found = apply_steps(plan.steps, fleet)
    return [item if item.flow_log_id else replace(item, flow_log_id=f"fl-new-{n}") for n, item in enumerate(found)]


@given(desired=DESIRED, fleet=fleets())
def test_a_second_plan_has_no_steps(desired: DesiredFlowLogs, fleet: List[FlowLog]) -> None:
    desired = with_name_tag(desired)
    plan = plan_flow_logs(desired, fleet)
    again = plan_flow_logs(desired, after(plan, fleet))
    assert again.steps == ()
    assert again.unsuccessful == plan.unsuccessful


@given(desired=DESIRED, fleet=fleets(), data=st.data())
def test_plan_does_not_depend_on_the_order_of_the_current_flow_logs(
    desired: DesiredFlowLogs, fleet: List[FlowLog], data: Any
) -> None:
    shuffled = data.draw(st.permutations(fleet))
    assert plan_flow_logs(desired, shuffled) == plan_flow_logs(desired, fleet)


@given(desired=DESIRED, fleet=fleets())
def test_flow_logs_of_aws_services_and_to_other_destination_types_are_never_deleted(
    desired: DesiredFlowLogs, fleet: List[FlowLog]
) -> None:
    plan = plan_flow_logs(with_name_tag(desired), fleet)
    deleted = {step.flow_log.flow_log_id for step in plan.steps if step.action.action in ("delete", "replace")}
    for item in fleet:
        if item.log_destination_type != "s3" or item.managed_by_aws:
            assert item.flow_log_id not in deleted


@given(desired=DESIRED, fleet=fleets())
def test_without_name_and_consent_named_flow_logs_are_not_changed(
    desired: DesiredFlowLogs, fleet: List[FlowLog]
) -> None:
    desired = replace(desired, name=None, adopt_named=False)
    if isinstance(desired, PresentFlowLogs) and desired.purge == "s3":
        desired = replace(desired, purge="none")
    plan = plan_flow_logs(desired, fleet)
    touched = {step.flow_log.flow_log_id for step in plan.steps if not isinstance(step, CreateStep)}
    assert touched.isdisjoint(item.flow_log_id for item in fleet if item.tags.get("Name"))


@given(desired=PRESENT, fleet=fleets())
def test_a_target_that_was_logged_stays_logged(desired: PresentFlowLogs, fleet: List[FlowLog]) -> None:
    later = after(plan_flow_logs(with_name_tag(desired), fleet), fleet)
    for target in TARGETS:
        if any(item.resource_id == target and item.log_destination_type == "s3" for item in fleet):
            assert any(item.resource_id == target and item.log_destination_type == "s3" for item in later)


def healthy(flow_logs: List[FlowLog], target: str) -> int:
    return len([i for i in flow_logs if i.resource_id == target and i.log_destination_type == "s3" and not i.failed])


@given(desired=PRESENT, fleet=fleets())
def test_no_plan_leaves_a_target_with_fewer_healthy_flow_logs(desired: PresentFlowLogs, fleet: List[FlowLog]) -> None:
    plan = plan_flow_logs(with_name_tag(desired), fleet)
    later = after(plan, fleet)
    for target in TARGETS:
        finished = any(getattr(step, "resumed", None) and step.action.target == target for step in plan.steps)
        # A purge, and finishing an interrupted replacement, leave fewer flow logs, but at least one.
        least = min(1, healthy(fleet, target)) if desired.purge != "none" or finished else healthy(fleet, target)
        assert healthy(later, target) >= least


@given(
    current=USER_TAGS,
    desired=USER_TAGS,
    purge=st.booleans(),
)
def test_tags_change_as_in_modules_of_amazon_aws(current: Dict[str, str], desired: Dict[str, str], purge: bool) -> None:
    to_set, to_unset = tag_changes(flow_log(tags={**current, "aws:x": "y"}), desired, purge, None)
    expected_set, expected_unset = compare_aws_tags(current, desired, purge_tags=purge)
    assert {tag_key(change): change.desired for change in to_set} == expected_set
    assert [tag_key(change) for change in to_unset] == sorted(expected_unset)


# -- carrying out ----------------------------------------------------------------------------------------------------


def test_purge_waits_until_the_kept_flow_log_delivers() -> None:
    failing = replace(flow_log("fl-kept"), delivery_status="FAILED", delivery_error="Access error")
    other = flow_log("fl-other", log_destination="arn:aws:s3:::other-logs")
    plan = plan_flow_logs(present(purge="s3"), [failing, other])
    assert (plan.steps, [item.flow_log_id for item in plan.extra]) == ((), ["fl-other"])
    (problem,) = plan.unsuccessful
    assert (problem.code, problem.flow_log_id) == ("NotDelivering", "fl-kept")
    assert problem.message == "Flow log fl-kept does not deliver: Access error. The other flow logs stay."


def test_steps_with_a_lost_answer_are_completed_by_a_later_reading() -> None:
    created, replaced = plan_flow_logs(
        present("vpc-1", "vpc-2"), [flow_log(resource_id="vpc-2", traffic_type="ACCEPT")]
    ).steps
    new = replace(flow_log("fl-new"), resource_id="vpc-1")
    (done,) = steps_with_late_answer([created], plan_flow_logs(present("vpc-1"), [new]))
    assert (done.action.flow_log_id, done.resumed) == ("fl-new", new)
    assert done.action.reason.endswith("AWS's first answer was lost.")
    assert new in apply_steps([done], [])
    # Nothing was created: a create did nothing, a replacement deleted the old flow log.
    assert steps_with_late_answer([created], FlowLogPlan()) == []
    of_another = replace(new, resource_id="vpc-3")
    assert steps_with_late_answer([created], plan_flow_logs(present("vpc-3"), [of_another])) == []
    (deletion,) = steps_with_late_answer([replaced], FlowLogPlan())
    assert (deletion.action.action, deletion.action.target, deletion.action.flow_log_id) == ("delete", "vpc-2", "fl-1")


def test_steps_are_sorted_in_the_order_of_the_plan() -> None:
    fleet = [flow_log("fl-2", resource_id="vpc-2", traffic_type="ACCEPT")]
    steps = plan_flow_logs(present("vpc-2", "vpc-1", "vpc-3"), fleet).steps
    assert [
        (step.action.action, step.action.target) for step in in_order(reversed(steps), ["vpc-2", "vpc-1", "vpc-3"])
    ] == [
        ("create", "vpc-1"),
        ("create", "vpc-3"),
        ("replace", "vpc-2"),
    ]


def test_without_targets_removes_everything_of_these_targets() -> None:
    fleet = [
        flow_log("fl-a"),
        flow_log("fl-b", log_destination="arn:aws:s3:::other-logs"),
        flow_log("fl-c", resource_id="vpc-2"),
        flow_log("fl-d", resource_id="vpc-2", log_destination="arn:aws:s3:::other-logs"),
        flow_log("fl-e", resource_id="vpc-4", traffic_type="ACCEPT"),
        flow_log("fl-f", resource_id="vpc-4", traffic_type="REJECT"),
    ]
    plan = plan_flow_logs(present("vpc-1", "vpc-2", "vpc-3", "vpc-4"), fleet)
    rest = without_targets(plan, ["vpc-1", "vpc-3", "vpc-4"])
    assert (rest.steps, rest.unsuccessful) == ((), ())
    assert ([item.flow_log_id for item in rest.kept], [item.flow_log_id for item in rest.extra]) == (["fl-c"], ["fl-d"])


def test_a_replaced_flow_log_is_managed() -> None:
    old = flow_log(traffic_type="ACCEPT")
    assert managed_flow_logs(plan_flow_logs(present(), [old])) == [old]
