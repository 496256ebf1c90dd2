# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts with invalid values are left out and nothing is written for them; equal values form one batch."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.flowlogs.aws.plugins.plugin_utils._publication.host_variables import VARIABLES
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import BANK
from tests.integration.support.publication import BANK_VPC
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SHOP_US_VPCS
from tests.integration.support.publication import SHOP_VPCS
from tests.integration.support.publication import Stage
from tests.integration.support.publication import bucket_statements
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import hosts_of
from tests.integration.support.publication import inventory
from tests.integration.support.publication import line
from tests.simulator.client import SimulatorProcess
from tests.wrong_values import SPELLINGS
from tests.wrong_values import WRONG_VALUES

PUBLISH = "flowlogs.aws.publish_to_s3"
CASES = [(variable, number) for variable, values in WRONG_VALUES.items() for number in range(len(values))]


@pytest.fixture(name="stage")
def _stage(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Stage:
    return Stage(ansible, simulator)


def wrong_host(variable: str, number: int) -> str:
    """Return the name of the host with an invalid value."""
    return f"wrong-{variable}-{number}"


def wrong_hosts() -> "dict[str, dict[str, Any]]":
    """Return one host for each invalid value, otherwise valid, each with its own folder in the bucket."""
    right = {
        "flow_log_account_id": BANK,
        "flow_log_region": "eu-west-1",
        "flow_log_aws": {"profile": "bank"},
        "flow_log_resource_id": BANK_VPC,
    }
    return {
        wrong_host(variable, number): {
            **right,
            "flow_log_destination": f"{OPERATIONS}/{wrong_host(variable, number)}/",
            variable: WRONG_VALUES[variable][number],
        }
        for variable, number in CASES
    }


def test_hosts_with_invalid_values_are_named_and_nothing_is_written_for_them(stage: Stage) -> None:
    assert sorted(WRONG_VALUES) == sorted(VARIABLES)
    document = inventory()
    hosts_of(document, "operations").pop(BANK_VPC)
    document["all"]["children"]["wrong"] = {"hosts": wrong_hosts()}
    run = stage(PUBLISH, document, succeeds=False)

    assert run.returncode == 2
    failures = {item["host"]: item["result"]["msg"] for item in run.results if item["status"] == "failed"}
    for variable, number in CASES:
        host = wrong_host(variable, number)
        assert re.match(
            rf"{re.escape(host)}: {variable}\b.+ is not accepted\. Allowed: .+", failures[host], re.DOTALL
        ), host
    assert set(failures) == {wrong_host(*case) for case in CASES}
    assert line(run, "flow logs:").startswith("flow logs: targets=5 batches=2 destinations=2 create=5 put_policy=2")

    assert set(flow_logs(stage.simulator, BANK)) == set()
    assert set(flow_logs(stage.simulator, "111122223333")) == set(SHOP_VPCS)
    assert set(flow_logs(stage.simulator, "111122223333", "us-east-1")) == set(SHOP_US_VPCS)
    written = json.dumps([call for call in stage.simulator.calls() if call["write"]])
    assert sorted(stage.writes()) == ["CreateFlowLogs"] * 2 + ["PutBucketPolicy"] * 2
    assert "wrong-" not in written and BANK not in written
    assert BANK not in json.dumps(bucket_statements(stage.simulator, "operations-logs"))


def test_equal_settings_are_one_batch_in_any_spelling(stage: Stage) -> None:
    """Each target spells each setting differently; an INI file adds the spellings of INI."""
    document = inventory()
    document["all"]["children"].pop("audit")
    hosts_of(document, "operations").pop(BANK_VPC)
    settings = [
        *("flow_log_account_id", "flow_log_allow_gap", "flow_log_destination", "flow_log_destination_options"),
        *("flow_log_log_format", "flow_log_max_aggregation_interval", "flow_log_purge_tags", "flow_log_tags"),
        *("flow_log_traffic_type", "flow_log_wait_timeout"),
    ]
    document["all"]["children"]["operations"]["vars"] = {}
    for number, variables in enumerate(hosts_of(document, "operations").values()):
        variables.update({name: SPELLINGS[name][number % len(SPELLINGS[name])] for name in settings})
    ini = stage.folder / "more.ini"
    ini.write_text(
        f"[more]\nini flow_log_resource_id={SHOP_VPCS[0]} flow_log_account_id=111122223333 flow_log_region=eu-west-1 "
        "flow_log_allow_gap=yes flow_log_destination=operations-logs/network "
        "flow_log_destination_options=\"{'hive_compatible_partitions': 'no'}\" flow_log_log_format='${version} ${vpc-id}' "
        "flow_log_max_aggregation_interval=60 flow_log_purge_tags=True flow_log_tags=\"{'n': 1}\" "
        "flow_log_traffic_type=ALL flow_log_wait_timeout=60 flow_log_aws=\"{'profile': 'shop'}\"\n",
        encoding="utf-8",
    )
    hosts_of(document, "operations").pop(SHOP_VPCS[0])
    run = stage(PUBLISH, document, "-i", str(ini))
    assert run.returncode == 0
    assert line(run, "flow logs:").startswith("flow logs: targets=3 batches=1 destinations=1 create=3 put_policy=1")
    assert set(flow_logs(stage.simulator, "111122223333")) == set(SHOP_VPCS)
    resources = json.dumps(bucket_statements(stage.simulator, "operations-logs"))
    assert "AWSLogs/111122223333/" in resources and "aws-account-id=" not in resources

    again = stage(PUBLISH, document, "-i", str(ini), "--check")
    assert stage.writes() == []
    assert "create=0" in line(again, "flow logs:") or "create" not in line(again, "flow logs:")


def test_account_regional_bucket_is_created_in_its_namespace(stage: Stage) -> None:
    """S3 accepts such a name only in that namespace, and names of the old global rules are refused."""
    name = f"logs-{ARCHIVE}-eu-west-1-an"
    document = inventory()
    document["all"]["children"].pop("audit")
    operations = document["all"]["children"]["operations"]
    new = {
        "flow_log_create_bucket": True,
        "flow_log_bucket_region": "eu-west-1",
        "flow_log_expected_bucket_owner": int(ARCHIVE),
    }
    operations["vars"] = {"flow_log_destination": name, **new}
    operations["hosts"][BANK_VPC]["flow_log_destination"] = "Old_Logs"
    run = stage(PUBLISH, document, succeeds=False)
    reported = " ".join(item["result"]["msg"] for item in run.results if item["status"] == "failed")
    assert "flow_log_destination: 'Old_Logs' is not accepted. Allowed: for a new bucket," in reported
    assert line(run, "flow logs:").endswith("failed=1")
    (created,) = stage.simulator.calls(operation="CreateBucket")
    assert created["error_code"] is None and created["parameters"]["BucketNamespace"] == "account-regional"
    assert set(flow_logs(stage.simulator, "111122223333")) == set(SHOP_VPCS)


def test_misspelled_variable_is_a_warning_or_an_error_with_flow_log_strict(stage: Stage) -> None:
    note = "flow_log_traffic_typ of .* has no effect. Did you mean flow_log_traffic_type[?]"
    refused = stage(
        PUBLISH, inventory(), "-e", "flow_log_traffic_typ=REJECT", "-e", "flow_log_strict=true", succeeds=False
    )
    (reported,) = [item["result"]["msg"] for item in refused.results if item["status"] == "failed"]
    assert re.match(note, reported) and reported.endswith("Nothing was done, because flow_log_strict is true.")
    assert stage.writes() == []

    run = stage(PUBLISH, inventory(), "--check", "-e", "flow_log_traffic_typ=REJECT")
    assert " misspelt=1 " in line(run, "flow logs:")
    warning = run.output.index("[WARNING]: flow_log_traffic_typ of")
    assert warning > run.output.index("TASK [Publish the flow logs]")
