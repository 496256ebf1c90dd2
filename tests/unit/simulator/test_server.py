# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator as a process: command line, accounts, Regions, parallel clients."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import URLError

import boto3
import pytest

from tests.simulator.__main__ import main
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import ROOT
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorClient
from tests.simulator.client import SimulatorError
from tests.simulator.client import SimulatorProcess
from tests.simulator.server import Simulator

FLEET = {"accounts": {"111111111111": {"regions": {"eu-west-1": {"vpcs": [{"id": "vpc-0a000000000000001"}]}}}}}


def test_it_prints_one_line_with_its_address_and_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "tests.simulator", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline()
        process.terminate()
        rest, _errors = process.communicate()
    assert first.startswith("simulator: http://127.0.0.1:")
    assert int(first.rsplit(":", 1)[1]) > 0
    assert rest == ""
    assert process.returncode == 0


def test_it_ends_when_its_parent_goes_away() -> None:
    command = [sys.executable, "-m", "tests.simulator", "--until-stdin-closes"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdin.close()
        assert process.wait(timeout=120) == 0


def test_a_seed_file_and_switches_hold_from_the_start_and_after_a_reset(tmp_path: Path) -> None:
    seed = tmp_path / "fleet.yml"
    seed.write_text('accounts:\n  "111111111111":\n    buckets: [{name: central-logs, region: eu-west-1}]\n')
    with SimulatorProcess(seed=seed, switches={"identity": "all_settings"}) as simulator:
        simulator.set_switch("identity", "destination_and_traffic")
        simulator.reset()
        assert simulator.switches()["identity"] == "all_settings"
        with pytest.raises(SimulatorError, match="central-logs exists already"):
            simulator.seed(
                {"accounts": {"222222222222": {"buckets": [{"name": "central-logs", "region": "eu-west-1"}]}}}
            )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--switch", "identity=maybe"],
            "switch identity is one of destination_and_traffic, all_settings, not 'maybe'",
        ),
        (["--switch", "nonsense=1"], "unknown switch 'nonsense'"),
        (["--seed", "no-such-file.yml"], "No such file or directory"),
    ],
)
def test_a_wrong_command_line_ends_with_a_message(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("simulator: ")
    assert message in said.err
    assert said.out == ""


def test_a_client_learns_why_the_simulator_did_not_start() -> None:
    with pytest.raises(SimulatorError, match="unknown switch 'nonsense'"):
        SimulatorProcess(switches={"nonsense": "1"}).start()


def test_accounts_do_not_see_each_other(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(FLEET)
    own = client("ec2", account="111111111111").describe_vpcs()["Vpcs"]
    other = client("ec2", account="222222222222").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])
    assert [vpc["VpcId"] for vpc in own] == ["vpc-0a000000000000001"]
    assert own[0]["OwnerId"] == "111111111111"
    assert other["Vpcs"] == []


def test_regions_do_not_see_each_other(simulator: SimulatorProcess, client: Callable[..., Any]) -> None:
    simulator.seed(FLEET)
    elsewhere = client("ec2", account="111111111111", region="us-west-2").describe_vpcs()["Vpcs"]
    assert [vpc for vpc in elsewhere if not vpc["IsDefault"]] == []


def test_an_assumed_role_is_an_identity_of_its_account(client: Callable[..., Any]) -> None:
    identity = client("sts", account="222222222222").get_caller_identity()
    assert identity["Account"] == "222222222222"
    assert identity["Arn"] == "arn:aws:sts::222222222222:assumed-role/tests/tests"


def test_an_access_key_of_the_seed_belongs_to_its_account(simulator: SimulatorProcess) -> None:
    key = "AKIAFLEETDEPLOYAAAAA"
    simulator.seed({"accounts": {"111111111111": {"users": [{"name": "deploy", "access_key": key}]}}})
    sts = boto3.client(
        "sts",
        region_name="eu-west-1",
        endpoint_url=simulator.url,
        aws_access_key_id=key,
        aws_secret_access_key=SECRET_KEY,
    )
    assert sts.get_caller_identity()["Account"] == "111111111111"


@pytest.mark.parametrize(
    ("service", "method"),
    [("ec2", "describe_vpc_block_public_access_options"), ("iam", "get_organizations_access_report")],
)
def test_unsupported_operation_is_an_error_that_is_not_retried(
    simulator: SimulatorProcess, client: Callable[..., Any], service: str, method: str
) -> None:
    caller = client(service)
    needed = {"JobId": "x" * 36} if service == "iam" else {}
    with pytest.raises(caller.exceptions.ClientError, match="NotImplementedError") as caught:
        getattr(caller, method)(**needed)
    assert caught.value.response["Error"]["Code"] == "SimulatorFailure"
    assert [call["error_code"] for call in simulator.calls()] == ["SimulatorFailure"]


def test_every_call_of_eight_clients_at_once_takes_effect_and_is_logged_once(
    simulator: SimulatorProcess, client: Callable[..., Any]
) -> None:
    clients = [client("ec2") for _number in range(8)]
    together = threading.Barrier(8)

    def work(number: int) -> list[str]:
        together.wait()
        ec2 = clients[number]
        return [ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for _number in range(10)]

    with ThreadPoolExecutor(8) as pool:
        made = {vpc for vpcs in pool.map(work, range(8)) for vpc in vpcs}
    log = simulator.calls(operation="CreateVpc")
    assert len(made) == 80
    assert [call["seq"] for call in log] == list(range(1, 81))
    assert made == {vpc["VpcId"] for vpc in clients[0].describe_vpcs()["Vpcs"] if not vpc["IsDefault"]}


def test_environment_points_clients_to_the_simulator(
    simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in simulator.environment("us-west-2").items():
        monkeypatch.setenv(name, value)
    session = boto3.Session()
    session.client("ec2").describe_vpcs()
    assert session.get_credentials().access_key == DEFAULT_ACCESS_KEY
    assert [(call["operation"], call["region"]) for call in simulator.calls()] == [("DescribeVpcs", "us-west-2")]


def test_it_also_runs_inside_a_process() -> None:
    simulator = Simulator(seed=FLEET)
    simulator.start()
    try:
        address = simulator.url
        boto3.client(
            "ec2",
            region_name="eu-west-1",
            endpoint_url=address,
            aws_access_key_id=DEFAULT_ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        ).describe_vpcs()
        assert SimulatorClient(address).operations() == ["DescribeVpcs"]
        assert [entry["operation"] for entry in simulator.log.list()] == ["DescribeVpcs"]
        assert address.endswith(f":{simulator.port}")
    finally:
        simulator.stop()
    with pytest.raises(URLError):
        SimulatorClient(address).calls()
