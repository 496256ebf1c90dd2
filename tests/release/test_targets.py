# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The integration targets of ansible-test, which also run against AWS, keep their promises on the simulator."""

from __future__ import annotations

import pathlib

import pytest

from tests.integration.support.aws_clients import aws_client
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess
from tools import dev

TARGETS = pathlib.Path("tests", "integration", "targets")
NAMES = [
    "check_mode",
    "diff_mode",
    "flow_log_bucket_policy",
    "flow_log_destination_info",
    "flow_log_key_policy",
    "flow_log_permissions_info",
    "inventory_flow_log_targets",
    "partial_failure",
    "playbook_publish",
    "role_publish",
    "s3_flow_log",
    "s3_flow_log_info",
]
REGION = "eu-west-1"


def cloud_config(simulator: SimulatorProcess) -> str:
    """Return the file with the keys of an AWS account, pointing to the simulator."""
    settings = {
        "aws_access_key": DEFAULT_ACCESS_KEY,
        "aws_secret_key": SECRET_KEY,
        "aws_region": REGION,
        "aws_endpoint_url": simulator.url,
    }
    return "\n".join(["[default]", *(f"{name}: {value}" for name, value in settings.items())]) + "\n"


def test_every_target_is_known(root: pathlib.Path) -> None:
    assert sorted(path.parent.name for path in (root / TARGETS).glob("*/aliases")) == NAMES


@pytest.mark.parametrize("target", NAMES)
def test_target(
    simulator: SimulatorProcess,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    target: str,
) -> None:
    config = tmp_path / "cloud-config-aws.ini"
    config.write_text(cloud_config(simulator), encoding="utf-8")
    monkeypatch.setattr(dev, "DEV", tmp_path / "dev")
    monkeypatch.setattr(dev, "CLOUD_CONFIG", config)
    failed = ""
    try:
        dev.ansible_test("integration", "--color", "no", target)
    except dev.Trouble as trouble:
        failed = str(trouble)
    output = "\n".join(capfd.readouterr())
    assert not failed, output
    # ansible-test also succeeds if it skips a target.
    assert f"promise kept: {target}" in output, output
    # The cleanup ignores failures; there must be none.
    assert "...ignoring" not in output.partition("promise kept: ")[2], output
    assert leftovers(simulator) == []


def leftovers(simulator: SimulatorProcess) -> list[str]:
    """Return the resources that a target did not remove."""
    ec2, s3 = (aws_client(simulator, service, REGION) for service in ("ec2", "s3"))
    vpcs = [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    flow_logs = [item["FlowLogId"] for item in ec2.describe_flow_logs()["FlowLogs"]]
    return vpcs + flow_logs + [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
