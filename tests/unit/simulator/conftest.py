# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator process per module, reset before each test, and AWS clients for it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

# One attempt: the tests check single responses, and retries would take time.
ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def simulator_process() -> Iterator[SimulatorProcess]:
    """A running simulator without a fleet."""
    with SimulatorProcess() as process:
        yield process


@pytest.fixture
def simulator(simulator_process: SimulatorProcess) -> SimulatorProcess:
    """The module's simulator, reset."""
    simulator_process.reset()
    return simulator_process


@pytest.fixture
def client(simulator: SimulatorProcess) -> Callable[..., Any]:
    """Makes boto3 clients: ``client("ec2", region=..., account=...)``; other accounts are used with AssumeRole.

    The default ``access_key`` is that of the root user of account 123456789012.

    More arguments are passed to the client's configuration.
    """

    def make(
        service: str,
        region: str = "eu-west-1",
        account: str | None = None,
        access_key: str = DEFAULT_ACCESS_KEY,
        **options: Any,
    ) -> Any:
        keys = {"aws_access_key_id": access_key, "aws_secret_access_key": SECRET_KEY}
        if account is not None:
            keys = _assume(make("sts"), account)
        return boto3.client(
            service, region_name=region, endpoint_url=simulator.url, config=ONE_ATTEMPT.merge(Config(**options)), **keys
        )

    return make


def _assume(sts: Any, account: str) -> dict[str, str]:
    role = f"arn:aws:iam::{account}:role/tests"
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="tests")["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }
