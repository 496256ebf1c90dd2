# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients for offline tests, without retries and with invalid keys."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config


def client_of(service: str, region: str = "eu-west-1", endpoint: str | None = None) -> Any:
    """Return a client for a Stubber."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id="a" * 20,
        aws_secret_access_key="b" * 40,
        config=Config(retries={"max_attempts": 1}),
    )
