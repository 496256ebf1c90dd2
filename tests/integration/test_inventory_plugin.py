# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin flow_log_targets, through ansible-inventory and the playbooks, with three accounts."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from ansible_collections.flowlogs.aws.plugins.inventory.flow_log_targets import DOCUMENTATION
from ansible_collections.flowlogs.aws.plugins.module_utils._core.flow_log.target_shapes import SHAPES

from tests.bench.measure import cpu_of
from tests.bench.measure import cpu_of_children
from tests.integration.support.ansible_run import ROOT
from tests.integration.support.ansible_run import AnsibleRun
from tests.integration.support.ansible_run import AnsibleRunner
from tests.integration.support.publication import ARCHIVE
from tests.integration.support.publication import BANK
from tests.integration.support.publication import OPERATIONS
from tests.integration.support.publication import SHOP
from tests.integration.support.publication import environment
from tests.integration.support.publication import flow_logs
from tests.integration.support.publication import line
from tests.integration.support.publication import report
from tests.simulator.client import DEFAULT_ACCESS_KEY
from tests.simulator.client import SECRET_KEY
from tests.simulator.client import SimulatorProcess

PLUGIN = "flowlogs.aws.flow_log_targets"
PUBLISH, DRIFT = "flowlogs.aws.publish_to_s3", "flowlogs.aws.drift_report"
LOGGED, WATCHED, BARE = (f"vpc-0a{number:015}" for number in (1, 2, 3))
SUBNET, OWN_SUBNET, INTERFACE = "subnet-0a000000000000001", "subnet-0a000000000000002", "eni-0a000000000000001"
US_VPC, BANK_VPC = "vpc-0b000000000000001", "vpc-0d000000000000001"
DISABLED = "eu-central-2"
EVIL = "{{ lookup('ansible.builtin.pipe', 'touch pwned') }}"
ROLE = f"arn:aws:iam::{SHOP}:role/watcher"
WATCH = {"log_group": "/vpc/watched", "role": ROLE}
SEED = {
    "accounts": {
        ARCHIVE: {"buckets": [{"name": "operations-logs", "region": "eu-west-1"}]},
        SHOP: {
            "roles": [{"name": "flow-logs", "trust": [ARCHIVE]}, {"name": "watcher"}],
            "regions": {
                "eu-west-1": {
                    "vpcs": [
                        {
                            "id": LOGGED,
                            "name": "shop",
                            "tags": {"env": "prod", "owner": EVIL},
                            "subnets": [{"id": SUBNET, "interfaces": [{"id": INTERFACE}]}],
                            "flow_logs": [{"destination": f"{OPERATIONS}/network/"}],
                        },
                        {
                            "id": WATCHED,
                            "name": "shop",
                            "tags": {"env": "prod"},
                            "cidr": "10.2.0.0/16",
                            "flow_logs": [WATCH],
                        },
                        {
                            "id": BARE,
                            "name": EVIL,
                            "tags": {"env": "test"},
                            "cidr": "10.3.0.0/16",
                            "subnets": [{"id": OWN_SUBNET, "flow_logs": [WATCH]}],
                        },
                    ]
                },
                "us-east-1": {"vpcs": [{"id": US_VPC}]},
            },
        },
        BANK: {
            "roles": [{"name": "flow-logs", "trust": [ARCHIVE]}],
            "regions": {"eu-west-1": {"vpcs": [{"id": BANK_VPC}]}, "us-east-1": {}},
        },
    }
}
ACCOUNTS = [{"profile": "shop", "name": "shop"}, {"profile": "bank", "account_id": BANK}]
OPTIONS = {"regions": ["eu-west-1", "us-east-1", DISABLED], "accounts": ACCOUNTS}


def plain(value: dict[str, Any]) -> Any:
    """Return a text without the unsafe mark of ansible-inventory."""
    return value["__ansible_unsafe"] if value.keys() == {"__ansible_unsafe"} else value


class Inventory:
    """The output of ``ansible-inventory --list``."""

    def __init__(self, text: str, warnings: str) -> None:
        self.text, self.warnings = text, warnings
        self.groups: dict[str, Any] = json.loads(text, object_hook=plain)
        self.hosts: dict[str, dict[str, Any]] = self.groups["_meta"]["hostvars"]

    def in_group(self, name: str) -> list[str]:
        """The hosts of a group."""
        return sorted(self.groups.get(name, {}).get("hosts", []))

    @property
    def gaps(self) -> list[tuple[str, str | None, str, str]]:
        """What could not be read: account, region, call and code."""
        entries = next(iter(self.hosts.values()))["flow_log_inventory_gaps"]
        return [(item["account"], item["region"], item["reading"], item["code"]) for item in entries]


class Workspace:
    """A folder with an inventory file, and the simulator."""

    def __init__(self, ansible: AnsibleRunner, simulator: SimulatorProcess) -> None:
        self.ansible, self.simulator, self.folder = ansible, simulator, ansible.folder
        self.credentials = {"AWS_PROFILE": "archive"}
        simulator.seed(SEED)
        simulator.clear_calls()

    def write(self, options: dict[str, Any], folder: str = "inventory") -> pathlib.Path:
        """Write the inventory file and return its folder."""
        where = self.folder / folder
        where.mkdir(exist_ok=True)
        text = yaml.safe_dump({"plugin": PLUGIN, **options})
        (where / "network.flow_log_targets.yml").write_text(text, encoding="utf-8")
        return where

    def environment(self) -> dict[str, str]:
        """Environment variables: profiles for two accounts, and the profile of the log archive as the default."""
        return {**environment(self.folder, self.simulator), **self.credentials}

    def run(self, options: dict[str, Any], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ansible-inventory."""
        program = pathlib.Path(sys.executable).with_name("ansible-inventory")
        settings = {"ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
        command = [str(program), "-i", str(self.write(options)), "--list", *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **settings, "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true", **self.environment()},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def list(self, options: dict[str, Any], *arguments: str) -> Inventory:
        """List an inventory that must be accepted."""
        done = self.run(options, *arguments)
        assert done.returncode == 0, done.stderr
        return Inventory(done.stdout, done.stderr)

    def refused(self, options: dict[str, Any], *arguments: str) -> str:
        """Return the error message of an inventory that must be refused."""
        done = self.run(options, *arguments)
        assert done.returncode != 0, done.stdout
        return " ".join(done.stderr.split())


@pytest.fixture(name="workspace")
def _workspace(ansible: AnsibleRunner, simulator: SimulatorProcess) -> Workspace:
    return Workspace(ansible, simulator)


def test_targets_of_several_accounts_and_regions_with_variables_for_playbooks(workspace: Workspace) -> None:
    found = workspace.list(OPTIONS)
    assert sorted(found.hosts) == sorted([LOGGED, WATCHED, BARE, US_VPC, BANK_VPC])
    shop = found.hosts[LOGGED]
    assert (shop["flow_log_account_id"], shop["flow_log_region"], shop["flow_log_resource_type"]) == (
        SHOP,
        "eu-west-1",
        "VPC",
    )
    assert (shop["flow_log_aws"], shop["flow_log_account_name"]) == ({"profile": "shop"}, "shop")
    assert found.hosts[BANK_VPC]["flow_log_aws"] == {"profile": "bank"}
    assert found.in_group("flow_log_type_vpc") == sorted(found.hosts)
    assert found.in_group("flow_log_region_us_east_1") == [US_VPC]
    assert found.in_group(f"flow_log_account_{BANK}") == [BANK_VPC]
    assert {name: found.in_group(name) for name in ("flow_log_to_s3", "flow_log_elsewhere_only")} == {
        "flow_log_to_s3": [LOGGED],
        "flow_log_elsewhere_only": [WATCHED],
    }
    assert found.in_group("flow_log_not_logged") == sorted([BARE, US_VPC, BANK_VPC])
    (existing,) = shop["flow_log_existing"]
    assert (existing["log_destination_type"], existing["destination"]) == ("s3", f"{OPERATIONS}/network/")


def test_default_accounts_and_regions_come_from_boto3(workspace: Workspace) -> None:
    found = workspace.list({"profile": "shop", "region": "us-east-1"})
    assert found.hosts[US_VPC]["flow_log_aws"] == {"profile": "shop"}
    assert list(found.hosts) == [US_VPC] and found.gaps == []
    # The profile belongs to another account and assumes the role.
    entered = {"profile": "archive", "assume_role_arn": f"arn:aws:iam::{SHOP}:role/flow-logs"}
    found = workspace.list({**entered, "regions": ["us-east-1"]})
    assert list(found.hosts) == [US_VPC] and "flow_log_aws" not in found.hosts[US_VPC]


def test_a_disabled_region_is_a_gap_of_each_account_and_gets_no_call(workspace: Workspace) -> None:
    found = workspace.list(OPTIONS)
    assert found.gaps == [
        ("shop", DISABLED, "DescribeRegions", "RegionDisabled"),
        ("bank", DISABLED, "DescribeRegions", "RegionDisabled"),
    ]
    assert f"Not read: shop in {DISABLED} ({SHOP}). DescribeRegions: RegionDisabled" in " ".join(found.warnings.split())
    assert workspace.simulator.calls(region=DISABLED) == []


def test_one_set_of_calls_for_each_account_and_region(workspace: Workspace) -> None:
    workspace.list({**OPTIONS, "types": ["VPC", "Subnet", "NetworkInterface"]})
    sweeps = workspace.simulator.calls(operation="DescribeFlowLogs")
    assert sorted((call["account"], call["region"]) for call in sweeps) == [
        (SHOP, "eu-west-1"),
        (SHOP, "us-east-1"),
        (BANK, "eu-west-1"),
        (BANK, "us-east-1"),
    ]
    assert workspace.simulator.calls(operation="DescribeSubnets", account=SHOP, region="eu-west-1") != []
    assert len(workspace.simulator.calls(operation="DescribeSubnets")) == 4
    assert [call for call in workspace.simulator.writes() if call["operation"] != "AssumeRole"] == []


def test_resources_of_a_logged_vpc_are_covered(workspace: Workspace) -> None:
    found = workspace.list({**OPTIONS, "types": ["Subnet", "NetworkInterface"]})
    assert found.in_group("flow_log_covered_by_parent") == sorted([SUBNET, INTERFACE])
    assert found.in_group("flow_log_elsewhere_only") == [OWN_SUBNET]
    assert found.hosts[INTERFACE]["flow_log_parents"] == [SUBNET, LOGGED]
    (by,) = found.hosts[INTERFACE]["flow_log_existing_of_parents"]
    assert by["resource_id"] == LOGGED


def test_denied_account_is_a_gap_and_the_others_are_found(workspace: Workspace) -> None:
    workspace.simulator.fault(operation="AssumeRole", action="deny", contains=BANK, times=None)
    found = workspace.list({**OPTIONS, "regions": ["eu-west-1"]})
    assert sorted(found.hosts) == sorted([LOGGED, WATCHED, BARE])
    assert found.gaps == [("bank", None, "GetCallerIdentity", "AccessDenied")]


def test_denied_call_is_a_named_gap_and_its_results_are_unknown(workspace: Workspace) -> None:
    workspace.simulator.fault(operation="DescribeFlowLogs", account=SHOP, region="eu-west-1", action="deny", times=None)
    found = workspace.list({**OPTIONS, "regions": ["eu-west-1", "us-east-1"]})
    assert found.gaps == [("shop", "eu-west-1", "DescribeFlowLogs", "UnauthorizedOperation")]
    assert found.in_group("flow_log_coverage_unknown") == sorted([LOGGED, WATCHED, BARE])
    assert found.in_group("flow_log_not_logged") == sorted([US_VPC, BANK_VPC])


def test_region_that_rejects_the_keys_gets_one_call(workspace: Workspace) -> None:
    """A Region that is not enabled answers every call with AuthFailure and HTTP status 401."""
    workspace.simulator.fault(
        operation="*", region="us-east-1", action="deny", code="AuthFailure", status=401, times=None
    )
    found = workspace.list({"regions": ["eu-west-1", "us-east-1"], "accounts": ACCOUNTS[:1], "region": "eu-west-1"})
    assert found.gaps == [("shop", "us-east-1", "DescribeVpcs", "AuthFailure")]
    assert len(workspace.simulator.calls(region="us-east-1", operation="DescribeFlowLogs")) == 0


def test_all_regions_means_the_enabled_ones(workspace: Workspace) -> None:
    found = workspace.list({"regions": ["all"], "accounts": ACCOUNTS[:1], "tags": {"env": "*"}})
    assert sorted(found.hosts) == sorted([LOGGED, WATCHED, BARE])
    assert ("shop", DISABLED, "DescribeRegions", "RegionDisabled") in found.gaps
    assert {code for _account, _region, _reading, code in found.gaps} == {"RegionDisabled"}
    enabled = workspace.list({"regions": ["enabled"], "accounts": ACCOUNTS[:1], "tags": {"env": "*"}})
    assert (sorted(enabled.hosts), enabled.gaps) == (sorted(found.hosts), [])


def test_denied_list_of_regions_is_a_gap_and_named_regions_are_read(workspace: Workspace) -> None:
    workspace.simulator.fault(operation="DescribeRegions", action="deny", times=None)
    found = workspace.list({"regions": ["eu-west-1"], "accounts": ACCOUNTS})
    assert len(found.hosts) == 4 and found.gaps == []
    for every in ("all", "enabled"):
        reported = workspace.list({"regions": [every], "accounts": ACCOUNTS[:1]}).warnings
        assert "DescribeRegions: UnauthorizedOperation" in " ".join(reported.split())


def test_fail_on_gaps_keeps_the_hosts_and_the_playbooks_fail(workspace: Workspace) -> None:
    options = {"regions": ["eu-west-1", "nowhere-1"], "accounts": ACCOUNTS[:1]}
    found = workspace.list({**options, "fail_on_gaps": True})
    assert sorted(found.hosts) == sorted([LOGGED, WATCHED, BARE])
    assert {host["flow_log_fail_on_gaps"] for host in found.hosts.values()} == {True}
    assert found.gaps == [("shop", "nowhere-1", "DescribeRegions", "RegionUnknown")]
    assert "RegionUnknown" in found.warnings
    without = workspace.list(options)
    assert not [host for host in without.hosts.values() if "flow_log_fail_on_gaps" in host]


def test_filters_and_tags(workspace: Workspace) -> None:
    assert sorted(workspace.list({**OPTIONS, "tags": {"env": "prod"}}).hosts) == sorted([LOGGED, WATCHED])
    assert sorted(workspace.list({**OPTIONS, "tags": {"env": ["test", "none"]}}).hosts) == [BARE]
    only = {"VPC": {"cidr-block-association.cidr-block": ["10.2.0.0/16"]}}
    assert sorted(workspace.list({**OPTIONS, "filters": only, "tags": {"env": "prod"}}).hosts) == [WATCHED]
    assert "filters: 'Subnet' is not accepted" in workspace.refused({**OPTIONS, "filters": {"Subnet": {}}})


def test_names_from_tags_are_plain_and_belong_to_one_host(workspace: Workspace) -> None:
    found = workspace.list({**OPTIONS, "hostnames": ["tag:Name", "resource_id"]})
    name = "lookup_ansible.builtin.pipe_touch_pwned"
    assert sorted(found.hosts) == sorted([LOGGED, WATCHED, name, US_VPC, BANK_VPC])
    assert found.hosts[name]["flow_log_resource_id"] == BARE


def test_values_of_tags_are_never_templates(workspace: Workspace) -> None:
    options = {
        **OPTIONS,
        "keyed_groups": [{"key": "flow_log_resource_tags.owner | default('nobody')", "prefix": "owner"}],
        "compose": {"owned_by": "flow_log_resource_tags.owner | default('nobody')"},
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(workspace.folder / "cache"),
    }
    for _again in range(2):
        found = workspace.list(options)
        assert found.hosts[LOGGED]["flow_log_resource_tags"]["owner"] == EVIL
        assert found.hosts[LOGGED]["owned_by"] == EVIL
        show = [
            {
                "hosts": LOGGED,
                "gather_facts": False,
                "tasks": [
                    {
                        "name": "Show",
                        "delegate_to": "localhost",
                        "ansible.builtin.debug": {"msg": "{{ owned_by }} {{ flow_log_resource_tags.owner }}"},
                    }
                ],
            }
        ]
        run = workspace.ansible(show, "-i", str(workspace.folder / "inventory"), environment=workspace.environment())
        assert run.one("Show")["msg"] == f"{EVIL} {EVIL}"
    assert list(workspace.folder.rglob("pwned")) == []


def test_constructed_groups_are_the_same_from_the_cache(workspace: Workspace) -> None:
    options = {
        **OPTIONS,
        "keyed_groups": [{"key": "flow_log_resource_tags.env", "prefix": "env"}],
        "groups": {"to_publish": "flow_log_coverage not in ['s3', 'other_account']"},
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(workspace.folder / "cache"),
    }
    first = workspace.list(options)
    assert first.in_group("env_prod") == sorted([LOGGED, WATCHED])
    assert first.in_group("to_publish") == sorted([WATCHED, BARE, US_VPC, BANK_VPC])
    workspace.simulator.clear_calls()
    assert workspace.list(options).groups == first.groups
    assert workspace.simulator.calls() == []
    # New group rules use the cache; new options that change the calls do not.
    other = workspace.list({**options, "keyed_groups": [{"key": "flow_log_region", "prefix": "at"}]})
    assert other.in_group("at_us_east_1") == [US_VPC] and workspace.simulator.calls() == []
    assert sorted(workspace.list({**options, "regions": ["us-east-1"]}).hosts) == [US_VPC]
    assert sorted(workspace.list({**options, "regions": ["us-east-1"]}).hosts) == [US_VPC]
    workspace.simulator.clear_calls()
    workspace.list({**options, "regions": ["us-east-1"]}, "--flush-cache")
    assert workspace.simulator.operations(operation="DescribeVpcs") != []


def test_no_key_is_shown_or_kept(workspace: Workspace) -> None:
    """Neither the plugin's keys nor those of a role session; hosts only get the name of a profile."""
    accounts = [
        {"assume_role_arn": f"arn:aws:iam::{SHOP}:role/flow-logs", "profile": "shop"},
        {"assume_role_arn": f"arn:aws:iam::{BANK}:role/flow-logs"},
    ]
    cache = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(workspace.folder / "cache"),
    }
    options = {"regions": ["eu-west-1"], "accounts": accounts, **cache}
    found = workspace.list(options)
    assert found.hosts[LOGGED]["flow_log_aws"] == {"profile": "shop"}
    assert "flow_log_aws" not in found.hosts[BANK_VPC]
    kept = "".join(path.read_text(encoding="utf-8") for path in (workspace.folder / "cache").iterdir())
    assert BANK_VPC in kept
    loud = workspace.run(options, "--flush-cache", "-vvvv")
    for text in (found.text, found.warnings, loud.stdout, loud.stderr, kept):
        for secret in (SECRET_KEY, DEFAULT_ACCESS_KEY, "ASIA", "SessionToken", "session_token"):
            assert secret not in text


def test_playbooks_use_their_own_role_and_not_the_role_of_the_plugin(workspace: Workspace) -> None:
    reader, writer = (f"arn:aws:iam::{SHOP}:role/{name}" for name in ("flow-logs", "publisher"))
    organization = {"accounts": [BANK], "assume_role_name": "flow-logs", "playbook_role_name": "net/publisher"}
    account = {"assume_role_arn": reader, "profile": "shop", "playbook_role_arn": writer}
    options = {"regions": ["eu-west-1"], "accounts": [account], "organization": organization}
    found = workspace.list(options)
    assert found.hosts[LOGGED]["flow_log_aws"] == {"profile": "shop", "assume_role_arn": writer}
    assert found.hosts[BANK_VPC]["flow_log_aws"] == {"assume_role_arn": f"arn:aws:iam::{BANK}:role/net/publisher"}
    options["accounts"] = [{"assume_role_arn": reader, "playbook_role_arn": f"arn:aws:iam::{BANK}:role/publisher"}]
    assert f"a role of account {SHOP}, which the entry names too" in workspace.refused(options)


def test_keys_in_the_inventory_file_are_refused_and_not_repeated(workspace: Workspace) -> None:
    message = workspace.refused(
        {**OPTIONS, "accounts": [{"access_key": "AKIDWRITTENDOWN", "secret_key": "do-not-show-me"}]}
    )
    assert "accounts[0]: ['access_key', 'secret_key'] is not accepted" in message
    assert "do-not-show-me" not in message


def test_credentials_of_another_account_are_a_gap(workspace: Workspace) -> None:
    found = workspace.list(
        {"regions": ["eu-west-1"], "accounts": [ACCOUNTS[0], {"account_id": BANK, "profile": "archive"}]}
    )
    assert found.gaps == [("archive", None, "GetCallerIdentity", "WrongAccount")]


def test_an_organization_given_as_data(workspace: Workspace) -> None:
    members = [
        {"Id": SHOP, "Name": "shop", "Status": "ACTIVE"},
        {"Id": "999988887777", "Name": "closed", "Status": "SUSPENDED"},
        BANK,
    ]
    organization = {"accounts": members, "assume_role_name": "flow-logs", "profile": "at-{id}"}
    found = workspace.list({"regions": ["eu-west-1"], "organization": organization})
    assert sorted(found.hosts) == sorted([LOGGED, WATCHED, BARE, BANK_VPC])
    assert found.hosts[BANK_VPC]["flow_log_aws"] == {"profile": f"at-{BANK}"}
    assert found.gaps == [("closed", None, "", "AccountNotActive")]


def test_templates_in_options_are_rendered_once_and_nested_values_too(workspace: Workspace) -> None:
    members = [{"Id": SHOP, "Name": "shop", "Status": "ACTIVE"}, BANK]
    (workspace.folder / "members.json").write_text(json.dumps({"Accounts": members}), encoding="utf-8")
    workspace.credentials |= {
        "FLEET_REGIONS": "eu-west-1,us-east-1",
        "BANK_PROFILE": "bank",
        "CALLED": EVIL,
        "ENVIRONMENT": "prod",
    }
    listed = "lookup('ansible.builtin.file', 'members.json') | from_json"
    options = {
        "types": "{{ ['V' ~ 'PC'] }}",
        "regions": "{{ lookup('ansible.builtin.env', 'FLEET_REGIONS') | split(',') }}",
        "accounts": [
            {
                "account_id": f"{{{{ ({listed}).Accounts[1] }}}}",
                "profile": "{{ lookup('ansible.builtin.env', 'BANK_PROFILE') }}",
                "name": "{{ lookup('ansible.builtin.env', 'CALLED') }}",
            }
        ],
        "organization": {"accounts": f"{{{{ ({listed}).Accounts }}}}", "assume_role_name": "{{ role_prefix }}-logs"},
    }
    extra = ("-e", "role_prefix=flow")
    found = workspace.list(options, *extra)
    assert sorted(found.hosts) == sorted([LOGGED, WATCHED, BARE, US_VPC, BANK_VPC]) and found.gaps == []
    assert found.hosts[BANK_VPC]["flow_log_aws"] == {"profile": "bank"}
    assert found.hosts[BANK_VPC]["flow_log_account_name"] == EVIL
    assert list(workspace.folder.rglob("pwned")) == []
    tags = {"env": ["{{ lookup('ansible.builtin.env', 'ENVIRONMENT') }}"]}
    found = workspace.list({**options, "tags": tags, "fail_on_gaps": "{{ 1 == 1 }}"}, *extra)
    assert sorted(found.hosts) == sorted([LOGGED, WATCHED])
    # Expressions that are evaluated for each host stay unchanged.
    found = workspace.list(
        {**options, "regions": ["{{ 'us-east-1' }}"], "compose": {"at": "flow_log_region ~ '{{'"}}, *extra
    )
    assert found.hosts.keys() == {US_VPC} and found.hosts[US_VPC]["at"] == "us-east-1{{"
    for name, value in (
        ("regions", "{{ nobody_set_this }}"),
        ("organization", {"accounts": ["{{ nobody_set_this }}"]}),
    ):
        message = workspace.refused({**options, name: value}, *extra)
        assert f"The template in the option {name} cannot be rendered" in message
        assert "'nobody_set_this' is undefined" in message


def test_ec2_instances_become_targets(workspace: Workspace) -> None:
    """The test inventory sets the variables that amazon.aws.aws_ec2 gives its hosts."""
    instance = {
        "instance_id": "i-0a000000000000001",
        "subnet_id": SUBNET,
        "vpc_id": LOGGED,
        "network_interfaces": [{"network_interface_id": INTERFACE, "subnet_id": SUBNET, "vpc_id": LOGGED}],
    }
    folder = workspace.write({})
    (folder / "1.yml").write_text(yaml.safe_dump({"aws_ec2": {"hosts": {"web1": instance}}}), encoding="utf-8")
    for resource_type, expected in (("NetworkInterface", INTERFACE), ("Subnet", SUBNET), ("VPC", LOGGED)):
        found = workspace.list({**OPTIONS, "types": [resource_type], "instances": {"as": resource_type}})
        assert sorted(found.hosts) == sorted(["web1", expected])
        assert found.hosts[expected]["flow_log_instances"] == ["web1"]


def test_three_accounts_one_denied_one_region_disabled(workspace: Workspace) -> None:
    """Everything else is published, a second run writes nothing, and the report names both gaps."""
    data = "777788889999"
    accounts = [*ACCOUNTS, {"assume_role_arn": f"arn:aws:iam::{data}:role/flow-logs", "name": "data"}]
    workspace.simulator.fault(operation="AssumeRole", action="deny", contains=data, times=None)
    folder = workspace.write({**OPTIONS, "regions": ["eu-west-1", "us-east-1"], "accounts": accounts})
    disabled = {"plugin": PLUGIN, "regions": [DISABLED], "accounts": ACCOUNTS[:1]}
    (folder / "more.flow_log_targets.yml").write_text(yaml.safe_dump(disabled), encoding="utf-8")
    (folder / "group_vars").mkdir()
    settings = {"flow_log_destination": f"{OPERATIONS}/network/", "flow_log_bucket_aws": {"profile": "archive"}}
    (folder / "group_vars" / "all.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")

    def run(playbook: str, *arguments: str, succeeds: bool = True) -> AnsibleRun:
        workspace.simulator.clear_calls()
        variables = workspace.environment()
        return workspace.ansible(playbook, "-i", str(folder), *arguments, environment=variables, succeeds=succeeds)

    # One account is completely unreadable, which fails the run unless the user accepts gaps.
    tail = "gaps=2 failed=1"
    predicted = line(run(PUBLISH, "--check", succeeds=False), "flow logs:")
    done = run(PUBLISH, succeeds=False)
    assert "To accept this, set flow_log_fail_on_gaps: false." in done.output
    assert line(done, "flow logs:") == predicted
    assert predicted == f"flow logs: targets=5 batches=3 destinations=1 create=4 put_policy=1 {tail}"
    assert "Not read: data (777788889999). AssumeRole: AccessDenied" in " ".join(done.output.split())
    for target, account, region in (
        (BARE, SHOP, "eu-west-1"),
        (US_VPC, SHOP, "us-east-1"),
        (BANK_VPC, BANK, "eu-west-1"),
    ):
        assert flow_logs(workspace.simulator, account, region)[target]["LogDestination"] == f"{OPERATIONS}/network/"
    again = run(PUBLISH, "-e", "flow_log_fail_on_gaps=false")
    assert [call for call in workspace.simulator.writes() if call["operation"] != "AssumeRole"] == []
    assert line(again, "flow logs:") == "flow logs: targets=5 batches=3 destinations=1 gaps=2 failed=0"

    for limit in ([], ["--limit", BANK_VPC]):
        run(DRIFT, *limit)
        gaps = [row for row in report(workspace.folder)["findings"] if row["finding"] == "unknown"]
        assert [(row["target"], row["target_type"]) for row in gaps] == [
            (f"{SHOP}/{DISABLED}", "Region"),
            (data, "Account"),
        ]
        assert report(workspace.folder)["verdict"] == "unknown"
    assert "trust policy of the role for data" in gaps[1]["remedy"]
    markdown = (workspace.folder / "flow-log-report" / "drift-report.md").read_text(encoding="utf-8")
    assert all(f"`{row['target']}`" in markdown and f"`{row['evidence']}`" in markdown for row in gaps)


def test_attachments_are_covered_by_their_transit_gateway(workspace: Workspace) -> None:
    hub = {"name": "hub", "id": "tgw-0a000000000000001", "attachments": [{"vpc": "bank"}]}
    hub["flow_logs"] = [{"destination": f"{OPERATIONS}/network/", "interval": 60}]
    place = {"vpcs": [{"id": "vpc-0e000000000000001", "name": "bank"}], "transit_gateways": [hub]}
    workspace.simulator.seed({"accounts": {BANK: {"regions": {"eu-north-1": place}}}})
    types = ["TransitGateway", "TransitGatewayAttachment", "RegionalNatGateway"]
    found = workspace.list({"regions": ["eu-north-1"], "accounts": ACCOUNTS[1:], "types": types, "owned_only": True})
    assert found.in_group("flow_log_to_s3") == found.in_group("flow_log_type_transit_gateway") == [hub["id"]]
    (attachment,) = found.in_group("flow_log_type_transit_gateway_attachment")
    assert found.in_group("flow_log_covered_by_parent") == [attachment]


def test_documented_permissions_are_sufficient_and_each_is_needed(workspace: Workspace) -> None:
    named = set(re.findall(r"ec2:\w+", DOCUMENTATION))
    policy = {"Statement": [{"Effect": "Allow", "Action": sorted(named), "Resource": "*"}], "Version": "2012-10-17"}
    users = [
        {"name": "reader", "access_key": "AKIAFLEETREADERAAAAA", "policies": {"read": policy}},
        {"name": "nobody", "access_key": "AKIAFLEETNOBODYAAAAA"},
    ]
    workspace.simulator.seed({"accounts": {SHOP: {"users": users}}})
    workspace.simulator.enforce()
    every = {"types": list(SHAPES)}
    workspace.credentials = {"AWS_ACCESS_KEY_ID": "AKIAFLEETREADERAAAAA", "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    allowed = workspace.list({**every, "regions": ["eu-west-1"]})
    assert (len(allowed.hosts), allowed.gaps) == (6, [])
    workspace.credentials["AWS_ACCESS_KEY_ID"] = "AKIAFLEETNOBODYAAAAA"
    # Warnings name only a few gaps. Without hosts, the test reads the variable of the group.
    found = [
        workspace.list({**every, "regions": [region]}, "--export").groups["all"] for region in ("eu-west-1", "all")
    ]
    gaps = [gap for group in found for gap in group["vars"]["flow_log_inventory_gaps"]]
    assert {gap["code"] for gap in gaps} == {"UnauthorizedOperation"}
    assert {f"ec2:{gap['reading']}" for gap in gaps} == named


def test_gaps_of_several_inventory_files_add_up(workspace: Workspace) -> None:
    folder = workspace.write({"regions": [DISABLED], "accounts": ACCOUNTS[:1]})
    (folder / "network.flow_log_targets.yml").rename(folder / "1.flow_log_targets.yml")
    found = workspace.list({"regions": ["eu-west-1", "nowhere-1"], "accounts": ACCOUNTS[1:]})
    assert found.gaps == [
        ("shop", DISABLED, "DescribeRegions", "RegionDisabled"),
        ("bank", "nowhere-1", "DescribeRegions", "RegionUnknown"),
    ]


def test_missing_profile_is_a_gap(workspace: Workspace) -> None:
    found = workspace.list({"regions": ["eu-west-1"], "accounts": [*ACCOUNTS, {"profile": "missing"}]})
    assert found.gaps == [("missing", None, "", "NoConnection")]


def test_a_thousand_targets_in_seconds(workspace: Workspace) -> None:
    vpcs = [{"count": 1000, "id": "vpc-0c", "name": "batch-{n}"}]
    workspace.simulator.seed({"accounts": {SHOP: {"regions": {"eu-north-1": {"vpcs": vpcs}}}}})
    workspace.simulator.clear_calls()
    before = cpu_of_children() + cpu_of(workspace.simulator.pid)
    found = workspace.list({"regions": ["eu-north-1"], "accounts": ACCOUNTS[:1]})
    # The simulator takes most of the time; the bound catches quadratic work.
    assert cpu_of_children() + cpu_of(workspace.simulator.pid) - before < 60
    assert len(found.hosts) == 1000
    assert workspace.simulator.operations(operation="DescribeFlowLogs") == ["DescribeFlowLogs"]
