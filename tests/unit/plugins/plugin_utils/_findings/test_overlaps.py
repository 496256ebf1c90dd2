# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow log of a VPC or subnet covers the targets in it, if the inventory lists parents and the settings overlap."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.work import plan_publication
from ansible_collections.flowlogs.aws.plugins.plugin_utils._findings.collect import find
from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import HostVariables

DESTINATION = "arn:aws:s3:::central/network/"
EXISTING = {
    "flow_log_id": "fl-vpc",
    "resource_id": "vpc-1",
    "log_destination_type": "s3",
    "destination": "arn:aws:s3:::central/network",
    "traffic_type": "ALL",
}


def host(name: str, **variables: Any) -> HostVariables:
    """Return a target with these variables."""
    usual = {"account_id": "111122223333", "region": "eu-west-1", "destination": DESTINATION}
    return HostVariables(name, {f"flow_log_{key}": value for key, value in {**usual, **variables}.items()})


def overlaps(*hosts: HostVariables, gone: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return the target and the evidence of each overlapping finding.

    :param gone: targets without a flow log; all others have theirs.
    """
    work = plan_publication(hosts).to_dict()
    batches = {}
    for batch in work["batches"]:
        there = [name for name in batch["resource_ids"] if name not in gone]
        logs = [{"flow_log_id": f"fl-{name}", "resource_id": name, "destination": DESTINATION} for name in there]
        create = [{"action": "create", "target": name} for name in batch["resource_ids"] if name in gone]
        batches[batch["name"]] = {"actions": create, "flow_logs": logs}
    found = find(work, {"batches": batches})
    return [(row.target, row.evidence) for row in found if row.finding == "overlapping"]


ENI = {"parents": ["subnet-1", "vpc-1"]}


@pytest.mark.parametrize(
    ("hosts", "parent"),
    [
        ([host("vpc-1"), host("eni-1", **ENI)], "vpc-1"),
        ([host("vpc-1"), host("subnet-1"), host("eni-1", **ENI)], "subnet-1"),
        ([host("vpc-1", traffic_type="ACCEPT"), host("eni-1", **ENI)], "vpc-1"),
        ([host("eni-1", **ENI, existing_of_parents=[EXISTING])], "vpc-1"),
        # The results of the run take precedence over the inventory.
        ([host("vpc-1"), host("eni-1", **ENI, existing_of_parents=[EXISTING])], "vpc-1"),
    ],
)
def test_a_target_that_a_parent_covers_overlaps(hosts: list[HostVariables], parent: str) -> None:
    ((target, evidence),) = overlaps(*hosts)
    assert target == "eni-1"
    assert f"flow log of {parent} " in evidence


@pytest.mark.parametrize(
    "hosts",
    [
        [host("vpc-1"), host("eni-1")],
        [host("vpc-2"), host("eni-1", **ENI)],
        [host("vpc-1", destination="arn:aws:s3:::other"), host("eni-1", **ENI)],
        [host("vpc-1", traffic_type="ACCEPT"), host("eni-1", **ENI, traffic_type="REJECT")],
        [host("vpc-1", region="us-east-1"), host("eni-1", **ENI)],
        [host("eni-1", **ENI, existing_of_parents=[{**EXISTING, "destination": "arn:aws:s3:::other"}])],
        [host("eni-1", **ENI, existing_of_parents=[{**EXISTING, "log_destination_type": "cloud-watch-logs"}])],
        [host("eni-1", **ENI, traffic_type="REJECT", existing_of_parents=[{**EXISTING, "traffic_type": "ACCEPT"}])],
        [host("eni-1", **ENI, existing_of_parents="none")],
        [host("eni-1", **ENI, existing_of_parents=["fl-1"])],
    ],
)
def test_a_parent_with_other_traffic_or_destination_does_not_overlap(hosts: list[HostVariables]) -> None:
    assert overlaps(*hosts) == []


@pytest.mark.parametrize("gone", ["vpc-1", "eni-1"])
def test_a_missing_flow_log_does_not_overlap(gone: str) -> None:
    hosts = [host("vpc-1"), host("eni-1", **ENI, existing_of_parents=[EXISTING])]
    assert overlaps(*hosts, gone=(gone,)) == []
