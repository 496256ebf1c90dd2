# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Targets that do not exist, or may not exist, in a plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.settings import settings_from_options
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import FlowLogPlan
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import CreateStep
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import DeleteStep
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import RetagStep
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.steps import Step
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Action
from ansible_collections.flowlogs.aws.plugins.module_utils._core.actions import Unsuccessful
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.existence import missing_among
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.existence import names_no_resource
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.existence import shape_of
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.existence import create_steps
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.existence import with_place
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.existence import with_unknown_existence
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.existence import without_missing
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.model import flow_log_from_description

SETTINGS, _WARNINGS = settings_from_options({"destination": "example-logs"}, RESOURCE_TYPES["VPC"], "aws")
IDS = st.sets(st.integers(1, 20).map(lambda number: f"vpc-{number}"))
FILTERS = {
    "VPC": "vpc-id",
    "Subnet": "subnet-id",
    "NetworkInterface": "network-interface-id",
    "TransitGateway": "transit-gateway-id",
    "TransitGatewayAttachment": "transit-gateway-attachment-id",
}


def step(kind: str, target: str) -> Step:
    """A step of a plan."""
    action = Action(kind, target, reason="The target has no such flow log.")
    if kind == "create":
        return CreateStep(action, SETTINGS)
    flow_log = flow_log_from_description({"FlowLogId": "fl-1", "ResourceId": target})
    return DeleteStep(action, flow_log) if kind == "delete" else RetagStep(action, flow_log)


@pytest.mark.parametrize("name", RESOURCE_TYPES)
def test_targets_are_looked_up_by_id_if_ec2_describes_their_type(name: str) -> None:
    shape = shape_of(name)
    assert (shape.id_filter if shape else None) == FILTERS.get(name)


@given(IDS, IDS, IDS)
def test_only_existing_targets_get_a_flow_log(existing: set[str], deleted: set[str], asked: set[str]) -> None:
    shape = shape_of("VPC")
    assert shape is not None
    described = [{"VpcId": one, "State": "deleted" if one in deleted else "available"} for one in sorted(existing)]
    missing = missing_among(sorted(asked), described, shape)
    assert missing == asked - (existing - deleted)
    plan = FlowLogPlan(steps=tuple(step("create", target) for target in sorted(asked)))
    left = without_missing(plan, missing, "111122223333 eu-west-1")
    assert {step.action.target for step in create_steps(left)} == asked - missing
    assert {item.target for item in left.unsuccessful} == missing
    for item in left.unsuccessful:
        assert item.code == "TargetNotFound"
        assert item.message == "The target does not exist in 111122223333 eu-west-1."


def test_steps_and_errors_of_other_targets_stay() -> None:
    kept = (step("tag", "vpc-1"), step("create", "vpc-2"))
    earlier = Unsuccessful("vpc-4", "Ambiguous", "Two of them.")
    plan = FlowLogPlan(steps=(*kept, step("create", "vpc-3"), step("delete", "vpc-3")), unsuccessful=(earlier,))
    left = without_missing(plan, {"vpc-3"}, "here")
    assert left.steps == kept
    assert [item.target for item in left.unsuccessful] == ["vpc-4", "vpc-3"]


def test_unknown_existence_adds_a_note_to_each_create() -> None:
    plan = FlowLogPlan(steps=(step("create", "vpc-1"), step("tag", "vpc-2")))
    noted = with_unknown_existence(plan, "No. (UnauthorizedOperation)")
    assert [one.action.action for one in noted.steps] == ["create", "tag"]
    assert noted.steps[0].action.reason.endswith(
        "Whether the target exists could not be checked: No. (UnauthorizedOperation)"
    )
    assert noted.steps[1] == plan.steps[1]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("InvalidVpcID.NotFound", True), ("InvalidVpcId", True), ("TargetNotFound", False), ("400", False)],
)
def test_error_codes_for_missing_resources(code: str, expected: bool) -> None:
    assert names_no_resource(code) is expected


def test_an_error_of_aws_gets_the_account_and_region() -> None:
    item = Unsuccessful("vpc-1", "InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist.")
    assert with_place(item, "111122223333 eu-west-1").message == (
        "The vpc ID 'vpc-1' does not exist (asked in 111122223333 eu-west-1)."
    )
