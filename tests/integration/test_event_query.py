# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible Automation Platform counts the targets that the results of modules name, each once."""

from __future__ import annotations

from typing import Any

import jq
import pytest

from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.resource_types import RESOURCE_TYPES
from tests.integration.support.in_process import run_module
from tests.integration.support.in_process import succeed
from tests.simulator.client import SimulatorProcess
from tests.unit.meta.project import modules
from tests.unit.meta.project import read_yaml

QUERIES = {
    name.rpartition(".")[2]: entry["query"] for name, entry in read_yaml("extensions/audit/event_query.yml").items()
}
VPC, OTHER, GATEWAY, BUCKET = "vpc-0a000000000000001", "vpc-0a000000000000002", "tgw-0a000000000000001", "central-logs"
SEED = {
    "accounts": {
        "123456789012": {
            "buckets": [{"name": BUCKET, "region": "eu-west-1"}],
            "regions": {
                "eu-west-1": {"vpcs": [{"id": VPC}, {"id": OTHER}], "transit_gateways": [{"id": GATEWAY}]},
            },
        }
    }
}
PUBLISH = {"resource_ids": [VPC, OTHER], "destination": BUCKET}


@pytest.fixture(name="aws")
def _aws(simulator: SimulatorProcess) -> SimulatorProcess:
    simulator.seed(SEED)
    return simulator


def counted(module: str, result: dict[str, Any]) -> dict[str, str]:
    """The types of the resources that are counted for a result, by id."""
    rows = jq.compile(QUERIES[module]).input_value(result).all()
    assert all(row["canonical_facts"] == {"id": row["name"]} for row in rows)
    assert all(
        (row["facts"]["infra_type"], row["facts"]["infra_bucket"]) == ("PublicCloud", "Networking") for row in rows
    )
    assert len({row["name"] for row in rows}) == len(rows)
    return {row["name"]: row["facts"]["device_type"] for row in rows}


def test_queries_are_for_modules_that_exist() -> None:
    assert QUERIES.keys() <= set(modules())


def test_targets_are_counted_that_the_result_lists_or_that_change(aws: SimulatorProcess) -> None:
    both = {VPC: "VPC", OTHER: "VPC"}
    only_changes = {**PUBLISH, "return_flow_logs": False}
    assert counted("s3_flow_log", succeed(aws.url, "s3_flow_log", only_changes)) == both
    assert counted("s3_flow_log", succeed(aws.url, "s3_flow_log", only_changes)) == {}
    assert counted("s3_flow_log", succeed(aws.url, "s3_flow_log", PUBLISH)) == both
    assert counted("s3_flow_log_info", succeed(aws.url, "s3_flow_log_info", {})) == both


def test_targets_of_a_failed_task_are_not_counted(aws: SimulatorProcess) -> None:
    options = {**PUBLISH, "resource_ids": ["vpc-0f000000000000009"]}
    assert counted("s3_flow_log", run_module(aws.url, "s3_flow_log", options)) == {}


def test_each_target_of_many_tasks_is_counted_once_and_no_bucket(aws: SimulatorProcess) -> None:
    tasks = [
        {"name": "bucket", "module": "flow_log_bucket_policy", "options": {"bucket": BUCKET}},
        {"name": "gateway", "module": "s3_flow_log", "options": {**PUBLISH, "resource_ids": [GATEWAY]}},
        {"name": "vpcs", "module": "s3_flow_log", "options": PUBLISH},
    ]
    options = {"tasks": tasks, "at_once": 1}
    first = succeed(aws.url, "flow_log_tasks", options)
    assert [one["changed"] for one in first["results"]] == [True] * 3
    assert counted("flow_log_tasks", first) == {GATEWAY: "Transit Gateway", VPC: "VPC", OTHER: "VPC"}


def test_each_type_of_target_has_a_name() -> None:
    ids = [f"{rules.id_prefix or 'edge-'}0a000000000000001" for rules in RESOURCE_TYPES.values()]
    found = counted("s3_flow_log", {"actions": [{"target": target} for target in ids]})
    assert len(set(found.values())) == len(RESOURCE_TYPES)
