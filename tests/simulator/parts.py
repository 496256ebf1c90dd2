# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two replaced parts of moto, one interface for both."""

from __future__ import annotations

import importlib
import json
from types import SimpleNamespace
from typing import Any

from moto.s3.models import s3_backends


def _plant_policy(bucket: str, policy: Any) -> None:
    partition, account = s3_backends.bucket_accounts[bucket]
    s3_backends[account][partition].buckets[bucket].policy = None if policy is None else json.dumps(policy).encode()


def _load(name: str) -> Any:
    try:
        return importlib.import_module(f".{name}", __package__)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(f"{__package__}."):
            raise
        nothing = lambda *_: None  # noqa: E731
        return SimpleNamespace(install=nothing, reset=nothing, plant=_plant_policy if "pol" in name else nothing)


flow_logs = _load("flow_logs")
bucket_policies = _load("bucket_policies")
