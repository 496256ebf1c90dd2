# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hints with the names of module options or of inventory variables."""

from __future__ import annotations

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.module_utils._core.error_hints.flow_logs import hint_for
from ansible_collections.flowlogs.aws.plugins.module_utils._core.option_hints import rename_options
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.run_summary import summarise
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import variable_of

VPC = {
    "flow_log_resource_id": "vpc-0123456789abcdef0",
    "flow_log_account_id": "111122223333",
    "flow_log_region": "eu-west-1",
    "flow_log_destination": "central/network",
}


@pytest.mark.parametrize(
    ("option", "renamed"),
    [
        (
            "Flow log fl-1 differs. Set replace to create_first to replace it.",
            "Flow log fl-1 differs. Set flow_log_replace to create_first to replace it.",
        ),
        (
            "Give this name, use another destination, or set adopt_named to true to take the flow log over.",
            "Give this name, use another destination, or set flow_log_adopt_named to true to take the flow log over.",
        ),
        (
            "Give the name, or set adopt_named to true to take them over.",
            "Give the name, or set flow_log_adopt_named to true to take them over.",
        ),
        (
            "Give expected_bucket_owner, or run this with credentials of the account that owns the bucket.",
            "Give flow_log_expected_bucket_owner, or run this with credentials of the account that owns the bucket.",
        ),
        (
            "a: Create the bucket, or correct destination. b: Create the bucket, or correct destination.",
            "a: Create the bucket, or correct flow_log_destination. "
            "b: Create the bucket, or correct flow_log_destination.",
        ),
    ],
)
def test_hints_can_name_inventory_variables(option: str, renamed: str) -> None:
    assert rename_options(option, variable_of) == renamed
    assert rename_options(option, str) == option


@pytest.mark.parametrize("text", ["", "replace and destination of AWS", "LogDestination: purge does not exist"])
def test_other_texts_stay_unchanged(text: str) -> None:
    assert rename_options(text, variable_of) == text


def test_hints_name_options_of_the_module_and_can_name_others() -> None:
    exists = hint_for("CreateFlowLogs", "FlowLogAlreadyExists", "")
    assert "set allow_gap to true" in exists
    assert "set flow_log_allow_gap to true" in rename_options(exists, variable_of)
    denied = rename_options(hint_for("CreateFlowLogs", "UnauthorizedOperation", ""), variable_of)
    assert "with flow_log_tag_field_specifications also ec2:DescribeTags" in denied
    assert "with ecs-* fields in flow_log_log_format also ecs:ListClusters" in denied


def test_summary_and_report_name_inventory_variables() -> None:
    publication = plan_publication([HostVariables("vpc-1", VPC)]).to_dict()
    (batch,) = publication["batches"]
    said = "No name is given. Give the name, or set {} to true to take them over."
    results = {"batches": {batch["name"]: {"failed": True, "msg": said.format("adopt_named")}}}
    renamed = said.format("flow_log_adopt_named")
    (failure,) = summarise(publication, results)["failures"]
    assert f"{batch['name']}: {renamed}" in failure["message"].split(" | ")
    assert renamed in [one.evidence for one in find(publication, results)]
