# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS clients for tests that create or read resources in the simulator without the collection."""

from __future__ import annotations

from typing import Any

import boto3

from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess


def aws_client(
    simulator: SimulatorProcess, service: str, region: str = "eu-west-1", access_key: str = DEFAULT_ACCESS_KEY
) -> Any:
    """Return a boto3 client that talks to the simulator.

    :param access_key: of a user of the fleet; by default that of the root of account 123456789012.
    """
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=simulator.url,
        aws_access_key_id=access_key,
        aws_secret_access_key=SECRET_KEY,
    )
