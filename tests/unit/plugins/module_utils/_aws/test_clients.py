# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients of many connections share botocore's service models and the sessions of profiles."""

from __future__ import annotations

import os
import pathlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config
from botocore.loaders import JSONFileLoader

from ansible_collections.flowlogs.aws.plugins.module_utils._aws.clients import SharedClients
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.errors import FlowLogsAWSError
from ansible_collections.flowlogs.aws.plugins.module_utils._aws.retries import BOUNDED_RETRIES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.target_shapes import SHAPES
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import OPERATIONS
from ansible_collections.flowlogs.aws.plugins.module_utils._core.permissions.catalog import calls_of

KEYS = {"aws_access_key_id": "a" * 20, "aws_secret_access_key": "b" * 40}


@pytest.fixture(name="clients")
def _clients() -> SharedClients:
    return SharedClients("APN/1.0 Ansible/tests")


@pytest.fixture(name="profiles")
def _profiles(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two profiles, each with its own Region and key."""
    text = "".join(
        f"[profile {name}]\nregion = {region}\naws_access_key_id = {name}\naws_secret_access_key = {name}\n"
        for name, region in (("shop", "eu-west-1"), ("bank", "us-east-1"))
    )
    (tmp_path / "config").write_text(text, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def access_key(client: Any) -> str:
    """Return the access key with which a client signs."""
    return str(client._request_signer._credentials.access_key)


def test_client_has_the_settings_of_its_connection(clients: SharedClients) -> None:
    client = clients.client("s3", "eu-north-1", "http://127.0.0.1:9", verify=False, **KEYS)
    assert (client.meta.service_model.service_name, client.meta.region_name) == ("s3", "eu-north-1")
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    assert access_key(client) == KEYS["aws_access_key_id"]
    assert client.meta.config.user_agent.startswith("APN/1.0 Ansible/tests")


def test_each_profile_has_its_own_region_and_keys(clients: SharedClients, profiles: None) -> None:
    created = {name: clients.client("sts", profile_name=name) for name in ("shop", "bank")}
    assert {name: (access_key(one), one.meta.region_name) for name, one in created.items()} == {
        "shop": ("shop", "eu-west-1"),
        "bank": ("bank", "us-east-1"),
    }
    # Options take precedence over the profile.
    assert clients.client("sts", "eu-north-1", profile_name="shop").meta.region_name == "eu-north-1"


def test_service_model_is_read_once_for_all_connections(
    clients: SharedClients, profiles: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EC2's takes a quarter of a second per account. No other test uses this service."""
    read: list[str] = []
    load = JSONFileLoader.load_file

    def counted(self: JSONFileLoader, path: str) -> Any:
        read.extend([path] if path.endswith("service-2") else [])
        return load(self, path)

    monkeypatch.setattr(JSONFileLoader, "load_file", counted)
    for name in ("shop", "bank", None):
        clients.client("sns", "eu-west-1", profile_name=name)
    SharedClients("other").client("sns", "eu-west-1")
    assert len(read) == 1


@pytest.mark.parametrize("aws_config", [{"retries": {"max_attempts": 2}}, Config(retries={"max_attempts": 2})])
def test_user_settings_take_precedence(clients: SharedClients, aws_config: Any) -> None:
    usual = clients.client("sts", "eu-west-1", config=BOUNDED_RETRIES).meta.config.retries
    assert (usual["mode"], usual["total_max_attempts"]) == ("standard", 9)
    own = clients.client("sts", "eu-west-1", config=BOUNDED_RETRIES, aws_config=aws_config).meta.config
    assert own.retries["total_max_attempts"] == 3
    assert own.user_agent.startswith("APN/1.0 Ansible/tests")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({}, botocore.exceptions.NoRegionError, "region"),
        ({"profile_name": "nobody"}, botocore.exceptions.ProfileNotFound, "nobody"),
        ({"region": "eu-west-1", "endpoint": "no address"}, ValueError, "no address"),
    ],
)
def test_error_of_a_client_has_its_reason(
    clients: SharedClients, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(FlowLogsAWSError) as failure:
        clients.client("ec2", **options)
    assert isinstance(failure.value.exception, error) and words in str(failure.value.exception)
    # Other clients still work.
    assert clients.client("sts", "eu-west-1").meta.region_name == "eu-west-1"


def test_clients_can_be_created_from_several_threads(clients: SharedClients, profiles: None) -> None:
    asked = [(name, region) for name in ("shop", "bank") for region in ("eu-west-1", "us-east-1")] * 8
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda one: clients.client("sts", one[1], profile_name=one[0]), asked))
    assert [(access_key(one), one.meta.region_name) for one in created] == asked


def test_ec2_client_has_only_the_operations_that_the_collection_calls(clients: SharedClients) -> None:
    """A method for each of EC2's 800 operations would take most of the time of a client."""
    ec2 = clients.client("ec2", "eu-west-1", **KEYS)
    every = set(boto3.client("ec2", "eu-west-1").meta.method_to_api_mapping.values())
    called = {*calls_of(OPERATIONS), *(shape.operation for shape in SHAPES.values()), "DescribeRegions"}
    assert set(ec2.meta.method_to_api_mapping.values()) == called & every
    assert ec2.can_paginate("describe_flow_logs") and ec2.can_paginate("describe_transit_gateway_attachments")
    assert clients.client("kms", "eu-west-1", **KEYS).list_keys


def test_role_of_a_profile_is_assumed_once_per_process(clients: SharedClients, profiles: None) -> None:
    """All SharedClients share the session of a profile, and with it the keys."""
    first, second = (SharedClients("APN/1.0").client("sts", profile_name="shop") for _number in range(2))
    assert first._request_signer._credentials is second._request_signer._credentials


def test_session_depends_on_the_environment(
    clients: SharedClients, profiles: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "shop")
    assert access_key(clients.client("sts")) == "shop"
    monkeypatch.setenv("AWS_PROFILE", "bank")
    assert access_key(clients.client("sts")) == "bank"


def test_sessions_follow_the_files(clients: SharedClients, profiles: None, tmp_path: pathlib.Path) -> None:
    """A login, or keys that are renewed during a long run, apply to the next client."""
    assert access_key(clients.client("sts", profile_name="shop")) == "shop"
    config = tmp_path / "config"
    written = config.stat().st_mtime_ns
    config.write_text(config.read_text(encoding="utf-8").replace("key_id = shop", "key_id = renewed"), encoding="utf-8")
    os.utime(config, ns=(written + 1, written + 1))
    assert access_key(clients.client("sts", profile_name="shop")) == "renewed"
