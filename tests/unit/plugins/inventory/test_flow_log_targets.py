# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin reads its options and fills the inventory. tests/integration runs it through Ansible."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from botocore.exceptions import ClientError

from ansible_collections.flowlogs.aws.plugins.inventory import flow_log_targets
from ansible_collections.flowlogs.aws.plugins.inventory.flow_log_targets import InventoryModule
from tests.simulator.client import SimulatorProcess
from tests.unit.plugins.plugin_utils.cloud import HOME
from tests.unit.plugins.plugin_utils.cloud import SHOP
from tests.unit.plugins.plugin_utils.cloud import VPC
from tests.unit.plugins.plugin_utils.cloud import Cloud

DOCUMENTED = yaml.safe_load(flow_log_targets.DOCUMENTATION)["options"]


class Plugin(InventoryModule):
    """The plugin with given options and with clients that return prepared answers."""

    def __init__(self, cloud: Cloud, **options: Any) -> None:
        super().__init__()
        self._cloud = cloud
        self._given = options
        self.warnings: list[str] = []
        self.cached: dict[str, Any] = {}

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self._given.get(option, DOCUMENTED.get(option, {}).get("default"))

    def _read_config_data(self, path: str) -> dict[str, Any]:
        return self._given

    def client(self, service: str, retry_decorator: Any = None, region: str = HOME, **credentials: Any) -> Any:
        return self._cloud(service, region, **credentials)

    @property
    def region(self) -> Any:
        return self._given.get("region")

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    def get_cached_result(self, path: str, cache: bool) -> tuple[bool, Any]:
        return path in self.cached, self.cached.get(path)

    def update_cached_result(self, path: str, cache: bool, result: Any) -> None:
        self.cached[path] = result

    def fill(self, inventory: InventoryData | None = None) -> InventoryData:
        """Fill the inventory and return it."""
        inventory = inventory or InventoryData()
        self.parse(inventory, DataLoader(), "network.flow_log_targets.yml")
        return inventory


@pytest.fixture(name="cloud")
def _cloud() -> Iterator[Cloud]:
    with ExitStack() as stack:
        yield Cloud(stack)


def one_vpc(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required")
    cloud.has_vpcs(VPC)


class Connected(InventoryModule):
    """The plugin with real boto3 clients and access keys."""

    def __init__(self, url: str | None, **options: Any) -> None:
        super().__init__()
        keys = {"access_key": "a" * 20, "secret_key": "b" * 40}
        self._given = {"endpoint_url": url, "region": HOME, "regions": [], **keys, **options}

    def get_options(self, *_args: Any) -> dict[str, Any]:
        return self._given

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self._given[option]


def test_older_botocore_uses_the_sts_endpoint_of_the_first_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "EC2_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    client = Connected(None, region=None, regions=["af-south-1"]).client("sts")
    assert client.meta.endpoint_url == "https://sts.af-south-1.amazonaws.com"


def test_a_throttled_call_is_retried_a_limited_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with SimulatorProcess() as simulator:
        simulator.fault(operation="DescribeVpcs", action="throttle", times=None)
        client = Connected(simulator.url).client("ec2")
        with pytest.raises(ClientError, match="RequestLimitExceeded"):
            client.describe_vpcs()
        tried = simulator.operations()
    assert 1 < tried.count("DescribeVpcs") <= 9


def test_the_garbage_collector_settings_do_not_change(cloud: Cloud) -> None:
    one_vpc(cloud)
    before = (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count())
    assert Plugin(cloud, regions=[HOME]).fill().hosts
    assert (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()) == before


def test_targets_become_hosts_with_variables_and_groups(cloud: Cloud) -> None:
    one_vpc(cloud)
    inventory = Plugin(cloud, types=["VPC"], region=HOME).fill()
    variables = inventory.hosts[VPC].vars
    assert (variables["flow_log_account_id"], variables["flow_log_region"]) == (SHOP, HOME)
    assert "flow_log_type_vpc" in inventory.groups


def test_the_same_options_use_the_cache(cloud: Cloud) -> None:
    one_vpc(cloud)
    plugin = Plugin(cloud, types=["VPC"], region=HOME)
    plugin.fill()
    assert VPC in plugin.fill().hosts


def test_other_options_do_not_use_the_cache(cloud: Cloud) -> None:
    one_vpc(cloud)
    first = Plugin(cloud, types=["VPC"], region=HOME)
    first.fill()
    one_vpc(cloud)
    second = Plugin(cloud, types=["VPC"], region=HOME, accounts=[{"profile": "shop"}])
    second.cached = first.cached
    second.fill()
    assert {"profile_name": "shop"}.items() <= cloud.asked_with[-1].items()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "regions.*at least one region"),
        (
            {"region": HOME, "instances": {"group": "aws_ec2", "as": "VPC"}},
            "instances.group.*a group that an earlier inventory file creates",
        ),
    ],
)
def test_wrong_options_are_refused(cloud: Cloud, options: dict[str, Any], words: str) -> None:
    if options:
        cloud.is_account()
        cloud.has_regions(eu_west_1="opt-in-not-required")
        cloud.has_vpcs()
    with pytest.raises(AnsibleParserError, match=words):
        Plugin(cloud, types=["VPC"], **options).fill()


def test_gaps_cause_warnings_and_are_added_to_those_of_other_files(cloud: Cloud) -> None:
    regions = [f"eu-nowhere-{number}" for number in range(1, 9)]
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required")
    inventory = InventoryData()
    inventory.set_variable("all", flow_log_targets.GAPS_VARIABLE, [{"account": "other"}])
    plugin = Plugin(cloud, types=["VPC"], region=HOME, regions=regions)
    gaps = plugin.fill(inventory).groups["all"].get_vars()[flow_log_targets.GAPS_VARIABLE]
    assert [gap.get("region") for gap in gaps] == [None, *regions]
    assert plugin.warnings[0].startswith("Not read: ")
    assert plugin.warnings[-1].endswith(f"more are in the variable {flow_log_targets.GAPS_VARIABLE}.")


def test_fail_on_gaps_sets_a_variable_for_the_playbooks(cloud: Cloud) -> None:
    cloud.is_account()
    cloud.has_regions(eu_west_1="opt-in-not-required")
    plugin = Plugin(cloud, types=["VPC"], region=HOME, regions=["eu-nowhere-1"], fail_on_gaps=True)
    variables = plugin.fill().groups["all"].get_vars()
    assert variables["flow_log_fail_on_gaps"] is True
    assert [gap["region"] for gap in variables[flow_log_targets.GAPS_VARIABLE]] == ["eu-nowhere-1"]
    assert "eu-nowhere-1" in plugin.warnings[0]
